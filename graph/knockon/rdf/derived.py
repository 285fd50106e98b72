"""Derive triples from records: superclasses, dependsOn, owns, the triples of relations, and disputed dependencies."""

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
def _superclasses(name: str) -> tuple[NamedNode, ...]:
    return tuple(NamedNode(CLASSES[above].class_iri()) for above in ancestors(name))


def derived(records: Iterable[Statement]) -> set[Quad]:
    """Return the derived triples of records, all in the graph ``ko:derived``.

    >>> ns = "https://w3id.org/knockon/id/"
    >>> hosting = Dependency(id=ns + "hosting", dependant=ns + "shop", need=ns + "cloud", supply=[{"provider": ns + "acme"}])
    >>> sorted(q.object.value.rsplit("/")[-1] for q in derived([hosting]))
    ['acme', 'cloud']
    """
    record_list = list(records)
    return {quad for record in record_list for quad in _of_record(record)} | set(_disputed(record_list))


def _disputed(records: Iterable[Statement]) -> Iterator[Quad]:
    """Yield a mark for each dependency with the same dependant and need as another, which a network merges into one slot."""
    groups: dict[tuple[str, str], list[Dependency]] = defaultdict(list)
    for record in records:
        if isinstance(record, Dependency):
            groups[record.dependant, record.need].append(record)
    for members in groups.values():
        if len(claims := records_with_loss(members)) > 1:
            yield from (Quad(NamedNode(record.id), DISPUTED, TRUE, GRAPH) for record in claims)


def _of_record(record: Statement) -> Iterator[Quad]:
    subject = NamedNode(record.id)
    for superclass in _superclasses(record.rdf_class) if record.rdf_class in CLASSES else ():
        yield Quad(subject, TYPE, superclass, GRAPH)
    if isinstance(record, Dependency):
        dependant = NamedNode(record.dependant)
        for iri in (record.need, *(supply.provider for supply in record.supply)):
            yield Quad(dependant, DEPENDS_ON, NamedNode(iri), GRAPH)
    elif isinstance(record, Relation):
        related, predicate = NamedNode(record.object), NamedNode(KO + record.relation_type)
        yield Quad(NamedNode(record.subject), predicate, related, GRAPH)
        if record.relation_type in SYMMETRIC:
            yield Quad(related, predicate, NamedNode(record.subject), GRAPH)
    elif isinstance(record, Ownership):
        yield Quad(NamedNode(record.owner), OWNS, NamedNode(record.owned), GRAPH)
