"""Breadth-first search over the edges of a network."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from knockon.propagation.kernels.compiler import compiled

NONE = -1
#: The bits of the edge below those of the step; all of them are 1 without an edge.
BITS, EDGE = 32, 0xFFFFFFFF
UNREACHED = np.iinfo(np.int64).max


@compiled
def search(first, start, ways, step, by_edge, short):
    """Compute steps from the nodes of ``first``, which have the same step, and the lowest edge that first leads to each node.

    The edges out of node i are ``ways[start[i]:start[i + 1]]``: each edge, the
    node it leads to and the slot it belongs to. ``step`` and ``by_edge`` (nodes)
    hold -1 where nothing has been reached, ``short`` (slots) becomes 1 where an
    edge is followed. Another call may go on from the nodes that this one reached.
    """
    # Step and edge as one number: the least of those that lead to a node has the fewest steps, and among these the lowest
    # edge. There is one number to read and write, and no branch to mispredict.
    best = np.empty(len(step), np.int64)
    for j in range(len(step)):
        best[j] = UNREACHED if step[j] == NONE else step[j] << BITS | by_edge[j] & EDGE
    # One place more than there are nodes: the next is written before it is known to be new.
    frontier = np.empty(len(step) + 1, np.int32)
    for k in range(len(first)):
        frontier[k] = first[k]
    done = 0
    reached = len(first)
    while done < reached:
        i = frontier[done]
        done += 1
        depth = ((best[i] >> BITS) + 1) << BITS
        for k in range(start[i], start[i + 1]):
            j = ways[k, 1]
            short[ways[k, 2]] = 1
            before = best[j]
            frontier[reached] = j
            reached += before == UNREACHED
            best[j] = min(before, depth | np.int64(ways[k, 0]))
    for k in range(reached):
        j = frontier[k]
        step[j] = best[j] >> BITS
        by_edge[j] = NONE if best[j] & EDGE == EDGE else best[j] & EDGE
