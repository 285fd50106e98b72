"""Records as they are written in files of all formats, with the line of every value."""

from __future__ import annotations

import dataclasses
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from knockon.errors import Notice, Problem

Route = tuple[int | str, ...]
#: The most characters of an id in a message.
_SHOWN = 200


@dataclass(slots=True)
class Raw:
    """One record as written: its class, its id, its fields, and the line of each.

    ``loose`` states that its references may be names as people type them (CSV),
    not only local names and IRIs.
    """

    cls: str
    id: str
    data: dict[str, Any]
    file: str
    line: int
    lines: dict[Route, int] = field(default_factory=dict)
    loose: bool = False
    #: The lines of the rows that make up a record of a table.
    rows: list[int] = field(default_factory=list)

    def line_of(self, route: Route) -> int:
        """Return the line of a value, or of the nearest value that contains it.

        A single value may be written for a list of one: then index 0 is not in
        the file.

        >>> Raw("Company", "acme", {}, "a.yaml", 1, {("partOf",): 3}).line_of(("partOf", 0))
        3
        """
        path: Route = ()
        line = self.line
        for part in route:
            if part != 0 or (*path, part) in self.lines:
                path = (*path, part)
                line = self.lines.get(path, line)
        return line

    def problem(self, route: Route, message: str, hint: str = "") -> Problem:
        """Create a problem with a value of this record, at its line."""
        name = self.id if len(self.id) <= _SHOWN else self.id[:_SHOWN] + "..."
        return Problem(self.file, self.line_of(route), f"{name}: {message}" if name else message, hint)

    def notice(self, route: Route, message: str, hint: str = "") -> Notice:
        """Create a notice on a value of this record, at its line."""
        return Notice(*dataclasses.astuple(self.problem(route, message, hint)))

    def texts(self) -> Iterator[tuple[Route, str]]:
        """Yield every text in its fields, with the path to it."""
        yield from _texts(self.data, ())


def _texts(value: Any, route: Route) -> Iterator[tuple[Route, str]]:
    if isinstance(value, str):
        yield route, value
    elif isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(item, (*route, key))


@dataclass(frozen=True, slots=True)
class Table:
    """A table as written: its name in messages, its columns, and the cells of each line below them."""

    file: str
    header: list[str]
    lines: dict[int, list[str]]
    #: The file and line that a file of rejected rows states of each line.
    origins: Mapping[int, tuple[str, str]] = field(default_factory=dict)


class NeedRow(NamedTuple):
    """A row of a table of dependencies or provisions: its cells by column, and its line."""

    file: str
    line: int
    cells: dict[str, str]


class NeedRows:
    """Rows of a table of dependencies or provisions, kept by columns, since a dictionary for each row takes ten times as much.

    Parameters
    ----------
    file
        The table.
    lines
        The line of each row.
    columns
        The cells of each column in which any row has one; empty where a row has none.

    Examples
    --------
    >>> rows = NeedRows()
    >>> rows.append(NeedRow("a.csv", 2, {"dependant": "Shop", "need": "Hosting"}))
    >>> rows.append(NeedRow("a.csv", 3, {"dependant": "Shop", "provider": "Acme"}))
    >>> rows.file, rows.cells(0), rows[1].cells
    ('a.csv', {'dependant': 'Shop', 'need': 'Hosting'}, {'dependant': 'Shop', 'provider': 'Acme'})
    """

    def __init__(self, file: str = "", lines: array[int] | None = None, columns: Mapping[str, list[str]] | None = None) -> None:
        self.file = file
        self.lines = array("q") if lines is None else lines
        given = (columns or {}).items()
        # As if the rows were added one by one.
        firsts = {name: next((place for place, cell in enumerate(cells) if cell), len(cells)) for name, cells in given}
        self._columns = dict(sorted(given, key=lambda column: firsts[column[0]]))

    def append(self, row: NeedRow) -> None:
        """Add a row; all rows are of one file."""
        self.file = row.file
        self.lines.append(row.line)
        for name, cell in row.cells.items():
            column = self._columns.setdefault(name, [])
            column += [""] * (len(self.lines) - 1 - len(column))
            column.append(cell)

    @property
    def columns(self) -> Iterable[str]:
        """The names of the columns in which any row has a cell."""
        return self._columns.keys()

    def has_column(self, name: str) -> bool:
        """Return whether any row has a cell in a column."""
        return name in self._columns

    def cells(self, place: int) -> dict[str, str]:
        """Return the cells of a row by column; empty ones are left out."""
        return {name: cell for name, column in self._columns.items() if place < len(column) and (cell := column[place])}

    def __len__(self) -> int:
        return len(self.lines)

    def __getitem__(self, place: int) -> NeedRow:
        return NeedRow(self.file, self.lines[place], self.cells(place))

    def __iter__(self) -> Iterator[NeedRow]:
        return (self[place] for place in range(len(self)))


@dataclass(slots=True)
class Sheet:
    """The content of one file, or of one sheet of a workbook.

    ``needs`` are rows of dependencies and ``provisions`` rows of provisions, which
    become records when all names are known; ``lost`` are the ids of records that could not be read; ``whole`` is False if
    the rest of the file could not be read; ``skipped`` states that its rows were
    not converted to records, since some are invalid. ``notices`` inform the author
    about how it was read. ``table`` is the table as written, if the file is one.
    """

    raws: list[Raw] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    needs: NeedRows = field(default_factory=NeedRows)
    provisions: list[NeedRow] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    whole: bool = True
    skipped: bool = False
    notices: list[Notice] = field(default_factory=list)
    table: Table | None = None


def missing_cells(columns: Iterable[str], cells: Mapping[str, Any]) -> str:
    """Return the message for a row that lacks required cells; empty if it has them.

    >>> missing_cells(("dependant", "need"), {"dependant": "Acme"}), missing_cells(("shock",), {"shock": "Strike"})
    ('need is empty', '')
    """
    absent = [column for column in columns if column not in cells]
    return f"{' and '.join(absent)} is empty" if absent else ""
