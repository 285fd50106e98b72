r"""The file of rejected rows: what it holds of each row, and the rows again as they were.

A row is rejected for its values, or because it does not have a cell for each column. Both must be in the file, so that
what nobody corrects is rejected again when it is read: a missing cell is ``(missing)``, cells beyond the last column are in
columns of their own, text that a spreadsheet would evaluate has an apostrophe in front, and characters that no record can
have are escapes. Text of a row that reads like one of these gets a backslash more.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from threading import Lock
from typing import NamedTuple, TypeVar

from knockon.authoring.reject_cells import MISSING, FileCell, original, written
from knockon.text import csv_lines

_Read = TypeVar("_Read")
#: Whoever changes the longest cell that the csv module reads holds it.
_FIELD_LIMIT = Lock()
#: The most columns that a message lists.
_MAX_LISTED = 10
#: The columns before those of the rows: where a row is from, and why it was rejected.
OWN_COLUMNS = ("file", "line", "problem")


#: The column of text that could not be read as a row.
UNREADABLE = FileCell("unreadable text")
_SURPLUS = re.compile(r"surplus cell [0-9]+")
#: A column of rows that looks like one of the file, with the backslashes before it.
_LIKE_OWN = re.compile(rf"\\*({_SURPLUS.pattern}|{UNREADABLE})")


def surplus_column(number: int) -> str:
    """Return the name of the column of a cell beyond the last column; the first cell of a row has number 1."""
    return FileCell(f"surplus cell {number}")


def column_in_file(name: str) -> str:
    """Return the name that a column of rows has in the file; ``column_of_rows`` is the reverse.

    >>> column_in_file("name"), column_of_rows(column_in_file("unreadable text"))
    ('name', 'unreadable text')
    """
    return FileCell(f"\\{name}") if not isinstance(name, FileCell) and _LIKE_OWN.fullmatch(name) else name


def column_of_rows(name: str) -> str:
    """Return the name of a column of rows that the file has under a name."""
    name = original(name.strip())
    return name[1:] if name.startswith("\\") and _LIKE_OWN.fullmatch(name) else name


def cells_by_column(columns: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Return the cells of a row by column: those that it lacks as missing, those beyond the last or without a name as surplus.

    A cell that it lacks of a column without a name, or of the second of one name, is missing among those that are surplus.

    >>> cells_by_column(["id", "name"], ["A", "Acme", "x"]), cells_by_column(["id", "name"], ["B"])
    ({'id': 'A', 'name': 'Acme', 'surplus cell 3': 'x'}, {'id': 'B', 'name': '(missing)'})
    """
    row: dict[str, str] = {}
    for number, text in enumerate(cells, 1):
        name = column_in_file(columns[number - 1]) if number <= len(columns) else ""
        if name and name not in row:
            row[name] = text
        elif text.strip():
            row[surplus_column(number)] = text
    for number, name in enumerate(columns[len(cells) :], len(cells) + 1):
        column = column_in_file(name)
        row[column if name and column not in row else surplus_column(number)] = MISSING
    return row


def still_missing(columns: Sequence[str], cells: Sequence[str]) -> tuple[str, str]:
    """Return what is wrong with a row of the file of which cells were filled in behind one that it lacks, and how to fix it.

    >>> still_missing(["id", "name", "country"], ["A", MISSING, "Malta"])[0]
    'name is still missing'
    >>> still_missing(["id", "name"], ["A", "(missing)"]), still_missing(["id", "name"], ["A"])
    (('', ''), ('', ''))
    """
    # Where cells are too many as well, that is said first.
    if not all(map(_is_mark, cells[len(columns) :])) or not any(map(_is_mark, cells)):
        return "", ""
    names = [name[:60] for name, text in zip_longest(columns, cells[: len(columns)], fillvalue=MISSING) if _is_mark(text)]
    names += ["a column without a name"] * (len(cells) > len(columns))
    listed = ", ".join(names[:_MAX_LISTED]) + (f" and {len(names) - _MAX_LISTED} more" if len(names) > _MAX_LISTED else "")
    return (
        f"{listed} {'is' if len(names) == 1 else 'are'} still missing",
        "write a value in place of the mark, or empty the cell",
    )


def _is_mark(text: str) -> bool:
    return isinstance(text, FileCell) and text == MISSING


class WrittenRow(NamedTuple):
    """A row of the file: its file and line, why it was rejected, and its cells by column."""

    file: str
    line: str
    problem: str
    cells: Mapping[str, str]

    @property
    def order(self) -> tuple[str, int, str]:
        """What rows are sorted by."""
        return self.file, int(self.line) if self.line.isdecimal() else 0, self.line


def as_csv(rows: Iterable[WrittenRow]) -> str:
    r"""Format rejected rows as CSV: file, line and problem, then the columns of the rows.

    >>> print(as_csv([WrittenRow("a.csv", "3", "has 2 cells", {"id": "=1", "name": "A\x1b"})]), end="")
    file,line,problem,id,name
    a.csv,3,has 2 cells,'=1,A\x1b
    """
    ordered = sorted(rows, key=lambda row: row.order)
    columns = list(dict.fromkeys(name for row in ordered for name in row.cells))
    columns.sort(key=lambda name: name == UNREADABLE or bool(_SURPLUS.fullmatch(name)))
    body = [[row.file, row.line, row.problem, *(row.cells.get(name, "") for name in columns)] for row in ordered]
    return csv_lines([[*OWN_COLUMNS, *map(written, columns)], *(list(map(written, cells)) for cells in body)])


def is_rejects_text(content: bytes) -> bool:
    """Return whether bytes are a file of rejected rows as it is written: UTF-8, however the file of the rows is encoded."""
    if not content.removeprefix(b"\xef\xbb\xbf").startswith(",".join(OWN_COLUMNS).encode()):
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def with_long_cells(rows: Iterable[_Read], longest: int) -> Iterator[_Read]:
    """Yield rows that the csv module reads, of which a cell may have more characters than it allows otherwise.

    A cell of the file may be longer than those of a table: it holds lists and objects, and escapes.

    Parameters
    ----------
    rows
        The rows; each is read when it is yielded.
    longest
        The most characters of a cell: the size of the file bounds it.
    """
    waiting = iter(rows)
    while True:
        # The limit is one for all readers, so that it is raised for no longer than it takes to read a row.
        with _FIELD_LIMIT:
            before = csv.field_size_limit()
            csv.field_size_limit(max(longest, before))
            try:
                row = next(waiting)
            except StopIteration:
                return
            finally:
                csv.field_size_limit(before)
        yield row


class OriginalRow(NamedTuple):
    """A row as it was: its file, line and problem as the file of rejected rows has them, and its cells.

    ``unreadable`` is text that could not be read as a row.
    """

    file: str
    line: str
    problem: str
    cells: list[str]
    unreadable: str = ""


class RejectedTable:
    """The columns of a file of rejected rows, and its rows as they were.

    Parameters
    ----------
    header
        Its first row.

    Examples
    --------
    >>> table = RejectedTable(["file", "line", "problem", "id", "name", "surplus cell 3"])
    >>> table.columns, table.row(["a.csv", "3", "has 1 cell", "A", "(missing)", ""]).cells
    (['id', 'name'], ['A'])
    >>> table.row(["a.csv", "4", "has 3 cells", "A", "Acme", "x"]).cells
    ['A', 'Acme', 'x']
    >>> table.row(["a.csv", "5", "has 0 cells", "(missing)", "Acme", ""]).cells
    ['(missing)', 'Acme']
    """

    def __init__(self, header: Sequence[str]) -> None:
        own = len(OWN_COLUMNS)
        names = [original(name.strip()) for name in header]
        self._surplus = [place for place, name in enumerate(names) if place >= own and _SURPLUS.fullmatch(name)]
        self._unreadable = names.index(UNREADABLE, own) if UNREADABLE in names[own:] else len(names)
        others = {*self._surplus, self._unreadable}
        self._places = [place for place in range(own, len(names)) if place not in others]
        self._width = len(names)
        self.columns = [column_of_rows(header[place]) for place in self._places]

    @staticmethod
    def is_header(cells: Sequence[str]) -> bool:
        """Return whether a first row is that of a file of rejected rows."""
        return tuple(cell.strip() for cell in cells[: len(OWN_COLUMNS)]) == OWN_COLUMNS

    def row(self, cells: Sequence[str]) -> OriginalRow:
        """Return a row as it was: without cells that are still missing, and with those that are surplus after the others.

        Where a cell is filled in behind one that is still missing, that one is ``MISSING``; see ``still_missing``.
        """
        file, line, problem = (original(text) for text in (*cells[:3], "", "", "")[:3])
        own = [cells[place] for place in self._places if place < len(cells)]
        own = [MISSING if text.strip() == MISSING else original(text) for text in own]
        surplus = [cells[place] for place in self._surplus if place < len(cells)] + list(cells[self._width :])
        lacking = any(text.strip() == MISSING for text in surplus)
        surplus = [text for text in surplus if text.strip() not in ("", MISSING)]
        if surplus:
            # They are too many however many are missing before them.
            own += [""] * (len(self._places) - len(own)) + list(map(original, surplus))
        else:
            first = next((place for place, text in enumerate(own) if _is_mark(text)), len(own))
            own = own[:first] if all(map(_is_mark, own[first:])) else own
            if lacking and len(own) == len(self._places):
                own.append(MISSING)
        unreadable = original("".join(cells[self._unreadable : self._unreadable + 1])) if self._unreadable < self._width else ""
        return OriginalRow(file, line, problem, own, unreadable.strip())


__all__ = [
    "MISSING",
    "OWN_COLUMNS",
    "UNREADABLE",
    "FileCell",
    "OriginalRow",
    "RejectedTable",
    "WrittenRow",
    "as_csv",
    "cells_by_column",
    "column_in_file",
    "column_of_rows",
    "is_rejects_text",
    "original",
    "still_missing",
    "surplus_column",
    "with_long_cells",
]
