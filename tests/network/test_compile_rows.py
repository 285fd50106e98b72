"""Networks compiled from stored rows are those compiled from records."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.network import compile_rows as compile_rows_module
from knockon.network import kept_columns
from knockon.network.compile import RecordFilter, compile_network
from knockon.network.compile_rows import compile_rows
from knockon.store.invalid_store import InvalidStore
from knockon.store.kept import KeptFiles
from knockon.store.kept_records import KeptRecords
from knockon.store.long_work import long_work
from knockon.vocabulary import Stance
from support.compiled import assert_same_network
from support.kept_tables import kept, kept_changes, mixed
from support.random_records import generator, random_graph
from support.small_records import entities, iri, need

#: Random graphs that are compared with each run of the tests.
SEEDS = 60


@pytest.mark.parametrize("seed", range(SEEDS))
def test_rows_give_the_network_of_the_records(seed: int, tmp_path: Path) -> None:
    """Random records with disputes, provisions, portions, dates, stances and money: the same arrays and decisions."""
    graph = random_graph(seed)
    records = tuple({record.id: record for record in graph.records}.values())
    stances = frozenset({Stance.ASSERTS, *map(Stance, graph.stances)})
    record_filter = RecordFilter(stances, facts_only=seed % 3 == 0, financing=graph.financing, as_of=graph.day)
    rows = kept(tmp_path / "records", records)
    extra = [iri("e0"), iri("alone")]
    assert_same_network(compile_rows(rows, record_filter, extra, "x"), compile_network(rows, record_filter, extra, "x"))


@given(st.tuples(*[st.integers(0, 100_000)] * 3))
def test_kept_columns_and_what_changed_give_the_network_of_the_records(seeds: tuple[int, int, int]) -> None:
    """Columns of the file of all records serve its changes, twice: records added, changed, removed, of other classes."""
    draw, graphs = generator(sum(seeds)), [random_graph(seed) for seed in seeds]
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(kept_columns, "LEAST_KEPT", 0)
        place, read, write = Path(folder), list[object](), kept_columns._write
        patch.setattr(kept_columns, "_write", lambda *given, **more: read.append(given) or write(*given, **more))
        files = KeptFiles(place)
        rows = kept(place / "records", {record.id: record for record in graphs[0].records}.values())
        for number, graph in enumerate((graphs[0], *graphs)):
            stances = frozenset({Stance.ASSERTS, *map(Stance, graph.stances)})
            chosen = RecordFilter(stances, facts_only=number == 1, financing=graph.financing, as_of=graph.day)
            extra = [iri("e0"), iri("alone")]
            assert_same_network(compile_rows(rows, chosen, extra, "x", files), compile_network(rows, chosen, extra, "x"))
            if number < len(graphs) - 1:
                after = mixed(rows, graphs[number + 1].records, draw)
                rows = kept_changes(place / f"changes-{number}", rows, after)
        assert len(read) == 1


def test_columns_that_do_not_fit_are_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with the right checksum that leads outside, or is no archive, counts as missing."""
    monkeypatch.setattr(kept_columns, "LEAST_KEPT", 0)
    rows = kept(tmp_path / "records", (need("shop", "a", "acme"), *entities("shop", "acme", "a")))
    expected, files = compile_rows(rows), KeptFiles(tmp_path)
    assert_same_network(compile_rows(rows, files=files), expected)
    key = json.loads((files.folder / "columns.json").read_bytes())["key"]
    whole = kept_columns._opened(files, key)
    assert whole is not None
    for name in ("need", "provider", "form"):
        outside = whole._replace(**{name: getattr(whole, name) + 9})
        files.write("columns", key, partial(kept_columns._write, columns=outside))
        assert kept_columns._opened(files, key) is None
        assert_same_network(compile_rows(rows, files=files), expected)
    for nonsense in (b"PK", b"{}\n", b'{"names_text": ["|O8", 1]}\n', b'{"names_text": ["|u1", 99]}\n1'):
        files.write("columns", key, partial(Path.write_bytes, data=nonsense))
        assert kept_columns._opened(files, key) is None
        assert_same_network(compile_rows(rows, files=files), expected)


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
    assert_same_network(compiled, compile_network(rows))


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
        def numbered_rows_of(self, *arguments: object, **options: object):  # type: ignore[no-untyped-def]
            return ((iri, number, data, *rest) for iri, number, _, *rest in super().numbered_rows_of(*arguments, **options))  # type: ignore[arg-type]

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
        assert_same_network(compile_rows(records), few)
    finally:
        long_work.reset(before)
    assert shown == ["compiling the network of 3 dependencies", (0, 3), (2, 3)]
