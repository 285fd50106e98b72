"""The losses of leontief when each of some nodes is closed alone, by compiled kernels: for a run of all nodes of a network."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from knockon.network.arrays import NONE, Floats, Ints, Mode
from knockon.network.network import Network
from knockon.propagation.bounds import POINT, bounds_to_run, enclose
from knockon.propagation.combinations import Rules
from knockon.propagation.leontief import CAP, EPS, leontief

if TYPE_CHECKING:
    from knockon.propagation.kernels.closing_slots import Slots


class ClosingLosses(NamedTuple):
    """What each of some closures takes from all nodes, as :class:`knockon.propagation.result.Result` has it.

    ``low``, ``loss`` and ``high`` are (k, nodes) in 0..1, ``iterations`` and ``residual`` (k,).
    """

    low: Floats
    loss: Floats
    high: Floats
    iterations: Ints
    residual: Floats


class Closing:
    """A network of which nodes are closed, prepared for the kernels, which need numba; threads may share it.

    Parameters
    ----------
    network
        The network.
    eps, cap
        As in :func:`knockon.propagation.leontief.leontief`.

    Examples
    --------
    >>> chain = Network.from_flows([0, 1], [1, 2], [1.0, 1.0])
    >>> closed = Closing(chain).losses(np.array([0, 1]))
    >>> closed.loss.tolist(), closed.iterations.tolist()
    ([[1.0, 1.0, 1.0], [0.0, 1.0, 1.0]], [3, 2])
    """

    def __init__(self, network: Network, *, eps: float = EPS, cap: int = CAP) -> None:
        self._network, self._eps, self._cap = network, eps, cap
        self._bounds = bounds_to_run(network.weights, split=Rules(network).split)
        self._slots = _slots(network, self._bounds)
        self._widest = int(np.diff(network.supply_start).max(initial=1))

    def losses(self, nodes: Ints) -> ClosingLosses:
        """Return what leontief returns for the closure of each of some visible nodes (k,), to the last bit."""
        from knockon.propagation.kernels import closing as kernel

        network, nodes = self._network, np.asarray(nodes, np.int64)
        loss = np.zeros((len(self._bounds), len(nodes), network.size))
        numbers = np.zeros((len(nodes), len(self._bounds), kernel.COLUMNS))
        state = kernel.closing_state(self._slots, self._widest)
        kernel.close_each(self._slots, state, nodes, network.twin[nodes], self._eps, self._cap, loss, numbers)
        point = loss[self._bounds.index(POINT)]
        seen = slice(network.entities)
        low, high = enclose(loss[0], point, loss[-1])
        iterations = numbers[:, :, kernel.ROUNDS].max(axis=1).astype(np.int64)
        residual = numbers[:, :, kernel.RISE].max(axis=1)
        closed = ClosingLosses(low[:, seen], point[:, seen], high[:, seen], iterations, residual)
        others = np.flatnonzero((numbers[:, :, kernel.STATUS] != kernel.ENDED).any(axis=1))
        if len(others):
            result = leontief(network, nodes[others], eps=self._eps, cap=self._cap)
            for name, rows in closed._asdict().items():
                rows[others] = getattr(result, name)
        return closed

    def measured(self, measure: Callable[[ClosingLosses], Floats], nodes: Ints) -> Floats:
        """Return numbers of the closure of each of some nodes, (k, columns), computed side by side.

        Parameters
        ----------
        measure
            Returns the numbers of some closures, (some, columns); threads call it.
        nodes
            The visible nodes, (k,).
        """
        parts = np.array_split(nodes, max(1, min(os.cpu_count() or 1, len(nodes))))
        with ThreadPoolExecutor(len(parts)) as pool:
            return np.concatenate(list(pool.map(lambda part: measure(self.losses(part)), parts)))


def _slots(network: Network, bounds: tuple[int, ...]) -> Slots:
    """Return a network as the kernel reads it, with the criticalities at some bounds."""
    from knockon.propagation.kernels.closing_slots import Slots

    edges, mode, weight = network.edges, np.asarray(network.mode), np.ascontiguousarray(network.weights[list(bounds)])
    slot, supply = edges.slot[edges.out], edges.supply[edges.out]
    one = np.diff(network.supply_start) == 1
    worst = (mode == Mode.ALL_OF) | (one & ((mode == Mode.ANY_OF) | (mode == Mode.AT_LEAST)))
    computed = np.where((supply == NONE) | worst[slot], NONE, slot).astype(np.int32)
    return Slots(
        bounds=np.array(bounds),
        # Copies: of arrays that may not be written to the kernel would be compiled once more.
        way_start=edges.out_start.astype(np.int64),
        way=np.column_stack([*weight[:, slot], edges.owner[edges.out]]),
        computed=computed if (computed != NONE).any() else computed[:0],
        need=network.slot_need.astype(np.int32),
        mode=mode.astype(np.int32),
        at_least=network.at_least.astype(np.int32),
        supply_start=network.supply_start.astype(np.int64),
        provider=network.supply_provider.astype(np.int32),
        share=network.supply_share.astype(np.float64),
        unstated=np.array(network.unstated, bool),
        split=np.array(network.split, bool),
        remainder=np.array(network.remainder, np.float64),
        weight=weight,
    )


__all__ = ["Closing", "ClosingLosses"]
