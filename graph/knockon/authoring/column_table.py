"""A table of columns by canonical names, and the errors that name its faulty rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.authoring.name_columns import NameColumn
from knockon.errors import InvalidData, Problem

Column = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
#: The most faulty rows that an error lists; the rest are counted.
_MAX_LISTED = 5
#: The number of the first row below the header, counted from 1.
FIRST_ROW = 2
#: The columns of tables of flows, of firms, of their shocks and of links that hold amounts; all others hold names.
AMOUNTS = frozenset({
    "value", "final_demand", "costs", "equity", "inventories", "weight", "share", "upstream", "stock", "capacity", "recovery",
    "strength", "criticality",
})  # fmt: skip
#: Amounts that need not be known of every row: a missing one is not a number (NaN).
MAY_BE_MISSING = frozenset({"equity", "upstream", "stock", "capacity", "recovery"})
#: The greatest amount of money: with greater ones, sums and products over firms would not be finite.
MOST_AMOUNT = 1e100


@dataclass(frozen=True, eq=False)
class ColumnTable:
    """The columns of a table by their canonical names.

    Attributes
    ----------
    name
        The name of the file, or of a table in memory, for messages.
    names, amounts
        The columns of names and those of numbers.
    lines
        The lines of the rows, if the table is a text; else the row after the column names is row 2.
    problems
        The cells that are not numbers in columns of numbers, which hold NaN there; only where they were asked for.
    unread
        Their rows, by column.
    """

    name: str
    names: Mapping[str, NameColumn]
    amounts: Mapping[str, Floats]
    lines: Column | None = None
    problems: tuple[Problem, ...] = ()
    unread: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def faulty(self, rows: Any, message: str | Callable[[int], str], hint: str) -> InvalidData:
        """Create the error for faulty rows: the first few by line, the rest counted."""
        return faulty_rows(self.name, rows, self.lines, message, hint)


def faulty_rows(name: str, rows: Any, lines: Column | None, message: str | Callable[[int], str], hint: str) -> InvalidData:
    """Create the error for faulty rows of a table: the first few by line, the rest counted; the message may differ by row."""
    places = np.asarray(rows, np.int64)
    first = places[:_MAX_LISTED]
    listed = first + FIRST_ROW if lines is None else lines[first]
    problems = [
        Problem(name, line, message if isinstance(message, str) else message(row), hint)
        for row, line in zip(first.tolist(), listed.tolist(), strict=True)
    ]
    if len(places) > _MAX_LISTED:
        problems.append(Problem(name, None, f"{len(places)} rows of this kind in all"))
    return InvalidData(problems)


def shared_names(name: str) -> str:
    """Return the first column whose names are also those of another: suppliers and customers are firms.

    >>> shared_names("customer"), shared_names("customer_sector"), shared_names("firm")
    ('supplier', 'supplier_sector', 'firm')
    """
    return name.replace("customer", "supplier").replace("receiver", "feeder")


def article(name: str) -> str:
    """Return the name of a column with its article.

    >>> article("equity"), article("value")
    ('an equity', 'a value')
    """
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def not_numbers(table: str, rows: Sequence[int], lines: Column | None, name: str, example: str) -> InvalidData:
    """Create the error for rows whose amounts are texts that are no numbers."""
    hint = "digits, with a point before decimals"
    if "," in example:
        hint += "; a table with decimal commas is read with --decimal ,"
    if name in MAY_BE_MISSING:
        hint += "; an empty cell where it is not known"
    return faulty_rows(table, rows, lines, f"has {article(name)} that is not a number", hint)


def is_number(text: str) -> bool:
    """Return whether a text is a number as tables write it: 1_000 is none.

    >>> is_number("1.5e3"), is_number("1_000"), is_number("")
    (True, False, False)
    """
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text
