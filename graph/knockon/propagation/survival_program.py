"""The linear program of :mod:`knockon.propagation.time_to_survive`: its constraints, bounds and minimum."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from knockon.errors import InvalidData, LimitReached, Problem, UsageError
from knockon.network.flows import NEGLIGIBLE, Flows
from knockon.network.network import Bools, Floats, Ints, Network
from knockon.propagation.checks import row_values

#: What the solver says of a program without a minimum, infeasible, unbounded or beyond its numbers; all of ours have one.
_NOT_FOUND = (2, 3, 4)


class LinearProgram(NamedTuple):
    """The constraints ``matrix @ (u, y, t) <= right``.

    u (n,) is what firms make, in days of their output; y what suppliers ship of
    the parts that have several, as days of the buyer's use of the part. A part
    with one supplier needs no variable: the supplier ships what the buyer uses.

    Rows: parts with several suppliers, then balances (``balance`` says where they begin), then capacities.

    Attributes
    ----------
    demand, output
        Final demand and normal output of each firm, in the unit of the flows; ``daily`` is demand in days of output.
    stock
        Days of its output that each firm holds.
    usual
        What each supplier (row) ships for a day of output of each buyer (column), in the usual mix; days of its own output.
    column
        The variable of each row of ``parts``, -1 for the parts with one supplier.
    """

    matrix: Any
    right: Floats
    balance: int
    demand: Floats
    output: Floats
    stock: Floats
    daily: Floats
    usual: Any
    parts: Parts
    column: Ints

    @property
    def size(self) -> int:
        """The number of variables; t is the last."""
        return int(self.matrix.shape[1])

    @classmethod
    def of(cls, network: Network, stock: Any, capacity: Any, demand: Any) -> LinearProgram:
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
        parts = Parts.of(flows)
        daily = demand_by_firm / np.where(output > 0, output, 1.0)
        several = np.bincount(parts.part, minlength=len(parts.buyer)) > 1
        shared = several[parts.part]
        column = np.where(shared, n + np.cumsum(shared) - 1, -1)
        matrix = _constraints(parts, column, _used(flows, parts, output), daily, capacity_by_firm)
        balance = int(several.sum())
        right = np.zeros(matrix.shape[0])
        right[balance : balance + n] = stock_by_firm
        usual = _usual(flows, parts, output)
        return cls(matrix, right, balance, demand_by_firm, output, stock_by_firm, daily, usual, parts, column)

    def starved(self, down: Bools) -> bool:
        """Return whether final demand rests on firms that are down, and on nobody in their place.

        A firm makes nothing when every supplier of a part of its own makes nothing.
        """
        idle, parts = down, self.parts
        while True:
            supplied = np.bincount(parts.part[~idle[parts.supplier]], minlength=len(parts.buyer)) > 0
            more = idle.copy()
            more[parts.buyer[~supplied]] = True
            if (more == idle).all():
                return bool((self.demand[idle] > 0).any())
            idle = more

    def variable_bounds(self, down: Bools, t: tuple[float, float | None]) -> Floats:
        """Return the bounds of each variable; firms that are down produce nothing."""
        limits = np.tile([0.0, np.inf], (self.size, 1))
        limits[: len(down)][down, 1] = 0.0
        limits[-1] = t[0], np.inf if t[1] is None else t[1]
        return limits


class Parts(NamedTuple):
    """The parts of all firms, which they need: the buyer of each, and the flows that supply one.

    ``buyer`` (parts,) is a firm; ``flow``, ``part`` and ``supplier`` have a row for each flow that is not negligible.
    """

    buyer: Ints
    flow: Ints
    part: Ints
    supplier: Ints

    @classmethod
    def of(cls, flows: Flows) -> Parts:
        """Return the parts of the firms of some flows."""
        supplier, customer = flows.supplier.astype(np.int64), flows.customer.astype(np.int64)
        needed = np.flatnonzero(flows.essentiality[flows.sector[supplier], flows.sector[customer]] != NEGLIGIBLE)
        key, part = np.unique(customer[needed] * flows.sectors + flows.sector[supplier[needed]], return_inverse=True)
        return cls(key // flows.sectors, needed, part, supplier[needed])


def _used(flows: Flows, parts: Parts, output: Floats) -> Floats:
    """Return what the buyer of each row of parts uses of the part in a day of output, in days of output of the supplier."""
    used = np.bincount(parts.part, flows.value[parts.flow], len(parts.buyer))
    amount: Floats = used[parts.part] / output[parts.supplier]
    return amount


def _usual(flows: Flows, parts: Parts, output: Floats) -> Any:
    """Return what each supplier ships for a day of output of each buyer, in the usual mix."""
    from scipy.sparse import csr_array

    shipped = flows.value[parts.flow] / output[parts.supplier]
    return csr_array((shipped, (parts.supplier, parts.buyer[parts.part])), shape=(len(output), len(output)))


def _constraints(parts: Parts, column: Ints, used: Floats, daily: Floats, capacity: Floats) -> Any:
    """Return the matrix of the program."""
    from scipy.sparse import coo_array

    n, shared = len(daily), column >= 0
    several, row = np.unique(parts.part[shared], return_inverse=True)
    balance, last = len(several), n + len(row)
    buyer = parts.buyer[parts.part]
    firm, limited = np.arange(n), np.flatnonzero(np.isfinite(capacity))
    limit = balance + n + np.arange(len(limited))
    cells = [
        # What a firm makes is at most what it gets of each part.
        (np.arange(balance), parts.buyer[several], np.ones(balance)),
        (row, column[shared], -np.ones(len(row))),
        # What leaves a firm is at most what it makes and holds.
        (balance + parts.supplier, np.where(shared, column, buyer), used),
        (balance + firm, np.full(n, last), daily),
        (balance + firm, firm, -np.ones(n)),
        (limit, limited, np.ones(len(limited))),
        (limit, np.full(len(limited), last), -capacity[limited]),
    ]
    rows, columns, values = (np.concatenate(cell) for cell in zip(*cells, strict=True))
    return coo_array((values, (rows, columns)), shape=(balance + n + len(limited), last + 1)).tocsr()


def minimum(goal: Floats, matrix: Any, right: Floats, limits: Floats) -> float:
    """Return the minimum of the goal.

    Raises
    ------
    LimitReached
        The solver stopped at a limit.
    InvalidData
        The solver found none, though there is one: rounding lost the least numbers.
    """
    from scipy.optimize import linprog

    # The solver's tolerances are absolute: goals of millions are brought down to 1.
    scale = float(np.abs(goal).max(initial=0.0)) or 1.0
    solution = linprog(goal / scale, A_ub=matrix, b_ub=right, bounds=limits, method="highs")
    if solution.status in _NOT_FOUND:
        message = "its numbers are too far apart for the linear program to be solved"
        raise InvalidData([Problem("the network", None, message, "check the greatest and the least amounts")])
    if solution.status != 0:
        raise LimitReached(f"the linear program was not solved: {solution.message}")
    return float(solution.fun) * scale


__all__ = ["LinearProgram", "Parts", "minimum"]
