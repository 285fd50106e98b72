"""Workbooks: each sheet a table named by the sheet, each cell as the text that a table would have."""

from __future__ import annotations

import contextlib
import io
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.authoring.named_sources import read_sources
from knockon.authoring.options import ReadOptions
from knockon.authoring.read import read_data_set
from knockon.authoring.source import Source
from knockon.errors import InvalidData, UsageError
from knockon.model import Company, Dependency, Event
from support.workbook_file import error, formula, number, workbook

HEADER = ["dependant", "need", "provider", "share"]


@pytest.fixture(autouse=True)
def _reader() -> None:
    pytest.importorskip("python_calamine")


def problems(path: Path, options: ReadOptions | None = None) -> str:
    """What is wrong with a workbook."""
    with pytest.raises(InvalidData) as caught:
        read_data_set(path, options=options or ReadOptions())
    return str(caught.value).replace(f"{path.parent}/", "")


def test_a_sheet_is_read_like_a_csv_table(tmp_path: Path) -> None:
    """Text, numbers and percentages come out as a CSV file would have them."""
    rows = [HEADER, ["Shop", "stock", "Acme", number(0.45, 2)], ["Shop", "stock", "Beta", number(0.55)]]
    data_set = read_data_set(workbook(tmp_path / "book.xlsx", {"Sheet1": rows}))
    (csv,) = (tmp_path / "book.csv",)
    csv.write_text("dependant,need,provider,share\nShop,stock,Acme,45%\nShop,stock,Beta,0.55\n", "utf-8")
    assert data_set.records == read_data_set(csv).records
    assert data_set.notices == ()


def test_numbers_dates_and_saved_formulas_are_values(tmp_path: Path) -> None:
    """1.0 is 1, a day is a date, and a formula is what it came to."""
    rows = [["id", "label", "date"], [number(7.0), formula("Opening"), number(44540, 1)]]
    (event,) = read_data_set(workbook(tmp_path / "book.xlsx", {"Events": rows})).records
    assert isinstance(event, Event)
    assert (event.name, event.label, str(event.date)) == ("7", "Opening", "2021-12-10")


@pytest.mark.parametrize(("cell", "message"), [(error("#REF!"), "B3 is #REF!"), (formula(None), "B3 is a formula without")])
def test_what_was_never_worked_out_is_refused(tmp_path: Path, cell: str, message: str) -> None:
    """An error or a formula without a value is not a blank cell."""
    path = workbook(tmp_path / "book.xlsx", {"Companies": [["id", "label"], ["a", "A"], ["b", cell]]})
    assert f"book.xlsx!Companies:3: {message}" in problems(path)


def test_each_sheet_is_a_table_and_which_were_read_is_told(tmp_path: Path) -> None:
    """Sheets are named like files; empty ones are passed over, hidden ones too, with a notice."""
    sheets = {
        "Companies": [["id", "label"], ["shop", "Shop"], ["acme", "Acme"]],
        "Links": [["dependant", "need"], ["Shop", "Acme"]],
        "Empty": [],
        "Lists": [["anything"], ["x"]],
    }
    path = workbook(tmp_path / "book.xlsx", sheets, hidden=("Lists",))
    data_set = read_data_set(path)
    assert [type(record) for record in data_set.records] == [Company, Company, Dependency]
    notices = " ".join(notice.message for notice in data_set.notices)
    assert "read the sheets Companies, Links" in notices
    assert "hidden sheets skipped: Lists" in notices


def test_one_sheet_can_be_chosen(tmp_path: Path) -> None:
    """Notes beside the data are no table; --sheet says which is, and a wrong name is told the right ones."""
    path = workbook(tmp_path / "book.xlsx", {"Notes": [["Read me"]], "Links": [["dependant", "need"], ["Shop", "Acme"]]})
    assert "book.xlsx!Notes:1: cannot tell what these rows are" in problems(path)
    assert len(read_data_set(path, options=ReadOptions(sheets=("Links",))).records) == 3
    with pytest.raises(UsageError, match="did you mean Links"):
        read_data_set(path, options=ReadOptions(sheets=("Link",)))


def test_cells_merged_downwards_have_one_value(tmp_path: Path) -> None:
    """Each row gets the value of the merged cell, and it is told; cells merged across are refused."""
    rows = [["dependant", "need", "provider"], ["Shop", "stock", "Acme"], ["", "power", "Volt"]]
    data_set = read_data_set(workbook(tmp_path / "book.xlsx", {"Sheet1": rows}, {"Sheet1": "A2:A3"}))
    needs = [record.name for record in data_set.records if isinstance(record, Dependency)]
    assert needs == ["shop--needs--power", "shop--needs--stock"]
    assert "1 cell below merged ones" in data_set.notices[0].message
    across = workbook(tmp_path / "across.xlsx", {"Sheet1": rows}, {"Sheet1": "A2:B2"})
    assert "across.xlsx!Sheet1:2: has cells merged across columns" in problems(across)


def test_what_is_no_workbook_is_refused(tmp_path: Path) -> None:
    """Any bytes, and a workbook without a cell."""
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04 hello")
    assert "bad.xlsx: cannot be read as an Excel workbook" in problems(tmp_path / "bad.xlsx")
    assert "is empty" in problems(workbook(tmp_path / "book.xlsx", {"Sheet1": []}))
    with pytest.raises(InvalidData, match=r"contains the control character|cannot be read as an Excel workbook"):
        read_data_set(workbook(tmp_path / "control.xlsx", {"Sheet1": [["dependant", "need"], ["a\x01", "b"]]}))


@given(changes=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), min_size=1, max_size=20))
def test_a_damaged_workbook_is_an_error(changes: list[tuple[int, int]]) -> None:
    """Whatever bytes are changed, it is read, or refused with a message."""
    content = bytearray(workbook(io.BytesIO(), {"Companies": [["id", "label"], ["a", "A"], ["b", number(1.5)]]}).getvalue())
    for place, byte in changes:
        content[place % len(content)] = byte
    with contextlib.suppress(InvalidData):
        read_data_set(Source("book.xlsx", "book", ".xlsx", None, bytes(content)))


def test_a_sheet_of_no_workbook_is_refused(tmp_path: Path) -> None:
    """--sheet does not pass in silence."""
    (tmp_path / "a.csv").write_text("dependant,need\nA,B\n", "utf-8")
    with pytest.raises(UsageError, match="--sheet names a sheet of a workbook"):
        read_sources([tmp_path / "a.csv"], ReadOptions(sheets=("A",)))


def test_without_the_reader_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error says what to install."""
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    path = workbook(tmp_path / "book.xlsx", {"Sheet1": [HEADER]})
    with pytest.raises(UsageError, match=r"pip install 'knockon\[excel\]'"):
        read_data_set(path)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"dependant,need\n", "File is not a zip file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "it is one of Excel before 2007, or has a password"),
        (None, "it is another zip archive"),
    ],
)
def test_what_is_no_workbook_needs_no_reader(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None, why: str
) -> None:
    """It is refused as such where nothing is installed, and not with the extra."""
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    path = tmp_path / "book.xlsx"
    if content is None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("readme.txt", "no workbook")
    else:
        path.write_bytes(content)
    assert f"cannot be read as an Excel workbook: {why} (save it as .xlsx" in problems(path)


def test_flows_may_be_a_sheet(tmp_path: Path) -> None:
    """A table of flows is read from a workbook as from CSV."""
    from knockon.authoring.flow_tables import is_table, read_flows

    rows = [["Supplier", "Customer", "Value"], ["a", "b", number(3)], ["b", "c", number(1.5)]]
    path = workbook(tmp_path / "flows.xlsx", {"Sheet1": rows})
    assert is_table(path)
    assert read_flows(path).value.tolist() == [3.0, 1.5]
