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

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from knockon.network.arrays import NONE, Floats, Ints
from knockon.network.hits import Hits
from knockon.network.network import Network
from knockon.propagation.checks import check_stopping, network_of
from knockon.propagation.combinations import Rules
from knockon.propagation.fixed_point import CAP, EPS, settle
from knockon.propagation.leontief_round import Lanes, hit_columns, lanes_at_once
from knockon.propagation.result import Result, stops
from knockon.propagation.trace import InitialLosses, Round, trail

#: How far, relatively, the rounding of a loop that was solved may carry a sum above its parts.
SLACK = 1e-12


def leontief(network: Network, shocks: Hits | npt.ArrayLike | None = None, *, eps: float = EPS, cap: int = CAP) -> Result:
    """Return the losses of k shocks on n nodes, with exact bounds, steps and bindings.

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
        Stop after this many rounds; the result then says ``cap``.

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
    hits, rules = Hits.of(network, shocks), Rules(network)
    bounds = _bounds(rules, hits)
    found = _Answer.empty(network, hits.count, len(bounds))
    width = max(1, lanes_at_once(network) // len(bounds))
    for start in range(0, hits.count, width):
        _run(rules, hits, range(start, min(start + width, hits.count)), bounds, found, eps, cap)
    low, loss, high = found.loss[0], found.loss[bounds.index(1)], found.loss[-1]
    return Result(
        model="leontief",
        loss=loss,
        # The three runs stop by themselves, up to eps short of their limits: the order holds all the same.
        low=np.minimum(low, loss),
        high=np.maximum(high, loss),
        step=found.step,
        slot=found.slot,
        supply=found.supply,
        source=found.source,
        shortage=found.shortage,
        iterations=found.iterations.max(axis=0),
        residual=found.residual.max(axis=0),
        stopped_by=stops(found.residual.max(axis=0), eps),
        parameters={"eps": eps, "cap": cap},
        error=found.error.max(axis=0),
    )


def _bounds(rules: Rules, hits: Hits) -> tuple[int, ...]:
    """The bounds to run: all three, or the point alone where nothing is an interval (as in flows), so that all are equal."""
    if rules.split or any(
        (part[0] != part[1]).any() or (part[1] != part[2]).any() for part in (rules.network.weights, hits.severity)
    ):
        return (0, 1, 2)
    return (1,)


class _Answer(NamedTuple):
    """What came of every shock: losses (bounds, k, n), then a row for each shock, then numbers (bounds, k) of the runs."""

    loss: Floats
    step: Ints
    slot: Ints
    supply: Ints
    source: Ints
    shortage: Floats
    iterations: Ints
    residual: Floats
    error: Floats

    @classmethod
    def empty(cls, network: Network, shocks: int, bounds: int) -> _Answer:
        """Return room for some shocks."""
        step, slot, supply, source = (np.full((shocks, network.size), NONE, np.int64) for _ in range(4))
        losses, short = np.zeros((bounds, shocks, network.size)), np.zeros((shocks, network.slots))
        rounds, (residual, error) = np.zeros((bounds, shocks), np.int64), np.zeros((2, bounds, shocks))
        return cls(losses, step, slot, supply, source, short, rounds, residual, error)


def _run(rules: Rules, hits: Hits, shocks: range, bounds: tuple[int, ...], found: _Answer, eps: float, cap: int) -> None:
    """Run some shocks at their bounds, a lane for each, and fill in their rows."""
    network, count = rules.network, len(shocks)
    lanes = _lanes(rules, hits, shocks, bounds)
    settled = settle(lanes, lanes.hit.node, eps=eps, cap=cap, keep_before=True)
    assert settled.before is not None  # noqa: S101 - asked for
    rows = slice(shocks.start, shocks.stop)
    found.loss[:, rows] = settled.state.T.reshape(len(bounds), count, network.size)
    for kept, numbers in (
        (found.iterations, settled.iterations), (found.residual, settled.residual), (found.error, settled.error),
    ):  # fmt: skip
        kept[:, rows] = numbers.reshape(len(bounds), count)
    # Low and high are bounds of the loss: what binds is that of the point.
    point = bounds.index(1) * count + np.arange(count)
    at_point, before = lanes.some(point), settled.before[:, point]
    last = at_point.values(before)
    found.shortage[rows] = last.short.T
    for place, shock in enumerate(shocks):
        lost, meet, short, value, after = (part[:, place] for part in last)
        one = Round(before[:, place], after, lost, network.supply_share * lost, meet, short, value, SLACK)
        bindings = trail(network, InitialLosses(*(part[:, place] for part in at_point.hit)), one)
        found.step[shock], found.slot[shock], found.supply[shock], found.source[shock] = bindings


def _lanes(rules: Rules, hits: Hits, shocks: range, bounds: tuple[int, ...]) -> Lanes:
    """The equations of some shocks: first all at the first bound, then all at the next."""
    pairs = [(shock, bound) for bound in bounds for shock in shocks]
    rows = np.array([bound for _, bound in pairs], np.int64)
    reading = rows[None, :].astype(np.float64) if rules.split else None
    return Lanes(rules, rules.network.weights[rows].T, hit_columns(rules.network, hits, pairs), reading)


__all__ = ["CAP", "EPS", "leontief"]
