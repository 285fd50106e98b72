"""Names that are not held as a tuple behave as one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.network import name_arrays
from knockon.network.name_arrays import NumberedNames, OfRows, PackedGroups, PackedNames

NAMES = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), max_size=6)
SLICES = st.slices(6)


@given(NAMES, SLICES)
def test_packed_names_are_the_names(names: list[str], part: slice) -> None:
    """Length, order, each from both ends, slices; empty names and letters of several bytes too."""
    packed = PackedNames.of(names)
    assert list(packed) == names
    assert len(packed) == len(names)
    assert packed[part] == tuple(names[part])
    for row in range(len(names)):
        assert packed[row] == names[row]
        assert packed[row - len(names)] == names[row - len(names)]
    assert list(PackedNames.of(packed)) == names


@given(st.lists(NAMES.map(tuple), max_size=5), SLICES)
def test_packed_groups_are_the_groups(groups: list[tuple[str, ...]], part: slice) -> None:
    """Groups of names keep their bounds, empty ones too."""
    packed = PackedGroups.of(groups)
    assert list(packed) == groups
    assert packed[part] == tuple(groups[part])
    for row in range(len(groups)):
        assert packed[row - len(groups)] == groups[row - len(groups)]


@given(st.lists(NAMES.map(tuple), max_size=5), st.lists(st.integers(0, 4)), SLICES)
def test_items_of_rows_are_those_items(groups: list[tuple[str, ...]], rows: list[int], part: slice) -> None:
    """In any order, some twice, of none; from both ends, and slices."""
    rows = [row for row in rows if row < len(groups)]
    chosen, plain = OfRows(PackedGroups.of(groups), np.array(rows, np.int64)), [groups[row] for row in rows]
    assert list(chosen) == plain
    assert (len(chosen), chosen[part]) == (len(plain), tuple(plain[part]))
    assert [chosen[place - len(plain)] for place in range(len(plain))] == plain


@given(st.lists(NAMES.map(tuple), max_size=5))
def test_names_are_read_in_blocks(groups: list[tuple[str, ...]]) -> None:
    """Who goes through all names gets the same whatever is unpacked at once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(name_arrays, "_BLOCK", 2)
        assert list(PackedGroups.of(groups)) == groups


@given(st.integers(0, 12), SLICES)
def test_numbers_are_names(count: int, part: slice) -> None:
    """The names 0, 1, 2 ... and the row of each."""
    names = [str(row) for row in range(count)]
    numbered = NumberedNames(count)
    assert list(numbered) == names
    assert numbered[part] == tuple(names[part])
    assert [numbered.row(name) for name in names] == list(range(count))


@pytest.mark.parametrize("name", ["3", "-1", "01", "", "x", " 1", "1.0", "١", "²", "9" * 5000])
def test_what_is_no_number_of_a_row_has_none(name: str) -> None:
    """Numbers outside, and other ways to write one inside."""
    assert NumberedNames(3).row(name) is None


@pytest.mark.parametrize("names", [NumberedNames(2), PackedNames.of(["a", "b"]), PackedGroups.of([("a",), ()])])
@pytest.mark.parametrize("row", [2, -3, 10**12])
def test_rows_outside_are_an_index_error(names: NumberedNames | PackedNames | PackedGroups, row: int) -> None:
    """As of any sequence: so that loops and bounds work."""
    with pytest.raises(IndexError):
        _ = names[row]


def test_many_numbers_take_no_room() -> None:
    """A billion names answer at once."""
    many = NumberedNames(10**9)
    assert (many[-1], many.row("999999999"), len(many)) == ("999999999", 999_999_999, 10**9)
    assert PackedNames(np.zeros(0, np.uint8), np.zeros(0, np.int64))[:] == ()
