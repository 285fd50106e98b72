"""The classes, properties and words of scales in use in a graph, with counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container
from dataclasses import dataclass, field
from typing import Literal

from pyoxigraph import NamedNode

from knockon.analysis.answer import Answer
from knockon.query.terms import short_form
from knockon.rdf.to_rdf import TYPE
from knockon.store.base import Store
from knockon.vocabulary import DERIVED_GRAPH, ONTOLOGY_GRAPH, RDFS, SKOS

Kind = Literal["class", "property", "word"]


@dataclass(frozen=True, slots=True)
class SchemaTerm(Answer):
    """A class, a property or a word of a scale that is in use.

    Attributes
    ----------
    kind
        ``class``, ``property``, or ``word`` (of a scale, as ``ko:High``).
    name
        Its name with the prefix of its vocabulary: ``ko:Company``.
    count
        Of a class its instances, those of its subclasses included; of a property its triples; of a word the triples that it
        is the value of.
    derived
        Whether all of them are derived from records, and none is stated.
    comment
        The comment of the ontology on it, of a word its scale and definition; empty for terms of other vocabularies.
    iri
        Its IRI.
    """

    kind: Kind
    name: str
    count: int
    derived: bool
    comment: str
    iri: str


@dataclass(slots=True)
class _Usage:
    """The use of terms.

    Attributes
    ----------
    classes, properties, words
        How often each class, each property and each word of a scale (IRI) is used.
    derived
        The graphs in which each term (IRI) is used: True is the graph of derived triples, False any other.
    """

    classes: Counter[str] = field(default_factory=Counter)
    properties: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    derived: dict[str, set[bool]] = field(default_factory=lambda: defaultdict(set))


def schema(store: Store) -> tuple[SchemaTerm, ...]:
    """Return the classes in use, then the properties, then the words of scales: the most used first.

    Examples
    --------
    >>> import knockon
    >>> term = knockon.open("chips").schema()[0]
    >>> term.kind, term.name, term.derived
    ('class', 'prov:Entity', True)
    """
    comments = _ontology_values(store, RDFS + "comment")
    definitions = _ontology_values(store, SKOS + "definition")
    scales = _ontology_values(store, SKOS + "inScheme")
    usage = _usage(store, scales)
    for word, scale in scales.items():
        comments[word] = f"A word of {short_form(NamedNode(scale))}. {definitions.get(word, '')}".strip()

    def term(kind: Kind, iri: str, count: int) -> SchemaTerm:
        name = short_form(NamedNode(iri))
        return SchemaTerm(kind, name, count, usage.derived[iri] == {True}, comments.get(iri, ""), iri)

    kinds: tuple[tuple[Kind, Counter[str]], ...] = (
        ("class", usage.classes), ("property", usage.properties), ("word", usage.words),
    )  # fmt: skip
    return tuple(term(kind, iri, count) for kind, counts in kinds for iri, count in _by_count(counts))


def _ontology_values(store: Store, property_: str) -> dict[str, str]:
    """Return what the ontology states with a property, by the IRI of the term; of several values of a term the last one."""
    return {
        quad.subject.value: quad.object.value  # type: ignore[union-attr]  # the ontology describes names, in literals and names
        for quad in store.quads(None, NamedNode(property_), None, NamedNode(ONTOLOGY_GRAPH))
    }


def _usage(store: Store, words: Container[str]) -> _Usage:
    derived, own = NamedNode(DERIVED_GRAPH), NamedNode(ONTOLOGY_GRAPH)
    usage = _Usage()
    for quad in store.quads():
        if quad.graph_name == own:
            continue
        if quad.predicate == TYPE and isinstance(quad.object, NamedNode):
            name = quad.object.value
            usage.classes[name] += 1
        else:
            name = quad.predicate.value
            usage.properties[name] += 1
            if isinstance(quad.object, NamedNode) and quad.object.value in words:
                usage.words[quad.object.value] += 1
                usage.derived[quad.object.value].add(quad.graph_name == derived)
        usage.derived[name].add(quad.graph_name == derived)
    return usage


def _by_count(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


__all__ = ["SchemaTerm", "schema"]
