r"""Distress that runs from borrowers to lenders through exposures.

:math:`A_{ij}` is what i has lent to j, or holds of it, and :math:`E_i` the
equity of i; :math:`\Lambda_{ij} = A_{ij} / E_i` is the part of i's equity that
goes with j. :math:`h_i` is the part of its equity that i has lost.

Linear (Bardoscia et al. 2015), where every further loss is passed on:

.. math::

   h_i(t+1) = \min\bigl(1,\ h_i(t) + \sum_j \Lambda_{ij} (h_j(t) - h_j(t-1))\bigr)
            = \min\bigl(1,\ h_i(0) + \sum_j \Lambda_{ij} h_j(t)\bigr)

The second form is the one computed: a node that has lost everything stays
there, so the rises add up to the level.

Original (Battiston et al. 2012), where each node passes its distress on once,
in the step after it was first hit, with :math:`W_{ij} = \min(1, \Lambda_{ij})`:

.. math:: h_i(t+1) = \min\bigl(1,\ h_i(t) + \sum_{j\ first\ hit\ at\ t} W_{ij} h_j(t)\bigr)

DebtRank is the economic value that distress destroys beyond the shock itself,
as a part of all value, with weights :math:`v`:

.. math:: DR = \sum_i (h_i(T) - h_i(0))\, v_i \Big/ \sum_i v_i

References
----------
M. Bardoscia, S. Battiston, F. Caccioli, G. Caldarelli, "DebtRank: A microscopic
foundation for shock propagation", PLoS ONE 10(6):e0130406 (2015),
doi:10.1371/journal.pone.0130406.

S. Battiston, M. Puliga, R. Kaushik, P. Tasca, G. Caldarelli, "DebtRank: Too
central to fail? Financial networks, the FED and systemic risk", Scientific
Reports 2:541 (2012), doi:10.1038/srep00541.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.hits import Hits
from knockon.network.network import NONE, Floats, Ints, Network
from knockon.propagation.attribution import Causes
from knockon.propagation.checks import check_stopping
from knockon.propagation.debtrank_rounds import Task, Variant, run
from knockon.propagation.kernels import Engine, choose
from knockon.propagation.matrices import bounds_of, by_node, hits_of, losses_of, matrix_of
from knockon.propagation.result import KEPT, Result, stops

if TYPE_CHECKING:
    from scipy.sparse import csr_array

EPS = 1e-12
CAP = 10_000
#: Below this many exposures, times shocks, the compiler would cost more than it saves.
SMALL = 2_000_000
#: So many losses are worked on at once.
_BATCH = 500_000


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class DebtRankResult(Result):
    """DebtRank of each shock, and the losses of equity behind it.

    ``index`` is (k,), the part of all value that distress destroys beyond the
    shock itself; ``index_low`` and ``index_high`` bound it where a shock has an
    interval (they are safe, and not always tight). ``source`` is the node that
    contributes most to a loss, see :meth:`knockon.propagation.attribution.Largest.causes`;
    ``supply`` is the row of that exposure in ``network.flows`` (-1 for a
    matrix), ``slot`` is -1 and ``channel`` ``"upstream"``: distress runs
    against the flows, from j to i.
    """

    index: Floats
    index_low: Floats
    index_high: Floats
    channel: str = "upstream"


def debtrank(
    network: Network | npt.ArrayLike,
    shocks: Hits | npt.ArrayLike | None = None,
    *,
    equity: npt.ArrayLike | None = None,
    value: npt.ArrayLike | None = None,
    variant: Variant = "linear",
    eps: float = EPS,
    cap: int = CAP,
    losses: bool | None = None,
    engine: Engine = "auto",
) -> DebtRankResult:
    """DebtRank of k shocks on n nodes; the equations stand at the top of this module.

    Parameters
    ----------
    network
        The exposures: ``Network.from_flows(lender, borrower, exposure)``, or the square matrix A itself, dense
        or sparse, row i what i is exposed to. A diagonal counts (``from_flows(..., self_flows=True)``).
    shocks
        Part of its equity that each node loses at the start: Hits on nodes, node numbers (they lose all of it),
        a (k, n) array of losses, one row of n floats, or None to let each node default in turn.
    equity
        Equity of each node, above 0, in the unit of the exposures.
    value
        Economic weight of each node, 0 or more, in any unit; by default all that it has lent (the row sums of A).
        Where they add up to 0, DebtRank is 0.
    variant
        ``linear`` or ``original``. The original one is not monotone in who is hit: a node that is hit sooner,
        and by less, has spent its only turn when the rest arrives.
    eps
        Stop when no loss rises by more (``linear``; ``original`` ends by itself after n rounds at most).
    cap
        Stop after this many rounds; the result then says ``cap``.
    losses
        Keep the losses of each node, (k, n). By default while k * n is at most two million;
        the index of each shock is always there.
    engine
        ``numba`` for the compiled kernel of the linear variant, which gives the index alone (``losses=False``),
        ``numpy`` for plain rounds, ``auto`` for what the size asks for. Both give the same to about 1e-12.

    Raises
    ------
    UsageError
        No equity, a network without flows, a slot or supply is hit, columns of other lengths, parameters out of range;
        ``original`` with severities between 0 and more, for which it has no bounds.
    InvalidData
        Exposures that are negative or not finite, equity that is not above 0, negative values.

    Examples
    --------
    Four banks; the third one defaults.

    >>> exposures = [[0, 3, 0, 0], [0, 0, 4, 1], [2, 0, 0, 0], [0, 2, 0, 0]]
    >>> result = debtrank(exposures, [2], equity=[6, 8, 5, 10])
    >>> result.loss.round(6).tolist(), result.index.round(10).tolist()
    ([[0.25641, 0.512821, 1.0, 0.102564]], [0.2948717949])
    >>> original = debtrank(exposures, [2], equity=[6, 8, 5, 10], variant="original")
    >>> original.loss.round(6).tolist(), original.index.round(10).tolist()
    ([[0.25, 0.5125, 1.0, 0.1]], [0.2927083333])
    """
    _check(variant, eps, cap)
    made, exposures = matrix_of(network, "debtrank")
    if equity is None:
        raise UsageError(f"debtrank needs the equity of each node: equity=, {made.size} numbers above 0")
    weight = _leverage(exposures, by_node(equity, made.size, "equity", positive=True), variant)
    worth = exposures.sum(axis=1) if value is None else by_node(value, made.size, "value")
    hits = hits_of(made, shocks, "debtrank")
    if variant == "original":
        _check_bounds(hits)
    keep = hits.count * made.size <= KEPT if losses is None else losses
    task = Task(weight, _parts(worth), hits, bounds_of(hits), variant, eps, cap, keep)
    parameters = {"variant": variant, "eps": eps, "cap": cap}
    compiled = variant == "linear" and not keep and len(task.bounds) == 1
    used = choose(engine, not compiled or weight.nnz * hits.count < SMALL)
    if used == "numba" and not compiled:
        raise UsageError("the compiled kernel is for the linear variant, losses=False, and shocks without intervals")
    return _result(made, [_fast(task)] if used == "numba" else list(_batches(task)), task, parameters)


def _fast(task: Task) -> _Batch:
    from knockon.propagation.kernels.distress import linear

    index, iterations, residual = linear(task)
    return _Batch(np.stack([index] * 3), iterations, residual, [], None)


def _check(variant: str, eps: float, cap: int) -> None:
    if variant not in ("linear", "original"):
        raise UsageError(f"unknown variant {variant!r}; known are linear, original")
    check_stopping(eps, cap)


def _check_bounds(hits: Hits) -> None:
    initial_loss = hits.severity > 0
    if (initial_loss != initial_loss[1]).any():
        raise UsageError(
            "the original variant has no bounds where a severity lies between 0 and more: "
            "give a low end above 0, or say variant='linear'"
        )


def _leverage(exposures: csr_array, equity: Floats, variant: Variant) -> csr_array:
    """What part of the equity of i goes with j; no more than all of it in the original."""
    weight = exposures.copy()
    with np.errstate(over="ignore"):
        weight.data = weight.data / np.repeat(equity, np.diff(weight.indptr))
    weight.data = np.minimum(weight.data, 1.0 if variant == "original" else np.finfo(float).max)
    return weight


def _parts(worth: Floats) -> Floats:
    greatest = worth.max(initial=0.0)
    # Scaled first: a sum of large values must not overflow.
    return np.asarray(worth / greatest / (worth / greatest).sum() if greatest > 0 else np.zeros(len(worth)))


class _Batch(NamedTuple):
    rank: Floats
    iterations: Ints
    residual: Floats
    losses: list[Floats]
    causes: Causes | None


def _batches(task: Task) -> Iterator[_Batch]:
    """Some shocks after the other; ``rank`` is (3, shocks): low, point and high."""
    from scipy.sparse import csr_array

    size = task.weight.shape[0]
    # Sparse, for a sum in one order: the index of a shock does not depend on the others beside it.
    part = csr_array(task.part[None, :])
    width = max(1, _BATCH // max(size, 1))
    for first in range(0, task.hits.count, width):
        last = min(first + width, task.hits.count)
        runs = [run(task, losses_of(task.hits, bound, size, "debtrank", first, last), bound) for bound in task.bounds]
        low, point, high = runs if len(runs) == 3 else runs * 3
        # A node that loses more by the shock itself has less to lose by distress, so the ends are crossed.
        crossed = ((low, high), (point, point), (high, low))
        index = [np.maximum((part @ (end.loss - other.initial_loss))[0], 0.0) for end, other in crossed]
        yield _Batch(
            rank=np.stack([np.minimum(index[0], index[1]), index[1], np.maximum(index[2], index[1])]),
            iterations=np.max([one.iterations for one in runs], axis=0),
            residual=np.max([one.residual for one in runs], axis=0),
            losses=[one.loss for one in runs] if task.keep else [],
            causes=point.causes,
        )


def _result(network: Network, batches: list[_Batch], task: Task, parameters: dict[str, Any]) -> DebtRankResult:
    size, shocks = network.size, task.hits.count
    index = np.concatenate([np.zeros((3, 0)), *(batch.rank for batch in batches)], axis=1)
    residual = np.concatenate([np.zeros(0), *(batch.residual for batch in batches)])
    by_node: dict[str, Any] = dict.fromkeys(("loss", "low", "high", "step", "slot", "supply", "source", "shortage"))
    if task.keep:
        runs = [_rows([batch.losses[place] for batch in batches], size) for place in range(len(task.bounds))]
        low, point, high = runs if len(runs) == 3 else runs * 3
        causes = [batch.causes for batch in batches if batch.causes]
        none = np.broadcast_to(np.int64(NONE), (shocks, size))
        by_node = {
            "loss": point,
            # Each run stops up to eps short of its limit: the order holds all the same.
            "low": np.minimum(low, point),
            "high": np.maximum(high, point),
            "step": _rows([one.step for one in causes], size),
            "slot": none,
            "supply": _rows([one.entry for one in causes], size) if network.supplies else none,
            "source": _rows([one.source for one in causes], size),
            "shortage": np.broadcast_to(0.0, (shocks, network.slots)),
        }
    return DebtRankResult(
        model="debtrank",
        **by_node,
        iterations=np.concatenate([np.zeros(0, np.int64), *(batch.iterations for batch in batches)]),
        residual=residual,
        stopped_by=stops(residual, task.eps if task.variant == "linear" else 0.0),
        parameters=parameters,
        index=index[1],
        index_low=index[0],
        index_high=index[2],
    )


def _rows(columns: list[npt.NDArray[Any]], size: int) -> npt.NDArray[Any]:
    """A row for each shock, of batches with a column for each."""
    return np.concatenate([one.T for one in columns]) if columns else np.zeros((0, size))
