"""Choose and merge packed names without unpacking them, as far as they stay beside each other."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np

from knockon.network.arrays import Ints
from knockon.network.name_arrays import PackedNames

#: Where one of two lists has less than one of so many names, each of its names is looked for in the other.
_FEW = 20


def take_names(names: PackedNames, rows: Ints) -> PackedNames:
    """Return the names of some rows, in the order of the rows.

    >>> list(take_names(PackedNames.of(["shop", "acme", "bolt"]), np.array([1, 2, 0, 0])))
    ['acme', 'bolt', 'shop', 'shop']
    """
    if not len(rows):
        return PackedNames.of([])
    # Rows that follow each other are copied at once.
    first = np.flatnonzero(np.concatenate([[True], np.diff(rows) != 1]))
    last = np.concatenate([first[1:] - 1, [len(rows) - 1]])
    text, ends = np.asarray(names.text), np.asarray(names.ends)
    starts = np.concatenate([[0], ends[:-1]])
    pieces = [text[start:end] for start, end in zip(starts[rows[first]].tolist(), ends[rows[last]].tolist(), strict=True)]
    return PackedNames(np.concatenate(pieces), np.cumsum((ends - starts)[rows]))


def concatenate_names(first: PackedNames, second: PackedNames) -> PackedNames:
    """Return the names of two lists, one after the other.

    >>> list(concatenate_names(PackedNames.of(["shop"]), PackedNames.of(["acme", "bolt"])))
    ['shop', 'acme', 'bolt']
    """
    if not len(first) or not len(second):
        return second if not len(first) else first
    return PackedNames(np.concatenate([first.text, second.text]), np.concatenate([first.ends, second.ends + first.ends[-1]]))


def merge_names(first: PackedNames, second: Sequence[str]) -> tuple[PackedNames, Ints, Ints]:
    """Return the names of two lists in their order, each name once, and the row of each name of the first and of the second.

    Parameters
    ----------
    first, second
        Names in their order, none of them twice.

    Examples
    --------
    >>> names, rows, others = merge_names(PackedNames.of(["acme", "shop"]), ["bolt", "shop"])
    >>> list(names), rows.tolist(), others.tolist()
    (['acme', 'bolt', 'shop'], [0, 2], [1, 2])
    """
    if not len(second):
        return first, np.arange(len(first)), np.zeros(0, np.int64)
    before = _places(first, second)
    known = np.zeros(len(second), bool)
    inside = before < len(first)
    pairs = zip(np.flatnonzero(inside).tolist(), before[inside].tolist(), strict=True)
    known[inside] = [second[row] == first[place] for row, place in pairs]
    new = np.flatnonzero(~known)
    # A new name comes before that of the first list at its place, and after the new ones before it.
    rows = np.arange(len(first)) + np.searchsorted(before[new], np.arange(len(first)), "right")
    others = np.empty(len(second), np.int64)
    others[known] = rows[before[known]]
    others[new] = before[new] + np.arange(len(new))
    order = np.empty(len(first) + len(new), np.int64)
    order[rows], order[others[new]] = np.arange(len(first)), len(first) + np.arange(len(new))
    both = concatenate_names(first, PackedNames.of([second[row] for row in new.tolist()]))
    return take_names(both, order), rows, others


def _places(names: PackedNames, sought: Sequence[str]) -> Ints:
    """Return how many names come before each of some others, in order both."""
    if len(sought) * _FEW < len(names):
        return np.array([bisect_left(names, name) for name in sought], np.int64)
    found, place, listed = [], 0, list(names)
    for name in sought:
        while place < len(listed) and listed[place] < name:
            place += 1
        found.append(place)
    return np.array(found, np.int64)


__all__ = ["concatenate_names", "merge_names", "take_names"]
