"""CSV text as rows with their lines, its columns named as the models name them.

Spreadsheets differ in delimiters and people in spelling: commas, semicolons
and tabs are told apart by the header, and ``Switching Cost`` is as good as
``switchingCost``. Whatever leaves doubt about a row is a problem.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from knockon.authoring.text import read_text, shown
from knockon.errors import Problem, nearest
from knockon.model import STATEMENTS
from knockon.rdf.fields import by_alias

DELIMITERS = ",;\t"
#: A formula that was saved instead of its value, or the word of a spreadsheet for a value it could not work out.
_FORMULA = re.compile(r"=.+|#(REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!|SPILL!|CALC!)", re.DOTALL)
#: What people call columns that have another name here.
_SYNONYMS = {
    "supplier": "provider",
    "supply": "provider",
    "vendor": "provider",
    "customer": "dependant",
    "buyer": "dependant",
    "company": "dependant",
    "product": "need",
    "input": "need",
    "component": "need",
    "name": "label",
    "type": "class",
    "note": "comment",
    "notes": "comment",
    "source": "evidence",
}


class Row(NamedTuple):
    """One row: the line it begins in, and its cells; empty cells are left out."""

    line: int
    cells: dict[str, str]


class Form(NamedTuple):
    """A table: its columns as written, its rows with these as keys; ``whole`` is False where the rest cannot be read."""

    line: int
    columns: list[str]
    rows: list[Row]
    problems: list[Problem]
    whole: bool


def read_form(path: Path) -> Form:
    """The rows of a CSV file, and what is wrong with its form."""
    text = read_text(path)
    if isinstance(text, Problem):
        return Form(1, [], [], [text], whole=False)
    file = shown(path)
    problems: list[Problem] = []
    lines = list(_lines(text, file, problems))
    whole = not problems
    if not lines:
        return Form(1, [], [], problems or [Problem(file, None, "is empty", "the first row names the columns")], whole=False)
    line, header = lines[0]
    while header and not header[-1]:
        header.pop()
    rows = [row for at, cells in lines[1:] if (row := _row(header, at, cells, file, problems))]
    return Form(line, header, rows, problems, whole)


def delimiter_of(text: str) -> str:
    """The delimiter that splits the header into most columns that there are.

    >>> delimiter_of('dependant;need;"a, b, c, d"')
    ';'
    """
    first = next((line for line in io.StringIO(text, newline="") if line.strip()), "")

    def columns(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([first], delimiter=delimiter), [])
        return sum(plain(cell) in _all_columns() for cell in cells), len(cells)

    return max(DELIMITERS, key=columns)


@cache
def _all_columns() -> set[str]:
    return {"id", "class", "provider", "share"} | {plain(alias) for cls in STATEMENTS.values() for alias in by_alias(cls)}


def _lines(text: str, file: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Every row that is not blank, with the line it begins in."""
    # Only \n, \r and \r\n end a line: str.splitlines would break cells at U+2028 and the like.
    start = 1
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text), strict=True)
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield start, cells
            start = reader.line_num + 1
    except csv.Error as error:
        hint = 'put text with quotes in it between quotes, and write " as ""'
        problems.append(Problem(file, start, f"is no CSV: {error}", hint))


def _row(header: list[str], line: int, cells: list[str], file: str, problems: list[Problem]) -> Row | None:
    filled = len(cells) - next((i for i, cell in enumerate(reversed(cells)) if cell), 0)
    # Spreadsheets fill rows up with empty cells; one too few, or a filled one too many, is a slip.
    if filled > len(header) or len(cells) < len(header):
        wrong = f"has {len(cells)} cells, and the header has {len(header)}"
        problems.append(Problem(file, line, wrong, "put text with a delimiter in it between double quotes"))
        return None
    found = {}
    for column, cell in zip_longest(header, cells[: len(header)], fillvalue=""):
        if cell and not column:
            problems.append(Problem(file, line, f"{cell[:100]!r} stands in a column without a name"))
        elif _FORMULA.fullmatch(cell):
            wrong = f"{column} {cell[:100]!r} is a formula, not a value"
            problems.append(Problem(file, line, wrong, "save the table with values"))
        elif cell:
            found[column] = cell
    return Row(line, found)


def plain(name: str) -> str:
    """A name without what people spell differently.

    >>> plain("Switching Cost") == plain("switching_cost") == plain("switchingCost")
    True
    """
    return re.sub(r"[\s_-]", "", name).lower()


@cache
def _classes() -> dict[str, str]:
    return {plain(name): name for name in STATEMENTS}


def class_named(word: str) -> str | None:
    """The class that a word in a table means, in any spelling.

    >>> class_named("revenue stream"), class_named("Compny")
    ('RevenueStream', None)
    """
    return _classes().get(plain(word))


def canonical(form: Form, known: Iterable[str], file: str) -> tuple[dict[str, str], list[Problem]]:
    """The proper name of each column as written, and a problem for each that is unknown or stands twice."""
    proper = {plain(name): name for name in sorted(known)}
    names: dict[str, str] = {}
    problems: list[Problem] = []
    taken: set[str] = set()
    for column in form.columns:
        name = proper.get(plain(column))
        if not column:
            continue
        if name is None:
            problems.append(Problem(file, form.line, f"unknown column {column!r}", _meant(column, proper)))
        elif name in taken:
            problems.append(Problem(file, form.line, f"column {name} stands twice"))
        else:
            taken.add(name)
            names[column] = name
    return names, problems


def _meant(column: str, proper: dict[str, str]) -> str:
    key = plain(column)
    if proper.get(_SYNONYMS.get(key, "").lower()):
        return f"did you mean {_SYNONYMS[key]}?"
    close = [proper[one] for one in nearest(key, proper)]
    return f"did you mean {', '.join(close)}?" if close else f"known are {', '.join(sorted(proper.values()))}"
