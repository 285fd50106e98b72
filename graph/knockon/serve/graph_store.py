"""``/store``: the SPARQL 1.1 Graph Store HTTP Protocol.

A graph is named by ``?graph=IRI``, by ``?default``, or directly: the address of the request below ``/store/`` is its name.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from knockon.serve.entity_tags import CACHED, entity_tag, not_modified
from knockon.serve.negotiation import TRIPLES, not_acceptable
from knockon.serve.pool import QueryRequest
from knockon.serve.problems import RequestProblem
from knockon.serve.sparql_protocol import stream
from knockon.serve.sparql_request import iri_parameter, parse_parameters
from knockon.serve.state import ServerState

_METHODS = ["GET", "PUT", "POST", "DELETE"]


def routes(state: ServerState) -> list[BaseRoute]:
    """Return the routes of this part."""

    async def graph_store(request: Request) -> Response:
        graph = _graph(request)
        if request.method in {"GET", "HEAD"}:
            return await _read(state, request, graph)
        raise NotImplementedError

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
    graphs = None if graph is None else (graph,)
    named = None if graph is None else ()
    if graph is not None:
        exists = await state.pool.query(QueryRequest(text="ASK { ?s ?p ?o }", default_graphs=graphs, named_graphs=named))
        if b"true" not in b"".join([chunk async for chunk in exists]):
            raise RequestProblem(404, "the store has no such graph")
    text = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
    answer = await state.pool.query(QueryRequest(text=text, default_graphs=graphs, named_graphs=named, triples=chosen.name))
    return await stream(request, answer, chosen, {**CACHED, "ETag": tag})
