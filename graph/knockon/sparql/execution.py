"""Run queries on a database: check the terms, then start the query, with functions if it calls any."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any, NamedTuple, Protocol

from pyoxigraph import NamedNode, Quad

from knockon.errors import QuerySyntaxError, UsageError
from knockon.sparql.answers import Answer, Function, Kind, write_answer
from knockon.sparql.engine_errors import engine_error
from knockon.sparql.known_terms import unknown_term
from knockon.sparql.limits import Limits
from knockon.vocabulary import KO, ONTOLOGY_GRAPH


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
        try:
            return write_answer(self.answer, out, limits)
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
    *,
    check_terms: bool = True,
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
    check_terms
        Refuse ``ko:`` terms that occur neither in the ontology nor in the data.

    Raises
    ------
    QuerySyntaxError
        The query does not parse, or uses an unknown ``ko:`` term.
    UsageError
        The query cannot be run.
    """
    if check_terms:
        _check_terms(data, text, functions or ())
    try:
        try:
            return RunningQuery(data.query(text, substitutions), None)
        except (RuntimeError, UsageError):
            # Oxigraph refuses a query with an unknown function before it reads any data.
            if not functions:
                raise
        raised: list[BaseException] = []
        called = {iri: _record_exceptions(function, raised) for iri, function in functions.items()}
        return RunningQuery(data.query(text, substitutions, called), raised)
    except (RuntimeError, ValueError) as error:
        raise engine_error(error, "the query cannot be run") from None


def _check_terms(data: Queryable, text: str, functions: Iterable[str]) -> None:
    """Refuse unknown ``ko:`` terms: a misspelt term would only make the answer empty."""
    called = set(functions)
    if fault := unknown_term(text, lambda iri: iri in called or _occurs(data, iri), lambda: _ontology_names(data)):
        raise QuerySyntaxError(fault)


def _occurs(data: Queryable, iri: str) -> bool:
    node = NamedNode(iri)
    patterns: tuple[dict[str, Any], ...] = ({"subject": node}, {"predicate": node}, {"value": node}, {"graph": node})
    return any(next(data.quads(**pattern), None) is not None for pattern in patterns)


def _ontology_names(data: Queryable) -> set[str]:
    """Return the local names of the terms of the ontology."""
    quads = data.quads(graph=NamedNode(ONTOLOGY_GRAPH))
    subjects = {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}
    return {iri.removeprefix(KO) for iri in subjects if iri.startswith(KO)}


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
