"""The texts that searches of a large store look through: kept with their revision, and never needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from knockon.analysis.records import kept_texts
from knockon.analysis.records.found_records import record_index
from knockon.analysis.records.record_index import RecordIndex
from knockon.analysis.records.search import SearchResult, search
from knockon.model import Company
from knockon.store.folder import FolderStore
from knockon.store.kept import KeptFiles
from knockon.store.long_work import long_work
from support.small_records import data_set, entities, iri, need

#: Words of one text and of several, with accents, and of no text.
SEARCHED = ["acme", "a b", "acme needs b", "x y", "lines two", "two y", "zz", "\u00e9nergie", "no such"]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stores of few records keep texts."""
    monkeypatch.setattr(kept_texts, "LEAST_RECORDS", 0)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A store with an entity of several texts, some with line ends."""
    odd = Company(id=iri("odd"), label="x\ty", altLabel=["y", "two\nlines x"], comment="\u00c9nergie\nof x y")
    with FolderStore(tmp_path / "store") as store:
        store.load(data_set("x", [odd, Company(id=iri("a"), label="Acme"), need("a", "b"), *entities("b")]))
    return tmp_path / "store"


def answers(folder: Path) -> list[SearchResult]:
    """What is found in a store that is opened anew, compared with what is found among all its records."""
    with FolderStore(folder) as store:
        found = [search(record_index(store), text, top=0) for text in SEARCHED]
        assert found == [search(RecordIndex(store), text, top=0) for text in SEARCHED]
    return found


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("revision-*/kept/texts-*"))


def test_texts_are_written_once_for_a_revision(folder: Path) -> None:
    """The next load changes what is found, also where it renames what titles of unchanged records name."""
    first = answers(folder)
    (kept,) = files(folder)
    number = kept.stat().st_ino
    assert answers(folder) == first
    assert files(folder)[0].stat().st_ino == number
    with FolderStore(folder) as store:
        store.load(data_set("y", [Company(id=iri("a"), label="Acme", altLabel=["ZZ"]), *entities("c")]))
    assert answers(folder) != first


def test_damaged_texts_are_written_anew(folder: Path) -> None:
    """A file that was changed is not read."""
    first = answers(folder)
    (kept,) = files(folder)
    kept.write_bytes(kept.read_bytes().replace(b"acme", b"acne"))
    assert answers(folder) == first
    assert b"acne" not in files(folder)[0].read_bytes()


def test_without_room_rows_are_looked_through(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be written, the answers are the same."""

    def full(*_arguments: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(KeptFiles, "write", full)
    assert answers(folder)[0].total == 2
    assert not files(folder)


def test_who_waits_is_told(folder: Path) -> None:
    """The first search of a revision says that it writes texts, and the second does not."""
    messages: list[str] = []
    usual = long_work.get()

    def watch(message: str) -> object:
        messages.append(message)
        return usual(message)

    token = long_work.set(watch)  # type: ignore[arg-type] # returns the context of the usual one
    try:
        answers(folder)
        answers(folder)
    finally:
        long_work.reset(token)
    assert len(messages) == 1
    assert "once for this revision" in messages[0]


def test_a_search_goes_on_while_its_revision_is_replaced(folder: Path) -> None:
    """Who has a store open reads the texts of its revision, also where another process loads and removes it."""
    with FolderStore(folder) as store:
        index = record_index(store)
        before = search(index, "acme")
        for path in files(folder):
            path.unlink()
        assert search(index, "acme") == before
