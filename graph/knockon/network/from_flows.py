"""Build the arrays of a network from a table of money flows: who sells to whom for how much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from knockon.errors import InvalidData, Problem, UsageError
from knockon.network.array_input import amounts, names_of, numbers, reject
from knockon.network.arrays import NONE, Floats, Ints, Mode, Rows
from knockon.network.flows import ESSENTIAL, NEGLIGIBLE, NON_ESSENTIAL, Flows
from knockon.network.name_arrays import Numbered
from knockon.network.network_arrays import NetworkArrays

#: The class of network that is made.
N = TypeVar("N", bound=NetworkArrays)
_ROW = np.int32
#: More sectors than these need an essentiality matrix of their own: the default one would not fit.
_SECTORS = 10_000
#: Costs that are this much below the inputs, relatively, are the inputs: sums are rounded.
_ROUNDING = 1e-9
#: Firms that nobody names may be so many, and so many more a flow; above that their numbers are no row numbers.
_FIRMS, _FIRMS_PER_FLOW = 1_000_000, 100


def from_flows(
    kind: type[N],
    supplier: npt.ArrayLike,
    customer: npt.ArrayLike,
    value: npt.ArrayLike,
    sector: npt.ArrayLike | None = None,
    essentiality: npt.ArrayLike | None = None,
    final_demand: npt.ArrayLike | None = None,
    *,
    costs: npt.ArrayLike | None = None,
    names: Sequence[str] | None = None,
    self_flows: bool = False,
) -> N:
    """Build the network of a table of money flows, as Diem et al. (2022) read it.

    Every customer has one slot for each sector it buys essential inputs from,
    one for all its non-essential inputs, and one of weight 0 for the negligible
    ones; a supply is a supplier with its share of the sector (essential) or of
    all that the customer buys (the others). Flows that stand several times are
    added up, flows of 0 are left out; :meth:`Network.describe` counts both.

    Parameters
    ----------
    kind
        The class of the network to make, such as :class:`knockon.network.Network`, whose ``from_flows`` passes itself.
    supplier, customer, value
        Three columns of equal length (numpy, Arrow, pandas, lists): firm
        numbers from 0, and money of one unit and period, 0 or more. Of firms
        known by names: ``names, row = np.unique(ids, return_inverse=True)``.
        A number that no row has is a firm without flows.
    sector
        The sector number of each firm, from 0; by default all are in one.
    essentiality
        (m, m) of 0, 1, 2 for m sectors; by default every input is non-essential (1).
    final_demand
        What each firm sells outside the table, in the unit of value; by default 0.
    costs
        What each firm spends in all, wages and imports too, in the unit of value, at least what it buys in the table. Its
        non-essential inputs are then shares of that. By default it is what it buys in the table.
    names
        The name of each firm; by default its number.
    self_flows
        Keep what a firm sells to itself, as input-output tables have it; else it is an error.

    Raises
    ------
    InvalidData
        Negative, missing or non-finite values, self-flows, firm or sector numbers that are not there, duplicate names.
    UsageError
        Columns of different lengths or of no numbers, an essentiality matrix of another shape.

    Examples
    --------
    >>> from knockon.network import Network
    >>> network = from_flows(Network, [0, 1, 1], [1, 2, 2], [3.0, 1.0, 1.5], sector=[0, 1, 1], essentiality=[[1, 2], [1, 1]])
    >>> network
    <Network of 3 nodes, 2 slots, 2 supplies>
    >>> network.flows.sales.tolist(), network.flows.merged
    ([3.0, 2.5, 0.0], 1)
    """
    buyer, seller = numbers(customer, "customer"), numbers(supplier, "supplier")
    money = amounts(value, "value")
    if not len(buyer) == len(seller) == len(money):
        raise UsageError(f"columns of different lengths: {len(seller)} suppliers, {len(buyer)} customers, {len(money)} values")
    given = None if sector is None else numbers(sector, "sector")
    sold = None if final_demand is None else amounts(final_demand, "final_demand")
    called = None if names is None else names_of(names, "names")
    spent = None if costs is None else amounts(costs, "costs")
    firms = _count(seller, buyer, {"sector": given, "final_demand": sold, "costs": spent, "names": called})
    _check_flows(seller, buyer, firms, self_flows)
    kinds = np.zeros(firms, _ROW) if given is None else given.astype(_ROW)
    needs = _essentiality(kinds, essentiality)
    demand = np.zeros(firms) if sold is None else sold
    seller, buyer, money, merged, dropped = _merge(seller, buyer, money, firms)
    flows = Flows(
        start=np.concatenate([[0], np.cumsum(np.bincount(seller, minlength=firms))]).astype(_ROW),
        customer=buyer,
        value=money,
        slot=np.zeros(0, _ROW),
        sales=_sums(seller, money, firms),
        purchases=_sums(buyer, money, firms),
        sector=kinds,
        essentiality=needs,
        final_demand=demand,
        merged=merged,
        dropped=dropped,
    )
    return _network(kind, flows, seller, Numbered(firms) if called is None else called, spent)


def with_costs(network: N, costs: npt.ArrayLike) -> N:
    """Return the same flows, of firms that spend ``costs`` in all: their non-essential inputs are shares of that.

    Raises
    ------
    UsageError
        A network without flows, or not one number for each firm.
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
    spent = amounts(costs, "costs")
    if len(spent) != network.size:
        raise UsageError(f"costs must be {network.size} numbers, one for each firm, not {len(spent)}")
    flows = network.flows
    return _network(type(network), flows, flows.supplier, network.nodes, spent)


def _network(kind: type[N], flows: Flows, seller: Rows, nodes: Sequence[str], costs: Floats | None) -> N:
    """The slots of flows that stand in the order of their suppliers; ``costs`` is what each firm spends in all."""
    spent = flows.purchases if costs is None else _checked_costs(costs, flows.purchases)
    need = flows.essentiality[flows.sector[seller], flows.sector[flows.customer]]
    # Behind the sectors of its essential inputs stand the slots of the other two kinds.
    group = np.where(need == ESSENTIAL, flows.sector[seller], flows.sectors + (need == NEGLIGIBLE))
    kinds = flows.sectors + 2
    key = flows.customer.astype(np.int64) * kinds + group
    order = np.argsort(key, kind="stable").astype(_ROW)
    key = key[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    slots = len(first)
    start = np.append(first, len(key)).astype(_ROW)
    owner = flows.customer[order[first]]
    slot = np.empty(len(key), _ROW)
    slot[order] = np.repeat(np.arange(slots, dtype=_ROW), np.diff(start))
    money = flows.value[order]
    essential = key[first] % kinds < flows.sectors
    weight = (key[first] % kinds <= flows.sectors).astype(np.float64)
    # Essential inputs are shares of their sector, the others of all that a firm spends.
    whole = np.where(essential, np.add.reduceat(money, first) if slots else 0.0, spent[owner])
    share = money / np.repeat(whole, np.diff(start))
    return kind(
        nodes=nodes,
        slot_owner=owner,
        slot_need=np.broadcast_to(np.array([NONE], _ROW), slots),
        weights=np.broadcast_to(weight if (need == NEGLIGIBLE).any() else np.ones(1), (3, slots)),
        mode=np.broadcast_to(np.array([Mode.SHARES], np.int8), slots),
        at_least=np.broadcast_to(np.zeros(1, _ROW), slots),
        supply_start=start,
        supply_provider=seller[order],
        supply_share=share,
        flows=replace(flows, slot=slot, other_costs=bool((spent > flows.purchases * (1 + _ROUNDING)).any())),
    )


def _checked_costs(costs: Floats, purchases: Floats) -> Floats:
    hint = "what a firm spends in all is at least what it buys in the table"
    reject(costs < purchases * (1 - _ROUNDING), costs, "costs", "less than the inputs of the firm", hint)
    return np.maximum(costs, purchases)


def _merge(seller: Ints, buyer: Ints, money: Floats, firms: int) -> tuple[Rows, Rows, Floats, int, int]:
    """Flows in the order of supplier and customer, each once and none of 0; how many were added up or left out."""
    given = len(money)
    key = seller * firms + buyer
    if (money == 0).any():
        key, money = key[money > 0], money[money > 0]
    dropped = given - len(money)
    order = np.argsort(key, kind="stable")
    key, money = key[order], money[order]
    first = np.flatnonzero(np.diff(key, prepend=-1))
    merged = len(key) - len(first)
    if merged:
        key, money = key[first], np.add.reduceat(money, first)
    return (key // max(firms, 1)).astype(_ROW), (key % max(firms, 1)).astype(_ROW), money, merged, dropped


def _sums(firm: Rows, money: Floats, firms: int) -> Floats:
    return np.bincount(firm, money, firms).astype(np.float64, copy=False)


def _count(seller: Ints, buyer: Ints, columns: Mapping[str, Sized | None]) -> int:
    """How many firms there are: as many as the columns of firms have rows, else as the highest number says."""
    lengths = {name: len(column) for name, column in columns.items() if column is not None}
    if len(set(lengths.values())) > 1:
        raise UsageError("one row per firm, but " + ", ".join(f"{name} has {n}" for name, n in lengths.items()))
    if lengths:
        return next(iter(lengths.values()))
    most = _FIRMS + _FIRMS_PER_FLOW * len(seller)
    for name, column in (("supplier", seller), ("customer", buyer)):
        hint = "number the firms from 0 without gaps, or give sector= with a row for each"
        reject(column >= most, column, name, f"a firm number beyond any that {len(seller)} flows need", hint)
    return int(max(seller.max(initial=-1), buyer.max(initial=-1))) + 1


def _check_flows(seller: Ints, buyer: Ints, firms: int, self_flows: bool) -> None:
    for name, column in (("supplier", seller), ("customer", buyer)):
        reject(column >= firms, column, name, "no firm", f"the columns of firms have {firms} rows")
    if not self_flows:
        hint = "leave the row out, or say self_flows=True"
        reject(seller == buyer, seller, "supplier", "its own customer", hint)


def _essentiality(sector: Rows, given: npt.ArrayLike | None) -> npt.NDArray[np.int8]:
    sectors = int(sector.max(initial=0)) + 1
    if given is None:
        hint = "number the sectors from 0 without gaps, or give essentiality="
        reject(sector >= _SECTORS, sector, "sector", f"beyond the {_SECTORS:,} sectors that need no essentiality", hint)
        return np.full((sectors, sectors), NON_ESSENTIAL, np.int8)
    try:
        matrix = np.asarray(given)
    except ValueError:
        raise UsageError("essentiality must be (m, m) for m sectors; its rows are of different lengths") from None
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise UsageError(f"essentiality must be (m, m) for m sectors, not {matrix.shape}")
    hint = f"essentiality knows the sectors 0..{len(matrix) - 1}"
    reject(sector >= len(matrix), sector, "sector", "no sector", hint)
    if matrix.dtype == bool:
        raise UsageError("essentiality must be 0, 1 or 2, not True or False: True could mean essential (2) or not (1)")
    if not np.isin(matrix, (NEGLIGIBLE, NON_ESSENTIAL, ESSENTIAL)).all():
        raise InvalidData([Problem("essentiality", None, "has other values than 0, 1 and 2", "2 is essential, 0 negligible")])
    return matrix.astype(np.int8)
