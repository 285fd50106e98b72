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

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from knockon.errors import LimitReached, UsageError
from knockon.network.flows import NEGLIGIBLE
from knockon.network.hits import Hits
from knockon.network.network import Bools, Floats, Ints, Network
from knockon.propagation.checks import row_values

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

    Examples
    --------
    Firm 0 sells half of what it makes to each of 1 and 2. With it down, what it
    holds would last both for 10 days; 1 has 4 days of its own besides, shared
    with 2 by taking less from 0: 12 days.

    >>> network = Network.from_flows([0, 0], [1, 2], [1.0, 1.0], final_demand=[0.0, 2.0, 2.0])
    >>> time_to_survive(network, stock=[10.0, 4.0, 0.0]).tolist()
    [12.0, 4.0, 0.0]
    """
    program = _LinearProgram.of(network, stock, capacity, demand)
    return np.array([_longest_time(program, down) for down in _nodes_down(network, nodes)], np.float64)


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
    UsageError
        As for :func:`time_to_survive`.

    Examples
    --------
    >>> network = Network.from_flows([0, 0], [1, 2], [1.0, 1.0], final_demand=[0.0, 2.0, 2.0])
    >>> lost_sales(network, [0], 15.0, stock=[10.0, 4.0, 0.0]).tolist()
    [12.0]
    """
    program, rows = _LinearProgram.of(network, stock, capacity, demand), _nodes_down(network, nodes)
    margins = row_values("margin", 1.0 if margin is None else margin, network.size)
    days = row_values("time_to_recover", time_to_recover, len(rows))
    return np.array([_least_lost_sales(program, down, margins, t) for down, t in zip(rows, days, strict=True)], np.float64)


class _LinearProgram(NamedTuple):
    """The constraints ``matrix @ (u, y, t) <= right``; u and y are multiples of what is normal, amounts a day.

    Rows: parts of firms, then balances (``balance`` says where they begin), then capacities.
    """

    matrix: Any
    right: Floats
    balance: int
    demand: Floats
    output: Floats

    @property
    def size(self) -> int:
        """The number of variables; t is the last."""
        return int(self.matrix.shape[1])

    @classmethod
    def of(cls, network: Network, stock: Any, capacity: Any, demand: Any) -> _LinearProgram:
        """Return the program of a network in which no node is down."""
        if network.flows is None:
            raise UsageError("time to survive needs amounts: a network of Network.from_flows; words do not say how much")
        flows, n = network.flows, network.size
        demand_by_firm = flows.final_demand if demand is None else row_values("demand", demand, n)
        if not (demand_by_firm > 0).any():
            raise UsageError("the network has no final demand to survive for; give final_demand to from_flows, or demand=")
        output = flows.sales + flows.final_demand
        if (output[demand_by_firm > 0] <= 0).any():
            firm = int(np.flatnonzero((demand_by_firm > 0) & (output <= 0))[0])
            raise UsageError(f"firm {network.nodes[firm]} has demand but no output in the flows; give it final_demand there")
        stock_by_firm = row_values("stock", 0.0 if stock is None else stock, n)
        capacity_by_firm = row_values("capacity", 1.0 if capacity is None else capacity, n, infinite=True)
        matrix, parts = _constraints(network, demand_by_firm, output, capacity_by_firm)
        right = np.zeros(matrix.shape[0])
        right[parts : parts + n] = stock_by_firm
        return cls(matrix, right, parts, demand_by_firm, output)


def _constraints(network: Network, demand: Floats, output: Floats, capacity: Floats) -> tuple[Any, int]:
    """Return the matrix, and the number of rows of parts, which come before the balances."""
    from scipy.sparse import coo_array

    flows, n = network.flows, network.size
    assert flows is not None  # noqa: S101 - what _Program.of has made sure of
    supplier, customer = flows.supplier.astype(np.int64), flows.customer.astype(np.int64)
    edge = n + np.arange(len(supplier))
    firm, makes = np.arange(n), np.where(output > 0, output, 1.0)
    needed = flows.essentiality[flows.sector[supplier], flows.sector[customer]] != NEGLIGIBLE
    key, part = np.unique(customer[needed] * flows.sectors + flows.sector[supplier][needed], return_inverse=True)
    parts = len(key)
    part_totals = np.bincount(part, flows.value[needed], parts)
    limited = np.flatnonzero(np.isfinite(capacity))
    limit = parts + n + np.arange(len(limited))
    last = n + len(supplier)
    cells = [
        # What a firm makes is at most what it gets of each part.
        (np.arange(parts), key // flows.sectors, np.ones(parts)),
        (part, edge[needed], -flows.value[needed] / part_totals[part]),
        # What leaves a firm is at most what it makes and holds.
        (parts + supplier, edge, flows.value / makes[supplier]),
        (parts + firm, np.full(n, last), demand / makes),
        (parts + firm, firm, -np.ones(n)),
        (limit, limited, np.ones(len(limited))),
        (limit, np.full(len(limited), last), -capacity[limited]),
    ]
    rows, columns, values = (np.concatenate(column) for column in zip(*cells, strict=True))
    return coo_array((values, (rows, columns)), shape=(parts + n + len(limited), last + 1)).tocsr(), parts


def _longest_time(program: _LinearProgram, down: Bools) -> float:
    """Return the longest t with some firms down."""
    goal = np.zeros(program.size)
    goal[-1] = -1.0
    # Without stocks every multiple of a plan is feasible: surviving one day means surviving for ever.
    if -_minimum(goal, program.matrix, np.zeros_like(program.right), _variable_bounds(program, down, (0.0, 1.0))) > 0.5:
        return float("inf")
    return round(-_minimum(goal, program.matrix, program.right, _variable_bounds(program, down, (0.0, None))), DIGITS) + 0.0


def _least_lost_sales(program: _LinearProgram, down: Bools, margins: Floats, days: float) -> float:
    """Return the least lost sales while some firms are down for a number of days."""
    from scipy.sparse import csr_array, hstack

    buyers = np.flatnonzero(program.demand > 0)
    # Lost sales are days of a firm's demand; each eases the balance of its firm.
    ease = program.demand[buyers] / program.output[buyers]
    eased = csr_array((-ease, (program.balance + buyers, np.arange(len(buyers)))), (len(program.right), len(buyers)))
    goal = np.concatenate([np.zeros(program.size), margins[buyers] * program.demand[buyers]])
    limits = np.concatenate([_variable_bounds(program, down, (days, days)), np.tile([0.0, days], (len(buyers), 1))])
    return round(_minimum(goal, hstack([program.matrix, eased]), program.right, limits), DIGITS) + 0.0


def _variable_bounds(program: _LinearProgram, down: Bools, t: tuple[float, float | None]) -> Floats:
    """Return the bounds of each variable; firms that are down produce nothing."""
    limits = np.tile([0.0, np.inf], (program.size, 1))
    limits[: len(down)][down, 1] = 0.0
    limits[-1] = t[0], np.inf if t[1] is None else t[1]
    return limits


def _minimum(goal: Floats, matrix: Any, right: Floats, limits: Floats) -> float:
    """Return the minimum of the goal; raise LimitReached where the solver fails."""
    from scipy.optimize import linprog

    # The solver's tolerances are absolute: goals of millions are brought down to 1.
    scale = float(np.abs(goal).max(initial=0.0)) or 1.0
    solution = linprog(goal / scale, A_ub=matrix, b_ub=right, bounds=limits, method="highs")
    if solution.status != 0:
        raise LimitReached(f"the linear program was not solved: {solution.message}")
    return float(solution.fun) * scale


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
