"""Names of nodes that are not held as a tuple: numbers, and names that stay on disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
import numpy.typing as npt


class Numbered(Sequence[str]):
    """The names ``"0"``, ``"1"``, ... of n nodes that have no others; takes no room.

    >>> names = Numbered(3)
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
        """The row of a name; None where there is none."""
        # Python refuses to read numbers of thousands of digits.
        if not (name.isascii() and name.isdigit() and len(name) <= len(str(self._count))):
            return None
        row = int(name)
        return row if row < self._count and str(row) == name else None


class Stored(Sequence[str]):
    r"""Names in one run of bytes, decoded when they are asked for: name i lies between ``ends[i - 1]`` and ``ends[i]``.

    >>> import numpy as np
    >>> names = Stored(np.frombuffer(b"ab\xc3\xa9", np.uint8), np.array([1, 4]))
    >>> list(names), names[-1]
    (['a', 'bé'], 'bé')
    """

    def __init__(self, text: npt.NDArray[np.uint8], ends: npt.NDArray[np.int64]) -> None:
        self.text, self.ends = text, ends

    @classmethod
    def of(cls, names: Sequence[str]) -> Stored:
        """The same names, packed."""
        packed = [name.encode() for name in names]
        ends = np.cumsum([len(one) for one in packed], dtype=np.int64) if packed else np.zeros(0, np.int64)
        return cls(np.frombuffer(b"".join(packed), np.uint8), ends)

    def __len__(self) -> int:
        return len(self.ends)

    @overload
    def __getitem__(self, row: int) -> str: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[str]: ...
    def __getitem__(self, row: int | slice) -> str | Sequence[str]:
        if isinstance(row, slice):
            return tuple(self[one] for one in range(len(self))[row])
        row = range(len(self))[row]
        start = int(self.ends[row - 1]) if row else 0
        return bytes(self.text[start : int(self.ends[row])]).decode()


class Grouped(Sequence[tuple[str, ...]]):
    """Tuples of names, packed the same way: group i holds the names between ``ends[i - 1]`` and ``ends[i]``."""

    def __init__(self, names: Stored, ends: npt.NDArray[np.int64]) -> None:
        self.names, self.ends = names, ends

    @classmethod
    def of(cls, groups: Sequence[tuple[str, ...]]) -> Grouped:
        """The same groups, packed."""
        names = Stored.of([name for group in groups for name in group])
        ends = np.cumsum([len(group) for group in groups], dtype=np.int64) if groups else np.zeros(0, np.int64)
        return cls(names, ends)

    def __len__(self) -> int:
        return len(self.ends)

    @overload
    def __getitem__(self, row: int) -> tuple[str, ...]: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[tuple[str, ...]]: ...
    def __getitem__(self, row: int | slice) -> tuple[str, ...] | Sequence[tuple[str, ...]]:
        if isinstance(row, slice):
            return tuple(self[one] for one in range(len(self))[row])
        row = range(len(self))[row]
        start = int(self.ends[row - 1]) if row else 0
        return tuple(self.names[one] for one in range(start, int(self.ends[row])))
