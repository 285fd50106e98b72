"""Write a network as tables: each file in pieces, checked as it is written, and the folder at once when it is complete."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.authoring.files import as_path
from knockon.errors import UsageError
from knockon.network.arrays import NONE
from knockon.network.flows import NON_ESSENTIAL, Flows
from knockon.network.name_arrays import NumberedNames
from knockon.network.network_arrays import NetworkArrays
from knockon.network.tables.columns import FILES, BatchChecks, Kind, pyarrow, without_gaps
from knockon.network.tables.opened import MANIFEST, VERSION, is_tables, manifest_bytes
from knockon.store.atomic_write import create_folder, sync, temporary_folder, write_durably
from knockon.store.regular_files import sha256_of
from knockon.store.replaced_folder import move_into_place, restore
from knockon.store.write_errors import write_error

#: The number of rows that are written at a time. A row group of this many is read or left out as a whole.
PIECE = 1 << 18
Columns = Mapping[str, Any]


def write_tables(network: NetworkArrays, folder: str | Path, *, equity: npt.ArrayLike | None = None, bits: int = 64) -> None:
    """Write a network as tables, for engines that read Parquet files.

    Parameters
    ----------
    network
        A network of a graph or of money flows.
    folder
        A folder that does not exist yet, or a network as tables, which is replaced when the new one is complete.
    equity
        The equity of each firm of a network of flows, (n,), which the model ``debtrank`` needs; NaN where it is not known.
    bits
        64, or 32 to store amounts, shares and weights in half the space: results are then exact to about 1e-6.

    Raises
    ------
    LimitReached
        The disk is full.
    UsageError
        Something else is at that path, it cannot be written, or pyarrow is not installed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from knockon.network import Network
    >>> with TemporaryDirectory() as folder:
    ...     write_tables(Network.from_flows([0], [1], [2.0]), f"{folder}/tables")
    ...     sorted(path.name for path in Path(f"{folder}/tables").iterdir())
    ['essentiality.parquet', 'firms.parquet', 'flows.parquet', 'tables.json']
    """
    kind: Kind = "graph" if network.flows is None else "flows"
    rows = _row_counts(network)
    with TableWriter(folder, kind, rows, bits=bits) as writer:
        for file in FILES[kind]:
            for start in range(0, max(rows[file], 1), PIECE):
                piece = slice(start, min(start + PIECE, rows[file]))
                other = {} if file != "firms" or equity is None else {"equity": np.asarray(equity)[piece]}
                writer.write(file, {**_piece(network, file, piece), **other})
        writer.finish(network.entities, origin=network.origin, network_hash=network.hash)


class TableWriter:
    """Writes a network as tables in pieces, for networks that do not fit into memory; use it as a context.

    Parameters
    ----------
    folder
        As for :func:`write_tables`; nothing is there until :meth:`finish`.
    kind
        ``graph`` or ``flows``.
    rows
        The number of rows that each file will have; of ``nodes``, ``slots`` and ``firms`` it must be known, since other files
        name their rows.
    bits
        As for :func:`write_tables`.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from knockon.network.tables import open_tables
    >>> firms = {"firm": [0, 1], "id": ["a", "b"], "sector": [0, 0], "final_demand": [0.0, 1.0], "costs": [0.0, 2.0]}
    >>> with TemporaryDirectory() as folder:
    ...     with TableWriter(f"{folder}/t", "flows", {"firms": 2, "flows": 1, "essentiality": 0}) as writer:
    ...         writer.write("firms", firms)
    ...         writer.write("flows", {"supplier": [0], "customer": [1], "value": [2.0]})
    ...         writer.finish(entities=2)
    ...     open_tables(f"{folder}/t").links
    1
    """

    def __init__(self, folder: str | Path, kind: Kind, rows: Mapping[str, int], *, bits: int = 64) -> None:
        if bits not in (32, 64):
            raise UsageError(f"numbers are stored in 32 or 64 bits, not {bits!r}")
        self._target, self._kind, self._rows, self._bits = as_path(folder), kind, rows, bits
        self._stack = ExitStack()
        self._written = dict.fromkeys(FILES[kind], 0)

    def __enter__(self) -> TableWriter:
        pyarrow()
        try:
            restore(self._target)
            if self._target.exists() and not is_tables(self._target):
                raise UsageError(f"{self._target} exists already and is not a network as tables; nothing was written")
            create_folder(self._target.parent)
            self._beside = self._stack.enter_context(temporary_folder(self._target))
        except OSError as error:
            raise write_error(self._target, error) from None
        self._checks = {
            name: BatchChecks(self._beside / f"{name}.parquet", columns, self._rows)
            for name, columns in FILES[self._kind].items()
        }
        self._files: dict[str, Any] = {}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        # Closing writes the end of a file: nobody needs it where something failed before, and on a full disk it fails again.
        for file in self._files.values():
            with suppress(OSError):
                file.close()
        self._stack.close()

    def write(self, file: str, columns: Columns) -> None:
        """Write the next rows of a file.

        Parameters
        ----------
        file
            The name of the file, such as ``slots``.
        columns
            The values of each of its columns.

        Raises
        ------
        InvalidData
            A value is out of range.
        LimitReached
            The disk is full.
        UsageError
            A column is missing, or the file cannot be written.
        """
        pa = pyarrow()
        specs = [column for column in FILES[self._kind][file] if column.name in columns or not column.optional]
        if missing := [column.name for column in specs if column.name not in columns]:
            raise UsageError(f"{file}: no column {missing[0]!r}")
        table = pa.table({column.name: _arrow(pa, columns[column.name], column.meaning, self._bits) for column in specs})
        self._checks[file].check(
            {
                column.name: without_gaps(table.column(column.name), column.meaning).to_numpy()
                for column in specs
                if column.meaning != "id"
            }
        )
        try:
            if file not in self._files:
                # Row numbers repeat or ascend, so that differences take little space and are quick to read.
                self._files[file] = pa.parquet.ParquetWriter(self._beside / f"{file}.parquet", table.schema, compression="zstd")
            self._files[file].write_table(table, row_group_size=PIECE)
        except OSError as error:
            raise write_error(self._target, error) from None
        self._written[file] += table.num_rows

    def finish(self, entities: int, *, origin: str = "", network_hash: str = "") -> None:
        """Complete the folder and move it into place.

        Parameters
        ----------
        entities
            The number of entities or firms.
        origin, network_hash
            The hashes of what the network was compiled from, and of the network; empty where they are not known.

        Raises
        ------
        LimitReached
            The disk is full.
        UsageError
            A file has another number of rows than was announced, or the folder cannot be written.
        """
        for name in self._written:
            if name not in self._files:
                self.write(name, _no_rows(self._kind, name))
            if self._written[name] != (count := self._rows.get(name, self._written[name])):
                raise UsageError(f"{name}: {self._written[name]:,} rows were written, {count:,} were announced")
        try:
            files = {}
            for name, file in self._files.items():
                file.close()
                path = self._beside / f"{name}.parquet"
                sync(path)
                files[name] = {"rows": self._written[name], "sha256": sha256_of(path)}
            manifest = {
                "version": VERSION, "kind": self._kind, "entities": entities, "files": files,
                "origin": origin, "network": network_hash,
            }  # fmt: skip
            write_durably(self._beside / MANIFEST, manifest_bytes(manifest))
            move_into_place(self._beside, self._target)
            sync(self._target.parent)
        except OSError as error:
            raise write_error(self._target, error) from None


def _row_counts(network: NetworkArrays) -> dict[str, int]:
    if network.flows is None:
        return {"nodes": network.size, "slots": network.slots, "supplies": network.supplies}
    other = int((network.flows.essentiality != NON_ESSENTIAL).sum())
    return {"firms": network.entities, "flows": len(network.flows.customer), "essentiality": other}


def _piece(network: NetworkArrays, file: str, rows: slice) -> Columns:
    """Return some rows of a file."""
    number = np.arange(rows.start, rows.stop)
    if file == "nodes":
        entities = network.entities
        part = np.full(len(number), NONE)
        part[number >= entities] = network.hidden_slot[number[number >= entities] - entities]
        return {"node": number, "id": _ids(network, rows), "entity": network.entity[rows], "part": part}
    if file == "slots":
        low, point, high = (network.weights[bound, rows] for bound in range(3))
        return {
            "slot": number, "owner": network.slot_owner[rows], "need": network.slot_need[rows], "mode": network.mode[rows],
            "at_least": network.at_least[rows], "weight_low": low, "weight": point, "weight_high": high,
            "hit_with": network.hit_with[rows] if len(network.hit_with) else number,
        }  # fmt: skip
    if file == "supplies":
        return {
            "supply": number, "slot": network.supply_slot[rows], "provider": network.supply_provider[rows],
            "share": network.supply_share[rows], "unstated": network.unstated[rows],
        }  # fmt: skip
    assert network.flows is not None  # noqa: S101 - of its kind
    return _flow_piece(network, network.flows, file, rows)


def _flow_piece(network: NetworkArrays, flows: Flows, file: str, rows: slice) -> Columns:
    if file == "firms":
        return {
            "firm": np.arange(rows.start, rows.stop), "id": _ids(network, rows), "sector": flows.sector[rows],
            "final_demand": flows.final_demand[rows], "costs": spending(network)[rows],
        }  # fmt: skip
    if file == "flows":
        supplier = np.searchsorted(flows.start, np.arange(rows.start, rows.stop), side="right") - 1
        return {"supplier": supplier, "customer": flows.customer[rows], "value": flows.value[rows]}
    seller, buyer = np.nonzero(flows.essentiality != NON_ESSENTIAL)
    level = flows.essentiality[seller, buyer]
    return {"supplier_sector": seller[rows], "customer_sector": buyer[rows], "essentiality": level[rows]}


def spending(network: NetworkArrays) -> npt.NDArray[np.float64]:
    """Return what each firm of a network of flows spends in all, (n,): what its non-essential inputs are shares of.

    >>> from knockon.network import Network
    >>> spending(Network.from_flows([0, 1], [2, 2], [1.0, 3.0], costs=[0.0, 0.0, 8.0])).tolist()
    [0.0, 0.0, 8.0]
    """
    flows = network.flows
    assert flows is not None  # noqa: S101 - checked by the caller
    if not flows.other_costs:
        return flows.purchases
    total = flows.purchases.copy()
    level = flows.essentiality[flows.sector[flows.supplier], flows.sector[flows.customer]]
    chosen = np.flatnonzero(level == NON_ESSENTIAL)
    money = np.bincount(flows.slot[chosen], flows.value[chosen], network.slots)
    share = np.add.reduceat(network.supply_share, network.supply_start[:-1])
    slots = np.flatnonzero(money)
    total[network.slot_owner[slots]] = money[slots] / share[slots]
    return np.maximum(total, flows.purchases)


def _ids(network: NetworkArrays, rows: slice) -> Any:
    """Return the ids of some nodes; names that are numbers stay numbers."""
    if isinstance(network.nodes, NumberedNames):
        return np.arange(rows.start, rows.stop)
    return [network.name(row) for row in range(rows.start, rows.stop)]


def _no_rows(kind: Kind, file: str) -> Columns:
    return {column.name: [] for column in FILES[kind][file] if not column.optional}


def _arrow(pa: Any, values: Any, meaning: str, bits: int) -> Any:
    """Return the values of a column as an Arrow array of the type that is stored."""
    if meaning == "id":
        if isinstance(values, np.ndarray) and values.dtype.kind in "iu":
            return pa.array(values, pa.int64())
        return values if isinstance(values, pa.Array | pa.ChunkedArray) else pa.array(list(values), pa.string())
    kinds: dict[str, tuple[Any, Any]] = {
        "flag": (np.bool_, pa.bool_()), **dict.fromkeys(("amount", "known", "share"), (np.float64, pa.float64())),
    }  # fmt: skip
    if bits == 32:
        kinds |= dict.fromkeys(("amount", "known", "share"), (np.float32, pa.float32()))
    dtype, kind = kinds.get(meaning, (np.int64, pa.int64()))
    numbers = np.ascontiguousarray(values, dtype)
    return pa.array(numbers, kind, mask=np.isnan(numbers) if meaning == "known" else None)


__all__ = ["PIECE", "TableWriter", "spending", "write_tables"]
