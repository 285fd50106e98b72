"""Compute what one node loses when sets of nodes are closed, many sets at once, by :mod:`knockon.propagation.leontief`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from knockon.network.network import Bools, Floats, Network
from knockon.propagation.combinations import Rules
from knockon.propagation.fixed_point import CAP, EPS, settle
from knockon.propagation.leontief_round import Lanes, nothing
from knockon.propagation.trace import InitialLosses

#: So many numbers (sets times the largest of nodes, slots and supplies) are held at once.
_CELLS = 1_000_000


class Closing:
    """A target, and what it loses (at the point criticalities) when others are lost wholly.

    ``tried`` counts the sets that were closed, ``capped`` says whether the
    model stopped by its cap for any of them.

    >>> from knockon.model import Dependency
    >>> from knockon.network.compile import compile_network
    >>> chain = [Dependency(id=f"urn:x:d{i}", dependant=f"urn:x:{i + 1}", need=f"urn:x:{i}", criticality_value="0.5")
    ...          for i in range(2)]
    >>> Closing(compile_network(chain).network, 2).losses([(0,), (1,), (0, 1)]).tolist()
    [0.25, 0.5, 0.5]
    """

    def __init__(self, network: Network, target: int, *, eps: float = EPS, cap: int = CAP) -> None:
        self.network, self.target, self.eps, self.cap = network, target, eps, cap
        self.rules = Rules(network)
        self.weight = network.weights[1][:, None]
        self.tried = 0
        self.capped = False

    def losses(self, sets: Sequence[tuple[int, ...]], enough: float = np.inf) -> Floats:
        """The loss of the target for each set; a set is left as soon as that is ``enough`` (then it may be more)."""
        lost: Floats = self.closed(sets, enough)[0]
        return lost

    def closed(self, sets: Sequence[tuple[int, ...]], enough: float = np.inf) -> Floats:
        """(2, sets): the loss of the target for each set, as of :meth:`losses`, and how far below its limit it may be."""
        width = max(1, _CELLS // max(1, self.network.size, self.network.slots, self.network.supplies))
        self.tried += len(sets)
        parts = [self._batch(sets[start : start + width], enough) for start in range(0, len(sets), width)]
        return np.concatenate([np.zeros((2, 0)), *parts], axis=1)

    def _batch(self, sets: Sequence[tuple[int, ...]], enough: float) -> Floats:
        state = np.zeros((self.network.size, len(sets)))
        for lane, nodes in enumerate(sets):
            state[list(nodes), lane] = 1.0

        def fails(now: Floats) -> Bools:
            return np.asarray(now[self.target] >= enough)

        found = settle(self._lanes(state), state, eps=self.eps, cap=self.cap, enough=fails if np.isfinite(enough) else None)
        lost = found.state[self.target]
        self.capped |= bool(((found.residual > self.eps) & (lost < enough)).any())
        return np.stack([lost, found.error])

    def _lanes(self, closed: Floats) -> Lanes:
        """The equations of the network with the nodes of each lane closed."""
        return Lanes(
            self.rules, self.weight, InitialLosses(closed, nothing(self.network.slots), nothing(self.network.supplies))
        )
