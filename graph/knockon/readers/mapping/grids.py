"""Read files of rows and cells: CSV and its relatives, and workbooks."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import chain, islice
from typing import NamedTuple, TextIO

from knockon.authoring.csv_form import DELIMITERS, Form
from knockon.authoring.options import ReadOptions
from knockon.authoring.rejects_file import with_long_cells
from knockon.authoring.source import Source
from knockon.errors import InvalidData
from knockon.readers.foreign_file import ForeignFile

#: The first line with which Excel states the delimiter of a file.
_DELIMITER_LINE = re.compile(r'"?sep=(.)"?\r?\n?', re.IGNORECASE)
_WORKBOOKS = (".xlsx", ".xlsm")

#: The most lines of text before the header of a table that are passed over.
MOST_BEFORE_HEADER = 10
#: The most characters of a cell: more are quotes that nothing closes.
LONGEST_CELL = 16_000_000
#: The mark of DOS for the end of a file (Ctrl-Z).
_END_OF_FILE = "\x1a"
#: Delimiters that occur in texts as well, so that the number of cells must tell: OFAC's lists have the first.
_RARE = "@!"


class GridRow(NamedTuple):
    """A row: its place as evidence names it, its line for messages, its cells."""

    selector: str
    line: int
    cells: list[str]


def read_csv(
    file: ForeignFile,
    *,
    encoding: str = "",
    delimiter: str = "",
    quote: str = '"',
    skip: int = 0,
    width: int = 0,
    is_header: Callable[[list[str]], bool] | None = None,
) -> Iterator[GridRow]:
    """Yield the rows of a CSV file, those that are blank left out; rows are counted from 1, the header included.

    The delimiter is the one of the header, which comes after ``skip`` lines, and after lines of text before the first that
    ``is_header``; of a table without header, the one by which its first rows have ``width`` cells. ``encoding`` counts where
    the file does not say its own. Cells may contain zero bytes, where most lines have none.

    Raises
    ------
    InvalidData
        It is not CSV, or not text in this encoding, or a cell has more than ``LONGEST_CELL`` characters.
    """
    rows_of_file = partial(_csv_rows, file, encoding, delimiter, quote, skip, width, is_header)
    read = 0
    try:
        for row in rows_of_file():
            yield row
            read += 1
    except _LongCell:
        # Seldom has a file such a cell: it is read again with a limit that is raised for each row.
        try:
            yield from islice(with_long_cells(rows_of_file(), LONGEST_CELL), read, None)
        except _LongCell as error:
            message = f"has a cell of more than {LONGEST_CELL:,} characters"
            raise file.fail(error.line, message, "shorten it, or close the quotes that it begins with") from None


class _LongCell(Exception):
    """A cell has more characters than the csv module allows, in the row that begins on a line."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _csv_rows(
    file: ForeignFile,
    encoding: str,
    delimiter: str,
    quote: str,
    skip: int,
    width: int,
    is_header: Callable[[list[str]], bool] | None,
) -> Iterator[GridRow]:
    """Yield what ``read_csv`` does.

    Raises
    ------
    _LongCell
        A cell has more characters than the csv module allows.
    """
    with file.open_text(encoding, keeps_zeros=True) as stream:
        before, lines = _first_lines(stream, skip, width, is_header)
        delimiter = delimiter or before.delimiter or delimiter_of_width(before.first, width)
        delimiter = delimiter or ("\t" if file.ending == ".tsv" else _detect_delimiter(before.text))
        if quote:
            reader = csv.reader(lines, delimiter=delimiter, quotechar=quote, strict=True)
        else:
            reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE, strict=True)
        start = before.lines + 1
        try:
            last: GridRow | None = None
            for number, cells in enumerate(reader, 1):
                if last is not None:
                    yield last
                    last = None
                if cells == [_END_OF_FILE]:
                    # It is a row unless it is the last one: in UTF-16, or between quotes.
                    last = GridRow(f"row:{number}", start, cells)
                elif any(cells):
                    yield GridRow(f"row:{number}", start, cells)
                start = before.lines + reader.line_num + 1
        except csv.Error as error:
            hint = 'put text with quotes in it between quotes, and write " as ""; a mapping reads quotes as text with quote: ""'
            if "field limit" in str(error):
                raise _LongCell(start) from None
            raise file.fail(start, f"is not valid CSV: {error}", hint) from None


class _Before(NamedTuple):
    """What is known before the first row: the delimiter if it is declared, how many lines that took, the line of the header.

    ``first`` are the first lines of a table without header.
    """

    delimiter: str
    lines: int
    text: str
    first: Sequence[str] = ()


def _first_lines(
    stream: TextIO, skip: int, width: int, is_header: Callable[[list[str]], bool] | None
) -> tuple[_Before, Iterator[str]]:
    first = stream.readline()
    if declaration := _DELIMITER_LINE.fullmatch(first):
        return _Before(declaration.group(1), 1, ""), iter(stream)
    lines = [first, *islice(stream, skip)]
    header = lines[-1]
    if width or is_header is not None:
        lines += islice(stream, MOST_BEFORE_HEADER)
    if is_header is not None:
        candidates = (line for line in lines[skip:] if any(is_header(_cells(line, delimiter)) for delimiter in DELIMITERS))
        header = next(candidates, header)
    return _Before("", 0, header, lines[skip:]), chain(lines, stream)


def delimiter_of_width(lines: Sequence[str], width: int) -> str:
    """Return the delimiter that splits the most lines into so many cells; empty if none does, or several do.

    >>> delimiter_of_width(["7@A, B and C@x; y@"], 4), delimiter_of_width(["a;b,c"], 2)
    ('@', '')
    >>> delimiter_of_width(["1|a; b", "2|c", "3|d; e; f"], 2)
    '|'
    """
    if width < 2:
        return ""
    fitting = {d: sum(len(_cells(line, d)) == width for line in lines) for d in DELIMITERS + _RARE}
    most = max(fitting.values())
    best = [delimiter for delimiter, count in fitting.items() if count == most]
    return best[0] if most and len(best) == 1 else ""


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _detect_delimiter(line: str) -> str:
    """Return the delimiter that splits a line into the most cells, none of which has a quote in it.

    >>> _detect_delimiter('id;"name, first";country'), _detect_delimiter('7,"a; b; c; d"')
    (';', ',')
    """

    def fitness(delimiter: str) -> tuple[bool, int]:
        cells = _cells(line, delimiter)
        return not any('"' in cell for cell in cells), len(cells)

    return max(DELIMITERS, key=fitness)


class SheetRows(NamedTuple):
    """A sheet of a workbook: its name, its rows."""

    name: str
    rows: list[GridRow]


def read_sheets(file: ForeignFile, names: Sequence[str] = ()) -> list[SheetRows]:
    """Return the sheets of a workbook with these names, by default all that are visible and not empty.

    Raises
    ------
    InvalidData
        It is not a workbook, or a cell of a named sheet, or of the only one, cannot be used.
    UsageError
        It has no such sheet, or the reader of workbooks is not installed.
    """
    from knockon.authoring.workbooks import read_workbook

    with file.open_binary() as stream:
        content = stream.read()
    source = Source(file.name, file.stem, file.ending, content=content)
    forms, summaries = read_workbook(source, ReadOptions(sheets=tuple(names)))
    if problems := [problem for summary in summaries for problem in summary.problems]:
        raise InvalidData(problems)
    sound = [form for form in forms if not form.problems]
    if len(sound) < (len(forms) if names else min(len(forms), 1)):
        raise InvalidData([problem for form in forms for problem in form.problems])
    return [SheetRows(form.stem, list(_sheet_rows(form))) for form in sound]


def _sheet_rows(form: Form) -> Iterator[GridRow]:
    name = form.stem if re.fullmatch(r"[^\s\"]+", form.stem) else f'"{form.stem}"'
    for number, cells in chain([(form.line, form.header)], form.written.items()):
        yield GridRow(f"sheet:{name} row:{number}", number, cells)


def is_workbook(file: ForeignFile) -> bool:
    """Return whether a file is a workbook, by its ending."""
    return file.ending in _WORKBOOKS


__all__ = ["LONGEST_CELL", "MOST_BEFORE_HEADER", "GridRow", "SheetRows", "is_workbook", "read_csv", "read_sheets"]
