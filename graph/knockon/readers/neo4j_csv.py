"""Read the CSV files of neo4j-admin: nodes with ``:ID``, relationships with ``:START_ID``, ``:END_ID`` and ``:TYPE``.

https://neo4j.com/docs/operations-manual/current/tools/neo4j-admin/neo4j-admin-import/
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from knockon.readers.collector import RecordCollector
from knockon.readers.foreign_file import ZERO_BYTE, ForeignFile, has_zero_byte
from knockon.readers.graph_records import GraphRecords
from knockon.readers.record_drafts import Place
from knockon.readers.registry import Head
from knockon.text import counted, parse_cell

#: A column: name, type, space of ids.
_COLUMN = re.compile(r"\s*([^:]*?)(?::\s*([A-Za-z_]+)(?:\[\])?\s*(?:\(([^)]*)\))?(?:\{.*\})?)?\s*")
#: The columns of exports by APOC.
_APOC = {"_id": "ID", "_labels": "LABEL", "_start": "START_ID", "_end": "END_ID", "_type": "TYPE"}
_SPECIAL = ("ID", "LABEL", "START_ID", "END_ID", "TYPE")


class _Column(NamedTuple):
    """A column of a header: the name of an attribute, or what Neo4j needs, and in which space its ids are."""

    name: str
    special: str
    space: str


def recognises(head: Head) -> bool:
    """Return whether the header of a file names ids of nodes, or both ends of relationships."""
    first = next((line for line in head.text.splitlines() if line.strip()), "")
    cells = re.split(r"[,;\t|]", first.replace('"', ""))
    found = {column.special for column in _header(cells)}
    # Tables of others have a column _id too; only an export by APOC has the labels of nodes, or both ends, beside it.
    has_nodes = "ID" in found and ("LABEL" in found or "_id" not in map(str.strip, cells))
    return has_nodes or {"START_ID", "END_ID"} <= found


def read(files: Sequence[ForeignFile], collector: RecordCollector) -> None:
    """Read the nodes and relationships of the files, which refer to each other."""
    classes: dict[str, str] = {}
    # Relationships are read when the classes of all nodes are known.
    for file in sorted(files, key=_has_relationships):
        document = collector.document(file)
        records = GraphRecords(collector, document, classes)
        rows = _rows(file)
        _, header = next(rows, (0, []))
        columns = _header(header)
        for number, (line, cells) in enumerate(rows, 2):
            place = Place(f"row:{number}", line)
            if has_zero_byte(cells):
                collector.progress()
                collector.reject(document, place, ZERO_BYTE)
                continue
            if len(cells) != len(columns):
                collector.progress()
                collector.reject(document, place, f"has {counted(len(cells), 'cell')}, and the header {len(columns)}")
                continue
            _add(records, columns, cells, place)


def _has_relationships(file: ForeignFile) -> bool:
    _, header = next(_rows(file), (0, []))
    return "START_ID" in {column.special for column in _header(header)}


def _add(records: GraphRecords, columns: list[_Column], cells: list[str], place: Place) -> None:
    special = {column.special: _key(column, cell) for column, cell in zip(columns, cells, strict=True) if column.special}
    attributes = {column.name: cell for column, cell in zip(columns, cells, strict=True) if column.name and cell.strip()}
    # An export by APOC has nodes and relationships in one file.
    if special.get("START_ID") or "ID" not in special:
        attributes = {"type": special.get("TYPE", "")} | attributes
        records.edge(special.get("START_ID", ""), special.get("END_ID", ""), attributes, place)
    else:
        records.node(special["ID"], {"class": special.get("LABEL", ""), **attributes}, place)


def _header(cells: Sequence[str]) -> list[_Column]:
    """Return the columns of a header.

    >>> _header(["personId:ID(Person)", "name", "born:int", ":LABEL"])[0]
    _Column(name='', special='ID', space='Person')
    """
    columns = []
    for cell in cells:
        match = _COLUMN.fullmatch(cell)
        name, kind, space = (match[1], match[2] or "", match[3] or "") if match else (cell, "", "")
        special = _APOC.get(name, "") or (kind.upper() if kind.upper() in _SPECIAL else "")
        columns.append(_Column("" if special else name, special, space))
    return columns


def _key(column: _Column, cell: str) -> str:
    """Return an id; ids of different spaces are different nodes, also where they are the same text."""
    cell = cell.strip()
    return f"{column.space}:{cell}" if cell and column.space and column.special in ("ID", "START_ID", "END_ID") else cell


def _rows(file: ForeignFile) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with their lines; the delimiter is the one that the header has most of."""
    with file.open_text(keeps_zeros=True) as stream:
        first = stream.readline(1_000_000)
    delimiter = max(",;\t|", key=first.count)
    with file.open_text(keeps_zeros=True) as stream:
        reader = csv.reader(stream, delimiter=delimiter)
        line = 1
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise file.fail(reader.line_num, f"is not a table: {error}") from None
            if cells is None:
                return
            if cells:
                yield line, list(map(parse_cell, cells))
            line = reader.line_num + 1
