"""Rounds that compute again only what follows from the losses that changed in the round before.

In a large network a shock moves few nodes at a time, and a round of all equations repeats what they gave. Every row is
computed as in a round of all, so that the losses are the same to the last bit. The first round computes what follows from
the hits: where nothing is lost, the equations give nothing.

Arrays have a run of memory for each lane: numpy reads scattered rows of one lane several times faster than those of a table.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from knockon.network.arrays import NONE, Bools, Floats, Ints, Mode, distinct
from knockon.network.hits import InitialLosses
from knockon.network.row_order import first_rows
from knockon.propagation.combinations import Rules, concatenated_ranges

#: Of smaller networks, and of more lanes, all equations are computed in each round.
LEAST_SLOTS, MOST_LANES = 10_000, 6
#: Fewer than one of so many rows are sorted; among more they are marked.
_FEW = 64
#: Combinations of one supply whose loss is what they fail to meet.
_PLAIN = (Mode.ALL_OF, Mode.ANY_OF, Mode.AT_LEAST)


class RoundEquations(Protocol):
    """What is read of the equations: :class:`knockon.propagation.leontief_round.LaneEquations`."""

    @property
    def rules(self) -> Rules:
        """The combinations of the network."""

    @property
    def weight(self) -> Floats:
        """The criticality of each slot, (slots, lanes)."""

    @property
    def hit(self) -> InitialLosses:
        """The losses that the shocks set."""

    @property
    def reading(self) -> Floats | None:
        """How shares that nobody stated are read."""

    def select(self, lanes: Ints) -> RoundEquations:
        """Return the equations of some lanes."""


class ActiveRound:
    """A round of equations as a function of states, which remembers the last one.

    Parameters
    ----------
    equations
        The equations, without changes of links that depend on the state.
    lanes
        The number of lanes.

    Attributes
    ----------
    rise
        The greatest change of a loss in each lane in the last round, (lanes,).
    """

    def __init__(self, equations: RoundEquations, lanes: int) -> None:
        self._equations, self._rules = equations, equations.rules
        self._plain = _plain_slots(equations.rules)
        self.rise = np.zeros(lanes)
        # Nothing was lost before the hits, and memory that is 0 is taken when another number is written into it.
        self._state: Floats = np.zeros((lanes, self._rules.network.size)).T
        self._value: Floats = np.zeros((lanes, self._rules.network.slots)).T
        self._after: Floats | None = None
        self._moved: Ints = np.zeros(0, np.int64)

    def __call__(self, state: Floats) -> Floats:
        """Return the losses after one round, (nodes, lanes); a state that the last call returned is not to be changed."""
        last, given = self._after, state
        if last is None or state is not last:
            # A copy, since the caller may change it.
            state = np.array(state, np.float64, order="F")
            self._moved = np.flatnonzero(_differs(state, self._state))
        slots = self._behind(self._moved)
        if last is None:
            slots = distinct(np.concatenate([slots, self._hit_slots()]))
        base = np.asfortranarray(np.broadcast_to(self._equations.hit.node, state.shape)) if last is None else last
        after = self._follow(state, base.copy(order="F"), slots)
        if last is None or given is not last:
            self._moved, self.rise = np.flatnonzero(_differs(after, state)), np.abs(after - state).max(axis=0, initial=0.0)
        self._state, self._after = state, after
        return after

    def keep(self, lanes: Bools) -> ActiveRound:
        """Return the round of some of the lanes, which goes on from the same states."""
        kept = ActiveRound(self._equations.select(np.flatnonzero(lanes)), int(lanes.sum()))
        kept._state, kept._value = np.asfortranarray(self._state[:, lanes]), np.asfortranarray(self._value[:, lanes])
        kept._after = None if self._after is None else np.asfortranarray(self._after[:, lanes])
        return kept

    def _behind(self, nodes: Ints) -> Ints:
        """Return the slots with one of some nodes as need or provider, ascending."""
        start, slot = self._rules.network.dependents
        slots = slot[concatenated_ranges(start[nodes], start[nodes + 1])]
        if len(slots) * _FEW < self._rules.network.slots:
            return distinct(slots)
        marked = np.zeros(self._rules.network.slots, bool)
        marked[slots] = True
        return np.flatnonzero(marked)

    def _hit_slots(self) -> Ints:
        """Return the slots that a shock hits, or a supply of which it hits."""
        hit = self._equations.hit
        slots = [np.flatnonzero(hit.slot.any(axis=1)) if _is_hit(hit.slot) else np.zeros(0, np.int64)]
        if _is_hit(hit.supply):
            slots.append(self._rules.network.supply_slot[hit.supply.any(axis=1)])
        return distinct(np.concatenate(slots))

    def _follow(self, state: Floats, after: Floats, slots: Ints) -> Floats:
        """Fill in the losses after a round in which only the values of some slots, ascending, differ from those of the last."""
        hit, moved, value = self._equations.hit, list[Bools](), self._values(state, slots)
        owner = self._rules.owner[slots]
        starts = first_rows(owner) if len(slots) else np.zeros(0, np.int64)
        owners = owner[starts]
        for lane in range(state.shape[1]):
            new, of_slots, losses = value[:, lane], self._value[:, lane], after[:, lane]
            rises = bool((new >= of_slots[slots]).all())
            of_slots[slots] = new
            if rises:
                # The other slots of an owner give what they gave, which is in its loss already.
                loss = np.maximum(_greatest_of_runs(new, starts), losses[owners])
            else:
                loss = self._greatest_of_all(of_slots, owners)
                np.maximum(loss, hit.node[:, lane if hit.node.shape[1] > 1 else 0][owners], out=loss)
            change = np.abs(loss - state[:, lane][owners])
            self.rise[lane] = change.max(initial=0.0)
            moved.append(change > 0)
            losses[owners] = loss
        self._moved = owners[np.logical_or.reduce(moved)].astype(np.int64)
        return after

    def _greatest_of_all(self, value: Floats, owners: Ints) -> Floats:
        """Return the greatest value of all slots of each of some owners, of the values of one lane."""
        start = self._rules.network.slot_start
        first, last = start[owners], start[owners + 1]
        return _greatest_of_runs(value[concatenated_ranges(first, last)], np.cumsum(last - first) - (last - first))

    def _values(self, state: Floats, slots: Ints) -> Floats:
        """Return the values of some slots: the shortage of each times its criticality, (slots, lanes)."""
        rules, hit = self._rules, self._equations.hit
        value, need = self._unmet(state, slots), rules.need[slots]
        none = np.flatnonzero(need == NONE)
        for lane in range(state.shape[1]):
            short = value[:, lane]
            if len(none) < len(need):
                lost = state[:, lane][need]
                lost[none] = 0
                np.maximum(short, lost, out=short)
            if _is_hit(hit.slot):
                np.maximum(short, hit.slot[:, lane][slots], out=short)
            weight = self._equations.weight
            short *= weight[:, lane if weight.shape[1] > 1 else 0][slots]
        return value

    def _unmet(self, state: Floats, slots: Ints) -> Floats:
        """Return the part of each need that the supplies of some slots fail to meet, (slots, lanes)."""
        rules = self._rules
        unmet: Floats = np.zeros((state.shape[1], len(slots))).T
        plain = slice(None) if self._plain is None else np.flatnonzero(self._plain[slots])
        of_one = slots[plain]
        if len(of_one):
            supplies = rules.network.supply_start[of_one]
            for lane, lost in enumerate(self._lost(state, supplies)):
                unmet[plain, lane] = lost
        if self._plain is None or len(of_one) == len(slots):
            return unmet
        for mode, group in rules.groups_of(np.delete(slots, plain)):
            part = np.stack(self._lost(state, group.parts), axis=-1)
            unmet[np.searchsorted(slots, group.rows)] = rules.unmet_by(mode, group, part, self._equations.reading)
        return unmet

    def _lost(self, state: Floats, supplies: Ints) -> list[Floats]:
        """Return the loss of some supplies in each lane, each of the shape of ``supplies``."""
        provider, hit = self._rules.provider[supplies], self._equations.hit.supply
        lost = [state[:, lane][provider] for lane in range(state.shape[1])]
        if _is_hit(hit):
            for lane, losses in enumerate(lost):
                np.maximum(losses, hit[:, lane][supplies], out=losses)
        return lost


def _plain_slots(rules: Rules) -> Bools | None:
    """Return whether a slot has one supply, whose loss is what it fails to meet, (slots,); None if all have."""
    network = rules.network
    plain = np.diff(network.supply_start) == 1
    mode = np.asarray(network.mode)
    if mode.any():
        plain &= np.isin(mode, _PLAIN)
    return None if plain.all() else plain


def _greatest_of_runs(value: Floats, starts: Ints) -> Floats:
    """Return the greatest number of each run, (runs,); runs start at the ascending places ``starts``, the first at 0."""
    if len(starts) == len(value):
        return value
    greatest: Floats = np.maximum.reduceat(value, starts)
    return greatest


def _is_hit(hit: Floats) -> bool:
    """Return whether hits are more than a broadcast zero."""
    return bool(hit.size) and (any(hit.strides) or bool(hit.flat[0]))


def _differs(state: Floats, other: Floats) -> Bools:
    """Return whether a node has another loss in any lane, (nodes,)."""
    differs = np.zeros(len(state), bool)
    for lane in range(state.shape[1]):
        differs |= state[:, lane] != other[:, lane]
    return differs


__all__ = ["LEAST_SLOTS", "MOST_LANES", "ActiveRound"]
