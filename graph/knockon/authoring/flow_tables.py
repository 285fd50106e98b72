"""Tables of money flows in files: who sells to whom for how much, and what is known of each firm.

Flows: a Parquet, CSV or Excel file with the columns ``supplier``, ``customer`` and
``value``; ``supplier_sector`` and ``customer_sector`` may stand beside them.
Firms (optional): ``firm``, and any of ``sector``, ``final_demand``,
``costs``, ``equity``.
Essentiality (optional): ``supplier_sector``, ``customer_sector``,
``essentiality`` (0, 1 or 2), a row for each pair that is not 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knockon.authoring.files import shown
from knockon.authoring.flow_columns import FIRST, Column, ColumnTable, header_of, read_columns
from knockon.authoring.options import PLAIN, ReadOptions
from knockon.errors import InvalidData, Problem
from knockon.model.base import LONGEST_NAME

NON_ESSENTIAL = 1
#: What no name of a firm may hold; ``controls`` has what is shown instead of sent.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
ENDINGS = {".parquet", ".csv", ".tsv", ".txt", ".xlsx"}
_FLOWS = ("supplier", "customer", "value")
_ESSENTIALITY = ("supplier_sector", "customer_sector", "essentiality")
#: Costs that are this much below the inputs, relatively, are the inputs: sums are rounded.
_ROUNDING = 1e-9
_INVENTORIES = (
    "0 or more; in input-output tables a negative final demand comes of changes in inventories (stocks sold off): "
    "leave that column out of final demand, or write 0 where the sum is negative"
)


@dataclass(frozen=True, eq=False)
class FlowTable:
    """The columns of a table of flows, firms by number: what ``Network.from_flows`` takes, and the names behind it."""

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
    lines: Column | None = None

    def line_of(self, flow: int) -> int:
        """The line of a flow in its file; of a Parquet file, with the names of the columns as line 1."""
        return int(self.lines[flow]) if self.lines is not None else flow + FIRST


def is_table(path: Path, options: ReadOptions = PLAIN) -> bool:
    """Whether a path is a table of flows, however its columns are spelt."""
    if path.suffix.lower() not in ENDINGS or not path.is_file():
        return False
    header = header_of(path, options)
    # A table of dependencies may well have a column for money; it is read as a graph.
    return set(_FLOWS) <= header and not {"dependant", "need"} <= header


def read_flows(
    path: Path, firms: Path | None = None, essentiality: Path | None = None, options: ReadOptions = PLAIN
) -> FlowTable:
    """The flows of a file, with what other files say of their firms and sectors.

    Text tables and workbooks are read as those of dependencies: any delimiter, columns in any spelling, and what
    ``options`` say of encoding, decimal comma and names of columns.

    Raises
    ------
    NotFound
        A file is not there.
    InvalidData
        A column is missing, a value is not a number, a firm has two sectors, a sector is not known; with file and row.
    UsageError
        A Parquet file, and pyarrow is not installed; a workbook, and python-calamine is not.
    """
    table = read_columns(path, _FLOWS, ("supplier_sector", "customer_sector"), options)
    about = (
        read_columns(firms, ("firm",), ("sector", "final_demand", "costs", "equity"), options)
        if firms
        else ColumnTable(path, {})
    )
    supplier, customer = _words(table, "supplier"), _words(table, "customer")
    known = _words(about, "firm") if firms else np.zeros(0, supplier.dtype)
    names, rows = _numbered(supplier, customer, known)
    seller, buyer, listed = np.split(rows, [len(supplier), len(supplier) + len(customer)])
    if firms:
        _listed_once(listed, names, about)
    sector, sectors = _sectors(table, about, (seller, buyer, listed), len(names))
    value = _amounts(table, "value", "money, 0 or more")
    inputs = np.bincount(buyer, np.where(seller == buyer, 0.0, value), len(names))
    return FlowTable(
        names=tuple(names),
        supplier=seller,
        customer=buyer,
        value=value,
        sector=sector,
        sectors=tuple(map(str, sectors)),
        essentiality=_essentiality(read_columns(essentiality, _ESSENTIALITY, (), options), sectors) if essentiality else None,
        final_demand=_of_firms(about, "final_demand", listed, len(names), 0.0),
        costs=_costs(about, listed, inputs),
        equity=_of_firms(about, "equity", listed, len(names), np.nan),
        lines=table.lines,
    )


def _words(table: ColumnTable, name: str) -> Column:
    """A column of names: whole numbers stay numbers, so that 10 stands behind 9."""
    column = table.columns[name]
    if column.dtype.kind in "iu":
        return column
    # Of floats nan is the gap.
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
    # As numbers only where nothing is lost by it: 007 is a name.
    if digits.all() and (np.char.str_len(words) < 19).all() and (words.astype(np.int64).astype(str) == words).all():
        return words.astype(np.int64)
    return words


def _numbered(*columns: Column) -> tuple[Column, Column]:
    """The names of all columns in order, and the number of each entry."""
    filled = [column for column in columns if column.size]
    if len({column.dtype.kind in "iu" for column in filled}) > 1:
        columns = tuple(column.astype(str) for column in columns)
    names, rows = np.unique(np.concatenate(columns), return_inverse=True)
    return names.astype(str), rows.astype(np.int64)


def _listed_once(listed: Column, names: Column, about: ColumnTable) -> None:
    seen, first = np.unique(listed, return_index=True)
    if len(seen) < len(listed):
        again = np.setdiff1d(np.arange(len(listed)), first)
        raise about.faulty(again, f"names {str(names[listed[again[0]]])!r} a second time", "one row for each firm")


def _numbers(table: ColumnTable, name: str) -> Column:
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


def _amounts(table: ColumnTable, name: str, hint: str) -> Column:
    column = _numbers(table, name)
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


def _of_firms(about: ColumnTable, name: str, listed: Column, firms: int, otherwise: float) -> Column | None:
    if name not in about.columns:
        return None
    column = np.full(firms, otherwise)
    column[listed] = _amounts(about, name, _INVENTORIES) if name == "final_demand" else _numbers(about, name)
    return column


def _costs(about: ColumnTable, listed: Column, inputs: Column) -> Column | None:
    """What each firm spends in all; its inputs where it is not listed."""
    if "costs" not in about.columns:
        return None
    stated = _amounts(about, "costs", "all that a firm spends, 0 or more; leave firms out whose costs are not known")
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
    """The sector number of each firm and the names of the sectors; None where nobody gives them."""
    seller, buyer, listed = rows
    stated = [(seller, table, "supplier_sector"), (buyer, table, "customer_sector"), (listed, about, "sector")]
    given = [(firm, _words(part, name), part) for firm, part, name in stated if name in part.columns]
    if not given:
        return None, np.zeros(0, str)
    sectors, numbers = _numbered(*(column for _, column, _ in given))
    sector = np.full(firms, -1)
    start = 0
    for firm, column, part in given:
        mine = numbers[start : start + len(column)]
        start += len(column)
        clash = (sector[firm] != -1) & (sector[firm] != mine)
        sector[firm] = np.where(sector[firm] == -1, mine, sector[firm])
        clash |= sector[firm] != mine
        if clash.any():
            raise part.faulty(np.flatnonzero(clash), "gives a firm a second sector", "one sector for each firm")
    if (sector == -1).any():
        what = f"{int((sector == -1).sum())} firms have no sector"
        raise InvalidData([Problem(shown(about.path), None, what, "give every firm one, or none")])
    return sector, sectors


def _essentiality(table: ColumnTable, sectors: Column) -> Column:
    matrix = np.full((len(sectors), len(sectors)), NON_ESSENTIAL, np.int8)
    number = {str(name): row for row, name in enumerate(sectors)}
    columns = [table.columns[name].tolist() for name in _ESSENTIALITY]
    wrong = []
    for place, (seller, buyer, level) in enumerate(zip(*columns, strict=True)):
        if str(level) not in {"0", "1", "2"}:
            wrong.append(place)
        # Pairs of sectors that no firm is in say nothing of these flows.
        elif str(seller) in number and str(buyer) in number:
            matrix[number[str(seller)], number[str(buyer)]] = int(level)
    if wrong:
        raise table.faulty(wrong, "has another essentiality than 0, 1 or 2", "2 is essential, 0 negligible")
    return matrix
