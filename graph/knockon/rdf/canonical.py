"""Canonical labels of blank nodes, which depend only on the content: RDFC-1.0 if it is cheap, else a bounded algorithm.

The reasons and the guarantees are in docs/decisions/0021-names-of-blank-nodes.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Quad

from knockon.rdf.blank_graph import BlankGraph
from knockon.rdf.refinement import Budget, Partition
from knockon.rdf.symmetry import canonical_order
from knockon.rdf.terms import blank_nodes_of, replace_blank_nodes

#: The largest cost by ``BlankGraph.cost`` at which RDFC-1.0 is used: with 4 million it takes less than a second.
_MAX_COST = 4_000_000
#: The most edges and vertices that the search for symmetries visits: some seconds.
_MAX_STEPS = 4_000_000


class Canonical(NamedTuple):
    """Quads with canonical labels of blank nodes, and the number of blank nodes that could not be told apart.

    The labels of those depend on the order of the quads.
    """

    quads: list[Quad]
    ambiguous: int


def canonical(quads: Iterable[Quad]) -> Canonical:
    """Give blank nodes labels that are the same for the same content, in any order and with any original labels.

    >>> from pyoxigraph import NamedNode
    >>> p, first, second = NamedNode("urn:x:p"), BlankNode(), BlankNode()
    >>> ring = [Quad(first, p, second), Quad(second, p, first), Quad(first, p, p)]
    >>> sorted(str(quad) for quad in canonical(ring).quads)[0]
    '_:c14n0 <urn:x:p> _:c14n1'
    """
    original = list(quads)
    if not any(blank_nodes_of(quad) for quad in original):
        return Canonical(original, 0)
    graph = BlankGraph(original)
    # RDFC-1.0 does not support triple terms.
    if not graph.nested and graph.cost() <= _MAX_COST:
        dataset = Dataset(original)
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        return Canonical(list(dataset), 0)
    partition = Partition(graph.edges, graph.colours, Budget(float("inf")))
    partition.refine(range(len(partition.classes)))
    order, ambiguous = canonical_order(graph.edges, partition.colours, _MAX_STEPS)
    count = len(graph.nodes)
    labels = {graph.nodes[vertex]: BlankNode(f"b{n}") for n, vertex in enumerate(v for v in order if v < count)}
    return Canonical([replace_blank_nodes(quad, labels) for quad in original], sum(vertex < count for vertex in ambiguous))
