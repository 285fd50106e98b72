"""Strong entity tags: equal tags are equal bytes, so a client that has an answer already gets status 304 before any work."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from knockon.serve.negotiation import accepts_gzip
from knockon.serve.snapshots import Snapshot

#: The headers of a negotiated answer: it may be stored, and is asked for again each time, which costs no work.
CACHED = {"Vary": "Accept, Accept-Encoding", "Cache-Control": "no-cache"}


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
    content = repr((snapshot.revision, str(datetime.now(UTC).date()), compressed, request.scope["path"], *parts))
    return f'"{hashlib.sha256(content.encode()).hexdigest()[:32]}"'


def not_modified(request: Request, tag: str) -> Response | None:
    """Return the answer for a client that has what the tag names already; None for others."""
    known = request.headers.get("if-none-match", "")
    tags = {part.strip().removeprefix("W/") for part in known.split(",")}
    return Response(status_code=304, headers={**CACHED, "ETag": tag}) if tag in tags or "*" in tags else None
