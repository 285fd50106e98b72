"""Hostile clients: whatever they send, point queries are answered throughout, and memory and processes come back.

The server is the command, in a process of its own, reached over sockets.
"""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import pytest

from support.hostile_queries import ENDLESS, REFUSED, leaving

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")

POINT = "ASK { id:nvidia a ko:Company }"
#: What no answer may show: a traceback, or a path of this machine.
LEAK = re.compile(rb'Traceback|File "|\.py\b|/(?:home|root|work|usr|tmp|proc|var)/')
MB = 2**20


class Served(NamedTuple):
    """A running server, in a process of its own."""

    process: subprocess.Popen[str]
    port: int

    def ask(self, text: str, method: str = "POST", timeout: float = 600) -> tuple[int, bytes]:
        """Return the status and the body of the answer to a query; the status 0 where the answer has no end."""
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=timeout)) as connection:
            if method == "GET":
                connection.request("GET", f"/sparql?query={quote(text)}")
            else:
                body = text.encode("utf-8", "surrogatepass")
                connection.request("POST", "/sparql", body, {"Content-Type": "application/sparql-query"})
            response = connection.getresponse()
            try:
                return response.status, response.read()
            except HTTPException:
                return 0, b""

    def ask_in_time(self, text: str, method: str = "POST") -> tuple[int, bytes]:
        """Ask again while the answer is that a limit of time was reached, as it may be on a busy machine."""
        for _ in range(100):
            status, body = self.ask(text, method)
            if status not in {503, 504}:
                break
        return status, body

    def is_well(self) -> bool:
        """Return whether a point query is answered."""
        status, body = self.ask(POINT, "GET")
        return status == 200 and json.loads(body)["boolean"] is True

    def send(self, content: bytes, seconds: float = 10) -> bytes:
        """Send bytes on a connection of their own; return all that comes back, until the server closes or nothing comes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as connection:
            received = b""
            with suppress(OSError):
                connection.sendall(content)
            with suppress(OSError):
                connection.settimeout(0.5)
                while part := connection.recv(2**16):
                    received += part
            return received

    def send_and_wait(self, content: bytes) -> bytes:
        """Send bytes on a connection of their own; return all that comes back until the server closes it."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=600) as connection:
            connection.sendall(content)
            return b"".join(iter(lambda: connection.recv(2**16), b""))

    def processes(self) -> dict[int, int]:
        """Return the private memory of the server and of its workers in bytes, by the id of the process."""
        found = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                name, parent = int(stat.parent.name), int(stat.read_text("utf-8").rpartition(")")[2].split()[1])
                if self.process.pid in {name, parent}:
                    resident, shared = map(int, (stat.parent / "statm").read_text("utf-8").split()[1:3])
                    found[name] = (resident - shared) * 4096
        return found


@contextmanager
def serving(*options: str) -> Iterator[Served]:
    """Run the command while the context lasts."""
    command = [sys.executable, "-m", "knockon", "serve", "--port", "0", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        assert process.stderr is not None
        try:
            port = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stderr.readline())
            assert port is not None
            # Otherwise the pipe fills.
            threading.Thread(target=process.stderr.read, daemon=True).start()
            served = Served(process, int(port[1]))
            while not served.is_well():
                time.sleep(0.05)
            yield served
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(600)


@pytest.fixture(scope="module", params=["folder", pytest.param("bundled", marks=pytest.mark.slow)])
def served(request: pytest.FixtureRequest) -> Iterator[Served]:
    """A server with small limits, and few workers; point queries of a store in a folder it answers itself."""
    store = [str(request.getfixturevalue("folder"))] if request.param == "folder" else []
    with serving(*store, "--timeout", "0.5", "--max-memory", "256M", "--max-size", "4M", "--workers", "1") as served:
        yield served


@pytest.fixture(scope="module")
def patient(folder: Path) -> Iterator[Served]:
    """A server that stops no query; the last test kills it."""
    with serving(str(folder), "--timeout", "600", "--workers", "1") as served:
        yield served


@contextmanager
def point_queries(served: Served) -> Iterator[list[float]]:
    """Ask a point query all the time; each must be answered. Return the seconds that each took."""
    stop, seconds, failures = threading.Event(), list[float](), list[object]()

    def ask() -> None:
        while not stop.is_set() or len(seconds) < 3:
            started = time.monotonic()
            try:
                if not served.is_well():
                    failures.append("a wrong answer")
            except (OSError, HTTPException) as error:
                failures.append(error)
            seconds.append(time.monotonic() - started)
            stop.wait(0.02)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield seconds
    finally:
        stop.set()
        thread.join()
    assert not failures


def all_of(asked: Mapping[str, str], ask: Callable[[str], tuple[int, bytes]]) -> dict[str, tuple[int, bytes]]:
    """Ask queries all at a time; return the answers by their names."""
    with ThreadPoolExecutor(32) as threads:
        return dict(zip(asked, threads.map(ask, asked.values()), strict=True))


def test_endless_queries(served: Served) -> None:
    """Each is stopped at a limit, is cut, or is refused since too many run; nobody else notices."""
    with point_queries(served):
        answers = all_of(ENDLESS, served.ask)
    for name, (status, body) in answers.items():
        assert status in {0, 200, 503, 504}, (name, status, body[:300])
        assert not LEAK.search(body), (name, body[:300])
    assert {status for status, _ in answers.values()} >= {504}


def test_texts_that_are_too_deep_or_too_large(served: Served) -> None:
    """They are answered with what is wrong; none ends a worker."""
    with point_queries(served):
        answers = all_of(REFUSED, served.ask)
    for name, (status, body) in answers.items():
        assert status in {200, 400, 413, 503, 504}, (name, status, body[:300])
        assert not LEAK.search(body), (name, body[:300])


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_outside_the_store_is_reached(served: Served, method: str) -> None:
    """SERVICE, LOAD and FROM in every disguise: no connection is opened, and no file is read."""
    with socket.create_server(("127.0.0.1", 0)) as canary:
        answers = all_of(leaving(canary.getsockname()[1]), lambda text: served.ask_in_time(text, method))
        canary.settimeout(0.1)
        with pytest.raises(TimeoutError):
            canary.accept()
    for name, (status, body) in answers.items():
        assert status in {400, 403}, (name, status, body[:300])
        assert b"root:" not in body


LINE = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\n"
HOST = b"Host: localhost\r\n"
CHUNKED = b"POST /sparql HTTP/1.1\r\n" + HOST + b"Content-Type: application/sparql-query\r\nTransfer-Encoding: chunked\r\n\r\n"
#: What is no request, or half of one.
BROKEN = {
    "nothing": b"",
    "half a line": b"GET /spa",
    "half a head": LINE + HOST,
    "half a body": b"POST /sparql HTTP/1.1\r\n" + HOST + b"Content-Length: 100\r\n\r\nASK",
    "zeros": b"\0" * 1000,
    "a zero in the path": b"GET /\0 HTTP/1.1\r\n" + HOST + b"\r\n",
    "an encoded zero": b"GET /sparql?query=ASK%7B%7D%00 HTTP/1.1\r\n" + HOST + b"\r\n",
    "wrong percent-encoding": b"GET /sparql?query=%ZZ%f HTTP/1.1\r\n" + HOST + b"\r\n",
    "no UTF-8": b"GET /sparql?query=%ff%fe%c0%80 HTTP/1.1\r\n" + HOST + b"\r\n",
    "a lone surrogate": b"GET /sparql?query=ASK%7B%7D%ed%a0%80 HTTP/1.1\r\n" + HOST + b"\r\n",
    "no version": b"GET /sparql?query=ASK%7B%7D\r\n\r\n",
    "another protocol": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 500,
    "no host": LINE + b"\r\n",
    "two hosts": LINE + HOST + HOST + b"\r\n",
    "a long path": b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "a long header": LINE + HOST + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n",
    "many headers": LINE + HOST + b"X: y\r\n" * 50_000 + b"\r\n",
    "a large Accept": LINE + HOST + b"Accept: " + b"text/*;q=0.1, " * 4_000 + b"*/*\r\n\r\n",
    "a strange Accept": LINE + HOST + b"Accept: ;;;q=,,/;q=nan,text/turtle;q=1e999\r\n\r\n",
    "a negative length": b"POST /sparql HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n",
    "a huge length": b"POST /sparql HTTP/1.1\r\n" + HOST + b"Content-Length: 99999999999999999999999\r\n\r\n",
    "two lengths": b"POST /sparql HTTP/1.1\r\n" + HOST + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nASK{}",
    "length and chunks": CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Length: 5\r\n\r\n") + b"5\r\nASK{}\r\n0\r\n\r\n",
    "a chunk of no number": CHUNKED + b"zz\r\nASK{}\r\n0\r\n\r\n",
    "a huge chunk": CHUNKED + b"ffffffffffffffff\r\nASK{}\r\n0\r\n\r\n",
    "a negative chunk": CHUNKED + b"-5\r\nASK{}\r\n0\r\n\r\n",
    "a chunk without end": CHUNKED + b"5\r\nASK{}ASK{}ASK{}\r\n",
    "a folded header": LINE + HOST + b"X: a\r\n b\r\n\r\n",
    "a split answer": b"GET /sparql?query=%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\n" + HOST + b"\r\n",
    "dots": b"GET /static/../../../../../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n",
    "encoded dots": b"GET /static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n",
    "an upgrade": LINE
    + HOST
    + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
    "an unknown method": b"BREW /sparql HTTP/1.1\r\n" + HOST + b"\r\n",
    "a compressed body": (
        b"POST /sparql HTTP/1.1\r\n" + HOST + b"Content-Type: application/sparql-query\r\nContent-Encoding: gzip\r\n"
        b"Content-Length: 5\r\n\r\nASK{}"
    ),
}


def test_what_is_no_request(served: Served) -> None:
    """It is refused by its status, or waits for its rest; no answer of it is 5xx or shows anything."""
    with point_queries(served), ThreadPoolExecutor(16) as threads:
        answers = dict(zip(BROKEN, threads.map(served.send, BROKEN.values()), strict=True))
    for name, answer in answers.items():
        statuses = re.findall(rb"HTTP/1\.[01] (\d{3})", answer.split(b"\r\n\r\n")[0]) if answer else []
        assert not any(status.startswith(b"5") for status in statuses), (name, answer[:300])
        assert not LEAK.search(answer), (name, answer[:300])
        assert b"root:" not in answer
        assert b"\r\nSet-Cookie" not in answer


def test_requests_in_one_go_are_answered_in_their_order(served: Served) -> None:
    """Pipelining, with a slow and a wrong one among them."""
    asked = [f"SELECT (1 AS ?n{number}) {{}}" for number in range(20)]
    asked[7] = "SELECT ?n7 {"
    *first, last = map(get, asked)
    request = b"".join(first) + last.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    answers = served.send_and_wait(request)
    for _ in range(100):
        if not re.search(rb"HTTP/1\.1 50[34]", answers):  # on a busy machine a limit of time may be reached
            break
        answers = served.send_and_wait(request)
    assert re.findall(rb"HTTP/1\.1 (\d+)", answers) == [b"400" if number == 7 else b"200" for number in range(20)]
    assert [int(number) for number in re.findall(rb'"vars":\["n(\d+)"\]', answers)] == [n for n in range(20) if n != 7]


def test_many_and_slow_connections(served: Served) -> None:
    """200 at a time: silent ones, halves of heads, and clients that ask for much and do not read; then all are gone."""
    large = quote("SELECT * { ?a ?b ?c . ?d ?e ?f }")
    beginnings = [
        b"",
        LINE,
        f"GET /sparql?query={large} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(),
        b"POST /sparql HTTP/1.1\r\n",
    ]
    before = descriptors(served)
    with point_queries(served) as seconds:
        connections = []
        for number in range(200):
            connection = socket.create_connection(("127.0.0.1", served.port), timeout=600)
            connection.sendall(beginnings[number % 4])
            connections.append(connection)
        time.sleep(0.5)
        asked = len(seconds)
        while len(seconds) < asked + 5:
            time.sleep(0.05)
        for connection in connections:
            connection.close()
    assert comes_true(lambda: descriptors(served) <= before + 20)


def test_memory_and_processes_come_back(served: Served) -> None:
    """After all of the above, and after it once more."""
    before = served.processes()
    all_of(ENDLESS, served.ask)

    def is_back() -> bool:
        now = served.processes()
        extra = now[served.process.pid] - before.get(served.process.pid, 0)
        return extra < 48 * MB and sum(now.values()) < sum(before.values()) + 128 * MB and len(now) <= len(before) + 2

    assert comes_true(is_back), (before, served.processes())
    assert served.is_well()


def test_an_answer_that_is_cut_has_no_end(served: Served) -> None:
    """Its head was sent before its limit was reached, so that only the missing last chunk can say so."""
    request = get(ENDLESS["rows without end"]).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    answer = served.send_and_wait(request)
    # On a busy machine the limit may be reached before anything is sent, which is another answer, or after little.
    for _ in range(50):
        if answer.startswith(b"HTTP/1.1 200 OK\r\n") and len(answer) > MB:
            break
        assert re.match(rb"HTTP/1\.1 (200|503|504) ", answer), answer[:300]
        answer = served.send_and_wait(request)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"transfer-encoding: chunked" in answer[:2000].lower()
    assert len(answer) > MB
    assert not answer.endswith(b"0\r\n\r\n")
    assert any(served.ask(ENDLESS["rows without end"])[0] == 0 for _ in range(50))


def test_clients_that_hang_up(patient: Served) -> None:
    """A worker is free as soon as its client has gone, long before the time limit of the query."""
    for text in list(ENDLESS.values())[:8]:
        with socket.create_connection(("127.0.0.1", patient.port)) as connection:
            connection.sendall(get(text))
            time.sleep(0.05)
    metrics = b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    assert comes_true(lambda: b"\nknockon_queries_long 0\n" in patient.send(metrics))
    assert patient.is_well()


@pytest.mark.slow
def test_no_worker_survives_a_crowded_server(folder: Path) -> None:
    """As the next test, with more queries."""
    with serving(str(folder), "--timeout", "600", "--workers", "1") as served:
        leaves_no_worker(served, 6)


def test_no_worker_survives_the_server(patient: Served) -> None:
    """Even if it is killed, and some of them are suspended: so they stay, since the limit of time is long."""
    leaves_no_worker(patient, 3)


def leaves_no_worker(served: Served, queries: int) -> None:
    """Kill a server that has some endless queries."""
    # Queries that are known to be long wait for their turn: this one looks like no other.
    unknown = ENDLESS["cross product"].replace(" }", " . ?m ?n ?o }")
    texts = [f"{unknown} # {number}" for number in range(queries)]
    connections = [socket.create_connection(("127.0.0.1", served.port)) for _ in texts]
    for connection, text in zip(connections, texts, strict=True):
        connection.sendall(get(text))
    assert comes_true(lambda: "T" in states(served.processes()))
    processes = [process for process in served.processes() if process != served.process.pid]
    served.process.kill()
    served.process.wait(600)
    assert comes_true(lambda: set(states(processes)) <= {"Z", "X"})
    for connection in connections:
        connection.close()


@pytest.mark.slow
def test_a_minute_of_all_of_it() -> None:
    """With the limits of a small server: nothing else notices, and memory and processes come back at the end."""
    with serving("--timeout", "5", "--max-memory", "512M", "--workers", "2") as served:
        before, end = served.processes(), time.monotonic() + 60
        with point_queries(served) as seconds, ThreadPoolExecutor(24) as threads:
            while time.monotonic() < end:
                answers = list(threads.map(served.ask, [*ENDLESS.values(), *REFUSED.values()]))
                assert all(status != 500 and not LEAK.search(body) for status, body in answers)
                list(threads.map(served.send, BROKEN.values()))
        assert len(seconds) > 100

        def is_back() -> bool:
            now = served.processes()
            return sum(now.values()) < sum(before.values()) + 200 * MB and len(now) <= len(before) + 4

        assert comes_true(is_back), (before, served.processes())


def get(text: str) -> bytes:
    """Return the bytes of a request with a query."""
    return f"GET /sparql?query={quote(text)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


def states(processes: Iterable[int]) -> list[str]:
    """Return the states of those processes that exist: T is suspended, Z is a zombie."""
    found = []
    for process in processes:
        with suppress(OSError):
            found.append(Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0])
    return found


def descriptors(served: Served) -> int:
    """Return the number of open files and sockets of the server."""
    return len(list(Path(f"/proc/{served.process.pid}/fd").iterdir()))


def comes_true(check: Callable[[], bool]) -> bool:
    """Return whether something comes true; ten minutes are also enough for a busy machine."""
    end = time.monotonic() + 600
    while not (true := check()) and time.monotonic() < end:
        time.sleep(0.1)
    return true
