r"""The economic systemic risk index: the share of a network's output that falls with a firm, as published.

For each shock :math:`\psi` two cascades run side by side, downstream (lost
inputs) and upstream (lost demand), on the production levels
:math:`h = 1 - loss` of all firms. With the flows :math:`W_{ij}` from i to j,
the sector :math:`p_i`, sales :math:`s_i` and purchases :math:`c_j`:

.. math::

   \sigma_i &= \min(1,\ s_i / \textstyle\sum_{l: p_l = p_i} s_l h^d_l)

   short_{jk} &= \textstyle\sum_{i: p_i = k} \sigma_i \Lambda^d_{ij} (1 - h^d_i)

   h^d_j &\leftarrow \max(0, \min(1 - \psi_j,\ 1 - \max_{k\ essential} short_{jk},\ 1 - \sum_{k\ other} short_{jk}))

   h^u_i &\leftarrow \max(0, \min(1 - \psi_i,\ 1 - \textstyle\sum_j \Lambda^u_{ij} (1 - h^u_j)))

   ESRI &= \textstyle\sum_i s_i / \sum s \cdot (1 - \min(h^d_i, h^u_i))

where :math:`\Lambda^d` is the share in what j buys of that sector (essential),
the share in all it spends (non-essential) or 0 (negligible), and
:math:`\Lambda^u_{ij} = W_{ij} / (s_i + f_i)` with the final demand :math:`f`.
Other weights than sales, such as jobs or revenue, may take the place of
:math:`s_i` in the index, and a shock may hit the supply of a firm
(:math:`\psi` of the downstream cascade) by another part than its demand.
All firms change at once, until no level falls by more than eps in either
cascade. As published, the remaining sales of a sector count as 1 once they are
1e-10 or less (its last firm is closed), so that :math:`\sigma_i = \min(1, s_i)`
there: use a unit of money in which every firm sells at least 1.

Without final demand the upstream cascade has no leak: its fixed point tends to
total collapse, and the published index is a function of eps. Nor has the
downstream cascade where inputs are all that firms spend and nobody is
replaceable: with ``costs`` (as in the published code), wages and imports are
spent outside the network, where nobody fails. ``caveats`` of a result say so.
Every result carries eps, iterations, residual and what stopped it; with final
demand ``exact=True`` solves for the fixed point itself. A loss below 1e-15, the
rounding error of a level, is not passed on: it would reach most of a network
and take most of the time.

References
----------
C. Diem, A. Borsos, T. Reisch, J. Kertész, S. Thurner, "Quantifying firm-level
economic systemic risk from nation-wide supply networks", Scientific Reports
12:7719 (2022), doi:10.1038/s41598-022-11522-z.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.errors import InvalidData, Problem, UsageError
from knockon.network.flows import Flows
from knockon.network.from_flows import with_costs
from knockon.network.hits import Hits, NodeLosses, Sizes
from knockon.network.network import Floats, Network
from knockon.propagation.checks import check_flag, check_stopping, require_network
from knockon.propagation.esri_caveats import caveats, money_flows
from knockon.propagation.esri_result import EsriResult
from knockon.propagation.esri_task import Cascade, EngineResult, EsriTask
from knockon.propagation.kernels import Engine, choose_engine
from knockon.propagation.matrices import node_values
from knockon.propagation.result import MAX_KEPT, stop_reasons

EPS = 1e-2
CAP = 1_000
#: The least eps in 32 bits: smaller changes are rounding.
MIN_EPS_32 = 1e-6
#: Below this many edge visits the compiler would cost more than it saves.
COMPILE_FROM = 20_000_000


def esri(
    network: Network,
    shocks: Hits | npt.ArrayLike | None = None,
    *,
    eps: float = EPS,
    cap: int = CAP,
    replaceability: bool = True,
    exact: bool = False,
    cascade: Cascade = "both",
    costs: npt.ArrayLike | None = None,
    upstream_shocks: Hits | npt.ArrayLike | None = None,
    weights: npt.ArrayLike | None = None,
    by_sector: bool = False,
    losses: bool | None = None,
    engine: Engine = "auto",
    dtype: npt.DTypeLike = np.float64,
    threads: int | None = None,
) -> EsriResult:
    """Return the economic systemic risk index of k shocks on a network of flows, as Diem et al. (2022) define it.

    Parameters
    ----------
    network
        Made by :meth:`Network.from_flows`.
    shocks
        Node numbers, a (k, n) array of losses in 0..1, Hits on nodes, or None to close each firm in turn.
    eps
        Stop when no level falls by more, in 0..1. The published value is 0.01.
    cap
        Stop after this many rounds (1 or more); ``stopped_by`` of the result is then ``cap``.
    replaceability
        Weigh each supplier by its share of what its sector still produces (sigma); else sigma is 1.
    exact
        Solve for the fixed point, without regard to eps and dtype; needs final demand.
    cascade
        Run one of the two cascades alone; it then stops by itself, and in the other only hit firms lose.
    costs
        What each firm spends in all, (n,), in the unit of the flows, at least its inputs; non-essential inputs are shares of
        it. By default the costs that the network was made with.
    upstream_shocks
        What the same k shocks take from the demand of firms, where it differs from what they take from their supply: in the
        upstream cascade these losses are set instead. The same forms as ``shocks``.
    weights
        What each firm counts in the index, (n,), 0 or more, in any unit: jobs, revenue, taxes. By default its sales in the
        table, by which a firm that sells to final demand alone weighs nothing.
    by_sector
        Compute ``sector_loss`` too: what each sector loses.
    losses
        Keep the losses of each node, (k, n); by default while k * n is at most two million.
    engine
        ``numba`` for compiled kernels (extra ``fast``), ``numpy`` for array operations, ``auto`` for the faster one.
        Both give the same numbers.
    dtype
        ``float32`` halves the memory traffic of the compiled kernels; losses are then exact to about 1e-5, or to
        a few eps where rounding moves the round in which a shock stops. Needs eps of 1e-6 or more.
    threads
        The number of cores that the compiled kernels use; by default all.

    Returns
    -------
    EsriResult
        The index of each shock, with its parts downstream and upstream, and the losses where they are kept.

    Raises
    ------
    UsageError
        The network has no flows, a slot or supply is hit, a parameter is out of range, or the engine is not installed.
    InvalidData
        ``exact`` with a network whose upstream cascade has no leak (spectral radius 1).

    Examples
    --------
    The first figure of the paper: eleven firms, every input non-essential.

    >>> seller = [1, 1, 2, 5, 6, 6, 7, 8, 8, 9]
    >>> buyer = [0, 2, 6, 6, 3, 10, 10, 4, 9, 6]
    >>> network = Network.from_flows(seller, buyer, [1.0] * 10, sector=[0, 1, 0, 2, 3, 1, 3, 0, 1, 2, 4])
    >>> esri(network, replaceability=False).index.round(4).tolist()
    [0.1, 0.3667, 0.2667, 0.35, 0.1, 0.1667, 0.7, 0.1, 0.3667, 0.2667, 0.45]
    """
    flows = money_flows(require_network(network, "esri"))
    if costs is not None:
        network = with_costs(network, costs)
    dtype_used = number_type(dtype, eps)
    check_stopping(eps, cap)
    check_flag("exact", exact)
    check_flag("replaceability", replaceability)
    check_flag("by_sector", by_sector)
    if threads is not None and (not isinstance(threads, int) or threads < 1):
        raise UsageError(f"threads must be a whole number, 1 or more, not {threads!r}")
    hits = Hits.of(network, shocks)
    keep = hits.count * network.size <= MAX_KEPT if losses is None else losses
    check_cascade(cascade)
    node_losses = hits.node_losses("esri")
    task = EsriTask(
        node_losses, upstream_losses(network, upstream_shocks, node_losses), _weights(flows, weights), eps, cap, replaceability,
        keep, by_sector, down=cascade != "upstream", up=cascade != "downstream",
    )  # fmt: skip
    engine_used = "exact" if exact else choose_engine(engine, network.supplies * hits.count < COMPILE_FROM)
    outcome = _run(engine_used, network, flows, task, dtype_used, threads)
    parameters = {
        "eps": eps, "cap": cap, "replaceability": replaceability, "exact": exact, "cascade": cascade, "engine": engine_used,
        "dtype": dtype_used.name if engine_used == "numba" else "float64", "final_demand": float(flows.final_demand.sum()),
    }  # fmt: skip
    if weights is not None:
        parameters["weights"] = "given"
    if upstream_shocks is not None:
        parameters["upstream_shocks"] = "given"
    return _result(network, task, outcome, parameters, () if exact else caveats(network, eps, replaceability, cascade))


def _weights(flows: Flows, weights: npt.ArrayLike | None) -> Floats:
    """Return what each firm counts in the index."""
    if weights is None:
        return flows.sales
    return check_weights(weights, len(flows.sales))


def check_weights(weights: npt.ArrayLike, size: int) -> Floats:
    """Return what each firm counts in the index: one number for each firm, some above 0.

    Raises
    ------
    UsageError
        There is not one number for each firm.
    InvalidData
        A weight is negative or not finite, or every weight is 0.
    """
    numbers = node_values(weights, size, "weights")
    if len(numbers) and not 0 < numbers.sum() < np.inf:
        hint = "at least one firm must count: number of jobs, revenue, ..."
        raise InvalidData([Problem("weights", None, f"the sum is {numbers.sum():g}", hint)])
    return numbers


def upstream_losses(network: Sizes, shocks: Hits | npt.ArrayLike | None, down: NodeLosses) -> NodeLosses:
    """Return the losses that the shocks set in the upstream cascade: those of the downstream one where none are given.

    Raises
    ------
    UsageError
        They are not as many shocks.
    """
    if shocks is None:
        return down
    hits = Hits.of(network, shocks)
    if hits.count != len(down.start) - 1:
        raise UsageError(f"upstream_shocks must be as many as shocks: {len(down.start) - 1}, not {hits.count}")
    return hits.node_losses("esri")


def check_cascade(cascade: str) -> None:
    """Raise UsageError unless a cascade is ``both``, ``downstream`` or ``upstream``."""
    if cascade not in ("both", "downstream", "upstream"):
        raise UsageError(f"unknown cascade {cascade!r}; known are both, downstream, upstream")


def number_type(dtype: npt.DTypeLike, eps: float) -> np.dtype[Any]:
    """Return float64 or float32; raise UsageError for other types, or where eps is too small for the type."""
    try:
        number = np.dtype(dtype)
    except TypeError:
        raise UsageError(f"dtype must be float64 or float32, not {dtype!r}") from None
    if number not in (np.float64, np.float32):
        raise UsageError(f"dtype must be float64 or float32, not {number}")
    if number == np.float32 and isinstance(eps, float) and eps < MIN_EPS_32:
        raise UsageError(f"float32 cannot distinguish changes below {MIN_EPS_32}: a larger eps, or float64")
    return number


def _run(
    engine: str, network: Network, flows: Flows, task: EsriTask, dtype: np.dtype[Any], threads: int | None
) -> EngineResult:
    """Run the engine that was chosen."""
    if engine == "exact":
        from knockon.propagation.esri_exact import solve_exactly

        return solve_exactly(network, flows, task)
    if engine == "numba":
        from knockon.propagation.kernels.esri import run_kernels

        return run_kernels(network, flows, task, dtype, threads)
    from knockon.propagation.esri_rounds import run_rounds

    return run_rounds(network, flows, task)


def _result(
    network: Network, task: EsriTask, outcome: EngineResult, parameters: dict[str, Any], caveats: tuple[str, ...]
) -> EsriResult:
    """Build the result from the output of an engine."""
    by_node: dict[str, Any] = dict.fromkeys(("loss", "low", "high", "step", "slot", "supply", "source", "shortage"))
    if outcome.loss_down is not None and outcome.loss_up is not None:
        from knockon.propagation.esri_channels import trace_cascades

        # Solved equations are less exact where the leak is small.
        slack = 1e-5 if parameters["dtype"] == "float32" else 1e-9 if parameters["exact"] else 1e-12
        by_node = trace_cascades(network, task, outcome.loss_down, outcome.loss_up, slack)
    return EsriResult(
        model="esri",
        **by_node,
        iterations=outcome.iterations,
        residual=outcome.residual,
        stopped_by=stop_reasons(outcome.residual, 0.0 if parameters["exact"] else task.eps),
        parameters=parameters,
        index=outcome.both,
        downstream=outcome.downstream,
        upstream=outcome.upstream,
        caveats=caveats,
        sector_loss=_sector_loss(network, task, outcome),
    )


def _sector_loss(network: Network, task: EsriTask, outcome: EngineResult) -> Floats | None:
    """Return the share of its weight that each sector loses, (k, sectors); NaN where a sector has none."""
    if outcome.sector is None:
        return None
    flows = money_flows(network)
    total = np.bincount(flows.sector, task.weight, flows.sectors)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, outcome.sector / total, np.nan)
