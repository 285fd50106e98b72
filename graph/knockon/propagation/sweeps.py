"""Compute losses in the order of the needs: each node after everything that it depends on.

A round of :mod:`knockon.propagation.fixed_point` moves every loss by one link,
so that a chain of n links takes n rounds over the whole network. A *sweep*
computes the levels of the network one after the other, from losses that this
sweep has computed already. Without loops one sweep arrives at the limit, to the
last bit what rounds arrive at. Nodes on a loop depend on each other, are in one
level, and move by one link in a sweep; sweeps are then repeated by the stopping
rule of rounds. They rise to the same least solution, as the equations are
monotone and no loss of a sweep is above it (chaotic iteration).

Sweeps are for questions about many lanes that do not report numbers of rounds.

References
----------
D. Chazan, W. Miranker, "Chaotic relaxation", Linear Algebra and its
Applications 2:199-222 (1969), doi:10.1016/0024-3795(69)90028-7.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from knockon.network.arrays import Bools, Floats, Ints
from knockon.network.network import NONE, Network
from knockon.propagation.combinations import concatenated_ranges
from knockon.propagation.fixed_point import Round, Sweep
from knockon.propagation.leontief_round import MEMORY, LaneEquations
from knockon.propagation.levels import Hit, Level, SingleLinks, Step, single_links

#: Up to so many nodes on loops are computed together without asking which depend on which.
_FEW = 200
#: The most losses (nodes times lanes) of one call: 64 MB.
STATES = 8 * MEMORY


class LevelChanges(Protocol):
    """Changes that a variant of the network makes to the slots of some levels."""

    def concern(self, level: Level) -> bool:
        """Return whether a node of a level is changed in any lane."""

    def apply(self, level: Level, equations: LaneEquations) -> LaneEquations:
        """Return the equations of a level with its changes, by its own numbers of slots and supplies."""


class Sweeps:
    """The levels of a network.

    Parameters
    ----------
    network
        The network, of n nodes.
    source, owner
        Further links, (links,) each: the node ``owner`` depends on ``source``, as changes of the network may have it.
    depth
        What :func:`depths_of` returns, where it is known already and there are no further links.

    Attributes
    ----------
    looped
        Whether nodes depend on each other in a loop, so that one sweep may not be enough.
    level_of
        The number of the level of each node, (n,).
    lanes
        The number of lanes that one call should take; at least 1.
    lanes_from
        That of :meth:`sweep_from`.

    Examples
    --------
    A chain of three nodes; the last loses half of what the first does, in one sweep:

    >>> from knockon.network.hits import InitialLosses
    >>> from knockon.propagation.combinations import Rules
    >>> from knockon.propagation.leontief_round import zero_column
    >>> chain = Network.from_flows([0, 1], [1, 2], [1.0, 1.0])
    >>> sweeps = Sweeps(chain)
    >>> sweeps.looped, [level.nodes.tolist() for level in sweeps.levels]
    (False, [[0], [1], [2]])
    >>> hit = InitialLosses(np.array([[0.5], [0.0], [0.0]]), zero_column(2), zero_column(2))
    >>> sweeps.sweep(LaneEquations(Rules(chain), np.ones((2, 1)), hit))(hit.node).T.tolist()
    [[0.5, 0.5, 0.5]]
    """

    def __init__(
        self, network: Network, source: Ints | None = None, owner: Ints | None = None, depth: Ints | None = None
    ) -> None:
        none = np.zeros(0, np.int64)
        links = network.edges
        sources = np.concatenate([links.source, none if source is None else source]).astype(np.int64)
        owners = np.concatenate([links.owner, none if owner is None else owner]).astype(np.int64)
        members, self.looped = _levels(network.size, sources, owners, depth)
        self.network = network
        single, link = single_links(network)
        self.levels = [Level(network, nodes, SingleLinks.of(link, nodes) if single[nodes].all() else None) for nodes in members]
        self.level_of = np.zeros(network.size, np.int64)
        for number, nodes in enumerate(members):
            self.level_of[nodes] = number
        widest = max((level.widest for level in self.levels), default=1)
        self.lanes_from = max(1, STATES // max(1, network.size))
        self.lanes = max(1, min(self.lanes_from, MEMORY // max(1, widest)))

    def plan(self, sweep: Callable[[Ints], Round], cap: int) -> Sweep | None:
        """Return sweeps for :func:`settle`; None where rounds might end by the cap, which then counts links as ever."""
        return Sweep(sweep, final=not self.looped) if len(self.levels) <= cap else None

    def steps(self, equations: LaneEquations, changes: LevelChanges | None = None, given: Bools | None = None) -> list[Step]:
        """Return the step of each level of a sweep of the lanes of some equations.

        ``given``, (n,), are the nodes that :meth:`sweep_from` will give another loss in some lane; it may be left out if
        all of these own slots.
        """
        hit = Hit.of(self.network, equations.hit)
        hits = zip(self._levels_with(hit.node), self._levels_with(hit.slot), strict=True)
        steps = []
        for level, (node, slot) in zip(self.levels, hits, strict=True):
            changed = changes is not None and changes.concern(level)
            if level.links is not None and not changed and not slot:
                steps.append(level.links.step(level.nodes, equations, node, given))
            else:
                part = level.equations(equations)
                steps.append(level.step(changes.apply(level, part) if changes is not None and changed else part))
        return steps

    def _levels_with(self, node: Bools) -> list[bool]:
        """Return for each level whether it has one of some nodes (n,)."""
        count = np.bincount(self.level_of[node], minlength=len(self.levels))
        chosen: list[bool] = (count > 0).tolist()
        return chosen

    def sweep(self, equations: LaneEquations, changes: LevelChanges | None = None) -> Round:
        """Return a sweep of the lanes of some equations: a function from states (n, lanes) to states."""
        steps = self.steps(equations, changes)

        def advance(state: Floats) -> Floats:
            after = np.array(state, np.float64)
            for step in steps:
                step(after)
            return after

        return advance

    def batches(self, node: Ints) -> list[Ints]:
        """Return the places of nodes (lanes,) by their levels, in parts that :meth:`sweep_from` should take at once."""
        order = np.argsort(self.level_of[node], kind="stable")
        return [order[first : first + self.lanes_from] for first in range(0, len(order), self.lanes_from)]

    def sweep_from(
        self,
        steps: Sequence[Step],
        state: Floats,
        node: Ints,
        loss: Floats,
        target: int,
        follow: Callable[[Level, slice, Floats], None] | None = None,
    ) -> Floats:
        """Return the loss of a target, (lanes,), where in each lane one node has another loss than its equations give it.

        Nothing may depend on itself (``looped`` is false). Lanes are computed in the order of the levels of their nodes.

        Parameters
        ----------
        steps
            The steps of all levels, of equations of one column.
        state
            The losses that they give, (n,).
        node, loss
            The node of each lane, and its loss in 0..1, (lanes,).
        target
            The node whose loss is returned.
        follow
            Called after each level up to that of the target with some of the lanes that began before it, as columns: in the
            order of :meth:`batches`, where lanes were given in that order. It gets the level, the lanes, and the losses of all
            nodes in them, (n, some lanes).
        """
        # Before its level a lane has the losses of the state. Lanes that begin earlier come first, and those that have begun
        # are the first columns.
        order = np.argsort(self.level_of[node], kind="stable")
        last = int(self.level_of[target])
        begun = np.searchsorted(self.level_of[node[order]], np.arange(last + 1), side="right").tolist()
        # Rows of zeros are never written, and take no memory until they are.
        states, losing = np.zeros((len(state), begun[-1])), np.flatnonzero(state)
        states[losing] = state[losing, None]
        # A lane is computed from the level after that of its node on.
        begin = order[: begun[-1]]
        states[node[begin], np.arange(len(begin))] = loss[begin]
        before = 0
        for level, step, columns in zip(self.levels, steps, begun, strict=False):
            width = max(1, MEMORY // max(1, level.widest))
            for first in range(0, before, width):
                some = slice(first, min(first + width, before))
                step(states[:, some])
                if follow is not None:
                    follow(level, some, states[:, some])
            before = columns
        after = np.full(len(node), state[target])
        after[order[:before]] = states[target]
        return after


def _starts(counts: Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def depths_of(network: Network) -> Ints:
    """Return the greatest number of links that lead to each node, (n,); -1 for nodes on loops and after them.

    >>> depths_of(Network.from_flows([0, 1, 2], [1, 2, 1], [1.0, 1.0, 1.0])).tolist()
    [0, -1, -1]
    """
    return _depths(network.size, network.edges.source, network.edges.owner, unreached=NONE)


def _levels(size: int, source: Ints, owner: Ints, depth: Ints | None = None) -> tuple[Sequence[Ints], bool]:
    """Return the nodes of each level, ascending, and whether nodes depend on each other in a loop."""
    level = _depths(size, source, owner, unreached=NONE) if depth is None else depth
    looped = bool((level == NONE).any())
    if looped:
        part = _loops(size, source, owner, level)
        between = part[source] != part[owner]
        parts = int(part.max(initial=-1)) + 1
        level = _depths(parts, part[source[between]], part[owner[between]])[part]
    order = np.argsort(level, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(level[order])) + 1) if size else []
    return members, looped


def _loops(size: int, source: Ints, owner: Ints, depth: Ints) -> Ints:
    """Return the part of each node, where nodes that depend on each other have one part, from :func:`_depths`."""
    # Nodes before all loops, then those after them: what is left is on loops, or between two of them.
    left = depth == NONE
    inside = left[source] & left[owner]
    left &= _depths(size, owner[inside], source[inside], unreached=NONE) == NONE
    core = np.flatnonzero(left)
    place = np.cumsum(left) - 1
    inside = left[source] & left[owner]
    labels = _components(len(core), place[source[inside]], place[owner[inside]])
    part = np.zeros(size, np.int64)
    part[core] = labels
    part[~left] = labels.max(initial=-1) + 1 + np.arange(size - len(core))
    return part


def _components(size: int, source: Ints, owner: Ints) -> Ints:
    """Return the strongly connected component of each node; few nodes are one, which saves the search and is as right."""
    if size <= _FEW:
        return np.zeros(size, np.int64)
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(source), np.int8), (source, owner)), (size, size)).tocsr()
    return np.asarray(connected_components(links, directed=True, connection="strong")[1], np.int64)


def _depths(size: int, source: Ints, owner: Ints, unreached: int = 0) -> Ints:
    """Return the greatest number of links that lead to each node; ``unreached`` for those on loops and after them."""
    depth, waiting = np.full(size, unreached), np.bincount(owner, minlength=size)
    start, ahead = _starts(np.bincount(source, minlength=size)), owner[np.argsort(source, kind="stable")]
    frontier, reached = np.flatnonzero(waiting == 0), 0
    while frontier.size:
        depth[frontier] = reached
        following = ahead[concatenated_ranges(start[frontier], start[frontier + 1])]
        node, links = np.unique(following, return_counts=True)
        waiting[node] -= links
        frontier, reached = node[waiting[node] == 0], reached + 1
    return depth


__all__ = ["STATES", "LevelChanges", "Sweeps", "depths_of"]
