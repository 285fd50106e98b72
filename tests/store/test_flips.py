"""One bit flipped anywhere in a store or a snapshot: the file is named, or every answer is what it was."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from knockon.authoring.named_sources import read_source
from knockon.errors import InvalidData
from knockon.network.compile import compile_network
from knockon.network.network import Network
from knockon.propagation.leontief import leontief
from knockon.sparql.answers import serialize_answer
from knockon.store.folder import FolderStore
from knockon.store.kept import FOLDER as KEPT
from support.example_data import EXAMPLE
from support.small_records import data_set as small
from support.small_records import entities

COUNTS = [20, pytest.param(500, marks=pytest.mark.slow)]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of several data sets with three revisions."""
    folder = tmp_path_factory.mktemp("flips") / "store"
    with FolderStore(folder) as opened:
        opened.load(read_source(EXAMPLE), small("x", entities("a", "b")))
        opened.load(small("x", entities("a", "c")))
        opened.remove("x")
        assert len(opened.history) == 3
    return folder


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    """A snapshot of a graph and one of flows."""
    place = tmp_path_factory.mktemp("snapshots")
    compile_network(read_source(EXAMPLE).records, origin="a revision").network.save(place / "graph")
    Network.from_flows([0, 1, 2, 0], [1, 2, 0, 2], [2.0, 1.0, 1.0, 1.0], [0, 1, 0], [[1, 2], [0, 1]]).save(place / "flows")
    return place / "graph", place / "flows"


def of_store(folder: Path) -> tuple[object, ...]:
    """All that a store and its earlier revisions say."""
    with FolderStore(folder) as opened:
        rows = serialize_answer(opened.query("SELECT * { GRAPH ?g { ?s ?p ?o } }")).content
        return opened.history, opened.revision, opened.records, rows, opened.at(1), opened.at(2)


def of_snapshot(folder: Path) -> tuple[object, ...]:
    """All that a network says, marks and origin among it."""
    network = Network.open(folder)
    arrays = [
        array.tobytes() for array in (network.weights, network.unknown, network.disputed, network.unstated, network.delay)
    ]
    return network.hash, network.origin, network.describe(), tuple(network.nodes), leontief(network).loss.tobytes(), arrays


def flip(path: Path, draw: random.Random) -> bytes:
    """Flip one bit of a file; what it held before."""
    whole = path.read_bytes()
    damaged = bytearray(whole)
    damaged[draw.randrange(len(whole))] ^= 1 << draw.randrange(8)
    path.write_bytes(damaged)
    return whole


def files_of(store: Path) -> list[Path]:
    """The files that a store needs; what is kept beside its database is written anew (test_kept_records.py)."""
    return sorted(path for path in store.rglob("*") if path.is_file() and path.parent.name != KEPT)


@pytest.mark.parametrize("count", COUNTS)
def test_a_flipped_bit_of_a_store(store: Path, count: int) -> None:
    """Named, or every record, row and revision is the same; a file as likely as another, whatever its length."""
    draw, outcomes = random.Random(9), Counter[tuple[str, str]]()  # noqa: S311 - the same flips each time
    whole = of_store(store)
    files = sorted(path for path in files_of(store) if path.stat().st_size)
    for number in range(count):
        path = files[number % len(files)]
        content = flip(path, draw)
        try:
            assert of_store(store) == whole, path
            outcomes["harmless", path.suffix or path.name.split("-")[0]] += 1
        except InvalidData as error:
            assert path.name in str(error)  # noqa: PT017 - both outcomes are right
            outcomes["named", path.suffix or path.name.split("-")[0]] += 1
        path.write_bytes(content)
    print(dict(outcomes))  # noqa: T201 - for the reader of -s
    # RocksDB writes LOG for people and never reads it; so it is with white space of the pointer file and the time in a .gz.
    assert {name for outcome, name in outcomes if outcome == "harmless"} <= {"LOG", ".json", ".gz"}
    assert sum(times for (outcome, _), times in outcomes.items() if outcome == "named") > count * 0.8


@pytest.mark.parametrize("count", COUNTS)
def test_a_flipped_bit_of_a_snapshot(snapshots: tuple[Path, ...], count: int) -> None:
    """Named, or all that the network says is the same."""
    draw, outcomes = random.Random(9), Counter[tuple[str, str]]()  # noqa: S311 - the same flips each time
    wholes = {folder: of_snapshot(folder) for folder in snapshots}
    files = sorted(path for folder in snapshots for path in folder.iterdir())
    for number in range(count):
        path = files[number % len(files)]
        content = flip(path, draw)
        try:
            assert of_snapshot(path.parent) == wholes[path.parent], path
            outcomes[f"harmless {path.name}"] += 1
        except InvalidData as error:
            assert path.name in str(error)  # noqa: PT017 - both outcomes are right
            outcomes["named"] += 1
        path.write_bytes(content)
    print(dict(outcomes))  # noqa: T201 - for the reader of -s
    assert set(outcomes) <= {"named", "harmless network.json"}
    assert outcomes["named"] > count * 0.9


@pytest.mark.slow
def test_other_damage_of_every_file(store: Path, tmp_path: Path) -> None:
    """Cut in half, emptied, taken away, or a folder in its place: each file that is read is named."""
    unread = ("LOG", "LOCK", "write")
    for path in (path for path in files_of(store) if not path.name.startswith(unread)):
        place = tmp_path / "store"
        shutil.copytree(store, place)
        damaged = place / path.relative_to(store)
        content = damaged.read_bytes()
        for kind in ("half", "empty", "folder", "gone"):
            if kind in ("half", "empty") and not content:
                continue
            damaged.unlink()
            if kind == "folder":
                damaged.mkdir()
            elif kind != "gone":
                damaged.write_bytes(content[: len(content) // 2] if kind == "half" else b"")
            with pytest.raises(InvalidData) as caught:
                of_store(place)
            assert damaged.name in str(caught.value), kind
            damaged.rmdir() if kind == "folder" else damaged.unlink(missing_ok=True)
            damaged.write_bytes(content)
        shutil.rmtree(place)
