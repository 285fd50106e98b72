"""The columns of the files of a network as tables, and the checks of their types and values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from knockon.authoring.column_table import MOST_AMOUNT
from knockon.authoring.columns import list_columns
from knockon.authoring.files import check_parquet, printable_path
from knockon.errors import InvalidData, Problem, UsageError
from knockon.network.arrays import NONE, Mode
from knockon.network.flows import ESSENTIAL, NEGLIGIBLE

Kind = Literal["graph", "flows"]
Meaning = Literal["row", "number", "amount", "known", "share", "flag", "id"]
#: The number of faulty rows of a column that an error names.
_NAMED_ROWS = 3
#: The number of rows that are checked at a time.
_BATCH = 1 << 18
#: The greatest whole number that is no row of another file.
_ANY = 2**62


@dataclass(frozen=True)
class Column:
    """A column of a file, and which values it may have.

    ``row`` columns count from 0. ``number`` columns hold whole numbers from ``least`` to below ``below``, which is a number
    or the name of the file whose rows they name. ``amount`` columns hold finite numbers of 0 or more, ``known`` columns
    finite numbers where they are known and nothing elsewhere, ``share`` columns numbers in 0..1, ``flag`` columns truth
    values, ``id`` columns texts or whole numbers.
    """

    name: str
    meaning: Meaning
    least: int = 0
    below: int | str = _ANY
    ascending: bool = False
    optional: bool = False


#: The files of each kind by name, with their columns.
FILES: Mapping[Kind, Mapping[str, tuple[Column, ...]]] = {
    "graph": {
        "nodes": (
            Column("node", "row"),
            Column("id", "id"),
            Column("entity", "number", below="nodes"),
            Column("part", "number", NONE, "slots"),
        ),
        "slots": (
            Column("slot", "row"),
            Column("owner", "number", below="nodes", ascending=True),
            Column("need", "number", NONE, "nodes"),
            Column("mode", "number", below=len(Mode)),
            Column("at_least", "number"),
            Column("weight_low", "share"),
            Column("weight", "share"),
            Column("weight_high", "share"),
            Column("hit_with", "number", below="slots"),
        ),
        "supplies": (
            Column("supply", "row"),
            Column("slot", "number", below="slots", ascending=True),
            Column("provider", "number", below="nodes"),
            Column("share", "share"),
            Column("unstated", "flag"),
        ),
    },
    "flows": {
        "firms": (
            Column("firm", "row"),
            Column("id", "id"),
            Column("sector", "number", below=2**31),
            Column("final_demand", "amount"),
            Column("costs", "amount"),
            Column("equity", "known", optional=True),
        ),
        "flows": (
            Column("supplier", "number", below="firms", ascending=True),
            Column("customer", "number", below="firms"),
            Column("value", "amount"),
        ),
        "essentiality": (
            Column("supplier_sector", "number"),
            Column("customer_sector", "number"),
            Column("essentiality", "number", NEGLIGIBLE, ESSENTIAL + 1),
        ),
    },
}
#: Sums of shares are rounded: this much above 1 counts as 1.
_ROUNDING = 1e-6


def pyarrow() -> Any:
    """Return the package pyarrow with its Parquet part.

    Raises
    ------
    UsageError
        It is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet
    except ImportError:
        raise UsageError("Parquet files need pyarrow: pip install 'knockon[parquet]'") from None
    return pa


def open_parquet(path: Path) -> Any:
    """Open a Parquet file; InvalidData where it is none or is damaged."""
    try:
        with path.open("rb") as stream:
            check_parquet(stream.read(4), printable_path(path))
        pa = pyarrow()
        return pa.parquet.ParquetFile(path)
    except FileNotFoundError:
        raise faulty(path, "does not exist", "the folder is not complete") from None
    except (OSError, ValueError) as error:  # pyarrow's own errors are these
        raise faulty(path, f"cannot be read as a Parquet file: {first_line(error)}") from None


def faulty(path: Path, message: str, hint: str = "") -> InvalidData:
    """Return the error of one file."""
    return InvalidData([Problem(str(path), None, message, hint)], "nothing was computed")


def first_line(error: Exception) -> str:
    """Return the first line of a message of another library."""
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def present_columns(path: Path, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Return the columns of a file without the optional ones that it does not have."""
    names = set(open_parquet(path).schema_arrow.names) if any(column.optional for column in columns) else set()
    return tuple(column for column in columns if not column.optional or column.name in names)


def check_types(path: Path, columns: tuple[Column, ...]) -> int:
    """Check that a Parquet file has some columns of the right types, and return the number of its rows.

    Raises
    ------
    InvalidData
        The file is missing or damaged; a column is missing, occurs twice, or is of another type.
    """
    file = open_parquet(path)
    schema = file.schema_arrow
    problems = []
    for column in columns:
        places = schema.get_all_field_indices(column.name)
        if len(places) != 1:
            what = f"has no column {column.name!r}" if not places else f"has {len(places)} columns {column.name!r}"
            problems.append(Problem(str(path), None, what, f"the columns are {list_columns(schema.names)}"))
            continue
        if wrong := wrong_type(schema.field(places[0]).type, column.meaning):
            problems.append(Problem(str(path), None, f"column {column.name!r} is of type {wrong}"))
    if problems:
        raise InvalidData(problems, "nothing was computed")
    return int(file.metadata.num_rows)


def wrong_type(kind: Any, meaning: Meaning) -> str:
    """Return what is wrong with the type of a column; empty where it fits its meaning."""
    types = pyarrow().types
    value = kind.value_type if types.is_dictionary(kind) else kind
    is_text = types.is_string(value) or types.is_large_string(value) or types.is_string_view(value)
    expected = {
        "row": (types.is_integer(kind), "whole numbers"),
        "number": (types.is_integer(kind), "whole numbers"),
        "amount": (types.is_floating(kind) or types.is_integer(kind), "numbers"),
        "known": (types.is_floating(kind) or types.is_integer(kind), "numbers"),
        "share": (types.is_floating(kind) or types.is_integer(kind), "numbers in 0..1"),
        "flag": (types.is_boolean(kind), "true or false"),
        "id": (is_text or types.is_integer(kind), "texts or whole numbers"),
    }[meaning]
    return "" if expected[0] else f"{kind}, not of {expected[1]}"


def check_values(path: Path, columns: tuple[Column, ...], rows: Mapping[str, int]) -> None:
    """Check the values of all rows of a file, some at a time.

    Parameters
    ----------
    path, columns
        The file, whose types :func:`check_types` has checked, and its columns.
    rows
        The number of rows of each file by name.

    Raises
    ------
    InvalidData
        Values are missing or outside their range; the error names file, column and rows.
    """
    checks = BatchChecks(path, columns, rows)
    first = 0
    for batch in batches(path, tuple(column.name for column in columns if column.meaning != "id")):
        checks.check({
            column.name: numpy_column(path, column.name, without_gaps(batch.column(column.name), column.meaning), first)
            for column in columns
            if column.meaning != "id"
        })  # fmt: skip
        first += batch.num_rows
    for column in columns:
        if column.meaning == "id":
            check_ids(path, column.name)


def batches(path: Path, names: tuple[str, ...]) -> Iterator[Any]:
    """Yield some columns of a Parquet file in batches; damaged files are InvalidData.

    One row group is read after another: reading ahead would take as much memory as the file is long.
    """
    file = open_parquet(path)
    try:
        for group in range(file.metadata.num_row_groups):
            yield from file.iter_batches(batch_size=_BATCH, row_groups=[group], columns=list(names))
    except (OSError, ValueError) as error:
        raise faulty(path, f"is damaged: {first_line(error)}") from None
    finally:
        # Arrow keeps what it has freed.
        pyarrow().default_memory_pool().release_unused()


def numpy_column(path: Path, name: str, column: Any, first: int = 0) -> npt.NDArray[Any]:
    """Return a column of a batch as an array; InvalidData where a value is missing."""
    if column.null_count:
        row = first + int(np.flatnonzero(np.asarray(column.is_null()))[0]) + 1
        raise faulty(path, f"column {name!r}, row {row:,}: no value", "every row has one")
    return np.asarray(column.to_numpy(zero_copy_only=False))


def without_gaps(column: Any, meaning: Meaning) -> Any:
    """Return a column for checks: what need not be known, and is not, counts as 0."""
    return column.fill_null(0) if meaning == "known" and column.null_count else column


def check_ids(path: Path, name: str) -> None:
    """Raise InvalidData where an id is missing or empty."""
    pa = pyarrow()
    import pyarrow.compute as pc

    first = 0
    for batch in batches(path, (name,)):
        column = batch.column(0)
        if column.null_count:
            numpy_column(path, name, column, first)
        if not pa.types.is_integer(column.type):
            empty = pc.equal(pc.binary_length(column.cast(pa.large_string())), 0)
            if pc.any(empty).as_py():
                row = first + int(np.flatnonzero(np.asarray(empty))[0]) + 1
                raise faulty(path, f"column {name!r}, row {row:,}: empty", "every row has an id")
        first += len(column)


class BatchChecks:
    """The checks of the columns of one file, batch after batch; rows are counted from 1 in messages."""

    def __init__(self, path: Path, columns: tuple[Column, ...], rows: Mapping[str, int]) -> None:
        self.path, self.columns, self.rows = path, columns, rows
        self._first = 0
        self._last: dict[str, int] = {}

    def check(self, batch: Mapping[str, npt.NDArray[Any]]) -> None:
        """Check the next rows: an array for each column but ids, of one length.

        Raises
        ------
        InvalidData
            A value is outside its range.
        """
        for column in self.columns:
            if column.name in batch and column.meaning not in ("flag", "id"):
                self._check_column(column, batch[column.name])
        if {"weight_low", "weight", "weight_high"} <= batch.keys():
            low, point, high = batch["weight_low"], batch["weight"], batch["weight_high"]
            self._reject("weight", point, (low > point) | (point > high), "outside weight_low..weight_high")
        if {"supplier", "customer"} <= batch.keys():
            self._check_pairs(batch["supplier"], batch["customer"])
        self._first += len(next(iter(batch.values()), ()))

    def _check_column(self, column: Column, values: npt.NDArray[Any]) -> None:
        name = column.name
        if column.meaning == "row":
            place = np.arange(self._first, self._first + len(values))
            self._reject(name, values, values != place, "not the number of the row, from 0")
        elif column.meaning == "number":
            below = self.rows[column.below] if isinstance(column.below, str) else column.below
            problem = f"outside {column.least}..{below - 1}"
            problem += f", the rows of {column.below}.parquet" if isinstance(column.below, str) else ""
            self._reject(name, values, (values < column.least) | (values >= below), problem)
            if column.ascending and len(values):
                falls = np.diff(values, prepend=self._last.get(name, values[0])) < 0
                self._reject(name, values, falls, "less than in the row before: the rows are in the order of this column")
                self._last[name] = int(values[-1])
        else:
            numbers = values.astype(np.float64, copy=False)
            self._reject(name, values, ~np.isfinite(numbers), "not finite")
            if column.meaning != "known":
                self._reject(name, values, numbers < 0, "negative")
            if column.meaning == "share":
                self._reject(name, values, numbers > 1 + _ROUNDING, "above 1")
            self._reject(name, values, np.abs(numbers) > MOST_AMOUNT, f"beyond {MOST_AMOUNT:g}; measure in a larger unit")

    def _check_pairs(self, supplier: npt.NDArray[Any], customer: npt.NDArray[Any]) -> None:
        """Check that flows are in the order of supplier and customer, each pair once."""
        if not len(supplier):
            return
        before = self._last.get("customer", -1)
        same = np.diff(supplier, prepend=self._last.get("previous supplier", -1)) == 0
        falls = same & (np.diff(customer, prepend=before) <= 0)
        self._reject("customer", customer, falls, "not greater than in the row before: each pair once, in order")
        self._last["previous supplier"], self._last["customer"] = int(supplier[-1]), int(customer[-1])

    def _reject(self, name: str, values: npt.NDArray[Any], wrong: npt.NDArray[np.bool_], problem: str) -> None:
        if not wrong.any():
            return
        rows = np.flatnonzero(wrong)
        problems = [
            Problem(str(self.path), None, f"column {name!r}, row {self._first + int(row) + 1:,}: {values[row]} is {problem}")
            for row in rows[:_NAMED_ROWS]
        ]
        raise InvalidData(problems, "nothing was computed")
