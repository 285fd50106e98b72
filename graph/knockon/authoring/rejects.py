"""Rows that are left out so that the others can be loaded: which, why, and where they are kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from knockon.authoring.columns import plain
from knockon.authoring.files import shown
from knockon.authoring.options import ReadOptions
from knockon.authoring.raw import Raw, Sheet, Table
from knockon.errors import Notice, Problem, UsageError
from knockon.text import cell, csv_lines

#: A row that falls may take another with it, which named it; so many steps of that are followed.
_ROUNDS = 50


class RejectedRow(NamedTuple):
    """One row that was left out, with the table that it is from."""

    table: Table
    line: int
    reason: str
    #: Whether the row is wrong itself; else it goes with another row of its record.
    wrong: bool


class Rejected:
    """The rows of one data set that are left out.

    What is rejected is a whole record: where several rows make one (the suppliers of a need,
    the hits of a shock), all of them go, since half a record would say something else.
    """

    def __init__(self) -> None:
        self.lines: dict[str, set[int]] = {}
        #: The ids of records that are left out: naming one of them does not make another one.
        self.ids: set[str] = set()
        self.rows: list[RejectedRow] = []
        self.rounds = 0

    def take(self, problems: Iterable[Problem], sheets: Sequence[Sheet]) -> bool:
        """Leave out the rows that have these problems; False where a problem is that of no row."""
        tables = {sheet.table.file: sheet for sheet in sheets if sheet.table}
        reasons: dict[tuple[str, int], list[str]] = {}
        for problem in problems:
            sheet = tables.get(problem.file)
            if sheet is None or sheet.table is None or problem.line not in sheet.table.lines or not sheet.whole:
                return False
            reason = problem.message + (f" ({problem.hint})" if problem.hint else "")
            reasons.setdefault((problem.file, problem.line), []).append(reason)
        self.rounds += 1
        if self.rounds > _ROUNDS:
            return False
        records: dict[str, dict[int, Raw]] = {}
        gone: set[int] = set()
        for (file, line), texts in sorted(reasons.items()):
            if file not in records:
                records[file] = _record_of_each_row(tables[file])
            raw = records[file].get(line)
            # The rows of one record go once, whichever of them is looked at first.
            rows = [line, *raw.rows] if raw and id(raw) not in gone else [line]
            if raw:
                gone.add(id(raw))
                self.ids.add(raw.id)
            self._reject(tables[file], rows, line, "; ".join(texts))
        return True

    def _reject(self, sheet: Sheet, rows: Sequence[int], line: int, reason: str) -> None:
        assert sheet.table is not None  # noqa: S101 - as looked at above
        left_out = self.lines.setdefault(sheet.table.file, set())
        for row in sorted(set(rows) - left_out):
            left_out.add(row)
            why = reason if row == line else f"the row in line {line}: {reason}"
            self.rows.append(RejectedRow(sheet.table, row, why, row == line))

    def notices(self, options: ReadOptions) -> list[Notice]:
        """How many rows of each table were left out."""
        kept = f"they are in {shown(options.rejects)}, with the reasons" if options.rejects else ""
        sound = Counter(row.table.file for row in self.rows if not row.wrong)
        return [Notice(file, None, _counted(len(lines), sound[file]), kept) for file, lines in sorted(self.lines.items())]


def _counted(rows: int, sound: int) -> str:
    share = f", {sound:,} of them for another row of their record" if sound else ""
    return f"{rows:,} row{'s' if rows > 1 else ''} rejected{share}"


def _record_of_each_row(sheet: Sheet) -> dict[int, Raw]:
    """The first record that each row of a table is part of."""
    records: dict[int, Raw] = {}
    for raw in sheet.raws:
        for row in raw.rows:
            records.setdefault(row, raw)
    return records


@dataclass
class Journal:
    """What reading several sources leaves to be done: rows to be kept in a file, options that met nothing."""

    options: ReadOptions
    rows: list[RejectedRow] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)

    def add(self, sheets: Iterable[Sheet], rejected: Rejected) -> None:
        """Note what one data set was read from."""
        self.rows += rejected.rows
        for table in (sheet.table for sheet in sheets if sheet.table):
            self.tables.add(table.file)
            self.columns.update((plain(column), column) for column in table.header)

    def close(self) -> None:
        """Write the rejected rows.

        Raises
        ------
        UsageError
            An option names a column that no table has, or the file cannot be written.
        """
        self.check()
        if self.options.rejects is not None:
            from knockon.store.atomic_write import write_bytes

            write_bytes(self.options.rejects, as_csv(self.rows).encode())

    def check(self) -> None:
        """Hold the options against the tables.

        Raises
        ------
        UsageError
            An option names a column that no table has, or a sheet where there is no workbook.
        """
        given = self.options
        named = (("--rename", [old for old, _ in given.rename]), ("--percent", given.percent), ("--days", given.days))
        for option, names in named:
            renamed = {plain(new) for _, new in self.options.rename}
            for name in names:
                if plain(name) not in {*self.columns, *renamed}:
                    known = ", ".join(sorted(self.columns.values())[:20])
                    raise UsageError(f"{option} {name}: no table has this column; the columns are {known or 'none'}")
        if self.options.sheets and not any("!" in table for table in self.tables):
            raise UsageError("--sheet names a sheet of a workbook, and none was read")


def as_csv(rows: Iterable[RejectedRow]) -> str:
    """Rejected rows as CSV: file, line and problem (none of them a field of a record), then the row in its own columns."""
    ordered = sorted(rows, key=lambda row: (row.table.file, row.line))
    columns = list(dict.fromkeys(name for row in ordered for name in row.table.header if name))
    body = []
    for row in ordered:
        values: dict[str, str] = {}
        for name, value in zip(row.table.header, row.table.lines[row.line], strict=False):
            values.setdefault(name, value)
        # What stands beyond the last column would be lost: it is why the row is here.
        beyond = row.table.lines[row.line][len(row.table.header) :]
        own = [*(values.get(name, "") for name in columns), *beyond]
        body.append([cell(row.table.file), str(row.line), cell(row.reason), *map(_as_written, own)])
    return csv_lines([["file", "line", "problem", *map(_as_written, columns)], *body])


def _as_written(text: str) -> str:
    """A cell of a table again as a cell: an apostrophe that marks it as text is there already."""
    return text if text.startswith("'") else cell(text)
