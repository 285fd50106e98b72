"""What an import did: rows read, records made, merged, implied, left out and rejected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from knockon.errors import InvalidData, Notice, Problem
from knockon.model import DataSet
from knockon.store.changes import LoadReport


@dataclass(frozen=True, slots=True)
class RejectedPlace:
    """A row or another place of a file that was rejected.

    Attributes
    ----------
    file
        The file, as messages name it.
    line
        Its line; None where the format has no lines.
    selector
        The place as evidence names it: ``row:114``, ``pointer:/3``.
    reason
        Why it is rejected, and how to fix it.
    rows
        Its values by column, for the file of rejected rows: of several rows if the table was reshaped.
    origin
        The file and line that a file of rejected rows states of it, if it was read from one.
    """

    file: str
    line: int | None
    selector: str
    reason: str
    rows: tuple[Mapping[str, str], ...] = field(default=(), compare=False, repr=False)
    origin: tuple[str, str] | None = field(default=None, compare=False, repr=False)

    @property
    def located_reason(self) -> str:
        """Why it is rejected, with its place where the format has no lines."""
        return f"{self.reason} at {self.selector}" if self.line is None and self.selector else self.reason

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON, without its values."""
        return {"file": self.file, "line": self.line, "place": self.selector, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The counts of one import: every row that was read is in one of them.

    Attributes
    ----------
    name
        The short name of the data set.
    reader
        The mapping or reader that was used.
    base
        The base of the ids of its records.
    files
        The files that were read.
    passed_over
        The files of a folder or archive that were not read, for the reasons in ``notices``.
    rows
        How many rows (or statements, lines, members of a list) were read.
    rows_by_file
        How many of them each file has, in the order in which the files were read.
    records
        How many records the data set has, by class; those implied are included.
    merged
        How many times a row added to a record that another row had made.
    conflicts
        How many of these stated another value for a field, which was not taken.
    implied
        How many records were made only because others name them, by class.
    left_out
        How many rows were left out, by reason.
    rejected
        The rows that are invalid.
    other_triples
        How many triples of other vocabularies were kept as they are.
    notices
        What to know about how the files were read.
    changes
        What loading changed in the store; None if nothing was loaded.

    Examples
    --------
    >>> report = ImportReport("ofac", "ofac", ("sdn.csv",), rows=2, records=(("Company", 2),))
    >>> report.to_dict()["records"], report.total
    ({'Company': 2}, 2)
    """

    name: str
    reader: str
    files: tuple[str, ...] = ()
    rows: int = 0
    records: tuple[tuple[str, int], ...] = ()
    merged: int = 0
    conflicts: int = 0
    implied: tuple[tuple[str, int], ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()
    rejected: tuple[RejectedPlace, ...] = ()
    other_triples: int = 0
    notices: tuple[Notice, ...] = ()
    changes: LoadReport | None = None
    base: str = ""
    passed_over: tuple[str, ...] = ()
    rows_by_file: tuple[tuple[str, int], ...] = ()

    @property
    def total(self) -> int:
        """The number of records."""
        return sum(count for _, count in self.records)

    def with_changes(self, changes: LoadReport) -> ImportReport:
        """Return the report of the same import after its data set was loaded."""
        return replace(self, changes=changes)

    def to_dict(self) -> dict[str, Any]:
        """Return the counts as plain values for JSON."""
        return {
            "name": self.name,
            "reader": self.reader,
            "base": self.base,
            "files": list(self.files),
            "passed_over": list(self.passed_over),
            "rows": self.rows,
            "rows_by_file": dict(self.rows_by_file),
            "records": dict(self.records),
            "merged": self.merged,
            "conflicts": self.conflicts,
            "implied": dict(self.implied),
            "left_out": dict(self.left_out),
            "rejected": [place.to_dict() for place in self.rejected],
            "other_triples": self.other_triples,
            "notices": [asdict(notice) for notice in self.notices],
            "changes": self.changes.to_dict() if self.changes else None,
        }


class NothingImported(InvalidData):
    """An import of which no record is left; ``report`` says what became of the rows."""

    def __init__(self, problems: Sequence[Problem], report: ImportReport) -> None:
        super().__init__(problems)
        self.report = report


@dataclass(frozen=True, slots=True)
class Imported:
    """The data set that an import made, and the report on it."""

    data_set: DataSet
    report: ImportReport


__all__ = ["ImportReport", "Imported", "NothingImported", "RejectedPlace"]
