r"""Run the rounds of a model to their limit: one stopping rule for all engines that compute the losses of leontief.

The equations :math:`x = F(x)` are monotone and made of maxima, minima, order
statistics and weighted sums, so that rounds from the hits rise to their least
solution. Without loops of shares they arrive there after finitely many rounds,
and the last round changes nothing. A loop of shares converges geometrically:
its rounds rise by less and less, and the distance to the limit when they rise
by eps may be a thousand times eps. Therefore

1. a run ends at once where a round changes nothing;
2. a run at the default eps (1e-12) goes on until its distance to the limit, as
   estimated from the rate of the last rounds, is at most eps;
3. a run that has not ended after 32 rounds, and then each time the number of
   rounds has doubled, is *solved*: near a state the equations are linear (each
   maximum and minimum has one binding term), and their solution is the limit of
   the rounds. It is accepted only if it solves the equations themselves, and
   the same terms bind between state and solution; else the rounds go on;
4. a run with a larger eps ends as soon as no loss rises by more.

A solution found in this way is the least one: with :math:`F(x) \ge x` and
:math:`y - x \ge 0`, :math:`(I - A)(y - x) = F(x) - x` has the limit of the rounds
as its solution (A has no negative entry, and its spectral radius is below 1).

Every run reports the most by which its losses may be below their limits (its
stopping error); where a threshold lies within that distance it is undecided.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from knockon.network.network import Bools, Floats, Ints
from knockon.propagation.active_round import ActiveRound
from knockon.propagation.limit import ROUNDING_ERROR, Equations, Round, distance_to_limit, limit_from

#: The default eps: a run goes on until losses are this close to their limits.
EPS = 1e-12
#: The default number of rounds after which a run stops.
CAP = 10_000
#: A loss this much below a threshold has reached it: products and sums of weights are rounded.
ROUNDING = 1e-9
#: The number of rounds after which the equations are solved for the first time.
FIRST_SOLVE = 32
#: The number of rounds of a block; the rate of convergence is that of the greatest rises of successive blocks.
BLOCK = 8


class Settled(NamedTuple):
    """The results of m lanes: final states (n, m), numbers of rounds, last rises and stopping errors, (m,) each.

    ``before`` (n, m) is the state before the last round, where ``keep_before`` asked for it.
    """

    state: Floats
    iterations: Ints
    residual: Floats
    error: Floats
    before: Floats | None = None


class Sweep(NamedTuple):
    """Another way to advance than rounds, that rises to the same limit: :mod:`knockon.propagation.sweeps`.

    ``of`` returns the function from states to states of some lanes. ``final`` says that one sweep arrives at the limit.
    """

    of: Callable[[Ints], Round]
    final: bool


def settle(
    equations: Equations,
    state: Floats,
    *,
    sweep: Sweep | None = None,
    eps: float = EPS,
    cap: int = CAP,
    enough: Callable[[Floats], Bools] | None = None,
    keep_before: bool = False,
) -> Settled:
    """Run every lane from its hits to its limit; each lane stops by itself.

    Parameters
    ----------
    equations
        The equations of the lanes.
    state
        The losses (0..1) that the shocks themselves set, (n, m): where the lanes begin.
    sweep
        Advance by sweeps; each counts as a round.
    eps
        Stop a lane when no loss rises by more; at the default, when losses are that close to their limits.
    cap
        Stop every lane after this many rounds.
    enough
        A function from states (n, k) to the lanes that may stop, (k,). Their errors are not known, and count as 1.
    keep_before
        Return the state before the last round as well, so that bindings can be read off that round.

    Returns
    -------
    Settled
        The final states, and how each lane stopped.
    """
    if sweep is not None and sweep.final:
        return _after_one(sweep, state, keep_before)
    run = _Run(equations, state, eps, keep_before, equations.round if sweep is None else sweep.of)
    rounds, next_solve = 0, FIRST_SOLVE
    while run.lanes.size:
        rounds += 1
        after = run.advance(run.current)
        rise = run.rise_to(after)
        run.convergence.record_rise(rise, rounds)
        stops_early = np.zeros(rise.shape, bool) if enough is None else enough(after)
        done = run.convergence.at_rest(rise, eps) | (rounds >= cap) | stops_early
        if done.any():
            run.record(done, after, rise, rounds, stops_early)
            run.keep(~done)
            after = after[:, ~done]
        run.current = after
        if 2 * rounds == next_solve:
            run.convergence.mark[:] = run.current
        if rounds == next_solve:
            run.current = _solve_slow_lanes(equations, run.lanes, run.current, run.convergence)
            run.convergence.mark[:] = run.current
            next_solve *= 2
    return run.settled


def _after_one(sweep: Sweep, state: Floats, keep_before: bool) -> Settled:
    """Return the limits of lanes that one sweep arrives at."""
    width = state.shape[1]
    limit = sweep.of(np.arange(width))(state) if width else np.array(state, np.float64)
    zeros = np.zeros(width)
    return Settled(limit, np.ones(width, np.int64), zeros, zeros, limit if keep_before else None)


class _Run:
    """The lanes that still move, with their states, and the results of those that have stopped."""

    def __init__(
        self, equations: Equations, state: Floats, eps: float, keep_before: bool, advances: Callable[[Ints], Round]
    ) -> None:
        width = state.shape[1]
        before = np.array(state, np.float64) if keep_before else None
        self.settled = Settled(np.array(state, np.float64), np.zeros(width, np.int64), np.zeros(width), np.zeros(width), before)
        self.equations, self.eps = equations, eps
        self.lanes, self.current, self.convergence = np.arange(width), np.asarray(state, np.float64), Convergence.of(state)
        self.advances = advances
        self.advance: Round = advances(self.lanes) if width else np.copy

    def rise_to(self, after: Floats) -> Floats:
        """Return the greatest change of a loss in each lane from the current state to the one after it, (lanes,)."""
        if isinstance(self.advance, ActiveRound):
            return self.advance.rise.copy()
        changes: Floats = np.abs(after - self.current).max(axis=0, initial=0.0)
        return changes

    def record(self, done: Bools, after: Floats, rise: Floats, rounds: int, stops_early: Bools) -> None:
        """Record the results of the lanes that stop with this round."""
        settled, finished = self.settled, self.lanes[done]
        settled.state[:, finished], settled.iterations[finished] = after[:, done], rounds
        if settled.before is not None:
            settled.before[:, finished] = self.current[:, done]
        # Near a solution rounds change by rounding alone.
        settled.residual[finished] = np.where(self.convergence.solved & (rise <= ROUNDING_ERROR), 0.0, rise)[done]
        settled.error[finished] = np.where(stops_early[done], 1.0, self._errors(done, after, rise))

    def keep(self, moving: Bools) -> None:
        """Go on with some of the lanes alone."""
        self.lanes, self.convergence = self.lanes[moving], self.convergence.select(moving)
        if self.lanes.size:
            following = self.advance
            self.advance = following.keep(moving) if isinstance(following, ActiveRound) else self.advances(self.lanes)

    def _errors(self, done: Bools, after: Floats, rise: Floats) -> Floats:
        """Return the stopping errors of some lanes; with a large eps by solving for the limit."""
        error = self.convergence.error_bound(rise)[done]
        for place in np.flatnonzero(error > EPS) if self.eps > EPS else ():
            column = np.flatnonzero(done)[place]
            mark = self.convergence.mark[:, column]
            error[place] = distance_to_limit(self.equations, int(self.lanes[column]), after[:, column], mark)
        return error


def undecided(loss: Floats, threshold: float, error: Floats | float) -> Bools:
    """Return whether a loss is below a threshold by less than its stopping error.

    Parameters
    ----------
    loss
        Losses in 0..1.
    threshold
        The threshold in 0..1.
    error
        The stopping error, one number or one for each loss.

    Examples
    --------
    >>> undecided(np.array([0.5, 0.49, 0.4]), 0.5, 0.02).tolist()
    [False, True, False]
    """
    return np.asarray((loss < threshold - ROUNDING) & (loss + error >= threshold - ROUNDING))


class Convergence(NamedTuple):
    """The speed of each lane: the greatest rise in this block of rounds, in the last block, and in the one before it.

    ``mark`` is an earlier state, (n, lanes), to see which losses move; ``solution_error`` is the error of lanes whose
    limit was solved for, NaN for the others.
    """

    block: Floats
    before: Floats
    last: Floats
    solution_error: Floats
    mark: Floats

    @classmethod
    def of(cls, state: Floats) -> Convergence:
        """Return the speed of lanes before their first round."""
        width = state.shape[1]
        before, last, solution_error = (np.full(width, np.nan) for _ in range(3))
        return cls(np.zeros(width), before, last, solution_error, np.array(state, np.float64))

    @property
    def solved(self) -> Bools:
        """Whether the limit of a lane was solved for."""
        return ~np.isnan(self.solution_error)

    def select(self, chosen: Bools) -> Convergence:
        """Return the speed of some lanes."""
        return Convergence(
            self.block[chosen], self.before[chosen], self.last[chosen], self.solution_error[chosen], self.mark[:, chosen]
        )

    def record_rise(self, rise: Floats, rounds: int) -> None:
        """Record the greatest rise of each lane in a round."""
        np.maximum(self.block, rise, out=self.block)
        if rounds % BLOCK == 0:
            self.before[:], self.last[:], self.block[:] = self.last, self.block, 0.0

    def error_bound(self, rise: Floats) -> Floats:
        """Return the distance to the limit if later blocks shrink as the last two did, at most 1."""
        with np.errstate(invalid="ignore", divide="ignore"):
            rate = self.last / self.before
            later = np.where(rate < 1, BLOCK * self.last * rate / (1 - rate), 1.0)
        known = np.minimum(np.where(np.isnan(later), 1.0, later + BLOCK * self.block), 1.0)
        return np.where(self.solved, self.solution_error, np.where(rise == 0, 0.0, known))

    def at_rest(self, rise: Floats, eps: float) -> Bools:
        """Return whether each lane has reached its limit, or eps."""
        solution_error = rise == 0
        if eps > EPS:
            solution_error |= rise <= eps
        else:
            solution_error |= (rise <= max(eps, ROUNDING_ERROR)) & self.solved
            near = rise <= eps
            if near.any():
                solution_error |= near & (self.error_bound(rise) <= EPS)
        return np.asarray(solution_error)


def _solve_slow_lanes(equations: Equations, lanes: Ints, state: Floats, convergence: Convergence) -> Floats:
    """Return the states, with the limits of lanes that could be solved, which ``convergence`` records."""
    states = state.copy()
    for place, lane in enumerate(lanes.tolist()):
        limit = None if convergence.solved[place] else limit_from(equations, lane, state[:, place], convergence.mark[:, place])
        if limit is not None:
            states[:, place], convergence.solution_error[place] = limit
    return states


__all__ = ["CAP", "EPS", "FIRST_SOLVE", "ROUNDING", "Equations", "Round", "Settled", "Sweep", "settle", "undecided"]
