"""Recognise which table of which mapping a file is, by its name and its columns."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice, product
from typing import Any, NamedTuple

from knockon.authoring.columns import normalize_column
from knockon.authoring.csv_form import DELIMITERS
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.authoring.rejects_file import RejectedTable
from knockon.errors import InvalidData, KnockonError, UsageError
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.mapping.file_names import has_name
from knockon.readers.mapping.grids import MOST_BEFORE_HEADER, GridRow, delimiter_of_width, is_workbook, read_csv, read_sheets
from knockon.readers.mapping.model import MappingSpec
from knockon.readers.mapping.object_lists import all_lists
from knockon.readers.mapping.objects import yaml_value
from knockon.readers.mapping.parquet_rows import read_parquet
from knockon.readers.mapping.table_spec import TableSpec
from knockon.readers.mapping.wrapped_objects import object_names
from knockon.readers.registry import Head

#: The formats of which the beginning holds an object.
_OBJECTS = (".json", ".jsonl", ".ndjson", ".ijson")
#: Those of files that are read as a whole before their format is known.
_YAML = (".yaml", ".yml")
#: Columns, normalized, that tables of all kinds have: a mapping is not recognised, nor nearest, for having them.
_COMMON = frozenset(("id", "name", "label", "title", "type", "product", "company", "country", "category", "description"))
#: How many rows of a table, or objects, are looked at, of which one may be the header.
_ROWS = MOST_BEFORE_HEADER + 2
#: The most characters of its first line.
_LONGEST = 100_000


class TableHead(NamedTuple):
    """What is known of a file by its beginning.

    Attributes
    ----------
    sheets
        The first rows of a table, of each sheet.
    objects
        The normalized names in the first object of JSON, and of each list of objects in it those of its first object.
    first_line
        The first line of a text table, for one without header.
    """

    sheets: list[list[list[str]]]
    objects: tuple[frozenset[str], ...] = ()
    first_line: str = ""


def read_head(file: ForeignFile, options: ReadOptions = DEFAULTS) -> TableHead:
    """Return the beginning of a file, with the names that ``options`` give its columns.

    It is empty if the file is neither a table nor has objects.
    """
    head = _read_head(file, options)
    new = {normalize_column(old): name for old, name in options.rename}
    if not new:
        return head
    sheets = [[[new.get(normalize_column(cell), cell) for cell in row] for row in rows] for rows in head.sheets]
    renamed = (frozenset(normalize_column(new.get(name, name)) for name in names) for names in head.objects)
    return TableHead(sheets, tuple(renamed), head.first_line)


def _read_head(file: ForeignFile, options: ReadOptions) -> TableHead:
    try:
        if file.ending in _OBJECTS:
            head = Head(file)
            return TableHead([], _object_heads(head.first_json, head.first_objects(_ROWS)))
        if file.ending in _YAML:
            return TableHead([], _heads_of_yaml(yaml_value(file, "")))
        if file.ending in (".parquet", ".pq"):
            first = next(read_parquet(file), None)
            return TableHead([], (object_names(first.values),) if first else ())
        if is_workbook(file):
            return TableHead([_first_rows(iter(sheet.rows)) for sheet in read_sheets(file, options.sheets)])
        # Latin-1 can read the beginning of any file.
        with file.open_text("latin-1", keeps_zeros=True) as stream:
            first_line = stream.readline(_LONGEST)
        sheets = [_first_rows(read_csv(file, encoding="latin-1"))]
        if sheets[0] and len(sheets[0][0]) == 1:
            # The first line may be text before the header.
            sheets += (_first_rows(read_csv(file, encoding="latin-1", delimiter=delimiter)) for delimiter in DELIMITERS)
        return TableHead(sheets, first_line=first_line)
    except UsageError:
        # A sheet that is not there, or a package that is not installed.
        if file.named:
            raise
        return TableHead([])
    except (KnockonError, csv.Error, UnicodeError) as error:
        # Of other formats it is said when they are read.
        if isinstance(error, InvalidData) and file.named and file.ending in _YAML:
            raise
        return TableHead([])


def _heads_of_yaml(value: Any) -> tuple[frozenset[str], ...]:
    first = [item for item in value if isinstance(item, dict)][:_ROWS] if isinstance(value, list) else [value]
    return _object_heads(first[0] if first else None, first)


def _first_rows(rows: Iterator[GridRow]) -> list[list[str]]:
    """Return the first rows, up to one that is broken: what is wrong with it is said when the file is read."""
    found: list[list[str]] = []
    with suppress(InvalidData, csv.Error, UnicodeError):
        for row in islice(rows, _ROWS):
            found.append(row.cells)  # noqa: PERF401 - those before a broken row are kept
    return found


def _object_heads(value: Any, others: Sequence[Any]) -> tuple[frozenset[str], ...]:
    """Return the names in an object, with those of the first objects of each list in it, and in it and those after it.

    An object leaves out what it has no value for, so that several are looked at.
    """
    own = object_names(value)
    inner = [_names_in(found.items) for found in all_lists(value)]
    return (own, *(own | names for names in inner), own | _names_in(others)) if own else ()


def _names_in(objects: Iterable[Any]) -> frozenset[str]:
    """Return the names in the first of some objects."""
    return frozenset().union(*map(object_names, islice((item for item in objects if isinstance(item, dict)), _ROWS)))


def fitness(table: TableSpec, head: TableHead) -> int:
    """Return how many columns of a table a file with this beginning has; 0 if it lacks one that the table always has."""
    if not table.columns:
        # Without a header the number of cells must do.
        width = len(table.names)
        if any(RejectedTable.is_header(rows[0]) and set(table.names) <= set(rows[0]) for rows in head.sheets if rows):
            return width
        fits = any(rows and len(rows[0]) == width for rows in head.sheets)
        return width if width and (fits or delimiter_of_width([head.first_line], width)) else 0
    wanted = [set(map(normalize_column, names)) for names in table.columns]
    optional = [set(map(normalize_column, names)) for names in table.optional]
    rows = list(head.objects)
    first = table.skip + table.header + MOST_BEFORE_HEADER
    rows += [frozenset(map(normalize_column, row)) for sheet in head.sheets for row in sheet[:first]]
    fitting = (row for row in rows if all(names & row for names in wanted))
    return max((len(wanted) + sum(bool(names & row) for names in optional) for row in fitting), default=0)


class NearFit(NamedTuple):
    """A mapping that would recognise a file, were it not for some columns that the file lacks."""

    mapping: str
    has: int
    lacks: tuple[str, ...]


def nearest_mapping(mappings: Mapping[str, MappingSpec], file: ForeignFile, head: TableHead) -> NearFit | None:
    """Return the mapping of which a file with this beginning lacks the fewest columns, and has at least two and half of all.

    A table that is known by the name of the file comes before all others.
    """
    rows = [*head.objects, *(frozenset(map(normalize_column, row)) for sheet in head.sheets for row in sheet[:1])]
    fits: list[tuple[bool, NearFit]] = []
    for name, mapping in mappings.items():
        for table, row in product(mapping.tables.values(), rows):
            lacks = tuple(names[0] for names in table.columns if not row & set(map(normalize_column, names)))
            has = len(table.columns) - len(lacks)
            tells = any(names[0] not in lacks and normalize_column(names[0]) not in _COMMON for names in table.columns)
            if has >= 2 and has >= len(lacks) and tells:
                fits.append((_has_name_of(file, table), NearFit(name, has, lacks)))
    return max(fits, key=lambda fit: (fit[0], -len(fit[1].lacks), fit[1].has), default=(False, None))[1]


def fitness_of_mapping(mapping: MappingSpec, file: ForeignFile, head: TableHead) -> int:
    """Return how many columns of its best fitting table a file with this beginning has; 0 if it is no table of a mapping.

    A table that is recognised by its file name alone counts as one column.
    """
    return max(_fitness(table, file, head) for table in mapping.tables.values())


def tells_enough(mapping: MappingSpec, file: ForeignFile, head: TableHead) -> bool:
    """Return whether a file is surely of a mapping: by its name, or by a column of a table that not every kind of table has."""
    for table in mapping.tables.values():
        if _fitness(table, file, head):
            telling = any(not _COMMON.issuperset(map(normalize_column, names)) for names in table.columns)
            if telling or not table.columns or _has_name_of(file, table):
                return True
    return False


def _fitness(table: TableSpec, file: ForeignFile, head: TableHead) -> int:
    if table.columns:
        return fitness(table, head)
    if not _has_name_of(file, table):
        return 0
    return fitness(table, head) if table.names else 1


def _has_name_of(file: ForeignFile, table: TableSpec) -> bool:
    return has_name(file.file_name, table.file)


__all__ = ["NearFit", "TableHead", "fitness", "fitness_of_mapping", "nearest_mapping", "read_head", "tells_enough"]
