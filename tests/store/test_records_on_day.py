"""The records of a store folder that hold on a day are those of the world in memory, however they are asked for."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from knockon.model import CLASSES, Entity, Measure, Statement
from knockon.model.dates import Calendar
from knockon.store.folder import FolderStore
from knockon.store.kept_records import KeptRecords
from knockon.store.kept_rows import KeptRows
from knockon.store.oxigraph import MemoryStore
from knockon.store.partial_store import PartialStore
from knockon.store.record_table import write_records
from knockon.store.records_on_day import RecordsOnDay
from knockon.store.worlds import world
from support.random_records import DAYS, random_graph
from support.record_views import assert_same
from support.small_records import data_set, entities, iri, need


def _ended(record: Statement, draw: random.Random) -> Statement:
    """An entity or measure that may have ended; other records have dates of their own."""
    if not isinstance(record, Entity | Measure) or draw.random() < 0.5:
        return record
    (other,) = entities("other", until=draw.choice(DAYS).isoformat())
    return record.model_copy(update={"until": other.until})


@pytest.mark.parametrize("seeds", [6, pytest.param(80, marks=pytest.mark.slow)])
def test_the_records_of_a_day_are_those_in_memory(seeds: int, tmp_path: Path) -> None:
    """Random records with dates, parts that end, wholes that are named by what ended, designations and shocks."""
    left_out = reduced = 0
    for seed in range(seeds):
        draw = random.Random(seed)  # noqa: S311 - the same records each time
        every = (_ended(record, draw) for record in random_graph(seed).records)
        records = {record.id: record for record in every}
        one = data_set("x", records.values())
        path = tmp_path / str(seed)
        path.touch()
        write_records(path, [one], [(record, one.graph) for _, record in sorted(records.items())])
        memory, kept, calendar = MemoryStore(one, checked=True), KeptRecords(KeptRows(path)), Calendar.of(records.values())
        classes = tuple({type(record) for record in records.values()} | {CLASSES["Entity"]})  # type: ignore[arg-type]
        for day in DAYS:
            absent = calendar.absent(day)
            expected = {record.id: record for record in world(memory, as_of=day).store.records}
            assert_same(RecordsOnDay(kept, absent), expected, classes)
            left_out += len(records) - len(expected)
            reduced += sum(name in absent for name in expected)
    assert left_out
    assert reduced


def test_names_that_ended_things_name_stay(tmp_path: Path) -> None:
    """A valid dependency names a firm that ended, which is part of a group that ended; nobody names the third."""
    ended = {"until": "2020-12-31"}
    group, firm, other = entities("group", "firm", "other", **ended)
    firm = firm.model_copy(update={"part_of": (group.id,)})
    with FolderStore(tmp_path / "store") as store:
        store.load(data_set("x", [group, firm, other, *entities("shop"), need("shop", "firm")]))
    with FolderStore(tmp_path / "store") as store:
        seen = world(store, as_of=DAYS[-1]).store
        assert isinstance(seen, PartialStore)
        records = seen.records
        assert [name in records.by_iri for name in map(iri, ("firm", "group", "other", "shop"))] == [True, True, False, True]
        assert records.by_iri[iri("firm")] == type(firm)(id=firm.id, label=firm.label, part_of=firm.part_of)
        assert [record.id for record in records] == [record.id for record in seen._memory.records]
        assert seen.query("ASK { ?x ko:partOf ?y }")
        assert seen.revision == seen._memory.revision
