"""Colour refinement: classes of vertices are split by the colours of their neighbours until no class splits any more.

This continues the hashing of first-degree quads of RDFC-1.0 to its fixed point, by partition refinement: after a class has
split, only its smaller parts are processed, so that a graph with n edges takes about n log n steps (Cardon and Crochemore,
Partitioning a graph in O(|A| log2 |V|), 1982). Nothing depends on the order or the names of the vertices: the
number of a class depends only on the graph.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from heapq import heappop, heappush

#: For each vertex its edges: the number of a label, and the vertex at the other end.
Edges = Mapping[int, Sequence[tuple[int, int]]]


class Exhausted(Exception):
    """The work limit of a search is reached."""


class Budget:
    """The remaining steps of a search; a step visits one edge or vertex."""

    def __init__(self, steps: float) -> None:
        self.steps = steps

    def spend(self, steps: int) -> None:
        """Subtract steps; raise Exhausted when none are left."""
        self.steps -= steps
        if self.steps < 0:
            raise Exhausted


class Partition:
    """A partition of vertices into numbered classes.

    Parameters
    ----------
    edges
        The edges of each vertex; those to vertices outside ``colours`` are ignored.
    colours
        The number of the class of each vertex, from 0 and without gaps.
    budget
        The limit on steps.

    Examples
    --------
    >>> path = {0: [(0, 1)], 1: [(1, 0), (0, 2)], 2: [(1, 1)]}
    >>> partition = Partition(path, {0: 0, 1: 0, 2: 0}, Budget(100))
    >>> partition.refine([0])
    >>> sorted(len(members) for members in partition.classes)
    [1, 1, 1]
    """

    def __init__(self, edges: Edges, colours: Mapping[int, int], budget: Budget) -> None:
        self.edges, self.colours, self.budget = edges, dict(colours), budget
        budget.spend(len(colours))
        self.classes: list[set[int]] = [set() for _ in range(max(colours.values(), default=-1) + 1)]
        for vertex, colour in colours.items():
            self.classes[colour].add(vertex)
        self._unresolved: list[tuple[int, int]] | None = None

    def refine(self, changed: Iterable[int]) -> None:
        """Split classes until all vertices of a class have equivalent neighbours; ``changed`` are the classes to start from."""
        queue = deque(changed)
        queued = set(queue)
        while queue:
            splitter = queue.popleft()
            queued.discard(splitter)
            reached: dict[int, list[int]] = defaultdict(list)
            steps = len(self.classes[splitter])
            for vertex in self.classes[splitter]:
                edges = self.edges[vertex]
                steps += len(edges)
                for label, other in edges:
                    colour = self.colours.get(other)
                    if colour is not None and len(self.classes[colour]) > 1:
                        reached[label].append(other)
            self.budget.spend(steps)
            for label in sorted(reached):
                by_class: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
                for vertex, count in Counter(reached[label]).items():
                    by_class[self.colours[vertex]][count].append(vertex)
                for colour in sorted(by_class):
                    for part in self._split(colour, by_class[colour], queued):
                        queued.add(part)
                        queue.append(part)

    def _split(self, colour: int, by_count: Mapping[int, list[int]], queued: set[int]) -> list[int]:
        """Split a class by the number of edges that reach its vertices; return the parts to process."""
        members = self.classes[colour]
        parts = [by_count[count] for count in sorted(by_count)]
        if sum(map(len, parts)) == len(members):
            # No vertex is left out: the first of the largest parts keeps the number.
            parts.remove(max(parts, key=len))
        if not parts:
            return []
        new = [self._move_to_new_class(part) for part in parts]
        if colour in queued:
            return new
        pieces = [colour, *new]
        pieces.remove(max(pieces, key=lambda piece: len(self.classes[piece])))
        return pieces

    def _move_to_new_class(self, part: Sequence[int]) -> int:
        number = len(self.classes)
        for vertex in part:
            old = self.colours[vertex]
            self.classes[old].discard(vertex)
            self.colours[vertex] = number
        self.classes.append(set(part))
        if self._unresolved is not None:
            for changed in {old, number}:
                if len(self.classes[changed]) > 1:
                    heappush(self._unresolved, (len(self.classes[changed]), changed))
        return number

    def individualise(self, vertex: int) -> bool:
        """Give a vertex a class of its own and refine; return whether any other class split.

        If none did, all vertices of its old class have the same neighbours, so the choice of the vertex does not matter.
        """
        before = len(self.classes)
        self.refine([self._move_to_new_class([vertex])])
        return len(self.classes) > before + 1

    def smallest(self) -> set[int] | None:
        """Return the smallest class of more than one vertex; of equally small classes, the one with the lowest number."""
        if self._unresolved is None:
            self._unresolved = [(len(members), number) for number, members in enumerate(self.classes) if len(members) > 1]
            self._unresolved.sort()
        while self._unresolved:
            size, number = self._unresolved[0]
            if len(self.classes[number]) == size:
                return self.classes[number]
            heappop(self._unresolved)
        return None
