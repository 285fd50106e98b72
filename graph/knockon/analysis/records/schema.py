"""The classes and properties in use in a graph, with counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Literal

from pyoxigraph import NamedNode

from knockon.analysis.answer import Answer
from knockon.query.terms import short_form
from knockon.rdf.to_rdf import TYPE
from knockon.store.base import Store
from knockon.vocabulary import DERIVED_GRAPH, ONTOLOGY_GRAPH, RDFS


@dataclass(frozen=True, slots=True)
class SchemaTerm(Answer):
    """A class or a property that is in use.

    Attributes
    ----------
    kind
        ``class`` or ``property``.
    name
        Its name with the prefix of its vocabulary: ``ko:Company``.
    count
        Of a class its instances, those of its subclasses included; of a property its triples.
    derived
        Whether all of them are derived from records, and none is stated.
    comment
        The comment of the ontology on it; empty for terms of other vocabularies.
    iri
        Its IRI.
    """

    kind: Literal["class", "property"]
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
    classes, properties
        How often each class and each property (IRI) is used.
    derived
        The graphs in which each term (IRI) is used: True is the graph of derived triples, False any other.
    """

    classes: Counter[str] = field(default_factory=Counter)
    properties: Counter[str] = field(default_factory=Counter)
    derived: dict[str, set[bool]] = field(default_factory=lambda: defaultdict(set))


def schema(store: Store) -> tuple[SchemaTerm, ...]:
    """Return the classes in use, then the properties: the most used first.

    Examples
    --------
    >>> import knockon
    >>> term = knockon.open("chips").schema()[0]
    >>> term.kind, term.name, term.derived
    ('class', 'prov:Entity', True)
    """
    usage = _usage(store)
    comments = {
        quad.subject.value: quad.object.value  # type: ignore[union-attr]  # the ontology comments on names, in literals
        for quad in store.quads(None, NamedNode(RDFS + "comment"), None, NamedNode(ONTOLOGY_GRAPH))
    }

    def term(kind: Literal["class", "property"], iri: str, count: int) -> SchemaTerm:
        name = short_form(NamedNode(iri))
        return SchemaTerm(kind, name, count, usage.derived[iri] == {True}, comments.get(iri, ""), iri)

    classes = [term("class", iri, count) for iri, count in _by_count(usage.classes)]
    return (*classes, *(term("property", iri, count) for iri, count in _by_count(usage.properties)))


def _usage(store: Store) -> _Usage:
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
        usage.derived[name].add(quad.graph_name == derived)
    return usage


def _by_count(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


__all__ = ["SchemaTerm", "schema"]
