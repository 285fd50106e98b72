"""The best ways to a node are those that a search from node to node finds."""

from __future__ import annotations

import heapq
from collections import deque

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knockon.network.edges import Edges
from knockon.propagation.ways_to import fewest_links, greatest_products


@given(st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_ways_of_rounds_are_those_of_a_queue(size: int, seed: int) -> None:
    """Products of a best-first search, to the last bit, and links of a breadth-first one, with free ones."""
    draw = np.random.default_rng(seed)
    slots = int(draw.integers(1, 20))
    supplies = np.sort(draw.integers(0, slots, int(draw.integers(0, 20))))
    owners, needs = draw.integers(0, size, slots), draw.integers(-1, size, slots)
    edges = Edges.of(size, owners, needs, supplies, draw.integers(0, size, len(supplies)))
    factors = draw.choice([0, 0.1, 0.3, 0.7, 1.0], len(edges.source))
    free = draw.random(len(edges.source)) < draw.choice([0, 0.3])
    products, links = searched(edges, factors, free, size)
    assert greatest_products(edges, factors, 0).tolist() == products
    assert fewest_links(edges, free, 0).tolist() == links


def searched(edges: Edges, factors: np.ndarray, free: np.ndarray, size: int) -> tuple[list[float], list[int]]:
    products, links = [1.0] + [0.0] * (size - 1), [0] + [-1] * (size - 1)
    heap, queue = [(-1.0, 0)], deque([0])
    into = [edges.into[edges.into_start[node] : edges.into_start[node + 1]].tolist() for node in range(size)]
    while heap:
        negative, node = heapq.heappop(heap)
        for edge in into[node]:
            value, source = -negative * factors[edge], int(edges.source[edge])
            if value > products[source]:
                products[source] = value
                heapq.heappush(heap, (-value, source))
    while queue:
        node = queue.popleft()
        for edge in into[node]:
            source, steps = int(edges.source[edge]), links[node] + (not free[edge])
            if links[source] == -1 or steps < links[source]:
                links[source] = steps
                (queue.appendleft if free[edge] else queue.append)(source)
    return products, links
