"""The rows of an array that have a number."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knockon.network.rows_by_number import RowsByNumber

_NUMBERS = st.lists(st.integers(-1, 4), max_size=12)


@given(_NUMBERS, st.integers(-2, 5), st.booleans())
def test_the_rows_are_those_of_a_scan(numbers: list[int], number: int, some: bool) -> None:
    """They are the rows that going through all of them gives, ascending; of some rows only those."""
    array = np.array(numbers, np.int32)
    among = np.flatnonzero(array >= 2) if some else None
    expected = [row for row in np.flatnonzero(array == number).tolist() if among is None or row in among]
    assert RowsByNumber(array, among).having(number).tolist() == expected
