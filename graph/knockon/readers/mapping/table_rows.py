"""A row of a table of a mapping, the names of its columns, and rows made of columns."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, NamedTuple

from knockon.authoring.rejects_file import cells_by_column
from knockon.errors import Notice
from knockon.readers.foreign_file import ZERO_BYTE, ForeignFile, has_zero_byte
from knockon.readers.mapping.grids import GridRow
from knockon.readers.mapping.patterns import Pattern
from knockon.readers.mapping.table_spec import Matrix, Unpivot
from knockon.text import counted

#: The most columns that a notice lists.
_MAX_LISTED = 20


class TableRow(NamedTuple):
    """A row: its place as evidence names it, its line for messages, its values by column; or why it cannot be read.

    ``written`` are its values as they are written, where they are not the same; ``origin`` is the file and line that a file of
    rejected rows states of it.
    """

    selector: str
    line: int | None
    values: dict[str, Any]
    fault: str = ""
    hint: str = ""
    written: dict[str, Any] | None = None
    origin: tuple[str, str] | None = None


def broken_row(cells: Sequence[str], width: int) -> tuple[str, str]:
    """Return what is wrong with a row that has a zero byte, or not a cell for each column, and how to fix it."""
    if has_zero_byte(cells):
        return ZERO_BYTE, "write the text without it"
    return (
        f"has {counted(len(cells), 'cell')}, and the header has {width}",
        "put text with a delimiter in it between double quotes",
    )


def unread_notice(unread: Sequence[str], file: ForeignFile, line: int) -> Notice:
    """Return the notice of the columns that a mapping does not read."""
    listed = ", ".join(name[:60] for name in unread[:_MAX_LISTED])
    more = f" and {len(unread) - _MAX_LISTED} more" if len(unread) > _MAX_LISTED else ""
    hint = "--rename OLD=NEW reads one as another; --ignore-unknown leaves this notice out"
    return Notice(file.name, line, f"columns that the mapping does not read: {listed}{more}", hint)


def joined_header(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the names of columns of which several rows have the parts; an empty part is that of the column before it.

    >>> joined_header([["id", "2024", ""], ["", "low", "high"]])
    ['id', '2024 low', '2024 high']
    """
    if len(rows) == 1:
        return [cell.strip() for cell in rows[0]]
    width = max(map(len, rows))
    parts = [[*(cell.strip() for cell in row), *[""] * (width - len(row))] for row in rows]
    # Only upper rows span columns.
    parts = [*map(filled_right, parts[:-1]), parts[-1]]
    return [" ".join(filter(None, column)) for column in zip(*parts, strict=True)]


def without_headers(
    rows: Iterator[GridRow], header: Collection[Sequence[str]], leave_out: Callable[[str], None]
) -> Iterator[GridRow]:
    """Yield the rows but those that are the header again, as in files put together of several; each is left out, and told.

    >>> rows = [GridRow("row:2", 2, ["a", "1"]), GridRow("row:3", 3, ["name", "share"])]
    >>> [row.line for row in without_headers(iter(rows), [["name", "share"]], print)]
    the header again
    [2]
    """
    for row in rows:
        if row.cells in header:
            leave_out("the header again")
        else:
            yield row


def is_as_wide(header: Sequence[str], cells: Sequence[str]) -> bool:
    """Return whether a line before a header of several columns has as many cells that are not empty: it may be a row.

    >>> is_as_wide(["name", "share"], ["Acme", "0.5"]), is_as_wide(["name", "share"], ["As of May", ""])
    (True, False)
    """
    width = sum(bool(cell.strip()) for cell in header)
    return 1 < width <= sum(bool(cell.strip()) for cell in cells)


def without_null_words(value: Any, nulls: Collection[str]) -> Any:
    """Return a value of JSON without the words that stand for an empty one.

    >>> without_null_words({"names": ["Acme ", "n/a"], "share": "n/a"}, ["n/a"])
    {'names': ['Acme'], 'share': None}
    """
    if isinstance(value, str):
        text = value.strip()
        return None if not text or text in nulls else text
    if isinstance(value, list):
        return [kept for item in value if (kept := without_null_words(item, nulls)) is not None]
    if isinstance(value, dict):
        return {name: without_null_words(item, nulls) for name, item in value.items()}
    return value


def filled_right(cells: Sequence[str]) -> list[str]:
    """Return cells of which an empty one has the text of the one before it.

    >>> filled_right(["2024", "", "2025"])
    ['2024', '2024', '2025']
    """
    filled: list[str] = []
    for cell in cells:
        filled.append(cell or (filled[-1] if filled else ""))
    return filled


def is_unpivoted(unpivot: Unpivot, column: str) -> bool:
    """Return whether a column is a value of the thing whose columns become rows."""
    return column in unpivot.columns or (unpivot.matching is not None and Pattern.compile(unpivot.matching).matches(column))


def unpivoted(rows: Iterator[TableRow], unpivot: Unpivot, file: ForeignFile) -> Iterator[TableRow]:
    """Yield a row for each cell of the columns that are values of one thing."""
    columns: list[str] | None = None
    for row in rows:
        # One from a file of rejected rows may be such a row already.
        if row.fault or (row.origin is not None and row.values.get(unpivot.name) is not None):
            yield row
            continue
        if columns is None:
            columns = [name for name in row.values if is_unpivoted(unpivot, name)]
            if not columns:
                raise file.fail(row.line, "has none of the columns that the mapping turns into rows (unpivot)")
        others = {name: value for name, value in row.values.items() if name not in columns}
        for name in columns:
            value = row.values.get(name)
            if value is None:
                continue
            own = {unpivot.name: name, unpivot.value: value}
            written = row.written
            if written is not None:
                written = {name: value for name, value in written.items() if name not in columns} | own
            yield row._replace(values={**others, **own}, written=written)


def matrix_rows(rows: Iterator[GridRow], matrix: Matrix, nulls: Collection[str], file: ForeignFile) -> Iterator[TableRow]:
    """Yield a row for each cell of a matrix that has a value.

    Raises
    ------
    InvalidData
        It has fewer rows than its header.
    """
    left = len(matrix.index)
    header = [row for _, row in zip(range(len(matrix.header)), rows, strict=False)]
    if len(header) < len(matrix.header):
        raise file.fail(None, f"has {len(header)} rows, and the header of a matrix has {len(matrix.header)}")
    keys = [filled_right([cell.strip() for cell in row.cells[left:]]) for row in header]
    width = max((len(key) for key in keys), default=0)
    columns = [[key[at] if at < len(key) else None for key in keys] for at in range(width)]
    for selector, line, cells in rows:
        index = dict(zip(matrix.index, (cell.strip() or None for cell in cells[:left]), strict=False))
        if len(cells) < left or len(cells) > left + width or has_zero_byte(cells):
            yield TableRow(selector, line, cells_by_column(matrix.index, cells), *broken_row(cells, left + width))
            continue
        for names, cell in zip(columns, cells[left:], strict=False):
            text = cell.strip()
            if not text or text in nulls or (not matrix.zeros and _is_zero(text)):
                continue
            values = {**index, **dict(zip(matrix.header, names, strict=True)), matrix.value: text}
            yield TableRow(selector, line, values)


def _is_zero(text: str) -> bool:
    return not text.strip("0.,-+") and any(sign in text for sign in "0")


__all__ = [
    "TableRow",
    "broken_row",
    "filled_right",
    "is_as_wide",
    "is_unpivoted",
    "joined_header",
    "matrix_rows",
    "unpivoted",
    "unread_notice",
    "without_headers",
    "without_null_words",
]
