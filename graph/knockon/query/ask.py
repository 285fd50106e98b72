"""Asking a store: the guard first, then the query, with functions that floors above may lend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from pyoxigraph import (
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    parse_query_results,
)
from pyoxigraph import (
    Store as Oxigraph,
)

from knockon.errors import QuerySyntaxError, UsageError
from knockon.sparql.guard import guard
from knockon.sparql.known_terms import unknown_term
from knockon.vocabulary import KO, ONTOLOGY_GRAPH

if TYPE_CHECKING:
    # The store stands on this floor too, and reads the guard: only its type is needed here.
    from knockon.store.base import Answer, Function, Store


def ask(
    store: Store,
    text: str,
    substitutions: Mapping[str, str] | None = None,
    functions: Mapping[str, Function] | None = None,
) -> Answer:
    """The answer of a store to a SPARQL 1.1 query that stays inside it.

    ``substitutions`` gives variables an IRI beforehand, without touching the
    text. A SELECT must name such a variable among its own; so must a SELECT
    inside it that is to see the value. ``functions`` are called by their IRIs,
    with terms, and give a term or None for no value; what they raise comes
    through. A query that calls one is answered in full before it returns.

    Raises
    ------
    QuerySyntaxError
        It does not parse, or it has a ``ko:`` term that does not exist; ForbiddenQuery where it would leave the store.
    UsageError
        It cannot be run: an unknown function, a substitution that is no IRI or stands for no variable.

    >>> from pyoxigraph import Literal
    >>> from knockon.store.oxigraph import MemoryStore
    >>> store = MemoryStore()
    >>> bool(ask(store, "ASK { ko:Company rdfs:subClassOf+ ko:Entity }"))
    True
    >>> asked = {"class": "https://w3id.org/knockon/ns#Regulator"}
    >>> [row["above"].value for row in ask(store, "SELECT ?class ?above { ?class rdfs:subClassOf ?above }", asked)]
    ['https://w3id.org/knockon/ns#GovernmentBody']
    >>> twice = {"urn:x:twice": lambda term: Literal(2 * int(term.value))}
    >>> [row["x"].value for row in ask(store, "SELECT (<urn:x:twice>(21) AS ?x) {}", functions=twice)]
    ['42']
    """
    guard(text)
    _check_terms(store, text, functions or ())
    try:
        try:
            return store.query(text, substitutions)
        except (RuntimeError, UsageError):
            # Oxigraph refuses a query with a function it does not know before it looks at any data.
            if not functions:
                raise
        return _with_functions(store, text, substitutions, functions)
    except (RuntimeError, ValueError) as error:
        raise UsageError(f"the query cannot be run: {error}") from None


def _check_terms(store: Store, text: str, functions: Iterable[str]) -> None:
    """Refuse a ``ko:`` term that is neither of the ontology nor of the data, nor a function: no row would tell of the slip."""
    called = set(functions)
    if fault := unknown_term(text, lambda iri: iri in called or _in_use(store, iri), lambda: _names(store)):
        raise QuerySyntaxError(fault)


def _in_use(store: Store, iri: str) -> bool:
    node = NamedNode(iri)
    patterns: tuple[dict[str, Any], ...] = ({"subject": node}, {"predicate": node}, {"value": node}, {"graph": node})
    return any(next(store.quads(**pattern), None) is not None for pattern in patterns)


def _names(store: Store) -> set[str]:
    """The local names of the terms of the ontology."""
    quads = store.quads(graph=NamedNode(ONTOLOGY_GRAPH))
    subjects = {quad.subject.value for quad in quads if isinstance(quad.subject, NamedNode)}
    return {iri.removeprefix(KO) for iri in subjects if iri.startswith(KO)}


def _with_functions(
    store: Store, text: str, substitutions: Mapping[str, str] | None, functions: Mapping[str, Function]
) -> Answer:
    """The whole answer, or what a function raised: the engine would make an unbound value of it and go on."""
    raised: list[BaseException] = []

    def heard(function: Function) -> Function:
        def call(*terms: Any) -> Any:
            if raised:
                return None  # the answer is lost already
            try:
                return function(*terms)
            except BaseException as error:
                raised.append(error)
                return None

        return call

    answer = store.query(text, substitutions, {iri: heard(function) for iri, function in functions.items()})
    whole = _read(answer)
    if raised:
        raise raised[0]
    return whole


def _read(answer: Answer) -> Answer:
    """The same answer, read to its end."""
    if isinstance(answer, QueryBoolean):
        return answer
    if isinstance(answer, QuerySolutions):
        form = QueryResultsFormat.JSON
        return parse_query_results(answer.serialize(format=form) or b"", format=form)
    kept = Oxigraph()
    kept.bulk_extend(Quad(*triple) for triple in answer)
    return kept.query("CONSTRUCT WHERE { ?s ?p ?o }")
