"""The records that are kept beside a database: the same as those of the sources, and never trusted where they are damaged."""

from __future__ import annotations

import random
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from knockon.authoring.named_sources import read_source
from knockon.errors import NotFound
from knockon.model import Company, DataSet, Dependency, Entity, Shock, Statement
from knockon.query.names import find
from knockon.rdf.sameness import Sameness
from knockon.store import forms, kept, kept_records, local_change, record_files
from knockon.store.archive import read_source as read_archived
from knockon.store.folder import FolderStore
from knockon.store.kept import FOLDER
from knockon.store.kept_records import KeptRecords
from knockon.store.oxigraph import MemoryStore
from knockon.store.verification import verify_folder
from support.example_data import EXAMPLE
from support.small_records import data_set as small
from support.small_records import entities

NS = "https://w3id.org/knockon/id/"
#: Names of each kind: labels, other names, local names, prefixed ones, those of parts, of several records, and of none.
NAMES = ["", "a", "A", "id:a", "--", "hosting--acme", "no such name"]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of several data sets that state some records together, among them one with triples of other vocabularies."""
    folder = tmp_path_factory.mktemp("kept") / "store"
    with FolderStore(folder) as store:
        store.load(read_source(EXAMPLE), small("x", entities("a", "b")))
        store.load(small("y", [Company(id=NS + "a", label="A of y", altLabel=["Another"]), *entities("c")]))
    return folder


def from_sources(folder: Path) -> tuple[DataSet, ...]:
    with FolderStore(folder) as store:
        return tuple(read_archived(folder, stored) for stored in store.history[0].data_sets)


@pytest.fixture
def reopened(filled: Path) -> Iterator[FolderStore]:
    """The store in a state in which its records are read when they are needed."""
    with FolderStore(filled) as store:
        assert isinstance(store.records, KeptRecords)
        yield store


def test_the_same_records_and_data_sets(filled: Path, reopened: FolderStore) -> None:
    """Merged records, data sets, places, parts and counts are those that the sources give."""
    sources = from_sources(filled)
    memory = MemoryStore(*sources)
    assert reopened.records == memory.records
    assert reopened.data_sets == sources
    assert dict(reopened.records.by_iri) == dict(memory.records.by_iri)
    assert (reopened._placed, reopened.revision) == (memory._placed, memory.revision)
    assert [len(each.records) for each in reopened.data_sets] == [len(each.records) for each in sources]
    assert [record.model_fields_set for record in reopened.records] == [record.model_fields_set for record in memory.records]


def test_single_records_are_found_as_among_all(filled: Path, reopened: FolderStore) -> None:
    """By IRI, class, dates, name and sameness: each as among the records in memory, without reading all of them."""
    records, memory = reopened.records, MemoryStore(*from_sources(filled)).records
    assert isinstance(records, KeptRecords)
    for kind in (Entity, Shock, Dependency, Company):
        assert records.of_class(kind) == memory.of_class(kind)
    assert list(records.dated) == list(memory.dated)
    assert list(records.parts_of_wholes) == list(memory.parts_of_wholes)
    assert records.some_inferred == memory.some_inferred
    assert Sameness.of(records).groups == Sameness.of(memory).groups
    for iri in list(memory.by_iri)[::7]:
        assert records.by_iri[iri] == memory.by_iri[iri]
    assert "urn:x:nothing" not in records.by_iri
    assert not records._has_all


def names(records: MemoryStore) -> list[str]:
    """Some names of records and parts, as they are and as people type them."""
    every = [part for record in records.records for part in (record, *record.parts())]
    labels = [str(getattr(part, "label", "") or part.name) for part in every]
    return [*NAMES, *(part.name for part in every[::2]), *(f"  {label.upper()} " for label in labels[::3])]


@pytest.mark.parametrize("parts", [False, True])
def test_names_mean_the_same_records(filled: Path, reopened: FolderStore, *, parts: bool) -> None:
    """What a name means, or the error: the same as among the records in memory."""
    memory = MemoryStore(*from_sources(filled))

    def outcome(records: object, name: str) -> object:
        try:
            return find(records, name, "Record", parts=parts)  # type: ignore[arg-type]
        except Exception as error:
            return type(error), str(error)

    known = names(memory)
    assert len(known) > 20
    for name in known:
        assert outcome(reopened.records, name) == outcome(memory.records, name), name
    with pytest.raises(NotFound):
        find(reopened.records, "no such name", "Entity")


class AfterwardsMany(int):
    """A limit; while it is compared with a number of records, another thread reads all of them."""

    records: KeptRecords

    def __le__(self, other: object) -> bool:
        in_another_thread(lambda: list(self.records))
        return True

    __lt__ = __le__


class ReadMeanwhile(dict[str, Statement]):
    """Records in memory; while one is looked for, another thread reads all of them."""

    records: KeptRecords
    others_look = False

    def get(self, iri: str, default: Any = None) -> Any:
        known = super().get(iri, default)
        if not self.others_look:
            self.others_look = True
            in_another_thread(lambda: list(self.records))
        return known


def in_another_thread(work: Callable[[], object]) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


@pytest.mark.parametrize("ask", ["find", "read_ahead", "having"])
def test_records_are_found_though_another_thread_reads_all_meanwhile(
    reopened: FolderStore, monkeypatch: pytest.MonkeyPatch, ask: str
) -> None:
    """While one thread makes room for records, another reads all of them: none is lost to either."""
    records = reopened.records
    assert isinstance(records, KeptRecords)
    iris = sorted(records.iris())
    limit = AfterwardsMany(0)
    limit.records = records
    monkeypatch.setattr(kept_records, "_MOST_READ", limit)
    if ask == "read_ahead":
        records.read_ahead(iris[:2])
    elif ask == "having":
        assert [record.id for record in records.having(iris[:2])] == iris[:2]
    else:
        assert records.find(iris[0]) is not None
    assert records._has_all
    assert [record.id for iri in iris if (record := records.find(iri)) is not None] == iris
    assert records.by_iri[iris[-1]] is records[-1]


def test_a_record_is_found_though_another_thread_reads_all_before_it_is(reopened: FolderStore) -> None:
    """A record that was not in memory a moment ago is not taken for one that does not exist once all are there."""
    records = reopened.records
    assert isinstance(records, KeptRecords)
    iri = next(records.iris())
    records._read = meanwhile = ReadMeanwhile()
    meanwhile.records = records
    assert records.find(iri) is not None


def everything(folder: Path) -> tuple[object, ...]:
    with FolderStore(folder) as store:
        return tuple(store.records), store.data_sets, store.records.of_class(Company), list(store.records.dated)


@pytest.mark.parametrize("count", [6, pytest.param(300, marks=pytest.mark.slow)])
def test_damaged_kept_files_are_written_anew(filled: Path, tmp_path: Path, count: int) -> None:
    """A flipped bit, half a file, none, a folder or a file of another program in its place: the same answers, and no error."""
    place, draw = tmp_path / "store", random.Random(5)  # noqa: S311 - the same damage each time
    shutil.copytree(filled, place)
    (folder,) = place.glob(f"revision-*/{FOLDER}")
    whole = everything(place)
    for number in range(count):
        files = sorted(folder.iterdir())
        assert len(files) >= 2
        path = files[number % len(files)]
        content = path.read_bytes()
        match number % 6:
            case 0 | 1:
                bit = draw.randrange(len(content))
                path.write_bytes(content[:bit] + bytes([content[bit] ^ 1 << draw.randrange(8)]) + content[bit + 1 :])
            case 2:
                path.write_bytes(content[: len(content) // 2])
            case 3:
                path.unlink()
            case 4:
                path.write_bytes(b"{}")
            case 5:
                path.write_bytes(b"")
        assert everything(place) == whole
    assert verify_folder(place).damaged == () == verify_folder(place).unused


def test_a_kept_file_of_another_revision_or_program_is_not_read(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was kept beside another revision, or by another version of the program, is written anew."""
    place = tmp_path / "store"
    shutil.copytree(filled, place)
    (before,) = place.glob(f"revision-*/{FOLDER}")
    saved = shutil.copytree(before, tmp_path / "saved")
    with FolderStore(place) as store:
        store.load(small("y", entities("d")))
    (folder,) = place.glob(f"revision-*/{FOLDER}")
    shutil.rmtree(folder)
    shutil.copytree(saved, folder)
    with FolderStore(place) as store:
        assert NS + "d" in store.records.by_iri
    kept_before = sorted(path.name for path in folder.iterdir())
    assert everything(place) == everything(place)
    monkeypatch.setattr(forms, "RECORDS", forms.RECORDS + 1)
    with FolderStore(place) as store:
        assert not isinstance(store.records, KeptRecords)
    assert len(list(folder.iterdir())) == len(kept_before)
    with FolderStore(place) as store:
        assert isinstance(store.records, KeptRecords)


def test_nothing_is_kept_where_nothing_can_be_written(filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read-only or full disk: the same answers, silently, and nothing left behind."""
    place = tmp_path / "store"
    shutil.copytree(filled, place)
    whole = everything(place)
    (folder,) = place.glob(f"revision-*/{FOLDER}")
    shutil.rmtree(folder)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(kept, "temporary_file", refuse)
    assert everything(place) == whole
    monkeypatch.undo()
    monkeypatch.setattr(record_files, "write_records", refuse)
    assert everything(place) == whole
    assert not list(folder.glob("*records*"))


def test_a_file_that_cannot_be_written_is_an_error_of_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What SQLite says of a full disk is an OSError, which keeping ignores."""
    from knockon.store import record_table

    class Full(sqlite3.Connection):
        def executemany(self, *_: object) -> sqlite3.Cursor:  # type: ignore[override]
            raise sqlite3.OperationalError("database or disk is full")

    connect = sqlite3.connect
    monkeypatch.setattr(record_table.sqlite3, "connect", lambda *args, **more: connect(*args, **more, factory=Full))
    with pytest.raises(OSError, match="disk is full"):
        record_table.write_records(tmp_path / "table", (small("x", entities("a")),), [])


def test_several_data_sets_of_one_record_keep_what_each_states(reopened: FolderStore) -> None:
    """A record that two data sets state is merged among all records, and as it is stated in each data set."""
    stated: dict[str, Statement] = {
        each.info.short_name: record for each in reopened.data_sets for record in each.records if record.id == NS + "a"
    }
    assert sorted(stated) == ["x", "y"]
    merged = reopened.records.by_iri[NS + "a"]
    assert merged not in stated.values()
    assert merged.rdf_class == "Company"


def test_what_is_missing_beside_the_records_keeps_nothing_else_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change takes over the columns that are kept beside the file of all records, though the texts beside it are gone."""
    monkeypatch.setattr(local_change, "LEAST_RECORDS", 0)
    with FolderStore(tmp_path / "store") as store:
        store.load(small("x", entities(*(f"e{number}" for number in range(100)))))
        assert store.kept_files is not None
        whole = store.kept_files.locate("records", record_files.records_key(store.history[0].data_sets))
        assert whole is not None
        for name in ("texts", "columns"):
            store.kept_files.write(name, f"made of {whole.checksum}", lambda path: path.touch())
        (texts,) = store.kept_files.folder.glob("texts-*")
        texts.unlink()
        store.load(small("y", entities("a")))
        assert [*store.kept_files.folder.glob("changes-*")]
        assert store.kept_files.find("columns", f"made of {whole.checksum}")
        assert not store.kept_files.find("texts", f"made of {whole.checksum}")
