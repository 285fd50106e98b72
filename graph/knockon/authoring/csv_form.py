"""Read CSV text into rows with their line numbers and columns.

Spreadsheets differ in delimiters and people in spelling: commas, semicolons,
tabs and bars are recognised by the header, and ``Switching Cost`` is read as
``switchingCost``. Any ambiguity of a row is a problem.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from itertools import zip_longest
from types import MappingProxyType
from typing import NamedTuple

from knockon.authoring.columns import normalize_column
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.authoring.rejects_file import MISSING, RejectedTable, is_rejects_text, still_missing, with_long_cells
from knockon.authoring.source import Source
from knockon.errors import Problem
from knockon.model import STATEMENTS
from knockon.rdf.fields import by_alias
from knockon.text import parse_cell

DELIMITERS = ",;\t|"
ENCODING_HINT = "save it as UTF-8, in a spreadsheet as CSV UTF-8, or say how it is encoded, e.g. --encoding cp1252"
#: A formula that was saved instead of its value, or the error value of a spreadsheet.
_FORMULA = re.compile(r"=.+|#(REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|SPILL!|CALC!)", re.DOTALL)
_FORMULA_BEGINS = ("=", "#")
#: First characters of cells that may be a formula, marked as text, or the mark of a missing one.
SPECIAL = (*_FORMULA_BEGINS, "'", MISSING[0])
#: The only line ends: str.splitlines would also split cells at U+2028 and the like.
_LINE_END = re.compile(r"\r\n|\n|\r")
#: The first line with which Excel states the delimiter of a file.
_DELIMITER_LINE = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)


class Row(NamedTuple):
    """One row: its first line, its cells (empty ones are left out), and the columns whose cells cannot be used."""

    line: int
    cells: dict[str, str]
    unusable: frozenset[str] = frozenset()


class Form(NamedTuple):
    """A table: its columns and lines; ``whole`` is False if the rest could not be read.

    ``header`` and ``written`` are the columns and lines as they are in the file; ``marked`` states that an apostrophe may
    mark a cell as text, as in CSV.
    """

    file: str
    stem: str
    line: int
    header: list[str]
    columns: list[str]
    problems: list[Problem]
    whole: bool
    written: dict[int, list[str]]
    marked: bool = False
    #: The file and line of each line of a file of rejected rows, see ``rejects_file``.
    origins: Mapping[int, tuple[str, str]] = MappingProxyType({})

    def rows(self, problems: list[Problem], without: Collection[int] = ()) -> Iterator[Row]:
        """Yield the rows with the columns as keys, one by one, since those of a large table take much memory.

        Lines in ``without`` are skipped; problems of the others are added to ``problems``.
        """
        columns, width, all_named = self.columns, len(self.columns), all(self.columns)
        # A table of one column may have a value that is named like it.
        header = self.header if width > 1 else None
        for line, cells in self.written.items():
            if line in without:
                continue
            if cells == header:
                problems.append(Problem(self.file, line, "is the header again", "leave it out: a table has one"))
                continue
            if all_named and len(cells) == width and not any(cell[:1] in SPECIAL for cell in cells):
                yield Row(line, {column: cell for column, cell in zip(columns, cells, strict=True) if cell})
            else:
                row = _make_row(self.columns, line, cells, self.file, problems, marked=self.marked)
                if row is not None:
                    yield row


def read_form(source: Source, options: ReadOptions = DEFAULTS) -> Form:
    """Read a CSV file into a table, with the problems of its form."""
    content = source.data
    own = isinstance(content, bytes) and is_rejects_text(content)
    text = source.text("" if own else options.encoding, ENCODING_HINT)
    if isinstance(text, Problem):
        return Form(source.name, source.stem, 1, [], [], [text], whole=False, written={})
    problems: list[Problem] = []
    lines = read_lines(text, source.name, problems)
    return build_form(
        with_long_cells(lines, len(text)) if own else lines, source.name, source.stem, options, problems, marked=True
    )


def build_form(
    lines: Iterable[tuple[int, list[str]]],
    file: str,
    stem: str,
    options: ReadOptions,
    problems: list[Problem],
    *,
    marked: bool = False,
) -> Form:
    """Build a table from lines of cells, the first of which names the columns.

    ``problems`` receives the problems that reading the lines finds, such as a CSV file that ends early; for ``marked``
    see ``Form``.
    """
    before, remaining = len(problems), iter(lines)
    line, header = next(remaining, (1, []))
    if not header:
        problems = problems or [Problem(file, None, "is empty", "the first row names the columns")]
        return Form(file, stem, 1, [], [], problems, whole=False, written={})
    while header and not header[-1]:
        header.pop()
    columns = _renamed(map(parse_cell, header) if marked else header, options)
    # Repeated values share one string, to save memory.
    shared: dict[str, str] = {}
    written = {at: [shared.setdefault(cell, cell) for cell in cells] for at, cells in remaining}
    return Form(file, stem, line, header, columns, problems, len(problems) == before, written, marked)


def _renamed(columns: Iterable[str], options: ReadOptions) -> list[str]:
    new_names = {normalize_column(old): new for old, new in options.rename}
    return [new_names.get(normalize_column(column), column) for column in columns]


def original_form(form: Form, options: ReadOptions) -> Form:
    """Return the table of rejected rows that a file of them holds, as they were; any other table as it is."""
    if not RejectedTable.is_header(form.header):
        return form
    table = RejectedTable(form.header)
    written, origins = {}, {}
    for line, cells in form.written.items():
        row = table.row(cells)
        written[line], origins[line] = row.cells, (row.file, row.line)
    columns = _renamed(table.columns, options)
    return form._replace(header=table.columns, columns=columns, written=written, origins=origins, marked=True)


def detect_delimiter(text: str) -> str:
    """Return the delimiter that splits the header into the most known columns, then into the most columns.

    >>> detect_delimiter('dependant;need;"a, b, c, d"')
    ';'
    """
    header = next((line for line in _split_lines(text) if line.strip()), "")

    def columns(delimiter: str) -> tuple[int, int]:
        try:
            cells = next(csv.reader([header], delimiter=delimiter), [])
        except csv.Error:  # one cell with what others separate, longer than a cell may be
            return 0, 0
        return sum(normalize_column(cell) in _known_columns() for cell in cells), len(cells)

    return max(DELIMITERS, key=columns)


@cache
def _known_columns() -> set[str]:
    known = {"id", "class", "provider", "share", "shock", "target", "severity", "supplier", "customer", "value", "firm"}
    return known | {normalize_column(alias) for cls in STATEMENTS.values() for alias in by_alias(cls)}


def read_lines(text: str, file: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Yield every row that is not blank, with its first line; a first line ``sep=;`` states the delimiter."""
    start = 1
    declaration = _DELIMITER_LINE.match(text)
    if declaration:
        text, start = text[declaration.end() :], 2
    delimiter = declaration.group(1) if declaration else detect_delimiter(text)
    if delimiter not in DELIMITERS:
        hint = "use a comma, a semicolon, a tab or a bar"
        problems.append(Problem(file, 1, f"the delimiter {delimiter!r} is not known", hint))
        return
    before = start - 1
    try:
        reader = csv.reader(_split_lines(text), delimiter=delimiter, strict=True)
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield start, cells
            start = before + reader.line_num + 1
    except csv.Error as error:
        hint = 'put text with quotes in it between quotes, and write " as ""'
        if "field limit" in str(error):
            limit = f"has a cell of more than {csv.field_size_limit():,} characters"
            problems.append(Problem(file, start, limit, "shorten it, or close the quotes that it begins with"))
            return
        problems.append(Problem(file, start, f"is not valid CSV: {error}", hint))


def _split_lines(text: str) -> Iterator[str]:
    """Yield the lines of a text with their ends; io.StringIO would copy it, at four bytes a character."""
    start = 0
    for end in _LINE_END.finditer(text):
        yield text[start : end.end()]
        start = end.end()
    if start < len(text):
        yield text[start:]


def _make_row(
    header: list[str], line: int, cells: list[str], file: str, problems: list[Problem], *, marked: bool
) -> Row | None:
    fault, fix = still_missing(header, cells)
    if fault:
        problems.append(Problem(file, line, fault, fix))
        return None
    used = len(cells) - next((i for i, cell in enumerate(reversed(cells)) if cell), 0)
    # Spreadsheets pad rows with empty cells; too few cells, or too many filled ones, are a mistake.
    if used > len(header) or len(cells) < len(header):
        message = f"has {len(cells)} cells, and the header has {len(header)}"
        problems.append(Problem(file, line, message, "put text with a delimiter in it between double quotes"))
        return None
    row: dict[str, str] = {}
    unusable = set()
    for column, cell in zip_longest(header, cells[: len(header)], fillvalue=""):
        if cell and not column:
            problems.append(Problem(file, line, f"{cell[:100]!r} is in a column without a name"))
        elif cell[:1] in _FORMULA_BEGINS and _FORMULA.fullmatch(cell):
            message = f"{column} {cell[:100]!r} is a formula, not a value"
            problems.append(Problem(file, line, message, "save the table with values"))
            unusable.add(column)
        elif cell:
            row[column] = parse_cell(cell) if marked else cell
    return Row(line, row, frozenset(unusable))


@cache
def _classes_by_column() -> dict[str, str]:
    return {normalize_column(name): name for name in STATEMENTS}


def class_by_name(word: str) -> str | None:
    """Return the class that a word in a table names, in any spelling; None if there is none.

    >>> class_by_name("revenue stream"), class_by_name("Compny")
    ('RevenueStream', None)
    """
    return _classes_by_column().get(normalize_column(word))


def quote_list(names: Iterable[str], limit: int = 10) -> str:
    """Format names as a list for a message: the first few quoted, the rest counted.

    >>> quote_list(["a", "b", "c"], 2)
    "'a', 'b' and 1 more"
    """
    quoted = [repr(name[:60]) for name in names]
    return ", ".join(quoted[:limit]) + (f" and {len(quoted) - limit} more" if len(quoted) > limit else "")
