"""Find the cycles of nodes that need each other, and the links that make them up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from knockon.network.network import NONE, Ints, Mode, Network
from knockon.propagation.bounds import POINT

if TYPE_CHECKING:
    import networkx as nx

#: Of more nodes than so many around another one only half of those that lead back to it are looked for.
_NEAR = 300


def link_graph(network: Network) -> nx.DiGraph:
    """Return a graph from each dependant to its needs and providers.

    Of several links between the same two it has the strongest, then one that is not partial.
    """
    import networkx as nx

    edges, entity, names = network.edges, network.entity.tolist(), list(network.nodes)
    graph = nx.DiGraph()
    order = _by_strength(network)
    columns = (edges.owner, edges.source, edges.slot, edges.supply)
    for owner, source, slot, supply in zip(*(column[order].tolist() for column in columns), strict=True):
        ends = names[entity[owner]], names[entity[source]]
        # Parts and records are the entity itself, and an entity is no loop of its own.
        if ends[0] != ends[1] and not graph.has_edge(*ends):
            graph.add_edge(*ends, slot=slot, supply=supply)
    return graph


def _by_strength(network: Network) -> Ints:
    """Return the edges of a network, the strongest first, then those that are not partial, then by supply and slot."""
    edges = network.edges
    point = np.array(network.weights[POINT])
    if len(network.hidden_entity):
        # What an entity loses by a part of a whole is its portion.
        for slot in np.flatnonzero(network.slot_owner >= network.entities).tolist():
            point[slot] = network.weight(slot).point
    share, partial = np.ones(len(edges.slot)), np.zeros(len(edges.slot), bool)
    by_supply = np.flatnonzero(edges.supply != NONE)
    slots, supplies = edges.slot[by_supply], edges.supply[by_supply]
    mode = np.asarray(network.mode)[slots]
    share[by_supply] = np.where(mode == Mode.SHARES, network.supply_share[supplies], 1.0)
    required = np.where(mode == Mode.ANY_OF, 1, network.at_least[slots])
    can_be_replaced = (mode == Mode.ANY_OF) | (mode == Mode.AT_LEAST)
    partial[by_supply] = can_be_replaced & (np.diff(network.supply_start)[slots] > required)
    order: Ints = np.lexsort((edges.slot, edges.supply, partial, -(point[edges.slot] * share)))
    return order


def is_loop(network: Network, graph: nx.DiGraph, pairs: Sequence[tuple[str, str]]) -> bool:
    """Return whether a loss goes around a cycle of the graph."""
    return is_chain(network, graph, [*pairs, *pairs[:1]])


def is_chain(network: Network, graph: nx.DiGraph, pairs: Sequence[tuple[str, str]]) -> bool:
    """Return whether a loss passes along links of the graph that follow each other.

    It does not where a dependant needs an entity without its provisions, and the next link is one of these provisions.
    """
    for (dependant, needed), after in pairwise(pairs):
        link, following = graph.edges[dependant, needed], graph.edges[after]
        if link["slot"] is None or following["slot"] is None or needed not in network.index:
            continue
        row = network.index[needed]
        source = network.slot_need[link["slot"]] if link["supply"] == NONE else network.supply_provider[link["supply"]]
        without_provisions = network.twin[row] != NONE and source == network.twin[row]
        if without_provisions and network.slot_owner[following["slot"]] == row:
            return False
    return True


def supplier_share(network: Network, slot: int, supply: int) -> float:
    """Return the share (0..1) of a need that a supplier meets; 1 where the combination is not shares."""
    return float(network.supply_share[supply]) if supply != NONE and network.mode[slot] == Mode.SHARES else 1.0


def is_partial(network: Network, slot: int, supply: int) -> bool:
    """Return whether other suppliers can take the place of this one, so that it may fail and nothing is lost."""
    if supply == NONE or network.mode[slot] not in {Mode.ANY_OF, Mode.AT_LEAST}:
        return False
    required = 1 if network.mode[slot] == Mode.ANY_OF else network.at_least[slot]
    return bool(network.supply_start[slot + 1] - network.supply_start[slot] > required)


def link_pairs(node_cycles: Iterable[Sequence[str]]) -> Iterator[list[tuple[str, str]]]:
    """Yield the pairs of neighbours of each cycle, beginning with the least of its names.

    >>> list(link_pairs([["b", "a"]]))
    [[('a', 'b'), ('b', 'a')]]
    """
    for cycle in node_cycles:
        first = cycle.index(min(cycle))
        yield list(pairwise([*cycle[first:], *cycle[:first], cycle[first]]))


def cycles(graph: nx.DiGraph, start: str | None, length: int) -> Iterator[Sequence[str]]:
    """Yield the elementary cycles of at most ``length`` nodes; those through ``start`` where it is given.

    >>> import networkx as nx
    >>> [sorted(cycle) for cycle in cycles(nx.DiGraph([("a", "b"), ("b", "a"), ("b", "c")]), "b", 8)]
    [['a', 'b']]
    """
    if start is not None:
        yield from _through(graph, start, length) if start in graph else ()
        return
    # Each cycle is found from its least node, among the greater ones.
    yield from cycles_through(graph, graph, length)


def cycles_through(graph: nx.DiGraph, nodes: Iterable[str], length: int) -> Iterator[Sequence[str]]:
    """Yield the elementary cycles of at most ``length`` nodes that go through any of some nodes, each once.

    >>> import networkx as nx
    >>> [sorted(cycle) for cycle in cycles_through(nx.DiGraph([("a", "b"), ("b", "a"), ("b", "c"), ("c", "b")]), "ca", 8)]
    [['a', 'b'], ['b', 'c']]
    """
    import networkx as nx

    # Nodes outside of cycles are left out at once.
    left = nx.DiGraph()
    for part in nx.strongly_connected_components(graph):
        if len(part) > 1 or any(graph.has_edge(node, node) for node in part):
            left.update(graph.subgraph(part))
    for node in sorted(node for node in nodes if node in left):
        yield from _through(left, node, length)
        left.remove_node(node)


def _through(graph: nx.DiGraph, start: str, length: int) -> Iterator[list[str]]:
    """Yield the cycles through a node: paths from it that never go further away than the links left can lead back."""
    back, known = _ways_back(graph, start, length)
    path = [start]
    ahead = [iter(sorted(graph[start]))]
    while ahead:
        node = next(ahead[-1], None)
        if node is None:
            ahead.pop()
            path.pop()
        elif node == start:
            yield list(path)
        elif node not in path and len(path) + back.get(node, known + 1) <= length:
            path.append(node)
            ahead.append(iter(sorted(graph[node])))


def _ways_back(graph: nx.DiGraph, start: str, length: int) -> tuple[dict[str, int], int]:
    """Return the number of links that lead from nodes to one, for all with at most a number of links, and that number.

    That is one less than the length where these are few nodes. Where they are many, half of them are enough: a path that goes
    further away is then followed for half of the length before it is given up.
    """
    back, front, known = {start: 0}, [start], 0
    while front and known < length - 1 and (2 * known < length or len(back) <= _NEAR):
        known += 1
        following = []
        for node in front:
            for other in graph.pred[node]:
                if other not in back:
                    back[other] = known
                    following.append(other)
        front = following
    return back, known if front else length


def longer_exist(graph: nx.DiGraph, start: str | None, length: int) -> bool:
    """Return whether more than ``length`` entities reach each other, so that longer loops may exist."""
    import networkx as nx

    return any(len(part) > length for part in nx.strongly_connected_components(graph) if start is None or start in part)


__all__ = [
    "cycles",
    "cycles_through",
    "is_chain",
    "is_loop",
    "is_partial",
    "link_graph",
    "link_pairs",
    "longer_exist",
    "supplier_share",
]
