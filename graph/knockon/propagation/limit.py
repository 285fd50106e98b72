"""Solve for the limit of slowly converging rounds, on the linear equations that hold near a state.

:mod:`knockon.propagation.fixed_point` explains why an accepted solution is the least one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

import numpy as np

from knockon.network.network import Floats, Ints

#: The most losses that are solved for together.
MAX_SOLVED = 1_000
#: The rounding error that is allowed where a solution is checked.
ROUNDING_ERROR = 1e-13
#: The most iterative refinements of a solution.
_MAX_REFINEMENTS = 4

#: One round of the equations: states (n, m) to states (n, m).
Round = Callable[[Floats], Floats]


class Slopes(Protocol):
    """The linear equations of one lane near a state, such as :class:`knockon.propagation.branch.Branch`."""

    def slopes(self, state: Floats, moving: Ints) -> Floats:
        """Return the derivative of the next loss of each moving node by the loss of each, (moving, moving)."""


class Equations(Protocol):
    """The equations of several lanes; no lane depends on another."""

    def round(self, lanes: Ints) -> Round:
        """Return the round of some lanes, given by their numbers."""

    def branch(self, lane: int) -> Slopes:
        """Return the linear equations of one lane."""


def distance_to_limit(equations: Equations, lane: int, state: Floats, mark: Floats) -> float:
    """Return the distance of a state to its limit where that can be solved for, else 1."""
    limit = limit_from(equations, lane, state, mark)
    return 1.0 if limit is None else float((limit.state - state).max(initial=0.0)) + limit.error


class Limit(NamedTuple):
    """The limit of a lane, (n,), and its error by rounding."""

    state: Floats
    error: float


def limit_from(equations: Equations, lane: int, state: Floats, mark: Floats) -> Limit | None:
    """Return the limit of rounds from a state, solved for the losses that differ from ``mark``; None if not certain."""
    moving = np.flatnonzero(state != mark)
    if not 0 < len(moving) <= MAX_SOLVED:
        return None
    one_round = equations.round(np.array([lane]))

    def advance(losses: Floats) -> Floats:
        return np.asarray(one_round(losses[:, None])[:, 0])

    after, limit = advance(state), state.copy()
    if _others_rise(after - state, moving):
        return None
    system = np.eye(len(moving)) - equations.branch(lane).slopes(state, moving)
    try:
        for _ in range(_MAX_REFINEMENTS):
            remaining = (advance(limit) - limit)[moving]
            limit[moving] = np.minimum(limit[moving] + np.linalg.solve(system, remaining), 1.0)
            if np.abs(remaining).max() <= np.finfo(float).eps:
                break
    except np.linalg.LinAlgError:
        return None
    after_limit, after_middle = advance(limit), advance((state + limit) / 2)
    rises = bool((limit >= state - ROUNDING_ERROR).all()) and bool((after >= state - ROUNDING_ERROR).all())
    straight = np.abs(after_middle - (after + after_limit) / 2).max(initial=0.0) <= ROUNDING_ERROR
    remaining = np.abs(after_limit - limit)
    if not (rises and straight and (remaining <= ROUNDING_ERROR).all()):
        return None
    # The inverse has no negative entry, so that it bounds the change of the solution by what is left of the equations.
    error = float(np.linalg.solve(system, remaining[moving] + np.finfo(float).eps).max())
    return Limit(np.maximum(limit, state), error) if error >= 0 else None


def _others_rise(rise: Floats, moving: Ints) -> bool:
    """Return whether a loss that is not solved for rises in the next round, so that no solution could be accepted.

    The next round of any solution that may be accepted rises as much there, less rounding: no loss falls by more than the
    losses that it is computed from. A front that moves along a chain is known by this, before anything is solved.
    """
    others = rise.copy()
    others[moving] = 0.0
    return bool(others.max(initial=0.0) > 3 * ROUNDING_ERROR)


__all__ = ["ROUNDING_ERROR", "Equations", "Limit", "Round", "Slopes", "distance_to_limit", "limit_from"]
