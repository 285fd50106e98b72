"""Graphs behind the address of a SPARQL endpoint: the same answers as here, within limits, and no request to anybody else."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad

import knockon
from knockon.cli import run
from knockon.errors import InvalidData, KnockonError, LimitReached, NotFound, QuerySyntaxError, UsageError
from knockon.graph import Graph
from knockon.model import CLASSES
from knockon.query.library import library
from knockon.serve.settings import ServerSettings
from knockon.sparql.limits import Limits
from knockon.store import sparql_client
from knockon.store.addresses import AUTHORIZATION, PLAIN_HTTP, SERVER, check_address
from knockon.store.remote import RemoteStore
from support.http_server import running
from support.small_records import data_set, entities, iri, need
from support.sparql_servers import ISQL, OXIGRAPH, VIRTUOSO, OxigraphServer, oxigraph_server, virtuoso_server

LETTERS = Path(__file__).parents[1] / "support" / "letters" / "data"


@pytest.fixture(scope="module")
def letters() -> Graph:
    """The invented data, opened here."""
    return knockon.open(LETTERS)


def rows(graph: Graph, **asked: Any) -> list[str]:
    return sorted(map(repr, graph.query(**asked)))


def same_rows(remote: Graph, local: Graph, every: int = 1) -> None:
    """Compare the rows of queries of the library, each with a record of this graph as its parameter."""
    for name, query in islice(library().items(), 0, None, every):
        given = {}
        for parameter in query.parameters:
            classes = tuple(CLASSES[cls] for cls in parameter.classes if cls in CLASSES)
            given[parameter.name] = next(record.id for record in local.store.records if isinstance(record, classes or object))
        assert rows(remote, name=name, **given) == rows(local, name=name, **given), name


def test_what_an_endpoint_has_is_what_was_put_there(endpoint: OxigraphServer, letters: Graph) -> None:
    """Records, data sets, revision and quads are read back, and each library query and impact has the same answer."""
    endpoint.put(letters.store.quads())
    with knockon.open(endpoint.query) as remote:
        assert remote.store.records == letters.store.records
        assert remote.store.data_sets[0].records == letters.store.data_sets[0].records
        assert remote.store.revision == letters.store.revision
        assert set(remote.store.quads()) == set(letters.store.quads())
        same_rows(remote, letters)
        assert remote.impact("maker-a-stops").to_dict() == letters.impact("maker-a-stops").to_dict()
        assert rows(remote, text="DESCRIBE id:maker-a") == rows(letters, text="DESCRIBE id:maker-a")
        assert not remote.query("ASK { id:maker-a a ko:Shock }")


def test_commands_take_an_address(endpoint: OxigraphServer, letters: Graph, capsys: pytest.CaptureFixture[str]) -> None:
    """``--store URL`` gives what a store here gives, and what is wrong with it is said without a traceback."""
    endpoint.put(letters.store.quads())
    outputs = []
    for store in (endpoint.query, str(LETTERS)):
        assert run(["impact", "maker-a-stops", "--store", store, "--format", "json"]) == 0
        outputs.append(json.loads(capsys.readouterr().out))
    assert outputs[0] == outputs[1]
    assert run(["load", "chips", "--store", endpoint.query]) == 2
    assert run(["query", "ASK {}", "--store", "http://graphs.example.org/sparql"]) == 2
    assert "KNOCKON_PLAIN_HTTP" in capsys.readouterr().err


def test_large_reads_are_paged(endpoint: OxigraphServer, letters: Graph) -> None:
    """Pages of a few rows give the same as one large page, also where one subject has more triples than a page."""
    endpoint.put(letters.store.quads())
    for page in (7, 97):
        with RemoteStore(endpoint.query) as store:
            store.__dict__["traits"] = replace(store.traits, page=page)
            assert store.records == letters.store.records


@pytest.mark.skipif(OXIGRAPH is None, reason="the oxigraph server is not installed")
def test_oxigraph_loads_a_bulk_export(letters: Graph, tmp_path: Path) -> None:
    """By the command of docs/how-to/large-graphs.md: the records, the revision and the number of quads are the same."""
    manifest = letters.export_parts(tmp_path / "parts", most_quads=1_000, compress=True)
    with oxigraph_server(tmp_path / "db", tmp_path / "parts") as server, RemoteStore(server.query) as store:
        (row,) = store.query("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
        assert int(row["n"].value) == manifest.quads
        assert (store.records, store.revision) == (letters.store.records, letters.store.revision)


def test_several_data_sets_are_told_apart(endpoint: OxigraphServer) -> None:
    """Records belong to the data set in whose graph they are, or to the one whose source their document is."""
    with Graph(knockon.open(LETTERS).store) as local:
        local.store.load(data_set("more", entities("more-one")))
        endpoint.put(local.store.quads())
        with RemoteStore(endpoint.query) as store:
            assert [each.info.id for each in store.data_sets] == [each.info.id for each in local.store.data_sets]
            assert store.data_sets[-1].records == local.store.data_sets[-1].records
            assert store.revision == local.store.revision


@pytest.mark.parametrize("every", [6, pytest.param(1, marks=pytest.mark.slow)])
def test_our_own_server_is_an_endpoint(letters: Graph, every: int) -> None:
    """A graph on our own server has the same records, and the same rows of library queries: of each, or of some."""
    with running(ServerSettings(store=LETTERS, port=0, workers=1)) as server, knockon.open(f"{server.url}/sparql") as remote:
        assert remote.store.records == letters.store.records
        same_rows(remote, letters, every)


@pytest.mark.slow
def test_all_library_queries_on_the_bundled_data(endpoint: OxigraphServer) -> None:
    """On an Oxigraph server, and the same with the bundled data."""
    local = knockon.open()
    endpoint.put(local.store.quads())
    with knockon.open(endpoint.query) as remote:
        assert remote.store.revision == local.store.revision
        for name in library():
            assert rows(remote, name=name) == rows(local, name=name), name


@pytest.mark.slow
@pytest.mark.skipif(VIRTUOSO is None or ISQL is None, reason="Virtuoso is not installed (apt-get install virtuoso-opensource)")
def test_virtuoso(tmp_path: Path) -> None:
    """On Virtuoso, which is no exact engine: the same records, and the same rows of every library query."""
    local = knockon.open()
    local.export_parts(tmp_path / "parts", most_quads=5_000, compress=True)
    with virtuoso_server(tmp_path, tmp_path / "parts") as address, knockon.open(address) as remote:
        assert isinstance(remote.store, RemoteStore)
        assert remote.store.traits.name == "virtuoso"
        # The origin is the revision of the endpoint.
        assert replace(remote.network(), origin="").hash == replace(local.network(), origin="").hash
        assert "_data_sets" not in remote.store.__dict__
        assert remote.store.records == local.store.records
        for name in library():
            assert rows(remote, name=name) == rows(local, name=name), name
        text = "SELECT ?thing { id:sensetime ko:dependsOn ?thing }"
        assert rows(remote, text=text) == rows(local, text=text)


def test_nothing_is_written(endpoint: OxigraphServer) -> None:
    """What would change an endpoint is refused."""
    with knockon.open(endpoint.query) as remote:
        for change in (lambda: remote.load("chips"), lambda: remote.save_shock("x", {"a": "high"}), remote.undo):
            with pytest.raises(KnockonError):
                change()
        with pytest.raises(UsageError, match="only read"):
            remote.store.load(data_set("x", entities("x")))
    with pytest.raises(UsageError, match="only read"):
        knockon.open(endpoint.query, write=True)


def test_blank_nodes_are_not_mixed_up(endpoint: OxigraphServer) -> None:
    """Blank nodes in one page are read; in several pages they would be named differently, which is an error."""
    knows, graph = NamedNode("urn:x:knows"), NamedNode("urn:x:g")
    node = BlankNode()
    more = [Quad(NamedNode(f"urn:x:{i}"), knows, Literal(str(i)), graph) for i in range(20)]
    endpoint.put([Quad(node, knows, Literal("a"), graph), Quad(node, knows, node, graph), *more])
    with RemoteStore(endpoint.query) as store:
        assert len(list(store.quads())) == 22
    with RemoteStore(endpoint.query) as store:
        store.__dict__["traits"] = replace(store.traits, page=10)
        with pytest.raises(InvalidData, match="blank nodes"):
            list(store.quads())


def test_triples_outside_of_graphs_are_read(endpoint: OxigraphServer) -> None:
    """What is in the default graph of a server alone belongs to the records too, and is asked."""
    local = Graph(knockon.open(LETTERS).store)
    endpoint.put(Quad(*quad.triple, DefaultGraph()) for quad in local.store.quads())
    with RemoteStore(endpoint.query) as store:
        assert {record.id for record in store.records} == {record.id for record in local.store.records}
        assert store.query("ASK { ?entity a ko:Entity ; ko:dependsOn ?other }")


Reply = tuple[int, dict[str, str], bytes]


class Scripted:
    """A server that answers by a function of the query and the number of the request, and remembers requests."""

    def __init__(self, answer: Callable[[str, int], Reply]) -> None:
        self.requests: list[tuple[str, dict[str, str], dict[str, list[str]]]] = []
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                fields = parse_qs(body)
                scripted.requests.append((self.path, dict(self.headers), fields))
                status, headers, content = answer(fields.get("query", [""])[0], len(scripted.requests))
                self.send_response(status)
                for name, value in {"Content-Length": str(len(content)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/sparql"

    def __enter__(self) -> Scripted:
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def solutions(variables: list[str], found: list[dict[str, Any]], **headers: str) -> Reply:
    document = {"head": {"vars": variables}, "results": {"bindings": found}}
    return 200, {"Content-Type": "application/sparql-results+json", **headers}, json.dumps(document).encode()


def empty(query: str, _: int) -> Reply:
    """An endpoint without data."""
    if "ASK" in query:
        return 200, {"Content-Type": "application/sparql-results+json"}, b'{"head":{},"boolean":true}'
    if "COUNT" in query:
        return solutions(["n"], [{"n": {"type": "literal", "value": "0"}}])
    return solutions(["g", "s"], [])


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sparql_client, "_PAUSES", (0.0, 0.0, 0.0))


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again(status: int) -> None:
    """A request that only reads is repeated, and the answer of the last time counts; in the end it is an error."""
    busy = Scripted(lambda query, n: empty(query, n) if n % 3 == 0 else (status, {}, b""))
    with busy as server, RemoteStore(server.address) as store:
        assert bool(store.query("ASK { ?s ?p ?o }"))
    with Scripted(lambda *_: (status, {}, b"busy\x1b[31m")) as server, RemoteStore(server.address) as store:
        with pytest.raises(LimitReached, match=r"busy\\x1b") as raised:
            store.query("ASK { ?s ?p ?o }")
        assert len(server.requests) == 4
        assert "\x1b" not in str(raised.value)


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [(400, QuerySyntaxError, "400"), (401, UsageError, AUTHORIZATION), (403, UsageError, AUTHORIZATION),
     (404, NotFound, "no SPARQL endpoint"), (500, UsageError, "500")],
)  # fmt: skip
def test_refusals_are_errors_of_ours(status: int, error: type[KnockonError], words: str) -> None:
    """What a server refuses is an error with its status, at once."""
    with Scripted(lambda *_: (status, {}, b"no")) as server, RemoteStore(server.address) as store:
        with pytest.raises(error, match=words):
            store.query("ASK { ?s ?p ?o }")
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("kind", "content"),
    [("text/html", b"<html>"), ("application/sparql-results+json", b'{"head":'), ("application/sparql-results+json", b"\xff"),
     ("application/sparql-results+xml", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"),
     ("text/turtle", b"@prefix"), ("", b""),
     ("application/rdf+xml", b"<rdf:RDF/>"), ("text/plain", b"?x"), ("application/sparql-results+json", b"")],
)  # fmt: skip
def test_what_is_no_answer_is_an_error(kind: str, content: bytes) -> None:
    """A page, half a document, a wrong type: InvalidData, never an empty answer."""
    server = Scripted(lambda *_: (200, {"Content-Type": kind}, content))
    with server, RemoteStore(server.address) as store, pytest.raises(InvalidData, match="not an answer"):
        store.query("SELECT * { ?s ?p ?o }")


def test_answers_have_limits() -> None:
    """Too many bytes, also compressed ones, too many rows and too much time are LimitReached."""
    many = solutions(["x"], [{"x": {"type": "literal", "value": "a" * 1_000}}] * 500)
    with Scripted(lambda q, n: many if "?x" in q else empty(q, n)) as server, knockon.open(server.address) as graph:
        for limits, words in ((Limits(size=10_000), "larger"), (Limits(rows=10), "10 rows")):
            with pytest.raises(LimitReached, match=words):
                graph.query("SELECT ?x { ?x ?p ?o }", limits=limits)
        assert len(graph.query("SELECT ?x { ?x ?p ?o }", limits=None)) == 500

    def slow(query: str, number: int) -> Reply:
        if "?x" in query:
            time.sleep(0.5)
        return empty(query, number)

    with Scripted(slow) as server, knockon.open(server.address) as graph, pytest.raises(LimitReached, match=r"0\.2 s"):
        graph.query("SELECT ?x { ?x ?p ?o }", limits=Limits(seconds=0.2))


def test_an_answer_that_the_server_cut_is_an_error() -> None:
    """A server that stops early and says so in a header has given no answer."""
    cut = {"Server": "Virtuoso/07.20", "X-SQL-State": "S1TAT"}

    def answer(query: str, number: int) -> Reply:
        status, headers, content = empty(query, number)
        return status, {**headers, **(cut if "?x" in query else {"Server": "Virtuoso/07.20"})}, content

    with Scripted(answer) as server, knockon.open(server.address) as graph:
        with pytest.raises(LimitReached, match="S1TAT"):
            graph.query("SELECT ?x { ?x ?p ?o }", limits=Limits(seconds=2))
        assert server.requests[-1][2]["timeout"] == ["2000"]


def test_half_an_answer_is_an_error() -> None:
    """An answer that ends early is not taken for whole, and not asked for again."""

    def answer(query: str, number: int) -> Reply:
        status, headers, content = empty(query, number)
        return (status, {**headers, "Content-Length": "9999"}, content) if "?x" in query else (status, headers, content)

    with Scripted(answer) as server, RemoteStore(server.address) as store:
        with pytest.raises(LimitReached, match="before it was complete"):
            store.query("SELECT ?x { ?x ?p ?o }")
        assert sum("?x" in fields["query"][0] for _, _, fields in server.requests) == 1


def test_a_count_that_does_not_hold_is_an_error() -> None:
    """An endpoint that has fewer triples than it counts has changed, or has a limit that it does not tell."""

    def answer(query: str, number: int) -> Reply:
        if "COUNT" in query and "MD5" not in query:
            return solutions(["n"], [{"n": {"type": "literal", "value": "5"}}])
        return solutions(["d", "n", "length"], []) if "MD5" in query else empty(query, number)

    server = Scripted(answer)
    with server, RemoteStore(server.address) as store, pytest.raises(InvalidData, match="another number of triples"):
        _ = store.records


def test_a_count_that_is_too_large_is_an_error() -> None:
    """Nobody reads for hours what an endpoint claims to have."""
    huge = solutions(["n"], [{"n": {"type": "literal", "value": "1000000000000"}}])
    server = Scripted(lambda query, number: huge if "COUNT" in query else empty(query, number))
    with server, RemoteStore(server.address) as store, pytest.raises(LimitReached, match="1,000,000,000,000 triples"):
        _ = store.records


def test_redirects_stay_on_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """A redirect on the same server is followed; one to another server is an error, and that one is never asked."""
    monkeypatch.setenv(AUTHORIZATION, "Bearer secret")
    with Scripted(empty) as other:

        def answer(query: str, number: int) -> Reply:
            target = f"{other.address}?" if "?x" in query else "/elsewhere"
            return (308, {"Location": target}, b"") if number == 1 or "?x" in query else empty(query, number)

        with Scripted(answer) as server, RemoteStore(server.address) as store:
            assert bool(store.query("ASK {}"))
            assert server.requests[1][0] == "/elsewhere"
            assert server.requests[1][1]["Authorization"] == "Bearer secret"
            with pytest.raises(UsageError, match="another server") as raised:
                store.query("SELECT ?x { ?x ?p ?o }")
            assert "secret" not in str(raised.value)
        assert other.requests == []
    server = Scripted(lambda *_: (302, {"Location": "/again"}, b""))
    with server, RemoteStore(server.address) as store, pytest.raises(UsageError, match="redirects more than"):
        store.query("ASK {}")


@pytest.mark.parametrize("target", ["http://[::bad", "//[x/"])
def test_a_redirect_to_no_address_is_an_error(target: str) -> None:
    """A location that cannot be read as an address is refused."""
    server = Scripted(lambda *_: (302, {"Location": target}, b""))
    with server, RemoteStore(server.address) as store, pytest.raises(UsageError, match="is not an address"):
        store.query("ASK {}")


IRI, TEXT, BLANK = {"type": "uri", "value": "urn:x:a"}, {"type": "literal", "value": "a"}, {"type": "bnode", "value": "b"}


@pytest.mark.parametrize(
    ("column", "rows"),
    [("n", []), ("x", [{"x": TEXT}]), ("n", [{"n": IRI}]),
     *(("n", [{"n": {"type": "literal", "value": number}}]) for number in ("-5", "NaN", "9" * 5_000))],
)  # fmt: skip
def test_what_counts_nothing_is_not_an_empty_graph(column: str, rows: list[dict[str, dict[str, str]]]) -> None:
    """A count that is missing, no number or below 0 is InvalidData."""
    counted = solutions([column], rows)
    server = Scripted(lambda query, number: counted if "COUNT" in query else empty(query, number))
    with server, RemoteStore(server.address) as store, pytest.raises(InvalidData, match="count the triples"):
        _ = store.records


@pytest.mark.parametrize("row", [{"s": TEXT, "p": IRI, "o": IRI}, {"s": IRI, "p": BLANK, "o": IRI}, {"s": IRI, "p": IRI}, {}])
def test_rows_that_are_no_triples_are_an_error(row: dict[str, dict[str, str]]) -> None:
    """A literal as the subject, a blank property, a missing end: InvalidData."""
    counted = solutions(["n"], [{"n": {"type": "literal", "value": "1"}}])

    def answer(query: str, number: int) -> Reply:
        if "COUNT" in query:
            return counted
        return solutions(["s", "p", "o"], [row]) if "?s ?p ?o" in query and "?g" not in query else empty(query, number)

    with Scripted(answer) as server, RemoteStore(server.address) as store, pytest.raises(InvalidData, match=r"no triple|blank"):
        _ = store.records


@pytest.mark.parametrize(("text", "kind"), [("ASK { ?s ?p ?o }", "rows"), ("SELECT * { ?s ?p ?o }", "boolean")])
def test_the_answer_to_another_kind_of_query_is_an_error(text: str, kind: str) -> None:
    """Rows are no answer to ASK, and a boolean none to SELECT."""
    boolean = 200, {"Content-Type": "application/sparql-results+json"}, b'{"head":{},"boolean":true}'
    reply = boolean if kind == "boolean" else solutions(["s"], [])
    server = Scripted(lambda query, number: reply if query.endswith(text) else empty(query, number))
    with server, RemoteStore(server.address) as store, pytest.raises(InvalidData, match="not an answer"):
        store.query(text)


@pytest.mark.usefixtures("no_pauses")
def test_a_server_that_is_not_there() -> None:
    """Nobody listens: NotFound, with the reason."""
    with Scripted(empty) as server:
        address = server.address
    with RemoteStore(address) as store, pytest.raises(NotFound, match="no SPARQL endpoint called"):
        store.query("ASK {}")


@pytest.mark.parametrize(
    ("address", "words"),
    [("http://example.org/sparql", "over http"), ("https://user:pass@example.org/sparql", "password"),
     ("https://user@example.org/", "password"), ("https://example.org/sparql?x=1", "no \\?"), ("https://", "not an address"),
     ("https://[::1/sparql", "not an address"), ("https://example.org:99999/", "not an address"),
     ("http://127.0.0.1.example.org/", "over http"), ("http://localhost.example.org/", "over http")],
)  # fmt: skip
def test_addresses_that_are_refused(address: str, words: str) -> None:
    """An address without encryption to another machine, with a password, or none at all is refused before any request."""
    with pytest.raises(UsageError, match=words) as raised:
        knockon.open(address)
    assert ":pass@" not in str(raised.value)


def test_http_to_another_machine_has_to_be_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable of the environment allows it; https and this machine need nothing."""
    monkeypatch.setenv(PLAIN_HTTP, "1")
    assert check_address("http://example.org/sparql")
    monkeypatch.delenv(PLAIN_HTTP)
    assert check_address("https://example.org/sparql")
    assert check_address("http://[::1]:8030/sparql")


def test_the_kind_of_server_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a proxy hides what the server is, the environment says it; a word that is no kind is an error."""
    monkeypatch.setenv(SERVER, "Virtuoso")
    with RemoteStore("https://example.org/sparql") as store:
        assert (store.traits.name, store.traits.exact) == ("virtuoso", False)
    monkeypatch.setenv(SERVER, "virtuso")
    with RemoteStore("https://example.org/sparql") as store, pytest.raises(UsageError, match="virtuoso"):
        _ = store.traits


def test_a_wrong_header_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value of several lines is no header."""
    monkeypatch.setenv(AUTHORIZATION, "Bearer a\r\nX-Other: b")
    with pytest.raises(UsageError, match="one line"):
        RemoteStore("https://example.org/sparql")


def test_a_query_that_does_not_parse_is_not_sent() -> None:
    """Positions are those of the text, and SERVICE and updates never reach the server."""
    with Scripted(empty) as server, knockon.open(server.address) as graph:
        for text in ("SELECT", "INSERT DATA { <urn:a> <urn:b> <urn:c> }", "SELECT * { SERVICE <urn:x> { ?s ?p ?o } }"):
            with pytest.raises(QuerySyntaxError, match="line 1"):
                graph.query(text)
        assert server.requests == []


def test_the_default_graph_leaves_runs_out(endpoint: OxigraphServer) -> None:
    """Records of needs are asked in the union of all graphs but those of stored runs, which answer by name."""
    from knockon.analysis.context import Context
    from knockon.analysis.impact.impact import impacts
    from knockon.analysis.impact.to_rdf import turtle
    from knockon.store.files import read_bytes
    from knockon.store.oxigraph import MemoryStore

    local = MemoryStore(data_set("x", [*entities("a", "b"), need("a", "b")]))
    context = Context(local)
    run = turtle(impacts(context, [context.shock_from([("b", "high")])])[0])
    local.load(read_bytes(run.encode(), ".ttl", "run", "run"))
    endpoint.put(local.quads())
    with RemoteStore(endpoint.query) as store:
        assert not store.query("ASK { ?run a ko:ImpactRun }")
        assert store.query("ASK { GRAPH ?g { ?run a ko:ImpactRun } }")
        assert [row["b"].value for row in store.query("SELECT ?b { id:a ko:dependsOn ?b }")] == [iri("b")]


def test_a_query_is_not_evaluated_here_before_it_is_sent() -> None:
    """What takes long is the affair of the endpoint; what needs functions of ours runs here within the limits."""
    numbers = " ".join(map(str, range(200)))
    cross = " ".join(f"VALUES ?x{i} {{ {numbers} }}" for i in range(6))
    total = " + ".join(f"?x{i}" for i in range(6))
    with Scripted(empty) as server, knockon.open(server.address) as remote:
        assert remote.query(f"ASK {{ {cross} FILTER({total} < 0) }}")
        with pytest.raises(LimitReached, match=r"0\.2 s"):
            remote.query(f"ASK {{ {cross} FILTER(IF({total} < 0, ko:loss(?x0, ?x1), 0) < 0) }}", limits=Limits(seconds=0.2))
