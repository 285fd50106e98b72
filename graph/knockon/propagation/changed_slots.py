"""Changes to slots of a network, in lanes: what they make of the equations of :mod:`knockon.propagation.leontief_round`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from knockon.network.network import NONE, Floats, Ints, Network
from knockon.propagation.leontief_round import LaneEquations
from knockon.propagation.levels import Level
from knockon.vocabulary import Interval


class Change(NamedTuple):
    r"""A change to one slot r; where several parts are given, all of them hold.

    ``weight`` is another criticality. ``backup`` is a node that can meet the
    need alone, -1 one that never loses: :math:`meet_r = \min(meet_r, loss_{backup})`.
    The supply ``supply`` gets the node ``provider`` (-1: one that never loses) in place of its own, and hits on the
    supply no longer count. ``at_least`` is the number of supplies that must work, however they combined before.
    """

    slot: int
    weight: Interval | None = None
    backup: int | None = None
    supply: int | None = None
    provider: int = NONE
    at_least: int | None = None


#: The place of a lane among those that are computed, and a change in it.
Place = tuple[int, Change]


class _ChangedCells(NamedTuple):
    """Cells of an array with a column for each lane, and the node whose loss counts there (-1: one that never loses)."""

    lane: Ints
    row: Ints
    node: Ints

    @classmethod
    def of(cls, rows: Iterable[tuple[int, int, int]]) -> _ChangedCells:
        """Return cells from rows of (lane, row, node)."""
        return cls(*np.array(list(rows), np.int64).reshape(-1, 3).T)

    def losses(self, state: Floats) -> Floats:
        """Return the losses of the nodes, each in its lane."""
        return np.where(self.node == NONE, 0.0, state[self.node, self.lane])


class _Changes:
    """The changes of every lane to providers, backups and the number of supplies that must work."""

    def __init__(self, start: Ints, places: Sequence[Place]) -> None:
        self.start = start
        self.switched = _ChangedCells.of((lane, c.supply, c.provider) for lane, c in places if c.supply is not None)
        self.backed = _ChangedCells.of((lane, c.slot, c.backup) for lane, c in places if c.backup is not None)
        self.at_least = [(lane, c.slot, c.at_least) for lane, c in places if c.at_least is not None]

    def supplies(self, lost: Floats, state: Floats) -> None:
        """Put the losses of new providers in place of those of the old ones."""
        lost[self.switched.row, self.switched.lane] = self.switched.losses(state)

    def change_unmet(self, unmet: Floats, lost: Floats, state: Floats) -> None:
        """Apply the numbers of supplies that must work, then the backups."""
        for lane, slot, count in self.at_least:
            unmet[slot, lane] = np.sort(lost[self.start[slot] : self.start[slot + 1], lane])[count - 1]
        np.minimum.at(unmet, (self.backed.row, self.backed.lane), self.backed.losses(state))


def _changed_weights(weight: Floats, bound: int, places: Sequence[Place], lanes: int) -> Floats:
    """Return the criticality of each slot in each lane, (slots, lanes); without changes the one column for all."""
    given = [(lane, c.slot, c.weight[bound]) for lane, c in places if c.weight is not None]
    if not given:
        return weight
    changed = np.repeat(weight, lanes, axis=1)
    for lane, slot, criticality in given:
        changed[slot, lane] = criticality
    return changed


def changed_equations(equations: LaneEquations, bound: int, places: Sequence[Place], lanes: int) -> LaneEquations:
    """Return equations with changes, which have the slots and supplies of the equations."""
    weight = _changed_weights(equations.weight, bound, places, lanes)
    return equations._replace(weight=weight, change=_Changes(equations.rules.rows.supply_start, places))


class LevelChanges:
    """The changes of every lane, by the node that owns the slot."""

    def __init__(self, network: Network, bound: int, places: Sequence[Place], lanes: int) -> None:
        self.bound, self.lanes = bound, lanes
        self.by_owner: dict[int, list[Place]] = {}
        owner = network.slot_owner[[change.slot for _, change in places]].tolist() if places else []
        for node, place in zip(owner, places, strict=True):
            self.by_owner.setdefault(node, []).append(place)

    def concern(self, level: Level) -> bool:
        """Return whether a node of a level is changed in any lane."""
        return any(node in self.by_owner for node in level.nodes.tolist())

    def apply(self, level: Level, equations: LaneEquations) -> LaneEquations:
        """Return the equations of a level with its changes, by its own numbers of slots and supplies."""
        places = [place for node in level.nodes.tolist() for place in self.by_owner.get(node, ())]
        renumbered = []
        for lane, change in places:
            slot = int(np.searchsorted(level.slots, change.slot))
            supply = None if change.supply is None else int(np.searchsorted(level.supplies, change.supply))
            renumbered.append((lane, change._replace(slot=slot, supply=supply)))
        return changed_equations(equations, self.bound, renumbered, self.lanes)


__all__ = ["Change", "LevelChanges", "Place", "changed_equations"]
