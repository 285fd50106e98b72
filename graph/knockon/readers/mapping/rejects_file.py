"""The file of rejected rows, which is read again with the mapping of the files that they are from."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import PurePosixPath
from typing import Any

from knockon.authoring.rejects_file import (
    OWN_COLUMNS,
    UNREADABLE,
    FileCell,
    RejectedTable,
    column_in_file,
    column_of_rows,
    is_rejects_text,
    original,
    with_long_cells,
)
from knockon.errors import InvalidData
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.mapping.file_names import has_name
from knockon.readers.mapping.grids import GridRow, is_workbook, read_csv, read_sheets
from knockon.readers.mapping.model import MappingSpec
from knockon.readers.mapping.paths import PARENT, part_along, path_steps
from knockon.readers.mapping.table_rows import TableRow
from knockon.readers.mapping.table_spec import TableSpec
from knockon.readers.repeated_cells import JSON, NAMED

#: How the file begins; a spreadsheet may have written it with another delimiter.
_BEGINNING = re.compile('\ufeff?(?:"?sep=."?\r?\n)?"?{}"?([,;\t|])"?{}"?\\1"?{}"?(\\1|\\s|\\Z)'.format(*OWN_COLUMNS))
#: The place of a row in a file without lines, which follows the name of the file.
_SELECTOR = re.compile(r" (?:pointer|row|line|key|sheet):.*\Z", re.DOTALL)
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str)


def read_rejects(file: ForeignFile) -> Iterator[GridRow] | None:
    """Return the rows of a file of rejected rows, its header first; None if it is no such file."""
    if is_workbook(file):
        rows = next((sheet.rows for sheet in read_sheets(file) if is_rejects_sheet(sheet.rows)), None)
        return None if rows is None else iter(rows)
    try:
        with file.open_binary() as stream:
            content = stream.read(100)
            begins = _BEGINNING.match(content.decode(file.marked_encoding or "latin-1", "replace").removeprefix("ï»¿"))
            if begins is None:
                return None
            content += stream.read()
            is_own = is_rejects_text(content)
    except (InvalidData, OSError):
        return None  # it is said when the file is read
    # However the file of the rows is encoded, this one is UTF-8 unless a spreadsheet wrote it again.
    own = ForeignFile(file.name, file.path, file.member, file.named, "utf-8") if is_own else file
    return with_long_cells(read_csv(own, delimiter=begins[1]), len(content))


def is_rejects_sheet(rows: list[GridRow]) -> bool:
    """Return whether the rows of a sheet are those of a file of rejected rows."""
    return bool(rows) and RejectedTable.is_header(rows[0].cells)


def written_cells(values: Mapping[str, Any], own: Collection[str], used: Iterable[str]) -> dict[str, str]:
    """Return the values of a row as cells of the file of rejected rows.

    Parameters
    ----------
    values
        The values by column.
    own
        The names of values that no file has, which are left out.
    used
        The columns and paths that the mapping reads: of the objects around a row nothing else is kept.

    >>> written_cells({"id": "a", "names": ["x", "y"], "n": None, "_file": "f"}, ["_file"], [])
    {'id': 'a', 'names': 'json:["x", "y"]', 'n': ''}
    >>> written_cells({"id": "a", "^": {"list": {"id": "L", "date": "2024"}, "rows": [1, 2]}}, [], ["^.list.id"])
    {'id': 'a', '^': 'json:{"list": {"id": "L"}}'}
    """
    cells = {column_in_file(name): _cell(value) for name, value in values.items() if name not in own and name != PARENT}
    if isinstance(values.get(PARENT), dict):
        steps = (path_steps(name) for name in sorted(used) if name.startswith(f"{PARENT}."))
        around = part_along(values[PARENT], [path[1:] for path in steps if len(path) > 1])
        return cells | ({PARENT: _cell(around)} if around else {})
    return cells | ({PARENT: _cell(values[PARENT])} if values.get(PARENT) else {})


def _cell(value: Any) -> str:
    if isinstance(value, FileCell):
        return value
    if isinstance(value, list | dict) or (isinstance(value, str) and value.startswith((JSON, NAMED))):
        return JSON + json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)


def decoded(values: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Return the values of a row of the file of rejected rows, with lists and objects for those that were, and what is wrong.

    Text that is not valid JSON any more stays as it is, so that it is written again as somebody typed it.

    >>> decoded({"id": "a", "names": 'json:["x", "y"]'})
    ({'id': 'a', 'names': ['x', 'y']}, '')
    >>> decoded({"names": 'json:["x"'})[1]
    "names is not valid JSON: Expecting ',' delimiter: line 1 column 5 (char 4)"
    """
    found, fault = dict(values), ""
    for name, text in values.items():
        if isinstance(text, str) and text.startswith(NAMED):
            found[name] = FileCell(text)
            fault = fault or f"{name[:60]} has {text[:20]!r}, which no row above has with a list or an object"
        elif isinstance(text, str) and text.startswith(JSON):
            try:
                found[name] = _DECODER.decode(text[len(JSON) :])
            except (ValueError, RecursionError) as error:
                found[name], fault = FileCell(text), fault or f"{name[:60]} is not valid JSON: {error}"
    return found, fault


def decoded_row(row: TableRow, origin: tuple[str, str]) -> TableRow:
    """Return a row of a file of rejected rows with its lists and objects, or why they cannot be read."""
    values, fault = decoded(row.values)
    written = dict(values) if row.written is None else decoded(row.written)[0]
    return row._replace(values=values, written=written, fault=row.fault or fault, origin=origin)


def rejected_files(rows: Iterator[GridRow]) -> dict[str, set[str]]:
    """Return the files that rejected rows are from, as their own file names them, each with the columns that have cells.

    Of a file with nothing but unreadable text they are those that are there for no other file.
    """
    header = next(rows).cells
    columns = [column_of_rows(name) for name in header]
    # Of files without lines each row names its place behind the name of the file.
    found: dict[str, set[str]] = {}
    files: dict[str, str] = {}
    for row in rows:
        named = zip(columns[len(OWN_COLUMNS) :], row.cells[len(OWN_COLUMNS) :], strict=False)
        name = original(row.cells[0])
        files[name] = _SELECTOR.sub("", name)
        found.setdefault(files[name], set()).update(name for name, cell in named if cell.strip())
    filled = {UNREADABLE}.union(*found.values())
    of_file = {file: (own - {UNREADABLE}) or set(columns[len(OWN_COLUMNS) :]) - filled for file, own in found.items()}
    return {name: of_file[file] for name, file in files.items()}


def table_of_rejects(mapping: MappingSpec, file: str, columns: Collection[str]) -> str | None:
    """Return the table of a mapping that rejected rows are from: by the name of their file, else by their columns."""
    path = _SELECTOR.sub("", file).rpartition("!")[2].replace("\\", "/")
    name = PurePosixPath(path).name.lower().removesuffix(".gz")
    tables = mapping.tables
    named = [key for key, table in tables.items() if has_name(name, table.file)]
    if len(named) == 1 or len(tables) == 1:
        return (named or [*tables])[0]
    # A file may have any number of columns beside those that its mapping reads.
    shared = {key: len(_known_columns(tables[key]) & set(columns)) for key in named or tables}
    best = [key for key, count in shared.items() if count == max(shared.values())]
    return best[0] if len(best) == 1 and shared[best[0]] else None


def _known_columns(table: TableSpec) -> set[str]:
    return {*table.names, *chain.from_iterable(table.columns), *chain.from_iterable(table.optional)}


__all__ = [
    "decoded_row",
    "is_rejects_sheet",
    "read_rejects",
    "rejected_files",
    "table_of_rejects",
    "written_cells",
]
