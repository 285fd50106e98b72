"""Read graphs as node-link JSON (networkx, d3), elements of Cytoscape, and OpenGraph of BloodHound."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from knockon.readers.collector import RecordCollector
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.graph_records import GraphRecords
from knockon.readers.json_object import JsonObject, WrongForm
from knockon.readers.json_stream import json_document
from knockon.readers.record_drafts import Place
from knockon.readers.registry import Head

#: The beginning of a list of nodes with ids, or of links with ends.
_LARGE = re.compile(r'"nodes"\s*:\s*\[\s*\{[^{}]*"(?:id|key|name)"|"(?:links|edges)"\s*:\s*\[\s*\{[^{}]*"source"')


def recognises(head: Head) -> bool:
    """Return whether a file begins with an object that has nodes, and links or edges between them."""
    text = head.text.lstrip()
    has_nodes, has_links = '"nodes"' in text, any(f'"{name}"' in text for name in ("links", "edges", "source"))
    if not text.startswith("{") or not head.is_cut_off:
        return text.startswith("{") and has_nodes and has_links
    # Of a large graph only the nodes, or only the links, are at its beginning.
    return (has_nodes and has_links) or _LARGE.search(text) is not None


def read(files: Sequence[ForeignFile], collector: RecordCollector) -> None:
    """Read the nodes and edges of the files."""
    for file in files:
        records, document = GraphRecords(collector, collector.document(file)), collector.document(file)
        try:
            graph = JsonObject(json_document(file))
            inner = next((name for name in ("elements", "graph") if _has_nodes(graph.values.get(name))), "")
            elements = graph.child(inner) if inner else graph
            links = "links" if "links" in elements else "edges"
            nodes, edges = (_items(elements, name) for name in ("nodes", links))
            directed = graph.flag("directed")
        except WrongForm as error:
            raise file.fail(None, str(error)) from None
        prefix = f"/{inner}" if inner else ""
        keys = [_key(node, number) for number, node in enumerate(nodes)]
        known = set(keys)
        for number, node in enumerate(nodes):
            place = Place(f"pointer:{prefix}/nodes/{number}")
            if isinstance(node, Mapping):
                records.node(keys[number], _attributes(node), place, _text(node.get("parent")))
            else:
                collector.progress()
                collector.reject(document, place, "a node is not an object")
        for number, edge in enumerate(edges):
            place = Place(f"pointer:{prefix}/{links}/{number}")
            if isinstance(edge, Mapping):
                source, target = (_end(edge.get(name), keys, known) for name in ("source", "target"))
                # d3 does not say whether edges have a direction: its links lead from source to target.
                records.edge(source, target, _attributes(edge), place, directed=directed is not False)
            else:
                collector.progress()
                collector.reject(document, place, "an edge is not an object")


def _has_nodes(value: object) -> bool:
    return isinstance(value, dict) and "nodes" in value


def _items(graph: JsonObject, name: str) -> list[object]:
    """Return the nodes or edges; those of Cytoscape have their attributes in ``data``, those of OpenGraph in ``properties``."""
    value = graph.values.get(name)
    if not isinstance(value, list):
        raise WrongForm(f"{name} is not a list")
    return [_flat(item) for item in value]


def _flat(item: object) -> object:
    """Return a node or edge with all its attributes at one level."""
    if not isinstance(item, dict):
        return item
    if isinstance(item.get("data"), dict):
        return item["data"]
    if not isinstance(item.get("properties"), dict):
        return item
    renamed = {"kinds": "class", "kind": "type", "start": "source", "end": "target"}
    return item["properties"] | {renamed.get(name, name): value for name, value in item.items() if name != "properties"}


def _key(node: object, number: int) -> str:
    """Return the id of a node; where it has none, its name or place, as d3 reads it."""
    if not isinstance(node, Mapping):
        return ""
    return next((text for name in ("id", "key", "name") if (text := _text(node.get(name)))), str(number))


def _end(value: object, keys: Sequence[str], known: set[str]) -> str:
    """Return the id of the node at an end: it is named by its id, or by its number in the list."""
    text = _text(value.get("id") or value.get("value") if isinstance(value, Mapping) else value)
    if text in known or not isinstance(value, Decimal):
        return text
    number = int(value) if value == value.to_integral_value() and 0 <= value < len(keys) else -1
    return keys[number] if number >= 0 else text


def _attributes(item: Mapping[str, object]) -> dict[str, str]:
    return {str(name): text for name, value in item.items() if name not in ("source", "target") and (text := _text(value))}


def _text(value: object) -> str:
    """Return a value as a text; a list as its texts between semicolons, an object as none."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ";".join(_text(item) for item in value if not isinstance(item, list))
    return str(value) if isinstance(value, str | Decimal) else ""
