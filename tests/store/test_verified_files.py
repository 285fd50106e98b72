"""Large files are compared with their checksums once, until they change."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from knockon.store import verified_files
from knockon.store.archive import source_path
from knockon.store.database import database_path
from knockon.store.folder import FolderStore
from knockon.store.pointer import read_pointer
from knockon.store.verified_files import VerifiedFiles
from support.small_records import data_set, entities


def test_verified_files_are_read_again_only_when_they_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large file that was compared is not read again; one that was written to since is, whatever its length and time."""
    monkeypatch.setattr(verified_files, "_UNSETTLED", -1)
    file, memory, reads = tmp_path / "data", tmp_path / "verified.json", list[Path]()
    content = bytes(verified_files._LARGE)
    file.write_bytes(content)

    def matches() -> bool:
        verified = VerifiedFiles(memory)

        def checksum(path: Path) -> str:
            reads.append(path)
            return str(path.read_bytes() == content)

        same = verified.matches(file, "True", checksum)
        verified.save()
        return same

    assert (matches(), matches(), len(reads)) == (True, True, 1)
    times = file.stat()
    file.write_bytes(content[:-1] + b"x")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert (matches(), matches(), len(reads)) == (False, False, 3)
    file.write_bytes(content)
    memory.write_text("[]")
    assert (matches(), len(reads)) == (True, 4)
    # What was changed a moment ago may be changed again within the same tick of the clock.
    monkeypatch.setattr(verified_files, "_UNSETTLED", 10**18)
    memory.unlink()
    assert (matches(), matches(), len(reads)) == (True, True, 6)


def test_what_was_found_valid_is_not_checked_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the file or what it describes is another one; what is invalid is checked each time."""
    monkeypatch.setattr(verified_files, "_UNSETTLED", -1)
    file, memory, checks = tmp_path / "described.json", tmp_path / "verified.json", list[str]()
    file.write_text("{}")

    def is_valid(checksum: str, valid: bool) -> bool:
        verified = VerifiedFiles(memory)

        def check() -> bool:
            checks.append(checksum)
            return valid

        result = verified.is_valid(file, checksum, check)
        verified.save()
        return result

    assert (is_valid("a", False), is_valid("a", False), len(checks)) == (False, False, 2)
    assert (is_valid("a", True), is_valid("a", False), len(checks)) == (True, True, 3)
    assert (is_valid("b", False), checks[-1]) == (False, "b")
    os.utime(file, ns=(0, file.stat().st_mtime_ns))
    assert not is_valid("a", False)


def files_of(folder: Path) -> Iterator[tuple[Path, str]]:
    """The files of a store that are compared when it is opened, with their checksums."""
    pointer = read_pointer(folder)
    assert pointer is not None
    assert pointer.database is not None
    yield from ((database_path(folder, pointer.database) / name, each) for name, each in pointer.database.files.items())
    yield from ((source_path(folder, each.source), each.source) for each in pointer.revisions[0].data_sets)


@pytest.fixture
def every_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files of every size and age count as large ones that do not change any more."""
    monkeypatch.setattr(verified_files, "_LARGE", 0)
    monkeypatch.setattr(verified_files, "_UNSETTLED", -1)
    monkeypatch.setattr(verified_files, "_UNSETTLED_SECONDS", -1)


@pytest.mark.usefixtures("every_size")
def test_what_a_change_wrote_is_not_read_again(tmp_path: Path) -> None:
    """The next process need not read the database, the sources and the records that a load has just written."""
    for name in ("x", "y"):
        with FolderStore(tmp_path / "store") as store:
            store.load(data_set(name, entities("a", name)))
        with FolderStore(tmp_path / "store") as store:
            assert store.kept_files is not None
            verified = store.kept_files.verified

        def read(path: Path) -> str:
            raise AssertionError(path)

        described = list(files_of(tmp_path / "store"))
        assert len(described) > 4
        assert all(verified.matches(path, checksum, read) for path, checksum in described)


@pytest.mark.usefixtures("every_size")
def test_damage_is_not_taken_for_what_was_written(tmp_path: Path) -> None:
    """A source that was damaged before another data set is loaded is compared all the same."""
    with FolderStore(tmp_path / "store") as store:
        store.load(data_set("x", entities("a")))
        source = source_path(tmp_path / "store", store.history[0].data_sets[0].source)
        source.write_bytes(b"x" + source.read_bytes()[1:])
        store.load(data_set("y", entities("b")))
        assert store.kept_files is not None
        assert not store.kept_files.verified.matches(source, source.name.partition(".")[0])


@pytest.mark.usefixtures("every_size")
def test_a_file_that_changed_just_now_is_not_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its content may change again within the same tick of the clock."""
    file = tmp_path / "data"
    file.write_bytes(b"x")
    for age, remembered in ((10**18, False), (-1, True)):
        monkeypatch.setattr(verified_files, "_UNSETTLED", age)
        monkeypatch.setattr(verified_files, "_UNSETTLED_SECONDS", age)
        verified = VerifiedFiles(tmp_path / "verified.json")
        verified.written(file, "any")
        assert verified.matches(file, "any", lambda _: "another") is remembered
