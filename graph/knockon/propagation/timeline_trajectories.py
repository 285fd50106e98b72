"""What a simulated timeline records of each shock."""

from __future__ import annotations

from typing import NamedTuple

from knockon.network.network import Bools, Floats, Ints


class Trajectories(NamedTuple):
    """The results of k shocks, a row for each; ``peak`` (bounds, k, n) are the greatest losses at every bound.

    ``impact`` and ``recover`` are days, ``area`` is in days of total loss, (k, n) each; ``path`` is (k, T + 1, n) or None;
    ``switched`` are the days on which each alternative first meets a need, (k, m), or None.
    """

    peak: Floats
    step: Ints
    slot: Ints
    supply: Ints
    source: Ints
    shortage: Floats
    impact: Floats
    recover: Floats
    area: Floats
    timed: Bools
    iterations: Ints
    residual: Floats
    capped: Bools
    path: Floats | None
    switched: Floats | None


__all__ = ["Trajectories"]
