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

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from knockon.network.hits import Hits
from knockon.network.network import Floats, Ints, Mode, Network
from knockon.propagation.result import NONE, Result, Stop

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
    hits = Hits.of(network, shocks)
    runs = [[_run(network, hits, shock, bound, eps, cap) for bound in (0, 1, 2)] for shock in range(hits.count)]
    return Result(
        model="leontief",
        loss=_stack([point.loss for _, point, _ in runs], network.size),
        low=_stack([low.loss for low, _, _ in runs], network.size),
        high=_stack([high.loss for _, _, high in runs], network.size),
        step=_stack([point.step for _, point, _ in runs], network.size).astype(np.int64),
        slot=_stack([point.slot for _, point, _ in runs], network.size).astype(np.int64),
        supply=_stack([point.supply for _, point, _ in runs], network.size).astype(np.int64),
        source=_stack([point.source for _, point, _ in runs], network.size).astype(np.int64),
        shortage=_stack([point.short for _, point, _ in runs], network.slots),
        iterations=np.array([max(run.iterations for run in three) for three in runs], np.int64),
        residual=np.array([max(run.residual for run in three) for three in runs], np.float64),
        stopped_by=tuple("cap" if any(run.stopped == "cap" for run in three) else "tolerance" for three in runs),
    )


def _stack(rows: list[npt.NDArray[np.generic]], width: int) -> npt.NDArray[np.generic]:
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
    node_hit, slot_hit, supply_hit = hits.rows(network, shock, bound)
    weight = network.weights[bound]
    loss = node_hit.copy()
    trace = _Trace(network, node_hit, slot_hit, supply_hit) if bound == 1 else None
    short, rounds, residual = slot_hit, 0, 0.0
    while rounds < cap:
        rounds += 1
        supply_loss = np.maximum(supply_hit, loss[network.supply_provider])
        meet = meeting(network, supply_loss)
        short = np.maximum(np.maximum(slot_hit, loss[network.slot_need]), meet)
        value = weight * short
        new = loss.copy()
        np.maximum.at(new, network.slot_owner, value)
        residual = float((new - loss).max(initial=0.0))
        if trace is not None and residual > 0:
            trace.record(np.flatnonzero(new > loss), new, value, loss, supply_loss, meet)
        loss = new
        if residual <= eps:
            break
    stopped: Stop = "tolerance" if residual <= eps else "cap"
    trail = (trace.step, trace.slot, trace.supply, trace.source) if trace else (np.zeros(0, np.int64),) * 4
    return _Run(loss, *trail, short, rounds, residual, stopped)


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
    shared = np.minimum(np.add.reduceat(network.supply_share * supply_loss, starts), greatest)
    order = np.lexsort((supply_loss, network.supply_slot))
    kth = supply_loss[order][starts + np.maximum(network.at_least[filled], 1) - 1]
    meet[filled] = np.select([mode == Mode.ALL_OF, mode == Mode.ANY_OF, mode == Mode.SHARES], [greatest, least, shared], kth)
    return meet


class _Trace:
    """The binding slot and supply of every node, recorded whenever its loss rises.

    Explanations are acyclic because a node binds only to a source whose loss,
    when recorded, was at least its own: along a cycle all losses would be
    equal, and each would have been reached in an earlier round than the next.
    """

    def __init__(self, network: Network, node_hit: Floats, slot_hit: Floats, supply_hit: Floats) -> None:
        self.network, self.slot_hit, self.supply_hit = network, slot_hit, supply_hit
        self.step = np.where(node_hit > 0, 0, NONE).astype(np.int64)
        self.slot = np.full(network.size, NONE, np.int64)
        self.supply = np.full(network.size, NONE, np.int64)
        self.source = np.full(network.size, NONE, np.int64)

    def record(self, risen: Ints, new: Floats, value: Floats, loss: Floats, supply_loss: Floats, meet: Floats) -> None:
        """Bind the nodes whose loss rose in this round to what made it rise."""
        found = [(node, *min(self._candidates(node, new, value, loss, supply_loss, meet))) for node in risen.tolist()]
        for node, step, slot, supply, source in found:
            self.step[node], self.slot[node], self.supply[node], self.source[node] = step, slot, supply, source

    def _candidates(
        self, node: int, new: Floats, value: Floats, loss: Floats, supply_loss: Floats, meet: Floats
    ) -> list[tuple[int, int, int, int]]:
        """Every (step, slot, supply, source) that makes the loss of a node what it is."""
        network = self.network
        found: list[tuple[int, int, int, int]] = []
        for slot in range(network.slot_start[node], network.slot_start[node + 1]):
            if value[slot] != new[node]:
                continue
            short = max(self.slot_hit[slot], loss[network.slot_need[slot]], meet[slot])
            if self.slot_hit[slot] == short:
                found.append((1, slot, NONE, NONE))
            need = int(network.slot_need[slot])
            if loss[need] == short:
                found.append((1 + int(self.step[need]), slot, NONE, need))
            if meet[slot] == short:
                supply = self._supply(slot, float(new[node]), float(meet[slot]), supply_loss)
                provider = int(network.supply_provider[supply])
                direct = self.supply_hit[supply] == supply_loss[supply]
                found.append((1, slot, supply, NONE) if direct else (1 + int(self.step[provider]), slot, supply, provider))
        return found

    def _supply(self, slot: int, loss: float, meet: float, supply_loss: Floats) -> int:
        network = self.network
        supplies = range(network.supply_start[slot], network.supply_start[slot + 1])
        if network.mode[slot] == Mode.SHARES:
            # The largest contribution among those that lose at least as much as they cause.
            strong = [s for s in supplies if supply_loss[s] >= loss and network.supply_share[s] > 0]
            return max(strong, key=lambda s: (network.supply_share[s] * supply_loss[s], -s))
        equal = [s for s in supplies if supply_loss[s] == meet]
        return min(equal, key=lambda s: (0 if self.supply_hit[s] == meet else 1 + int(self.step[network.supply_provider[s]]), s))
