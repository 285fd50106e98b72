"""Rounds that compute again only what follows from the losses that changed in the round before.

In a large network a shock moves few nodes at a time, and a round of all equations repeats what they gave. Every row is
computed as in a round of all, so that the losses are the same to the last bit.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from knockon.network.arrays import NONE, Bools, Floats, Ints
from knockon.network.hits import InitialLosses
from knockon.propagation.combinations import Rules, concatenated_ranges, greatest, groups

#: Of smaller networks, and of more lanes, all equations are computed in each round.
LEAST_SLOTS, MOST_LANES = 10_000, 6
#: If more than one of so many slots is affected, all are computed.
_LARGEST_SHARE = 4


class RoundValues(Protocol):
    """What is read of the values of a round, (rows, lanes) each."""

    @property
    def supply_loss(self) -> Floats:
        """The loss of each supply."""

    @property
    def value(self) -> Floats:
        """The shortage of each slot times its criticality."""

    @property
    def loss(self) -> Floats:
        """The new loss of each node."""


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

    def values(self, state: Floats) -> RoundValues:
        """Return the values of one round from the losses of all lanes."""


class ActiveRound:
    """A round of equations as a function of states, which remembers the last one.

    Parameters
    ----------
    equations
        The equations, without changes of links that depend on the state.
    """

    def __init__(self, equations: RoundEquations) -> None:
        self._equations, self._rules = equations, equations.rules
        self._state: Floats | None = None
        self._after = self._lost = self._value = np.zeros((0, 0))

    def __call__(self, state: Floats) -> Floats:
        """Return the losses after one round, (nodes, lanes); a state that the last call returned is not to be changed."""
        slots = self._affected(state)
        if slots is None:
            values = self._equations.values(state)
            self._lost, self._value, after = values.supply_loss, values.value, values.loss
        else:
            after = self._follow(state, slots)
        self._state, self._after = state, after
        return after

    def _affected(self, state: Floats) -> Ints | None:
        """Return the slots with a need or a provider whose loss changed in the last round; None: all are to be computed."""
        if self._state is None or state is not self._after:
            return None
        moved: Bools = (state != self._state).any(axis=1)
        rules = self._rules
        # The last node stands for no need, which is -1.
        affected = moved[rules.need]
        affected[rules.need == NONE] = False
        affected[rules.network.supply_slot[moved[rules.provider]]] = True
        slots = np.flatnonzero(affected)
        return None if len(slots) * _LARGEST_SHARE > len(affected) else slots

    def _follow(self, state: Floats, slots: Ints) -> Floats:
        """Return the losses after a round in which only the values of some slots differ from those of the last."""
        equations, rules, hit = self._equations, self._rules, self._equations.hit
        network = rules.network
        supplies = concatenated_ranges(network.supply_start[slots], network.supply_start[slots + 1])
        self._lost[supplies] = np.maximum(state[rules.provider[supplies]], hit.supply[supplies])
        short = rules.supply_loss(self._lost, equations.reading, only=rules.groups_of(slots))[slots]
        needed = state[rules.need[slots]]
        needed[rules.need[slots] == NONE] = 0
        short = np.maximum(np.maximum(short, needed), hit.slot[slots])
        self._value[slots] = equations.weight[slots] * short
        after = state.copy()
        owned = np.zeros(network.size, bool)
        owned[rules.owner[slots]] = True
        for rows, parts in groups(network.slot_start, np.flatnonzero(owned)):
            after[rows] = np.maximum(greatest(self._value[parts]), hit.node[rows])
        return after


__all__ = ["LEAST_SLOTS", "MOST_LANES", "ActiveRound"]
