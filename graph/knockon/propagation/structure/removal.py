"""Compute the loss of one node when sets of nodes are closed, many sets at once, by :mod:`knockon.propagation.leontief`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from knockon.network.hits import InitialLosses, spread_hits
from knockon.network.network import NONE, Bools, Floats, Ints, Network
from knockon.propagation.active_round import LEAST_SLOTS, MOST_LANES
from knockon.propagation.bounds import POINT, bounds_to_run, enclose
from knockon.propagation.combinations import Rules, reading_at
from knockon.propagation.fixed_point import CAP, EPS, settle
from knockon.propagation.leontief import SLACK
from knockon.propagation.leontief_round import LaneEquations, zero_column
from knockon.propagation.level_steps import can_count, steps_to
from knockon.propagation.structure.target_losses import TargetLosses
from knockon.propagation.structure.upstream import part_of
from knockon.propagation.sweeps import STATES, Sweeps, depths_of
from knockon.propagation.whole_links import WholeLinks


class Deciding(NamedTuple):
    """The nodes whose losses may decide what a target loses where each of some nodes fails, as a network of its own.

    ``rows`` are the failing nodes there, ``target`` is the target, and ``sweeps`` are the levels; None: by rounds.
    """

    network: Network
    rows: Ints
    target: int
    sweeps: Sweeps | None


class RemovalLosses:
    """The losses of one target, at the point criticalities, when sets of other nodes are closed.

    Parameters
    ----------
    network, target
        The network, and the row of the target.
    eps, cap
        As in :func:`knockon.propagation.leontief.leontief`.

    Attributes
    ----------
    tried
        The number of sets that were closed so far.
    capped
        Whether the model stopped by its cap for any of them.
    looped
        Whether nodes depend on each other in a loop.

    Examples
    --------
    >>> from knockon.model import Dependency
    >>> from knockon.network.compile import compile_network
    >>> chain = [Dependency(id=f"urn:x:d{i}", dependant=f"urn:x:{i + 1}", need=f"urn:x:{i}", criticality_value="0.5")
    ...          for i in range(2)]
    >>> RemovalLosses(compile_network(chain).network, 2).losses([(0,), (1,), (0, 1)]).tolist()
    [0.25, 0.5, 0.5]
    """

    def __init__(self, network: Network, target: int, *, eps: float = EPS, cap: int = CAP) -> None:
        self.network, self.target, self.eps, self.cap = network, target, eps, cap
        self.rules = Rules(network)
        self._depth = depths_of(network)
        self.looped = bool((self._depth == NONE).any())
        self.tried = 0
        self.capped = False
        # Loss and error of single entities, and which of them are known.
        self._single: Floats | None = None
        self._known = np.zeros(network.entities, bool)
        self._target_losses: dict[int, TargetLosses] = {}
        self._bounds: dict[tuple[int, ...], tuple[float, float, float]] = {}

    @cached_property
    def sweeps(self) -> Sweeps:
        """The levels of the network."""
        return Sweeps(self.network, depth=self._depth)

    def losses(self, sets: Sequence[tuple[int, ...]], enough: float = np.inf) -> Floats:
        """Return the loss of the target (0..1) for each set; a set may stop as soon as its loss reaches ``enough``."""
        lost: Floats = self.losses_with_error(sets, enough)[0]
        return lost

    def losses_with_error(self, sets: Sequence[tuple[int, ...]], enough: float = np.inf) -> Floats:
        """Return the loss of the target for each set, and the most by which it may be below its limit, (2, sets)."""
        self.tried += len(sets)
        if (known := self._singles(sets)) is not None:
            return known
        return self._run(sets, POINT, enough)

    def single_losses(self, among: Ints | None = None) -> Floats:
        """Return loss and error, (2, entities), for each entity alone; they are kept for later questions about single nodes.

        With ``among`` only these are closed, which must be all that matter: the others have 0.
        """
        if self._single is None:
            nodes = np.arange(self.network.entities) if among is None else among
            self._single = np.zeros((2, self.network.entities))
            self._known[nodes] = True
            self._single[:, nodes] = (
                self._passed_on(nodes) if self.counts_steps else self._run([*zip(nodes.tolist())], POINT, np.inf)
            )
        return self._single

    def may_fail_alone(self, node: int) -> bool:
        """Return whether an entity is one of those that ``single_losses`` closed, or none has been closed yet."""
        return self._single is None or bool(self._known[node])

    def _singles(self, sets: Sequence[tuple[int, ...]]) -> Floats | None:
        """Return loss and error, (2, sets), of sets of one entity each that are known; None if one is not."""
        if self._single is None or not all(len(nodes) == 1 for nodes in sets):
            return None
        nodes = np.array([node for (node,) in sets], np.int64)
        return self._single[:, nodes] if self._known[nodes].all() else None

    def _passed_on(self, nodes: Ints) -> Floats:
        """Return loss and error, (2, nodes), of each node alone: each is passed on from its own level."""
        given, equations = np.ones(self.network.size, bool), self._lanes([()], POINT)
        steps, nothing = self.sweeps.steps(equations, given=given), np.zeros(self.network.size)
        end, place = np.unique(WholeLinks.of(self.network, equations, nothing, self.target).end[nodes], return_inverse=True)
        lost = np.zeros((2, len(end)))
        for lanes in self.sweeps.batches(end):
            lost[0, lanes] = self.sweeps.sweep_from(steps, nothing, end[lanes], np.ones(len(lanes)), self.target)
        return lost[:, place]

    def bounds(self, sets: Sequence[tuple[int, ...]]) -> Floats:
        """Return the loss of the target for each set at the low end, the point and the high end, (3, sets); they are kept."""
        new = [nodes for nodes in sets if nodes not in self._bounds]
        which = bounds_to_run(self.network.weights, np.ones((3, 1)), split=self.rules.split)
        runs = {bound: self._losses_at(new, bound) for bound in which}
        low, high = enclose(runs[which[0]], runs[POINT], runs[which[-1]])
        self._bounds.update(zip(new, zip(low.tolist(), runs[POINT].tolist(), high.tolist(), strict=True), strict=True))
        return np.array([self._bounds[nodes] for nodes in sets]).reshape(-1, 3).T

    def _losses_at(self, sets: Sequence[tuple[int, ...]], bound: int) -> Floats:
        """Return the loss of the target for each set at one bound, (sets,)."""
        if bound == POINT and (known := self._singles(sets)) is not None:
            return np.asarray(known[0])
        lost: Floats = self._run(sets, bound, np.inf)[0]
        return lost

    @property
    def by_sweeps(self) -> Sweeps | None:
        """The levels, where losses are computed by sweeps; None where rounds that follow what changes take less.

        That is so in large networks with loops: a sweep computes all of a loop again.
        """
        return None if self.looped and self.network.slots >= LEAST_SLOTS else self.sweeps

    @property
    def counts_steps(self) -> bool:
        """Whether :meth:`steps` is defined, as one sweep from a node arrives at the limit, and its links are steps."""
        return not self.looped and can_count(self.network, self.sweeps) and len(self.sweeps.levels) <= self.cap

    def steps(self, nodes: Sequence[int]) -> Ints:
        """Return the number of links to the target where each node is closed alone, (nodes,); -1: it loses nothing."""
        return steps_to(self.target, self.sweeps, self._lanes([()], POINT), np.array(nodes, np.int64), SLACK)

    def deciding(self, nodes: Sequence[int]) -> Deciding:
        """Return what decides the loss of the target at the point where each of some nodes fails: the nodes there
        lose as much as in the whole network, wherever they make the loss of the target. It may be the whole network.
        """
        failing = np.array(nodes, np.int64)
        if self.follows and self.network.size == self.network.entities:
            losses = self.target_losses(POINT)
            losses.decisive[:] = False
            if not np.isnan(losses.of([*zip(nodes)])).any():
                owners = losses.decisive
                owners[failing] = owners[self.target] = True
                of_owners = owners[self.network.edges.owner]
                present = owners.copy()
                present[self.network.edges.source[of_owners]] = True
                part, row = part_of(replace(self.network, substitutes=None), owners, present)
                return Deciding(part, row[failing], int(row[self.target]), Sweeps(part))
        return Deciding(self.network, failing, self.target, self.by_sweeps)

    def _run(self, sets: Sequence[tuple[int, ...]], bound: int, enough: float) -> Floats:
        """Return loss and stopping error of the target at one bound, (2, sets)."""
        if not self.follows:
            return self._run_all(sets, bound, enough)
        lost = np.zeros((2, len(sets)))
        lost[0] = self.target_losses(bound).of(sets, enough)
        if (rest := np.flatnonzero(np.isnan(lost[0]))).size:
            lost[:, rest] = self._run_all([sets[place] for place in rest.tolist()], bound, enough)
        return lost

    def _run_all(self, sets: Sequence[tuple[int, ...]], bound: int, enough: float) -> Floats:
        """Return loss and stopping error of the target at one bound, (2, sets), by the losses of all nodes."""
        width = self.sweeps.lanes if self.by_sweeps is not None else max(1, min(MOST_LANES, STATES // self.network.slots))
        parts = [self._batch(sets[start : start + width], bound, enough) for start in range(0, len(sets), width)]
        return np.concatenate([np.zeros((2, 0)), *parts], axis=1)

    @property
    def follows(self) -> bool:
        """Whether losses are computed by what may decide them: in loops, where a run of all of them takes many rounds."""
        return self.looped and self.eps <= EPS and self.cap >= CAP

    def target_losses(self, bound: int) -> TargetLosses:
        """Return what computes the losses of the target at a bound by what may decide them."""
        if bound not in self._target_losses:
            self._target_losses[bound] = TargetLosses(self.rules, self.target, bound)
        return self._target_losses[bound]

    def _batch(self, sets: Sequence[tuple[int, ...]], bound: int, enough: float) -> Floats:
        """Return loss and stopping error of the target for some sets, (2, sets)."""
        lanes = self._lanes(sets, bound)

        def failed(state: Floats) -> Bools:
            return np.asarray(state[self.target] >= enough)

        sweeps = self.by_sweeps
        sweep = None if sweeps is None else sweeps.plan(lambda chosen: sweeps.sweep(lanes.select(chosen)), self.cap)
        stop = failed if np.isfinite(enough) else None
        settled = settle(lanes, lanes.hit.node, sweep=sweep, eps=self.eps, cap=self.cap, enough=stop)
        lost = settled.state[self.target]
        self.capped |= bool(((settled.residual > self.eps) & (lost < enough)).any())
        return np.stack([lost, settled.error])

    def _lanes(self, sets: Sequence[tuple[int, ...]], bound: int) -> LaneEquations:
        """Return the equations in which some sets are closed, a lane for each."""
        state = np.zeros((self.network.size, len(sets)))
        sizes = [len(nodes) for nodes in sets]
        state[[node for nodes in sets for node in nodes], np.repeat(np.arange(len(sets)), sizes)] = 1.0
        hit = InitialLosses(state, zero_column(self.network.slots), zero_column(self.network.supplies))
        spread_hits(self.network, hit)
        return LaneEquations(self.rules, self.network.weights[bound][:, None], hit, reading_at(bound))
