"""Load the ontology as quads in its own graph."""

from __future__ import annotations

from functools import cache

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from knockon.bundled import ontology_folder
from knockon.rdf.skolem import skolemise
from knockon.vocabulary import ONTOLOGY_GRAPH

FILES = ("knockon.ttl", "scales.ttl", "alignments.ttl")


@cache
def ontology() -> tuple[Quad, ...]:
    """Return the quads of knockon.ttl, scales.ttl and alignments.ttl, in ``<https://w3id.org/knockon/ns>``."""
    graph = NamedNode(ONTOLOGY_GRAPH)
    quads = [
        Quad(t.subject, t.predicate, t.object, graph)
        for name in FILES
        for t in parse(path=ontology_folder() / name, format=RdfFormat.TURTLE, rename_blank_nodes=True)
    ]
    return tuple(skolemise(quads))
