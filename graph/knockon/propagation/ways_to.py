"""The best ways from all nodes of a network to one of them: by the product of factors, and by the number of links.

Both go back from that node, all nodes of a round at once.
"""

from __future__ import annotations

import numpy as np

from knockon.network.arrays import NONE, Bools, Floats, Ints, distinct
from knockon.network.edges import Edges
from knockon.propagation.combinations import concatenated_ranges

#: Fewer than one of so many nodes are sorted; among more they are marked.
_FEW = 64


def greatest_products(edges: Edges, factors: Floats, node: int) -> Floats:
    """Return for each node the greatest product of factors on a way to a node, multiplied from that node backwards.

    No factor is above 1, so that a loop gains nothing and the rounds end.

    Parameters
    ----------
    edges
        The edges of the network.
    factors
        (edges,), in 0..1.
    node
        The node to which the ways lead.

    Returns
    -------
    Floats
        (nodes,): 1 for the node itself, 0 where there is no way.

    Examples
    --------
    Two ways from node 0 to node 2, one by node 1:

    >>> edges = Edges.of(3, *(np.array(rows, int) for rows in ([1, 2, 2], [0, 1, 0], [], [])))
    >>> greatest_products(edges, np.array([0.9, 0.5, 0.4]), 2).tolist()
    [0.45, 0.5, 1.0]
    """
    best = np.zeros(len(edges.into_start) - 1)
    best[node] = 1.0
    changed = np.array([node])
    while changed.size:
        into = _into(edges, changed)
        values, sources = best[edges.owner[into]] * factors[into], edges.source[into]
        better = values > best[sources]
        np.maximum.at(best, sources[better], values[better])
        changed = distinct(sources[better])
    return best


def fewest_links(edges: Edges, free: Bools, node: int) -> Ints:
    """Return for each node the fewest links on a way to a node.

    Parameters
    ----------
    edges
        The edges of the network.
    free
        (edges,): those that do not count as links.
    node
        The node to which the ways lead.

    Returns
    -------
    Ints
        (nodes,): 0 for the node itself, -1 where there is no way.

    Examples
    --------
    >>> edges = Edges.of(4, *(np.array(rows, int) for rows in ([1, 2, 2], [0, 1, 0], [], [])))
    >>> fewest_links(edges, np.array([False, False, False]), 2).tolist()
    [1, 1, 0, -1]
    >>> fewest_links(edges, np.array([True, True, False]), 2).tolist()
    [0, 0, 0, -1]
    """
    links = np.full(len(edges.into_start) - 1, NONE, np.int64)
    links[node] = steps = 0
    frontier, without_links = np.array([node]), bool(free.any())
    while frontier.size:
        # What leads here without a link is as near, and so is what leads there.
        near, added = [frontier], frontier
        while added.size and without_links:
            into = _into(edges, added)
            added = _unreached(links, edges.source[into[free[into]]])
            links[added] = steps
            near.append(added)
        steps += 1
        frontier = _unreached(links, edges.source[_into(edges, np.concatenate(near))])
        links[frontier] = steps
    return links


def _into(edges: Edges, nodes: Ints) -> Ints:
    """Return the edges into some nodes."""
    return edges.into[concatenated_ranges(edges.into_start[nodes], edges.into_start[nodes + 1])]


def _unreached(links: Ints, nodes: Ints) -> Ints:
    """Return those of some nodes that no way was found from, each once, ascending."""
    new = nodes[links[nodes] == NONE]
    if len(new) * _FEW < len(links):
        return distinct(new)
    found = np.zeros(len(links), bool)
    found[new] = True
    return np.flatnonzero(found)


__all__ = ["fewest_links", "greatest_products"]
