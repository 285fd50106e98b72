"""``/sparql``: queries and updates by the SPARQL 1.1 Protocol, and the description of the service."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from functools import lru_cache
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from knockon.errors import InvalidData, KnockonError, QuerySyntaxError
from knockon.serve.entity_tags import CACHED, entity_tag, not_modified
from knockon.serve.negotiation import SOLUTIONS, TRIPLES, Format, not_acceptable
from knockon.serve.problems import BrokenAnswer, RequestProblem, error_response
from knockon.serve.query_request import QueryRequest, gone_of, outcome_of
from knockon.serve.query_text import form_of, is_repeatable, with_base, without_base
from knockon.serve.service_description import service_description
from knockon.serve.sparql_request import ProtocolRequest, read_request
from knockon.serve.state import ServerState
from knockon.serve.streamed_answer import StreamedAnswer
from knockon.serve.updating import update
from knockon.sparql.size import QUERY, too_long

#: The longest ``Accept`` header, in characters, of which the choice is remembered.
_MAX_REMEMBERED = 300


def routes(state: ServerState) -> list[BaseRoute]:
    """Return the routes of this part."""

    async def sparql(request: Request) -> Response:
        return await _answer(state, request)

    return [Route(path, sparql, methods=["GET", "POST"]) for path in ("/sparql", "/sparql/")]


class QueryPath:
    """A middleware that answers queries by GET itself: most requests are of this kind, and need no route to be found."""

    def __init__(self, app: ASGIApp, state: ServerState) -> None:
        self._app, self._state = app, state
        self._path = f"{state.settings.root_path}/sparql"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a query, or pass another request on."""
        if scope["type"] == "http" and scope["method"] == "GET" and scope["path"] == self._path:
            try:
                response = await _answer(self._state, Request(scope, receive))
            except KnockonError as error:
                response = error_response(error, self._state.settings)
            await response(scope, receive, send)
        else:
            await self._app(scope, receive, send)


async def _answer(state: ServerState, request: Request) -> Response:
    asked = await read_request(request)
    if asked is None:
        return await service_description(state, request)
    if state.settings.log_queries:
        request.scope["knockon.query"] = asked.text
    return await (_query if asked.operation == "query" else update)(state, request, asked)


async def _query(state: ServerState, request: Request, asked: ProtocolRequest) -> Response:
    if len(asked.text) > QUERY.length:  # a worker would say the same
        raise too_long(QUERY.length)
    form = form_of(asked.text)
    offers = SOLUTIONS if form == "rows" else TRIPLES
    accept = request.headers.get("accept", "")
    chosen = choose_format(form, accept)
    if chosen is None:
        raise not_acceptable("the answer to this query", offers)
    text = with_base(asked.text, lambda: str(request.url.replace(query="")))
    headers, revision = dict(CACHED), state.snapshot.revision
    if request.method in {"GET", "HEAD"} and is_repeatable(text, form):
        tag = entity_tag(state.snapshot, request, text, asked.default_graphs, asked.named_graphs, chosen)
        if response := not_modified(request, tag):
            return response
        headers["ETag"] = tag
    else:
        headers["Cache-Control"] = "no-store"
    rows = form == "rows"
    try:
        answer = await ask(
            state, request, text, asked.default_graphs, asked.named_graphs,
            solutions=chosen.name if rows else None, triples=None if rows else chosen.name,
        )  # fmt: skip
    except QuerySyntaxError as error:
        if text is not asked.text:
            raise type(error)(without_base(str(error))) from None
        raise
    if revision != state.snapshot.revision:
        # The store has changed meanwhile: the answer may be of either state.
        headers.pop("ETag", None)
    return await stream(request, answer, chosen, headers)


def choose_format(form: Literal["rows", "triples"], accept: str) -> Format | None:
    """Return the format of an answer that an ``Accept`` header prefers; None if it accepts none."""
    return (_choose_by_short if len(accept) <= _MAX_REMEMBERED else _choose)(form, accept)


def _choose(form: Literal["rows", "triples"], accept: str) -> Format | None:
    return (SOLUTIONS if form == "rows" else TRIPLES).choose(accept)


_choose_by_short = lru_cache(maxsize=256)(_choose)


async def ask(
    state: ServerState,
    request: Request,
    text: str,
    default_graphs: tuple[str, ...] | None = None,
    named_graphs: tuple[str, ...] | None = None,
    *,
    solutions: str | None = None,
    triples: str | None = None,
) -> StreamedAnswer:
    """Run a query for a client; see ``WorkerPool.query``. One that hangs up frees its worker."""
    client = request.client.host if request.client else ""
    asked = QueryRequest(
        text=text, default_graphs=default_graphs, named_graphs=named_graphs, solutions=solutions, triples=triples, client=client
    )
    try:
        return outcome_of(request) or await state.pool.query(asked, gone=gone_of(request))
    except InvalidData as error:  # a query brings no data: the store is damaged
        sys.stderr.write(f"the store cannot be read: {error}\n")
        raise RequestProblem(500, "the store cannot be read; the reason is in the log of the server") from None


async def stream(request: Request, answer: StreamedAnswer, chosen: Format, headers: dict[str, str]) -> Response:
    """Return the response with an answer; one that is known to be cut says so in a header, and is not kept.

    One that is cut later is left without its end: its iteration raises an error.
    """
    headers = {**headers, "Content-Type": chosen.content_type}
    if answer.cut:
        headers |= {"Knockon-Cut": answer.cut, "Cache-Control": "no-store"}
        headers.pop("ETag", None)
    if answer.whole is not None:
        return Response(answer.whole, headers=headers)
    if request.method == "HEAD":
        await answer.aclose()
        response = Response(headers=headers)
        del response.headers["Content-Length"]  # which nobody knows: a GET has no such header either
        return response
    return StreamingResponse(_chunks(answer), headers=headers)


async def _chunks(answer: StreamedAnswer) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer:
            yield chunk
    except KnockonError as error:
        raise BrokenAnswer(str(error)) from None
    finally:
        await answer.aclose()
