"""A timeline with rationing: run :mod:`knockon.propagation.rationing` under each shock, and read off what is lost and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.arrays import NONE, Floats
from knockon.network.hits import NODE, Hits
from knockon.network.network import Network
from knockon.propagation.fixed_point import ROUNDING
from knockon.propagation.rationing import Economy, Rationing, Simulation, State
from knockon.propagation.timeline_horizon import MOST_DAYS, MOST_WORK, steps_of
from knockon.propagation.timeline_result import TimelineResult
from knockon.propagation.timeline_setup import Clock

#: A loss up to this is none: rounding.
_NONE = 1e-9
#: The greatest change of a level, a stock or an order in a step, relative, that counts as rest. Capacity adapts over a year,
#: so that below this what is still to come is too small to wait for: smaller changes go on for decades.
STILL = 1e-6


def rationed_timeline(
    network: Network,
    hits: Hits,
    clock: Clock,
    rules: Rationing | None,
    *,
    stocks: Floats,
    output: npt.ArrayLike | None,
    threshold: float,
    given: dict[str, Any],
    chosen: bool,
) -> TimelineResult:
    """Return the losses of each shock at the point, without bounds and bindings.

    Parameters
    ----------
    network, hits
        The network of flows, and the shocks, which hit firms.
    clock
        The time of the run; unless the horizon is ``chosen`` it is the least one.
    rules
        How firms act; None is refused.
    stocks
        Days of stock of each slot, (slots,).
    output
        What each firm makes; None: what it sells.
    threshold
        The loss that counts as impact.
    given
        What the result shows of the parameters ``buffer``, ``output`` and ``paths``; the last says whether to keep each step.
    chosen
        Whether the caller chose the horizon; else a run goes on until nothing moves any more, at most ten years.

    Raises
    ------
    UsageError
        The network has no flows, a hit is not on a firm, or a firm sells more than it makes.
    """
    if rules is None:
        raise UsageError("output= is what firms make with rationing; give rationing= as well")
    if hits.kind.size and (hits.kind != NODE).any():
        raise UsageError("rationing takes hits on firms, not on what they need or on their supplies")
    economy = Economy.of(network, stocks, clock.step, output)
    most = clock.horizon if chosen else _most_steps(economy, clock, hits.count)
    runs = [_Run(economy, rules, clock, threshold, most, keep=given["paths"]) for _ in range(hits.count)]
    for shock, run in enumerate(runs):
        run.simulate(hits.initial_losses(network, shock, 1).node, until_rest=not chosen)
    last = clock.horizon if chosen else max((run.steps for run in runs), default=clock.horizon)
    why = {} if chosen else {"horizon_reason": _reason(last, clock, capped=any(run.capped for run in runs))}
    numbers = {"step": clock.step, "recovery": clock.recovery, "threshold": threshold, "duration": clock.duration}
    return _result(network, runs, clock, last, {"horizon": last, **why, **numbers, **given, "rationing": True, **asdict(rules)})


def _result(network: Network, runs: Sequence[_Run], clock: Clock, last: int, parameters: dict[str, Any]) -> TimelineResult:
    """Build the result of all shocks; a run that came to rest earlier than another stays as it is."""
    shape = (len(runs), network.size)
    rows = {name: np.array([getattr(run, name) for run in runs]).reshape(shape) for name in _BY_FIRM}
    held = np.array([run.last * (last - run.steps) * clock.step for run in runs]).reshape(shape)
    paths = None
    if parameters["paths"]:
        each = [np.array(run.path + [run.last] * (last + 1 - len(run.path))) for run in runs]
        paths = np.array(each).reshape(len(runs), last + 1, network.size)
    # Under rationing a loss has many causes, and no bounds.
    none, no_bounds = np.full(shape, NONE, np.int64), np.full(shape, np.nan)
    return TimelineResult(
        model="timeline",
        loss=rows["loss"],
        low=no_bounds,
        high=no_bounds,
        step=none,
        slot=none,
        supply=none,
        source=none,
        shortage=np.full((len(runs), network.slots), np.nan),
        iterations=np.array([run.steps for run in runs], np.int64),
        residual=np.array([run.change for run in runs], np.float64),
        stopped_by=tuple("cap" if run.capped else "tolerance" for run in runs),
        parameters=parameters,
        time=np.arange(last + 1, dtype=np.float64) * clock.step,
        time_to_impact=rows["impact"],
        time_to_recover=rows["recover"],
        area=rows["area"] + held,
        timed=np.isfinite(rows["impact"]),
        kept_path=paths,
        unmet=rows["unmet"],
    )


_BY_FIRM = ("loss", "impact", "recover", "area", "unmet")


class _Run:
    """One shock: its simulation, and what is read off it."""

    def __init__(self, economy: Economy, rules: Rationing, clock: Clock, threshold: float, most: int, *, keep: bool) -> None:
        n = economy.firms
        self.economy, self.clock, self.threshold, self.most, self.keep = economy, clock, threshold, most, keep
        self.simulation = Simulation(economy, rules, clock.step)
        self.loss, self.area, self.unmet, self.last = np.zeros((4, n))
        self.impact, self._below = np.full(n, np.inf), np.full(n, np.nan)
        self.path: list[Floats] = []
        self.steps, self.change, self.capped = 0, 0.0, True

    def simulate(self, hit: Floats, *, until_rest: bool) -> None:
        """Run until nothing moves any more, or to the most steps."""
        least, level = self.clock.horizon, np.ones(self.economy.firms)
        for t in range(self.most + 1):
            before = (self.simulation.stock, self.simulation.orders, level)
            state = self.simulation.advance(hit * self.clock.strength(t))
            level = state.level
            self._record(t, state)
            # Levels alone do not say whether a run has come to rest: stocks may be refilled for months.
            self.change = self._moved(before, level)
            self.capped = not (self.change <= STILL and self.clock.settled(t))
            if until_rest and not self.capped and t >= least:
                break
        self.steps = t

    @property
    def recover(self) -> Floats:
        """The days after which a loss is below the threshold for good."""
        never = np.isinf(self.impact)
        return np.where(never, np.nan, np.where(self.last >= self.threshold - ROUNDING, np.inf, self._below))

    def _record(self, t: int, state: State) -> None:
        lost = np.clip(1.0 - state.level, 0.0, 1.0)
        lost[lost <= _NONE] = 0.0
        over = lost >= self.threshold - ROUNDING
        self.impact[over & np.isinf(self.impact)] = t * self.clock.step
        self._below = np.where(over, (t + 1) * self.clock.step, self._below)
        if t:
            # As in every timeline, the last step of the horizon has no day after it.
            self.area += self.last * self.clock.step
        self.unmet += (self.economy.final - state.delivered) * self.clock.step
        self.loss, self.last = np.maximum(self.loss, lost), lost
        if self.keep:
            self.path.append(lost)

    def _moved(self, before: tuple[Floats, Floats, Floats], level: Floats) -> float:
        """Return the greatest relative change of stocks, orders and levels in the step."""
        economy, now = self.economy, (self.simulation.stock, self.simulation.orders, level)
        scales = (economy.wanted * economy.use, economy.amount, np.ones(economy.firms))
        return max(
            float((np.abs(new - old) / np.where(scale > 0, scale, 1.0)).max(initial=0.0))
            for new, old, scale in zip(now, before, scales, strict=True)
        )


def _most_steps(economy: Economy, clock: Clock, shocks: int) -> int:
    """Return the most steps of a run whose horizon nobody chose."""
    work = max(1, len(economy.amount) + economy.firms) * max(1, shocks)
    return max(clock.horizon, min(steps_of(MOST_DAYS, clock.step), 10 * MOST_WORK // work))


def _reason(last: int, clock: Clock, *, capped: bool) -> str:
    if capped:
        return "the most, though something still moves"
    return "until nothing moves any more" if last > clock.horizon else "the least: nothing moves after it"


__all__ = ["rationed_timeline"]
