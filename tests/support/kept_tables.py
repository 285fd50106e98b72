"""Records as a store folder keeps them: in a file of all, and in a file of changes of that."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from knockon.model import Statement
from knockon.store.changed_records import ChangedRecords, write_changed_records
from knockon.store.kept_records import KeptRecords
from knockon.store.kept_rows import KeptRows
from knockon.store.record_table import write_records
from knockon.store.regular_files import sha256_of
from support.small_records import data_set

#: How many of ten records that a change may touch it leaves, changes, adds or removes.
_LEFT = 7


def kept(path: Path, records: Iterable[Statement]) -> KeptRecords:
    """Some records as a file of all."""
    path.touch()
    one = data_set("x", records)
    write_records(path, [one], [(record, one.graph) for record in one.records])
    return KeptRecords(KeptRows(path, checksum=sha256_of(path)))


def kept_changes(path: Path, before: KeptRecords, records: Iterable[Statement]) -> KeptRecords:
    """Some records as a file of changes of earlier ones."""
    path.touch()
    one = data_set("x", records)
    old, new = ({record.id: record for record in each} for each in (before, one.records))
    differing = frozenset(iri for iri in old.keys() | new.keys() if old.get(iri) != new.get(iri))
    placed = [(record, one.graph) for record in one.records if record.id in differing]
    write_changed_records(path, ChangedRecords(before, [one], differing, placed, [(0, record) for record, _ in placed]))
    base = before.rows.base or before.rows.path
    return KeptRecords(KeptRows(path, base, before.rows.checksum))


def mixed(first: Sequence[Statement], second: Sequence[Statement], draw: random.Random) -> list[Statement]:
    """The first records, of which some are those of the second, or gone, and some are added."""
    ours, theirs = _by_iri(first), _by_iri(second)
    chosen = []
    for iri in sorted(ours.keys() | theirs.keys()):
        record = ours.get(iri) if draw.randrange(10) < _LEFT else draw.choice([ours.get(iri), theirs.get(iri), None])
        if record is not None:
            chosen.append(record)
    return chosen


def _by_iri(records: Iterable[Statement]) -> Mapping[str, Statement]:
    return {record.id: record for record in records}
