"""The probabilities of one shock at its bounds: from draws, from all outcomes, or by decision diagrams."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np

from knockon.errors import UsageError
from knockon.network.hits import Hits, InitialLosses
from knockon.network.network import NONE, Bools, Floats, Ints, Network
from knockon.propagation.bounds import POINT, bounds_to_run, enclose
from knockon.propagation.chance_diagrams import Failures
from knockon.propagation.chance_exact import MAX_OUTCOMES, Outcomes, everything
from knockon.propagation.chance_sampling import (
    Draws,
    Tally,
    final_failures,
    most_frequent_bindings,
    one_number_per_dispute,
    simulate_draws,
)
from knockon.propagation.combinations import Rules
from knockon.propagation.trace import Bindings

#: The most numbers of a batch of draws (about 150 MB with intermediate results).
BATCH = 2**23
#: The most outcomes that are counted where only probabilities are asked for; diagrams give them sooner.
FEW_OUTCOMES = 2**10
#: The most nodes that an error names.
_NAMED = 5
#: Returns draws in batches, the same ones each time.
Batches = Callable[[], Iterable[Draws]]


class ShockChances(NamedTuple):
    """The result of one shock: probabilities (n,), expected shortages (slots,), bindings, and rounds of the longest draw.

    ``given`` is the probability of what is given, and ``draws`` the number of draws in which it occurs, 0 where the numbers are
    exact.
    """

    loss: Floats
    low: Floats
    high: Floats
    short: Floats
    bindings: Bindings
    rounds: int
    given: float
    draws: int


class _AtBound(NamedTuple):
    """Means at one bound, of what occurs together with what is given: failures (n,), shortages (slots,), and of it alone."""

    failed: Floats
    short: Floats
    given: float


def lanes_of(network: Network) -> int:
    """Return the number of draws of a network that are computed at once."""
    # For each draw: the numbers drawn for slots and hits, and the values of slots and supplies.
    return max(1, BATCH // max(2 * network.size + 5 * network.slots + 2 * network.supplies, 1))


class DrawStream:
    """The draws of a run: a random stream for each kind of number, so that none depends on which others are needed."""

    def __init__(self, network: Network, hits: Hits, count: int, seed: int, lanes: int) -> None:
        self.network, self.count, self.seed, self.lanes = network, count, seed, lanes
        sizes = (network.size, network.slots, network.supplies, network.slots)
        needed = [_uncertain(hits.severity[:, hits.kind == kind]) for kind in range(3)]
        needed.append(_uncertain(network.weights) or Rules(network).shares)
        self.kinds = list(zip(sizes, needed, strict=True))

    def draws(self) -> Iterator[Draws]:
        """Yield all draws in batches, the same ones each time."""
        if self.count <= self.lanes:
            yield self._all
        else:
            yield from (self._drawn(batch) for batch in range(-(-self.count // self.lanes)))

    @cached_property
    def _all(self) -> Draws:
        """The draws where they fit into memory: drawn once, for all shocks and bounds."""
        return self._drawn(0)

    def _drawn(self, batch: int) -> Draws:
        """Return one batch of draws."""
        width = min(self.lanes, self.count - batch * self.lanes)

        def stream(kind: int, size: int) -> Floats:
            return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(kind, batch))).random((size, width))

        # Where no chance is uncertain the numbers have no effect: 0 replaces them.
        node, slot, supply, tie = (
            stream(kind, size) if needed else np.broadcast_to(np.zeros((1, 1)), (size, width))
            for kind, (size, needed) in enumerate(self.kinds)
        )
        return Draws(node, slot, supply, one_number_per_dispute(self.network, tie), np.ones(width))


class ShockRuns:
    """Runs of shocks on one network, all with the same draws, and with the same nodes given to have failed.

    Parameters
    ----------
    rules
        The combinations of the network.
    hits
        The shocks.
    stream
        The draws.
    exact
        Count all outcomes, or use decision diagrams; the draws then only say through what nodes fail where there are diagrams.
    lanes
        The most draws or outcomes at a time.
    given
        The numbers of nodes that have failed.
    """

    def __init__(self, rules: Rules, hits: Hits, stream: DrawStream, *, exact: bool, lanes: int, given: Ints) -> None:
        self._rules, self._hits, self._stream, self._exact = rules, hits, stream, exact
        self._lanes, self._given = lanes, given

    def run(self, shock: int) -> ShockChances:
        """Run one shock at each bound that needs a run of its own.

        Raises
        ------
        UsageError
            What is given cannot occur under the shock, or in no draw does; or exact numbers would take too much.
        """
        network, rules = self._rules.network, self._rules
        severity = self._hits.severity[:, self._hits.of_shock(shock)]
        bounds = bounds_to_run(network.weights, severity, split=rules.split)
        tally: Tally | None = None
        ends = []
        for bound in bounds:
            losses, criticality = self._hits.initial_losses(network, shock, bound), network.weights[bound]
            at_bound, counted = self._at_bound(criticality, losses, bound)
            ends.append(at_bound)
            tally = counted if bound == POINT else tally
        assert tally is not None  # noqa: S101 - the point is always among the bounds
        low, point, high = ends[0], ends[len(ends) // 2], ends[-1]
        if not point.given > 0:
            raise UsageError(self._impossible(shock))
        # The quotients of these are outside what is possible, if anything: both parts of each are bounds.
        least = low.failed / high.given
        most = high.failed / low.given if low.given > 0 else np.ones(network.size)
        loss, least, most = (np.minimum(part, 1.0) for part in (point.failed / point.given, least, most))
        # What is given to have failed has failed at every bound, where the quotients of other bounds say less.
        loss[self._given] = least[self._given] = most[self._given] = 1.0
        drawn = 0 if self._exact else round(point.given * self._stream.count)
        shortages = np.minimum(point.short / point.given, 1.0)
        # By diagrams, what can fail at all may have no probability within rounding.
        bindings = Bindings(*(np.where(loss > 0, rows, NONE) for rows in most_frequent_bindings(tally)))
        return ShockChances(loss, *enclose(least, loss, most), shortages, bindings, tally.rounds, point.given, drawn)

    def failed_at_point(self, criticality: Floats, losses: InitialLosses) -> Floats:
        """Return the probability that each node fails, (n,), for one shock with these hits and criticalities."""
        rules, size = self._rules, self._rules.network.size
        if not self._exact:
            return self._failed_of(criticality, losses, self._stream.draws) / self._stream.count
        outcomes = Outcomes(rules, criticality, losses, POINT)
        if outcomes.count <= FEW_OUTCOMES:
            return np.minimum(self._failed_of(criticality, losses, lambda: outcomes.draws(self._lanes)), 1.0)
        failures = Failures(rules, criticality, losses, POINT)
        return failures.joint_probability(failures.diagrams.always, size)

    def _failed_of(self, criticality: Floats, losses: InitialLosses, batches: Batches) -> Floats:
        """Return the weight of the draws in which each node fails; through what it fails is not asked for."""
        tally = Tally(self._rules)
        for batch in batches():
            draws = self._with_given(criticality, losses, POINT, batch)
            if len(draws.weight):
                simulate_draws(tally, criticality, losses, draws, trace=False, bound=POINT)
        return tally.failed

    def _at_bound(self, criticality: Floats, losses: InitialLosses, bound: int) -> tuple[_AtBound, Tally]:
        """Return the means at one bound, and the tally that says through what nodes fail."""
        if not self._exact:
            return self._counted(criticality, losses, bound, self._stream.draws, self._stream.count)
        outcomes = Outcomes(self._rules, criticality, losses, bound)
        if outcomes.count <= MAX_OUTCOMES:
            return self._counted(criticality, losses, bound, lambda: outcomes.draws(self._lanes), 1)
        return self._by_diagrams(criticality, losses, bound)

    def _counted(
        self, criticality: Floats, losses: InitialLosses, bound: int, batches: Batches, total: int
    ) -> tuple[_AtBound, Tally]:
        """Count draws whose weights add up to ``total``; draws are counted, exactly, and outcomes are summed with rounding."""
        tally, weight = Tally(self._rules), 0.0
        for batch in batches():
            draws = self._with_given(criticality, losses, bound, batch)
            weight += float(draws.weight.sum())
            if len(draws.weight):
                simulate_draws(tally, criticality, losses, draws, trace=bound == POINT, bound=bound)
        given = weight / total if len(self._given) else 1.0
        return _AtBound(tally.failed / total, tally.short / total, given), tally

    def _with_given(self, criticality: Floats, losses: InitialLosses, bound: int, draws: Draws) -> Draws:
        """Return those draws in which everything fails that is given."""
        if not len(self._given):
            return draws
        failed = final_failures(self._rules, criticality, losses, draws, self._given, bound=bound)
        return draws.select(np.flatnonzero(failed.all(axis=0)))

    def _by_diagrams(self, criticality: Floats, losses: InitialLosses, bound: int) -> tuple[_AtBound, Tally]:
        """Return exact means by decision diagrams; draws say through what nodes fail."""
        network = self._rules.network
        failures = Failures(self._rules, criticality, losses, bound)
        event = failures.all_fail(self._given.tolist())
        means = _AtBound(
            failures.joint_probability(event, network.size),
            failures.joint_shortage(event, network.slots),
            failures.diagrams.mean(event),
        )
        if bound != POINT:
            return means, Tally(self._rules)
        _, tally = self._counted(criticality, losses, bound, self._stream.draws, 1)
        # What fails in no draw, though it can, is traced in the draw in which everything fails.
        tally.add_rare(everything(self._rules, criticality, losses, bound))
        return means, tally

    def _impossible(self, shock: int) -> str:
        """Say why what is given never occurs: it contradicts the shock, or it is too rare for the draws."""
        network = self._rules.network
        losses, criticality = self._hits.initial_losses(network, shock, POINT), network.weights[POINT]
        which = "the shock" if self._hits.count == 1 else f"shock {shock}"
        # More failures never repair anything, so that what does not fail where everything does cannot fail at all.
        failing = everything(self._rules, criticality, losses, POINT).failed > 0
        if impossible := [node for node in self._given.tolist() if not failing[node]]:
            hint = "hit what makes it fail too, or leave it out of what is given"
            return f"given {self._named(impossible)} contradicts {which}, under which it cannot fail: {hint}"
        hint = "its probability is 0 within rounding" if self._exact else "it is rare: more draws or exact help"
        draws = "" if self._exact else f" in any of {self._stream.count:,} draws"
        return f"given {self._named(self._given.tolist())}: this can occur under {which}, but does not{draws}; {hint}"

    def _named(self, nodes: list[int]) -> str:
        names = ", ".join(str(self._rules.network.nodes[node]) for node in nodes[:_NAMED])
        return names + (f" and {len(nodes) - _NAMED} more" if len(nodes) > _NAMED else "")


def _uncertain(chances: Floats) -> bool:
    """Return whether any chance is neither 0 nor 1."""
    uncertain: Bools = (chances > 0) & (chances < 1)
    return bool(uncertain.any())


__all__ = ["DrawStream", "ShockChances", "ShockRuns", "lanes_of"]
