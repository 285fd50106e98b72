"""Tables read by columns: the same records, quads, problems and notices as tables read row by row into record objects."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat

from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.authoring.read import DataSetReading, create_data_sets
from knockon.authoring.source import Source
from knockon.errors import InvalidData, Problem
from knockon.model import STATEMENTS, DataSet, Statement
from knockon.rdf.merge import merge
from knockon.rdf.plain_records import PlainRecords, QuadWriter, shared_evidence
from knockon.rdf.record_json import from_json
from knockon.store.assembly import authored_quads
from knockon.store.folder import FolderStore
from knockon.store.plain_database import plain_records
from knockon.store.plain_record_table import write_plain_records
from knockon.store.record_table import write_records

NAMES = [
    "Shop",
    "shop",
    "Acme Ltd",
    "ACME",
    "Café",
    "芯片",
    "C++",
    "urn:x:port",
    "id:nvidia",
    "shop--needs--ice",
    "",
    "a" * 300,
]
CELLS = {
    "dependant": st.sampled_from(NAMES),
    "need": st.sampled_from(["Ice", "Power", "ice", "Shop", "urn:x:grid", ""]),
    "provider": st.sampled_from(["", "Cold", "Cold; Frost", "Frost", "Acme Ltd", "Cold; COLD", "urn:x:a; urn:y:a"]),
    "share": st.sampled_from(["", "", "0.5", "50%", "0.7", "1.2", "x"]),
    "delay": st.sampled_from(["", "", "P3D", "P1M", "3 days"]),
    "criticality": st.sampled_from(["", "High", "low", "hihg"]),
    "criticalityValue": st.sampled_from(["", "", "", "0.25", "7"]),
    "buffer": st.sampled_from(["", "P30D", "30"]),
    "comment": st.sampled_from(["", 'says "yes"\\', "naïve \u2028 text", "plain"]),
    "mechanism": st.sampled_from(["", "Trucks"]),
    "switchingCost": st.sampled_from(["", "high", "SwitchingLow"]),
    "alternatives": st.sampled_from(["", "few", "None"]),
    "alternative": st.sampled_from(["", "", "", "Solar"]),
    "combination": st.sampled_from(["", "", "", "AnyOf"]),
    "portion": st.sampled_from(["", "", "", "0.6", "unknown"]),
    "inferred": st.sampled_from(["", "true", "false"]),
    "from": st.sampled_from(["", "", "2024"]),
    "dependantClass": st.sampled_from(["", "", "Company", "company", "Firm", "Material"]),
    "id": st.sampled_from(["", "", "", "one", "two", "id:three", "no id"]),
    "evidence": st.sampled_from([
        "", "https://example.org/1", "https://example.org/1; https://example.org/2", "https://Example.org/1",
        "https://example.org/3 row:4", "https://example.org/3 Alleges Acme", "https://example.org/3 Denies",
        "https://example.org/é", "https://example.org/1 retrieved:2025-01-07", "doc-x 1-9", "https://example.org/a#b",
        "https://example.org/k key:7", "https://w3id.org/knockon/id/doc-x", 'https://example.org/5 sheet:"A b" row:2',
    ]),
}  # fmt: skip
ROWS = st.lists(
    st.fixed_dictionaries(
        {"dependant": CELLS["dependant"], "need": CELLS["need"]},
        optional={name: cells for name, cells in CELLS.items() if name not in ("dependant", "need")},
    ),
    min_size=1,
    max_size=8,
)
#: Rows that are valid, or nearly so.
SOUND = st.lists(
    st.fixed_dictionaries(
        {
            "dependant": st.sampled_from(["Shop", "shop", "Café", "urn:x:port"]),
            "need": st.sampled_from(["Ice", "Power"]),
            "provider": st.sampled_from(["", "Cold", "Cold; Frost", "Frost; Café"]),
            "evidence": st.sampled_from([
                "", "https://example.org/1", "https://example.org/2; https://example.org/1", "https://example.org/3 row:4",
                "https://example.org/3 Denies", "https://example.org/1 retrieved:2025-01-07",
            ]),
        },
        optional={name: CELLS[name] for name in ("comment", "alternative", "inferred")},
    ),
    min_size=1,
    max_size=8,
)  # fmt: skip


def table(rows: Sequence[dict[str, str]]) -> Source:
    """A table with these rows."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    out = io.StringIO()
    csv.writer(out).writerows([columns, *([row.get(column, "") for column in columns] for row in rows)])
    return Source("t.csv", "t", ".csv", None, out.getvalue().encode())


def read(source: Source | Path, *, by_columns: bool, options: ReadOptions = DEFAULTS) -> DataSet | list[Problem]:
    """The data set of a file, or its problems."""
    try:
        return create_data_sets([DataSetReading(source, by_columns=by_columns, options=options)])[0]
    except InvalidData as error:
        return list(error.problems)


def assert_same(source: Source | Path, options: ReadOptions = DEFAULTS) -> DataSet | None:
    """Both ways give the same, and the same quads; return the data set of columns if there is one."""
    by_rows, by_columns = (read(source, by_columns=each, options=options) for each in (False, True))
    if isinstance(by_rows, list) or isinstance(by_columns, list):
        assert by_columns == by_rows
        return None
    assert by_columns.notices == by_rows.notices
    assert tuple(by_columns.records) == by_rows.records
    assert_same_quads(by_columns, by_rows)
    return by_columns


def assert_same_quads(by_columns: DataSet, by_rows: DataSet) -> None:
    """The text of plain records is that of record objects, byte by byte."""
    if not isinstance(by_columns.records, PlainRecords):
        return
    placed = [(record, by_rows.graph) for record in (by_rows.info, *by_rows.records)]
    expected = pyoxigraph.serialize(authored_quads(placed), format=RdfFormat.N_QUADS)
    for shared in (None, shared_evidence(by_columns.records)):
        writer = QuadWriter(by_columns.graph, shared)
        text = "".join(line for record in (by_columns.info, *by_columns.records.in_order()) for line in writer.lines(record))
        assert text.encode() == expected


@given(ROWS)
def test_any_rows(rows: list[dict[str, str]]) -> None:
    """Any rows, valid or not, give the same problems, or the same records."""
    assert_same(table(rows))


@given(SOUND)
def test_sound_rows(rows: list[dict[str, str]]) -> None:
    """Rows that are nearly all valid."""
    assert_same(table(rows))


@given(ROWS)
def test_rejected_rows(rows: list[dict[str, str]]) -> None:
    """Where invalid rows are left out, the same rows are."""
    assert_same(table(rows), ReadOptions(rejects=Path("unwritten.csv"), language="de"))


MANY = """dependant,need,provider,share,criticality,evidence,id,comment
Shop,Cloud,Nimbus,0.3,High,https://example.org/1,,
Shop,Cloud,Stratus,0.6,High,https://example.org/2; https://example.org/1,,
SHOP,Ice,Cold; Frost,,Low,https://example.org/1 row:3 Denies,,
Shop,Ice,,,low,,two,a “comment”
Port,Ice,Cold,0.5,,https://example.org/4 retrieved:2025-01-07,,
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a table, and with declared records that it names."""
    place = tmp_path_factory.mktemp("mixed")
    (place / "dataset.yaml").write_text("name: mixed\ntitle: Mixed\nbase: https://example.org/m/\n")
    (place / "declared.yaml").write_text(
        "Company:\n  port: {label: Port, altLabel: [Harbour]}\nDocument:\n  doc-a: {title: A, url: https://example.org/2}\n"
    )
    (place / "needs.csv").write_text(MANY)
    return place


def test_a_folder_of_tables_and_declared_records(folder: Path) -> None:
    """Names of declared records mean them, and declared documents stand for their addresses."""
    found = assert_same(folder)
    assert found is not None
    assert isinstance(found.records, PlainRecords)
    assert len(found.records.dependencies) == 3
    assert {record.name for record in found.records.others} >= {"port", "doc-a"}


def test_the_database_has_the_quads_of_record_objects(tmp_path: Path) -> None:
    """Authored, derived and descriptive triples are the same, and so is the source in the archive."""
    source = tmp_path / "many.csv"
    source.write_text(MANY)
    data_sets = [read(source, by_columns=each) for each in (False, True)]
    sources, quads = [], []
    for place, data_set in enumerate(data_sets):
        assert isinstance(data_set, DataSet)
        assert (plain_records([data_set]) is not None) == (place == 1)
        with FolderStore(tmp_path / f"store-{place}") as store:
            store.load(data_set)
            sources.append(store.history[0].data_sets[0].source)
            quads.append(set(store.quads()))
            assert store.verify()
        with FolderStore(tmp_path / f"store-{place}") as store:
            assert store.data_sets == (data_sets[0],)
    assert sources[0] == sources[1]
    assert quads[0] == quads[1]


@given(SOUND)
def test_kept_records_are_those_of_record_objects(rows: list[dict[str, str]]) -> None:
    """The table of records beside the database has the same rows, however the data set was read."""
    by_columns, by_rows = (read(table(rows), by_columns=each) for each in (True, False))
    if isinstance(by_columns, list) or isinstance(by_rows, list) or not isinstance(by_columns.records, PlainRecords):
        return
    with TemporaryDirectory() as place:
        first, second = Path(place, "plain"), Path(place, "objects")
        write_plain_records(first, by_columns, [by_columns.records.in_order()])
        write_records(second, [by_rows], merge([by_rows]))
        assert list(kept_rows(first)) == list(kept_rows(second))
        for statement in ("SELECT * FROM name", "SELECT * FROM part", "SELECT * FROM number", "SELECT * FROM special"):
            assert set(rows_of(first, statement)) == set(rows_of(second, statement))


def rows_of(path: Path, statement: str) -> list[tuple[object, ...]]:
    """What a statement selects."""
    with closing(sqlite3.connect(path)) as database:
        return database.execute(statement).fetchall()


def kept_rows(path: Path) -> Iterator[tuple[object, object, Statement]]:
    """The IRI and the class of each record, and the record as it is read back."""
    query = "SELECT iri, name, data FROM record JOIN class ON class = class.number ORDER BY record.number"
    for iri, cls, data in rows_of(path, query):
        yield iri, cls, from_json(STATEMENTS[str(cls)], {"id": iri, **json.loads(str(data))})
