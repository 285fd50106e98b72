"""Write OpenGraph of BloodHound (https://bloodhound.specterops.io/opengraph/schema).

Properties are texts; the first kind of a node is its class. Kinds have letters, digits and underscores alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from knockon.model import Statement
from knockon.present.exports.export import Export
from knockon.present.exports.graph_form import graph_form


def write(records: Sequence[Statement], form: str) -> Export:
    """Return a graph in OpenGraph."""
    graph = graph_form(records)
    nodes = [
        {
            "id": node.id,
            "kinds": list(dict.fromkeys((node.cls, "Entity"))),
            "properties": {"name": node.label, "displayname": node.label, **_lower(node.attributes)},
        }
        for node in graph.nodes
    ]
    known = {node.id for node in graph.nodes}
    absent = dict.fromkeys(end for link in graph.links for end in (link.source, link.target) if end not in known)
    nodes += [{"id": end, "kinds": ["Entity"], "properties": {"name": end}} for end in absent]
    edges = [
        {
            "kind": link.type[:1].upper() + link.type[1:],
            "start": {"value": link.source, "match_by": "id"},
            "end": {"value": link.target, "match_by": "id"},
            "properties": {"record": link.record, **_lower(link.attributes)},
        }
        for link in graph.links
    ]
    document = {"metadata": {"source_kind": "Knockon"}, "graph": {"nodes": nodes, "edges": edges}}
    return graph.to_export(form, json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def _lower(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return attributes under names without capitals, which BloodHound wants."""
    return {name.lower(): value for name, value in attributes.items()}
