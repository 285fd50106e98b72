"""Size limits of workbooks: zip archives of XML that may expand to far more than their own size in memory."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import NamedTuple

#: The most bytes that a workbook may unpack to, the most parts it may have, the most cells of a sheet.
MAX_UNPACKED, MAX_PARTS, MAX_CELLS = 500_000_000, 10_000, 10_000_000
_CHUNK = 1 << 24
_COLUMN_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']\$?([A-Za-z]+)\$?[0-9]")
_ROW_NUMBER = re.compile(rb"\sr\s*=\s*[\"'][$A-Za-z]*([0-9]+)")
_ROW_TAG = re.compile(rb"<(?:[\w.-]+:)?row(?=[\s/>])")
_CELL_TAG = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")


class Extent(NamedTuple):
    """The number of rows and columns that a reader allocates for a sheet, from the first on, blank ones included."""

    rows: int
    columns: int

    @property
    def cells(self) -> int:
        """The number of cells, blank ones included."""
        return self.rows * self.columns


def archive_fault(archive: zipfile.ZipFile) -> str:
    """Return why an archive is too large to read as a workbook; empty if it is not.

    Every part is unpacked once, since an archive may state wrong sizes, and any part may be a sheet.

    Raises
    ------
    zipfile.BadZipFile, zlib.error
        A part is damaged, or larger than the archive states.
    """
    parts = archive.infolist()
    if len(parts) > MAX_PARTS:
        return f"has more than {MAX_PARTS:,} parts"
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        return f"unpacks to more than {MAX_UNPACKED // 1_000_000} MB"
    for part in parts:
        with archive.open(part) as stream:
            # In chunks: a single read would unpack all of a part before its size is checked.
            content = b"".join(iter(lambda: stream.read(_CHUNK), b""))
        if sheet_extent(content).cells > MAX_CELLS:
            return too_many_cells(part.filename)
    return ""


def too_many_cells(sheet: str) -> str:
    """Return the message for a sheet with too many cells."""
    return f"{sheet[:100]} has more than {MAX_CELLS // 1_000_000} million cells, blank ones included"


def sheet_extent(content: bytes) -> Extent:
    """Return the extent that a reader allocates for the XML of a sheet: one cell in the last corner needs all before it.

    Rows and cells without a reference count too: they follow the previous one.

    >>> sheet_extent(b'<row r="1"><c r="A1"/></row><row r="9"><c r="AB9"/></row>')
    Extent(rows=9, columns=28)
    >>> sheet_extent(b"<row><c/><c/><c/></row><row><c/></row>")
    Extent(rows=2, columns=3)
    """
    rows = columns = row_count = cells_in_open_row = 0
    for piece in _chunks(content):
        columns = max([columns, *map(_column_number, set(_COLUMN_REFERENCE.findall(piece)))])
        rows = max([rows, *(int(row[:12]) for row in set(_ROW_NUMBER.findall(piece)))])
        row_parts = _ROW_TAG.split(piece)
        row_count += len(row_parts) - 1
        # Text in a comment may look like a row.
        cells = [_count_cells(piece)] if b"<!" in piece else [_count_cells(part) for part in row_parts]
        cells[0] += cells_in_open_row
        columns, cells_in_open_row = max(columns, *cells) if row_count else columns, cells[-1] if row_count else 0
    return Extent(max(rows, row_count), columns)


def _count_cells(part: bytes) -> int:
    # Other elements that begin with these letters do not occur within rows.
    return len(_CELL_TAG.findall(part)) if b":c" in part else part.count(b"<c")


def _column_number(letters: bytes) -> int:
    """Return the number of a column: 1 for A, 28 for AB."""
    number = 0
    for letter in letters[:12].upper():
        number = 26 * number + letter - 64
    return number


def _chunks(content: bytes) -> Iterator[bytes]:
    """Split XML into chunks at the boundaries of tags."""
    start = 0
    while start < len(content):
        end = start + _CHUNK
        cut = content.rfind(b"<", start + 1, end) if end < len(content) else len(content)
        cut = end if cut <= start else cut
        yield content[start:cut]
        start = cut
