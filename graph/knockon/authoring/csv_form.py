"""CSV text as rows with their lines, its columns named as the models name them.

Spreadsheets differ in delimiters and people in spelling: commas, semicolons,
tabs and bars are told apart by the header, and ``Switching Cost`` is as good as
``switchingCost``. Whatever leaves doubt about a row is a problem.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from itertools import zip_longest
from typing import NamedTuple

from knockon.authoring.columns import plain
from knockon.authoring.options import PLAIN, ReadOptions
from knockon.authoring.source import Source
from knockon.errors import Problem
from knockon.model import STATEMENTS
from knockon.rdf.fields import by_alias
from knockon.text import parse_cell

DELIMITERS = ",;\t|"
ENCODING_HINT = "save it as UTF-8, in a spreadsheet as CSV UTF-8, or say how it is encoded, e.g. --encoding cp1252"
#: A formula that was saved instead of its value, or the word of a spreadsheet for a value it could not work out.
_FORMULA = re.compile(r"=.+|#(REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|SPILL!|CALC!)", re.DOTALL)
_FORMULA_BEGINS = ("=", "#")
#: What a cell begins with that may be a formula, or marked as text.
_SPECIAL = (*_FORMULA_BEGINS, "'")
#: Only these end a line: str.splitlines would break cells at U+2028 and the like.
_LINE_END = re.compile(r"\r\n|\n|\r")
#: The first line that Excel writes and reads to say which delimiter a file has.
_SEP = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)


class Row(NamedTuple):
    """One row: the line it begins in, its cells (empty ones are left out), and the columns whose cells cannot be used."""

    line: int
    cells: dict[str, str]
    unusable: frozenset[str] = frozenset()


class Form(NamedTuple):
    """A table: its columns, and each line; ``whole`` is False where the rest cannot be read.

    ``header`` and ``written`` are the columns and each line as the file has them; ``marked`` says that an apostrophe may
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

    def rows(self, problems: list[Problem], without: Collection[int] = ()) -> Iterator[Row]:
        """The rows with the columns as keys, made one by one: those of a large table take much memory.

        Lines in ``without`` are passed over; what is wrong with the others goes to ``problems``.
        """
        columns, width, all_named = self.columns, len(self.columns), all(self.columns)
        for line, cells in self.written.items():
            if line in without:
                continue
            if all_named and len(cells) == width and not any(cell[:1] in _SPECIAL for cell in cells):
                yield Row(line, {column: cell for column, cell in zip(columns, cells, strict=True) if cell})
            else:
                row = _row(self.columns, line, cells, self.file, problems, marked=self.marked)
                if row is not None:
                    yield row


def read_form(source: Source, options: ReadOptions = PLAIN) -> Form:
    """The rows of a CSV file, and what is wrong with its form."""
    text = source.text(options.encoding, ENCODING_HINT)
    if isinstance(text, Problem):
        return Form(source.name, source.stem, 1, [], [], [text], whole=False, written={})
    problems: list[Problem] = []
    return form_of(read_lines(text, source.name, problems), source.name, source.stem, options, problems, marked=True)


def form_of(
    lines: Iterable[tuple[int, list[str]]],
    file: str,
    stem: str,
    options: ReadOptions,
    problems: list[Problem],
    *,
    marked: bool = False,
) -> Form:
    """The table in lines of cells, the first of which names the columns.

    ``problems`` gets what is found while the lines are read, of a CSV file that some of them are missing; for ``marked``
    see ``Form``.
    """
    before, following = len(problems), iter(lines)
    line, header = next(following, (1, []))
    if not header:
        problems = problems or [Problem(file, None, "is empty", "the first row names the columns")]
        return Form(file, stem, 1, [], [], problems, whole=False, written={})
    while header and not header[-1]:
        header.pop()
    new_names = {plain(old): new for old, new in options.rename}
    columns = [new_names.get(plain(column), column) for column in (map(parse_cell, header) if marked else header)]
    # Values that come again and again are held once.
    same: dict[str, str] = {}
    written = {at: [same.setdefault(cell, cell) for cell in cells] for at, cells in following}
    return Form(file, stem, line, header, columns, problems, len(problems) == before, written, marked)


def delimiter_of(text: str) -> str:
    """The delimiter that splits the header into most columns that are known, then into most columns.

    >>> delimiter_of('dependant;need;"a, b, c, d"')
    ';'
    """
    first = next((line for line in _split(text) if line.strip()), "")

    def columns(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([first], delimiter=delimiter), [])
        return sum(plain(cell) in _all_columns() for cell in cells), len(cells)

    return max(DELIMITERS, key=columns)


@cache
def _all_columns() -> set[str]:
    known = {"id", "class", "provider", "share", "shock", "target", "severity", "supplier", "customer", "value", "firm"}
    return known | {plain(alias) for cls in STATEMENTS.values() for alias in by_alias(cls)}


def read_lines(text: str, file: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Every row that is not blank, with the line it begins in; a first line ``sep=;`` names the delimiter."""
    start = 1
    named = _SEP.match(text)
    if named:
        text, start = text[named.end() :], 2
    delimiter = named.group(1) if named else delimiter_of(text)
    if delimiter not in DELIMITERS:
        hint = "use a comma, a semicolon, a tab or a bar"
        problems.append(Problem(file, 1, f"the delimiter {delimiter!r} is not known", hint))
        return
    before = start - 1
    try:
        reader = csv.reader(_split(text), delimiter=delimiter, strict=True)
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
        problems.append(Problem(file, start, f"is no CSV: {error}", hint))


def _split(text: str) -> Iterator[str]:
    """The lines of a text with their ends; a stream over it would hold it a second time, in four bytes a character."""
    start = 0
    for end in _LINE_END.finditer(text):
        yield text[start : end.end()]
        start = end.end()
    if start < len(text):
        yield text[start:]


def _row(header: list[str], line: int, cells: list[str], file: str, problems: list[Problem], *, marked: bool) -> Row | None:
    filled = len(cells) - next((i for i, cell in enumerate(reversed(cells)) if cell), 0)
    # Spreadsheets fill rows up with empty cells; one too few, or a filled one too many, is a slip.
    if filled > len(header) or len(cells) < len(header):
        wrong = f"has {len(cells)} cells, and the header has {len(header)}"
        problems.append(Problem(file, line, wrong, "put text with a delimiter in it between double quotes"))
        return None
    row: dict[str, str] = {}
    unusable = set()
    for column, cell in zip_longest(header, cells[: len(header)], fillvalue=""):
        if cell and not column:
            problems.append(Problem(file, line, f"{cell[:100]!r} stands in a column without a name"))
        elif cell[:1] in _FORMULA_BEGINS and _FORMULA.fullmatch(cell):
            wrong = f"{column} {cell[:100]!r} is a formula, not a value"
            problems.append(Problem(file, line, wrong, "save the table with values"))
            unusable.add(column)
        elif cell:
            row[column] = parse_cell(cell) if marked else cell
    return Row(line, row, frozenset(unusable))


@cache
def _classes() -> dict[str, str]:
    return {plain(name): name for name in STATEMENTS}


def class_named(word: str) -> str | None:
    """The class that a word in a table means, in any spelling.

    >>> class_named("revenue stream"), class_named("Compny")
    ('RevenueStream', None)
    """
    return _classes().get(plain(word))


def listed(names: Iterable[str], limit: int = 10) -> str:
    """Names as a list in a message, the first few of many.

    >>> listed(["a", "b", "c"], 2)
    "'a', 'b' and 1 more"
    """
    quoted = [repr(name[:60]) for name in names]
    return ", ".join(quoted[:limit]) + (f" and {len(quoted) - limit} more" if len(quoted) > limit else "")
