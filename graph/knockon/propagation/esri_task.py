"""The input and output of the engines of ESRI, and the constants that all engines share."""

from __future__ import annotations

from typing import NamedTuple

from knockon.network.arrays import Floats, Ints
from knockon.network.hits import NodeLosses

#: Remaining sales of a sector at or below this count as 1, as published.
NO_SALES = 1e-10
#: Losses below this are not passed on.
FLOOR = 1e-15

#: The values of ``EsriResult.channel``.
HIT, DOWNSTREAM, UPSTREAM = 0, 1, 2


class EngineResult(NamedTuple):
    """The output of an engine: numbers (k,) for each shock, and losses (k, n) in 0..1 where they are kept, else None.

    ``both``, ``downstream`` and ``upstream`` are shares of all output lost by the cascades together and by each alone.
    """

    both: Floats
    downstream: Floats
    upstream: Floats
    iterations: Ints
    residual: Floats
    loss_down: Floats | None
    loss_up: Floats | None


class EsriTask(NamedTuple):
    """The input of an engine.

    ``hits`` are the losses that k shocks set themselves; ``keep`` asks for the losses by node, ``down`` and ``up`` for the
    downstream and the upstream cascade.
    """

    hits: NodeLosses
    eps: float
    cap: int
    replaceability: bool
    keep: bool
    down: bool = True
    up: bool = True

    @property
    def shocks(self) -> int:
        """The number of shocks, k."""
        return len(self.hits.start) - 1
