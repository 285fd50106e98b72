"""Columns of a user's Parquet file as plain ones: ids as whole numbers or texts, amounts as floats of 64 bits.

The types are those that :mod:`knockon.authoring.arrow_columns` reads into memory, a batch at a time, so that a file gives the
same network on every engine.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.authoring.arrow_columns import EXACT, is_view
from knockon.authoring.column_table import MOST_AMOUNT, is_number
from knockon.authoring.flow_tables import BLANK, CONTROL_CHARACTERS
from knockon.authoring.name_columns import NUMBER
from knockon.errors import InvalidData
from knockon.model.base import LONGEST_NAME
from knockon.network.tables.columns import Meaning, faulty, numpy_column, pyarrow

#: The texts of ids that are ordered as numbers, where all are of these.
WHOLE_NUMBER = NUMBER
_EXPECTED = {"id": "texts or whole numbers", "amount": "numbers", "known": "numbers", "number": "whole numbers"}
#: The greatest level of essentiality.
_MOST_LEVEL = 2


def plain_type(kind: Any, meaning: Meaning) -> Any:
    """Return the plain type of a column; None where its type has no such meaning.

    >>> import pyarrow as pa
    >>> str(plain_type(pa.binary(), "id")), str(plain_type(pa.decimal128(9, 2), "amount")), plain_type(pa.date32(), "id")
    ('large_string', 'double', None)
    """
    pa = pyarrow()
    types = pa.types
    kind = kind.value_type if types.is_dictionary(kind) else kind
    is_text = _is_text(kind) or _is_bytes(kind) or (types.is_decimal(kind) and kind.scale <= 0)
    if meaning == "number":
        return pa.int64() if types.is_integer(kind) or types.is_floating(kind) or is_text else None
    if meaning == "known" and types.is_null(kind):
        return pa.float64()
    if meaning in ("amount", "known"):
        readable = types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind) or _is_text(kind)
        return pa.float64() if readable else None
    if types.is_uint64(kind):
        return kind
    if types.is_integer(kind) or types.is_floating(kind):
        return pa.int64()
    return pa.large_string() if is_text else None


def wrong_plain_type(kind: Any, meaning: Meaning) -> str:
    """Return what is wrong with the type of a column of a user's file; empty where it has a plain one."""
    return "" if plain_type(kind, meaning) is not None else f"{kind}, not of {_EXPECTED[meaning]}"


def plain_column(path: Path, name: str, meaning: Meaning, column: Any, first: int = 0) -> Any:
    """Return a column of a batch as a plain one, checked.

    Parameters
    ----------
    path, name, meaning
        The file, the name of the column there, and what it must hold.
    column
        The column of the batch, an Arrow array whose type :func:`plain_type` knows.
    first
        The number of rows before the batch.

    Returns
    -------
    pyarrow.Array
        The same rows, of the plain type.

    Raises
    ------
    InvalidData
        A value is missing or cannot be used; the error names file, column and row.

    Examples
    --------
    >>> import pyarrow as pa
    >>> plain_column(Path("flows.parquet"), "supplier", "id", pa.array([7.0, 8.0])).to_pylist()
    [7, 8]
    """
    pa = pyarrow()
    target = plain_type(column.type, meaning)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    place = _Place(path, name, first)
    if meaning == "known":
        known = _known_amounts(place, column)
        return pa.array(known, mask=np.isnan(known))
    if column.null_count:
        numpy_column(path, name, column, first)
    if meaning == "number":
        return pa.array(_levels(place, column)).cast(target)
    if meaning == "amount":
        return pa.array(_checked_amounts(place, column)).cast(target)
    if pa.types.is_floating(column.type):
        return pa.array(_whole_numbers(place, column))
    return column.cast(target) if pa.types.is_integer(column.type) else _checked_texts(place, _texts(place, column))


class _Place:
    """Where a batch of a column is, for errors."""

    def __init__(self, path: Path, name: str, first: int) -> None:
        self._path, self._name, self._first = path, name, first

    def refuse(self, wrong: npt.NDArray[np.bool_], what: Callable[[int], str], hint: str = "") -> None:
        """Raise InvalidData that names the first of the rows that are wrong, if there are any."""
        if wrong.any():
            row = int(np.flatnonzero(wrong)[0])
            raise self.error(row, what(row), hint)

    def error(self, row: int, what: str, hint: str = "") -> InvalidData:
        """Return the error of a row of the batch."""
        return faulty(self._path, f"column {self._name!r}, row {self._first + row + 1:,}: {what}", hint)


def _checked_amounts(place: _Place, column: Any) -> npt.NDArray[np.float64]:
    """Return numbers that are finite, not negative and at most ``MOST_AMOUNT``."""
    values = _numbers(place, column)
    _refuse_values(
        place,
        values,
        (~np.isfinite(values), "not finite"),
        (values < 0, "negative"),
        (values > MOST_AMOUNT, f"above {MOST_AMOUNT:g}"),
    )
    return values


def _known_amounts(place: _Place, column: Any) -> npt.NDArray[np.float64]:
    """Return numbers that are finite, and not a number where a column is empty."""
    values = _numbers(place, column, known=True)
    _refuse_values(place, values, (np.isinf(values), "not finite"), (np.abs(values) > MOST_AMOUNT, f"beyond {MOST_AMOUNT:g}"))
    return values


def _levels(place: _Place, column: Any) -> npt.NDArray[np.float64]:
    """Return whole numbers from 0 to the greatest level; texts are such numbers as digits."""
    if not (pyarrow().types.is_integer(column.type) or pyarrow().types.is_floating(column.type)):
        texts, known = _texts(place, column).to_pylist(), list(map(str, range(_MOST_LEVEL + 1)))
        place.refuse(np.array([text not in known for text in texts], bool), lambda row: f"{texts[row][:60]!r} is not a level")
        return np.array(texts, np.float64)
    values = _numbers(place, column)
    _refuse_values(
        place,
        values,
        (~np.isfinite(values), "not finite"),
        (values < 0, "negative"),
        (values > _MOST_LEVEL, f"above {_MOST_LEVEL}"),
        (values != np.floor(values), "not a whole number"),
    )
    return values


def _numbers(place: _Place, column: Any, *, known: bool = False) -> npt.NDArray[np.float64]:
    """Return numbers, decimals or texts of numbers as floats; where they need be ``known`` alone, NaN for empty ones."""
    types = pyarrow().types
    if types.is_null(column.type):
        return np.full(len(column), np.nan)
    if types.is_decimal(column.type):
        # Each by itself: the nearest float of a decimal, which Arrow does not always give.
        return np.array([np.nan if value is None else float(value) for value in column.to_pylist()], np.float64)
    if types.is_integer(column.type) or types.is_floating(column.type):
        return np.asarray(column.to_numpy(zero_copy_only=False)).astype(np.float64, copy=False)
    texts = [text or "" for text in column.to_pylist()]
    values = np.array([float(text) if is_number(text) else np.nan for text in texts], np.float64)
    # NaN in words is a number of the language alone: it states nothing, and is no empty cell.
    wrong = [
        bool(text) and np.isnan(value) if known else not is_number(text) for text, value in zip(texts, values, strict=True)
    ]
    place.refuse(
        np.array(wrong, bool),
        lambda row: f"{texts[row][:60]!r} is not a number",
        "digits, with a point before decimals" + ("; an empty cell where it is not known" if known else ""),
    )
    return values


def _refuse_values(place: _Place, values: npt.NDArray[np.float64], *faults: tuple[npt.NDArray[np.bool_], str]) -> None:
    """Refuse the first of the values that have one of some faults."""
    for wrong, problem in faults:
        place.refuse(wrong, lambda row, problem=problem: f"{values[row]} is {problem}")  # type: ignore[misc]


def _whole_numbers(place: _Place, column: Any) -> npt.NDArray[np.int64]:
    """Return floats as whole numbers; each must be exact."""
    values = np.asarray(column.to_numpy(zero_copy_only=False)).astype(np.float64, copy=False)
    exact = (np.abs(values) <= EXACT) & (values == np.floor(values))
    hint = "ids are texts or whole numbers"
    place.refuse(~exact, lambda row: f"{values[row]} has decimals, or is too large to be exact", hint)
    return values.astype(np.int64)


def _texts(place: _Place, column: Any) -> Any:
    """Return a column of texts, bytes in UTF-8 or whole decimals as texts."""
    pa = pyarrow()
    try:
        if _is_bytes(column.type):
            column = column.cast(pa.large_binary())
        return column.cast(pa.large_string())
    except pa.ArrowInvalid:
        for row, value in enumerate(column.to_pylist()):
            try:
                value.decode()
            except UnicodeDecodeError:
                raise place.error(row, "not UTF-8", "plain text") from None
        raise


def _checked_texts(place: _Place, column: Any) -> Any:
    """Return texts of which each is a name."""
    import pyarrow as pa
    import pyarrow.compute as pc

    checks = (
        (pc.is_in(column, pa.array(BLANK, pa.large_string())), "no id", "every row has one"),
        (pc.greater(pc.binary_length(column), LONGEST_NAME), f"more than {LONGEST_NAME:,} characters", "a shorter id"),
        (pc.match_substring_regex(column, CONTROL_CHARACTERS), "a control character", "plain text"),
    )
    for wrong, what, hint in checks:
        place.refuse(np.asarray(wrong), lambda _row, what=what: what, hint)  # type: ignore[misc]
    return column


def _is_text(kind: Any) -> bool:
    types = pyarrow().types
    return bool(types.is_string(kind) or types.is_large_string(kind) or is_view(kind, "string"))


def _is_bytes(kind: Any) -> bool:
    types = pyarrow().types
    fixed = types.is_fixed_size_binary(kind) and not types.is_decimal(kind)
    return bool(types.is_binary(kind) or types.is_large_binary(kind) or fixed or is_view(kind, "binary"))


__all__ = ["WHOLE_NUMBER", "plain_column", "plain_type", "wrong_plain_type"]
