"""What every request passes: the access log, the check of the host, limits on its body, and headers for safety."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import sys
import time
import traceback
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from knockon.errors import KnockonError
from knockon.serve.access_log import AccessLog
from knockon.serve.metrics import Metrics
from knockon.serve.negotiation import accepts_gzip
from knockon.serve.problems import BrokenAnswer, RequestProblem, error_response, problem
from knockon.serve.query_request import STARTED, ClientGone
from knockon.serve.settings import ServerSettings
from knockon.serve.state import ServerState

#: The headers of every answer that does not have them already. A page has a policy of its own.
SAFE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
#: The same as ASGI has them.
SAFE_HEADER_BYTES = tuple((name.lower().encode(), value.encode()) for name, value in SAFE_HEADERS.items())
#: The methods that metrics and the log name; a client can invent others.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
#: What a ``Host`` header may contain: it becomes part of addresses in answers.
_HOST = re.compile(r"[\w.:\[\]-]{1,300}", re.ASCII)
#: The headers of requests that have a body.
_BODY = frozenset({b"content-length", b"transfer-encoding"})
#: What ends an answer early and is no fault of the server: the client has gone or does not read, a limit was reached.
_EXPECTED = (ClientGone, ClientDisconnect, BrokenAnswer, OSError, TimeoutError)
#: Smaller answers are not worth compressing.
MIN_COMPRESSED = 1_000
#: Seconds within which a client must take a part of an answer.
_SEND_TIMEOUT = 30.0
#: Seconds for which the rest of a body is read that is not wanted.
_DISCARD_TIME = 1.0


class Watch:
    """Outermost: log and count every request, answer unexpected errors, and add the headers for safety."""

    def __init__(self, app: ASGIApp, state: ServerState) -> None:
        self._app, self._state = app, state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status, size, ended = scope.get(STARTED) or time.perf_counter(), 0, 0, False

        async def watched(message: Message) -> None:
            nonlocal status, size, ended
            if message["type"] == "http.response.start":
                status = message["status"]
                await send({**message, "headers": _with_safe_headers(message["headers"])})
            else:
                size += len(message.get("body", b""))
                ended = not message.get("more_body", False)
                # A client that does not read must not keep a worker.
                await (send(message) if ended else asyncio.wait_for(send(message), _SEND_TIMEOUT))

        try:
            await self._app(scope, receive, watched)
        except asyncio.CancelledError:  # the server stops, and does not wait for this request any longer
            if not status:
                await problem(503, "the server stops; try again later", {"Retry-After": "10"})(scope, receive, watched)
            raise
        except Exception as error:
            if not isinstance(error, (KnockonError, *_EXPECTED)):
                sys.stderr.write("".join(traceback.format_exception(error)))
            # An answer that has begun is left without its end, so that no client takes it for whole.
            if not status and not isinstance(error, _EXPECTED):
                response = error_response(error, self._state.settings) if isinstance(error, KnockonError) else problem(500)
                await response(scope, receive, watched)
        finally:
            record(self._state, scope, status if ended else 0, size, time.perf_counter() - started)


class Recorder(Protocol):
    """What counts and logs requests."""

    @property
    def settings(self) -> ServerSettings:
        """The settings of the server."""

    @property
    def metrics(self) -> Metrics:
        """The counters."""

    @property
    def log(self) -> AccessLog:
        """The access log."""


def record(state: Recorder, scope: Scope, status: int, size: int, seconds: float) -> None:
    """Count and log a request; the status 0 is an answer without its end."""
    method = scope["method"] if scope["method"] in _METHODS else "other"
    state.metrics.record(method, status, seconds)
    if state.settings.quiet:
        return
    values = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "client": (scope.get("client") or ("",))[0], "method": method, "path": scope["path"][:1_000], "status": status,
        "bytes": size, "seconds": round(seconds, 6),
    }  # fmt: skip
    if text := scope.get("knockon.query"):
        values["query"] = text
    state.log.record(values)


def _with_safe_headers(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return headers with those for safety; they are bytes throughout, since every answer passes here."""
    present = dict(headers)
    if b"vary" in present:  # which several parts extend
        present[b"vary"] = b", ".join(dict.fromkeys(name.strip() for name in present[b"vary"].split(b",")))
    return [
        *((name, present[name] if name == b"vary" else value) for name, value in headers),
        *((name, value) for name, value in SAFE_HEADER_BYTES if name not in present),
    ]


class Gate:
    """Refuse requests for other hosts, and bodies that are too large or too slow."""

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app, self._settings = app, settings
        self._names = (settings.host, *settings.hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        refusal = self._refusal(headers)
        if refusal is not None:
            if not _values(headers, b"expect"):  # such a client waits for the answer before it sends the body
                await _discard(receive)
            await refusal(scope, receive, send)
            return
        if not any(name in _BODY for name, _ in headers):
            await self._app(scope, receive, send)
            return
        body = _LimitedBody(receive, self._settings)

        async def noting(message: Message) -> None:
            body.answered = True
            await send(message)

        await self._app(scope, body.receive, noting)

    def _refusal(self, headers: list[tuple[bytes, bytes]]) -> Response | None:
        names = _values(headers, b"host")
        if len(names) != 1 or not _HOST.fullmatch(names[0]):
            return problem(400, "a request names one host")
        if not is_allowed_host(names[0], self._names):
            # Otherwise a page of another site could read answers by a name that it points to this address.
            return problem(421, "this server has another name; --allow-host NAME adds one")
        length = _values(headers, b"content-length")
        if length and length[0].isdecimal() and int(length[0]) > self._settings.max_body:
            return error_response(_too_large(self._settings.max_body), self._settings)
        return None


def _values(headers: list[tuple[bytes, bytes]], name: bytes) -> list[str]:
    """Return the values of a header as they arrive: names are in lower case."""
    return [value.decode("latin-1") for key, value in headers if key == name]


class Compress(GZipMiddleware):
    """Compress answers for clients that accept it; for others this costs nothing."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        accepted = scope["type"] == "http" and accepts_gzip(Headers(scope=scope).get("accept-encoding", ""))
        await (super().__call__ if accepted else self.app)(scope, receive, send)


def is_named_host(host: str, names: tuple[str, ...]) -> bool:
    """Return whether the only ``Host`` header of a request is one, and names this server."""
    return _HOST.fullmatch(host) is not None and is_allowed_host(host, names)


@lru_cache(maxsize=1_024)
def is_allowed_host(host: str, names: tuple[str, ...]) -> bool:
    """Return whether a ``Host`` header names this server.

    An address in numbers is always right: it is the address that the client has connected to, or no browser has sent it.

    >>> is_allowed_host("localhost:8030", ()), is_allowed_host("[::1]:8030", ()), is_allowed_host("evil.example", ())
    (True, True, False)
    >>> is_allowed_host("Graph.Example.", ("graph.example",))
    True
    """
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() and not host.endswith("]") else host
    name = name.strip("[]").rstrip(".").lower()
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return "*" in names or name == "localhost" or name in {allowed.lower() for allowed in names}
    return True


def _too_large(most: int) -> RequestProblem:
    return RequestProblem(413, f"the body has more than {most:,} bytes", {"Connection": "close"})


async def _discard(receive: Receive) -> None:
    """Read what a client still sends, for a moment: one that is cut off while it sends does not see the answer."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_DISCARD_TIME):
            while (await receive()).get("more_body", False):
                pass


class _LimitedBody:
    """The body of a request, which must be complete within a time and a size."""

    def __init__(self, receive: Receive, settings: ServerSettings) -> None:
        self._receive, self._settings = receive, settings
        self._size, self._complete = 0, False
        self._deadline = asyncio.get_running_loop().time() + settings.read_timeout
        #: Whether the answer has begun, after which the rest of the body is of no interest.
        self.answered = False

    async def receive(self) -> Message:
        """Return the next part."""
        if self._complete:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            seconds = self._settings.read_timeout
            return self._refuse(RequestProblem(408, f"the body did not arrive within {seconds:g} s", {"Connection": "close"}))
        self._size += len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        if self._size > self._settings.max_body:
            await _discard(self._receive)
            return self._refuse(_too_large(self._settings.max_body))
        return message

    def _refuse(self, error: RequestProblem) -> Message:
        if not self.answered:
            raise error
        self._complete = True
        return {"type": "http.disconnect"}
