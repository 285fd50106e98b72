r"""The loss of each node over time: the equations of leontief in discrete time, with stocks, delays and recovery.

.. math::

   short_r(t) &= \max(hit_r(t),\ loss_{need(r)}(t - 1),\ meet_r(t))

   stock_r(t + 1) &= stock_r(t) - drawn_r(t), \qquad drawn_r(t) = \min(stock_r(t),\ short_r(t) \Delta)
   \qquad \text{where } short_r(t) > 0

   stock_r(t + 1) &= \min(buffer_r,\ stock_r(t) + refill\,\Delta) \qquad \text{where } short_r(t) = 0

   felt_r(t) &= short_r(t) - drawn_r(t) / \Delta

   loss_j(t) &= \max(hit_j(t),\ \max_{r \in slots(j)} c_r \cdot felt_r(t))

with steps of :math:`\Delta` days from t = 0, before which nothing was lost.
:math:`meet_r(t)` is that of leontief, from the supplies' hits at t and their
providers' losses at t - 1 - delay; a delay is rounded up to whole steps. So
every edge takes at least a step: ``step`` decides how fast losses propagate. A
hit has its full severity until ``duration`` has passed, and heals linearly over
``recovery``.

A stock is measured in days of the whole need, so half a shortage empties it
half as fast. It is refilled only while nothing is short, at ``refill`` days of
the need a day: the default, 1, is the spare capacity 1 - short of a supply
that has recovered; one that is still short has none to spare. So a longer
or harder shortage never leaves more in stock, the model stays monotone, and
two more runs at the ends of the intervals, and of the readings of shares that
nobody stated, are exact bounds.

An alternative with a switching time meets the need once that has passed since
the beginning of the shock (:mod:`knockon.propagation.timeline_substitution`).

Without stocks, delays and switching times, and with a shock that lasts, the last state is that
of leontief; no loss is ever greater. Loops of weights come ever closer to it: where the
horizon ends within 1e-9 of it they are taken to it in the last step. Stocks that run down and then let the
shortage through are those of the ARIO model, whose production reacts to
prices and orders as well; this model has neither.

References
----------
S. Hallegatte, "An adaptive regional input-output model and its application to
the assessment of the economic cost of Katrina", Risk Analysis 28(3):779-799
(2008), doi:10.1111/j.1539-6924.2008.01046.x.
C. Diem et al., Scientific Reports 12:7719 (2022), doi:10.1038/s41598-022-11522-z.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.hits import Hits
from knockon.network.network import Floats, Ints, Network
from knockon.propagation.bounds import bounds_to_run
from knockon.propagation.checks import require_network, row_values
from knockon.propagation.combinations import Rules
from knockon.propagation.fixed_point import EPS
from knockon.propagation.hidden_nodes import by_entity
from knockon.propagation.rationing import Rationing
from knockon.propagation.timeline_horizon import LEAST_DAYS, MOST_DAYS, Horizon, default_horizon, steps_of
from knockon.propagation.timeline_rationing import rationed_timeline
from knockon.propagation.timeline_result import TimelineResult
from knockon.propagation.timeline_runs import simulate_steps
from knockon.propagation.timeline_setup import Clock, Setup
from knockon.propagation.timeline_substitution import Substitution
from knockon.propagation.timeline_trajectories import Trajectories

#: The most numbers of paths that are kept by default (40 MB).
MAX_PATH_NUMBERS = 5_000_000
#: The most steps; more would run for hours.
_MOST_STEPS = 10_000_000
#: The most past losses that are held for delays (2 GB).
_MAX_REMEMBERED = 2**28
#: The most numbers of a batch of shocks (about 250 MB).
BATCH = 2**25


def timeline(
    network: Network,
    shocks: Hits | npt.ArrayLike | None = None,
    *,
    horizon: int | None = None,
    step: float = 1.0,
    duration: float | None = None,
    recovery: float = 0.0,
    buffer: npt.ArrayLike | None = None,
    delay: npt.ArrayLike | None = None,
    refill: float = 1.0,
    threshold: float = 0.05,
    eps: float = EPS,
    paths: bool | None = None,
    rationing: Rationing | None = None,
    output: npt.ArrayLike | None = None,
) -> TimelineResult:
    """Return the losses of k shocks on n nodes over time.

    Parameters
    ----------
    network
        The compiled network.
    shocks
        The shocks, which begin at step 0: Hits, node numbers, a (k, n) array of losses in 0..1, or None for each node in turn.
    horizon
        T, the number of steps after the first. None: until nothing moves any more under any of the shocks, at any bound; at
        least 90 days and at most 3,650 (and as many steps as the past losses of delays fit into memory). ``parameters`` has
        the number, and the reason as ``horizon_reason``.
    step
        The days of a step, above 0.
    duration
        Days that the hits last; None: for ever.
    recovery
        Days that the hits then take to heal, linearly.
    buffer
        Days of stock of each slot, (slots,) or one number for all; by default those of the network.
    delay
        Days of delay of each supply, (supplies,) or one number for all; by default those of the network.
    refill
        Days of stock that are regained in a day without shortage, 0 or more.
    threshold
        The loss that counts as impact, above 0, at most 1.
    eps
        The greatest change of a loss that counts as rest when the horizon ends.
    paths
        Keep the losses of each step: True or False; by default where they are at most 5 million numbers.
    rationing
        On money flows: share what is left among customers in proportion to their orders, and let rivals fill in
        (:mod:`knockon.propagation.rationing`). Then a firm holds the stock of at least a step, ``delay``, ``refill`` and
        ``eps`` are refused, losses go to suppliers as well, and there are no bounds: more harm to one can be less to another.
    output
        With rationing: what each firm makes, (n,), in the unit of the flows; by default what it sells.

    Returns
    -------
    TimelineResult
        The greatest losses in 0..1, the days until they begin and end, and their areas in loss-days.

    Raises
    ------
    UsageError
        A number is out of range, an array has another shape, or the delays are too long for memory.

    Examples
    --------
    >>> from knockon.network import Network
    >>> chain = Network.from_flows([0, 1], [1, 2], [1.0, 1.0])
    >>> result = timeline(chain, [0], horizon=30, duration=10, buffer=[5.0, 0.0])
    >>> result.time_to_impact.tolist(), result.time_to_recover.tolist(), result.area.tolist()
    ([[0.0, 6.0, 7.0]], [[10.0, 11.0, 12.0]], [[10.0, 5.0, 5.0]])
    """
    require_network(network, "timeline")
    hits = Hits.of(network, shocks)
    clock = _clock(horizon, step, duration, recovery)
    _check_range("threshold", threshold, 0, 1)
    _check_not_negative(refill=refill, eps=eps)
    stocks, delays = _stocks_and_delays(network, buffer, delay)
    if rationing is not None or output is not None:
        if delay is not None or refill != 1.0 or eps != EPS:
            raise UsageError("rationing has no delay, refill or eps: firms order what is missing in their stocks (restock=)")
        keep = _keeps_paths(paths, network, hits, clock)
        given = {"buffer": _parameter_value(buffer), "output": _parameter_value(output), "paths": keep}
        return rationed_timeline(
            network, hits, clock, rationing, stocks=stocks, output=output, threshold=threshold, given=given,
            chosen=horizon is not None,
        )  # fmt: skip
    rules, substitution = Rules(network), Substitution.of(network, clock.step)
    bounds = bounds_to_run(network.weights, hits.severity, split=rules.split)

    def setup_of(steps: int, *, keep: bool = False) -> Setup:
        run = clock._replace(horizon=steps)
        late = _supplies_by_delay(delays, run)
        return Setup(network, rules, run, stocks, late, delays > 0, refill, threshold, eps, keep, substitution)

    chosen = Horizon(clock.horizon) if horizon is not None else _chosen_horizon(setup_of, clock, network, hits, bounds)
    clock = clock._replace(horizon=chosen.steps)
    keep = _keeps_paths(paths, network, hits, clock)
    setup = setup_of(clock.horizon, keep=keep)
    _check_memory(setup, len(bounds))
    batches = _batches(setup, len(bounds), hits.count)
    arrays_given = {"duration": duration, "buffer": _parameter_value(buffer), "delay": _parameter_value(delay)}
    numbers = {"recovery": recovery, "refill": refill, "threshold": threshold, "eps": eps}
    # Without shocks, the result of an empty range has the right shapes.
    results = [simulate_steps(setup, hits, batch, bounds) for batch in batches or [range(0)]]
    why = {"horizon_reason": chosen.reason} if chosen.reason else {}
    parameters = {"horizon": clock.horizon, **why, "step": clock.step, **numbers, **arrays_given, "paths": keep}
    return _result(network, results, clock, parameters)


def _keeps_paths(paths: bool | None, network: Network, hits: Hits, clock: Clock) -> bool:
    """Return whether the losses of each step are kept: as asked for, else where they are few."""
    return hits.count * (clock.horizon + 1) * network.size <= MAX_PATH_NUMBERS if paths is None else bool(paths)


def _chosen_horizon(
    setup_of: Callable[[int], Setup], clock: Clock, network: Network, hits: Hits, bounds: tuple[int, ...]
) -> Horizon:
    """Return the horizon of a run for which none was asked."""
    most = min(steps_of(MOST_DAYS, clock.step), _MAX_REMEMBERED // (network.size * len(bounds) or 1) - 2)
    return default_horizon(setup_of, clock, hits, lambda setup: _batches(setup, len(bounds), hits.count), bounds, most)


def _stocks_and_delays(network: Network, buffer: npt.ArrayLike | None, delay: npt.ArrayLike | None) -> tuple[Floats, Floats]:
    """Return the days of stock of each slot and of delay of each supply: those asked for, else those of the network."""
    stocks = row_values("buffer", network.buffer if buffer is None else buffer, network.slots)
    delays = row_values("delay", network.delay if delay is None else delay, network.supplies)
    if network.size > network.entities:
        # Hidden nodes have neither stocks nor delays, even where one number is asked for all.
        stocks = np.where(network.inner_slots, 0.0, stocks)
        delays = np.where(network.inner_slots[network.supply_slot], 0.0, delays)
    return stocks, delays


def _result(network: Network, results: Sequence[Trajectories], clock: Clock, parameters: dict[str, Any]) -> TimelineResult:
    """Build the result from those of all batches."""
    peak = np.concatenate([batch.peak for batch in results], axis=1)
    shown = slice(network.entities)

    def joined(name: str) -> Any:
        return np.concatenate([getattr(batch, name) for batch in results])

    return TimelineResult(
        model="timeline",
        **by_entity(
            network,
            (peak[0], peak[len(peak) // 2], peak[-1]),
            (joined("step"), joined("slot"), joined("supply"), joined("source")),
        ),
        shortage=joined("shortage"),
        iterations=joined("iterations"),
        residual=joined("residual"),
        stopped_by=tuple("cap" if capped else "tolerance" for capped in joined("capped")),
        parameters=parameters,
        time=np.arange(clock.horizon + 1, dtype=np.float64) * clock.step,
        time_to_impact=joined("impact")[:, shown],
        time_to_recover=joined("recover")[:, shown],
        area=joined("area")[:, shown],
        timed=joined("timed")[:, shown],
        switched=None if network.substitutes is None else joined("switched"),
        kept_path=joined("path")[:, :, shown] if results[0].path is not None else None,
    )


def _check_memory(setup: Setup, bounds: int) -> None:
    """Raise UsageError where the past losses that delays need would not fit into memory."""
    if setup.delayed and setup.memory * setup.network.size * bounds > _MAX_REMEMBERED:
        what = f"the longest delay is {setup.memory - 1:,} steps, and the losses of {setup.network.size:,} nodes over that time"
        raise UsageError(f"{what} do not fit into memory; use a longer step (step=) or a shorter horizon")


def _batches(setup: Setup, bounds: int, shocks: int) -> list[range]:
    """Return the shocks of each batch."""
    size = _shocks_at_once(setup, bounds)
    return [range(first, min(first + size, shocks)) for first in range(0, shocks, size)]


def _shocks_at_once(setup: Setup, bounds: int) -> int:
    """Return the number of shocks of a batch."""
    network, kept = setup.network, (setup.clock.horizon + 1 if setup.keep else 0)
    rows = bounds * (network.size * (setup.memory + 6) + 8 * network.slots + 6 * network.supplies) + kept * network.size
    if setup.substitution is not None:
        rows += 8 * bounds * len(setup.substitution.slot)
    return max(1, BATCH // max(rows, 1))


def _supplies_by_delay(delays: Floats, clock: Clock) -> list[tuple[int, Ints]]:
    """Return the supplies of each delay in steps; a delay that ends beyond the horizon is cut to it."""
    # A delay of three steps should not become four because 0.3 / 0.1 is above 3.
    steps = np.minimum(np.ceil(delays / clock.step - 1e-9), clock.horizon + 1).astype(np.int64)
    return [(int(count), np.flatnonzero(steps == count)) for count in np.unique(steps)] or [(0, np.zeros(0, np.int64))]


def _clock(horizon: int | None, step: float, duration: float | None, recovery: float) -> Clock:
    """Return the time of a run; raise UsageError where a number is out of range."""
    _check_range("step", step, 0, np.inf)
    if horizon is None:
        horizon = steps_of(LEAST_DAYS, step)
    if isinstance(horizon, bool) or not isinstance(horizon, int | np.integer) or horizon < 1:
        raise UsageError(f"horizon must be a whole number of steps, 1 or more, not {horizon}")
    if horizon > _MOST_STEPS:
        raise UsageError(f"horizon must be at most {_MOST_STEPS:,} steps, not {horizon}; a longer step reaches as far")
    _check_not_negative(recovery=recovery, **({} if duration is None else {"duration": duration}))
    if recovery and duration is None:
        raise UsageError("a shock without a duration lasts for ever and has no recovery; give duration= in days")
    return Clock(int(horizon), float(step), None if duration is None else float(duration), float(recovery))


def _check_range(name: str, value: float, above: float, upto: float) -> None:
    """Raise UsageError unless ``above < value <= upto``."""
    if not (_finite(value) and above < value <= upto):
        limit = f" and up to {upto:g}" if np.isfinite(upto) else " and finite"
        raise UsageError(f"{name} must be above {above:g}{limit}, not {value}")


def _check_not_negative(**values: float) -> None:
    """Raise UsageError unless all values are finite and 0 or more."""
    for name, value in values.items():
        if not (_finite(value) and value >= 0):
            raise UsageError(f"{name} must be 0 or more and finite, not {value}")


def _finite(value: object) -> bool:
    """Return whether a value is a finite number."""
    return isinstance(value, int | float | np.integer | np.floating) and bool(np.isfinite(value))


def _parameter_value(value: npt.ArrayLike | None) -> float | str | None:
    """Return a parameter as results show it: an array by its hash."""
    if value is None or np.ndim(value) == 0:
        return None if value is None else float(np.asarray(value))
    array = np.ascontiguousarray(value, np.float64)
    return f"{len(array)} numbers, sha256 {hashlib.sha256(array.data).hexdigest()}"
