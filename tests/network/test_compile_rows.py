"""Networks compiled from stored rows are those compiled from records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from knockon.model import Statement
from knockon.network import compile_rows as compile_rows_module
from knockon.network.compile import Compiled, RecordFilter, compile_network
from knockon.network.compile_rows import compile_rows
from knockon.store.invalid_store import InvalidStore
from knockon.store.kept_records import KeptRecords
from knockon.store.kept_rows import KeptRows
from knockon.store.long_work import long_work
from knockon.store.record_table import write_records
from knockon.vocabulary import Stance
from support.random_records import random_graph
from support.small_records import data_set, entities, iri, need

#: Random graphs that are compared with each run of the tests.
SEEDS = 60


def kept(path: Path, records: tuple[Statement, ...]) -> KeptRecords:
    """Some records as a table keeps them."""
    path.touch()
    one = data_set("x", records)
    write_records(path, [one], [(record, one.graph) for record in sorted(records, key=lambda record: record.id)])
    return KeptRecords(KeptRows(path))


def assert_same(compiled: Compiled, expected: Compiled) -> None:
    """Compare two networks value for value, and what was decided, in its order."""
    for name in (field.name for field in fields(Compiled) if field.compare and field.name != "network"):
        value, other = getattr(compiled, name), getattr(expected, name)
        assert value == other
        assert list(value) == list(other)
    network, other = compiled.network, expected.network
    assert network.hash == other.hash
    for field in fields(network):
        value, same = getattr(network, field.name), getattr(other, field.name)
        if isinstance(same, np.ndarray):
            assert np.array_equal(value, same), field.name
            assert (value.dtype, value.flags.c_contiguous) == (same.dtype, same.flags.c_contiguous), field.name
        elif field.name == "substitutes" and same is not None:
            assert all(map(np.array_equal, value.arrays(), same.arrays()))
        else:
            assert value == same or list(value) == list(same), field.name
    assert compiled.plans == expected.plans


@pytest.mark.parametrize("seed", range(SEEDS))
def test_rows_give_the_network_of_the_records(seed: int, tmp_path: Path) -> None:
    """Random records with disputes, provisions, portions, dates, stances and money: the same arrays and decisions."""
    graph = random_graph(seed)
    records = tuple({record.id: record for record in graph.records}.values())
    stances = frozenset({Stance.ASSERTS, *map(Stance, graph.stances)})
    record_filter = RecordFilter(stances, facts_only=seed % 3 == 0, financing=graph.financing, as_of=graph.day)
    rows = kept(tmp_path / "records", records)
    extra = [iri("e0"), iri("alone")]
    assert_same(compile_rows(rows, record_filter, extra, "x"), compile_network(rows, record_filter, extra, "x"))


def test_lone_slots_among_others(tmp_path: Path) -> None:
    """Slots made of rows, of planned records of the same dependant, and alternatives, are in one order."""
    alone = [need("shop", name, "acme", criticality="High") for name in ("a", "c", "e")]
    shared = need("shop", "b", "acme", "bolt", criticality="Low", buffer="P30D")
    several = [need("shop", "d", "acme", id=iri(f"d-{level}"), criticality=level) for level in ("High", "Low")]
    switching = need("shop", "f", "acme", alternative=[iri("bolt")], switching_time="P9D")
    others = entities("shop", "acme", "bolt", *"abcdef")
    records = (*alone, shared, *several, switching, *others)
    rows = kept(tmp_path / "records", records)
    compiled = compile_rows(rows)
    assert compiled.network.slots == 6
    assert_same(compiled, compile_network(rows))


def test_a_row_that_is_no_dependency_is_an_error(tmp_path: Path) -> None:
    """A damaged row stops the compilation with the name of the file."""
    path = tmp_path / "records"
    rows = kept(path, (need("shop", "a", "acme"), *entities("shop", "acme", "a")))
    for damage in ('{"dependant":"urn:x:a"}', "[]", "{", '{"dependant":"urn:x:a","need":"urn:x:b","supply":[7]}'):
        broken = replace_data(rows, damage)
        with pytest.raises(InvalidStore, match="records"):
            compile_rows(broken)


def replace_data(rows: KeptRecords, data: str) -> KeptRecords:
    """The same records, with other content in each row."""

    class Damaged(KeptRecords):
        def rows_of(self, *arguments: object, **options: object):  # type: ignore[no-untyped-def]
            return ((iri, number, data) for iri, number, _ in super().rows_of(*arguments, **options))  # type: ignore[arg-type]

    return Damaged(rows.rows)


def test_what_takes_long_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many dependencies are read, and how many of them so far; of few nothing is said."""
    records = kept(tmp_path / "records", (*entities("a", "b", "c"), need("a", "b"), need("b", "c"), need("a", "c")))
    shown: list[object] = []

    @contextmanager
    def watch(message: str) -> Iterator[Callable[[int, int], None]]:
        shown.append(message)
        yield lambda done, every: shown.append((done, every))

    before = long_work.set(watch)
    try:
        few = compile_rows(records)
        assert not shown
        monkeypatch.setattr(compile_rows_module, "LEAST_SHOWN", 3)
        monkeypatch.setattr(compile_rows_module, "_STEP", 2)
        assert_same(compile_rows(records), few)
    finally:
        long_work.reset(before)
    assert shown == ["compiling the network of 3 dependencies", (0, 3), (2, 3)]
