"""Connections are closed when nothing comes, and not when the server stood still meanwhile."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn

from knockon.serve import connections
from knockon.serve.connections import TimedProtocol

_REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
#: The request that makes the server stand still; and the seconds after which the time of the others is over.
_STAND, _OVER = b"POST", 0.01

_standing, _go_on = threading.Event(), threading.Event()


class StandingProtocol(TimedProtocol):
    """The protocol of a server that stands still while it reads a certain request, until the time of the others is over."""

    others: list[StandingProtocol]

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        StandingProtocol.others.append(self)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if data.startswith(_STAND):
            for other in self.others:
                other.time_out()
            _standing.set()
            assert _go_on.wait(600)
            time.sleep(5 * _OVER)

    def time_out(self) -> None:
        """Let the time for a request end soon."""
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
            self.timeout_keep_alive_task = self.loop.call_later(_OVER, self.timeout_keep_alive_handler)
        elif self._deadline is not None:
            assert self._timer is not None
            self._timer.cancel()
            self._deadline = self.loop.time() + _OVER
            self._timer = self.loop.call_at(self._deadline, self._look)


async def _answer(_scope: Any, _receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


@contextmanager
def _serving(protocol: type[TimedProtocol]) -> Iterator[tuple[str, int]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(_answer, interface="asgi3", http=protocol, ws="none", lifespan="off", log_config=None)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield listener.getsockname()
        server.should_exit = True
        thread.join(600)


def test_a_request_that_came_while_the_server_stood_still() -> None:
    """It is answered, on a connection that was kept and on one that had sent nothing, though their time was over."""
    StandingProtocol.others = []
    with _serving(StandingProtocol) as address:
        kept, new, last = (socket.create_connection(address, timeout=600) for _ in range(3))
        with kept, new, last:
            kept.sendall(_REQUEST)
            assert kept.recv(1000).endswith(b"ok")
            last.sendall(_REQUEST.replace(b"GET", _STAND))
            assert _standing.wait(600)
            kept.sendall(_REQUEST)
            new.sendall(_REQUEST)
            _go_on.set()
            assert kept.recv(1000).endswith(b"ok")
            assert new.recv(1000).endswith(b"ok")


def test_connections_without_a_request_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """So is one with the beginning of a head."""
    monkeypatch.setattr(connections, "_HEAD_TIMEOUT", 0.1)
    with (
        _serving(TimedProtocol) as address,
        socket.create_connection(address, timeout=600) as silent,
        socket.create_connection(address, timeout=600) as begun,
    ):
        begun.sendall(_REQUEST[:20])
        assert silent.recv(1000) == begun.recv(1000) == b""
