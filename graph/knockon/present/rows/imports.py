"""What an import did, as rows and notes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from knockon.authoring.files import printable_path
from knockon.errors import shortened
from knockon.present.rows.table import Row, Table
from knockon.text import counted

if TYPE_CHECKING:
    from knockon.authoring.options import ReadOptions
    from knockon.readers.import_report import ImportReport
    from knockon.readers.mapping.catalogue import Importable

#: The columns of the counts of an import.
IMPORT_COLUMNS = ("count", "of", "what")
#: The columns of mappings and readers.
MAPPING_COLUMNS = ("name", "kind", "title", "license", "recognised")
#: The most rejected rows that are listed on the terminal.
_MAX_LISTED = 20
#: The most files whose rows are counted one by one.
_MAX_FILES = 20


def import_table(report: ImportReport) -> Table:
    """Return the counts of an import: rows read, of each of several files too, records by class, merged, implied, left out
    by reason, rejected.

    >>> from knockon.readers.import_report import ImportReport
    >>> report = ImportReport("firms", "edges", rows=3, records=(("Company", 2),), left_out=(("no name", 1),))
    >>> [tuple(row.values()) for row in import_table(report).rows]
    [(3, 'rows read', ''), (2, 'records', 'Company'), (1, 'rows left out', 'no name'), (0, 'rows rejected', '')]
    """
    rows: list[Row] = [_row(report.rows, "rows read"), *_file_rows(report)]
    if report.passed_over:
        rows.append(_row(len(report.passed_over), "files not read", "in the folder or archive, and of another format"))
    rows += [_row(count, "records", cls) for cls, count in report.records]
    if report.other_triples:
        rows.append(_row(report.other_triples, "triples of other vocabularies", "kept as they are; SPARQL sees them"))
    if report.merged:
        rows.append(_row(report.merged, "times merged", "rows that add to a record of another row"))
    if report.conflicts:
        rows.append(_row(report.conflicts, "values not taken", "they contradict an earlier row"))
    rows += [_row(count, "records implied", f"{cls} that others name and nothing declares") for cls, count in report.implied]
    rows += [_row(count, "rows left out", reason) for reason, count in report.left_out]
    rows.append(_row(len(report.rejected), "rows rejected"))
    return Table(rows, IMPORT_COLUMNS)


def _file_rows(report: ImportReport) -> Iterator[Row]:
    """Yield how many rows each of several files has; of very many files the last ones are one row."""
    files = report.rows_by_file if len(report.rows_by_file) > 1 else ()
    most = _MAX_FILES if len(files) > _MAX_FILES + 1 else len(files)
    yield from (_row(count, "rows read", f"of {file}") for file, count in files[:most])
    if files[most:]:
        yield _row(sum(count for _, count in files[most:]), "rows read", f"of {len(files) - most} more files")


def mappings_table(entries: Sequence[Importable]) -> Table:
    """Return a row for each mapping and reader."""
    return Table([entry.to_dict() for entry in entries], MAPPING_COLUMNS, drop=("license", "kind"))


def import_notes(report: ImportReport, options: ReadOptions, store: str = "") -> Iterator[str]:
    """Return which reader was used, the rejected rows with their reasons, and how they come in once they are corrected."""
    yield f"read {', '.join(shortened(report.files, 5))} with {report.reader} as data set {report.name}"
    lines = [f"{place.file}{f':{place.line}' if place.line else ''}: {place.located_reason}" for place in report.rejected]
    yield from shortened(lines, _MAX_LISTED)
    if report.rejected and options.rejects is not None:
        rejected, file = counted(len(report.rejected), "row"), printable_path(options.rejects)
        if report.changes is None:
            yield f"{rejected} rejected, which without --dry-run would be written with the reasons into {file}"
        else:
            yield f"{rejected} rejected, with the reasons, into {file}; {correction_note(report, options, store)}"
    if report.changes is None:
        yield "nothing was written: --dry-run"


def correction_note(report: ImportReport, options: ReadOptions, store: str) -> str:
    """Return what to do with the file of rejected rows: the command that imports it once the rows are corrected.

    >>> from pathlib import Path
    >>> from knockon.authoring.options import ReadOptions
    >>> from knockon.readers.import_report import ImportReport
    >>> report = ImportReport("chain", "edges", base="https://example.org/chain/")
    >>> correction_note(report, ReadOptions(rejects=Path("r.csv"), decimal=","), "st")
    'correct them there, then: knockon import r.csv --mapping edges --as chain-corrected --base https://example.org/chain/ \
--decimal , --store st'
    >>> correction_note(ImportReport("bom", "cyclonedx"), ReadOptions(rejects=Path("r.csv")), "st")
    'correct them in the file that they are from, and import that again'
    """
    from knockon.readers.registry import READERS

    if report.reader in READERS or report.reader.endswith(".rq"):
        return "correct them in the file that they are from, and import that again"
    words = ["knockon", "import", str(options.rejects), "--mapping", report.reader, "--as", _name_of_corrections(report.name)]
    words += ["--base", report.base]
    words += [word for old, new in options.rename for word in ("--rename", f"{old}={new}")]
    words += [word for column in options.percent for word in ("--percent", column)]
    words += ["--decimal", options.decimal] if options.decimal != "." else []
    words += ["--exact-names"] if options.exact_names else []
    words += ["--language", options.language] if options.language else []
    command = shlex.join([*words, "--store", store])
    return f"correct them there, then: {command}"


def _name_of_corrections(name: str) -> str:
    """Return a name for the data set of the corrected rows of a data set, which stays beside it.

    >>> _name_of_corrections("chain"), _name_of_corrections("chain-corrected"), _name_of_corrections("chain-corrected-2")
    ('chain-corrected', 'chain-corrected-2', 'chain-corrected-3')
    """
    before = re.fullmatch(r"(.+-corrected)(?:-([0-9]{1,9}))?", name)
    return f"{before[1]}-{int(before[2] or 1) + 1}" if before else f"{name}-corrected"


def _row(count: int, of: str, what: str = "") -> Row:
    return {"count": count, "of": of, "what": what}


__all__ = ["IMPORT_COLUMNS", "MAPPING_COLUMNS", "correction_note", "import_notes", "import_table", "mappings_table"]
