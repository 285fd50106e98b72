"""Read tables of money flows: who sells to whom for how much, and what is known about each firm.

Flows: a Parquet, CSV or Excel file with the columns ``supplier``, ``customer`` and
``value``, and optionally ``supplier_sector`` and ``customer_sector``.
Firms (optional): ``firm``, and any of ``sector``, ``final_demand``, ``inventories`` (their
change, which may be negative), ``costs``, ``equity``, ``weight`` (what a firm counts in the index of ESRI: jobs, revenue).
Essentiality (optional): ``supplier_sector``, ``customer_sector``,
``essentiality`` (0, 1 or 2), a row for each pair that is not 1.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from knockon.authoring.column_table import FIRST_ROW, Column, ColumnTable
from knockon.authoring.files import printable_path
from knockon.authoring.firm_columns import (
    FINAL_DEMAND_HINT,
    amount_column,
    check_some_firm_has_flows,
    check_unique_firms,
    costs_column,
    firm_column,
    weight_column,
)
from knockon.authoring.flow_columns import read_columns, read_header
from knockon.authoring.name_columns import NameColumn, number_names
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.errors import InvalidData, Problem, UsageError, shortened
from knockon.model.base import LONGEST_NAME
from knockon.text import counted

#: The path of a file, or a table in memory.
TableSource: TypeAlias = Any
DEFAULT_ESSENTIALITY = 1
#: Names that are none: what a column of texts with gaps has in them, written by a program that reads them as floats.
BLANK = ("", "nan")
#: Characters that names of firms must not contain.
CONTROL_CHARACTERS = "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]"
_CONTROL = re.compile(CONTROL_CHARACTERS)
ENDINGS = {".parquet", ".csv", ".tsv", ".txt", ".xlsx"}
_TEXT = {".csv", ".tsv", ".txt"}
_ENDS = ("supplier", "customer")
_FLOWS = (*_ENDS, "value")
_ESSENTIALITY = ("supplier_sector", "customer_sector", "essentiality")


@dataclass(frozen=True, eq=False)
class FlowTable:
    """The columns of a table of flows, with firms by number: the arguments of ``Network.from_flows``, and the names."""

    names: tuple[str, ...]
    supplier: Column
    customer: Column
    value: Column
    sector: Column | None = None
    sectors: tuple[str, ...] = ()
    essentiality: Column | None = None
    final_demand: Column | None = None
    costs: Column | None = None
    equity: Column | None = None
    #: What each firm counts in an index, such as its jobs; a firm that is not listed counts nothing.
    weight: Column | None = None
    #: Changes in inventories, which may be negative: no part of final demand.
    inventories: Column | None = None
    lines: Column | None = None
    #: The numbers of the firms that the table of firms lists and no flow names, ascending.
    without_flows: tuple[int, ...] = ()

    def line_of(self, flow: int) -> int:
        """Return the line of a flow in its file; in a Parquet file the column names count as line 1."""
        return int(self.lines[flow]) if self.lines is not None else flow + FIRST_ROW


def is_table(path: Path, options: ReadOptions = DEFAULTS) -> bool:
    """Return whether a path is a table of flows, in any spelling of its columns."""
    if path.suffix.lower() not in ENDINGS or not path.is_file():
        return False
    if is_mrio_file(path, options):
        return True
    header = read_header(path, options)
    # A table of dependencies may have a column of money too; it is read as a graph.
    return set(_FLOWS) <= header and not {"dependant", "need"} <= header


def is_mrio_file(path: Path, options: ReadOptions) -> bool:
    """Return whether a path is a wide input-output table as text."""
    from knockon.authoring.mrio import is_mrio

    return path.suffix.lower() in _TEXT and is_mrio(path, options)


def read_flows(
    flows: TableSource,
    firms: TableSource | None = None,
    essentiality: TableSource | None = None,
    options: ReadOptions = DEFAULTS,
    *,
    valued: bool = True,
) -> FlowTable:
    """Read a table of flows, with the firms and sectors of other tables.

    Text tables and workbooks are read like those of dependencies: any delimiter, columns in any spelling, and the
    encoding, decimal comma and column names of ``options``.

    Parameters
    ----------
    flows, firms, essentiality
        Each the path of a file, or a table in memory: Arrow, a data frame of pandas or Polars, a mapping of columns.
    options
        How text tables are read; ``rename`` holds for every table.
    valued
        Whether the flows must have a column ``value``; without it each counts 1.

    Raises
    ------
    NotFound
        A file does not exist.
    InvalidData
        A column is missing or of another type, a value is not a number, a firm has two sectors, a sector is unknown; with
        file and row. In a table that is not a text, the row after the column names is row 2.
    UsageError
        A table that needs pyarrow, which is not installed; a workbook, and python-calamine is not.

    Examples
    --------
    >>> table = read_flows({"supplier": ["acme", "bolt"], "customer": ["shop", "shop"], "value": [3.0, 1.0]})
    >>> table.names, table.supplier.tolist(), table.customer.tolist()
    (('acme', 'bolt', 'shop'), [0, 1], [2, 2])
    """
    if isinstance(flows, str | Path) and is_mrio_file(Path(flows), options):
        return _read_mrio(Path(flows), firms, essentiality, options)
    required = _FLOWS if valued else _ENDS
    table = read_columns(flows, required, ("value", "supplier_sector", "customer_sector"), options, name="flows")
    about = (
        ColumnTable(table.name, {}, {})
        if firms is None
        else read_columns(
            firms, ("firm",), ("sector", "final_demand", "costs", "equity", "inventories", "weight"), options, name="firms"
        )
    )
    columns = [name_column(table, "supplier"), name_column(table, "customer")]
    names, (seller, buyer, *others) = number_names(columns if firms is None else [*columns, name_column(about, "firm")])
    listed = others[0] if others else np.zeros(0, np.int64)
    check_unique_firms(listed, names, about)
    has_flow = np.zeros(len(names), bool)
    has_flow[seller] = has_flow[buyer] = True
    check_some_firm_has_flows(has_flow[listed], about, table.name)
    sector, sectors = _sectors(table, about, (seller, buyer, listed), names)
    value = amount_column(table, "value", "money, 0 or more") if "value" in table.amounts else np.ones(len(seller))
    inputs = np.bincount(buyer, np.where(seller == buyer, 0.0, value), len(names))
    return FlowTable(
        names=names,
        supplier=seller,
        customer=buyer,
        value=value,
        sector=sector,
        sectors=sectors,
        essentiality=None if essentiality is None else _read_essentiality(essentiality, sectors, options),
        final_demand=firm_column(about, "final_demand", listed, len(names), 0.0),
        costs=costs_column(about, listed, inputs),
        equity=firm_column(about, "equity", listed, len(names), np.nan),
        weight=weight_column(about, listed, has_flow),
        inventories=firm_column(about, "inventories", listed, len(names), 0.0),
        lines=table.lines,
        without_flows=tuple(np.flatnonzero(~has_flow).tolist()),
    )


def _read_essentiality(source: TableSource, sectors: Sequence[str], options: ReadOptions) -> Column:
    return _essentiality(read_columns(source, _ESSENTIALITY, (), options, name="essentiality"), sectors)


def _read_mrio(path: Path, firms: TableSource | None, essentiality: TableSource | None, options: ReadOptions) -> FlowTable:
    """Read a wide input-output table, which has industries and final demand in it."""
    from knockon.authoring.mrio import read_mrio

    if firms is not None:
        raise UsageError(f"{printable_path(path)} is an input-output table, which has final demand in it: leave out --firms")
    table = read_mrio(path, options)
    if table.final_demand is not None and (table.final_demand < 0).any():
        name = table.names[int(np.flatnonzero(table.final_demand < 0)[0])]
        what = f"the final demand for {name} is negative, without changes in inventories"
        raise InvalidData([Problem(printable_path(path), None, what, FINAL_DEMAND_HINT)])
    matrix = None if essentiality is None else _read_essentiality(essentiality, table.sectors, options)
    return FlowTable(
        names=table.names, supplier=table.supplier, customer=table.customer, value=table.value, sector=table.sector,
        sectors=table.sectors, essentiality=matrix, final_demand=table.final_demand, inventories=table.inventories,
        costs=table.costs, lines=table.lines,
    )  # fmt: skip


def name_column(table: ColumnTable, name: str) -> NameColumn:
    """Return a column of names after checking each."""
    column = table.names[name]
    if column.is_numeric:
        return column
    texts = column.texts()
    if any(blank in texts for blank in BLANK):
        _refuse(table, column, lambda text: text in BLANK, f"has no {name}", "every row names one")
    if max(map(len, texts), default=0) > LONGEST_NAME:
        message = f"has a {name} of more than {LONGEST_NAME:,} characters"
        _refuse(table, column, lambda text: len(text) > LONGEST_NAME, message, "a shorter name")
    if _CONTROL.search("\n".join(texts)):
        _refuse(table, column, _CONTROL.search, f"has a control character in its {name}", "plain text")
    return column


def _refuse(table: ColumnTable, column: NameColumn, is_faulty: Callable[[str], object], message: str, hint: str) -> None:
    """Raise InvalidData for the rows with faulty names; none of them may be in this column of those that share its names."""
    rows = column.rows_of(place for place, text in enumerate(column.texts()) if is_faulty(text))
    if len(rows):
        raise table.faulty(rows, message, hint)


def _sectors(
    table: ColumnTable, about: ColumnTable, rows: tuple[Column, Column, Column], firms: Sequence[str]
) -> tuple[Column | None, tuple[str, ...]]:
    """Return the sector number of each firm and the names of the sectors; None if no sectors are given."""
    seller, buyer, listed = rows
    stated = [(seller, table, "supplier_sector"), (buyer, table, "customer_sector"), (listed, about, "sector")]
    columns = [(firm, name_column(part, name), part) for firm, part, name in stated if name in part.names]
    if not columns:
        return None, ()
    sectors, numbers = number_names([column for _, column, _ in columns])
    sector = np.full(len(firms), -1)
    for (firm, _, part), part_sectors in zip(columns, numbers, strict=True):
        clash = (sector[firm] != -1) & (sector[firm] != part_sectors)
        sector[firm] = np.where(sector[firm] == -1, part_sectors, sector[firm])
        clash |= sector[firm] != part_sectors
        if clash.any():
            raise part.faulty(np.flatnonzero(clash), "gives a firm a second sector", "one sector for each firm")
    missing = np.flatnonzero(sector == -1).tolist()
    if missing:
        shown = ", ".join(shortened((repr(firms[firm]) for firm in missing), 3))
        what = f"{counted(len(missing), 'firm has', 'firms have')} no sector: {shown}"
        raise InvalidData([Problem(about.name, None, what, "give every firm one, or none")])
    return sector, sectors


def _essentiality(table: ColumnTable, sectors: Sequence[str]) -> Column:
    """Return the essentiality of each pair of sectors, (sectors, sectors); 1 where no row states it."""
    matrix = np.full((len(sectors), len(sectors)), DEFAULT_ESSENTIALITY, np.int8)
    level = table.names["essentiality"]
    unknown = [place for place, text in enumerate(level.texts()) if text not in {"0", "1", "2"}]
    if unknown:
        message = "has an essentiality other than 0, 1 or 2"
        raise table.faulty(level.rows_of(unknown), message, "2 is essential, 0 negligible")
    number = {name: row for row, name in enumerate(sectors)}
    seller, buyer = (
        np.array([number.get(text, -1) for text in column.texts()], np.int64)[column.code]
        for column in (name_column(table, "supplier_sector"), name_column(table, "customer_sector"))
    )
    levels = np.array([int(text) for text in level.texts()], np.int8)[level.code]
    # Pairs of sectors without firms do not matter for these flows.
    known = np.flatnonzero((seller >= 0) & (buyer >= 0))
    if len(seller) and len(sectors) and not len(known):
        hint = f"the sectors of the firms are {', '.join(sectors[:5])}{', ...' if len(sectors) > 5 else ''}"
        raise InvalidData([Problem(table.name, None, "names no pair of sectors that the firms are in", hint)])
    matrix[seller[known], buyer[known]] = levels[known]
    clash = matrix[seller[known], buyer[known]] != levels[known]
    if clash.any():
        message = "states another essentiality than a later row for the same pair of sectors"
        raise table.faulty(known[clash], message, "one row for each pair")
    return matrix
