"""``/store``: the SPARQL 1.1 Graph Store HTTP Protocol.

A graph is named by ``?graph=IRI``, by ``?default``, or directly: the address of the request below ``/store/`` is its name.
The default graph is read as the union of all graphs; what is written to it is the graph of updates.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from uuid import uuid4

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from knockon.errors import InvalidData
from knockon.rdf.parse import parse_rdf
from knockon.serve.entity_tags import CACHED, entity_tag, not_modified
from knockon.serve.negotiation import TRIPLES, not_acceptable
from knockon.serve.problems import RequestProblem
from knockon.serve.sparql_protocol import ask, stream
from knockon.serve.sparql_request import iri_parameter, parse_parameters, require_plain
from knockon.serve.state import ServerState
from knockon.serve.updating import authorize, change
from knockon.sparql.update import GraphChanges, refuse_read_only
from knockon.store.folder_reader import FolderReader
from knockon.store.updates import UPDATES

_BOUNDARY = re.compile(r"boundary=\"?([^\";,\s]{1,70})", re.IGNORECASE)
_PART_TYPE = re.compile(r"^content-type:[ \t]*(.*?)[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
_METHODS = ["GET", "PUT", "POST", "DELETE"]
#: The formats of bodies by media type; a media type of several formats means the first of them.
_FORMATS = {media: getattr(RdfFormat, name) for name, medias in reversed(list(TRIPLES.offers.items())) for media in medias}


def routes(state: ServerState) -> list[BaseRoute]:
    """Return the routes of this part."""

    async def graph_store(request: Request) -> Response:
        if request.method in {"GET", "HEAD"}:
            return await _read(state, request, _graph(request))
        authorize(state.settings, request)
        if request.method == "POST" and request.url.path.endswith("/store") and not request.url.query:
            graph = f"{request.url}/{uuid4().hex}"
            await _write(state, request, graph)
            return Response(status_code=201, headers={"Location": graph})
        return await _write(state, request, _graph(request) or UPDATES)

    return [Route(path, graph_store, methods=_METHODS) for path in ("/store", "/store/{path:path}")]


def _graph(request: Request) -> str | None:
    """Return the IRI of the graph that a request names; None for the default graph.

    Raises
    ------
    RequestProblem
        It names none, or several: status 400.
    """
    names = parse_parameters(request.scope["query_string"])
    if request.path_params.get("path"):
        if names:
            raise RequestProblem(400, "the address names the graph already: no parameters")
        return str(request.url)
    if len(names) != 1 or names[0][0] not in {"graph", "default"} or (names[0][0] == "default" and names[0][1]):
        raise RequestProblem(400, "name one graph: ?graph=IRI, or ?default for the default graph")
    name, value = names[0]
    return iri_parameter(name, value) if name == "graph" else None


async def _read(state: ServerState, request: Request, graph: str | None) -> Response:
    chosen = TRIPLES.choose(request.headers.get("accept"))
    if chosen is None:
        raise not_acceptable("a graph", TRIPLES)
    tag = entity_tag(state.snapshot, request, graph, chosen)
    if response := not_modified(request, tag):
        return response
    graphs, named = ((graph,), ()) if graph is not None else (None, None)
    if graph is not None:
        found = await ask(state, request, "ASK { ?s ?p ?o }", graphs, named, solutions="TSV")
        if found.whole != b"true":
            raise RequestProblem(404, "the store has no such graph")
    text = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    answer = await ask(state, request, text, graphs, named, triples=chosen.name)
    return await stream(request, answer, chosen, {**CACHED, "ETag": tag})


async def _write(state: ServerState, request: Request, graph: str) -> Response:
    """Replace, extend or delete a graph: status 201 if it is new, else 204, and 404 if there is none to delete."""
    new = None if request.method == "DELETE" else await asyncio.to_thread(_parse, request, await request.body(), graph)
    existed = False

    def changes_of(store: FolderReader) -> GraphChanges:
        nonlocal existed
        refuse_read_only(store, graph)
        before = frozenset(store.quads(graph=NamedNode(graph)))
        existed = bool(before)
        added = frozenset(new or ()) - before
        return GraphChanges(added, frozenset() if request.method == "POST" else before - frozenset(new or ()))

    await change(state, changes_of)
    if new is None and not existed and graph != UPDATES:
        raise RequestProblem(404, "the store has no such graph")
    return Response(status_code=204 if existed or new is None else 201)


def _parse(request: Request, body: bytes, graph: str) -> list[Quad]:
    """Return the triples of a body, as quads of a graph; a form may have several files.

    Raises
    ------
    RequestProblem
        The format is unknown (status 415), or the body does not parse or has graphs of its own (400).
    """
    require_plain(request)
    content_type = request.headers.get("content-type", "")
    parts = list(_files(content_type, body)) if _media_type(content_type) == "multipart/form-data" else [(content_type, body)]
    quads: list[Quad] = []
    for part_type, content in parts:
        media_type = _media_type(part_type)
        if media_type not in _FORMATS:
            known = ", ".join(dict.fromkeys(media_types[0] for media_types in TRIPLES.offers.values()))
            raise RequestProblem(415, f"the body of a graph has the Content-Type {known}")
        try:
            quads += parse_rdf(content, _FORMATS[media_type], "the body", graph)
        except InvalidData as error:
            raise RequestProblem(400, "; ".join(map(str, error.problems))) from None
    if any(quad.graph_name != DefaultGraph() for quad in quads):
        raise RequestProblem(400, "the body has graphs of its own; send triples")
    return [Quad(quad.subject, quad.predicate, quad.object, NamedNode(graph)) for quad in quads]


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _files(content_type: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the media type and the content of each part of a form (RFC 7578)."""
    match = _BOUNDARY.search(content_type)
    if match is None:
        raise RequestProblem(400, "the form has no boundary")
    lines = rb"(?:\A|\r?\n)--" + re.escape(match[1].encode()) + rb"(?:--)?[ \t]*(?:\r?\n|\Z)"
    for part in re.split(lines, body)[1:-1]:
        head, *content = re.split(rb"\r?\n\r?\n", part, maxsplit=1)
        field = _PART_TYPE.search(head.decode("latin-1"))
        yield field[1] if field else "text/plain", b"".join(content)
