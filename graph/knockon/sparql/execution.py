"""Run queries on a database, with functions if a query calls any."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Any, NamedTuple, Protocol

from pyoxigraph import Quad

from knockon.errors import QuerySyntaxError, UsageError
from knockon.sparql.answers import Answer, Function, Kind, write_answer
from knockon.sparql.engine_errors import engine_error
from knockon.sparql.limits import Limits


class Queryable(Protocol):
    """A store or a database that answers queries."""

    def query(
        self, text: str, substitutions: Mapping[str, str] | None = None, functions: Mapping[str, Function] | None = None
    ) -> Answer:
        """Return the answer to a query."""

    def quads(self, subject: Any = None, predicate: Any = None, value: Any = None, graph: Any = None) -> Iterator[Quad]:
        """Return the quads that match."""


class RunningQuery(NamedTuple):
    """A running query: its answer, which is still to be read, and the exceptions of its functions.

    ``raised`` is None if the query calls no function.
    """

    answer: Answer
    raised: list[BaseException] | None

    def write(self, out: IO[bytes], limits: Limits) -> tuple[Kind, int]:
        """Write the whole answer within limits; return its kind and the number of its rows.

        Raises
        ------
        LimitReached
            The answer has more rows or bytes than the limits allow.
        UsageError
            The query fails while it runs. Exceptions of functions are raised unchanged.
        """
        with self.checked():
            return write_answer(self.answer, out, limits)

    @contextmanager
    def checked(self) -> Iterator[None]:
        """Convert the exceptions of the engine while the answer is read, and raise those of functions."""
        try:
            yield
        except RuntimeError as error:
            raise engine_error(error, "the query fails while it runs") from None
        finally:
            # The engine turns an exception of a function into an unbound value, and continues.
            if self.raised:
                raise self.raised[0]


def start_query(
    data: Queryable,
    text: str,
    substitutions: Mapping[str, str] | None = None,
    functions: Mapping[str, Function] | None = None,
) -> RunningQuery:
    """Start a query that has passed the guard.

    Parameters
    ----------
    data
        The store or database.
    text
        The query.
    substitutions
        IRIs that replace variables.
    functions
        Functions that it may call, by their IRIs.

    Raises
    ------
    QuerySyntaxError
        The query does not parse.
    UsageError
        The query cannot be run.
    """
    try:
        try:
            return RunningQuery(data.query(text, substitutions), None)
        except QuerySyntaxError:
            raise
        except (RuntimeError, UsageError):
            # Oxigraph refuses a query with an unknown function before it reads any data.
            if not functions:
                raise
        raised: list[BaseException] = []
        called = {iri: _record_exceptions(function, raised) for iri, function in functions.items()}
        return RunningQuery(data.query(text, substitutions, called), raised)
    except (RuntimeError, ValueError) as error:
        raise engine_error(error, "the query cannot be run") from None


def _record_exceptions(function: Function, raised: list[BaseException]) -> Function:
    """Wrap a function: record its first exception, and return no value afterwards, since the answer is discarded."""

    def call(*terms: Any) -> Any:
        if raised:
            return None
        try:
            return function(*terms)
        except BaseException as error:
            raised.append(error)
            return None

    return call
