"""Sets of rows as the data of the page have them."""

from __future__ import annotations

from collections.abc import Iterable


def toggled(lengths: Iterable[int], base: frozenset[int] = frozenset()) -> frozenset[int]:
    """Return the rows of a set that ``knockon.present.page.network_tables.toggles`` wrote as its difference from another."""
    at, rows = 0, set(base)
    for place, length in enumerate(lengths):
        rows ^= set(range(at, at + length)) if place % 2 else set()
        at += length
    return frozenset(rows)
