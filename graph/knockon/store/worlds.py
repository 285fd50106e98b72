"""Worlds: what the graph would say if only one document existed, or if one did not.

Worlds go by evidence, not by graph. A record keeps its place if it has
evidence left; what it names comes along, reduced to its name if no evidence of
its own is left. Shocks and documents stay. Derived triples are made anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from knockon.errors import NotFound
from knockon.model import DataSet, Dependency, Document, Entity, Evidence, Measure, Record, Shock, Statement, Supply
from knockon.rdf.fields import fields
from knockon.store.base import Store
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import local_name

#: Documents that are listed where a name is none of them; the rest is counted.
LISTED = 8


class World(NamedTuple):
    """A store that holds one world, and the names of the records that fell away."""

    store: Store
    fallen: tuple[str, ...]


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


def world(store: Store, *, according_to: str | None = None, without: str | None = None) -> World:
    """The world of one document (``according_to``) or of all but one (``without``), each by IRI or local name.

    A record that never had evidence is its author's word: it stays without a
    document, and is no part of what one document says.
    """
    if according_to is None and without is None:
        return World(store, ())
    only = document(store, according_to) if according_to else None
    gone = document(store, without) if without else None

    def stays(evidence: Evidence) -> bool:
        return (only is None or evidence.document == only) and evidence.document != gone

    kept = _kept(store.records, {record.id: record for record in store.records}, stays, uncited=only is None)
    sets = tuple(
        DataSet(data_set.info, tuple(kept[r.id] for r in data_set.records if r.id in kept), data_set.extra)
        for data_set in store.data_sets
    )
    fallen = [record.id for record in store.records if record.id not in kept]
    for record in store.records:
        if isinstance(record, Dependency) and record.id in kept:
            fallen += [supply.id for supply in record.supply if not _stands(supply, stays)]
    return World(MemoryStore(*_once(sets), checked=True), tuple(sorted(fallen)))


def said_by(document: str, records: Iterable[Statement], every: Mapping[str, Statement]) -> dict[str, Statement]:
    """What ``world(store, according_to=document)`` keeps, without a store.

    ``document`` is an IRI, ``records`` are at least its records and the shocks,
    ``every`` has all by IRI.
    """
    return _kept(records, every, lambda evidence: evidence.document == document, uncited=False)


def _kept(
    records: Iterable[Statement], every: Mapping[str, Statement], stays: Callable[[Evidence], bool], *, uncited: bool
) -> dict[str, Statement]:
    """The records that keep their place, and what they name."""
    kept: dict[str, Statement] = {}
    for record in records:
        spans = list(record.all_evidence())
        if isinstance(record, Shock | Document) or (not spans and uncited) or any(map(stays, spans)):
            kept[record.id] = _stripped(record, stays)
    _bring_named(kept, every)
    return kept


def _once(sets: Iterable[DataSet]) -> Iterable[DataSet]:
    # A record that two data sets share was merged already; the first keeps it.
    seen: set[str] = set()
    for data_set in sets:
        records = tuple(record for record in data_set.records if record.id not in seen)
        seen |= {record.id for record in records}
        yield DataSet(data_set.info, records, data_set.extra)


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
    """Whether a supply still rests on what it rested on: on its dependency alone, or on evidence that is left."""
    return not supply.evidence or any(map(stays, supply.evidence))


def _bring_named(kept: dict[str, Statement], every: Mapping[str, Statement]) -> None:
    todo = [iri for record in kept.values() if not isinstance(record, Shock) for iri in _names(record)]
    while todo:
        iri = todo.pop()
        record = every.get(iri)
        if iri in kept or record is None:
            continue
        if isinstance(record, Entity):
            # Only its name is known here: what else it says rested on other documents.
            kept[iri] = type(record)(id=iri, label=record.label, part_of=record.part_of)
        elif isinstance(record, Measure):
            kept[iri] = Measure(id=iri, label=record.label)
        else:
            continue
        todo.extend(_names(kept[iri]))


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
