"""Tables of money flows in files: who sells to whom for how much, and what is known of each firm.

Flows: a Parquet or CSV file with the columns ``supplier``, ``customer`` and
``value``; ``supplier_sector`` and ``customer_sector`` may stand beside them.
Firms (optional): ``firm``, and any of ``sector``, ``final_demand``, ``equity``.
Essentiality (optional): ``supplier_sector``, ``customer_sector``,
``essentiality`` (0, 1 or 2), a row for each pair that is not 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.errors import InvalidData, NotFound, Problem, UsageError
from knockon.text import CONTROL

Column = npt.NDArray[Any]
#: So many faulty rows are named in an error; the rest is counted.
_SHOWN = 5
NON_ESSENTIAL = 1


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
    equity: Column | None = field(default=None)


def is_table(path: Path) -> bool:
    """Whether a path looks like a table of flows."""
    return path.suffix.lower() in {".parquet", ".csv"} and path.is_file() and {"supplier", "customer", "value"} <= _header(path)


def read_flows(path: Path, firms: Path | None = None, essentiality: Path | None = None) -> FlowTable:
    """The flows of a file, with what other files say of their firms and sectors.

    Raises
    ------
    NotFound
        A file is not there.
    InvalidData
        A column is missing, a value is no number, a firm has two sectors, a sector is not known; with file and row.
    UsageError
        A Parquet file, and pyarrow is not installed.
    """
    table = _read(path, ("supplier", "customer", "value"), ("supplier_sector", "customer_sector"))
    about = _read(firms, ("firm",), ("sector", "final_demand", "equity")) if firms else {}
    supplier, customer = _words(table["supplier"], path, "supplier"), _words(table["customer"], path, "customer")
    known = _words(about["firm"], firms, "firm") if firms else np.zeros(0, supplier.dtype)
    names, rows = _numbered(supplier, customer, known)
    seller, buyer, listed = np.split(rows, [len(supplier), len(supplier) + len(customer)])
    if firms:
        _listed_once(listed, names, firms)
    sector, sectors = _sectors(table, about, (seller, buyer, listed), len(names), path, firms)
    return FlowTable(
        names=tuple(names),
        supplier=seller,
        customer=buyer,
        value=_amounts(_numbers(table["value"], path, "value"), path),
        sector=sector,
        sectors=tuple(map(str, sectors)),
        essentiality=_essentiality(essentiality, sectors) if essentiality else None,
        final_demand=_of_firms(about, "final_demand", listed, len(names), firms, 0.0),
        equity=_of_firms(about, "equity", listed, len(names), firms, np.nan),
    )


def _read(path: Path, required: tuple[str, ...], optional: tuple[str, ...]) -> dict[str, Column]:
    if not path.is_file():
        raise NotFound("file", str(path))
    columns = _read_parquet(path) if path.suffix.lower() == ".parquet" else _read_csv(path)
    missing = [name for name in required if name not in columns]
    if missing:
        hint = f"the columns are {', '.join(columns)}" if columns else "the first row names the columns"
        raise InvalidData([Problem(str(path), None, f"has no column {name!r}", hint) for name in missing])
    return {name: columns[name] for name in (*required, *optional) if name in columns}


def _header(path: Path) -> set[str]:
    try:
        if path.suffix.lower() == ".parquet":
            return set(_parquet().read_schema(path).names)
        with path.open(encoding="utf-8-sig", newline="") as file:
            return {name.strip() for name in file.readline().split(",")}
    except (OSError, ValueError):
        return set()


def _parquet() -> Any:
    try:
        from pyarrow import parquet
    except ImportError:
        raise UsageError("Parquet files need pyarrow: pip install 'knockon[parquet]'") from None
    return parquet


def _read_parquet(path: Path) -> dict[str, Column]:
    parquet = _parquet()
    try:
        table = parquet.read_table(path)
    except (OSError, ValueError) as error:  # pyarrow's own errors are these
        raise InvalidData([Problem(str(path), None, f"is no Parquet file that can be read: {_first_line(error)}")]) from None
    return {name: column.to_numpy() for name, column in zip(table.column_names, table.columns, strict=True)}


def _read_csv(path: Path) -> dict[str, Column]:
    import csv

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file, strict=True)
            header = [name.strip() for name in next(rows, [])]
            body = list(rows)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidData([Problem(str(path), None, f"is no CSV file in UTF-8: {_first_line(error)}")]) from None
    while body and not body[-1]:
        body.pop()
    uneven = [place for place, row in enumerate(body, 2) if len(row) != len(header)]
    if uneven:
        raise _faulty(path, uneven, f"has not the {len(header)} columns of the first row", "quote what holds a comma")
    return {name: np.array([row[place].strip() for row in body]) for place, name in enumerate(header)}


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _words(column: Column, path: Path | None, name: str) -> Column:
    """A column of names: whole numbers stay numbers, so that 10 stands behind 9."""
    if column.dtype.kind in "iu":
        return column
    # Of floats nan is the gap.
    blank = np.array([value is None or str(value) in ("", "nan") for value in column.tolist()], bool)
    if blank.any():
        raise _faulty(path, np.flatnonzero(blank) + 2, f"has no {name}", "every row names one")
    words = column.astype(str)
    unclean = np.array([bool(CONTROL.search(word)) for word in words.tolist()], bool)
    if unclean.any():
        raise _faulty(path, np.flatnonzero(unclean) + 2, f"has a control character in its {name}", "plain text")
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


def _listed_once(listed: Column, names: Column, path: Path) -> None:
    seen, first = np.unique(listed, return_index=True)
    if len(seen) < len(listed):
        again = np.setdiff1d(np.arange(len(listed)), first)
        raise _faulty(path, again + 2, f"names {str(names[listed[again[0]]])!r} a second time", "one row for each firm")


def _numbers(column: Column, path: Path | None, name: str) -> Column:
    if column.dtype.kind in "iuf":
        return column.astype(np.float64)
    try:
        return column.astype(np.float64)
    except (ValueError, TypeError):
        faulty = [place for place, value in enumerate(column.tolist(), 2) if not _is_number(value)]
        raise _faulty(
            path,
            faulty,
            f"has {'an' if name[0] in 'aeiou' else 'a'} {name} that is no number",
            "digits, with a point before decimals",
        ) from None


def _amounts(column: Column, path: Path) -> Column:
    for faulty, what in ((~np.isfinite(column), "has a value that is not finite"), (column < 0, "has a negative value")):
        if faulty.any():
            raise _faulty(path, np.flatnonzero(faulty) + 2, what, "money, 0 or more")
    return column


def _is_number(value: Any) -> bool:
    try:
        float(value)
    except (ValueError, TypeError):
        return False
    return True


def _of_firms(
    about: Mapping[str, Column], name: str, listed: Column, firms: int, path: Path | None, otherwise: float
) -> Column | None:
    if name not in about:
        return None
    column = np.full(firms, otherwise)
    column[listed] = _numbers(about[name], path, name)
    return column


def _sectors(
    table: Mapping[str, Column],
    about: Mapping[str, Column],
    rows: tuple[Column, Column, Column],
    firms: int,
    path: Path,
    firms_path: Path | None,
) -> tuple[Column | None, Column]:
    """The sector number of each firm and the names of the sectors; None where nobody gives them."""
    seller, buyer, listed = rows
    said = [(seller, table.get("supplier_sector"), path), (buyer, table.get("customer_sector"), path)]
    said.append((listed, about.get("sector"), firms_path or path))
    given = [(firm, _words(column, file, "sector"), file) for firm, column, file in said if column is not None]
    if not given:
        return None, np.zeros(0, str)
    sectors, numbers = _numbered(*(column for _, column, _ in given))
    sector = np.full(firms, -1)
    start = 0
    for firm, column, file in given:
        mine = numbers[start : start + len(column)]
        start += len(column)
        clash = (sector[firm] != -1) & (sector[firm] != mine)
        sector[firm] = np.where(sector[firm] == -1, mine, sector[firm])
        clash |= sector[firm] != mine
        if clash.any():
            raise _faulty(file, np.flatnonzero(clash) + 2, "gives a firm a second sector", "one sector for each firm")
    if (sector == -1).any():
        what = f"{int((sector == -1).sum())} firms have no sector"
        raise InvalidData([Problem(str(firms_path or path), None, what, "give every firm one, or none")])
    return sector, sectors


def _essentiality(path: Path, sectors: Column) -> Column:
    table = _read(path, ("supplier_sector", "customer_sector", "essentiality"), ())
    matrix = np.full((len(sectors), len(sectors)), NON_ESSENTIAL, np.int8)
    number = {str(name): row for row, name in enumerate(sectors)}
    columns = [table[name].tolist() for name in ("supplier_sector", "customer_sector", "essentiality")]
    wrong = []
    for place, (seller, buyer, level) in enumerate(zip(*columns, strict=True), 2):
        if str(level) not in {"0", "1", "2"}:
            wrong.append(place)
        # Pairs of sectors that no firm is in say nothing of these flows.
        elif str(seller) in number and str(buyer) in number:
            matrix[number[str(seller)], number[str(buyer)]] = int(level)
    if wrong:
        raise _faulty(path, wrong, "has another essentiality than 0, 1 or 2", "2 is essential, 0 negligible")
    return matrix


def _faulty(path: Path | None, rows: Any, what: str, hint: str) -> InvalidData:
    """Rows that are wrong, the first few by line, the others counted."""
    lines = [int(row) for row in rows]
    problems = [Problem(str(path), line, what, hint) for line in lines[:_SHOWN]]
    if len(lines) > _SHOWN:
        problems.append(Problem(str(path), None, f"{len(lines)} rows of this kind in all"))
    return InvalidData(problems)
