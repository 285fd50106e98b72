"""A store in which every IRI of the same entities has all links of the others, for target queries.

A policy that is written with one IRI of an entity, or walks along ``ko:partOf`` or ``ko:covers``, finds what records state
with another. Such a store holds more triples than records state, so it answers target queries alone, which select and do not
count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import product
from typing import Any

import pyoxigraph
from pyoxigraph import NamedNode, Quad, RdfFormat, serialize

from knockon.rdf.sameness import Sameness
from knockon.sparql.answers import Answer
from knockon.store.assembly import assemble
from knockon.store.base import Store
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import ASSERTED
from knockon.worker.store_content import StoreContent


class SameEntitiesStore(MemoryStore):
    """A store with the content of another one, in which the same entities have each other's links.

    Parameters
    ----------
    store
        The other store.
    same
        Which entities are the same.

    Examples
    --------
    >>> from knockon.model import Company, DataSet, DataSetInfo
    >>> firms = (Company(id="urn:x:a", label="A", partOf="urn:x:g"), Company(id="urn:x:b", label="B"))
    >>> whole = Company(id="urn:x:g", label="G")
    >>> store = MemoryStore(DataSet(DataSetInfo(id="urn:x:data-x", title="X"), (*firms, whole)))
    >>> bool(SameEntitiesStore(store, Sameness([["urn:x:a", "urn:x:b"]])).query("ASK { <urn:x:b> ko:partOf <urn:x:g> }"))
    True
    """

    def __init__(self, store: Store, same: Sameness) -> None:
        self._same = same
        stances, facts_only = (store.stances, store.facts_only) if isinstance(store, MemoryStore) else (ASSERTED, False)
        super().__init__(*store.data_sets, checked=True, trusted=store.trusted, stances=stances, facts_only=facts_only)

    @cached_property
    def _db(self) -> pyoxigraph.Store:  # type: ignore[override] # as in the base class
        db = pyoxigraph.Store()
        db.bulk_extend(self._all_quads())
        return db

    def query_for_rows(self, text: str) -> Answer:
        """See Store. A part of the data would lack the links of other names."""
        return self.query(text)

    def prepare_rows(self, texts: Iterable[str]) -> None:
        """See Store. There are no parts."""

    def _all_quads(self) -> Iterable[Quad]:
        return linked(assemble(self.data_sets, checked=True, stances=self.stances, facts_only=self.facts_only), self._same)

    def content(self) -> StoreContent:
        """See Store."""
        return StoreContent(self._key, lambda out: serialize(self._all_quads(), out, RdfFormat.N_QUADS))


def linked(quads: Iterable[Quad], same: Sameness) -> Iterator[Quad]:
    """Yield quads, each triple once, with every IRI of the same entities at both ends of each link; its graph stays."""
    seen: set[tuple[Any, Any, Any]] = set()
    for quad in quads:
        subjects, objects = ([*_all_nodes(node, same)] for node in (quad.subject, quad.object))
        for subject, value in product(subjects, objects):
            if (triple := (subject, quad.predicate, value)) not in seen:
                seen.add(triple)
                yield Quad(subject, quad.predicate, value, quad.graph_name)


def _all_nodes(node: Any, same: Sameness) -> Iterator[Any]:
    if isinstance(node, NamedNode) and len(iris := same.all_of(node.value)) > 1:
        yield from (node if iri == node.value else NamedNode(iri) for iri in iris)
    else:
        yield node


__all__ = ["SameEntitiesStore", "linked"]
