"""Blank nodes inside terms: a triple term (RDF 1.2) may hold them at any depth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pyoxigraph import BlankNode, Quad, Triple


def blank_nodes(term: Any) -> Iterator[BlankNode]:
    """Yield the blank nodes of a term in their order, those inside a triple term, too."""
    if isinstance(term, BlankNode):
        yield term
    elif isinstance(term, Triple):
        yield from blank_nodes(term.subject)
        yield from blank_nodes(term.object)


def blank_nodes_of(quad: Quad) -> list[BlankNode]:
    """Return the blank nodes of a quad in the order of its places: subject, object, graph; repeats are kept."""
    subject, _, value, graph = quad
    if isinstance(value, Triple) or isinstance(subject, Triple):
        return [node for term in (subject, value, graph) for node in blank_nodes(term)]
    return [term for term in (subject, value, graph) if isinstance(term, BlankNode)]


def renamed(quad: Quad, names: Mapping[BlankNode, Any]) -> Quad:
    """Return the quad with its blank nodes replaced by what ``names`` has for them, inside triple terms, too.

    >>> from pyoxigraph import NamedNode
    >>> p, inner = NamedNode("urn:x:p"), BlankNode("a")
    >>> str(renamed(Quad(p, p, Triple(p, p, inner)), {inner: NamedNode("urn:x:b")}))
    '<urn:x:p> <urn:x:p> <<( <urn:x:p> <urn:x:p> <urn:x:b> )>>'
    """
    subject, predicate, value, graph = quad
    if isinstance(value, Triple) or isinstance(subject, Triple):
        return Quad(_replaced(subject, names), predicate, _replaced(value, names), _replaced(graph, names))
    return Quad(names.get(subject, subject), predicate, names.get(value, value), names.get(graph, graph))


def _replaced(term: Any, names: Mapping[BlankNode, Any]) -> Any:
    if isinstance(term, Triple):
        return Triple(_replaced(term.subject, names), term.predicate, _replaced(term.object, names))
    return names.get(term, term)
