"""The records that concern a portfolio: those of its entities, those that name one, and the measures that designate one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from knockon.analysis.portfolio.watch_state import HOLDS, Kept, WatchedRecord, short_hash
from knockon.analysis.records.record_values import Value, values_of
from knockon.model import Designation, Document, ImpactRun, Measure, Statement
from knockon.model.dates import Absence
from knockon.store.validity import named_iris

#: A decimal number, or a day, month, year, quarter or half year, which a state keeps as it is.
_PLAIN = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?|[0-9]{4}(-[0-9]{2}(-[0-9]{2})?|-[QH][1-4])?")


def concerned(records: Iterable[Statement], entities: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Return the records (IRIs) that concern some entities, each with those entities.

    A record concerns an entity that it describes, and one that it or a part of it names. A measure also concerns those
    whom a designation puts on its list. Documents and stored runs concern nobody.
    """
    names = frozenset(entities)
    found: dict[str, set[str]] = {}
    designated: dict[str, set[str]] = {}
    measures: set[str] = set()
    for record in records:
        if isinstance(record, Document | ImpactRun):
            continue
        if isinstance(record, Measure):
            measures.add(record.id)
        if about := names.intersection((record.id, *named_iris(record))):
            found[record.id] = set(about)
            if isinstance(record, Designation):
                designated.setdefault(record.measure, set()).update(about)
    for measure in designated.keys() & measures:
        found.setdefault(measure, set()).update(designated[measure])
    return {iri: tuple(sorted(found[iri])) for iri in sorted(found)}


def watched(record: Statement, entities: tuple[str, ...], absent: Mapping[str, Absence]) -> WatchedRecord:
    """Return what a state keeps of a record."""
    values = {name: kept(value) for name, value in values_of(record).items() if name != "class"}
    holds = {part.id: absent.get(part.id, HOLDS) for part in (record, *record.parts())}
    return WatchedRecord(cls=record.rdf_class, entities=entities, values=values, holds=holds)


def kept(value: Value) -> Kept:
    """Return a value as a state keeps it: numbers and dates as they are, and a hash of anything else.

    >>> kept("0.45"), kept("2026-01-31"), kept("a remark")
    ('0.45', '2026-01-31', '#778d84fb7798fa50')
    """
    if isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else "\x1f".join(value or ())
    return text if isinstance(value, str) and _PLAIN.fullmatch(value) else f"#{short_hash(text)}"


def known(value: Kept | None) -> bool | int | float | str | None:
    """Return a value that a state has kept as it is; None for a hash."""
    return None if isinstance(value, str) and value.startswith("#") else value


__all__ = ["concerned", "kept", "known", "watched"]
