"""The result of a model for several shocks on one network, and the losses of all shocks in little memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from knockon.model import Shock
from knockon.network.compile import Compiled
from knockon.network.network import NONE, Floats, Ints, Network
from knockon.network.resolve import ResolvedShock
from knockon.propagation.result import Result

#: The most numbers in the rows of ``SparseLosses`` that are kept in full: 32 MB.
_CACHED_NUMBERS = 2**22


class Outcome(NamedTuple):
    """The result of a model for several shocks on one network.

    Attributes
    ----------
    shocks
        The shocks, one for each row of the result.
    resolved
        The targets of each shock.
    outside
        The targets (IRIs) of each shock that are not in the network.
    result
        The result of the model.
    compiled
        The network, with the records that stayed out of it.
    """

    shocks: tuple[Shock, ...]
    resolved: tuple[ResolvedShock, ...]
    outside: tuple[tuple[str, ...], ...]
    result: Result
    compiled: Compiled

    @property
    def network(self) -> Network:
        """The network that the model ran on."""
        return self.compiled.network

    @property
    def left_out(self) -> Mapping[str, str]:
        """The dependencies and supplies (IRIs) that stayed out of the network, with the reason."""
        return self.compiled.left_out


def numbers_per_shock(network: Network) -> int:
    """Return how many numbers a result holds for one shock."""
    # Three losses, step, slot, supply, source and up to six more values of a model for each node; a shortage for each slot.
    return 13 * network.size + network.slots + 1


class SparseLosses:
    """The loss and the step of each node under each of many shocks; a node that loses nothing takes no memory.

    Attributes
    ----------
    network
        The network that the model ran on.
    row
        Returns the losses (nodes,), 0..1, and the steps (nodes,) under the shock of a number: 0 and -1 where nothing is lost.
    """

    def __init__(self, network: Network, rows: Sequence[_LossRow]) -> None:
        self.network, self._rows = network, rows
        cached_rows = max(1, _CACHED_NUMBERS // max(2 * network.entities, 1))
        self.row: Callable[[int], tuple[Any, Any]] = lru_cache(cached_rows)(self._row)

    @classmethod
    def of(cls, network: Network, outcomes: Iterable[Outcome]) -> SparseLosses:
        """Return the losses in several outcomes on one network, in the order of their shocks."""
        rows: list[_LossRow] = []
        for outcome in outcomes:
            result = outcome.result
            for row, stopped_by in enumerate(result.stopped_by):
                nodes = np.flatnonzero((result.loss[row] != 0) | (result.step[row] != NONE))
                # Indexing by numbers copies: a view would keep the whole result in memory.
                rows.append(_LossRow(nodes, result.loss[row][nodes], result.step[row][nodes], stopped_by == "cap"))
        return cls(network, rows)

    @property
    def truncated_shocks(self) -> list[int]:
        """The numbers of the shocks whose run was stopped by its cap."""
        return [number for number, row in enumerate(self._rows) if row.truncated]

    def _row(self, number: int) -> tuple[Floats, Ints]:
        row = self._rows[number]
        loss, step = np.zeros(self.network.entities), np.full(self.network.entities, NONE, np.int64)
        loss[row.nodes], step[row.nodes] = row.loss, row.step
        return loss, step


class _LossRow(NamedTuple):
    """The nodes that one shock reaches, ascending, with the loss and the step of each."""

    nodes: Ints
    loss: Floats
    step: Ints
    truncated: bool


__all__ = ["Outcome", "SparseLosses", "numbers_per_shock"]
