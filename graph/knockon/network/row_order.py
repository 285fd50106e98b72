"""Sort rows by whole-number keys, stably, in time proportional to their number."""

from __future__ import annotations

import numpy as np

from knockon.network.arrays import Ints, Rows

#: Numpy sorts numbers of 16 bits by counting; longer keys are sorted digit by digit, the last digit first.
_DIGIT = 16


def sort_rows(key: Ints, bound: int) -> tuple[Ints, Rows]:
    """Return keys in ascending order, and the row that each was in; rows of equal keys stay in their order.

    It gives what ``numpy.argsort(key, kind="stable")`` gives, in half of the time for keys of 32 bits.

    Parameters
    ----------
    key
        A number of 0 or more for each row, (rows,).
    bound
        A number above all keys.

    Returns
    -------
    tuple of numpy.ndarray
        The sorted keys and their rows, (rows,) each.

    Examples
    --------
    >>> keys, rows = sort_rows(np.array([5, 2, 5, 0]), 6)
    >>> keys.tolist(), rows.tolist()
    ([0, 2, 5, 5], [3, 1, 0, 2])
    """
    order = np.arange(len(key), dtype=np.int32)
    if (key[1:] >= key[:-1]).all():
        return key, order
    sorted_key = key
    for shift in range(0, max(bound - 1, 1).bit_length(), _DIGIT):
        digit = (sorted_key >> shift).astype(np.uint16)
        by_digit = np.argsort(digit, kind="stable")
        order, sorted_key = order[by_digit], sorted_key[by_digit]
    return sorted_key, order


def first_rows(sorted_key: Ints) -> Ints:
    """Return the first row of each run of equal keys.

    >>> first_rows(np.array([3, 3, 7, 9, 9])).tolist()
    [0, 2, 3]
    """
    is_first = np.ones(len(sorted_key), bool)
    np.not_equal(sorted_key[1:], sorted_key[:-1], out=is_first[1:])
    return np.flatnonzero(is_first)
