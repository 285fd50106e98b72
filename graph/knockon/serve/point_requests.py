"""Answer point queries by GET in one step, with what the layers of the application within would add to their answers."""

from __future__ import annotations

import time
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from knockon.serve.entity_tags import CACHED, tag_of
from knockon.serve.middleware import SAFE_HEADERS, is_named_host, record
from knockon.serve.query_request import QueryRequest
from knockon.serve.query_text import is_repeatable
from knockon.serve.sparql_protocol import choose_format
from knockon.serve.state import ServerState

#: The headers of requests that the layers within answer.
_OTHERS = frozenset(
    {
        b"content-length",
        b"transfer-encoding",
        b"content-encoding",
        b"expect",
        b"if-none-match",
        b"if-match",
        b"range",
        b"origin",
    }
)
#: The longest address, in bytes: longer ones are no point queries.
_MAX_ADDRESS = 6_000
_SAFE = [(name.lower().encode(), value.encode()) for name, value in SAFE_HEADERS.items()]
_CACHED = [*((name.lower().encode(), value.encode()) for name, value in CACHED.items()), *_SAFE]
_CHANGING = [(b"vary", CACHED["Vary"].encode()), (b"cache-control", b"no-store"), *_SAFE]


class PointRequests:
    """The outermost layer: answer what is a plain request of a point query, and pass all others on.

    The layers within answer the same requests in the same way; they take three times as long.

    Parameters
    ----------
    app
        The application with all its layers.
    state
        The state of the server.
    """

    def __init__(self, app: ASGIApp, state: ServerState) -> None:
        self._app, self._state = app, state
        self._path = f"{state.settings.root_path}/sparql"
        self._names = (state.settings.host, *state.settings.hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        started = time.perf_counter()
        is_query = scope["type"] == "http" and scope["method"] == "GET" and scope["path"] == self._path
        messages = self._answer(scope) if is_query else None
        if messages is None:
            await self._app(scope, receive, send)
            return
        head, body = messages
        try:
            await send(head)
            await send(body)
        finally:
            record(self._state, scope, head["status"], len(body["body"]), time.perf_counter() - started)

    def _answer(self, scope: Scope) -> tuple[Message, Message] | None:
        """Return the head and the body of an answer; None if it is not a plain request, or needs a worker."""
        text, accept = _text_of(scope["query_string"]), self._accepted(scope["headers"])
        if text is None or accept is None or (chosen := choose_format("rows", accept)) is None:
            return None
        state = self._state
        answer = state.pool.point(QueryRequest(text=text, solutions=chosen.name, triples=None))
        if answer is None or answer.whole is None:
            return None
        if state.settings.log_queries:
            scope["knockon.query"] = text
        headers = [
            (b"content-length", b"%d" % len(answer.whole)),
            (b"content-type", chosen.content_type.encode()),
        ]
        if is_repeatable(text, "rows"):
            tag = tag_of(state.snapshot, scope["path"], text, None, None, chosen, compressed=False)
            headers += [(b"etag", tag.encode()), *_CACHED]
        else:
            headers += _CHANGING
        head = {"type": "http.response.start", "status": 200, "headers": headers}
        return head, {"type": "http.response.body", "body": answer.whole, "more_body": False}

    def _accepted(self, headers: list[tuple[bytes, bytes]]) -> str | None:
        """Return the ``Accept`` header of a plain request, empty if it has none; None if another header matters."""
        host = accept = None
        for name, value in headers:
            if name in _OTHERS or (name == b"accept-encoding" and b"gzip" in value.lower()):
                return None
            if name == b"host":
                if host is not None:
                    return None
                host = value.decode("latin-1")
            elif name == b"accept":
                if accept is not None:
                    return None
                accept = value.decode("latin-1")
        return None if host is None or not is_named_host(host, self._names) else accept or ""


def _text_of(address: bytes) -> str | None:
    """Return the query of an address that has nothing else; None for any other address.

    >>> _text_of(b"query=ASK+%7B+%3Curn:x:s%3E+?p+?o+%7D"), _text_of(b"query=ASK%7B%7D&timeout=1"), _text_of(b"query=%FF")
    ('ASK { <urn:x:s> ?p ?o }', None, None)
    """
    if len(address) > _MAX_ADDRESS or not address.startswith(b"query=") or b"&" in address:
        return None
    content = unquote_to_bytes(address[6:].replace(b"+", b" "))
    return content.decode("ascii") if content.isascii() else None


__all__ = ["PointRequests"]
