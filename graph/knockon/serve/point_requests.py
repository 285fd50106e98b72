"""Answer point queries by GET as soon as the head of the request is there, with what the application would add to the answer.

The application answers the same requests in the same way; its layers, its task and its messages take longer than the query.
"""

from __future__ import annotations

import sys
import time
import traceback
from typing import Protocol

from knockon.serve.entity_tags import CACHED, tag_of
from knockon.serve.middleware import MIN_COMPRESSED, SAFE_HEADERS, Recorder, record
from knockon.serve.plain_request import Headers, PlainRequest, read_get
from knockon.serve.query_request import QueryRequest
from knockon.serve.query_text import is_repeatable
from knockon.serve.sparql_protocol import choose_format
from knockon.serve.streamed_answer import StreamedAnswer


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

    def read(self, address: bytes, headers: Headers) -> PlainRequest | None:
        """Return what a GET request asks, if it is plain; see ``plain_request``."""
        return read_get(address, headers, self._names)

    def answer(self, plain: PlainRequest, client: tuple[str, int] | None) -> tuple[bytes, bytes] | None:
        """Return headers and body of an answer with status 200, which is counted and logged; None: the application must answer.

        Parameters
        ----------
        plain
            What is asked.
        client
            Who asks.
        """
        started = time.perf_counter()
        try:
            found = self._answer(plain)
        except Exception as error:  # whatever it is, the application answers with a worker, and headers for safety
            sys.stderr.write("".join(traceback.format_exception(error)))
            found = None
        if found is not None:
            scope = {"method": "GET", "path": self._path, "client": client}
            if self._state.settings.log_queries:
                scope["knockon.query"] = plain.text
            record(self._state, scope, 200, len(found[1]), time.perf_counter() - started)
        return found

    def _answer(self, plain: PlainRequest) -> tuple[bytes, bytes] | None:
        text, compressed = plain.text, plain.compressed
        if (chosen := choose_format("rows", plain.accept)) is None:
            return None
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


__all__ = ["PointRequests", "PointState"]
