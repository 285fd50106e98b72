"""Servers on real sockets: the application in a thread of this process, on a free port."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from typing import Any, NamedTuple

from knockon.serve.run import create_server, listen
from knockon.serve.settings import ServerSettings
from knockon.serve.state import ServerState


class Reply(NamedTuple):
    """What a server answered; names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class HttpServer(NamedTuple):
    """A running server."""

    port: int
    state: ServerState

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connect(self, timeout: float = 600) -> HTTPConnection:
        """Open a connection of its own, for what ``request`` cannot send."""
        return HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def request(
        self, method: str, target: str, body: str | bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send one request, without following redirects."""
        connection = self.connect()
        try:
            content = body.encode() if isinstance(body, str) else body
            connection.request(method, target, content, dict(headers or {}))
            response = connection.getresponse()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, found, response.read())
        finally:
            connection.close()

    def get(self, target: str, **headers: str) -> Reply:
        """Send a GET request; ``_`` in names of headers is ``-``."""
        return self.request("GET", target, headers={name.replace("_", "-"): value for name, value in headers.items()})


@contextmanager
def running(settings: ServerSettings, *, log: bool = False, questions: bool = True) -> Iterator[HttpServer]:
    """Run a server while the context lasts.

    ``log``: with its access log, in memory: lines come some time after their request, perhaps when no test captures them.
    ``questions``: start a worker for questions, whose start takes as long as all else, before one is asked.
    """
    settings = replace(settings, quiet=not log)
    with listen(settings) as listener:
        server = create_server(settings)
        state: ServerState = server.config.app.state.server  # type: ignore[union-attr]
        state.log.stream = io.StringIO()
        if not questions:
            state.pool._questions._wanted = 0
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield HttpServer(listener.getsockname()[1], state)
        finally:
            server.should_exit = True
            thread.join(600)
            assert not thread.is_alive(), "the server does not stop"
