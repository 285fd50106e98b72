"""Which quads of a file state the ontology: they are no part of a user's data."""

from __future__ import annotations

from functools import cache
from typing import Any

from pyoxigraph import NamedNode, Quad

from knockon.rdf.ontology import ontology
from knockon.vocabulary import KO


def is_in_ontology(quad: Quad) -> bool:
    """Return whether a quad is one of the ontology, or about a term of the vocabulary."""
    subject = quad.subject
    if not isinstance(subject, NamedNode):
        return False
    if subject.value.startswith(KO):
        return True
    return subject in _ontology_subjects() and (subject, quad.predicate, quad.object) in _ontology_triples()


@cache
def _ontology_triples() -> frozenset[tuple[Any, Any, Any]]:
    return frozenset((q.subject, q.predicate, q.object) for q in ontology())


@cache
def _ontology_subjects() -> frozenset[Any]:
    return frozenset(subject for subject, _, _ in _ontology_triples())


__all__ = ["is_in_ontology"]
