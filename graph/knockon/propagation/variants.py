"""One shock under many sets of numbers at once: the equations of leontief, a lane for each set.

Every lane stops by its own rule, as :func:`knockon.propagation.leontief.leontief`
would stop it, so that a batch gives what each gives alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from knockon.network.hits import NODE, SLOT, SUPPLY, Hits
from knockon.network.network import Floats, Ints, Network
from knockon.propagation.branch import Branch
from knockon.propagation.combinations import Rules
from knockon.propagation.fixed_point import CAP, EPS, Round, settle
from knockon.propagation.result import Stop, stops

#: The numbers that one call should hold: more would fall out of the caches.
BATCH = 2**19


class Variants(NamedTuple):
    """Losses (n, m) of one shock under m sets of numbers, and how far each has converged, (m,)."""

    loss: Floats
    iterations: Ints
    residual: Floats
    error: Floats
    stopped_by: tuple[Stop, ...]


def lanes_at_once(network: Network) -> int:
    """How many lanes of a network one call of :func:`variants` should take; at least one."""
    return max(1, BATCH // max(network.size + network.slots + network.supplies, 1))


def variants(
    rules: Rules,
    hits: Hits,
    shock: int,
    criticality: Floats,
    severity: Floats,
    reading: Floats | None = None,
    *,
    eps: float = EPS,
    cap: int = CAP,
) -> Variants:
    """The losses of one shock with m sets of criticalities and severities, by the equations of leontief.

    Memory grows with m; whoever has many sets gives them in parts of :func:`lanes_at_once`.

    Parameters
    ----------
    rules
        The combinations of the network.
    hits, shock
        Which shock of them; its severities are replaced.
    criticality
        (slots, m), each in 0..1.
    severity
        (h, m), each in 0..1, for the h rows ``hits.of_shock(shock)``.
    reading
        (slots, m), how shares that nobody stated are read: 0 low, 1 point, 2 high, and between; by default the point.
    eps, cap
        As in leontief, for each lane.

    Examples
    --------
    A is hit; B needs it with a criticality of a half, or of one:

    >>> one, none = np.zeros(1, int), np.zeros(0, int)
    >>> network = Network(
    ...     nodes="AB", slot_owner=one + 1, slot_need=one, weights=np.ones((3, 1)), mode=one, at_least=one,
    ...     supply_start=np.zeros(2, int), supply_provider=none, supply_share=np.zeros(0),
    ... )
    >>> found = variants(Rules(network), Hits.of(network, [0]), 0, np.array([[0.5, 1.0]]), np.array([[1.0, 0.5]]))
    >>> found.loss.tolist(), found.stopped_by
    ([[1.0, 0.5], [0.5, 0.5]], ('tolerance', 'tolerance'))
    """
    equations = _Lanes(rules, criticality, *_struck(rules.network, hits, shock, severity), reading)
    found = settle(equations, equations.node, eps=eps, cap=cap)
    return Variants(found.state, found.iterations, found.residual, found.error, stops(found.residual, eps))


class _Lanes(NamedTuple):
    """The equations of every lane: criticalities (slots, m), what is hit of nodes, slots and supplies, and readings."""

    rules: Rules
    criticality: Floats
    node: Floats
    slot: Floats
    supply: Floats
    reading: Floats | None

    def round(self, lanes: Ints) -> Round:
        """The round of some lanes."""
        rules = self.rules
        weight, node, slot, supply = (part[:, lanes] for part in (self.criticality, self.node, self.slot, self.supply))
        reading = None if self.reading is None else self.reading[:, lanes]

        def advance(state: Floats) -> Floats:
            meet = rules.supply_loss(np.maximum(supply, state[rules.provider]), reading)
            short = np.maximum(np.maximum(slot, rules.need_loss(state)), meet)
            new: Floats = np.maximum(node, rules.slot_max(weight * short))
            return new

        return advance

    def branch(self, lane: int) -> Branch:
        """What is solved where a loop goes on for long."""
        reading = None if self.reading is None else self.reading[:, lane]
        return Branch(self.rules.network, self.criticality[:, lane], self.slot[:, lane], self.supply[:, lane], reading=reading)


def _struck(network: Network, hits: Hits, shock: int, severity: Floats) -> tuple[Floats, Floats, Floats]:
    """What the shock sets in each lane: of nodes, slots and supplies."""
    mine = hits.of_shock(shock)
    out = []
    for kind, size in ((NODE, network.size), (SLOT, network.slots), (SUPPLY, network.supplies)):
        array, rows = np.zeros((size, severity.shape[1])), np.flatnonzero(hits.kind[mine] == kind)
        # Several hits on one target: the greatest.
        np.maximum.at(array, hits.index[mine[rows]], severity[rows])
        out.append(array)
    return out[0], out[1], out[2]


__all__ = ["BATCH", "Variants", "lanes_at_once", "variants"]
