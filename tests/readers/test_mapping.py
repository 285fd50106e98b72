"""Mappings: every way of reading, computing and making records, on small invented files; and what is refused."""

from __future__ import annotations

import io
import json
import re
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knockon.authoring.options import ReadOptions
from knockon.errors import InvalidData, NotFound, UsageError
from knockon.model import Dependency, Statement
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.import_files import import_files
from knockon.readers.import_report import Imported
from knockon.readers.mapping.row_places import RowColumns, list_of_rows
from knockon.readers.written_rejects import write_rejects
from support.workbook_file import text, workbook

HEAD = "title: Test\nname: test\n"


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Imported]:
    """Import files, given by their content, with a mapping."""

    def run_mapping(mapping: str, options: ReadOptions | None = None, **files: str | bytes) -> Imported:
        path = tmp_path / "m.yaml"
        path.write_text(HEAD + mapping, "utf-8")
        for name, content in files.items():
            target = tmp_path / "in" / name.replace("__", ".")
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(content if isinstance(content, bytes) else content.encode())
        given = [tmp_path / "in" / name.replace("__", ".") for name in files]
        return import_files(given, path, options=options or ReadOptions())

    return run_mapping


def records(imported: Imported) -> dict[str, Statement]:
    return {record.name: record for record in imported.data_set.records if record.rdf_class != "Document"}


def fields(imported: Imported, *names: str) -> list[tuple[Any, ...]]:
    """The values of some fields of each record that has them all, in the order of ids."""
    found = records(imported).values()
    return [
        tuple(str(getattr(record, name)) for name in names) for record in found if all(hasattr(record, name) for name in names)
    ]


COMPANIES = 'tables: {a: {records: [{class: Company, id: "{id}", label: "{name}"}]}}\n'


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a__csv", "id,name\nA1,Acme\n"),
        ("a__csv", b"\xef\xbb\xbfid;name\r\nA1;Acme\r\n\x1a"),
        ("a__tsv", "id\tname\nA1\tAcme\n"),
        ("a__txt", "sep=|\nid|name\nA1|Acme\n"),
        ("a__json", '[{"id": "A1", "name": "Acme"}]'),
        ("a__json", '{"count": 1, "items": [{"id": "A1", "name": "Acme"}]}'),
        ("a__jsonl", '{"id": "A1", "name": "Acme"}\n'),
        ("a__yaml", "- id: A1\n  name: Acme\n"),
    ],
)
def test_formats_give_the_same_records(run: Callable[..., Imported], name: str, content: str | bytes) -> None:
    """CSV with any delimiter, JSON, JSON Lines and YAML lists."""
    imported = run(COMPANIES, **{name: content})
    assert fields(imported, "id", "label") == [("https://w3id.org/knockon/local/test/A1", "Acme")]
    (evidence,) = records(imported)["A1"].evidence
    assert evidence.place
    assert imported.report.rows == 1


def test_workbooks_and_parquet_are_read(run: Callable[..., Imported], tmp_path: Path) -> None:
    """A sheet of Excel and a Parquet file; the place of a cell names its sheet and row."""
    pytest.importorskip("python_calamine")
    parquet = pytest.importorskip("pyarrow.parquet")
    import pyarrow

    sheet = [[text(cell) for cell in row] for row in (["id", "name"], ["A1", "Acme"])]
    imported = run(COMPANIES, a__xlsx=workbook(io.BytesIO(), {"My list": sheet}).getvalue())
    assert records(imported)["A1"].evidence[0].place == "sheet:My list row:2"
    parquet.write_table(pyarrow.table({"id": ["A1"], "name": ["Acme"]}), tmp_path / "b.parquet")
    assert fields(run(COMPANIES, b__parquet=(tmp_path / "b.parquet").read_bytes()), "label") == [("Acme",)]


def test_a_file_without_header_has_named_columns_and_null_words(run: Callable[..., Imported]) -> None:
    """Columns are named by the mapping, -0- is empty, and encodings are named."""
    mapping = """nulls: "-0-"
encoding: cp1252
tables:
  a:
    names: [id, name, city]
    records: [{class: Company, id: "{id}", label: "{name}", altLabel: "{city}"}]
"""
    imported = run(mapping, a__csv='7,"Café, Ltd",-0- \n8,Acme,Rome\n'.encode("cp1252"))
    assert fields(imported, "label", "alt_label") == [("Café, Ltd", "()"), ("Acme", "('Rome',)")]


def test_a_matrix_becomes_rows(run: Callable[..., Imported]) -> None:
    """Two header rows and two index columns; upper headers span columns, zeros and blanks are left out."""
    mapping = """tables:
  io:
    matrix: {index: [country, sector], header: [to_country, to_sector], value: flow}
    records:
      - {class: Dependency, dependant: "{to_country}-{to_sector}", need: "{country}-{sector}"}
"""
    imported = run(mapping, io__csv=",,FR,,DE\n,,agri,food,food\nFR,agri,0,5,1.5\nDE,food,,0.0,2\n")
    links = [record for record in records(imported).values() if isinstance(record, Dependency)]
    assert sorted(record.name for record in links) == [
        "de-food--needs--de-food", "de-food--needs--fr-agri", "fr-food--needs--fr-agri",
    ]  # fmt: skip
    assert imported.report.rows == 2


def test_columns_of_years_become_rows(run: Callable[..., Imported]) -> None:
    """Each cell of the columns that match is a row of its own."""
    mapping = """tables:
  a:
    unpivot: {matching: "^[0-9]{4}$", name: year, value: amount}
    values: {amount: {of: amount, number: any, thousands: ","}}
    records:
      - {class: Company, id: "{name}", label: "{name}", cite: first}
      - {class: Observation, about: "{name}", metric: output, value: "{amount}", period: "{year}"}
"""
    imported = run(mapping, a__csv='name,2023,2024\nAcme,"1,200",\nRival,3,4\n')
    assert fields(imported, "value", "period") == [("1200", "2023"), ("3", "2023"), ("4", "2024")]


def test_paths_lead_into_json(run: Callable[..., Imported]) -> None:
    """Rows may be objects within objects, columns paths, and ^ is the object around a row."""
    mapping = """tables:
  a:
    rows: "statements[].interests[]"
    records:
      - class: Ownership
        owner: "{^.owner}"
        owned: "{^.subject.id}"
        share: "{share.exact}"
"""
    content = {"statements": [{"owner": "Ann", "subject": {"id": "B1"}, "interests": [{"share": {"exact": "0.25"}}]}]}
    imported = run(mapping, a__json=json.dumps(content))
    assert fields(imported, "share") == [("0.25",)]
    (ownership,) = (record for record in records(imported).values() if record.rdf_class == "Ownership")
    assert ownership.evidence[0].pointer == "/statements/0/interests/0"
    names = 'tables: {a: {records: [{class: Company, id: "{id}", label: "{id}", altLabel: "{names[].full}"}]}}\n'
    imported = run(names, b__json='[{"id": "x1", "names": [{"full": "A"}, {"full": "B"}]}]')
    assert fields(imported, "alt_label") == [("('A', 'B')",)]


VALUES = [
    ("{of: x, number: percent}", "12.5", "value", "0.125"),
    ("{of: x, number: percent}", "40 %", "value", "0.4"),
    ("{of: x, number: any, decimal: ',', thousands: '.'}", '"1.234,5"', "value", "1234.5"),
    ("{of: x, number: any, replace: {'$': '', ' bn': '000000000'}}", "$2 bn", "value", "2000000000"),
    ("{of: x, date: YYYYMMDD}", "20230821", "from_", "2023-08-21"),
    ("{of: x, date: [ISO, DD.MM.YYYY]}", "02.12.2019", "from_", "2019-12-02"),
    ("{of: x, date: ISO}", "2020-03-04T10:00:00Z", "from_", "2020-03-04"),
    ("{of: x, date: [Month YYYY, YYYY]}", "March 2021", "until", "2021-03-31"),
    ("{of: x, date: [Month YYYY, YYYY]}", "2021", "until", "2021-12-31"),
    ("{of: x, find: 'No\\. ([0-9]+)'}", "Tax ID No. 77; No. 8", "period", "77"),
    ("{of: x, find: 'No\\. ([0-9]+)', default: none}", "nothing", "unit", "none"),
    ("{of: x, case: lower, lookup: {a: one}, otherwise: other}", "A", "unit", "one"),
    ("{of: x, lookup: {a: one}, otherwise: other}", "b", "unit", "other"),
    ("{of: x, split: ';', join: '+'}", "b; c ;;b", "unit", "b+c"),
    ("'<{x}>'", "b", "unit", "<b>"),
]


@pytest.mark.parametrize(("spec", "cell", "field", "expected"), VALUES, ids=[f"{v[0]}: {v[1]}" for v in VALUES])
def test_values(run: Callable[..., Imported], spec: str, cell: str, field: str, expected: str) -> None:
    """Numbers, dates with their precision, patterns, lookups, lists and templates."""
    field_name = {"from_": "from"}.get(field, field)
    mapping = f"""tables:
  a:
    values: {{v: {spec}}}
    records: [{{class: Observation, id: "o-{{id}}", about: "{{id}}", metric: m, asWritten: a, {field_name}: "{{v}}"}}]
"""
    imported = run(mapping, a__csv=f"id,x\nB1,{cell}\n")
    assert fields(imported, "metric", field) == [("m", expected)]


def test_tables_are_joined_by_key(run: Callable[..., Imported]) -> None:
    """Of several rows all values are collected; a row without a partner has none."""
    mapping = """tables:
  main:
    file: main.csv
    join:
      - {table: names, on: {id: owner}, take: {aliases: alias}}
      - {table: places, on: {id: owner}, take: {country: country}, many: last}
    records: [{class: Company, id: "{id}", label: "{name}", altLabel: "{aliases}", jurisdiction: "{country}"}]
  names: {file: names.csv}
  places: {file: places.csv}
"""
    imported = run(
        mapping,
        main__csv="id,name\nA1,Acme\nB1,Rival\n",
        names__csv="owner,alias\nA1,ACME Ltd\nA1,Acme Inc\n",
        places__csv="owner,country\nA1,FR\nA1,DE\n",
    )
    found = fields(imported, "alt_label", "jurisdiction")
    assert ("('ACME Ltd', 'Acme Inc')", "('https://w3id.org/knockon/local/test/de',)") in found
    assert imported.report.rows == 6
    cited = {(evidence.document.rpartition("/")[2], evidence.row) for evidence in records(imported)["A1"].evidence}
    assert cited == {("doc-main", 2), ("doc-names", 2), ("doc-names", 3), ("doc-places", 3)}


def test_one_row_becomes_several_records(run: Callable[..., Imported]) -> None:
    """A record for each item of a list, each with its own condition; what references name is implied."""
    mapping = """tables:
  a:
    values: {parts: {of: parts, split: ","}}
    records:
      - {class: Product, id: "{id}", label: "{id}"}
      - class: Dependency
        each: {part: "{parts}"}
        where: {part: {not: glue}}
        dependant: "{id}"
        need: "{part}"
        criticality: high
      - {class: Dependency, each: {part: "{parts}"}, where: {part: glue}, dependant: "{id}", need: "{part}", criticality: low}
"""
    imported = run(mapping, a__csv='id,parts\nP1,"glue,wood,screws"\n')
    assert dict(imported.report.records) == {"Dependency": 3, "Document": 1, "Entity": 3, "Product": 1}
    assert dict(imported.report.implied) == {"Entity": 3}
    assert sorted(fields(imported, "need", "criticality"))[0] == ("https://w3id.org/knockon/local/test/glue", "Low")


def test_several_rows_become_one_record(run: Callable[..., Imported]) -> None:
    """Suppliers in several rows are the supplies of one dependency, with their shares."""
    mapping = """tables:
  a:
    values: {share: {of: share, number: percent}}
    records:
      - class: Dependency
        dependant: "{buyer}"
        need: "{part}"
        combination: Shares
        supply: {provider: "{seller}", share: "{share}"}
"""
    imported = run(mapping, a__csv="buyer,part,seller,share\nAcme,glue,Ann,60\nAcme,glue,Bob,40\n")
    (need,) = (record for record in records(imported).values() if isinstance(record, Dependency))
    assert [(supply.name, str(supply.share)) for supply in need.supply] == [
        ("acme--needs--glue--ann", "0.6"), ("acme--needs--glue--bob", "0.4"),
    ]  # fmt: skip
    assert (imported.report.merged, sorted(str(e.row) for e in need.evidence)) == (1, ["2", "3"])


def test_rows_are_filtered_and_counted(run: Callable[..., Imported]) -> None:
    """A row that the mapping leaves out is counted with its reason."""
    mapping = """tables:
  a:
    where: [{kind: [firm, bank]}, {size: {atLeast: 100}}]
    leftOut: neither a firm nor large
    records: [{class: Company, id: "{id}", label: "{id}"}]
"""
    imported = run(mapping, a__csv="id,kind,size\nA1,firm,1\nB1,club,500\nC1,club,2\n")
    assert sorted(records(imported)) == ["A1", "B1"]
    assert imported.report.left_out == (("neither a firm nor large", 1),)


def test_evidence_by_key_with_confidence_and_stance(run: Callable[..., Imported]) -> None:
    """The key column names the row, and columns may state confidence, stance and claimant."""
    mapping = """license: CC0-1.0
url: https://example.org/list
tables:
  a:
    key: id
    document: {retrieved: 2025-03-04}
    records:
      - {class: Company, id: "{id}", label: "{id}", confidence: "{sure}", stance: "{how}", claimant: "{who}"}
      - {class: Company, id: "{who}", implied: true, label: "{who}"}
"""
    imported = run(mapping, a__csv="id,sure,how,who\nA1,0.7,Alleges,Bob\n")
    (evidence,) = records(imported)["A1"].evidence
    assert (evidence.key, str(evidence.confidence), evidence.stance.value) == ("A1", "0.7", "Alleges")
    (document,) = (record for record in imported.data_set.records if record.rdf_class == "Document")
    described = document.model_dump(mode="json", by_alias=True)
    assert (described["keyColumn"], described["license"], described["retrieved"]) == ("id", "CC0-1.0", "2025-03-04")
    assert len(described["sha256"]) == 64


BAD_ROWS = "id,name,share\nA1,Acme,50\nB1,Rival,fifty\nC1,Third,30,extra\nD1,Fourth,10\n"
SHARES = """tables:
  a:
    values: {share: {of: share, number: percent}}
    records: [{class: Provision, provider: "{id}", provided: glue, share: "{share}"}]
"""


def test_one_bad_row_means_that_nothing_is_loaded(run: Callable[..., Imported]) -> None:
    """Every bad row is listed with its line and reason."""
    with pytest.raises(InvalidData) as raised:
        run(SHARES, a__csv=BAD_ROWS)
    lines = [(problem.line, problem.message.split(" (")[0]) for problem in raised.value.problems]
    assert lines == [(3, "share: 'fifty' is not a number"), (4, "has 4 cells, and the header has 3")]


def test_with_a_file_for_rejects_the_good_rows_are_read(run: Callable[..., Imported], tmp_path: Path) -> None:
    """What the rejected rows would have made or named is not there."""
    imported = run(SHARES, ReadOptions(rejects=tmp_path / "r.csv"), a__csv=BAD_ROWS)
    assert sorted(records(imported)) == ["A1", "D1", "glue", "glue--by--A1", "glue--by--D1"]
    assert [place.line for place in imported.report.rejected] == [3, 4]
    assert imported.report.rejected[0].rows == ({"id": "B1", "name": "Rival", "share": "fifty"},)


def test_where_every_row_is_rejected_each_is_listed(run: Callable[..., Imported], tmp_path: Path) -> None:
    """Nothing is loaded then, so that no file has them."""
    with pytest.raises(InvalidData) as raised:
        run(SHARES, ReadOptions(rejects=tmp_path / "r.csv"), a__csv="id,share\nA1\nB1,some\n")
    messages = [(problem.line, problem.message.split(" (")[0]) for problem in raised.value.problems]
    assert messages == [
        (None, "0 records of 2 rows, 2 rejected"),
        (2, "has 1 cell, and the header has 2"),
        (3, "share: 'some' is not a number"),
    ]


def test_the_name_and_base_of_a_mapping_are_checked(tmp_path: Path) -> None:
    """The message names the mapping, not an option that nobody gave."""
    (tmp_path / "a.csv").write_text("id,name\nA1,Acme\n")
    for stated, message in (("base: nowhere", "the base nowhere of the mapping: write"), ("name: A b/c", "like a-b-c")):
        (tmp_path / "m.yaml").write_text(f"title: Test\n{stated}\n{COMPANIES}")
        with pytest.raises(UsageError, match=message):
            import_files([tmp_path / "a.csv"], tmp_path / "m.yaml")


def test_ids_do_not_depend_on_the_order_of_rows_or_files(run: Callable[..., Imported]) -> None:
    """The same rows in another order are the same records with the same ids."""
    rows = ["Acme,glue", "Bob & Sons,glue", "Acme,wood"]
    mapping = 'tables: {a: {records: [{class: Dependency, dependant: "{who}", need: "{what}"}]}}\n'
    first, second = (run(mapping, a__csv="who,what\n" + "\n".join(order)) for order in (rows, rows[::-1]))
    assert records(first).keys() == records(second).keys()


def test_options_of_the_command_line_apply(run: Callable[..., Imported]) -> None:
    """A column is read by another name, numbers with a decimal comma, a column as percent, names exactly."""
    options = ReadOptions(rename=(("Anteil", "share"),), decimal=",", exact_names=True)
    imported = run(SHARES, options, a__csv="id;Anteil\nA b;12,5\na B;1\n")
    assert sorted(row[0] for row in fields(imported, "share")) == ["0.01", "0.125"]
    assert len(records(imported)) == 5
    plain = 'tables: {a: {records: [{class: Provision, provider: "{id}", provided: glue, share: "{share}"}]}}\n'
    assert fields(run(plain, ReadOptions(percent=("share",)), a__csv="id,share\nA1,45\n"), "share") == [("0.45",)]


def test_capitals_of_columns_do_not_matter_unless_two_differ_in_them(run: Callable[..., Imported]) -> None:
    """ID is read as id, but not where there is an id as well."""
    assert fields(run(COMPANIES, a__csv="ID,Name\nA1,Acme\n"), "label") == [("Acme",)]
    assert sorted(records(run(COMPANIES, b__csv="ID,id,name\nX1,A1,Acme\n"))) == ["A1"]


WRONG = [
    ("tabels: {}\n", r"m\.yaml:3: unknown field tabels \(did you mean tables"),
    ('tables: {a: {records: [{class: Compny, id: "{x}", label: a}]}}\n', "unknown class 'Compny'; did you mean Company"),
    (
        'tables: {a: {records: [{class: Company, id: "{x}", lable: a}]}}\n',
        "unknown field 'lable' of Company; did you mean label",
    ),
    ('tables: {a: {records: [{class: Company, id: "{x", label: a}]}}\n', "a brace that is not closed"),
    ('tables: {a: {records: [{class: Company, label: "{x}"}]}}\n', "has no id"),
    ('tables: {a: {values: {v: {of: x, find: "(a"}}, records: []}}\n', r"has a \( without \)"),
    ('tables: {a: {values: {v: {of: x, find: "(a)\\\\1"}}, records: []}}\n', "cannot refer back"),
    ("tables: {a: {values: {v: {of: x, date: DD.MM}}, records: []}}\n", "is not a format of dates"),
    ("tables: {a: {join: [{table: b, on: {x: x}, take: {y: y}}], records: []}}\n", "which is not a table of this mapping"),
    ("tables: {a: {names: [x]}}\n", "no table has records"),
    ("encoding: klingon\ntables: {a: {records: []}}\n", r"m\.yaml:3: encoding: unknown encoding 'klingon'; e\.g\. utf-8"),
    ("tables: {a: {encoding: rot13, records: []}}\n", "unknown encoding 'rot13'"),
    (
        'tables: {a: {records: [{class: Company, id: "{x}", weight: "1"}]}}\n',
        "unknown field 'weight' of Company; its fields are",
    ),
    ("tables: &a {}\n", "anchors and aliases are not allowed"),
    ('tables: {a: {values: {v: {of: x, split: ""}}, records: []}}\n', "split has an empty separator"),
    ('tables: {a: {values: {v: {of: x, replace: {"": a}}}, records: []}}\n', "replace has an empty text"),
    ('tables: {a: {values: {v: {of: x, number: any, thousands: "."}}, records: []}}\n', "'.' as decimal and as thousands mark"),
]


@pytest.mark.parametrize(("mapping", "message"), WRONG, ids=[message for _, message in WRONG])
def test_a_wrong_mapping_is_an_error_with_its_line(run: Callable[..., Imported], mapping: str, message: str) -> None:
    """Misspelt fields and classes, braces, patterns and dates that cannot be read; nothing is imported."""
    with pytest.raises(InvalidData, match=message) as raised:
        run(mapping, a__csv="x,y\n1,2\n")
    assert "the mapping was not read" in str(raised.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,nme\nA,B\n", r"a\.csv:1: has no column 'name', which the mapping needs \(did you mean nme\?"),
        ("id,name,name\nA,B,C\n", "duplicate column 'name'"),
        ("", "is empty"),
        ("id,name\n", "0 records of 0 rows"),
        ('id,name\nA,"B\n', "is not valid CSV"),
    ],
)
def test_a_wrong_table_is_an_error_with_its_line(run: Callable[..., Imported], content: str, message: str) -> None:
    """Missing and duplicate columns, empty files and broken quotes."""
    with pytest.raises(InvalidData, match=message):
        run(COMPANIES, a__csv=content)


def test_of_several_files_those_that_are_not_recognised_are_named(tmp_path: Path) -> None:
    """And where each is, but of another format, that is the error."""
    texts = {
        "edges.csv": "source,target\nA,B\n",
        "other.csv": "a,b\n1,2\n",
        "p.jsonl": '{"schema": "Person", "properties": {}}',
    }
    for name, content in texts.items():
        (tmp_path / name).write_text(content)
    with pytest.raises(InvalidData) as raised:
        import_files([tmp_path / "edges.csv", tmp_path / "other.csv"])
    assert [problem.file.rpartition("/")[2] for problem in raised.value.problems] == ["other.csv"]
    with pytest.raises(InvalidData, match=r"edges\.csv: is of the format edges, and others are not") as raised:
        import_files([tmp_path / "edges.csv", tmp_path / "p.jsonl"])
    assert len(raised.value.problems) == 2


def test_hostile_json_is_an_error_or_a_rejected_line(run: Callable[..., Imported], tmp_path: Path) -> None:
    """Deep nesting, constants that are not JSON, lines that hold no object, and a name that is there twice."""
    deep = '{"id": ' + "[" * 10_000 + "]" * 10_000 + "}"
    with pytest.raises(InvalidData, match=r"too many levels|not valid JSON"):
        run(COMPANIES, a__json=deep)
    with pytest.raises(InvalidData, match=r"a\.json:2: has the name 'id' twice"):
        run(COMPANIES, a__json='{"rows": [{"id": "A1", "name": "Acme"},\n{"id": "A2", "id": "A3", "at": {}}]}')
    lines = f'{{"id": "A1", "name": "Acme"}}\n{deep}\n{{"id": NaN}}\n[1]\n{{"id": "A2", "id": "A3"}}\n'
    imported = run(COMPANIES, ReadOptions(rejects=tmp_path / "r.csv"), a__jsonl=lines)
    assert [place.line for place in imported.report.rejected] == [2, 3, 4, 5]
    assert imported.report.rejected[-1].reason == "has the name 'id' twice"
    assert sorted(records(imported)) == ["A1"]


def test_an_object_of_a_list_that_has_a_name_twice_is_a_rejected_row(run: Callable[..., Imported], tmp_path: Path) -> None:
    """With its line and text, wherever in the row it is; the others are loaded. Outside of the rows it is an error."""
    rows = """{"id": "A1", "name": "Acme"},
{"id": "A2", "id": "A3", "name": "Beta"},
{"id": "A4", "at":
  {"x": 1, "x": {}, "y": [true]}},
{"id": "A5", "name": "Cart"}"""
    for content, first in ((f"[{rows}]", 1), (f'{{"rows":\n[{rows}]}}', 2)):
        imported = run(COMPANIES, ReadOptions(rejects=tmp_path / "r.csv"), a__json=content)
        assert sorted(records(imported)) == ["A1", "A5"]
        assert [(place.line, place.reason) for place in imported.report.rejected] == [
            (first + 1, "has the name 'id' twice"),
            (first + 3, "has the name 'x' twice"),
        ]
        kept = [row["unreadable text"] for place in imported.report.rejected for row in place.rows]
        assert kept[0] == '{"id": "A2", "id": "A3", "name": "Beta"}'
    with pytest.raises(InvalidData, match=r"a\.json:2: has the name 'id' twice\n.*a\.json:4: has the name 'x' twice"):
        run(COMPANIES, a__json=f"[{rows}]")
    with pytest.raises(InvalidData, match=r"a\.json:1: has the name 'x' twice"):
        run(COMPANIES, a__json=f'{{"about": {{"x": 1, "x": 2}}, "rows": [{rows}]}}')


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ("{v: '{x}{x}', " + ", ".join(f"v{n}: '{{v{n - 1 or ''}}}{{v{n - 1 or ''}}}'" for n in range(1, 60)) + "}", "v18: "),
        ("{v: {of: x, replace: {" + ", ".join(f"{chr(n)}: {chr(n + 1) * 2}" for n in range(ord("a"), ord("z"))) + "}}}", "v: "),
    ],
    ids=["values that double", "replacements that double"],
)
def test_a_mapping_cannot_make_texts_without_end(run: Callable[..., Imported], values: str, reason: str) -> None:
    """Each step doubles the text of the one before: the row is rejected at a limit, long before memory ends."""
    mapping = f'tables: {{a: {{values: {values}, records: [{{class: Company, id: "{{x}}", label: "{{v}}"}}]}}}}\n'
    with pytest.raises(InvalidData, match=f"a\\.csv:2: {reason}.*more than 1,000,000 characters"):
        run(mapping, a__csv="x\naa\n")


def test_lists_of_different_lengths_reject_the_row(run: Callable[..., Imported]) -> None:
    """Also where a value joins them, not only a record."""
    mapping = """tables:
  a:
    values: {names: {of: names, split: ;}, towns: {of: towns, split: ;}, both: "{names}, {towns}"}
    records: [{class: Company, id: "{id}", label: "{id}", altLabel: "{both}"}]
"""
    assert fields(run(mapping, a__csv="id,names,towns\nA1,b;c,d;e\n"), "alt_label") == [("('b, d', 'c, e')",)]
    with pytest.raises(InvalidData, match=r"b\.csv:2: both: .* has lists of different lengths"):
        run(mapping, b__csv="id,names,towns\nA1,b;c,d\n")


def test_an_object_of_json_is_no_text(run: Callable[..., Imported]) -> None:
    """A template that meets an object asks for the path to a text in it; true and false in lists are words."""
    mapping = 'tables: {a: {values: {v: "%s"}, records: [{class: Company, id: "{id}", label: "{id}", altLabel: "{v}"}]}}\n'
    content = '[{"id": "A1", "owner": {"name": "Ann"}, "flags": [true, false]}]'
    with pytest.raises(InvalidData, match=r"v: owner holds an object, not a text; write the path"):
        run(mapping % "<{owner}>", a__json=content)
    with pytest.raises(InvalidData, match="is not a text; write the path"):
        run(mapping % "{owner}", a__json=content)
    assert fields(run(mapping % "<{owner.name}>", a__json=content), "alt_label") == [("('<Ann>',)",)]
    assert fields(run(mapping % "{flags}", a__json=content), "alt_label") == [("('false', 'true')",)]


def test_lines_before_the_header_are_skipped(run: Callable[..., Imported]) -> None:
    """Blank lines count, as they do for somebody who looks at the file."""
    mapping = 'tables: {a: {skip: 3, delimiter: ",", records: [{class: Company, id: "{id}", label: "{name}"}]}}\n'
    imported = run(mapping, a__csv="A list\n\nof firms\nid,name\nA1,Acme\n")
    assert fields(imported, "label") == [("Acme",)]
    assert records(imported)["A1"].evidence[0].row == 5
    # The delimiter is that of the header, not of what is before it.
    mapping = 'tables: {a: {skip: 1, records: [{class: Company, id: "{id}", label: "{name}"}]}}\n'
    assert fields(run(mapping, b__csv="A list, of firms\nid;name\nA1;Acme\n"), "label") == [("Acme",)]


def test_a_sheet_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Also where the format is to be recognised."""
    pytest.importorskip("python_calamine")
    sheet = [[text(cell) for cell in row] for row in (["source", "target"], ["Mine", "Smelter"])]
    (tmp_path / "a.xlsx").write_bytes(workbook(io.BytesIO(), {"Links": sheet}).getvalue())
    assert import_files([tmp_path / "a.xlsx"], options=ReadOptions(sheets=("Links",))).report.rows == 1
    with pytest.raises(UsageError, match="Nope"):
        import_files([tmp_path / "a.xlsx"], options=ReadOptions(sheets=("Nope",)))


def test_the_name_of_a_column_may_end_in_a_question_mark(run: Callable[..., Imported]) -> None:
    """As the source of a value it is written as it is; in braces, where ? makes a value optional, with a second one."""
    mapping = """tables:
  a:
    values: {v: {of: "Critical?", lookup: {"yes": high}}, w: "Critical?"}
    records: [{class: Company, id: "{id}", label: "{id}", altLabel: ["{v}", "{w}", "is {Critical??}"]}]
"""
    assert fields(run(mapping, a__csv="id,Critical?\nA1,yes\n"), "alt_label") == [("('high', 'is yes', 'yes')",)]


def test_a_row_is_not_rejected_for_what_it_is_together_with_a_rejected_one(
    run: Callable[..., Imported], tmp_path: Path
) -> None:
    """Shares of more than 1 are those of the rows that are sound; where all are sound, all of them are rejected."""
    mapping = """tables:
  a:
    values: {share: {of: share, number: percent}}
    records:
      - {class: Company, id: "{who}", label: "{who}", implied: true}
      - {class: Company, id: mill, label: Mill}
      - {class: Ownership, owner: "{who}", owned: mill, share: "{share}", until: "{until}"}
"""
    options = ReadOptions(rejects=tmp_path / "r.csv")
    sound = "who,share,until\nAnn,50,\nBob,50,\n"
    imported = run(mapping, options, a__csv=sound + "Cem,,never\nDora,50,31.31.2020\n")
    assert [place.line for place in imported.report.rejected] == [4, 5]
    assert dict(imported.report.records)["Ownership"] == 2
    with pytest.raises(InvalidData, match=r"come to 1\.5"):
        run(mapping, options, b__csv=sound + "Dora,50,\n")


def test_a_mapping_is_named_or_recognised(tmp_path: Path) -> None:
    """An unknown name suggests the nearest, an unknown format names the way on, and a file that no table fits is an error."""
    chain = tmp_path / "chain.csv"
    chain.write_text("source,target\nMine,Smelter\n")
    assert import_files([chain]).report.reader == "edges"
    with pytest.raises(NotFound, match="did you mean edges"):
        import_files([chain], "edgs")
    broken = tmp_path / "broken.csv"
    broken.write_text('source,target\nMine,Smelter\n"Mine,Smelter\n')
    with pytest.raises(InvalidData, match=r"broken\.csv:3: is not valid CSV"):  # recognised by what is before
        import_files([broken])
    broken.write_text("\n")
    for named in (None, "edges"):
        with pytest.raises(InvalidData, match="is empty"):
            import_files([broken], named)
    own = tmp_path / "own"
    own.mkdir()
    (own / "list.csv").write_text("dependant,need\nAcme,Steel\n")
    with pytest.raises(InvalidData, match=r"own format: `knockon load \S*list\.csv --store STORE`"):
        import_files([own / "list.csv"])
    (own / "dataset.yaml").write_text("name: own\n")
    with pytest.raises(InvalidData, match=r"dataset\.yaml: belongs to a data set.*`knockon load \S*own --store STORE`"):
        import_files([own])
    (tmp_path / "x.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InvalidData, match="knockon mapping suggest"):
        import_files([tmp_path / "x.csv"])
    with pytest.raises(InvalidData, match="fits no table of the mapping"):
        import_files([tmp_path / "x.csv"], "edges")
    with pytest.raises(UsageError, match="ends in / or #"):
        import_files([chain], base="https://example.org")


def test_a_record_that_a_row_begins_and_does_not_complete_is_counted(tmp_path: Path) -> None:
    """A row without the supplier makes no dependency and says so; nothing is dropped in silence."""
    path = tmp_path / "edges.csv"
    path.write_text("supplier,customer\nAcme,Beta\n,Gamma\n", "utf-8")
    imported = import_files([path], "edges")
    assert imported.report.left_out == (("Dependency of which a row does not state need", 1),)
    assert imported.report.records == (("Company", 3), ("Dependency", 1), ("Document", 1))


def test_a_column_has_one_of_several_names(run: Callable[..., Imported]) -> None:
    """The mapping knows it by the first; the first that a file has is read, in tables and in objects."""
    mapping = (
        'tables: {a: {columns: [[id, key, nr], [name, title]], records: [{class: Company, id: "{id}", label: "{name}"}]}}\n'
    )
    for name, content in (
        ("a__csv", "KEY,Title\nA1,Acme\n"),
        ("b__csv", "nr,key,title\n9,A1,Acme\n"),
        ("c__jsonl", '{"nr": "A1", "title": "Acme"}\n'),
    ):
        assert fields(run(mapping, **{name: content}), "name", "label") == [("A1", "Acme")]
    with pytest.raises(InvalidData, match="has no column 'id'"):
        run(mapping, d__csv="code,name\nA1,Acme\n")


def test_a_table_is_like_another_one(run: Callable[..., Imported]) -> None:
    """It takes the values, conditions and records that it does not have itself; its own values come first."""
    mapping = (
        "tables:\n  a:\n    columns: [id, name]\n    where: {kind: firm}\n    values: {label: name}\n"
        '    records: [{class: Company, id: "{id}", label: "{label}"}]\n'
        "  b: {like: a, columns: [key, title], values: {id: key, name: title}}\n"
    )
    imported = run(mapping, a__csv="id,name,kind\n1,Acme,firm\n2,Ann,person\n", b__csv="key,title,kind\n3,Bob,firm\n")
    assert fields(imported, "name", "label") == [("1", "Acme"), ("3", "Bob")]
    for wrong, message in (("like: aa", "did you mean a"), ("like: b", "no other table")):
        with pytest.raises(InvalidData, match=message):
            run(mapping.replace("like: a", wrong), a__csv="id,name,kind\n")


def test_of_a_workbook_the_sheet_with_the_columns_is_read(run: Callable[..., Imported]) -> None:
    """A cover is passed over, which a notice says; without such a sheet the error lists them; several may be named."""
    pytest.importorskip("python_calamine")

    def book(*names: str) -> bytes:
        rows = [[text("id"), text("name")], [text("A1"), text("Acme")]]
        sheets = {name: rows if name != "Cover" else [[text("Our list")], [text("as of"), text("2026")]] for name in names}
        return workbook(io.BytesIO(), sheets).getvalue()

    imported = run(COMPANIES, a__xlsx=book("Cover", "Firms"))
    assert fields(imported, "name") == [("A1",)]
    assert imported.report.notices[0].message == "read the sheet Firms"
    assert records(imported)["A1"].evidence[0].place == "sheet:Firms row:2"
    covers = workbook(io.BytesIO(), {"Cover": [[text("Our list")]], "Cover2": [[text("of firms")]]}).getvalue()
    with pytest.raises(InvalidData, match=r"no sheet has the columns 'id', 'name'.*its sheets are Cover, Cover2"):
        run(COMPANIES, a__xlsx=covers)
    both = run(COMPANIES, ReadOptions(sheets=("Firms", "More")), a__xlsx=book("Cover", "Firms", "More"))
    assert (both.report.rows, both.report.merged) == (2, 1)


def test_columns_that_are_not_read_are_named(run: Callable[..., Imported]) -> None:
    """A notice lists them, unless unknown columns are to be ignored; those that are turned into rows are read."""
    table = "id,name,2023,colour\n1,Acme,5,red\n"
    mapping = COMPANIES.replace("{a: {", "{a: {unpivot: {matching: '^[0-9]+$', name: year, value: v}, ")
    (notice,) = run(mapping, a__csv=table).report.notices
    assert notice.message == "columns that the mapping does not read: colour"
    assert not run(mapping, ReadOptions(ignore_unknown=True), a__csv=table).report.notices


def test_a_row_that_adds_to_a_record_twice_is_merged_with_no_other(run: Callable[..., Imported]) -> None:
    """Merged are rows that add to the record of another row."""
    mapping = (
        'tables: {a: {values: {names: {of: names, split: ";"}}, '
        'records: [{class: Company, each: {n: "{names}"}, id: x, label: "{n}"}]}}\n'
    )
    assert run(mapping, a__csv="names\nA;B\n").report.merged == 0
    assert run(mapping, a__csv="names\nA;B\nC\n").report.merged == 1


def test_options_name_columns_that_a_file_has(run: Callable[..., Imported]) -> None:
    """A column of --rename or --percent that no file has is an error; that of an object of JSON is read as well."""
    shares = 'tables: {a: {records: [{class: Ownership, owner: "{owner}", owned: "{owned}", share: "{share}"}]}}\n'
    for options in (ReadOptions(rename=(("Vendor", "owner"),)), ReadOptions(percent=("shares",))):
        with pytest.raises(UsageError, match="no table has this column; the columns are owned, owner, share"):
            run(shares, options, a__csv="owner,owned,share\nA,B,0.4\n")
    imported = run(shares, ReadOptions(percent=("share",)), a__jsonl='{"owner": "A", "owned": "B", "share": 40}\n')
    assert fields(imported, "share") == [("0.4",)]
    with pytest.raises(UsageError, match="--sheet names a sheet of a workbook"):
        run(shares, ReadOptions(sheets=("x",)), a__csv="owner,owned,share\nA,B,0.4\n")


def test_names_are_in_the_language_that_is_stated(run: Callable[..., Imported]) -> None:
    """Texts of the file are in the language of the options, unless a field states its own; words of the mapping are English."""
    mapping = (
        'tables: {a: {records: [{class: Company, id: "{id}", label: "{name}", altLabel@ja: "{ja}", comment: of the list, '
        'partOf: "{group}"}]}}\n'
    )
    found = records(run(mapping, ReadOptions(language="zh"), a__csv="id,name,ja,group\n1,Yi,Ichi,Zu\n"))
    languages = {(name, str(text), text.language) for name in found for text in _texts(found[name])}
    assert languages == {("1", "Yi", "zh"), ("1", "Ichi", "ja"), ("1", "of the list", "en"), ("zu", "Zu", "zh")}


def _texts(record: Any) -> list[Any]:
    return [text for text in (record.label, *record.alt_label, record.comment) if text is not None]


def test_the_file_of_rejects_is_read_with_the_mapping_however_its_table_is_written(
    run: Callable[..., Imported], tmp_path: Path
) -> None:
    """It is CSV with a header where the table has lines before it, no header, another delimiter and another encoding."""
    mapping = """encoding: cp1252
decimal: ","
tables:
  a:
    skip: 1
    names: [id, name, share]
    delimiter: "|"
    records:
      - {class: Company, id: "{id}", label: "{name}"}
      - {class: Dependency, dependant: "{id}", need: steel, supply: {provider: mill, share: "{part}"}}
    values: {part: {of: share, number: percent}}
"""
    rejects = tmp_path / "rejects.csv"
    content = "List\nA1|Süd|62,5\nB1|Böhmen|12,5 %%\n".encode("cp1252")
    done = run(mapping, ReadOptions(rejects=rejects), a__csv=content)
    write_rejects(done.report, ReadOptions(rejects=rejects))
    corrected = rejects.read_text("utf-8").replace("%%", "")
    again = run(mapping, b__csv=corrected)
    assert ("A1" in records(done), "B1" in records(done)) == (True, False)
    assert ("Böhmen",) in fields(again, "label")
    (need,) = (record for record in again.data_set.records if isinstance(record, Dependency))
    assert [str(supply.share) for supply in need.supply] == ["0.125"]


@pytest.mark.parametrize("template", ["{id}", "x-{id}", "{id}-{name}"])
@pytest.mark.parametrize(
    ("name", "rows"),
    [
        (
            "z__jsonl",
            '{"id": "b\\u0000", "name": "A", "o": "x"}\n{"id": "b", "name": "B", "o": "y\\u0001"}\n{"id": "c", "name": "C"}\n',
        ),
        ("z__csv", "id,name,o\nb\x01,A,x\nb,B,y\x01\nc,C,\n"),
    ],
)
def test_a_control_character_in_an_id_or_reference_is_rejected(
    run: Callable[..., Imported], tmp_path: Path, template: str, name: str, rows: str
) -> None:
    """Without it the id could be that of another record."""
    mapping = f'tables: {{a: {{records: [{{class: Product, id: "{template}", label: "{{name}}", partOf: "{{o}}"}}]}}}}\n'
    imported = run(mapping, ReadOptions(rejects=tmp_path / "r.csv"), **{name: rows})
    assert [str(record.label) for record in records(imported).values()] == ["C"]
    assert all("control character" in place.reason for place in imported.report.rejected)
    assert len({place.selector for place in imported.report.rejected}) == 2


def test_a_zero_byte_in_a_line_of_json_rejects_that_line(run: Callable[..., Imported], tmp_path: Path) -> None:
    """Where most lines are text; a file that is binary or UTF-16 from its beginning is an error."""
    lines = ['{"id": "A1", "name": "Acme"}', '{"id": "B\0", "name": "B"}', '{"id": "C1", "name": "C"}']
    imported = run(COMPANIES, ReadOptions(rejects=tmp_path / "r.csv"), a__jsonl="\n".join(lines))
    assert [(place.line, place.reason) for place in imported.report.rejected] == [(2, "contains a zero byte")]
    assert sorted(records(imported)) == ["A1", "C1"]
    for content in (b"\0\1\2{}\n", "\n".join(lines).encode("utf-16-le")):
        with pytest.raises(InvalidData, match="zero byte, so it is not text"):
            run(COMPANIES, ReadOptions(rejects=tmp_path / "r.csv"), a__jsonl=content)


@pytest.mark.parametrize("table", ["", "names: [id, name], ", "matrix: {index: [id], header: [name]}, "])
def test_a_zero_byte_in_a_row_rejects_that_row(run: Callable[..., Imported], tmp_path: Path, table: str) -> None:
    """Whatever the table, and again when its file of rejected rows is read; a binary file is an error."""
    mapping = f'tables: {{a: {{{table}records: [{{class: Company, id: "{{id}}", label: "{{name}}"}}]}}}}'
    rows = "id,name\nA1,Acme\nB1,B\0eta\nC1,C\n".removeprefix("id,name\n" if table.startswith("names") else "")
    options = ReadOptions(rejects=tmp_path / "r.csv")
    imported = run(mapping, options, a__csv=rows)
    reasons = [place.reason for place in imported.report.rejected]
    assert reasons == ["contains a zero byte (write the text without it)"]
    assert "B1" not in str(sorted(records(imported)))
    assert len(imported.report.rejected[0].rows) == 1
    with pytest.raises(InvalidData, match="zero byte, so it is not text"):
        run(mapping, options, a__csv=b"\0\1\2,\0\n")


_KEYED = {"Acme": {"id": "a", "name": "A", "country": "DE"}, "B/C": {"id": "b", "name": "B", "country": "FR"}}


@pytest.mark.parametrize(
    ("value", "path"),
    [(_KEYED, "{}"), ({"n": 2, "data": {"firms": _KEYED}}, "data.firms{}"), ({"x": [], "firms": _KEYED}, "firms{}")],
)
def test_objects_under_names_are_rows_where_the_mapping_says_so(run: Callable[..., Imported], value: Any, path: str) -> None:
    """Without ``rows`` they are an error that says what to write; their names are a column, in their rejected rows, too."""
    with pytest.raises(
        InvalidData, match=re.escape(f'objects that may be rows, each under a name (say so with rows: "{path}"')
    ):
        run(_TABLE, a__json=json.dumps(value))
    mapping = _TABLE.replace("columns", f'rows: "{path}"\n    columns').replace('"{name}"', '"{_row_name}"')
    for content in (json.dumps(value), json.dumps({**value}, indent=1)):
        imported = run(mapping, a__json=content)
        assert [str(record.label) for record in records(imported).values()] == ["Acme", "B/C"]
    assert [record.evidence[0].place for record in records(imported).values()][1].endswith("/B~1C")


def test_a_row_may_have_a_name_that_columns_have(run: Callable[..., Imported]) -> None:
    """Only what reading adds to an object is no row."""
    mapping = _TABLE.replace("columns", 'rows: "firms{}"\n    columns')
    imported = run(mapping, a__json=json.dumps({"firms": {"_row_name": _A, "^": _B}}))
    assert imported.report.rows == 2
    assert {str(record.label) for record in records(imported).values()} == {"A", "B"}


def test_an_object_with_its_own_value_in_the_column_of_its_name_is_an_error_that_names_it(run: Callable[..., Imported]) -> None:
    mapping = _TABLE.replace("columns", 'rows: "firms{}"\n    columns')
    with pytest.raises(InvalidData, match="the object at /firms/a has a value _row_name of its own"):
        run(mapping, a__json=json.dumps({"firms": {"a": {**_A, "_row_name": "x"}}}))


@pytest.mark.parametrize("header", ["id,name\n", "id;name\r\n"])
def test_a_header_again_is_no_row_and_is_counted(run: Callable[..., Imported], header: str) -> None:
    """Files are put together of several, each with its header."""
    rows = ("A1,Acme\n", "B2,Bolt\n", "id,name\n", "name,id\n")
    content = header + header.join(row.replace(",", header[2]) for row in rows)
    imported = run(COMPANIES, a__csv=content)
    assert (imported.report.rows, imported.report.left_out) == (7, (("the header again", 4),))
    assert sorted(records(imported)) == ["A1", "B2", "name"]


def test_lines_before_a_header_with_as_many_cells_are_counted(run: Callable[..., Imported]) -> None:
    imported = run(COMPANIES, a__csv="Register of firms\nA1,Acme\n2024,\nid,name\nB2,Bolt\n")
    assert (imported.report.rows, imported.report.left_out) == (2, (("before the header, with as many cells", 1),))
    assert sorted(records(imported)) == ["B2"]


_TABLE = """tables:
  a:
    columns: [id, name, [country, land]]
    optional: [note]
    records: [{class: Company, id: "{id}", label: "{name}"}]
"""
_A, _B, _PART = ({"id": "a", "name": "A", "country": "DE"}, {"id": "b", "name": "B", "country": "FR"}, {"id": "b", "name": "B"})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"data": {"de": {"rows": [_A]}, "fr": {"rows": [_PART]}}}, r"at data\.de\.rows and at data\.fr\.rows .*rows: data"),
        ({**{f"k{n}": {} for n in range(120)}, "a": {"rows": [_A]}, "b": {"rows": [_B]}}, r"a\.rows and at b\."),
        ({"de": [_A], "x": {"fr": [_B]}}, r"at de and at x\.fr "),
        ({**_A, "branches": [_B]}, r"the object that the file is, or at branches .*, or rows: \. for"),
        ({"a": [{"q": 1}, _A], "b": [_B]}, r"at a and at b "),
        ({"x.y": [_A], "z": [_B]}, r"at the JSON pointer /x\.y and at z .*rows: z\[\]"),
        ({"x.y": [_A], "r[]": [_B]}, r"names with \. \[ \] \{ or \} are no steps of a path"),
        ({f"l{n}\x1b": [_A] for n in range(9)}, r"at l4\\x1b and at 4 more places"),
        ({"data": {"x": [{"q": 1}], "y": [{"z": 1}]}}, r"no column of .*\(at data\.x and at data\.y\)"),
        ([{"group": {"rows": [_A]}}], r"a list whose objects have no column .* at group\.rows "),
    ],
    ids=["one column less", "behind others", "two levels", "a row with a list", "later objects", "no path", "no paths", "many",
         "no columns", "inside a list"],
)  # fmt: skip
def test_where_rows_may_be_at_several_places_the_places_are_named(
    run: Callable[..., Imported], content: object, message: str
) -> None:
    """No list that may hold rows is left out silently."""
    with pytest.raises(InvalidData, match=message):
        run(_TABLE, a__json=json.dumps(content))


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ({"notes": [{"text": "x"}], "sources": [{"name": "S"}], "items": [_A, _PART]}, None),
        ({"a": {"b": {"c": {"d": {"e": {"f": {"g": [_A, _B]}}}}}}}, None),
        ({**{f"k{n}": {"n": n} for n in range(150)}, "last": {"list": [{"land": "DE"}, _A, _B]}}, None),
        ({"x.y": {"r[]": [_A, _B]}}, None),
        ({"de": [_A, _B], "fr": [_A]}, "de[]"),
        ([{**_A, "branches": [_B]}, _B], None),
        ([{**_A, "branches": [_B]}, _B], "."),
    ],
    ids=["beside other lists", "deep", "behind others", "no path", "with a path", "of rows", "of rows as a whole"],
)
def test_the_only_list_that_has_the_columns_holds_the_rows(
    run: Callable[..., Imported], content: object, rows: str | None
) -> None:
    """Wherever it is; objects in a row are a part of it."""
    path = f'    rows: "{rows}"\n' if rows else ""
    assert sorted(records(run(_TABLE + path, a__json=json.dumps(content)))) == ["a", "b"]


def test_an_object_that_is_the_only_row(run: Callable[..., Imported]) -> None:
    """It has all columns, and its lists less than half of them, or the mapping reads them as its part, or says so."""
    assert sorted(records(run(_TABLE, a__json=json.dumps({**_A, "owners": [{"name": "O"}]})))) == ["a"]
    whole = json.dumps({**_A, "branches": [_B]})
    assert sorted(records(run(f'{_TABLE}    rows: "."\n', a__json=whole))) == ["a"]
    nested = 'tables: {a: {records: [{class: Company, id: "{id}", label: "{name}", altLabel: "{branches[].name}"}]}}\n'
    assert fields(run(nested, a__json=whole), "label", "alt_label") == [("A", "('B',)")]
    renamed = run(_TABLE, ReadOptions(rename=(("key", "id"),)), a__json=json.dumps({"x": {"y": [{**_A, "key": "k"}]}}))
    assert renamed.report.rows == 1


def test_long_names_around_many_lists_are_held_once(tmp_path: Path) -> None:
    """A hostile file takes no more memory than its size: it is refused with names cut to what a message holds."""
    value = {"x" * 100_000: {f"a{number}": [{"q": 1}] for number in range(2_000)}}
    tracemalloc.start()
    with pytest.raises(InvalidData, match=r"no column .* at 1,995 more places") as raised:
        list_of_rows(ForeignFile("a.json", tmp_path), value, RowColumns([frozenset({"id"})], frozenset({"id"})))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(str(raised.value)) < 2_000
    assert peak < 10_000_000
