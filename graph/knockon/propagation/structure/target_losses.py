"""What one target loses where nodes fail, by following only the losses that may decide it.

The equations of leontief are made of maxima, minima, order statistics and products with numbers of at most 1, apart from the
sums of shares. A loss of a node can therefore not cost the target more than that loss times the greatest product of
criticalities on a path to the target: its *reach*. If the target loses ``least`` or more in the end, all that makes it lose
that much has a reach of ``least`` or more, and to leave the rest out changes no digit of its loss:

- a maximum is made by its greatest term alone;
- the k-th smallest of m losses is made by those that are as great, at least m - k + 1, each of which reaches as far;
- a sum of several shares can be made of losses of little reach. It reaches as far as the greatest product from it to the
  target. A failure behind a sum of that reach is not decided here.

So a first run takes the product on the best path as ``least``, which is the loss wherever no combination forgives a part of
it, and follows little more than that path. Where the target loses less in the run, it takes that for ``least`` and runs again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from knockon.network.arrays import NONE, Bools, Floats, Ints, Mode, distinct
from knockon.network.network import Network
from knockon.propagation.combinations import Group, Rules, concatenated_ranges, reading_at

#: What the products of two orders may differ by, relatively, with some to spare: a path has fewer than a million links.
SLACK = 1e-9
#: Losses below this are not decided here: runs of all losses may stop before they arrive.
LEAST_LOSS = 1e-9
#: The most losses (nodes times lanes) that are in memory at once: 64 MB.
_CELLS = 8_000_000
#: The most links that are followed for each lane, before runs of all losses take less.
_MOST_LINKS = 2_000
#: How much less a loss is looked for where none was found, and how often that is done.
_NARROWER, _ROUNDS = 8.0, 4


class Reaches(NamedTuple):
    """The greatest products of criticalities from each node to the target, (n,) each.

    ``single`` is that of paths without a sum of shares; 0 where it is below ``least``. ``summed`` is that from the sums
    behind which a node lies.
    """

    single: Floats
    summed: Floats
    least: float

    @classmethod
    def of(cls, network: Network, weight: Floats, sums: Bools, target: int, least: float = 0.0) -> Reaches:
        """Return the reaches of at least ``least`` (0..1); ``sums``, (slots,), are the slots that add shares up."""
        edges = network.edges
        single, summed = np.zeros(network.size), np.zeros(network.size)
        single[target] = 1.0
        risen = np.array([target])
        while risen.size:
            edge = edges.into[concatenated_ranges(edges.into_start[risen], edges.into_start[risen + 1])]
            owner, source, slot = edges.owner[edge], edges.source[edge], edges.slot[edge]
            product = weight[slot] * single[owner]
            added = sums[slot] & (edges.supply[edge] != NONE)
            by_sum, alone = np.maximum(summed[owner], np.where(added, product, 0.0)), np.where(added, 0.0, product)
            further = (alone > single[source]) & (alone >= least)
            added_further = (by_sum > summed[source]) & (by_sum >= least)
            np.maximum.at(single, source[further], alone[further])
            np.maximum.at(summed, source[added_further], by_sum[added_further])
            risen = distinct(source[further | added_further].astype(np.int64))
        return cls(single, summed, least)


class _Ways(NamedTuple):
    """The links by which a loss can reach far enough: those out of node i are the rows ``start[i]`` to ``start[i + 1]``.

    ``reach`` is the part of the loss of the source that can arrive at the target by the link.
    """

    start: Ints
    slot: Ints
    owner: Ints
    reach: Floats
    reach_of_owner: Floats

    @classmethod
    def of(cls, network: Network, sums: Bools, weight: Floats, single: Floats, least: float) -> _Ways:
        """Return the links by which at least ``least`` can arrive, without those into sums."""
        edges = network.edges
        reach = weight[edges.slot] * single[edges.owner]
        chosen = np.flatnonzero((reach >= least) & ~sums[edges.slot])
        chosen = chosen[np.argsort(edges.source[chosen], kind="stable")]
        start = np.searchsorted(edges.source[chosen], np.arange(network.size + 1))
        owner = edges.owner[chosen].astype(np.int64)
        return cls(start, edges.slot[chosen].astype(np.int64), owner, reach[chosen], single[owner])


class TargetLosses:
    """The losses of a target where sets of nodes fail, at one bound.

    Parameters
    ----------
    rules
        The combinations of the network.
    target
        The row of the target.
    bound
        0 low, 1 point, 2 high.

    Attributes
    ----------
    decisive
        Whether a loss of a node may have decided one that was asked for, (n,).

    Examples
    --------
    Node 2 gets what it needs from node 1, which gets a half each from nodes 0 and 3:

    >>> network = Network.from_flows([0, 3, 1], [1, 1, 2], [1.0, 1.0, 1.0])
    >>> losses = TargetLosses(Rules(network), 2, 1)
    >>> losses.of([(1,), (0,)]).tolist(), losses.decisive.tolist()
    ([1.0, nan], [False, True, True, False])
    """

    def __init__(self, rules: Rules, target: int, bound: int) -> None:
        self.rules, self.network, self.target = rules, rules.network, target
        self.decisive: Bools = np.zeros(self.network.size, bool)
        self._weight, self._reading = self.network.weights[bound], reading_at(bound)
        self._counts = np.diff(self.network.supply_start)
        self._mode = np.asarray(self.network.mode)
        self._sums: Bools = (self._mode == Mode.SHARES) & (self._counts > 1)
        self._plain: Bools = (self._counts <= 1) & (self._mode != Mode.SHARES)
        self._reaches: Reaches | None = None

    def of(self, sets: Sequence[tuple[int, ...]], enough: float = np.inf) -> Floats:
        """Return the loss (0..1) of the target for each set, (sets,); NaN where it is not decided here.

        Of a loss below ``enough``, where that is finite, it is said only that it is below: the number is any below.
        """
        lost = np.full(len(sets), np.nan)
        if np.isfinite(enough):
            least = np.full(len(sets), enough)
        else:
            reaches = self._reaches_of(sets)
            least = self._greatest(reaches.single, sets) * (1 - SLACK)
            lost[(least == 0) & (self._greatest(reaches.summed, sets) == 0) & (reaches.least == 0)] = 0.0
        for _ in range(_ROUNDS):
            lanes = np.flatnonzero(np.isnan(lost) & (least >= LEAST_LOSS))
            if not lanes.size:
                break
            reaches = self._known_to(float(least[lanes].min()))
            lanes = lanes[self._greatest(reaches.summed, [sets[lane] for lane in lanes.tolist()]) < least[lanes]]
            found = self._run([sets[lane] for lane in lanes.tolist()], least[lanes], reaches.single)
            decided = (found >= least[lanes]) | (found >= 0) & np.isfinite(enough)
            lost[lanes[decided]] = found[decided]
            # What is lost at least is the next that has to be reached; if that is nothing, a part of what was looked for.
            least[lanes] = np.where(found > 0, found, np.where(found == 0, least[lanes] / _NARROWER, 0.0))
        return lost

    def _reaches_of(self, sets: Sequence[tuple[int, ...]]) -> Reaches:
        """Return reaches as far as those of all the sets are known."""
        least = 1.0
        while least > LEAST_LOSS:
            least /= _NARROWER
            reaches = self._known_to(least)
            if self._greatest(np.maximum(reaches.single, reaches.summed), sets).all():
                return reaches
        return self._known_to(0.0)

    def _known_to(self, least: float) -> Reaches:
        """Return the reaches of at least ``least``, and perhaps others."""
        if self._reaches is None or self._reaches.least > least * (1 - 2 * SLACK):
            # The products of this direction are rounded otherwise than losses.
            known = least * (1 - 4 * SLACK)
            self._reaches = Reaches.of(self.network, self._weight, self._sums, self.target, known)
        return self._reaches

    def _greatest(self, reach: Floats, sets: Sequence[tuple[int, ...]]) -> Floats:
        """Return the greatest reach of the nodes of each set, (sets,)."""
        greatest = np.zeros(len(sets))
        node, lane = self._failed(sets)
        np.maximum.at(greatest, lane, reach[node])
        return greatest

    def _failed(self, sets: Sequence[tuple[int, ...]]) -> tuple[Ints, Ints]:
        """Return the nodes that the sets hit, hidden ones included, and the number of the set of each."""
        node = np.array([node for nodes in sets for node in nodes], np.int64)
        lane = np.repeat(np.arange(len(sets)), [len(nodes) for nodes in sets])
        twin = self.network.twin[node]
        return np.concatenate([node, twin[twin != NONE]]), np.concatenate([lane, lane[twin != NONE]])

    def _run(self, sets: Sequence[tuple[int, ...]], least: Floats, reach: Floats) -> Floats:
        """Return the loss of the target for each set, which is right from ``least`` on; NaN where too much is followed."""
        lost = np.zeros(len(sets))
        if not sets:
            return lost
        width, least = max(1, _CELLS // self.network.size), least * (1 - SLACK)
        ways = _Ways.of(self.network, self._sums, self._weight, reach, float(least.min()))
        state = np.zeros(min(width, len(sets)) * self.network.size)
        for first in range(0, len(sets), width):
            lanes = slice(first, first + width)
            lost[lanes] = self._follow(sets[lanes], least[lanes], ways, state)
        return lost

    def _follow(self, sets: Sequence[tuple[int, ...]], least: Floats, ways: _Ways, state: Floats) -> Floats:
        """Return the losses of the target in some lanes; ``state`` is 0 for each node of each lane, and left so."""
        size = self.network.size
        node, lane = self._failed(sets)
        at = distinct(lane * size + node)
        state[at] = 1.0
        reached, links, most = [at], 0, max(_MOST_LINKS * len(sets), len(self.network.edges.source))
        while at.size and links <= most:
            lane, node = at // size, at % size
            start, stop = ways.start[node], ways.start[node + 1]
            way, of = concatenated_ranges(start, stop), np.repeat(np.arange(len(at)), stop - start)
            links += len(way)
            far = np.flatnonzero(state[at][of] * ways.reach[way] >= least[lane[of]])
            way, lane = way[far], lane[of[far]]
            slot = ways.slot[way]
            value = self._weight[slot] * self._short(slot, state, lane * size)
            place = lane * size + ways.owner[way]
            rises = (value > state[place]) & (value * ways.reach_of_owner[way] >= least[lane])
            np.maximum.at(state, place[rises], value[rises])
            at = distinct(place[rises])
            reached.append(at)
        lost = np.full(len(sets), np.nan) if at.size else state[np.arange(len(sets)) * size + self.target]
        for place in reached:
            state[place] = 0.0
            self.decisive[place % size] = True
        return lost

    def _short(self, slot: Ints, state: Floats, first: Ints) -> Floats:
        """Return the shortage of slots, each in the lane whose losses begin at ``first``, (slots,); of none with a sum."""
        need, start = self.rules.need[slot], self.network.supply_start[slot]
        short = np.where(need == NONE, 0.0, state[first + need])
        one = np.flatnonzero(self._plain[slot] & (self._counts[slot] == 1))
        short[one] = np.maximum(short[one], state[first[one] + self.rules.provider[start[one]]])
        several = np.flatnonzero(~self._plain[slot])
        kinds = np.column_stack([self._mode[slot[several]], self._counts[slot[several]]])
        for mode, width in sorted({*map(tuple, kinds.tolist())}):
            rows = several[(kinds == (mode, width)).all(axis=1)]
            if not width:
                continue
            parts = start[rows][:, None] + np.arange(width)
            part = state[first[rows][:, None] + self.rules.provider[parts]][:, :, None]
            unmet = self.rules.unmet_by(Mode(mode), Group(slot[rows], parts), part, self._reading)[:, 0]
            short[rows] = np.maximum(short[rows], unmet)
        return short


__all__ = ["LEAST_LOSS", "Reaches", "TargetLosses"]
