"""The Herfindahl-Hirschman index: worked values, and exact bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.propagation.structure.herfindahl import equal_suppliers, herfindahl_index

shares = st.dictionaries(st.sampled_from("abcdef"), st.none() | st.floats(0, 1), min_size=1)


@given(shares)
def test_low_point_high_lie_in_order(stated: dict[str, float | None]) -> None:
    """0 <= low <= point <= high <= 10 000, shares within 0..1 and in all at most 1."""
    index = herfindahl_index(stated)
    assert -1e-6 <= index.low <= index.hhi <= index.high <= 10_000 + 1e-6
    assert all(0 <= share <= 1 for share in index.shares.values())
    assert sum(index.shares.values()) + index.unassigned == pytest.approx(1)
    assert set(index.shares) == set(stated)
    assert index.hhi >= 10_000 * (1 - index.unassigned) ** 2 / len(stated) - 1e-6


@given(shares, st.data())
def test_every_way_to_divide_the_rest_lies_within_the_bounds(stated: dict[str, float | None], data: st.DataObject) -> None:
    """Whatever the suppliers without a share have of the rest, the index is between low and high."""
    index = herfindahl_index(stated)
    silent = [name for name, share in stated.items() if share is None]
    if not silent:
        return
    rest = sum(index.shares[name] for name in silent)
    parts = data.draw(st.lists(st.floats(0.001, 1), min_size=len(silent), max_size=len(silent)))
    divided = {**index.shares, **{n: rest * p / sum(parts) for n, p in zip(silent, parts, strict=True)}}
    assert index.low - 1e-6 <= 10_000 * sum(share**2 for share in divided.values()) <= index.high + 1e-6


def test_worked_values() -> None:
    """One supplier, two equal ones, stated shares, a rest that nobody is named for."""
    assert herfindahl_index({"a": None})[:3] == (10_000, 10_000, 10_000)
    assert herfindahl_index({"a": None, "b": None})[:3] == (5000, 5000, 10_000)
    assert herfindahl_index({"a": 0.5, "b": 0.25, "c": 0.25})[:3] == (3750, 3750, 3750)
    half = herfindahl_index({"a": 0.5})
    assert (half[:3], half.unassigned, half.split) == ((2500, 2500, 5000), 0.5, False)
    # Two records that disagree may state more than there is.
    assert herfindahl_index({"a": 1.0, "b": 1.0})[:3] == (5000, 5000, 5000)


def test_equal_suppliers_have_the_same_index() -> None:
    """Four equal suppliers have an index of 2500; an index of 0 is that of no number of suppliers."""
    assert equal_suppliers(herfindahl_index(dict.fromkeys("abcd")).hhi) == 4
    assert equal_suppliers(0.0) is None
