"""CSV tables: one row a record, columns named like the fields; several rows of one need make its supplies.

A table tells its class by its columns (``dependant`` and ``need`` make
dependencies, ``owner`` and ``owned`` ownerships, ``subject`` and ``object``
relations), by a column ``class``, or by its name (``companies.csv``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from knockon.authoring.csv_form import Form, Row, canonical, class_named, plain, read_form
from knockon.authoring.names import local
from knockon.authoring.raw import Raw, Sheet
from knockon.authoring.supplies import ABOUT, SUPPLY, Grouping
from knockon.authoring.text import shown
from knockon.errors import Problem
from knockon.model import STATEMENTS
from knockon.model.faults import did_you_mean
from knockon.rdf.fields import by_alias

_BY_COLUMNS = {("dependant", "need"): "Dependency", ("owner", "owned"): "Ownership", ("subject", "object"): "Relation"}
#: What names a record that has neither id nor label nor title.
_NAMING = ("owner", "owned", "subject", "relationType", "object", "about", "metric", "period", "from")


def read_csv(path: Path) -> Sheet:
    """The records of a CSV table, and what is wrong with its form."""
    form, file = read_form(path), shown(path)
    sheet = Sheet(problems=form.problems, whole=form.whole)
    if not form.columns:
        sheet.whole = False
        return sheet
    given = {plain(column) for column in form.columns}
    cls = _class_of(path, given)
    if cls is None and "class" not in given:
        sheet.problems.append(_unclear(form, file))
        sheet.whole = False
        return sheet
    names, wrong = canonical(form, _known(cls, mixed="class" in given), file)
    sheet.problems += wrong
    rows = [Row(line, {names[column]: v for column, v in cells.items() if column in names}) for line, cells in form.rows]
    _read_rows(sheet, rows, cls, file)
    return sheet


def _class_of(path: Path, given: set[str]) -> str | None:
    """The class of rows that say none themselves."""
    for columns, cls in _BY_COLUMNS.items():
        if set(columns) <= given:
            return cls
    stem = plain(path.stem)
    singular = (stem, stem.removesuffix("s"), stem.removesuffix("ies") + "y")
    return next((name for word in singular if (name := class_named(word))), None)


def _unclear(form: Form, file: str) -> Problem:
    hint = "name the columns dependant and need, or add a column class, or name the file after a class (companies.csv)"
    return Problem(file, form.line, f"cannot tell what these rows are: columns {', '.join(form.columns)}"[:300], hint)


def _known(cls: str | None, *, mixed: bool) -> set[str]:
    classes = list(STATEMENTS) if mixed or cls is None else [cls]
    known = {"id", *(alias for name in classes for alias in by_alias(STATEMENTS[name]))}
    known |= {"class"} if mixed else set()
    # A supply is a provider with its share: rows say them, not a column of its own.
    return known - {"supply"} | (SUPPLY | ABOUT if "Dependency" in classes else set())


def _read_rows(sheet: Sheet, rows: list[Row], table: str | None, file: str) -> None:
    grouping = Grouping(file)
    for line, cells in rows:
        word = cells.pop("class", "")
        cls = class_named(word) if word else table
        if cls is None:
            sheet.problems.append(_no_class(word, file, line))
            if name := cells.get("id") or cells.get("label"):
                sheet.lost.add(local(name))
        elif cls == "Dependency":
            grouping.add(cells, line)
        else:
            sheet.raws.append(_raw(cls, cells, file, line))
    sheet.raws += grouping.dependencies()
    sheet.implied += grouping.implied.values()
    sheet.problems += grouping.problems


def _no_class(word: str, file: str, line: int) -> Problem:
    if not word:
        return Problem(file, line, "class is empty", "e.g. Company, Product, Entity")
    return Problem(file, line, f"unknown class {word!r}", did_you_mean(word, STATEMENTS))


def _raw(cls: str, cells: dict[str, str], file: str, line: int) -> Raw:
    name = cells.get("label") or cells.get("title") or "-".join(cells[c] for c in _NAMING if c in cells) or f"row-{line}"
    data = {column: cell(cls, column, value) for column, value in cells.items() if column != "id"}
    return Raw(cls, cells.get("id") or local(name), data, file, line, loose=True)


def cell(cls: str, column: str, value: str) -> Any:
    """The value of a cell: a list where the field has many.

    >>> cell("Company", "altLabel", "Acme Ltd; ACME"), cell("Company", "label", "Acme; the company")
    (['Acme Ltd', 'ACME'], 'Acme; the company')
    """
    field = by_alias(STATEMENTS[cls]).get(column)
    if field is not None and field.many:
        return [part.strip() for part in value.split(";") if part.strip()]
    return value
