"""Read tables of money flows: who sells to whom for how much, and what is known about each firm.

Flows: a Parquet, CSV or Excel file with the columns ``supplier``, ``customer`` and
``value``, and optionally ``supplier_sector`` and ``customer_sector``.
Firms (optional): ``firm``, and any of ``sector``, ``final_demand``, ``inventories`` (their
change, which may be negative), ``costs``, ``equity``.
Essentiality (optional): ``supplier_sector``, ``customer_sector``,
``essentiality`` (0, 1 or 2), a row for each pair that is not 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knockon.authoring.files import printable_path
from knockon.authoring.flow_columns import FIRST_ROW, Column, ColumnTable, read_columns, read_header
from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.errors import InvalidData, Problem, UsageError
from knockon.model.base import LONGEST_NAME

DEFAULT_ESSENTIALITY = 1
#: Characters that names of firms must not contain.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
ENDINGS = {".parquet", ".csv", ".tsv", ".txt", ".xlsx"}
_TEXT = {".csv", ".tsv", ".txt"}
_FLOWS = ("supplier", "customer", "value")
_ESSENTIALITY = ("supplier_sector", "customer_sector", "essentiality")
#: Costs below the inputs by up to this relative difference count as equal: sums are rounded.
_ROUNDING = 1e-9
_FINAL_DEMAND_HINT = (
    "0 or more; in input-output tables a negative final demand comes of changes in inventories (stocks sold off): "
    "put it into a column of its own, inventories, or write 0 where the sum is negative"
)


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
    #: Changes in inventories, which may be negative: no part of final demand.
    inventories: Column | None = None
    lines: Column | None = None

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
    path: Path, firms: Path | None = None, essentiality: Path | None = None, options: ReadOptions = DEFAULTS
) -> FlowTable:
    """Read the flows of a file, with the firms and sectors of other files.

    Text tables and workbooks are read like those of dependencies: any delimiter, columns in any spelling, and the
    encoding, decimal comma and column names of ``options``.

    Raises
    ------
    NotFound
        A file does not exist.
    InvalidData
        A column is missing, a value is not a number, a firm has two sectors, a sector is unknown; with file and row.
    UsageError
        A Parquet file, and pyarrow is not installed; a workbook, and python-calamine is not.
    """
    if is_mrio_file(path, options):
        return _read_mrio(path, firms, essentiality, options)
    table = read_columns(path, _FLOWS, ("supplier_sector", "customer_sector"), options)
    about = (
        read_columns(firms, ("firm",), ("sector", "final_demand", "costs", "equity", "inventories"), options)
        if firms
        else ColumnTable(path, {})
    )
    supplier, customer = _names(table, "supplier"), _names(table, "customer")
    known = _names(about, "firm") if firms else np.zeros(0, supplier.dtype)
    names, rows = _number_names(supplier, customer, known)
    seller, buyer, listed = np.split(rows, [len(supplier), len(supplier) + len(customer)])
    if firms:
        _check_unique_firms(listed, names, about)
    sector, sectors = _sectors(table, about, (seller, buyer, listed), len(names))
    value = _amount_column(table, "value", "money, 0 or more")
    inputs = np.bincount(buyer, np.where(seller == buyer, 0.0, value), len(names))
    return FlowTable(
        names=tuple(names),
        supplier=seller,
        customer=buyer,
        value=value,
        sector=sector,
        sectors=tuple(map(str, sectors)),
        essentiality=_essentiality(read_columns(essentiality, _ESSENTIALITY, (), options), sectors) if essentiality else None,
        final_demand=_firm_column(about, "final_demand", listed, len(names), 0.0),
        costs=_costs(about, listed, inputs),
        equity=_firm_column(about, "equity", listed, len(names), np.nan),
        inventories=_firm_column(about, "inventories", listed, len(names), 0.0),
        lines=table.lines,
    )


def _read_mrio(path: Path, firms: Path | None, essentiality: Path | None, options: ReadOptions) -> FlowTable:
    """Read a wide input-output table, which has industries and final demand in it."""
    from knockon.authoring.mrio import read_mrio

    if firms is not None:
        raise UsageError(f"{printable_path(path)} is an input-output table, which has final demand in it: leave out --firms")
    table = read_mrio(path, options)
    if table.final_demand is not None and (table.final_demand < 0).any():
        name = table.names[int(np.flatnonzero(table.final_demand < 0)[0])]
        what = f"the final demand for {name} is negative, without changes in inventories"
        raise InvalidData([Problem(printable_path(path), None, what, _FINAL_DEMAND_HINT)])
    matrix = (
        _essentiality(read_columns(essentiality, _ESSENTIALITY, (), options), np.array(table.sectors)) if essentiality else None
    )
    return FlowTable(
        names=table.names, supplier=table.supplier, customer=table.customer, value=table.value, sector=table.sector,
        sectors=table.sectors, essentiality=matrix, final_demand=table.final_demand, inventories=table.inventories,
        costs=table.costs, lines=table.lines,
    )  # fmt: skip


def _names(table: ColumnTable, name: str) -> Column:
    """Read a column of names; whole numbers stay numbers, so that 10 is sorted after 9."""
    column = table.columns[name]
    if column.dtype.kind in "iu":
        return column
    # In columns of floats nan is a missing value.
    blank = np.array([value is None or str(value) in ("", "nan") for value in column.tolist()], bool)
    if blank.any():
        raise table.faulty(np.flatnonzero(blank), f"has no {name}", "every row names one")
    longest = [place for place, value in enumerate(column.tolist()) if len(str(value)) > LONGEST_NAME]
    if longest:
        raise table.faulty(longest, f"has a {name} of more than {LONGEST_NAME:,} characters", "a shorter name")
    words = column.astype(str)
    unclean = np.array([bool(_CONTROL.search(word)) for word in words.tolist()], bool)
    if unclean.any():
        raise table.faulty(np.flatnonzero(unclean), f"has a control character in its {name}", "plain text")
    digits = np.char.isdigit(words) if words.size else np.zeros(0, bool)
    # Converted only if no information is lost: 007 is a name.
    if digits.all() and (np.char.str_len(words) < 19).all() and (words.astype(np.int64).astype(str) == words).all():
        return words.astype(np.int64)
    return words


def _number_names(*columns: Column) -> tuple[Column, Column]:
    """Return the sorted names of all columns, and the number of each entry."""
    filled = [column for column in columns if column.size]
    if len({column.dtype.kind in "iu" for column in filled}) > 1:
        columns = tuple(column.astype(str) for column in columns)
    names, rows = np.unique(np.concatenate(columns), return_inverse=True)
    return names.astype(str), rows.astype(np.int64)


def _check_unique_firms(listed: Column, names: Column, about: ColumnTable) -> None:
    firms, first = np.unique(listed, return_index=True)
    if len(firms) < len(listed):
        repeated = np.setdiff1d(np.arange(len(listed)), first)
        raise about.faulty(repeated, f"names {str(names[listed[repeated[0]]])!r} a second time", "one row for each firm")


def _number_column(table: ColumnTable, name: str) -> Column:
    column = table.columns[name]
    if column.dtype.kind in "iuf":
        return column.astype(np.float64)
    try:
        return column.astype(np.float64)
    except (ValueError, TypeError):
        values = column.tolist()
        faulty = [place for place, value in enumerate(values) if not _is_number(value)]
        hint = "digits, with a point before decimals"
        if "," in str(values[faulty[0]]):
            hint += "; a table with decimal commas is read with --decimal ,"
        raise table.faulty(faulty, f"has {'an' if name[0] in 'aeiou' else 'a'} {name} that is not a number", hint) from None


def _amount_column(table: ColumnTable, name: str, hint: str) -> Column:
    column = _number_column(table, name)
    for faulty, what in ((~np.isfinite(column), f"has a {name} that is not finite"), (column < 0, f"has a negative {name}")):
        if faulty.any():
            raise table.faulty(np.flatnonzero(faulty), what, hint)
    return column


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (ValueError, TypeError):
        return False
    return True


def _firm_column(about: ColumnTable, name: str, listed: Column, firms: int, default: float) -> Column | None:
    if name not in about.columns:
        return None
    column = np.full(firms, default)
    column[listed] = _amount_column(about, name, _FINAL_DEMAND_HINT) if name == "final_demand" else _number_column(about, name)
    return column


def _costs(about: ColumnTable, listed: Column, inputs: Column) -> Column | None:
    """Return the total costs of each firm; those of a firm that is not listed are its inputs."""
    if "costs" not in about.columns:
        return None
    stated = _amount_column(about, "costs", "all that a firm spends, 0 or more; leave firms out whose costs are not known")
    below = stated < inputs[listed] * (1 - _ROUNDING)
    if below.any():
        hint = "costs are all that a firm spends: what it buys in the table, wages, imports"
        raise about.faulty(np.flatnonzero(below), "has costs below what the firm buys in the table", hint)
    costs: Column = inputs.copy()
    costs[listed] = stated
    return costs


def _sectors(
    table: ColumnTable, about: ColumnTable, rows: tuple[Column, Column, Column], firms: int
) -> tuple[Column | None, Column]:
    """Return the sector number of each firm and the names of the sectors; None if no sectors are given."""
    seller, buyer, listed = rows
    stated = [(seller, table, "supplier_sector"), (buyer, table, "customer_sector"), (listed, about, "sector")]
    columns = [(firm, _names(part, name), part) for firm, part, name in stated if name in part.columns]
    if not columns:
        return None, np.zeros(0, str)
    sectors, numbers = _number_names(*(column for _, column, _ in columns))
    sector = np.full(firms, -1)
    start = 0
    for firm, column, part in columns:
        part_sectors = numbers[start : start + len(column)]
        start += len(column)
        clash = (sector[firm] != -1) & (sector[firm] != part_sectors)
        sector[firm] = np.where(sector[firm] == -1, part_sectors, sector[firm])
        clash |= sector[firm] != part_sectors
        if clash.any():
            raise part.faulty(np.flatnonzero(clash), "gives a firm a second sector", "one sector for each firm")
    if (sector == -1).any():
        what = f"{int((sector == -1).sum())} firms have no sector"
        raise InvalidData([Problem(printable_path(about.path), None, what, "give every firm one, or none")])
    return sector, sectors


def _essentiality(table: ColumnTable, sectors: Column) -> Column:
    matrix = np.full((len(sectors), len(sectors)), DEFAULT_ESSENTIALITY, np.int8)
    number = {str(name): row for row, name in enumerate(sectors)}
    columns = [table.columns[name].tolist() for name in _ESSENTIALITY]
    faulty = []
    for place, (seller, buyer, level) in enumerate(zip(*columns, strict=True)):
        if str(level) not in {"0", "1", "2"}:
            faulty.append(place)
        # Pairs of sectors without firms do not matter for these flows.
        elif str(seller) in number and str(buyer) in number:
            matrix[number[str(seller)], number[str(buyer)]] = int(level)
    if faulty:
        raise table.faulty(faulty, "has an essentiality other than 0, 1 or 2", "2 is essential, 0 negligible")
    return matrix
