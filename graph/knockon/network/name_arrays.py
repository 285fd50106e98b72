"""Names of nodes that are not held as a tuple: numbers, and names packed into arrays that may stay on disk."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import islice
from typing import TypeVar, overload

import numpy as np
import numpy.typing as npt

from knockon.network.arrays import Ints

T = TypeVar("T")

#: How many names are unpacked at once where all are read.
_BLOCK = 1 << 16


class NumberedNames(Sequence[str]):
    """The names ``"0"``, ``"1"``, ... of n nodes that have no others; takes no memory.

    >>> names = NumberedNames(3)
    >>> names[1], len(names), list(names), names.row("2"), names.row("3")
    ('1', 3, ['0', '1', '2'], 2, None)
    """

    def __init__(self, count: int) -> None:
        self._count = count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[str]: ...
    def __getitem__(self, row: int | slice) -> str | Sequence[str]:
        if isinstance(row, slice):
            return tuple(map(str, range(self._count)[row]))
        return str(range(self._count)[row])

    def __iter__(self) -> Iterator[str]:
        return map(str, range(self._count))

    def row(self, name: str) -> int | None:
        """Return the row of a name; None for a name that does not occur."""
        # Python refuses to read numbers of thousands of digits.
        if not (name.isascii() and name.isdigit() and len(name) <= len(str(self._count))):
            return None
        row = int(name)
        return row if row < self._count and str(row) == name else None


class _ByRow(Sequence[T]):
    """Items that are made when they are asked for, one by one."""

    @overload
    def __getitem__(self, row: int) -> T: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[T]: ...
    def __getitem__(self, row: int | slice) -> T | Sequence[T]:
        if isinstance(row, slice):
            return tuple(self._item(position) for position in range(len(self))[row])
        # An array refuses a row behind its end itself.
        return self._item(row if row >= 0 else range(len(self))[row])

    @abstractmethod
    def _item(self, row: int) -> T:
        """Return the item of a row from 0 on."""


class _Packed(_ByRow[T]):
    """Items of different lengths in one array, unpacked when they are asked for; item i ends before ``ends[i]``."""

    ends: Ints

    def __len__(self) -> int:
        return len(self.ends)

    def _item(self, row: int) -> T:
        return self._unpack(int(self.ends[row - 1]) if row else 0, int(self.ends[row]))

    @abstractmethod
    def _unpack(self, start: int, end: int) -> T:
        """Return the item between two positions of the array."""


class PackedNames(_Packed[str]):
    r"""Names as UTF-8 in one run of bytes: name i lies between ``ends[i - 1]`` and ``ends[i]``.

    >>> import numpy as np
    >>> names = PackedNames(np.frombuffer(b"ab\xc3\xa9", np.uint8), np.array([1, 4]))
    >>> list(names), names[-1]
    (['a', 'bé'], 'bé')
    """

    def __init__(self, text: npt.NDArray[np.uint8], ends: Ints) -> None:
        self.text, self.ends = text, ends

    @classmethod
    def of(cls, names: Sequence[str]) -> PackedNames:
        """Return the same names, packed."""
        if isinstance(names, cls):
            return names
        packed = [name.encode() for name in names]
        return cls(np.frombuffer(b"".join(packed), np.uint8), _ends(packed))

    def __iter__(self) -> Iterator[str]:
        # Many at once: to unpack one by one takes ten times as long.
        for first in range(0, len(self), _BLOCK):
            start = int(self.ends[first - 1]) if first else 0
            ends = (self.ends[first : first + _BLOCK] - start).tolist()
            text = bytes(self.text[start : start + ends[-1]])
            for begin, end in zip([0, *ends], ends, strict=False):
                yield text[begin:end].decode()

    def _unpack(self, start: int, end: int) -> str:
        return bytes(self.text[start:end]).decode()


class PackedGroups(_Packed[tuple[str, ...]]):
    """Tuples of names, packed the same way: group i holds the names between ``ends[i - 1]`` and ``ends[i]``."""

    def __init__(self, names: PackedNames, ends: Ints) -> None:
        self.names, self.ends = names, ends

    @classmethod
    def of(cls, groups: Sequence[tuple[str, ...]]) -> PackedGroups:
        """Return the same groups, packed."""
        if isinstance(groups, cls):
            return groups
        return cls(PackedNames.of([name for group in groups for name in group]), _ends(groups))

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        names = iter(self.names)
        return (tuple(islice(names, count)) for count in np.diff(self.ends, prepend=0).tolist())

    def _unpack(self, start: int, end: int) -> tuple[str, ...]:
        return tuple([self.names[row] for row in range(start, end)])


def delimited(groups: Sequence[Sequence[str]], between: str, behind: str) -> Iterator[bytes]:
    r"""Yield the bytes of groups of names with a sign between the names of each, and one behind each, in pieces.

    Parameters
    ----------
    groups
        The groups.
    between, behind
        The signs, of one byte each.

    Examples
    --------
    >>> groups = [("acme", "bolt"), (), ("shop",)]
    >>> list(delimited(PackedGroups.of(groups), ",", ";")), b"".join(delimited(groups, ",", ";"))
    ([b'acme,bolt;;shop;'], b'acme,bolt;;shop;')
    """
    if not isinstance(groups, PackedGroups):
        for names in groups:
            yield between.join(names).encode() + behind.encode()
        return
    text, ends = np.asarray(groups.names.text), np.concatenate([[0], groups.names.ends])
    for first in range(0, len(groups), _BLOCK):
        last = np.asarray(groups.ends[first : first + _BLOCK])
        start = int(groups.ends[first - 1]) if first else 0
        # The sign behind a group without names is behind no name.
        signs = np.maximum(np.diff(last, prepend=start), 1)
        sign = np.full(signs.sum(), ord(between), np.uint8)
        sign[np.cumsum(signs) - 1] = ord(behind)
        firsts = np.repeat(last - np.diff(last, prepend=start), signs)
        place = ends[np.minimum(firsts + _behind(signs) + 1, np.repeat(last, signs))]
        yield np.insert(text[ends[start] : ends[last[-1]]], place - ends[start], sign).tobytes()


def _behind(counts: Ints) -> Ints:
    """Return the place of each item in its group, for groups of some counts of items."""
    return np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)


def group_sizes(groups: Sequence[tuple[str, ...]]) -> Ints:
    """Return how many names each group has; packed ones are not unpacked.

    >>> group_sizes([("shop",), ()]).tolist(), group_sizes(PackedGroups.of([("shop",), ()])).tolist()
    ([1, 0], [1, 0])
    """
    if isinstance(groups, PackedGroups):
        return np.diff(groups.ends, prepend=0)
    return np.fromiter(map(len, groups), np.int64, len(groups))


class OfRows(_ByRow[T]):
    """The items of some rows of others, which are unpacked when they are asked for.

    >>> names = OfRows(PackedNames.of(["shop", "acme", "bolt"]), np.array([2, 0]))
    >>> names[0], list(names), names[1:]
    ('bolt', ['bolt', 'shop'], ('shop',))
    """

    def __init__(self, items: Sequence[T], rows: Ints) -> None:
        self._items, self._rows = items, rows

    def __len__(self) -> int:
        return len(self._rows)

    def _item(self, row: int) -> T:
        return self._items[int(self._rows[row])]


class PackedIndex(Mapping[str, int]):
    """The row of each of some packed names, found without unpacking the others.

    Parameters
    ----------
    names
        The names.
    order
        The numbers of the names in their order; None where they are in order.
    ends
        The row of a name is that of the group that it is in: group i ends before name ``ends[i]``; None: each name is a row.

    Examples
    --------
    >>> names = PackedNames.of(["shop", "acme"])
    >>> index = PackedIndex(names, np.array([1, 0]))
    >>> index["acme"], "bolt" in index, dict(index)
    (1, False, {'shop': 0, 'acme': 1})
    """

    def __init__(self, names: PackedNames, order: Ints | None = None, ends: Ints | None = None) -> None:
        self._names, self._order, self._ends = names, order, ends
        self._asked = 0

    def __getitem__(self, name: str) -> int:
        self._asked += 1
        if "_rows" in self.__dict__ or self._asked > 1000 + len(self._names) // 100:
            return self._rows[name]
        first, last = 0, len(self._names)
        while first < last:
            middle = (first + last) // 2
            if self._name(middle) < name:
                first = middle + 1
            else:
                last = middle
        if first == len(self._names) or self._name(first) != name:
            raise KeyError(name)
        # Of names that are there twice, the last counts, as in a dictionary.
        while first + 1 < len(self._names) and self._name(first + 1) == name:
            first += 1
        return self._row(first if self._order is None else int(self._order[first]))

    def _name(self, place: int) -> str:
        return self._names[place if self._order is None else int(self._order[place])]

    def _row(self, number: int) -> int:
        return number if self._ends is None else int(np.searchsorted(self._ends, number, "right"))

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows) if self._order is not None else len(self._names)

    @cached_property
    def _rows(self) -> dict[str, int]:
        """All names with their rows, for who asks for many."""
        rows = (
            range(len(self._names))
            if self._ends is None
            else np.repeat(np.arange(len(self._ends)), np.diff(self._ends, prepend=0)).tolist()
        )
        return dict(zip(self._names, rows, strict=True))


def _ends(items: Iterable[Sequence[object]]) -> Ints:
    """Return the position behind each item in an array that holds one after the other."""
    return np.cumsum([len(item) for item in items], dtype=np.int64)
