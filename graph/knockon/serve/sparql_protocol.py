"""``/sparql``: queries and updates by the SPARQL 1.1 Protocol, and the description of the service."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from knockon.errors import LimitReached, QuerySyntaxError
from knockon.serve.entity_tags import CACHED, entity_tag, not_modified
from knockon.serve.negotiation import SOLUTIONS, TRIPLES, Format, not_acceptable
from knockon.serve.pool import QueryRequest, StreamedAnswer
from knockon.serve.query_text import form_of, is_repeatable, with_base, without_base
from knockon.serve.service_description import service_description
from knockon.serve.sparql_request import ProtocolRequest, read_request
from knockon.serve.state import ServerState
from knockon.serve.updating import update


def routes(state: ServerState) -> list[BaseRoute]:
    """Return the routes of this part."""

    async def sparql(request: Request) -> Response:
        asked = await read_request(request)
        if asked is None:
            return await service_description(state, request)
        if state.settings.log_queries:
            request.scope["knockon.query"] = asked.text
        return await (_query if asked.operation == "query" else update)(state, request, asked)

    return [Route(path, sparql, methods=["GET", "POST"]) for path in ("/sparql", "/sparql/")]


async def _query(state: ServerState, request: Request, asked: ProtocolRequest) -> Response:
    form = form_of(asked.text)
    offers = SOLUTIONS if form == "rows" else TRIPLES
    chosen = offers.choose(request.headers.get("accept"))
    if chosen is None:
        raise not_acceptable("the answer to this query", offers)
    base = str(request.url.replace(query=""))
    text = with_base(asked.text, base)
    headers = dict(CACHED)
    if request.method in {"GET", "HEAD"} and is_repeatable(text):
        tag = entity_tag(state.snapshot, request, text, asked.default_graphs, asked.named_graphs, chosen)
        if response := not_modified(request, tag):
            return response
        headers["ETag"] = tag
    else:
        headers["Cache-Control"] = "no-store"
    try:
        answer = await state.pool.query(
            QueryRequest(
                text=text, default_graphs=asked.default_graphs, named_graphs=asked.named_graphs,
                solutions=chosen.name if form == "rows" else "JSON", triples=chosen.name if form == "triples" else "TURTLE",
            )
        )  # fmt: skip
    except QuerySyntaxError as error:
        if text is not asked.text:
            raise type(error)(without_base(str(error))) from None
        raise
    return await stream(request, answer, chosen, headers)


async def stream(request: Request, answer: StreamedAnswer, chosen: Format, headers: dict[str, str]) -> Response:
    """Return the response that streams an answer; one that is known to be cut says so in a header, and is not kept."""
    headers = {**headers, "Content-Type": chosen.content_type}
    if answer.cut:
        headers |= {"Knockon-Cut": answer.cut, "Cache-Control": "no-store"}
        headers.pop("ETag", None)
    if request.method == "HEAD":
        await answer.aclose()
        return Response(headers=headers)
    return StreamingResponse(_chunks(answer, whole=not answer.cut), headers=headers)


async def _chunks(answer: StreamedAnswer, *, whole: bool) -> AsyncIterator[bytes]:
    """Yield an answer; a client that hangs up frees its worker.

    Raises
    ------
    LimitReached
        The answer was cut after its headers had promised a whole one: the transfer ends without its last chunk.
    """
    try:
        async for chunk in answer:
            yield chunk
        if whole and answer.cut:
            raise LimitReached(f"the answer was cut: {answer.cut}")
    finally:
        await answer.aclose()
