"""Snapshots: what is opened is what was saved, and nothing else is ever taken for one."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given

from knockon.errors import InvalidData, KnockonError, LimitReached, NotFound, UsageError
from knockon.network import snapshot
from knockon.network.compile import compile_network
from knockon.network.network import Network
from knockon.propagation.esri import esri
from knockon.propagation.leontief import leontief
from knockon.store import replaced_folder
from knockon.store.regular_files import sha256_of
from support.flow_tables import Table, tables
from support.short_form import some_of
from support.small_records import need


def graph_network() -> Network:
    return compile_network(
        [
            need("shop", "cloud", "acme", "bäse", criticality="High", combination="AnyOf", buffer="P3D"),
            need("shop", "cloud", "acme", name="again"),
            need("cloud", "power", supply=[{"provider": "https://w3id.org/knockon/id/grid", "delay": "PT6H"}]),
        ],
        origin="a revision",
    ).network


def flow_network() -> Network:
    return Network.from_flows(
        [0, 1, 2, 0, 0], [1, 2, 0, 2, 2], [2.0, 1.0, 1.0, 1.0, 0.0], [0, 1, 0], [[1, 2], [0, 1]], [1.0, 0.0, 2.0]
    )


NETWORKS: dict[str, Callable[[], Network]] = {
    "a graph": graph_network,
    "flows": flow_network,
    "flows with names": lambda: Network.from_flows([0, 1], [1, 2], [1.0, 2.0], names=["a", "bé", "c"]),
    "an empty graph": lambda: compile_network([]).network,
    "an empty table": lambda: Network.from_flows([], [], []),
}
ARRAYS = ("slot_owner", "slot_need", "weights", "mode", "at_least", "supply_start", "supply_provider", "supply_share",
          "unknown", "disputed", "unstated", "buffer", "delay")  # fmt: skip


def whole_hash(network: Network) -> str:
    """The hash of the arrays themselves, not the one that was written down."""
    network.__dict__.pop("hash", None)
    return network.hash


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def same(one: Network, other: Network) -> None:
    assert list(one.nodes) == list(other.nodes)
    for name in ARRAYS:
        assert getattr(one, name).dtype == getattr(other, name).dtype, name
        assert getattr(one, name).tolist() == getattr(other, name).tolist(), name
    assert one.describe() == other.describe()
    assert whole_hash(one) == whole_hash(other)


# What is opened is what was saved


@pytest.mark.parametrize("kind", NETWORKS)
def test_a_network_comes_back_as_it_was(kind: str, tmp_path: Path) -> None:
    """Names, arrays, records, origin and hash, of graphs and of flows, also of nothing at all."""
    network = NETWORKS[kind]()
    network.save(tmp_path / "deep" / "one")
    opened = Network.open(tmp_path / "deep" / "one")
    assert opened.hash == network.hash
    same(opened, network)
    assert list(opened.slot_records) == list(network.slot_records)
    assert opened.slot_index == network.slot_index
    assert opened.supply_index == network.supply_index
    assert opened.origin == network.origin
    assert (opened.flows is None) == (network.flows is None)
    assert names_in(tmp_path / "deep") == ["one"]


def test_the_models_run_on_what_was_opened(tmp_path: Path) -> None:
    """The same losses from the arrays on disk, which cannot be written to."""
    for name, network, model in (("graph", graph_network(), leontief), ("flows", flow_network(), esri)):
        network.save(tmp_path / name)
        opened = Network.open(tmp_path / name)
        assert model(opened).loss.tolist() == model(network).loss.tolist()
        with pytest.raises(ValueError, match="read-only"):
            opened.supply_share[:] = 0


@given(tables())
def test_every_table_comes_back(tmp_path_factory: pytest.TempPathFactory, table: Table) -> None:
    """Any flows, in a folder that is written again and again."""
    path = tmp_path_factory.getbasetemp() / "table"
    with patch("os.fsync"):  # which takes long, and changes nothing of what is read back
        table.network().save(path)
    same(Network.open(path), table.network())


def test_arrays_are_mapped_and_not_read(tmp_path: Path) -> None:
    """Arrays are plain ones over a map of the file; one value seen everywhere is stored once."""
    network = Network.from_flows(np.zeros(5000, int), np.arange(1, 5001), np.ones(5000))
    network.save(tmp_path / "one")
    opened = Network.open(tmp_path / "one")
    for name in ("slot_owner", "supply_provider", "supply_share"):
        array = getattr(opened, name)
        assert type(array) is np.ndarray
        assert isinstance(array.base, np.memmap)
    assert (tmp_path / "one" / "weights.npy").stat().st_size < 200
    assert opened.weights.shape == (3, 5000)


# Saving


def test_a_snapshot_is_replaced(tmp_path: Path) -> None:
    """The new one is there, the old one is gone, and what was opened before still reads; also onto itself."""
    graph_network().save(tmp_path / "one")
    before = Network.open(tmp_path / "one")
    flow_network().save(tmp_path / "one")
    assert Network.open(tmp_path / "one").hash == flow_network().hash
    same(before, graph_network())
    Network.open(tmp_path / "one").save(tmp_path / "one")
    same(Network.open(tmp_path / "one"), flow_network())
    assert names_in(tmp_path) == ["one"]


@pytest.mark.parametrize("what", ["a folder of other things", "an empty folder", "a file"])
def test_nothing_else_is_written_over(what: str, tmp_path: Path) -> None:
    """A folder or file that is not a snapshot stays as it is."""
    path = tmp_path / "mine"
    if what == "a file":
        path.write_text("precious")
    else:
        path.mkdir()
    if what == "a folder of other things":
        (path / "thesis.txt").write_text("precious")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(UsageError, match="not a snapshot; nothing was written"):
        graph_network().save(path)
    assert sorted(tmp_path.rglob("*")) == before


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A folder cannot be made below a file."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot write"):
        graph_network().save(tmp_path / "file" / "one")
    with pytest.raises(UsageError, match="cannot be a path"):
        graph_network().save(tmp_path / ("x" * 300))


@pytest.mark.parametrize("step", ["an array", "the description", "the move", "an interrupt"])
def test_a_save_that_fails_leaves_the_old_one_whole(step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever it fails, the snapshot that was there opens as before, and nothing is left beside it."""
    graph_network().save(tmp_path / "one")

    def full(*_: object, **__: object) -> None:
        if step == "an interrupt":
            raise KeyboardInterrupt
        raise OSError(28, "No space left on device")

    if step == "an array":
        monkeypatch.setattr(snapshot, "write_array", full)
    elif step == "the description":
        monkeypatch.setattr(snapshot, "write_durably", full)
    else:
        monkeypatch.setattr(replaced_folder.os, "replace", full)
    with pytest.raises(KeyboardInterrupt if step == "an interrupt" else LimitReached):
        flow_network().save(tmp_path / "one")
    monkeypatch.undo()
    same(Network.open(tmp_path / "one"), graph_network())
    assert names_in(tmp_path) == ["one"]


KILLED = """
import os, shutil, sys
from pathlib import Path
from knockon.network import Network, snapshot

def kill_at(step):
    def counted(function):
        def wrapped(*given, **named):
            nonlocal step
            step -= 1
            if step == 0:
                os._exit(9)
            return function(*given, **named)
        return wrapped
    os.fsync, os.replace, Path.rename = map(counted, (os.fsync, os.replace, Path.rename))

folder, code, step = Path(sys.argv[1]), 9, 0
new = Network.from_flows([0, 1], [1, 2], [1.0, 2.0])
while code == 9:
    step += int(sys.argv[2])
    shutil.copytree(folder / "whole", folder / str(step))
    process = os.fork()
    if process == 0:
        kill_at(step)
        new.save(folder / str(step) / "one")
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
print(code, step)
"""


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_a_killed_save_loses_nothing_and_is_swept(tmp_path: Path, every: int) -> None:
    """Killed before any step, or some, the old one or the new one opens; the next save removes what was left beside it."""
    old, new = graph_network(), Network.from_flows([0, 1], [1, 2], [1.0, 2.0])
    old.save(tmp_path / "whole" / "one")
    done = subprocess.run([sys.executable, "-c", KILLED, tmp_path, str(every)], capture_output=True, text=True, check=True)
    code, steps = map(int, done.stdout.split())
    assert (code, steps > 20) == (0, True)
    hashes = []
    for step in range(every, steps + 1, every):
        place = tmp_path / str(step)
        assert len(names_in(place)) <= 3
        hashes.append(Network.open(place / "one").hash)
        if step % 5 == 0 or step > steps - 5:
            old.save(place / "one")
            assert names_in(place) == ["one"]
    assert hashes == sorted(hashes, key=[old.hash, new.hash].index)
    assert set(hashes) == {old.hash, new.hash}


# Opening what is none


def test_what_is_not_there_is_not_found(tmp_path: Path) -> None:
    """A path with nothing at it."""
    with pytest.raises(NotFound, match="network snapshot"):
        Network.open(tmp_path / "none")


def test_foreign_folders_and_files_are_no_snapshots(tmp_path: Path) -> None:
    """A folder of something else, a file, JSON that says something else."""
    (tmp_path / "file").write_text("text")
    (tmp_path / "empty").mkdir()
    cases = [tmp_path / "file", tmp_path / "empty"]
    for number, text in enumerate(["", "[]", "{}", "7", '{"version": 1}', "\xff", "[" * 5000, '{"version": 1, "arrays": []}']):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "network.json").write_text(text, "latin-1")
        cases.append(folder)
    for path in cases:
        with pytest.raises(InvalidData, match="compile the network again"):
            Network.open(path)


def test_another_version_is_said(tmp_path: Path) -> None:
    """The version it has, and the one this is for."""
    graph_network().save(tmp_path / "one")
    change(tmp_path / "one", version=99)
    with pytest.raises(InvalidData, match="has version 99, this is for version 4"):
        Network.open(tmp_path / "one")


def change(path: Path, **values: Any) -> None:
    """Another value in the description of a snapshot, with checksums that fit: as somebody who means harm would write it."""
    meta = {**json.loads((path / "network.json").read_text()), **values}
    meta["files"] = {name: sha256_of(file) for name in meta["arrays"] if (file := path / f"{name}.npy").is_file()}
    del meta["sha256"]
    (path / "network.json").write_bytes(snapshot._with_checksum(meta))


@pytest.mark.parametrize("version", ["3", 3.5, None, 2, True])
def test_a_version_that_is_none_is_refused(version: object, tmp_path: Path) -> None:
    """Whatever stands for the version is named; version 2 had checksums of too little, and is compiled again."""
    graph_network().save(tmp_path / "one")
    change(tmp_path / "one", version=version)
    with pytest.raises(InvalidData, match=f"has version {version!r}, this is for version 4.*compile the network again"):
        Network.open(tmp_path / "one")


@pytest.mark.parametrize("kind", some_of(["flows with names", "flows", "a graph"], 2))
def test_a_missing_or_truncated_file_is_damage(kind: str, tmp_path: Path) -> None:
    """Each file taken away, emptied, cut in half or by a byte."""
    NETWORKS[kind]().save(tmp_path / "one")
    for file in sorted((tmp_path / "one").iterdir()):
        whole = file.read_bytes()
        file.unlink()
        with pytest.raises(InvalidData):
            Network.open(tmp_path / "one")
        for left in (0, 5, len(whole) // 2):
            file.write_bytes(whole[:left])
            with pytest.raises(InvalidData):
                Network.open(tmp_path / "one")
        file.write_bytes(whole)
    Network.open(tmp_path / "one")


@pytest.mark.parametrize("kind", ["a graph", "flows", "flows with names"])
def test_any_damage_is_named(kind: str, tmp_path: Path) -> None:
    """Any bit flipped in any file, marks and origin among them: the message names the file."""
    NETWORKS[kind]().save(tmp_path / "one")
    draw = np.random.default_rng(5)
    for file in sorted((tmp_path / "one").iterdir()):
        whole = file.read_bytes()
        for _ in range(4):
            damaged = bytearray(whole)
            damaged[draw.integers(len(whole))] ^= 1 << int(draw.integers(8))
            file.write_bytes(damaged)
            with pytest.raises(InvalidData) as caught:
                Network.open(tmp_path / "one")
            assert file.name in str(caught.value) or file.name == "network.json"
        file.write_bytes(whole)


@pytest.mark.parametrize("changes", [1, pytest.param(12, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", ["a graph", "flows", "flows with names"])
@pytest.mark.filterwarnings("ignore:Reading `.npy`")
def test_damage_with_checksums_that_fit_never_crashes(kind: str, changes: int, tmp_path: Path) -> None:
    """Any byte changed on purpose: InvalidData, or a network that the models run on or refuse as they refuse others."""
    NETWORKS[kind]().save(tmp_path / "one")
    draw = np.random.default_rng(5)
    for file in sorted((tmp_path / "one").glob("*.npy")):
        whole = file.read_bytes()
        for _ in range(changes):
            damaged = bytearray(whole)
            damaged[draw.integers(len(whole))] = draw.integers(256)
            file.write_bytes(damaged)
            change(tmp_path / "one")
            try:
                network = Network.open(tmp_path / "one")
                network.describe(), list(network.nodes), network.slot_index, network.supply_index
                leontief(network, cap=20)
                if network.flows is not None:
                    esri(network, cap=20)
            except KnockonError:
                continue
        file.write_bytes(whole)


HOSTILE: list[tuple[str, str, Callable[[Any], Any]]] = [
    ("a graph", "slot_owner", lambda a: a + 100),
    ("a graph", "slot_owner", lambda a: a[::-1]),
    ("a graph", "slot_owner", lambda a: a.astype(float)),
    ("a graph", "slot_need", lambda a: a - 10),
    ("a graph", "slot_need", lambda a: a.reshape(1, -1)),
    ("a graph", "mode", lambda a: a + 9),
    ("a graph", "at_least", lambda a: a + 9),
    ("a graph", "supply_start", lambda a: a[::-1]),
    ("a graph", "supply_start", lambda a: a + 1),
    ("a graph", "supply_provider", lambda a: a - 100),
    ("a graph", "supply_share", lambda a: a * np.nan),
    ("a graph", "supply_share", lambda a: a - 1),
    ("a graph", "weights", lambda a: a + 1),
    ("a graph", "weights", lambda a: a * np.nan),
    ("a graph", "buffer", lambda a: a + np.inf),
    ("a graph", "delay", lambda a: np.append(a, 1.0)),
    ("a graph", "unknown", lambda a: np.append(a, True)),
    ("a graph", "disputed", lambda a: a.astype("U5")),
    ("a graph", "nodes_text", lambda a: a | 0x80),
    ("a graph", "nodes_ends", lambda a: a[::-1]),
    ("a graph", "nodes_ends", lambda a: a + 1),
    ("a graph", "slot_records_ends", lambda a: a + 1),
    ("a graph", "slot_records_names", lambda a: a * 2),
    ("flows", "flows_customer", lambda a: a + 100),
    ("flows", "flows_slot", lambda a: a + 100),
    ("flows", "flows_slot", lambda a: a - 100),
    ("flows", "flows_sector", lambda a: a + 9),
    ("flows", "flows_start", lambda a: a[::-1]),
    ("flows", "flows_value", lambda a: -a),
    ("flows", "flows_sales", lambda a: a[:-1]),
    ("flows", "flows_final_demand", lambda a: a * np.nan),
    ("flows", "flows_essentiality", lambda a: a + 5),
    ("flows", "flows_essentiality", lambda a: a[:1]),
    ("flows", "flows_essentiality", lambda a: a.ravel()),
]


@pytest.mark.parametrize(("kind", "name", "how"), HOSTILE)
def test_hostile_arrays_are_refused(kind: str, name: str, how: Callable[[Any], Any], tmp_path: Path) -> None:
    """Row numbers outside, shapes and kinds that do not fit, numbers out of range: though file and description agree."""
    path = tmp_path / "one"
    NETWORKS[kind]().save(path)
    meta = json.loads((path / "network.json").read_text())
    stored = np.broadcast_to(np.load(path / f"{name}.npy"), tuple(meta["arrays"][name]))
    bad = np.ascontiguousarray(how(stored))
    np.save(path / f"{name}.npy", bad)
    change(path, arrays={**meta["arrays"], name: list(bad.shape)})
    with pytest.raises(InvalidData, match=r"outside|not a complete snapshot"):
        Network.open(path)


@pytest.mark.parametrize(
    "values",
    [
        {"hash": None}, {"hash": "x"}, {"origin": 7}, {"nodes": 3.0}, {"nodes": True},
        {"nodes": -1}, {"nodes": 10**12}, {"nodes": "many"}, {"flows": 7}, {"flows": {"merged": "x", "dropped": 0}},
        {"flows": None, "arrays": {}}, {"arrays": {"slot_owner": [10**18]}}, {"arrays": {"../one/slot_owner": [4]}},
    ],
)  # fmt: skip
def test_a_hostile_description_is_refused(values: dict[str, Any], tmp_path: Path) -> None:
    """Counts that nothing bears out, shapes larger than the world, arrays that are not its own."""
    flow_network().save(tmp_path / "one")
    change(tmp_path / "one", **values)
    with pytest.raises(InvalidData):
        Network.open(tmp_path / "one")


def test_no_shape_is_large_enough_to_fill_the_memory(tmp_path: Path) -> None:
    """One stored value may stand for many, but not for more than there can be rows."""
    flow_network().save(tmp_path / "one")
    meta = json.loads((tmp_path / "one" / "network.json").read_text())
    for length in (10**12, 2**62, -1, 1.0, True):
        change(tmp_path / "one", arrays={**meta["arrays"], "mode": [length]})
        with pytest.raises(InvalidData):
            Network.open(tmp_path / "one")


def test_pickled_objects_are_not_unpacked(tmp_path: Path) -> None:
    """An array of objects could run code when it is read: it is not read."""
    path = tmp_path / "one"
    flow_network().save(path)
    np.save(path / "mode.npy", np.array([print] * 4, object), allow_pickle=True)
    change(path)
    with pytest.raises(InvalidData, match="Python objects"):
        Network.open(path)
    shutil.rmtree(path)


def test_a_network_of_a_graph_knows_the_revision_it_is_compiled_from(tmp_path: Path) -> None:
    """The revision of the world, which a snapshot keeps; another world, another origin."""
    import knockon

    graph = knockon.open("sensetime")
    network = graph.network()
    assert network.origin == graph.store.revision
    network.save(tmp_path / "kept")
    assert Network.open(tmp_path / "kept").origin == network.describe()["origin"] == graph.store.revision
    assert graph.network(without="doc-dependency-card").origin not in ("", network.origin)
