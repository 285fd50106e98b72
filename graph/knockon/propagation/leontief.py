r"""How much each node loses in the end, if the shock lasts and nobody adapts.

The generalised Leontief production function of Diem et al. (2022), read on
words instead of flows, so that every slot stands in the maximum:

.. math::

   meet_r &= \max_s,\ \min_s,\ \text{k-th smallest},\ \sum_s share_s \cdot loss_s

   short_r &= \max(hit_r,\ loss_{need(r)},\ meet_r)

   loss_j &= \max(hit_j,\ \max_{r \in slots(j)} c_r \cdot short_r)

Shares that nobody stated have three readings. With :math:`u` the part of a
need that is left to the suppliers :math:`U` that state none, and
:math:`fixed = \sum_{s \notin U} share_s \cdot loss_s`,

.. math::

   meet_r &= fixed + u \min_{U} loss_s \ \text{(low)},\quad
   fixed + \frac{u}{|U|} \sum_{U} loss_s \ \text{(point)},\quad fixed + u \max_{U} loss_s \ \text{(high)}

so that two suppliers of whom nothing else is known are any-of at the low
bound, a half each at the point, and all-of at the high bound.

A sum of words would saturate; the maximum understates independent partial
losses, and results say so. Every reading is monotone in the losses, so two more
runs with every criticality, severity and reading at the bottom and the top of
its interval are exact bounds.

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
from knockon.propagation.branch import Branch
from knockon.propagation.checks import check_stopping, network_of
from knockon.propagation.fixed_point import CAP, EPS, settle
from knockon.propagation.fixed_point import Round as Advance
from knockon.propagation.result import Result, stops
from knockon.propagation.trace import Bindings, InitialLosses, Round, trail

#: How far, relatively, the rounding of a loop that was solved may carry a sum above its parts.
SLACK = 1e-12


def leontief(network: Network, shocks: Hits | npt.ArrayLike | None = None, *, eps: float = EPS, cap: int = CAP) -> Result:
    """Losses of k shocks on n nodes, with exact bounds, steps and bindings.

    Parameters
    ----------
    network
        The compiled network.
    shocks
        What is hit: Hits, node numbers, a (k, n) array of losses, or None for each node in turn.
    eps
        Stop when no loss rises by more (losses are in 0..1). At the default losses are good to 1e-12, in loops of shares
        as well; see :mod:`knockon.propagation.fixed_point`.
    cap
        Stop after so many rounds; the result then says ``cap``.

    Returns
    -------
    Result
        ``error`` is how far below its limit a loss may be.

    Examples
    --------
    >>> from knockon.model import Dependency
    >>> from knockon.network.compile import compile_network
    >>> ns = "urn:x:"
    >>> shop = Dependency(id=ns + "d", dependant=ns + "shop", need=ns + "cloud", criticality="High")
    >>> network = compile_network([shop]).network
    >>> result = leontief(network, [network.index[ns + "cloud"]])
    >>> [float(end[0, network.index[ns + "shop"]]) for end in (result.low, result.loss, result.high)]
    [0.6, 0.75, 0.9]
    """
    network_of(network, "leontief")
    check_stopping(eps, cap)
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
        stopped_by=stops(np.array([max(run.residual for run in three) for three in runs]), eps),
        parameters={"eps": eps, "cap": cap},
        error=np.array([max(run.error for run in three) for three in runs], np.float64),
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
    error: float


def _run(network: Network, hits: Hits, shock: int, bound: int, eps: float, cap: int) -> _Run:
    struck = InitialLosses(*hits.rows(network, shock, bound))
    equations = _Equations(network, struck, bound)
    settled = settle(equations, struck.node[:, None], eps=eps, cap=cap)
    last = equations.last
    # Low and high are bounds of the loss: what binds is told of the point.
    told = trail(network, struck, last) if bound == 1 else Bindings(*(np.zeros(0, np.int64) for _ in range(4)))
    rounds, residual, error = int(settled.iterations[0]), float(settled.residual[0]), float(settled.error[0])
    return _Run(last.after, told.step, told.slot, told.supply, told.source, last.short, rounds, residual, error)


class _Equations:
    """The equations of one shock at one bound; ``last`` is the last round that was taken for it alone."""

    last: Round

    def __init__(self, network: Network, struck: InitialLosses, bound: int) -> None:
        self.network, self.struck, self.bound, self.weight = network, struck, bound, network.weights[bound]

    def round(self, lanes: Ints) -> Advance:
        """The round of the shock, or of copies of it."""
        return self._alone if len(lanes) == 1 else self._copies

    def branch(self, lane: int) -> Branch:  # noqa: ARG002 - all lanes have the same equations
        """What is solved where a loop goes on for long."""
        return Branch(self.network, self.weight, self.struck.slot, self.struck.supply, reading=np.array([float(self.bound)]))

    def _alone(self, state: Floats) -> Floats:
        self.last = self._round(state[:, 0])
        return self.last.after[:, None]

    def _copies(self, state: Floats) -> Floats:
        return np.stack([self._round(loss).after for loss in state.T], axis=1)

    def _round(self, loss: Floats) -> Round:
        network, struck = self.network, self.struck
        supply_loss = np.maximum(struck.supply, loss[network.supply_provider])
        meet = meeting(network, supply_loss, self.bound)
        short = np.maximum(np.maximum(struck.slot, need_loss(network, loss)), meet)
        value = self.weight * short
        new = struck.node.copy()
        np.maximum.at(new, network.slot_owner, value)
        return Round(loss, new, supply_loss, network.supply_share * supply_loss, meet, short, value, SLACK)


def need_loss(network: Network, loss: Floats) -> Floats:
    """The loss of each slot's need, 0 where it has none."""
    return np.where(network.slot_need == NONE, 0.0, loss[network.slot_need]) if network.slots else np.zeros(0)


def meeting(network: Network, supply_loss: Floats, bound: int = 1) -> Floats:
    """How far each slot's supplies fail to meet its need (0..1), 0 where it has none; ``bound`` is 0 low, 1 point, 2 high."""
    meet = np.zeros(network.slots)
    filled = np.flatnonzero(np.diff(network.supply_start))
    if not filled.size:
        return meet
    starts = network.supply_start[filled]
    mode = network.mode[filled]
    greatest = np.maximum.reduceat(supply_loss, starts)
    least = np.minimum.reduceat(supply_loss, starts)
    shared = np.add.reduceat(network.supply_share * supply_loss, starts)
    if bound != 1 and network.split.any():
        shared = np.where(network.split[filled], _extreme(network, supply_loss, filled, shared, bound), shared)
    # A weighted sum may exceed its greatest part by rounding, and would then creep up along a cycle.
    partaking = np.where(network.supply_share > 0, supply_loss, 0.0)
    shared = np.minimum(shared, np.maximum.reduceat(partaking, starts))
    kth = shared
    if (mode == Mode.AT_LEAST).any():
        # Sorting takes longer than all else together, so not where no slot asks for it.
        order = np.lexsort((supply_loss, network.supply_slot))
        kth = supply_loss[order][starts + np.maximum(network.at_least[filled], 1) - 1]
    meet[filled] = np.select([mode == Mode.ALL_OF, mode == Mode.ANY_OF, mode == Mode.SHARES], [greatest, least, shared], kth)
    return meet


def _extreme(network: Network, supply_loss: Floats, filled: Ints, point: Floats, bound: int) -> Floats:
    """The sums of shares with the remainder at one supplier: of those that state no share, the least harmed or the most."""
    starts, unstated = network.supply_start[filled], network.unstated
    fixed = np.add.reduceat(np.where(unstated, 0.0, network.supply_share * supply_loss), starts)
    # Rounding must not carry a bound past the point.
    if bound == 0:
        least = np.minimum.reduceat(np.where(unstated, supply_loss, 1.0), starts)
        return np.minimum(fixed + network.remainder[filled] * least, point)
    most = np.maximum.reduceat(np.where(unstated, supply_loss, 0.0), starts)
    return np.maximum(fixed + network.remainder[filled] * most, point)


__all__ = ["CAP", "EPS", "leontief", "meeting", "need_loss"]
