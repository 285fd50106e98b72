"""Labels for blank nodes that follow from the content alone: RDFC-1.0 where it is cheap, a bounded rule elsewhere.

docs/decisions/0021-names-of-blank-nodes.md says why, and what is promised.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pyoxigraph import BlankNode, CanonicalizationAlgorithm, Dataset, Quad

from knockon.rdf.blank_graph import BlankGraph
from knockon.rdf.refinement import Budget, Partition
from knockon.rdf.symmetry import ordered
from knockon.rdf.terms import blank_nodes_of, renamed

#: What RDFC-1.0 may cost by the bound of ``BlankGraph.cost``: with 4 million it takes less than a second.
_CHEAP = 4_000_000
#: Edges and vertices that the search for symmetries may look at: some seconds.
_STEPS = 4_000_000


class Canonical(NamedTuple):
    """Quads whose blank nodes have labels that follow from the content, and how many of them could not be told apart.

    The labels of these follow from the order in which the quads were given.
    """

    quads: list[Quad]
    tied: int


def canonical(quads: Iterable[Quad]) -> Canonical:
    """Give blank nodes labels that are the same for the same content, whatever its order and its labels.

    >>> from pyoxigraph import NamedNode
    >>> p, one, two = NamedNode("urn:x:p"), BlankNode(), BlankNode()
    >>> ring = [Quad(one, p, two), Quad(two, p, one), Quad(one, p, p)]
    >>> sorted(str(quad) for quad in canonical(ring).quads)[0]
    '_:c14n0 <urn:x:p> _:c14n1'
    """
    given = list(quads)
    if not any(blank_nodes_of(quad) for quad in given):
        return Canonical(given, 0)
    graph = BlankGraph(given)
    # RDFC-1.0 knows no triple terms.
    if not graph.nested and graph.cost() <= _CHEAP:
        dataset = Dataset(given)
        dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
        return Canonical(list(dataset), 0)
    partition = Partition(graph.edges, graph.colours, Budget(float("inf")))
    partition.refine(range(len(partition.classes)))
    order, tied = ordered(graph.edges, partition.colours, _STEPS)
    count = len(graph.nodes)
    labels = {graph.nodes[vertex]: BlankNode(f"b{n}") for n, vertex in enumerate(v for v in order if v < count)}
    return Canonical([renamed(quad, labels) for quad in given], sum(vertex < count for vertex in tied))
