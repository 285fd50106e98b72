"""Compute the loss of one node to one shock on many variants of a network, by :mod:`knockon.propagation.leontief`.

A variant is the network with some changes to its slots. Every variant is a
column (lane) of the state, which does not depend on the others and stops by
itself, so that a lane gives what the model gives on the changed network alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from knockon.network.hits import Hits, InitialLosses
from knockon.network.network import NONE, Floats, Ints, Network
from knockon.propagation.bounds import POINT, bounds_to_run, enclose
from knockon.propagation.branch import Branch
from knockon.propagation.changed_slots import Change, LevelChanges, Place, changed_equations
from knockon.propagation.combinations import Rules, reading_at
from knockon.propagation.fixed_point import CAP, EPS, Round, settle
from knockon.propagation.leontief_round import MEMORY, LaneEquations
from knockon.propagation.levels import Level, Step
from knockon.propagation.sweeps import Sweeps
from knockon.propagation.whole_links import WholeLinks


class _UnchangedRun(NamedTuple):
    """The steps of each level without changes, and the losses of all nodes that they lead to, (n, 1)."""

    steps: Sequence[Step]
    state: Floats


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
    >>> from knockon.vocabulary import Interval
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
        self._unchanged_runs: dict[int, _UnchangedRun] = {}

    def losses(self, target: int, variants: Sequence[Sequence[Change]]) -> Floats:
        """Return the loss (0..1) of the target in each variant at the low end, the point and the high end, (3, variants)."""
        which = self._bounds_to_run(variants)
        runs = dict(zip(which, self._at(target, variants, which), strict=True))
        point = runs[POINT]
        low, high = enclose(runs[which[0]], point, runs[which[-1]])
        return np.stack([low, point, high])

    def point_losses(self, target: int, variants: Sequence[Sequence[Change]]) -> Floats:
        """Return the loss (0..1) of the target in each variant at the point, (variants,)."""
        return np.asarray(self._at(target, variants, (POINT,))[0])

    def _bounds_to_run(self, variants: Sequence[Sequence[Change]]) -> tuple[int, ...]:
        """Return the bounds at which variants may differ: the point alone where every number is known."""
        weights = [change.weight for changes in variants for change in changes if change.weight is not None]
        hit = [np.stack([getattr(losses, part) for losses in self.initial_loss]) for part in InitialLosses._fields]
        changed = np.array(weights, np.float64).reshape(-1, 3).T
        return bounds_to_run(self.network.weights, changed, *hit, split=self.rules.split)

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

    def unchanged_run(self, sweeps: Sweeps, bound: int) -> _UnchangedRun:
        """Return the steps of sweeps at one bound without changes, and the losses; kept for those without further links."""
        kept = self._unchanged_runs.get(bound) if sweeps is self._unlinked else None
        if kept is not None:
            return kept
        steps, state = sweeps.steps(self.unchanged(bound)), np.array(self.initial_loss[bound].node[:, None])
        for step in steps:
            step(state)
        run = _UnchangedRun(steps, state)
        if sweeps is self._unlinked:
            self._unchanged_runs[bound] = run
        return run

    def unchanged(self, bound: int) -> LaneEquations:
        """Return the equations at one bound without changes, one column for all lanes."""
        columns = InitialLosses(*(part[:, None] for part in self.initial_loss[bound]))
        return LaneEquations(self.rules, self.network.weights[bound][:, None], columns, reading_at(bound))

    def _sweeps(self, variants: Sequence[Sequence[Change]]) -> Sweeps:
        """Return the order of the nodes in which every variant can be computed: with the links of all of them."""
        given = [(c.backup, c.provider, c.slot) for changes in variants for c in changes]
        links = {(node, slot) for *nodes, slot in given for node in nodes if node is not None and node != NONE}
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


class _VariantEquations(NamedTuple):
    """The equations of every variant at one bound."""

    whole: ChangedNetworks
    bound: int
    variants: Sequence[Sequence[Change]]

    def round(self, lanes: Ints) -> Round:
        """Return the round of some variants."""
        places = self._places(lanes)
        return changed_equations(self.whole.unchanged(self.bound), self.bound, places, len(lanes)).losses

    def sweep(self, sweeps: Sweeps, lanes: Ints) -> Round:
        """Return a sweep of some variants."""
        changes = LevelChanges(self.whole.network, self.bound, self._places(lanes), len(lanes))
        return sweeps.sweep(self.whole.unchanged(self.bound), changes)

    def _places(self, lanes: Ints) -> list[Place]:
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
    steps, unchanged = whole.unchanged_run(sweeps, bound)
    owner = whole.network.slot_owner[[change.slot for change in changes]].astype(np.int64)
    equations = whole.unchanged(bound)
    loss = _losses_of_owners(whole.network, equations, bound, unchanged, owner, changes)
    end = WholeLinks.of(whole.network, equations, unchanged[:, 0], target).end[owner]
    # Many changes come to the same: only what they make their owner lose counts, and where it is passed on as it is.
    lanes, lane = np.unique(np.stack([end, loss.view(np.int64)]), axis=1, return_inverse=True)
    node, passed_on = lanes[0], np.ascontiguousarray(lanes[1]).view(np.float64)
    after = np.zeros(len(node))
    for some in sweeps.batches(node):
        after[some] = sweeps.sweep_from(steps, unchanged[:, 0], node[some], passed_on[some], target)
    return np.asarray(after[lane.reshape(-1)])


def _losses_of_owners(
    network: Network, equations: LaneEquations, bound: int, state: Floats, owner: Ints, changes: Sequence[Change]
) -> Floats:
    """Return the loss of the owner of each changed slot, (changes,), from the losses of all nodes, (n, 1)."""
    begin, last = network.slot_start[owner], network.slot_start[owner + 1]
    supplies = network.supply_start[last].astype(np.int64) - network.supply_start[begin]
    rows = np.cumsum(last.astype(np.int64) - begin + supplies) // MEMORY
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
        losses.append(changed_equations(level.equations(equations), bound, places, 1).losses(state)[:, 0])
    return np.concatenate(losses)


__all__ = ["Change", "ChangedNetworks", "single_changes"]
