"""A canonical order of vertices with equal colours, which does not depend on the names of the vertices.

One vertex of a class is individualised, the others are refined again, and so on (individualisation and refinement; McKay and
Piperno, Practical graph isomorphism II, 2014). Every vertex of the class is tried, except those that a known symmetry maps
to one that was tried; the smallest result is used. That can take unlimited time. So each component of the graph has a budget
in proportion to its size, and when it is exhausted the first vertex in the given order is individualised without trying others.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from knockon.rdf.blank_graph import components
from knockon.rdf.refinement import Budget, Edges, Exhausted, Partition

#: The deepest recursion of the search.
_MAX_DEPTH = 100
Colours = Mapping[int, int]


def canonical_order(edges: Edges, colours: Colours, steps: int) -> tuple[list[int], list[int]]:
    """Return all vertices in order, and those whose order depends on the given order.

    Parameters
    ----------
    edges
        The edges of each vertex; ``colours`` must have been refined over them.
    colours
        The number of the class of each vertex.
    steps
        The most edges and vertices that may be visited in total.
    """
    singletons, rest = _split_singletons(colours)
    size = sum(len(edges[vertex]) + 1 for vertex in rest)
    results, ambiguous = [], []
    for part in components(edges, rest):
        own = {vertex: colours[vertex] for vertex in part}
        share = sum(len(edges[vertex]) + 1 for vertex in part) / size
        try:
            order = _Search(edges, Budget(steps * share)).order(own)
        except Exhausted:
            order, proven = _in_order_given(Partition(edges, _dense(own), Budget(float("inf"))))
            ambiguous += [] if proven else part
        results.append((_certificate(edges, own, order), order))
    results.sort(key=lambda result: result[0])
    return [*singletons, *(vertex for _, order in results for vertex in order)], ambiguous


class _Search:
    """The search for the order of one component of a graph."""

    def __init__(self, edges: Edges, budget: Budget) -> None:
        self.edges, self.budget = edges, budget

    def order(self, colours: Colours, depth: int = 0) -> list[int]:
        """Return the vertices in an order that depends only on the graph."""
        order: list[int] = []
        while True:
            self._spend(colours)
            singletons, rest = _split_singletons(colours)
            order += singletons
            parts = list(components(self.edges, rest))
            if len(parts) != 1:
                return [*order, *self._join_components([{v: colours[v] for v in part} for part in parts], depth)]
            colours = {vertex: colours[vertex] for vertex in parts[0]}
            if singletons:
                continue
            colours, final_order = self._individualise(colours, depth)
            if final_order is not None:
                return [*order, *final_order]

    def _join_components(self, parts: Sequence[Colours], depth: int) -> list[int]:
        if depth > _MAX_DEPTH:
            raise Exhausted
        orders = [self.order(part, depth + 1) for part in parts]
        certified = sorted(
            ((_certificate(self.edges, p, o), o) for p, o in zip(parts, orders, strict=True)), key=lambda c: c[0]
        )
        return [vertex for _, order in certified for vertex in order]

    def _individualise(self, colours: Colours, depth: int) -> tuple[Colours, list[int] | None]:
        """Individualise one vertex; return finer colours, or the final order if several vertices had to be tried."""
        first = Partition(self.edges, _dense(colours), self.budget)
        choices = sorted(first.smallest() or ())
        if not first.individualise(choices[0]):
            # All vertices of the class have the same neighbours, so their order does not matter.
            for vertex in choices[1:-1]:
                first.individualise(vertex)
            return first.colours, None
        orbits = _Orbits()
        # The choices by the certificate of the order that each leads to: equal certificates prove a symmetry.
        tried: dict[str, _Choice] = {}
        for choice in choices:
            if any(orbits.same(choice, other.vertex) for other in tried.values()):
                continue
            partition = Partition(self.edges, _dense(colours), self.budget)
            partition.individualise(choice)
            finer = dict(partition.colours)
            leaf, _ = _in_order_given(partition)
            self._spend(colours)
            earlier = tried.setdefault(_certificate(self.edges, colours, leaf), _Choice(choice, finer, leaf))
            orbits.join(earlier.leaf, leaf)
        if len(tried) == 1:
            return next(iter(tried.values())).colours, None
        if depth > _MAX_DEPTH:
            raise Exhausted
        results = [self.order(choice.colours, depth + 1) for choice in tried.values()]
        return colours, min(results, key=lambda order: _certificate(self.edges, colours, order))

    def _spend(self, colours: Colours) -> None:
        self.budget.spend(sum(len(self.edges[vertex]) + 1 for vertex in colours))


class _Choice(NamedTuple):
    """An individualised vertex, the colours after it, and the order that it leads to without trying other vertices."""

    vertex: int
    colours: Colours
    leaf: list[int]


class _Orbits:
    """Sets of vertices that known symmetries map to each other (a union-find structure)."""

    def __init__(self) -> None:
        self._parents: dict[int, int] = {}

    def _root(self, vertex: int) -> int:
        while (parent := self._parents.get(vertex, vertex)) != vertex:
            self._parents[vertex] = self._parents.get(parent, parent)
            vertex = parent
        return vertex

    def same(self, first: int, second: int) -> bool:
        """Return whether a known symmetry maps one vertex to the other."""
        return self._root(first) == self._root(second)

    def join(self, before: Sequence[int], after: Sequence[int]) -> None:
        """Add a symmetry that maps each vertex of the first list to the vertex at the same position of the second."""
        for vertex, image in zip(before, after, strict=True):
            self._parents[self._root(vertex)] = self._root(image)


def _in_order_given(partition: Partition) -> tuple[list[int], bool]:
    """Individualise the first vertex of the smallest class until all classes have one vertex.

    Return the resulting order, and whether it is known to depend only on the graph.
    """
    proven = True
    while members := partition.smallest():
        proven &= not partition.individualise(min(members))
    return [next(iter(members)) for members in partition.classes], proven


def _split_singletons(colours: Colours) -> tuple[list[int], list[int]]:
    """Split vertices into those with a unique colour, in the order of the colours, and the others."""
    by_colour: dict[int, list[int]] = defaultdict(list)
    for vertex, colour in colours.items():
        by_colour[colour].append(vertex)
    singletons = [members[0] for _, members in sorted(by_colour.items()) if len(members) == 1]
    return singletons, [vertex for vertex, colour in colours.items() if len(by_colour[colour]) > 1]


def _dense(colours: Colours) -> dict[int, int]:
    """Renumber colours from 0 without gaps, in the same order."""
    rank = {colour: number for number, colour in enumerate(sorted(set(colours.values())))}
    return {vertex: rank[colour] for vertex, colour in colours.items()}


def _certificate(edges: Edges, colours: Colours, order: Sequence[int]) -> str:
    """Return a text that is equal for two orders if and only if mapping one to the other preserves colours and edges."""
    if len(order) == 1:
        return f"{colours[order[0]]:012d}"
    place = {vertex: number for number, vertex in enumerate(order)}
    lines = [
        (colours[vertex], *sorted((label, place[other]) for label, other in edges[vertex] if other in place))
        for vertex in order
    ]
    return "many " + hashlib.sha256(repr(lines).encode()).hexdigest()
