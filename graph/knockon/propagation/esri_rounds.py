"""The numpy engine of ESRI: rounds over all firms for several shocks at once, with sparse matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from knockon.network.flows import Flows
from knockon.network.network import Floats, Network
from knockon.propagation.esri_task import FLOOR, NO_SALES, EngineResult, EsriTask

if TYPE_CHECKING:
    from scipy.sparse import csr_array

#: The most numbers of one (n, shocks) array of a batch.
_BATCH = 4_000_000


class Operators(NamedTuple):
    """Both cascades as matrices: (slots, n) down, (n, n) up, (sectors, n) for the sales of each sector."""

    down: csr_array
    up: csr_array
    sector: csr_array


def operators(network: Network, flows: Flows) -> Operators:
    """Return the matrices of a network."""
    from scipy.sparse import csr_array

    n = network.size
    share = network.supply_share * np.repeat(network.weights[1], np.diff(network.supply_start))
    down = csr_array((share, network.supply_provider, network.supply_start), (network.slots, n))
    up = csr_array((flows.value / np.repeat(turnover(flows), np.diff(flows.start)), flows.customer, flows.start), (n, n))
    sales = csr_array((flows.sales, (flows.sector, np.arange(n))), (flows.sectors, n))
    return Operators(down, up, sales)


def turnover(flows: Flows) -> Floats:
    """Return the sales of each firm in the table and to final demand, (n,); 1 where there are none."""
    total = flows.sales + flows.final_demand if flows.final_demand.any() else flows.sales
    return total if (total > 0).all() else np.where(total > 0, total, 1.0)


def run_rounds(network: Network, flows: Flows, task: EsriTask) -> EngineResult:
    """Run the rounds of each shock until it stops."""
    shocks = task.shocks
    width = int(np.clip(_BATCH // max(network.size, 1), 1, 64))
    operator = operators(network, flows)
    numbers = np.zeros((5, shocks))
    kept: list[list[Floats]] = [[], [], []]
    for first in range(0, shocks, width):
        rows = slice(first, min(first + width, shocks))
        set_down, set_up = (hits.columns(network.size, rows.start, rows.stop) for hits in (task.hits, task.upstream_hits))
        down, up, rounds, residual = _run_batch(network, flows, operator, task, set_down, set_up)
        numbers[:3, rows] = indices(task.weight, down, up)
        numbers[3, rows], numbers[4, rows] = rounds, residual
        if task.keep:
            kept[0].append(down.T)
            kept[1].append(up.T)
        if task.by_sector:
            kept[2].append(sector_losses(flows, task.weight, down, up))
    none = np.zeros((0, network.size))
    losses = [np.concatenate(part) if part else none for part in kept[:2]] if task.keep else [None, None]
    sector = np.concatenate([np.zeros((0, flows.sectors)), *kept[2]]) if task.by_sector else None
    return EngineResult(
        numbers[0], numbers[1], numbers[2], numbers[3].astype(np.int64), numbers[4], losses[0], losses[1], sector
    )


def indices(weight: Floats, down: Floats, up: Floats) -> Floats:
    """Return the shares of all weight lost by both cascades together, downstream, and upstream, (3, shocks).

    ``weight`` is what each firm counts, (n,); ``down`` and ``up`` are losses in 0..1, (n, shocks).
    """
    part = weight / (weight.sum() or 1.0)
    return np.stack([part @ np.maximum(down, up), part @ down, part @ up])


def sector_losses(flows: Flows, weight: Floats, down: Floats, up: Floats) -> Floats:
    """Return the weight that the firms of each sector lose by the greater of both cascades, (shocks, sectors)."""
    from scipy.sparse import csr_array

    firms = np.arange(len(weight))
    return np.asarray(csr_array((weight, (flows.sector, firms)), (flows.sectors, len(weight))) @ np.maximum(down, up)).T


def _run_batch(
    network: Network, flows: Flows, operator: Operators, task: EsriTask, set_down: Floats, set_up: Floats
) -> tuple[Floats, ...]:
    """Run shocks that set the losses (n, shocks) of each cascade; return losses down and up, rounds and residual."""
    shocks = set_down.shape[1]
    down, up = set_down.copy(), set_up.copy()
    rounds, residual = np.zeros(shocks), np.zeros(shocks)
    active = np.arange(shocks)
    while active.size:
        rise = np.zeros(len(active))
        if task.down:
            new = downstream(network, flows, operator, down[:, active], set_down[:, active], task.replaceability)
            rise = (new - down[:, active]).max(axis=0, initial=0.0)
            down[:, active] = new
        if task.up:
            lost = up[:, active]
            new = np.minimum(np.maximum(set_up[:, active], operator.up @ np.where(lost < FLOOR, 0.0, lost)), 1.0)
            rise = np.maximum(rise, (new - lost).max(axis=0, initial=0.0))
            up[:, active] = new
        rounds[active] += 1
        residual[active] = rise
        # A shock that has stopped is not changed again.
        active = active[(rise > task.eps) & (rounds[active] < task.cap)]
    return down, up, rounds, residual


def downstream(
    network: Network, flows: Flows, operator: Operators, down: Floats, initial_loss: Floats, replaceability: bool
) -> Floats:
    """Return the downstream losses one round after ``down``, (n, shocks)."""
    lost = down * sigma(flows, operator, down) if replaceability else down
    new = initial_loss.copy()
    if network.slots:
        short = operator.down @ np.where(lost < FLOOR, 0.0, lost)
        owners = np.flatnonzero(np.diff(network.slot_start))
        worst = np.maximum.reduceat(short, network.slot_start[owners], axis=0)
        new[owners] = np.maximum(new[owners], worst)
    return np.minimum(new, 1.0)


def sigma(flows: Flows, operator: Operators, down: Floats) -> Any:
    """Return sigma: the sales of each firm over the remaining sales of its sector, at most 1, (n, shocks)."""
    remaining = operator.sector @ (1.0 - down)
    remaining[remaining <= NO_SALES] = 1.0
    return np.minimum(1.0, flows.sales[:, None] / remaining[flows.sector])
