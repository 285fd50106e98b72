"""Read Parquet files, Arrow tables, data frames, text tables and workbooks as columns with canonical names."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from knockon.authoring.column_table import ColumnTable
from knockon.authoring.columns import FLOW_SYNONYMS, can_be_typed, list_columns, match_columns, normalize_column
from knockon.authoring.csv_form import read_lines
from knockon.authoring.files import as_path, missing_file
from knockon.authoring.options import ReadOptions
from knockon.authoring.source import Source
from knockon.authoring.workbooks import read_workbook
from knockon.errors import InvalidData, Problem

#: The longest header, in characters.
_HEADER = 100_000


class Opened(Protocol):
    """A table whose column names are known."""

    @property
    def name(self) -> str:
        """The name for messages."""

    @property
    def header(self) -> list[str]:
        """The names of the columns, in order."""

    def read(self, places: Mapping[str, int]) -> ColumnTable:
        """Read the columns at some places of the header, by their canonical names."""


def read_columns(
    source: Any, required: tuple[str, ...], optional: tuple[str, ...], options: ReadOptions, *, name: str = "table",
    collect: bool = False,
) -> ColumnTable:  # fmt: skip
    """Read the required and the optional columns of a table; other columns are left out.

    Parameters
    ----------
    source
        The path of a file; or a table in memory: Arrow, a data frame, a mapping of columns.
    required, optional
        The canonical names of columns.
    options
        How text tables are read; ``rename`` holds for every source.
    name
        What messages call a table in memory.
    collect
        Return cells of text tables that are not numbers as ``problems`` of the table, for a reader with further checks.

    Raises
    ------
    NotFound
        The file does not exist.
    InvalidData
        The table cannot be read, a required column is missing, a column has another type, or a number is none.
    UsageError
        The source is no table, or a package is missing that reads it.
    """
    opened = _open(source, options, name)
    known = (*required, *optional)
    new_names = {normalize_column(old): new for old, new in options.rename}
    header = [new_names.get(normalize_column(column), column) for column in opened.header]
    matched = match_columns(header, known, opened.name, 1, replace(options, ignore_unknown=True), FLOW_SYNONYMS)
    if matched.problems:
        raise InvalidData(matched.problems)
    columns = {canonical: column for column, canonical in matched.names.items()}
    for column in matched.unknown:
        # Synonyms are accepted without --rename here, since nothing else can be meant.
        meaning = column_for_synonym(column, known)
        if meaning and meaning not in columns:
            columns[meaning] = column
        elif meaning and columns[meaning] not in matched.names:
            hint = f"choose one: --rename {shlex.quote(f'{columns[meaning]}={meaning}')}"
            what = f"has two columns that may be {meaning!r}: {columns[meaning]!r} and {column!r}"
            raise InvalidData([Problem(opened.name, None, what, hint)])
    missing = [column for column in required if column not in columns]
    if missing and {"dependant", "need"} <= set(map(normalize_column, header)):
        hint = "knockon.open(...).network() makes the network of one, load reads it into a store"
        raise InvalidData([Problem(opened.name, None, "is a table of dependencies, not of money flows", hint)])
    if missing and not header:
        raise InvalidData([Problem(opened.name, None, "is empty", "the first row names the columns")])
    if missing:
        unknown = [column for column in matched.unknown if can_be_typed(column)]
        hint = f"the columns are {list_columns(header)}"
        if unknown:
            hint += f"; to read one by another name: --rename {shlex.quote(f'{unknown[0]}={missing[0]}')}"
        raise InvalidData([Problem(opened.name, None, f"has no column {column!r}", hint) for column in missing])
    table = opened.read({column: header.index(columns[column]) for column in known if column in columns})
    if table.problems and not collect:
        raise InvalidData(table.problems)
    return table


def _open(source: Any, options: ReadOptions, name: str) -> Opened:
    if not isinstance(source, str | Path):
        from knockon.authoring.arrow_columns import open_memory

        return open_memory(source, name)
    path = as_path(source)
    if not path.is_file():
        raise missing_file(path)
    if path.suffix.lower() == ".parquet":
        from knockon.authoring.arrow_columns import open_parquet

        return open_parquet(path)
    from knockon.authoring.text_columns import open_text

    return open_text(path, options)


def column_for_synonym(column: str, known: Collection[str]) -> str:
    """Return the column of a table of flows that a synonym means; empty if there is none.

    >>> column_for_synonym("Seller", ["supplier"]), column_for_synonym("Colour", ["supplier"])
    ('supplier', '')
    """
    name = FLOW_SYNONYMS.get(normalize_column(column), "")
    return name if name in known else ""


def read_header(path: Path, options: ReadOptions) -> set[str]:
    """Return the normalized column names of a file with what their synonyms mean; empty if the file is not a table."""
    try:
        if path.suffix.lower() == ".parquet":
            from knockon.authoring.arrow_columns import open_parquet

            columns = open_parquet(path).header
        elif path.suffix.lower() == ".xlsx":
            forms, _ = read_workbook(Source.of(path), options)
            columns = forms[0].columns if forms else []
        else:
            with path.open(encoding=options.encoding or "utf-8-sig", newline="") as file:
                start = file.read(_HEADER)
            columns = next(iter(read_lines(start, "", [])), (0, []))[1]
    except (OSError, ValueError, InvalidData):
        return set()
    new_names = {normalize_column(old): new for old, new in options.rename}
    normalized = {normalize_column(new_names.get(normalize_column(column), column)) for column in columns}
    return normalized | {normalize_column(FLOW_SYNONYMS[column]) for column in normalized if column in FLOW_SYNONYMS}
