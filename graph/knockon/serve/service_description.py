"""The description of the service (SPARQL 1.1 Service Description): what ``/sparql`` speaks, and which graphs it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pyoxigraph import BlankNode, NamedNode, QueryResultsFormat, QuerySolutions, RdfFormat, Triple, parse_query_results
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from knockon.rdf.to_rdf import TYPE
from knockon.rdf.write import serialise
from knockon.serve.entity_tags import CACHED, entity_tag, not_modified
from knockon.serve.negotiation import SOLUTIONS, TRIPLES, Offers, not_acceptable
from knockon.serve.query_request import QueryRequest
from knockon.serve.state import ServerState
from knockon.vocabulary import PREFIXES

_SD = "http://www.w3.org/ns/sparql-service-description#"
_OFFERS = Offers({**TRIPLES.offers, "HTML": ("text/html",)})
_GRAPH_NAMES = "SELECT ?graph { GRAPH ?graph {} } ORDER BY ?graph"


async def service_description(state: ServerState, request: Request) -> Response:
    """Answer a request for the description, in the format of RDF that the client prefers; a browser gets the editor."""
    chosen = _OFFERS.choose(request.headers.get("accept"))
    if chosen is None:
        raise not_acceptable("the description of the service", TRIPLES)
    if chosen.name == "HTML":
        return RedirectResponse(f"{request.scope['root_path']}/editor", 303, {"Vary": "Accept"})
    endpoint = str(request.url.replace(query=""))
    tag = entity_tag(state.snapshot, request, endpoint, chosen)
    if response := not_modified(request, tag):
        return response
    answer = await state.pool.query(QueryRequest(text=_GRAPH_NAMES, solutions="TSV"))
    read = parse_query_results(b"".join([chunk async for chunk in answer]), QueryResultsFormat.TSV)
    assert isinstance(read, QuerySolutions)  # noqa: S101 - the query is a SELECT
    graphs = [row["graph"] for row in read]
    triples = _describe(endpoint, graphs, writable=state.settings.writable)
    content = serialise(triples, getattr(RdfFormat, chosen.name), {**PREFIXES, "sd": _SD})
    return Response(content, headers={**CACHED, "ETag": tag, "Content-Type": chosen.content_type})


def _describe(endpoint: str, graphs: Iterable[Any], *, writable: bool) -> Iterator[Triple]:
    service, data = NamedNode(endpoint), BlankNode("data")
    yield Triple(service, TYPE, _term("Service"))
    yield Triple(service, _term("endpoint"), service)
    yield Triple(service, _term("supportedLanguage"), _term("SPARQL11Query"))
    if writable:
        yield Triple(service, _term("supportedLanguage"), _term("SPARQL11Update"))
    # Nothing is ever fetched: a graph that the store does not have is empty.
    for feature in ("UnionDefaultGraph", "EmptyGraphs"):
        yield Triple(service, _term("feature"), _term(feature))
    for names, formats in ((SOLUTIONS.offers, QueryResultsFormat), (TRIPLES.offers, RdfFormat)):
        for name in names:
            yield Triple(service, _term("resultFormat"), NamedNode(getattr(formats, name).iri))
            if writable and formats is RdfFormat:
                yield Triple(service, _term("inputFormat"), NamedNode(getattr(formats, name).iri))
    yield Triple(service, _term("defaultDataset"), data)
    yield Triple(data, TYPE, _term("Dataset"))
    default = BlankNode("default")
    yield Triple(data, _term("defaultGraph"), default)
    yield Triple(default, TYPE, _term("Graph"))
    for number, graph in enumerate(graphs):
        named, content = BlankNode(f"named{number}"), BlankNode(f"graph{number}")
        yield Triple(data, _term("namedGraph"), named)
        yield Triple(named, TYPE, _term("NamedGraph"))
        yield Triple(named, _term("name"), graph)
        yield Triple(named, _term("graph"), content)
        yield Triple(content, TYPE, _term("Graph"))


def _term(name: str) -> NamedNode:
    return NamedNode(_SD + name)
