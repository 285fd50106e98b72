"""Read multi-regional input-output tables: wide matrices of what each industry of each country sells to each other one.

Two layouts are known, as text (CSV, TSV). In the first, a label such as ``FRA_C10`` names country and industry (OECD ICIO);
in the second, two rows and two columns do (EXIOBASE, pymrio). Rows that no column names are value added, taxes or totals;
columns that no row names are final demand, and changes in inventories are kept apart, since they may be negative.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np

from knockon.authoring.column_table import MOST_AMOUNT, Column
from knockon.authoring.files import printable_path
from knockon.authoring.options import ReadOptions
from knockon.errors import InvalidData, Problem

#: The most industries: a matrix is in memory as a whole.
MAX_INDUSTRIES = 20_000
#: Columns of final demand that are changes in inventories, and columns and rows that are totals.
_INVENTORIES = re.compile(r"(^|[^a-z])(inv(n?t|en)\w*|changes? in inventor\w*|inventor\w*|p52|p5m)", re.IGNORECASE)
_TOTALS = re.compile(r"^(\w+[_ :])?(out|total|total output|output|gross output|go)$", re.IGNORECASE)
#: What joins country and industry in a label.
_JOIN = "_"


@dataclass(frozen=True, eq=False)
class MrioTable:
    """The flows between industries, and what each sells to final demand.

    ``supplier`` and ``customer`` are numbers of ``names``; ``lines`` are the lines of the flows. ``sector`` are numbers of
    ``sectors``: industries without their country. ``inventories`` are changes in inventories, which may be negative; None
    if the table has no column of them. ``costs`` are all inputs with value added and taxes; None if it has no such rows.
    """

    names: tuple[str, ...]
    supplier: Column
    customer: Column
    value: Column
    lines: Column
    sector: Column
    sectors: tuple[str, ...]
    final_demand: Column | None
    inventories: Column | None
    costs: Column | None


def is_mrio(path: Path, options: ReadOptions) -> bool:
    """Return whether a text table is a square matrix with labels: its first row of numbers is also named by a column."""
    try:
        with _open(path, options) as stream:
            return _layout(path, stream) is not None
    except (OSError, UnicodeError, LookupError, csv.Error):
        return False


@dataclass(frozen=True)
class _Layout:
    """The labels of the columns with values, how many columns and rows name things, and the delimiter."""

    columns: list[str]
    index: int
    header: int
    delimiter: str


def read_mrio(path: Path, options: ReadOptions) -> MrioTable:
    """Read the table.

    Raises
    ------
    InvalidData
        A row has another number of cells than the header, a label occurs twice, a flow is negative or not a number, or no
        row is named by a column; with file and line.
    """
    try:
        with _open(path, options) as stream:
            layout = _layout(path, stream)
            if layout is None:
                raise _fault(path, 1, "is not a matrix whose rows and columns have the same labels")
            stream.seek(0)
            return _read(path, stream, layout, options)
    except (OSError, UnicodeError, LookupError) as error:
        raise _fault(path, None, f"cannot be read: {error}") from None


def _read(path: Path, stream: TextIO, layout: _Layout, options: ReadOptions) -> MrioTable:
    places = {label: place for place, label in enumerate(layout.columns)}
    if len(places) < len(layout.columns):
        twice = next(label for place, label in enumerate(layout.columns) if places[label] != place)
        raise _fault(path, layout.header, f"has two columns {twice[:100]!r}")
    rows: dict[str, tuple[int, Column]] = {}
    added: Column | None = None
    for line, cells in _rows(path, stream, layout.delimiter):
        if line <= layout.header or not any(cells):
            continue
        if len(cells) != len(layout.columns) + layout.index:
            raise _fault(path, line, f"has {len(cells)} cells, and the header {len(layout.columns) + layout.index}")
        label = _JOIN.join(cells[: layout.index])
        if _TOTALS.match(label):
            continue
        if label not in places:
            values = _numbers(path, line, cells[layout.index :], options)  # value added, taxes
            added = values if added is None else added + values
            continue
        if label in rows:
            raise _fault(path, line, f"is a second row {label[:100]!r}")
        if len(rows) >= MAX_INDUSTRIES:
            raise _fault(path, line, f"has more than {MAX_INDUSTRIES:,} industries")
        rows[label] = (line, _numbers(path, line, cells[layout.index :], options))
    return _table(path, layout, rows, added)


def _table(path: Path, layout: _Layout, rows: dict[str, tuple[int, Column]], added: Column | None) -> MrioTable:
    names = tuple(rows)
    places = {label: place for place, label in enumerate(layout.columns)}
    if not names:
        raise _fault(path, None, "has no row that a column names")
    own = np.array([places[name] for name in names])
    matrix = np.stack([values for _, values in rows.values()])
    flows = matrix[:, own]
    if (flows < 0).any():
        row, column = (int(place[0]) for place in np.nonzero(flows < 0))
        hint = "a flow between industries is 0 or more; correct the table, or aggregate it"
        raise _fault(path, rows[names[row]][0], f"{names[row]} sells {flows[row, column]:g} to {names[column]}", hint)
    supplier, customer = np.nonzero(flows)
    lines = np.array([line for line, _ in rows.values()])
    others = [place for label, place in places.items() if label not in rows and not _TOTALS.match(label)]
    stocks = [place for place in others if _INVENTORIES.search(layout.columns[place])]
    demand = [place for place in others if place not in set(stocks)]
    industries = [name.partition(_JOIN)[2] or name for name in names]
    sectors, sector = np.unique(industries, return_inverse=True)
    return MrioTable(
        names=names, supplier=supplier, customer=customer, value=flows[supplier, customer], lines=lines[supplier],
        sector=sector, sectors=tuple(map(str, sectors)),
        final_demand=matrix[:, demand].sum(axis=1) if demand else None,
        inventories=matrix[:, stocks].sum(axis=1) if stocks else None,
        # Subsidies may be greater than all value added; costs are never below what is bought.
        costs=None if added is None else flows.sum(axis=0) + np.maximum(added[own], 0.0),
    )  # fmt: skip


def _numbers(path: Path, line: int, cells: Sequence[str], options: ReadOptions) -> Column:
    texts = [cell.replace(",", ".") if options.decimal == "," else cell for cell in cells]
    try:
        values = np.array([cell or "0" for cell in texts], np.float64)
    except ValueError as error:
        raise _fault(path, line, f"has a cell that is not a number ({error})"[:300]) from None
    if not np.isfinite(values).all():
        raise _fault(path, line, "has a cell that is not a finite number")
    if (np.abs(values) > MOST_AMOUNT).any():
        raise _fault(path, line, f"has a cell beyond {MOST_AMOUNT:g}", "measure in a larger unit")
    return values


def _layout(path: Path, stream: TextIO) -> _Layout | None:
    """Return the layout of a table, by its first rows; None if it is not a labelled matrix."""
    first = stream.readline(10_000_000)
    stream.seek(0)
    delimiter = max("\t;,", key=first.count)
    head = []
    for line, cells in _rows(path, stream, delimiter):
        head.append((line, cells))
        if len(head) == 4:
            break
    if len(head) < 2 or len(head[0][1]) < 3:
        return None
    (first_line, top), (_, second), *_ = head
    if second[0] and second[0] in top[1:]:
        return _Layout(top[1:], 1, first_line, delimiter)
    if len(head) < 3 or len(second) != len(top):
        return None
    columns = [_JOIN.join(pair) for pair in zip(top[2:], second[2:], strict=True)]
    # pymrio writes a row with the names of the two index columns below the header.
    found = next((cells for _, cells in head[2:] if len(cells) == len(top) and _JOIN.join(cells[:2]) in columns), None)
    return _Layout(columns, 2, head[1][0], delimiter) if found else None


def _rows(path: Path, stream: TextIO, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(stream, delimiter=delimiter)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _fault(path, reader.line_num, f"is not a table: {error}") from None
        if cells is None:
            return
        yield line, [cell.strip() for cell in cells]
        line = reader.line_num + 1


def _open(path: Path, options: ReadOptions) -> TextIO:
    return path.open(encoding=options.encoding or "utf-8-sig", newline="")


def _fault(path: Path, line: int | None, message: str, hint: str = "") -> InvalidData:
    return InvalidData([Problem(printable_path(path), line, message, hint)])


__all__ = ["MrioTable", "is_mrio", "read_mrio"]
