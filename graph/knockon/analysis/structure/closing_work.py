"""How much work it is to close each entity that another depends on in turn: what would take hours is refused."""

from __future__ import annotations

from knockon.errors import LimitReached
from knockon.propagation.structure.removal import RemovalLosses

#: The most entities times needs: half an hour of a processor.
MOST_WORK = 10**9


def check_work(removal: RemovalLosses, label: str) -> None:
    """Refuse what would take hours: where needs lead round in circles, each failure is a run of the model of its own.

    Parameters
    ----------
    removal
        What computes the losses of the target.
    label
        The label of the target.

    Raises
    ------
    LimitReached
        There are too many entities and needs.
    """
    entities, needs = removal.network.entities, removal.network.slots
    if not removal.counts_steps and entities * needs > MOST_WORK:
        raise LimitReached(
            f"{label} rests on {entities - 1:,} entities with {needs:,} needs that lead round in circles: to close each entity "
            f"in turn would take hours. `knockon impact --hit NAME=1` closes one; `knockon neighbours` lists what {label} needs"
        )


__all__ = ["MOST_WORK", "check_work"]
