"""Plain queries that workers answer take a short way, and their answers are those of the layers of the application."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from urllib.parse import quote

import pytest

from knockon.errors import PoolFull
from knockon.serve.direct_queries import DirectQueries
from knockon.serve.plain_request import read_get, read_post
from knockon.serve.query_request import QueryRequest
from knockon.serve.streamed_answer import StreamedAnswer
from support.http_server import HttpServer, Reply

FORM, TEXT = "application/x-www-form-urlencoded", "application/sparql-query"
#: With this header, which a proxy on this machine adds, all layers are passed, and nothing else is different.
LAYERS = {"X-Forwarded-Proto": "http"}
ONE = "SELECT ?s { ?s a ko:Entity } ORDER BY ?s LIMIT 1"


def get(text: str, **headers: str) -> tuple[str, str, None, Mapping[str, str]]:
    return "GET", "/sparql?query=" + quote(text), None, {name.replace("_", "-"): value for name, value in headers.items()}


def post(body: str, kind: str = TEXT, **headers: str) -> tuple[str, str, str, Mapping[str, str]]:
    return "POST", "/sparql", body, {"Content-Type": kind, **headers}


REQUESTS = {
    "rows": get(ONE),
    "csv": get(ONE, Accept="text/csv"),
    "boolean": get("ASK { ?s ?p ?o }"),
    "triples": get("CONSTRUCT { ?s a ko:Entity } WHERE { ?s a ko:Entity } LIMIT 2", Accept="text/turtle"),
    "blank nodes": get("CONSTRUCT { [] ko:of ?s } WHERE { ?s a ko:Entity } LIMIT 1", Accept="application/n-triples"),
    "changing": get("SELECT (STRLEN(STR(RAND() * 0)) AS ?n) { ?s ?p ?o } LIMIT 1"),
    "many rows, in parts": get("SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 2000"),
    "compressed": get("SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 100", Accept_Encoding="gzip"),
    "short, not compressed": get(ONE, Accept_Encoding="gzip"),
    "relative": get("SELECT (STR(<x>) AS ?x) { ?s ?p ?o } LIMIT 1"),
    "no format": get(ONE, Accept="image/png"),
    "syntax": get("SELECT ?s { ?s ?p"),
    "forbidden": get("SELECT * { SERVICE <http://localhost/> { ?s ?p ?o } }"),
    "posted text": post(ONE),
    "posted form": post("query=" + quote(ONE), FORM),
    "posted with charset": post(ONE, f"{TEXT}; charset=utf-8"),
    "posted with another charset": post(ONE, f"{TEXT}; charset=latin-1"),
    "posted letters": post("SELECT ('é' AS ?x) {}"),
    "posted with a graph": post(f"query={quote(ONE)}&default-graph-uri=urn:x:none", FORM),
    "posted without a query": post("text=1", FORM),
    "posted update": post("update=CLEAR+ALL", FORM),
    "posted error": post("SELECT ?s { ?s ?p"),
    "too long": post("#" * 20_000 + "\n" + ONE),
}


def without_times(reply: Reply) -> tuple[int, Mapping[str, str], bytes]:
    """Return a reply without what differs each time: its date, and the names of blank nodes with their length."""
    body = re.sub(rb"_:[0-9a-f]{20,32}", b"_:b", reply.body)
    headers = {**reply.headers, "date": ""}
    if "content-length" in headers:
        headers["content-length"] = str(int(headers["content-length"]) - len(reply.body) + len(body))
    return reply.status, headers, body


@pytest.mark.parametrize("name", REQUESTS)
def test_both_ways_give_one_answer(server: HttpServer, name: str) -> None:
    """Status, headers and bytes, of answers and of errors."""
    method, target, body, headers = REQUESTS[name]
    short = server.request(method, target, body, headers)
    layers = server.request(method, target, body, {**headers, **LAYERS})
    assert without_times(short) == without_times(layers)


def test_the_short_way_is_taken(server: HttpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """By plain queries of both methods, whose layers are never asked; each is counted once."""

    def counted() -> float:
        lines = server.get("/metrics").text.splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith("knockon_requests_total"))

    layers: list[str] = []
    original = DirectQueries._answer

    async def watched(self: DirectQueries, plain: object, scope: dict[str, object], send: object) -> bool:
        answered = await original(self, plain, scope, send)  # type: ignore[arg-type]
        if not answered:
            layers.append(str(scope["path"]))
        return answered

    monkeypatch.setattr(DirectQueries, "_answer", watched)
    before = counted()
    for number, name in enumerate(("rows", "posted text", "posted form", "short, not compressed")):
        method, target, body, headers = REQUESTS[name]
        more = f"#{number} new" if body is None or "query=" not in body else quote(f"#{number} new")
        target, body = (target + quote(more), None) if body is None else (target, body + more)
        assert server.request(method, target, body, headers).status == 200
    assert layers == []
    assert counted() == before + 5
    assert server.request(*REQUESTS["syntax"]).status == 400
    assert layers == ["/sparql"]


def test_what_came_of_a_query_is_not_computed_again(server: HttpServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer in parts, a cut one and an error reach the application, which asks nobody a second time."""
    asked: list[str] = []
    outcomes: list[StreamedAnswer | Exception] = [
        StreamedAnswer("solutions", lambda: None, b"x\r\n", 0, "rows"),
        PoolFull("full"),
        StreamedAnswer("solutions", lambda: None),
    ]

    async def query(request: QueryRequest, gone: object = None) -> StreamedAnswer:
        asked.append(request.text)
        outcome = outcomes[len(asked) - 1]
        if isinstance(outcome, Exception):
            raise outcome
        if outcome.whole is None:
            asyncio.get_running_loop().call_soon(lambda: (outcome.feed(b"y\r\n"), outcome.end(0)))
        return outcome

    monkeypatch.setattr(server.state.pool, "query", query)
    cut, full, parts = (server.get("/sparql?query=" + quote(ONE + f"#{n}")) for n in range(3))
    assert (cut.status, cut.headers["knockon-cut"], cut.body) == (200, "rows", b"x\r\n")
    assert (full.status, json.loads(full.body)["status"], full.headers["retry-after"]) == (503, 503, "1")
    assert (parts.status, parts.body) == (200, b"y\r\n")
    assert len(asked) == 3


@pytest.mark.parametrize(
    "name", ["Origin", "X-Forwarded-For", "If-None-Match", "Range", "Expect", "Upgrade", "Transfer-Encoding"]
)
def test_headers_with_a_meaning_of_their_own(name: str) -> None:
    """They are for the application; so are a second header of a kind, a foreign host, and a body that is no query."""
    host, kind = (b"host", b"localhost"), (b"content-type", TEXT.encode())
    for more in ((name.lower().encode(), b"1"), host, (b"host", b"localhost")):
        assert read_get(b"/sparql?query=ASK%7B%7D", [host, more], ()) is None
        assert read_post([host, kind, more], b"ASK {}", ()) is None
    assert read_get(b"/sparql?query=ASK%7B%7D", [(b"host", b"evil.example")], ()) is None
    assert read_post([host], b"ASK {}", ()) is None
    assert read_post([host, kind], b"ASK {}", ()) is not None
    assert read_post([host, (b"content-type", FORM.encode())], b"query=ASK&query=ASK", ()) is None
