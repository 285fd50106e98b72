"""Answer point queries by GET as soon as the head of the request is there, with what the application would add to the answer.

The application answers the same requests in the same way; its layers, its task and its messages take longer than the query.
"""

from __future__ import annotations

import sys
import time
import traceback
from typing import Protocol
from urllib.parse import unquote_to_bytes

from knockon.serve.entity_tags import CACHED, tag_of
from knockon.serve.middleware import MIN_COMPRESSED, SAFE_HEADERS, Recorder, is_named_host, record
from knockon.serve.negotiation import accepts_gzip
from knockon.serve.query_request import QueryRequest
from knockon.serve.query_text import is_repeatable
from knockon.serve.sparql_protocol import choose_format
from knockon.serve.streamed_answer import StreamedAnswer

#: How an address begins that may be one of a point query; the longest one, in bytes.
_ADDRESS, _MAX_ADDRESS = b"/sparql?query=", 6_000
#: The headers of requests that the application answers.
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
        b"upgrade",
        # A proxy names the client, and it is known to uvicorn whether it is believed.
        b"x-forwarded-for",
        b"x-forwarded-proto",
    }
)
Headers = list[tuple[bytes, bytes]]


def _lines(headers: dict[str, str]) -> bytes:
    return "".join(f"{name.lower()}: {value}\r\n" for name, value in headers.items()).encode()


_SAFE = _lines(SAFE_HEADERS)
_CACHED = _lines(CACHED) + _SAFE
_CHANGING = _lines({**CACHED, "Cache-Control": "no-store"}) + _SAFE


class PointState(Recorder, Protocol):
    """What answers are made from: the state of a server, or of a process for point queries."""

    @property
    def revision(self) -> str:
        """The name of the content of the store."""

    def point(self, request: QueryRequest) -> StreamedAnswer | None:
        """Return the answer to a query if it needs no worker; None for others."""


class PointRequests:
    """What is a plain request of a point query, and its answer.

    Parameters
    ----------
    state
        What answers are made from.
    """

    def __init__(self, state: PointState) -> None:
        self._state = state
        self._path = f"{state.settings.root_path}/sparql"
        self._names = (state.settings.host, *state.settings.hosts)

    def answer(self, address: bytes, headers: Headers, client: tuple[str, int] | None) -> tuple[bytes, bytes] | None:
        """Return headers and body of an answer with status 200, which is counted and logged; None: the application must answer.

        Parameters
        ----------
        address
            The target of a GET request.
        headers
            Its headers; names in lower case.
        client
            Who asks.
        """
        started = time.perf_counter()
        text = _text_of(address)
        try:
            found = None if text is None else self._answer(text, headers)
        except Exception as error:  # whatever it is, the application answers with a worker, and headers for safety
            sys.stderr.write("".join(traceback.format_exception(error)))
            found = None
        if found is not None:
            scope = {"method": "GET", "path": self._path, "client": client}
            if self._state.settings.log_queries:
                scope["knockon.query"] = text
            record(self._state, scope, 200, len(found[1]), time.perf_counter() - started)
        return found

    def _answer(self, text: str, headers: Headers) -> tuple[bytes, bytes] | None:
        accepted = self._accepted(headers)
        if accepted is None or (chosen := choose_format("rows", accepted[0])) is None:
            return None
        compressed = accepted[1]
        state = self._state
        answer = state.point(QueryRequest(text=text, solutions=chosen.name, triples=None))
        if answer is None or answer.whole is None or (compressed and len(answer.whole) >= MIN_COMPRESSED):
            return None
        if is_repeatable(text, "rows"):
            tag = tag_of(state.revision, self._path, text, None, None, chosen, compressed=compressed)
            other = b"etag: %b\r\n%b" % (tag.encode(), _CACHED)
        else:
            other = _CHANGING
        head = b"content-length: %d\r\ncontent-type: %b\r\n%b" % (len(answer.whole), chosen.content_type.encode(), other)
        return head, answer.whole

    def _accepted(self, headers: Headers) -> tuple[str, bool] | None:
        """Return the ``Accept`` header of a plain request for this server, and if it accepts gzip; None for other requests."""
        host = accept = encoding = None
        for name, value in headers:
            if name in _OTHERS:
                return None
            if name == b"host":
                if host is not None:
                    return None
                host = value.decode("latin-1")
            elif name == b"accept":
                if accept is not None:
                    return None
                accept = value.decode("latin-1")
            elif name == b"accept-encoding":
                if encoding is not None:
                    return None
                encoding = value.decode("latin-1")
        if host is None or not is_named_host(host, self._names):
            return None
        return accept or "", encoding is not None and accepts_gzip(encoding)


def _text_of(address: bytes) -> str | None:
    """Return the query of an address that has nothing else; None for any other address.

    >>> _text_of(b"/sparql?query=ASK+%7B+%3Curn:x:s%3E+?p+?o+%7D")
    'ASK { <urn:x:s> ?p ?o }'
    >>> _text_of(b"/sparql?query=ASK%7B%7D&timeout=1"), _text_of(b"/sparql?query=%FF"), _text_of(b"/sparql?query=a#b")
    (None, None, None)
    """
    if len(address) > _MAX_ADDRESS or not address.startswith(_ADDRESS) or b"&" in address or b"#" in address:
        return None
    content = unquote_to_bytes(address[len(_ADDRESS) :].replace(b"+", b" "))
    return content.decode("ascii") if content.isascii() else None


__all__ = ["PointRequests", "PointState"]
