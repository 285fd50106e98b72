r"""Hypothetical extraction: the output that depends on a sector, found by taking the sector out of an input-output table.

With :math:`A_{ij} = z_{ij} / x_j` and final demand :math:`f`, outputs are :math:`x = (I - A)^{-1} f`. Of the sectors
that a shock hits a share :math:`\alpha` is extracted, and the outputs :math:`\bar x` are solved again:

.. math::

   \text{complete} \quad \bar x &= (I - \hat\alpha)(A \bar x + f)

   \text{forward} \quad \bar x &= (I - \hat\alpha) A \bar x + f

   \text{backward} \quad \bar x &= A (I - \hat\alpha) \bar x + f

complete: what the sector sells, to others and to final demand, is imported instead; forward: what it sells to sectors is;
backward: what it buys from sectors is. With :math:`\alpha = 1` these are the extractions as published; a part is as in
"Expanding extractions". The output that is lost is the demand that the others have because of the sector.

Each shock is a small system of the extracted sectors on the inverse that all shocks share.

References
----------
E. Dietzenbacher, J. A. van der Linden, A. E. Steenge, "The regional extraction method: EC input-output comparisons", Economic
Systems Research 5(2):185-206 (1993); R. E. Miller, M. L. Lahr, "A taxonomy of extractions", in Regional Science Perspectives in
Economic Analysis, Elsevier (2001); E. Dietzenbacher, M. L. Lahr, "Expanding extractions", Economic Systems Research
25(3):341-360 (2013).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.hits import Hits
from knockon.network.network import Floats, Ints, Network
from knockon.propagation.matrices import flow_matrix, node_hits, node_values, reject_oversold
from knockon.propagation.spectral import check_radius, factorize, spectral_radius

#: What is extracted of a sector: all that it sells, what it sells to sectors, or what it buys from them.
Extracted = Literal["complete", "forward", "backward"]


@dataclass(frozen=True, eq=False, kw_only=True)
class ExtractionResult:
    """The output that n sectors lose when sectors are extracted, in k shocks.

    Attributes
    ----------
    loss
        The share of its output that each sector loses, (k, n), in 0..1; 0 for a sector without output.
    lost
        The output that all sectors lose together, (k,), in the unit of the flows.
    elsewhere
        That of the sectors that are not extracted, (k,).
    index
        The share of all output that is lost, (k,), in 0..1.
    spectral_radius
        That of A, below 1.
    parameters
        The parameters as they were used.
    """

    model: str = "extraction"
    loss: Floats
    lost: Floats
    elsewhere: Floats
    index: Floats
    spectral_radius: float
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<ExtractionResult: {len(self.loss)} shocks, {self.loss.shape[1]} sectors>"


def extraction(
    network: Network | npt.ArrayLike,
    shocks: Hits | npt.ArrayLike | None = None,
    *,
    extracted: Extracted = "complete",
    output: npt.ArrayLike | None = None,
) -> ExtractionResult:
    """Return the output that is lost when sectors of an input-output table are extracted in whole or in part.

    Parameters
    ----------
    network
        The input-output table: ``Network.from_flows(supplier, customer, value, final_demand=..., self_flows=True)``, or the
        square matrix z of its flows, row i what sector i sells.
    shocks
        The share of each sector that is extracted, in 0..1: a (k, n) array, one row of n floats, numbers of sectors (which are
        extracted in whole), Hits on nodes, or None for each sector in turn.
    extracted
        What is extracted of a sector: ``complete`` (all that it sells), ``forward`` (what it sells to sectors) or ``backward``
        (what it buys from sectors).
    output
        Output x of each sector, (n,), in the unit of the flows, at least its sales to sectors; what is left is final demand. By
        default the sales and final demand of the network.

    Returns
    -------
    ExtractionResult
        The losses of output of each sector, and of all together.

    Raises
    ------
    UsageError
        The network has no flows, a slot or supply is hit, shares are outside 0..1, ``extracted`` is unknown, shapes differ.
    InvalidData
        Entries are negative or not finite, a sector sells more than its output, or the spectral radius of A is 1 or more.

    Examples
    --------
    Two sectors with outputs 1000 and 2000, of which 350 and 1700 are final demand.

    >>> result = extraction([[150.0, 500.0], [200.0, 100.0]], output=[1000.0, 2000.0])
    >>> result.loss.round(4).tolist(), result.index.round(4).tolist()
    ([[1.0, 0.1053], [0.5882, 1.0]], [0.4035, 0.8627])
    """
    if extracted not in get_args(Extracted):
        raise UsageError(f"unknown extracted {extracted!r}; known are {', '.join(get_args(Extracted))}")
    nodes, flows = flow_matrix(network, "extraction")
    demand, outputs = _final_demand(nodes, np.asarray(flows.sum(axis=1)), output)
    coefficients = flows.copy()
    with np.errstate(divide="ignore", over="ignore"):
        per_unit = np.where(outputs > 0, 1.0 / outputs, 0.0)
    coefficients.data = coefficients.data * per_unit[coefficients.indices]
    radius = spectral_radius(coefficients)
    check_radius(radius, "A", "at least one sector must sell to final demand: give final_demand= to from_flows, or output=")
    hits = node_hits(nodes, shocks, "extraction")
    share = hits.node_losses("extraction")
    solve = _solver(coefficients)
    left = np.array(
        [
            _outputs_without(solve, outputs, demand, share.node[rows], share.loss[rows], extracted)
            for rows in (slice(share.start[shock], share.start[shock + 1]) for shock in range(hits.count))
        ]
    ).reshape(hits.count, nodes.size)
    lost = np.maximum(outputs - left, 0.0)
    return ExtractionResult(
        loss=np.clip(lost * per_unit, 0.0, 1.0),
        lost=lost.sum(axis=1),
        elsewhere=np.where(share.columns(nodes.size, 0, hits.count).T > 0, 0.0, lost).sum(axis=1),
        index=lost.sum(axis=1) / (outputs.sum() or 1.0),
        spectral_radius=radius,
        parameters={"extracted": extracted},
    )


def _final_demand(nodes: Network, sales: Floats, output: npt.ArrayLike | None) -> tuple[Floats, Floats]:
    """Return the final demand and the output of each sector, such that sales to sectors and final demand are the output."""
    if output is None:
        demand = nodes.flows.final_demand if nodes.flows else np.zeros(nodes.size)
        return demand, sales + demand
    outputs = node_values(output, nodes.size, "output")
    demand = outputs - sales
    reject_oversold(outputs, sales)
    return np.maximum(demand, 0.0), outputs


def _solver(coefficients: Any) -> Callable[[Floats], Floats]:
    """Return a function that solves (I - A) x = b for b of (n, m)."""
    from scipy.sparse import csc_array, eye_array

    size = coefficients.shape[0]
    if not size:
        return lambda right: right
    factors = factorize(csc_array(eye_array(size) - coefficients))
    return lambda right: np.asarray(factors.solve(np.ascontiguousarray(right)))


def _outputs_without(
    solve: Callable[[Floats], Floats], outputs: Floats, demand: Floats, sector: Ints, share: Floats, extracted: str
) -> Floats:
    """Return the outputs when shares of some sectors are extracted, (n,).

    ``r`` is what is imported instead: of what a sector delivers (complete, forward), or of its own output whose inputs are
    (backward). With the columns L_S of the inverse, x = x0 - L_S r or x = x0 - (L_S - I_S) r, and r is a share of x.
    """
    if not len(sector):
        return outputs
    unit = np.zeros((len(outputs), len(sector)))
    unit[sector, np.arange(len(sector))] = 1.0
    columns = solve(unit)
    passed_on = columns - unit
    system = np.eye(len(sector)) + share[:, None] * passed_on[sector]
    delivered = outputs[sector] - demand[sector] if extracted == "forward" else outputs[sector]
    imported = np.linalg.solve(system, share * delivered)
    return np.asarray(outputs - (passed_on if extracted == "backward" else columns) @ imported)


__all__ = ["Extracted", "ExtractionResult", "extraction"]
