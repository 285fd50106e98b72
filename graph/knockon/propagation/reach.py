"""Find what is downstream (or upstream) at all, and at how many steps, whatever the weights and combinations.

A breadth-first search over every slot from need and providers to owner; exact,
with no cap on depth.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from knockon.network.hits import NODE, SLOT, SUPPLY, Hits
from knockon.network.network import Bools, Floats, Ints, Network, Rows
from knockon.propagation.checks import require_network
from knockon.propagation.hidden_nodes import by_entity
from knockon.propagation.kernels import Engine, choose_engine
from knockon.propagation.result import NONE, Result, Stop
from knockon.propagation.traversal import next_nodes, search

#: Below this many supplies, times shocks, the compiler would cost more than it saves.
COMPILE_FROM = 1_000_000


def reach(
    network: Network, shocks: Hits | npt.ArrayLike | None = None, *, upstream: bool = False, engine: Engine = "auto"
) -> Result:
    """Return 1 for every node that k shocks reach, 0 for the others, with the number of steps.

    Parameters
    ----------
    network
        The compiled network.
    shocks
        What is hit: Hits, node numbers, a (k, n) array of losses, or None for each node in turn.
    upstream
        Follow needs and providers instead of dependants.
    engine
        ``numba`` for a compiled search (extra ``fast``), ``numpy`` for a plain one, ``auto`` for what the size asks for.

    Returns
    -------
    Result
        Losses of 1 or 0, and the steps from what is hit.

    Examples
    --------
    >>> from knockon.model import Dependency
    >>> from knockon.network.compile import compile_network
    >>> chain = [Dependency(id=f"urn:x:d{i}", dependant=f"urn:x:{i + 1}", need=f"urn:x:{i}") for i in range(3)]
    >>> reach(compile_network(chain).network, [0]).step.tolist()
    [[0, 1, 2, 3]]
    """
    require_network(network, "reach")
    hits = Hits.of(network, shocks)
    engine_used = choose_engine(engine, network.supplies * hits.count < COMPILE_FROM)
    step, slot, supply, source = (np.full((hits.count, network.size), NONE, np.int64) for _ in range(4))
    short = np.zeros((hits.count, network.slots))
    for row in range(hits.count):
        one_search = _Search(network, hits, row, upstream, step[row], short[row])
        one_search.run(engine_used)
        slot[row], supply[row], source[row] = one_search.bindings()
    exact: Stop = "tolerance"
    reached = (step >= 0).astype(np.float64)
    return Result(
        model="reach",
        **by_entity(network, (reached, reached, reached), (step, slot, supply, source), upstream=upstream),
        shortage=short,
        iterations=np.maximum(step.max(axis=1, initial=0), 0),
        residual=np.zeros(hits.count),
        stopped_by=(exact,) * hits.count,
        parameters={"upstream": upstream, "engine": engine_used},
    )


class _Search:
    """The breadth-first search of one shock, which fills in ``step`` (nodes) and ``short`` (slots)."""

    def __init__(self, network: Network, hits: Hits, shock: int, upstream: bool, step: Ints, short: Floats) -> None:
        self.network, self.hits, self.upstream, self.step, self.short = network, hits, upstream, step, short
        edges = network.edges
        self.start, self.ways = (edges.into_start, edges.ways_in) if upstream else (edges.out_start, edges.ways_out)
        self.hidden = network.size > network.entities
        if self.hidden:
            inner = network.inner_edges[self.ways[:, 0]]
            self.inner_start, self.inner_ways = _some_ways(self.start, self.ways, inner)
            self.start, self.ways = _some_ways(self.start, self.ways, ~inner)
        hit_rows = hits.of_shock(shock)
        self.hit_rows = hit_rows[hits.severity[1, hit_rows] > 0]
        self.by_edge = np.full(network.size, NONE, np.int64)
        # Nodes that a hit on a slot or supply reaches have no edge behind them.
        self.hit_slot, self.hit_supply = self.by_edge.copy(), self.by_edge.copy()

    def run(self, engine: str) -> None:
        """Run the search with an engine."""
        first = np.unique(self.hits.index[self.hit_rows[self.hits.kind[self.hit_rows] == NODE]])
        if self.hidden:
            twins = self.network.twin[first[first < self.network.entities]]
            first = np.union1d(first, twins[twins != NONE])
        self.step[first] = 0
        if self.hidden:
            self._run_with_hidden(first)
            return
        # Hits on slots and supplies reach nodes in one step, as the nodes that are hit do.
        frontier = np.concatenate(
            [next_nodes(first, self.start, self.ways, self.step, self.by_edge, self.short), self._hit_nodes()]
        )
        if engine == "numba":
            from knockon.propagation.kernels.search import search as compiled_search

            # A byte for each slot stays in the cache where a number does not.
            short = np.zeros(len(self.short), np.uint8)
            compiled_search(frontier, self.start, self.ways.view(f"u{self.ways.itemsize}"), self.step, self.by_edge, short)
            np.maximum(self.short, short, out=self.short)
        else:
            search(frontier, self.start, self.ways, self.step, self.by_edge, self.short)
        self._finish()

    def _run_with_hidden(self, first: Ints) -> None:
        """Search where edges between hidden nodes of one entity are no step: they are followed before the next step."""
        frontier = self._at_once(first)
        frontier = np.concatenate([self._next(frontier), self._hit_nodes()])
        while frontier.size:
            frontier = self._next(self._at_once(frontier))
        self._finish()

    def _next(self, frontier: Ints) -> Ints:
        return next_nodes(frontier, self.start, self.ways, self.step, self.by_edge, self.short)

    def _at_once(self, frontier: Ints) -> Ints:
        """Return nodes with those that are no further step away."""
        reached = [frontier]
        while reached[-1].size:
            reached.append(
                next_nodes(reached[-1], self.inner_start, self.inner_ways, self.step, self.by_edge, self.short, cost=0)
            )
        return np.concatenate(reached)

    def _finish(self) -> None:
        """Note the slots that are short without being on the way, and those that are hit."""
        # Upstream, slots of reached nodes may be short that the search did not pass through.
        if self.upstream:
            edges = self.network.edges
            self.short[edges.slot[self.step[edges.source] != NONE]] = 1.0
        self._hit_slots()

    def bindings(self) -> tuple[Ints, Ints, Ints]:
        """Return slot, supply and source of every node; -1 where there is none."""
        edges = self.network.edges
        reached = np.flatnonzero(self.by_edge != NONE)
        edge = self.by_edge[reached]
        slot, supply, source = self.hit_slot, self.hit_supply, np.full_like(self.by_edge, NONE)
        slot[reached], supply[reached] = edges.slot[edge], edges.supply[edge]
        source[reached] = (edges.owner if self.upstream else edges.source)[edge]
        return slot, supply, source

    def _hit_nodes(self) -> Ints:
        """Mark the nodes one step from slots and supplies that are hit, unless reached already, and return them."""
        node, slot, supply = _next_to_hits(self.network, self.hits, self.hit_rows, self.upstream)
        new = np.flatnonzero(self.step[node] == NONE)
        new = new[np.unique(node[new], return_index=True)[1]]
        reached = node[new].astype(np.int64)
        self.step[reached], self.hit_slot[reached], self.hit_supply[reached] = 1, slot[new], supply[new]
        return reached

    def _hit_slots(self) -> None:
        """Mark the slots that are hit themselves, or through their supplies, as short."""
        kind, index = self.hits.kind[self.hit_rows], self.hits.index[self.hit_rows]
        self.short[index[kind == SLOT]] = 1.0
        self.short[self.network.supply_slot[index[kind == SUPPLY]]] = 1.0


def _some_ways(start: Ints, ways: Rows, chosen: Bools) -> tuple[Ints, Rows]:
    """Return those of the edges out of nodes that are chosen, in the same form."""
    return np.concatenate([[0], np.cumsum(chosen)])[start].astype(np.int64), ways[chosen]


def _next_to_hits(network: Network, hits: Hits, hit_rows: Ints, upstream: bool) -> tuple[Ints, Ints, Ints]:
    """Return the nodes one step from the slots and supplies that are hit, with the slot and supply of each."""
    kind, index = hits.kind[hit_rows], hits.index[hit_rows]
    supply = np.unique(index[kind == SUPPLY])
    own_slots = np.unique(index[kind == SLOT])
    if len(network.hit_with):
        own_slots = np.flatnonzero(np.isin(network.hit_with, network.hit_with[own_slots]))
    slot = np.concatenate([own_slots, network.supply_slot[supply]])
    supply = np.concatenate([np.full(len(slot) - len(supply), NONE), supply])
    if not upstream:
        return network.slot_owner[slot], slot, supply
    edges = network.edges
    of_slot = np.isin(edges.slot, slot[supply == NONE])
    chosen = np.flatnonzero(of_slot | np.isin(edges.supply, supply[supply != NONE]))
    return edges.source[chosen], edges.slot[chosen], edges.supply[chosen]
