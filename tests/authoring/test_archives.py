"""A small workbook cannot make a large one in memory, whatever it says of itself."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from knockon.authoring import archives
from knockon.authoring.read import read_data_set
from knockon.errors import InvalidData
from support.workbook_file import workbook

_SHEET = "xl/worksheets/sheet1.xml"
_ROWS = [["dependant", "need", "provider"], ["Shop", "Power", "Volt"]]


@pytest.fixture(autouse=True)
def _reader() -> None:
    pytest.importorskip("python_calamine")


def _with(path: Path, change: dict[str, bytes]) -> Path:
    """A workbook with other contents in some of its parts."""
    workbook(path, {"deps": _ROWS})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**parts, **change}.items():
            archive.writestr(name, content)
    return path


def _row(at: int, texts: list[str]) -> str:
    cells = (f'<c r="{"ABC"[place]}{at}" t="inlineStr"><is><t>{text}</t></is></c>' for place, text in enumerate(texts))
    return f'<row r="{at}">{"".join(cells)}</row>'


def _sheet(rows: str, after: str = "") -> bytes:
    head = "".join(_row(at, texts) for at, texts in enumerate(_ROWS, 1))
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{main}"><sheetData>{head}{rows}</sheetData>{after}</worksheet>'.encode()


def _refused(path: Path) -> str:
    with pytest.raises(InvalidData) as caught:
        read_data_set(path)
    return str(caught.value)


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1048576"><c r="XFD1048576"/></row>',
        '<row r="4000000000"><c r="A4000000000"/></row>',
        '<row r="3"><c r="ZZZZZZ3"/></row>',
        "<row/>" * 20_000 + "<row>" + "<c/>" * 600 + "</row>",
        "<row/>" * 20_000 + "<row>" + "<c/><!--<row>-->" * 600 + "</row>",
    ],
)
def test_a_cell_far_away_is_not_laid_out(tmp_path: Path, rows: str) -> None:
    """A reader lays out all cells before the last: too many of them are refused, where they were a signal."""
    message = _refused(_with(tmp_path / "far.xlsx", {_SHEET: _sheet(rows)}))
    assert f"{_SHEET} has more than 10 million cells, blank ones included (delete what is not data, or split it)" in message


def test_a_declared_size_is_only_a_word(tmp_path: Path) -> None:
    """What a sheet says of its dimension counts for nothing; blank rows in it do no harm."""
    sheet = _sheet("<row/>" * 50_000).replace(b"<sheetData>", b'<dimension ref="A1:XFD1048576"/><sheetData>')
    assert len(read_data_set(_with(tmp_path / "book.xlsx", {_SHEET: sheet})).records) == 4


def test_what_unpacks_to_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The parts are counted, and what they unpack to, those without a table included."""
    path = _with(tmp_path / "bomb.xlsx", {"xl/media/picture.bin": bytes(2_000_000)})
    assert len(read_data_set(path).records) == 4
    monkeypatch.setattr(archives, "MAX_UNPACKED", 1_000_000)
    assert "unpacks to more than 1 MB" in _refused(path)
    monkeypatch.setattr(archives, "MAX_PARTS", 3)
    assert "has more than 3 parts" in _refused(path)


def test_a_part_that_is_larger_than_it_says_is_refused(tmp_path: Path) -> None:
    """The size that an archive states is held against what it unpacks to."""
    path = _with(tmp_path / "lie.xlsx", {"xl/sharedStrings.xml": b"<sst>" + b" " * 5_000_000 + b"</sst>"})
    data = bytearray(path.read_bytes())
    entry = data.find(b"PK\x01\x02")
    while entry >= 0:
        (length,) = struct.unpack_from("<H", data, entry + 28)
        if data[entry + 46 : entry + 46 + length] == b"xl/sharedStrings.xml":
            struct.pack_into("<I", data, entry + 24, 1_000)
        entry = data.find(b"PK\x01\x02", entry + 4)
    path.write_bytes(data)
    assert "cannot be read as an Excel workbook: Bad CRC-32 for file 'xl/sharedStrings.xml'" in _refused(path)


def test_merged_cells_that_overlap_are_refused(tmp_path: Path) -> None:
    """Ranges that repeat are not filled again and again."""
    merged = "<mergeCells>" + '<mergeCell ref="A2:A400"/>' * 400 + "</mergeCells>"
    rows = "".join(_row(at, ["Shop"]) for at in range(3, 401))
    message = _refused(_with(tmp_path / "m.xlsx", {_SHEET: _sheet(rows, merged)}))
    assert "has merged cells that overlap (unmerge them)" in message


def test_a_sheet_across_pieces_has_one_extent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows and cells are counted right wherever the XML is cut into pieces."""
    rows = b"<row><c/><c r='D1'/><c/></row>" * 50 + b"<row><c/>" + b"<c/>" * 40 + b"</row>"
    content = b"<worksheet><cols><col/></cols><sheetData>" + rows
    whole = archives.sheet_extent(content)
    assert (whole.rows, whole.columns) == (51, 41)
    for step in (7, 30, 64, 501):
        monkeypatch.setattr(archives, "_CHUNK", step)
        assert archives.sheet_extent(content) == whole
