"""A few paths through a plain graph that share no node, found one after the other from the target back to its sources."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from knockon.network.arrays import NONE, Bools, Ints, distinct
from knockon.propagation.combinations import concatenated_ranges

#: How often all links may be followed, and how many links deep, before other algorithms take less.
_MOST_SEARCHES, _DEEPEST = 12, 2_000


class DisjointPaths(NamedTuple):
    """How many paths there are at most, and the least set of nodes that meets them all, the nearest to the target."""

    number: int
    cut: Ints


def disjoint_paths(start: Ints, before: Ints, first: Bools, target: int) -> DisjointPaths | None:
    """Return the most paths from some nodes to a target that share no other node, and what cuts them all.

    By the augmenting paths of Ford and Fulkerson with a capacity of 1 for each node; None where there are so many that these
    searches would take long, or where paths are long.

    Parameters
    ----------
    start, before
        The nodes with a link to node i are ``before[start[i]:start[i + 1]]``, each once, and not i itself.
    first
        Whether paths may begin at a node, (n,); not at the target.
    target
        The node where they end.

    Examples
    --------
    Nodes 0 and 1 lead to node 2, and that one leads to node 3:

    >>> paths = disjoint_paths(np.array([0, 0, 0, 2, 3]), np.array([0, 1, 2]), np.array([True, True, False, False]), 3)
    >>> paths.number, paths.cut.tolist()
    (1, [2])
    """
    size = len(first)
    # The node after each one on its path, and the node before it, which is itself where the path begins.
    after, previous = np.full(size, NONE), np.full(size, NONE)
    count, followed = 0, 0
    while followed <= _MOST_SEARCHES * len(before):
        search = _Search(start, before, first, target, after, previous)
        end = search.run()
        followed += search.followed
        if end is None:
            return None
        if end == NONE:
            return DisjointPaths(count, search.cut())
        search.change_paths(end)
        count += 1
    return None


def reaches_all(start: Ints, ahead: Ints, first: Ints, nodes: Ints) -> bool:
    """Return whether some nodes lead to all of others; false also where the way is too long to be followed here.

    Parameters
    ----------
    start, ahead
        Node i leads to the nodes ``ahead[start[i]:start[i + 1]]``.
    first, nodes
        From which nodes, and to which.

    Examples
    --------
    >>> reaches_all(np.array([0, 1, 2, 2]), np.array([1, 2]), np.array([0]), np.array([1, 2]))
    True
    """
    seen = np.zeros(len(start) - 1, bool)
    seen[first] = True
    for _ in range(_DEEPEST):
        if not first.size:
            break
        first = _new(seen, ahead[concatenated_ranges(start[first], start[first + 1])])
    return bool(seen[nodes].all())


def _new(seen: Bools, nodes: Ints) -> Ints:
    """Return the nodes that are not seen yet, each once, and mark them as seen."""
    new = nodes[~seen[nodes]]
    seen[new] = True
    place = np.empty(len(seen), np.int64) if len(new) * 8 > len(seen) else None
    if place is None:
        return distinct(new)
    place[new] = np.arange(len(new))
    once: Ints = new[place[new] == np.arange(len(new))]
    return once


class _Search:
    """A search from the target back, over what the paths leave free.

    Each node has a way in and a way out. From a way in that was reached one goes back to the ways out of the nodes before,
    and from a way out to the way in of the same node. A node that is on a path is taken: from its way out one can go
    back only to the way in of the node after it, which then gives up that link, and from its way in also to its way out,
    as it may give up the path.
    """

    def __init__(self, start: Ints, before: Ints, first: Bools, target: int, after: Ints, previous: Ints) -> None:
        self._start, self._before, self._first, self._target = start, before, first, target
        self._after, self._previous = after, previous
        # From where each way in and each way out was reached: the number of a node, whose way out or way in it was.
        self._in_from, self._out_from = np.full(len(first), NONE), np.full(len(first), NONE)
        self.followed = 0

    def run(self) -> int | None:
        """Return a node where a further path can begin; -1: there is none; None: that is too far to see."""
        ways_in = np.array([self._target])
        self._in_from[self._target] = self._target
        for _ in range(_DEEPEST):
            if not ways_in.size:
                return NONE
            free = ways_in[self._first[ways_in] & (self._previous[ways_in] != ways_in)]
            if free.size:
                return int(free[0])
            ways_in = self._ways_in(self._ways_out(ways_in))
        return None

    def _ways_out(self, ways_in: Ints) -> Ints:
        """Return the ways out that are reached first from some ways in."""
        start, stop = self._start[ways_in], self._start[ways_in + 1]
        nodes, behind = self._before[concatenated_ranges(start, stop)], np.repeat(ways_in, stop - start)
        self.followed += len(nodes)
        on_path = ways_in[self._previous[ways_in] != NONE]
        unused = self._after[nodes] != behind
        return _reached(self._out_from, np.append(nodes[unused], on_path), np.append(behind[unused], on_path))

    def _ways_in(self, ways_out: Ints) -> Ints:
        """Return the ways in that are reached first from some ways out."""
        after = self._after[ways_out]
        return _reached(self._in_from, np.where(after == NONE, ways_out, after), ways_out)

    def change_paths(self, node: int) -> None:
        """Add the path that begins at a node, which takes links from the others and leaves them parts of its own."""
        taken, given_up, begin = list[tuple[int, int]](), list[tuple[int, int]](), node
        while node != self._target:
            out = int(self._in_from[node])
            if out != node:
                given_up.append((out, node))
            following = int(self._out_from[out])
            if following != out:
                taken.append((out, following))
            node = following
        for source, owner in given_up:
            self._after[source] = self._previous[owner] = NONE
        for source, owner in taken:
            self._after[source] = owner
            if owner != self._target:
                self._previous[owner] = source
        self._previous[begin] = begin

    def cut(self) -> Ints:
        """Return the nodes between what was reached and the beginnings of the paths, ascending."""
        in_reached, out_reached = self._in_from != NONE, self._out_from != NONE
        on_path = np.flatnonzero(self._after != NONE)
        inside = np.where(out_reached[on_path], in_reached[on_path], ~in_reached[self._after[on_path]])
        between: Ints = on_path[~inside]
        return between


def _reached(reached_from: Ints, nodes: Ints, behind: Ints) -> Ints:
    """Return the nodes that were not reached before, each once, and note from where they are."""
    new = np.flatnonzero(reached_from[nodes] == NONE)
    nodes = nodes[new]
    reached_from[nodes] = new
    chosen = reached_from[nodes] == new
    nodes, new = nodes[chosen], new[chosen]
    reached_from[nodes] = behind[new]
    return nodes


__all__ = ["DisjointPaths", "disjoint_paths", "reaches_all"]
