"""The table of records is written while the database is built, in parts, and is kept only with a revision."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from knockon.authoring.read import DataSetReading, create_data_sets
from knockon.model import DataSet
from knockon.rdf.plain_records import PlainRecords
from knockon.store import folder, plain_database, records_writer
from knockon.store.folder import FolderStore
from knockon.store.kept import KeptFiles
from knockon.store.plain_record_table import write_plain_records
from knockon.store.record_files import open_kept_records
from knockon.store.records_writer import RecordsWriter

#: Rows of which one is no plain one, since it states a portion.
TABLE = """dependant,need,provider,criticality,share,portion,evidence
Shop,Hosting,Nimbus; Stratus,High,,,https://example.org/a
Shop,Power,Grid,Low,0.5,,https://example.org/b
Mill,Power,Grid,,,0.4,https://example.org/b
"""


@pytest.fixture
def data_set(tmp_path: Path) -> DataSet:
    """A data set that was read by columns."""
    path = tmp_path / "needs.csv"
    path.write_text(TABLE)
    (read,) = create_data_sets([DataSetReading(path, by_columns=True)])
    assert isinstance(read.records, PlainRecords)
    return read


def plain(data_set: DataSet) -> PlainRecords:
    """The plain records of a data set."""
    assert isinstance(data_set.records, PlainRecords)
    return data_set.records


def content(path: Path) -> list[str]:
    """Everything in a table of records."""
    with closing(sqlite3.connect(path)) as database:
        return list(database.iterdump())


def is_kept(store: FolderStore) -> bool:
    """Whether the table of records of the current revision is kept."""
    assert store.kept_files is not None
    return open_kept_records(store.kept_files, store.history[0]) is not None


@pytest.mark.parametrize("size", [1, 3])
def test_parts_of_any_size_give_the_same_table(data_set: DataSet, tmp_path: Path, size: int) -> None:
    """Numbers of records and what they are found by do not depend on where one part ends."""
    records = plain(data_set).in_order()
    whole, parted = tmp_path / "whole", tmp_path / "parted"
    write_plain_records(whole, data_set, [records])
    write_plain_records(parted, data_set, [records[place : place + size] for place in range(0, len(records), size)])
    assert content(parted) == content(whole)


def test_the_table_is_complete_before_the_revision_is_named(
    data_set: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the pointer file is replaced, the table lies beside the database already."""
    seen: list[list[str]] = []
    original = folder.add_revision

    def add_revision(place: Path, *rest: object) -> int:
        seen.append(sorted(path.name for path in place.glob("revision-*/kept/records*")))
        return original(place, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(folder, "add_revision", add_revision)
    with FolderStore(tmp_path / "store") as store:
        store.load(data_set)
        assert is_kept(store)
        assert tuple(store.records) == tuple(data_set.records)
    assert [len(names) for names in seen] == [2]


@pytest.mark.parametrize("when", ["at once", "later"])
def test_a_table_that_cannot_be_written_does_not_stop_the_load(
    data_set: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """The records are read from the source then, as where the table is lost."""

    def fail(path: Path, data_set: DataSet, parts: Iterator[Sequence[object]]) -> None:
        if when == "later":
            list(parts)
            path.write_bytes(b"half of it")
        raise OSError("no space")

    monkeypatch.setattr(records_writer, "write_plain_records", fail)
    with FolderStore(tmp_path / "store") as store:
        store.load(data_set)
        assert not is_kept(store)
        assert not list((tmp_path / "store").glob("revision-*/kept/*records*"))
        assert tuple(store.records) == tuple(data_set.records)
        assert store.verify()


def test_a_load_that_fails_leaves_no_table(data_set: DataSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the database cannot be finished, the table that was begun is removed with it."""

    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(plain_database, "derived_lines", fail)
    with FolderStore(tmp_path / "store") as store:
        with pytest.raises(RuntimeError, match="broken"):
            store.load(data_set)
        assert not list((tmp_path / "store").glob("revision-*"))


def test_an_abandoned_writer_leaves_no_file(data_set: DataSet, tmp_path: Path) -> None:
    """A writer that is left before its table is kept removes it, whether the table is complete or not."""
    for ends in (False, True):
        files = KeptFiles(tmp_path)
        with RecordsWriter(files, data_set) as writer:
            writer.write(plain(data_set).in_order())
            if ends:
                writer.end()
        assert not list(files.folder.iterdir())
