"""How much a target can lose at most where a node fails, alone or with others: a bound that needs no run of a model."""

from __future__ import annotations

import numpy as np

from knockon.network.arrays import distinct
from knockon.network.network import NONE, Floats, Mode, Network
from knockon.propagation.combinations import concatenated_ranges
from knockon.propagation.ways_to import greatest_products


def greatest_alone(network: Network, target: int) -> Floats:
    """Return the greatest loss (0..1) of the target that the failure of each entity alone can cause, (entities,).

    It is the greatest product of criticalities on a path to the target. No combination loses more than its most harmed
    supplier, weighted sums of shares included, so that these products meet the equations of leontief as an upper bound.

    Examples
    --------
    Two firms supply a half each of what the third needs; each alone costs it a half, and at most all:

    >>> greatest_alone(Network.from_flows([0, 1], [2, 2], [1.0, 1.0]), 2).tolist()
    [1.0, 1.0, 1.0]
    """
    edges = network.edges
    return of_entities(network, greatest_products(edges, network.weights[1][edges.slot], target))


def greatest_losses(network: Network, target: int, least: float = 0.0) -> Floats:
    """Return the greatest loss (0..1) of the target that a loss of each node can cause, (n,); 0 where it is below ``least``.

    Along the strongest path to the target the criticalities multiply, from the
    target back to the first slot of shares: the loss that arrives there is a
    sum, and may be great while that of the node is small.

    Nothing on the way to the target is below what is behind it, so that what is below ``least`` need not be followed.
    """
    edges = network.edges
    weight = network.weights[1][edges.slot]
    shared = (edges.supply != NONE) & (network.mode[edges.slot] == Mode.SHARES)
    scaled, summed = np.zeros(network.size), np.zeros(network.size)
    scaled[target] = 1.0
    risen = np.array([target])
    while risen.size:
        # Only what a node depends on whose own number has risen may rise.
        edge = edges.into[concatenated_ranges(edges.into_start[risen], edges.into_start[risen + 1])]
        owner, source = edges.owner[edge], edges.source[edge]
        product = weight[edge] * scaled[owner]
        through_sum = np.maximum(summed[owner], np.where(shared[edge], product, 0.0))
        alone = np.where(shared[edge], 0.0, product)
        further = (alone > scaled[source]) & (alone >= least)
        summed_further = (through_sum > summed[source]) & (through_sum >= least)
        np.maximum.at(scaled, source[further], alone[further])
        np.maximum.at(summed, source[summed_further], through_sum[summed_further])
        risen = distinct(source[further | summed_further].astype(np.int64))
    return np.maximum(scaled, summed)


def of_entities(network: Network, losses: Floats) -> Floats:
    """Return for each entity the greatest number of the nodes that a loss of it hits, (entities,)."""
    greatest = losses[: network.entities].copy()
    with_twin = np.flatnonzero(network.twin != NONE)
    greatest[with_twin] = np.maximum(greatest[with_twin], losses[network.twin[with_twin]])
    return greatest


__all__ = ["greatest_alone", "greatest_losses", "of_entities"]
