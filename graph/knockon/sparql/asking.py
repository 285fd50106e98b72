"""Asking a database: no unknown terms, then the query, with functions if it calls any."""

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
    """What can be asked: a store, or a database."""

    def query(
        self, text: str, substitutions: Mapping[str, str] | None = None, functions: Mapping[str, Function] | None = None
    ) -> Answer:
        """Return the answer to a query."""

    def quads(self, subject: Any = None, predicate: Any = None, value: Any = None, graph: Any = None) -> Iterator[Quad]:
        """Return the quads that match."""


class Started(NamedTuple):
    """A query that runs: its answer, still to be read, and what its functions raise meanwhile.

    ``raised`` is None where the query calls no function.
    """

    answer: Answer
    raised: list[BaseException] | None

    def write(self, out: IO[bytes], limits: Limits) -> tuple[Kind, int]:
        """Write the whole answer within limits; return its kind and the number of its rows.

        Raises
        ------
        LimitReached
            It has more rows or bytes than the limits allow.
        UsageError
            It fails while it runs. What a function raised comes through.
        """
        try:
            return write_answer(self.answer, out, limits)
        except RuntimeError as error:
            raise engine_error(error, "the query fails while it runs") from None
        finally:
            # The engine makes an unbound value of what a function raises, and goes on.
            if self.raised:
                raise self.raised[0]


def start(
    data: Queryable,
    text: str,
    substitutions: Mapping[str, str] | None = None,
    functions: Mapping[str, Function] | None = None,
    *,
    check_terms: bool = True,
) -> Started:
    """Start a query that has passed the guard.

    Parameters
    ----------
    data
        What is asked.
    text
        The query.
    substitutions
        IRIs for variables, given beforehand.
    functions
        Functions that it may call, by their IRIs.
    check_terms
        Refuse ``ko:`` terms that are neither of the ontology in the data nor of the data.

    Raises
    ------
    QuerySyntaxError
        It does not parse, or it has a ``ko:`` term that does not exist.
    UsageError
        It cannot be run.
    """
    if check_terms:
        _check_terms(data, text, functions or ())
    try:
        try:
            return Started(data.query(text, substitutions), None)
        except (RuntimeError, UsageError):
            # Oxigraph refuses a query with a function it does not know before it looks at any data.
            if not functions:
                raise
        raised: list[BaseException] = []
        called = {iri: _recorded(function, raised) for iri, function in functions.items()}
        return Started(data.query(text, substitutions, called), raised)
    except (RuntimeError, ValueError) as error:
        raise engine_error(error, "the query cannot be run") from None


def _check_terms(data: Queryable, text: str, functions: Iterable[str]) -> None:
    """Refuse a ``ko:`` term that is neither of the ontology nor of the data, nor a function: no row would tell of the slip."""
    called = set(functions)
    if fault := unknown_term(text, lambda iri: iri in called or _in_use(data, iri), lambda: _names(data)):
        raise QuerySyntaxError(fault)


def _in_use(data: Queryable, iri: str) -> bool:
    node = NamedNode(iri)
    patterns: tuple[dict[str, Any], ...] = ({"subject": node}, {"predicate": node}, {"value": node}, {"graph": node})
    return any(next(data.quads(**pattern), None) is not None for pattern in patterns)


def _names(data: Queryable) -> set[str]:
    """The local names of the terms of the ontology."""
    quads = data.quads(graph=NamedNode(ONTOLOGY_GRAPH))
    subjects = {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}
    return {iri.removeprefix(KO) for iri in subjects if iri.startswith(KO)}


def _recorded(function: Function, raised: list[BaseException]) -> Function:
    """The function, that notes what it raises and then has no value any more: the answer is lost already."""

    def call(*terms: Any) -> Any:
        if raised:
            return None
        try:
            return function(*terms)
        except BaseException as error:
            raised.append(error)
            return None

    return call
