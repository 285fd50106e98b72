r"""The time that final demand can be met with a node down (time to survive), and the sales lost if it is down for longer.

The linear programs of Simchi-Levi et al. (2015). A firm i produces
:math:`u_i` in t days and ships :math:`y_{ij}` to customer j; it holds the
stock :math:`s_i`. Firm j needs :math:`r_{kj}` of part k for one unit of its
own, from any of its suppliers :math:`P_{jk}` of that part. With the firms S
down:

.. math::

   \max\ t \quad \text{s.t.} \quad
   & u_j \le \tfrac{1}{r_{kj}} \sum_{i \in P_{jk}} y_{ij} && \text{every part k of every firm j} \\
   & \sum_j y_{ij} \le u_i + s_i && \text{every supplier i} \\
   & u_j + s_j \ge d_j t && \text{every finished product j} \\
   & u_i = 0 && i \in S \\
   & u_i \le c_i t && \text{every firm i} \\
   & t, u, y \ge 0

and, for a time to recover t that is given, lost sales l with the margins f:
:math:`\min \sum_j f_j l_j` under the same constraints, but
:math:`l_j + u_j + s_j \ge d_j t`.

Here firms are what plants and products are there: a plant makes one product,
and a part is a sector, within which suppliers substitute for each other. A
firm may sell to firms and to final demand at once, from one stock; so both its
constraints are one: :math:`\sum_j y_{ij} + d_i t \le u_i + s_i` (with
:math:`- l_i` on the left for lost sales, :math:`l_i \le d_i t`). For a firm
that does only one of them, it is the published one. Parts that are negligible
to a buyer are not needed; essential and non-essential ones are, as the
programs know no partial substitution between parts. Amounts are those of the
flows: :math:`r_{kj}` is what j buys of k for a unit of what it sells, to firms
and to final demand.

Like every model of steady rates, this one lets materials pass through at
once, and plans with foresight: it is the longest time anybody could survive.

References
----------
D. Simchi-Levi, W. Schmidt, Y. Wei, P. Y. Zhang, K. Combs, Y. Ge, O. Gusikhin,
M. Sanders, D. Zhang, "Identifying Risks and Mitigating Disruptions in the
Automotive Supply Chain", Interfaces 45(5):375-390 (2015),
doi:10.1287/inte.2015.0804.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.hits import Hits
from knockon.network.network import Bools, Floats, Ints, Network
from knockon.propagation.checks import row_values
from knockon.propagation.survival_program import LinearProgram, minimum
from knockon.propagation.survival_simplex import LongestTime

#: Times are given to six digits, which is what the solver's tolerances are good for.
DIGITS = 6


def time_to_survive(
    network: Network,
    nodes: Hits | npt.ArrayLike | None = None,
    *,
    stock: npt.ArrayLike | None = None,
    capacity: npt.ArrayLike | None = None,
    demand: npt.ArrayLike | None = None,
) -> Floats:
    """Return for how long final demand can be met while each node is down.

    Parameters
    ----------
    network
        A network of :meth:`Network.from_flows`, with final demand.
    nodes
        What is down: node numbers, each by itself; a (k, n) array of 0 and 1, each row together; None for each in turn.
    stock
        Days of its normal output that each firm holds, as one number or n; by default none.
    capacity
        The most that each firm can make, in multiples of its normal output; by default 1, nothing to spare. inf: no limit.
    demand
        (n,) final demand, in the unit and period of the flows, in place of the network's.

    Returns
    -------
    numpy.ndarray
        Days, (k,); inf where final demand can be met for ever.

    Raises
    ------
    UsageError
        The network has no flows or final demand, a node is hit in part, or a number is out of its range.
    InvalidData
        Numbers are too far apart for the solver.
    LimitReached
        The solver stopped at a limit.

    Examples
    --------
    Firm 0 sells half of what it makes to each of 1 and 2. With it down, what it
    holds would last both for 10 days; 1 has 4 days of its own besides, shared
    with 2 by taking less from 0: 12 days.

    >>> network = Network.from_flows([0, 0], [1, 2], [1.0, 1.0], final_demand=[0.0, 2.0, 2.0])
    >>> time_to_survive(network, stock=[10.0, 4.0, 0.0]).tolist()
    [12.0, 4.0, 0.0]
    """
    program = LinearProgram.of(network, stock, capacity, demand)
    longest = LongestTime(program)
    return np.array([_longest_time(longest, down) for down in _nodes_down(network, nodes)], np.float64)


def exposed(survive: npt.ArrayLike, recover: npt.ArrayLike) -> Bools:
    """Return which nodes take longer to recover than the rest can survive without them.

    Parameters
    ----------
    survive
        Days that the rest can survive without each node, as ``time_to_survive`` returns them.
    recover
        Days that each node takes to recover, as one number or one for each.

    Returns
    -------
    numpy.ndarray
        True or False for each node, (k,).

    Raises
    ------
    UsageError
        The arrays have different lengths.

    Examples
    --------
    >>> exposed([2.0, float("inf")], 7.0).tolist()
    [True, False]
    """
    days, recovery = np.asarray(survive, np.float64), np.asarray(recover, np.float64)
    if recovery.shape not in ((), days.shape):
        raise UsageError(f"one time to recover, or one for each of {days.shape}; not {recovery.shape}")
    return np.asarray(days < recovery)


def lost_sales(
    network: Network,
    nodes: Hits | npt.ArrayLike | None,
    time_to_recover: npt.ArrayLike,
    *,
    stock: npt.ArrayLike | None = None,
    capacity: npt.ArrayLike | None = None,
    demand: npt.ArrayLike | None = None,
    margin: npt.ArrayLike | None = None,
) -> Floats:
    """Return the least final demand that is lost while each node is down.

    With flows a day it is money; with flows a year, divide by 365.

    Parameters
    ----------
    network, nodes, stock, capacity, demand
        As for :func:`time_to_survive`.
    time_to_recover
        Days that each node is down, as one number or one for each row of nodes.
    margin
        What a unit of final demand is worth at each firm, as one number or n; by default 1.

    Returns
    -------
    numpy.ndarray
        Lost demand, (k,), in the unit of the flows times days of their period.

    Raises
    ------
    UsageError, InvalidData, LimitReached
        As for :func:`time_to_survive`.

    Examples
    --------
    >>> network = Network.from_flows([0, 0], [1, 2], [1.0, 1.0], final_demand=[0.0, 2.0, 2.0])
    >>> lost_sales(network, [0], 15.0, stock=[10.0, 4.0, 0.0]).tolist()
    [12.0]
    """
    program, rows = LinearProgram.of(network, stock, capacity, demand), _nodes_down(network, nodes)
    margins = row_values("margin", 1.0 if margin is None else margin, network.size)
    days = row_values("time_to_recover", time_to_recover, len(rows))
    return np.array([_least_lost_sales(program, down, margins, t) for down, t in zip(rows, days, strict=True)], np.float64)


def _longest_time(longest: LongestTime, down: Bools) -> float:
    """Return the longest t with some firms down."""
    program = longest.program
    # Without stocks every multiple of a plan is feasible: surviving one day means surviving for ever.
    if not program.starved(down):
        day = program.variable_bounds(down, (0.0, 1.0))
        if -minimum(longest.goal, program.matrix, np.zeros_like(program.right), day) > 0.5:
            return float("inf")
    return round(longest(down), DIGITS) + 0.0 if program.right.any() else 0.0


def _least_lost_sales(program: LinearProgram, down: Bools, margins: Floats, days: float) -> float:
    """Return the least lost sales while some firms are down for a number of days."""
    from scipy.sparse import csr_array, hstack

    buyers = np.flatnonzero(program.demand > 0)
    # Lost sales are days of a firm's demand; each eases the balance of its firm.
    ease = program.demand[buyers] / program.output[buyers]
    eased = csr_array((-ease, (program.balance + buyers, np.arange(len(buyers)))), (len(program.right), len(buyers)))
    goal = np.concatenate([np.zeros(program.size), margins[buyers] * program.demand[buyers]])
    limits = np.concatenate([program.variable_bounds(down, (days, days)), np.tile([0.0, days], (len(buyers), 1))])
    return round(minimum(goal, hstack([program.matrix, eased]), program.right, limits), DIGITS) + 0.0


def _nodes_down(network: Network, nodes: Hits | npt.ArrayLike | None) -> Bools:
    """Return whether each node is down, for each row of nodes, (k, n)."""
    hits = Hits.of(network, nodes)
    start, node, loss = hits.node_losses("time to survive")
    if ((loss > 0) & (loss < 1)).any():
        raise UsageError("a node is down or not: time to survive takes losses of 0 and 1 only")
    down = np.zeros((hits.count, network.size), bool)
    row: Ints = np.repeat(np.arange(hits.count), np.diff(start))
    down[row[loss > 0], node[loss > 0]] = True
    return down
