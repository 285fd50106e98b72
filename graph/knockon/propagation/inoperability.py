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
from knockon.network.hits import Hits
from knockon.network.network import NONE, Floats, Network
from knockon.propagation.attribution import LargestContributor
from knockon.propagation.matrices import bounds_of, by_node, check_rows, hits_of, losses_of, matrix_of
from knockon.propagation.result import Result, Stop
from knockon.propagation.spectral import check_radius, fading, spectral_radius

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Interdependency = Literal["given", "demand", "supply"]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class InoperabilityResult(Result):
    """Inoperability of each sector, (k, n), as ``loss``.

    ``spectral_radius`` is that of A*: below 1, and the nearer to it, the more
    each loss comes back. ``source`` is the sector that contributes most to a
    loss, see :meth:`knockon.propagation.attribution.Largest.causes`; ``slot`` and
    ``supply`` are -1.
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
    """Inoperability of n sectors after k shocks that last; the equations stand at the top of this module.

    Parameters
    ----------
    network
        The matrix A* itself, (n, n), dense or sparse, row i how much of each inoperability passes to i (``given``).
        Or the input-output table: ``Network.from_flows(supplier, customer, value, final_demand=..., self_flows=True)``,
        or its square matrix z, row i what i sells (``demand``, ``supply``).
    shocks
        c*, what each sector loses to the shock: a (k, n) array of losses, one row of n floats, numbers of sectors
        (they lose all), Hits on nodes, or None for each sector in turn.
    interdependency
        What the first argument is, and what inoperability follows: ``given``, ``demand`` or ``supply``.
    output
        Output x of each sector, in the unit of the flows; by default its sales and final demand. Not for ``given``.

    Raises
    ------
    UsageError
        A network where A* is asked for or without flows, a slot or supply is hit, losses outside 0..1, other shapes.
    InvalidData
        Entries that are negative or not finite, a sector with flows but no output, a spectral radius of 1 or more.

    Examples
    --------
    >>> inoperability([[0, 0.8], [0.2, 0]], [0, 0.6]).loss.round(3).tolist()
    [[0.571, 0.714]]
    >>> power = [[0, 0.9, 0, 0], [0.4, 0, 0, 0], [1, 0.8, 0, 0], [1, 0.9, 0, 0]]
    >>> result = inoperability(power, [0, 0.5, 0, 0])
    >>> result.loss.round(2).tolist(), round(result.spectral_radius, 3)
    ([[0.7, 0.78, 1.0, 1.0]], 0.6)
    """
    made, matrix = interdependencies(network, interdependency, output)
    radius = checked_radius(matrix, interdependency)
    hits = hits_of(made, shocks, "inoperability")
    initial_loss = {bound: losses_of(hits, bound, made.size, "inoperability", 0, hits.count) for bound in bounds_of(hits)}
    losses = {bound: _at_rest(matrix, one) for bound, one in initial_loss.items()}
    return traced(
        InoperabilityResult,
        made,
        matrix,
        initial_loss[1],
        {bound: loss.T for bound, loss in losses.items()},
        model="inoperability",
        iterations=np.ones(hits.count, np.int64),
        parameters={"interdependency": interdependency},
        spectral_radius=radius,
    )


def interdependencies(
    given: Network | npt.ArrayLike, interdependency: str, output: npt.ArrayLike | None
) -> tuple[Network, csr_array]:
    """The matrix A* of what was given, row i what passes to i.

    Raises
    ------
    UsageError
        A network where A* itself is asked for, or an output where it plays no part.
    InvalidData
        A sector that has flows but no output.
    """
    from scipy.sparse import csr_array

    if interdependency not in ("given", "demand", "supply"):
        raise UsageError(f"unknown interdependency {interdependency!r}; known are given, demand, supply")
    if interdependency == "given" and isinstance(given, Network):
        raise UsageError("flows are no A* yet: say interdependency='demand' or 'supply', or pass the square matrix A* itself")
    made, flows = matrix_of(given, "inoperability")
    if interdependency == "given":
        if output is not None:
            raise UsageError("output= is for interdependency='demand' or 'supply'; A* is used as given")
        return made, flows
    sold = np.asarray(flows.sum(axis=1)) + (made.flows.final_demand if made.flows else 0.0)
    made_worth = sold if output is None else by_node(output, made.size, "output")
    matrix = flows if interdependency == "demand" else csr_array(flows.T)
    busy = np.diff(matrix.indptr) > 0
    check_rows("output", made_worth, busy & (made_worth == 0), "no output", "it has flows: give its output=, above 0")
    matrix = matrix.copy()
    with np.errstate(over="ignore"):
        matrix.data = matrix.data / np.repeat(made_worth, np.diff(matrix.indptr))
    matrix.data = np.minimum(matrix.data, np.finfo(float).max)
    return made, matrix


def checked_radius(matrix: csr_array, interdependency: str) -> float:
    """The spectral radius of A*; InvalidData where it is 1 or more."""
    radius = spectral_radius(matrix)
    hint = {
        "given": "scale A* down, or say interdependency='demand' or 'supply' if this is a table of flows",
        "demand": "somebody must sell to final demand: give final_demand= to from_flows, or output=",
        "supply": "outputs must exceed what is bought: give output=",
    }[interdependency]
    check_radius(radius, "A*", hint)
    return radius


def _at_rest(matrix: csr_array, initial_loss: Floats) -> Floats:
    from scipy.sparse import csc_array, eye_array

    if not initial_loss.size:
        return initial_loss
    try:
        solved = fading(csc_array(eye_array(len(initial_loss)) - matrix)).solve(initial_loss)
    except RuntimeError as error:
        raise InvalidData([Problem("A*", None, "the spectral radius is 1 within rounding", "scale A* down")]) from error
    return np.asarray(np.clip(solved, 0.0, 1.0))


def traced(
    kind: type[R], network: Network, matrix: csr_array, initial_loss: Floats, losses: dict[int, Floats], **more: Any
) -> R:
    """Return a result whose sources are read off the losses; ``initial_loss`` is (n, k), losses (k, n) for each bound."""
    point = losses[1]
    trace = LargestContributor(matrix, np.where(point.T > 0, initial_loss, 0.0))
    trace.spread(point.T)
    causes = trace.causes()
    none = np.broadcast_to(np.int64(NONE), point.shape)
    stopped: Stop = "tolerance"
    return kind(
        loss=point,
        low=np.minimum(losses.get(0, point), point),
        high=np.maximum(losses.get(2, point), point),
        step=causes.step.T,
        slot=none,
        supply=none,
        source=causes.source.T,
        shortage=np.broadcast_to(0.0, (len(point), network.slots)),
        residual=np.zeros(len(point)),
        stopped_by=(stopped,) * len(point),
        **more,
    )
