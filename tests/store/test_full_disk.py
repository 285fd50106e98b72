"""A full disk at any step: the error explains it, no data is lost, and the next load works once there is space."""

from __future__ import annotations

import errno
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from knockon.errors import LimitReached, UsageError
from knockon.model import DataSet
from knockon.store import atomic_write, disk_space
from knockon.store.folder import FolderStore
from knockon.store.pointer import Pointer
from knockon.store.verification import verify_folder
from support.small_disk import filler, small_disk
from support.small_records import data_set, entities

SMALL = (data_set("x", entities("a", "b")), data_set("y", entities("z")))
SECOND = data_set("x", entities("a", "c"))


def larger(count: int) -> DataSet:
    """A data set of many entities."""
    return data_set("big", entities(*(f"e{number}" for number in range(count))))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small store, which stays as it is."""
    folder = tmp_path_factory.mktemp("small") / "store"
    with FolderStore(folder) as store:
        store.load(*SMALL)
    return folder


@pytest.fixture(scope="module")
def changed(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That store with a second revision."""
    folder = shutil.copytree(small, tmp_path_factory.mktemp("changed") / "store")
    with FolderStore(folder) as store:
        store.load(SECOND)
    return folder


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own, of 8 MB; only root may make one."""
    with small_disk(tmp_path / "disk") as place:
        yield place


def names(folder: Path) -> set[str]:
    """The entities of a store, in records and in SPARQL; every file of it is compared with its checksum."""
    assert verify_folder(folder).damaged == ()
    with FolderStore(folder) as store:
        (row,) = store.query("SELECT (COUNT(*) AS ?n) WHERE { ?s a ko:Company }")
        assert int(row["n"].value) == len(store.records)
        return {record.name for record in store.records}


#: Kilobytes that are free: with few a load of 100 entities fails at its first step, with more at a later one; then it works.
LEFT = [*range(0, 480, 24), *range(480, 1700, 40)]


@pytest.mark.parametrize("left", [pytest.param(one, marks=() if one % 480 == 0 else pytest.mark.slow) for one in LEFT])
def test_a_full_disk_loses_nothing(disk: Path, changed: Path, left: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A load may fail at any step: the data stay complete, no files are left over, and the load works once there is space."""
    folder = shutil.copytree(changed, disk / "store")
    before = sorted(path.name for path in (*folder.iterdir(), *(folder / "sources").iterdir()))
    # What is known to fail would be refused before the first step.
    monkeypatch.setattr(disk_space, "free_bytes", lambda _: None)
    filled = filler(disk, left * 1024)
    try:
        FolderStore(folder).load(larger(100))
    except LimitReached as error:
        assert "is full: nothing was changed; free some space; --keep 0 removes 1 earlier revision (" in str(error)  # noqa: PT017
        assert names(folder) == {"a", "c", "z"}
        assert sorted(path.name for path in (*folder.iterdir(), *(folder / "sources").iterdir())) == before
        assert FolderStore(folder).at(1) == SMALL
        assert left < 1600
    else:
        assert left > 600
    filled.unlink()
    FolderStore(folder).load(larger(100))
    assert {"c", "z", "e99"} <= names(folder)


def test_a_first_load_onto_a_full_disk(disk: Path) -> None:
    """The folder, the lock or the pointer file may not fit either: exit code 5, and the same load works afterwards."""
    for left in (0, 8192, 16384):
        folder = disk / f"store-{left}"
        filled = filler(disk, left)
        with pytest.raises(LimitReached, match=r"the disk of .* is full|has too little space"):
            FolderStore(folder).load(*SMALL)
        filled.unlink()
        FolderStore(folder).load(*SMALL)
        assert names(folder) == {"a", "b", "z"}


def test_too_many_files(disk: Path, small: Path) -> None:
    """A disk that can hold no more files is full in another way, and the message says so."""
    folder = shutil.copytree(small, disk / "store")
    fillers = []
    while os.statvfs(disk).f_ffree > 6:
        fillers.append(disk / f"file-{len(fillers)}")
        fillers[-1].touch()
    with pytest.raises(LimitReached, match="is full: it can hold no more files: nothing was changed"):
        FolderStore(folder).load(SECOND)
    assert names(folder) == {"a", "b", "z"}
    for path in fillers:
        path.unlink()
    FolderStore(folder).load(SECOND)
    assert names(folder) == {"a", "c", "z"}


def test_files_of_killed_loads_are_removed_to_free_space(disk: Path, small: Path) -> None:
    """Five killed loads filled the disk: the next one sweeps them first, and works."""
    folder = shutil.copytree(small, disk / "store")
    for number in range(5):
        (folder / f"revision-dead{number}" / "db").mkdir(parents=True)
        (folder / f"revision-dead{number}" / "db" / "000009.sst").write_bytes(bytes(1_200_000))
    filler(disk, 100_000)
    FolderStore(folder).load(SECOND)
    assert names(folder) == {"a", "c", "z"}


@pytest.mark.slow
def test_removing_earlier_revisions_frees_space(disk: Path, tmp_path: Path) -> None:
    """What the message advises helps: keep=0 removes them before the work; a message after that offers them no more."""
    folder, whole = disk / "store", tmp_path / "whole"
    # Large enough that what they give up is far more than what the database happens to hold meanwhile.
    with FolderStore(whole) as store:
        for count in range(9000, 9005):
            store.load(larger(count))
        store.load(data_set("big", entities("e1")))
    for left in range(1_500_000, 0, -100_000):
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(whole, folder)
        filler(disk, left)
        try:
            FolderStore(folder).load(larger(150))
        except LimitReached as error:
            advice = r"nothing was changed; .* --keep 0 removes 5 earlier revisions \([3-5]\d\d(\.\d)? KB\)"
            assert re.search(advice, str(error))  # noqa: PT017
            break
    assert len(FolderStore(folder).history) == 6
    FolderStore(folder).load(larger(150), keep=0)
    assert len(names(folder)) == 150
    shutil.rmtree(folder)
    shutil.copytree(whole, folder)
    filler(disk, 100_000)
    with pytest.raises(LimitReached, match=r"the data are as before, and 5 earlier revisions were removed; free some space$"):
        FolderStore(folder).load(larger(150), keep=0)
    assert names(folder) == {"e1"}


def test_a_disk_that_may_only_be_read(disk: Path, small: Path) -> None:
    """A store on such a disk is read as ever, and a change is refused in our words."""
    folder = shutil.copytree(small, disk / "store")
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    assert names(folder) == {"a", "b", "z"}
    with pytest.raises(UsageError, match=r"cannot write .*Read-only file system"):
        FolderStore(folder).load(SECOND)
    with pytest.raises(UsageError, match=r"cannot write .*Read-only file system"):
        FolderStore(disk / "other").load(SECOND)
    assert names(folder) == {"a", "b", "z"}


def test_a_load_that_cannot_fit_is_refused_before_the_work(
    tmp_path: Path, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both numbers are said, and no database is begun; one that may fit is tried."""
    folder = shutil.copytree(small, tmp_path / "store")

    def begun(*_: object) -> None:
        raise AssertionError("a database was begun")

    monkeypatch.setattr(disk_space, "free_bytes", lambda _: 250_000)
    with monkeypatch.context() as unbuilt:
        unbuilt.setattr("knockon.store.folder.build_database", begun)
        with pytest.raises(
            LimitReached, match=r"quads needs at least \d+(\.\d)? KB, and 244.1 KB are free: nothing was changed"
        ):
            FolderStore(folder).load(larger(200))
    monkeypatch.setattr(disk_space, "free_bytes", lambda _: 1_000_000)
    FolderStore(folder).load(larger(200))
    monkeypatch.setattr(disk_space, "free_bytes", lambda _: None)
    disk_space.check_disk_space(folder, Pointer(), 10**12)


@pytest.mark.parametrize(
    ("failure", "expected", "message"),
    [
        (OSError(errno.EDQUOT, os.strerror(errno.EDQUOT)), LimitReached, "the disk quota is used up"),
        (OSError("IO error: Disk quota exceeded: While appending"), LimitReached, "the disk quota is used up"),
        (OSError("IO error: Read-only file system: While appending to /secret/path"), UsageError, "Read-only file system"),
        (OSError("IO error: Input/output error: While fsync"), UsageError, "Input/output error"),
        (OSError(errno.EMFILE, os.strerror(errno.EMFILE)), UsageError, "Too many open files"),
        (OSError("IO error: something else"), UsageError, "something else"),
    ],
    ids=str,
)
def test_what_a_disk_refuses_is_said_in_our_words(
    failure: OSError, expected: type[Exception], message: str, tmp_path: Path
) -> None:
    """With a number or, as RocksDB has it, with words alone."""
    with pytest.raises(expected, match=message), disk_space.disk_errors(tmp_path):
        raise failure


def test_a_failure_after_the_change_does_not_say_that_nothing_changed(
    tmp_path: Path, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pointer file is replaced, and its name cannot be brought onto the disk: the message says what is there now."""
    folder = shutil.copytree(small, tmp_path / "store")
    pointer = atomic_write.sync

    def failing(path: Path) -> None:
        if path == folder and "c" in names(folder):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        pointer(path)

    monkeypatch.setattr(atomic_write, "sync", failing)
    with pytest.raises(UsageError, match=r"Input/output error.*the change is made, but a power failure may undo it"):
        FolderStore(folder).load(SECOND)
    monkeypatch.undo()
    assert names(folder) == {"a", "c", "z"}
