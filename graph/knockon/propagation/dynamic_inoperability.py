r"""Inoperability of sectors over time: how they recover, and drag on each other (DIIM).

With :math:`q` and :math:`A^*` of :mod:`knockon.propagation.inoperability`, and
a pace :math:`K` for each sector, in steps of dt:

.. math::

   q(t + dt) &= \min\bigl(1, \max(0, q(t) + dt\, K (A^* q(t) + c^*(t) - q(t)))\bigr)

   K_{ii} &= \frac{-\ln \lambda / \tau_i}{1 - A^*_{ii}}

A sector alone falls from q to :math:`\lambda q` within its recovery time
:math:`\tau_i` (exactly so as dt goes to 0). Where :math:`c^*` lasts, what is
lost in the end is what ``inoperability`` says, or less where a sector has lost
everything: here it passes no more than that on, there the cut comes last.

References
----------
C. Lian, Y. Y. Haimes, "Managing the risk of terrorism to interdependent
infrastructure systems through the dynamic inoperability input-output model",
Systems Engineering 9(3):241-258 (2006), doi:10.1002/sys.20051.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.hits import Hits
from knockon.network.network import Floats, Network
from knockon.propagation.inoperability import (
    InoperabilityResult,
    Interdependency,
    checked_radius,
    interdependencies,
    traced,
)
from knockon.propagation.matrices import as_array, bounds_of, by_node, check_rows, hits_of, losses_of

if TYPE_CHECKING:
    from scipy.sparse import csr_array

#: No path has more numbers than this.
LARGEST = 200_000_000


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class DynamicInoperabilityResult(InoperabilityResult):
    """Inoperability over time; ``loss``, ``low`` and ``high`` are the greatest of each sector, (k, n).

    ``path`` is (k, T + 1, n), at the times ``time`` (T + 1,). ``recovered`` is
    (k, n): the first time from which a sector stays at or below the threshold
    up to the horizon, 0 where it never exceeds it, inf where it has not
    recovered by the horizon. ``cumulative`` is (k, n): inoperability times
    time, by the trapezoid rule; times output it is the production lost.
    """

    path: Floats
    time: Floats
    recovered: Floats
    cumulative: Floats


def dynamic_inoperability(
    network: Network | npt.ArrayLike,
    shocks: Hits | npt.ArrayLike | None = None,
    *,
    recovery: npt.ArrayLike,
    horizon: float,
    remaining: float = 0.01,
    initial: npt.ArrayLike | None = None,
    perturbation: npt.ArrayLike | None = None,
    dt: float = 1.0,
    threshold: float = 0.01,
    interdependency: Interdependency = "given",
    output: npt.ArrayLike | None = None,
) -> DynamicInoperabilityResult:
    """Inoperability of n sectors over time, a path for each of k shocks.

    Parameters
    ----------
    network, interdependency, output
        As for :func:`knockon.propagation.inoperability.inoperability`.
    shocks
        c*, what each sector loses to the shock as long as it lasts, which is to the horizon: any form, as there.
        None is no such loss where ``initial`` or ``perturbation`` is given, else each sector in turn.
    recovery
        tau, how long each sector takes alone, in any unit of time: (n,), or one number for all.
    horizon
        How long to look ahead, in the same unit: a multiple of dt.
    remaining
        lambda, the part of inoperability that is left after that time; above 0, below 1.
    initial
        q(0), the inoperability at the start: (n,) for every shock, or (k, n). By default none.
    perturbation
        c* as it changes: (T, n), a row for each step up to the horizon, for every path. Instead of ``shocks``.
    dt
        The length of a step. The paths of the equation in continuous time are reached as it gets shorter.
    threshold
        At or below this inoperability a sector counts as recovered.

    Raises
    ------
    UsageError
        As there; also parameters out of range, arrays of other shapes, or more than 200 million numbers.
    InvalidData
        As there; also recovery times that are not above 0, or too short for the length of a step.

    Examples
    --------
    A sector that others need is down at first; days, to a hundredth within ten of them.

    >>> result = dynamic_inoperability([[0, 0.8], [0.2, 0]], initial=[0, 0.6], recovery=[10, 10], horizon=30)
    >>> result.path[0, [0, 1, 10]].round(4).tolist()
    [[0.0, 0.6], [0.221, 0.3237], [0.0236, 0.0118]]
    >>> result.loss.round(3).tolist(), result.recovered.tolist()
    ([[0.239, 0.6]], [[13.0, 11.0]])
    """
    made, matrix = interdependencies(network, interdependency, output)
    radius = checked_radius(matrix, interdependency)
    steps = _steps(horizon, dt, remaining, threshold)
    pace = dt * _pace(matrix, recovery, remaining, dt)
    start = _start(initial, made.size)
    if shocks is None and (initial is not None or perturbation is not None):
        hits = Hits.of(made, np.zeros((len(start) if start.ndim == 2 else 1, made.size)))
    else:
        hits = hits_of(made, shocks, "dynamic_inoperability")
    if perturbation is not None and shocks is not None:
        raise UsageError("say shocks or perturbation: each is what the sectors lose while the shock lasts")
    if start.ndim == 2 and len(start) != hits.count:
        raise UsageError(f"initial has {len(start)} rows, and there are {hits.count} shocks")
    if hits.count * (steps + 1) * made.size > LARGEST:
        raise UsageError(f"{hits.count} paths of {steps + 1} times and {made.size} sectors are too many numbers; ask for fewer")
    course = _Course(
        matrix, pace, np.broadcast_to(start.T if start.ndim == 2 else start[:, None], (made.size, hits.count)), steps
    )
    change = None if perturbation is None else _perturbation(perturbation, steps, made.size)
    lasting = {bound: losses_of(hits, bound, made.size, "dynamic_inoperability", 0, hits.count) for bound in bounds_of(hits)}
    paths = {bound: _path(course, initial_loss, change) for bound, initial_loss in lasting.items()}
    first = np.maximum(course.start, lasting[1] if change is None else change.max(axis=0, initial=0.0)[:, None])
    time = np.arange(steps + 1, dtype=np.float64) * dt
    return traced(
        DynamicInoperabilityResult,
        made,
        matrix,
        first,
        {bound: path.max(axis=1) for bound, path in paths.items()},
        model="dynamic_inoperability",
        iterations=np.full(hits.count, steps, np.int64),
        parameters={
            "remaining": remaining,
            "horizon": horizon,
            "dt": dt,
            "threshold": threshold,
            "interdependency": interdependency,
        },
        spectral_radius=radius,
        path=paths[1],
        time=time,
        recovered=_recovered(paths[1], time, threshold),
        cumulative=(paths[1][:, 1:] + paths[1][:, :-1]).sum(axis=1) * (dt / 2),
    )


class _Course(NamedTuple):
    matrix: csr_array
    pace: Floats
    start: Floats
    steps: int


def _path(course: _Course, lasting: Floats, change: Floats | None) -> Floats:
    """(k, T + 1, n): every level from the start on."""
    level = course.start
    path = np.zeros((course.start.shape[1], course.steps + 1, len(course.start)))
    path[:, 0] = level.T
    keep = 1.0 - course.pace * (1.0 - course.matrix.diagonal())
    between = course.matrix.copy()
    between.setdiag(0.0)
    for step in range(course.steps):
        initial_loss = lasting if change is None else change[step][:, None]
        # All terms are 0 or more: nothing cancels, and more never turns into less.
        level = np.clip(keep[:, None] * level + course.pace[:, None] * (between @ level + initial_loss), 0.0, 1.0)
        path[:, step + 1] = level.T
    return path


def _steps(horizon: float, dt: float, remaining: float, threshold: float) -> int:
    if not (0 < remaining < 1 and 0 <= threshold <= 1):
        raise UsageError("remaining must be above 0 and below 1, threshold in 0..1")
    if not (0 < dt < math.inf and 0 <= horizon < math.inf):
        raise UsageError("dt must be above 0, and horizon 0 or more")
    steps = round(horizon / dt)
    if not math.isclose(steps * dt, horizon, rel_tol=1e-9, abs_tol=1e-12):
        raise UsageError(f"horizon {horizon} is not a multiple of dt {dt}")
    return steps


def _pace(matrix: csr_array, recovery: npt.ArrayLike, remaining: float, dt: float) -> Floats:
    size = matrix.shape[0]
    given = as_array(recovery, f"recovery must be {size} numbers, one for each node")
    time = by_node(np.full(size, given) if given.ndim == 0 else given, size, "recovery", positive=True)
    fall = -math.log(remaining) / time
    longest = -math.log(remaining) * dt
    hint = f"with remaining={remaining} and dt={dt} it must be {longest:.4g} or more: shorten dt, or raise remaining"
    check_rows("recovery", time, fall * dt > 1 + 1e-12, "too short for the length of a step", hint)
    return np.asarray(np.minimum(fall, 1 / dt) / (1.0 - matrix.diagonal()))


def _start(initial: npt.ArrayLike | None, size: int) -> Floats:
    start = np.zeros(size) if initial is None else _floats(initial, f"initial must be ({size},) or (k, {size})")
    if start.ndim not in (1, 2) or start.shape[-1] != size:
        raise UsageError(f"initial must be ({size},) or (k, {size}), not {start.shape}")
    if not ((start >= 0) & (start <= 1)).all():
        raise UsageError("initial inoperability must be in 0..1")
    return start


def _perturbation(given: npt.ArrayLike, steps: int, size: int) -> Floats:
    change = _floats(given, f"perturbation must be ({steps}, {size}), a row for each step")
    if change.shape != (steps, size):
        raise UsageError(f"perturbation must be ({steps}, {size}), a row for each step, not {change.shape}")
    if not ((change >= 0) & (change <= 1)).all():
        raise UsageError("perturbation must be in 0..1")
    return change


def _floats(given: npt.ArrayLike, what: str) -> Floats:
    array = as_array(given, what)
    if array.size and array.dtype.kind not in "fiub":
        raise UsageError(f"{what}, of numbers, not of {array.dtype}")
    return array.astype(np.float64)


def _recovered(path: Floats, time: Floats, threshold: float) -> Floats:
    """The time after the last one above the threshold."""
    above = path > threshold
    steps = path.shape[1]
    last = steps - 1 - np.argmax(above[:, ::-1], axis=1)
    after = np.append(time, np.inf)[last + 1]
    return np.where(above.any(axis=1), after, 0.0)
