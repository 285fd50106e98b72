r"""Where the rounds of a model end: one rule for every engine that computes the losses of leontief.

The equations :math:`x = F(x)` are monotone and made of maxima, minima, order
statistics and weighted sums, so that rounds from the hits rise to their least
solution. Without loops of shares they arrive there after finitely many rounds,
and the last round changes nothing. A loop of shares converges geometrically:
its rounds rise by less and less, and what is missing when they rise by eps may
be a thousand times eps. Therefore

1. a run ends at once where a round changes nothing;
2. a run at the default eps (1e-12) goes on until what is missing, as the rate
   of the last rounds tells, is at most eps;
3. a run that is still going after 32 rounds, and then each time it has gone on
   for twice as long, is *solved*: on the branch of the maxima and minima that
   it is on, the equations are linear, and their solution is where the rounds
   would end. It counts only if it solves the equations themselves and lies
   on the branch throughout; else the rounds go on;
4. a run with a larger eps ends as soon as no loss rises by more.

A solution found in this way is the least one: with :math:`F(x) \ge x` and
:math:`y - x \ge 0`, :math:`(I - A)(y - x) = F(x) - x` has the limit of the rounds
as its solution (A has no negative entry, and its spectral radius is below 1).

Every run says how far below their limits its losses may be (its stopping
error), and a threshold that lies within is not decided.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np

from knockon.network.network import Bools, Floats, Ints

#: By default a run goes on until losses are this close to their limits.
EPS = 1e-12
#: By default a run stops after this many rounds.
CAP = 10_000
#: Products and sums of weights are rounded: a loss this little below a threshold has reached it.
ROUNDING = 1e-9
#: After this many rounds the equations are solved for the first time.
FIRST_SOLVE = 32
#: So many losses that still move are solved for at most.
_MAX_SOLVED = 1_000
#: The rate of convergence is read off blocks of this many rounds.
_BLOCK = 8
#: Differences that are rounding, where a solution is judged.
_ROUNDING_ERROR = 1e-13
#: A solution is improved so often at most.
_MAX_REFINEMENTS = 4

#: One round of the equations: states (n, m) to states (n, m).
Round = Callable[[Floats], Floats]


class Slopes(Protocol):
    """The branch of the equations of one lane, as of :class:`knockon.propagation.branch.Branch`."""

    def slopes(self, state: Floats, moving: Ints) -> Floats:
        """How the next loss of each moving node answers to the loss of each, (moving, moving)."""


class Equations(Protocol):
    """The equations of several lanes. A round never looks from one lane into another."""

    def round(self, lanes: Ints) -> Round:
        """The round of some lanes, given by their numbers."""

    def branch(self, lane: int) -> Slopes:
        """The equations of one lane, to be solved."""


class Settled(NamedTuple):
    """States (n, m) at rest, for each the rounds, the last change, and how far below its limit it may be.

    ``before`` is the state (n, m) from which the last round gave ``state``, where it was asked for.
    """

    state: Floats
    iterations: Ints
    residual: Floats
    error: Floats
    before: Floats | None = None


def settle(
    equations: Equations,
    state: Floats,
    *,
    eps: float = EPS,
    cap: int = CAP,
    enough: Callable[[Floats], Bools] | None = None,
    keep_before: bool = False,
) -> Settled:
    """Run every lane from its hits to its limit, each by itself.

    Parameters
    ----------
    equations
        Those of the lanes.
    state
        (n, m): where the lanes begin, the losses that the shock itself sets.
    eps, cap
        See the top of this module.
    enough
        Says of states (n, k) which need not go on: their errors are not known, and count as 1.
    keep_before
        Return the state before the last round as well, so that explanations can be read off that round.
    """
    width = state.shape[1]
    before = np.array(state, np.float64) if keep_before else None
    settled = Settled(np.array(state, np.float64), np.zeros(width, np.int64), np.zeros(width), np.zeros(width), before)
    lanes, current, convergence = np.arange(width), np.asarray(state, np.float64), _Convergence.of(state)
    advance = equations.round(lanes) if width else None
    rounds, attempt = 0, FIRST_SOLVE
    while lanes.size and advance is not None:
        rounds += 1
        after = advance(current)
        rise = np.abs(after - current).max(axis=0, initial=0.0)
        convergence.record_rise(rise, rounds)
        done = convergence.at_rest(rise, eps) | (rounds >= cap)
        if enough is not None:
            done |= enough(after)
        if done.any():
            finished = lanes[done]
            error = convergence.error_bound(rise)[done]
            for place in np.flatnonzero(error > EPS) if eps > EPS else ():
                lane, moving = finished[place], np.flatnonzero(done)[place]
                error[place] = _distance_to_limit(equations, int(lane), after[:, moving], convergence.mark[:, moving])
            settled.state[:, finished], settled.iterations[finished] = after[:, done], rounds
            if settled.before is not None:
                settled.before[:, finished] = current[:, done]
            # Around a solution rounds move by rounding alone.
            settled.residual[finished] = np.where(convergence.solved & (rise <= _ROUNDING_ERROR), 0.0, rise)[done]
            settled.error[finished] = error if enough is None else np.where(enough(after)[done], 1.0, error)
            lanes, after, convergence = lanes[~done], after[:, ~done], convergence.some(~done)
            advance = equations.round(lanes) if lanes.size else None
        current = after
        if 2 * rounds == attempt:
            convergence.mark[:] = current
        if rounds == attempt:
            current = _solve_slow_lanes(equations, lanes, current, convergence)
            attempt *= 2
            convergence.mark[:] = current
    return settled


def undecided(loss: Floats, threshold: float, error: Floats | float) -> Bools:
    """Where a loss is below a threshold by less than it may be below its own limit.

    >>> undecided(np.array([0.5, 0.49, 0.4]), 0.5, 0.02).tolist()
    [False, True, False]
    """
    return np.asarray((loss < threshold - ROUNDING) & (loss + error >= threshold - ROUNDING))


class _Convergence(NamedTuple):
    """How fast lanes move: the greatest rise in this block of rounds and in the two before it.

    ``mark`` is the state when last looked at, ``rest`` the error of lanes whose
    limit was solved for, nan for the others.
    """

    block: Floats
    before: Floats
    last: Floats
    rest: Floats
    mark: Floats

    @classmethod
    def of(cls, state: Floats) -> _Convergence:
        """Of lanes that begin."""
        width = state.shape[1]
        before, last, rest = (np.full(width, np.nan) for _ in range(3))
        return cls(np.zeros(width), before, last, rest, np.array(state, np.float64))

    @property
    def solved(self) -> Bools:
        """Which lanes were solved."""
        return ~np.isnan(self.rest)

    def some(self, chosen: Bools) -> _Convergence:
        """The pace of some lanes."""
        return _Convergence(self.block[chosen], self.before[chosen], self.last[chosen], self.rest[chosen], self.mark[:, chosen])

    def record_rise(self, rise: Floats, rounds: int) -> None:
        """Take in the rise of a round."""
        np.maximum(self.block, rise, out=self.block)
        if rounds % _BLOCK == 0:
            self.before[:], self.last[:], self.block[:] = self.last, self.block, 0.0

    def error_bound(self, rise: Floats) -> Floats:
        """How much may be missing to the limit: the blocks to come, if they go on to shrink as the last two did; at most 1."""
        with np.errstate(invalid="ignore", divide="ignore"):
            rate = self.last / self.before
            later = np.where(rate < 1, _BLOCK * self.last * rate / (1 - rate), 1.0)
        known = np.minimum(np.where(np.isnan(later), 1.0, later + _BLOCK * self.block), 1.0)
        return np.where(self.solved, self.rest, np.where(rise == 0, 0.0, known))

    def at_rest(self, rise: Floats, eps: float) -> Bools:
        """Which lanes have come to rest."""
        rest = rise == 0
        if eps > EPS:
            rest |= rise <= eps
        else:
            rest |= (rise <= max(eps, _ROUNDING_ERROR)) & self.solved
            rest |= (rise <= eps) & (self.error_bound(rise) <= EPS)
        return np.asarray(rest)


def _solve_slow_lanes(equations: Equations, lanes: Ints, state: Floats, convergence: _Convergence) -> Floats:
    """Return the states with the limits of those lanes that could be solved, and record in ``convergence`` which."""
    states = state.copy()
    for place, lane in enumerate(lanes.tolist()):
        limit = None if convergence.solved[place] else _limit(equations, lane, state[:, place], convergence.mark[:, place])
        if limit is not None:
            states[:, place], convergence.rest[place] = limit
    return states


def _distance_to_limit(equations: Equations, lane: int, state: Floats, mark: Floats) -> float:
    """How far at most a state is below its limit: the distance to it where it can be solved for, else 1."""
    limit = _limit(equations, lane, state, mark)
    return 1.0 if limit is None else float((limit.state - state).max(initial=0.0)) + limit.error


class _Limit(NamedTuple):
    """The limit of a run, and how far it may be off by rounding."""

    state: Floats
    error: float


def _limit(equations: Equations, lane: int, state: Floats, mark: Floats) -> _Limit | None:
    """The limit of the rounds from a state whose losses have moved since ``mark``; None where it is not certain."""
    moving = np.flatnonzero(state != mark)
    if not 0 < len(moving) <= _MAX_SOLVED:
        return None
    one_round = equations.round(np.array([lane]))

    def advance(losses: Floats) -> Floats:
        return np.asarray(one_round(losses[:, None])[:, 0])

    system = np.eye(len(moving)) - equations.branch(lane).slopes(state, moving)
    after, limit = advance(state), state.copy()
    try:
        for _ in range(_MAX_REFINEMENTS):
            remaining = (advance(limit) - limit)[moving]
            limit[moving] = np.minimum(limit[moving] + np.linalg.solve(system, remaining), 1.0)
            if np.abs(remaining).max() <= np.finfo(float).eps:
                break
    except np.linalg.LinAlgError:
        return None
    after_limit, after_middle = advance(limit), advance((state + limit) / 2)
    rises = bool((limit >= state - _ROUNDING_ERROR).all()) and bool((after >= state - _ROUNDING_ERROR).all())
    straight = np.abs(after_middle - (after + after_limit) / 2).max(initial=0.0) <= _ROUNDING_ERROR
    remaining = np.abs(after_limit - limit)
    if not (rises and straight and (remaining <= _ROUNDING_ERROR).all()):
        return None
    # The inverse has no negative entry: it says how far what is left of the equations may move their solution.
    error = float(np.linalg.solve(system, remaining[moving] + np.finfo(float).eps).max())
    return _Limit(np.maximum(limit, state), error) if error >= 0 else None


__all__ = ["CAP", "EPS", "FIRST_SOLVE", "ROUNDING", "Equations", "Round", "Settled", "settle", "undecided"]
