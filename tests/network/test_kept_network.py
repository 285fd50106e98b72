"""Networks that a store folder keeps: the same answers as compiled anew, and never trusted where they are damaged."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import knockon
from knockon.analysis import context
from knockon.graph import Graph
from knockon.graph import data_sets as graph_data_sets
from knockon.network import compile_rows, kept_network
from knockon.network.compile import Compiled, compile_network
from knockon.network.kept_network import KeptNetworks
from knockon.network.name_arrays import PackedIndex, PackedNames
from knockon.network.tables import is_tables
from knockon.propagation import active_round
from knockon.propagation.structure import removal
from knockon.store.folder import FolderStore
from knockon.store.kept import FOLDER, KeptFiles
from support.golden import LETTERS
from support.small_records import data_set as small
from support.small_records import entities, need

#: Small sets that together have every kind of record: what is compiled is the point, not how much.
SOURCES = ("sensetime", LETTERS / "data")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with dependencies, provisions, dates and several data sets."""
    place = tmp_path_factory.mktemp("networks") / "store"
    with knockon.open(place, write=True) as graph:
        for source in SOURCES:
            graph.load(source)
    return place


@pytest.fixture(autouse=True)
def _every_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks of every size are kept."""
    monkeypatch.setattr(kept_network, "LEAST_SLOTS", 0)


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What was compiled, one entry for each network."""
    compiled: list[object] = []

    def counting(compile_anew: Callable[..., Compiled]) -> Callable[..., Compiled]:
        def counted(*arguments: Any, **options: Any) -> Compiled:
            compiled.append(options)
            return compile_anew(*arguments, **options)

        return counted

    for module, name in ((context, "compile_network"), (compile_rows, "compile_rows")):
        monkeypatch.setattr(module, name, counting(getattr(module, name)))
    return compiled


def test_a_table_that_fills_a_store_leaves_its_network(
    tmp_path: Path, compilations: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first question of a new process compiles nothing; a further load, and a small one, leave it to the question."""
    table, more = tmp_path / "needs.csv", tmp_path / "more.csv"
    table.write_text("dependant,need,provider\nShop,Hosting,Cloud\nCloud,Power,Grid\n")
    more.write_text("dependant,need,provider\nShop,Water,Well\n")
    for least, loads in ((3, [1, 1]), (1_000, [0, 0])):
        monkeypatch.setattr(graph_data_sets, "_LEAST_WITH_NETWORK", least)
        place, compiled = tmp_path / f"store-{least}", []
        for source in (table, more):
            compilations.clear()
            with knockon.open(place, write=True) as graph:
                graph.load(source)
            compiled.append(len(compilations))
            if source == table:
                loss = knockon.open(place).impact(hit={"grid": 1.0}).to_dict()["impacts"]
                assert len(compilations) == 1
        assert [compiled[0], compiled[0] + compiled[1]] == loads
        assert loss == knockon.open(table).impact(hit={"grid": 1.0}).to_dict()["impacts"]


def test_each_period_of_provisions_has_its_network(tmp_path: Path) -> None:
    """In one graph, in another process, and where a document is left out: as if no other day had been asked before."""
    source, place = tmp_path / "parts", tmp_path / "store"
    source.mkdir()
    (source / "dataset.yaml").write_text("name: parts\nbase: https://example.org/\n")
    (source / "all.yaml").write_text(
        "Company:\n  shop: {label: Shop}\n  bolt: {label: Bolt}\n  cord: {label: Cord}\n"
        "Service:\n  parts: {label: Parts}\n"
        "Document:\n  doc-old: {title: Old}\n  doc-new: {title: New}\n"
        "Dependency:\n  shop-parts: {dependant: shop, need: parts}\n"
        "Provision:\n"
        "  old: {provided: parts, provider: bolt, share: 0.5, period: '2023', evidence: [doc-old]}\n"
        "  new: {provided: parts, provider: cord, share: 0.5, period: '2024', evidence: [doc-new]}\n"
    )
    with knockon.open(place, write=True) as graph:
        graph.load(source)

    def losses(graph: Graph, day: str, without: str | None) -> dict[str, float]:
        impacts = graph.impact(hit={"cord": 1.0}, as_of=day, without=without).to_dict()["impacts"]
        return {each["entity"]: each["loss"] for each in impacts}

    days = ("2023-12-30", "2024-01-01", "2024-12-30", "2025-01-01")
    asked = [(day, without) for without in (None, "doc-old") for day in days]
    expected = [losses(knockon.open(source), *one) for one in asked]
    assert [len(one) for one in expected] == [1, 1, 1, 3, 1, 3, 3, 3]
    for where in (source, place):
        graph = knockon.open(where)
        assert [losses(graph, *one) for one in asked] == expected
    assert [losses(knockon.open(place), *one) for one in reversed(asked)] == expected[::-1]


def answers(graph: Graph) -> list[object]:
    """Answers that go by the network, its records and what was decided about them."""
    return [
        graph.impact("data-reclassification", as_of="2026-01-01").to_dict(),
        graph.impact(hit={"maker-a": 0.7, "gpu-compute": "high"}, as_of="2026-01-01").to_dict(),
        graph.impact(hit={"sensetime-gpu-compute": 1.0}, as_of="2026-01-01").to_dict(),
        graph.impact("data-reclassification", as_of="all", facts_only=True, model="reach").to_dict(),
        graph.explain("data-reclassification", "smart-city-administrators", as_of="2026-01-01").to_dict(),
        graph.chokepoints("smart-city-administrators", as_of="2026-01-01", order=1).to_dict(),
        graph.network(as_of="2026-01-01").describe(),
    ]


def test_the_same_answers_and_nothing_compiled(
    folder: Path, tmp_path: Path, compilations: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a first process keeps serves the second, whose answers are those of a store that keeps nothing.

    There rounds compute all equations, and here what follows from what changed, as in large networks.
    """
    place = shutil.copytree(folder, tmp_path / "store")
    with knockon.open("sensetime") as plain:
        plain.load(LETTERS / "data")
        expected = answers(plain)
    for module in (active_round, removal):
        monkeypatch.setattr(module, "LEAST_SLOTS", 0)
    compilations.clear()
    with knockon.open(place) as graph:
        first = answers(graph)
    count = len(compilations)
    assert count > 1
    with knockon.open(place) as graph:
        assert answers(graph) == first == expected
    assert len(compilations) == count
    assert 2 <= len(list(place.glob(f"revision-*/{FOLDER}/network-*"))) <= count


def test_a_network_made_elsewhere_that_leads_outside_is_not_opened(tmp_path: Path) -> None:
    """Whole files with the right checksums, but a supplier that does not exist: it counts as missing, each time."""
    whole = compile_network(small("x", [*entities("a", "b"), need("a", "b")]).records)
    outside = replace(whole.network, slot_need=whole.network.slot_need + 2)
    networks = KeptNetworks(KeptFiles(tmp_path))
    for name, network, opens in (("network-a", whole.network, True), ("network-b", outside, False)):
        networks._write(tmp_path / FOLDER / name, replace(whole, network=network))
        for _ in range(2):
            opened = KeptNetworks(KeptFiles(tmp_path))._open(tmp_path / FOLDER / name, lambda: whole)
            assert (opened is not None) == opens


def test_networks_of_other_versions_are_removed(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another text of the program compiled is not opened, and goes when this one keeps a network."""
    place = shutil.copytree(folder, tmp_path / "store")

    def kept() -> set[str]:
        with knockon.open(place) as graph:
            graph.impact(hit={"maker-a": 0.7}, as_of="2026-01-01")
        return {path.name for path in place.glob(f"revision-*/{FOLDER}/network-*")}

    first = kept()
    monkeypatch.setattr(kept_network, "program_digest", lambda *_parts: "0" * 64)
    second = kept()
    assert len(first) == len(second) == 1
    assert first != second


@pytest.mark.slow
def test_other_records_days_and_options_are_other_networks(folder: Path, tmp_path: Path, compilations: list[object]) -> None:
    """Each option that selects records, and each change of the store, has a network of its own; parameters of a model not."""
    place = shutil.copytree(folder, tmp_path / "store")

    def compiled(**options: object) -> int:
        before = len(compilations)
        with knockon.open(place) as graph:
            graph.impact("data-reclassification", **options)  # type: ignore[arg-type]
        return len(compilations) - before

    assert compiled(as_of="2026-01-01") == 1
    assert [compiled(as_of=day, eps=0.01) for day in ("2026-01-01", "2026-01-02")] == [0, 0]
    for options in ({"as_of": "all"}, {"as_of": "2015-01-01"}, {"as_of": "all", "financing": True}):
        assert (compiled(**options), compiled(**options)) == (1, 0)
    assert compiled(as_of="all", what_if={"sensetime-gpu-compute": "criticality=low"}) >= 1
    with FolderStore(place) as store:
        store.load(small("x", entities("a")))
    assert compiled(as_of="2026-01-01") == 1


@pytest.mark.parametrize("count", [3, pytest.param(200, marks=pytest.mark.slow)])
def test_damaged_networks_are_compiled_again(folder: Path, tmp_path: Path, count: int) -> None:
    """A flipped bit, half a file or none, in any file of a kept network: the same answer, and a whole network afterwards."""
    place, draw = shutil.copytree(folder, tmp_path / "store"), random.Random(7)  # noqa: S311 - the same damage each time

    def answer() -> object:
        with knockon.open(place) as graph:
            return graph.impact("data-reclassification", as_of="2026-01-01").to_dict()

    whole = answer()
    (kept,) = place.glob(f"revision-*/{FOLDER}/network-*")
    names = sorted(path.name for path in kept.iterdir())
    assert len(names) > 20
    for number in range(count):
        path = kept / draw.choice(names)
        content = path.read_bytes()
        bit = draw.randrange(len(content))
        flipped = content[:bit] + bytes([content[bit] ^ 1 << draw.randrange(8)]) + content[bit + 1 :]
        if number % 3 == 2:
            path.unlink()
        else:
            path.write_bytes(flipped if number % 3 else content[: len(content) // 2])
        assert answer() == whole, path
        assert sorted(each.name for each in kept.iterdir()) == names


def networks_of(tmp_path: Path) -> tuple[KeptNetworks, Callable[[], Compiled]]:
    with knockon.open(LETTERS / "data") as graph:
        compiled = Compiled(graph.network(as_of="all"))
    return KeptNetworks(KeptFiles(tmp_path)), lambda: compiled


def test_the_number_and_size_of_networks_are_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that were used last stay, whatever their size the newest."""
    networks, make = networks_of(tmp_path)
    monkeypatch.setattr(kept_network, "MOST_NETWORKS", 3)
    for number in range(6):
        networks.compiled({"number": number}, make)
    assert len(list((tmp_path / FOLDER).glob("network-*"))) == 3
    monkeypatch.setattr(kept_network, "MOST_BYTES", 0)
    networks.compiled({"number": 7}, make)
    assert len(list((tmp_path / FOLDER).glob("network-*"))) == 1


def test_nothing_is_kept_where_nothing_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full or read-only disk, or a program whose text cannot be read: compiled anew each time, silently."""
    networks, make = networks_of(tmp_path)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept_network, "write_snapshot", refuse)
    assert networks.compiled({}, make) is make()
    monkeypatch.undo()
    monkeypatch.setattr(kept_network, "program_digest", lambda *_: None)
    assert networks.compiled({}, make) is make()
    assert not list((tmp_path / FOLDER).glob("network-*"))


@pytest.mark.skipif(not hasattr(os, "setresuid") or os.geteuid() != 0, reason="only root can become somebody who may not read")
def test_what_may_not_be_read_is_compiled_anew(tmp_path: Path) -> None:
    """A folder of kept networks that is closed to the reader is like none; a closed folder holds no tables either."""
    networks, make = networks_of(tmp_path)
    networks.compiled({}, make)
    (tmp_path / FOLDER).chmod(0)
    ancestors = [path for path in (tmp_path, *tmp_path.parents) if path.is_relative_to(tempfile.gettempdir())]
    modes = [(path, path.stat().st_mode) for path in ancestors]
    for path, mode in modes:
        path.chmod(mode | 0o055)
    try:
        os.seteuid(65534)
        assert networks.compiled({}, make) is make()
        assert not is_tables(tmp_path / FOLDER)
    finally:
        os.seteuid(0)
        for path, mode in modes:
            path.chmod(mode)
        (tmp_path / FOLDER).chmod(0o755)


def test_rows_are_found_as_in_a_dictionary() -> None:
    """Names in order, in another order, in groups, twice, absent, and asked for more often than there are."""
    draw = random.Random(3)  # noqa: S311 - the same names each time
    for _ in range(20):
        names = [draw.choice("abcxyzéß") * draw.randrange(1, 4) for _ in range(draw.randrange(0, 40))]
        order = np.array(sorted(range(len(names)), key=names.__getitem__), np.int64)
        ends = np.array([*sorted(draw.choices(range(len(names) + 1), k=5)), len(names)], np.int64)
        groups = [names[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]
        for index, expected in (
            (PackedIndex(PackedNames.of(names), order), {name: row for row, name in enumerate(names)}),
            (PackedIndex(PackedNames.of(names), order, ends), {n: row for row, group in enumerate(groups) for n in group}),
            (PackedIndex(PackedNames.of(sorted(set(names)))), {name: row for row, name in enumerate(sorted(set(names)))}),
        ):
            for name in [*names, "", "zzzzz", "b"] * 40:
                assert index.get(name) == expected.get(name)
            assert dict(index) == expected
            assert len(index) == len(expected)
