"""Describe a network in numbers: its size, its combinations, and how much of it is known."""

from __future__ import annotations

from typing import Any

import numpy as np

from knockon.network.arrays import Mode, Rows
from knockon.network.flows import ESSENTIAL, Flows
from knockon.network.network_arrays import NetworkArrays


def describe(network: NetworkArrays) -> dict[str, Any]:
    """Return counts and shares of a network, and the hash that identifies it.

    Parameters
    ----------
    network
        The network.

    Returns
    -------
    dict
        ``kind`` (graph or flows); numbers of ``nodes``, ``slots``, ``supplies``, of slots in each of ``combinations``, of
        ``nodes_without_needs``; ``supplies_per_slot`` (mean and greatest; None without slots); ``largest_circle``, the nodes
        of the largest set in which each depends on each other; ``unknown_share``, the share (0..1) of slots without a stated
        criticality or with unstated shares; numbers of slots that are ``disputed``, ``split`` (several suppliers state no
        share), ``with_buffer``, of supplies ``with_delay``; ``hidden_nodes``, what entities are without their provisions, their
        parts, and records that disagree, which are nodes in no other count; ``hash`` and ``origin``. For flows also counts of
        ``flows``, ``flows_added_up``, ``flows_of_zero_left_out``, ``sectors``, ``firms_without_suppliers`` and
        ``firms_without_customers``, ``total_value`` and ``final_demand`` in the unit of the flows, and
        ``essential_share_of_flows`` (0..1).

    Examples
    --------
    >>> from knockon.network import Network
    >>> description = Network.from_flows([0, 1, 2], [1, 2, 0], [2.0, 1.0, 1.0]).describe()
    >>> description["kind"], description["nodes"], description["flows"], description["largest_circle"]
    ('flows', 3, 3, 3)
    """
    # Slots that only join hidden nodes state nothing that a record does not, and records that disagree are about one slot.
    first = network.hit_with == np.arange(network.slots) if len(network.hit_with) else np.ones(network.slots, bool)
    own = first & ~network.inner_slots
    modes, counts = np.unique(network.mode[own], return_counts=True)
    width = np.diff(network.supply_start)[own]
    description: dict[str, Any] = {
        "kind": "flows" if network.flows is not None else "graph",
        "nodes": network.entities,
        "slots": int(own.sum()),
        "supplies": int((~network.inner_slots[network.supply_slot]).sum()),
        "combinations": {Mode(mode).name.lower(): int(n) for mode, n in zip(modes, counts, strict=True)},
        "nodes_without_needs": int(network.entities - len(np.unique(network.entity[_needy_nodes(network)]))),
        "supplies_per_slot": {"mean": float(width.mean()), "greatest": int(width.max())} if len(width) else None,
        "largest_circle": _largest_cycle(network),
        "unknown_share": network.unknown_share,
        "disputed": int(network.disputed[own].sum()),
        "split": int(network.split.sum()),
        "with_buffer": int((network.buffer[own] > 0).sum()),
        "with_delay": int((network.delay > 0).sum()),
        "hidden_nodes": network.size - network.entities,
    }
    if network.flows is not None:
        description |= _flows(network.flows)
    return {**description, "hash": network.hash, "origin": network.origin}


def _needy_nodes(network: NetworkArrays) -> Rows:
    """Return the owners of slots, without the hidden nodes that never fail."""
    return network.slot_owner[~network.idle[network.slot_owner]]


def _flows(flows: Flows) -> dict[str, Any]:
    """Return the counts and sums of a network of flows."""
    need = flows.essentiality[flows.sector[flows.supplier], flows.sector[flows.customer]]
    return {
        "flows": len(flows.value),
        "flows_added_up": flows.merged,
        "flows_of_zero_left_out": flows.dropped,
        "total_value": float(flows.value.sum()),
        "final_demand": float(flows.final_demand.sum()),
        "sectors": int(flows.sectors),
        "essential_share_of_flows": float((need == ESSENTIAL).mean()) if len(need) else 0.0,
        "firms_without_suppliers": int((flows.purchases == 0).sum()),
        "firms_without_customers": int((flows.sales == 0).sum()),
    }


def _largest_cycle(network: NetworkArrays) -> int:
    """Return the number of nodes of the largest strongly connected component; 1 without cycles."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    if not network.size:
        return 0
    edges = network.edges
    ends = csr_array((np.ones(len(edges.out), np.int8), edges.ways_out[:, 1], edges.out_start), (network.size,) * 2)
    _, part = connected_components(ends, directed=True, connection="strong")
    # Hidden nodes count as the entity that they stand for.
    return int(np.bincount(np.unique(np.column_stack([part, network.entity]), axis=0)[:, 0]).max())
