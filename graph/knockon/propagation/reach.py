"""What is downstream (or upstream) at all, and at how many steps: weights, words and combinations aside.

A breadth-first search over every slot from need and providers to owner; exact,
with no cap on depth.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from knockon.network.hits import NODE, SLOT, SUPPLY, Hits
from knockon.network.network import Floats, Ints, Network, Rows
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
    step, slot, supply, source = (
        np.stack([row[column] for row in rows]) if rows else np.zeros((0, network.size), np.int64) for column in range(4)
    )
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
        parameters={"upstream": upstream},
    )


def _search(network: Network, hits: Hits, shock: int, upstream: bool) -> tuple[Ints, Ints, Ints, Ints]:
    """Step, slot, supply and source of every node that one shock reaches."""
    edges = network.edges
    into, out = (edges.into_start, edges.into), (edges.out_start, edges.out)
    (start, edge), end = (into, edges.source) if upstream else (out, edges.owner)
    step, by_slot, by_supply, by_source = (np.full(network.size, NONE, np.int64) for _ in range(4))
    mine = hits.of_shock(shock)
    mine = mine[hits.severity[1, mine] > 0]
    frontier = np.unique(hits.index[mine[hits.kind[mine] == NODE]])
    step[frontier] = 0
    depth = 0
    while frontier.size or depth == 0:
        depth += 1
        live = edge[_ranges(start[frontier], start[frontier + 1])]
        first = _first(live, end, step)
        frontier = end[first]
        step[frontier] = depth
        by_slot[frontier], by_supply[frontier] = edges.slot[first], edges.supply[first]
        by_source[frontier] = (edges.owner if upstream else edges.source)[first]
        if depth == 1:
            node, slot, supply = _struck(network, hits, mine, upstream)
            fresh = np.flatnonzero(step[node] == NONE)
            fresh = fresh[np.unique(node[fresh], return_index=True)[1]]
            step[node[fresh]] = 1
            by_slot[node[fresh]], by_supply[node[fresh]] = slot[fresh], supply[fresh]
            frontier = np.concatenate([frontier, node[fresh]])
    return step, by_slot, by_supply, by_source


def _ranges(start: Ints, stop: Ints) -> Ints:
    """The numbers of several ranges, one after the other."""
    width = stop - start
    before = np.cumsum(width) - width
    first: Ints = np.repeat(start - before, width)
    return first + np.arange(len(first))


def _first(live: Ints, end: Rows, step: Ints) -> Ints:
    """Of the edges that lead to nodes not yet reached, the first to each: a need before a supply."""
    live = live[step[end[live]] == NONE]
    node = end[live]
    # A mark that no step has, lowered to the number of the first edge; the step overwrites it.
    step[node] = np.iinfo(np.int64).max
    np.minimum.at(step, node, live)
    return live[step[node] == live]


def _struck(network: Network, hits: Hits, mine: Ints, upstream: bool) -> tuple[Ints, Ints, Ints]:
    """The nodes one step from the slots and supplies that are hit themselves, with the slot and supply of each."""
    kind, index = hits.kind[mine], hits.index[mine]
    supply = np.unique(index[kind == SUPPLY])
    slot = np.concatenate([np.unique(index[kind == SLOT]), network.supply_slot[supply]])
    supply = np.concatenate([np.full(len(slot) - len(supply), NONE), supply])
    if not upstream:
        return network.slot_owner[slot], slot, supply
    edges = network.edges
    whole = np.isin(edges.slot, slot[supply == NONE])
    chosen = np.flatnonzero(whole | np.isin(edges.supply, supply[supply != NONE]))
    return edges.source[chosen], edges.slot[chosen], edges.supply[chosen]


def _short(network: Network, hits: Hits, reached: Floats) -> Floats:
    """1 for every slot that has a source among the reached, or is hit itself."""
    edges = network.edges
    short = np.zeros((len(reached), network.slots))
    for row in range(len(reached)):
        short[row, edges.slot[reached[row, edges.source] > 0]] = 1.0
    struck = (hits.kind != NODE) & (hits.severity[1] > 0)
    for kind in (SLOT, SUPPLY):
        pick = struck & (hits.kind == kind)
        slot = hits.index[pick] if kind == SLOT else network.supply_slot[hits.index[pick]]
        short[hits.shock[pick], slot] = 1.0
    return short
