r"""ESRI without iteration: the fixed point of the upstream cascade as sparse linear equations.

With final demand the upstream operator leaks, and its fixed point
:math:`u = \max(\psi,\ \Lambda^u u)` is one column of :math:`(I - \Lambda^u)^{-1}`
for each firm hit, scaled so that every hit is met. A hit that the cascade
exceeds by itself is dropped (its scale would be negative). The downstream
cascade contains a maximum and has no closed form: its rounds are run until
nothing changes, which the residual reports.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from knockon.errors import InvalidData, Problem
from knockon.network.flows import Flows
from knockon.network.network import Floats, Ints, Network
from knockon.propagation.esri_rounds import Operators, downstream, indices, operators, sector_losses
from knockon.propagation.esri_task import FLOOR, EngineResult, EsriTask

if TYPE_CHECKING:
    from scipy.sparse import csr_array

#: Downstream, changes up to this are rounding.
_ROUNDING = 1e-15
_CAP = 100_000


def solve_exactly(network: Network, flows: Flows, task: EsriTask) -> EngineResult:
    """Return index and losses of each shock at the fixed point; iterations and residual are of the downstream rounds."""
    operator = operators(network, flows)
    # Only the upstream cascade needs a leak.
    solve = _solver(flows, operator.up) if task.up else None
    shocks = task.shocks
    numbers = np.zeros((5, shocks))
    losses_by_shock: list[tuple[Floats, Floats]] = []
    sector = np.zeros((shocks, flows.sectors)) if task.by_sector else None
    hits = task.upstream_hits
    for shock in range(shocks):
        hit_rows = slice(hits.start[shock], hits.start[shock + 1])
        initial_loss = task.hits.columns(network.size, shock, shock + 1)
        up = (
            _upstream(network.size, hits.node[hit_rows], hits.loss[hit_rows], solve)
            if task.up
            else hits.columns(network.size, shock, shock + 1)[:, 0]
        )
        down, rounds, residual = (
            _downstream_at_rest(network, flows, operator, initial_loss, task.replaceability)
            if task.down
            else (initial_loss, 0, 0.0)
        )
        numbers[:3, shock] = indices(task.weight, down, up[:, None])[:, 0]
        if sector is not None:
            sector[shock] = sector_losses(flows, task.weight, down, up[:, None])[0]
        numbers[3:, shock] = rounds, residual
        if task.keep:
            losses_by_shock.append((down[:, 0], up))
    kept = np.array(losses_by_shock).reshape(shocks, 2, network.size) if task.keep else None
    down_losses, up_losses = (None, None) if kept is None else (kept[:, 0], kept[:, 1])
    rounds_run = numbers[3].astype(np.int64)
    return EngineResult(numbers[0], numbers[1], numbers[2], rounds_run, numbers[4], down_losses, up_losses, sector)


def _solver(flows: Flows, up: csr_array) -> Any:
    """Return a function that solves (I - up) x = b; raise InvalidData where the only fixed point is total collapse."""
    from scipy.sparse import csc_array, eye_array
    from scipy.sparse.linalg import splu

    without_leak = _without_leak(flows)
    if without_leak.size:
        names = ", ".join(map(str, without_leak[:5])) + (" ..." if without_leak.size > 5 else "")
        what = f"the upstream cascade has no leak (spectral radius 1): nothing leaves the cycle of firms {names}"
        hint = f"give the final_demand of at least one of these {without_leak.size} firms"
        raise InvalidData([Problem("final_demand", None, what, hint)])
    return splu(csc_array(eye_array(len(flows.sales)) - up)).solve


def _without_leak(flows: Flows) -> Ints:
    """Return the firms on cycles that sell only to each other, and nothing to final demand."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    n = len(flows.sales)
    links = csr_array((np.ones(len(flows.customer), np.int8), flows.customer, flows.start), (n, n))
    parts, part = connected_components(links, directed=True, connection="strong")
    # A firm that sells nothing in the table passes nothing on.
    leaks = np.bincount(part, (flows.final_demand > 0) | (flows.sales == 0), parts) > 0
    leaving = part[flows.supplier] != part[flows.customer]
    leaks[part[flows.supplier[leaving]]] = True
    return np.flatnonzero(~leaks[part])


def _upstream(size: int, node: Ints, loss: Floats, solve: Any) -> Floats:
    """Return the upstream losses, (n,), of one shock on some nodes."""
    unit = np.zeros((size, len(node)))
    unit[node, np.arange(len(node))] = 1.0
    columns = solve(unit) if len(node) else unit
    binding = np.arange(len(node))
    while True:
        scale = np.zeros(len(node))
        if binding.size:
            scale[binding] = np.linalg.solve(columns[np.ix_(node[binding], binding)], loss[binding])
        if (scale >= 0).all():
            lost = np.clip(columns @ scale, 0.0, 1.0)
            # Below the floor there is only rounding of the solver.
            lost[lost < FLOOR] = 0.0
            lost[node] = np.maximum(lost[node], loss)
            return lost
        binding = np.flatnonzero(scale > 0)


def _downstream_at_rest(
    network: Network, flows: Flows, operator: Operators, initial_loss: Floats, replaceability: bool
) -> tuple[Floats, int, float]:
    """Run the downstream rounds until nothing changes; return losses (n, 1), the number of rounds and the residual."""
    down, rounds = initial_loss, 0
    while True:
        rounds += 1
        new = downstream(network, flows, operator, down, initial_loss, replaceability)
        residual = float((new - down).max(initial=0.0))
        down = new
        if residual <= _ROUNDING or rounds >= _CAP:
            return down, rounds, residual if residual > _ROUNDING else 0.0
