"""Types and constants of the arrays that make up a network."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.vocabulary import Combination

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
#: Row numbers: 64 bits from a graph, 32 from flow tables, where there are millions.
Rows = npt.NDArray[np.signedinteger[Any]]

#: No such row: a slot without a need, a node without a binding.
NONE = -1


class Mode(IntEnum):
    """How the supplies of a slot meet the need.

    ``DISPUTED`` slots hold the readings of records that disagree: the least of their losses counts at the low reading, the
    greatest at the point and at the high reading.
    """

    ALL_OF = 0
    ANY_OF = 1
    SHARES = 2
    AT_LEAST = 3
    DISPUTED = 4


def distinct(values: Ints) -> Ints:
    """Return the distinct values of an array, ascending: ``numpy.unique``, which would import masked arrays first.

    >>> distinct(np.array([3, 1, 3])).tolist(), distinct(np.array([], int)).tolist()
    ([1, 3], [])
    """
    ascending = np.sort(values, axis=None)
    first = np.ones(len(ascending), bool)
    first[1:] = ascending[1:] != ascending[:-1]
    unique: Ints = ascending[first]
    return unique


MODES = {
    Combination.ALL_OF: Mode.ALL_OF,
    Combination.ANY_OF: Mode.ANY_OF,
    Combination.SHARES: Mode.SHARES,
    Combination.AT_LEAST: Mode.AT_LEAST,
}
