"""Find the nodes through which every path to a node has to pass, whatever the criticalities of the links.

The network is read as a plain directed graph, from needs and providers to
dependants. Its *ultimate sources* are the nodes that need nothing, and the
nodes of every cycle that needs nothing outside itself. A *dominator* of the target lies on every path from the ultimate
sources to it.

References
----------
K. D. Cooper, T. J. Harvey, K. Kennedy, "A Simple, Fast Dominance Algorithm",
Software Practice and Experience 4:1-10 (2001): what networkx computes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from knockon.network.network import NONE, Network

if TYPE_CHECKING:
    import networkx as nx

#: A node before all sources, which is not a row of the network.
_ROOT = -1


class Bottlenecks(NamedTuple):
    """The nodes that all paths to a target have in common, as rows of a network, ascending.

    ``sources`` are the ultimate ones, ``dominators`` lie on every path from
    them, ``narrowest`` is a smallest set of nodes that every path meets (a
    minimum vertex cut; of several equally small ones, one).
    """

    sources: tuple[int, ...]
    dominators: tuple[int, ...]
    narrowest: tuple[int, ...]


def bottlenecks(network: Network, target: int) -> Bottlenecks:
    """Return the ultimate sources, the dominators and a minimum vertex cut of a target.

    ``network`` holds the target and everything it depends on, and nothing else (see
    :func:`knockon.propagation.structure.upstream.upstream`).

    >>> from knockon.model import Dependency
    >>> from knockon.network.compile import compile_network
    >>> pairs = ["ba", "ca", "db", "dc", "ed"]
    >>> needs = [Dependency(id=f"urn:x:{p}", dependant=f"urn:x:{p[0]}", need=f"urn:x:{p[1]}") for p in pairs]
    >>> result = bottlenecks(compile_network(needs).network, 4)
    >>> result.sources, result.dominators, len(result.narrowest)
    ((0,), (0, 3), 1)
    """
    import networkx as nx

    graph = _flow(network)
    first = _sources(graph) - {target}
    sources = _entities(network, first, target)
    if not sources:
        return Bottlenecks((), (), ())
    graph.add_edges_from((_ROOT, source) for source in first)
    dominator = nx.immediate_dominators(graph, _ROOT)
    dominators = []
    node = dominator[target]
    while node != _ROOT:
        dominators.append(node)
        node = dominator[node]
    # A minimum cut of one node is a dominator. The search of networkx would give the nearest one too, and takes far longer.
    narrowest = dominators[:1] or nx.minimum_node_cut(graph, _ROOT, target)
    return Bottlenecks(sources, _entities(network, dominators, target), _entities(network, narrowest, target))


def _flow(network: Network) -> nx.DiGraph:
    """Return the graph from needs and providers to dependants."""
    import networkx as nx

    # A part or a record is the entity itself; what an entity is without its provisions is a node of its own.
    node = network.entity.copy()
    twins = network.twin[network.twin != NONE]
    node[twins] = twins
    graph = nx.DiGraph()
    edges = network.edges
    # The failure of a provider without effect takes no path.
    passed_on = ~network.idle[edges.source]
    ends = node[edges.source[passed_on]], node[edges.owner[passed_on]]
    graph.add_nodes_from(np.union1d(*ends).tolist())
    graph.add_edges_from(zip(*(nodes.tolist() for nodes in ends), strict=True))
    graph.remove_edges_from(list(nx.selfloop_edges(graph)))
    return graph


def _entities(network: Network, nodes: Iterable[int], target: int) -> tuple[int, ...]:
    """Return the entities that nodes stand for, without the target."""
    return tuple(sorted({int(network.entity[node]) for node in nodes} - {target}))


def _sources(graph: nx.DiGraph) -> set[int]:
    """Return the nodes of every strongly connected component that has no edge from outside."""
    import networkx as nx

    components = nx.condensation(graph)
    return {
        node for component, feeders in components.in_degree() if not feeders for node in components.nodes[component]["members"]
    }


__all__ = ["Bottlenecks", "bottlenecks"]
