r"""The loss of each node in the end, if the shock lasts and nobody adapts.

The generalised Leontief production function of Diem et al. (2022), read on
words instead of flows, so that every slot is a term of the maximum:

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
bound, a half each at the point, and all-of at the high bound. Likewise the
least of several records that disagree counts at the low bound, and the greatest
at the point and the high bound.

A sum of words would saturate; the maximum understates independent partial
losses, as results state. Every reading is monotone in the losses, so two more
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
from knockon.propagation.bounds import POINT, bounds_to_run, enclose
from knockon.propagation.checks import check_stopping, require_network
from knockon.propagation.combinations import Rules
from knockon.propagation.fixed_point import CAP, EPS, Settled, settle
from knockon.propagation.hidden_nodes import by_entity
from knockon.propagation.leontief_round import LaneEquations, hit_columns, lanes_at_once
from knockon.propagation.result import Result, stop_reasons
from knockon.propagation.sweeps import Sweeps
from knockon.propagation.trace import TracedRound, find_bindings_of_lanes

#: The relative rounding error of a solved loop, by which a sum may exceed its parts.
SLACK = 1e-12


def leontief(network: Network, shocks: Hits | npt.ArrayLike | None = None, *, eps: float = EPS, cap: int = CAP) -> Result:
    """Return the losses of k shocks on n nodes, with exact bounds, steps and bindings.

    Parameters
    ----------
    network
        The compiled network.
    shocks
        The shocks: Hits, node numbers, a (k, n) array of losses in 0..1, or None for each node in turn.
    eps
        Stop when no loss rises by more, in 0..1 (1 excluded). At the default losses are exact to 1e-12, in loops of shares
        as well; see :mod:`knockon.propagation.fixed_point`.
    cap
        Stop after this many rounds (1 or more); ``stopped_by`` of the result is then ``cap``.

    Returns
    -------
    Result
        Losses in 0..1; ``error`` is the most by which a loss may be below its limit.

    Raises
    ------
    UsageError
        The network is not a :class:`knockon.network.Network`, or shocks, eps or cap are out of range.

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
    require_network(network, "leontief")
    check_stopping(eps, cap)
    hits, rules = Hits.of(network, shocks), Rules(network)
    bounds = bounds_to_run(network.weights, hits.severity, split=rules.split)
    return _result(rules, hits, bounds, lanes_at_once(network), _Stop(eps, cap))


def leontief_at_point(network: Network, hits: Hits, sweeps: Sweeps | None, *, eps: float = EPS, cap: int = CAP) -> Result:
    """Return losses and bindings at the point alone, by sweeps in the order of the needs: ``low`` and ``high`` are the point.

    Parameters
    ----------
    network, hits
        The network, and the shocks.
    sweeps
        The levels of the network, and ``iterations`` of the result counts sweeps; None: by rounds.
    eps, cap
        As in :func:`leontief`.

    Examples
    --------
    >>> chain = Network.from_flows([0, 1], [1, 2], [1.0, 1.0])
    >>> leontief_at_point(chain, Hits.of(chain, [0]), Sweeps(chain)).step.tolist()
    [[0, 1, 2]]
    """
    lanes = lanes_at_once(network) if sweeps is None else sweeps.lanes
    return _result(Rules(network), hits, (POINT,), lanes, _Stop(eps, cap, sweeps))


class _Stop(NamedTuple):
    """How runs advance and stop: eps and cap, and the levels of the network where they advance by sweeps."""

    eps: float
    cap: int
    sweeps: Sweeps | None = None

    def settle(self, lanes: LaneEquations) -> Settled:
        """Return the limits of lanes, with the states before."""
        sweeps = self.sweeps
        sweep = None if sweeps is None else sweeps.plan(lambda some: sweeps.sweep(lanes.select(some)), self.cap)
        return settle(lanes, lanes.hit.node, sweep=sweep, eps=self.eps, cap=self.cap, keep_before=True)


def _result(rules: Rules, hits: Hits, bounds: tuple[int, ...], most_lanes: int, stop: _Stop) -> Result:
    """Return the losses of shocks at some bounds, computed in parts of at most so many lanes."""
    network, eps, cap = rules.network, stop.eps, stop.cap
    answer = _Answer.empty(network, hits.count, len(bounds))
    width = max(1, most_lanes // len(bounds))
    for start in range(0, hits.count, width):
        _run(rules, hits, range(start, min(start + width, hits.count)), bounds, answer, stop)
    loss = answer.loss[bounds.index(POINT)]
    low, high = enclose(answer.loss[0], loss, answer.loss[-1])
    return Result(
        model="leontief",
        **by_entity(network, (low, loss, high), (answer.step, answer.slot, answer.supply, answer.source)),
        shortage=answer.shortage,
        iterations=answer.iterations.max(axis=0),
        residual=answer.residual.max(axis=0),
        stopped_by=stop_reasons(answer.residual.max(axis=0), eps),
        parameters={"eps": eps, "cap": cap},
        error=answer.error.max(axis=0),
    )


class _Answer(NamedTuple):
    """Arrays for the results of k shocks: losses (bounds, k, n), rows for each shock, and (bounds, k) numbers of the runs."""

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
        """Return arrays for the results of some shocks, to be filled in."""
        step, slot, supply, source = (np.full((shocks, network.size), NONE, np.int64) for _ in range(4))
        losses, short = np.zeros((bounds, shocks, network.size)), np.zeros((shocks, network.slots))
        rounds, (residual, error) = np.zeros((bounds, shocks), np.int64), np.zeros((2, bounds, shocks))
        return cls(losses, step, slot, supply, source, short, rounds, residual, error)


def _run(rules: Rules, hits: Hits, shocks: range, bounds: tuple[int, ...], answer: _Answer, stop: _Stop) -> None:
    """Run some shocks at their bounds, a lane for each, and fill in their rows."""
    network, count = rules.network, len(shocks)
    lanes = _lanes(rules, hits, shocks, bounds)
    settled = stop.settle(lanes)
    assert settled.before is not None  # noqa: S101 - asked for
    rows = slice(shocks.start, shocks.stop)
    answer.loss[:, rows] = settled.state.T.reshape(len(bounds), count, network.size)
    for column, numbers in (
        (answer.iterations, settled.iterations), (answer.residual, settled.residual), (answer.error, settled.error),
    ):  # fmt: skip
        column[:, rows] = numbers.reshape(len(bounds), count)
    # Bindings are those of the point.
    point = bounds.index(POINT) * count + np.arange(count)
    at_point, before = lanes.select(point), settled.before[:, point]
    last = at_point.values(before)
    answer.shortage[rows] = last.short.T
    lost, unmet, short, value, after = last
    part = network.supply_share[:, None] * lost
    bindings = find_bindings_of_lanes(network, at_point.hit, TracedRound(before, after, lost, part, unmet, short, value, SLACK))
    for array, found in zip((answer.step, answer.slot, answer.supply, answer.source), bindings, strict=True):
        array[rows] = found.T


def _lanes(rules: Rules, hits: Hits, shocks: range, bounds: tuple[int, ...]) -> LaneEquations:
    """Return the equations of some shocks: first all at the first bound, then all at the next."""
    pairs = [(shock, bound) for bound in bounds for shock in shocks]
    rows = np.array([bound for _, bound in pairs], np.int64)
    reading = rows[None, :].astype(np.float64) if rules.split else None
    return LaneEquations(rules, rules.network.weights[rows].T, hit_columns(rules.network, hits, pairs), reading)


__all__ = ["CAP", "EPS", "leontief", "leontief_at_point"]
