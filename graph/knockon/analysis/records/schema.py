"""What the graph is made of: classes and properties in use, with counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from pyoxigraph import NamedNode

from knockon.query.terms import short
from knockon.rdf.to_rdf import TYPE
from knockon.store.base import Store
from knockon.vocabulary import DERIVED_GRAPH, ONTOLOGY_GRAPH, RDFS


def schema(store: Store) -> list[dict[str, Any]]:
    """A row a class (with its instances, superclasses counted too) and one a property (with its triples).

    ``comment`` is the ontology's; ``derived`` says that the triples follow from records.
    """
    derived, own = NamedNode(DERIVED_GRAPH), NamedNode(ONTOLOGY_GRAPH)
    classes: Counter[str] = Counter()
    properties: Counter[str] = Counter()
    graphs: dict[str, set[bool]] = defaultdict(set)
    quad: Any
    for quad in store.quads():
        if quad.graph_name == own:
            continue
        if quad.predicate == TYPE and isinstance(quad.object, NamedNode):
            name = quad.object.value
            classes[name] += 1
        else:
            name = quad.predicate.value
            properties[name] += 1
        graphs[name].add(quad.graph_name == derived)
    comments = {}
    for quad in store.quads(None, NamedNode(RDFS + "comment"), None, own):
        comments[quad.subject.value] = quad.object.value
    rows = []
    for kind, counts in (("class", classes), ("property", properties)):
        for iri, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            row = {
                "kind": kind,
                "name": short(NamedNode(iri)),
                "count": count,
                "derived": graphs[iri] == {True},
                "comment": comments.get(iri, ""),
                "iri": iri,
            }
            rows.append(row)
    return rows
