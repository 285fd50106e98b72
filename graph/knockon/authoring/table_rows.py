"""Convert the rows of a table to records as written."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from knockon.authoring.cell_checks import HIT, CellChecks, column_field
from knockon.authoring.csv_form import Form, Row, class_by_name
from knockon.authoring.languages import base_of, is_text, with_language
from knockon.authoring.names import InvalidName, to_exact_local_name, to_local_name
from knockon.authoring.numbers import normalize_number
from knockon.authoring.options import ReadOptions
from knockon.authoring.provisions import REQUIRED as PROVISION_REQUIRED
from knockon.authoring.raw import NeedRow, NeedRows, Raw, Sheet, missing_cells
from knockon.authoring.row_names import split
from knockon.authoring.shock_tables import REQUIRED as HIT_REQUIRED
from knockon.authoring.shock_tables import ShockRows
from knockon.authoring.sound_columns import sound_columns
from knockon.authoring.supplies import REQUIRED
from knockon.errors import Problem
from knockon.model import STATEMENTS
from knockon.model.validation_errors import HINTS, did_you_mean
from knockon.rdf.fields import by_alias

#: The columns that make up the name of a record without id, label and title.
_NAME_COLUMNS = (
    "measure", "designated", "listEntry", "owner", "owned", "subject", "relationType", "object", "about", "metric", "period",
    "from",
)  # fmt: skip
#: A number of days, in a column declared with --days.
_DAYS = re.compile(r"[0-9]{1,6}")
#: In tables with more rows the cells are checked before records are made.
MANY_ROWS = 50_000
#: Columns without which a row cannot become a record.
_REQUIRED = {"class", "dependant", "need", "provided", "shock", "target", "id", "label", "title"}


class TableRows:
    """Converter of the rows of one table to records as written.

    Parameters
    ----------
    sheet
        Receives the records and problems.
    form
        The table.
    names
        The canonical name of each known column.
    table
        The class of the rows; None if each row states its class.
    percent, in_days
        The columns whose plain numbers are percentages, and those whose plain numbers are days.
    options
        How the table is read.
    without
        The lines to skip.
    """

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
        self.keeps_rejects, self.language = options.keeps_rejects, options.language
        #: The line and text of plain numbers in columns of durations, by column.
        self.unitless: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.hits = ShockRows(self.file, options.language)

    def read(self) -> None:
        """Add the records and problems of the rows to the sheet."""
        if needs := self._sound_columns():
            self.sheet.needs = needs
        # Where rows may be rejected, problems are found for each record, so the quick check is skipped.
        elif not self.keeps_rejects and len(self.form.written) > MANY_ROWS:
            if not self._add_checked():
                self.sheet.skipped = True
                return
        else:
            self._add_rows()
        # The rows are records now, and their memory can be freed.
        if not self.keeps_rejects:
            self.form.written.clear()
        self.sheet.problems += self._missing_units()
        self.sheet.raws += self.hits.shocks()
        self.sheet.problems += self.hits.problems

    def _sound_columns(self) -> NeedRows | None:
        """Return all rows, if they are dependencies without any fault and are taken as they are."""
        as_written = not (self.keeps_rejects or self.without or self.language or self.comma or self.percent)
        is_plain = as_written and self.table == "Dependency" and "class" not in self.names.values()
        return sound_columns(self.form, self.names) if is_plain else None

    def _add_rows(self) -> None:
        for line, cells, unusable in self._rows(self.sheet.problems):
            if unusable & _REQUIRED:
                # The unusable cell is reported already: that it is missing would be a second report of the same problem.
                if name := cells.get("id") or cells.get("label"):
                    self.sheet.lost.add(to_local_name(name))
                continue
            word = cells.pop("class", "")
            cls = class_by_name(word) if word else self.table
            if cls is None:
                self.sheet.problems.append(_class_problem(word, self.file, line, hint=len(self.sheet.problems) < HINTS))
                if name := cells.get("id") or cells.get("label"):
                    self.sheet.lost.add(to_local_name(name))
                continue
            if cls == "Provision" and "provider" in unusable:
                continue  # The unusable cell is reported already.
            self._add(cls, self._with_language(cls, self._normalize_numbers(cls, cells, line)), line)

    def _rows(self, problems: list[Problem]) -> Iterator[Row]:
        """Yield the rows with canonical column names."""
        names = self.names
        for line, cells, unusable in self.form.rows(problems, self.without):
            proper = {names[column]: value for column, value in cells.items() if column in names}
            yield Row(line, proper, frozenset(names[c] for c in unusable if c in names) if unusable else unusable)

    def _add_checked(self) -> bool:
        """Check all cells and add the rows; if any cell is wrong, add the problems of all instead, and return False.

        Faulty cells are reported before any record is made: the records of a large table take time and memory.
        """
        before = len(self.sheet.problems)
        checks = CellChecks()
        problems: list[Problem] = []
        for line, cells, unusable in self._rows(problems):
            word = cells.pop("class", "")
            cls = class_by_name(word) if word else self.table
            if cls is None:
                problems.append(_class_problem(word, self.file, line, hint=len(problems) < HINTS))
                continue
            required = {"Dependency": REQUIRED, "Provision": PROVISION_REQUIRED, HIT: HIT_REQUIRED}.get(cls, ())
            # Unusable cells are reported already.
            if not unusable & _REQUIRED and (fault := missing_cells(required, cells)):
                problems.append(Problem(self.file, line, fault))
            normalized = self._normalize_numbers(cls, cells, line)
            for column, value in normalized.items():
                if cell_fault := checks.fault(cls, column, value):
                    problems.append(Problem(self.file, line, *cell_fault))
            if not problems:
                self._add(cls, self._with_language(cls, normalized), line)
        problems += [*self.sheet.problems[before:], *self._missing_units()]
        self.sheet.problems[before:] = problems
        if problems:
            self.unitless.clear()
            self.sheet.raws, self.sheet.needs, self.sheet.provisions = [], NeedRows(), []
        return not problems

    def _add(self, cls: str, cells: dict[str, str], line: int) -> None:
        if cls == "Dependency":
            self.sheet.needs.append(NeedRow(self.file, line, cells))
        elif cls == "Provision":
            self.sheet.provisions.append(NeedRow(self.file, line, cells))
        elif cls == HIT:
            self.hits.add(cells, line)
        else:
            self.sheet.raws.append(_make_raw(cls, cells, self.file, line, exact=self.exact))

    def _with_language(self, cls: str, cells: dict[str, str]) -> dict[str, str]:
        """Return the cells with the texts in the language that was stated for the table."""
        if not self.language:
            return cells
        texts = (column for column in cells if is_text(column_field(cls, column)))
        return {**cells, **{column: with_language(cells[column], self.language) for column in texts}}

    def _normalize_numbers(self, cls: str, cells: dict[str, str], line: int) -> dict[str, str]:
        """Return the cells with decimal points, percent signs and day units as their columns are declared."""
        normalized = {}
        for column, value in cells.items():
            field = column_field(cls, column)
            if field is not None and field.kind == "duration" and _DAYS.fullmatch(value):
                if column in self.in_days:
                    normalized[column] = f"P{int(value)}D"
                else:
                    self.unitless[column].append((line, value))
                continue
            if field is None or field.kind not in {"decimal", "double"} or not (self.comma or self.percent):
                normalized[column] = value
                continue
            try:
                percent = column in self.percent and field.maximum == 1
                normalized[column] = normalize_number(value, comma=self.comma, percent=percent)
            except InvalidName as error:
                self.sheet.problems.append(Problem(self.file, line, f"{column}: {error.message}", error.hint))
        return normalized

    def _missing_units(self) -> Iterator[Problem]:
        """Yield one problem for each column of durations with plain numbers; one for each row if rows can be rejected."""
        for column, numbers in self.unitless.items():
            for index, (line, value) in enumerate(numbers):
                if self.keeps_rejects or index == 0:
                    more = (
                        f" and {len(numbers) - 1:,} more plain numbers" if len(numbers) > 1 and not self.keeps_rejects else ""
                    )
                hint = f"write P30D for thirty days, or read plain numbers as days with --days {column}"
                yield Problem(self.file, line, f"{column}: {value}{more} without a unit", hint)


def _class_problem(word: str, file: str, line: int, *, hint: bool) -> Problem:
    if not word:
        return Problem(file, line, "class is empty", "e.g. Company, Product, Entity")
    return Problem(file, line, f"unknown class {word[:100]!r}", did_you_mean(word, STATEMENTS) if hint else "")


def _make_raw(cls: str, cells: dict[str, str], file: str, line: int, *, exact: bool) -> Raw:
    labels = [value for column, value in cells.items() if base_of(column) in ("label", "title")]
    plain = cells.get("label") or cells.get("title") or next(iter(labels), "")
    name = plain or "-".join(cells[c] for c in _NAME_COLUMNS if c in cells) or f"row-{line}"
    data = {column: cell_value(cls, column, value) for column, value in cells.items() if column != "id"}
    return Raw(
        cls,
        cells.get("id") or (to_exact_local_name(name) if exact else to_local_name(name)),
        data,
        file,
        line,
        loose=True,
        rows=[line],
    )


def cell_value(cls: str, column: str, value: str) -> Any:
    """Return the value of a cell: a list if the field has many values.

    >>> cell_value("Company", "altLabel", "Acme Ltd; ACME"), cell_value("Company", "label", "Acme; the company")
    (['Acme Ltd', 'ACME'], 'Acme; the company')
    """
    field = by_alias(STATEMENTS[cls]).get(base_of(column))
    return split(value) if field is not None and field.many else value
