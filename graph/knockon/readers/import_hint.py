"""Name the command that reads a file of another format, where it was loaded as one of our own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from shlex import quote

from knockon.authoring.columns import normalize_column
from knockon.authoring.csv_tables import table_class
from knockon.authoring.options import ReadOptions
from knockon.authoring.rejects import Journal
from knockon.authoring.rejects_file import RejectedTable
from knockon.errors import InvalidData, KnockonError, Problem
from knockon.model import DataSet
from knockon.readers.foreign_file import ForeignFile

#: The endings of files that `load` reads as tables.
_TABLES = (".csv", ".tsv", ".txt")


def with_import_hints(error: InvalidData, sources: Iterable[str | Path]) -> InvalidData:
    """Return an error whose first problem with each file of a known other format has the command that imports it.

    Parameters
    ----------
    error
        The problems with loading some sources.
    sources
        The sources.

    Examples
    --------
    >>> error = InvalidData([Problem("missing.csv", 1, "cannot tell what these rows are")])
    >>> with_import_hints(error, ["missing.csv"]).problems == error.problems
    True
    """
    commands = {str(source): command for source in sources if (command := _import_command(source))}
    problems: list[Problem] = []
    for problem in error.problems:
        command = commands.pop(problem.file, "")
        hint = "; ".join(filter(None, (command, problem.hint)))
        problems.append(replace(problem, hint=hint) if command else problem)
    return InvalidData(problems, error.outcome)


def read_sources_or_hint(
    sources: Sequence[str | Path],
    options: ReadOptions,
    *,
    name: str = "",
    present: Sequence[DataSet] = (),
    journal: Journal | None = None,
    by_columns: bool = False,
) -> tuple[DataSet, ...]:
    """Read sources as ``read_sources`` does; the error for a file of another format has the command that imports it.

    With a ``journal`` the rejected rows are in it, for the caller to write.

    Raises
    ------
    InvalidData
        A source is invalid.
    UsageError
        An option names a column that no table has.
    """
    from knockon.authoring.named_sources import read_sources

    try:
        data_sets = read_sources(sources, options, name=name, present=present, journal=journal, by_columns=by_columns)
    except InvalidData as error:
        if journal is not None:
            # An option that names a missing column may be the cause of the problems.
            journal.check()
            if journal.is_all_rejected:
                journal.write()
        raise with_import_hints(error, sources) from None
    if journal is not None:
        journal.check()
    return data_sets


def _import_command(source: str | Path) -> str:
    """Return what to type for a file of another format; empty if it is none that is known."""
    from knockon.readers.input_files import foreign_files
    from knockon.readers.recognition import recognise

    path = Path(source)
    try:
        if not path.is_file():
            return ""
        files = foreign_files(path)
        command = f"`knockon import {quote(str(source))}"
        if any(map(_holds_foreign_rejects, files)):
            return f"it holds rejected rows: {command} --mapping MAPPING --store STORE` reads them, by their mapping"
        return f"{command} --store STORE` reads it as {recognise(files)}"
    except (KnockonError, OSError, ValueError):
        return ""


def _holds_foreign_rejects(file: ForeignFile) -> bool:
    """Return whether a file holds rows that an import rejected: with columns of none of our tables, or under another ending."""
    from knockon.readers.mapping.rejects_file import read_rejects

    rows = read_rejects(file)
    if rows is None:
        return False
    columns = set(map(normalize_column, RejectedTable(next(rows).cells).columns))
    return file.ending not in _TABLES or not ("class" in columns or table_class("", columns))


__all__ = ["read_sources_or_hint", "with_import_hints"]
