"""Worlds: the part of a graph that one document supports, all documents but one, or confident sources, or that holds on a day.

Worlds are selected by evidence and dates, not by graph. A record is kept if
some of its evidence is kept and it is valid on the day; records that it names
and that are not kept themselves are reduced to their names. Documents and
shocks are always kept. Triples are derived again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from knockon.errors import NotFound, nearest_of_each
from knockon.model import (
    Dependency,
    Document,
    Entity,
    Measure,
    Provision,
    Shock,
    Statement,
    Supply,
)
from knockon.model.dates import Absence, Calendar
from knockon.store.base import Store
from knockon.store.evidence_filter import ConfidenceCounts, EvidenceFilter
from knockon.store.oxigraph import MemoryStore
from knockon.store.validity import filtered_evidence, has_support, is_valid, named_iris, reduced_to_name, valid_parts
from knockon.vocabulary import ASSERTED, Stance, local_name

#: The most documents that a message lists; the rest are counted.
_MAX_LISTED = 8


class World(NamedTuple):
    """One world of a store.

    Attributes
    ----------
    store
        The store of the world, for SPARQL and target queries; the original store if nothing is left out.
    fallen
        The sorted IRIs of the records and supplies that lose all their evidence.
    by_evidence
        The store of the world without regard to dates.
    absent
        Why records and parts of ``by_evidence`` are not valid on the day, by IRI.
    lost_supplies
        The supplies that lose all their evidence, by dependency: their shares pass to the other supplies.
    lost_weights
        The provisions, and the dependencies with a portion, that lose all their evidence: likewise.
    confidence
        How many places of evidence a least confidence leaves out; None without one.
    """

    store: Store
    fallen: tuple[str, ...]
    by_evidence: Store
    absent: Mapping[str, Absence]
    lost_supplies: Mapping[str, tuple[Supply, ...]]
    lost_weights: tuple[Statement, ...] = ()
    confidence: ConfidenceCounts | None = None


def find_document(store: Store, name: str) -> str:
    """Return the IRI of a document by its IRI, local name or title; raise NotFound, with the documents, if there is none."""
    if store.records.are_kept:
        # Of a large store no others are read.
        named = (record for record in store.records.named(name.strip()) if isinstance(record, Document))
        if (document := _document_named(name, list(named))) is not None:
            return document.id
    known = store.records.of_class(Document)
    if (document := _document_named(name, known)) is not None:
        return document.id
    listed = ", ".join(f"{record.name} ({record.title})" for record in known[:_MAX_LISTED])
    more = f" and {len(known) - _MAX_LISTED} more" if len(known) > _MAX_LISTED else ""
    hint = f"(documents: {listed}{more})" if known else "(the graph has no document)"
    owners = {text: record.id for record in known for text in (record.name, record.title)}
    raise NotFound("document", name, nearest_of_each(name, owners, owners.__getitem__), hint)


def _document_named(name: str, known: Sequence[Document]) -> Document | None:
    wanted = name.strip().casefold()
    matches = (
        record for kind in ("id", "name", "title") for record in known if str(getattr(record, kind)).casefold() == wanted
    )
    return next(matches, None)


def world(
    store: Store,
    *,
    according_to: str | None = None,
    without: str | None = None,
    as_of: date | None = None,
    calendar: Calendar | None = None,
    stances: frozenset[Stance] = ASSERTED,
    min_confidence: Decimal | None = None,
    facts_only: bool = False,
) -> World:
    """Return the world of one document, of all but one, of a least confidence, and of one day; they combine.

    A record without evidence is an assumption of its author: it is part of the
    world without a document, and not of the world of one document.

    Parameters
    ----------
    according_to, without
        A document by IRI or local name.
    as_of
        The day on which records must be valid; None ignores dates.
    calendar
        The dates of the records of the store, if they were collected before.
    stances
        The stances of evidence from which links such as ``dependsOn`` are derived.
    min_confidence
        The least confidence of evidence that states one; evidence that states none counts.
    facts_only
        Derive no links, such as whom a list covers, from what is inferred.

    Raises
    ------
    NotFound
        There is no document with that name.
    """
    if stances != ASSERTED or (facts_only and store.records.some_inferred):
        store = _deriving(store, stances, facts_only=facts_only)
    by_sources = any(option is not None for option in (according_to, without, min_confidence))
    if by_sources:
        only, excluded = (find_document(store, name) if name else None for name in (according_to, without))
        evidence_filter = EvidenceFilter(only, excluded, min_confidence)
    if store.records.are_kept:
        return _world_of_kept(store, evidence_filter if by_sources else None, as_of, calendar)
    all_records = {record.id: record for record in store.records} if by_sources else {}
    kept: Mapping[str, Statement] | None = None
    by_evidence, fallen, lost = store, tuple[str, ...](), dict[str, tuple[Supply, ...]]()
    weights: tuple[Statement, ...] = ()
    counts: ConfidenceCounts | None = None
    if by_sources:
        counts = evidence_filter.confidence_counts(all_records.values())
        kept = _kept_records(all_records.values(), evidence_filter)
        by_evidence = _store_of(store, _with_named_records(kept, all_records))
        lost = _lost_supplies(store, by_evidence, evidence_filter)
        fallen = _fallen(store, by_evidence, lost)
        weights = _lost_weights(store, by_evidence)
    if as_of is None:
        return World(by_evidence, fallen, by_evidence, {}, lost, weights, counts)
    absent = (calendar or Calendar(tuple(store.records.dated))).absent(as_of)
    if kept is not None:
        # Records that are reduced to their names have no dates.
        present = {part.id for record in kept.values() for part in (record, *record.parts())}
        absent = {iri: reason for iri, reason in absent.items() if iri in present}
    if not absent:
        return World(by_evidence, fallen, by_evidence, absent, lost, weights, counts)
    all_records = all_records or {record.id: record for record in store.records}
    valid = {iri: valid_parts(record, absent) for iri, record in (kept or all_records).items() if is_valid(record, absent)}
    seen = _store_of(store, _with_named_records(valid, all_records))
    if kept is None and isinstance(store, MemoryStore):
        seen.targets = {frozenset(): store.targets.get(frozenset(absent), {})}
    return World(seen, fallen, by_evidence, absent, lost, weights, counts)


def _deriving(store: Store, stances: frozenset[Stance], *, facts_only: bool) -> Store:
    """Return the same records as a store in which other links are derived; those of a large store are not read for it."""

    def in_memory() -> MemoryStore:
        return MemoryStore(*store.data_sets, checked=True, trusted=store.trusted, stances=stances, facts_only=facts_only)

    if not store.records.are_kept:
        return in_memory()
    from knockon.store.lazy_records import LazyRecords
    from knockon.store.partial_store import PartialStore

    assert isinstance(store.records, LazyRecords)  # noqa: S101 - for types: what is kept is of this class
    return PartialStore(store, store.records, in_memory, stances, facts_only=facts_only)


def _world_of_kept(store: Store, stays: EvidenceFilter | None, as_of: date | None, calendar: Calendar | None) -> World:
    """Return a world of a large store: most of it is as in the store, and its records are looked at when they are needed."""
    from knockon.store.kept_records import KeptRecords
    from knockon.store.kept_world import kept_world
    from knockon.store.lazy_records import LazyRecords
    from knockon.store.partial_store import PartialStore
    from knockon.store.records_on_day import RecordsOnDay

    kept = store.records
    assert isinstance(kept, KeptRecords)  # noqa: S101 - for types: what is kept is of this class
    absent = {} if as_of is None else (calendar or Calendar(tuple(kept.dated))).absent(as_of)
    records: LazyRecords = kept
    names, result = frozenset[str](), World(store, (), store, {}, {})
    if stays is not None:
        part = kept_world(kept, stays)
        by_evidence = PartialStore(store, part.records, partial(_store_of_evidence, store, stays))
        result = World(by_evidence, part.fallen, by_evidence, {}, part.lost_supplies, part.lost_weights, part.confidence)
        records, names = part.records, part.names
        # Records that are reduced to their names have no dates.
        absent = {iri: reason for iri, reason in absent.items() if iri in records.by_iri and iri not in names}
    if not absent:
        return result
    on_day = PartialStore(store, RecordsOnDay(records, absent, names), partial(_store_on_day, store, stays, absent))
    return result._replace(store=on_day, absent=absent)


def _store_of_evidence(store: Store, stays: EvidenceFilter) -> MemoryStore:
    """Return the store of all records of another one that have evidence that stays."""
    all_records = {record.id: record for record in store.records}
    return _store_of(store, _with_named_records(_kept_records(all_records.values(), stays), all_records))


def _store_on_day(store: Store, stays: EvidenceFilter | None, absent: Mapping[str, Absence]) -> MemoryStore:
    """Return the store of all records of another one that hold on a day, and have evidence that stays."""
    all_records = {record.id: record for record in store.records}
    kept = all_records if stays is None else _kept_records(all_records.values(), stays)
    valid = {iri: valid_parts(record, absent) for iri, record in kept.items() if is_valid(record, absent)}
    return _store_of(store, _with_named_records(valid, all_records))


def _store_of(store: Store, kept: Mapping[str, Statement]) -> MemoryStore:
    """Create a store with some records of another one, in their data sets; a record of several data sets is in the first."""
    sets, seen = [], set[str]()
    for data_set in store.data_sets:
        iris = [record.id for record in data_set.records if record.id in kept and record.id not in seen]
        seen.update(iris)
        records = tuple(kept[iri] for iri in iris)
        sets.append(replace(data_set, records=records, notices=(), stated=()))
    stances, facts_only = getattr(store, "stances", ASSERTED), getattr(store, "facts_only", False)
    return MemoryStore(*sets, checked=True, trusted=store.trusted, stances=stances, facts_only=facts_only)


def _lost_supplies(store: Store, world_store: Store, stays: EvidenceFilter) -> dict[str, tuple[Supply, ...]]:
    """Return the supplies that lose all their evidence, by dependency, for the dependencies in a world by evidence."""
    kept = {record.id for record in world_store.records}
    lost: dict[str, tuple[Supply, ...]] = {}
    for record in store.records:
        if isinstance(record, Dependency) and record.id in kept:
            lost[record.id] = tuple(supply for supply in record.supply if not has_support(supply, stays))
    return {iri: supplies for iri, supplies in lost.items() if supplies}


def _lost_weights(store: Store, world_store: Store) -> tuple[Statement, ...]:
    """Return the provisions and the dependencies with a portion that are not in a world by evidence."""
    kept = {record.id for record in world_store.records}
    weighted = (r for r in store.records if isinstance(r, Provision) or (isinstance(r, Dependency) and r.portion is not None))
    return tuple(record for record in weighted if record.id not in kept)


def _fallen(store: Store, world_store: Store, lost: Mapping[str, Iterable[Supply]]) -> tuple[str, ...]:
    """Return the records and supplies of a store that are not in a world by evidence."""
    kept = {record.id for record in world_store.records}
    fallen = [record.id for record in store.records if record.id not in kept]
    return tuple(sorted(fallen + [supply.id for supplies in lost.values() for supply in supplies]))


def reduced_to_names(records: Iterable[Statement], calendar: Calendar, days: Iterable[date]) -> list[frozenset[str]]:
    """Return, for each day, the entities and measures that ``world(store, as_of=day)`` reduces to their names, without a store.

    They are not valid on the day, and valid records name them. ``calendar`` has the dates of the records.
    """
    dated = {record.id: record for record in calendar.dated if isinstance(record, Entity | Measure)}
    naming = [record for record in records if dated and not isinstance(record, Shock) and dated.keys() & named_iris(record)]
    return [_reduced_on(dated, naming, calendar.absent(day)) for day in days]


def _reduced_on(dated: Mapping[str, Statement], naming: Iterable[Statement], absent: Mapping[str, Absence]) -> frozenset[str]:
    """Return the entities and measures that are reduced to their names on a day, those that they are part of included."""
    invalid = dated.keys() & absent.keys()
    queue = [
        iri for record in naming if is_valid(record, absent) for iri in invalid & set(named_iris(valid_parts(record, absent)))
    ]
    reduced: set[str] = set()
    while queue:
        iri = queue.pop()
        if iri not in reduced:
            reduced.add(iri)
            record = dated[iri]
            queue += invalid & set(record.part_of if isinstance(record, Entity) else ())
    return frozenset(reduced)


def records_of_document(
    document: str, records: Iterable[Statement], all_records: Mapping[str, Statement]
) -> dict[str, Statement]:
    """Return the records of ``world(store, according_to=document)`` by IRI, without a store.

    Parameters
    ----------
    document
        The IRI of the document.
    records
        Records that include those with evidence in the document, and all shocks.
    all_records
        All records by IRI.
    """
    return _with_named_records(_kept_records(records, EvidenceFilter(document)), all_records)


def _kept_records(records: Iterable[Statement], stays: EvidenceFilter) -> dict[str, Statement]:
    """Return the records that are kept by their evidence, and, unless one document alone counts, those without evidence."""
    kept: dict[str, Statement] = {}
    for record in records:
        evidence = list(record.all_evidence())
        if isinstance(record, Shock | Document) or (not evidence and stays.only is None) or any(map(stays, evidence)):
            kept[record.id] = filtered_evidence(record, stays)
    return kept


def _with_named_records(records: Mapping[str, Statement], all_records: Mapping[str, Statement]) -> dict[str, Statement]:
    """Return records together with the entities and measures that they name, reduced to their names."""
    kept = dict(records)
    queue = [iri for record in kept.values() if not isinstance(record, Shock) for iri in named_iris(record)]
    while queue:
        iri = queue.pop()
        record = all_records.get(iri)
        if iri in kept or record is None:
            continue
        if (name := reduced_to_name(record)) is None:
            continue
        kept[iri] = name
        queue.extend(named_iris(kept[iri]))
    return kept


def local_names(iris: Iterable[str]) -> list[str]:
    """Return the sorted local names of IRIs."""
    return sorted(local_name(iri) for iri in iris)
