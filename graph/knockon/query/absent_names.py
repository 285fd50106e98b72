"""Names in a query that are in no triple, and unknown terms of the vocabulary: mistyped, or of other data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyoxigraph import NamedNode, QuerySolutions

from knockon.errors import nearest
from knockon.rdf.ontology import known_iris, known_names
from knockon.sparql.known_terms import prefixed_names, unknown_terms
from knockon.sparql.losses import LOSS, STEP
from knockon.vocabulary import ONTOLOGY_GRAPH, PREFIXES, local_name, namespace, prefixed

if TYPE_CHECKING:
    from knockon.store.base import Store

#: The prefixes of records.
_RECORDS = ("id", "my")
#: The prefixes of vocabularies. Terms of ``ko:`` have a check of their own, datatypes need not be in a triple.
_VOCABULARIES = tuple(prefix for prefix in PREFIXES if prefix not in {*_RECORDS, "ko", "xsd"})


@dataclass(frozen=True, slots=True)
class AbsentName:
    """A name that is in no triple.

    Attributes
    ----------
    written
        The name as the query has it: ``id:nvidai``.
    nearest
        Similar names of records, or similar terms of the same vocabulary, with their prefixes.
    """

    written: str
    nearest: tuple[str, ...]


def absent_names(store: Store, text: str) -> list[AbsentName]:
    """Return the names of records and the terms of known vocabularies in a query that are in no triple of a store.

    >>> from knockon.store.oxigraph import MemoryStore
    >>> absent_names(MemoryStore(), "SELECT * { id:nvidia ?p ?o }")
    [AbsentName(written='id:nvidia', nearest=())]
    """
    records = [(name, iri) for name, iri in prefixed_names(text, _RECORDS).items() if not _occurs(store, iri)]
    terms = [(name, iri) for name, iri in prefixed_names(text, _VOCABULARIES).items() if not _occurs(store, iri)]
    known = {local_name(iri): iri for iri in store.records.iris()} if records else {}
    used = _terms(store) if terms else set()
    return [AbsentName(name, _similar(iri, known)) for name, iri in records] + [
        AbsentName(name, _similar(iri, {local_name(term): term for term in used if namespace(term) == namespace(iri)}))
        for name, iri in terms
    ]


def unknown_term_notes(store: Store, text: str) -> Iterator[str]:
    """Yield a message for each ``ko:`` term of a query that neither the vocabulary nor a store has, with what may be meant.

    >>> from knockon.store.oxigraph import MemoryStore
    >>> list(unknown_term_notes(MemoryStore(), "ASK { ?x ko:suppliedBy ?y }"))
    ['line 1, column 10: unknown term ko:suppliedBy; did you mean ko:provider, ko:supply?']
    """
    return unknown_terms(text, lambda iri: iri in (LOSS, STEP) or iri in known_iris() or _occurs(store, iri), known_names)


def _similar(iri: str, known: Mapping[str, str]) -> tuple[str, ...]:
    """Return the IRIs whose local names are similar to that of an IRI, with their prefixes; ``known`` are those by name."""
    return tuple(prefixed(known[name]) for name in nearest(local_name(iri), known))


def _terms(store: Store) -> set[str]:
    """Return the properties and classes that a store uses, and those that the ontology names."""
    ontology = f"GRAPH <{ONTOLOGY_GRAPH}> {{ {{ ?term ?p ?o }} UNION {{ ?s ?p ?term }} }}"
    asked = f"SELECT DISTINCT ?term {{ {{ ?s ?term ?o }} UNION {{ ?s a ?term }} UNION {{ {ontology} }} FILTER(isIRI(?term)) }}"
    answer = store.query(asked)
    assert isinstance(answer, QuerySolutions)  # noqa: S101 - a SELECT has rows
    return {row[0].value for row in answer}


def _occurs(store: Store, iri: str) -> bool:
    node = NamedNode(iri)
    patterns = (store.quads(node), store.quads(None, node), store.quads(None, None, node), store.quads(None, None, None, node))
    return any(True for pattern in patterns for _ in pattern)


__all__ = ["AbsentName", "absent_names", "unknown_term_notes"]
