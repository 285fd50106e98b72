"""The HTTP protocol of the server: point queries are answered at once, or by another process; all else by the application."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import uvicorn

from knockon.serve.connections import JoiningTransport, TimedProtocol
from knockon.serve.direct_queries import DirectQueries
from knockon.serve.graceful_server import GracefulServer
from knockon.serve.point_channel import MOST_BYTES
from knockon.serve.point_processes import PointProcesses
from knockon.serve.point_requests import PointRequests
from knockon.serve.query_request import PLAIN

#: The point queries in a row after which a connection may be given to another process: one that asks once only is better
#: answered here. For one that has come back there are more, since it may ask for other things, too.
_FIRST, _AGAIN = 1, 30
#: How a request begins that may be for a point query.
_BEGIN = b"GET /"


class PointProtocol(TimedProtocol):
    """The protocol of one connection.

    Parameters
    ----------
    config, arguments, options
        As of uvicorn.
    data
        What another process has read from the connection; None: it is a new one.
    """

    #: Whether the request that arrives is answered already, whether one of the data that arrived last was, and whether one
    #: has begun to arrive.
    _answered = _had_turn = _inside = False
    #: The point queries that were answered in a row.
    _row = 0

    def __init__(self, config: Any, *arguments: Any, data: bytes | None = None, **options: Any) -> None:
        super().__init__(config, *arguments, **options)
        self._points: PointRequests = config.app.state.points
        self.app = DirectQueries(self.app, config.app.state.server)
        self._processes: PointProcesses = config.app.state.server.processes
        self._most: int | None = config.limit_concurrency
        self._data, self._needed = data, _FIRST if data is None else _AGAIN

    def connection_made(self, transport: Any) -> None:
        """Begin, with what was read before."""
        super().connection_made(transport)
        if self._data:
            self.data_received(self._data)
        self._data = None

    def data_received(self, data: bytes) -> None:
        """Let one request of the data be answered at once: others that come with it wait for their turn among those of all."""
        self._had_turn = False
        if self._row >= self._needed and self._is_between(data) and self._give(data):
            self.transport.abort()
            return
        super().data_received(data)

    def _is_between(self, data: bytes) -> bool:
        """Return whether some data may be a request of its own, which nobody has begun to read or to answer."""
        return (
            not self._inside
            and data.startswith(_BEGIN)
            and len(data) <= MOST_BYTES
            and self._is_idle()
            and isinstance(self.transport, JoiningTransport)
            and self.transport.is_empty()
        )

    def _give(self, data: bytes) -> bool:
        self._row = 0
        return self._processes.give(self.transport.get_extra_info("socket").fileno(), data, len(self.connections))

    def on_message_begin(self) -> None:
        """Take note that a request has begun."""
        self._inside = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Answer a point query, or start the application."""
        plain = found = None
        if self._most is not None:
            # The limit is one for all processes.
            self.limit_concurrency = max(1, self._most - self._processes.connections)
        if self._is_free() and self.parser.get_method() == b"GET" and self.parser.get_http_version() == "1.1":
            plain = self._points.read(self.url, self.headers)
            found = None if plain is None else self._points.answer(plain, self.client)
        if found is None:
            self._row = 0
            if plain is not None:
                self.scope[PLAIN] = plain  # type: ignore[literal-required]
            super().on_headers_complete()
            return
        self._deadline, self._answered, self._had_turn = None, True, True
        self._row += 1
        usual = b"".join([b"%b: %b\r\n" % header for header in self.server_state.default_headers])
        self.transport.write(b"HTTP/1.1 200 OK\r\n%b%b\r\n%b" % (usual, *found))
        self.on_response_complete()

    def on_message_complete(self) -> None:
        """End a request."""
        self._inside = False
        if not self._answered:
            super().on_message_complete()
        self._answered = False

    def _is_idle(self) -> bool:
        """Return whether no answer is under way, and the connection stays open."""
        return (self.cycle is None or self.cycle.response_complete) and not self.transport.is_closing()

    def _is_free(self) -> bool:
        """Return whether an answer may be written now: none is under way, the client reads, and the connection stays open."""
        return (
            not self._had_turn
            and self._is_idle()
            and not self.flow.write_paused
            and self.limit_concurrency is not None
            and len(self.connections) < self.limit_concurrency
            and len(self.tasks) < self.limit_concurrency
            and self.parser.should_keep_alive()
        )


class PointServer(GracefulServer):
    """A server whose connections are given to other processes, and come back.

    Parameters
    ----------
    config
        As of uvicorn.
    processes
        The other processes.
    """

    def __init__(self, config: uvicorn.Config, processes: PointProcesses) -> None:
        super().__init__(config)
        self._processes = processes

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and let connections be given away."""
        await super().startup(sockets)
        if self.started:
            self._processes.open(self._adopt)

    def _adopt(self, data: bytes) -> asyncio.Protocol:
        return PointProtocol(self.config, self.server_state, self.lifespan.state, data=data)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: first the other processes, whose clients wait for nothing."""
        await self._processes.close()
        await super().shutdown(sockets)


__all__ = ["PointProtocol", "PointServer"]
