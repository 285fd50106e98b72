"""The result of every model, a row for each shock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from knockon.errors import UsageError
from knockon.network.network import NONE, Floats, Ints
from knockon.propagation.hidden_nodes import AllNodes

Stop = Literal["tolerance", "cap"]
#: The most numbers by shock and node that models keep by default.
MAX_KEPT = 2_000_000
_BY_NODE = frozenset({"loss", "low", "high", "step", "slot", "supply", "source", "shortage"})


class _NotKept(UsageError, AttributeError):
    """The error of reading numbers by node that the model did not keep; an AttributeError, so that ``hasattr`` is false."""


@dataclass(frozen=True, eq=False, repr=False)
class Result:
    """Losses of k shocks on n nodes, and how far the numbers have converged.

    ``loss``, ``low``, ``high`` and ``step`` are (k, n), losses in 0..1, steps
    -1 where nothing is lost. ``slot`` and ``supply`` are the binding ones and
    ``source`` is the node behind them, each -1 where there is none: no slot
    where the node itself was hit, no supply where the need is lost, no source
    where the slot or supply was hit. ``shortage`` is (k, slots). ``parameters``
    are the model's, as they were used.

    Of a network with hidden nodes ``loss`` and the other numbers by node are
    those of the visible ones; ``hidden`` then has those of all nodes, so that a
    way back to the shock can go through an entity without its provisions.

    ``error`` (k,), where a model knows it, is how far below its limit a loss
    may be: a threshold within that of a loss is not decided.

    Where a model did not keep the numbers by node (many shocks on a large
    network; see ``losses`` of the model), asking for them is a UsageError.
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
    error: Floats | None = None
    hidden: AllNodes | None = None

    def __post_init__(self) -> None:
        for name in _BY_NODE:
            if getattr(self, name) is None:
                object.__delattr__(self, name)

    def __getattr__(self, name: str) -> Any:
        if name in _BY_NODE or name == "unaffected":
            raise _NotKept(f"the {name} of each node was not kept; pass losses=True, or fewer shocks at once")
        raise AttributeError(name)

    def __repr__(self) -> str:
        capped = self.stopped_by.count("cap")
        capped_note = f", {capped} stopped by the cap" if capped else ""
        return f"<{type(self).__name__} {self.model}: {len(self.stopped_by)} shocks{capped_note}>"

    @property
    def all_nodes(self) -> AllNodes:
        """Losses, steps and bindings of all nodes of the network, hidden ones included."""
        if self.hidden is not None:
            return self.hidden
        return AllNodes(self.loss, self.low, self.high, self.step, self.slot, self.supply, self.source)

    @property
    def truncated(self) -> bool:
        """True if any shock stopped by the cap."""
        return "cap" in self.stopped_by

    @property
    def unaffected(self) -> Ints:
        """The number of nodes that lose nothing, (k,)."""
        return np.asarray((self.loss <= 0).sum(axis=1))


def stop_reasons(residual: Floats, eps: float) -> tuple[Stop, ...]:
    """Return why each shock stopped: by the cap where its last rise is above eps."""
    return tuple("tolerance" if last <= eps else "cap" for last in residual)


__all__ = ["MAX_KEPT", "NONE", "Result", "Stop", "stop_reasons"]
