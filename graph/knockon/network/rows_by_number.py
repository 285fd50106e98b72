"""The rows of an array by the number that they have, found without going through all of them each time."""

from __future__ import annotations

import numpy as np

from knockon.network.arrays import Ints, Rows


class RowsByNumber:
    """The rows of an array that have a number.

    Parameters
    ----------
    numbers
        The number of each row, (rows,).
    among
        The rows that count, ascending; None is all of them.

    Examples
    --------
    >>> rows = RowsByNumber(np.array([7, 3, 7]))
    >>> rows.having(7).tolist(), rows.having(4).tolist()
    ([0, 2], [])
    """

    def __init__(self, numbers: Rows, among: Ints | None = None) -> None:
        rows = np.arange(len(numbers)) if among is None else among
        # A stable sort: rows of one number stay in their order.
        order = np.argsort(numbers[rows], kind="stable")
        self._rows: Ints = rows[order]
        self._numbers: Rows = numbers[self._rows]

    def having(self, number: int) -> Ints:
        """Return the rows that have a number, ascending."""
        first, last = np.searchsorted(self._numbers, number, "left"), np.searchsorted(self._numbers, number, "right")
        return self._rows[first:last]


__all__ = ["RowsByNumber"]
