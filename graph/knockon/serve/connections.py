"""Connections whose request has a head that is too large, too slow or never comes are closed."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from knockon.serve.query_request import CYCLE

#: Seconds within which the head of a request must arrive, from the opening of the connection or its first byte.
_HEAD_TIMEOUT = 15.0
#: The most bytes of a head; the last part that arrives may be longer, since it can have the beginning of the body.
_MAX_HEAD = 2**16
#: Seconds in which what has arrived is read before a connection is closed as idle or late. Where the process stood still, as
#: on a busy machine, timers that are due run before what came meanwhile is read: a request would be lost.
_LAST_LOOK = 0.05
#: The most bytes of a part of an answer that waits until the part behind it is there, for a moment.
_MAX_JOINED = 2**16
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class JoiningTransport:
    """A transport that writes the head and the body of an answer at once: each write of its own wakes the client.

    Parameters
    ----------
    transport
        The transport that it writes to, which does all else.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._parts: list[bytes] = []
        self._call_soon = asyncio.get_running_loop().call_soon

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write data, soon."""
        if len(data) > _MAX_JOINED:
            self.flush()
            self._transport.write(data)
            return
        if not self._parts:
            self._call_soon(self.flush)
        self._parts.append(data)

    def is_empty(self) -> bool:
        """Return whether nothing waits to be written, here or in the transport."""
        return not self._parts and not self._transport.get_write_buffer_size()

    def flush(self) -> None:
        """Write what waits."""
        if self._parts:
            content, self._parts = b"".join(self._parts), []
            self._transport.write(content)

    def is_closing(self) -> bool:
        """Return whether the connection is closed, or will be."""
        return self._transport.is_closing()

    def close(self) -> None:
        """Write what waits, and close the connection."""
        self.flush()
        self._transport.close()


class TimedProtocol(HttpToolsProtocol):
    """The HTTP protocol of uvicorn with limits on the time and size of the head of a request, which uvicorn does not have."""

    #: The time at which a head is too late, if one is expected, and the bytes of it.
    _deadline: float | None = None
    _head = 0
    #: Looks at the deadline: one timer for all requests of a connection, since most of them need none.
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Start the time at the opening."""
        super().connection_made(JoiningTransport(transport))  # type: ignore[arg-type] # it has what a transport has
        self._start()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the time."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count the bytes of a head."""
        if self._deadline is not None:
            if self._head > _MAX_HEAD:
                self._deadline = None
                self.transport.write(_TOO_LARGE)
                self.transport.close()
                return
            self._head += len(data)
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Start the time at the first byte of a request."""
        self._start()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Stop the time: the application limits the time of the body."""
        self._deadline = None
        super().on_headers_complete()
        self.scope[CYCLE] = self.cycle  # type: ignore[literal-required]

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection, unless a request has arrived, which cancels it."""
        self.timeout_keep_alive_task = self.loop.call_later(_LAST_LOOK, super().timeout_keep_alive_handler)

    def _start(self) -> None:
        self._head = 0
        self._deadline = self.loop.time() + _HEAD_TIMEOUT

    def _look(self) -> None:
        now = self.loop.time()
        if self._deadline is not None and now >= self._deadline:
            self._timer = self.loop.call_later(_LAST_LOOK, self._close_late, self._deadline)
            return
        self._timer = self.loop.call_at(self._deadline or now + _HEAD_TIMEOUT, self._look)

    def _close_late(self, deadline: float) -> None:
        """Close a connection whose head is late, unless it has arrived."""
        if self._deadline == deadline:
            self.transport.close()
        else:
            self._look()
