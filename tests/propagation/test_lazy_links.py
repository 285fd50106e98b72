"""Links that are made when a search comes to them are those of the graph of all links, in the same order."""

from __future__ import annotations

from itertools import islice

import networkx as nx
import pytest

from knockon.network.network import Network
from knockon.propagation.structure.cycles import link_graph
from knockon.propagation.structure.lazy_links import lazy_link_graph
from support.random_networks import network_of_flows, network_of_records

NETWORKS = [*((network_of_records, seed) for seed in range(20)), *((network_of_flows, seed) for seed in range(4))]


@pytest.mark.parametrize(("make", "seed"), NETWORKS)
def test_lazy_links_are_all_links_in_their_order(make: object, seed: int) -> None:
    """Links out of and into each entity, and the chains that a search finds between two of them."""
    made = make(seed)  # type: ignore[operator] # one of two functions
    network: Network = made if isinstance(made, Network) else made[0]
    graph, lazy = link_graph(network), lazy_link_graph(network)
    assert {*lazy} == {*graph}
    assert len(lazy) == len(graph)
    for name in network.nodes:
        assert (name in lazy) == (name in graph)
    for name in graph:
        assert [*lazy[name].items()] == [*graph[name].items()]
        assert [*lazy.predecessors(name)] == [*graph.predecessors(name)]
    if len(graph):
        first, *_, last = graph
        assert _chains(lazy, first, last) == _chains(graph, first, last)


def _chains(graph: nx.DiGraph, first: str, last: str) -> list[list[str]]:
    if not nx.has_path(graph, first, last):
        return []
    return [*islice(nx.shortest_simple_paths(graph, first, last), 30)]
