"""Requests to a SPARQL endpoint: retried while it is busy, within limits of time and size, and to no other host."""

from __future__ import annotations

import os
import re
import time
import weakref
from collections.abc import Mapping, Sequence
from importlib import import_module
from ssl import PROTOCOL_TLS_CLIENT, SSLContext
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from knockon.errors import LimitReached, NotFound, QuerySyntaxError, UsageError
from knockon.sparql.answers import size_limit, time_limit
from knockon.sparql.limits import Limits
from knockon.store.addresses import AUTHORIZATION, check_address
from knockon.text import plain

if TYPE_CHECKING:
    import httpx2

#: Seconds that a request may take where the caller sets no limit, and to find the server.
_TIME, _CONNECT = 60.0, 10.0
#: The pauses before a request is sent again, in seconds.
_PAUSES = (0.2, 0.5, 1.0)
_BUSY = frozenset({429, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 3
_LONGEST_MESSAGE = 300


class Reply(NamedTuple):
    """The answer to a request: the type of its content without parameters, its headers in lower case, and its bytes."""

    media_type: str
    headers: Mapping[str, str]
    content: bytes


class SparqlClient:
    """Requests to one endpoint.

    Parameters
    ----------
    address
        The address of the endpoint.

    Raises
    ------
    UsageError
        The address is not usable, or httpx2 is not installed.
    """

    def __init__(self, address: str) -> None:
        self.address = check_address(address)
        try:
            http = import_module("httpx2")
        except ImportError:
            raise UsageError("graphs behind an address need httpx2, not installed: pip install 'knockon[remote]'") from None
        headers = {"User-Agent": "knockon"}
        if authorization := os.environ.get(AUTHORIZATION, "").strip():
            if not authorization.isprintable() or not authorization.isascii():
                raise UsageError(f"{AUTHORIZATION} must be one line of ASCII characters, such as `Bearer TOKEN`")
            headers["Authorization"] = authorization
        self._http: Any = http
        secure = urlsplit(self.address).scheme == "https"
        # Reading the certificates takes 50 ms. A plain address never leads to a secure one; without them nobody is trusted.
        verify = True if secure else SSLContext(PROTOCOL_TLS_CLIENT)
        self._client: httpx2.Client = http.Client(headers=headers, follow_redirects=False, verify=verify)
        # Commands open a graph and end; connections are closed all the same.
        self._finalizer = weakref.finalize(self, self._client.close)

    def close(self) -> None:
        """Close the connections."""
        self._finalizer()

    def post(self, fields: Sequence[tuple[str, str]], accept: str, limits: Limits) -> Reply:
        """Send a query and return the answer, after retries where the server is busy or cannot be reached.

        Raises
        ------
        LimitReached
            The answer takes longer or is larger than the limits allow, or the server stays busy.
        NotFound
            There is no such endpoint.
        QuerySyntaxError
            The server refuses the query.
        UsageError
            It refuses the request, or leads to another host.
        """
        seconds = limits.seconds or _TIME
        end = time.monotonic() + seconds
        for pause in (*_PAUSES, None):
            try:
                return self._send(fields, accept, limits, end)
            except _Busy as busy:
                wait = max(pause or 0.0, busy.retry_after)
                if pause is None or time.monotonic() + wait >= end:
                    raise busy.error from None
                time.sleep(wait)
        raise AssertionError("the last round returns or raises")

    def _send(self, fields: Sequence[tuple[str, str]], accept: str, limits: Limits, end: float) -> Reply:
        """Send a request once, along redirects on the same host."""
        address = self.address
        for _ in range(_MOST_REDIRECTS + 1):
            left = end - time.monotonic()
            if left <= 0:
                raise time_limit(limits.seconds or _TIME)
            timeout = self._http.Timeout(left, connect=min(left, _CONNECT))
            try:
                with self._client.stream(
                    "POST", address, data=_grouped(fields), headers={"Accept": accept}, timeout=timeout
                ) as response:
                    if response.status_code not in _REDIRECTS:
                        return self._read(response, limits, end)
                    address = self._redirect(address, response.headers.get("location", ""))
            except self._http.TimeoutException as error:
                if isinstance(error, self._http.ConnectTimeout):
                    raise _Busy(self._unreachable(error)) from None
                raise time_limit(limits.seconds or _TIME) from None
            except self._http.HTTPError as error:
                raise _Busy(self._unreachable(error)) from None
        raise UsageError(f"{self.address} redirects more than {_MOST_REDIRECTS} times")

    def _redirect(self, address: str, location: str) -> str:
        """Return where a redirect leads, if that is the same server."""
        try:
            target = urljoin(address, location)
            here, there = urlsplit(address), urlsplit(target)
        except ValueError:
            raise UsageError(f"{self.address} redirects to {plain(location)[:200]!r}, which is not an address") from None
        if (here.scheme, here.netloc) != (there.scheme, there.netloc):
            raise UsageError(
                f"{self.address} redirects to {plain(there.scheme)}://{plain(there.netloc)}, which is another server and not "
                "asked; give that address itself if you trust it"
            )
        return target

    def _read(self, response: httpx2.Response, limits: Limits, end: float) -> Reply:
        """Read an answer within the limits."""
        content, most = bytearray(), limits.size if response.is_success else 4 * _LONGEST_MESSAGE
        try:
            for chunk in response.iter_bytes():
                content += chunk
                if most is not None and len(content) > most:
                    if response.is_success:
                        raise size_limit(most)
                    break
                if time.monotonic() > end:
                    raise time_limit(limits.seconds or _TIME)
        except (self._http.RemoteProtocolError, self._http.ReadError):
            # So a server says that it stopped at a limit of its own; another time it would stop there again.
            message = f"{self.address} ended the answer before it was complete; narrow the query, e.g. by LIMIT"
            raise LimitReached(message) from None
        headers = {name.lower(): value for name, value in response.headers.items()}
        if not response.is_success:
            raise self._refusal(response.status_code, headers, bytes(content))
        return Reply(headers.get("content-type", "").partition(";")[0].strip().lower(), headers, bytes(content))

    def _refusal(self, status: int, headers: Mapping[str, str], content: bytes) -> Exception:
        """Return the error for a status."""
        text = plain(content.decode(errors="replace"))[:_LONGEST_MESSAGE]
        said = f"{self.address} answers with status {status}: {text}".rstrip(": ")
        if status in _BUSY:
            return _Busy(LimitReached(f"{said}; the server is busy, or the query takes it too long"), _seconds(headers))
        if status == 400:
            return QuerySyntaxError(said)
        if status in (401, 403, 407):
            return UsageError(f"{said}; what it asks for goes into the environment variable {AUTHORIZATION}")
        if status in (404, 410):
            return NotFound("SPARQL endpoint", self.address)
        return UsageError(said)

    def _unreachable(self, error: Exception) -> Exception:
        return NotFound("SPARQL endpoint", self.address, hint=f"({plain(str(error)) or type(error).__name__})")


class _Busy(Exception):
    """A request that may be sent again, with the error for the last time."""

    def __init__(self, error: Exception, retry_after: float = 0.0) -> None:
        self.error, self.retry_after = error, retry_after


def _seconds(headers: Mapping[str, str]) -> float:
    """Return the pause that a server asks for; 0 where it asks for none in seconds."""
    text = headers.get("retry-after", "")
    return float(text) if re.fullmatch(r"[0-9]{1,4}", text) else 0.0


def _grouped(fields: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in fields:
        grouped.setdefault(name, []).append(value)
    return grouped


__all__ = ["Reply", "SparqlClient"]
