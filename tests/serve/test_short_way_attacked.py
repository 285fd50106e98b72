"""Requests that are almost plain: the short way answers them as the layers of the application do, and every worker is freed."""

from __future__ import annotations

import itertools
import re
import socket
import struct
import time
from http.client import HTTPResponse
from urllib.parse import quote

import pytest

from support.http_server import HttpServer, Reply

QUERY = "SELECT ?s { ?s a ko:Entity } ORDER BY ?s LIMIT 30"
TARGET = "/sparql?query=" + quote(QUERY)
JSON, TEXT, FORM = "application/sparql-results+json", "application/sparql-query", "application/x-www-form-urlencoded"
#: With this header, which a proxy on this machine adds, all layers are passed, and nothing else is different.
LAYERS = "X-Forwarded-Proto: http"
#: The metrics that are 0 when no worker does anything.
_BUSY = re.compile(r"^(?:knockon_workers_busy|knockon_queries_long) (\S+)$", re.MULTILINE)


def head(line: str, *headers: str) -> bytes:
    return "\r\n".join((f"{line} HTTP/1.1", "Host: localhost", *headers, "", "")).encode()


def send(server: HttpServer, request: bytes, method: str = "GET", *, ends: bool = False) -> Reply | None:
    """Send bytes; return the first final answer, None where the server closes the connection without one.

    ``ends``: nothing more can follow, which the server takes for a client that hangs up.
    """
    with socket.create_connection(("127.0.0.1", server.port), timeout=600) as connection:
        connection.sendall(request)
        if ends:
            connection.shutdown(socket.SHUT_WR)
        response = HTTPResponse(connection, method=method)
        try:
            response.begin()
            found = {name.lower(): value for name, value in response.getheaders()}
            return Reply(response.status, found, response.read())
        except ConnectionError:
            return None
        finally:
            response.close()


def is_busy(server: HttpServer) -> bool:
    """Return whether a worker computes anything."""
    numbers = _BUSY.findall(server.get("/metrics").text)
    assert len(numbers) == 2, "the names of the metrics have changed"
    return any(map(float, numbers))


def wait_until_idle(server: HttpServer, *, idle: bool = True) -> None:
    """Wait until no worker computes anything, or until one does."""
    for _ in range(12_000):
        if is_busy(server) != idle:
            return
        time.sleep(0.05)
    raise AssertionError("a worker is still busy" if idle else "no worker is busy")


def conditions(tag: str) -> dict[str, tuple[int, tuple[str, ...]]]:
    """Return lines of ``If-None-Match``, with the status of the answer to a client that has the answer with a tag."""
    others = ", ".join(f'"{number:032x}"' for number in range(200))
    return {
        "the tag": (304, (tag,)),
        "weak": (304, (f"W/{tag}",)),
        "last of many": (304, (f"{others}, {tag}",)),
        "in another line": (304, ('"other"', tag)),
        "among empty elements": (304, (f",, {tag} ,",)),
        "any": (304, ("*",)),
        "many others": (200, (others,)),
        "empty": (200, ("",)),
        "without quotes": (200, (tag.strip('"'),)),
        "without an end": (200, (tag[:-1],)),
        "weak in small letters": (200, (f"w/{tag}",)),
        "a part of it": (200, (f'"{tag[1:9]}"',)),
        "weak twice": (200, (f"W/W/{tag}",)),
        "not in ASCII": (200, ('"é"',)),
    }


@pytest.mark.parametrize("name", conditions(""))
def test_conditions(server: HttpServer, name: str) -> None:
    """Status 304 where the client has the answer, without a body and with its tag; a broken condition is none."""
    plain = send(server, head(f"GET {TARGET}", f"Accept: {JSON}"))
    assert plain is not None
    tag = plain.headers["etag"]
    status, lines = conditions(tag)[name]
    for more in ((), (LAYERS,)):
        asked = (f"Accept: {JSON}", *(f"If-None-Match: {line}" for line in lines), *more)
        reply = send(server, head(f"GET {TARGET}", *asked))
        assert reply is not None
        assert (reply.status, reply.headers["etag"]) == (status, tag)
        assert reply.body == (plain.body if status == 200 else b"")


#: The pair that a server waits for.
SLOW = {"a huge length"}
#: The pairs whose body is incomplete.
UNFINISHED = {"chunks that do not end", "shorter than its length"}
#: Requests with what may be read in two ways: method, request line, headers, body.
PAIRS: dict[str, tuple[str, str, tuple[str, ...], bytes]] = {
    "HEAD": ("HEAD", TARGET, (), b""),
    "HEAD of an error": ("HEAD", "/sparql?query=SELECT", (), b""),
    "gzip refused": ("GET", TARGET, ("Accept-Encoding: gzip;q=0",), b""),
    "gzip refused, all else accepted": ("GET", TARGET, ("Accept-Encoding: *, gzip;q=0.0",), b""),
    "gzip last": ("GET", TARGET, ("Accept-Encoding: br, gzip;q=0.001",), b""),
    "any encoding": ("GET", TARGET, ("Accept-Encoding: *",), b""),
    "broken encoding": ("GET", TARGET, ("Accept-Encoding: gzip;q=x, ;;,",), b""),
    "no encoding": ("GET", TARGET, ("Accept-Encoding: identity;q=0",), b""),
    "two lines of encodings": ("GET", TARGET, ("Accept-Encoding: br", "Accept-Encoding: gzip"), b""),
    "a format of q=0": ("GET", TARGET, (f"Accept: {JSON};q=0",), b""),
    "a format of q=0, and others": ("GET", TARGET, (f"Accept: {JSON};q=0, */*;q=0.1",), b""),
    "formats in another order": ("GET", TARGET, (f"Accept: {JSON};q=0.2, text/csv;q=0.9",), b""),
    "q above 1": ("GET", TARGET, (f"Accept: text/csv;q=7, {JSON}",), b""),
    "q without a number": ("GET", TARGET, ("Accept: text/csv;q=",), b""),
    "two lines of formats": ("GET", TARGET, ("Accept: image/png", "Accept: text/csv"), b""),
    "a wildcard": ("GET", TARGET, ("Accept: text/*",), b""),
    "many formats": ("GET", TARGET, ("Accept: " + ", ".join(f"x/y{n};q=0.5" for n in range(300)) + ", text/csv",), b""),
    "a range": ("GET", TARGET, ("Range: bytes=0-9",), b""),
    "a body of GET": ("GET", TARGET, ("Content-Length: 3",), b"abc"),
    "an empty body of GET": ("GET", TARGET, ("Content-Length: 0",), b""),
    "a posted text": ("POST", "/sparql", (f"Content-Type: {TEXT}", f"Content-Length: {len(QUERY)}"), QUERY.encode()),
    "in chunks": (
        "POST",
        "/sparql",
        (f"Content-Type: {TEXT}", "Transfer-Encoding: chunked"),
        b"5\r\n%b\r\n%x\r\n%b\r\n0\r\n\r\n" % (QUERY[:5].encode(), len(QUERY) - 5, QUERY[5:].encode()),
    ),
    "broken chunks": ("POST", "/sparql", (f"Content-Type: {TEXT}", "Transfer-Encoding: chunked"), b"zz\r\nASK {}\r\n0\r\n\r\n"),
    "chunks that do not end": ("POST", "/sparql", (f"Content-Type: {TEXT}", "Transfer-Encoding: chunked"), b"6\r\nASK {}\r\n"),
    "shorter than its length": ("POST", "/sparql", (f"Content-Type: {TEXT}", "Content-Length: 99"), b"ASK {}"),
    "longer than its length": ("POST", "/sparql", (f"Content-Type: {TEXT}", "Content-Length: 6"), b"ASK {}trailing"),
    "a length below zero": ("POST", "/sparql", (f"Content-Type: {TEXT}", "Content-Length: -1"), b"ASK {}"),
    "a length in words": ("POST", "/sparql", (f"Content-Type: {TEXT}", "Content-Length: six"), b"ASK {}"),
    "a huge length": ("POST", "/sparql", (f"Content-Type: {TEXT}", f"Content-Length: {10**15}"), b"ASK {}"),
    "without a length": ("POST", "/sparql", (f"Content-Type: {TEXT}",), b""),
    "expects to go on": (
        "POST", "/sparql", (f"Content-Type: {TEXT}", "Expect: 100-continue", "Content-Length: 6"), b"ASK {}",
    ),
    "expects something else": ("POST", "/sparql", (f"Content-Type: {TEXT}", "Expect: miracle", "Content-Length: 6"), b"ASK {}"),
    "a compressed body": (
        "POST", "/sparql", (f"Content-Type: {TEXT}", "Content-Encoding: gzip", "Content-Length: 6"), b"ASK {}",
    ),
    "a type in capitals": ("POST", "/sparql", (f"Content-Type: {TEXT.upper()}", "Content-Length: 6"), b"ASK {}"),
    "two types": ("POST", "/sparql", (f"Content-Type: {TEXT}", f"Content-Type: {FORM}", "Content-Length: 6"), b"ASK {}"),
    "a form with two queries": (
        "POST", "/sparql", (f"Content-Type: {FORM}", "Content-Length: 27"), b"query=ASK+{}&query=ASK+{++}",
    ),
    "another method": ("PATCH", TARGET, (), b""),
}  # fmt: skip


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.slow] * (name in SLOW)) for name in PAIRS])
def test_both_ways_give_one_answer(server: HttpServer, name: str) -> None:
    """Status, headers and bytes, or a connection that is closed; afterwards no worker is busy."""
    method, target, headers, body = PAIRS[name]
    replies = []
    for more in ((), (LAYERS,)):
        reply = send(server, head(f"{method} {target}", *headers, *more) + body, method, ends=name in UNFINISHED)
        replies.append(reply and (reply.status, {**reply.headers, "date": ""}, reply.body))
    assert replies[0] == replies[1]
    assert replies[0] is None or replies[0][0] < 500
    wait_until_idle(server)


#: Queries that keep a worker busy: one whose answer does not begin, one whose answer does not end.
BUSY = (
    "SELECT (COUNT(*) AS ?n) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }} # {}",
    "SELECT * {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }} # {}",
)


@pytest.mark.parametrize(
    ("way", "is_abrupt"),
    [
        pytest.param(way, abrupt, id=f"{way}-{'reset' if abrupt else 'closed'}", marks=[pytest.mark.slow] * (other == abrupt))
        for way, other in (("short", False), ("layers", True))
        for abrupt in (False, True)
    ],
)
def test_clients_that_hang_up_free_their_worker(server: HttpServer, way: str, *, is_abrupt: bool) -> None:
    """In the head, in the body, before the answer, and within it."""
    more = (LAYERS,) if way == "layers" else ()
    waiting, endless = (text.format(f"{way} {is_abrupt}") for text in BUSY)
    posted = head("POST /sparql", f"Content-Type: {TEXT}", f"Content-Length: {len(waiting)}", *more)
    whole = head(f"GET /sparql?query={quote(waiting)}", *more)
    streamed = head(f"GET /sparql?query={quote(endless)}", "Accept: text/csv", *more)
    for request, begins in (
        (whole[:9], False),
        (whole[:-2], False),
        (posted, False),
        (posted + waiting[:20].encode(), False),
        (whole, False),
        (whole, True),
        (posted + waiting.encode(), True),
        (streamed, True),
    ):
        with socket.create_connection(("127.0.0.1", server.port), timeout=600) as connection:
            connection.sendall(request)
            if begins:
                wait_until_idle(server, idle=False)
            if request is streamed:
                assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")
            if is_abrupt:
                # Closing with a linger time of 0 sends RST.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        wait_until_idle(server)
    assert send(server, head("GET /sparql?query=ASK%7B%7D")) is not None


def test_pipelined_requests_of_both_ways(server: HttpServer) -> None:
    """Each is answered once, in the order in which it came, whichever way it takes."""
    values = range(12)
    request = b""
    for value, more in zip(values, itertools.cycle([(), (LAYERS,), ('If-None-Match: "x"',)]), strict=False):
        text = f"SELECT ({value} + COUNT(?s) * 0 AS ?n) {{ ?s a ko:Entity }}"
        last = ("Connection: close",) if value == values[-1] else ()
        request += head(f"GET /sparql?query={quote(text)}", "Accept: text/csv", *more, *last)
    answer = b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=600) as connection:
        connection.sendall(request)
        while part := connection.recv(65536):
            answer += part
    assert [int(found) for found in re.findall(rb"\r\n\r\nn\r\n(\d+)\r\n", answer)] == list(values)
    wait_until_idle(server)
