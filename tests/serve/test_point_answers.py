"""Point queries that the process of the server answers itself: the same bytes as those of a worker, and never much work."""

from __future__ import annotations

import re
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from math import inf
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat

import knockon
from knockon.serve.middleware import SAFE_HEADERS
from knockon.serve.point_answers import PointAnswers
from knockon.serve.point_requests import PointRequests
from knockon.serve.query_request import QueryRequest
from knockon.serve.settings import ServerSettings
from knockon.sparql.answer_stream import Formats, stream_answer
from knockon.sparql.database import Database, in_memory
from knockon.sparql.limits import Limits
from knockon.store.folder import FolderStore
from knockon.worker.store_content import StoreContent
from support.http_server import HttpServer, running

LETTERS = Path(__file__).parents[1] / "support" / "letters"

LIMITS = ServerSettings().limits
NAMES = ["<urn:x:small>", "<urn:x:nobody>", "<urn:x:wide>", "?s", "<urn:x:p0>", "'v1'", "'v1'@en", "?p", "?o"]


def quads() -> Iterator[Quad]:
    """Yield an entity with few triples in two graphs, one with many, and one with a long text."""
    first, second = NamedNode("urn:x:g"), NamedNode("urn:x:h")
    for n in range(6):
        small, p = NamedNode("urn:x:small"), NamedNode(f"urn:x:p{n % 3}")
        yield Quad(small, p, Literal(f"v{n}"), first)
        yield Quad(small, p, Literal(f"v{n}", language="en"), second)
    for n in range(3_000):
        yield Quad(NamedNode("urn:x:wide"), NamedNode("urn:x:p0"), Literal(f"value {n}"), first)
    yield Quad(NamedNode("urn:x:long"), NamedNode("urn:x:p0"), Literal("x" * 100_000), first)


@pytest.fixture(scope="module", params=["folder", "memory"])
def content(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> StoreContent:
    """A database in a folder, and its quads, which are held in memory."""
    folder = tmp_path_factory.mktemp("points") / "db"
    store = pyoxigraph.Store(str(folder))
    store.bulk_extend(quads())
    store.flush()
    held = store.dump(format=RdfFormat.N_QUADS) if request.param == "memory" else None
    del store
    return StoreContent("points", lambda _: None, folder, held)


@pytest.fixture(scope="module")
def worker(content: StoreContent) -> Database:
    """The database as a worker opens it."""
    engine = pyoxigraph.Store.read_only(str(content.folder)) if content.quads is None else in_memory(content.quads)
    return Database(engine).freeze()


@pytest.fixture(scope="module")
def shared(content: StoreContent) -> PointAnswers:
    """What answers from it."""
    return opened(content)


@pytest.fixture
def points(shared: PointAnswers) -> PointAnswers:
    """The same, without what it has learnt."""
    shared.follow(shared.key, shared._database)
    shared.answered, shared._resting = 0, -inf
    return shared


def opened(content: StoreContent, limits: Limits = LIMITS) -> PointAnswers:
    """Return answers from a content."""
    points = PointAnswers(limits)
    points.follow(*points.open(content))
    return points


def whole(points: PointAnswers, text: str, form: str = "JSON", key: str = "points") -> bytes | None:
    """Return the bytes of an answer; None if a worker must answer."""
    answer = points.answer(QueryRequest(text=text, solutions=form), key)
    return None if answer is None else answer.whole


def by_worker(worker: Database, text: str, form: str) -> bytes:
    """Return the bytes that a worker makes of a query."""
    return stream_answer(worker.query(text), Formats(form), LIMITS, lambda *_: None).rest


@given(
    st.sampled_from(["SELECT *", "ASK", "SELECT ?o", "SELECT DISTINCT ?p", "SELECT ?none ?o"]),
    st.sampled_from(NAMES[:4]),
    st.lists(st.tuples(st.sampled_from(NAMES[4:5] + NAMES[7:8]), st.sampled_from(NAMES[5:])), min_size=1, max_size=3),
    st.sampled_from(["JSON", "XML", "CSV", "TSV"]),
)
def test_answers_are_those_of_workers(
    shared: PointAnswers, worker: Database, form: str, subject: str, pairs: list[tuple[str, str]], written: str
) -> None:
    """Byte for byte, in every format, in the same order of rows."""
    text = f"{form} {{ {subject} {' ; '.join(map(' '.join, pairs))} }}"
    shared._resting = -inf  # a busy machine may have looked like a slow disk
    found = whole(shared, text, written)
    if found is not None:
        assert found == by_worker(worker, text, written)
    elif "small" in subject and len(pairs) < 3:
        pytest.fail(f"left to a worker: {text}")


def test_only_small_answers(points: PointAnswers) -> None:
    """Many rows, a long text, many combinations: no time is spent a second time."""
    for text in (
        "SELECT * { <urn:x:wide> ?p ?o }",
        "SELECT * { <urn:x:long> ?p ?o }",
        "SELECT ?p { <urn:x:wide> ?p ?o }",
        "SELECT DISTINCT ?p { <urn:x:wide> ?p ?o }",
        "ASK { <urn:x:wide> ?p ?p }",
        "ASK { <urn:x:small> ?a ?b ; ?c ?d ; ?e ?f ; <urn:x:none> ?g }",
    ):
        assert whole(points, text) is None
        assert whole(points, text + " # again") is None
    assert len(points._left) == 3
    assert whole(points, "SELECT * { <urn:x:wide> ?p ?o } LIMIT 2") is None
    assert whole(points, "ASK { <urn:x:wide> ?p 'value 7' }") is not None
    assert points.answered == 1


@pytest.mark.parametrize("limits", [Limits(rows=3), Limits(size=100)])
def test_what_a_limit_cuts_is_left_to_workers(content: StoreContent, limits: Limits) -> None:
    """They say that it is cut."""
    points = opened(content, limits)
    assert whole(points, "SELECT * { <urn:x:small> ?p ?o }", "TSV") is None
    assert whole(points, "ASK { <urn:x:small> <urn:x:p0> ?o }") is not None


def test_requests_that_say_more_than_a_text(points: PointAnswers) -> None:
    """Graphs, limits, formats, another state of the store: workers know what to make of them."""
    request = QueryRequest(text="ASK { <urn:x:small> ?p ?o }")
    assert points.answer(request, "points") is not None
    assert points.answer(request, "another state") is None
    for other in (
        replace(request, default_graphs=("urn:x:g",)),
        replace(request, named_graphs=()),
        replace(request, limits=Limits()),
        replace(request, solutions=None),
    ):
        assert points.answer(other, "points") is None


def test_what_the_engine_refuses_is_left_to_workers(points: PointAnswers) -> None:
    """They name the position."""
    assert whole(points, "SELECT * { <urn:x:small> ?p ?o } LIMIT 99999999999999999999999999") is None
    assert whole(points, "SELECT ?a ?a { <urn:%zz> ?p ?a }") in (None, whole(points, "SELECT ?a ?a { <urn:%zz> ?p ?a }"))


def test_content_that_cannot_be_opened(content: StoreContent, tmp_path: Path) -> None:
    """No folder, a folder without a database: workers say what is wrong."""
    for folder in (None, tmp_path / "none"):
        assert PointAnswers(LIMITS).open(replace(content, folder=folder, quads=None)) == ("points", None)


def test_a_database_whose_files_are_gone(content: StoreContent, tmp_path: Path) -> None:
    """What is open still answers, or a worker does; nothing fails."""
    folder = tmp_path / "db"
    shutil.copytree(str(content.folder), folder)
    points = opened(replace(content, folder=folder))
    shutil.rmtree(folder)
    assert whole(points, "ASK { <urn:x:small> ?p ?o }") in (None, b'{"head":{},"boolean":true}')


def test_after_a_slow_disk_workers_answer_for_a_while(points: PointAnswers, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that keeps the server waiting does so for two parts in a hundred of its time."""
    text = "ASK { <urn:x:small> ?p ?o }"
    times, reads = iter([0.0, 0.0, 1.0, 2.0, 60.0, 60.0, 61.0]), iter([10**9, 10**9])
    # Of this module alone: servers of other tests run in this process.
    monkeypatch.setattr("knockon.serve.point_answers.time", SimpleNamespace(monotonic=lambda: next(times)))
    monkeypatch.setattr("knockon.serve.point_answers._disk_reads", lambda: next(reads))
    assert [whole(points, text) is None for _ in range(3)] == [False, True, False]
    assert points._resting == 51.0  # the third was slow, too, but read nothing


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpServer]:
    """A server with a store in a folder, which answers point queries itself."""
    store = tmp_path_factory.mktemp("served") / "store"
    FolderStore(store).load(*knockon.open(LETTERS / "data").store.data_sets)
    with running(ServerSettings(store=store, port=0, workers=1, log_queries=True), log=True, questions=False) as server:
        deadline = time.monotonic() + 600
        while not server.state.pool.ready.points.key and time.monotonic() < deadline:
            time.sleep(0.02)
        yield server


def test_each_layer_gives_the_same_answer(served: HttpServer) -> None:
    """Status, headers and body of the answer in one step are those of the layers within; so is the tag, for a later request."""
    (row,) = served.get("/sparql?query=" + quote("SELECT ?s { ?s a ko:Entity } LIMIT 1")).json["results"]["bindings"]
    target = "/sparql?query=" + quote(f"SELECT * {{ <{row['s']['value']}> ?p ?o }}")
    served.get(target)
    for number, accept in enumerate(("application/sparql-results+json", "text/csv", "*/*")):
        asked = f"{target}%20%23{number}"  # of which no answer is kept yet
        before = served.state.pool.ready.points.answered
        short = served.get(asked, Accept=accept)
        within = served.get(asked, Accept=accept, If_None_Match='"other"')
        assert short.status == within.status == 200
        assert short.body == within.body
        assert len(short.body) > 50
        assert {**short.headers, "date": ""} == {**within.headers, "date": ""}
        assert served.state.pool.ready.points.answered > before
        assert served.get(asked, Accept=accept, If_None_Match=short.headers["etag"]).status == 304
    changing = served.get("/sparql?query=" + quote("ASK { <urn:x:rand#(> ?p ?o }"))
    assert changing.headers["cache-control"] == "no-store"
    assert "etag" not in changing.headers


def test_refusals_are_those_of_the_layers_within(served: HttpServer) -> None:
    """A foreign host, no format, no query, two of them: never an answer."""
    target = "/sparql?query=" + quote("ASK { id:a ?p ?o }")
    assert served.get(target, Host="evil.example").status == 421
    assert served.get(target, Accept="image/png").status == 406
    assert served.get(target + "&query=ASK%7B%7D").status == 400
    assert served.get("/sparql?query=%FF").status == 400
    with closing(served.connect()) as connection:
        connection.putrequest("GET", target, skip_host=True)
        connection.putheader("Host", "localhost")
        connection.putheader("Host", "localhost")
        connection.endheaders()
        assert connection.getresponse().status == 400


@pytest.mark.parametrize("name", ["Origin", "X-Forwarded-For", "Range", "If-Match", "Content-Length", "Expect", "Upgrade"])
def test_what_the_application_must_see(served: HttpServer, name: str) -> None:
    """Headers with a meaning of their own, a second ``Accept``, compression, other parameters."""
    points = PointRequests(served.state)

    def answer(address: bytes, headers: list[tuple[bytes, bytes]]) -> object:
        plain = points.read(address, headers)
        return None if plain is None else points.answer(plain, None)

    target = b"/sparql?query=" + quote("ASK { id:a ?p ?o }").encode()
    plain = [(b"host", b"localhost:1"), (b"accept", b"text/csv"), (b"accept-encoding", b"identity")]
    assert answer(target, plain) is not None
    for more in ((name.lower().encode(), b"1"), (b"accept", b"*/*"), (b"accept-encoding", b"br, GZIP")):
        assert answer(target, [*plain, more]) is None
    for other in (target + b"&timeout=1", target + b"#", b"/sparql?query=%C3%A4", b"/api/sparql?query=ASK%7B%7D"):
        assert answer(other, plain) is None


def test_an_unexpected_error_has_the_headers_for_safety(
    served: HttpServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The application answers, or says that the server failed; the error is reported, and shown to nobody else."""

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a secret")

    target = "/sparql?query=" + quote("ASK { id:a ?p ?o } # an error")
    expected = served.get(target)
    monkeypatch.setattr("knockon.serve.point_requests.tag_of", fail)
    reply = served.get(target)
    assert (reply.status, reply.body, {**reply.headers, "date": ""}) == (200, expected.body, {**expected.headers, "date": ""})
    assert "ZeroDivisionError: a secret" in capsys.readouterr().err
    monkeypatch.setattr(served.state.pool, "point", fail)
    reply = served.get(target)
    assert (reply.status, reply.headers["content-type"]) == (500, "application/problem+json")
    assert {name.lower(): reply.headers[name.lower()] for name in SAFE_HEADERS} == {
        k.lower(): v for k, v in SAFE_HEADERS.items()
    }
    assert "secret" not in reply.text


def test_point_queries_in_one_go_are_answered_in_their_order(served: HttpServer) -> None:
    """Pipelining, with queries for workers and a wrong one among them; a connection that is to be closed is closed."""
    texts = [f"SELECT ?n{n} {{ id:nobody a ?n{n} }}" if n % 3 else f"SELECT (1 AS ?n{n}) {{}}" for n in range(12)]
    heads = [f"GET /sparql?query={quote(text)} HTTP/1.1\r\nHost: localhost\r\n" for text in [*texts, "SELECT"]]
    with socket.create_connection(("127.0.0.1", served.port), 60) as connection:
        connection.sendall("".join(f"{head}\r\n" for head in heads).encode())
        connection.sendall(f"{heads[1]}Connection: close\r\n\r\n".encode())
        answers = b"".join(iter(lambda: connection.recv(2**16), b""))
    assert re.findall(rb"HTTP/1\.1 (\d+)", answers) == [*[b"200"] * 12, b"400", b"200"]
    assert [int(n) for n in re.findall(rb'"vars":\["n(\d+)"\]', answers)] == [*range(12), 1]


def test_point_queries_need_no_worker(served: HttpServer) -> None:
    """They are answered while all workers are suspended, and counted."""
    workers = list(served.state.pool._queries.workers)
    for worker in workers:
        assert worker.suspend()
    reply = served.get("/sparql?query=" + quote("ASK { id:nobody a ko:Company } # no worker"))
    for worker in workers:
        worker.wake()
    assert reply.text == '{"head":{},"boolean":false}'
    (line,) = [line for line in served.get("/metrics").text.splitlines() if line.startswith("knockon_point_queries_total")]
    assert int(line.split()[1]) > 0
