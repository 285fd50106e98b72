"""Records that are kept again from their sources: the rows that those in memory give, whatever the sources have."""

from __future__ import annotations

import gc
import gzip
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph
import pytest
from hypothesis import given, reject

from knockon.authoring.named_sources import read_source
from knockon.errors import InvalidData
from knockon.model import Company, DataSetInfo, Judgement, Statement
from knockon.rdf.merge import merge
from knockon.store import record_files, source_reader
from knockon.store.archive import FOLDER as ARCHIVE
from knockon.store.archive import add_source
from knockon.store.archive import read_source as read_archived
from knockon.store.assembly import authored_quads
from knockon.store.folder import FolderStore
from knockon.store.invalid_store import InvalidStore
from knockon.store.kept import FOLDER, KeptFiles
from knockon.store.kept_records import KeptRecords
from knockon.store.long_work import long_work
from knockon.store.pointer import StoredDataSet
from knockon.store.rebuilt_records import rebuild
from knockon.store.record_table import write_records
from support.example_data import EXAMPLE
from support.record_strategies import data_sets
from support.small_records import data_set, documents, entities, need, passage

NS = "https://w3id.org/knockon/id/"


@pytest.fixture(autouse=True, scope="module")
def always() -> Iterator[None]:
    """Small stores are read again as large ones are, in blocks of few records."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(record_files, "LEAST_REBUILT", 0)
        patch.setattr(source_reader, "_BLOCK", 500)
        yield


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """What a table of records has, with the names of classes and the IRIs of records instead of their numbers."""
    with closing(sqlite3.connect(path)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        content = {table: sorted(database.execute(f"SELECT * FROM {table}"), key=repr) for table in tables}  # noqa: S608
    classes = dict(content.pop("class"))
    iris = {number: iri for number, iri, *_ in content["record"]}
    content["record"] = [(iri, classes[cls], *rest) for _, iri, cls, *rest in content["record"]]
    content["own"] = [(number, iri, classes[cls], data) for number, iri, cls, data in content["own"]]
    for table in ("name", "special", "part", "link"):
        content[table] = sorted(((*row[:-1], iris[row[-1]]) for row in content[table]), key=repr)
    return {table: sorted(each, key=repr) for table, each in content.items()}


def assert_same(folder: Path, stored: Sequence[StoredDataSet], database: pyoxigraph.Store, beside: Path) -> None:
    """The table from the sources, some records at a time, has the rows of that from all records in memory."""
    sets = [read_archived(folder, each) for each in stored]
    beside.mkdir()
    write_records(beside / "whole", sets, merge(sets))
    rebuild(beside / "parts", folder, stored, database)
    assert rows(beside / "parts") == rows(beside / "whole")


def assert_same_store(folder: Path, beside: Path) -> None:
    """As ``assert_same``, for the current revision of a store."""
    with FolderStore(folder) as store:
        assert_same(folder, store.history[0].data_sets, store._db, beside)


def test_the_rows_of_all_records_in_memory(tmp_path: Path) -> None:
    """Several data sets that share records and evidence, with other triples, identifiers and judgements."""
    known = {"scheme": "LEI", "notation": "549300MLUDYVRQOOXS22"}
    shared = [need("a", "b", name="n1", evidence=[passage()]), need("a", "c", name="n2", evidence=[passage(), passage(3, 7)])]
    more = [Company(id=NS + "a", label="A of y", identifier=known), Company(id=NS + "z", label="Z", identifier=known)]
    same = Judgement(id=NS + "same", entity=[NS + "b", NS + "c"], verdict="same")
    with FolderStore(tmp_path / "store") as store:
        store.load(read_source(EXAMPLE), data_set("x", [*entities("c", "b", "a"), *shared, *documents("doc-a")]))
        store.load(data_set("y", [*more, same, *entities("b", "c")]))
    assert_same_store(tmp_path / "store", tmp_path / "beside")


def test_records_in_any_order(tmp_path: Path) -> None:
    """Sources whose records are in no order, of one data set and of several."""
    records = [*entities("c", "a", "b"), need("b", "a"), need("a", "c")]
    draw = random.Random(4)  # noqa: S311 - the same order each time
    with FolderStore(tmp_path / "store") as store:
        for name in "xy":
            draw.shuffle(records)
            store.load(replace(data_set(name, []), records=tuple(records)))
            assert_same_store(tmp_path / "store", tmp_path / f"beside {name}")


@given(data_sets(), data_sets())
def test_records_of_every_class(first: list[Statement], second: list[Statement]) -> None:
    """Any records, in one data set or in two."""
    named = {"x": first, "y": second}
    sets = [data_set(name, [each for each in found if type(each) is not DataSetInfo]) for name, found in named.items()]
    database = pyoxigraph.Store()
    with TemporaryDirectory() as place:
        stored = [add_source(Path(place), each, "") for each in sets]
        try:
            placed = merge([read_archived(Path(place), each) for each in stored])
        except InvalidData:
            reject()  # records that no store takes
        database.bulk_extend(authored_quads([*((each.info, each.graph) for each in sets), *placed]))
        assert_same(Path(place), stored, database, Path(place) / "beside")


def stale(folder: Path) -> None:
    """Let what is kept be missing."""
    for kept in folder.glob(f"revision-*/{FOLDER}"):
        shutil.rmtree(kept)


def large(folder: Path) -> Path:
    """A store whose kept records are missing."""
    with FolderStore(folder) as store:
        store.load(data_set("x", entities("a", "b", "c")), data_set("y", entities("a")))
    stale(folder)
    return folder


def test_a_program_is_told_and_the_records_are_kept(tmp_path: Path) -> None:
    """One message with the number of records, steps that are shown, and the next process reads what was kept."""
    said: list[object] = []

    @contextmanager
    def watch(message: str) -> Iterator[Callable[[int, int], None]]:
        said.append(message)
        yield lambda done, every: said.append((done, every))

    folder = large(tmp_path / "store")
    token = long_work.set(watch)
    try:
        for _ in range(2):
            with FolderStore(folder) as store:
                assert isinstance(store.records, KeptRecords)
                assert len(store.records) == 3
    finally:
        long_work.reset(token)
    (message, step) = said
    assert "4 records" in str(message)
    assert step == (0, 4)


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The records are in a temporary file while they are read, and nothing stays."""
    folder, place = large(tmp_path / "store"), tmp_path / "temporary"
    place.mkdir()

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(KeptFiles, "write", refuse)
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    with FolderStore(folder) as store:
        assert isinstance(store.records, KeptRecords)
        assert [record.id for record in store.records] == [NS + name for name in "abc"]
        assert len(list(place.iterdir())) == 1
    del store
    gc.collect()
    assert not list(place.iterdir())


def test_a_damaged_source_is_an_error(tmp_path: Path) -> None:
    """A source that is cut, or of other content, is named."""
    folder = large(tmp_path / "store")
    for content in (b"", gzip.compress(b""), gzip.compress(b"<urn:x:a> <urn:x:b> <urn:x:c> .\n")):
        path = max((folder / ARCHIVE).iterdir())
        path.write_bytes(content)
        with FolderStore(folder) as store, pytest.raises(InvalidStore, match=path.name):
            rebuild(tmp_path / "table", folder, store.history[0].data_sets, store._db)
