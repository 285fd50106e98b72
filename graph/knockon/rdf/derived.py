"""Derive triples from records.

Superclasses of records and super-properties of their links, ``dependsOn``, ``owns``, ``appliesTo`` of designations, the
triples of relations, ``sameAs``, and marks of disputed dependencies. Links hold between every IRI of the same entities.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from itertools import permutations, product

from pyoxigraph import Literal, NamedNode, Quad

from knockon.model import (
    Dependency,
    Designation,
    Evidence,
    ImpactRun,
    Measure,
    Ownership,
    Provision,
    Record,
    Relation,
    Statement,
)
from knockon.model.dependency import records_with_loss
from knockon.rdf.ontology import superclasses, superproperties
from knockon.rdf.sameness import Sameness
from knockon.rdf.to_rdf import TYPE, Step, conversion_steps
from knockon.sparql.selection import Selection
from knockon.vocabulary import ASSERTED, DERIVED_GRAPH, KO, SYMMETRIC, InterestKind, Stance

GRAPH = NamedNode(DERIVED_GRAPH)
DEPENDS_ON = NamedNode(KO + "dependsOn")
OWNS = NamedNode(KO + "owns")
APPLIES_TO = NamedNode(KO + "appliesTo")
SAME_AS = NamedNode(KO + "sameAs")
DISPUTED, TRUE = NamedNode(KO + "disputed"), Literal(True)
#: Interests that are a right to decide and not a possession.
_CONTROL = (InterestKind.VOTING_RIGHTS, InterestKind.BOARD_CONTROL, InterestKind.OTHER_CONTROL)


def derived(
    records: Iterable[Statement],
    stances: Collection[Stance] = ASSERTED,
    selection: Selection | None = None,
    *,
    facts_only: bool = False,
) -> set[Quad]:
    """Return the derived triples of records: those of a stored run in the graph of the run, all others in ``ko:derived``.

    Parameters
    ----------
    records
        The records.
    stances
        Links are derived from records whose evidence has one of these stances, and from those without evidence. What
        follows from a triple of a record itself (superclasses, super-properties) is derived from every record.
    selection
        The triples that are asked for; others may be left out. None asks for all.
    facts_only
        Derive no links from what is inferred.

    Examples
    --------
    >>> ns = "https://w3id.org/knockon/id/"
    >>> hosting = Dependency(id=ns + "hosting", dependant=ns + "shop", need=ns + "cloud", supply=[{"provider": ns + "acme"}])
    >>> sorted(q.object.value.rsplit("/")[-1] for q in derived([hosting]) if q.predicate == DEPENDS_ON)
    ['acme', 'cloud']
    """
    record_list = list(records)
    counting = [record for record in record_list if record.rests_on(stances) and not (facts_only and record.inferred)]
    links = {link for record in counting for link in _links(record, stances)}
    same = Sameness.of(counting, lambda _: True)
    if same:
        links = {link for each in links for link in _between_all(each, same)}
        links |= {
            (NamedNode(first), SAME_AS, NamedNode(second)) for group in same.groups for first, second in permutations(group, 2)
        }
    links -= {(measure, APPLIES_TO, NamedNode(iri)) for measure, iri in _stated_parties(record_list)}
    links |= {(subject, above, value) for subject, predicate, value in links for above in superproperties(predicate.value)}
    quads = {Quad(*link, GRAPH) for link in links if selection is None or selection.has(link[1].value)}
    quads.update(quad for record in record_list for quad in _of_record(record, selection))
    quads.update(disputed(counting, same))
    return quads


def _between_all(
    link: tuple[NamedNode, NamedNode, NamedNode], same: Sameness
) -> Iterator[tuple[NamedNode, NamedNode, NamedNode]]:
    """Yield a link between every IRI of both its ends; none where these are the same."""
    start, predicate, end = link
    if start == end or not same.is_same(start.value, end.value):
        ends = product(same.all_of(start.value), same.all_of(end.value)) if start != end else [(start.value, end.value)]
        yield from ((NamedNode(first), predicate, NamedNode(second)) for first, second in ends)


def disputed(records: Iterable[Statement], same: Sameness) -> Iterator[Quad]:
    """Yield a mark for each dependency with the same dependant and need as another, which a network merges into one slot."""
    groups: dict[tuple[str, str], list[Dependency]] = defaultdict(list)
    for record in records:
        if isinstance(record, Dependency):
            groups[same.shown(record.dependant), same.shown(record.need)].append(record)
    for members in groups.values():
        if len(claims := records_with_loss(members)) > 1:
            yield from (Quad(NamedNode(record.id), DISPUTED, TRUE, GRAPH) for record in claims)


def _stated_parties(records: Iterable[Statement]) -> Iterator[tuple[NamedNode, str]]:
    """Yield whom measures name themselves: a triple is in one graph, so it is not derived from a designation too."""
    for record in records:
        if isinstance(record, Measure):
            yield from ((NamedNode(record.id), iri) for iri in record.applies_to)


def _links(record: Statement, stances: Collection[Stance]) -> Iterator[tuple[NamedNode, NamedNode, NamedNode]]:
    """Yield the links that a record stands for."""
    if isinstance(record, Dependency):
        dependant = NamedNode(record.dependant)
        for iri in (record.need, *(supply.provider for supply in record.supply if supply.rests_on(stances))):
            yield dependant, DEPENDS_ON, NamedNode(iri)
    elif isinstance(record, Provision):
        yield NamedNode(record.provided), DEPENDS_ON, NamedNode(record.provider)
    elif isinstance(record, Designation):
        yield NamedNode(record.measure), APPLIES_TO, NamedNode(record.designated)
    elif isinstance(record, Relation):
        related, predicate = NamedNode(record.object), NamedNode(KO + record.relation_type)
        yield NamedNode(record.subject), predicate, related
        if record.relation_type in SYMMETRIC:
            yield related, predicate, NamedNode(record.subject)
    elif isinstance(record, Ownership) and record.interest_kind not in _CONTROL:
        yield NamedNode(record.owner), OWNS, NamedNode(record.owned)


def _of_record(record: Statement, selection: Selection | None) -> Iterator[Quad]:
    """Yield what follows from the triples of a record and its parts: superclasses and super-properties."""
    # What follows from a stored run stands outside the default graph, as the run does.
    graph = NamedNode(record.id) if isinstance(record, ImpactRun) else GRAPH
    yield from _types(record, graph, selection)
    for evidence in record.all_evidence() if _superclasses(Evidence, selection) else ():
        yield from _types(evidence, GRAPH, selection)
    for part in record.impact if isinstance(record, ImpactRun) else ():
        yield from _types(part, graph, selection)
    subject = NamedNode(record.id)
    for step, above in _steps_with_superproperties(type(record), selection):
        value = getattr(record, step.field.name)
        for item in value if step.field.many else (value,) if value is not None else ():
            yield from (Quad(subject, predicate, step.term(item), graph) for predicate in above)


def _types(record: Record, graph: NamedNode, selection: Selection | None) -> Iterator[Quad]:
    subject = NamedNode(record.id)
    yield from (Quad(subject, TYPE, above, graph) for above in _superclasses(type(record), selection))


@cache
def _superclasses(cls: type[Record], selection: Selection | None) -> tuple[NamedNode, ...]:
    above = superclasses(cls.class_iri())
    return above if selection is None else tuple(node for node in above if selection.has(TYPE.value, node.value))


@cache
def _steps_with_superproperties(
    cls: type[Record], selection: Selection | None
) -> tuple[tuple[Step, tuple[NamedNode, ...]], ...]:
    steps = ((step, superproperties(step.predicate.value)) for step in conversion_steps(cls))
    if selection is not None:
        steps = ((step, tuple(node for node in above if selection.has(node.value))) for step, above in steps)
    return tuple((step, above) for step, above in steps if above)
