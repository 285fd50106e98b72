"""Steps of a timeline in which nothing happens: how many follow, so that they need not be computed one by one.

After a step that changed no loss, the next one changes none either unless an
event comes first: a stock that runs out or is full again, a loss that arrives
after its delay, a hit that ends. Up to there stocks are drawn on and refilled
at a constant rate, and all else stays as it is.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from knockon.network.network import Bools, Floats
from knockon.propagation.timeline_setup import Clock, Setup


class Stocks(NamedTuple):
    """The stocks of all slots and lanes after a step, in days.

    ``drawn`` is what the step took, ``short`` (0..1) what was short in it, ``filled`` whether any stock became full in it.
    """

    left: Floats
    drawn: Floats
    short: Floats
    filled: bool

    def draining(self) -> Bools:
        """Return which stocks are drawn on."""
        draining: Bools = (self.short > 0) & (self.drawn > 0)
        return draining

    def filling(self, setup: Setup) -> Bools:
        """Return which stocks are refilled and not full."""
        filling: Bools = (self.short == 0) & (self.left < setup.buffer[:, None])
        return filling & (setup.refill > 0)

    def quiet_steps(self, setup: Setup) -> float:
        """Return for how many steps no stock runs out and none is full again; one less, as these are rounded numbers."""
        if self.filled:
            # What has become full moves no more in the next step, which may be the first without any movement.
            return 0.0
        step, draining, filling = setup.clock.step, self.draining(), self.filling(setup)
        missing = (setup.buffer[:, None] - self.left)[filling]
        steps = (
            self.left[draining] / (self.short[draining] * step),
            missing / (setup.refill * step) if missing.size else missing,
        )
        return float(min(np.floor(some).min(initial=np.inf) for some in steps)) - 1

    def after(self, setup: Setup, steps: int) -> Floats:
        """Return the stocks after some steps in which none runs out, exactly as if these had been computed one by one."""
        step, left = setup.clock.step, self.left.copy()
        draining, filling = self.draining(), self.filling(setup)
        drained, taken = left[draining], self.short[draining] * step
        filled, full = left[filling], np.broadcast_to(setup.buffer[:, None], left.shape)[filling]
        for _ in range(steps):
            drained -= taken
            filled = np.minimum(full, filled + setup.refill * step)
        left[draining], left[filling] = drained, filled
        return left


def steps_until_hit_changes(clock: Clock, t: int) -> float:
    """Return for how many steps after step t all hits stay as they are.

    >>> steps_until_hit_changes(Clock(90, 1.0, None, 0.0), 5), steps_until_hit_changes(Clock(90, 1.0, 10.0, 0.0), 5)
    (inf, 3)
    """
    if clock.settled(t):
        return np.inf
    # One less, as the number of steps is a rounded one.
    return (
        int(np.ceil(clock.duration / clock.step - 1e-9)) - 2 - t if clock.duration is not None and clock.strength(t) == 1 else 0
    )


def steps_until_arrival(setup: Setup, changes: list[int], t: int) -> float:
    """Return for how many steps after step t no change of a loss arrives; ``changes`` are the steps of all changes."""
    known = np.array(changes, np.int64)
    arrivals = []
    for steps, _ in setup.late:
        following = np.searchsorted(known, t - steps)
        if following < len(known):
            arrivals.append(int(known[following]) + 1 + steps)
    return min(arrivals, default=np.inf) - 1 - t


__all__ = ["Stocks", "steps_until_arrival", "steps_until_hit_changes"]
