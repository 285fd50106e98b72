"""Breadth-first search over the edges of a network."""

# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

import numpy as np

from knockon.propagation.kernels.compiler import compiled

NONE = -1


@compiled
def search(first, start, edge, far, slot, step, by_edge, short):
    """Steps from the nodes of ``first``, which have step 0, and the edge that first leads to each: of several, the lowest.

    The edges out of node i are ``edge[start[i]:start[i + 1]]``; in the same
    places stand the nodes they lead to and the slots they belong to. ``step`` and ``by_edge`` (nodes)
    hold -1 where nothing has been reached, ``short`` (slots) becomes 1 where a
    source is. What one call has reached, another may go on from.
    """
    frontier = np.empty(len(step), np.int64)
    frontier[: len(first)] = first
    done = 0
    reached = len(first)
    while done < reached:
        i = frontier[done]
        done += 1
        depth = step[i] + 1
        for k in range(start[i], start[i + 1]):
            short[slot[k]] = 1
            j = far[k]
            if step[j] == NONE:
                step[j] = depth
                by_edge[j] = edge[k]
                frontier[reached] = j
                reached += 1
            elif step[j] == depth and edge[k] < by_edge[j]:
                by_edge[j] = edge[k]
