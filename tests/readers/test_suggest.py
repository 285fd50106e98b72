"""Drafts of mappings: valid, marked where they guess, and harmless whatever a file holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from knockon.authoring.options import DEFAULTS
from knockon.errors import InvalidData
from knockon.readers.import_files import import_files
from knockon.readers.import_report import Imported
from knockon.readers.input_files import foreign_files
from knockon.readers.mapping.suggest import suggest_mapping
from support.workbook_file import text, workbook


def drafted(tmp_path: Path, name: str, content: str) -> tuple[str, Imported]:
    """The draft for a file, and what importing the file with it gives."""
    file = tmp_path / name
    file.write_text(content, "utf-8")
    (found,) = foreign_files(file)
    draft = suggest_mapping(found, DEFAULTS)
    (tmp_path / "draft.yaml").write_text(draft, "utf-8")
    return draft, import_files([file], tmp_path / "draft.yaml")


@pytest.mark.parametrize(
    ("name", "content", "cls"),
    [
        ("a.csv", "id,name,country,start date\n1,Acme,FR,02.12.2019\n2,Bob & Co,DE,03.01.2020\n", "Company"),
        ("b.csv", "supplier,customer\nAcme,Bob\n", "Dependency"),
        ("c.csv", "Buyer;Part;Vendor;Share\nBob;glue;Acme;60%\n", "Dependency"),
        ("d.csv", "provider_name,provider_id,provided_id,share_provided\nAcme,P1,N1,2.5\n", "Provision"),
        ("e.csv", "owner,company,percentage\nAnn,Acme,50\n", "Ownership"),
        (
            "n.json",
            '{"data": {"head": {"day": "2024"}, "list": {"firm": [{"id": "x1", "name": "Acme", "country": "FR"}]}}}',
            "Company",
        ),
        ("f.json", '[{"id": "x1", "name": "Acme", "names": [{"alias": "A"}]}]', "Company"),
    ],
)
def test_a_draft_imports_its_file(tmp_path: Path, name: str, content: str, cls: str) -> None:
    """The class is guessed from the columns, each guess is marked, and the draft works as it is."""
    draft, imported = drafted(tmp_path, name, content)
    assert "# GUESS" in draft
    assert dict(imported.report.records)[cls] >= 1


def test_what_a_file_holds_stays_text(tmp_path: Path) -> None:
    """Names and cells with quotes, colons, line ends and control characters neither break nor extend the draft."""
    hostile = 'na"me: {x}\n]: &a,"b\x85\u2028c"\n"va\nlue: # x",y\n'
    file = tmp_path / "odd: name].csv"
    file.write_text('"na""me: ]: &a","b\x85\u2028c"\n"va\nlue: # x",y\n', "utf-8")
    (found,) = foreign_files(file)
    draft = suggest_mapping(found, DEFAULTS)
    assert hostile not in draft
    assert draft.isprintable() or all(line.isprintable() for line in draft.split("\n"))
    (tmp_path / "draft.yaml").write_text(draft, "utf-8")
    assert import_files([file], tmp_path / "draft.yaml").report.rows == 1


def test_a_file_without_rows_gives_no_draft(tmp_path: Path) -> None:
    """An empty table is an error, not an empty draft."""
    (tmp_path / "a.csv").write_text("a,b\n")
    (found,) = foreign_files(tmp_path / "a.csv")
    with pytest.raises(InvalidData, match="has no rows"):
        suggest_mapping(found, DEFAULTS)


def test_numbers_and_years_are_told_from_each_other(tmp_path: Path) -> None:
    """Numbers are read with the signs of their table, and years alone as dates where the name of the column says so."""
    content = (
        "Firma;Founded;Staff;Sales;Share;Seen\nAcme;1998;1.200;1.200.000,00;12,5;2023-05-01\nBob;2004;950;3.500,50;40;2024\n"
    )
    draft, imported = drafted(tmp_path, "list.csv", content)
    assert '{of: "Founded", date: "YYYY"}' in draft
    assert '{of: "Sales", number: any, decimal: ",", thousands: "."}' in draft
    assert '{of: "Staff", number: any, decimal: ",", thousands: "."}' in draft
    assert '{of: "Share", number: percent, decimal: ","}' in draft
    assert '{of: "Seen", date: "ISO"}' in draft
    assert imported.report.rejected == ()
    point, _ = drafted(tmp_path, "point.csv", 'firm,staff,sales,model\nAcme,2001,"1,200",1998\nBob,1999,900,2004\n')
    assert '{of: "sales", number: any, thousands: ","}' in point
    assert '{of: "staff", number: any}  # GUESS: "2001"; or years: date: YYYY' in point
    doubtful, _ = drafted(tmp_path, "day.csv", "firm,start\nAcme,01/02/2020\n")
    assert "or MM/DD/YYYY: no day is above 12" in doubtful


def test_the_draft_for_a_workbook_is_of_its_largest_sheet(tmp_path: Path) -> None:
    """A cover before it is passed over, and the draft names the sheet."""
    pytest.importorskip("python_calamine")
    sheets = {"Cover": [[text("Our list")]], "Firms": [[text("id"), text("name")], [text("A1"), text("Acme")]]}
    (file,) = foreign_files(workbook(tmp_path / "list.xlsx", sheets))
    draft = suggest_mapping(file, DEFAULTS)
    assert 'sheet: "Firms"' in draft
    (tmp_path / "draft.yaml").write_text(draft, "utf-8")
    assert dict(import_files([tmp_path / "list.xlsx"], tmp_path / "draft.yaml").report.records)["Company"] == 1


def test_a_line_of_text_before_the_header(tmp_path: Path) -> None:
    """The draft says how such lines are left out."""
    draft, _ = drafted(tmp_path, "list.csv", "Suppliers\nAs of today\n")
    assert "skip: LINES" in draft


def test_a_draft_lists_each_value_around_the_rows_once(tmp_path: Path) -> None:
    """By its shortest path, and never the list of the rows itself or another one, which says nothing of a row."""
    rows = '{"data": {"recs": {"rec": [{"id": "a"}, {"id": "b"}], "other": [{"id": "x", "q": 1}]}, "meta": {"n": 2}}}'
    draft, imported = drafted(tmp_path, "a.json", rows)
    listed = [line.split('"')[1] for line in draft.splitlines() if line.startswith('#   "')]
    assert listed == ["id", "^.^.meta.n"]
    assert imported.report.rows == 2


def test_a_draft_for_objects_under_names(tmp_path: Path) -> None:
    """Each object is a row, and its name an id."""
    draft, imported = drafted(tmp_path, "a.json", '{"firms": {"Acme": {"city": "Rome"}, "Beta": {"city": "Oslo"}}, "n": 2}')
    assert 'rows: "firms{}"' in draft
    assert sorted(str(record.label) for record in imported.data_set.records if record.rdf_class == "Company") == [
        "Acme",
        "Beta",
    ]


def test_a_draft_for_a_list_that_has_no_path(tmp_path: Path) -> None:
    """The only list of a file is found by its columns; of several, it is an error that says why."""
    draft, imported = drafted(tmp_path, "a.json", '{"x.y": {"r[]": [{"id": "a", "name": "A"}]}}')
    assert 'columns: ["id", "name"]' in draft
    assert (imported.report.rows, dict(imported.report.records)["Company"]) == (1, 1)
    with pytest.raises(InvalidData, match=r"JSON pointer /x\.y/r\[\], and names with \. \[ \] \{ or \} are no steps"):
        drafted(tmp_path, "b.json", '{"x.y": {"r[]": [{"id": "a"}, {"id": "b"}]}, "o": [{"q": 1}]}')


def test_a_header_of_two_rows(tmp_path: Path) -> None:
    draft, _ = drafted(tmp_path, "a.csv", "Drug;;Maker\nNo.;Name;Name\n1;Pills;Acme\n")
    assert "Say header: ROWS" in draft
    assert "Say header" not in drafted(tmp_path, "b.csv", "Drug,Maker,\nPills,Acme,\n")[0], "an empty last column is none"
