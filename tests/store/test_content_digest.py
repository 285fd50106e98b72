"""The revision of a large store: that of all quads at once, computed without holding the records, and kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given

from knockon.authoring.named_sources import read_source
from knockon.errors import InvalidData, LimitReached
from knockon.model import Statement
from knockon.store import content_digest, folder_reader
from knockon.store.folder import FolderStore
from knockon.store.kept import FOLDER
from knockon.store.kept_records import KeptRecords
from knockon.store.oxigraph import MemoryStore
from support.example_data import EXAMPLE
from support.record_strategies import data_sets
from support.small_records import data_set as small
from support.small_records import entities

SETS = (read_source(EXAMPLE), small("x", entities("a", "b")), small("y", entities("b", "c")))


@given(data_sets())
def test_it_is_that_of_all_quads_at_once(records: list[Statement]) -> None:
    """Whatever a store holds, sorted runs in a temporary folder have the digest of all lines in memory."""
    try:
        store = MemoryStore(small("x", records), checked=True)
        expected = store.revision
    except InvalidData:
        return
    assert content_digest.content_digest(store._placed, memory=2_000) == expected


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of several data sets that counts as large."""
    monkeypatch.setattr(folder_reader, "LEAST_REBUILT", 1)
    with FolderStore(tmp_path / "st") as store:
        store.load(*SETS)
    return tmp_path / "st"


def never(*_: object, **__: object) -> str:
    raise AssertionError("the digest is computed again")


def test_it_is_kept_and_no_record_is_held(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first who asks goes through the records one after the other; the next reads what was kept."""
    expected = MemoryStore(*SETS).revision
    with FolderStore(large) as store:
        assert store.revision == expected
        assert isinstance(store.records, KeptRecords)
        assert not store.records._has_all
        assert not store.records._read
    monkeypatch.setattr(content_digest, "content_digest", never)
    with FolderStore(large) as store:
        assert store.revision == expected


def test_it_follows_changes(large: Path) -> None:
    """A load and an undo have the digests of their records, in the process that made them and in others."""
    with FolderStore(large) as store, FolderStore(large) as other:
        before = store.revision
        store.load(small("z", entities("d")))
        assert store.revision == MemoryStore(*store.data_sets).revision != before
        other.reload()
        assert other.revision == store.revision
        store.undo()
        assert store.revision == before
        other.reload()
        assert other.revision == before


@pytest.mark.parametrize("content", [b"", b"0" * 64])
def test_a_kept_one_that_is_damaged_is_computed_again(large: Path, content: bytes) -> None:
    """What does not match its checksum counts as missing."""
    with FolderStore(large) as store:
        expected = store.revision
    (kept,) = large.glob(f"revision-*/{FOLDER}/content-*")
    kept.write_bytes(content)
    with FolderStore(large) as store:
        assert store.revision == expected


def test_another_version_of_the_program_computes_it_again(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another version wrote is not read: it may write records differently."""
    with FolderStore(large) as store:
        assert store.revision
    monkeypatch.setattr(content_digest, "program_digest", lambda *_: "another")
    monkeypatch.setattr(content_digest, "content_digest", lambda *_: "computed")
    with FolderStore(large) as store:
        assert store.revision == "computed"


def test_a_full_temporary_disk_is_a_limit(large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No space for the runs is an error of ours, with what to do."""

    def full(*_: object) -> Iterator[bytes]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(content_digest.QuadSorter, "write", full)
    with FolderStore(large) as store, pytest.raises(LimitReached, match="TMPDIR"):
        store.revision  # noqa: B018 - the property computes it
