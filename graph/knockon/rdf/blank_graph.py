"""The blank nodes of quads as a graph: which are alike at first sight, and what RDFC-1.0 would cost."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from math import factorial

from pyoxigraph import BlankNode, Quad, Triple

from knockon.rdf.refinement import Edges
from knockon.rdf.terms import blank_nodes_of, renamed

_SELF, _OTHER = BlankNode("a"), BlankNode("z")
#: No estimate goes beyond it.
_ENDLESS = 10**12


class BlankGraph:
    """Vertices are the blank nodes in the order in which they come, and after them quads with three of them or more.

    An edge is a quad that holds two blank nodes, or leads from a quad that is a vertex to a blank node in it. Its label
    is all that the quad says, seen from one end.

    Attributes
    ----------
    nodes
        The blank nodes.
    colours
        For each vertex a number; equal numbers have those of whom the quads say the same, whatever the other blank
        nodes in them (the first-degree hash of RDFC-1.0).
    edges
        The edges of each vertex.
    nested
        Whether a blank node stands in a triple term.
    """

    def __init__(self, quads: Iterable[Quad]) -> None:
        numbers: dict[BlankNode, int] = {}
        holding = [(quad, nodes) for quad in dict.fromkeys(quads) if (nodes := blank_nodes_of(quad))]
        for _, inside in holding:
            for node in inside:
                numbers.setdefault(node, len(numbers))
        self.nodes = list(numbers)
        self.nested = any(isinstance(term, Triple) for quad, _ in holding for term in (quad.subject, quad.object))
        self._relations: dict[str, tuple[str, str]] = {}
        said: list[list[str]] = [[] for _ in self.nodes]
        large: list[str] = []
        named: dict[int, list[tuple[str, int]]] = defaultdict(list)
        for quad, inside in holding:
            distinct = list(dict.fromkeys(inside))
            for node in distinct:
                seen = _seen_from(node, quad)
                said[numbers[node]].append(seen)
                if len(distinct) == 2:
                    other = distinct[node == distinct[0]]
                    named[numbers[node]].append((seen, numbers[other]))
                    self._relations[seen] = (quad.predicate.value, _place(quad, other))
            if len(distinct) > 2:
                place = {node: BlankNode(f"b{number}") for number, node in enumerate(distinct)}
                vertex = len(self.nodes) + len(large)
                large.append(pattern := str(renamed(quad, place)))
                for number, node in enumerate(distinct):
                    named[vertex].append((f"{pattern} {number}", numbers[node]))
                    named[numbers[node]].append((f"{number} {pattern}", vertex))
        keys = [("node", *sorted(lines)) for lines in said] + [("quad", pattern) for pattern in large]
        rank = {key: number for number, key in enumerate(sorted(set(keys)))}
        self.colours = {vertex: rank[key] for vertex, key in enumerate(keys)}
        labels = {
            label: number for number, label in enumerate(sorted({label for edges in named.values() for label, _ in edges}))
        }
        self._texts = list(labels)
        self.edges: Edges = {vertex: [(labels[label], other) for label, other in named[vertex]] for vertex in range(len(keys))}

    @property
    def alike(self) -> list[int]:
        """The blank nodes that share their colour with another."""
        sizes = Counter(self.colours.values())
        return [vertex for vertex in range(len(self.nodes)) if sizes[self.colours[vertex]] > 1]

    def cost(self) -> int:
        """Return a bound of the steps that RDFC-1.0 takes for nodes that are alike at first sight.

        From each of them it walks all that hang together with it; where k neighbours are alike it tries k! orders, and
        at each step it copies the list of what it has met. Quads with three blank nodes are counted as endless.
        """
        alike = set(self.alike)
        if not alike:
            return 0
        if len(self.edges) > len(self.nodes):
            return _ENDLESS
        # Each is compared with all others of its colour, which is quick.
        total = sum(count * count for count in Counter(self.colours[vertex] for vertex in alike).values()) // 100
        for together in components(self.edges, alike):
            orders, walk = 1, 0
            for vertex in together:
                groups = Counter((*self._relations[self._texts[label]], self.colours[o]) for label, o in self.edges[vertex])
                for count in groups.values():
                    orders = min(orders * factorial(min(count, 20)), _ENDLESS)
                walk += 1 + sum(1 + len(self.edges[o]) for _, o in self.edges[vertex] if o in alike)
            total += len(together) ** 2 * walk * orders
            if total >= _ENDLESS:
                return _ENDLESS
        return total


def _seen_from(node: BlankNode, quad: Quad) -> str:
    """Return what a quad says of one of its blank nodes: that one is ``_:a``, and all others are ``_:z``."""
    subject, predicate, value, graph = quad
    if isinstance(value, Triple) or isinstance(subject, Triple):
        return str(renamed(quad, dict.fromkeys(blank_nodes_of(quad), _OTHER) | {node: _SELF}))
    shown = [
        str(term) if not isinstance(term, BlankNode) else "_:a" if term == node else "_:z" for term in (subject, value, graph)
    ]
    return f"{predicate} " + " ".join(shown)


def _place(quad: Quad, node: BlankNode) -> str:
    return "s" if quad.subject == node else "o" if quad.object == node else "g"


def components(edges: Edges, among: Collection[int]) -> Iterator[list[int]]:
    """Yield the sets of vertices among the given ones that hang together, in the order of their first ones.

    >>> list(components({0: [(0, 2)], 1: [], 2: [(0, 0)]}, [0, 1, 2]))
    [[0, 2], [1]]
    """
    left = set(among)
    for start in among:
        if start in left:
            left.discard(start)
            together = [start]
            for vertex in together:
                for _, other in edges[vertex]:
                    if other in left:
                        left.discard(other)
                        together.append(other)
            yield together


__all__ = ["BlankGraph", "components"]
