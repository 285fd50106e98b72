"""What is downstream (or upstream) at all, and at how many steps: weights, words and combinations aside.

A breadth-first search over every slot from need and providers to owner; exact,
with no cap on depth.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from knockon.network.hits import NODE, SLOT, SUPPLY, Hits
from knockon.network.network import Ints, Network
from knockon.propagation.result import NONE, Result, Stop


def reach(network: Network, shocks: Hits | npt.ArrayLike | None = None, *, upstream: bool = False) -> Result:
    """1 for every node that k shocks reach, 0 for the others, with the number of steps.

    Parameters
    ----------
    network
        The compiled network.
    shocks
        What is hit: Hits, node numbers, a (k, n) array of losses, or None for each node in turn.
    upstream
        Follow needs and providers instead of dependants.

    Examples
    --------
    >>> from knockon.model import Dependency
    >>> from knockon.network.compile import compile_network
    >>> chain = [Dependency(id=f"urn:x:d{i}", dependant=f"urn:x:{i + 1}", need=f"urn:x:{i}") for i in range(3)]
    >>> reach(compile_network(chain).network, [0]).step.tolist()
    [[0, 1, 2, 3]]
    """
    hits = Hits.of(network, shocks)
    rows = [_search(network, hits, shock, upstream) for shock in range(hits.count)]
    step = np.stack([row[0] for row in rows]) if rows else np.zeros((0, network.size), np.int64)
    slot = np.stack([row[1] for row in rows]) if rows else step.copy()
    supply = np.stack([row[2] for row in rows]) if rows else step.copy()
    source = np.stack([row[3] for row in rows]) if rows else step.copy()
    exact: Stop = "tolerance"
    reached = (step >= 0).astype(np.float64)
    return Result(
        model="reach",
        loss=reached,
        low=reached,
        high=reached,
        step=step,
        slot=slot,
        supply=supply,
        source=source,
        shortage=_short(network, hits, reached),
        iterations=np.maximum(step.max(axis=1, initial=0), 0),
        residual=np.zeros(hits.count),
        stopped_by=(exact,) * hits.count,
    )


def _edges(network: Network) -> tuple[Ints, Ints, Ints, Ints]:
    # Need edges first, so that among equal steps the need binds before a provider.
    source = np.concatenate([network.slot_need, network.supply_provider])
    owner = np.concatenate([network.slot_owner, network.slot_owner[network.supply_slot]])
    slot = np.concatenate([np.arange(network.slots), network.supply_slot])
    supply = np.concatenate([np.full(network.slots, NONE), np.arange(network.supplies)])
    return source, owner, slot, supply


def _search(network: Network, hits: Hits, shock: int, upstream: bool) -> tuple[Ints, Ints, Ints, Ints]:
    source, owner, slot, supply = _edges(network)
    begin, end = (owner, source) if upstream else (source, owner)
    step = np.full(network.size, NONE, np.int64)
    by_slot, by_supply, by_source = step.copy(), step.copy(), step.copy()
    mine = (hits.shock == shock) & (hits.severity[1] > 0)
    step[hits.index[mine & (hits.kind == NODE)]] = 0
    frontier = np.flatnonzero(step == 0)
    direct = [(int(row), NONE) for row in hits.index[mine & (hits.kind == SLOT)]]
    direct += [(int(network.supply_slot[row]), int(row)) for row in hits.index[mine & (hits.kind == SUPPLY)]]
    depth = 0
    while frontier.size or (depth == 0 and direct):
        live = np.flatnonzero(np.isin(begin, frontier) & (step[end] == NONE))
        depth += 1
        first = live[np.unique(end[live], return_index=True)[1]]
        found = end[first]
        by_slot[found], by_supply[found], by_source[found] = slot[first], supply[first], begin[first]
        step[found] = depth
        if depth == 1:
            for row, which in sorted(direct):
                node = int(network.slot_owner[row])
                if step[node] == NONE:
                    step[node], by_slot[node], by_supply[node] = 1, row, which
                    found = np.append(found, node)
        frontier = found
    return step, by_slot, by_supply, by_source


def _short(network: Network, hits: Hits, reached: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    short = np.maximum(reached[:, network.slot_need], 0.0)
    for row, supply in enumerate(network.supply_slot):
        short[:, supply] = np.maximum(short[:, supply], reached[:, network.supply_provider[row]])
    for kind, rows in ((SLOT, None), (SUPPLY, network.supply_slot)):
        pick = (hits.kind == kind) & (hits.severity[1] > 0)
        index = hits.index[pick] if rows is None else rows[hits.index[pick]]
        short[hits.shock[pick], index] = 1.0
    return short
