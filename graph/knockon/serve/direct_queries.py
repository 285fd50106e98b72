"""The short way of plain queries to a worker and back, without the layers of the application.

An answer that is there as a whole is sent as it came from the worker. Whatever else comes of a query (parts, a cut, an error,
bytes to be compressed) the application makes an answer of: it is asked with that at hand, so no query is run twice.
"""

from __future__ import annotations

import time

from starlette.types import ASGIApp, Receive, Scope, Send

from knockon.serve.entity_tags import CACHED, tag_of
from knockon.serve.middleware import MIN_COMPRESSED, SAFE_HEADER_BYTES, record
from knockon.serve.negotiation import Format
from knockon.serve.plain_request import PlainRequest, read_post
from knockon.serve.query_request import CYCLE, OUTCOME, PLAIN, STARTED, QueryRequest
from knockon.serve.query_text import form_of, is_repeatable, with_base
from knockon.serve.sparql_protocol import choose_format
from knockon.serve.state import ServerState

_VARY, _NO_CACHE = ((name.lower().encode(), CACHED[name].encode()) for name in ("Vary", "Cache-Control"))
_NO_STORE = (b"cache-control", b"no-store")


class DirectQueries:
    """An application that answers plain queries, and leaves all else to another one.

    Parameters
    ----------
    app
        The other one.
    state
        The state of the server.
    """

    def __init__(self, app: ASGIApp, state: ServerState) -> None:
        self._app, self._state = app, state
        self._path = f"{state.settings.root_path}/sparql"
        self._names = (state.settings.host, *state.settings.hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        plain = scope.get(PLAIN) or self._posted(scope)
        if plain is None or not await self._answer(plain, scope, send):
            await self._app(scope, receive, send)

    def _posted(self, scope: Scope) -> PlainRequest | None:
        """Return what a POST request asks whose body came with its head; None for others."""
        cycle = scope.get(CYCLE)
        if (
            scope["method"] != "POST"
            or scope["path"] != self._path
            or scope["query_string"]
            or cycle is None
            or cycle.more_body
        ):
            return None
        if len(cycle.body) > self._state.settings.max_body:
            return None
        return read_post(scope["headers"], bytes(cycle.body), self._names)

    async def _answer(self, plain: PlainRequest, scope: Scope, send: Send) -> bool:
        """Answer a query; return whether that was possible here."""
        text, started, state = plain.text, time.perf_counter(), self._state
        form = form_of(text)
        chosen = choose_format(form, plain.accept)
        if chosen is None or with_base(text, str) is not text:
            return False
        rows, cycle, revision = form == "rows", scope[CYCLE], state.revision
        client = scope["client"][0] if scope["client"] else ""
        asked = QueryRequest(
            text=text, solutions=chosen.name if rows else None, triples=None if rows else chosen.name, client=client
        )

        async def gone() -> bool:
            return bool(cycle.disconnected)

        scope[STARTED] = started
        try:
            answer = await state.pool.query(asked, gone)
        except BaseException as error:  # even that the server stops: the application says so
            scope[OUTCOME] = error
            return False
        if answer.whole is None or answer.cut or (plain.compressed and len(answer.whole) >= MIN_COMPRESSED):
            scope[OUTCOME] = answer
            return False
        is_tagged = plain.repeatable and revision == state.revision and is_repeatable(text, form)
        tag = tag_of(revision, self._path, text, None, None, chosen, compressed=plain.compressed) if is_tagged else ""
        if state.settings.log_queries:
            scope["knockon.query"] = text
        await _send_whole(answer.whole, chosen, tag, send)
        record(state, scope, 200, len(answer.whole), time.perf_counter() - started)
        return True


async def _send_whole(content: bytes, chosen: Format, tag: str, send: Send) -> None:
    headers = [
        (b"content-length", b"%d" % len(content)),
        (b"content-type", chosen.content_type.encode()),
        *(((b"etag", tag.encode()), _NO_CACHE) if tag else (_NO_STORE,)),
        _VARY,
        *SAFE_HEADER_BYTES,
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


__all__ = ["DirectQueries"]
