"""Long lists of integers in their shortest form: those of ``packing``, whose lengths are computed before one is written.

A page of some thousand entities has lists of a hundred thousand numbers. To write each in every form, and then look which is
the shortest, takes seconds; the lengths take milliseconds in numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
#: In shorter lists the forms themselves take less time.
MANY = 200
#: Differences of greater numbers, or their digits, may not fit into 64 bits.
_GREATEST = 2**60
_DIGITS = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", np.uint8)
#: The least numbers of two, three, ... decimal digits, and of two, three, ... digits of five bits.
_DECIMAL = np.array([10**power for power in range(1, 19)], np.int64)
_FIVE_BITS = np.array([32**power for power in range(1, 13)], np.int64)


class _Mostly(NamedTuple):
    """The value that most rows have, the first of several, and the rows that have others."""

    value: int
    rows: Integers
    others: Integers
    length: int

    @classmethod
    def of(cls, numbers: Integers) -> _Mostly:
        values, first, counts = np.unique(numbers, return_index=True, return_counts=True)
        most = np.flatnonzero(counts == counts.max())
        value = int(values[most[np.argmin(first[most])]])
        rows = np.flatnonzero(numbers != value)
        return cls(value, rows, numbers[rows], len(numbers))

    def written(self) -> int:
        """Return how long its JSON is."""
        pairs = int((decimals(self.rows) + decimals(self.others)).sum()) + max(4 * len(self.rows) - 1, 0)
        return len('{"=":,"but":[],"rows":}') + len(str(self.value)) + pairs + len(str(self.length))

    def form(self) -> dict[str, Any]:
        return {"=": self.value, "but": np.column_stack([self.rows, self.others]).tolist(), "rows": self.length}


def shortest(column: Sequence[int]) -> Any | None:
    """Return a list of integers in the shortest form, of equally long ones the first; None where it needs other means.

    >>> shortest(list(range(100, 130)))
    {'+': {'=': 1, 'but': [[0, 100]], 'rows': 30}}
    >>> shortest([12, -3, 400, 0, 1, 7, 19]), shortest([2**70])
    ({'#': 'YHgZACOmB'}, None)
    """
    if (numbers := _array(column)) is None:
        return None
    steps = np.diff(numbers, prepend=0)
    mostly, mostly_step = _Mostly.of(numbers), _Mostly.of(steps)
    lengths = (
        len(numbers) + 1 + int(decimals(numbers).sum()),
        mostly.written(),
        len('{"#":""}') + int(groups(numbers).sum()),
        len('{"+":}') + mostly_step.written(),
        len('{"+":{"#":""}}') + int(groups(steps).sum()),
    )
    match lengths.index(min(lengths)):
        case 0:
            return list(column)
        case 1:
            return mostly.form()
        case 2:
            return {"#": digits(numbers)}
        case 3:
            return {"+": mostly_step.form()}
    return {"+": {"#": digits(steps)}}


class ListLengths(NamedTuple):
    """How long the JSON of each of some lists of integers is."""

    lengths: Integers

    def whole(self) -> int:
        """Return how long the JSON of all of them is as one list."""
        return len(self.lengths) + 1 + int(self.lengths.sum())

    def mostly(self, most: int, others: Sequence[int]) -> int:
        """Return how long that of the list in row ``most`` is, which all rows have but for some others."""
        rows = np.array(others, np.int64)
        pairs = int((decimals(rows) + self.lengths[rows]).sum()) + max(4 * len(rows) - 1, 0)
        count = len(str(len(self.lengths)))
        return len('{"=":,"but":[],"rows":}') + int(self.lengths[most]) + pairs + count


def lengths_of_lists(widths: Sequence[int], items: Sequence[int]) -> ListLengths | None:
    """Return how long the JSON of lists is that have some numbers of integers, one after another; None if one is too great.

    >>> lengths = lengths_of_lists([0, 1, 2], [7, 10, -1])
    >>> lengths.lengths.tolist(), lengths.whole() == len("[[],[7],[10,-1]]")
    ([2, 3, 7], True)
    """
    if (numbers := _array(items)) is None:
        return None
    ends = np.concatenate([[0], np.cumsum(decimals(numbers))])
    last = np.cumsum(np.array(widths, np.int64))
    within = ends[last] - ends[last - widths]
    return ListLengths(within + 2 + np.maximum(np.array(widths, np.int64) - 1, 0))


def _array(numbers: Sequence[int]) -> Integers | None:
    """Return numbers as an array; None if one is too great."""
    try:
        array = np.array(numbers, np.int64)
    except OverflowError:
        return None
    fits = not len(array) or max(-int(array.min()), int(array.max())) <= _GREATEST
    return array if fits else None


def decimals(numbers: Integers) -> Integers:
    """Return how many characters the decimal form of each number has, its sign included.

    >>> decimals(np.array([0, 9, 10, -10, 10**18])).tolist()
    [1, 1, 2, 3, 19]
    """
    return 1 + np.searchsorted(_DECIMAL, np.abs(numbers), side="right") + (numbers < 0)


def groups(numbers: Integers) -> Integers:
    """Return how many digits of five bits each number has.

    >>> groups(np.array([0, -1, 15, 16])).tolist()
    [1, 1, 1, 2]
    """
    return 1 + np.searchsorted(_FIVE_BITS, _unsigned(numbers), side="right")


def digits(numbers: Integers) -> str:
    """Return the digits of five bits of all numbers, as ``packing`` writes those of one.

    >>> digits(np.array([12, -3, 400, 0, 1, 7, 19]))
    'YHgZACOmB'
    """
    left, counts = _unsigned(numbers), groups(numbers)
    text = np.empty(int(counts.sum()), np.uint8)
    place = np.cumsum(counts) - counts
    while len(left):
        more = left > 31
        text[place] = _DIGITS[(left & 31) | np.where(more, 32, 0)]
        left, place = left[more] >> 5, place[more] + 1
    return text.tobytes().decode("ascii")


def _unsigned(numbers: Integers) -> Integers:
    """Return numbers with their sign in the lowest bit."""
    return 2 * np.abs(numbers) + (numbers < 0)


__all__ = ["MANY", "ListLengths", "decimals", "digits", "groups", "lengths_of_lists", "shortest"]
