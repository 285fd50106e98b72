r"""Price rises that follow from costs, prices or duties: the Leontief price model, with the share that is passed on.

With :math:`A_{ij} = z_{ij} / x_j`, what j buys from i for each unit of its own
output, the unit price of j covers its inputs and its own costs, so that
relative rises :math:`p` from a state in which all prices are 1 obey

.. math:: p_j = \theta_j \Bigl(\sum_i A_{ij} p_i + c_j\Bigr)

where :math:`c_j` is the rise of costs for each unit of output, and
:math:`\theta_j` in 0..1 the share of it that j passes on to its customers (1 in
the model as published). What it does not pass on,
:math:`m_j = (1 - \theta_j)(\sum_i A_{ij} p_i + c_j)`, is taken from its margin.

A duty of rate :math:`t_i` on what i sells to others adds
:math:`\sum_i A_{ij} t_i` to :math:`c_j`: it is levied on the value before the
shock. A price that is set from outside, such as that of oil, stays at its
rise, and only the others follow.

Money is conserved: of a table whose outputs are its sales and final demand,
:math:`\sum_j x_j c_j = \sum_j f_j p_j + \sum_j x_j m_j`: what costs more is paid by final
demand or taken from margins.

References
----------
W. Leontief, "Quantitative input and output relations in the economic system of
the United States", Review of Economics and Statistics 18(3):105-125 (1936),
doi:10.2307/1927837; R. E. Miller, P. D. Blair, Input-Output Analysis:
Foundations and Extensions, 2nd ed., Cambridge University Press (2009), on price models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from knockon.errors import InvalidData, Problem, UsageError
from knockon.network.array_input import read_array, reject_rows
from knockon.network.network import Bools, Floats, Ints, Network
from knockon.propagation.attribution import Causes, LargestContributor
from knockon.propagation.matrices import flow_matrix, node_values
from knockon.propagation.spectral import check_radius, factorize, spectral_radius

if TYPE_CHECKING:
    from scipy.sparse import csr_array

#: What rises: costs of production, prices that are set from outside, or duties on what is sold to others.
Rise = Literal["cost", "price", "duty"]
#: A column may exceed 1 by as much as sums are rounded.
_ROUNDING = 1e-12


@dataclass(frozen=True, eq=False, kw_only=True)
class PriceResult:
    """Price rises of n sectors under k shocks, relative to the prices before: 0.1 is 10 % more.

    Attributes
    ----------
    rise
        How much each price rises, (k, n), 0 or more; it may exceed 1.
    first
        The cost that the shock itself adds for each unit of output, (k, n): c; for a price that is set, its rise.
    absorbed
        What each sector takes from its margin for each unit of output, (k, n): m; 0 where a price is set from outside.
    consumer
        The rise of prices weighted by final demand, (k,); NaN where the network has none.
    source
        The sector whose price contributes most to each rise, (k, n); -1 where the shock itself contributes more, or there is no
        rise. Following it leads to a sector that is hit.
    step
        The number of sources to the shock, (k, n): 0 where it hits, -1 where there is no rise.
    spectral_radius
        That of the matrix that passes rises on, below 1; the nearer it is to 1, the more a rise is amplified.
    parameters
        The parameters as they were used.
    """

    model: str = "price"
    rise: Floats
    first: Floats
    absorbed: Floats
    consumer: Floats
    source: Ints
    step: Ints
    spectral_radius: float
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<PriceResult: {len(self.rise)} shocks, {self.rise.shape[1]} sectors>"


def price(
    network: Network | npt.ArrayLike,
    shocks: npt.ArrayLike | None = None,
    *,
    rises: Rise = "cost",
    pass_through: float | npt.ArrayLike = 1.0,
    output: npt.ArrayLike | None = None,
) -> PriceResult:
    """Return the price rises of n sectors or firms after k shocks to costs, prices or duties, by the Leontief price model.

    Parameters
    ----------
    network
        ``Network.from_flows(supplier, customer, value, final_demand=..., self_flows=True)``, or the square matrix z of the
        flows, row i what sector i sells, in the unit of ``output``.
    shocks
        The rises, 0 or more: a (k, n) array, one row of n numbers, or None for a rise by 1 (100 %) in each sector in turn.
    rises
        What rises. ``cost``: the costs of production, for each unit of output (wages that are 0.3 of output and rise by 10 %:
        0.03). ``price``: the price itself, which is set from outside where the number is above 0. ``duty``: what customers pay
        for what the sector sells to them, as a rate (a tariff of 25 %: 0.25); not the part that it sells to itself.
    pass_through
        The share of higher costs that is passed on, in 0..1: one for all or one for each sector.
    output
        Output x of each sector, (n,), above 0; by default its sales and final demand.

    Returns
    -------
    PriceResult
        The rises with what contributes most to each.

    Raises
    ------
    UsageError
        The network has no flows, ``rises`` is unknown, shapes differ, a pass-through is outside 0..1.
    InvalidData
        Numbers are negative or not finite, a sector has flows but no output, or buys as much as its output is worth or more.

    Examples
    --------
    Two sectors of Miller and Blair, with outputs 1000 and 2000; the costs of the first rise by 0.1 for each unit of output.

    >>> flows = [[150.0, 500.0], [200.0, 100.0]]
    >>> result = price(flows, [0.1, 0.0], output=[1000.0, 2000.0])
    >>> result.rise.round(4).tolist()
    [[0.1254, 0.033]]

    If the second passes on half of what its inputs cost it, it takes the rest from its margin, and the first pays less.

    >>> half = price(flows, [0.1, 0.0], output=[1000.0, 2000.0], pass_through=[1.0, 0.5])
    >>> half.rise.round(4).tolist(), half.absorbed.round(4).tolist()
    ([[0.1213, 0.0156]], [[0.0, 0.0156]])
    """
    if rises not in get_args(Rise):
        raise UsageError(f"unknown rises {rises!r}; known are {', '.join(get_args(Rise))}")
    nodes, flows = flow_matrix(network, "price")
    outputs = _outputs(nodes, flows, output)
    inputs = _input_coefficients(flows, outputs)
    share = _pass_through(pass_through, nodes.size)
    passed = _scaled_rows(inputs, share)
    radius = spectral_radius(passed)
    check_radius(radius, "the matrix of inputs", "outputs must exceed what is bought: give output=")
    shock = _shocks(shocks, nodes.size)
    first = shock @ _without_diagonal(inputs).T if rises == "duty" else shock
    is_set = shock > 0 if rises == "price" else None
    own = first if rises == "price" else share * first
    rise = (_solve(passed, own.T) if is_set is None else _solve_set(passed, own.T)).T
    costs = rise @ inputs.T + (first if is_set is None else 0.0)
    absorbed = (1 - share) * costs
    if is_set is not None:
        absorbed[is_set] = 0.0
    causes = _sources(passed, rise, own, is_set)
    return PriceResult(
        rise=rise,
        first=np.asarray(first),
        absorbed=absorbed,
        consumer=_weighted_by_final_demand(nodes, rise),
        source=causes.source.T,
        step=causes.step.T,
        spectral_radius=radius,
        parameters={
            "rises": rises,
            "pass_through": share.tolist() if np.ndim(pass_through) else float(np.asarray(pass_through)),
        },
    )


def _outputs(nodes: Network, flows: csr_array, output: npt.ArrayLike | None) -> Floats:
    """Return the output of each sector: as given, or else its sales and final demand."""
    if output is not None:
        return node_values(output, nodes.size, "output")
    return np.asarray(flows.sum(axis=1)) + (nodes.flows.final_demand if nodes.flows else 0.0)


def _input_coefficients(flows: csr_array, outputs: Floats) -> csr_array:
    """Return what each sector buys for a unit of its output, row j what j buys: A transposed.

    Raises
    ------
    InvalidData
        A sector buys and has no output, or buys as much as its output is worth or more: nothing is left for its own costs.
    """
    from scipy.sparse import csr_array

    bought = np.asarray(flows.sum(axis=0))
    hint = "outputs must exceed what is bought: give final_demand= to from_flows, or output="
    reject_rows("output", outputs, (bought > 0) & (outputs == 0), "not an output of a sector that buys", hint)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        part = np.where(bought > 0, bought / outputs, 0.0)
    reject_rows("inputs for each unit of output", part, part >= 1 - _ROUNDING, "1 or more", hint)
    matrix = csr_array(flows.T)
    matrix.data = matrix.data / np.repeat(outputs, np.diff(matrix.indptr))
    return matrix


def _pass_through(share: float | npt.ArrayLike, size: int) -> Floats:
    """Return the share of higher costs that each sector passes on."""
    numbers = read_array(share, "pass_through must be one number, or one for each sector")
    if numbers.ndim == 0:
        numbers = np.broadcast_to(numbers, (size,))
    shares = node_values(numbers, size, "pass_through")
    if (shares > 1).any():
        raise UsageError(f"pass_through must be in 0..1, not {shares[shares > 1][0]:g}")
    return shares


def _shocks(shocks: npt.ArrayLike | None, size: int) -> Floats:
    """Return the rises that the shocks set, (k, n)."""
    if shocks is None:
        return np.eye(size)
    array = read_array(shocks, f"shocks must be rows of {size} rises, one for each sector")
    rows = np.atleast_2d(array)
    if rows.ndim != 2 or rows.shape[1] != size or (rows.size and rows.dtype.kind not in "fiu"):
        raise UsageError(f"shocks must be rows of {size} rises, one for each sector, not {array.dtype} of shape {array.shape}")
    return np.array([node_values(row, size, f"shock {number}") for number, row in enumerate(rows)]).reshape(rows.shape)


def _scaled_rows(matrix: csr_array, factor: Floats) -> csr_array:
    """Return a matrix with each row multiplied by a factor."""
    scaled = matrix.copy()
    scaled.data = scaled.data * np.repeat(factor, np.diff(matrix.indptr))
    scaled.eliminate_zeros()
    return scaled


def _without_diagonal(matrix: csr_array) -> csr_array:
    from scipy.sparse import csr_array, dia_array

    size = matrix.shape[0]
    return csr_array(matrix - dia_array((matrix.diagonal()[None, :], [0]), shape=(size, size)))


def _solve(passed: csr_array, own: Floats) -> Floats:
    """Return the rises that follow from what the shocks add to each price, (n, k)."""
    from scipy.sparse import csc_array, eye_array

    if not own.size:
        return np.zeros_like(own)
    try:
        solved = factorize(csc_array(eye_array(len(own)) - passed)).solve(np.ascontiguousarray(own))
    except RuntimeError as error:
        problem = Problem("the matrix of inputs", None, "the spectral radius is 1 within rounding", "give output=")
        raise InvalidData([problem]) from error
    return np.asarray(np.maximum(solved, 0.0))


def _solve_set(passed: csr_array, prices: Floats) -> Floats:
    """Return the rises that follow from prices that are set from outside where they rise, (n, k).

    What must be added to the set prices so that they come out as they are set is the solution of a small system: the rows and
    columns of the set sectors in the inverse.
    """
    sectors = np.flatnonzero(prices.any(axis=1))
    unit = np.zeros((len(prices), len(sectors)))
    unit[sectors, np.arange(len(sectors))] = 1.0
    inverse = _solve(passed, unit)
    rise = np.zeros_like(prices)
    for shock in range(prices.shape[1]):
        (places,) = np.nonzero(prices[sectors, shock])
        rows = sectors[places]
        added = np.linalg.solve(inverse[np.ix_(rows, places)], prices[rows, shock])
        rise[:, shock] = np.maximum(inverse[:, places] @ added, 0.0)
        rise[rows, shock] = prices[rows, shock]
    return rise


def _weighted_by_final_demand(nodes: Network, rise: Floats) -> Floats:
    """Return the rise of the price of what final demand buys, (k,)."""
    demand = nodes.flows.final_demand if nodes.flows else np.zeros(nodes.size)
    total = demand.sum()
    return rise @ demand / total if total > 0 else np.full(len(rise), np.nan)


def _sources(passed: csr_array, rise: Floats, own: Floats, set_prices: Bools | None) -> Causes:
    """Return what contributes most to each rise; a price that is set has no other source."""
    # The contributors treat a number of 1 or more as settled; rises have no such limit, so each shock is scaled below it.
    greatest = 2 * rise.max(axis=1, initial=0.0, keepdims=True)
    scale = np.where(greatest > 0, greatest, 1.0)
    initial = np.where(rise > 0, own / scale, 0.0)
    if set_prices is not None:
        initial[set_prices] = 1.0
    contributors = LargestContributor(passed, initial.T)
    contributors.trace_solution((rise / scale).T)
    return contributors.causes()


__all__ = ["PriceResult", "Rise", "price"]
