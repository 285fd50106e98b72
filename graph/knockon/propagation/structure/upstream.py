"""The part of a network that one node depends on; the rest of the network cannot affect it."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from knockon.network.name_arrays import OfRows
from knockon.network.network import NONE, Bools, Ints, Network
from knockon.propagation.reach import reach
from knockon.propagation.ways_to import fewest_links


class Upstream(NamedTuple):
    """A node with everything that it depends on, as a network of its own.

    ``target`` is the row of the node in ``network``, ``distance`` (one number
    a node of it) how many links lie between each node and the target at least; -1 where its failure has no effect on it.
    """

    network: Network
    target: int
    distance: Ints


def upstream(network: Network, node: int) -> Upstream:
    """Return what a node depends on, directly or indirectly; nodes keep their order, and no loss there changes.

    >>> from knockon.model import Dependency
    >>> from knockon.network.compile import compile_network
    >>> chain = [Dependency(id=f"urn:x:d{i}", dependant=f"urn:x:{i + 1}", need=f"urn:x:{i}") for i in range(3)]
    >>> part = upstream(compile_network(chain).network, 2)
    >>> part.network.nodes, part.target, part.distance.tolist()
    (('urn:x:0', 'urn:x:1', 'urn:x:2'), 2, [2, 1, 0])
    """
    step, visible_step = _distances(network, node)
    reached = _with_alternatives(network, step != NONE)
    # An entity that is needed without its provisions is a visible node all the same, which then has no slots.
    present = reached.copy()
    present[network.hidden_entity[np.flatnonzero(reached[network.entities :])]] = True
    # So is one that is the provider of supplies without effect: it is in the network of the target, and does not affect it.
    present[: network.entities] |= visible_step != NONE
    part, row = part_of(network, reached, present)
    return Upstream(part, int(row[node]), visible_step[present[: network.entities]])


def part_of(network: Network, owners: Bools, present: Bools) -> tuple[Network, Ints]:
    """Return some nodes of a network with the slots of some of them, and the new row of each node; -1: it is left out.

    Parameters
    ----------
    network
        The network, of n nodes.
    owners
        Whether the slots of a node are kept, (n,).
    present
        Whether a node is kept, (n,): these and all that they need, and the entities of hidden ones.
    """
    kept, hidden = np.flatnonzero(present[: network.entities]), np.flatnonzero(present[network.entities :])
    row = np.full(network.size, NONE)
    row[kept] = np.arange(kept.size)
    row[network.entities + hidden] = kept.size + np.arange(hidden.size)
    slots = np.flatnonzero(owners[network.slot_owner])
    supplies = np.flatnonzero(owners[network.slot_owner[network.supply_slot]])
    slot_row = np.full(network.slots + 1, NONE)
    slot_row[slots] = np.arange(slots.size)
    need = network.slot_need[slots]
    counts = np.diff(network.supply_start)[slots]
    few = isinstance(network.nodes, tuple)
    part = replace(
        network,
        nodes=tuple(network.nodes[node] for node in kept.tolist()) if few else OfRows(network.nodes, kept),
        slot_owner=row[network.slot_owner[slots]],
        slot_need=np.where(need == NONE, NONE, row[need]),
        weights=network.weights[:, slots],
        mode=network.mode[slots],
        at_least=network.at_least[slots],
        supply_start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        supply_provider=row[network.supply_provider[supplies]],
        supply_share=network.supply_share[supplies],
        slot_records=OfRows(network.slot_records, slots) if network.slot_records else (),
        supply_records=OfRows(network.supply_records, supplies) if network.supply_records else (),
        unknown=network.unknown[slots],
        disputed=network.disputed[slots],
        unstated=network.unstated[supplies],
        buffer=network.buffer[slots],
        delay=network.delay[supplies],
        flows=None,
        hidden_entity=row[network.hidden_entity[hidden]],
        hidden_slot=slot_row[network.hidden_slot[hidden]],
        hit_with=_first_of(network.hit_with[slots]) if len(network.hit_with) else network.hit_with,
        substitutes=None if network.substitutes is None else network.substitutes.renumbered(slot_row[:-1], row),
    )
    return part, row


def _distances(network: Network, node: int) -> tuple[Ints, Ints]:
    """Return the fewest links from each node to one, of all nodes and of entities; -1 where there is no way."""
    if network.size > network.entities:
        result = reach(network, [node], upstream=True)
        return result.all_nodes.step[0], result.step[0]
    links = fewest_links(network.edges, np.broadcast_to(np.zeros(1, bool), len(network.edges.source)), node)
    return links, links


def _with_alternatives(network: Network, reached: Bools) -> Bools:
    """Return which nodes are reached also through alternatives with a switching time, of any node that is reached."""
    substitutes = network.substitutes
    while substitutes is not None:
        used = substitutes.provider[reached[network.slot_owner[substitutes.slot]]]
        new = np.unique(used[~reached[used]])
        if not new.size:
            break
        further = reach(network, (np.isin(np.arange(network.entities), new)[None, :] * 1.0), upstream=True)
        reached = reached | (further.all_nodes.step[0] != NONE)
    return reached


def _first_of(group: Ints) -> Ints:
    """Return the place of the first member of the group of each row."""
    return np.unique(group, return_index=True, return_inverse=True)[1][np.unique(group, return_inverse=True)[1]]
