"""Quads handed to other libraries."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from knockon.errors import UsageError
from knockon.vocabulary import PREFIXES

if TYPE_CHECKING:
    import rdflib


def to_rdflib(quads: Iterable[Quad]) -> rdflib.Dataset:
    """The quads as an rdflib Dataset, named graphs kept, the default graph their union.

    Raises
    ------
    UsageError
        They hold a triple term (RDF 1.2), which rdflib does not know.
    """
    import rdflib

    dataset = rdflib.Dataset(default_union=True)
    for prefix, iri in PREFIXES.items():
        dataset.bind(prefix, iri)

    def term(one: Any) -> Any:
        if isinstance(one, NamedNode):
            return rdflib.URIRef(one.value)
        if isinstance(one, BlankNode):
            return rdflib.BNode(one.value)
        if not isinstance(one, Literal):
            raise UsageError(
                f"rdflib does not support triple terms, and the graph contains {str(one)[:200]}; export it instead"
            )
        # Not normalised: what stands in the store comes out as it stands.
        if one.language:
            return rdflib.Literal(one.value, lang=one.language, normalize=False)
        return rdflib.Literal(one.value, datatype=rdflib.URIRef(one.datatype.value), normalize=False)

    with _quiet():
        dataset.addN(
            (term(q.subject), term(q.predicate), term(q.object), dataset.graph(rdflib.URIRef(q.graph_name.value)))
            for q in quads
            if isinstance(q.graph_name, NamedNode)
        )
    return dataset


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the tracebacks that rdflib logs for a literal with no value of its datatype (``""^^xsd:date``)."""
    log = logging.getLogger("rdflib.term")
    before = log.disabled
    log.disabled = True
    try:
        yield
    finally:
        log.disabled = before
