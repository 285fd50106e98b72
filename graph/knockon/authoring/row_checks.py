"""Checks of the rows of a table, each of which names all that it finds, and may be reported together with others."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from knockon.authoring.column_table import MAY_BE_MISSING, Column, ColumnTable
from knockon.errors import InvalidData, collecting


def together(table: ColumnTable, *checks: Callable[[], object]) -> None:
    """Run checks of a table, and report what they find together with the cells that could not be read.

    Parameters
    ----------
    table
        The table, as ``read_columns(..., collect=True)`` returns it.
    checks
        Functions that raise InvalidData.

    Raises
    ------
    InvalidData
        The problems of all of them, if there are any.
    """
    problems = [*table.problems]
    for check in checks:
        with collecting(problems):
            check()
    if problems:
        raise InvalidData(problems)


def check_pairs(table: ColumnTable, rows: Column, pairs: Column, message: str, hint: str) -> None:
    """Refuse the rows whose pair, which has a number, is that of an earlier row.

    Raises
    ------
    InvalidData
        There are such rows; the first few are named.
    """
    _, first = np.unique(pairs, return_index=True)
    if len(first) < len(pairs):
        raise table.faulty(np.delete(rows, first), message, hint)


def check_range(table: ColumnTable, name: str, most: float, *, infinite: bool = False) -> None:
    """Refuse amounts outside 0..most in a column, if the table has it; cells that may be empty are left out.

    With ``infinite`` an amount without end (``inf``) is allowed as well.

    Raises
    ------
    InvalidData
        There are such rows; the first few are named.
    """
    if name not in table.amounts:
        return
    amounts = table.amounts[name]
    faulty = ~((amounts >= 0) & (amounts <= most))
    if infinite:
        faulty &= ~np.isposinf(amounts)
    faulty[table.unread.get(name, [])] = False
    if name in MAY_BE_MISSING:
        faulty &= ~np.isnan(amounts)
    if faulty.any():
        hint = f"a number in 0..{most:,.0f}" if np.isfinite(most) else "a number, 0 or more"
        raise table.faulty(np.flatnonzero(faulty), lambda row: f"has {name} {amounts[row]:g}", hint)


__all__ = ["check_pairs", "check_range", "together"]
