"""Second sources: the change that one takes over a share of a need, and the least share that halves a loss.

A second source never loses, and brings the part ``share`` of a need, so that the dependency falls short of the rest alone:
``short`` becomes ``(1 - share) short``. A dependency counts by criticality times shortage, so this is the run with a
criticality of ``(1 - share)`` times as much. A dependency that the shock hits itself is cut whoever supplies, and no second
source mends it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations, islice
from typing import NamedTuple

import numpy as np

from knockon.analysis.mitigate.candidates import AffectedSlots, Candidate
from knockon.analysis.mitigate.mitigation import ROUNDING
from knockon.network.network import Floats, Network
from knockon.propagation.changed_links import Change
from knockon.vocabulary import Interval

#: Shares are whole percent.
_PERCENT = 100
#: The part of the loss that is left when it has halved.
_HALF = 0.5

#: The loss of the protected entity in each variant of the network: at the point, (variants,), or low, point and high,
#: (3, variants).
Losses = Callable[[Sequence[Sequence[Change]]], Floats]


class Halved(NamedTuple):
    """The dependencies that get a second source, the least share of each that halves the loss, and the loss then."""

    slots: tuple[int, ...]
    share: float
    losses: Floats


def sourced_slots(affected: AffectedSlots) -> list[int]:
    """Return the slots that a second source can mend: those that the shock does not hit themselves."""
    return [slot for slot in affected.slots if not affected.initial.slot[slot] > 0]


def second_source(network: Network, slot: int, share: float) -> Change:
    """Return the change that a second source takes over a share (0..1) of the need of a slot."""
    low, point, high = network.weights[:, slot].tolist()
    return Change(slot, weight=Interval(low * (1 - share), point * (1 - share), high * (1 - share)))


def second_source_candidate(network: Network, slot: int, share: float) -> Candidate:
    """Return a second source for a slot as a candidate."""
    text = f"a second source for {share * _PERCENT:g} % (none is named)"
    return Candidate("source", slot, text, second_source(network, slot, share))


def halving_shares(
    network: Network, slots: Sequence[int], before: float, point_losses: Losses, losses: Losses, most_pairs: int
) -> list[Halved]:
    """Return the least shares, in whole percent, with which second sources halve a loss.

    First a second source for each dependency alone is tried; where none halves the loss, for each two of them at the same
    share. The shares are found by bisection, since no loss rises when a share does: each step is a run of the model for all
    of them.

    Parameters
    ----------
    network
        The network.
    slots
        The slots to try.
    before
        The loss (0..1) without any change.
    point_losses, losses
        Compute variants, at the point (which decides) and with their bounds.
    most_pairs
        The most pairs that are tried.

    Returns
    -------
    list of Halved
        The smallest share first.
    """
    if before <= ROUNDING:
        return []
    groups = [(slot,) for slot in slots]
    halved = _bisected(network, groups, before, point_losses, losses)
    if not halved:
        halved = _bisected(network, list(islice(combinations(slots, 2), most_pairs)), before, point_losses, losses)
    return sorted(halved, key=lambda one: (one.share, one.slots))


def _bisected(
    network: Network, groups: Sequence[tuple[int, ...]], before: float, point_losses: Losses, losses: Losses
) -> list[Halved]:
    """Return the least share of each group of slots that halves the loss; groups that do not halve it are left out."""

    def at(chosen: Sequence[tuple[int, ...]], percent: Sequence[int]) -> list[list[Change]]:
        return [
            [second_source(network, slot, share / _PERCENT) for slot in group]
            for group, share in zip(chosen, percent, strict=True)
        ]

    if not groups:
        return []
    limit = before * _HALF + ROUNDING
    whole = point_losses(at(groups, [_PERCENT] * len(groups))) <= limit
    kept = [group for group, halves in zip(groups, whole.tolist(), strict=True) if halves]
    if not kept:
        return []
    enough, too_little = np.full(len(kept), _PERCENT), np.zeros(len(kept), np.int64)
    while (enough - too_little > 1).any():
        middle = (enough + too_little) // 2
        halves = point_losses(at(kept, middle.tolist())) <= limit
        enough, too_little = np.where(halves, middle, enough), np.where(halves, too_little, middle)
    at_share = losses(at(kept, enough.tolist()))
    return [Halved(group, int(enough[i]) / _PERCENT, at_share[:, i]) for i, group in enumerate(kept)]


__all__ = ["Halved", "halving_shares", "second_source", "second_source_candidate", "sourced_slots"]
