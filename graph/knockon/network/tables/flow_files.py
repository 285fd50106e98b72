"""A user's own Parquet files of money flows: which columns they have, and that their values can be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.authoring.column_table import MOST_AMOUNT
from knockon.authoring.columns import FLOW_SYNONYMS, normalize_column
from knockon.errors import InvalidData, NotFound, Problem
from knockon.network.tables.columns import (
    Meaning,
    batches,
    check_ids,
    faulty,
    numpy_column,
    open_parquet,
    wrong_type,
)

_FLOWS: Mapping[str, Meaning] = {
    "supplier": "id", "customer": "id", "value": "amount", "supplier_sector": "id", "customer_sector": "id",
}  # fmt: skip
_FIRMS: Mapping[str, Meaning] = {
    "firm": "id", "sector": "id", "final_demand": "amount", "costs": "amount", "equity": "amount",
}  # fmt: skip
_ESSENTIALITY: Mapping[str, Meaning] = {"supplier_sector": "id", "customer_sector": "id", "essentiality": "number"}


@dataclass(frozen=True)
class ColumnFile:
    """A Parquet file, its number of rows, and what its columns are called there, by their usual names."""

    path: Path
    rows: int
    columns: Mapping[str, str]


@dataclass(frozen=True)
class FlowFiles:
    """Money flows between firms known by ids, as :func:`open_flow_files` has checked them.

    Parameters
    ----------
    flows
        ``supplier`` and ``customer``, and optionally ``value`` (needed by the models of money), ``supplier_sector`` and
        ``customer_sector``. A pair may occur several times.
    firms
        ``firm``, and optionally ``sector``, ``final_demand``, ``costs`` and ``equity``; None where there is no such file.
    essentiality
        ``supplier_sector``, ``customer_sector`` and ``essentiality``; None where there is no such file.
    """

    flows: ColumnFile
    firms: ColumnFile | None = None
    essentiality: ColumnFile | None = None

    @property
    def valued(self) -> bool:
        """Whether the flows have amounts of money."""
        return "value" in self.flows.columns


def open_flow_files(flows: str | Path, firms: str | Path | None = None, essentiality: str | Path | None = None) -> FlowFiles:
    """Check Parquet files of money flows: columns (in any spelling, or by their synonyms), types, and every value.

    Parameters
    ----------
    flows
        A file with the columns supplier and customer, and mostly value.
    firms, essentiality
        Files about the firms and the sectors, as ``knockon rank`` takes them.

    Returns
    -------
    FlowFiles
        The paths and the names of the columns.

    Raises
    ------
    NotFound
        A file does not exist.
    InvalidData
        A column is missing, occurs twice or is of another type, a value is missing, negative or not finite.
    UsageError
        pyarrow is not installed.
    """
    return FlowFiles(
        _check_file(Path(flows), _FLOWS, 2),
        _check_file(Path(firms), _FIRMS, 1) if firms else None,
        _check_file(Path(essentiality), _ESSENTIALITY, 3) if essentiality else None,
    )


def _check_file(path: Path, known: Mapping[str, Meaning], required: int) -> ColumnFile:
    """Return the columns of a file, of which the first few known ones are required."""
    if not path.is_file():
        raise NotFound("file", str(path))
    file = open_parquet(path)
    columns = _match(path, list(file.schema_arrow.names), known)
    if missing := [name for name in list(known)[:required] if name not in columns]:
        hint = f"the columns are {', '.join(file.schema_arrow.names)}"
        raise InvalidData(
            [Problem(str(path), None, f"has no column {name!r}", hint) for name in missing], "nothing was computed"
        )
    for name, column in columns.items():
        if wrong := wrong_type(file.schema_arrow.field(column).type, known[name]):
            raise faulty(path, f"column {column!r} is of type {wrong}")
    for name, column in columns.items():
        if known[name] == "id":
            check_ids(path, column)
        else:
            _check_amounts(path, column, 2 if known[name] == "number" else MOST_AMOUNT)
    return ColumnFile(path, int(file.metadata.num_rows), columns)


def _match(path: Path, names: list[str], known: Mapping[str, Meaning]) -> dict[str, str]:
    """Return the column of a file for each known name that it has."""
    columns: dict[str, str] = {}
    normalized = {normalize_column(name): name for name in known}
    for exact in (True, False):
        for column in names:
            plain = normalize_column(column)
            name = (normalized if exact else FLOW_SYNONYMS).get(plain, "")
            if name not in known or (not exact and name in columns):
                continue
            if name in columns or names.count(column) > 1:
                raise faulty(path, f"has two columns {name!r}: {columns.get(name, column)!r} and {column!r}")
            columns[name] = column
    return {name: columns[name] for name in known if name in columns}


def _check_amounts(path: Path, column: str, most: float) -> None:
    """Raise InvalidData where a number is missing, negative, not finite or above ``most``."""
    first = 0
    for batch in batches(path, (column,)):
        values: npt.NDArray[Any] = numpy_column(path, column, batch.column(0), first).astype(np.float64, copy=False)
        for wrong, problem in (
            (~np.isfinite(values), "not finite"),
            (values < 0, "negative"),
            (values > most, f"above {most:g}"),
        ):
            if wrong.any():
                row = int(np.flatnonzero(wrong)[0])
                raise faulty(path, f"column {column!r}, row {first + row + 1:,}: {values[row]} is {problem}")
        first += len(values)


__all__ = ["ColumnFile", "FlowFiles", "open_flow_files"]
