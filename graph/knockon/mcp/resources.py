"""The resources: what can be read before anything is asked."""

from __future__ import annotations

from typing import Any

from knockon.analysis.answer import JsonObject, JsonValue
from knockon.errors import NotFound
from knockon.graph import Graph
from knockon.mcp.listing import Cursor, Listing, page
from knockon.mcp.tools import TOOLS
from knockon.present.assistant_rows import UNKNOWN, short
from knockon.query.library import library, query_by_name

_SCHEME = "knockon://"
RESOURCES: tuple[dict[str, Any], ...] = tuple(
    {"uri": _SCHEME + name, "name": name, "mime_type": "application/json", "description": description}
    for name, description in (
        ("schema", "Classes in use with their fields"),
        ("sources", "Documents and data sets behind the graph"),
        ("queries", "Library queries: names, questions, parameters"),
    )
)
TEMPLATE: dict[str, Any] = {
    "uri_template": _SCHEME + "queries/{name}",
    "name": "query",
    "description": "SPARQL of a library query",
}


def read_resource(graph: Graph, uri: str, at: Cursor) -> JsonObject:
    """Return the content of a resource, cut like an answer of a tool.

    Raises
    ------
    NotFound
        There is no such resource.
    """
    name = uri.removeprefix(_SCHEME)
    if name == "schema":
        listing = TOOLS["get_schema"].run(graph)
    elif name == "sources":
        listing = _sources(graph)
    elif name == "queries":
        listing = _queries()
    elif name.startswith("queries/"):
        query = query_by_name(name.removeprefix("queries/"))
        listing = Listing({"name": query.name, "question": query.question, "text": query.text}, "parameters", [], 0)
    else:
        raise NotFound("resource", uri)
    return {**page(listing, at, len(listing.rows)), "next": None}


def _sources(graph: Graph) -> Listing:
    rows: list[JsonValue] = []
    for document in graph.documents():
        row = {key: UNKNOWN if value in (None, "") else short(value) for key, value in document.to_dict().items()}
        rows.append({key: value for key, value in row.items() if key not in ("iri", "class", "sha256")})
    sets: list[JsonValue] = [
        {"id": short(each.info.id), "title": each.info.title, "records": len(each.records)} for each in graph.store.data_sets
    ]
    return Listing({"data_sets": sets}, "documents", rows, len(rows))


def _queries() -> Listing:
    rows: list[JsonValue] = [
        {"name": query.name, "question": query.question, "parameters": {p.name: p.default for p in query.parameters}}
        for query in library().values()
    ]
    return Listing({}, "queries", rows, len(rows))


__all__ = ["RESOURCES", "TEMPLATE", "read_resource"]
