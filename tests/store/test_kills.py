"""A change that is killed at any of its steps, or fails at one, leaves the old state or the new one, and no litter."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from kill_at_step import FIRST, SECOND, STATES, change, prepare

from knockon.errors import LimitReached, UsageError
from knockon.model import DataSet
from knockon.store import archive, database, folder, revisions
from knockon.store.folder import FolderStore

PROGRAM = Path(__file__).with_name("kill_at_step.py")


def state(place: Path) -> str:
    """The names of the records of a store, in records and in SPARQL."""
    with FolderStore(place) as store:
        (row,) = store.query("SELECT (COUNT(*) AS ?n) WHERE { ?s a ko:Company }")
        assert int(row["n"].value) == len(store.records)
        return "".join(record.name for record in store.records)


def litter(place: Path) -> set[str]:
    """What lies in a store folder and is listed nowhere."""
    with FolderStore(place) as store:
        assert store._pointer is not None
        assert store._pointer.database is not None
        listed = {f"{one.source}.nq.gz" for one in store._pointer.sources} | {store._pointer.database.folder}
    there = {path.name for path in (*place.iterdir(), *(place / "sources").iterdir())}
    return there - listed - {"sources", "write.lock", "knockon-store.json"}


@pytest.mark.parametrize("action", STATES)
def test_killed_at_every_step(tmp_path: Path, action: str) -> None:
    """Before each step of a load, a removal or an undo: the store opens, in the old state or the new, and is swept."""
    prepare(tmp_path / "whole", action)
    program = [sys.executable, PROGRAM, tmp_path / "whole", tmp_path, action]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    codes = done.stdout.split()
    assert codes == ["9"] * (len(codes) - 1) + ["0"]
    assert len(codes) > 8
    states = [state(tmp_path / str(step)) for step in range(1, len(codes) + 1)]
    # Once the new state is there it stays.
    assert states == sorted(states, key=STATES[action].index)
    assert (states[0], states[-1]) == STATES[action]
    for step in range(1, len(codes) + 1):
        FolderStore(tmp_path / str(step), write=True).close()
        assert litter(tmp_path / str(step)) == set()
    change(tmp_path / "1", action)
    assert state(tmp_path / "1") == STATES[action][1]


STEPS = {
    "the source": (archive, "write_durably"),
    "the database": (revisions, "build_database"),
    "its checksums": (database, "sync_folder"),
    "the pointer": (revisions, "write_pointer"),
}


@pytest.mark.parametrize("step", STEPS)
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
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    failure: BaseException,
    expected: type[BaseException],
    message: str,
) -> None:
    """A full disk, a broken one, Ctrl-C: our error, the old state, no litter, and the next load works."""
    place = tmp_path / "store"
    prepare(place, "undo")

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


def test_the_sweep_removes_nothing_that_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the way to the folder is written like: relative, with dots, through a link; leavings go, the rest stays."""
    prepare(tmp_path / "store", "undo")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "store")
    for way in ("store", "./store", "../" + tmp_path.name + "/store", "link", str(tmp_path / "store")):
        for leaving in ("revision-dead", "revision-dead2"):
            (Path(way) / leaving / "db").mkdir(parents=True)
        (Path(way) / "sources" / "abc.nq.gz.new").write_bytes(b"half")
        database.sweep(Path(way))
        assert litter(Path(way)) == set()
        assert state(Path(way)) == "acz"
        with FolderStore(Path(way)) as store:
            assert store.at(1) == FIRST


def test_an_unreadable_pointer_sweeps_nothing(tmp_path: Path) -> None:
    """A damaged pointer file: the sweep leaves the folder alone."""
    prepare(tmp_path / "store", "load")
    (tmp_path / "store" / folder.POINTER).write_bytes(b"{")
    before = sorted((tmp_path / "store").rglob("*"))
    database.sweep(tmp_path / "store")
    assert sorted((tmp_path / "store").rglob("*")) == before
