"""What one node loses when sets of nodes are closed: many sets at once, the losses of :mod:`knockon.propagation.leontief`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from knockon.network.network import Floats, Network
from knockon.propagation.leontief import CAP, EPS
from knockon.propagation.rules import Rules

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
        width = max(1, _CELLS // max(1, self.network.size, self.network.slots, self.network.supplies))
        self.tried += len(sets)
        parts = [self._batch(sets[start : start + width], enough) for start in range(0, len(sets), width)]
        return np.concatenate([np.zeros(0), *parts])

    def _batch(self, sets: Sequence[tuple[int, ...]], enough: float) -> Floats:
        lost = np.zeros(len(sets))
        state = np.zeros((self.network.size, len(sets)))
        for lane, nodes in enumerate(sets):
            state[list(nodes), lane] = 1.0
        lanes = np.arange(len(sets))
        for _ in range(self.cap):
            new = self._round(state)
            done = ((new - state).max(axis=0, initial=0.0) <= self.eps) | (new[self.target] >= enough)
            lost[lanes] = new[self.target]
            lanes, state = lanes[~done], new[:, ~done]
            if not lanes.size:
                return lost
        self.capped = True
        return lost

    def _round(self, state: Floats) -> Floats:
        short = np.maximum(self.rules.needed(state), self.rules.meeting(state[self.rules.provider]))
        new: npt.NDArray[np.float64] = np.maximum(state, self.rules.worst(self.weight * short))
        return new
