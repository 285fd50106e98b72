"""Triples that follow from the records: superclass types, dependsOn, shortcuts of relations, what is disputed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

from pyoxigraph import Literal, NamedNode, Quad

from knockon.model import CLASSES, Dependency, Ownership, Relation, Statement, ancestors
from knockon.model.dependency import records_with_loss
from knockon.rdf.to_rdf import TYPE
from knockon.vocabulary import DERIVED_GRAPH, KO, SYMMETRIC

GRAPH = NamedNode(DERIVED_GRAPH)
DEPENDS_ON = NamedNode(KO + "dependsOn")
OWNS = NamedNode(KO + "owns")
DISPUTED, TRUE = NamedNode(KO + "disputed"), Literal(True)


@cache
def _above(name: str) -> tuple[NamedNode, ...]:
    return tuple(NamedNode(CLASSES[above].class_iri()) for above in ancestors(name))


def derived(records: Iterable[Statement]) -> set[Quad]:
    """The derived triples of records, all in ``ko:derived``.

    >>> ns = "https://w3id.org/knockon/id/"
    >>> hosting = Dependency(id=ns + "hosting", dependant=ns + "shop", need=ns + "cloud", supply=[{"provider": ns + "acme"}])
    >>> sorted(q.object.value.rsplit("/")[-1] for q in derived([hosting]))
    ['acme', 'cloud']
    """
    held = list(records)
    return {quad for record in held for quad in _of(record)} | set(_disputed(held))


def _disputed(records: Iterable[Statement]) -> Iterator[Quad]:
    """Dependencies with the same dependant and need, which a network merges into one slot."""
    groups: dict[tuple[str, str], list[Dependency]] = defaultdict(list)
    for record in records:
        if isinstance(record, Dependency):
            groups[record.dependant, record.need].append(record)
    for members in groups.values():
        if len(claims := records_with_loss(members)) > 1:
            yield from (Quad(NamedNode(record.id), DISPUTED, TRUE, GRAPH) for record in claims)


def _of(record: Statement) -> Iterator[Quad]:
    subject = NamedNode(record.id)
    for above in _above(record.rdf_class) if record.rdf_class in CLASSES else ():
        yield Quad(subject, TYPE, above, GRAPH)
    if isinstance(record, Dependency):
        dependant = NamedNode(record.dependant)
        for iri in (record.need, *(supply.provider for supply in record.supply)):
            yield Quad(dependant, DEPENDS_ON, NamedNode(iri), GRAPH)
    elif isinstance(record, Relation):
        one, kind, other = NamedNode(record.subject), NamedNode(KO + record.relation_type), NamedNode(record.object)
        yield Quad(one, kind, other, GRAPH)
        if record.relation_type in SYMMETRIC:
            yield Quad(other, kind, one, GRAPH)
    elif isinstance(record, Ownership):
        yield Quad(NamedNode(record.owner), OWNS, NamedNode(record.owned), GRAPH)
