"""A change that is killed at any of its steps, or fails at one, leaves the old state or the new one, and no litter."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from knockon.errors import LimitReached, UsageError
from knockon.model import DataSet
from knockon.store import archive, database, folder, leftovers, revisions
from knockon.store.folder import FolderStore
from knockon.store.markers import POINTER
from knockon.store.pointer import read_pointer
from support import kill_at_step
from support.kill_at_step import FIRST, SECOND, STATES, change, prepare
from support.short_form import some_of

PROGRAM = Path(kill_at_step.__file__)
Stores = Callable[[Path, str], Path]


def state(place: Path) -> str:
    """The names of the records of a store, in records and in SPARQL."""
    with FolderStore(place) as store:
        (row,) = store.query("SELECT (COUNT(*) AS ?n) WHERE { ?s a ko:Company }")
        assert int(row["n"].value) == len(store.records)
        return "".join(record.name for record in store.records)


def litter(place: Path) -> set[str]:
    """What lies in a store folder and is listed nowhere."""
    pointer = read_pointer(place)
    assert pointer is not None
    assert pointer.database is not None
    listed = {f"{item.source}.nq.gz" for item in pointer.sources} | {pointer.database.folder}
    there = {path.name for path in (*place.iterdir(), *(place / "sources").iterdir())}
    return there - listed - {"sources", "write.lock", "knockon-store.json"}


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Stores:
    """A function that copies a store in the state before a change; each is prepared once."""
    folder = tmp_path_factory.mktemp("kills")

    def prepared(place: Path, action: str) -> Path:
        if not (folder / action).exists():
            prepare(folder / action, action)
        return shutil.copytree(folder / action, place)

    return prepared


def killed(place: Path, action: str, how: str) -> list[int]:
    """Kill a change in copies of the store ``whole``, hold each against what must be so, and give the exit codes."""
    program = [sys.executable, PROGRAM, place / "whole", place, action, how]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    codes = [int(code) for code in done.stdout.split()]
    before, after = STATES[action]
    for number, code in enumerate(codes, start=1):
        copy = place / str(number)
        there = state(copy)
        assert there == after if code == 0 else there in {before, after}
        FolderStore(copy, write=True).close()
        assert litter(copy) == set()
        with FolderStore(copy) as store:
            store.verify()
            assert store.at(1) == FIRST
        if there == before:
            change(copy, action)
            assert state(copy) == after
            assert litter(copy) == set()
        shutil.rmtree(copy)
    return codes


@pytest.mark.parametrize("stride", [pytest.param(1, marks=pytest.mark.slow), 41])
@pytest.mark.parametrize("action", some_of(STATES, 2))
def test_killed_at_every_step(tmp_path: Path, stores: Stores, action: str, stride: int) -> None:
    """Before each step of a change, or some: old state or new, every file whole, swept, and the change works."""
    stores(tmp_path / "whole", action)
    codes = killed(tmp_path, action, str(stride))
    assert codes == [9] * (len(codes) - 1) + [0]
    assert len(codes) > 24 // stride


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("action", STATES)
def test_killed_at_any_moment(tmp_path: Path, stores: Stores, action: str, seed: int) -> None:
    """SIGKILL at random moments of a load, a removal or an undo: as at every step. What died before it was done is counted."""
    stores(tmp_path / "whole", action)
    codes = killed(tmp_path, action, f"{seed}:20")
    died = codes.count(-signal.SIGKILL)
    print(f"{action}, seed {seed}: {died} of {len(codes) - 1} died before they were done")  # noqa: T201 - for the reader of -s
    assert set(codes) <= {0, -signal.SIGKILL}
    assert died > len(codes) // 3


STEPS = {
    "the source": (archive, "write_durably"),
    "the database": (folder, "build_database"),
    "its checksums": (database, "sync_folder"),
    "the pointer": (revisions, "write_pointer"),
}


@pytest.mark.parametrize("step", some_of(STEPS, 2))
@pytest.mark.parametrize(
    ("failure", "expected", "message"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), LimitReached, "is full: nothing was changed.*--keep 0"),
        (OSError("IO error: No space left on device: While appending"), LimitReached, "is full"),
        (OSError(errno.EIO, os.strerror(errno.EIO)), UsageError, "cannot write"),
        (KeyboardInterrupt("stopped"), KeyboardInterrupt, "stopped"),
    ],
    ids=["full", "full in the database", "broken", "Ctrl-C"],
)
def test_a_failure_at_any_step_changes_nothing(
    tmp_path: Path,
    stores: Stores,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    failure: BaseException,
    expected: type[BaseException],
    message: str,
) -> None:
    """A full disk, a broken one, Ctrl-C: our error, the old state, no litter, and the next load works."""
    place = stores(tmp_path / "store", "undo")

    def fail(*_: object, **__: object) -> None:
        raise failure

    module, name = STEPS[step]
    other = DataSet(SECOND.info, FIRST[1].records)
    with monkeypatch.context() as broken:
        broken.setattr(module, name, fail)
        with pytest.raises(expected, match=message):
            FolderStore(place).load(other)
    assert state(place) == "acz"
    assert litter(place) == set()
    if step == "the pointer":
        change(place, "undo")
        assert state(place) == "abz"


def test_the_sweep_removes_nothing_that_is_listed(tmp_path: Path, stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the way to the folder is written like: relative, with dots, through a link; leavings go, the rest stays."""
    stores(tmp_path / "store", "undo")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "store")
    for way in ("store", "./store", "../" + tmp_path.name + "/store", "link", str(tmp_path / "store")):
        for leaving in ("revision-dead", "revision-dead2"):
            (Path(way) / leaving / "db").mkdir(parents=True)
        (Path(way) / "sources" / f"{'ab' * 32}.nq.gz.new").write_bytes(b"half")
        leftovers.sweep(Path(way))
        assert litter(Path(way)) == set()
        assert state(Path(way)) == "acz"
        with FolderStore(Path(way)) as store:
            assert store.at(1) == FIRST


def test_the_sweep_leaves_what_is_not_of_the_store(tmp_path: Path, stores: Stores) -> None:
    """Files and folders of others stay, also in a folder named like a revision, and nothing behind a link is touched."""
    place, elsewhere = stores(tmp_path / "store", "load"), tmp_path / "elsewhere"
    leftovers.sweep(place)
    (place / "revision-notes").mkdir()
    elsewhere.mkdir()
    for mine in ("thesis.txt", "revision-notes/plan.txt", "revision-x", "sources/README"):
        (place / mine).write_text("precious")
    (place / "sources" / "deep").mkdir()
    (place / "revision-link").symlink_to(elsewhere)
    (elsewhere / "db").mkdir()
    (elsewhere / f"{'ab' * 32}.nq.gz").write_text("precious")
    before = sorted(tmp_path.rglob("*"))
    FolderStore(place, write=True).close()
    assert sorted(tmp_path.rglob("*")) == before
    change(place, "load")
    assert state(place) == "acz"
    (place / "sources").rename(elsewhere / "sources")
    (elsewhere / "sources" / f"{'ab' * 32}.nq.gz").write_text("precious")
    (place / "sources").symlink_to(elsewhere / "sources")
    change(place, "undo")
    assert (elsewhere / "sources" / f"{'ab' * 32}.nq.gz").read_text("utf-8") == "precious"


def test_nothing_is_written_through_a_link(tmp_path: Path, stores: Stores) -> None:
    """Links in place of the lock or of a half-written pointer file: what they lead to stays as it is."""
    place, mine = stores(tmp_path / "store", "load"), tmp_path / "thesis.txt"
    mine.write_text("precious")
    (place / "knockon-store.json.new").unlink()
    (place / "knockon-store.json.new").symlink_to(mine)
    change(place, "load")
    (place / "write.lock").unlink()
    (place / "write.lock").symlink_to(mine)
    with pytest.raises(UsageError, match="is a link"):
        change(place, "undo")
    assert mine.read_text("utf-8") == "precious"
    assert state(place) == "acz"


def test_an_unreadable_pointer_sweeps_nothing(tmp_path: Path, stores: Stores) -> None:
    """A damaged pointer file: the sweep leaves the folder alone."""
    stores(tmp_path / "store", "load")
    (tmp_path / "store" / POINTER).write_bytes(b"{")
    before = sorted((tmp_path / "store").rglob("*"))
    leftovers.sweep(tmp_path / "store")
    assert sorted((tmp_path / "store").rglob("*")) == before
