"""Connections that send the head of a request too slowly, or never, are closed."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: Seconds within which the head of a request must arrive, from the opening of the connection or its first byte.
_HEAD_TIMEOUT = 15.0


class TimedProtocol(HttpToolsProtocol):
    """The HTTP protocol of uvicorn with a time limit on the head of a request, which uvicorn itself does not have."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Start the time at the opening."""
        super().connection_made(transport)
        self._start()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the time."""
        self._stop()
        super().connection_lost(exc)

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
        self._timer = asyncio.get_running_loop().call_later(_HEAD_TIMEOUT, self.transport.close)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
