"""Read columns of a table, in any form that numpy understands, as arrays; errors name the faulty rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.errors import InvalidData, Problem, UsageError
from knockon.network.arrays import Bools, Floats, Ints

#: The number of faulty rows that an error names; the others are only counted.
_NAMED_ROWS = 5
#: Row numbers have 32 bits.
_MAX_ROW = np.iinfo(np.int32).max


def row_numbers(column: npt.ArrayLike, name: str) -> Ints:
    """Return a column of row numbers, 0 or more.

    Parameters
    ----------
    column
        One whole number for each row.
    name
        The name of the column, for messages.

    Raises
    ------
    UsageError
        The argument is not a column, or not of whole numbers.
    InvalidData
        A number is missing, negative or too large.

    Examples
    --------
    >>> row_numbers([2.0, 0.0], "supplier").tolist()
    [2, 0]
    """
    array = _column(column, name)
    if array.size and not np.issubdtype(array.dtype, np.integer):
        # A column with gaps comes as floats; so may whole numbers.
        if array.dtype.kind not in "fb":
            hint = "names, rows = np.unique(column, return_inverse=True) numbers them"
            raise UsageError(f"{name} must hold numbers from 0, not {array.dtype}; {hint}")
        faulty = ~(np.isfinite(array) & (array == np.floor(array)))
        reject_rows(name, array, faulty, "not a row number", "numbers from 0, without gaps")
    reject_rows(name, array, array < 0, "negative", "rows are numbered from 0")
    reject_rows(name, array, array > _MAX_ROW, "too large for a row number", "numbers from 0, without gaps")
    return array.astype(np.int64, copy=False)


def amounts(column: npt.ArrayLike, name: str) -> Floats:
    """Return a column of money or other amounts, 0 or more.

    Parameters
    ----------
    column
        One number for each row, in any unit.
    name
        The name of the column, for messages.

    Raises
    ------
    UsageError
        The argument is not a column, or not of numbers.
    InvalidData
        An amount is missing, negative or not finite, or their sum is not finite.

    Examples
    --------
    >>> amounts([3, 1.5], "value").tolist()
    [3.0, 1.5]
    """
    array = _column(column, name)
    if array.size and array.dtype.kind not in "fiub":
        raise UsageError(f"{name} must hold numbers, not {array.dtype}")
    with np.errstate(over="ignore"):
        values = array.astype(np.float64)
        total = values.sum()
    reject_rows(name, values, ~np.isfinite(values), "not finite", "a number, 0 or more, in every row")
    hint = "0 or more; turn the flow around" if name == "value" else "0 or more"
    reject_rows(name, values, values < 0, "negative", hint)
    if not np.isfinite(total):
        raise InvalidData([Problem(name, None, "the sum is not finite", "measure in a larger unit")])
    return values


def unique_names(column: Sequence[str], name: str) -> tuple[str, ...]:
    """Return a column of names, all different.

    Parameters
    ----------
    column
        One text for each row.
    name
        The name of the column, for messages.

    Raises
    ------
    InvalidData
        A name is missing, empty, not text, or a duplicate.

    Examples
    --------
    >>> unique_names(["acme", "bolt"], "names")
    ('acme', 'bolt')
    """
    if isinstance(column, tuple) and _are_unique_texts(column):
        return column
    array = _column(column, name, object)
    reject_rows(name, array, np.array([not _is_text(value) for value in array], bool), "not a name", "names are strings")
    first_row: dict[str, int] = {}
    duplicate = np.array([first_row.setdefault(text, row) != row for row, text in enumerate(array)], bool)
    reject_rows(name, array, duplicate, "a duplicate", "each firm has a name of its own")
    return tuple(array)


def _are_unique_texts(names: tuple[object, ...]) -> bool:
    """Return whether all are different texts that can be encoded, faster than row by row."""
    if set(map(type, names)) - {str} or len(set(names)) < len(names) or "" in names:
        return False
    try:
        "".join(map(str, names)).encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True


def read_array(values: Any, message: str) -> npt.NDArray[Any]:
    """Return anything that numpy reads as an array.

    Raises
    ------
    UsageError
        The rows differ in length; the error begins with ``message``.

    Examples
    --------
    >>> read_array([[1, 2], [3]], "flows must be a square matrix")
    Traceback (most recent call last):
    ...
    knockon.errors.UsageError: flows must be a square matrix; these rows differ in length
    """
    try:
        return np.asarray(values)
    except ValueError:
        raise UsageError(f"{message}; these rows differ in length") from None


def reject_rows(name: str, values: npt.NDArray[Any], faulty: Bools, problem: str, hint: str) -> None:
    """Raise InvalidData where rows of a column are faulty; each message says what the value of the row is.

    Parameters
    ----------
    name
        The name of the column, for messages.
    values, faulty
        The column, and which rows of it are faulty, (rows,).
    problem
        What a faulty value is, after "is": ``negative``, ``not finite``.
    hint
        How to fix it.

    Examples
    --------
    >>> reject_rows("value", np.array([1.0, -2.0]), np.array([False, True]), "negative", "0 or more")
    Traceback (most recent call last):
    ...
    knockon.errors.InvalidData: 1 problem:
      value[1]: -2.0 is negative (0 or more)
    """
    reject(name, faulty, lambda row: (str(row), f"{values[row]} is {problem}"), hint)


def reject(table: str, faulty: Bools, describe: Callable[[int], tuple[str, str]], hint: str) -> None:
    """Raise InvalidData where rows are faulty: a problem for each of the first few, and how many there are.

    Parameters
    ----------
    table
        The name of the column or table.
    faulty
        Which rows are faulty, (rows,).
    describe
        A function from a row number to the place of the row in the table and the message.
    hint
        How to fix it.
    """
    if not faulty.any():
        return
    rows = np.flatnonzero(faulty)
    described = [describe(int(row)) for row in rows[:_NAMED_ROWS]]
    problems = [Problem(f"{table}[{place}]", None, message, hint) for place, message in described]
    if len(rows) > _NAMED_ROWS:
        problems.append(Problem(table, None, f"{len(rows)} of this kind in all"))
    raise InvalidData(problems)


def _is_text(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return bool(value.encode())
    except UnicodeEncodeError:  # half of a surrogate pair
        return False


def _column(column: npt.ArrayLike, name: str, dtype: npt.DTypeLike | None = None) -> npt.NDArray[Any]:
    """Return one column as an array; rows without a value are an error."""
    try:
        array = np.asarray(column, dtype)
    except ValueError:
        raise UsageError(f"{name} must be one column; its rows are of different lengths") from None
    if array.ndim != 1:
        raise UsageError(f"{name} must be one column, not of shape {array.shape}")
    missing = np.zeros(len(array), bool)
    if isinstance(column, np.ma.MaskedArray):
        missing = np.ma.getmaskarray(column)
    elif array.dtype == object:
        # Such columns are lists with a gap, or of types that numpy has no numbers for.
        missing = np.array([value is None for value in array], bool)
    reject(name, missing, lambda row: (str(row), "no value"), "leave out rows without a value")
    return array
