"""A user's own Parquet files of money flows: which columns they have, and that their values can be used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from knockon.authoring.columns import FLOW_SYNONYMS, list_columns, normalize_column
from knockon.authoring.files import as_path, missing_file
from knockon.errors import InvalidData, Problem
from knockon.network.tables.columns import Meaning, batches, faulty, open_parquet, pyarrow
from knockon.network.tables.plain_columns import plain_column, plain_type, wrong_plain_type

#: What can be done about rows in which a firm sells to itself, where no option takes them.
SELF_FLOWS_HINT = "leave the row out; `knockon rank` can take it, with --drop-self-flows or --keep-self-flows"
_FLOWS: Mapping[str, Meaning] = {
    "supplier": "id", "customer": "id", "value": "amount", "supplier_sector": "id", "customer_sector": "id",
}  # fmt: skip
_FIRMS: Mapping[str, Meaning] = {
    "firm": "id", "sector": "id", "final_demand": "amount", "costs": "amount", "equity": "known",
}  # fmt: skip
_ESSENTIALITY: Mapping[str, Meaning] = {"supplier_sector": "id", "customer_sector": "id", "essentiality": "number"}


@dataclass(frozen=True)
class ColumnFile:
    """A Parquet file, its number of rows, and what its columns are called there and hold, by their usual names."""

    path: Path
    rows: int
    columns: Mapping[str, str]
    meanings: Mapping[str, Meaning] = field(default_factory=dict)

    def reader(self) -> Any:
        """Return a reader of Arrow batches of the columns under their usual names, ids and amounts as plain types.

        Raises
        ------
        InvalidData
            The file has changed since it was checked, and a value cannot be used.
        """
        pa = pyarrow()
        stored = open_parquet(self.path).schema_arrow
        kinds = {name: plain_type(stored.field(column).type, self.meanings[name]) for name, column in self.columns.items()}
        schema = pa.schema(list(kinds.items()))
        return pa.RecordBatchReader.from_batches(schema, self._plain_batches(schema))

    def _plain_batches(self, schema: Any) -> Iterator[Any]:
        first = 0
        for batch in batches(self.path, tuple(self.columns.values())):
            columns = [
                plain_column(self.path, column, self.meanings[name], batch.column(column), first)
                for name, column in self.columns.items()
            ]
            yield pyarrow().RecordBatch.from_arrays(columns, schema=schema)
            first += batch.num_rows


@dataclass(frozen=True)
class FlowFiles:
    """Money flows between firms known by ids, as :func:`open_flow_files` has checked them.

    Parameters
    ----------
    flows
        ``supplier`` and ``customer``, and optionally ``value`` (needed by the models of money), ``supplier_sector`` and
        ``customer_sector``. A pair may occur several times.
    firms
        ``firm``, and optionally ``sector``, ``final_demand``, ``costs`` and ``equity`` (empty where it is not known); None
        where there is no such file.
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


def open_flow_files(
    flows: str | Path, firms: str | Path | None = None, essentiality: str | Path | None = None, *, valued: bool = False
) -> FlowFiles:
    """Check Parquet files of money flows: columns (in any spelling, or by their synonyms), types, and every value.

    Parameters
    ----------
    flows
        A file with the columns supplier and customer, and mostly value.
    firms, essentiality
        Files about the firms and the sectors, as ``knockon rank`` takes them.
    valued
        Whether the flows must have a column value.

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
        _check_file(as_path(flows), _FLOWS, 3 if valued else 2),
        _check_file(as_path(firms), _FIRMS, 1) if firms is not None else None,
        _check_file(as_path(essentiality), _ESSENTIALITY, 3) if essentiality is not None else None,
    )


def _check_file(path: Path, known: Mapping[str, Meaning], required: int) -> ColumnFile:
    """Return the columns of a file, of which the first few known ones are required."""
    if not path.is_file():
        raise missing_file(path)
    file = open_parquet(path)
    columns = _match(path, list(file.schema_arrow.names), known)
    if missing := [name for name in list(known)[:required] if name not in columns]:
        hint = f"the columns are {list_columns(file.schema_arrow.names)}"
        raise InvalidData(
            [Problem(str(path), None, f"has no column {name!r}", hint) for name in missing], "nothing was computed"
        )
    for name, column in columns.items():
        if wrong := wrong_plain_type(file.schema_arrow.field(column).type, known[name]):
            raise faulty(path, f"column {column!r} is of type {wrong}")
    for name, column in columns.items():
        first = 0
        for batch in batches(path, (column,)):
            plain_column(path, column, known[name], batch.column(0), first)
            first += batch.num_rows
    return ColumnFile(path, int(file.metadata.num_rows), columns, {name: known[name] for name in columns})


def _match(path: Path, names: list[str], known: Mapping[str, Meaning]) -> dict[str, str]:
    """Return the column of a file for each known name that it has."""
    columns: dict[str, str] = {}
    normalized = {normalize_column(name): name for name in known}
    for meanings in (normalized, FLOW_SYNONYMS):
        found = set(columns)
        for column in names:
            name = meanings.get(normalize_column(column), "")
            # A column of the name itself comes before all synonyms.
            if name not in known or name in found:
                continue
            if name in columns or names.count(column) > 1:
                raise faulty(path, f"has two columns {name!r}: {list_columns([columns.get(name, column), column])}")
            columns[name] = column
    return {name: columns[name] for name in known if name in columns}


__all__ = ["SELF_FLOWS_HINT", "ColumnFile", "FlowFiles", "open_flow_files"]
