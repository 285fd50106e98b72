"""Read the CSV files of neo4j-admin: nodes with ``:ID``, relationships with ``:START_ID``, ``:END_ID`` and ``:TYPE``.

The header may be a file of its own. An id may have several columns, and ``{label:Company}`` is the label of all nodes.

https://neo4j.com/docs/operations-manual/current/tools/neo4j-admin/neo4j-admin-import/
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from knockon.authoring.files import printable_path
from knockon.errors import InvalidData, Problem
from knockon.readers.collector import RecordCollector
from knockon.readers.foreign_file import ZERO_BYTE, ForeignFile, has_zero_byte
from knockon.readers.graph_records import GraphRecords
from knockon.readers.record_drafts import Place
from knockon.readers.registry import Head
from knockon.text import counted, parse_cell

#: A column: name, type, space of ids, options.
_COLUMN = re.compile(r"\s*([^:]*?)(?::\s*([A-Za-z_]+)(\[\])?\s*(?:\(([^)]*)\))?\s*(?:\{(.*)\})?)?\s*")
_LABEL_OPTION = re.compile(r"(?:^|,)\s*label\s*:\s*([^,]+)", re.IGNORECASE)
#: The columns of exports by APOC.
_APOC = {"_id": "ID", "_labels": "LABEL", "_start": "START_ID", "_end": "END_ID", "_type": "TYPE"}
_IDS = ("ID", "START_ID", "END_ID")
_SPECIAL = (*_IDS, "LABEL", "TYPE", "IGNORE")
#: What the name of a file of a header has beside that of its rows: ``people-header.csv`` is that of ``people-1.csv``.
_HEADER_WORD = re.compile(r"[-_. ]*headers?", re.IGNORECASE)


class _Column(NamedTuple):
    """A column of a header: the name of an attribute, or what Neo4j needs, and in which space its ids are.

    ``label`` is that of all nodes with an id of this column; ``is_list`` whether its cells are lists.
    """

    name: str
    special: str
    space: str
    label: str = ""
    is_list: bool = False


class _Table(NamedTuple):
    """A file with its header, which may be a file of its own (``header_file``)."""

    file: ForeignFile
    columns: list[_Column]
    header_file: ForeignFile | None = None


def recognises(head: Head) -> bool:
    """Return whether the header of a file names ids of nodes, or both ends of relationships."""
    first = next((line for line in head.text.splitlines() if line.strip()), "")
    cells: list[str] = next(_reader([first], first), [])
    found = {column.special for column in _header(cells)}
    # Tables of others have a column _id too; only an export by APOC has the labels of nodes, or both ends, beside it.
    has_nodes = "ID" in found and ("LABEL" in found or "_id" not in map(str.strip, cells))
    return has_nodes or {"START_ID", "END_ID"} <= found


def parts(files: Sequence[ForeignFile], recognised: Sequence[ForeignFile]) -> list[ForeignFile]:
    """Return the files that hold the rows of a recognised file that is a header alone, by its name and number of columns."""
    headers = [header for file in recognised for header in _header_alone(file)]
    return [file for file in files if file not in recognised and headers and _named_header(file, headers) is not None]


def header_beside(file: ForeignFile) -> str:
    """Return the file in the same folder whose name says that it is the header of a file; empty if there is none."""
    if file.member:
        return ""
    for path in sorted(file.path.parent.glob("*eader*")):
        beginning = _HEADER_WORD.sub("", path.stem)
        if path != file.path and beginning and file.stem.startswith(beginning) and path.is_file():
            header = replace(file, name=printable_path(path), path=path)
            return header.name if _header_alone(header) else ""
    return ""


def read(files: Sequence[ForeignFile], collector: RecordCollector) -> None:
    """Read the nodes and relationships of the files, which refer to each other.

    Raises
    ------
    InvalidData
        A file has no header, and no file is one for it.
    """
    classes: dict[str, str] = {}
    # Relationships are read when the classes of all nodes are known.
    for table in sorted(_tables(files), key=lambda table: any(column.special == "START_ID" for column in table.columns)):
        document, columns = collector.document(table.file), table.columns
        records = GraphRecords(collector, document, classes)
        rows = enumerate(_rows(table.file, table.header_file), 1)
        delimiter = collector.options.array_delimiter.replace("TAB", "\t")
        if table.header_file is None:
            next(rows, None)
        for number, (line, cells) in rows:
            place = Place(f"row:{number}", line)
            if has_zero_byte(cells):
                collector.progress()
                collector.reject(document, place, ZERO_BYTE)
                continue
            if len(cells) != len(columns):
                collector.progress()
                collector.reject(document, place, f"has {counted(len(cells), 'cell')}, and the header {len(columns)}")
                continue
            _add(records, columns, cells, place, delimiter)


def _tables(files: Sequence[ForeignFile]) -> list[_Table]:
    """Return the files with their headers: those that have none have that of a file that is a header alone."""
    tables, headers, bare = list[_Table](), list[_Table](), list[ForeignFile]()
    for file in files:
        columns = _header(next(_rows(file), (0, []))[1])
        if not _is_header(columns):
            bare.append(file)
        elif alone := _header_alone(file):
            headers += alone
        else:
            tables.append(_Table(file, columns))
    tables += [_Table(file, header.columns, header.file) for file in bare for header in [_header_of(file, files, headers)]]
    # A header that no file is read by is an empty table.
    used = {table.header_file.name for table in tables if table.header_file is not None}
    return tables + [header for header in headers if header.file.name not in used]


def _is_header(columns: Sequence[_Column]) -> bool:
    found = {column.special for column in columns}
    return "ID" in found or {"START_ID", "END_ID"} <= found


def _header_alone(file: ForeignFile) -> list[_Table]:
    """Return the header that a file is, if it is nothing else."""
    rows = _rows(file)
    columns = _header(next(rows, (0, []))[1])
    return [_Table(file, columns)] if _is_header(columns) and next(rows, None) is None else []


def _named_header(file: ForeignFile, headers: Sequence[_Table]) -> _Table | None:
    """Return the header of a file by its name, of several the one with the longest; None if there is none of its columns."""
    named = [header for header in headers if file.stem.startswith(_HEADER_WORD.sub("", header.file.stem))]
    return _of_columns(file, sorted(named, key=lambda header: len(header.file.stem)))


def _of_columns(file: ForeignFile, headers: Sequence[_Table]) -> _Table | None:
    """Return the last header with as many columns as the first row of a file has cells."""
    fitting = [header for header in headers if len(next(_rows(file, header.file), (0, []))[1]) == len(header.columns)]
    return fitting[-1] if fitting else None


def _header_of(file: ForeignFile, files: Sequence[ForeignFile], headers: Sequence[_Table]) -> _Table:
    """Return the header of a file without one: that of its name, else the last one named before it, as neo4j-admin has it."""
    before = [header for header in headers if files.index(header.file) < files.index(file)]
    found = _named_header(file, headers) or _of_columns(file, before)
    if found is not None:
        return found
    message = "has no header with :ID, or :START_ID and :END_ID, and no other file is its header"
    hint = "name the file of its header before it, such as nodes-header.csv nodes.csv"
    if beside := header_beside(file):
        hint = f"its header seems to be {beside}: name that too, before it"
    raise InvalidData([Problem(file.name, 1, message, hint)])


def _add(records: GraphRecords, columns: list[_Column], cells: list[str], place: Place, delimiter: str) -> None:
    """Add the node or relationship of a row, with the items of its lists between semicolons."""
    if delimiter not in ("", ";"):
        pairs = zip(columns, cells, strict=True)
        cells = [_with_semicolons(cell, delimiter) if column.is_list else cell for column, cell in pairs]
    special: dict[str, str] = {}
    for column, cell in zip(columns, cells, strict=True):
        # An id in several columns is all of them.
        if column.special in _IDS and special.get(column.special):
            special[column.special] += f":{cell.strip()}"
        elif column.special:
            special[column.special] = _key(column, cell)
        if column.label:
            special.setdefault("LABEL", column.label)
    attributes = {column.name: cell for column, cell in zip(columns, cells, strict=True) if column.name and cell.strip()}
    # An export by APOC has nodes and relationships in one file.
    if special.get("ID") and (special.get("START_ID") or special.get("END_ID")):
        records.collector.progress()
        records.collector.reject(records.document, place, "is a node and an edge at once (a row is one of the two)")
    elif special.get("START_ID") or special.get("END_ID") or "ID" not in special:
        attributes = {"type": special.get("TYPE", "")} | attributes
        records.edge(special.get("START_ID", ""), special.get("END_ID", ""), attributes, place)
    else:
        records.node(special["ID"], {"class": special.get("LABEL", ""), **attributes}, place)


def _header(cells: Sequence[str]) -> list[_Column]:
    """Return the columns of a header.

    >>> _header(["personId:ID(Person)", "name", "born:int", ":LABEL"])[0]
    _Column(name='', special='ID', space='Person', label='', is_list=False)
    """
    columns = []
    for cell in cells:
        match = _COLUMN.fullmatch(cell)
        name, kind, brackets, space, options = (part or "" for part in match.groups()) if match else (cell, "", "", "", "")
        special = _APOC.get(name, "") or (kind.upper() if kind.upper() in _SPECIAL else "")
        label = _LABEL_OPTION.search(options) if special == "ID" else None
        is_list = bool(brackets) or special == "LABEL"
        columns.append(_Column("" if special else name, special, space, label[1].strip() if label else "", is_list))
    return columns


def _with_semicolons(cell: str, delimiter: str) -> str:
    r"""Return a list with semicolons between its items; those in an item have a backslash in front.

    >>> _with_semicolons("Acme; Inc.|AC", "|")
    'Acme\\; Inc.;AC'
    """
    return cell.replace("\\", "\\\\").replace(";", "\\;").replace(delimiter, ";")


def _key(column: _Column, cell: str) -> str:
    """Return an id; ids of different spaces are different nodes, also where they are the same text."""
    cell = cell.strip()
    return f"{column.space}:{cell}" if cell and column.space and column.special in _IDS else cell


def _reader(lines: Iterable[str], header: str) -> Any:
    """Return what splits lines into cells: the delimiter is the one that the header has most of, its quotes those of all."""
    quote = "'" if header.lstrip()[:1] == "'" else '"'
    delimiter = max(",;\t|", key=re.sub(r"\{[^}]*\}", "", header).count)
    return csv.reader(lines, delimiter=delimiter, quotechar=quote, skipinitialspace=delimiter != "\t")


def _rows(file: ForeignFile, header_file: ForeignFile | None = None) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with their lines, written as the header is, which may be in another file."""
    with (header_file or file).open_text(keeps_zeros=True) as stream:
        first = stream.readline(1_000_000)
    with file.open_text(keeps_zeros=True) as stream:
        reader = _reader(stream, first)
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
