"""Recognise which table of which mapping a file is, by its name and its columns."""

from __future__ import annotations

import csv
from fnmatch import fnmatch
from typing import Any, NamedTuple

from knockon.authoring.columns import normalize_column
from knockon.errors import KnockonError
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.mapping.grids import is_workbook, read_csv, read_workbook_rows
from knockon.readers.mapping.model import MappingSpec, TableSpec
from knockon.readers.mapping.objects import read_parquet
from knockon.readers.registry import Head

#: The formats of which the beginning holds an object.
_OBJECTS = (".json", ".jsonl", ".ndjson", ".ijson")
#: How many rows of a table are looked at, of which one may be the header.
_ROWS = 12


class TableHead(NamedTuple):
    """What is known of a file by its beginning: the first rows of a table, or the names in its first object."""

    rows: list[list[str]]
    names: frozenset[str]


def read_head(file: ForeignFile) -> TableHead:
    """Return the beginning of a file; empty if it is neither a table nor has objects."""
    try:
        if file.ending in _OBJECTS:
            return TableHead([], frozenset(_names(Head(file).first_json)))
        if file.ending in (".parquet", ".pq"):
            first = next(read_parquet(file), None)
            return TableHead([], frozenset(first.values if first else ()))
        rows = read_workbook_rows(file) if is_workbook(file) else read_csv(file, encoding=_encoding(file))
        return TableHead([row.cells for _, row in zip(range(_ROWS), rows, strict=False)], frozenset())
    except (KnockonError, csv.Error, UnicodeError):
        return TableHead([], frozenset())


def _encoding(file: ForeignFile) -> str:
    """Return an encoding that can read the beginning of any file."""
    with file.open_binary() as stream:
        start = stream.read(4)
    return (
        "utf-16"
        if start.startswith((b"\xff\xfe", b"\xfe\xff"))
        else "utf-8-sig"
        if start.startswith(b"\xef\xbb\xbf")
        else "latin-1"
    )


def _names(value: Any) -> list[str]:
    if not isinstance(value, dict):
        return []
    inner = [item for item in value.values() if isinstance(item, list) and item and isinstance(item[0], dict)]
    return [*value, *(inner[0][0] if len(inner) == 1 else ())]


def fits_columns(table: TableSpec, head: TableHead) -> bool:
    """Return whether a file with this beginning has the columns by which a table is recognised."""
    if not table.columns:
        # Without a header the number of cells must do.
        return bool(table.names) and bool(head.rows) and len(head.rows[0]) == len(table.names)
    wanted = {normalize_column(name) for name in table.columns}
    if head.names:
        return wanted <= {normalize_column(name.partition("[")[0]) for name in head.names}
    return any(wanted <= set(map(normalize_column, row)) for row in head.rows[: table.skip + table.header + 2])


def recognises(mapping: MappingSpec, file: ForeignFile) -> bool:
    """Return whether a file is a table of a mapping: its columns fit, and its name where the table has no columns."""
    head = read_head(file)
    return any(_fits(table, file, head) for table in mapping.tables.values())


def _fits(table: TableSpec, file: ForeignFile, head: TableHead) -> bool:
    named = any(fnmatch(file.file_name.lower(), pattern.lower()) for pattern in table.file)
    if table.columns:
        return fits_columns(table, head)
    return named and (not table.names or fits_columns(table, head))


__all__ = ["TableHead", "fits_columns", "read_head", "recognises"]
