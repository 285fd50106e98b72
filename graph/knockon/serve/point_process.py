"""A process that answers point queries beside that of the server, on connections that it is given.

See docs/decisions/0065-processes-for-point-queries.md. Whatever is not a plain point query that can be answered at once
goes back to the process of the server, with the connection: this one has no application, no workers and no limits of its
own, and reads no more of a request than its head.
"""

from __future__ import annotations

import mmap
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from email.utils import formatdate
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

import httptools

from knockon.serve.access_log import AccessLog
from knockon.serve.metrics import Metrics
from knockon.serve.point_channel import MOST_BYTES, Channel, Message
from knockon.serve.point_requests import PointRequests
from knockon.serve.query_request import QueryRequest
from knockon.serve.ready_answers import ReadyAnswers
from knockon.serve.settings import ServerSettings
from knockon.serve.shared_state import shared_quads
from knockon.serve.streamed_answer import StreamedAnswer
from knockon.sparql.limits import Limits
from knockon.worker.memory import keep_memory_small
from knockon.worker.store_content import StoreContent

#: Seconds between two reports; after which an idle connection goes back; within which a client takes an answer, and within
#: which it does when the server stops.
_TICK, _IDLE, _SEND_TIMEOUT, _STOP_TIMEOUT = 0.2, 1.0, 30.0, 2.0


class RequestHead:
    r"""Reads requests that arrive in one piece.

    >>> RequestHead().read(b"GET /a HTTP/1.1\r\nHost: b\r\n\r\n")
    (b'/a', [(b'host', b'b')])
    >>> RequestHead().read(b"GET /a HTTP/1.1\r\n") is RequestHead().read(b"POST /a HTTP/1.1\r\n\r\n") is None
    True
    """

    def __init__(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._begun = 0
        self._complete = self._plain = False
        self._address = b""
        self._headers: list[tuple[bytes, bytes]] = []

    def read(self, data: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]] | None:
        """Return address and headers of the only request in some data, whose connection stays open; None for anything else.

        After anything else, this object reads nothing more.
        """
        self._begun, self._complete, self._address, self._headers = 0, False, b"", []
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            return None
        return (self._address, self._headers) if self._complete and self._plain and self._begun == 1 else None

    def on_message_begin(self) -> None:
        """Count requests."""
        self._begun += 1

    def on_url(self, url: bytes) -> None:
        """Take the address, or a part of it."""
        self._address += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header."""
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Look what only the parser knows."""
        parser = self._parser
        self._plain = (
            parser.get_method() == b"GET" and parser.get_http_version() == "1.1" and parser.should_keep_alive()
        )  # fmt: skip

    def on_message_complete(self) -> None:
        """Take note that the request has no more parts."""
        self._complete = True


class _Connection:
    """A connection: who asks, what of an answer the client has not taken yet, and since when nothing has happened."""

    __slots__ = ("client", "head", "rest", "since", "socket")

    def __init__(self, connection: socket.socket, client: tuple[str, int], now: float) -> None:
        self.socket, self.client, self.since = connection, client, now
        self.head, self.rest = RequestHead(), memoryview(b"")


class PointProcess:
    """The process.

    Parameters
    ----------
    channel
        Its end of the channel to the process of the server.
    settings
        The settings of the server; those of the store and the token are not among them.
    generation
        The memory in which the process of the server counts the states of the store.
    """

    def __init__(self, channel: Channel, settings: ServerSettings, generation: memoryview) -> None:
        self.settings, self.metrics, self.log = settings, Metrics(), AccessLog()
        self.revision = self._key = ""
        self._channel, self._generation, self._known = channel, generation, -1
        self._ready = ReadyAnswers(settings.limits, settings.processes)
        self._requests = PointRequests(self)
        self._selector = selectors.DefaultSelector()
        self._connections: set[_Connection] = set()
        self._closed = self._answered = self._dropped = 0
        self._stops_at: float | None = None

    def point(self, request: QueryRequest) -> StreamedAnswer | None:
        """Return the answer to a query if it needs no worker; None for others."""
        return self._ready.answer(request, self._key)

    def serve(self) -> None:
        """Serve until the channel is closed and clients have their answers."""
        self.log.start()
        self._selector.register(self._channel.end, selectors.EVENT_READ, self._on_message)
        looked = time.monotonic()
        while self._stops_at is None or (self._connections and time.monotonic() < self._stops_at):
            for key, _ in self._selector.select(_TICK if self._connections else None):
                key.data()
            if (now := time.monotonic()) > looked + _TICK or not self._connections:
                looked = now
                self._look(now)
        self.log.close()
        self._selector.close()
        self._channel.close()

    def _on_message(self) -> None:
        message = self._channel.receive()
        if message is None:
            self._stop()
        elif message.kind == "follow":
            self.follow(**message.values, quads=shared_quads(message.descriptor))
        elif message.kind == "connection":
            self._take(message)

    def follow(self, generation: int, key: str, folder: str | None, revision: str, quads: bytes | None = None) -> None:
        """Answer from another state of the store."""
        content = StoreContent(key, _unknown, None if folder is None else Path(folder), quads)
        self._ready.kept.clear()
        self._ready.points.follow(*self._ready.points.open(content))
        self._known, self._key, self.revision = generation, key, revision

    def _take(self, message: Message) -> None:
        """Take a connection, with its next request."""
        taken = socket.socket(fileno=message.descriptor)
        taken.setblocking(False)
        try:
            client = taken.getpeername()[:2]
        except OSError:
            taken.close()
            self._closed += 1
            return
        connection = _Connection(taken, client, time.monotonic())
        self._connections.add(connection)
        self._selector.register(taken, selectors.EVENT_READ, self._reader(connection))
        self._on_data(connection, message.content)

    def _reader(self, connection: _Connection) -> Callable[[], None]:
        def read() -> None:
            try:
                data = connection.socket.recv(MOST_BYTES)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if data:
                self._on_data(connection, data)
            else:
                self._close(connection)

        return read

    def _on_data(self, connection: _Connection, data: bytes) -> None:
        """Answer what has come, or give the connection back."""
        head = connection.head.read(data) if self._generation[0] == self._known else None
        plain = None if head is None else self._requests.read(*head)
        found = None if plain is None else self._requests.answer(plain, connection.client)
        if found is None:
            self._give_back(connection, data)
            return
        connection.since = time.monotonic()
        self._send(connection, memoryview(b"HTTP/1.1 200 OK\r\ndate: %b\r\n%b\r\n%b" % (_date(int(time.time())), *found)))

    def _send(self, connection: _Connection, content: memoryview) -> None:
        """Send as much as the client takes; nothing more is read until it has taken all."""
        try:
            rest = content[connection.socket.send(content) :]
        except BlockingIOError:
            rest = content
        except OSError:
            self._close(connection)
            return
        if rest and not connection.rest:
            self._selector.modify(
                connection.socket, selectors.EVENT_WRITE, lambda: self._send(connection, connection.rest)
            )  # fmt: skip
        elif connection.rest and not rest:
            self._selector.modify(connection.socket, selectors.EVENT_READ, self._reader(connection))
        connection.rest = rest

    def _give_back(self, connection: _Connection, data: bytes) -> None:
        if self._stops_at is None:
            with suppress(OSError):
                self._channel.send(Message("connection", data, connection.socket.fileno()))
                self._closed -= 1  # the process of the server has seen it
        self._close(connection)

    def _close(self, connection: _Connection) -> None:
        self._selector.unregister(connection.socket)
        connection.socket.close()
        self._connections.discard(connection)
        self._closed += 1

    def _look(self, now: float) -> None:
        """Give idle connections back, close those whose client takes nothing, and report."""
        self._ready.points.note_reads()
        for connection in list(self._connections):
            if connection.rest and now > connection.since + _SEND_TIMEOUT:
                self._close(connection)
            elif not connection.rest and now > connection.since + _IDLE:
                self._give_back(connection, b"")
        answered, dropped = self._ready.points.answered, self.log.dropped
        values = {"closed": self._closed, "answered": answered - self._answered, "dropped": dropped - self._dropped}
        counted = self.metrics.take()
        if counted or self._connections or any(values.values()):  # who has connections and says nothing stands still
            with suppress(OSError):
                self._channel.tell("report", {**values, "metrics": counted})
            self._closed, self._answered, self._dropped = 0, answered, dropped

    def _stop(self) -> None:
        """Close the connections whose clients have their answers."""
        self._stops_at = time.monotonic() + _STOP_TIMEOUT
        self._selector.unregister(self._channel.end)
        for connection in [connection for connection in self._connections if not connection.rest]:
            self._close(connection)


@lru_cache(1)
def _date(second: int) -> bytes:
    return formatdate(second, usegmt=True).encode()


def _unknown(_out: Any) -> NoReturn:
    raise OSError("a state of the store without a folder is read by others")


def main() -> None:
    """Serve on the channel that is the standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process of the server decides when this one ends
    channel = Channel(socket.socket(fileno=os.dup(0)))
    keep_memory_small()
    message = channel.receive()
    if message is None:
        return
    with mmap.mmap(message.descriptor, mmap.PAGESIZE) as memory:
        values = message.values
        settings = ServerSettings(
            **{**values, "limits": Limits(**values["limits"]), "hosts": tuple(values["hosts"])}
        )  # fmt: skip
        process = PointProcess(channel, settings, memoryview(memory).cast("q"))
        channel.tell("report", {})
        process.serve()
        os._exit(0)


__all__ = ["PointProcess", "RequestHead", "main"]
