"""Check that the arrays of a network that comes from outside fit together.

Compiled code does not look where a row number leads: one outside its array
would be read all the same. Everything else looks, and would fail far from here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.network.arrays import NONE, Mode
from knockon.network.flows import ESSENTIAL, NEGLIGIBLE, Flows
from knockon.network.name_arrays import Grouped, Numbered, Stored
from knockon.network.network_arrays import NetworkArrays

Array = npt.NDArray[Any]


def whole(network: NetworkArrays) -> bool:
    """Return whether all row numbers lead into their arrays, all arrays have their length, and all numbers are in range.

    >>> from dataclasses import replace
    >>> from knockon.network import Network
    >>> network = Network.from_flows([0], [1], [1.0])
    >>> whole(network), whole(replace(network, supply_provider=network.supply_provider + 2))
    (True, False)
    """
    return (
        _named(network.nodes)
        and _recorded(network.slot_records, network.slots)
        and _recorded(network.supply_records, network.supplies)
        and _slots(network)
        and _supplies(network)
        and (network.flows is None or _money(network.flows, network.size, network.slots))
    )


def _named(names: Sequence[str]) -> bool:
    if isinstance(names, Numbered):
        return len(names) <= np.iinfo(np.int32).max
    if not isinstance(names, Stored):
        return True
    if names.text.dtype != np.uint8 or names.text.ndim != 1 or not _ends(names.ends, len(names.text)):
        return False
    # Bytes that are no text would show only when the name is asked for; cuts within a letter likewise.
    text = bytes(names.text)
    text.decode()
    starts = names.ends[names.ends < len(text)]
    return not bool(((np.asarray(names.text)[starts] & 0xC0) == 0x80).any())


def _recorded(groups: Sequence[tuple[str, ...]], rows: int) -> bool:
    """Records name every row, or none."""
    packed = not isinstance(groups, Grouped) or (_named(groups.names) and _ends(groups.ends, len(groups.names)))
    return packed and len(groups) in (0, rows)


def _slots(network: NetworkArrays) -> bool:
    n, m = network.size, network.slots
    return (
        _inside(network.slot_owner, 0, n, m)
        and bool((np.diff(network.slot_owner) >= 0).all())
        and _inside(network.slot_need, NONE, n, m)
        and _starts(network.supply_start, m, network.supplies)
        and _inside(network.mode, 0, len(Mode), m)
        and _inside(network.at_least, 0, np.iinfo(np.int64).max, m)
        and bool((network.at_least <= np.diff(network.supply_start)).all())
        and network.weights.shape == (3, m)
        and _amounts(network.weights.ravel() if m else network.weights[0], 3 * m, 1.0)
        and all(len(flag) == m and flag.dtype == bool for flag in (network.unknown, network.disputed))
        and _amounts(network.buffer, m)
    )


def _supplies(network: NetworkArrays) -> bool:
    count = network.supplies
    return (
        _inside(network.supply_provider, 0, network.size, count)
        and _amounts(network.supply_share, count)
        and len(network.unstated) == count
        and network.unstated.dtype == bool
        and _amounts(network.delay, count)
    )


def _money(flows: Flows, n: int, slots: int) -> bool:
    links = len(flows.customer)
    return (
        all(_amounts(array, n) for array in (flows.sales, flows.purchases, flows.final_demand))
        and _starts(flows.start, n, links)
        and _inside(flows.customer, 0, n, links)
        and _inside(flows.slot, 0, slots, links)
        and _amounts(flows.value, links)
        and flows.essentiality.ndim == 2
        and flows.essentiality.shape == (flows.sectors, flows.sectors)
        and _inside(flows.essentiality.ravel(), NEGLIGIBLE, ESSENTIAL + 1, flows.sectors**2)
        and _inside(flows.sector, 0, flows.sectors, n)
        and all(type(count) is int and count >= 0 for count in (flows.merged, flows.dropped))
        and isinstance(flows.other_costs, bool)
    )


def _inside(rows: Array, low: int, high: int, count: int) -> bool:
    if rows.shape != (count,) or rows.dtype.kind != "i":
        return False
    return not count or bool(rows.min() >= low and rows.max() < high)


def _amounts(numbers: Array, count: int, most: float = np.inf) -> bool:
    """Finite, and 0 or more: one that is not a number fails every comparison."""
    if numbers.shape != (count,) or numbers.dtype != np.float64:
        return False
    return not count or bool(numbers.min() >= 0 and numbers.max() <= most and np.isfinite(numbers.max()))


def _starts(starts: Array, count: int, end: int) -> bool:
    if starts.shape != (count + 1,) or starts.dtype.kind != "i":
        return False
    return bool(starts[0] == 0 and starts[-1] == end and (np.diff(starts) >= 0).all())


def _ends(ends: Array, end: int) -> bool:
    if ends.ndim != 1 or ends.dtype.kind != "i":
        return False
    if not len(ends):
        return end == 0
    return bool(ends[0] >= 0 and ends[-1] == end and (np.diff(ends) >= 0).all())
