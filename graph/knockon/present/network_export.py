"""The dependencies as graphs that other libraries know."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from knockon.model import Dependency, Entity, Measure, Statement
from knockon.vocabulary import local_name

if TYPE_CHECKING:
    import networkx as nx
    from pyvis.network import Network


def to_networkx(records: Iterable[Statement]) -> nx.MultiDiGraph:
    """Return a networkx.MultiDiGraph with an edge from each dependant to its need and to each provider.

    Nodes are IRIs with ``label`` and ``cls``; edges have ``dependency`` (the
    record's IRI), ``role`` (need or provider), ``low``, ``point``, ``high``.
    """
    import networkx as nx

    all_records = list(records)
    graph = nx.MultiDiGraph()
    for record in all_records:
        if isinstance(record, Entity | Measure):
            graph.add_node(record.id, label=record.label, cls=record.rdf_class)
    for record in all_records:
        if isinstance(record, Dependency):
            weight = dict(zip(("low", "point", "high"), record.interval, strict=True))
            graph.add_edge(record.dependant, record.need, key=record.id, dependency=record.id, role="need", **weight)
            for supply in record.supply:
                graph.add_edge(
                    record.dependant, supply.provider, key=supply.id, dependency=record.id, role="provider", **weight
                )
    return graph


def to_pyvis(records: Iterable[Statement]) -> Network:
    """Return a directed Network of pyvis with fixed positions, of the entities that depend or are depended on.

    Labels are plain text. The page of pyvis loads scripts from elsewhere and runs hostile text: use ``explore`` for a page
    that others will open.
    """
    from pyvis.network import Network

    from knockon.present.page.layout import positions

    graph = to_networkx(records)
    nodes = sorted(node for node in graph if graph.degree(node))
    row = {node: index for index, node in enumerate(nodes)}
    edges = sorted({(a, b) for a, b in graph.edges()})
    places: list[Any] = list(positions(len(nodes), [(row[a], row[b]) for a, b in edges]))
    network = Network(directed=True, cdn_resources="in_line")
    network.toggle_physics(False)
    for node, (x, y) in zip(nodes, places, strict=True):
        network.add_node(node, label=graph.nodes[node].get("label", local_name(node)), x=int(x), y=int(y), physics=False)
    network.add_edges(edges)
    return network
