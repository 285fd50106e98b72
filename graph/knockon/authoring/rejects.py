"""Rejected rows, which are left out so that the others can be loaded, with reasons, and the file that keeps them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from knockon.authoring.columns import normalize_column
from knockon.authoring.files import printable_path
from knockon.authoring.options import ReadOptions
from knockon.authoring.raw import Raw, Sheet, Table
from knockon.authoring.rejects_file import WrittenRow, as_csv, cells_by_column
from knockon.errors import Notice, Problem, UsageError

#: A rejected row may invalidate another row that refers to it; the most rounds of that.
_MAX_ROUNDS = 50


class RejectedRow(NamedTuple):
    """One rejected row, with its table."""

    table: Table
    line: int
    reason: str
    #: Whether the row itself is invalid; otherwise it is rejected with another row of its record.
    invalid: bool


class RejectedRows:
    """The rejected rows of one data set.

    Whole records are rejected: if several rows make one (the suppliers of a need, the hits
    of a shock), all of them are, since part of a record would state something else.
    """

    def __init__(self) -> None:
        self.lines: dict[str, set[int]] = {}
        #: The ids of rejected records: naming one of them in a table does not create it.
        self.ids: set[str] = set()
        self.rows: list[RejectedRow] = []
        self.rounds = 0

    def reject(self, problems: Iterable[Problem], sheets: Sequence[Sheet]) -> bool:
        """Reject the rows with these problems; return False if a problem does not belong to a row."""
        tables = {sheet.table.file: sheet for sheet in sheets if sheet.table}
        reasons: dict[tuple[str, int], list[str]] = {}
        for problem in problems:
            sheet = tables.get(problem.file)
            if sheet is None or sheet.table is None or problem.line not in sheet.table.lines or not sheet.whole:
                return False
            reason = problem.message + (f" ({problem.hint})" if problem.hint else "")
            reasons.setdefault((problem.file, problem.line), []).append(reason)
        self.rounds += 1
        if self.rounds > _MAX_ROUNDS:
            return False
        records: dict[str, dict[int, Raw]] = {}
        rejected: set[int] = set()
        for (file, line), texts in sorted(reasons.items()):
            if file not in records:
                records[file] = _record_by_row(tables[file])
            raw = records[file].get(line)
            # The rows of one record are rejected once, at the first of them with a problem.
            rows = [line, *raw.rows] if raw and id(raw) not in rejected else [line]
            if raw:
                rejected.add(id(raw))
                self.ids.add(raw.id)
            self._reject_rows(tables[file], rows, line, "; ".join(texts))
        return True

    def _reject_rows(self, sheet: Sheet, rows: Sequence[int], line: int, reason: str) -> None:
        assert sheet.table is not None  # noqa: S101 - checked by the caller
        rejected_lines = self.lines.setdefault(sheet.table.file, set())
        # The file of rejected rows names lines of the file that they are from.
        _, stated = sheet.table.origins.get(line, (sheet.table.file, str(line)))
        for row in sorted(set(rows) - rejected_lines):
            rejected_lines.add(row)
            row_reason = reason if row == line else f"the row in line {stated}: {reason}"
            self.rows.append(RejectedRow(sheet.table, row, row_reason, row == line))

    def notices(self, options: ReadOptions) -> list[Notice]:
        """Return a notice for each table with the number of rejected rows."""
        location = f"they are in {printable_path(options.rejects)}, with the reasons" if options.rejects else ""
        indirect = Counter(row.table.file for row in self.rows if not row.invalid)
        return [
            Notice(file, None, _count_rows(len(lines), indirect[file]), location) for file, lines in sorted(self.lines.items())
        ]


def _count_rows(rows: int, sound: int) -> str:
    share = f", {sound:,} of them for another row of their record" if sound else ""
    return f"{rows:,} row{'s' if rows > 1 else ''} rejected{share}"


def _record_by_row(sheet: Sheet) -> dict[int, Raw]:
    """Return the first record that each row of a table is part of."""
    records: dict[int, Raw] = {}
    for raw in sheet.raws:
        for row in raw.rows:
            records.setdefault(row, raw)
    return records


@dataclass
class Journal:
    """Rejected rows and columns of several sources, to write the rows to a file and to check the options at the end.

    ``is_all_rejected`` says that reading failed for nothing else than that every row of a source was rejected.
    """

    options: ReadOptions
    rows: list[RejectedRow] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)
    is_all_rejected: bool = False

    def add(self, sheets: Iterable[Sheet], rejected: RejectedRows) -> None:
        """Add the tables and rejected rows of one data set."""
        self.rows += rejected.rows
        for table in (sheet.table for sheet in sheets if sheet.table):
            self.tables.add(table.file)
            self.columns.update((normalize_column(column), column) for column in table.header)

    def close(self) -> None:
        """Check the options, and write the rejected rows; see ``check`` and ``write``."""
        self.check()
        self.write()

    def write(self) -> None:
        """Write the rejected rows to the file that the options name, if they name one.

        Raises
        ------
        UsageError
            The file cannot be written.
        """
        if self.options.rejects is not None:
            from knockon.store.atomic_write import write_bytes

            write_bytes(self.options.rejects, as_csv(map(_written_row, self.rows)).encode())

    def check(self) -> None:
        """Check that the options name columns and sheets of the tables.

        Raises
        ------
        UsageError
            An option names a column that no table has, or a sheet where there is no workbook.
        """
        check_named_columns(self.options, self.columns)
        if self.options.sheets and not any("!" in table for table in self.tables):
            raise UsageError("--sheet names a sheet of a workbook, and none was read")


def check_named_columns(options: ReadOptions, columns: Mapping[str, str]) -> None:
    """Check that options name columns that a table has.

    Parameters
    ----------
    options
        The options.
    columns
        The columns of all tables by their normalized names.

    Raises
    ------
    UsageError
        An option names a column that no table has.
    """
    renamed = {normalize_column(new) for _, new in options.rename}
    options_with_names: tuple[tuple[str, Sequence[str], Collection[str]], ...] = (
        ("--rename", [old for old, _ in options.rename], ()),
        ("--percent", options.percent, renamed),
        ("--days", options.days, renamed),
    )
    for option, names, others in options_with_names:
        for name in names:
            if normalize_column(name) not in {*columns, *others}:
                known = ", ".join(sorted(columns.values())[:20])
                raise UsageError(f"{option} {name}: no table has this column; the columns are {known or 'none'}")


def _written_row(row: RejectedRow) -> WrittenRow:
    """Return a rejected row as its file has it: one from a file of rejected rows keeps the file and line that are there."""
    file, line = row.table.origins.get(row.line, (row.table.file, str(row.line)))
    return WrittenRow(file, line, row.reason, cells_by_column(row.table.header, row.table.lines[row.line]))
