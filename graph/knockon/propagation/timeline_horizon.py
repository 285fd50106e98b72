"""The horizon of a timeline for which none is given: until nothing moves any more, within bounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil
from typing import NamedTuple

from knockon.network.hits import Hits
from knockon.propagation.timeline_runs import settling_step
from knockon.propagation.timeline_setup import Clock, Setup

#: The days that a timeline covers at least and at most, where no horizon is given: a quarter of a year and ten years.
LEAST_DAYS, MOST_DAYS = 90, 3650
#: The most numbers that are computed in the search for a horizon: some seconds.
MOST_WORK = 10_000_000
#: The most steps of these days; more are asked for by name.
_MOST_STEPS = 100_000


class Horizon(NamedTuple):
    """A number of steps, and why it was chosen; the reason is empty where a caller gave the number."""

    steps: int
    reason: str = ""


def steps_of(days: int, step: float) -> int:
    """Return the steps that cover some days, at least one.

    >>> steps_of(90, 1.0), steps_of(90, 7.0), steps_of(90, 1000.0)
    (90, 13, 1)
    """
    return max(1, min(ceil(days / step - 1e-9), _MOST_STEPS))


def default_horizon(
    setup_of: Callable[[int], Setup],
    clock: Clock,
    hits: Hits,
    batches: Callable[[Setup], Sequence[range]],
    bounds: tuple[int, ...],
    most: int,
) -> Horizon:
    """Return the horizon after which nothing moves any more.

    Stocks, delays, alternatives to come and hits that heal are followed along every path from the hits, at every bound: a
    stock that is drawn on in part lasts longer than its days. Without any of these a shock passes a link in each step, and
    the least horizon is enough.

    Parameters
    ----------
    setup_of
        Returns the setup of a run with a number of steps.
    clock
        The time of the run; its horizon is the least one.
    hits
        The shocks.
    batches
        Returns the shocks that a setup runs together.
    bounds
        The bounds that are run.
    most
        The most steps.

    Returns
    -------
    Horizon
        The steps and the reason.
    """
    least = Horizon(clock.horizon, "the least: nothing moves after it")
    setup = setup_of(max(most, clock.horizon))
    if clock.duration is None and not setup.buffer.any() and not setup.lag.any() and setup.substitution is None:
        return Horizon(clock.horizon, "the least: no stock or delay is recorded, and the shock lasts")
    end, settled = 0, True
    for batch in batches(setup):
        work = len(batch) * len(bounds) * (setup.network.size + setup.network.slots + setup.network.supplies)
        last, at_rest = settling_step(setup, hits, batch, bounds, max(clock.horizon, MOST_WORK // max(work, 1)))
        end, settled = max(end, last), settled and at_rest
    if settled:
        return Horizon(end, "until nothing moves any more") if end > clock.horizon else least
    if end == setup.clock.horizon:
        return Horizon(end, "the most, though something still moves")
    return Horizon(max(end, clock.horizon), "the most in a network of this size, though something still moves")


__all__ = ["LEAST_DAYS", "MOST_DAYS", "MOST_WORK", "Horizon", "default_horizon", "steps_of"]
