"""Connections whose request has a head that is too large, too slow or never comes are closed."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: Seconds within which the head of a request must arrive, from the opening of the connection or its first byte.
_HEAD_TIMEOUT = 15.0
#: The most bytes of a head; the last part that arrives may be longer, since it can have the beginning of the body.
_MAX_HEAD = 2**16
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class TimedProtocol(HttpToolsProtocol):
    """The HTTP protocol of uvicorn with limits on the time and size of the head of a request, which uvicorn does not have."""

    #: The time limit, while a head is expected, and the bytes of it.
    _timer: asyncio.TimerHandle | None = None
    _head = 0

    def connection_made(self, transport: Any) -> None:
        """Start the time at the opening."""
        super().connection_made(transport)
        self._start()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the time."""
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count the bytes of a head."""
        if self._timer is not None:
            if self._head > _MAX_HEAD:
                self._stop()
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
        self._stop()
        super().on_headers_complete()

    def _start(self) -> None:
        self._stop()
        self._head = 0
        self._timer = asyncio.get_running_loop().call_later(_HEAD_TIMEOUT, self.transport.close)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
