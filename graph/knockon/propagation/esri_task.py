"""The input and output of the engines of ESRI, and the constants that all engines share."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from knockon.network.arrays import Floats, Ints
from knockon.network.hits import NodeLosses

#: Remaining sales of a sector at or below this count as 1, as published.
NO_SALES = 1e-10
#: Losses below this are not passed on.
FLOOR = 1e-15

#: The values of ``EsriResult.channel``.
HIT, DOWNSTREAM, UPSTREAM = 0, 1, 2

#: The cascades that a run has.
Cascade = Literal["both", "downstream", "upstream"]


class EngineResult(NamedTuple):
    """The output of an engine: numbers (k,) for each shock, and losses (k, n) in 0..1 where they are kept, else None.

    ``both``, ``downstream`` and ``upstream`` are shares of all weight lost by the cascades together and by each alone;
    ``sector`` (k, sectors) is the weight that the firms of each sector lose, where it is asked for.
    """

    both: Floats
    downstream: Floats
    upstream: Floats
    iterations: Ints
    residual: Floats
    loss_down: Floats | None
    loss_up: Floats | None
    sector: Floats | None = None


class CascadeHits(NamedTuple):
    """The losses that shocks set in both cascades: of shock i ``node``, ``down`` and ``up`` from ``start[i]`` on."""

    start: Ints
    node: Ints
    down: Floats
    up: Floats


class KeptLosses(NamedTuple):
    """Arrays that an engine writes losses into; those without rows are not asked for.

    ``down`` and ``up`` are (k, n), the losses of each firm; ``sector`` is (k, sectors), the weight that sectors lose.
    """

    down: npt.NDArray[Any]
    up: npt.NDArray[Any]
    sector: npt.NDArray[Any]


class EsriTask(NamedTuple):
    """The input of an engine.

    ``hits`` are the losses that k shocks set themselves in the downstream cascade, and ``upstream_hits`` those in the upstream
    one, for the same number of shocks. ``weight`` is what each firm counts in the index, (n,). ``keep`` asks for the losses by
    node, ``by_sector`` for those of sectors, ``down`` and ``up`` for the downstream and the upstream cascade.
    """

    hits: NodeLosses
    upstream_hits: NodeLosses
    weight: Floats
    eps: float
    cap: int
    replaceability: bool
    keep: bool
    by_sector: bool = False
    down: bool = True
    up: bool = True

    @property
    def shocks(self) -> int:
        """The number of shocks, k."""
        return len(self.hits.start) - 1

    def cascade_hits(self) -> CascadeHits:
        """Return the hits of both cascades in one list; a firm that only one of them hits has a loss of 0 in the other."""
        down, up = self.hits, self.upstream_hits
        if down is up:
            return CascadeHits(down.start, down.node, down.loss, down.loss)
        shock = np.concatenate([np.repeat(np.arange(self.shocks), np.diff(hits.start)) for hits in (down, up)])
        node = np.concatenate([down.node, up.node])
        none = np.zeros_like
        losses = np.stack([np.concatenate([down.loss, none(up.loss)]), np.concatenate([none(down.loss), up.loss])])
        order = np.lexsort((node, shock))
        shock, node, losses = shock[order], node[order], losses[:, order]
        first = np.flatnonzero((np.diff(shock, prepend=-1) != 0) | (np.diff(node, prepend=-1) != 0))
        if len(first):
            losses = np.maximum.reduceat(losses, first, axis=1)
        start = np.searchsorted(shock[first], np.arange(self.shocks + 1))
        return CascadeHits(start, node[first], losses[0], losses[1])
