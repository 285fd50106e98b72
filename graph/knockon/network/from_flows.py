"""Build the arrays of a network from a table of money flows: who sells to whom for how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from dataclasses import replace
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from knockon.errors import InvalidData, Problem, UsageError
from knockon.network.array_input import amounts, read_array, reject_rows, row_numbers, unique_names
from knockon.network.arrays import NONE, Floats, Ints, Mode, Rows
from knockon.network.flows import ESSENTIAL, NEGLIGIBLE, NON_ESSENTIAL, Flows
from knockon.network.name_arrays import NumberedNames
from knockon.network.network_arrays import NetworkArrays
from knockon.network.row_order import first_rows, sort_rows

#: The class of network that is made.
N = TypeVar("N", bound=NetworkArrays)
_ROW_TYPE = np.int32
#: The most sectors of a table without an essentiality matrix: the default one would not fit into memory.
_MAX_DEFAULT_SECTORS = 10_000
#: Costs that are this much below the inputs, relatively, are the inputs: sums are rounded.
_ROUNDING = 1e-9
#: The most firms of a table without a column of firms: this many, and this many more for each flow. Larger numbers are
#: identifiers, not row numbers.
_MAX_FIRMS, _MAX_FIRMS_PER_FLOW = 1_000_000, 100


class FlowColumns(NamedTuple):
    """A table of money flows as it is given; :meth:`knockon.network.Network.from_flows` documents the columns."""

    supplier: npt.ArrayLike
    customer: npt.ArrayLike
    value: npt.ArrayLike
    sector: npt.ArrayLike | None = None
    essentiality: npt.ArrayLike | None = None
    final_demand: npt.ArrayLike | None = None
    costs: npt.ArrayLike | None = None
    names: Sequence[str] | None = None


class _FlowTable(NamedTuple):
    """Checked columns: a row for each flow, then a row for each firm (None where the column is not given)."""

    seller: Ints
    buyer: Ints
    money: Floats
    firms: int
    sector: Ints | None
    demand: Floats | None
    costs: Floats | None
    names: tuple[str, ...] | None


def from_flows(kind: type[N], columns: FlowColumns, *, self_flows: bool = False) -> N:
    """Build the network of a table of money flows, as Diem et al. (2022) read it.

    Parameters
    ----------
    kind
        The class of the network to make; ``Network.from_flows`` passes itself.
    columns
        The columns of the table.
    self_flows
        Keep what a firm sells to itself; else it is an error.

    Raises
    ------
    InvalidData, UsageError
        As :meth:`knockon.network.Network.from_flows` raises them.

    Examples
    --------
    >>> from knockon.network import Network
    >>> columns = FlowColumns([0, 1, 1], [1, 2, 2], [3.0, 1.0, 1.5], sector=[0, 1, 1], essentiality=[[1, 2], [1, 1]])
    >>> network = from_flows(Network, columns)
    >>> network
    <Network of 3 nodes, 2 slots, 2 supplies>
    >>> network.flows.sales.tolist(), network.flows.merged
    ([3.0, 2.5, 0.0], 1)
    """
    table = _checked_table(columns)
    _check_flows(table.seller, table.buyer, table.firms, self_flows)
    sector = np.zeros(table.firms, _ROW_TYPE) if table.sector is None else table.sector.astype(_ROW_TYPE)
    seller, flows = _flows(table, sector, _essentiality(sector, columns.essentiality))
    return _network(kind, flows, seller, NumberedNames(table.firms) if table.names is None else table.names, table.costs)


def _checked_table(columns: FlowColumns) -> _FlowTable:
    """Read the columns as arrays and check their types and lengths."""
    buyer, seller = row_numbers(columns.customer, "customer"), row_numbers(columns.supplier, "supplier")
    money = amounts(columns.value, "value")
    if not len(buyer) == len(seller) == len(money):
        raise UsageError(f"columns of different lengths: {len(seller)} suppliers, {len(buyer)} customers, {len(money)} values")
    sector = None if columns.sector is None else row_numbers(columns.sector, "sector")
    demand = None if columns.final_demand is None else amounts(columns.final_demand, "final_demand")
    names = None if columns.names is None else unique_names(columns.names, "names")
    costs = None if columns.costs is None else amounts(columns.costs, "costs")
    firms = _firm_count(seller, buyer, {"sector": sector, "final_demand": demand, "costs": costs, "names": names})
    return _FlowTable(seller, buyer, money, firms, sector, demand, costs, names)


def _flows(table: _FlowTable, sector: Rows, essentiality: npt.NDArray[np.int8]) -> tuple[Rows, Flows]:
    """Return the supplier of each flow, and the flows, added up; their slots are not known yet."""
    seller, buyer, money, merged, dropped = _merge_flows(table.seller, table.buyer, table.money, table.firms)
    return seller, Flows(
        start=np.concatenate([[0], np.cumsum(np.bincount(seller, minlength=table.firms))]).astype(_ROW_TYPE),
        customer=buyer,
        value=money,
        slot=np.zeros(0, _ROW_TYPE),
        sales=_sum_by_firm(seller, money, table.firms),
        purchases=_sum_by_firm(buyer, money, table.firms),
        sector=sector,
        essentiality=essentiality,
        final_demand=np.zeros(table.firms) if table.demand is None else table.demand,
        merged=merged,
        dropped=dropped,
    )


def with_costs(network: N, costs: npt.ArrayLike) -> N:
    """Return the network of the same flows and other costs, of which non-essential inputs are shares.

    Parameters
    ----------
    network
        A network of flows, of n firms.
    costs
        What each firm spends in all, (n,), in the unit of the flows.

    Raises
    ------
    UsageError
        The network has no flows, or there is not one number for each firm.
    InvalidData
        A number that is not finite, or below what the firm buys in the table.

    Examples
    --------
    >>> from knockon.network import Network
    >>> network = Network.from_flows([0, 1], [2, 2], [1.0, 3.0])
    >>> with_costs(network, [0.0, 0.0, 8.0]).supply_share.tolist()
    [0.125, 0.375]
    """
    if network.flows is None:
        raise UsageError("costs go with money flows: a network of Network.from_flows")
    costs_by_firm = amounts(costs, "costs")
    if len(costs_by_firm) != network.size:
        raise UsageError(f"costs must be {network.size} numbers, one for each firm, not {len(costs_by_firm)}")
    flows = network.flows
    return _network(type(network), flows, flows.supplier, network.nodes, costs_by_firm)


def _network(kind: type[N], flows: Flows, seller: Rows, nodes: Sequence[str], costs: Floats | None) -> N:
    """Build the slots and supplies of flows, which are in the order of their suppliers; ``costs`` is (firms,)."""
    spending = flows.purchases if costs is None else _checked_costs(costs, flows.purchases)
    essentiality = flows.essentiality[flows.sector[seller], flows.sector[flows.customer]]
    # The slots of the other two kinds follow those of the sectors of essential inputs.
    group = np.where(essentiality == ESSENTIAL, flows.sector[seller], flows.sectors + (essentiality == NEGLIGIBLE))
    groups = flows.sectors + 2
    key, order = sort_rows(flows.customer.astype(np.int64) * groups + group, len(nodes) * groups)
    first = first_rows(key)
    slots = len(first)
    start = np.append(first, len(key)).astype(_ROW_TYPE)
    owner = flows.customer[order[first]]
    slot = np.empty(len(key), _ROW_TYPE)
    slot[order] = np.repeat(np.arange(slots, dtype=_ROW_TYPE), np.diff(start))
    money = flows.value[order]
    essential = key[first] % groups < flows.sectors
    weight = (key[first] % groups <= flows.sectors).astype(np.float64)
    # Essential inputs are shares of their sector, the others of all that a firm spends.
    total = np.where(essential, np.add.reduceat(money, first) if slots else 0.0, spending[owner])
    share = money / np.repeat(total, np.diff(start))
    return kind(
        nodes=nodes,
        slot_owner=owner,
        slot_need=np.broadcast_to(np.array([NONE], _ROW_TYPE), slots),
        weights=np.broadcast_to(weight if (essentiality == NEGLIGIBLE).any() else np.ones(1), (3, slots)),
        mode=np.broadcast_to(np.array([Mode.SHARES], np.int8), slots),
        at_least=np.broadcast_to(np.zeros(1, _ROW_TYPE), slots),
        supply_start=start,
        supply_provider=seller[order],
        supply_share=share,
        flows=replace(flows, slot=slot, other_costs=bool((spending > flows.purchases * (1 + _ROUNDING)).any())),
    )


def _checked_costs(costs: Floats, purchases: Floats) -> Floats:
    """Return costs that are at least the purchases; raise InvalidData where one is lower by more than rounding."""
    hint = "what a firm spends in all is at least what it buys in the table"
    reject_rows("costs", costs, costs < purchases * (1 - _ROUNDING), "less than the inputs of the firm", hint)
    return np.maximum(costs, purchases)


def _merge_flows(seller: Ints, buyer: Ints, money: Floats, firms: int) -> tuple[Rows, Rows, Floats, int, int]:
    """Return supplier, customer and value of each flow above 0, equal pairs added up, and the numbers merged and dropped."""
    before = len(money)
    key = seller * firms + buyer
    if (money == 0).any():
        key, money = key[money > 0], money[money > 0]
    dropped = before - len(money)
    key, order = sort_rows(key, firms * firms)
    money = money[order]
    first = first_rows(key)
    merged = len(key) - len(first)
    if merged:
        key, money = key[first], np.add.reduceat(money, first)
    sellers = key // max(firms, 1)
    buyers = key - sellers * firms
    return sellers.astype(_ROW_TYPE), buyers.astype(_ROW_TYPE), money, merged, dropped


def _sum_by_firm(firm: Rows, money: Floats, firms: int) -> Floats:
    """Return the sum of money of each firm, (firms,)."""
    return np.bincount(firm, money, firms).astype(np.float64, copy=False)


def _firm_count(seller: Ints, buyer: Ints, columns: Mapping[str, Sized | None]) -> int:
    """Return the number of firms: the length of the columns of firms, else the highest number plus 1."""
    lengths = {name: len(column) for name, column in columns.items() if column is not None}
    if len(set(lengths.values())) > 1:
        raise UsageError("one row per firm, but " + ", ".join(f"{name} has {n}" for name, n in lengths.items()))
    if lengths:
        return next(iter(lengths.values()))
    limit = _MAX_FIRMS + _MAX_FIRMS_PER_FLOW * len(seller)
    for name, column in (("supplier", seller), ("customer", buyer)):
        hint = "number the firms from 0 without gaps, or give sector= with a row for each"
        reject_rows(name, column, column >= limit, f"a firm number beyond any that {len(seller)} flows need", hint)
    return int(max(seller.max(initial=-1), buyer.max(initial=-1))) + 1


def _check_flows(seller: Ints, buyer: Ints, firms: int, self_flows: bool) -> None:
    """Raise InvalidData where a firm number does not exist, or a firm sells to itself."""
    for name, column in (("supplier", seller), ("customer", buyer)):
        reject_rows(name, column, column >= firms, "not a firm", f"the columns of firms have {firms} rows")
    if not self_flows:
        hint = "leave the row out, or say self_flows=True"
        reject_rows("supplier", seller, seller == buyer, "its own customer", hint)


def _essentiality(sector: Rows, essentiality: npt.ArrayLike | None) -> npt.NDArray[np.int8]:
    """Return the essentiality matrix, (sectors, sectors), checked against the sector numbers."""
    sectors = int(sector.max(initial=0)) + 1
    if essentiality is None:
        hint = "number the sectors from 0 without gaps, or give essentiality="
        problem = f"beyond the {_MAX_DEFAULT_SECTORS:,} sectors that need no essentiality"
        reject_rows("sector", sector, sector >= _MAX_DEFAULT_SECTORS, problem, hint)
        return np.full((sectors, sectors), NON_ESSENTIAL, np.int8)
    matrix = read_array(essentiality, "essentiality must be (m, m) for m sectors")
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise UsageError(f"essentiality must be (m, m) for m sectors, not {matrix.shape}")
    hint = f"essentiality knows the sectors 0..{len(matrix) - 1}"
    reject_rows("sector", sector, sector >= len(matrix), "not a sector", hint)
    if matrix.dtype == bool:
        raise UsageError("essentiality must be 0, 1 or 2, not True or False: True could mean essential (2) or not (1)")
    if not np.isin(matrix, (NEGLIGIBLE, NON_ESSENTIAL, ESSENTIAL)).all():
        raise InvalidData([Problem("essentiality", None, "has other values than 0, 1 and 2", "2 is essential, 0 negligible")])
    return matrix.astype(np.int8)
