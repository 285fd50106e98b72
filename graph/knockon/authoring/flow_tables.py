"""Tables of money flows in files: who sells to whom for how much, and what is known of each firm.

Flows: a Parquet, CSV or Excel file with the columns ``supplier``, ``customer`` and
``value``; ``supplier_sector`` and ``customer_sector`` may stand beside them.
Firms (optional): ``firm``, and any of ``sector``, ``final_demand``, ``equity``.
Essentiality (optional): ``supplier_sector``, ``customer_sector``,
``essentiality`` (0, 1 or 2), a row for each pair that is not 1.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.authoring.columns import canonical, plain
from knockon.authoring.csv_form import ENCODING_HINT, read_lines
from knockon.authoring.names import Refused
from knockon.authoring.numbers import unified
from knockon.authoring.options import PLAIN, ReadOptions
from knockon.authoring.source import Source
from knockon.authoring.text import shown
from knockon.authoring.workbooks import read_workbook
from knockon.errors import InvalidData, NotFound, Problem, UsageError
from knockon.text import CONTROL

Column = npt.NDArray[Any]
#: So many faulty rows are named in an error; the rest is counted.
_SHOWN = 5
NON_ESSENTIAL = 1
#: The first row below the names of the columns, counted from 1.
_FIRST = 2
ENDINGS = {".parquet", ".csv", ".tsv", ".txt", ".xlsx"}
_FLOWS = ("supplier", "customer", "value")
_ESSENTIALITY = ("supplier_sector", "customer_sector", "essentiality")
#: What people call these columns elsewhere.
_SYNONYMS = {
    "seller": "supplier", "vendor": "supplier", "provider": "supplier", "from": "supplier", "buyer": "customer",
    "client": "customer", "to": "customer", "amount": "value", "sales": "value", "flow": "value", "turnover": "value",
    "company": "firm", "industry": "sector",
}  # fmt: skip
_AMOUNTS = {"value", "finaldemand", "equity"} | {name for name, meaning in _SYNONYMS.items() if meaning == "value"}
_INVENTORIES = (
    "0 or more; in input-output tables a negative final demand comes of changes in inventories (stocks sold off): "
    "leave that column out of final demand, or write 0 where the sum is negative"
)
#: As much of a file as its header may take, in characters.
_HEADER = 100_000


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
    equity: Column | None = None
    lines: Column | None = None

    def line_of(self, flow: int) -> int:
        """The line of a flow in its file; of a Parquet file, with the names of the columns as line 1."""
        return int(self.lines[flow]) if self.lines is not None else flow + _FIRST


def is_table(path: Path, options: ReadOptions = PLAIN) -> bool:
    """Whether a path is a table of flows, however its columns are spelt."""
    if path.suffix.lower() not in ENDINGS or not path.is_file():
        return False
    header = _header(path, options)
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
        A column is missing, a value is no number, a firm has two sectors, a sector is not known; with file and row.
    UsageError
        A Parquet file, and pyarrow is not installed; a workbook, and python-calamine is not.
    """
    table = _read(path, _FLOWS, ("supplier_sector", "customer_sector"), options)
    about = _read(firms, ("firm",), ("sector", "final_demand", "equity"), options) if firms else _Table(path, {})
    supplier, customer = _words(table, "supplier"), _words(table, "customer")
    known = _words(about, "firm") if firms else np.zeros(0, supplier.dtype)
    names, rows = _numbered(supplier, customer, known)
    seller, buyer, listed = np.split(rows, [len(supplier), len(supplier) + len(customer)])
    if firms:
        _listed_once(listed, names, about)
    sector, sectors = _sectors(table, about, (seller, buyer, listed), len(names))
    return FlowTable(
        names=tuple(names),
        supplier=seller,
        customer=buyer,
        value=_amounts(table, "value", "money, 0 or more"),
        sector=sector,
        sectors=tuple(map(str, sectors)),
        essentiality=_essentiality(_read(essentiality, _ESSENTIALITY, (), options), sectors) if essentiality else None,
        final_demand=_of_firms(about, "final_demand", listed, len(names), 0.0),
        equity=_of_firms(about, "equity", listed, len(names), np.nan),
        lines=table.lines,
    )


@dataclass(frozen=True, eq=False)
class _Table:
    """Columns of a file; ``lines`` are those of its rows, where it has lines."""

    path: Path
    columns: Mapping[str, Column]
    lines: Column | None = None

    def faulty(self, rows: Any, what: str, hint: str) -> InvalidData:
        """Rows that are wrong, the first few by line, the others counted."""
        places = [int(row) for row in rows]
        at = [int(self.lines[place]) if self.lines is not None else place + _FIRST for place in places[:_SHOWN]]
        problems = [Problem(shown(self.path), line, what, hint) for line in at]
        if len(places) > _SHOWN:
            problems.append(Problem(shown(self.path), None, f"{len(places)} rows of this kind in all"))
        return InvalidData(problems)


def _read(path: Path, required: tuple[str, ...], optional: tuple[str, ...], options: ReadOptions) -> _Table:
    if not path.is_file():
        raise NotFound("file", str(path))
    table = _read_parquet(path) if path.suffix.lower() == ".parquet" else _read_text(path, options)
    known = (*required, *optional)
    found = canonical(list(table.columns), known, shown(path), 1, replace(options, ignore_unknown=True), _SYNONYMS)
    if found.problems:
        raise InvalidData(found.problems)
    columns = {name: table.columns[column] for column, name in found.names.items()}
    for column in found.unknown:
        # What people call these columns elsewhere is as good here: nothing else can be meant.
        name = meant_by_synonym(column, known)
        if name and name not in columns:
            columns[name] = table.columns[column]
    missing = [name for name in required if name not in columns]
    if missing:
        given = [column for column in found.unknown if column]
        hint = f"the columns are {', '.join(table.columns)}" if table.columns else "the first row names the columns"
        if given:
            hint += f"; to read one by another name: --rename {shlex.quote(f'{given[0]}={missing[0]}')}"
        raise InvalidData([Problem(shown(path), None, f"has no column {name!r}", hint) for name in missing])
    return replace(table, columns={name: columns[name] for name in known if name in columns})


def meant_by_synonym(column: str, known: Collection[str]) -> str:
    """The column of a table of flows that another word for it means; empty where there is none.

    >>> meant_by_synonym("Seller", ["supplier"]), meant_by_synonym("Colour", ["supplier"])
    ('supplier', '')
    """
    name = _SYNONYMS.get(plain(column), "")
    return name if name in known else ""


def _header(path: Path, options: ReadOptions) -> set[str]:
    try:
        if path.suffix.lower() == ".parquet":
            columns = list(_parquet().read_schema(path).names)
        elif path.suffix.lower() == ".xlsx":
            forms, _ = read_workbook(Source.of(path), options)
            columns = forms[0].columns if forms else []
        else:
            with path.open(encoding=options.encoding or "utf-8-sig", newline="") as file:
                start = file.read(_HEADER)
            columns = next(iter(read_lines(start, "", [])), (0, []))[1]
    except (OSError, ValueError):
        return set()
    new_names = {plain(old): new for old, new in options.rename}
    plainly = {plain(new_names.get(plain(column), column)) for column in columns}
    return plainly | {plain(_SYNONYMS[column]) for column in plainly if column in _SYNONYMS}


def _parquet() -> Any:
    try:
        from pyarrow import parquet
    except ImportError:
        raise UsageError("Parquet files need pyarrow: pip install 'knockon[parquet]'") from None
    return parquet


def _read_parquet(path: Path) -> _Table:
    parquet = _parquet()
    try:
        table = parquet.read_table(path)
    except (OSError, ValueError) as error:  # pyarrow's own errors are these
        raise InvalidData([Problem(str(path), None, f"is no Parquet file that can be read: {_first_line(error)}")]) from None
    return _Table(path, {name: column.to_numpy() for name, column in zip(table.column_names, table.columns, strict=True)})


def _read_text(path: Path, options: ReadOptions) -> _Table:
    """A text table or the first sheet of a workbook that is read."""
    source = Source.of(path, limited=False)
    problems: list[Problem] = []
    if source.ending == ".xlsx":
        forms, sheets = read_workbook(source, options)
        for found in (*(sheet.problems for sheet in sheets), *(form.problems for form in forms)):
            problems += found
        if len(forms) > 1:
            names = ", ".join(form.stem for form in forms)
            raise UsageError(f"{source.name} has several sheets ({names}): say which with --sheet NAME")
        lines = [(forms[0].line, forms[0].columns), *forms[0].written.items()] if forms else []
    else:
        text = source.text(options.encoding, ENCODING_HINT)
        if isinstance(text, Problem):
            raise InvalidData([text])
        lines = list(read_lines(text, source.name, problems))
    if problems:
        raise InvalidData(problems)
    if not lines:
        return _Table(path, {})
    (_, header), *body = lines
    new_names = {plain(old): new for old, new in options.rename}
    header = [new_names.get(plain(column), column) for column in header]
    numbers = np.array([line for line, _ in body], np.int64)
    table = _Table(path, {}, lines=numbers)
    uneven = [place for place, (_, row) in enumerate(body) if len(row) != len(header)]
    if uneven:
        raise table.faulty(uneven, f"has not the {len(header)} columns of the first row", "quote what holds a delimiter")
    table = replace(table, columns={name: np.array([row[place] for _, row in body]) for place, name in enumerate(header)})
    return _pointed(table) if options.decimal == "," else table


def _pointed(table: _Table) -> _Table:
    """The table with points for its decimal commas."""
    columns = dict(table.columns)
    for name in [name for name in columns if plain(name) in _AMOUNTS]:
        cells, wrong = [], []
        for place, cell in enumerate(columns[name].tolist()):
            try:
                cells.append(unified(cell, comma=True, percent=False))
            except Refused:
                wrong.append(place)
        if wrong:
            raise table.faulty(wrong, f"has a point in its {name}, in a table with decimal commas", "leave the point out")
        columns[name] = np.array(cells)
    return replace(table, columns=columns)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def _words(table: _Table, name: str) -> Column:
    """A column of names: whole numbers stay numbers, so that 10 stands behind 9."""
    column = table.columns[name]
    if column.dtype.kind in "iu":
        return column
    # Of floats nan is the gap.
    blank = np.array([value is None or str(value) in ("", "nan") for value in column.tolist()], bool)
    if blank.any():
        raise table.faulty(np.flatnonzero(blank), f"has no {name}", "every row names one")
    words = column.astype(str)
    unclean = np.array([bool(CONTROL.search(word)) for word in words.tolist()], bool)
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


def _listed_once(listed: Column, names: Column, about: _Table) -> None:
    seen, first = np.unique(listed, return_index=True)
    if len(seen) < len(listed):
        again = np.setdiff1d(np.arange(len(listed)), first)
        raise about.faulty(again, f"names {str(names[listed[again[0]]])!r} a second time", "one row for each firm")


def _numbers(table: _Table, name: str) -> Column:
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
        raise table.faulty(faulty, f"has {'an' if name[0] in 'aeiou' else 'a'} {name} that is no number", hint) from None


def _amounts(table: _Table, name: str, hint: str) -> Column:
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


def _of_firms(about: _Table, name: str, listed: Column, firms: int, otherwise: float) -> Column | None:
    if name not in about.columns:
        return None
    column = np.full(firms, otherwise)
    column[listed] = _amounts(about, name, _INVENTORIES) if name == "final_demand" else _numbers(about, name)
    return column


def _sectors(table: _Table, about: _Table, rows: tuple[Column, Column, Column], firms: int) -> tuple[Column | None, Column]:
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


def _essentiality(table: _Table, sectors: Column) -> Column:
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
