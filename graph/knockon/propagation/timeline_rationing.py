"""A timeline with rationing: run :mod:`knockon.propagation.rationing` under each shock, and read off what is lost and when."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.arrays import NONE, Floats
from knockon.network.hits import NODE, Hits
from knockon.network.network import Network
from knockon.propagation.fixed_point import ROUNDING
from knockon.propagation.rationing import Economy, Rationing, Simulation, State
from knockon.propagation.timeline_horizon import MOST_DAYS, MOST_WORK, Horizon, steps_of
from knockon.propagation.timeline_setup import Clock

#: The greatest change of a loss in a step that counts as rest, and that of a stock, an order or a level, relative.
REST, STILL = 1e-9, 1e-6


class Rationed(NamedTuple):
    """The losses of k shocks on n firms over time, (k, n) each; ``path`` is (k, T + 1, n) or None.

    ``loss`` is the greatest of all times, ``impact`` and ``recover`` are days, ``area`` is in days of all that a firm makes,
    ``unmet`` is final demand that was not delivered, in the unit of the flows times days of their period.
    """

    loss: Floats
    impact: Floats
    recover: Floats
    area: Floats
    unmet: Floats
    iterations: npt.NDArray[np.int64]
    residual: Floats
    capped: npt.NDArray[np.bool_]
    path: Floats | None
    horizon: Horizon


def simulate_rationing(
    network: Network,
    hits: Hits,
    clock: Clock,
    rules: Rationing,
    *,
    stocks: Floats,
    output: npt.ArrayLike | None,
    threshold: float,
    keep: bool,
    chosen: bool,
) -> Rationed:
    """Return the losses of each shock at the point; steps count from the beginning of the shock.

    Parameters
    ----------
    network, hits
        The network of flows, and the shocks, which hit firms.
    clock
        The time of the run; unless the horizon is ``chosen`` it is the least one.
    rules
        How firms act.
    stocks
        Days of stock of each slot, (slots,).
    output
        What each firm makes; None: what it sells.
    threshold
        The loss that counts as impact.
    keep
        Whether to keep the losses of each step.
    chosen
        Whether the caller chose the horizon; else a run goes on until nothing moves any more, at most ten years.

    Raises
    ------
    UsageError
        The network has no flows, a hit is not on a firm, or a firm sells more than it makes.
    """
    if hits.kind.size and (hits.kind != NODE).any():
        raise UsageError("rationing takes hits on firms, not on what they need or on their supplies")
    economy = Economy.of(network, stocks, clock.step, output)
    most = clock.horizon if chosen else _most_steps(economy, clock, hits.count)
    runs = [_Run(economy, rules, clock, threshold, most, keep=keep) for _ in range(hits.count)]
    for shock, run in enumerate(runs):
        run.simulate(hits.initial_losses(network, shock, 1).node, until_rest=not chosen)
    last = clock.horizon if chosen else max((run.steps for run in runs), default=clock.horizon)
    reason = "" if chosen else _reason(last, clock, capped=any(run.capped for run in runs))
    shape = (len(runs), economy.firms)
    rows = {name: np.array([getattr(run, name) for run in runs]).reshape(shape) for name in _BY_FIRM}
    # A run that came to rest earlier than another stays as it is.
    paths = [np.array(run.path + [run.last] * (last + 1 - len(run.path))) for run in runs] if keep else None
    held = [run.last * (last - run.steps) * clock.step for run in runs]
    rows["area"] = rows["area"] + np.array(held).reshape(shape)
    return Rationed(
        **rows,
        iterations=np.array([run.steps for run in runs], np.int64),
        residual=np.array([run.change for run in runs], np.float64),
        capped=np.array([run.capped for run in runs], bool),
        path=np.array(paths).reshape(len(runs), last + 1, economy.firms) if paths is not None else None,
        horizon=Horizon(last, reason),
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
            self.capped = not (self.change <= REST and self._moved(before, level) <= STILL and self.clock.settled(t))
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
        lost[lost <= REST] = 0.0
        over = lost >= self.threshold - ROUNDING
        self.impact[over & np.isinf(self.impact)] = t * self.clock.step
        self._below = np.where(over, (t + 1) * self.clock.step, self._below)
        if t:
            # As in every timeline, the last step of the horizon has no day after it.
            self.area += self.last * self.clock.step
        self.unmet += (self.economy.final - state.delivered) * self.clock.step
        self.change = float(np.abs(lost - self.last).max(initial=0.0))
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


def parameters_of(rules: Rationing) -> dict[str, Any]:
    """Return the parameters of a run as results show them."""
    return {"rationing": True, **asdict(rules)}


def no_bindings(shocks: int, firms: int) -> npt.NDArray[np.int64]:
    """Return a row for each shock that names no binding: under rationing a loss has many causes."""
    return np.full((shocks, firms), NONE, np.int64)


def _most_steps(economy: Economy, clock: Clock, shocks: int) -> int:
    """Return the most steps of a run whose horizon nobody chose."""
    work = max(1, len(economy.amount) + economy.firms) * max(1, shocks)
    return max(clock.horizon, min(steps_of(MOST_DAYS, clock.step), 10 * MOST_WORK // work))


def _reason(last: int, clock: Clock, *, capped: bool) -> str:
    if capped:
        return "the most, though something still moves"
    return "until nothing moves any more" if last > clock.horizon else "the least: nothing moves after it"


__all__ = ["Rationed", "no_bindings", "parameters_of", "simulate_rationing"]
