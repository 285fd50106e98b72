"""Check the arrays of a network that comes from outside.

Compiled code does not check row numbers: it would read behind the end of an
array. Other code does, and would fail far from the cause.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.network.arrays import NONE, Mode, distinct
from knockon.network.flows import ESSENTIAL, NEGLIGIBLE, Flows
from knockon.network.name_arrays import NumberedNames, PackedGroups, PackedNames
from knockon.network.network_arrays import NetworkArrays
from knockon.network.substitutes import Substitutes

Array = npt.NDArray[Any]


def is_valid(network: NetworkArrays) -> bool:
    """Return whether all arrays have the right length and type, all row numbers exist, and all numbers are in range.

    >>> from dataclasses import replace
    >>> from knockon.network import Network
    >>> network = Network.from_flows([0], [1], [1.0])
    >>> is_valid(network), is_valid(replace(network, supply_provider=network.supply_provider + 2))
    (True, False)
    """
    return (
        _valid_names(network.nodes)
        and _valid_records(network.slot_records, network.slots)
        and _valid_records(network.supply_records, network.supplies)
        and _valid_slots(network)
        and _valid_supplies(network)
        and _valid_hidden(network)
        and (network.flows is None or _valid_flows(network.flows, network.size, network.slots))
        and (network.substitutes is None or _valid_substitutes(network.substitutes, network.size, network.slots))
    )


def _valid_names(names: Sequence[str]) -> bool:
    """Return whether names can be unpacked."""
    if isinstance(names, NumberedNames):
        return len(names) <= np.iinfo(np.int32).max
    if not isinstance(names, PackedNames):
        return True
    if names.text.dtype != np.uint8 or names.text.ndim != 1 or not _valid_ends(names.ends, len(names.text)):
        return False
    # Invalid UTF-8, or an end within a character, would fail only when the name is asked for.
    text = bytes(names.text)
    text.decode()
    starts = names.ends[names.ends < len(text)]
    return not bool(((np.asarray(names.text)[starts] & 0xC0) == 0x80).any())


def _valid_records(groups: Sequence[tuple[str, ...]], rows: int) -> bool:
    """Return whether there are records for every row, or for none."""
    packed = not isinstance(groups, PackedGroups) or (
        _valid_names(groups.names) and _valid_ends(groups.ends, len(groups.names))
    )
    return packed and len(groups) in (0, rows)


def _valid_slots(network: NetworkArrays) -> bool:
    n, m = network.size, network.slots
    return (
        _in_range(network.slot_owner, 0, n, m)
        and bool((np.diff(network.slot_owner) >= 0).all())
        and _in_range(network.slot_need, NONE, n, m)
        and _valid_starts(network.supply_start, m, network.supplies)
        and _in_range(network.mode, 0, len(Mode), m)
        and _in_range(network.at_least, 0, np.iinfo(np.int64).max, m)
        and bool((network.at_least <= np.diff(network.supply_start)).all())
        and network.weights.shape == (3, m)
        and _valid_amounts(network.weights.ravel() if m else network.weights[0], 3 * m, 1.0)
        and all(len(flag) == m and flag.dtype == bool for flag in (network.unknown, network.disputed))
        and _valid_amounts(network.buffer, m)
    )


def _valid_supplies(network: NetworkArrays) -> bool:
    count = network.supplies
    return (
        _in_range(network.supply_provider, 0, network.size, count)
        and _valid_amounts(network.supply_share, count)
        and len(network.unstated) == count
        and network.unstated.dtype == bool
        and _valid_amounts(network.delay, count)
    )


def _valid_hidden(network: NetworkArrays) -> bool:
    """Return whether hidden nodes stand for visible ones, and those that are parts own the slot that they are a part by."""
    count = len(network.hidden_entity)
    if not (
        _in_range(network.hidden_entity, 0, network.entities, count)
        and _in_range(network.hidden_slot, NONE, network.slots, count)
        and _in_range(network.hit_with, 0, network.slots, len(network.hit_with))
        and len(network.hit_with) in (0, network.slots)
    ):
        return False
    parts = network.hidden_slot != NONE
    twins = network.hidden_entity[~parts]
    owners = network.slot_owner[network.hidden_slot[parts]]
    return len(distinct(twins)) == len(twins) and bool((owners == network.entities + np.flatnonzero(parts)).all())


def _valid_flows(flows: Flows, n: int, slots: int) -> bool:
    links = len(flows.customer)
    return (
        all(_valid_amounts(array, n) for array in (flows.sales, flows.purchases, flows.final_demand))
        and _valid_starts(flows.start, n, links)
        and _in_range(flows.customer, 0, n, links)
        and _in_range(flows.slot, 0, slots, links)
        and _valid_amounts(flows.value, links)
        and flows.essentiality.ndim == 2
        and flows.essentiality.shape == (flows.sectors, flows.sectors)
        and _in_range(flows.essentiality.ravel(), NEGLIGIBLE, ESSENTIAL + 1, flows.sectors**2)
        and _in_range(flows.sector, 0, flows.sectors, n)
        and all(type(count) is int and count >= 0 for count in (flows.merged, flows.dropped))
        and isinstance(flows.other_costs, bool)
    )


def _valid_substitutes(substitutes: Substitutes, n: int, slots: int) -> bool:
    count = len(substitutes)
    return (
        count > 0
        and _in_range(substitutes.slot, 0, slots, count)
        and bool((np.diff(substitutes.slot) >= 0).all())
        and _in_range(substitutes.provider, 0, n, count)
        and _valid_amounts(substitutes.days, count)
    )


def _in_range(rows: Array, low: int, high: int, count: int) -> bool:
    """Return whether there are ``count`` whole numbers, each at least ``low`` and below ``high``."""
    if rows.shape != (count,) or rows.dtype.kind != "i":
        return False
    return not count or bool(rows.min() >= low and rows.max() < high)


def _valid_amounts(numbers: Array, count: int, most: float = np.inf) -> bool:
    """Return whether all numbers are finite, 0 or more and at most ``most``; NaN fails every comparison."""
    if numbers.shape != (count,) or numbers.dtype != np.float64:
        return False
    return not count or bool(numbers.min() >= 0 and numbers.max() <= most and np.isfinite(numbers.max()))


def _valid_starts(starts: Array, count: int, end: int) -> bool:
    """Return whether starts ascend from 0 to ``end``, one for each of ``count`` rows and one more."""
    if starts.shape != (count + 1,) or starts.dtype.kind != "i":
        return False
    return bool(starts[0] == 0 and starts[-1] == end and (np.diff(starts) >= 0).all())


def _valid_ends(ends: Array, end: int) -> bool:
    """Return whether ends ascend to ``end``."""
    if ends.ndim != 1 or ends.dtype.kind != "i":
        return False
    if not len(ends):
        return end == 0
    return bool(ends[0] >= 0 and ends[-1] == end and (np.diff(ends) >= 0).all())
