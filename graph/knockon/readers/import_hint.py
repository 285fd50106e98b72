"""Name the command that reads a file of another format, where it was loaded as one of our own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from shlex import quote

from knockon.authoring.options import ReadOptions
from knockon.authoring.rejects import Journal
from knockon.errors import InvalidData, KnockonError, Problem
from knockon.model import DataSet


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
        name = recognise(foreign_files(path))
    except (KnockonError, OSError, ValueError):
        return ""
    return f"`knockon import {quote(str(source))} --store STORE` reads it as {name}"


__all__ = ["read_sources_or_hint", "with_import_hints"]
