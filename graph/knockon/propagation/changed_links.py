"""Compute the loss of one node to one shock on many variants of a network, by :mod:`knockon.propagation.leontief`.

A variant is the network with some changes to its slots. Every variant is a
column (lane) of the state, which does not depend on the others and stops by
itself, so that a lane gives what the model gives on the changed network alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from knockon.network.hits import Hits, InitialLosses
from knockon.network.network import NONE, Floats, Ints, Network
from knockon.propagation.bounds import POINT, enclose
from knockon.propagation.branch import Branch
from knockon.propagation.combinations import Rules, reading_at
from knockon.propagation.fixed_point import CAP, EPS, Round, settle
from knockon.propagation.leontief_round import MEMORY, LaneEquations
from knockon.propagation.levels import Level
from knockon.propagation.sweeps import Sweeps
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


class ChangedNetworks:
    """A network and one shock on it, for which variants can be computed.

    Parameters
    ----------
    network, hits, shock
        The network, and the number of the shock among the hits.
    eps, cap
        As in :func:`knockon.propagation.leontief.leontief`.

    Attributes
    ----------
    capped
        Whether the model stopped by its cap for any variant so far.

    Examples
    --------
    >>> from knockon.model import Dependency
    >>> from knockon.network.compile import compile_network
    >>> chain = [Dependency(id=f"urn:x:d{i}", dependant=f"urn:x:{i + 1}", need=f"urn:x:{i}", criticality_value="0.5")
    ...          for i in range(2)]
    >>> network = compile_network(chain).network
    >>> variants = ChangedNetworks(network, Hits.of(network, [0]), 0)
    >>> less = Change(1, weight=Interval(0.1, 0.2, 0.4))
    >>> variants.losses(2, [[], [less]]).tolist()
    [[0.25, 0.05], [0.25, 0.1], [0.25, 0.2]]
    """

    def __init__(self, network: Network, hits: Hits, shock: int, *, eps: float = EPS, cap: int = CAP) -> None:
        self.network, self.eps, self.cap = network, eps, cap
        self.initial_loss = [hits.initial_losses(network, shock, bound) for bound in (0, 1, 2)]
        self.rules = Rules(network)
        self.capped = False
        self._unlinked: Sweeps | None = None

    def losses(self, target: int, variants: Sequence[Sequence[Change]]) -> Floats:
        """Return the loss (0..1) of the target in each variant at the low end, the point and the high end, (3, variants)."""
        low, point, high = self._at(target, variants, (0, 1, 2))
        low, high = enclose(low, point, high)
        return np.stack([low, point, high])

    def point_losses(self, target: int, variants: Sequence[Sequence[Change]]) -> Floats:
        """Return the loss (0..1) of the target in each variant at the point, (variants,)."""
        return np.asarray(self._at(target, variants, (POINT,))[0])

    def _at(self, target: int, variants: Sequence[Sequence[Change]], bounds: tuple[int, ...]) -> Floats:
        """Return the loss of the target in each variant at some bounds, (bounds, variants)."""
        sweeps = self._sweeps(variants)
        if not sweeps.looped and len(sweeps.levels) <= self.cap and all(len(changes) == 1 for changes in variants):
            changes = [change for (change,) in variants]
            return np.stack([single_changes(self, sweeps, bound, target, changes) for bound in bounds])
        width = sweeps.lanes
        parts = [
            np.stack([self._run(sweeps, bound, variants[start : start + width])[target] for bound in bounds])
            for start in range(0, len(variants), width)
        ]
        return np.concatenate([np.zeros((len(bounds), 0)), *parts], axis=1)

    def unchanged(self, bound: int) -> LaneEquations:
        """Return the equations at one bound without changes, one column for all lanes."""
        columns = InitialLosses(*(part[:, None] for part in self.initial_loss[bound]))
        return LaneEquations(self.rules, self.network.weights[bound][:, None], columns, reading_at(bound))

    def _sweeps(self, variants: Sequence[Sequence[Change]]) -> Sweeps:
        """Return the order of the nodes in which every variant can be computed: with the links of all of them."""
        given = [(node, c.slot) for changes in variants for c in changes for node in (c.backup, c.provider)]
        links = {(node, slot) for node, slot in given if node is not None and node != NONE}
        source, slot = np.array(sorted(links), np.int64).reshape(-1, 2).T
        if not source.size:
            if self._unlinked is None:
                self._unlinked = Sweeps(self.network)
            return self._unlinked
        return Sweeps(self.network, source, self.network.slot_owner[slot])

    def _equations(self, bound: int, variants: Sequence[Sequence[Change]]) -> _VariantEquations:
        """Return the equations of some variants at one bound."""
        return _VariantEquations(self, bound, variants)

    def _run(self, sweeps: Sweeps, bound: int, variants: Sequence[Sequence[Change]]) -> Floats:
        """Return the losses of all nodes at one bound, (nodes, variants)."""
        start = np.broadcast_to(self.initial_loss[bound].node[:, None], (self.network.size, len(variants)))
        equations = self._equations(bound, variants)
        sweep = sweeps.plan(lambda lanes: equations.sweep(sweeps, lanes), self.cap)
        settled = settle(equations, start, sweep=sweep, eps=self.eps, cap=self.cap)
        self.capped |= bool((settled.residual > self.eps).any())
        return settled.state


#: The place of a lane among those that are computed, and a change in it.
_Place = tuple[int, Change]


class _VariantEquations(NamedTuple):
    """The equations of every variant at one bound."""

    whole: ChangedNetworks
    bound: int
    variants: Sequence[Sequence[Change]]

    def round(self, lanes: Ints) -> Round:
        """Return the round of some variants."""
        places = self._places(lanes)
        return _changed(self.whole.unchanged(self.bound), self.bound, places, len(lanes)).losses

    def sweep(self, sweeps: Sweeps, lanes: Ints) -> Round:
        """Return a sweep of some variants."""
        changes = _LevelChanges(self.whole.network, self.bound, self._places(lanes), len(lanes))
        return sweeps.sweep(self.whole.unchanged(self.bound), changes)

    def _places(self, lanes: Ints) -> list[_Place]:
        """Return the changes of some variants."""
        return [(place, change) for place, lane in enumerate(lanes.tolist()) for change in self.variants[lane]]

    def branch(self, lane: int) -> Branch:
        """Return the linear equations of one variant, to be solved where rounds converge slowly."""
        network, initial_loss, changes = self.whole.network, self.whole.initial_loss[self.bound], self.variants[lane]
        weight, provider, hit = network.weights[self.bound].copy(), network.supply_provider.copy(), initial_loss.supply.copy()
        at_least: dict[int, int] = {}
        backups: dict[int, list[int]] = {}
        for change in changes:
            if change.weight is not None:
                weight[change.slot] = change.weight[self.bound]
            if change.supply is not None:
                provider[change.supply], hit[change.supply] = change.provider, 0.0
            if change.at_least is not None:
                at_least[change.slot] = change.at_least
            if change.backup is not None:
                backups.setdefault(change.slot, []).append(change.backup)
        return Branch(network, weight, initial_loss.slot, hit, provider, at_least, backups, reading_at(self.bound)[0])


def single_changes(whole: ChangedNetworks, sweeps: Sweeps, bound: int, target: int, changes: Sequence[Change]) -> Floats:
    """Return the loss of the target in variants of one change each, (changes,), where nothing depends on itself.

    What the owner of a changed slot depends on loses what it loses without the change. So the losses of all owners follow
    from one run without changes, and each different one of them is passed on from there.
    """
    equations = whole.unchanged(bound)
    start = whole.initial_loss[bound].node
    steps, unchanged = sweeps.steps(equations), np.array(start[:, None])
    for step in steps:
        step(unchanged)
    owner = whole.network.slot_owner[[change.slot for change in changes]].astype(np.int64)
    loss = _losses_of_owners(whole.network, equations, bound, unchanged, owner, changes)
    # Many changes come to the same: only what they make their owner lose counts.
    lanes, lane = np.unique(np.stack([owner, loss.view(np.int64)]), axis=1, return_inverse=True)
    node, passed_on = lanes[0], np.ascontiguousarray(lanes[1]).view(np.float64)
    parts = [
        sweeps.sweep_from(steps, unchanged[:, 0], node[some], passed_on[some], target)
        for some in np.split(np.arange(len(node)), range(sweeps.lanes_from, len(node), sweeps.lanes_from))
    ]
    return np.concatenate([np.zeros(0), *parts])[lane.reshape(-1)]


def _losses_of_owners(
    network: Network, equations: LaneEquations, bound: int, state: Floats, owner: Ints, changes: Sequence[Change]
) -> Floats:
    """Return the loss of the owner of each changed slot, (changes,), from the losses of all nodes, (n, 1)."""
    rows = np.cumsum(1 + network.slot_start[owner + 1] - network.slot_start[owner]) // MEMORY
    losses = [np.zeros(0)]
    for chosen in np.split(np.arange(len(owner)), np.flatnonzero(np.diff(rows)) + 1) if len(owner) else ():
        # A level in which a node is listed once for each change of its slots.
        level = Level(network, owner[chosen])
        places = []
        for place, number in enumerate(chosen.tolist()):
            change = changes[number]
            slot = int(level.rules.rows.slot_start[place]) + change.slot - int(network.slot_start[owner[number]])
            first = int(level.rules.rows.supply_start[slot]) - int(network.supply_start[change.slot])
            places.append((0, change._replace(slot=slot, supply=None if change.supply is None else change.supply + first)))
        losses.append(_changed(level.equations(equations), bound, places, 1).losses(state)[:, 0])
    return np.concatenate(losses)


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

    def __init__(self, start: Ints, places: Sequence[_Place]) -> None:
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


def _changed_weights(weight: Floats, bound: int, places: Sequence[_Place], lanes: int) -> Floats:
    """Return the criticality of each slot in each lane, (slots, lanes); without changes the one column for all."""
    given = [(lane, c.slot, c.weight[bound]) for lane, c in places if c.weight is not None]
    if not given:
        return weight
    changed = np.repeat(weight, lanes, axis=1)
    for lane, slot, criticality in given:
        changed[slot, lane] = criticality
    return changed


def _changed(equations: LaneEquations, bound: int, places: Sequence[_Place], lanes: int) -> LaneEquations:
    """Return equations with changes, which have the slots and supplies of the equations."""
    weight = _changed_weights(equations.weight, bound, places, lanes)
    return equations._replace(weight=weight, change=_Changes(equations.rules.rows.supply_start, places))


class _LevelChanges:
    """The changes of every lane, by the node that owns the slot."""

    def __init__(self, network: Network, bound: int, places: Sequence[_Place], lanes: int) -> None:
        self.bound, self.lanes = bound, lanes
        self.by_owner: dict[int, list[_Place]] = {}
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
        return _changed(equations, self.bound, renumbered, self.lanes)
