"""Read Parquet files, Arrow tables and data frames as columns of names and amounts, whatever their types.

Names are texts or whole numbers of any width, also as categories, as bytes of UTF-8, as decimals without decimals and as
floats without decimals (what a column of numbers with gaps becomes). Amounts are numbers, decimals or texts of numbers. Every
other type is refused with the name of the column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from knockon.authoring.column_table import (
    AMOUNTS,
    FIRST_ROW,
    MAY_BE_MISSING,
    ColumnTable,
    Floats,
    article,
    faulty_rows,
    is_number,
    not_numbers,
    shared_names,
)
from knockon.authoring.files import check_parquet, printable_path
from knockon.authoring.name_columns import NameColumn, of_numbers, of_texts
from knockon.errors import InvalidData, Problem, UsageError

_NAMES = "names are texts or whole numbers"
_NUMBERS = "numbers, 0 or more"
#: Whole numbers above this are not exact as floats.
EXACT = 2**53


@dataclass(frozen=True, eq=False)
class ArrowTable:
    """A table in memory or in a Parquet file: its column names, and how a column is read."""

    name: str
    header: list[str]
    #: A Parquet file (its path), or a table whose columns Arrow takes.
    source: Any

    def read(self, places: Mapping[str, int]) -> ColumnTable:
        """Read the columns at some places of the header.

        Raises
        ------
        InvalidData
            A column has a type that names or amounts do not have, a value is missing or no number; with row and column.
        """
        columns = self._columns(places)
        lengths = {name: len(column) for name, column in columns.items()}
        if len(set(lengths.values())) > 1:
            listed = ", ".join(f"{name} has {length:,}" for name, length in lengths.items())
            raise InvalidData([Problem(self.name, None, f"has columns of different lengths: {listed} rows")])
        return ColumnTable(
            self.name,
            _names(self.name, {name: column for name, column in columns.items() if name not in AMOUNTS}),
            {name: _amounts(self.name, name, column) for name, column in columns.items() if name in AMOUNTS},
        )

    def _columns(self, places: Mapping[str, int]) -> dict[str, Any]:
        """Return the columns as chunked arrays."""
        pa = _pyarrow()
        if isinstance(self.source, Path):
            table = self._parquet(pa, places)
            return {name: table.column(self.header[place]) for name, place in places.items()}
        if isinstance(self.source, pa.Table):
            return {name: self.source.column(place) for name, place in places.items()}
        return {name: self._converted(pa, name, self.source[place]) for name, place in places.items()}

    def _parquet(self, pa: Any, places: Mapping[str, int]) -> Any:
        """Read the columns of a Parquet file, and no others."""
        from pyarrow import parquet

        # A point in the name of a column would be read as a path into a nested one.
        some = (
            None if any("." in self.header[place] for place in places.values()) else [self.header[p] for p in places.values()]
        )
        try:
            return parquet.read_table(self.source, columns=some)
        except (OSError, ValueError, pa.ArrowException) as error:
            raise _unreadable(self.name, error) from None

    def _converted(self, pa: Any, name: str, values: Any) -> Any:
        """Return a column of a data frame or a mapping as a chunked array; mixed types are an error with the row."""
        try:
            return pa.chunked_array([pa.array(values, from_pandas=True)])
        except (ValueError, TypeError, OverflowError, pa.ArrowException) as error:
            row = _first_of_other_type(values)
            line = None if row is None else row + FIRST_ROW
            message = f"column {name!r} cannot be read: {_first_line(error)}"
            raise InvalidData([Problem(self.name, line, message, "one type in a column: texts, or numbers")]) from None


def open_parquet(path: Path) -> ArrowTable:
    """Open a Parquet file.

    Raises
    ------
    InvalidData
        It is none, or it is damaged.
    UsageError
        pyarrow is not installed.
    """
    name = printable_path(path)
    try:
        with path.open("rb") as stream:
            check_parquet(stream.read(4), name)
    except OSError as error:
        raise _unreadable(name, error) from None
    pa = _pyarrow()
    from pyarrow import parquet

    try:
        return ArrowTable(name, list(parquet.read_schema(path).names), path)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise _unreadable(name, error) from None


def open_memory(source: Any, name: str) -> ArrowTable:
    """Open a table in memory: an Arrow table or reader, a data frame (pandas, Polars, DuckDB), or a mapping of columns.

    Raises
    ------
    InvalidData
        Arrow cannot read it.
    UsageError
        It is no table, or pyarrow is not installed.
    """
    pa = _pyarrow()
    if isinstance(source, pa.RecordBatch):
        source = pa.Table.from_batches([source])
    if isinstance(source, pa.Table):
        return ArrowTable(name, list(source.column_names), source)
    if isinstance(source, Mapping):
        return ArrowTable(name, list(map(str, source)), list(source.values()))
    # Data frames of pandas column by column: an error then names the column and the row.
    if hasattr(source, "iloc") and hasattr(source, "columns"):
        return ArrowTable(name, list(map(str, source.columns)), [source.iloc[:, at] for at in range(len(source.columns))])
    if hasattr(source, "__arrow_c_stream__"):
        try:
            table = pa.table(source)
        except (ValueError, TypeError, pa.ArrowException) as error:
            raise InvalidData([Problem(name, None, f"cannot be read as a table: {_first_line(error)}")]) from None
        return ArrowTable(name, list(table.column_names), table)
    raise UsageError(f"{name} is a path, an Arrow table, a data frame or a mapping of columns, not {type(source).__name__}")


class SharedTexts(NamedTuple):
    """The texts of columns of the same names, and for each column the place of each row's text among them."""

    texts: list[str]
    codes: dict[str, npt.NDArray[Any]]


def shared_texts(columns: Mapping[str, Any], table: str = "") -> list[SharedTexts]:
    """Return the texts of columns of texts, or of bytes in UTF-8; each different text is decoded once.

    Raises
    ------
    InvalidData
        Bytes are not UTF-8, with the row; ``table`` is the name of the table.
    """
    pa = _pyarrow()
    groups: dict[tuple[str, str], dict[str, Any]] = {}
    for name, column in columns.items():
        encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        groups.setdefault((shared_names(name), str(encoded.type)), {})[name] = encoded
    shared = []
    for members in groups.values():
        chunks = [chunk for column in members.values() for chunk in column.chunks if len(chunk)]
        joined = pa.chunked_array(chunks, next(iter(members.values())).type).unify_dictionaries()
        code = np.concatenate([np.zeros(0, np.int32), *(chunk.indices.to_numpy() for chunk in joined.chunks)])
        ends = np.cumsum([len(column) for column in members.values()])
        codes = dict(zip(members, np.split(code, ends[:-1]), strict=True))
        shared.append(SharedTexts(_decoded(table, joined.chunk(0).dictionary, codes) if chunks else [], codes))
    return shared


def _decoded(table: str, words: Any, codes: Mapping[str, npt.NDArray[Any]]) -> list[str]:
    """Return texts; a missing one is empty."""
    try:
        return [word.decode() if isinstance(word, bytes) else word or "" for word in words.to_pylist()]
    except UnicodeDecodeError:
        broken = []
        for place, word in enumerate(words.cast(_pyarrow().large_binary()).to_pylist()):
            try:
                word.decode()
            except UnicodeDecodeError:
                broken.append(place)
    name, rows = next((name, rows) for name, code in codes.items() if len(rows := np.flatnonzero(np.isin(code, broken))))
    raise faulty_rows(table, rows, None, f"has a {name} that is not UTF-8", "plain text")


def _names(table: str, columns: Mapping[str, Any]) -> dict[str, NameColumn]:
    """Return columns of names; a row without one is an error."""
    kinds = _pyarrow().types
    names: dict[str, NameColumn] = {}
    texts: dict[str, Any] = {}
    for name, given in columns.items():
        column = given.cast(given.type.value_type) if kinds.is_dictionary(given.type) else given
        if column.null_count:
            raise faulty_rows(table, _null_rows(column), None, f"has no {name}", "every row names one")
        if kinds.is_integer(column.type):
            names[name] = of_numbers(column.to_numpy())
        elif kinds.is_floating(column.type):
            names[name] = of_numbers(_whole_numbers(table, name, column.to_numpy().astype(np.float64)))
        else:
            texts[name] = column.cast(_text_type(table, name, column.type))
    for group in shared_texts(texts, table):
        names |= zip(group.codes, of_texts(group.texts, *group.codes.values()), strict=True)
    return names


def _text_type(table: str, name: str, kind: Any) -> Any:
    """Return the type of text, or of bytes that are text, that a column of names is read as."""
    pa = _pyarrow()
    kinds = pa.types
    if kinds.is_string(kind) or kinds.is_large_string(kind) or kinds.is_binary(kind) or kinds.is_large_binary(kind):
        return kind
    if is_view(kind, "binary"):
        return pa.large_binary()
    if kinds.is_fixed_size_binary(kind):
        return pa.binary()
    # A column of nulls that gets here is without rows.
    if is_view(kind, "string") or kinds.is_null(kind) or (kinds.is_decimal(kind) and kind.scale <= 0):
        return pa.large_string()
    raise InvalidData([Problem(table, None, f"column {name!r} has the type {kind}", _NAMES)])


def is_view(kind: Any, content: Literal["string", "binary"]) -> bool:
    """Return whether a type is that of texts or bytes in views, which older versions of Arrow do not have."""
    return bool(getattr(_pyarrow().types, f"is_{content}_view", lambda _: False)(kind))


def _whole_numbers(table: str, name: str, column: Floats) -> npt.NDArray[np.int64]:
    """Return numbers as whole ones; each must be exact."""
    missing = np.isnan(column)
    if missing.any():
        raise faulty_rows(table, np.flatnonzero(missing), None, f"has no {name}", "every row names one")
    faulty = ~((np.abs(column) <= EXACT) & (column == np.floor(column)))
    if faulty.any():
        message = f"has {article(name)} that is a number with decimals, or too large to be exact"
        raise faulty_rows(table, np.flatnonzero(faulty), None, message, _NAMES)
    return column.astype(np.int64)


def _amounts(table: str, name: str, column: Any) -> Floats:
    """Return a column of numbers; missing ones are an error, or NaN where they need not be known."""
    kinds = _pyarrow().types
    if kinds.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    missing = _null_rows(column) if column.null_count else np.zeros(0, np.int64)
    if len(missing) and name not in MAY_BE_MISSING:
        raise faulty_rows(table, missing, None, f"has no {name}", "a number in every row")
    if kinds.is_integer(column.type) or kinds.is_floating(column.type):
        return np.array(column.to_numpy(), np.float64)
    if kinds.is_decimal(column.type):
        # Each by itself: the nearest float of a decimal, which Arrow does not always give.
        return np.array([np.nan if value is None else float(value) for value in column.to_pylist()], np.float64)
    if kinds.is_string(column.type) or kinds.is_large_string(column.type) or is_view(column.type, "string"):
        return _parsed(table, name, column.to_pylist())
    if kinds.is_null(column.type):
        return np.full(len(column), np.nan)
    raise InvalidData([Problem(table, None, f"column {name!r} has the type {column.type}", _NUMBERS)])


def _parsed(table: str, name: str, texts: Sequence[str | None]) -> Floats:
    """Return the numbers that texts state; where they may be missing, an empty text is none, and NaN is an error."""
    may_be_missing = name in MAY_BE_MISSING
    values = [float(text) if text and is_number(text) else np.nan for text in texts]
    unread = (row for row, text in enumerate(texts) if text is not None and np.isnan(values[row]))
    faulty = [row for row in unread if (texts[row] if may_be_missing else not is_number(str(texts[row])))]
    if faulty:
        raise not_numbers(table, faulty, None, name, str(texts[faulty[0]]))
    return np.array(values, np.float64)


def _null_rows(column: Any) -> npt.NDArray[np.int64]:
    return np.flatnonzero(column.is_null().to_numpy())


def _first_of_other_type(values: Any) -> int | None:
    """Return the first row whose value has another type than that of the first row."""
    try:
        listed = list(values)
    except TypeError:
        return None
    return next((row for row, value in enumerate(listed) if type(value) is not type(listed[0])), None)


def _pyarrow() -> Any:
    try:
        import pyarrow
    except ImportError:
        raise UsageError("Parquet files and Arrow tables need pyarrow: pip install 'knockon[parquet]'") from None
    return pyarrow


def _unreadable(name: str, error: Exception) -> InvalidData:
    return InvalidData([Problem(name, None, f"cannot be read as a Parquet file: {_first_line(error)}")])


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:300] if str(error) else type(error).__name__
