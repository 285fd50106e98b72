"""Breadth-first traversal: the number of links from the start to everything that can be reached.

One function for each form of graph: :func:`steps_from` for neighbours by
name or number, :func:`search` for the edges of a network (its compiled twin is
:func:`knockon.propagation.kernels.search.search`), and :func:`first_arrivals`
for a bare list of edges whose order decides between equally near ones.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from knockon.network.arrays import NONE, Bools, Ints, Rows, distinct
from knockon.propagation.combinations import concatenated_ranges

Node = TypeVar("Node", bound=Hashable)


def steps_from(
    first: Iterable[Node],
    neighbours: Callable[[Node], Iterable[Node]],
    *,
    depth: int | None = None,
    within: Collection[Node] | None = None,
) -> dict[Node, int]:
    """Return the number of steps to each node that is reached, in breadth-first order.

    Parameters
    ----------
    first
        The nodes at step 0.
    neighbours
        A function from a node to the nodes one step further.
    depth
        The most steps; None: no limit.
    within
        The only nodes to visit; None: all.

    Examples
    --------
    >>> links = {"a": "bc", "b": "d", "c": "d", "d": "a"}
    >>> steps_from("a", links.__getitem__)
    {'a': 0, 'b': 1, 'c': 1, 'd': 2}
    >>> steps_from("a", links.__getitem__, depth=1, within={"c", "d"})
    {'a': 0, 'c': 1}
    """
    steps = dict.fromkeys(first, 0)
    queue = deque(steps)
    while queue:
        node = queue.popleft()
        if steps[node] == depth:
            break
        for neighbour in neighbours(node):
            if neighbour not in steps and (within is None or neighbour in within):
                steps[neighbour] = steps[node] + 1
                queue.append(neighbour)
    return steps


def search(frontier: Ints, start: Ints, ways: Rows, step: Ints, by_edge: Ints, short: npt.NDArray[Any]) -> None:
    """Search from nodes that all have the same step, and fill in the step of every node reached and the edge to it.

    Of several edges that reach a node in the same step the lowest counts.

    Parameters
    ----------
    frontier
        The nodes to start from.
    start, ways
        The edges out of node i are ``ways[start[i]:start[i + 1]]``: each edge, the node it leads to and the slot it belongs
        to, as ``Edges.ways_out`` and, for the way back, ``Edges.ways_in`` hold them.
    step, by_edge
        (nodes,), -1 where nothing has been reached; filled in.
    short
        (slots,), becomes 1 where an edge of the slot is followed.

    Examples
    --------
    A chain of three nodes; the edges 0 and 1 belong to the slots 0 and 1:

    >>> step, by_edge, short = np.array([0, -1, -1]), np.full(3, -1), np.zeros(2)
    >>> search(np.array([0]), np.array([0, 1, 2, 2]), np.array([[0, 1, 0], [1, 2, 1]]), step, by_edge, short)
    >>> step.tolist(), by_edge.tolist(), short.tolist()
    ([0, 1, 2], [-1, 0, 1], [1.0, 1.0])
    """
    while frontier.size:
        frontier = next_nodes(frontier, start, ways, step, by_edge, short)


def next_nodes(
    frontier: Ints, start: Ints, ways: Rows, step: Ints, by_edge: Ints, short: npt.NDArray[Any], cost: int = 1
) -> Ints:
    """Follow the edges out of nodes once, as :func:`search` does, each ``cost`` steps long, and return the nodes reached."""
    depth = step[frontier[0]] + cost if frontier.size else 0
    links = ways[concatenated_ranges(start[frontier], start[frontier + 1])]
    short[links[:, 2]] = 1
    edge, node, _ = links[step[links[:, 1]] == NONE].T
    # The step of a node that is not reached holds the lowest edge that leads to it, until that is known.
    step[node] = np.iinfo(np.int64).max
    np.minimum.at(step, node, edge)
    first = step[node] == edge
    reached: Ints = node[first].astype(np.int64)
    step[reached], by_edge[reached] = depth, edge[first]
    return reached


def first_arrivals(step: Ints, source: Ints, target: Ints, free: Bools | None = None) -> Ints:
    """Follow edges from nodes with a known ``step``, fill in the steps of the nodes reached, and return the edge to each.

    The nearest source counts, and of equally near ones the edge that comes first.

    Parameters
    ----------
    step
        (nodes,), -1 where nothing has been reached; filled in.
    source, target
        The nodes at both ends of each edge; a source of -1 stands for the shock, at step 0.
    free
        Whether each edge is no step; by default none is.

    Examples
    --------
    >>> step = np.array([0, -1, -1, -1])
    >>> first_arrivals(step, np.array([2, 0, 1, -1]), np.array([3, 2, 3, 1])).tolist(), step.tolist()
    ([3, 1, 0], [0, 1, 1, 2])
    """
    order = np.argsort(source, kind="stable")
    start = np.searchsorted(source[order], np.arange(len(step) + 1))
    # The edges to follow, by the step at which they arrive: each edge is looked at once, when its source is reached.
    waiting: dict[int, list[Ints]] = {}

    def follow(edges: Ints) -> None:
        edges = edges[step[target[edges]] == NONE]
        behind = np.where(source[edges] == NONE, 0, step[source[edges]])
        arrival = behind + 1 if free is None else behind + ~free[edges]
        for steps in distinct(arrival).tolist():
            waiting.setdefault(steps, []).append(edges[arrival == steps])

    def ways_out(nodes: Ints) -> Ints:
        return order[concatenated_ranges(start[nodes], start[nodes + 1])]

    follow(order[: start[0]])
    follow(ways_out(np.flatnonzero(step != NONE)))
    arrivals = [np.zeros(0, np.int64)]
    while waiting:
        nearest = min(waiting)
        candidates = np.sort(np.concatenate(waiting.pop(nearest)))
        candidates = candidates[step[target[candidates]] == NONE]
        first = candidates[np.unique(target[candidates], return_index=True)[1]]
        step[target[first]] = nearest
        arrivals.append(first)
        follow(ways_out(target[first]))
    return np.concatenate(arrivals)


def on_cycles(source: Ints) -> Ints:
    """Return the nodes on cycles of sources, ascending; ``source`` (n,) is the source of each node, -1 where there is none.

    After as many steps back as there are nodes only those on cycles have not come to an end; steps are doubled.

    >>> on_cycles(np.array([1, 0, 0, -1])).tolist()
    [0, 1]
    """
    end = len(source)
    ahead = np.append(np.where(source == NONE, end, source), end)
    for _ in range(end.bit_length()):
        ahead = ahead[ahead]
    return np.setdiff1d(ahead, [end])


__all__ = ["first_arrivals", "next_nodes", "on_cycles", "search", "steps_from"]
