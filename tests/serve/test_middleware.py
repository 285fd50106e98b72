"""What every request passes: the host check, limits, headers for safety, compression, the log."""

from __future__ import annotations

import io
import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from knockon.serve import connections
from knockon.serve.settings import ServerSettings
from support.http_server import HttpServer, running

_POST = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"


def raw(server: HttpServer, content: bytes) -> bytes:
    """Send bytes as they are, and return all that is answered until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=600) as connection:
        connection.sendall(content)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("target", ["/healthz", "/nothing", "/sparql?query=ASK%7B%7D", "/sparql?query=ASK%7B", "/metrics"])
def test_every_answer_has_the_headers_for_safety(server: HttpServer, target: str) -> None:
    """Answers and problems are never framed, sniffed or run as pages, and send no referrer."""
    headers = server.get(target).headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


def test_only_known_hosts_are_answered(strict: HttpServer) -> None:
    """A page of another site cannot read answers by a name of its own that points here."""
    for host, status in {"evil.example": 421, "graph.example:443": 200, "localhost": 200, "[::1]:8030": 200}.items():
        assert strict.request("GET", "/healthz", headers={"Host": host}).status == status, host
    for lines in (b"", b"Host: localhost\r\nHost: localhost\r\n", b"Host: a><b\r\n", b"Host: user@localhost\r\n"):
        assert raw(strict, b"GET /healthz HTTP/1.1\r\nConnection: close\r\n" + lines + b"\r\n").startswith(b"HTTP/1.1 400 "), (
            lines
        )


def test_a_chunked_body_cannot_be_larger_than_the_limit(strict: HttpServer) -> None:
    """Without Content-Length the bytes are counted as they arrive."""
    head = _POST + b"Transfer-Encoding: chunked\r\n\r\n"
    assert raw(strict, head + b"1f4\r\n%b\r\n" % (b"#" * 500) * 3).startswith(b"HTTP/1.1 413 ")


def test_a_slow_body_is_not_waited_for(strict: HttpServer) -> None:
    """A body that does not arrive in time is status 408, and the connection is closed."""
    head = (
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\nContent-Length: 100\r\n\r\nASK"
    )
    assert raw(strict, head).startswith(b"HTTP/1.1 408 ")


def test_a_head_that_does_not_end_is_not_waited_for(strict: HttpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that sends nothing, or half of a request, is closed; one that waits for its answer is not."""
    monkeypatch.setattr(connections, "_HEAD_TIMEOUT", 0.2)
    assert raw(strict, b"") == b""
    assert raw(strict, b"GET /healthz HTTP/1.1\r\nHost: local") == b""
    answered = raw(strict, b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HT")
    assert answered.count(b"HTTP/1.1 200") == 1


def test_a_head_is_limited_in_size(strict: HttpServer) -> None:
    """A client that sends headers without end is cut off."""
    with socket.create_connection(("127.0.0.1", strict.port), timeout=600) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            connection.sendall(b"X: %b\r\n" % (b"a" * 1_000) * 20_000)


def test_pages_of_one_site_may_read_answers(strict: HttpServer, server: HttpServer) -> None:
    """--cors allows a site by its origin, and no other; without it none."""
    ask = "/sparql?query=ASK%7B%7D"
    assert strict.get(ask, Origin="https://site.example").headers["access-control-allow-origin"] == "https://site.example"
    assert "access-control-allow-origin" not in strict.get(ask, Origin="https://other.example").headers
    assert "access-control-allow-origin" not in server.get(ask, Origin="https://site.example").headers
    preflight = {"Origin": "https://site.example", "Access-Control-Request-Method": "POST"}
    reply = strict.request("OPTIONS", "/sparql", headers={**preflight, "Access-Control-Request-Headers": "content-type"})
    assert (reply.status, "POST" in reply.headers["access-control-allow-methods"]) == (200, True)


def test_answers_are_compressed_for_clients_that_accept_it(server: HttpServer) -> None:
    """gzip, if it is accepted; the content is the same."""
    import gzip

    target = "/sparql?query=" + quote("SELECT * { ?s a ko:Company ; rdfs:label ?label } ORDER BY ?s ?label")
    packed = server.get(target, Accept_Encoding="gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == server.get(target).body


def test_the_root_path_is_part_of_addresses(strict: HttpServer) -> None:
    """Behind a proxy that removes the path from requests, addresses in answers have it."""
    reply = strict.get("/sparql", Host="graph.example", Accept="application/n-triples", X_Forwarded_Proto="https")
    assert "<https://graph.example/knockon/sparql> <http://www.w3.org/ns/sparql-service-description#endpoint>" in reply.text


def test_the_log_has_a_line_for_each_request(strict: HttpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line of JSON, with control characters escaped; the text of a query only because it was asked for."""
    strict.state.log.close()
    strict.state.log.start()
    monkeypatch.setattr(strict.state.log, "stream", log := io.StringIO())
    strict.get("/sparql?query=ASK%7B%7D%20%23%0A%7D")
    strict.get("/no%0Asuch?secret=1")
    strict.state.log.close()
    strict.state.log.start()
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert [(line["path"], line["status"]) for line in lines] == [("/knockon/sparql", 400), ("/knockon/no\nsuch", 404)]
    assert lines[0]["query"] == "ASK{} #\n}"
    assert "secret" not in str(lines[1])


def test_metrics_count_requests(strict: HttpServer) -> None:
    """/metrics is the text format of Prometheus; a method that a client invents is not a name of its own."""
    strict.request("PURGE", "/healthz")
    text = strict.get("/metrics").text
    assert 'knockon_requests_total{method="GET",status="200"}' in text
    assert 'method="other"' in text
    assert "knockon_workers " in text


@pytest.mark.slow
def test_a_server_that_stops_does_not_wait_for_ever() -> None:
    """A query that does not end in time is answered with status 503, and its worker is gone."""
    endless = "/sparql?query=" + quote("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }")
    with ThreadPoolExecutor(1) as threads:
        with running(ServerSettings(store="chips", port=0, workers=1, stop_timeout=0.5)) as server:
            reply = threads.submit(server.get, endless)
            while "knockon_queries_long 1" not in server.get("/metrics").text:
                time.sleep(0.05)
        assert reply.result(30).status == 503
