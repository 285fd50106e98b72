r"""Inoperability of sectors that need each other: the inoperability input-output model (IIM), at rest.

:math:`q_i` in 0..1 is the part of its function that sector i has lost,
:math:`c^*_i` the part lost to the shock, and :math:`A^*_{ij}` how much
inoperability of j passes to i:

.. math:: q = \min\bigl(1, \max(0, (I - A^*)^{-1} c^*)\bigr)

From a table of flows :math:`z_{ij}` from i to j and outputs :math:`x`, with
:math:`A_{ij} = z_{ij} / x_j`: driven by demand :math:`A^*_{ij} = z_{ij} / x_i`
(the part of its output that i sells to j), driven by supply :math:`A^* = A^T`
(the part of its output that i buys from j).

References
----------
Y. Y. Haimes, P. Jiang, "Leontief-based model of risk in complex interconnected
infrastructures", Journal of Infrastructure Systems 7(1):1-12 (2001),
doi:10.1061/(ASCE)1076-0342(2001)7:1(1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt

from knockon.errors import InvalidData, Problem, UsageError
from knockon.network.array_input import reject_rows
from knockon.network.hits import Hits
from knockon.network.network import Floats, Network
from knockon.propagation.attribution import LargestContributor
from knockon.propagation.bounds import HIGH, LOW, POINT, bounds_to_run, enclose
from knockon.propagation.matrices import (
    flow_matrix,
    initial_losses,
    node_hits,
    node_values,
    reject_oversold,
    without_slots,
)
from knockon.propagation.result import Result, Stop
from knockon.propagation.spectral import check_radius, factorize, spectral_radius

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Interdependency = Literal["given", "demand", "supply"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class InoperabilityResult(Result):
    """Inoperability of each sector in 0..1, (k, n), as ``loss``.

    ``spectral_radius`` is that of A*, below 1; the nearer it is to 1, the more each loss is amplified. ``source`` is the
    sector that contributes most to a loss, see :meth:`knockon.propagation.attribution.LargestContributor.causes`; ``slot``
    and ``supply`` are -1.
    """

    spectral_radius: float


R = TypeVar("R", bound=InoperabilityResult)


def inoperability(
    network: Network | npt.ArrayLike,
    shocks: Hits | npt.ArrayLike | None = None,
    *,
    interdependency: Interdependency = "given",
    output: npt.ArrayLike | None = None,
) -> InoperabilityResult:
    """Return the inoperability of n sectors after k shocks that last, by the equations of Haimes and Jiang (2001).

    Parameters
    ----------
    network
        For ``given`` the matrix A*, (n, n), dense or sparse; row i holds the parts of the other inoperabilities that pass to
        sector i. For ``demand`` and ``supply`` the input-output table: ``Network.from_flows(supplier, customer, value,
        final_demand=..., self_flows=True)``, or the square matrix z of its flows, row i what sector i sells.
    shocks
        c*, the loss of each sector to the shock in 0..1: a (k, n) array, one row of n floats, numbers of sectors (which lose
        all), Hits on nodes, or None for each sector in turn.
    interdependency
        The meaning of the first argument, and whether demand or supply drives inoperability.
    output
        Output x of each sector, (n,), above 0, in the unit of the flows; by default its sales and final demand. Not for
        ``given``.

    Returns
    -------
    InoperabilityResult
        The losses q with their largest contributors.

    Raises
    ------
    UsageError
        A network is given for A*, or has no flows; a slot or supply is hit; losses are outside 0..1; shapes differ.
    InvalidData
        Entries are negative or not finite, a sector has flows but no output, the spectral radius is 1 or more.

    Examples
    --------
    >>> inoperability([[0, 0.8], [0.2, 0]], [0, 0.6]).loss.round(3).tolist()
    [[0.571, 0.714]]
    >>> power = [[0, 0.9, 0, 0], [0.4, 0, 0, 0], [1, 0.8, 0, 0], [1, 0.9, 0, 0]]
    >>> result = inoperability(power, [0, 0.5, 0, 0])
    >>> result.loss.round(2).tolist(), round(result.spectral_radius, 3)
    ([[0.7, 0.78, 1.0, 1.0]], 0.6)
    """
    nodes, matrix = interdependency_matrix(network, interdependency, output)
    radius = checked_radius(matrix, interdependency)
    hits = node_hits(nodes, shocks, "inoperability")
    bounds = bounds_to_run(hits.severity)
    shock_losses = initial_losses(hits, bounds, nodes.size, "inoperability")
    return result_with_sources(
        InoperabilityResult,
        nodes,
        matrix,
        shock_losses[POINT],
        {bound: _solve_at_rest(matrix, shock_loss).T for bound, shock_loss in shock_losses.items()},
        model="inoperability",
        iterations=np.ones(hits.count, np.int64),
        parameters={"interdependency": interdependency},
        spectral_radius=radius,
    )


def interdependency_matrix(
    table: Network | npt.ArrayLike, interdependency: str, output: npt.ArrayLike | None
) -> tuple[Network, csr_array]:
    """Return the nodes and the matrix A*, row i what passes to sector i.

    Parameters
    ----------
    table, interdependency, output
        As ``network``, ``interdependency`` and ``output`` of :func:`inoperability`.

    Raises
    ------
    UsageError
        A network is given for A*, or an output that is not used.
    InvalidData
        A sector has flows but no output.
    """
    from scipy.sparse import csr_array

    if interdependency not in ("given", "demand", "supply"):
        raise UsageError(f"unknown interdependency {interdependency!r}; known are given, demand, supply")
    if interdependency == "given" and isinstance(table, Network):
        raise UsageError(
            "flows are not a matrix A*: say interdependency='demand' or 'supply', or pass the square matrix A* itself"
        )
    nodes, flows = flow_matrix(table, "inoperability")
    if interdependency == "given":
        if output is not None:
            raise UsageError("output= is for interdependency='demand' or 'supply'; A* is used as given")
        return nodes, flows
    sales = np.asarray(flows.sum(axis=1)) + (nodes.flows.final_demand if nodes.flows else 0.0)
    outputs = sales if output is None else node_values(output, nodes.size, "output")
    matrix = flows if interdependency == "demand" else csr_array(flows.T)
    has_flows = np.diff(matrix.indptr) > 0
    hint = "a sector with flows needs an output= above 0"
    reject_rows("output", outputs, has_flows & (outputs == 0), "not an output", hint)
    if interdependency == "demand":
        reject_oversold(outputs, np.asarray(flows.sum(axis=1)))
    matrix = matrix.copy()
    with np.errstate(over="ignore"):
        matrix.data = matrix.data / np.repeat(outputs, np.diff(matrix.indptr))
    matrix.data = np.minimum(matrix.data, np.finfo(float).max)
    return nodes, matrix


def checked_radius(matrix: csr_array, interdependency: str) -> float:
    """Return the spectral radius of A*; raise InvalidData where it is 1 or more."""
    radius = spectral_radius(matrix)
    hint = {
        "given": "scale A* down, or say interdependency=demand (or supply) for a table of flows",
        "demand": "at least one sector must sell to final demand: give final_demand= to from_flows, or output=",
        "supply": "outputs must exceed what is bought: give output=",
    }[interdependency]
    check_radius(radius, "A*", hint)
    return radius


def _solve_at_rest(matrix: csr_array, initial_loss: Floats) -> Floats:
    """Solve (I - A*) q = c* for k shocks, (n, k), and clip q to 0..1."""
    from scipy.sparse import csc_array, eye_array

    if not initial_loss.size:
        return initial_loss
    try:
        solved = factorize(csc_array(eye_array(len(initial_loss)) - matrix)).solve(initial_loss)
    except RuntimeError as error:
        raise InvalidData([Problem("A*", None, "the spectral radius is 1 within rounding", "scale A* down")]) from error
    return np.asarray(np.clip(solved, 0.0, 1.0))


def result_with_sources(
    kind: type[R], network: Network, matrix: csr_array, initial_loss: Floats, losses: dict[int, Floats], **more: Any
) -> R:
    """Return a result with the largest contributor to each loss.

    Parameters
    ----------
    kind
        The class of the result.
    network, matrix
        The nodes and the matrix A*.
    initial_loss
        The losses that the shocks set at the point, (n, k).
    losses
        The losses for each bound (0 low, 1 point, 2 high), (k, n).
    more
        The other fields of the result.
    """
    point = losses[POINT]
    contributors = LargestContributor(matrix, np.where(point.T > 0, initial_loss, 0.0))
    contributors.trace_solution(point.T)
    causes = contributors.causes()
    low, high = enclose(losses.get(LOW, point), point, losses.get(HIGH, point))
    stopped: Stop = "tolerance"
    return kind(
        loss=point,
        low=low,
        high=high,
        step=causes.step.T,
        source=causes.source.T,
        residual=np.zeros(len(point)),
        stopped_by=(stopped,) * len(point),
        **without_slots(network, len(point)),
        **more,
    )
