"""Worlds: the part of a graph that rests on one document, on all documents but one, or that is valid on a day.

Worlds go by evidence and dates, not by graph. A record keeps its place if it
has evidence left and holds on the day; what it names comes along, reduced to
its name if it has no place of its own. Documents stay, and shocks do whatever
their evidence. Derived triples are made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from knockon.errors import NotFound
from knockon.model import Dependency, Document, Entity, Evidence, Measure, Record, Shock, Statement, Supply
from knockon.model.dates import Absence, Calendar
from knockon.rdf.fields import fields
from knockon.store.base import Store
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import local_name

#: Documents that are listed where a name is none of them; the rest is counted.
LISTED = 8


class World(NamedTuple):
    """One world of a store.

    Attributes
    ----------
    store
        What the world says: SPARQL and target queries are asked of it. Where nothing is left out, the store itself.
    fallen
        The records without evidence left, by IRI, in their order.
    base
        The world by evidence alone: records that do not hold on the day have their place in it.
    absent
        Why records and parts of ``base`` do not hold on the day, by IRI.
    gone
        The supplies without evidence left of dependencies that have some, by dependency: their shares pass to the others.
    """

    store: Store
    fallen: tuple[str, ...]
    base: Store
    absent: Mapping[str, Absence]
    gone: Mapping[str, tuple[Supply, ...]]


def document(store: Store, name: str) -> str:
    """The IRI of a document by its IRI, local name or title; NotFound lists the documents that there are."""
    known = [record for record in store.records if isinstance(record, Document)]
    asked = name.strip().casefold()
    for kind in ("id", "name", "title"):
        for record in known:
            if str(getattr(record, kind)).casefold() == asked:
                return record.id
    listed = ", ".join(f"{record.name} ({record.title})" for record in known[:LISTED])
    more = f" and {len(known) - LISTED} more" if len(known) > LISTED else ""
    hint = f"(documents: {listed}{more})" if known else "(the graph has no document)"
    raise NotFound("document", name, [one for record in known for one in (record.name, record.title)], hint)


def world(
    store: Store,
    *,
    according_to: str | None = None,
    without: str | None = None,
    as_of: date | None = None,
    calendar: Calendar | None = None,
) -> World:
    """Return the world of one document, of all but one, and of one day; all three combine.

    A record that never had evidence is its author's word: it stays without a
    document, and is no part of what one document says.

    Parameters
    ----------
    according_to, without
        A document by IRI or local name.
    as_of
        The day on which records must hold; None ignores dates.
    calendar
        The dates of the store's records, where they were gathered already.

    Raises
    ------
    NotFound
        There is no such document.
    """
    every = {record.id: record for record in store.records} if according_to or without else {}
    kept: Mapping[str, Statement] | None = None
    base, fallen, gone = store, tuple[str, ...](), dict[str, tuple[Supply, ...]]()
    if according_to is not None or without is not None:
        left = _Left(document(store, according_to) if according_to else None, document(store, without) if without else None)
        kept = _kept(every.values(), left, uncited=left.only is None)
        base = _store_of(store, _with_named(kept, every))
        gone = _gone(store, base, left)
        fallen = _fallen(store, base, gone)
    if as_of is None:
        return World(base, fallen, base, {}, gone)
    absent = (calendar or Calendar.of(store.records)).absent(as_of)
    if kept is not None:
        # What is reduced to its name says nothing of dates.
        there = {part.id for record in kept.values() for part in (record, *record.parts())}
        absent = {iri: reason for iri, reason in absent.items() if iri in there}
    if not absent:
        return World(base, fallen, base, absent, gone)
    every = every or {record.id: record for record in store.records}
    holding = {iri: _holding(record, absent) for iri, record in (kept or every).items() if iri not in absent}
    return World(_store_of(store, _with_named(holding, every)), fallen, base, absent, gone)


@dataclass(frozen=True, slots=True)
class _Left:
    """Return whether evidence belongs to the world: that of one document, or of all but one."""

    only: str | None
    gone: str | None

    def __call__(self, evidence: Evidence) -> bool:
        return (self.only is None or evidence.document == self.only) and evidence.document != self.gone


def _store_of(store: Store, kept: Mapping[str, Statement]) -> Store:
    """The data sets of a store with these records only, each once: a record of two sets was merged already."""
    sets, seen = [], set[str]()
    for data_set in store.data_sets:
        names = [record.id for record in data_set.records if record.id in kept and record.id not in seen]
        seen.update(names)
        records = tuple(kept[iri] for iri in names)
        sets.append(replace(data_set, records=records, notices=()))
    return MemoryStore(*sets, checked=True, trusted=store.trusted)


def _gone(store: Store, base: Store, left: _Left) -> dict[str, tuple[Supply, ...]]:
    """The supplies without evidence left of the dependencies that a world by evidence has."""
    kept = {record.id for record in base.records}
    found: dict[str, tuple[Supply, ...]] = {}
    for record in store.records:
        if isinstance(record, Dependency) and record.id in kept:
            found[record.id] = tuple(supply for supply in record.supply if not _stands(supply, left))
    return {name: supplies for name, supplies in found.items() if supplies}


def _fallen(store: Store, base: Store, gone: Mapping[str, Iterable[Supply]]) -> tuple[str, ...]:
    """Return the records and supplies of a store that a world by evidence lacks."""
    kept = {record.id for record in base.records}
    fallen = [record.id for record in store.records if record.id not in kept]
    return tuple(sorted(fallen + [supply.id for supplies in gone.values() for supply in supplies]))


def _holding(record: Statement, absent: Mapping[str, Absence]) -> Statement:
    """The record with those of its supplies or hits that hold."""
    if not any(part.id in absent for part in record.parts()):
        return record
    name = "supply" if isinstance(record, Dependency) else "hit"
    return record.model_copy(update={name: tuple(part for part in record.parts() if part.id not in absent)})


def named_only(records: Iterable[Statement], calendar: Calendar, days: Iterable[date]) -> list[frozenset[str]]:
    """The entities and measures that ``world(store, as_of=day)`` reduces to their names, for each day, without a store.

    They do not hold on the day, and records that do hold name them. ``calendar`` is that of the records.
    """
    dated = {one.id: one for one in calendar.dated if isinstance(one, Entity | Measure)}
    naming = [record for record in records if dated and not isinstance(record, Shock) and dated.keys() & _names(record)]
    return [_named_on(dated, naming, calendar.absent(day)) for day in days]


def _named_on(dated: Mapping[str, Statement], naming: Iterable[Statement], absent: Mapping[str, Absence]) -> frozenset[str]:
    out = dated.keys() & absent.keys()
    todo = [iri for record in naming if record.id not in absent for iri in out & set(_names(_holding(record, absent)))]
    found: set[str] = set()
    while todo:
        iri = todo.pop()
        if iri not in found:
            found.add(iri)
            one = dated[iri]
            todo += out & set(one.part_of if isinstance(one, Entity) else ())
    return frozenset(found)


def said_by(document: str, records: Iterable[Statement], every: Mapping[str, Statement]) -> dict[str, Statement]:
    """What ``world(store, according_to=document)`` keeps, without a store.

    ``document`` is an IRI, ``records`` are at least its records and the shocks,
    ``every`` has all by IRI.
    """
    return _with_named(_kept(records, _Left(document, None), uncited=False), every)


def _kept(records: Iterable[Statement], stays: Callable[[Evidence], bool], *, uncited: bool) -> dict[str, Statement]:
    """The records that keep their place by their evidence."""
    kept: dict[str, Statement] = {}
    for record in records:
        spans = list(record.all_evidence())
        if isinstance(record, Shock | Document) or (not spans and uncited) or any(map(stays, spans)):
            kept[record.id] = _stripped(record, stays)
    return kept


def _stripped(record: Statement, stays: Any) -> Statement:
    """The record with the evidence that stays, in its parts as well."""
    changes: dict[str, Any] = {"evidence": tuple(e for e in record.evidence if stays(e))}
    for field in fields(type(record)):
        value = getattr(record, field.name)
        if field.nested is not None and field.nested is not Evidence and field.many:
            parts = [one for one in value if not isinstance(one, Supply) or _stands(one, stays)]
            changes[field.name] = tuple(_stripped(one, stays) if isinstance(one, Statement) else one for one in parts)
    return record.model_copy(update=changes)


def _stands(supply: Supply, stays: Any) -> bool:
    """Return whether a supply has evidence left, or never had evidence apart from its dependency's."""
    return not supply.evidence or any(map(stays, supply.evidence))


def _with_named(holding: Mapping[str, Statement], every: Mapping[str, Statement]) -> dict[str, Statement]:
    """The records, and reduced to their names the entities and measures that they name."""
    kept = dict(holding)
    todo = [iri for record in kept.values() if not isinstance(record, Shock) for iri in _names(record)]
    while todo:
        iri = todo.pop()
        record = every.get(iri)
        if iri in kept or record is None:
            continue
        if isinstance(record, Entity):
            # Only its name is known here: what else it says rests on other documents, or is of another time.
            kept[iri] = type(record)(id=iri, label=record.label, part_of=record.part_of)
        elif isinstance(record, Measure):
            kept[iri] = Measure(id=iri, label=record.label)
        else:
            continue
        todo.extend(_names(kept[iri]))
    return kept


def _names(record: Record) -> list[str]:
    found: list[str] = []
    for field in fields(type(record)):
        value = getattr(record, field.name)
        for one in (value if field.many else (value,)) if value is not None else ():
            if field.kind == "iri":
                found.append(one)
            elif field.kind == "nested":
                found += _names(one)
    return found


def shown(iris: Iterable[str]) -> list[str]:
    """Local names of IRIs, sorted, for people."""
    return sorted(local_name(iri) for iri in iris)
