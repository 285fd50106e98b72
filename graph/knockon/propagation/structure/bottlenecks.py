"""Find the nodes through which every path to a node has to pass, whatever the criticalities of the links.

The network is read as a plain directed graph, from needs and providers to
dependants. Its *ultimate sources* are the nodes that need nothing, and the
nodes of every cycle that needs nothing outside itself. A *dominator* of the target lies on every path from the ultimate
sources to it.

References
----------
Y. Dinitz, "Dinitz' Algorithm: The Original Version and Even's Version", in
Theoretical Computer Science, LNCS 3895:218-240 (2006), doi:10.1007/11685654_10:
the maximum flow that scipy computes, from which a minimum cut follows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from knockon.network.arrays import distinct
from knockon.network.network import NONE, Ints, Network
from knockon.network.row_order import sort_rows
from knockon.propagation.structure.disjoint_paths import disjoint_paths, reaches_all


class Bottlenecks(NamedTuple):
    """The nodes that all paths to a target have in common, as rows of a network, ascending.

    ``sources`` are the ultimate ones, ``dominators`` lie on every path from
    them, ``narrowest`` is a smallest set of nodes that every path meets (a
    minimum vertex cut; of several equally small ones, the nearest to the target).
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
    links = _Links.of(network)
    first = links.sources()
    first = first[first != target]
    sources = _entities(network, first, target)
    if not sources:
        return Bottlenecks((), (), ())
    begins = np.zeros(links.size, bool)
    begins[first] = True
    paths = disjoint_paths(*links.before(), begins, target)
    if paths is not None and paths.number > 1:
        # Two paths have no node in common.
        return Bottlenecks(sources, (), _entities(network, paths.cut, target))
    rooted = links.from_root(first)
    dominators = rooted.dominators(target)
    # A minimum cut of one node is a dominator, and the nearest one is the nearest to the target.
    narrowest = dominators[-1:] or rooted.minimum_cut(target)
    return Bottlenecks(sources, _entities(network, dominators, target), _entities(network, narrowest, target))


class _Links(NamedTuple):
    """A plain graph of ``size`` nodes, from needs and providers (``source``) to dependants (``owner``), each link once.

    ``nodes`` are those of the network that have a link, also one to themselves, which is not a link of the graph. In a
    rooted graph the last node leads to every source.
    """

    size: int
    nodes: Ints
    source: Ints
    owner: Ints

    @classmethod
    def of(cls, network: Network) -> _Links:
        """Return the links of a network."""
        # A part or a record is the entity itself; what an entity is without its provisions is a node of its own.
        node = network.entity.copy()
        twins = network.twin[network.twin != NONE]
        node[twins] = twins
        edges = network.edges
        # The failure of a provider without effect takes no path.
        passed_on = ~network.idle[edges.source]
        ends = node[edges.source[passed_on]].astype(np.int64), node[edges.owner[passed_on]].astype(np.int64)
        links = distinct(ends[0] * network.size + ends[1])
        source = links // network.size
        owner = links - source * network.size
        linked = np.zeros(network.size, bool)
        linked[source] = linked[owner] = True
        apart = source != owner
        return cls(network.size, np.flatnonzero(linked), source[apart], owner[apart])

    def matrix(self) -> Any:
        """Return the graph as a sparse matrix of ones, a row for each source."""
        return _sparse(self.size, self.source, self.owner)

    def sources(self) -> Ints:
        """Return the nodes of every strongly connected component that has no link from outside, ascending."""
        fed = np.zeros(self.size, bool)
        fed[self.owner] = True
        unfed = self.nodes[~fed[self.nodes]]
        start = np.searchsorted(self.source, np.arange(self.size + 1))
        if reaches_all(start, self.owner, unfed, self.nodes):
            return unfed
        from scipy.sparse.csgraph import connected_components

        component = connected_components(self.matrix(), directed=True, connection="strong")[1]
        between = component[self.source] != component[self.owner]
        fed = np.isin(component[self.nodes], component[self.owner[between]])
        return np.asarray(self.nodes[~fed], np.int64)

    def before(self) -> tuple[Ints, Ints]:
        """Return the links by their owners: the nodes with a link to node i are ``source[start[i]:start[i + 1]]``."""
        owner, order = sort_rows(self.owner, max(self.size, 1))
        return np.searchsorted(owner, np.arange(self.size + 1)), self.source[order]

    def from_root(self, first: Ints) -> _Links:
        """Return the graph with one more node, the last, that leads to some nodes."""
        source = np.concatenate([self.source, np.full(len(first), self.size)])
        return _Links(self.size + 1, self.nodes, source, np.concatenate([self.owner, first]))

    def dominators(self, target: int) -> list[int]:
        """Return the nodes on every path from the root to a target, without both, from the root on."""
        from scipy.sparse.csgraph import breadth_first_order

        matrix, root = self.matrix(), self.size - 1
        _, before = breadth_first_order(matrix, root)
        path = [target]
        while path[-1] != root:
            path.append(int(before[path[-1]]))
        path.reverse()
        # A node of one path is on all of them if nothing before it leads past it.
        place = {node: i for i, node in enumerate(path)}
        start, ahead = matrix.indptr.tolist(), matrix.indices.tolist()
        seen, furthest, dominators = set(path), 0, []
        for i, node in enumerate(path[:-1]):
            if i == furthest and i > 0:
                dominators.append(node)
            waiting = [node]
            while waiting:
                at = waiting.pop()
                for following in ahead[start[at] : start[at + 1]]:
                    furthest = max(furthest, place.get(following, 0))
                    if following not in seen:
                        seen.add(following)
                        waiting.append(following)
        return dominators

    def minimum_cut(self, target: int) -> list[int]:
        """Return the minimum vertex cut between root and target that is nearest to the target."""
        from scipy.sparse.csgraph import breadth_first_order, maximum_flow

        # Each node is two, the way in and the way out, with a link of capacity 1 between them.
        nodes, size = np.arange(self.size), 2 * self.size
        ends = np.concatenate([nodes, self.size + self.source]), np.concatenate([self.size + nodes, self.owner])
        capacity = _sparse(size, *ends)
        left = capacity - maximum_flow(capacity, size - 1, target).flow
        left.eliminate_zeros()
        behind = np.zeros(size, bool)
        behind[breadth_first_order(left.T.tocsr(), target, return_predecessors=False)] = True
        cut = ~behind[ends[0]] & behind[ends[1]]
        return sorted({*(ends[0][cut] % self.size).tolist()})


def _sparse(size: int, row: Ints, column: Ints) -> Any:
    """Return a square matrix with ones in some cells."""
    from scipy.sparse import coo_array

    return coo_array((np.ones(len(row), np.int32), (row, column)), (size, size)).tocsr()


def _entities(network: Network, nodes: Iterable[int] | Ints, target: int) -> tuple[int, ...]:
    """Return the entities that nodes stand for, without the target."""
    return tuple(sorted({int(network.entity[node]) for node in nodes} - {target}))


__all__ = ["Bottlenecks", "bottlenecks"]
