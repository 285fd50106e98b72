"""How many changes are tried in how large a network; what would take hours is refused before the first."""

from __future__ import annotations

from knockon.errors import LimitReached
from knockon.network.network import NONE, Network
from knockon.propagation.sweeps import depths_of

#: The most dependencies on the way times dependencies of the network: where needs lead round in circles each change is a run
#: of the model by itself, so that these take about half an hour of a processor; where they do not, as much.
MOST_LOOPED, MOST_STRAIGHT = 10**8, 10**10


def check_work(network: Network, count: int, label: str) -> None:
    """Refuse to try a change to each of some dependencies where that would take hours.

    Parameters
    ----------
    network
        The network.
    count
        How many dependencies lie between the shock and the entity.
    label
        The label of the entity.

    Raises
    ------
    LimitReached
        It would take more than ``MOST_LOOPED`` or ``MOST_STRAIGHT``.
    """
    work = count * network.slots
    if work <= MOST_LOOPED or (work <= MOST_STRAIGHT and not (depths_of(network) == NONE).any()):
        return
    raise LimitReached(
        f"{count:,} dependencies lie between the shock and {label}, in a network of {network.slots:,}: to try changes to each "
        f"in turn would take hours. `knockon explain` shows the way by which the loss arrives; `knockon impact --what-if "
        f"DEPENDENCY=CHANGE` tries one change to a dependency on it; `knockon neighbours` lists what {label} needs"
    )


__all__ = ["MOST_LOOPED", "MOST_STRAIGHT", "check_work"]
