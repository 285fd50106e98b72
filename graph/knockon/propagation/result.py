"""What every model returns: one row a shock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from knockon.network.network import NONE, Floats, Ints

Stop = Literal["tolerance", "cap"]


@dataclass(frozen=True, eq=False)
class Result:
    """Losses of k shocks on n nodes, and how far the numbers have converged.

    ``loss``, ``low``, ``high`` and ``step`` are (k, n), losses in 0..1, steps
    -1 where nothing is lost. ``slot`` and ``supply`` are the binding ones and
    ``source`` is the node behind them, each -1 where there is none: no slot
    where the node itself was hit, no supply where the need is lost, no source
    where the slot or supply was hit. ``shortage`` is (k, slots). ``parameters`` are the model's, as they were used.
    """

    model: str
    loss: Floats
    low: Floats
    high: Floats
    step: Ints
    slot: Ints
    supply: Ints
    source: Ints
    shortage: Floats
    iterations: Ints
    residual: Floats
    stopped_by: tuple[Stop, ...]
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def truncated(self) -> bool:
        """Whether any row stopped by its cap."""
        return "cap" in self.stopped_by

    @property
    def unaffected(self) -> Ints:
        """How many nodes lose nothing, a number for each shock."""
        return np.asarray((self.loss <= 0).sum(axis=1))


__all__ = ["NONE", "Result", "Stop"]
