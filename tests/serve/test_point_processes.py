"""Several processes answer point queries as one would: the same bytes, the same data, and nobody notices which one it was."""

from __future__ import annotations

import os
import re
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pyoxigraph
import pytest
from pyoxigraph import Literal, NamedNode, Quad

import knockon
from knockon.serve.point_channel import Channel, Message
from knockon.serve.point_process import PointProcess, RequestHead
from knockon.serve.settings import ServerSettings
from knockon.store.folder import FolderStore
from support.http_server import HttpServer, running

LETTERS = Path(__file__).parents[1] / "support" / "letters"
TOKEN = "a-token-of-the-tests"  # noqa: S105
POINT = "SELECT * { <https://example.org/letters/part-q> ?p ?o }"

pytestmark = pytest.mark.skipif(not hasattr(os, "memfd_create"), reason="connections are given away on Linux only")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in a folder."""
    folder = tmp_path_factory.mktemp("processes") / "store"
    FolderStore(folder).load(*knockon.open(LETTERS / "data").store.data_sets)
    return folder


@pytest.fixture(scope="module")
def served(store: Path) -> Iterator[HttpServer]:
    """A server with a second process."""
    settings = ServerSettings(store=store, port=0, workers=1, processes=2, writable=True, token=TOKEN)
    with running(settings, questions=False) as server:
        yield server


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for something that must come; ten minutes are also enough for a busy machine."""
    deadline = time.monotonic() + 600
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def request(text: str, *headers: str, method: str = "GET", version: str = "1.1") -> bytes:
    """Return a request for a query."""
    lines = [f"{method} /sparql?query={quote(text)} HTTP/{version}", *(headers or ("Host: localhost",)), "", ""]
    return "\r\n".join(lines).encode()


def ask(connection: socket.socket, content: bytes, answers: int = 1) -> bytes:
    """Send bytes; return the answers, without their date. It ends early where the server closes the connection."""
    connection.sendall(content)
    received, has_body = b"", not content.startswith(b"HEAD")
    while not is_complete(received, answers, has_body=has_body) and (part := connection.recv(2**16)):
        received += part
    return masked(received)


def is_complete(received: bytes, answers: int, *, has_body: bool) -> bool:
    """Return whether some answers have arrived."""
    head, end, body = received.rpartition(b"HTTP/1.1 ")[2].partition(b"\r\n\r\n")
    size = re.search(rb"content-length: (\d+)", head)
    missing = int(size[1]) - len(body) if size is not None and has_body else 0
    return received.count(b"HTTP/1.1 ") == answers and bool(end) and missing <= 0


def masked(answer: bytes) -> bytes:
    """Return an answer without its date."""
    return re.sub(rb"date: [^\r]+", b"date", answer)


def connect(server: HttpServer) -> socket.socket:
    """Open a connection."""
    return socket.create_connection(("127.0.0.1", server.port), 600)


def given(server: HttpServer) -> socket.socket:
    """Return a connection that the second process has; another one is kept open meanwhile, so that there are two to share."""
    processes = server.state.processes
    wait_until(lambda: not processes.connections)
    connection = connect(server)
    try:
        with closing(connect(server)) as other:

            def is_given() -> bool:
                # An idle one would be closed before a process has started on a busy machine; only point queries are given away.
                ask(other, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
                ask(connection, request(POINT))
                return bool(processes.connections)

            wait_until(is_given)
    except BaseException:
        connection.close()  # left open, it would make another test fail
        raise
    return connection


REQUESTS = {
    "a point query": request(POINT),
    "another format": request(POINT, "Host: localhost", "Accept: text/csv"),
    "every host of this machine": request(POINT, "Host: 127.0.0.1:80"),
    "a changing answer": request("ASK { <urn:x:rand#(> ?p ?o }"),
    "an unknown host": request(POINT, "Host: evil.example"),
    "two hosts": request(POINT, "Host: localhost", "Host: localhost"),
    "no host": request(POINT, "Accept: */*"),
    "no acceptable format": request(POINT, "Host: localhost", "Accept: image/png"),
    "compression": request(POINT, "Host: localhost", "Accept-Encoding: gzip"),
    "compression of little": request("ASK { id:a ?p ?o }", "Host: localhost", "Accept-Encoding: gzip, deflate"),
    "another compression": request(POINT, "Host: localhost", "Accept-Encoding: br, gzip;q=0"),
    "compression twice": request(POINT, "Host: localhost", "Accept-Encoding: gzip", "Accept-Encoding: identity"),
    "compression of more": request("SELECT * { ?s a ko:Entity }", "Host: localhost", "Accept-Encoding: gzip"),
    "an origin": request(POINT, "Host: localhost", "Origin: https://evil.example"),
    "a known tag": request(POINT, "Host: localhost", 'If-None-Match: "a", *'),
    "the last request": request(POINT, "Host: localhost", "Connection: close"),
    "an old version": request(POINT, "Host: localhost", version="1.0"),
    "HEAD": request(POINT, method="HEAD"),
    "a wrong method": request(POINT, method="DELETE"),
    "a query for a worker": request("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"),
    "a syntax error": request("SELECT"),
    "a function that reads files": request("SELECT * { SERVICE <file:///etc/passwd> { ?s ?p ?o } }"),
    "another path": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a body": request(POINT, "Host: localhost", "Content-Length: 2") + b"ab",
    "not HTTP": b"\x00\x01\r\n\r\n",
    "a long address": request(POINT + " #" + "x" * 10_000),
    "a query that is not UTF-8": b"GET /sparql?query=%FF HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "an upgrade": request(POINT, "Host: localhost", "Connection: upgrade", "Upgrade: websocket"),
}


def test_each_process_answers_the_same(served: HttpServer) -> None:
    """Byte for byte, whatever is asked; also what a process gives back."""
    for name, content in REQUESTS.items():
        with closing(connect(served)) as new, closing(given(served)) as passed:
            assert ask(passed, content) == ask(new, content), name


def test_requests_in_pieces_and_several_at_once(served: HttpServer) -> None:
    """They go back, and are answered in their order."""
    with closing(given(served)) as connection:
        connection.sendall(request(POINT)[:20])
        time.sleep(0.1)
        assert ask(connection, request(POINT)[20:]).startswith(b"HTTP/1.1 200")
    with closing(given(served)) as connection:
        several = ask(connection, b"".join(request(f"ASK {{ <urn:x:a> ?p{n} ?o }}") for n in range(9)), 9)
        assert several.count(b"HTTP/1.1 200 OK") == 9


def test_requests_of_all_processes_are_counted(served: HttpServer) -> None:
    """Once each, within a moment."""

    def count(name: str) -> int:
        (line,) = [line for line in served.get("/metrics").text.splitlines() if line.startswith(name)]
        return int(line.split()[-1])

    with closing(given(served)) as connection:
        total = 'knockon_requests_total{method="GET",status="200"}'
        time.sleep(0.5)
        before, points = count(total), served.state.pool.ready.points.answered
        for n in range(20):
            ask(connection, request(f"{POINT} # counted {n}"))
        wait_until(lambda: served.state.pool.ready.points.answered >= points + 20)
        asked = count(total)
        assert asked - before >= 21
        assert count("knockon_point_processes") == 1


def test_no_process_answers_from_an_old_state(served: HttpServer) -> None:
    """As soon as an update is answered, all see it; connections stay open."""
    text = "SELECT ?o { <urn:x:new> <urn:x:p> ?o }"
    with closing(given(served)) as connection:
        assert b'"value":"' not in ask(connection, request(text))
        headers = {"Content-Type": "application/sparql-update", "Authorization": f"Bearer {TOKEN}"}
        reply = served.request("POST", "/sparql", "INSERT DATA { <urn:x:new> <urn:x:p> 'changed' }", headers)
        assert reply.status == 200, reply.text
        for _ in range(100):
            assert b'"value":"changed"' in ask(connection, request(text))
            time.sleep(0.002)


def test_an_idle_connection_goes_back(served: HttpServer) -> None:
    """It is still answered."""
    with closing(given(served)) as connection:
        wait_until(lambda: not served.state.processes.connections)
        assert ask(connection, request(POINT)).startswith(b"HTTP/1.1 200")


def test_a_process_that_dies_costs_its_connections(served: HttpServer, capsys: pytest.CaptureFixture[str]) -> None:
    """Others are answered; another process is started when it is needed."""
    with closing(given(served)) as lost, closing(connect(served)) as other:
        (process,) = served.state.processes._processes
        os.kill(process.process.pid, signal.SIGKILL)
        assert lost.recv(100) == b""
        assert ask(other, request(POINT)).startswith(b"HTTP/1.1 200")
    wait_until(lambda: not served.state.processes._processes)
    with closing(given(served)) as connection:
        assert ask(connection, request(POINT)).startswith(b"HTTP/1.1 200")
    assert "a process for point queries has ended" in capsys.readouterr().err


def test_a_process_that_stands_still_is_ended(
    served: HttpServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is given nothing more, its clients can ask again, and others are answered throughout."""
    monkeypatch.setattr("knockon.serve.point_processes._STUCK", 20)
    with closing(given(served)) as lost, closing(connect(served)) as other:
        (process,) = served.state.processes._processes
        os.kill(process.process.pid, signal.SIGSTOP)
        lost.sendall(request(POINT))
        wait_until(lambda: process.silent > 10)
        passed = served.state.processes._passed
        for _ in range(50):
            assert ask(other, request(POINT)).startswith(b"HTTP/1.1 200")
        assert served.state.processes._passed == passed
        with pytest.raises(ConnectionResetError):  # of a request that nobody has read
            lost.recv(100)
    wait_until(lambda: not served.state.processes._processes)
    with closing(given(served)) as connection:
        assert ask(connection, request(POINT)).startswith(b"HTTP/1.1 200")
    assert "a process for point queries stands still, and is ended" in capsys.readouterr().err


def test_quads_in_memory_are_given_to_all_processes_which_end_with_the_server(tmp_path: Path) -> None:
    """A small store that the server does not write is answered from memory by each, byte for byte, and followed.

    The end of the server is that of its processes and of their connections.
    """
    with knockon.open(tmp_path / "store", write=True) as graph:
        graph.load(LETTERS / "data")
    text, later = "SELECT * { <https://w3id.org/knockon/local/later> ?p ?o }", tmp_path / "later.yaml"
    later.write_text("Company: {later: {label: Changed}}", "utf-8")
    with running(ServerSettings(store=tmp_path / "store", port=0, workers=1, processes=2), questions=False) as server:
        assert server.state.snapshot.content.quads
        wait_until(lambda: server.state.pool.ready.points.key)
        with closing(given(server)) as passed, closing(connect(server)) as new:
            answers = [ask(connection, request(POINT)) for connection in (passed, new)]
            assert answers[0] == answers[1]
            assert b'"value"' in answers[0]
            assert b'"value"' not in ask(passed, request(text))
            with knockon.open(tmp_path / "store", write=True) as graph:
                graph.load(later)
            wait_until(lambda: b'"Changed"' in ask(passed, request(text)))
            assert b'"Changed"' in ask(new, request(text))
        connection = given(server)
        (process,) = server.state.processes._processes
    with closing(connection):
        assert connection.recv(100) == b""
    assert process.process.returncode == 0


def test_a_client_that_reads_slowly(tmp_path: Path) -> None:
    """Nothing more is read from it until it has its answer; it gets both, in their order."""
    folder = tmp_path / "db"
    database = pyoxigraph.Store(str(folder))
    for n in range(100):
        database.add(Quad(NamedNode("urn:x:s"), NamedNode("urn:x:p"), Literal(f"{n:0100}"), NamedNode("urn:x:g")))
    database.flush()
    del database
    own, others = Channel.pair()
    process = PointProcess(others, ServerSettings(quiet=True), memoryview(bytearray(8)).cast("q"))
    process.follow(0, "key", str(folder), "revision")
    thread = threading.Thread(target=process.serve, daemon=True)
    thread.start()
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**11)
        client.settimeout(600)
        client.connect(listener.getsockname())
        accepted, _ = listener.accept()
        with accepted:
            accepted.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**11)
            own.send(Message("connection", request("SELECT ?o { <urn:x:s> ?first ?o }"), accepted.fileno()))
        client.sendall(request("SELECT * { <urn:x:s> ?second ?o } LIMIT 2"))
        wait_until(lambda: process._connections and next(iter(process._connections)).rest)
        first = ask(client, b"")
        assert first.count(b'"value"') == 100
        assert b'"second"' in ask(client, b"")
        own.close()
        thread.join(600)
        assert not thread.is_alive()


@pytest.mark.parametrize(
    "data",
    [
        request(POINT)[:-1],
        request(POINT) * 2,
        request(POINT, "Host: localhost", "Connection: close"),
        request(POINT, "Host: localhost", "Content-Length: 1"),
        request(POINT, "Host: localhost", "Connection: upgrade", "Upgrade: x"),
        request(POINT, version="1.0"),
        request(POINT, method="POST"),
        b"\r\n\r\n",
        b"\xff\xff",
    ],
)
def test_what_is_not_one_plain_request(data: bytes) -> None:
    """It is left to the process of the server."""
    assert RequestHead().read(request(POINT)) is not None
    assert RequestHead().read(data) is None
