"""An order of vertices that colours do not tell apart, which is the same however the vertices are named.

One of them is set apart, the rest refined again, and so on (individualisation and refinement; McKay and Piperno,
Practical graph isomorphism II, 2014). All that could be set apart are tried, but for those that some symmetry takes into one
that was tried; the least result is taken. That has no bound in general. So each part of the graph has a budget in
proportion to its size, and when that is used up the first one, in the order given, is set apart without trying others.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from knockon.rdf.blank_graph import components
from knockon.rdf.refinement import Budget, Edges, Exhausted, Partition

#: Nested parts that are looked at, before a shape counts as too large.
_DEPTH = 100
Colours = Mapping[int, int]


def ordered(edges: Edges, colours: Colours, steps: int) -> tuple[list[int], list[int]]:
    """Return all vertices in order, and those of them whose order follows from the order given alone.

    Parameters
    ----------
    edges
        The edges of each vertex; ``colours`` must have been refined over them.
    colours
        The number of the class of each vertex.
    steps
        The edges and vertices that may be looked at in all.
    """
    alone, rest = _alone(colours)
    in_parts = list(components(edges, rest))
    size = sum(len(edges[vertex]) + 1 for vertex in rest)
    results, tied = [], []
    for part in in_parts:
        own = {vertex: colours[vertex] for vertex in part}
        share = sum(len(edges[vertex]) + 1 for vertex in part) / size
        try:
            order = _Search(edges, Budget(steps * share)).order(own)
        except Exhausted:
            order, proven = _in_order_given(Partition(edges, _dense(own), Budget(float("inf"))))
            tied += [] if proven else part
        results.append((_certificate(edges, own, order), order))
    results.sort(key=lambda result: result[0])
    return [*alone, *(vertex for _, order in results for vertex in order)], tied


class _Search:
    """The search for one part of a graph."""

    def __init__(self, edges: Edges, budget: Budget) -> None:
        self.edges, self.budget = edges, budget

    def order(self, colours: Colours, depth: int = 0) -> list[int]:
        """Return the vertices in an order that follows from the graph alone."""
        order: list[int] = []
        while True:
            self._spend(colours)
            alone, rest = _alone(colours)
            order += alone
            parts = list(components(self.edges, rest))
            if len(parts) != 1:
                return [*order, *self._joined([{v: colours[v] for v in part} for part in parts], depth)]
            colours = {vertex: colours[vertex] for vertex in parts[0]}
            if alone:
                continue
            colours, settled = self._individualised(colours, depth)
            if settled is not None:
                return [*order, *settled]

    def _joined(self, parts: Sequence[Colours], depth: int) -> list[int]:
        if depth > _DEPTH:
            raise Exhausted
        found = [self.order(part, depth + 1) for part in parts]
        certified = sorted(((_certificate(self.edges, p, o), o) for p, o in zip(parts, found, strict=True)), key=lambda c: c[0])
        return [vertex for _, order in certified for vertex in order]

    def _individualised(self, colours: Colours, depth: int) -> tuple[Colours, list[int] | None]:
        """Set one vertex apart; return finer colours, or the order itself where several had to be tried to the end."""
        first = Partition(self.edges, _dense(colours), self.budget)
        choices = sorted(first.smallest() or ())
        if not first.individualise(choices[0]):
            # All of the class have the same neighbours: any order of them gives the same.
            for vertex in choices[1:-1]:
                first.individualise(vertex)
            return first.colours, None
        orbits = _Orbits()
        # What the choices lead to, when no others are tried further on: equal results prove a symmetry.
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
        if depth > _DEPTH:
            raise Exhausted
        results = [self.order(choice.colours, depth + 1) for choice in tried.values()]
        return colours, min(results, key=lambda order: _certificate(self.edges, colours, order))

    def _spend(self, colours: Colours) -> None:
        self.budget.spend(sum(len(self.edges[vertex]) + 1 for vertex in colours))


class _Choice(NamedTuple):
    """A vertex that was set apart, the colours after it, and the order that comes of it without trying others."""

    vertex: int
    colours: Colours
    leaf: list[int]


class _Orbits:
    """Vertices that are known to be taken into one another by a symmetry (sets that are merged)."""

    def __init__(self) -> None:
        self._above: dict[int, int] = {}

    def _top(self, vertex: int) -> int:
        while (above := self._above.get(vertex, vertex)) != vertex:
            self._above[vertex] = self._above.get(above, above)
            vertex = above
        return vertex

    def same(self, one: int, other: int) -> bool:
        return self._top(one) == self._top(other)

    def join(self, before: Sequence[int], after: Sequence[int]) -> None:
        """A symmetry takes each vertex of the first list into the one at the same place of the second."""
        for one, other in zip(before, after, strict=True):
            self._above[self._top(one)] = self._top(other)


def _in_order_given(partition: Partition) -> tuple[list[int], bool]:
    """Set apart the first vertex of the smallest class until all are alone.

    Return the order that comes of it, and whether it is known to follow from the graph alone.
    """
    proven = True
    while members := partition.smallest():
        proven &= not partition.individualise(min(members))
    return [next(iter(members)) for members in partition.classes], proven


def _alone(colours: Colours) -> tuple[list[int], list[int]]:
    """Split vertices into those with a colour of their own, in the order of the colours, and the others."""
    by_colour: dict[int, list[int]] = defaultdict(list)
    for vertex, colour in colours.items():
        by_colour[colour].append(vertex)
    alone = [members[0] for _, members in sorted(by_colour.items()) if len(members) == 1]
    return alone, [vertex for vertex, colour in colours.items() if len(by_colour[colour]) > 1]


def _dense(colours: Colours) -> dict[int, int]:
    rank = {colour: number for number, colour in enumerate(sorted(set(colours.values())))}
    return {vertex: rank[colour] for vertex, colour in colours.items()}


def _certificate(edges: Edges, colours: Colours, order: Sequence[int]) -> str:
    """Return a text that two orders share if, and only if, taking one into the other keeps colours and edges."""
    if len(order) == 1:
        return f"{colours[order[0]]:012d}"
    place = {vertex: number for number, vertex in enumerate(order)}
    lines = [
        (colours[vertex], *sorted((label, place[other]) for label, other in edges[vertex] if other in place))
        for vertex in order
    ]
    return "many " + hashlib.sha256(repr(lines).encode()).hexdigest()
