"""The blank nodes of quads as a graph: which have the same first-degree hash, and what RDFC-1.0 would cost."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from math import factorial

from pyoxigraph import BlankNode, Quad, Triple

from knockon.rdf.refinement import Edges
from knockon.rdf.terms import blank_nodes_of, replace_blank_nodes

_SELF, _OTHER = BlankNode("a"), BlankNode("z")
#: The largest estimate of a cost.
_MAX_COST = 10**12


class BlankGraph:
    """A graph whose vertices are the blank nodes in the order of the quads, then the quads with three or more blank nodes.

    An edge is a quad with two blank nodes, or connects a quad that is a vertex with a blank node in it. Its label is
    the quad with its blank nodes replaced by placeholders, seen from one end.

    Attributes
    ----------
    nodes
        The blank nodes.
    colours
        A number for each vertex, equal for blank nodes whose quads are the same apart from other blank nodes in them
        (the first-degree hash of RDFC-1.0).
    edges
        The edges of each vertex.
    nested
        Whether a triple term contains a blank node.
    """

    def __init__(self, quads: Iterable[Quad]) -> None:
        numbers: dict[BlankNode, int] = {}
        with_nodes = [(quad, nodes) for quad in dict.fromkeys(quads) if (nodes := blank_nodes_of(quad))]
        for _, nodes in with_nodes:
            for node in nodes:
                numbers.setdefault(node, len(numbers))
        self.nodes = list(numbers)
        self.nested = any(isinstance(term, Triple) for quad, _ in with_nodes for term in (quad.subject, quad.object))
        self._relations: dict[str, tuple[str, str]] = {}
        patterns: list[list[str]] = [[] for _ in self.nodes]
        large: list[str] = []
        edges: dict[int, list[tuple[str, int]]] = defaultdict(list)
        for quad, nodes in with_nodes:
            distinct = list(dict.fromkeys(nodes))
            for node in distinct:
                label = _pattern_from(node, quad)
                patterns[numbers[node]].append(label)
                if len(distinct) == 2:
                    other = distinct[node == distinct[0]]
                    edges[numbers[node]].append((label, numbers[other]))
                    self._relations[label] = (quad.predicate.value, _position(quad, other))
            if len(distinct) > 2:
                placeholders = {node: BlankNode(f"b{number}") for number, node in enumerate(distinct)}
                vertex = len(self.nodes) + len(large)
                large.append(pattern := str(replace_blank_nodes(quad, placeholders)))
                for number, node in enumerate(distinct):
                    edges[vertex].append((f"{pattern} {number}", numbers[node]))
                    edges[numbers[node]].append((f"{number} {pattern}", vertex))
        keys = [("node", *sorted(lines)) for lines in patterns] + [("quad", pattern) for pattern in large]
        rank = {key: number for number, key in enumerate(sorted(set(keys)))}
        self.colours = {vertex: rank[key] for vertex, key in enumerate(keys)}
        all_labels = sorted({label for of_vertex in edges.values() for label, _ in of_vertex})
        labels = {label: number for number, label in enumerate(all_labels)}
        self._texts = list(labels)
        self.edges: Edges = {vertex: [(labels[label], other) for label, other in edges[vertex]] for vertex in range(len(keys))}

    @property
    def ambiguous(self) -> list[int]:
        """The blank nodes that have the same colour as another one."""
        sizes = Counter(self.colours.values())
        return [vertex for vertex in range(len(self.nodes)) if sizes[self.colours[vertex]] > 1]

    def cost(self) -> int:
        """Return an upper bound of the steps that RDFC-1.0 takes for nodes with the same first-degree hash.

        From each of them it visits the whole component. For k neighbours with the same hash it tries k! orders, and
        at each step it copies the list of visited nodes. Graphs with quads of three blank nodes get the largest cost.
        """
        ambiguous = set(self.ambiguous)
        if not ambiguous:
            return 0
        if len(self.edges) > len(self.nodes):
            return _MAX_COST
        # Comparing each node with all others of its colour takes little time.
        total = sum(count * count for count in Counter(self.colours[vertex] for vertex in ambiguous).values()) // 100
        for component in components(self.edges, ambiguous):
            orders, walk = 1, 0
            for vertex in component:
                groups = Counter((*self._relations[self._texts[label]], self.colours[o]) for label, o in self.edges[vertex])
                for count in groups.values():
                    orders = min(orders * factorial(min(count, 20)), _MAX_COST)
                walk += 1 + sum(1 + len(self.edges[o]) for _, o in self.edges[vertex] if o in ambiguous)
            total += len(component) ** 2 * walk * orders
            if total >= _MAX_COST:
                return _MAX_COST
        return total


def _pattern_from(node: BlankNode, quad: Quad) -> str:
    """Return a quad as a text in which one blank node is ``_:a`` and all others are ``_:z``."""
    subject, predicate, value, graph = quad
    if isinstance(value, Triple) or isinstance(subject, Triple):
        return str(replace_blank_nodes(quad, dict.fromkeys(blank_nodes_of(quad), _OTHER) | {node: _SELF}))
    terms = [
        str(term) if not isinstance(term, BlankNode) else "_:a" if term == node else "_:z" for term in (subject, value, graph)
    ]
    return f"{predicate} " + " ".join(terms)


def _position(quad: Quad, node: BlankNode) -> str:
    """Return the position of a blank node in a quad: subject, object or graph."""
    return "s" if quad.subject == node else "o" if quad.object == node else "g"


def components(edges: Edges, vertices: Collection[int]) -> Iterator[list[int]]:
    """Yield the connected components of the subgraph of some vertices, in the order of their first vertices.

    >>> list(components({0: [(0, 2)], 1: [], 2: [(0, 0)]}, [0, 1, 2]))
    [[0, 2], [1]]
    """
    unvisited = set(vertices)
    for start in vertices:
        if start in unvisited:
            unvisited.discard(start)
            component = [start]
            for vertex in component:
                for _, other in edges[vertex]:
                    if other in unvisited:
                        unvisited.discard(other)
                        component.append(other)
            yield component


__all__ = ["BlankGraph", "components"]
