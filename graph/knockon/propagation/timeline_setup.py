"""The inputs of a timeline that all shocks share: time, stocks, delays and the threshold."""

from __future__ import annotations

from typing import NamedTuple

from knockon.network.network import Bools, Floats, Ints, Network
from knockon.propagation.combinations import Rules
from knockon.propagation.timeline_substitution import Substitution


class Clock(NamedTuple):
    """The number of steps, the days of a step, and the days that a hit lasts (None: for ever) and takes to heal."""

    horizon: int
    step: float
    duration: float | None
    recovery: float

    def strength(self, t: int) -> float:
        """Return the part of a hit that is left at step t: 1 while it lasts, then linearly down to 0."""
        if self.duration is None or t * self.step < self.duration:
            return 1.0
        return 0.0 if self.settled(t) else max(0.0, 1.0 - (t * self.step - self.duration) / self.recovery)

    def settled(self, t: int) -> bool:
        """Return whether no hit changes after step t."""
        return self.duration is None or t * self.step >= self.duration + self.recovery


class Setup(NamedTuple):
    """What all lanes share.

    ``buffer`` are days of stock of each slot, ``late`` the supplies of each delay in steps, ``lag`` marks supplies with a
    delay, ``refill`` are days of stock regained in a day, ``keep`` asks for the losses of each step, ``substitution`` are
    the alternatives with a switching time.
    """

    network: Network
    rules: Rules
    clock: Clock
    buffer: Floats
    late: list[tuple[int, Ints]]
    lag: Bools
    refill: float
    threshold: float
    eps: float
    keep: bool
    substitution: Substitution | None = None

    @property
    def memory(self) -> int:
        """The number of past steps whose losses are still needed."""
        return 1 + max((steps for steps, _ in self.late), default=0)

    @property
    def delayed(self) -> bool:
        """Whether any delay is longer than a step."""
        return self.memory > 1
