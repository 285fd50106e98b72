"""A running server, to which a fuzzer sends requests."""

from __future__ import annotations

import contextlib
import functools
import re
import socket
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "tests"))

from knockon.serve.settings import ServerSettings
from knockon.sparql.limits import Limits

#: Seconds of a question, and within which the answer must begin; the most bytes of an answer that are read.
_LIMIT, _TIMEOUT, _READ = 2.0, 15.0, 100_000


@functools.cache
def _server() -> tuple[object, int]:
    """Start a server with the bundled data, which runs until the process ends."""
    from support.http_server import running

    context = running(ServerSettings(port=0, workers=2, limits=Limits(seconds=_LIMIT)))
    return context, context.__enter__().port


def send(content: bytes) -> None:
    """Send a request and read its answer, which must come and not be a fault of the server.

    ``content`` is a line with method and target, lines of headers, an empty line and a body.
    """
    head, _, body = content.partition(b"\n\n")
    line, _, headers = head.partition(b"\n")
    request = [line + b" HTTP/1.1", b"Host: localhost", b"Connection: close", *filter(None, headers.split(b"\n"))]
    if body:
        request.append(b"Content-Length: %d" % len(body))
    answer = b""
    # A connection may be closed before the whole request was sent, and an answer that takes too long be cut.
    with (
        socket.create_connection(("127.0.0.1", _server()[1]), timeout=_TIMEOUT) as connection,
        contextlib.suppress(ConnectionError),
    ):
        connection.sendall(b"\r\n".join(request) + b"\r\n\r\n" + body)
        while len(answer) < _READ and (part := connection.recv(65_536)):
            answer += part
    # A request that is not one may be left without an answer.
    if answer and not re.match(rb"HTTP/1\.1 (?:[234]\d\d|503|504) ", answer):
        raise AssertionError(f"the answer begins with {answer[:200]!r}")
