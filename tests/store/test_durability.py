"""A loss of power loses nothing: what the pointer file names is on the disk before it, and the old is swept only after that."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from knockon.store.atomic_write import write_all
from knockon.store.folder import FolderStore
from knockon.store.markers import POINTER
from knockon.store.pointer import read_pointer
from support.small_records import data_set, entities

FIRST, SECOND = data_set("x", entities("a", "b")), data_set("x", entities("a", "c"))
Stamp = tuple[int, int, tuple[str, ...]]


class Disk:
    """What is on the disk for certain: each file and folder as it was when it was last synchronised."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.synced: dict[int, Stamp] = {}
        self.replaced: list[tuple[Path, Path]] = []
        fsync, replace = os.fsync, Path.replace

        def noted_fsync(handle: int) -> None:
            fsync(handle)
            self.synced[os.fstat(handle).st_ino] = stamp(handle)

        def noted_replace(path: Path, target: Path) -> Path:
            self.before_replace(path, Path(target))
            return replace(path, target)

        monkeypatch.setattr(os, "fsync", noted_fsync)
        monkeypatch.setattr(Path, "replace", noted_replace)

    def before_replace(self, path: Path, target: Path) -> None:
        """Hold what is about to be pointed at against what is on the disk."""
        if "kept" in target.parts:
            return  # derived from the rest, checked when it is read, and made again where it is lost
        self.replaced.append((path, target))
        assert self.holds(path), path
        if target.name != POINTER:
            return
        folder, (pointer_now, pointer_next) = target.parent, (read_pointer(target.parent), pointer_of(path))
        assert self.names(folder.parent, folder.name), "the folder of the store"
        if pointer_next.database is not None:
            assert self.names(folder, "sources")
            assert self.names(folder, pointer_next.database.folder)
            database = folder / pointer_next.database.folder / "db"
            assert self.names(database.parent, "db")
            for name in pointer_next.database.files:
                assert self.holds(database / name), name
                assert self.names(database, name), name
            for item in pointer_next.sources:
                assert self.holds(folder / "sources" / f"{item.source}.nq.gz")
                assert self.names(folder / "sources", f"{item.source}.nq.gz")
        if pointer_now is not None and pointer_now.database is not None:
            assert (folder / pointer_now.database.folder / "db" / "CURRENT").exists(), "swept too early"

    def holds(self, path: Path) -> bool:
        """Whether a file was synchronised after it was written to for the last time."""
        result = path.stat()
        return self.synced.get(result.st_ino, (0, 0, ()))[:2] == (result.st_mtime_ns, result.st_size)

    def names(self, folder: Path, name: str) -> bool:
        """Whether a folder was synchronised since this name is in it."""
        return name in self.synced.get(folder.stat().st_ino, (0, 0, ()))[2]


def stamp(handle: int) -> Stamp:
    """When a file was written to, its length, and the names in it if it is a folder."""
    result = os.fstat(handle)
    names = tuple(os.listdir(handle)) if stat.S_ISDIR(result.st_mode) else ()
    return result.st_mtime_ns, result.st_size, names


def pointer_of(path: Path):
    """What a pointer file that is not in its place yet says."""
    place = path.parent / "read"
    place.mkdir()
    try:
        (place / POINTER).write_bytes(path.read_bytes())
        result = read_pointer(place)
    finally:
        (place / POINTER).unlink()
        place.rmdir()
    assert result is not None
    return result


def test_a_pointer_names_what_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At every change: files of the database, sources, the names of both and of their folders, then the pointer file."""
    disk = Disk(monkeypatch)
    folder = tmp_path / "new" / "deep" / "store"
    with FolderStore(folder) as store:
        store.load(FIRST)
        assert disk.names(tmp_path, "new")
        assert disk.names(tmp_path / "new", "deep")
        for change in (lambda: store.load(SECOND), store.undo, lambda: store.remove("x"), lambda: store.load(FIRST, keep=0)):
            change()
            assert disk.replaced[-1][1] == folder / POINTER
            assert disk.names(folder, POINTER)
    assert len([target for _, target in disk.replaced if target.name == POINTER]) >= 6


def test_the_new_pointer_is_on_the_disk_before_the_old_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sweep comes after the folder was synchronised with the new pointer file in it."""
    folder = tmp_path / "store"
    disk = Disk(monkeypatch)
    FolderStore(folder).load(FIRST)
    before, kept = len(disk.replaced), []

    def noted(place: Path) -> None:
        if len(disk.replaced) > before:
            kept.append((disk.synced[place.stat().st_ino][0], place.stat().st_mtime_ns))

    monkeypatch.setattr("knockon.store.folder.sweep", noted)
    FolderStore(folder).load(SECOND)
    assert kept
    assert all(synced == now for synced, now in kept)


def test_an_export_is_on_the_disk_before_it_takes_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loss of power leaves the old file or the new one, never an empty one."""
    disk = Disk(monkeypatch)
    write_all({tmp_path / "a.txt": b"a", tmp_path / "b.txt": b"b"})
    assert [target.name for _, target in disk.replaced] == ["a.txt", "b.txt"]
