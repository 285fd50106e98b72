r"""One round of the leontief equations, for any number of lanes; every model on slots repeats it.

A lane is a column of the state: one shock, bound, draw or variant. With the
combinations of :class:`knockon.propagation.combinations.Rules`,

.. math::

   lost_s &= \max(hit_s,\ loss_{provider(s)})

   short_r &= \max(hit_r,\ loss_{need(r)},\ meet_r(lost))

   loss_j &= \max(hit_j,\ \max_{r \in slots(j)} c_r \cdot short_r)

:func:`knockon.propagation.fixed_point.settle` runs :class:`LaneEquations` to their fixed point. Models with more steps in
a round (stocks, delays, draws) call :func:`shortage` and :func:`loss_from`.

References
----------
C. Diem, A. Borsos, T. Reisch, J. Kertész, S. Thurner, "Quantifying firm-level
economic systemic risk from nation-wide supply networks", Scientific Reports
12:7719 (2022), doi:10.1038/s41598-022-11522-z.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

import numpy as np

from knockon.network.arrays import Floats, Ints
from knockon.network.hits import Hits, InitialLosses
from knockon.network.network import Network
from knockon.propagation import active_round
from knockon.propagation.branch import Branch
from knockon.propagation.combinations import Columns, Rules
from knockon.propagation.fixed_point import Round

#: The most numbers of one call: more would not fit into the processor's caches.
BATCH = 2**19
#: The most numbers of one array.
MEMORY = 1_000_000


def lanes_at_once(network: Network) -> int:
    """Return the number of lanes of a network that one call should take for speed; at least 1."""
    return max(1, BATCH // max(network.size + network.slots + network.supplies, 1))


def lanes_in_memory(network: Network, numbers: int = MEMORY) -> int:
    """Return the number of lanes whose arrays have at most ``numbers`` entries each; at least 1."""
    return max(1, numbers // max(1, network.size, network.slots, network.supplies))


def shortage(rules: Rules, slot_hit: Columns, state: Columns, unmet: Columns) -> Columns:
    """Return the shortage of each slot in 0..1, (slots, lanes): the greatest of its hit, the loss of its need, and ``unmet``.

    Parameters
    ----------
    rules
        The combinations of the network.
    slot_hit
        The loss that the shock sets on each slot, (slots, lanes), or one column for all lanes.
    state
        The loss of each node, (nodes, lanes).
    unmet
        The part of each need that its supplies fail to meet, (slots, lanes), as :meth:`Rules.supply_loss` returns it.
    """
    short: Columns = np.maximum(unmet, rules.need_loss(state))
    return _raise_to_hits(short, slot_hit)


def loss_from(rules: Rules, node_hit: Columns, value: Columns) -> Columns:
    """Return the loss of each node in 0..1, (nodes, lanes): the greatest of its hit and the ``value`` of its slots."""
    return _raise_to_hits(rules.slot_max(value), node_hit)


def hit_columns(network: Network, hits: Hits, lanes: Iterable[tuple[int, int]]) -> InitialLosses:
    """Return the losses that shocks set themselves, a column for each (shock, bound)."""
    rows = [hits.initial_losses(network, shock, bound) for shock, bound in lanes]
    sizes = (network.size, network.slots, network.supplies)
    return InitialLosses(*(_stacked([row[kind] for row in rows], size) for kind, size in enumerate(sizes)))


def zero_column(rows: int) -> Floats:
    """Return a column of zeros that takes no memory, as the hits of rows that no shock hits."""
    return np.broadcast_to(np.zeros((1, 1)), (rows, 1))


def _raise_to_hits(columns: Columns, hit: Columns) -> Columns:
    """Raise columns in place to the hits, and return them; a broadcast zero is skipped."""
    if hit.size and not any(hit.strides) and not hit.flat[0]:
        return columns
    return np.maximum(columns, hit, out=columns)


def _stacked(rows: list[Floats], size: int) -> Floats:
    """Return a column for each lane; a broadcast zero where nothing is hit."""
    if not any(row.any() for row in rows):
        return np.broadcast_to(zero_column(size), (size, len(rows)))
    return np.stack(rows, axis=1)


class Values(NamedTuple):
    """The values of one round in 0..1, (rows, lanes) each.

    ``supply_loss`` is the loss of each supply, ``unmet`` the part of each need that supplies fail to meet, ``short`` the
    shortage of each slot, ``value`` the shortage times the criticality, ``loss`` the new loss of each node.
    """

    supply_loss: Floats
    unmet: Floats
    short: Floats
    value: Floats
    loss: Floats


class LinkChanges(Protocol):
    """Changes that a variant of the network makes, in place, between the losses of nodes and the shortage of slots."""

    def supplies(self, lost: Floats, state: Floats) -> None:
        """Change the losses of supplies, (supplies, lanes)."""

    def change_unmet(self, unmet: Floats, lost: Floats, state: Floats) -> None:
        """Change the part of each need that supplies fail to meet, (slots, lanes)."""


class LaneEquations(NamedTuple):
    """The equations of several lanes on one network: :class:`knockon.propagation.fixed_point.Equations`.

    ``weight`` is the criticality of each slot, (slots, lanes), ``hit`` holds the losses that the shocks set. ``reading``,
    (slots or 1, lanes), says how shares that nobody stated are read: 0 low, 1 point (the default), 2 high, or between. Each
    may be one column for all lanes.
    """

    rules: Rules
    weight: Floats
    hit: InitialLosses
    reading: Floats | None = None
    change: LinkChanges | None = None

    def losses(self, state: Floats) -> Floats:
        """Return the losses after one round, (nodes, lanes)."""
        return self.values(state).loss

    def values(self, state: Floats) -> Values:
        """Return the values of one round from the losses of all lanes."""
        lost = _raise_to_hits(state.take(self.rules.provider, axis=0), self.hit.supply)
        if self.change is not None:
            self.change.supplies(lost, state)
        unmet = self.rules.supply_loss(lost, self.reading)
        if self.change is not None:
            self.change.change_unmet(unmet, lost, state)
        short = shortage(self.rules, self.hit.slot, state, unmet)
        value = self.weight * short
        return Values(lost, unmet, short, value, loss_from(self.rules, self.hit.node, value))

    def round(self, lanes: Ints) -> Round:
        """Return the round of some lanes: a function from states to states."""
        chosen, network = self.select(lanes), self.rules.network
        few = network.slots >= active_round.LEAST_SLOTS and len(lanes) <= active_round.MOST_LANES
        if few and self.change is None and self.rules.rows is network:
            return active_round.ActiveRound(chosen, len(lanes))
        return chosen.losses

    def select(self, lanes: Ints) -> LaneEquations:
        """Return the equations of some lanes; ``change`` stays as it is."""
        hit = InitialLosses(*(_select_lanes(part, lanes) for part in self.hit))
        reading = None if self.reading is None else _select_lanes(self.reading, lanes)
        return self._replace(weight=_select_lanes(self.weight, lanes), hit=hit, reading=reading)

    def branch(self, lane: int) -> Branch:
        """Return the linear equations of one lane, to be solved where rounds converge slowly."""
        equations = self.select(np.array([lane]))
        reading = None if equations.reading is None else equations.reading[:, 0]
        return Branch(
            self.rules.network, equations.weight[:, 0], equations.hit.slot[:, 0], equations.hit.supply[:, 0], reading=reading
        )


def _select_lanes(columns: Floats, lanes: Ints) -> Floats:
    """Return some lanes of columns, in their order, without copying a column that all lanes share, or all lanes."""
    if columns.shape[1] in (1, len(lanes)):
        return columns
    return columns[:, : len(lanes)] if columns.strides[1] == 0 else columns[:, lanes]


__all__ = [
    "BATCH",
    "Columns",
    "LaneEquations",
    "LinkChanges",
    "Values",
    "hit_columns",
    "lanes_at_once",
    "loss_from",
    "shortage",
    "zero_column",
]
