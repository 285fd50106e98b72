"""Read a portfolio: a table with a row for each holding, which names an entity and may state an amount.

The file is a text table (any delimiter, with or without a byte order mark) or a workbook. A column names the entities, by
``id`` if there is one, else by ``name`` (or ``company``, ``supplier``, ...); a column ``amount`` (or ``weight``, ``value``,
...) is optional, and others are left out. A list of names alone needs no header.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from knockon.authoring.columns import normalize_column, rename_hint, suggest_column
from knockon.authoring.csv_form import Form, quote_list, read_form
from knockon.authoring.files import TABLES
from knockon.authoring.names import InvalidName
from knockon.authoring.numbers import normalize_number, parse_number
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.authoring.source import Source
from knockon.errors import InvalidData, NotFound, Problem, UsageError

#: The columns that name an entity, the most exact first.
NAMES = (
    "id", "iri", "entity", "name", "label", "company", "issuer", "supplier", "vendor", "customer", "firm", "organisation",
    "organization", "holding", "party", "counterparty",
)  # fmt: skip
#: The columns that state an amount, the plainest first.
AMOUNTS = ("amount", "weight", "value", "exposure", "market value", "spend", "volume")
#: What the errors say was not done.
OUTCOME = "nothing was computed"
_UNIT = re.compile(r"\s*[(\[][^)\]]*[)\]]\s*$")


class PortfolioRow(NamedTuple):
    """One row of a portfolio: its line, the names of its entity (the most exact first), and its amount."""

    line: int
    names: tuple[str, ...]
    amount: float | None


class PortfolioFile(NamedTuple):
    """A portfolio as written.

    Attributes
    ----------
    file
        Its name in messages.
    rows
        Its rows.
    amount_column
        The name of the column of amounts, as written, which may have a unit; empty where there is none.
    unused
        The columns that are left out.
    """

    file: str
    rows: tuple[PortfolioRow, ...]
    amount_column: str
    unused: tuple[str, ...]


def read_portfolio(path: Path, options: ReadOptions = DEFAULTS) -> PortfolioFile:
    """Read a portfolio.

    Parameters
    ----------
    path
        A text table or a workbook.
    options
        Its encoding, decimal sign, sheet, and other names of its columns.

    Raises
    ------
    NotFound
        There is no such file.
    InvalidData
        No column names entities, a row names none, or an amount is not a number of 0 or more; each with its line.
    UsageError
        The ending is not that of a table, or the workbook has several sheets.
    """
    if not path.exists():
        raise NotFound("portfolio", str(path))
    source = Source.of(path)
    if source.ending not in TABLES:
        raise UsageError(f"{source.name}: a portfolio is a table, {', '.join(sorted(TABLES))}")
    form = _read_form(source, options)
    problems = [*form.problems]
    if not form.columns:
        raise InvalidData(problems or [Problem(source.name, None, "is empty")], OUTCOME)
    if missing := _missing_renames(form, options):
        raise UsageError(f"--rename {missing}: the portfolio has no such column; its columns are {quote_list(form.columns)}")
    columns, form = _name_columns(form, problems)
    amounts = _column(form, AMOUNTS, problems)
    if problems:
        raise InvalidData(problems, OUTCOME)
    form = _without_others(form, {*columns, amounts})
    rows = [
        PortfolioRow(row.line, names, _amount(row.cells.get(amounts, ""), form.file, row.line, options, problems))
        for row in form.rows(problems)
        if not row.unusable and (names := _names(row.cells, columns, form.file, row.line, problems))
    ]
    if not rows and not problems:
        problems.append(Problem(form.file, None, "has no row", "write one for each entity"))
    if problems:
        raise InvalidData(problems, OUTCOME)
    written = dict(zip(form.columns, form.header, strict=False))
    unused = tuple(written[column] for column in form.columns if column and column not in (*columns, amounts))
    return PortfolioFile(form.file, tuple(rows), written.get(amounts, ""), unused)


def _read_form(source: Source, options: ReadOptions) -> Form:
    if source.ending != ".xlsx":
        return read_form(source, options)
    from knockon.authoring.workbooks import read_workbook

    forms, sheets = read_workbook(source, options)
    if problems := [problem for sheet in sheets for problem in sheet.problems]:
        raise InvalidData(problems, OUTCOME)
    if len(forms) > 1:
        names = ", ".join(form.stem for form in forms)
        raise UsageError(f"{source.name} has several sheets ({names}): choose one with --sheet NAME")
    return forms[0]


def _without_others(form: Form, used: Collection[str]) -> Form:
    """Return a table with empty cells in the columns that are not used: what is in them, such as #N/A, does not matter."""
    unused = [place for place, column in enumerate(form.columns) if column not in used]
    written = {line: list(cells) for line, cells in form.written.items()}
    for cells in written.values():
        for place in unused:
            if place < len(cells):
                cells[place] = ""
    return form._replace(written=written)


def _missing_renames(form: Form, options: ReadOptions) -> str:
    """Return the first column that an option renames and that is not there; empty if there is none."""
    present = {normalize_column(column) for column in form.header}
    return next((old for old, _ in options.rename if normalize_column(old) not in present), "")


def _name_columns(form: Form, problems: list[Problem]) -> tuple[tuple[str, ...], Form]:
    """Return the columns that name entities, the most exact first; a single column of names may have no header."""
    found = tuple(column for name in NAMES if (column := _column(form, (name,), problems)))
    if found:
        return found, form
    if len(form.columns) == 1 and not _column(form, AMOUNTS, problems):
        rows = {form.line: [form.columns[0]], **form.written}
        return ("name",), form._replace(header=["name"], columns=["name"], written=rows)
    proper = {normalize_column(name): name for name in NAMES}
    guesses = {column: name for column in form.columns if column and (name := suggest_column(column, proper, {}))}
    hint = rename_hint(dict(list(guesses.items())[:1])) if guesses else "name one of them id or name"
    columns = quote_list(column for column in form.columns if column)
    problems.append(Problem(form.file, form.line, f"no column names the entities: columns {columns}", hint))
    return (), form


def _column(form: Form, names: Iterable[str], problems: list[Problem]) -> str:
    """Return the column that has one of some names, the first first; empty if there is none. Two of them are a problem."""
    for name in names:
        key = normalize_column(name)
        matches = [column for column in form.columns if normalize_column(_UNIT.sub("", column)) == key]
        if len(matches) > 1:
            problems.append(Problem(form.file, form.line, f"duplicate column {name!r}", "keep one of the two"))
        if matches:
            return matches[0]
    return ""


def _names(cells: dict[str, str], columns: Sequence[str], file: str, line: int, problems: list[Problem]) -> tuple[str, ...]:
    names = tuple(cells[column] for column in columns if column in cells)
    if not names:
        problems.append(Problem(file, line, "names no entity", f"fill the column {columns[0]}, or delete the row"))
    return names


def _amount(cell: str, file: str, line: int, options: ReadOptions, problems: list[Problem]) -> float | None:
    """Return the amount in a cell; None where it is empty, and, with a problem, where it is not an amount."""
    if not cell:
        return None
    try:
        number = parse_number(normalize_number(cell, comma=options.decimal == ",", percent=False), part=True)
    except InvalidName as error:
        problems.append(Problem(file, line, str(error), error.hint))
        return None
    if Decimal(number) < 0:
        hint = "write 0 or more; a loss here is what an entity no longer delivers, so that a short position has no meaning"
        problems.append(Problem(file, line, f"the amount {cell[:40]!r} is below 0", hint))
        return None
    return float(number)


__all__ = ["AMOUNTS", "NAMES", "PortfolioFile", "PortfolioRow", "read_portfolio"]
