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
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from knockon.network.arrays import Bools, Floats, Ints
from knockon.network.hits import InitialLosses
from knockon.network.network import NONE, Network
from knockon.propagation.combinations import Rules, concatenated_ranges
from knockon.propagation.fixed_point import Round, Sweep
from knockon.propagation.leontief_round import MEMORY, LaneEquations

#: Up to so many nodes on loops are computed together without asking which depend on which.
_FEW = 200
#: The most losses (nodes times lanes) of one call: 64 MB.
STATES = 8 * MEMORY


@dataclass(frozen=True, eq=False)
class LevelRows:
    """The slots of the nodes of one level, numbered from 0: :class:`knockon.propagation.combinations.SlotRows`."""

    size: int
    slot_start: Ints
    slot_owner: Ints
    slot_need: Ints
    mode: Ints
    at_least: Ints
    supply_start: Ints
    supply_provider: Ints
    supply_share: Floats
    unstated: Bools
    split: Bools
    remainder: Floats

    @property
    def slots(self) -> int:
        """The number of slots."""
        return len(self.slot_owner)


class Level(NamedTuple):
    """Nodes that only depend on each other and on earlier levels, with the numbers of their slots and supplies, and rules."""

    nodes: Ints
    slots: Ints
    supplies: Ints
    rules: Rules

    @classmethod
    def of(cls, network: Network, nodes: Ints) -> Level:
        """Return the level of some nodes."""
        first, last = network.slot_start[nodes], network.slot_start[nodes + 1]
        slots = concatenated_ranges(first.astype(np.int64), last.astype(np.int64))
        start, stop = network.supply_start[slots].astype(np.int64), network.supply_start[slots + 1].astype(np.int64)
        supplies = concatenated_ranges(start, stop)
        slot_start, supply_start = _starts(last - first), _starts(stop - start)
        rows = LevelRows(
            size=len(nodes),
            slot_start=slot_start,
            slot_owner=np.repeat(np.arange(len(nodes)), np.diff(slot_start)),
            slot_need=np.asarray(network.slot_need[slots], np.int64),
            mode=np.asarray(network.mode[slots]),
            at_least=np.asarray(network.at_least[slots], np.int64),
            supply_start=supply_start,
            supply_provider=np.asarray(network.supply_provider[supplies], np.int64),
            supply_share=network.supply_share[supplies],
            unstated=network.unstated[supplies],
            split=network.split[slots],
            remainder=network.remainder[slots],
        )
        return cls(nodes, slots, supplies, Rules(network, rows))

    def equations(self, whole: LaneEquations) -> LaneEquations:
        """Return the equations of the level, which give its losses, (nodes of the level, lanes), from those of all nodes."""
        hit = whole.hit
        reading = whole.reading
        return LaneEquations(
            self.rules,
            _rows(whole.weight, self.slots),
            InitialLosses(_rows(hit.node, self.nodes), _rows(hit.slot, self.slots), _rows(hit.supply, self.supplies)),
            reading if reading is None or len(reading) == 1 else _rows(reading, self.slots),
        )


class Sweeps:
    """The levels of a network.

    Parameters
    ----------
    network
        The network, of n nodes.
    source, owner
        Further links, (links,) each: the node ``owner`` depends on ``source``, as changes of the network may have it.

    Attributes
    ----------
    looped
        Whether nodes depend on each other in a loop, so that one sweep may not be enough.
    lanes
        The number of lanes that one call should take; at least 1.

    Examples
    --------
    A chain of three nodes; the last loses half of what the first does, in one sweep:

    >>> from knockon.propagation.leontief_round import zero_column
    >>> chain = Network.from_flows([0, 1], [1, 2], [1.0, 1.0])
    >>> sweeps = Sweeps(chain)
    >>> sweeps.looped, [level.nodes.tolist() for level in sweeps.levels]
    (False, [[0], [1], [2]])
    >>> hit = InitialLosses(np.array([[0.5], [0.0], [0.0]]), zero_column(2), zero_column(2))
    >>> sweeps.sweep(LaneEquations(Rules(chain), np.ones((2, 1)), hit))(hit.node).T.tolist()
    [[0.5, 0.5, 0.5]]
    """

    def __init__(self, network: Network, source: Ints | None = None, owner: Ints | None = None) -> None:
        none = np.zeros(0, np.int64)
        links = network.edges
        sources = np.concatenate([links.source, none if source is None else source]).astype(np.int64)
        owners = np.concatenate([links.owner, none if owner is None else owner]).astype(np.int64)
        members, self.looped = _levels(network.size, sources, owners)
        self.levels = [Level.of(network, nodes) for nodes in members]
        widest = max((max(len(level.nodes), len(level.slots), len(level.supplies)) for level in self.levels), default=1)
        self.lanes = max(1, min(STATES // max(1, network.size), MEMORY // max(1, widest)))

    def plan(self, sweep: Callable[[Ints], Round], cap: int) -> Sweep | None:
        """Return sweeps for :func:`settle`; None where rounds might end by the cap, which then counts links as ever."""
        return Sweep(sweep, final=not self.looped) if len(self.levels) <= cap else None

    def sweep(self, equations: LaneEquations, changed: Callable[[Level, LaneEquations], LaneEquations] | None = None) -> Round:
        """Return a sweep of the lanes of some equations: a function from states (n, lanes) to states.

        ``changed`` changes the equations of a level, which has its own numbers of slots and supplies.
        """
        parts = [(level, level.equations(equations)) for level in self.levels]
        if changed is not None:
            parts = [(level, changed(level, part)) for level, part in parts]

        def advance(state: Floats) -> Floats:
            after = np.array(state, np.float64)
            for level, part in parts:
                after[level.nodes] = part.losses(after)
            return after

        return advance


def _starts(counts: Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _rows(columns: Floats, rows: Ints) -> Floats:
    """Return some rows of columns, without copying a row that all share."""
    return columns[: len(rows)] if columns.strides[0] == 0 else columns[rows]


def _levels(size: int, source: Ints, owner: Ints) -> tuple[Sequence[Ints], bool]:
    """Return the nodes of each level, ascending, and whether nodes depend on each other in a loop."""
    part, looped = _loops(size, source, owner)
    between = part[source] != part[owner]
    parts = int(part.max(initial=-1)) + 1
    level = _depths(parts, part[source[between]], part[owner[between]])[part]
    order = np.argsort(level, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(level[order])) + 1) if size else []
    return members, looped


def _loops(size: int, source: Ints, owner: Ints) -> tuple[Ints, bool]:
    """Return the part of each node, where nodes that depend on each other have one part, and whether there are loops."""
    # Nodes before all loops, then those after them: what is left is on loops, or between two of them.
    left = _depths(size, source, owner, unreached=NONE) == NONE
    inside = left[source] & left[owner]
    left &= _depths(size, owner[inside], source[inside], unreached=NONE) == NONE
    core = np.flatnonzero(left)
    place = np.cumsum(left) - 1
    inside = left[source] & left[owner]
    labels = _components(len(core), place[source[inside]], place[owner[inside]])
    part = np.zeros(size, np.int64)
    part[core] = labels
    part[~left] = labels.max(initial=-1) + 1 + np.arange(size - len(core))
    return part, bool(len(core))


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


__all__ = ["STATES", "Level", "LevelRows", "Sweeps"]
