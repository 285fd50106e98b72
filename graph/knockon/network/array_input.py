"""Read columns of a table, in whatever form they come, as arrays; errors name the faulty rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.errors import InvalidData, Problem, UsageError
from knockon.network.arrays import Floats, Ints

#: The number of faulty rows that an error names; the rest is counted.
_SHOWN = 5
#: Row numbers have 32 bits.
_MOST = np.iinfo(np.int32).max


def numbers(column: npt.ArrayLike, name: str) -> Ints:
    """Return a column of row numbers, 0 or more.

    Raises
    ------
    UsageError
        It is not a column, or not of whole numbers.
    InvalidData
        A number is missing, negative or too large.
    """
    array = _column(column, name)
    if array.size and not np.issubdtype(array.dtype, np.integer):
        # A column with gaps comes as floats; so may whole numbers.
        if array.dtype.kind not in "fb":
            recipe = "names, rows = np.unique(column, return_inverse=True) numbers them"
            raise UsageError(f"{name} must hold numbers from 0, not {array.dtype}; {recipe}")
        faulty = ~(np.isfinite(array) & (array == np.floor(array)))
        reject(faulty, array, name, "no row number", "numbers from 0, without gaps")
    reject(array < 0, array, name, "negative", "rows are numbered from 0")
    reject(array > _MOST, array, name, "more rows than can be numbered", "numbers from 0, without gaps")
    return array.astype(np.int64)


def amounts(column: npt.ArrayLike, name: str) -> Floats:
    """Return a column of money or other amounts, 0 or more.

    Raises
    ------
    UsageError
        It is not a column, or not of numbers.
    InvalidData
        An amount is missing, negative or not finite, or their sum is not finite.
    """
    array = _column(column, name)
    if array.size and array.dtype.kind not in "fiub":
        raise UsageError(f"{name} must hold numbers, not {array.dtype}")
    with np.errstate(over="ignore"):
        money = array.astype(np.float64)
        whole = money.sum()
    reject(~np.isfinite(money), money, name, "not finite", "a number, 0 or more, in every row")
    turned = "0 or more; turn the flow around" if name == "value" else "0 or more"
    reject(money < 0, money, name, "negative", turned)
    if not np.isfinite(whole):
        raise InvalidData([Problem(name, None, "the sum is not finite", "measure in a larger unit")])
    return money


def names_of(given: Sequence[str], name: str) -> tuple[str, ...]:
    """Return a column of names: texts, each once.

    Raises
    ------
    InvalidData
        A name is missing, no text, or there twice.
    """
    array = _column(given, name, object)
    reject(np.array([not _text(one) for one in array], bool), array, name, "no text", "names are strings")
    first: dict[str, int] = {}
    again = np.array([first.setdefault(one, row) != row for row, one in enumerate(array)], bool)
    reject(again, array, name, "there already", "each firm has a name of its own")
    return tuple(array)


def reject(faulty: npt.NDArray[np.bool_], values: npt.NDArray[Any], name: str, what: str, hint: str) -> None:
    """Raise InvalidData where rows are faulty, naming the first few by their position and how many more there are."""
    if not faulty.any():
        return
    rows = np.flatnonzero(faulty)
    problems = [Problem(f"{name}[{row}]", None, f"{values[row]} is {what}", hint) for row in rows[:_SHOWN]]
    if len(rows) > _SHOWN:
        problems.append(Problem(name, None, f"{len(rows)} rows of this kind in all"))
    raise InvalidData(problems)


def _text(name: object) -> bool:
    if not isinstance(name, str):
        return False
    try:
        return bool(name.encode())
    except UnicodeEncodeError:  # half of a surrogate pair
        return False


def _column(column: npt.ArrayLike, name: str, kind: npt.DTypeLike | None = None) -> npt.NDArray[Any]:
    """Return one column as an array; rows without a value are an error."""
    try:
        array = np.asarray(column, kind)
    except ValueError:
        raise UsageError(f"{name} must be one column; its rows are of different lengths") from None
    if array.ndim != 1:
        raise UsageError(f"{name} must be one column, not of shape {array.shape}")
    missing = np.zeros(len(array), bool)
    if isinstance(column, np.ma.MaskedArray):
        missing = np.ma.getmaskarray(column)
    elif array.dtype == object:
        # Such columns are lists with a gap, or of what numpy has no numbers for.
        missing = np.array([one is None for one in array], bool)
    reject(missing, array, name, "no value", "leave out rows without a value")
    return array
