"""What an engine of ESRI is given and what it returns, and the constants that all engines share."""

from __future__ import annotations

from typing import NamedTuple

from knockon.network.arrays import Floats, Ints

#: What a sector still sells counts as 1 at or below this, as published; both engines ask it of the sum over its firms.
NO_SALES = 1e-10
#: Losses below this are not passed on.
FLOOR = 1e-15

#: What ``EsriResult.channel`` says.
HIT, DOWNSTREAM, UPSTREAM = 0, 1, 2


class EngineResult(NamedTuple):
    """What an engine returns: a row of numbers each shock, and the losses by node where they were asked for."""

    both: Floats
    downstream: Floats
    upstream: Floats
    iterations: Ints
    residual: Floats
    loss_down: Floats | None
    loss_up: Floats | None


class EsriTask(NamedTuple):
    """What an engine is asked: the hits of each shock (node[start[k]:start[k + 1]], loss likewise), and when to stop."""

    start: Ints
    node: Ints
    loss: Floats
    eps: float
    cap: int
    replaceability: bool
    keep: bool
    down: bool = True
    up: bool = True
