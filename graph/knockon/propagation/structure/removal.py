"""Compute the loss of one node when sets of nodes are closed, many sets at once, by :mod:`knockon.propagation.leontief`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from knockon.network.hits import InitialLosses, spread_hits
from knockon.network.network import Bools, Floats, Network
from knockon.propagation.combinations import Rules
from knockon.propagation.fixed_point import CAP, EPS, settle
from knockon.propagation.leontief_round import LaneEquations, zero_column
from knockon.propagation.sweeps import Sweeps


class RemovalLosses:
    """The losses of one target, at the point criticalities, when sets of other nodes are closed.

    Parameters
    ----------
    network, target
        The network, and the row of the target.
    eps, cap
        As in :func:`knockon.propagation.leontief.leontief`.

    Attributes
    ----------
    tried
        The number of sets that were closed so far.
    capped
        Whether the model stopped by its cap for any of them.

    Examples
    --------
    >>> from knockon.model import Dependency
    >>> from knockon.network.compile import compile_network
    >>> chain = [Dependency(id=f"urn:x:d{i}", dependant=f"urn:x:{i + 1}", need=f"urn:x:{i}", criticality_value="0.5")
    ...          for i in range(2)]
    >>> RemovalLosses(compile_network(chain).network, 2).losses([(0,), (1,), (0, 1)]).tolist()
    [0.25, 0.5, 0.5]
    """

    def __init__(self, network: Network, target: int, *, eps: float = EPS, cap: int = CAP) -> None:
        self.network, self.target, self.eps, self.cap = network, target, eps, cap
        self.rules = Rules(network)
        self.weight = network.weights[1][:, None]
        self.sweeps = Sweeps(network)
        self.tried = 0
        self.capped = False

    def losses(self, sets: Sequence[tuple[int, ...]], enough: float = np.inf) -> Floats:
        """Return the loss of the target (0..1) for each set; a set may stop as soon as its loss reaches ``enough``."""
        lost: Floats = self.losses_with_error(sets, enough)[0]
        return lost

    def losses_with_error(self, sets: Sequence[tuple[int, ...]], enough: float = np.inf) -> Floats:
        """Return the loss of the target for each set, and the most by which it may be below its limit, (2, sets)."""
        width = self.sweeps.lanes
        self.tried += len(sets)
        parts = [self._batch(sets[start : start + width], enough) for start in range(0, len(sets), width)]
        return np.concatenate([np.zeros((2, 0)), *parts], axis=1)

    def _batch(self, sets: Sequence[tuple[int, ...]], enough: float) -> Floats:
        """Return loss and stopping error of the target for some sets, (2, sets)."""
        state = np.zeros((self.network.size, len(sets)))
        for lane, nodes in enumerate(sets):
            state[list(nodes), lane] = 1.0
        spread_hits(self.network, InitialLosses(state, zero_column(self.network.slots), zero_column(self.network.supplies)))

        def failed(state: Floats) -> Bools:
            return np.asarray(state[self.target] >= enough)

        lanes = self._lanes(state)
        sweep = self.sweeps.plan(lambda chosen: self.sweeps.sweep(lanes.select(chosen)), self.cap)
        stop = failed if np.isfinite(enough) else None
        settled = settle(lanes, state, sweep=sweep, eps=self.eps, cap=self.cap, enough=stop)
        lost = settled.state[self.target]
        self.capped |= bool(((settled.residual > self.eps) & (lost < enough)).any())
        return np.stack([lost, settled.error])

    def _lanes(self, closed: Floats) -> LaneEquations:
        """Return the equations of the network with the nodes of each lane closed."""
        return LaneEquations(
            self.rules, self.weight, InitialLosses(closed, zero_column(self.network.slots), zero_column(self.network.supplies))
        )
