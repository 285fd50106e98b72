"""What is inside a workbook: a zip archive of XML, whose parts may unpack, and be laid out, to far more than it has itself."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

#: Of what a workbook unpacks to, in bytes; of its parts; of the cells of a sheet.
UNPACKED, PARTS, CELLS = 500_000_000, 10_000, 10_000_000
_STEP = 1 << 24
_COLUMN = re.compile(rb"\sr\s*=\s*[\"']\$?([A-Za-z]+)\$?[0-9]")
_ROW = re.compile(rb"\sr\s*=\s*[\"'][$A-Za-z]*([0-9]+)")
_ROW_BEGINS = re.compile(rb"<(?:[\w.-]+:)?row(?=[\s/>])")
_CELL_BEGINS = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")


class Extent(NamedTuple):
    """How many rows and columns a reader lays out for a sheet, from the first on, whatever is in them."""

    rows: int
    columns: int

    @property
    def cells(self) -> int:
        """All cells, blank ones included."""
        return self.rows * self.columns


def fault_of_archive(archive: zipfile.ZipFile) -> str:
    """Why an archive is not to be read as a workbook: it comes to too much; empty where it may be.

    Every part is unpacked once, since an archive may say of its parts what it likes, and any of them may be a sheet.

    Raises
    ------
    zipfile.BadZipFile, zlib.error
        A part is damaged, or larger than it says.
    """
    parts = archive.infolist()
    if len(parts) > PARTS:
        return f"has more than {PARTS:,} parts"
    if sum(part.file_size for part in parts) > UNPACKED:
        return f"unpacks to more than {UNPACKED // 1_000_000} MB"
    for part in parts:
        with archive.open(part) as stream:
            # Piece by piece: read at once, a part is unpacked to its end before its size is looked at.
            content = b"".join(iter(lambda: stream.read(_STEP), b""))
        if extent_of_sheet(content).cells > CELLS:
            return too_large(part.filename)
    return ""


def too_large(sheet: str) -> str:
    """What is said of a sheet with too many cells."""
    return f"{sheet[:100]} has more than {CELLS // 1_000_000} million cells, blank ones included"


def extent_of_sheet(content: bytes) -> Extent:
    """How large the XML of a sheet is laid out: one cell in the last corner makes a reader lay out all that are before it.

    Rows and cells without a reference count as well: they follow the one before them.

    >>> extent_of_sheet(b'<row r="1"><c r="A1"/></row><row r="9"><c r="AB9"/></row>')
    Extent(rows=9, columns=28)
    >>> extent_of_sheet(b"<row><c/><c/><c/></row><row><c/></row>")
    Extent(rows=2, columns=3)
    """
    rows = columns = placed = before = 0
    for piece in _pieces(content):
        columns = max([columns, *map(_number, set(_COLUMN.findall(piece)))])
        rows = max([rows, *(int(row[:12]) for row in set(_ROW.findall(piece)))])
        in_rows = _ROW_BEGINS.split(piece)
        placed += len(in_rows) - 1
        # In a comment, what looks like a row is none.
        cells = [_cells(piece)] if b"<!" in piece else [_cells(part) for part in in_rows]
        cells[0] += before
        columns, before = max(columns, *cells) if placed else columns, cells[-1] if placed else 0
    return Extent(max(rows, placed), columns)


def _cells(part: bytes) -> int:
    # What else begins so is not among rows.
    return len(_CELL_BEGINS.findall(part)) if b":c" in part else part.count(b"<c")


def _number(letters: bytes) -> int:
    """The number of a column: 1 for A, 28 for AB."""
    number = 0
    for letter in letters[:12].upper():
        number = 26 * number + letter - 64
    return number


def _pieces(content: bytes) -> Iterator[bytes]:
    """Parts of XML, each of whole tags."""
    start = 0
    while start < len(content):
        end = start + _STEP
        cut = content.rfind(b"<", start + 1, end) if end < len(content) else len(content)
        cut = end if cut <= start else cut
        yield content[start:cut]
        start = cut
