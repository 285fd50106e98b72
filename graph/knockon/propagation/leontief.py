r"""How much each node loses in the end, if the shock lasts and nobody adapts.

The generalised Leontief production function of Diem et al. (2022), read on
words instead of flows, so that every slot stands in the maximum:

.. math::

   meet_r &= \max_s,\ \min_s,\ \text{k-th smallest},\ \sum_s share_s \cdot loss_s

   short_r &= \max(hit_r,\ loss_{need(r)},\ meet_r)

   loss_j &= \max(hit_j,\ \max_{r \in slots(j)} c_r \cdot short_r)

A sum of words would saturate; the maximum understates independent partial
losses, and results say so. The model is monotone, so two more runs with every
criticality and severity at the bottom and the top of its interval are exact
bounds.

References
----------
C. Diem, A. Borsos, T. Reisch, J. Kertész, S. Thurner, "Quantifying firm-level
economic systemic risk from nation-wide supply networks", Scientific Reports
12:7719 (2022), doi:10.1038/s41598-022-11522-z.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from knockon.network.hits import Hits
from knockon.network.network import NONE, Floats, Ints, Mode, Network
from knockon.propagation.bindings import Round, Struck, Trail, trail
from knockon.propagation.checks import network_of, until
from knockon.propagation.result import Result, Stop

EPS = 1e-9
CAP = 10_000


def leontief(network: Network, shocks: Hits | npt.ArrayLike | None = None, *, eps: float = EPS, cap: int = CAP) -> Result:
    """Losses of k shocks on n nodes, with exact bounds, steps and bindings.

    Parameters
    ----------
    network
        The compiled network.
    shocks
        What is hit: Hits, node numbers, a (k, n) array of losses, or None for each node in turn.
    eps
        Stop when no loss rises by more (losses are in 0..1).
    cap
        Stop after so many rounds; the result then says ``cap``.

    Examples
    --------
    >>> from knockon.model import Dependency
    >>> from knockon.network.compile import compile_network
    >>> ns = "urn:x:"
    >>> shop = Dependency(id=ns + "d", dependant=ns + "shop", need=ns + "cloud", criticality="High")
    >>> network = compile_network([shop]).network
    >>> result = leontief(network, [network.index[ns + "cloud"]])
    >>> result.loss[0, network.index[ns + "shop"]], result.low[0].min(), result.high[0].min()
    (np.float64(0.75), np.float64(0.6), np.float64(0.9))
    """
    network_of(network, "leontief")
    until(eps, cap)
    hits = Hits.of(network, shocks)
    runs = [[_run(network, hits, shock, bound, eps, cap) for bound in (0, 1, 2)] for shock in range(hits.count)]
    return Result(
        model="leontief",
        loss=_stack([point.loss for _, point, _ in runs], network.size),
        # The three runs stop by themselves, up to eps short of their limits: the order holds all the same.
        low=_stack([np.minimum(low.loss, point.loss) for low, point, _ in runs], network.size),
        high=_stack([np.maximum(high.loss, point.loss) for _, point, high in runs], network.size),
        step=_stack([point.step for _, point, _ in runs], network.size).astype(np.int64),
        slot=_stack([point.slot for _, point, _ in runs], network.size).astype(np.int64),
        supply=_stack([point.supply for _, point, _ in runs], network.size).astype(np.int64),
        source=_stack([point.source for _, point, _ in runs], network.size).astype(np.int64),
        shortage=_stack([point.short for _, point, _ in runs], network.slots),
        iterations=np.array([max(run.iterations for run in three) for three in runs], np.int64),
        residual=np.array([max(run.residual for run in three) for three in runs], np.float64),
        stopped_by=tuple("cap" if any(run.stopped == "cap" for run in three) else "tolerance" for three in runs),
        parameters={"eps": eps, "cap": cap},
    )


def _stack(rows: Sequence[npt.NDArray[Any]], width: int) -> npt.NDArray[Any]:
    return np.stack(rows) if rows else np.zeros((0, width))


class _Run(NamedTuple):
    loss: Floats
    step: Ints
    slot: Ints
    supply: Ints
    source: Ints
    short: Floats
    iterations: int
    residual: float
    stopped: Stop


def _run(network: Network, hits: Hits, shock: int, bound: int, eps: float, cap: int) -> _Run:
    struck = Struck(*hits.rows(network, shock, bound))
    weight = network.weights[bound]
    loss, rounds = struck.node, 0
    while True:
        rounds += 1
        supply_loss = np.maximum(struck.supply, loss[network.supply_provider])
        meet = meeting(network, supply_loss)
        short = np.maximum(np.maximum(struck.slot, need_loss(network, loss)), meet)
        value = weight * short
        new = loss.copy()
        np.maximum.at(new, network.slot_owner, value)
        last = Round(loss, new, supply_loss, network.supply_share * supply_loss, meet, short, value)
        residual = float((new - loss).max(initial=0.0))
        loss = new
        if residual <= eps or rounds >= cap:
            break
    stopped: Stop = "tolerance" if residual <= eps else "cap"
    # Low and high are bounds of the loss: what binds is told of the point.
    told = trail(network, struck, last) if bound == 1 else Trail(*(np.zeros(0, np.int64) for _ in range(4)))
    return _Run(loss, told.step, told.slot, told.supply, told.source, short, rounds, residual, stopped)


def need_loss(network: Network, loss: Floats) -> Floats:
    """The loss of each slot's need, 0 where it has none."""
    return np.where(network.slot_need == NONE, 0.0, loss[network.slot_need]) if network.slots else np.zeros(0)


def meeting(network: Network, supply_loss: Floats) -> Floats:
    """How far each slot's supplies fail to meet its need (0..1), 0 where it has none."""
    meet = np.zeros(network.slots)
    filled = np.flatnonzero(np.diff(network.supply_start))
    if not filled.size:
        return meet
    starts = network.supply_start[filled]
    mode = network.mode[filled]
    greatest = np.maximum.reduceat(supply_loss, starts)
    least = np.minimum.reduceat(supply_loss, starts)
    # A weighted sum may exceed its greatest part by rounding, and would then creep up along a cycle.
    partaking = np.where(network.supply_share > 0, supply_loss, 0.0)
    shared = np.minimum(np.add.reduceat(network.supply_share * supply_loss, starts), np.maximum.reduceat(partaking, starts))
    order = np.lexsort((supply_loss, network.supply_slot))
    kth = supply_loss[order][starts + np.maximum(network.at_least[filled], 1) - 1]
    meet[filled] = np.select([mode == Mode.ALL_OF, mode == Mode.ANY_OF, mode == Mode.SHARES], [greatest, least, shared], kth)
    return meet
