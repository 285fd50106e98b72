"""Load the ontology as quads in its own graph."""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from pathlib import Path

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from knockon.bundled import ontology_folder
from knockon.errors import NotFound
from knockon.rdf.skolem import skolemise
from knockon.sparql.selection import Selection
from knockon.vocabulary import DERIVED_GRAPH, KO, ONTOLOGY_GRAPH, RDFS

FILES = ("knockon.ttl", "scales.ttl", "alignments.ttl")


@cache
def ontology() -> tuple[Quad, ...]:
    """Return the quads of knockon.ttl, scales.ttl and alignments.ttl, in ``<https://w3id.org/knockon/ns>``.

    Raises
    ------
    NotFound
        One of these files is missing: they are part of the installation.
    """
    graph = NamedNode(ONTOLOGY_GRAPH)
    quads = [Quad(t.subject, t.predicate, t.object, graph) for name in FILES for t in _triples(ontology_folder() / name)]
    return tuple(skolemise(quads))


def _triples(path: Path) -> list[Quad]:
    try:
        return list(parse(path=path, format=RdfFormat.TURTLE, rename_blank_nodes=True))
    except OSError:
        raise NotFound("readable file of the ontology", str(path), otherwise="install Knock-on again") from None


@cache
def selected_ontology(selection: Selection) -> tuple[Quad, ...]:
    """Return the quads of the ontology that a selection has."""
    return tuple(quad for quad in ontology() if selection.has(quad.predicate.value, getattr(quad.object, "value", "")))


@cache
def known_iris() -> frozenset[str]:
    """Return the IRIs of the terms of the vocabulary, and of the graphs that queries may name.

    >>> "https://w3id.org/knockon/ns#Company" in known_iris(), "https://w3id.org/knockon/ns#company" in known_iris()
    (True, False)
    """
    return frozenset({q.subject.value for q in ontology() if isinstance(q.subject, NamedNode)} | {DERIVED_GRAPH})


def known_names() -> set[str]:
    """Return the local names of the terms of the vocabulary."""
    return {iri.removeprefix(KO) for iri in known_iris() if iri.startswith(KO)}


@cache
def superclasses(iri: str) -> tuple[NamedNode, ...]:
    """Return all superclasses of a class, in this vocabulary and in those that it is aligned to, in the order of their IRIs.

    >>> [node.value for node in superclasses("https://w3id.org/knockon/ns#Document")]
    ['http://www.w3.org/ns/prov#Entity', 'http://xmlns.com/foaf/0.1/Document']
    """
    return _above(iri, RDFS + "subClassOf")


@cache
def superproperties(iri: str) -> tuple[NamedNode, ...]:
    """Return all super-properties of a property, in this vocabulary and in those that it is aligned to.

    >>> [node.value for node in superproperties("https://w3id.org/knockon/ns#dependsOn")]
    ['http://purl.org/dc/terms/requires']
    """
    return _above(iri, RDFS + "subPropertyOf")


def _above(iri: str, relation: str) -> tuple[NamedNode, ...]:
    parents = _parents()[relation]
    reached: set[str] = set()
    queue = [iri]
    while queue:
        new = parents.get(queue.pop(), set()) - reached
        reached |= new
        queue += new
    return tuple(NamedNode(above) for above in sorted(reached - {iri}))


@cache
def _parents() -> dict[str, dict[str, set[str]]]:
    """Return the direct parents of each term, by the IRI of the relation."""
    parents: dict[str, dict[str, set[str]]] = {RDFS + name: defaultdict(set) for name in ("subClassOf", "subPropertyOf")}
    for quad in ontology():
        # Restrictions and unions have no name of their own.
        if (by_term := parents.get(quad.predicate.value)) is not None and isinstance(quad.object, NamedNode):
            by_term[str(getattr(quad.subject, "value", ""))].add(quad.object.value)
    return parents
