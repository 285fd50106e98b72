"""Convert quads to an rdflib Dataset."""

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
    """Convert quads to an rdflib Dataset with the same named graphs; its default graph is their union.

    Raises
    ------
    UsageError
        The quads contain a triple term (RDF 1.2), which rdflib does not support.
    """
    import rdflib

    dataset = rdflib.Dataset(default_union=True)
    for prefix, iri in PREFIXES.items():
        dataset.bind(prefix, iri)

    def convert(term: Any) -> Any:
        if isinstance(term, NamedNode):
            return rdflib.URIRef(term.value)
        if isinstance(term, BlankNode):
            return rdflib.BNode(term.value)
        if not isinstance(term, Literal):
            raise UsageError(
                f"rdflib does not support triple terms, and the graph contains {str(term)[:200]}; export it instead"
            )
        # Not normalised, so that literals stay exactly as in the store.
        if term.language:
            return rdflib.Literal(term.value, lang=term.language, normalize=False)
        return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)

    with _without_log():
        dataset.addN(
            (convert(q.subject), convert(q.predicate), convert(q.object), dataset.graph(rdflib.URIRef(q.graph_name.value)))
            for q in quads
            if isinstance(q.graph_name, NamedNode)
        )
    return dataset


@contextmanager
def _without_log() -> Iterator[None]:
    """Suppress the tracebacks that rdflib logs for literals that are invalid for their datatype (``""^^xsd:date``)."""
    log = logging.getLogger("rdflib.term")
    before = log.disabled
    log.disabled = True
    try:
        yield
    finally:
        log.disabled = before
