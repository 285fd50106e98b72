"""The file of rejected rows, read again: what was not corrected is rejected again, what was corrected is taken."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knockon.authoring.named_sources import read_sources
from knockon.authoring.options import ReadOptions
from knockon.authoring.rejects import Journal
from knockon.authoring.rejects_file import RejectedTable, WrittenRow, as_csv, cells_by_column
from knockon.errors import InvalidData
from knockon.present.rows.imports import import_notes
from knockon.readers.import_files import import_files
from knockon.readers.import_report import ImportReport, NothingImported
from knockon.readers.mapping.paths import follow, part_along, path_steps
from knockon.readers.written_rejects import write_rejects
from support.workbook_file import text, workbook

HEAD = "title: Test\nname: test\n"
COMPANIES = HEAD + 'tables: {a: {records: [{class: Company, id: "{id}", label: "{name}"}]}}\n'
#: Cells that are sound, and such that a spreadsheet, a terminal or the file itself could read otherwise.
CELLS = st.one_of(
    st.sampled_from(["A", "=1+1", "'=1", "\x85x", "a\x7f", "\\x7f", "json:[1]", 'json:"', "-3", "a,b", 'q"', "a\nb"]),
    st.sampled_from(["surplus cell 3", "(missing)", "\\(missing)", " (missing)"]),
    st.text(alphabet="ab'=\\x7f,;|", min_size=1, max_size=4).filter(lambda cell: bool(cell.strip())),
)
#: Rows of a table of two columns, too short, too long and faulty ones among them.
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=5)


def run(folder: Path, mapping: str, *files: Path, name: str = "r.csv") -> ImportReport:
    """Import files with a file of rejected rows; the report, also where nothing is sound."""
    (folder / "m.yaml").write_text(mapping, "utf-8")
    options = ReadOptions(rejects=folder / name)
    try:
        report = import_files(list(files), folder / "m.yaml", options=options).report
    except NothingImported as error:
        report = error.report
    write_rejects(report, options)
    return report


def written(folder: Path, name: str, rows: list[list[str]]) -> Path:
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    path = folder / name
    path.write_text(stream.getvalue(), "utf-8", newline="")
    return path


@settings(deadline=None)
@given(rows=ROWS)
def test_what_is_not_corrected_is_rejected_again(rows: list[list[str]]) -> None:
    """Rows of any width and content: the rejects of the rejects are the same bytes, however often, and nothing is taken."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = run(folder, COMPANIES, written(folder, "a.csv", [["id", "name"], *rows]))
        if not first.rejected:
            return
        again = run(folder, COMPANIES, folder / "r.csv", name="r2.csv")
        assert len(again.rejected) == again.rows == len(first.rejected)
        assert (folder / "r2.csv").read_bytes() == (folder / "r.csv").read_bytes()


@settings(deadline=None)
@given(rows=ROWS)
def test_a_row_is_read_back_as_it_was(rows: list[list[str]]) -> None:
    """The cells of each row, those that it lacks or that are too many included."""
    columns = ["id", "name"]
    content = as_csv(WrittenRow("a.csv", str(at), "?", cells_by_column(columns, row)) for at, row in enumerate(rows))
    header, *lines = csv.reader(io.StringIO(content, newline=""))
    table = RejectedTable(header)
    assert table.columns == [name for name in columns if name in header]
    assert [table.row(line).cells for line in lines] == list(rows)


@given(rows=ROWS, typed=st.lists(st.one_of(st.none(), st.just("(missing)"), CELLS), max_size=3))
def test_what_was_typed_is_kept(rows: list[list[str]], typed: list[str | None]) -> None:
    """In any cells, with others before them that are still missing: rows that are rejected again are the same bytes."""
    columns = ["id", "name", "country"]
    content = as_csv(WrittenRow("a.csv", str(at), "?", cells_by_column(columns, row)) for at, row in enumerate([*rows, []]))
    header, *lines = csv.reader(io.StringIO(content, newline=""))
    texts = {"id": "", "name": "", "country": ""} | {name: text for name, text in zip(columns, typed, strict=False) if text}
    edited = as_csv([WrittenRow("a.csv", "0", "?", texts)])
    _, new = csv.reader(io.StringIO(edited, newline=""))
    lines[-1][3:6] = [cell if text else old for cell, text, old in zip(new[3:], texts.values(), lines[-1][3:6], strict=True)]
    cells = RejectedTable(header).row(lines[-1]).cells
    assert cells + ["(missing)"] * (3 - len(cells)) == [text or "(missing)" for text in texts.values()]
    (again,) = list(csv.reader(io.StringIO(as_csv([WrittenRow("a.csv", "0", "?", cells_by_column(columns, cells))]))))[1:]
    assert again[3:] == lines[-1][3:6]


@pytest.mark.parametrize("command", ["import", "load"])
def test_a_correction_stays_while_an_earlier_cell_is_missing(tmp_path: Path, command: str) -> None:
    """Both commands keep what was typed, and say which column is still missing."""
    path = written(tmp_path, "u.csv", [["dependant", "need", "provider", "share", "comment"], ["U", "v"]])
    mapping = (
        HEAD + 'tables: {a: {records: [{class: Dependency, dependant: "{dependant}", need: "{need}", comment: "{share}"}]}}\n'
    )

    def rejects_of(source: Path, name: str) -> str:
        if command == "import":
            run(tmp_path, mapping, source, name=name)
        else:
            with pytest.raises(InvalidData, match="every row was rejected"):
                loaded(source, tmp_path / name)
        return (tmp_path / name).read_text()

    first = rejects_of(path, "r.csv")
    assert "U,v,(missing),(missing),(missing)\n" in first
    (tmp_path / "r.csv").write_text(first.replace("(missing),(missing)\n", "0.4,my careful comment\n"))
    again = rejects_of(tmp_path / "r.csv", "r2.csv")
    assert "provider is still missing" in again
    assert "U,v,(missing),0.4,my careful comment\n" in again
    assert rejects_of(tmp_path / "r2.csv", "r3.csv") == again


@pytest.mark.parametrize("name", ["unreadable text", "surplus cell 3", "\\surplus cell 3", "(missing)"])
def test_a_column_may_have_a_name_of_the_file(tmp_path: Path, name: str) -> None:
    """It is a column of the rows, also beside the one of the file."""
    mapping = COMPANIES.replace("{name}", f"{{{name}}}".replace("\\", "\\\\"))
    path = written(tmp_path, "a.csv", [["id", name], ["A"], ["B", "Bee", "x"], ["C", "C\x01ee"]])
    assert len(run(tmp_path, mapping, path).rejected) == 3
    content = (tmp_path / "r.csv").read_text()
    assert len(run(tmp_path, mapping, tmp_path / "r.csv", name="r2.csv").rejected) == 3
    assert (tmp_path / "r2.csv").read_text() == content
    (tmp_path / "r.csv").write_text(content.replace("A,(missing)", "A,Ay").replace("Bee,x", "Bee,").replace("\\x01", ""))
    assert run(tmp_path, mapping, tmp_path / "r.csv", name="r3.csv").rejected == ()


def test_json_that_somebody_broke_is_kept_as_it_was_typed(tmp_path: Path) -> None:
    """It is rejected as often as it is imported, and never taken as text."""
    mapping = HEAD + 'tables: {a: {records: [{class: Company, id: "{id}", altLabel: "{names}", until: "{end}"}]}}\n'
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "A", "names": ["A1", "A2"], "end": "someday"}\n')
    run(tmp_path, mapping, path)
    (tmp_path / "r.csv").write_text((tmp_path / "r.csv").read_text().replace('""A2""]', '""A2""').replace("someday", "2024"))
    for name, source in (("r2.csv", "r.csv"), ("r3.csv", "r2.csv")):
        (place,) = run(tmp_path, mapping, tmp_path / source, name=name).rejected
        assert "names is not valid JSON" in place.reason
        assert 'json:[""A1"", ""A2"""' in (tmp_path / name).read_text()


@settings(deadline=None)
@given(rows=ROWS)
def test_load_rejects_again_what_is_not_corrected(rows: list[list[str]]) -> None:
    """The same for tables of our own format: dependant, need, criticality."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = written(folder, "a.csv", [["dependant", "need", "criticality"], ["Shop", "power", "High"], *rows])
        try:
            rejected = loaded(path, folder / "r.csv")
        except InvalidData:
            return  # the file itself
        if not rejected:
            return
        with pytest.raises(InvalidData, match="every row was rejected"):
            loaded(folder / "r.csv", folder / "r2.csv")
        assert (folder / "r2.csv").read_bytes() == (folder / "r.csv").read_bytes()


def loaded(path: Path, rejects: Path) -> int:
    """Load a file with a file of rejected rows, written also where nothing is sound; return how many there are."""
    journal = Journal(ReadOptions(rejects=rejects))
    try:
        read_sources([path], journal.options, journal=journal)
    finally:
        journal.write()
    return len(journal.rows)


def test_what_is_corrected_is_taken(tmp_path: Path) -> None:
    """A missing cell that is filled in, and a surplus one that is emptied; the others are rejected again."""
    run(
        tmp_path,
        COMPANIES,
        written(tmp_path, "a.csv", [["id", "name"], ["B"], ["C", "Cee", "x"], ["D"], ["E", "Eve\x85", "y"]]),
    )
    rejects = tmp_path / "r.csv"
    assert rejects.read_text().splitlines()[0] == "file,line,problem,id,name,surplus cell 3"
    rejects.write_text(rejects.read_text().replace("B,(missing)", "B,Bee").replace("Cee,x", "Cee,"))
    again = run(tmp_path, COMPANIES, rejects, name="r2.csv")
    assert (dict(again.records)["Company"], [place.line for place in again.rejected]) == (2, [4, 5])
    assert [row["line"] for row in csv.DictReader(io.StringIO((tmp_path / "r2.csv").read_text()))] == ["4", "5"]


def test_rejected_rows_find_their_table_among_columns_that_it_does_not_read(tmp_path: Path) -> None:
    """Rows of a file with more columns that the mapping does not read than columns that it does."""
    table = [["supplier", "customer", *"pqrs"], ["a\0", "b", *"1234"], ["c", "d", *"5678"]]
    run_shipped(tmp_path, written(tmp_path, "e.csv", table), "r.csv")
    rejects = tmp_path / "r.csv"
    rejects.write_text(rejects.read_text().replace("a\\x00", "a"))
    assert dict(run_shipped(tmp_path, rejects, "r2.csv").records)["Dependency"] == 1


def test_rejected_members_of_a_list_of_json_find_their_table(tmp_path: Path) -> None:
    """Those that are no objects have the table of the other rows of their file, and are rejected again."""
    path = tmp_path / "e.json"
    path.write_text('[{"supplier": "a", "customer": "b"}, 5, {"supplier": {"x": 1}, "customer": "b"}]')
    run_shipped(tmp_path, path, "r.csv")
    assert len(run_shipped(tmp_path, tmp_path / "r.csv", "r2.csv").rejected) == 2


def run_shipped(folder: Path, file: Path, rejects: str) -> ImportReport:
    """Import a list of edges by the shipped mapping, which has two tables, with a file of rejected rows."""
    options = ReadOptions(rejects=folder / rejects)
    try:
        report = import_files([file], "edges", options=options).report
    except NothingImported as error:
        report = error.report
    write_rejects(report, options)
    return report


@pytest.mark.parametrize("delimiter", [";", "\t", "xlsx"])
def test_a_spreadsheet_may_have_written_it_again(tmp_path: Path, delimiter: str) -> None:
    """With another delimiter, which Excel may state in a line before, or as a workbook."""
    run(tmp_path, COMPANIES, written(tmp_path, "a.csv", [["id", "name"], ["B"], ["C", "Cee", "x"]]))
    rows = list(csv.reader(io.StringIO((tmp_path / "r.csv").read_text())))
    path = tmp_path / ("saved.xlsx" if delimiter == "xlsx" else "saved.csv")
    if delimiter == "xlsx":
        workbook(path, {"r": [[text(cell) for cell in row] for row in rows]})
    else:
        lines = ["sep=;"] * (delimiter == ";") + [delimiter.join(f'"{cell}"' for cell in row) for row in rows]
        path.write_text("\n".join(lines) + "\n")
    assert [row.origin for row in run(tmp_path, COMPANIES, path, name="r2.csv").rejected] == [
        tuple(row[:2]) for row in rows[1:]
    ]


def test_the_file_is_utf_8_whatever_the_table_is(tmp_path: Path) -> None:
    """Also where the options of the first import are given again, and the first bytes end within a letter."""
    name = "Überlange Bezeichnung der Firma in der Sprache des Landes ihres Sitzes und aller Zweigstellen"
    mapping = HEAD + f'encoding: cp1252\ntables: {{a: {{records: [{{class: Company, id: "{{id}}", label: "{{{name}}}"}}]}}}}\n'
    (tmp_path / "m.yaml").write_text(mapping, "utf-8")
    path = tmp_path / "a.csv"
    path.write_bytes(f"id;x;{name}\nA;1\n".encode("cp1252"))
    run(tmp_path, mapping, path)
    rejects = tmp_path / "r.csv"
    rejects.write_text(rejects.read_text("utf-8").replace("(missing)", "Süd"), "utf-8")
    found = import_files([rejects], tmp_path / "m.yaml", options=ReadOptions(encoding="cp1252"))
    assert [str(record.label) for record in found.data_set.records if record.rdf_class == "Company"] == ["Süd"]


def test_lines_of_json_keep_their_lists_objects_and_text(tmp_path: Path) -> None:
    """What a path leads to is there again; what is no JSON is rejected again until its text is replaced by values."""
    mapping = HEAD + (
        'tables: {a: {records: [{class: Company, id: "{id}", label: "{at.name}", altLabel: "{names}", until: "{end}"}]}}\n'
    )
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": "A", "at": {"name": "Acme"}, "names": ["A1", "A2"], "end": "someday"}\n{bad\n[1]\n')
    first = run(tmp_path, mapping, path)
    assert len(run(tmp_path, mapping, tmp_path / "r.csv", name="r2.csv").rejected) == len(first.rejected) == 3
    assert (tmp_path / "r.csv").read_bytes() == (tmp_path / "r2.csv").read_bytes()
    content = (tmp_path / "r2.csv").read_text().replace("someday", "2024")
    (tmp_path / "r2.csv").write_text(content)
    report = import_files([tmp_path / "r2.csv"], tmp_path / "m.yaml", options=ReadOptions(rejects=tmp_path / "r3.csv"))
    (record,) = (record for record in report.data_set.records if record.rdf_class == "Company")
    assert (str(record.label), sorted(map(str, record.alt_label))) == ("Acme", ["A1", "A2"])
    assert [place.line for place in report.report.rejected] == [3, 4]


#: Values of JSON with few names, so that paths lead somewhere.
VALUES = st.recursive(
    st.sampled_from(["a", "", None]),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("xy"), inner, max_size=2)),
    max_leaves=8,
)
PATHS = st.lists(st.lists(st.sampled_from(["x", "y", "x[]", "y[]"]), min_size=1, max_size=3).map(".".join), max_size=3)


@given(value=VALUES, paths=PATHS)
def test_the_part_that_is_kept_of_the_objects_around_a_row_is_what_its_paths_read(value: Any, paths: list[str]) -> None:
    """Each path finds in it what it finds in the whole; an empty list may be nothing, as it is for every template."""
    steps = [path_steps(path) for path in paths]
    part = part_along(value, steps)
    assert [follow(part, path) or None for path in steps] == [follow(value, path) or None for path in steps]
    assert part_along(part, steps) == part


def test_of_the_objects_around_a_row_only_what_is_read_is_written(tmp_path: Path) -> None:
    """And cells of any length are read again: the list of a row is longer than a cell of CSV may be otherwise."""
    fields = 'id: "{id}", label: "{id} {^.^.^.data.meta.n}", until: "{end}"'
    mapping = HEAD + f'tables: {{a: {{rows: "data.recs.rec[]", records: [{{class: Company, {fields}}}]}}}}\n'
    around = {
        "data": {"recs": {"rec": [{"id": "A", "end": "soon", "many": ["z" * 99] * 2_000}]}, "meta": {"n": 2, "o": "other"}}
    }
    path = tmp_path / "a.json"
    path.write_text(json.dumps(around))
    limit = csv.field_size_limit()
    run(tmp_path, mapping, path)
    content = (tmp_path / "r.csv").read_text()
    assert '"json:{""^"": {""^"": {""data"": {""meta"": {""n"": ""2""}}}}}"' in content
    run(tmp_path, mapping, tmp_path / "r.csv", name="r2.csv")
    assert (tmp_path / "r2.csv").read_text() == content
    (tmp_path / "r.csv").write_text(content.replace("A,soon", "A,2024"))
    assert run(tmp_path, mapping, tmp_path / "r.csv", name="r3.csv").rejected == ()
    assert csv.field_size_limit() == limit


def test_a_list_around_many_rows_is_written_once(tmp_path: Path) -> None:
    """Each row has its name, finds it again in any table that is made of the file, and says where it is not found."""
    fields = 'id: "{id}", label: "{id}", altLabel: "{^.people[].name}", until: "{end}"'
    mapping = HEAD + f'tables: {{a: {{rows: "recs[]", records: [{{class: Company, {fields}}}]}}}}\n'
    people = [{"name": f"Person {number}"} for number in range(50)]
    recs = [{"id": f"r{number}", "end": "soon"} for number in range(20)] + [{"id": "json#0", "end": "json#0123456789ab"}]
    (tmp_path / "a.json").write_text(json.dumps({"people": people, "recs": recs}))
    run(tmp_path, mapping, tmp_path / "a.json")
    content = (tmp_path / "r.csv").read_text()
    assert content.count("Person 49") == 1
    run(tmp_path, mapping, tmp_path / "r.csv", name="r2.csv")
    assert (tmp_path / "r2.csv").read_text() == content
    header, first, *others = content.splitlines(keepends=True)
    (tmp_path / "r.csv").write_text(header + first + "".join(others).replace(",soon", ",2024", 3))
    left = run(tmp_path, mapping, tmp_path / "r.csv", name="r3.csv").rejected
    assert len(left) == len(recs) - 3
    (tmp_path / "r.csv").write_text("".join([header, *others, first]))
    moved = run(tmp_path, mapping, tmp_path / "r.csv", name="r4.csv").rejected
    assert sum("which no row above has" in place.reason for place in moved) == len(others)


def test_a_long_cell_is_loaded_again(tmp_path: Path) -> None:
    """Escapes make it longer than a cell of a table may be."""
    path = written(tmp_path, "a.csv", [["dependant", "need"], ["Shop", "power"], ["\\x01" * 30_000, "v", "x"]])
    assert loaded(path, tmp_path / "r.csv") == 1
    with pytest.raises(InvalidData, match="every row was rejected"):
        loaded(tmp_path / "r.csv", tmp_path / "r2.csv")
    assert (tmp_path / "r2.csv").read_bytes() == (tmp_path / "r.csv").read_bytes()


def test_lines_that_are_no_json_have_the_columns_to_fill_in(tmp_path: Path) -> None:
    """Also where no other row is rejected; what is filled in stays until the text is removed, and is taken then."""
    mapping = HEAD + 'tables: {a: {records: [{class: Company, id: "{LEI.id}", label: "{at.name}"}]}}\n'
    path = tmp_path / "a.jsonl"
    path.write_text("broken\n")
    run(tmp_path, mapping, path)
    header, line = (tmp_path / "r.csv").read_text().splitlines()
    assert header == "file,line,problem,LEI.id,at.name,unreadable text"
    (tmp_path / "r.csv").write_text(f"{header}\n{line.replace(',,,broken', ',A,Acme,broken')}\n")
    (place,) = run(tmp_path, mapping, tmp_path / "r.csv", name="r2.csv").rejected
    assert "empty the column unreadable text" in place.reason
    content = (tmp_path / "r2.csv").read_text()
    assert content.endswith(",A,Acme,broken\n")
    (tmp_path / "r2.csv").write_text(content.replace("Acme,broken", "Acme,"))
    report = run(tmp_path, mapping, tmp_path / "r2.csv", name="r3.csv")
    assert (report.rejected, dict(report.records)["Company"]) == ((), 1)


def test_fields_beside_the_object_that_they_are_in_count(tmp_path: Path) -> None:
    """A mapping that reads nothing but what is inside objects reads their rejected rows; a column of a path corrects one."""
    mapping = HEAD + 'tables: {a: {records: [{class: Company, id: "{LEI.id}", label: "{LEI.id}", until: "{at.end}"}]}}\n'
    path = tmp_path / "a.jsonl"
    path.write_text('{"LEI": {"id": "A"}, "at": {"end": "someday"}}\nbroken\n')
    run(tmp_path, mapping, path)
    assert len(run(tmp_path, mapping, tmp_path / "r.csv", name="r2.csv").rejected) == 2
    rows = list(csv.reader(io.StringIO((tmp_path / "r2.csv").read_text())))
    rows[1][rows[0].index("at.end")] = "2024"
    (place,) = run(tmp_path, mapping, written(tmp_path, "c.csv", rows), name="r3.csv").rejected
    assert place.origin == (str(path), "2")


def test_messages_say_which_object_of_a_file_without_lines_is_rejected(tmp_path: Path) -> None:
    """With a file of rejected rows as without."""
    path = tmp_path / "rows.json"
    path.write_text('{"x": {"rows": [1, {"id": "A", "name": "Acme"}]}}')
    mapping = COMPANIES.replace("records", 'rows: "x.rows[]", records')
    report = run(tmp_path, mapping, path)
    message = "rows.json: is not an object at pointer:/x/rows/0"
    assert [note.endswith(message) for note in import_notes(report, ReadOptions())].count(True) == 1
    with pytest.raises(InvalidData, match=re.escape(message)):
        import_files([path], tmp_path / "m.yaml")


def test_all_cells_of_a_rejected_row_of_a_matrix_are_kept(tmp_path: Path) -> None:
    """A row is rejected for one of its cells: each of them is a line of the file."""
    mapping = (
        HEAD
        + """
tables:
  a:
    matrix: {index: [from], header: [to], value: share}
    records: [{class: Ownership, owner: "{from}", owned: "{to}", share: "{share}"},
              {class: Company, id: "{from}", label: "{from}"}, {class: Company, id: "{to}", label: "{to}"}]
"""
    )
    path = written(tmp_path, "a.csv", [["", "x", "y"], ["a", "0.5", "lots"], ["b", "0.2", "0.1"]])
    first = run(tmp_path, mapping, path)
    assert [place.line for place in first.rejected] == [2]
    (tmp_path / "r.csv").write_text((tmp_path / "r.csv").read_text().replace("lots", "0.4"))
    again = run(tmp_path, mapping, tmp_path / "r.csv", name="r2.csv")
    assert (dict(again.records)["Ownership"], again.rejected) == (2, ())


def test_rejected_rows_of_several_tables_without_header_go_to_their_tables(tmp_path: Path) -> None:
    """Those of OFAC's lists: short and long rows of the entries, the addresses and the other names, each by its file."""
    entries = [["1", "ACME", "-0-", "SDGT", *["-0-"] * 8], ["2", "BOLT", "-0-"], ["3", "CRUX", *["-0-"] * 12]]
    files = [
        written(tmp_path, "sdn.csv", entries),
        written(tmp_path, "add.csv", [["1", "1", "street", "city", "Malta", "-0-"], ["2", "2", "street"]]),
        written(tmp_path, "alt.csv", [["1", "1", "aka", "ACME LTD", "-0-"], ["3", "1", "aka", "CRUX LTD", "-0-", "x"]]),
    ]

    def counted(*paths: Path, name: str) -> ImportReport:
        options = ReadOptions(rejects=tmp_path / name)
        try:
            report = import_files(list(paths), "ofac", options=options).report
        except NothingImported as error:
            report = error.report
        write_rejects(report, options)
        return report

    first = counted(*files, name="r.csv")
    assert len(first.rejected) == 4
    again = counted(tmp_path / "r.csv", name="r2.csv")
    assert len(again.rejected) == 4
    places = [
        [(row["file"], row["line"]) for row in csv.DictReader(io.StringIO((tmp_path / name).read_text()))]
        for name in ("r.csv", "r2.csv")
    ]
    assert places[0] == places[1]
    rows = list(csv.DictReader(io.StringIO((tmp_path / "r.csv").read_text())))
    for row in rows:
        row.update({name: "" for name, cell in row.items() if cell == "(missing)" or name.startswith("surplus")})
        row.update({"program": "SDGT", "country": "Malta"} if row["file"].endswith(("sdn.csv", "add.csv")) else {})
    with (tmp_path / "corrected.csv").open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    corrected = counted(tmp_path / "corrected.csv", name="r3.csv")
    assert (corrected.rejected, dict(corrected.records)["Organization"]) == ((), 2)
    assert dict(corrected.records)["Jurisdiction"] == 1


def test_a_reader_says_where_its_rejected_rows_are_corrected(tmp_path: Path) -> None:
    """What a reader of a format rejects has no columns."""
    path = tmp_path / "r.csv"
    path.write_text("file,line,problem\na.jsonl,3,is not valid JSON\n")
    with pytest.raises(InvalidData, match="correct them in the files that they are from"):
        import_files([path], "bods")
    with pytest.raises(InvalidData, match="name their mapping"):
        import_files([path])


@pytest.mark.parametrize("header", [["id", "name", ""], ["id", "name", "x", "x"]], ids=["no name", "one name twice"])
def test_a_row_that_lacks_the_cell_of_a_column_without_a_name_is_rejected_again(tmp_path: Path, header: list[str]) -> None:
    """Or of the second column of a name; with the mark removed it is sound, and no other cell is lost."""
    table = written(tmp_path, "a.csv", [header, ["A", "Acme", *["kept"] * (len(header) - 3)]])
    assert len(run(tmp_path, COMPANIES, table).rejected) == 1
    again = run(tmp_path, COMPANIES, tmp_path / "r.csv", name="r2.csv")
    assert ["a column without a name is still missing" in row.reason for row in again.rejected] == [True]
    (row,) = csv.DictReader(io.StringIO((tmp_path / "r2.csv").read_text()))
    assert [row.get("x", "kept"), row["name"]] == ["kept", "Acme"]
    (tmp_path / "r2.csv").write_text((tmp_path / "r2.csv").read_text().replace("(missing)", ""))
    assert run(tmp_path, COMPANIES, tmp_path / "r2.csv", name="r3.csv").rejected == ()
