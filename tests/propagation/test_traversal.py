"""Breadth-first traversal, against networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.network.arrays import NONE
from knockon.network.network import Network
from knockon.propagation.kernels import available
from knockon.propagation.traversal import first_arrivals, on_cycles, search, steps_from

SIZE = 9
NODES = st.integers(0, SIZE - 1)
LINKS = st.lists(st.tuples(NODES, NODES), max_size=30)


def graph_of(links: list[tuple[int, int]]) -> nx.DiGraph:
    graph = nx.DiGraph(links)
    graph.add_nodes_from(range(SIZE))
    return graph


def nearest(graph: nx.DiGraph, first: set[int], depth: int | None = None) -> dict[int, int]:
    """The steps from the nearest of some nodes, by networkx."""
    found: dict[int, int] = {}
    for start in first:
        for node, steps in nx.single_source_shortest_path_length(graph, start, cutoff=depth).items():
            found[node] = min(steps, found.get(node, steps))
    return found


@given(LINKS, st.sets(NODES, min_size=1), st.none() | st.integers(0, 4), st.booleans())
def test_steps_from(links: list[tuple[int, int]], first: set[int], depth: int | None, back: bool) -> None:
    """Steps forward and back, to any depth, are those of shortest paths, and come in ascending order."""
    graph = graph_of(links).reverse() if back else graph_of(links)
    found = steps_from(sorted(first), graph.__getitem__, depth=depth)
    assert found == nearest(graph, first, depth)
    assert list(found.values()) == sorted(found.values())


@given(LINKS, st.sets(NODES, min_size=1), st.sets(NODES))
def test_steps_from_within_some_nodes(links: list[tuple[int, int]], first: set[int], within: set[int]) -> None:
    """Only the nodes allowed are passed through, beside those of the start."""
    graph = graph_of(links)
    kept = graph_of([(a, b) for a, b in links if b in within and (a in within or a in first)])
    assert steps_from(first, graph.__getitem__, within=within) == nearest(kept, first)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@given(links=LINKS, start=NODES, back=st.booleans())
def test_search(engine: str, links: list[tuple[int, int]], start: int, back: bool) -> None:
    """Over the edges of a network: steps, the lowest of the edges that arrive first, and the slots that are followed."""
    if engine == "numba" and not available():
        pytest.skip("the compiled kernels need numba")
    flows = [(a, b) for a, b in links if a != b]
    network = Network.from_flows(*(list(column) for column in zip(*flows, strict=True)), [1.0] * len(flows),
                                 sector=[0] * SIZE) if flows else Network.from_flows([], [], [], sector=[0] * SIZE)  # fmt: skip
    edges = network.edges
    begin, ways = (edges.into_start, edges.ways_in) if back else (edges.out_start, edges.ways_out)
    step, by_edge, short = np.full(SIZE, NONE, np.int64), np.full(SIZE, NONE, np.int64), np.zeros(network.slots, np.uint8)
    step[start] = 0
    if engine == "numba":
        from knockon.propagation.kernels.search import search as compiled

        compiled(np.array([start]), begin, ways.view(f"u{ways.itemsize}"), step, by_edge, short)
    else:
        search(np.array([start]), begin, ways, step, by_edge, short)
    near, far = (edges.owner, edges.source) if back else (edges.source, edges.owner)
    expected = nearest(graph_of(list(zip(near.tolist(), far.tolist(), strict=True))), {start})
    assert {node: int(steps) for node, steps in enumerate(step) if steps != NONE} == expected
    for node, steps in expected.items():
        arriving = [edge for edge in range(len(near)) if far[edge] == node and expected.get(int(near[edge])) == steps - 1]
        assert by_edge[node] == (min(arriving) if steps else NONE)
    followed = {int(edges.slot[edge]) for edge in range(len(near)) if int(near[edge]) in expected}
    assert set(np.flatnonzero(short).tolist()) == followed


@given(LINKS, st.dictionaries(NODES, st.integers(0, 3), min_size=1))
def test_first_arrivals(links: list[tuple[int, int]], known: dict[int, int]) -> None:
    """From nodes that are some steps away already: shortest paths, and of equally near sources the edge that comes first."""
    step = np.array([known.get(node, NONE) for node in range(SIZE)])
    source, target = (np.array([link[end] for link in links], np.int64) for end in (0, 1))
    arrived = first_arrivals(step, source, target)
    graph = graph_of([link for link in links if link[1] not in known])
    graph.add_weighted_edges_from([("start", node, steps) for node, steps in known.items()])
    expected = nx.single_source_dijkstra_path_length(graph, "start", weight=lambda _a, _b, link: link.get("weight", 1))
    assert {node: int(steps) for node, steps in enumerate(step) if steps != NONE} == {
        node: steps for node, steps in expected.items() if node != "start"
    }
    assert sorted(target[arrived].tolist()) == sorted(set(expected) - {"start"} - set(known))
    for edge in arrived.tolist():
        near = [e for e in range(len(links)) if target[e] == target[edge] and step[source[e]] == step[target[edge]] - 1]
        assert edge == min(e for e in near if step[source[e]] != NONE)


@given(st.lists(st.integers(-1, SIZE - 1), min_size=SIZE, max_size=SIZE))
def test_on_cycles(source: list[int]) -> None:
    """The nodes from which following the sources leads back."""
    graph = nx.DiGraph([(node, behind) for node, behind in enumerate(source) if behind != NONE])
    cycles = {
        node for part in nx.strongly_connected_components(graph) for node in part if len(part) > 1 or graph.has_edge(node, node)
    }
    assert on_cycles(np.array(source)).tolist() == sorted(cycles)
