"""Read text tables and workbooks as columns, a part at a time: the rows of a large table are never in memory as a whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from knockon.authoring.column_table import (
    AMOUNTS,
    MAY_BE_MISSING,
    Column,
    ColumnTable,
    Floats,
    faulty_rows,
    is_number,
    not_numbers,
    shared_names,
)
from knockon.authoring.csv_form import ENCODING_HINT, detect_delimiter, read_lines
from knockon.authoring.files import encoding_of_mark
from knockon.authoring.name_columns import NameColumn, of_texts
from knockon.authoring.names import InvalidName
from knockon.authoring.numbers import normalize_number
from knockon.authoring.options import ReadOptions
from knockon.authoring.source import Source
from knockon.authoring.workbooks import read_workbook
from knockon.errors import InvalidData, Problem, UsageError, collecting
from knockon.model.base import LONGEST_NAME
from knockon.text import parse_cell

#: The number of rows that are turned into columns at a time.
_PART = 50_000
#: No encoding, or one of these, is UTF-8.
_UTF_8 = ("", "utf-8", "utf8", "utf-8-sig")


def open_text(path: Path, options: ReadOptions) -> TextTable:
    """Open a text table, or the one sheet of a workbook.

    Raises
    ------
    InvalidData
        It is not text in the encoding, or a sheet has a formula without a value.
    UsageError
        A workbook has several sheets, and none is chosen.
    """
    source = Source.of(path, limited=False)
    problems: list[Problem] = []
    if source.ending == ".xlsx":
        forms, sheets = read_workbook(source, options)
        for listed in (*(sheet.problems for sheet in sheets), *(form.problems for form in forms)):
            problems += listed
        if len(forms) > 1:
            names = ", ".join(form.stem for form in forms)
            raise UsageError(f"{source.name} has several sheets ({names}): choose one with --sheet NAME")
        if problems:
            raise InvalidData(problems)
        header = forms[0].header if forms else []
        return TextTable(source.name, header, iter(forms[0].written.items()) if forms else iter(()), problems, options)
    text = source.text(options.encoding, ENCODING_HINT)
    if isinstance(text, Problem):
        raise InvalidData([text])
    lines = read_lines(text, source.name, problems)
    line, header = next(lines, (1, []))
    if problems:
        raise InvalidData(problems)
    plain = _plain(source.data, text, options) if line == 1 and isinstance(source.data, bytes) else None
    return TextTable(source.name, list(map(parse_cell, header)), lines, problems, options, marked=True, plain=plain)


def _plain(data: bytes, text: str, options: ReadOptions) -> _Plain | None:
    """Return the bytes of a table of which no option says how it is to be read; None for the others."""
    if options.decimal != "." or options.encoding.lower() not in _UTF_8 or encoding_of_mark(data) not in ("", "utf-8-sig"):
        return None
    return _Plain(data, detect_delimiter(text))


class _Plain(NamedTuple):
    """The bytes of a text table that may be plain, and what separates its cells."""

    data: bytes
    delimiter: str


@dataclass(frozen=True, eq=False)
class TextTable:
    """A table of cells: its header, its other lines, and the problems that reading them finds."""

    name: str
    header: list[str]
    lines: Iterator[tuple[int, Sequence[str]]]
    problems: list[Problem]
    options: ReadOptions
    #: Whether an apostrophe may mark a cell as text.
    marked: bool = False
    plain: _Plain | None = None

    def read(self, places: Mapping[str, int]) -> ColumnTable:
        """Read the columns at some places of the header; the lines are used up.

        Raises
        ------
        InvalidData
            A row has another number of cells than the header, or a cell is too long. Cells that are not numbers in a column of
        numbers are among the ``problems`` of the table.
        """
        if self.plain is not None:
            from knockon.authoring.plain_text import read_plain

            table = read_plain(self.name, *self.plain, len(self.header), places)
            if table is not None:
                return table
        shared: dict[str, dict[str, int]] = {}
        columns: dict[str, _Texts | _Amounts] = {
            name: _Amounts(name, place, self.options, self.marked)
            if name in AMOUNTS
            else _Texts(place, shared.setdefault(shared_names(name), {}))
            for name, place in places.items()
        }
        lines = self._fill(columns.values())
        names: dict[str, NameColumn] = {}
        for group, number in shared.items():
            texts = [parse_cell(text) if self.marked else text for text in number]
            members = {
                name: column.codes()
                for name, column in columns.items()
                if isinstance(column, _Texts) and shared_names(name) == group
            }
            names |= zip(members, of_texts(texts, *members.values()), strict=True)
        numbers = {name: column for name, column in columns.items() if isinstance(column, _Amounts)}
        problems: list[Problem] = []
        for column in numbers.values():
            with collecting(problems):
                column.check(self.name, lines)
        unread = {name: column.unread for name, column in numbers.items() if column.unread}
        amounts = {name: column.values() for name, column in numbers.items()}
        return ColumnTable(self.name, names, amounts, lines, tuple(problems), unread)

    def _fill(self, columns: Collection[_Texts | _Amounts]) -> Column:
        """Add the cells of all lines to columns, and return the numbers of the lines."""
        width = len(self.header)
        numbers, uneven, long = list[int](), list[int](), set[int]()
        while part := list(islice(self.lines, _PART)):
            start = len(numbers)
            numbers += [line for line, _ in part]
            rows = [cells for _, cells in part]
            uneven += [start + row for row, cells in enumerate(rows) if len(cells) != width]
            if uneven:
                continue
            transposed = list(zip(*rows, strict=True))
            for column in columns:
                cells = transposed[column.place]
                if max(map(len, cells)) > LONGEST_NAME:
                    long |= {start + row for row, cell in enumerate(cells) if len(cell) > LONGEST_NAME}
                column.add(cells, start)
        if self.problems:
            raise InvalidData(self.problems)
        lines = np.array(numbers, np.int64)
        if uneven:
            hint = "quote cells that contain a delimiter"
            raise faulty_rows(self.name, uneven, lines, f"does not have the {width} columns of the first row", hint)
        if long:
            message = f"has a cell of more than {LONGEST_NAME:,} characters"
            raise faulty_rows(self.name, sorted(long), lines, message, "a name or a number is shorter")
        return lines


class _Texts:
    """A column of names: each different text once, and the place of the text in each row.

    Columns of the same names share the texts: the suppliers and the customers.
    """

    def __init__(self, place: int, number: dict[str, int]) -> None:
        self.place, self.number = place, number
        self._parts: list[Column] = []

    def add(self, cells: Sequence[str], start: int) -> None:  # noqa: ARG002 - like that of _Amounts
        number = self.number
        self._parts.append(np.array([number.setdefault(cell, len(number)) for cell in cells], np.int64))

    def codes(self) -> Column:
        return np.concatenate(self._parts) if self._parts else np.zeros(0, np.int64)


class _Amounts:
    """A column of numbers, and the rows whose cells are none."""

    def __init__(self, name: str, place: int, options: ReadOptions, marked: bool) -> None:
        self.name, self.place = name, place
        self._comma, self._marked = options.decimal == ",", marked
        self._parts: list[Floats] = []
        self._with_point: list[int] = []
        self._faulty: list[int] = []
        self._example = ""

    def add(self, cells: Sequence[str], start: int) -> None:
        if self._marked and any(cell[:1] == "'" for cell in cells):
            cells = list(map(parse_cell, cells))
        if self._comma:
            cells = list(self._with_points(cells, start))
        stated = cells
        if self.name in MAY_BE_MISSING:
            cells = [cell or "nan" for cell in cells]
        try:
            values = np.array(cells, np.float64)
        except ValueError:
            self._find(cells, start)
            values = np.array([float(cell) if is_number(cell) else np.nan for cell in cells], np.float64)
        else:
            # Python reads 1_000 as a number; in a table it is more likely a slip.
            if any("_" in cell for cell in cells):
                self._find(cells, start)
        if self.name in MAY_BE_MISSING:
            self._find_words_for_nothing(stated, values, start)
        self._parts.append(values)

    def _find_words_for_nothing(self, cells: Sequence[str], values: Floats, start: int) -> None:
        """Find cells such as NaN: what is not known is an empty cell, and any word for it is as likely a failed computation."""
        rows = [row for row in np.flatnonzero(np.isnan(values)).tolist() if cells[row]]
        self._faulty += sorted({start + row for row in rows}.difference(self._faulty, self._with_point))

    def _with_points(self, cells: Iterable[str], start: int) -> Iterator[str]:
        for row, cell in enumerate(cells, start):
            try:
                yield normalize_number(cell, comma=True, percent=False)
            except InvalidName:
                self._with_point.append(row)
                yield "nan"

    def _find(self, cells: Sequence[str], start: int) -> None:
        rows = [row for row, cell in enumerate(cells) if not is_number(cell)]
        self._example = self._example or cells[rows[0]]
        self._faulty += [start + row for row in rows]

    @property
    def unread(self) -> list[int]:
        return sorted({*self._with_point, *self._faulty})

    def check(self, table: str, lines: Column) -> None:
        if self._with_point:
            message = f"has a point in its {self.name}, in a table with decimal commas"
            raise faulty_rows(table, self._with_point, lines, message, "leave the point out")
        if self._faulty:
            raise not_numbers(table, sorted(self._faulty), lines, self.name, self._example)

    def values(self) -> Floats:
        return np.concatenate(self._parts) if self._parts else np.zeros(0)
