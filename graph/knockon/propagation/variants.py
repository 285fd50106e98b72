"""Compute one shock under many sets of criticalities and severities at once, by the equations of leontief.

Every set is a lane that stops by itself, as in :func:`knockon.propagation.leontief.leontief`,
so that a batch gives what each set gives alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from knockon.network.hits import NODE, SLOT, SUPPLY, Hits, InitialLosses, spread_hits
from knockon.network.network import Floats, Ints, Network
from knockon.propagation.combinations import Rules
from knockon.propagation.fixed_point import CAP, EPS, settle
from knockon.propagation.leontief_round import LaneEquations, lanes_at_once
from knockon.propagation.result import Stop, stop_reasons


class VariantLosses(NamedTuple):
    """Losses (n, m) in 0..1 of one shock under m sets of numbers; rounds, residual and stopping error of each, (m,)."""

    loss: Floats
    iterations: Ints
    residual: Floats
    error: Floats
    stopped_by: tuple[Stop, ...]


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
) -> VariantLosses:
    """Return the losses of one shock with m sets of criticalities and severities, by the equations of leontief.

    Memory grows with m; pass many sets in parts of :func:`knockon.propagation.leontief_round.lanes_at_once`.

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

    >>> zero, none = np.zeros(1, int), np.zeros(0, int)
    >>> network = Network(
    ...     nodes="AB", slot_owner=zero + 1, slot_need=zero, weights=np.ones((3, 1)), mode=zero, at_least=zero,
    ...     supply_start=np.zeros(2, int), supply_provider=none, supply_share=np.zeros(0),
    ... )
    >>> result = variants(Rules(network), Hits.of(network, [0]), 0, np.array([[0.5, 1.0]]), np.array([[1.0, 0.5]]))
    >>> result.loss.tolist(), result.stopped_by
    ([[1.0, 0.5], [0.5, 0.5]], ('tolerance', 'tolerance'))
    """
    lanes = LaneEquations(rules, criticality, _initial_losses(rules.network, hits, shock, severity), reading)
    settled = settle(lanes, lanes.hit.node, eps=eps, cap=cap)
    return VariantLosses(
        settled.state, settled.iterations, settled.residual, settled.error, stop_reasons(settled.residual, eps)
    )


def _initial_losses(network: Network, hits: Hits, shock: int, severity: Floats) -> InitialLosses:
    """Return the losses that the shock itself sets in each lane."""
    shock_hits = hits.of_shock(shock)
    losses = []
    for kind, size in ((NODE, network.size), (SLOT, network.slots), (SUPPLY, network.supplies)):
        array, rows = np.zeros((size, severity.shape[1])), np.flatnonzero(hits.kind[shock_hits] == kind)
        # Several hits on one target: the greatest.
        np.maximum.at(array, hits.index[shock_hits[rows]], severity[rows])
        losses.append(array)
    initial_losses = InitialLosses(*losses)
    spread_hits(network, initial_losses)
    return initial_losses


__all__ = ["VariantLosses", "lanes_at_once", "variants"]
