r"""Alternatives that take over in a timeline once their switching time has passed.

Let :math:`A_r(t)` be the alternatives of slot r whose switching time,
counted from the beginning of the shock, has passed at step t. With the
shortage :math:`short_r(t)` of the equations without alternatives,

.. math::

   short'_r(t) = \min\bigl(short_r(t),\ \max(hit_r(t),\ loss_{need(r)}(t - 1),\ \min_{a \in A_r(t)} loss_a(t - 1))\bigr)

where the loss of the need is that without its provisions, as an alternative
provides in their place, too. An alternative replaces what suppliers fail to
deliver and nothing else: a hit on the dependency itself, or on the need,
remains. It meets the whole need, as far as it delivers itself: its own loss is
computed in the same run.

The switching time is counted from the beginning of the shock, not from when
the shortage is first felt. The reason is the law that no loss falls when
anything worsens: with the other reading a shock that also caused a slight
shortage earlier would start the search earlier, and could spare its victim
the worst. Counted from the beginning every term above rises with every loss,
every hit and every switching time, so that the bounds of a timeline stay exact.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from knockon.network.network import NONE, Bools, Floats, Ints, Network


class Substitution(NamedTuple):
    """The alternatives of a network on the clock of a run.

    ``slot``, ``provider`` and ``step`` (m,) are the slot, the node, and the first step in which it meets the need;
    ``owners`` (u,) are the slots that have any, ``start`` (u,) the first alternative of each, and ``need`` (u,) the node whose
    loss no alternative replaces, -1 where there is none.
    """

    slot: Ints
    provider: Ints
    step: Ints
    owners: Ints
    start: Ints
    need: Ints

    @classmethod
    def of(cls, network: Network, step: float) -> Substitution | None:
        """Return the alternatives of a network for steps of some days; None where it has none."""
        given = network.substitutes
        if given is None:
            return None
        slot = given.slot.astype(np.int64)
        owners, start = np.unique(slot, return_index=True)
        # A switching time of three steps should not become four because 0.3 / 0.1 is above 3.
        first = np.ceil(given.days / step - 1e-9).astype(np.int64)
        return cls(slot, given.provider.astype(np.int64), first, owners, start, _own_need(network, owners))

    def cover(self, short: Floats, hit: Floats, state: Floats, t: int) -> Floats:
        """Return the shortages of the slots with alternatives at step t, (u, lanes).

        Parameters
        ----------
        short, hit
            The shortage of each slot without alternatives, and the loss that the shock sets on it, (slots, lanes).
        state
            The loss of each node one step before, (n, lanes).
        t
            The number of the step.
        """
        least = np.minimum.reduceat(self.losses(state, t), self.start, axis=0)
        of_need = np.where((self.need != NONE)[:, None], state[self.need], 0.0)
        covered: Floats = np.minimum(short[self.owners], np.maximum(np.maximum(hit[self.owners], of_need), least))
        return covered

    def losses(self, state: Floats, t: int) -> Floats:
        """Return what each alternative loses, (m, lanes); all of it where its time has not come."""
        losses: Floats = np.where((self.step <= t)[:, None], state[self.provider], 1.0)
        return losses

    def in_use(self, before: Floats, after: Floats, state: Floats, t: int) -> Bools:
        """Return which alternatives meet a need at step t, (m, lanes): of those of a slot the one that loses least.

        Parameters
        ----------
        before, after
            The shortages of the slots without and with alternatives, (u, lanes).
        state, t
            As for :meth:`cover`.
        """
        losses = self.losses(state, t)
        group = np.repeat(np.arange(len(self.owners)), np.diff(np.append(self.start, len(self.slot))))
        best = losses == np.minimum.reduceat(losses, self.start, axis=0)[group]
        # Of equals the first: none of those before it in its group is as good.
        rank = np.cumsum(best, axis=0)
        first = rank == (rank - best)[self.start][group] + 1
        chosen: Bools = best & first & (after < before)[group]
        return chosen

    def pending(self, short: Floats, t: int) -> Bools:
        """Return whether an alternative is still to come for a slot that is short, for each lane."""
        return np.asarray(((self.step > t)[:, None] & (short[self.slot] > 0)).any(axis=0))

    def steps_until_next(self, t: int) -> float:
        """Return for how many steps after step t no alternative takes over."""
        following = self.step[self.step > t]
        return float(following.min()) - 1 - t if following.size else np.inf


def short_by_cause(network: Network, short: Floats, unmet: Floats, hit: Floats, state: Floats) -> Floats:
    """Return each shortage as its cause makes it: as it was before alternatives, but for what these cannot replace.

    Parameters
    ----------
    network
        The network.
    short, unmet, hit
        The shortage of each slot with and without alternatives, and the loss that the shock sets on it, (slots, lanes).
    state
        The loss of each node one step before, (n, lanes).
    """
    need = network.slot_need
    of_need = np.where((need != NONE)[:, None], state[need], 0.0)
    remains = (short == hit) | (short == of_need) | network.inner_slots[:, None]
    return np.asarray(np.where(remains, short, unmet))


def _own_need(network: Network, slots: Ints) -> Ints:
    """Return the node whose loss no alternative replaces: the need, without provisions that the alternative stands in for."""
    need = network.slot_need[slots].astype(np.int64)
    alone = (np.diff(network.supply_start)[slots] == 0) & (need != NONE) & (need < network.entities)
    twin = network.twin[np.where(alone, need, 0)]
    return np.where(alone & (twin != NONE), twin, need)


__all__ = ["Substitution", "short_by_cause"]
