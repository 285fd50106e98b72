"""Tables: one row a record, columns named like the fields; several rows of one need make its supplies.

A table tells its class by its columns (``dependant`` and ``need`` make
dependencies, ``owner`` and ``owned`` ownerships, ``subject`` and ``object``
relations, ``shock`` and ``target`` shocks), by a column ``class``, or by its
name (``companies.csv``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from knockon.authoring.cell_checks import HIT, CellChecks, field_of
from knockon.authoring.columns import (
    FLOW_SYNONYMS,
    SYNONYMS,
    Columns,
    canonical,
    left_out,
    meant,
    plain,
    renaming,
    unknown_columns,
)
from knockon.authoring.csv_form import Form, Row, class_named, listed, read_form
from knockon.authoring.names import Refused, exact_local, local
from knockon.authoring.numbers import unified
from knockon.authoring.options import PLAIN, ReadOptions
from knockon.authoring.raw import NeedRow, Raw, Sheet, Table, missing
from knockon.authoring.shock_tables import COLUMNS as SHOCK_COLUMNS
from knockon.authoring.shock_tables import PAIR as HIT_PAIR
from knockon.authoring.shock_tables import ShockRows
from knockon.authoring.source import Source
from knockon.authoring.supplies import ABOUT, PAIR, SUPPLY
from knockon.errors import Notice, Problem
from knockon.model import STATEMENTS
from knockon.model.faults import HINTS, did_you_mean
from knockon.rdf.fields import by_alias

_BY_COLUMNS = {
    ("dependant", "need"): "Dependency",
    ("owner", "owned"): "Ownership",
    ("subject", "object"): "Relation",
    ("shock", "target"): HIT,
}
#: What names a record that has neither id nor label nor title.
_NAMING = ("owner", "owned", "subject", "relationType", "object", "about", "metric", "period", "from")
#: A number of days, where the column is declared so.
_WHOLE = re.compile(r"[0-9]{1,6}")
#: Columns of the tables that are read by another command, and how.
_ELSEWHERE = (
    ({"supplier", "customer", "value"}, "a table of flows", "knockon rank {file} closes each firm of it in turn"),
    (
        {"suppliersector", "customersector", "essentiality"},
        "a table of essential inputs",
        "it goes beside flows: knockon rank FLOWS --essentiality {file}",
    ),
    ({"firm", "finaldemand"}, "a table of firms", "it goes beside flows: knockon rank FLOWS --firms {file}"),
    ({"firm", "equity"}, "a table of firms", "it goes beside flows: knockon rank FLOWS --firms {file}"),
)


def read_tables(
    source: Source, options: ReadOptions = PLAIN, without: Mapping[str, Collection[int]] | None = None
) -> list[Sheet]:
    """The records of each table in a file, and what is wrong with its form; ``without`` names lines by file to pass over."""
    if source.ending == ".xlsx":
        from knockon.authoring.workbooks import read_workbook

        forms, sheets = read_workbook(source, options)
    else:
        forms, sheets = [read_form(source, options)], []
    return [*sheets, *(read_table(form, options, (without or {}).get(form.file, ())) for form in forms)]


def read_table(form: Form, options: ReadOptions = PLAIN, without: Collection[int] = ()) -> Sheet:
    """The records of one table, and what is wrong with its form; the lines in ``without`` are passed over."""
    problems = [problem for problem in form.problems if problem.line is None or problem.line not in without]
    # The lines as they are written are for the file of those that are left out.
    written = form.written if options.allow_rejects else {}
    sheet = Sheet(problems=problems, whole=form.whole, table=Table(form.file, form.header, written))
    if form.columns and (reader := _reader(sheet, form, options, without)):
        reader.read()
    elif form.columns:
        for _ in form.rows(sheet.problems, without):
            pass
        sheet.whole = False
    else:
        sheet.whole = False
    return sheet


def _reader(sheet: Sheet, form: Form, options: ReadOptions, without: Collection[int]) -> _Rows | None:
    """What reads the rows of a table; None, with a problem, where its columns do not say what the rows are."""
    given = {plain(column) for column in form.columns}
    cls = _class_of(form.stem, given)
    if cls is None and "class" not in given:
        sheet.problems.append(_unclear(form, given))
        return None
    found = canonical(form.columns, _known(cls, mixed="class" in given), form.file, form.line, options)
    sheet.problems += found.problems
    if found.problems:
        # Without these columns the rows would say something else: what is wrong with them would be beside the point.
        return None
    if found.unknown and options.ignore_unknown:
        known = _known(cls, mixed="class" in given)
        sheet.notices.append(left_out(found.unknown, found.names.values(), known, form.file, form.line))
    if cls == "Dependency" and (problem := _nobody_supplies(form, found)):
        sheet.problems.append(problem)
        return None
    if not form.written and form.whole:
        sheet.notices.append(Notice(form.file, None, "0 records: it has a header and no rows"))
    percent, in_days = (_asked(form, found, names) for names in (options.percent, options.days))
    return _Rows(sheet, form, found.names, cls, percent, in_days, options, without)


def _asked(form: Form, found: Columns, names: Iterable[str]) -> set[str]:
    """The proper names of columns that an option names, in whatever way."""
    asked = {plain(name) for name in names}
    return {
        found.names[column]
        for column, written in zip(form.columns, form.header, strict=True)
        if column in found.names and {plain(column), plain(written), plain(found.names[column])} & asked
    }


def _class_of(stem: str, given: Collection[str]) -> str | None:
    """The class of rows that say none themselves."""
    for columns, cls in _BY_COLUMNS.items():
        if set(columns) <= set(given):
            return cls
    word = plain(stem)
    singular = (word, word.removesuffix("s"), word.removesuffix("ies") + "y")
    return next((named for one in singular if (named := class_named(one))), None)


def _unclear(form: Form, given: Collection[str]) -> Problem:
    """What is said of a table that tells no class: what its columns may mean, or which command reads it."""
    flows = {FLOW_SYNONYMS.get(column, column) for column in given}
    for wanted, kind, hint in _ELSEWHERE:
        if wanted <= flows:
            return Problem(form.file, form.line, f"is {kind}", hint.format(file=form.file))
    as_meant = {plain(SYNONYMS.get(column, column)) for column in given}
    if (meant := _class_of("", as_meant)) is not None:
        proper = {plain(name): name for name in _known(meant, mixed=False)}
        unknown = [column for column in form.columns if column and plain(column) not in proper]
        return unknown_columns(unknown, proper, form.file, form.line, optional=False)
    hint = (
        "name the columns dependant and need, or read them by those names: --rename NAME=dependant --rename NAME=need; or add "
        "a column class, or name the file after a class (companies.csv)"
    )
    return Problem(form.file, form.line, f"cannot tell what these rows are: columns {listed(form.columns)}", hint)


def _nobody_supplies(form: Form, found: Columns) -> Problem | None:
    """A problem where a column says something of suppliers, and no column names them."""
    of_suppliers = sorted((SUPPLY - {"provider"}) & set(found.names.values()))
    if not of_suppliers or "provider" in found.names.values():
        return None
    filled = any(found.names.get(column) in of_suppliers for row in form.rows([]) for column in row.cells)
    if not filled:
        return None
    hint = "name the column of suppliers provider"
    if found.unknown:
        guess = next((c for c in found.unknown if meant(c, {"provider": "provider"})), found.unknown[0])
        hint = renaming({guess: "provider"})
    return Problem(form.file, form.line, f"{' and '.join(of_suppliers)} without a column provider", hint)


def _known(cls: str | None, *, mixed: bool) -> set[str]:
    if cls == HIT:
        return set(SHOCK_COLUMNS)
    classes = list(STATEMENTS) if mixed or cls is None else [cls]
    known = {"id", *(alias for name in classes for alias in by_alias(STATEMENTS[name]))}
    known |= {"class"} if mixed else set()
    # A supply is a provider with its share: rows say them, not a column of its own.
    return known - {"supply"} | (SUPPLY | ABOUT if "Dependency" in classes else set())


#: A table of more rows has its cells looked at before its records are made.
LARGE = 50_000
#: Columns without which a row is no record.
_WANTED = {"class", "dependant", "need", "shock", "target", "id", "label", "title"}


class _Rows:
    """From the rows of one table to its records."""

    def __init__(
        self,
        sheet: Sheet,
        form: Form,
        names: Mapping[str, str],
        table: str | None,
        percent: Collection[str],
        in_days: Collection[str],
        options: ReadOptions,
        without: Collection[int],
    ) -> None:
        self.sheet, self.form, self.names, self.without = sheet, form, names, without
        self.file, self.table, self.in_days = form.file, table, in_days
        self.percent, self.comma, self.exact = percent, options.decimal == ",", options.exact_names
        self.each = options.allow_rejects
        #: The lines of plain numbers where a duration is wanted, by column.
        self.unitless: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.hits = ShockRows(self.file)

    def read(self) -> None:
        """Put what the rows say into the sheet."""
        # Rows that may be left out go by whole records.
        if not self.each and len(self.form.written) > LARGE and self._faulty():
            # What is wrong with cells is known before any record is made: those of a large table take time and memory.
            self.sheet.skipped = True
            return
        for line, cells, unusable in self._rows(self.sheet.problems):
            if unusable & _WANTED:
                # What is wrong is known: that the row lacks these would be the same again.
                if name := cells.get("id") or cells.get("label"):
                    self.sheet.lost.add(local(name))
                continue
            word = cells.pop("class", "")
            cls = class_named(word) if word else self.table
            if cls is None:
                self.sheet.problems.append(_no_class(word, self.file, line, hint=len(self.sheet.problems) < HINTS))
                if name := cells.get("id") or cells.get("label"):
                    self.sheet.lost.add(local(name))
                continue
            self._add(cls, self._numbers(cls, cells, line), line)
        self.sheet.problems += self._without_unit()
        self.sheet.raws += self.hits.shocks()
        # From here on the rows are records.
        if not self.each:
            self.form.written.clear()
        self.sheet.problems += self.hits.problems

    def _rows(self, problems: list[Problem]) -> Iterator[Row]:
        """The rows with their columns by proper names."""
        names = self.names
        for line, cells, unusable in self.form.rows(problems, self.without):
            proper = {names[column]: value for column, value in cells.items() if column in names}
            yield Row(line, proper, frozenset(names[c] for c in unusable if c in names) if unusable else unusable)

    def _faulty(self) -> bool:
        """Whether a cell is wrong; then the sheet has the problems of all rows that can be told without their records."""
        before = len(self.sheet.problems)
        checks = CellChecks()
        found: list[Problem] = []
        for line, cells, unusable in self._rows(found):
            word = cells.pop("class", "")
            cls = class_named(word) if word else self.table
            if cls is None:
                found.append(_no_class(word, self.file, line, hint=len(found) < HINTS))
                continue
            wanted = {"Dependency": PAIR, HIT: HIT_PAIR}.get(cls, ())
            # Of a cell that cannot be used it is said already.
            if not unusable & _WANTED and (fault := missing(wanted, cells)):
                found.append(Problem(self.file, line, fault))
            for column, value in self._numbers(cls, cells, line).items():
                if wrong := checks.fault(cls, column, value):
                    found.append(Problem(self.file, line, *wrong))
        found += [*self.sheet.problems[before:], *self._without_unit()]
        self.unitless.clear()
        self.sheet.problems[before:] = found
        return bool(found)

    def _add(self, cls: str, cells: dict[str, str], line: int) -> None:
        if cls == "Dependency":
            self.sheet.needs.append(NeedRow(self.file, line, cells))
        elif cls == HIT:
            self.hits.add(cells, line)
        else:
            self.sheet.raws.append(_raw(cls, cells, self.file, line, exact=self.exact))

    def _numbers(self, cls: str, cells: dict[str, str], line: int) -> dict[str, str]:
        """The cells with decimal points, and percent signs and days where their column is declared so."""
        unified_cells = {}
        for column, value in cells.items():
            field = field_of(cls, column)
            if field is not None and field.kind == "duration" and _WHOLE.fullmatch(value):
                if column in self.in_days:
                    unified_cells[column] = f"P{int(value)}D"
                else:
                    self.unitless[column].append((line, value))
                continue
            if field is None or field.kind not in {"decimal", "double"} or not (self.comma or self.percent):
                unified_cells[column] = value
                continue
            try:
                percent = column in self.percent and field.maximum == 1
                unified_cells[column] = unified(value, comma=self.comma, percent=percent)
            except Refused as refused:
                self.sheet.problems.append(Problem(self.file, line, f"{column}: {refused.message}", refused.hint))
        return unified_cells

    def _without_unit(self) -> Iterator[Problem]:
        """One problem for each column of durations with plain numbers; one for each row where rows can be left out."""
        for column, places in self.unitless.items():
            for place, (line, value) in enumerate(places):
                if self.each or place == 0:
                    more = f" and {len(places) - 1:,} more plain numbers" if len(places) > 1 and not self.each else ""
                    hint = f"write P30D for thirty days, or read plain numbers as days with --days {column}"
                    yield Problem(self.file, line, f"{column}: {value}{more} without a unit", hint)


def _no_class(word: str, file: str, line: int, *, hint: bool) -> Problem:
    if not word:
        return Problem(file, line, "class is empty", "e.g. Company, Product, Entity")
    return Problem(file, line, f"unknown class {word[:100]!r}", did_you_mean(word, STATEMENTS) if hint else "")


def _raw(cls: str, cells: dict[str, str], file: str, line: int, *, exact: bool) -> Raw:
    name = cells.get("label") or cells.get("title") or "-".join(cells[c] for c in _NAMING if c in cells) or f"row-{line}"
    data = {column: cell(cls, column, value) for column, value in cells.items() if column != "id"}
    return Raw(cls, cells.get("id") or (exact_local(name) if exact else local(name)), data, file, line, loose=True, rows=[line])


def cell(cls: str, column: str, value: str) -> Any:
    """The value of a cell: a list where the field has many.

    >>> cell("Company", "altLabel", "Acme Ltd; ACME"), cell("Company", "label", "Acme; the company")
    (['Acme Ltd', 'ACME'], 'Acme; the company')
    """
    field = by_alias(STATEMENTS[cls]).get(column)
    if field is not None and field.many:
        return [part.strip() for part in value.split(";") if part.strip()]
    return value
