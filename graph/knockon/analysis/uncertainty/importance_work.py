"""How many runs of the model the importance of entities takes; what would take hours is refused before the first."""

from __future__ import annotations

import numpy as np

from knockon.errors import LimitReached
from knockon.network.hits import Hits
from knockon.network.network import NONE, Ints, Network
from knockon.propagation.reach import reach

#: The most runs times draws times dependencies: about an hour of a processor.
MOST_WORK = 3 * 10**10


def check_work(network: Network, target: int, hits: Hits, among: Ints | None, draws: int, label: str) -> None:
    """Refuse to estimate the importance of entities by draws where that would take hours.

    Each entity is a run in which it fails and one in which it does not, and one run is without either.

    Parameters
    ----------
    network, target, hits, among, draws
        As :func:`knockon.propagation.importance.importance` takes them.
    label
        The label of the target.

    Raises
    ------
    LimitReached
        It would take more than ``MOST_WORK``.
    """
    each = draws * network.slots
    count = network.entities if among is None else len(among)
    if (1 + 2 * count) * each <= MOST_WORK:
        return
    if among is None:
        needed = reach(network, [target], upstream=True).step[0] != NONE
        count = int(np.count_nonzero(needed & (reach(network, hits).step[0] != NONE))) - 1
        if (1 + 2 * count) * each <= MOST_WORK:
            return
    raise LimitReached(
        f"{label} rests on {count:,} entities that this shock can reach: to let each of them fail, and not fail, in {draws:,} "
        f"draws of {network.slots:,} dependencies would take hours. Fewer draws take less (--draws); `knockon rank` tells "
        f"which entities matter most to all others, and `knockon explain` on which the loss of {label} rests"
    )


__all__ = ["MOST_WORK", "check_work"]
