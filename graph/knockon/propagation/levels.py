"""The levels of a network, and how the losses of one follow from those of the levels before it.

Most levels of deep networks hold few nodes, each with one slot that at most one supplier fills: the links of a chain.
Their losses are a product, and are computed without the rules of combinations, to the same last bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from knockon.network.arrays import Bools, Floats, Ints
from knockon.network.hits import InitialLosses
from knockon.network.network import NONE, Mode, Network
from knockon.propagation.combinations import Rules, concatenated_ranges
from knockon.propagation.leontief_round import LaneEquations

#: Computes the losses of a level, in place, in the states of all nodes (n, lanes).
Step = Callable[[Floats], None]
#: The numbers of some rows; a slice where they are one row, which is then read without a copy.
Rows = Ints | slice


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


@dataclass(frozen=True, eq=False)
class Level:
    """Nodes that only depend on each other and on earlier levels; a node may be listed more than once.

    Attributes
    ----------
    network
        The network.
    nodes
        The nodes.
    links
        The single links of the nodes, where each has one.
    """

    network: Network
    nodes: Ints
    links: SingleLinks | None = None

    @cached_property
    def slots(self) -> Ints:
        """The slots of the nodes, one node after the other."""
        start, stop = (self.network.slot_start[self.nodes + shift].astype(np.int64) for shift in (0, 1))
        return concatenated_ranges(start, stop)

    @cached_property
    def supplies(self) -> Ints:
        """The supplies of these slots, one slot after the other."""
        start, stop = (self.network.supply_start[self.slots + shift].astype(np.int64) for shift in (0, 1))
        return concatenated_ranges(start, stop)

    @cached_property
    def rules(self) -> Rules:
        """The combinations of the level."""
        network, nodes, slots, supplies = self.network, self.nodes, self.slots, self.supplies
        slot_start = _starts(network.slot_start[nodes + 1] - network.slot_start[nodes])
        rows = LevelRows(
            size=len(nodes),
            slot_start=slot_start,
            slot_owner=np.repeat(np.arange(len(nodes)), np.diff(slot_start)),
            slot_need=np.asarray(network.slot_need[slots], np.int64),
            mode=np.asarray(network.mode[slots]),
            at_least=np.asarray(network.at_least[slots], np.int64),
            supply_start=_starts(network.supply_start[slots + 1] - network.supply_start[slots]),
            supply_provider=np.asarray(network.supply_provider[supplies], np.int64),
            supply_share=network.supply_share[supplies],
            unstated=network.unstated[supplies],
            split=network.split[slots],
            remainder=network.remainder[slots],
        )
        return Rules(network, rows)

    @cached_property
    def rows(self) -> Rows:
        """The nodes, as a slice where there is one."""
        return _view(self.nodes)

    @cached_property
    def widest(self) -> int:
        """The most rows of an array with a row for each slot or supply."""
        return len(self.nodes) if self.links is not None else max(len(self.slots), len(self.supplies))

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

    def step(self, equations: LaneEquations) -> Step:
        """Return the step that sets the losses of the nodes, by equations of :meth:`equations`."""

        def advance(state: Floats) -> None:
            state[self.nodes] = equations.losses(state)

        return advance


class SingleLinks(NamedTuple):
    """The slots of some nodes that have one each, with a need or a supply or both, whose greater loss counts.

    ``slot`` is the slot of each node, ``first`` and ``second`` the sources of its loss; one source is both. ``constant``
    says that the second ones depend on nothing: they lose what they are hit by, or are the first ones.
    """

    slot: Rows
    first: Rows
    second: Rows
    constant: bool

    @classmethod
    def of(cls, links: Ints, nodes: Ints) -> SingleLinks:
        """Return the links of some nodes; those of one node as slices, which are read without a copy."""
        slot, first, second, constant = links[:, nodes]
        return cls(_view(slot), _view(first), _view(second), bool(constant.all()))

    def step(self, nodes: Ints, whole: LaneEquations, hit: bool, given: Bools | None = None) -> Step:
        """Return the step that sets the losses of the nodes, where neither their slots nor their supplies are hit.

        ``hit`` says whether a node is, ``given``, (n,), which nodes get a loss otherwise.
        """
        rows = _view(nodes)
        weight = whole.weight[self.slot]
        node_hit = whole.hit.node[rows] if hit else None
        # Most links of a chain have one source that loses at all: a row less to read.
        one = self.constant and not whole.hit.node[self.second].any() and (given is None or not given[self.second].any())
        first, second = self.first, None if one else self.second

        def advance(state: Floats) -> None:
            loss = weight * (state[first] if second is None else np.maximum(state[first], state[second]))
            state[rows] = loss if node_hit is None else np.maximum(loss, node_hit)

        return advance


def single_links(network: Network) -> tuple[Bools, Ints]:
    """Return which nodes have a single link, (n,), and the columns of :class:`SingleLinks` for every node, (4, n).

    The columns mean nothing for the other nodes.

    >>> shared = Network.from_flows([0, 0, 1], [1, 2, 2], [1.0, 1.0, 1.0], sector=[0, 0, 0])
    >>> single_links(shared)[0].tolist()
    [False, True, False]
    """
    start = network.supply_start.astype(np.int64)
    supplied = np.diff(start) == 1
    first = start[:-1][supplied]
    passed_on = (np.diff(start) <= 1) & (network.mode != Mode.DISPUTED) & ~network.split
    # A share of 1 is the loss of the supply itself; a lesser one is a matter of the rules.
    passed_on[supplied] &= (network.mode[supplied] != Mode.SHARES) | (network.supply_share[first] == 1)
    need = np.asarray(network.slot_need, np.int64)
    provider = need.copy()
    provider[supplied] = network.supply_provider[first]
    passed_on &= provider != NONE
    single = np.asarray(np.diff(network.slot_start) == 1)
    links = np.full((4, network.size), NONE)
    if network.slots:
        slot = np.where(single, network.slot_start[:-1], 0).astype(np.int64)
        single &= passed_on[slot]
        first, second = provider[slot], np.where(need == NONE, provider, need)[slot]
        constant = (network.slot_start[second] == network.slot_start[second + 1]) | (first == second)
        links[:] = slot, first, second, constant
    return single, links


class Hit(NamedTuple):
    """Which nodes are hit themselves in any lane, and which have a slot or a supply that is, (n,) each."""

    node: Bools
    slot: Bools

    @classmethod
    def of(cls, network: Network, hit: InitialLosses) -> Hit:
        """Return the nodes that some losses concern."""
        by_slot = _any_lane(hit.slot)
        by_slot[network.supply_slot[_any_lane(hit.supply)]] = True
        owner = np.zeros(network.size, bool)
        owner[network.slot_owner[by_slot]] = True
        return cls(_any_lane(hit.node), owner)


def _any_lane(columns: Floats) -> Bools:
    """Return whether a row has a number above 0 in any lane."""
    return np.asarray(columns[:, :1].any(axis=1) if columns.strides[1] == 0 else columns.any(axis=1))


def _view(rows: Ints) -> Rows:
    """Return a slice where there is one row."""
    return slice(int(rows[0]), int(rows[0]) + 1) if len(rows) == 1 else rows


def _starts(counts: Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _rows(columns: Floats, rows: Ints) -> Floats:
    """Return some rows of columns, without copying a row that all share."""
    shared = columns.strides[0] == 0
    return np.broadcast_to(columns[:1], (len(rows), columns.shape[1])) if shared else columns[rows]


__all__ = ["Hit", "Level", "LevelRows", "SingleLinks", "Step", "single_links"]
