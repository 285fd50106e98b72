"""Strong entity tags: equal tags are equal bytes, so a client that has an answer already gets status 304 before any work."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from knockon.serve.negotiation import accepts_gzip
from knockon.serve.snapshots import Snapshot

#: The headers of a negotiated answer: it may be stored, and is asked for again each time, which costs no work.
CACHED = {"Vary": "Accept, Accept-Encoding", "Cache-Control": "no-cache"}
#: The headers of a body that is not sent.
_OF_BODY = frozenset({b"content-length", b"content-type", b"content-encoding"})


def entity_tag(snapshot: Snapshot, request: Request, *parts: object) -> str:
    """Return the tag of an answer: of the content, what is asked, the day (answers are as of today) and the encoding.

    Parameters
    ----------
    snapshot
        The state of the store that is asked.
    request
        The request, which may accept compressed answers.
    parts
        All else that the bytes depend on: the question, the format; values whose ``repr`` tells them apart.
    """
    # The middleware compresses for clients that accept it: other bytes, so another tag.
    compressed = accepts_gzip(request.headers.get("accept-encoding", ""))
    return tag_of(snapshot.revision, request.scope["path"], *parts, compressed=compressed)


def tag_of(revision: str, path: str, *parts: object, compressed: bool) -> str:
    """Return the tag of an answer to a request with some path, on a revision of the store; see ``entity_tag``."""
    content = repr((revision, str(datetime.now(UTC).date()), compressed, path, *parts))
    return f'"{hashlib.sha256(content.encode()).hexdigest()[:32]}"'


def not_modified(request: Request, tag: str) -> Response | None:
    """Return the answer for a client that has what the tag names already; None for others.

    ``*`` means any answer, and whether there is one is known only when it was made: see ``AnyTag``.
    """
    # A list may be sent in several lines, e.g. by a proxy that adds what it has.
    known = request.headers.getlist("if-none-match")
    tags = {part.strip().removeprefix("W/") for line in known for part in line.split(",")}
    return Response(status_code=304, headers={**CACHED, "ETag": tag}) if tag in tags else None


class AnyTag:
    """A middleware for ``If-None-Match: *``: what there is at all is sent as status 304, what fails as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        reads = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        if not reads or (b"if-none-match", b"*") not in scope["headers"]:
            await self._app(scope, receive, send)
            return
        ended = started = False

        async def without_body(message: Message) -> None:
            nonlocal started, ended
            if message["type"] == "http.response.start":
                started = message["status"] == HTTPStatus.OK
                if started:
                    kept = [(name, value) for name, value in message["headers"] if name not in _OF_BODY]
                    message = {**message, "status": HTTPStatus.NOT_MODIFIED.value, "headers": kept}
                await send(message)
            elif not started:
                await send(message)
            elif not ended:
                ended = True
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        await self._app(scope, receive, without_body)
