"""Read a network as tables back into memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.network.arrays import Floats
from knockon.network.flows import NON_ESSENTIAL
from knockon.network.name_arrays import NumberedNames
from knockon.network.network import Network
from knockon.network.tables.columns import faulty, pyarrow
from knockon.network.tables.opened import NetworkTables

#: The most sectors: a matrix of all pairs of them has to fit into memory.
MOST_SECTORS = 10_000
#: Costs that are this much below the inputs, relatively, are the inputs: tables may have 32 bits.
_ROUNDING = 1e-6


def read_tables(tables: NetworkTables) -> Network:
    """Return the network of tables, without the records behind it.

    Parameters
    ----------
    tables
        The tables, as :func:`knockon.network.tables.open_tables` has opened them.

    Returns
    -------
    Network
        The network that was written, with the same numbers; it does not know its evidence.

    Raises
    ------
    InvalidData
        An id occurs twice, costs are below what a firm buys, or there are too many sectors for memory.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from knockon.network.tables import open_tables, write_tables
    >>> with TemporaryDirectory() as folder:
    ...     write_tables(Network.from_flows([0, 1], [2, 2], [1.0, 3.0]), f"{folder}/tables")
    ...     read_tables(open_tables(f"{folder}/tables"))
    <Network of 3 nodes, 1 slots, 2 supplies>
    """
    return _flows(tables) if tables.kind == "flows" else _graph(tables)


def _columns(tables: NetworkTables, file: str, *names: str) -> list[npt.NDArray[Any]]:
    table = pyarrow().parquet.ParquetFile(tables.path(file)).read(columns=list(names))
    return [table.column(name).to_numpy() for name in names]


def read_ids(tables: NetworkTables) -> Any:
    """Return the ids of the entities of tables, an Arrow column."""
    file = pyarrow().parquet.ParquetFile(tables.path("firms" if tables.kind == "flows" else "nodes"))
    return file.read(columns=["id"]).column("id").slice(0, tables.entities)


def _names(tables: NetworkTables, file: str) -> Any:
    ids = _columns(tables, file, "id")[0][: tables.entities]
    if ids.dtype.kind in "iu" and (ids == np.arange(len(ids))).all():
        return NumberedNames(len(ids))
    return tuple(map(str, ids.tolist()))


def _flows(tables: NetworkTables) -> Network:
    supplier, customer, value = _columns(tables, "flows", "supplier", "customer", "value")
    sector, demand, costs = _columns(tables, "firms", "sector", "final_demand", "costs")
    bought = np.bincount(customer, value, tables.entities)
    level = _columns(tables, "essentiality", "supplier_sector", "customer_sector", "essentiality")
    sectors = max(
        _sectors(tables, "firms", "sector", sector),
        _sectors(tables, "essentiality", "supplier_sector", level[0]),
        _sectors(tables, "essentiality", "customer_sector", level[1]),
    )
    essentiality = np.full((sectors, sectors), NON_ESSENTIAL, np.int8)
    essentiality[level[0], level[1]] = level[2]
    names = _names(tables, "firms")
    return Network.from_flows(
        supplier, customer, value.astype(np.float64), sector, essentiality, demand.astype(np.float64),
        costs=_costs(tables, costs.astype(np.float64), bought.astype(np.float64)),
        names=None if isinstance(names, NumberedNames) else names, self_flows=True,
    )  # fmt: skip


def _sectors(tables: NetworkTables, file: str, name: str, column: npt.NDArray[Any]) -> int:
    """Return the number of sectors that a column names, which a matrix of all pairs has room for."""
    if not len(column):
        return 1
    row = int(column.argmax())
    if column[row] >= MOST_SECTORS:
        what = f"column {name!r}, row {row + 1:,}: {column[row]} is beyond the {MOST_SECTORS:,} sectors that fit into memory"
        raise faulty(tables.path(file), what, "number the sectors from 0")
    return int(column[row]) + 1


def _costs(tables: NetworkTables, costs: Floats, bought: Floats) -> Floats:
    """Return the costs of each firm, which are at least its inputs, up to the rounding of 32 bits."""
    # Costs of 0 are those of a firm of which nobody states any.
    below = (costs > 0) & (costs < bought * (1 - _ROUNDING))
    if below.any():
        row = int(np.flatnonzero(below)[0])
        what = f"column 'costs', row {row + 1:,}: {costs[row]} is below what the firm buys in the table, {bought[row]}"
        raise faulty(tables.path("firms"), what, "costs are all that a firm spends")
    return np.maximum(costs, bought)


def _graph(tables: NetworkTables) -> Network:
    owner, need, mode, at_least, hit_with = _columns(tables, "slots", "owner", "need", "mode", "at_least", "hit_with")
    weights = np.stack(_columns(tables, "slots", "weight_low", "weight", "weight_high")).astype(np.float64)
    slot, provider, share, unstated = _columns(tables, "supplies", "slot", "provider", "share", "unstated")
    entity, part = _columns(tables, "nodes", "entity", "part")
    hidden = slice(tables.entities, None)
    return Network(
        nodes=_names(tables, "nodes"), slot_owner=owner, slot_need=need, weights=weights, mode=mode.astype(np.int8),
        at_least=at_least, supply_start=np.searchsorted(slot, np.arange(tables.slots + 1)), supply_provider=provider,
        supply_share=share.astype(np.float64), unstated=unstated, hidden_entity=entity[hidden], hidden_slot=part[hidden],
        hit_with=hit_with if (hit_with != np.arange(tables.slots)).any() else np.zeros(0, np.int64), origin=tables.origin,
    )  # fmt: skip


__all__ = ["read_ids", "read_tables"]
