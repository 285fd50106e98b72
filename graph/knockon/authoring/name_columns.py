"""Columns of names with each different name held once: checks and sorting take place per name, not per row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

#: A whole number as Python writes it, of at most 18 digits: 007 and +7 are names.
NUMBER = r"0|-?[1-9][0-9]{0,17}"
_NUMBER = re.compile(NUMBER)
#: Numbers within a range of this many times their count are numbered by a table of the range.
_DENSE = 4


@dataclass(frozen=True, eq=False)
class NameColumn:
    """A column of names.

    Attributes
    ----------
    names
        The names: whole numbers, so that 10 is sorted after 9, or texts. Columns that are numbered together may share them:
        then each occurs in one of the columns.
    code
        The place in ``names`` of the name in each row, (rows,).
    """

    names: Ints | list[str]
    code: Ints

    def __len__(self) -> int:
        return len(self.code)

    @property
    def is_numeric(self) -> bool:
        """Whether the names are whole numbers."""
        return not isinstance(self.names, list)

    def texts(self) -> list[str]:
        """Return the names as texts."""
        return self.names if isinstance(self.names, list) else list(map(str, self.names.tolist()))

    def rows_of(self, places: Iterable[int]) -> Ints:
        """Return the rows whose name is at one of these places in ``names``."""
        chosen = np.zeros(len(self.names), bool)
        chosen[list(places)] = True
        return np.flatnonzero(chosen[self.code])


def of_texts(texts: Sequence[str], *codes: npt.NDArray[Any]) -> list[NameColumn]:
    """Return the columns of some texts and the places of each row's text; whole numbers are numbers if all texts are.

    Columns that are given together share their names.

    >>> of_texts(["10", "9", "x"], np.array([1, 0, 1]))[0].names.tolist()
    [10, 9]
    """
    places = [code.astype(np.int64, copy=False) for code in codes]
    used = np.zeros(len(texts), bool)
    for place in places:
        used[place] = True
    if not used.all():
        texts = [text for text, is_used in zip(texts, used.tolist(), strict=True) if is_used]
        places = [(np.cumsum(used) - 1)[place] for place in places]
    names = np.array(texts).astype(np.int64) if texts and all(map(_NUMBER.fullmatch, texts)) else list(texts)
    return [NameColumn(names, place) for place in places]


def of_numbers(column: npt.NDArray[Any]) -> NameColumn:
    """Return the column of whole numbers; the names are in ascending order.

    >>> column = of_numbers(np.array([7, -2, 7]))
    >>> column.names.tolist(), column.code.tolist()
    ([-2, 7], [1, 0, 1])
    """
    if column.dtype.kind == "u" and column.size and int(column.max()) > np.iinfo(np.int64).max:
        names, code = np.unique(column, return_inverse=True)
        return NameColumn(list(map(str, names.tolist())), code.astype(np.int64))
    numbers = column.astype(np.int64, copy=False)
    if not numbers.size:
        return NameColumn(numbers, numbers)
    low, high = int(numbers.min()), int(numbers.max())
    if high - low > _DENSE * len(numbers):
        names, code = np.unique(numbers, return_inverse=True)
        return NameColumn(names, code.astype(np.int64))
    place = numbers - low
    present = np.zeros(high - low + 1, bool)
    present[place] = True
    return NameColumn(np.flatnonzero(present) + low, (np.cumsum(present) - 1)[place])


def number_names(columns: Sequence[NameColumn]) -> tuple[tuple[str, ...], list[Ints]]:
    """Return the sorted names of all columns, and the number of the name in each row of each column.

    Names are sorted as numbers where those of every column are, else as texts.

    >>> number_names([*of_texts(["9", "10"], np.array([0, 1, 0])), of_numbers(np.array([10, 7]))])[0]
    ('7', '9', '10')
    """
    filled = [column for column in columns if len(column)]
    if all(column.is_numeric for column in filled):
        parts = [np.asarray(column.names, np.int64) for column in columns]
        joined = of_numbers(np.concatenate(parts) if parts else np.zeros(0, np.int64))
        ends = np.cumsum([len(part) for part in parts])
        numbers = np.split(joined.code, ends[:-1])
        return tuple(joined.texts()), [number[column.code] for number, column in zip(numbers, columns, strict=True)]
    # Columns may share their names: each list is looked up once.
    lists = {id(column.names): column.texts() for column in columns}
    names = sorted(set[str]().union(*lists.values()))
    number = dict(zip(names, range(len(names)), strict=True))
    numbers_of = {key: np.fromiter(map(number.__getitem__, texts), np.int64, len(texts)) for key, texts in lists.items()}
    return tuple(names), [numbers_of[id(column.names)][column.code] for column in columns]
