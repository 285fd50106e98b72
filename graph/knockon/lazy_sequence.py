"""A sequence whose items are made when it is first gone through."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TypeVar, overload

T = TypeVar("T")


class LazySequence(Sequence[T]):
    """Items that are made when they are first looked at; equal to any sequence of the same items.

    Parameters
    ----------
    make
        Returns the items.
    length
        Their number where it is known without making them; None: it takes making them.

    Examples
    --------
    >>> items = LazySequence(lambda: (1, 2))
    >>> items == (1, 2), len(items), items[0], repr(items)
    (True, 2, 1, '(1, 2)')
    """

    def __init__(self, make: Callable[[], Sequence[T]], length: int | None = None) -> None:
        self._make, self._length = make, length

    @cached_property
    def _items(self) -> Sequence[T]:
        return self._make()

    def __len__(self) -> int:
        return len(self._items) if self._length is None else self._length

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...
    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        return self._items[place]

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(mine == its for mine, its in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment] # as of a list

    def __repr__(self) -> str:
        return repr(self._items)


__all__ = ["LazySequence"]
