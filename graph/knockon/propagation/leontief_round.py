r"""One round of the leontief equations, for any number of lanes: the step that every model on slots repeats.

A lane is a column of the state: one shock, bound, draw or variant. With the
combinations of :class:`knockon.propagation.combinations.Rules`,

.. math::

   lost_s &= \max(hit_s,\ loss_{provider(s)})

   short_r &= \max(hit_r,\ loss_{need(r)},\ meet_r(lost))

   loss_j &= \max(hit_j,\ \max_{r \in slots(j)} c_r \cdot short_r)

:class:`Lanes` runs them to their fixed point with :func:`knockon.propagation.fixed_point.settle`. Models whose rounds do
more in between (stocks, delays, draws) take :func:`shortage` and :func:`loss_from` on their own.

References
----------
C. Diem, A. Borsos, T. Reisch, J. Kertész, S. Thurner, "Quantifying firm-level
economic systemic risk from nation-wide supply networks", Scientific Reports
12:7719 (2022), doi:10.1038/s41598-022-11522-z.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from knockon.network.arrays import Floats, Ints
from knockon.network.hits import Hits
from knockon.network.network import Network
from knockon.propagation.branch import Branch
from knockon.propagation.combinations import Rules
from knockon.propagation.fixed_point import Round
from knockon.propagation.trace import InitialLosses

#: Numbers, or booleans where things fail wholly or not at all: (rows, lanes).
Columns = npt.NDArray[Any]
#: The numbers that one call should hold: more would fall out of the caches.
BATCH = 2**19


def lanes_at_once(network: Network) -> int:
    """Return how many lanes of a network one call should take; at least one."""
    return max(1, BATCH // max(network.size + network.slots + network.supplies, 1))


def shortage(rules: Rules, slot_hit: Columns, state: Columns, meet: Columns) -> Columns:
    """Return how short each need is, (slots, lanes): the greatest of its hit, the loss of the need, and what is not supplied.

    Parameters
    ----------
    rules
        The combinations of the network.
    slot_hit
        What the shock sets on each slot, (slots, lanes) or one column for all lanes.
    state
        The loss of each node, (nodes, lanes).
    meet
        How far the supplies of each slot fail to meet its need, (slots, lanes), as of :meth:`Rules.supply_loss`.
    """
    short: Columns = np.maximum(meet, rules.need_loss(state))
    return _at_least(short, slot_hit)


def loss_from(rules: Rules, node_hit: Columns, value: Columns) -> Columns:
    """Return the loss of each node, (nodes, lanes): the greatest of its hit and the ``value`` of its slots."""
    return _at_least(rules.slot_max(value), node_hit)


def hit_columns(network: Network, hits: Hits, lanes: Iterable[tuple[int, int]]) -> InitialLosses:
    """Return what shocks set themselves, as columns: of nodes, slots and supplies, a lane for each (shock, bound)."""
    rows = [hits.rows(network, shock, bound) for shock, bound in lanes]
    sizes = (network.size, network.slots, network.supplies)
    return InitialLosses(*(_stacked([row[kind] for row in rows], size) for kind, size in enumerate(sizes)))


def nothing(rows: int) -> Floats:
    """Return a column of zeros that takes no memory: nothing is hit."""
    return np.broadcast_to(np.zeros((1, 1)), (rows, 1))


def _at_least(columns: Columns, hit: Columns) -> Columns:
    """Raise columns in place to what is hit; nothing to do where that is one zero that is seen everywhere."""
    if hit.size and not any(hit.strides) and not hit.flat[0]:
        return columns
    return np.maximum(columns, hit, out=columns)


def _stacked(rows: list[Floats], size: int) -> Floats:
    """A column for each lane; where nothing is hit, one zero that is seen everywhere."""
    if not any(row.any() for row in rows):
        return np.broadcast_to(nothing(size), (size, len(rows)))
    return np.stack(rows, axis=1)


class Values(NamedTuple):
    """What one round came to: the loss of each supply, how short each slot is, its value, and the new loss of each node.

    All are (rows, lanes). ``meet`` is how far supplies fail to meet the need, ``value`` the shortage times its criticality.
    """

    supply_loss: Floats
    meet: Floats
    short: Floats
    value: Floats
    loss: Floats


class Change(Protocol):
    """What a variant of the network changes between the losses of nodes and the shortage of slots, in place."""

    def supplies(self, lost: Floats, state: Floats) -> None:
        """Change the losses of supplies, (supplies, lanes)."""

    def meeting(self, meet: Floats, lost: Floats, state: Floats) -> None:
        """Change how far supplies fail to meet each need, (slots, lanes)."""


class Lanes(NamedTuple):
    """The equations of several lanes on one network: :class:`knockon.propagation.fixed_point.Equations`.

    ``weight`` is (slots, lanes), ``hit`` what the shocks set, ``reading``
    (slots or 1, lanes) how shares that nobody stated are read: 0 low, 1 point
    (the default), 2 high, and between. Any of them may be one column that holds for all lanes.
    """

    rules: Rules
    weight: Floats
    hit: InitialLosses
    reading: Floats | None = None
    change: Change | None = None

    def losses(self, state: Floats) -> Floats:
        """Return the losses after one round, (nodes, lanes)."""
        return self.values(state).loss

    def values(self, state: Floats) -> Values:
        """Return one round from the losses of all lanes, with everything in between."""
        lost = _at_least(state[self.rules.provider], self.hit.supply)
        if self.change is not None:
            self.change.supplies(lost, state)
        meet = self.rules.supply_loss(lost, self.reading)
        if self.change is not None:
            self.change.meeting(meet, lost, state)
        short = shortage(self.rules, self.hit.slot, state, meet)
        value = self.weight * short
        return Values(lost, meet, short, value, loss_from(self.rules, self.hit.node, value))

    def round(self, lanes: Ints) -> Round:
        """Return the round of some lanes: a function from states to states."""
        return self.some(lanes).losses

    def some(self, lanes: Ints) -> Lanes:
        """Return the equations of some lanes; ``change`` stays as it is."""
        hit = InitialLosses(*(_some(part, lanes) for part in self.hit))
        reading = None if self.reading is None else _some(self.reading, lanes)
        return self._replace(weight=_some(self.weight, lanes), hit=hit, reading=reading)

    def branch(self, lane: int) -> Branch:
        """Return the linear equations of one lane, to be solved where a loop goes on for long."""
        one = self.some(np.array([lane]))
        reading = None if one.reading is None else one.reading[:, 0]
        return Branch(self.rules.network, one.weight[:, 0], one.hit.slot[:, 0], one.hit.supply[:, 0], reading=reading)


def _some(columns: Floats, lanes: Ints) -> Floats:
    """Some lanes of columns; one column that all lanes share is not written out for them."""
    if columns.shape[1] == 1:
        return columns
    return columns[:, : len(lanes)] if columns.strides[1] == 0 else columns[:, lanes]


__all__ = ["BATCH", "Change", "Columns", "Lanes", "Values", "hit_columns", "lanes_at_once", "loss_from", "nothing", "shortage"]
