"""One shock under many sets of numbers at once: the equations of leontief, a lane for each set.

Every lane stops by its own rule, as :func:`knockon.propagation.leontief.leontief`
would stop it, so that a batch gives what each gives alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from knockon.network.hits import NODE, SLOT, SUPPLY, Hits
from knockon.network.network import Floats, Ints, Network
from knockon.propagation.leontief import CAP, EPS
from knockon.propagation.result import Stop, stops
from knockon.propagation.rules import Rules

#: The numbers that one call should hold: more would fall out of the caches.
BATCH = 2**19


class Variants(NamedTuple):
    """Losses (n, m) of one shock under m sets of numbers, and how far each has converged, (m,)."""

    loss: Floats
    iterations: Ints
    residual: Floats
    stopped_by: tuple[Stop, ...]


def lanes_at_once(network: Network) -> int:
    """How many lanes of a network one call of :func:`variants` should take; at least one."""
    return max(1, BATCH // max(network.size + network.slots + network.supplies, 1))


def variants(
    rules: Rules, hits: Hits, shock: int, criticality: Floats, severity: Floats, *, eps: float = EPS, cap: int = CAP
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
    node, slot, supply = _struck(rules.network, hits, shock, severity)
    width = criticality.shape[1]
    loss, iterations, residual = np.zeros_like(node), np.zeros(width, np.int64), np.zeros(width)
    going, now, rounds = np.arange(width), node, 0
    while going.size:
        rounds += 1
        meet = rules.meeting(np.maximum(supply, now[rules.provider]))
        short = np.maximum(np.maximum(slot, rules.needed(now)), meet)
        new = np.maximum(now, rules.worst(criticality * short))
        rise = (new - now).max(axis=0, initial=0.0)
        rest = rise <= eps if rounds < cap else np.ones(going.size, bool)
        now = new
        if rest.any():
            # Lanes at rest are left alone from here on: their numbers are those of a run of their own.
            done, more = going[rest], ~rest
            loss[:, done], iterations[done], residual[done] = new[:, rest], rounds, rise[rest]
            going, now, criticality, slot, supply = going[more], *(x[:, more] for x in (new, criticality, slot, supply))
    return Variants(loss, iterations, residual, stops(residual, eps))


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
