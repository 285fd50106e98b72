"""The selector of an Evidence in RDF: the node that names the place in the document, as in the Web Annotation vocabulary.

A span is an oa:TextPositionSelector, any other place an oa:FragmentSelector whose
rdf:value is the fragment and whose dcterms:conformsTo is the standard of it. The
whole document has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from knockon.model import Evidence
from knockon.model.places import PLACES, from_fragment, to_fragment
from knockon.rdf.fields import FRAGMENT_CLASS, HAS_SELECTOR, SELECTOR_CLASS
from knockon.vocabulary import DCTERMS, OA, RDF

SELECTOR = NamedNode(HAS_SELECTOR)
_TYPE = NamedNode(RDF + "type")
_SPAN, _FRAGMENT = NamedNode(SELECTOR_CLASS), NamedNode(FRAGMENT_CLASS)
_START, _END = NamedNode(OA + "start"), NamedNode(OA + "end")
_VALUE, _CONFORMS_TO = NamedNode(RDF + "value"), NamedNode(DCTERMS + "conformsTo")
_STANDARDS = {kind.name: NamedNode(kind.standard) for kind in PLACES if kind.standard}
_NAMES = {_START: "start", _END: "end", _VALUE: "rdf:value", _CONFORMS_TO: "dcterms:conformsTo"}


def selector_quads(evidence: Evidence, graph: NamedNode) -> Iterator[Quad]:
    """Yield the quads of the selector of an Evidence; none for the whole document."""
    kind = evidence.kind
    if not kind:
        return
    selector = NamedNode(evidence.selector_id)
    yield Quad(NamedNode(evidence.id), SELECTOR, selector, graph)
    if evidence.start is not None and evidence.end is not None:
        yield Quad(selector, _TYPE, _SPAN, graph)
        yield Quad(selector, _START, Literal(evidence.start), graph)
        yield Quad(selector, _END, Literal(evidence.end), graph)
        return
    yield Quad(selector, _TYPE, _FRAGMENT, graph)
    if kind in _STANDARDS:
        yield Quad(selector, _CONFORMS_TO, _STANDARDS[kind], graph)
    yield Quad(selector, _VALUE, Literal(to_fragment(kind, getattr(evidence, kind))), graph)


def read_selector(properties: Iterable[tuple[NamedNode, Any]]) -> tuple[dict[str, str], list[tuple[NamedNode, Any]]]:
    """Return the fields of an Evidence that its selector states, and the properties of the selector that state them.

    Parameters
    ----------
    properties
        The properties of the selector, with their values.

    Raises
    ------
    ValueError
        It is neither a span nor the fragment of one place.
    """
    used = [(p, o) for p, o in properties if p in _NAMES or (p == _TYPE and o in (_SPAN, _FRAGMENT))]
    values: dict[str, str] = {}
    for predicate, term in used:
        if predicate == _TYPE:
            continue
        name = _NAMES[predicate]
        if name in values:
            raise ValueError(f"has two values for {name}; at most one is allowed")
        values[name] = term.value if isinstance(term, NamedNode | Literal) else str(term)
    span: dict[str, str] = {name: values[name] for name in ("start", "end") if name in values}
    if "rdf:value" in values:
        if span:
            raise ValueError("has a selector with a span and a fragment; write one of the two")
        kind, value = from_fragment(values["rdf:value"], values.get("dcterms:conformsTo", ""))
        return {kind: value}, used
    if len(span) < len(("start", "end")):
        missing = next(name for name in ("start", "end") if name not in span)
        raise ValueError(
            f"has a selector without oa:{missing}"
            if span
            else "has a selector without a place; write oa:start and oa:end, "
            "or rdf:value with dcterms:conformsTo, or leave the selector out for the whole document"
        )
    return span, used


__all__ = ["SELECTOR", "read_selector", "selector_quads"]
