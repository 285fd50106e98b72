"""Results of networks with hidden nodes: numbers of the entities alone, and the way back through the hidden nodes.

A hidden node is what an entity is without its provisions, one of the parts that
add up to it, or one of several records that disagree. An edge from a hidden
node to a node of the same entity is no step: the binding of the entity is then
that of the hidden node behind it. An entity without its provisions has a
binding of its own, which may differ from that of the entity.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypedDict

import numpy as np

from knockon.network.network import NONE, Floats, Ints, Network


class AllNodes(NamedTuple):
    """Losses, steps and bindings of all nodes, hidden ones included, (k, n) each: what a walk back to the shock follows.

    A ``source`` may be the hidden node of an entity without its provisions, and is then no other hidden node.
    """

    loss: Floats
    low: Floats
    high: Floats
    step: Ints
    slot: Ints
    supply: Ints
    source: Ints


class ByNode(TypedDict):
    """The arrays of a result that have a number for each entity, (k, entities)."""

    loss: Floats
    low: Floats
    high: Floats
    step: Ints
    slot: Ints
    supply: Ints
    source: Ints
    hidden: AllNodes | None


def by_entity(
    network: Network,
    losses: tuple[Floats, Floats, Floats],
    bindings: tuple[Ints, Ints, Ints, Ints],
    *,
    upstream: bool = False,
) -> ByNode:
    """Return the numbers of the visible nodes, and those of all where the network has hidden ones.

    Parameters
    ----------
    network
        The network, of n nodes.
    losses
        Low ends, points and high ends of the losses, (k, n) each.
    bindings
        Steps, slots, supplies and sources of all nodes, (k, n) each, as the equations give them.
    upstream
        Whether sources are dependants. An entity is then reached where it is reached without its provisions, too.

    Examples
    --------
    >>> from knockon.network import Network
    >>> chain = Network.from_flows([0], [1], [1.0])
    >>> loss, none = np.ones((1, 2)), np.full((1, 2), -1)
    >>> by_entity(chain, (loss, loss, loss), (none, none, none, none))["hidden"] is None
    True
    """
    low, loss, high = losses
    step, slot, supply, source = bindings
    if network.size == network.entities:
        return ByNode(loss=loss, low=low, high=high, step=step, slot=slot, supply=supply, source=source, hidden=None)
    if not upstream:
        slot, supply, source = join_inner_edges(network, slot, supply, source)
    everything = AllNodes(loss, low, high, step, slot, supply, source)
    seen = slice(network.entities)
    shown = AllNodes(loss[:, seen], low[:, seen], high[:, seen], step[:, seen], slot[:, seen], supply[:, seen], source[:, seen])
    if upstream:
        shown = _with_twins(network, everything, shown)
    return ByNode(
        loss=shown.loss,
        low=shown.low,
        high=shown.high,
        step=shown.step,
        slot=shown.slot,
        supply=shown.supply,
        source=visible_nodes(network, shown.source),
        hidden=everything,
    )


def join_inner_edges(network: Network, slot: Ints, supply: Ints, source: Ints) -> tuple[Ints, Ints, Ints]:
    """Return bindings, (k, n) each, in which no source is a hidden node of the same entity."""
    slot, supply, source = slot.copy(), supply.copy(), source.copy()
    while True:
        inner = (source >= network.entities) & (network.entity[source] == network.entity[None, :])
        row, node = np.nonzero(inner)
        if not row.size:
            return slot, supply, source
        behind = source[row, node]
        slot[row, node], supply[row, node], source[row, node] = (part[row, behind] for part in (slot, supply, source))


def _with_twins(network: Network, everything: AllNodes, shown: AllNodes) -> AllNodes:
    """Return the numbers of the entities, those of themselves without their provisions where that is nearer."""
    entity = np.flatnonzero(network.twin != NONE)
    twin = network.twin[entity]
    step = everything.step
    nearer = (step[:, twin] != NONE) & ((step[:, entity] == NONE) | (step[:, twin] < step[:, entity]))
    row, place = np.nonzero(nearer)

    def nearest(numbers: Any, of_all: Any) -> Any:
        numbers = numbers.copy()
        numbers[row, entity[place]] = of_all[row, twin[place]]
        return numbers

    return AllNodes(*map(nearest, shown, everything))


def visible_nodes(network: Network, nodes: Ints) -> Ints:
    """Return the visible nodes that nodes stand for; -1 stays -1.

    >>> from knockon.network import Network
    >>> visible_nodes(Network.from_flows([0], [1], [1.0]), np.array([1, -1])).tolist()
    [1, -1]
    """
    return np.asarray(np.where(nodes == NONE, NONE, network.entity[nodes]))


__all__ = ["AllNodes", "ByNode", "by_entity", "join_inner_edges", "visible_nodes"]
