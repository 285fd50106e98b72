"""Read tables: one row for each record, columns named like the fields; several rows of one need make its supplies.

The class of a table is determined by its columns (``dependant`` and ``need`` make
dependencies, ``owner`` and ``owned`` ownerships, ``subject`` and ``object``
relations, ``shock`` and ``target`` shocks), by a column ``class``, or by its
name (``companies.csv``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from knockon.authoring.cell_checks import HIT, CellChecks, column_field
from knockon.authoring.columns import (
    FLOW_SYNONYMS,
    SYNONYMS,
    MatchedColumns,
    left_out_notice,
    match_columns,
    normalize_column,
    rename_hint,
    suggest_column,
    unknown_columns_problem,
)
from knockon.authoring.csv_form import Form, Row, class_by_name, quote_list, read_form
from knockon.authoring.names import InvalidName, to_exact_local_name, to_local_name
from knockon.authoring.numbers import normalize_number
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.authoring.raw import NeedRow, Raw, Sheet, Table, missing_cells
from knockon.authoring.shock_tables import REQUIRED as HIT_REQUIRED
from knockon.authoring.shock_tables import SHOCK_FIELDS as SHOCK_COLUMNS
from knockon.authoring.shock_tables import ShockRows
from knockon.authoring.source import Source
from knockon.authoring.supplies import CLASS_COLUMNS, REQUIRED, SUPPLY_COLUMNS
from knockon.errors import Notice, Problem
from knockon.model import STATEMENTS
from knockon.model.validation_errors import HINTS, did_you_mean
from knockon.rdf.fields import by_alias

_BY_COLUMNS = {
    ("dependant", "need"): "Dependency",
    ("owner", "owned"): "Ownership",
    ("subject", "object"): "Relation",
    ("shock", "target"): HIT,
}
#: The columns that make up the name of a record without id, label and title.
_NAME_COLUMNS = ("owner", "owned", "subject", "relationType", "object", "about", "metric", "period", "from")
#: A number of days, in a column declared with --days.
_DAYS = re.compile(r"[0-9]{1,6}")
#: Columns of tables that another command reads, what such a table is, and which command reads it.
_OTHER_COMMANDS = (
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
    source: Source, options: ReadOptions = DEFAULTS, without: Mapping[str, Collection[int]] | None = None
) -> list[Sheet]:
    """Read the records and problems of each table in a file; ``without`` are the lines to skip, by file."""
    if source.ending == ".xlsx":
        from knockon.authoring.workbooks import read_workbook

        forms, sheets = read_workbook(source, options)
    else:
        forms, sheets = [read_form(source, options)], []
    return [*sheets, *(read_table(form, options, (without or {}).get(form.file, ())) for form in forms)]


def read_table(form: Form, options: ReadOptions = DEFAULTS, without: Collection[int] = ()) -> Sheet:
    """Read the records and problems of one table; the lines in ``without`` are skipped."""
    problems = [problem for problem in form.problems if problem.line is None or problem.line not in without]
    # The original lines are needed only to write the file of rejected rows.
    written = form.written if options.allow_rejects else {}
    sheet = Sheet(problems=problems, whole=form.whole, table=Table(form.file, form.header, written))
    if form.columns and (reader := _rows_reader(sheet, form, options, without)):
        reader.read()
    elif form.columns:
        for _ in form.rows(sheet.problems, without):
            pass
        sheet.whole = False
    else:
        sheet.whole = False
    return sheet


def _rows_reader(sheet: Sheet, form: Form, options: ReadOptions, without: Collection[int]) -> _Rows | None:
    """Create the reader of the rows of a table; None, with a problem, if its columns do not tell what the rows are."""
    columns = {normalize_column(column) for column in form.columns}
    cls = _table_class(form.stem, columns)
    if cls is None and "class" not in columns:
        sheet.problems.append(_unknown_class_problem(form, columns))
        return None
    matched = match_columns(form.columns, _known_columns(cls, mixed="class" in columns), form.file, form.line, options)
    sheet.problems += matched.problems
    if matched.problems:
        # Without these columns the rows would mean something else, and their problems would be misleading.
        return None
    if matched.unknown and options.ignore_unknown:
        known = _known_columns(cls, mixed="class" in columns)
        sheet.notices.append(left_out_notice(matched.unknown, matched.names.values(), known, form.file, form.line))
    if cls == "Dependency" and (problem := _missing_provider(form, matched)):
        sheet.problems.append(problem)
        return None
    if not form.written and form.whole:
        sheet.notices.append(Notice(form.file, None, "0 records: it has a header and no rows"))
    percent, in_days = (_named_columns(form, matched, names) for names in (options.percent, options.days))
    return _Rows(sheet, form, matched.names, cls, percent, in_days, options, without)


def _named_columns(form: Form, matched: MatchedColumns, names: Iterable[str]) -> set[str]:
    """Return the canonical names of the columns that an option names, in any spelling."""
    wanted = {normalize_column(name) for name in names}
    return {
        matched.names[column]
        for column, written in zip(form.columns, form.header, strict=True)
        if column in matched.names
        and {normalize_column(column), normalize_column(written), normalize_column(matched.names[column])} & wanted
    }


def _table_class(stem: str, present: Collection[str]) -> str | None:
    """Determine the class of the rows of a table without a column class."""
    for required, cls in _BY_COLUMNS.items():
        if set(required) <= set(present):
            return cls
    word = normalize_column(stem)
    candidates = (word, word.removesuffix("s"), word.removesuffix("ies") + "y")
    return next((named for candidate in candidates if (named := class_by_name(candidate))), None)


def _unknown_class_problem(form: Form, columns: Collection[str]) -> Problem:
    """Return the problem with a table of unknown class: suggestions for its columns, or which command reads it."""
    flows = {FLOW_SYNONYMS.get(column, column) for column in columns}
    for required, kind, hint in _OTHER_COMMANDS:
        if required <= flows:
            return Problem(form.file, form.line, f"is {kind}", hint.format(file=form.file))
    by_synonym = {normalize_column(SYNONYMS.get(column, column)) for column in columns}
    if (suggest_column := _table_class("", by_synonym)) is not None:
        proper = {normalize_column(name): name for name in _known_columns(suggest_column, mixed=False)}
        unknown = [column for column in form.columns if column and normalize_column(column) not in proper]
        return unknown_columns_problem(unknown, proper, form.file, form.line, optional=False)
    hint = (
        "name the columns dependant and need, or read them by those names: --rename NAME=dependant --rename NAME=need; or add "
        "a column class, or name the file after a class (companies.csv)"
    )
    return Problem(form.file, form.line, f"cannot tell what these rows are: columns {quote_list(form.columns)}", hint)


def _missing_provider(form: Form, matched: MatchedColumns) -> Problem | None:
    """Return a problem if a column states something about suppliers but no column names them."""
    supplier_columns = sorted((SUPPLY_COLUMNS - {"provider"}) & set(matched.names.values()))
    if not supplier_columns or "provider" in matched.names.values():
        return None
    filled = any(matched.names.get(column) in supplier_columns for row in form.rows([]) for column in row.cells)
    if not filled:
        return None
    hint = "name the column of suppliers provider"
    if matched.unknown:
        guess = next((c for c in matched.unknown if suggest_column(c, {"provider": "provider"})), matched.unknown[0])
        hint = rename_hint({guess: "provider"})
    return Problem(form.file, form.line, f"{' and '.join(supplier_columns)} without a column provider", hint)


def _known_columns(cls: str | None, *, mixed: bool) -> set[str]:
    if cls == HIT:
        return set(SHOCK_COLUMNS)
    classes = list(STATEMENTS) if mixed or cls is None else [cls]
    known = {"id", *(alias for name in classes for alias in by_alias(STATEMENTS[name]))}
    known |= {"class"} if mixed else set()
    # A supply has no column of its own: the columns provider, share and delay of a row state it.
    return known - {"supply"} | (SUPPLY_COLUMNS | CLASS_COLUMNS if "Dependency" in classes else set())


#: In tables with more rows the cells are checked before records are made.
MANY_ROWS = 50_000
#: Columns without which a row cannot become a record.
_REQUIRED = {"class", "dependant", "need", "shock", "target", "id", "label", "title"}


class _Rows:
    """Converter of the rows of one table to records."""

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
        self.allow_rejects = options.allow_rejects
        #: The line and text of plain numbers in columns of durations, by column.
        self.unitless: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self.hits = ShockRows(self.file)

    def read(self) -> None:
        """Add the records and problems of the rows to the sheet."""
        # Where rows may be rejected, problems are found for each record, so the quick check is skipped.
        if not self.allow_rejects and len(self.form.written) > MANY_ROWS and self._check_cells():
            # Faulty cells are reported before any record is made: the records of a large table take time and memory.
            self.sheet.skipped = True
            return
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
            self._add(cls, self._normalize_numbers(cls, cells, line), line)
        self.sheet.problems += self._missing_units()
        self.sheet.raws += self.hits.shocks()
        # The rows are records now, and their memory can be freed.
        if not self.allow_rejects:
            self.form.written.clear()
        self.sheet.problems += self.hits.problems

    def _rows(self, problems: list[Problem]) -> Iterator[Row]:
        """Yield the rows with canonical column names."""
        names = self.names
        for line, cells, unusable in self.form.rows(problems, self.without):
            proper = {names[column]: value for column, value in cells.items() if column in names}
            yield Row(line, proper, frozenset(names[c] for c in unusable if c in names) if unusable else unusable)

    def _check_cells(self) -> bool:
        """Check all cells; if any is wrong, add the problems that can be found without records to the sheet and return True."""
        before = len(self.sheet.problems)
        checks = CellChecks()
        problems: list[Problem] = []
        for line, cells, unusable in self._rows(problems):
            word = cells.pop("class", "")
            cls = class_by_name(word) if word else self.table
            if cls is None:
                problems.append(_class_problem(word, self.file, line, hint=len(problems) < HINTS))
                continue
            required = {"Dependency": REQUIRED, HIT: HIT_REQUIRED}.get(cls, ())
            # Unusable cells are reported already.
            if not unusable & _REQUIRED and (fault := missing_cells(required, cells)):
                problems.append(Problem(self.file, line, fault))
            for column, value in self._normalize_numbers(cls, cells, line).items():
                if cell_fault := checks.fault(cls, column, value):
                    problems.append(Problem(self.file, line, *cell_fault))
        problems += [*self.sheet.problems[before:], *self._missing_units()]
        self.unitless.clear()
        self.sheet.problems[before:] = problems
        return bool(problems)

    def _add(self, cls: str, cells: dict[str, str], line: int) -> None:
        if cls == "Dependency":
            self.sheet.needs.append(NeedRow(self.file, line, cells))
        elif cls == HIT:
            self.hits.add(cells, line)
        else:
            self.sheet.raws.append(_make_raw(cls, cells, self.file, line, exact=self.exact))

    def _normalize_numbers(self, cls: str, cells: dict[str, str], line: int) -> dict[str, str]:
        """Return the cells with decimal points, percent signs and day units as their columns are declared."""
        unified_cells = {}
        for column, value in cells.items():
            field = column_field(cls, column)
            if field is not None and field.kind == "duration" and _DAYS.fullmatch(value):
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
                unified_cells[column] = normalize_number(value, comma=self.comma, percent=percent)
            except InvalidName as refused:
                self.sheet.problems.append(Problem(self.file, line, f"{column}: {refused.message}", refused.hint))
        return unified_cells

    def _missing_units(self) -> Iterator[Problem]:
        """Yield one problem for each column of durations with plain numbers; one for each row if rows can be rejected."""
        for column, places in self.unitless.items():
            for place, (line, value) in enumerate(places):
                if self.allow_rejects or place == 0:
                    more = f" and {len(places) - 1:,} more plain numbers" if len(places) > 1 and not self.allow_rejects else ""
                    hint = f"write P30D for thirty days, or read plain numbers as days with --days {column}"
                    yield Problem(self.file, line, f"{column}: {value}{more} without a unit", hint)


def _class_problem(word: str, file: str, line: int, *, hint: bool) -> Problem:
    if not word:
        return Problem(file, line, "class is empty", "e.g. Company, Product, Entity")
    return Problem(file, line, f"unknown class {word[:100]!r}", did_you_mean(word, STATEMENTS) if hint else "")


def _make_raw(cls: str, cells: dict[str, str], file: str, line: int, *, exact: bool) -> Raw:
    name = cells.get("label") or cells.get("title") or "-".join(cells[c] for c in _NAME_COLUMNS if c in cells) or f"row-{line}"
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
    field = by_alias(STATEMENTS[cls]).get(column)
    if field is not None and field.many:
        return [part.strip() for part in value.split(";") if part.strip()]
    return value
