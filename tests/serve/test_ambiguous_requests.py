"""Requests whose end two programs could see in different places: each has one answer, and what follows is never a request."""

from __future__ import annotations

import re
import socket

import pytest

from support.http_server import HttpServer

POST = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
ASK = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: localhost\r\n"
HIDDEN = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
#: What is sent, and the status of the only answer.
REQUESTS = {
    "both lengths": (POST + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN, 400),
    "space before a colon": (POST + b"Transfer-Encoding : chunked\r\nContent-Length: 4\r\n\r\n2f\r\n" + HIDDEN, 400),
    "two encodings": (POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + HIDDEN, 400),
    "two lengths": (POST + b"Content-Length: 6\r\nContent-Length: 60\r\n\r\nASK {}" + HIDDEN, 400),
    "a negative length": (POST + b"Content-Length: -1\r\n\r\n" + HIDDEN, 400),
    "a length beyond numbers": (POST + b"Content-Length: 99999999999999999999999\r\n\r\n" + HIDDEN, 400),
    "a header within a value": (b"GET / HTTP/1.1\r\nHost: localhost\r\nA: b\rContent-Length: 3\r\n\r\n" + HIDDEN, 400),
    "lines without return": (b"GET /healthz HTTP/1.1\nHost: localhost\n\n" + HIDDEN, 400),
    "two hosts": (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 400),
    "the body of a GET": (ASK + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN, 200),
    "a tunnel": (b"CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: localhost\r\n\r\n" + HIDDEN, 400),
    "another protocol": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_an_ambiguous_request_has_one_answer(server: HttpServer, name: str) -> None:
    """Nothing that hides in it is answered."""
    sent, status = REQUESTS[name]
    answer = b""
    with socket.create_connection(("127.0.0.1", server.port), timeout=600) as connection:
        connection.sendall(sent)
        while part := connection.recv(65536):
            answer += part
    assert [int(found) for found in re.findall(rb"HTTP/1\.1 (\d{3}) ", answer)] == [status]


def test_requests_that_come_at_once_are_answered_in_their_order(server: HttpServer) -> None:
    """Also those behind one that takes longer."""
    texts = ["SELECT (COUNT(*) AS ?n) { ?s ?p ?o . ?s ?q ?r }", "ASK {}", "ASK { FILTER(false) }"]
    targets = [text.replace(" ", "%20").replace("{", "%7B").replace("}", "%7D").replace("?", "%3F") for text in texts]
    heads = [b"GET /sparql?query=%b HTTP/1.1\r\nHost: localhost\r\n" % target.encode() for target in targets]
    with socket.create_connection(("127.0.0.1", server.port), timeout=600) as connection:
        connection.sendall(b"\r\n".join(heads) + b"Connection: close\r\n\r\n")
        answer = b""
        while part := connection.recv(65536):
            answer += part
    places = [answer.index(part) for part in (b'"bindings"', b'"boolean":true', b'"boolean":false')]
    assert places == sorted(places)
