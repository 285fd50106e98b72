"""Find and replace blank nodes in quads, including those nested in triple terms (RDF 1.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pyoxigraph import BlankNode, Quad, Triple


def blank_nodes(term: Any) -> Iterator[BlankNode]:
    """Yield the blank nodes of a term in order, including those inside a triple term."""
    if isinstance(term, BlankNode):
        yield term
    elif isinstance(term, Triple):
        yield from blank_nodes(term.subject)
        yield from blank_nodes(term.object)


def blank_nodes_of(quad: Quad) -> list[BlankNode]:
    """Return the blank nodes of a quad in the order subject, object, graph, with duplicates."""
    subject, _, value, graph = quad
    if isinstance(value, Triple) or isinstance(subject, Triple):
        return [node for term in (subject, value, graph) for node in blank_nodes(term)]
    return [term for term in (subject, value, graph) if isinstance(term, BlankNode)]


def replace_blank_nodes(quad: Quad, names: Mapping[BlankNode, Any]) -> Quad:
    """Return a quad with its blank nodes replaced by the terms in ``names``, also inside triple terms.

    >>> from pyoxigraph import NamedNode
    >>> p, inner = NamedNode("urn:x:p"), BlankNode("a")
    >>> str(replace_blank_nodes(Quad(p, p, Triple(p, p, inner)), {inner: NamedNode("urn:x:b")}))
    '<urn:x:p> <urn:x:p> <<( <urn:x:p> <urn:x:p> <urn:x:b> )>>'
    """
    subject, predicate, value, graph = quad
    if isinstance(value, Triple) or isinstance(subject, Triple):
        return Quad(_replace_in_term(subject, names), predicate, _replace_in_term(value, names), _replace_in_term(graph, names))
    return Quad(names.get(subject, subject), predicate, names.get(value, value), names.get(graph, graph))


def _replace_in_term(term: Any, names: Mapping[BlankNode, Any]) -> Any:
    if isinstance(term, Triple):
        return Triple(_replace_in_term(term.subject, names), term.predicate, _replace_in_term(term.object, names))
    return names.get(term, term)
