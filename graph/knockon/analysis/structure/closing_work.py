"""Which entities are closed in turn to find choke points: all, or those that may be one; what would take hours is refused."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from knockon.errors import LimitReached
from knockon.network.arrays import Ints, distinct
from knockon.propagation.fixed_point import ROUNDING
from knockon.propagation.structure.greatest_losses import greatest_alone
from knockon.propagation.structure.removal import RemovalLosses

#: The most entities times needs: some minutes to half an hour of a processor.
MOST_WORK = 10**9


def entities_to_close(removal: RemovalLosses, threshold: float, dominators: Iterable[int], label: str) -> tuple[Ints, int]:
    """Return the entities (rows) to close in turn, and how many others may cost the target something less than a threshold.

    These are all where that takes less than hours. Where needs lead round in circles, each failure is a run of the model of
    its own; of a large network those are closed that may cost the target the threshold (0..1), by the criticalities on the
    way, and those on every path.

    Parameters
    ----------
    removal
        What computes the losses of the target.
    threshold
        The loss (0..1) from which on the target has failed.
    dominators
        The entities (rows) on every path to the target.
    label
        The label of the target.

    Raises
    ------
    LimitReached
        There are too many of those as well.
    """
    entities, needs = removal.network.entities, removal.network.slots
    if removal.counts_steps or entities * needs <= MOST_WORK:
        return np.arange(entities), 0
    greatest = greatest_alone(removal.network, removal.target)
    greatest[removal.target] = 0.0
    chosen = distinct(np.concatenate([np.flatnonzero(greatest >= threshold - ROUNDING), np.array([*dominators], np.int64)]))
    if len(chosen) * needs > MOST_WORK:
        raise LimitReached(
            f"{label} rests on {entities - 1:,} entities with {needs:,} needs that lead round in circles, and {len(chosen):,} "
            f"of them may cost it {threshold:g} or more: to close each of these in turn would take hours. A higher threshold "
            f"has fewer; `knockon impact --hit NAME=1` closes one; `knockon neighbours` lists what {label} needs"
        )
    return chosen, int(np.count_nonzero(greatest) - np.count_nonzero(greatest[chosen]))


__all__ = ["MOST_WORK", "entities_to_close"]
