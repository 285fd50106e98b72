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
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.array_input import read_array, reject_rows
from knockon.network.hits import Hits
from knockon.network.network import Floats, Network
from knockon.propagation.bounds import POINT, bounds_to_run
from knockon.propagation.inoperability import (
    InoperabilityResult,
    Interdependency,
    checked_radius,
    interdependency_matrix,
    result_with_sources,
)
from knockon.propagation.matrices import initial_losses, node_hits, node_values

if TYPE_CHECKING:
    from scipy.sparse import csr_array

#: The most numbers that all paths have together.
MAX_NUMBERS = 200_000_000


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class DynamicInoperabilityResult(InoperabilityResult):
    """Inoperability in 0..1 over time; ``loss``, ``low`` and ``high`` are the greatest of each sector, (k, n).

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
    """Return the inoperability of n sectors over time, a path for each of k shocks, as Lian and Haimes (2006) define it.

    Parameters
    ----------
    network, interdependency, output
        As for :func:`knockon.propagation.inoperability.inoperability`.
    shocks
        c*, the loss of each sector to a shock that lasts to the horizon, in 0..1; any form, as there. None closes each sector
        in turn, or nothing where ``initial`` or ``perturbation`` is given.
    recovery
        tau, the time that each sector takes to recover alone, above 0, in any unit of time: (n,), or one number for all.
    horizon
        The time to simulate, in the same unit: a multiple of dt.
    remaining
        lambda, the part of the inoperability that is left after the recovery time; above 0, below 1.
    initial
        q(0), the inoperability at the start in 0..1: (n,) for every shock, or (k, n). By default 0.
    perturbation
        c* where it changes over time, in 0..1: (T, n), a row for each step up to the horizon, instead of ``shocks``.
    dt
        The length of a step, in the same unit. The paths approach those of continuous time as it gets shorter.
    threshold
        The inoperability (0..1) at or below which a sector counts as recovered.

    Returns
    -------
    DynamicInoperabilityResult
        The paths, and what follows from them for each sector.

    Raises
    ------
    UsageError
        As there; also where parameters are out of range, arrays have other shapes, or there are over 200 million numbers.
    InvalidData
        As there; also where recovery times are not above 0, or too short for the length of a step.

    Examples
    --------
    A sector that another one needs is down at first, and alone would recover to a hundredth within ten days.

    >>> result = dynamic_inoperability([[0, 0.8], [0.2, 0]], initial=[0, 0.6], recovery=[10, 10], horizon=30)
    >>> result.path[0, [0, 1, 10]].round(4).tolist()
    [[0.0, 0.6], [0.221, 0.3237], [0.0236, 0.0118]]
    >>> result.loss.round(3).tolist(), result.recovered.tolist()
    ([[0.239, 0.6]], [[13.0, 11.0]])
    """
    nodes, matrix = interdependency_matrix(network, interdependency, output)
    radius = checked_radius(matrix, interdependency)
    steps = _step_count(horizon, dt, remaining, threshold)
    rates = dt * _recovery_rates(matrix, recovery, remaining, dt)
    start = _initial_inoperability(initial, nodes.size)
    hits = _shocks(nodes, shocks, start, default_none=initial is not None or perturbation is not None)
    if perturbation is not None and shocks is not None:
        raise UsageError("say shocks or perturbation: each is what the sectors lose while the shock lasts")
    _check_size(hits.count, steps, start)
    columns = start.T if start.ndim == 2 else start[:, None]
    equations = _Equations(matrix, rates, np.broadcast_to(columns, (nodes.size, hits.count)), steps)
    change = None if perturbation is None else _perturbation(perturbation, steps, nodes.size)
    lasting = initial_losses(hits, bounds_to_run(hits.severity), nodes.size, "dynamic_inoperability")
    paths = {bound: _simulate(equations, shock_loss, change) for bound, shock_loss in lasting.items()}
    first = np.maximum(equations.start, lasting[POINT] if change is None else change.max(axis=0, initial=0.0)[:, None])
    parameters = {
        "remaining": remaining, "horizon": horizon, "dt": dt, "threshold": threshold, "interdependency": interdependency,
    }  # fmt: skip
    return _result(nodes, equations, first, paths, parameters, radius)


def _result(
    nodes: Network, equations: _Equations, first: Floats, paths: dict[int, Floats], parameters: dict[str, Any], radius: float
) -> DynamicInoperabilityResult:
    """Build the result from the path at each bound, (k, T + 1, n); ``first`` are the losses by start or shock, (n, k)."""
    path, dt = paths[POINT], parameters["dt"]
    time = np.arange(equations.steps + 1, dtype=np.float64) * dt
    return result_with_sources(
        DynamicInoperabilityResult,
        nodes,
        equations.matrix,
        first,
        {bound: levels.max(axis=1) for bound, levels in paths.items()},
        model="dynamic_inoperability",
        iterations=np.full(len(path), equations.steps, np.int64),
        parameters=parameters,
        spectral_radius=radius,
        path=path,
        time=time,
        recovered=_recovery_times(path, time, parameters["threshold"]),
        cumulative=_cumulative(path, dt),
    )


class _Equations(NamedTuple):
    """The equations of k shocks: A*, the rate of recovery of each sector in a step, levels at the start (n, k), and steps."""

    matrix: csr_array
    rates: Floats
    start: Floats
    steps: int


def _shocks(nodes: Network, shocks: Hits | npt.ArrayLike | None, start: Floats, *, default_none: bool) -> Hits:
    """Return the shocks as hits; without any each sector is closed in turn, or with ``default_none`` nothing is."""
    if shocks is None and default_none:
        return Hits.of(nodes, np.zeros((len(start) if start.ndim == 2 else 1, nodes.size)))
    return node_hits(nodes, shocks, "dynamic_inoperability")


def _check_size(shocks: int, steps: int, start: Floats) -> None:
    """Raise UsageError where the start has another number of rows than there are shocks, or paths have too many numbers."""
    size = start.shape[-1]
    if start.ndim == 2 and len(start) != shocks:
        raise UsageError(f"initial has {len(start)} rows, and there are {shocks} shocks")
    if shocks * (steps + 1) * size > MAX_NUMBERS:
        raise UsageError(f"{shocks} paths of {steps + 1} times and {size} sectors are too many numbers; ask for fewer")


def _simulate(equations: _Equations, lasting: Floats, change: Floats | None) -> Floats:
    """Return the level of each sector at each time, (k, T + 1, n); ``lasting`` is (n, k), ``change`` (T, n)."""
    level = equations.start
    path = np.zeros((equations.start.shape[1], equations.steps + 1, len(equations.start)))
    path[:, 0] = level.T
    kept_part = 1.0 - equations.rates * (1.0 - equations.matrix.diagonal())
    off_diagonal = equations.matrix.copy()
    off_diagonal.setdiag(0.0)
    for step in range(equations.steps):
        initial_loss = lasting if change is None else change[step][:, None]
        # All terms are 0 or more: nothing cancels, and a greater level never leads to a smaller one.
        level = np.clip(kept_part[:, None] * level + equations.rates[:, None] * (off_diagonal @ level + initial_loss), 0.0, 1.0)
        path[:, step + 1] = level.T
    return path


def _step_count(horizon: float, dt: float, remaining: float, threshold: float) -> int:
    """Return the number of steps up to the horizon; raise UsageError where a number is out of range."""
    if not (0 < remaining < 1 and 0 <= threshold <= 1):
        raise UsageError("remaining must be above 0 and below 1, threshold in 0..1")
    if not 0 < dt < math.inf:
        raise UsageError(f"dt must be above 0 and finite, not {dt}")
    if not 0 <= horizon < math.inf:
        raise UsageError(f"horizon must be 0 or more and finite, not {horizon}")
    steps = round(horizon / dt)
    if not math.isclose(steps * dt, horizon, rel_tol=1e-9, abs_tol=1e-12):
        raise UsageError(f"horizon must be a multiple of the length of a step (dt=), {dt}, not {horizon}")
    return steps


def _recovery_rates(matrix: csr_array, recovery: npt.ArrayLike, remaining: float, dt: float) -> Floats:
    """Return K of each sector, (n,): the part of its inoperability that it loses in a unit of time."""
    size = matrix.shape[0]
    times = read_array(recovery, f"recovery must be {size} numbers, one for each node")
    time = node_values(np.full(size, times) if times.ndim == 0 else times, size, "recovery", positive=True)
    fall = -math.log(remaining) / time
    longest = -math.log(remaining) * dt
    hint = f"it lasts until {remaining:g} of a loss is left, so with steps of {dt:g} at least {longest:.4g}: shorten them (dt=)"
    reject_rows("recovery", time, fall * dt > 1 + 1e-12, "too short for the length of a step", hint)
    return np.asarray(np.minimum(fall, 1 / dt) / (1.0 - matrix.diagonal()))


def _initial_inoperability(initial: npt.ArrayLike | None, size: int) -> Floats:
    """Return q(0), (n,) or (k, n), checked."""
    start = np.zeros(size) if initial is None else _numbers(initial, f"initial must be ({size},) or (k, {size})")
    if start.ndim not in (1, 2) or start.shape[-1] != size:
        raise UsageError(f"initial must be ({size},) or (k, {size}), not {start.shape}")
    if not ((start >= 0) & (start <= 1)).all():
        raise UsageError("initial inoperability must be in 0..1")
    return start


def _perturbation(values: npt.ArrayLike, steps: int, size: int) -> Floats:
    """Return c* of each step, (T, n), checked."""
    change = _numbers(values, f"perturbation must be ({steps}, {size}), a row for each step")
    if change.shape != (steps, size):
        raise UsageError(f"perturbation must be ({steps}, {size}), a row for each step, not {change.shape}")
    if not ((change >= 0) & (change <= 1)).all():
        raise UsageError("perturbation must be in 0..1")
    return change


def _numbers(values: npt.ArrayLike, message: str) -> Floats:
    """Return an array of floats; errors begin with ``message``."""
    array = read_array(values, message)
    if array.size and array.dtype.kind not in "fiub":
        raise UsageError(f"{message}, of numbers, not of {array.dtype}")
    return array.astype(np.float64)


def _recovery_times(path: Floats, time: Floats, threshold: float) -> Floats:
    """Return the time after the last one at which each sector is above the threshold, (k, n)."""
    above = path > threshold
    steps = path.shape[1]
    last = steps - 1 - np.argmax(above[:, ::-1], axis=1)
    after = np.append(time, np.inf)[last + 1]
    return np.where(above.any(axis=1), after, 0.0)


def _cumulative(path: Floats, dt: float) -> Floats:
    """Return the integral of each path over time by the trapezoid rule, (k, n)."""
    return np.asarray((path[:, 1:] + path[:, :-1]).sum(axis=1) * (dt / 2))
