"""Run the steps of a timeline to its horizon, or until nothing moves any more."""

from __future__ import annotations

from knockon.network.hits import Hits
from knockon.propagation.timeline_setup import Setup
from knockon.propagation.timeline_steps import Stepper
from knockon.propagation.timeline_trajectories import Trajectories


def simulate_steps(setup: Setup, hits: Hits, shocks: range, bounds: tuple[int, ...]) -> Trajectories:
    """Return the results of some shocks at some bounds (0 low, 1 point, 2 high); all but the losses are of the point."""
    stepper = Stepper(setup, hits, shocks, bounds)
    step = 0
    stepper.advance(step)
    while step < setup.clock.horizon and not stepper.resting.all():
        step += stepper.skip(step) + 1
        stepper.advance(step)
    stepper.end_slow_loops(step)
    return stepper.trajectories(step)


def settling_step(setup: Setup, hits: Hits, shocks: range, bounds: tuple[int, ...], most: int) -> tuple[int, bool]:
    """Return the last step that was run, and whether nothing moves after it at any bound.

    Parameters
    ----------
    setup, hits, shocks, bounds
        As ``simulate_steps`` takes them.
    most
        The most steps that are computed; steps in which nothing happens are passed over and do not count.
    """
    stepper = Stepper(setup, hits, shocks, bounds)
    step, computed = 0, 1
    stepper.advance(step)
    while not stepper.resting.all():
        # To look at all that is on its way takes as long as some steps.
        if computed % 4 == 0 and (stepper.resting | stepper.nearly_at_rest(step)).all():
            break
        if step == setup.clock.horizon or computed >= most:
            return step, False
        step, computed = step + stepper.skip(step) + 1, computed + 1
        stepper.advance(step)
    return step, True


__all__ = ["settling_step", "simulate_steps"]
