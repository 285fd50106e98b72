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
from knockon.network.network import Floats, Ints, Network
from knockon.propagation.attribution import Causes
from knockon.propagation.bounds import bounds_to_run, enclose
from knockon.propagation.checks import check_stopping
from knockon.propagation.debtrank_rounds import DebtRankTask, Variant, run_rounds
from knockon.propagation.kernels import Engine, choose_engine
from knockon.propagation.matrices import flow_matrix, node_hits, node_values, without_slots
from knockon.propagation.result import MAX_KEPT, Result, stop_reasons

if TYPE_CHECKING:
    from scipy.sparse import csr_array

EPS = 1e-12
CAP = 10_000
#: Below this many exposures, times shocks, the compiler would cost more than it saves.
COMPILE_FROM = 2_000_000
#: The most losses that are computed at once.
_BATCH = 500_000


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class DebtRankResult(Result):
    """DebtRank of each shock, and the losses of equity (0..1) behind it.

    ``index`` is (k,), the part of all value that distress destroys beyond the
    shock itself; ``index_low`` and ``index_high`` bound it where a shock has an
    interval (they are safe, and not always tight). ``source`` is the node that
    contributes most to a loss, see :meth:`knockon.propagation.attribution.LargestContributor.causes`;
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
    """Return the DebtRank of k shocks on n nodes, linear (Bardoscia et al. 2015) or original (Battiston et al. 2012).

    Parameters
    ----------
    network
        The exposures: ``Network.from_flows(lender, borrower, exposure)``, or the square matrix A, dense or sparse, row i the
        exposures of i. A diagonal counts (``from_flows(..., self_flows=True)``).
    shocks
        The part (0..1) of its equity that each node loses at the start: Hits on nodes, node numbers (which lose all of it),
        a (k, n) array of losses, one row of n floats, or None to let each node default in turn.
    equity
        Equity of each node, (n,), above 0, in the unit of the exposures.
    value
        Economic weight of each node, (n,), 0 or more, in any unit; by default all that it has lent (the row sums of A).
        Where the weights add up to 0, DebtRank is 0.
    variant
        ``linear`` or ``original``. The original one is not monotone in the shock: a node that is hit sooner, and by less,
        has already passed on its distress when the rest arrives.
    eps
        Stop when no loss rises by more (``linear``; ``original`` ends by itself after n rounds at most).
    cap
        Stop after this many rounds; the result then says ``cap``.
    losses
        Keep the losses of each node, (k, n). By default while k * n is at most two million;
        the index of each shock is always there.
    engine
        ``numba`` for the compiled kernels, which return the index alone (``losses=False``),
        ``numpy`` for array operations, ``auto`` for the faster one. Both give the same to about 1e-12.

    Returns
    -------
    DebtRankResult
        The index of each shock, and the losses where they are kept.

    Raises
    ------
    UsageError
        Equity is missing, the network has no flows, a slot or supply is hit, columns have other lengths, or parameters are
        out of range; ``original`` with severities from 0 to more, for which it has no bounds.
    InvalidData
        Exposures are negative or not finite, equity is not above 0, or values are negative.

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
    check_variant(variant, eps, cap)
    nodes, exposures = flow_matrix(network, "debtrank")
    if equity is None:
        raise UsageError(f"debtrank needs the equity of each node: equity=, {nodes.size} numbers above 0")
    weight = _leverage(exposures, node_values(equity, nodes.size, "equity", positive=True), variant)
    values = exposures.sum(axis=1) if value is None else node_values(value, nodes.size, "value")
    hits = node_hits(nodes, shocks, "debtrank")
    if variant == "original":
        check_bounds(hits)
    keep = hits.count * nodes.size <= MAX_KEPT if losses is None else losses
    task = DebtRankTask(weight, _value_shares(values), hits, bounds_to_run(hits.severity), variant, eps, cap, keep)
    parameters = {"variant": variant, "eps": eps, "cap": cap}
    compiled = not keep and len(task.bounds) == 1
    engine_used = choose_engine(engine, not compiled or weight.nnz * hits.count < COMPILE_FROM)
    if engine_used == "numba" and not compiled:
        raise UsageError("the compiled kernels are for losses=False and shocks without intervals")
    return _result(nodes, [_compiled_batch(task)] if engine_used == "numba" else list(_batches(task)), task, parameters)


def _compiled_batch(task: DebtRankTask) -> _Batch:
    """Run all shocks with the compiled kernel of the variant."""
    from knockon.propagation.kernels.distress import run_kernel

    index, iterations, residual = run_kernel(task)
    return _Batch(np.stack([index] * 3), iterations, residual, [], None)


def check_variant(variant: str, eps: float, cap: int) -> None:
    """Raise UsageError unless variant, eps and cap are in range."""
    if variant not in ("linear", "original"):
        raise UsageError(f"unknown variant {variant!r}; known are linear, original")
    check_stopping(eps, cap)


def check_bounds(hits: Hits) -> None:
    """Raise UsageError where a severity has a low end of 0 and a higher one, for which the original variant has no bounds."""
    initial_loss = hits.severity > 0
    if (initial_loss != initial_loss[1]).any():
        raise UsageError(
            "the original variant has no bounds where a severity lies between 0 and more: "
            "give a low end above 0, or say variant='linear'"
        )


def _leverage(exposures: csr_array, equity: Floats, variant: Variant) -> csr_array:
    """Return the leverage matrix: the part of the equity of i that is exposed to j, at most 1 in the original variant."""
    weight = exposures.copy()
    with np.errstate(over="ignore"):
        weight.data = weight.data / np.repeat(equity, np.diff(weight.indptr))
    weight.data = np.minimum(weight.data, 1.0 if variant == "original" else np.finfo(float).max)
    return weight


def _value_shares(values: Floats) -> Floats:
    """Return the share of each node in all value; 0 for all where the values add up to 0."""
    greatest = values.max(initial=0.0)
    # Scaled first: a sum of large values must not overflow.
    return np.asarray(values / greatest / (values / greatest).sum() if greatest > 0 else np.zeros(len(values)))


class _Batch(NamedTuple):
    """The results of some shocks: indices (3, shocks) for low, point and high; losses (n, shocks) for each bound, or none."""

    indices: Floats
    iterations: Ints
    residual: Floats
    losses: list[Floats]
    causes: Causes | None


def _batches(task: DebtRankTask) -> Iterator[_Batch]:
    """Yield the results of some shocks at a time."""
    from scipy.sparse import csr_array

    size = task.weight.shape[0]
    # Sparse, so that sums are taken in one order: the index of a shock does not depend on its batch.
    part = csr_array(task.part[None, :])
    width = max(1, _BATCH // max(size, 1))
    hit = {bound: task.hits.node_losses("debtrank", bound) for bound in task.bounds}
    for first in range(0, task.hits.count, width):
        last = min(first + width, task.hits.count)
        runs = [run_rounds(task, hit[bound].columns(size, first, last), bound) for bound in task.bounds]
        low, point, high = runs if len(runs) == 3 else runs * 3
        # A node that loses more to the shock itself has less to lose to distress, so the ends are crossed.
        crossed = ((low, high), (point, point), (high, low))
        index = [np.maximum((part @ (end.loss - other.initial_loss))[0], 0.0) for end, other in crossed]
        yield _Batch(
            indices=np.stack([np.minimum(index[0], index[1]), index[1], np.maximum(index[2], index[1])]),
            iterations=np.max([run.iterations for run in runs], axis=0),
            residual=np.max([run.residual for run in runs], axis=0),
            losses=[run.loss for run in runs] if task.keep else [],
            causes=point.causes,
        )


def _result(network: Network, batches: list[_Batch], task: DebtRankTask, parameters: dict[str, Any]) -> DebtRankResult:
    """Build the result from those of all batches."""
    size, shocks = network.size, task.hits.count
    index = np.concatenate([np.zeros((3, 0)), *(batch.indices for batch in batches)], axis=1)
    residual = np.concatenate([np.zeros(0), *(batch.residual for batch in batches)])
    node_fields: dict[str, Any] = dict.fromkeys(("loss", "low", "high", "step", "slot", "supply", "source", "shortage"))
    if task.keep:
        runs = [_rows([batch.losses[place] for batch in batches], size) for place in range(len(task.bounds))]
        low, point, high = runs if len(runs) == 3 else runs * 3
        causes = [batch.causes for batch in batches if batch.causes]
        fixed = without_slots(network, shocks)
        low, high = enclose(low, point, high)
        node_fields = {
            "loss": point,
            "low": low,
            "high": high,
            "step": _rows([batch_causes.step for batch_causes in causes], size),
            **fixed,
            "supply": _rows([batch_causes.entry for batch_causes in causes], size) if network.supplies else fixed["supply"],
            "source": _rows([batch_causes.source for batch_causes in causes], size),
        }
    return DebtRankResult(
        model="debtrank",
        **node_fields,
        iterations=np.concatenate([np.zeros(0, np.int64), *(batch.iterations for batch in batches)]),
        residual=residual,
        stopped_by=stop_reasons(residual, task.eps if task.variant == "linear" else 0.0),
        parameters=parameters,
        index=index[1],
        index_low=index[0],
        index_high=index[2],
    )


def _rows(columns: list[npt.NDArray[Any]], size: int) -> npt.NDArray[Any]:
    """Return a row for each shock from batches with a column for each."""
    return np.concatenate([batch.T for batch in columns]) if columns else np.zeros((0, size))
