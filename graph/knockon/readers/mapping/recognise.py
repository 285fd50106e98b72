"""Recognise which table of which mapping a file is, by its name and its columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import suppress
from fnmatch import fnmatch
from itertools import islice
from typing import Any, NamedTuple

from knockon.authoring.columns import normalize_column
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.errors import InvalidData, KnockonError, UsageError
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.mapping.grids import GridRow, is_workbook, read_csv, read_sheets
from knockon.readers.mapping.model import MappingSpec, TableSpec
from knockon.readers.mapping.objects import read_parquet
from knockon.readers.registry import Head

#: The formats of which the beginning holds an object.
_OBJECTS = (".json", ".jsonl", ".ndjson", ".ijson")
#: How many rows of a table are looked at, of which one may be the header.
_ROWS = 12


class TableHead(NamedTuple):
    """What is known of a file by its beginning: the first rows of a table (of each sheet), or the names in its first object."""

    sheets: list[list[list[str]]]
    names: frozenset[str]


def read_head(file: ForeignFile, options: ReadOptions = DEFAULTS) -> TableHead:
    """Return the beginning of a file, with the names that ``options`` give its columns.

    It is empty if the file is neither a table nor has objects.
    """
    head = _read_head(file, options)
    new = {normalize_column(old): name for old, name in options.rename}
    if not new:
        return head
    sheets = [[[new.get(normalize_column(cell), cell) for cell in row] for row in rows] for rows in head.sheets]
    return TableHead(sheets, frozenset(new.get(normalize_column(name), name) for name in head.names))


def _read_head(file: ForeignFile, options: ReadOptions) -> TableHead:
    try:
        if file.ending in _OBJECTS:
            return TableHead([], frozenset(_names(Head(file).first_json)))
        if file.ending in (".parquet", ".pq"):
            first = next(read_parquet(file), None)
            return TableHead([], frozenset(first.values if first else ()))
        if is_workbook(file):
            return TableHead([_first_rows(iter(sheet.rows)) for sheet in read_sheets(file, options.sheets)], frozenset())
        # Latin-1 can read the beginning of any file.
        return TableHead([_first_rows(read_csv(file, encoding="latin-1"))], frozenset())
    except UsageError:
        # A sheet that is not there, or a package that is not installed.
        if file.named:
            raise
        return TableHead([], frozenset())
    except (KnockonError, csv.Error, UnicodeError):
        return TableHead([], frozenset())


def _first_rows(rows: Iterator[GridRow]) -> list[list[str]]:
    """Return the first rows, up to one that is broken: what is wrong with it is said when the file is read."""
    found: list[list[str]] = []
    with suppress(InvalidData, csv.Error, UnicodeError):
        for row in islice(rows, _ROWS):
            found.append(row.cells)  # noqa: PERF401 - those before a broken row are kept
    return found


def _names(value: Any) -> list[str]:
    if not isinstance(value, dict):
        return []
    inner = [item for item in value.values() if isinstance(item, list) and item and isinstance(item[0], dict)]
    return [*value, *(inner[0][0] if len(inner) == 1 else ())]


def fitness(table: TableSpec, head: TableHead) -> int:
    """Return how many columns of a table a file with this beginning has; 0 if it lacks one that the table always has."""
    if not table.columns:
        # Without a header the number of cells must do.
        fits = bool(table.names) and any(rows and len(rows[0]) == len(table.names) for rows in head.sheets)
        return len(table.names) if fits else 0
    wanted = [set(map(normalize_column, names)) for names in table.columns]
    optional = [set(map(normalize_column, names)) for names in table.optional]
    rows = [{normalize_column(name.partition("[")[0]) for name in head.names}] if head.names else []
    rows += [set(map(normalize_column, row)) for sheet in head.sheets for row in sheet[: table.skip + table.header + 2]]
    fitting = (row for row in rows if all(names & row for names in wanted))
    return max((len(wanted) + sum(bool(names & row) for names in optional) for row in fitting), default=0)


def fitness_of_mapping(mapping: MappingSpec, file: ForeignFile, head: TableHead) -> int:
    """Return how many columns of its best fitting table a file with this beginning has; 0 if it is no table of a mapping.

    A table that is recognised by its file name alone counts as one column.
    """
    return max(_fitness(table, file, head) for table in mapping.tables.values())


def _fitness(table: TableSpec, file: ForeignFile, head: TableHead) -> int:
    if table.columns:
        return fitness(table, head)
    if not any(fnmatch(file.file_name.lower(), pattern.lower()) for pattern in table.file):
        return 0
    return fitness(table, head) if table.names else 1


__all__ = ["TableHead", "fitness", "fitness_of_mapping", "read_head"]
