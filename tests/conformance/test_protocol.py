"""The W3C tests of the SPARQL 1.1 Protocol, Service Description and Graph Store Protocol, over real HTTP.

The manifests are read from the folder KNOCKON_SHARED; without it the tests are skipped.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import CanonicalizationAlgorithm as Canonical
from pyoxigraph import Dataset, QueryResultsFormat, RdfFormat, parse, parse_query_results

from knockon.serve.settings import ServerSettings
from knockon.vocabulary import GENID
from support.http_server import HttpServer, Reply, running
from support.w3c_requests import Expected, W3cTest, fits, read_manifest

TOKEN = "token-of-the-conformance-tests"  # noqa: S105 - of a server that lives as long as the tests
FOLDER = Path(os.environ.get("KNOCKON_SHARED") or Path(__file__).resolve().parents[3] / "shared") / "w3c" / "sparql11"


def manifest_of(name: str) -> list[W3cTest]:
    path = FOLDER / name
    return read_manifest(path) if path.is_file() else []


PROTOCOL = manifest_of("protocol/manifest.ttl")
STORE = manifest_of("graph-store-protocol/manifest-direct.ttl") + manifest_of("graph-store-protocol/manifest-indirect.ttl")

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"no folder {FOLDER}: set KNOCKON_SHARED to where the W3C tests lie"
)


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpServer]:
    """A writable server with a new store."""
    store = tmp_path_factory.mktemp("conformance") / "store"
    with running(ServerSettings(store=store, port=0, workers=1, writable=True, token=TOKEN)) as server:
        yield server


def send(server: HttpServer, method: str, target: str, body: bytes | None, headers: dict[str, str]) -> Reply:
    return server.request(method, target, body, {"Authorization": f"Bearer {TOKEN}", **headers})


def test_all_tests_are_there() -> None:
    """No test is lost on the way: the suite has 34 of the protocol, and 13 of the Graph Store Protocol."""
    assert (len(PROTOCOL), len(STORE)) == (34, 13)
    assert all(test.requests for test in [*PROTOCOL, *STORE])
    assert {test.name for test in PROTOCOL} > PARTS
    assert {test.name for test in STORE} > QUICK


#: Tests of the protocol that `make test` leaves out: ``query_dataset_full`` and ``update_dataset_full`` have what they have.
PARTS = {
    "query_dataset_default_graphs_post", "query_dataset_named_graphs_get", "query_dataset_named_graphs_post",
    "update_dataset_default_graph", "update_dataset_default_graphs",
    "update_dataset_named_graphs",
}  # fmt: skip


@pytest.mark.parametrize(
    "test",
    [pytest.param(test, marks=pytest.mark.slow if test.name in PARTS else ()) for test in PROTOCOL],
    ids=lambda test: test.name,
)
def test_protocol(writable: HttpServer, test: W3cTest) -> None:
    """Each request is answered with the status, the kind of answer and the truth that the test expects."""
    if test.data:
        graphs = " ".join(f"GRAPH <{graph}> {{ {content.decode()} }}" for graph, content in test.data.items())
        update = {"Content-Type": "application/sparql-update"}
        assert send(writable, "POST", "/sparql", f"INSERT DATA {{ {graphs} }}".encode(), update).status == 200
    for request in test.requests:
        target = request.path.replace("/sparql/", "/sparql", 1)
        reply = send(writable, request.method, target, request.body, request.headers)
        assert fits(reply.status, request.expected.statuses), (request.path, reply.status, reply.text)
        check_answer(reply, request.expected)


def check_answer(reply: Reply, expected: Expected) -> None:
    media_type = reply.headers.get("content-type", "").partition(";")[0]
    if expected.form in {"boolean", "tabular"}:
        read = parse_query_results(reply.body, QueryResultsFormat.from_media_type(media_type))
        assert hasattr(read, "variables") == (expected.form == "tabular")
        if expected.boolean is not None:
            assert bool(read) is expected.boolean
    elif expected.form == "RDF":
        list(parse(reply.body, RdfFormat.from_media_type(media_type)))


#: The tests of the Graph Store Protocol that `make test` runs: those of reading. The others write to the disk fifty times.
QUICK = {"put_get_repeat_indirect", "head_existing_indirect", "head_non_existing_indirect", "post_get_new_graph"}


@pytest.mark.parametrize(
    "test",
    [pytest.param(test, marks=() if test.name in QUICK else pytest.mark.slow) for test in STORE],
    ids=lambda test: test.name,
)
def test_graph_store_protocol(writable: HttpServer, test: W3cTest) -> None:
    """Each request of the Graph Store Protocol is answered with the status and, up to blank nodes, the graph expected."""
    if test.name == "put_get_default":
        pytest.skip("the default graph is the union of all graphs, the ontology among them: see decision 0045")
    host = f"127.0.0.1:{writable.port}"
    assert send(writable, "POST", "/sparql", b"CLEAR ALL", {"Content-Type": "application/sparql-update"}).status == 200
    places: dict[str, str] = {}

    def filled(text: str) -> str:
        for name, value in places.items():
            text = text.replace(name, value)
        return text.replace("www.example/gsp", f"{host}/store").replace("www.example%2Fgsp", f"{host}%2Fstore")

    for request in test.requests:
        path = filled(request.path.replace("/gsp", "/store", 1)).removeprefix(f"http://{host}")
        body = filled(request.body.decode()).encode() if request.body is not None else None
        reply = send(writable, request.method, path, body, request.headers)
        assert fits(reply.status, request.expected.statuses), (request.method, path, reply.status, reply.text)
        if request.expected.location:
            places[request.expected.location] = reply.headers["location"]
        if request.expected.body and request.method == "GET":
            assert canonical(reply.body, reply.headers["content-type"]) == canonical(
                filled(request.expected.body).encode(), request.expected.media_type
            )


def canonical(content: bytes, media_type: str) -> Dataset:
    """The graph with canonical blank nodes; the IRIs that a store gives to blank nodes are blank nodes again."""
    text = content.decode().replace(f"<{GENID}", "<genid:")
    triples = parse(text.encode(), RdfFormat.from_media_type(media_type), base_iri="http://localhost/")
    lines = "".join(f"{quad}.\n" for quad in triples)
    blank = re.sub(r"<genid:([^>]*)>", r"_:b\1", lines)
    graph = Dataset(parse(blank.encode(), RdfFormat.N_QUADS))
    graph.canonicalize(Canonical.RDFC_1_0)
    return graph


@pytest.mark.parametrize("accept", ["text/turtle", "application/rdf+xml", "application/ld+json", "application/n-triples"])
def test_service_description(writable: HttpServer, accept: str) -> None:
    """GET on the endpoint returns RDF with a matching sd:endpoint, in the terms of the vocabulary (three tests)."""
    reply = writable.get("/sparql", Accept=accept)
    sd = "http://www.w3.org/ns/sparql-service-description#"
    triples = list(parse(reply.body, RdfFormat.from_media_type(accept)))
    endpoints = [quad for quad in triples if quad.predicate.value == sd + "endpoint"]
    assert [quad.object.value for quad in endpoints] == [f"{writable.url}/sparql"]
    service = endpoints[0].subject
    assert any(quad.subject == service and quad.object.value == sd + "Service" for quad in triples)
    known = {"endpoint", "supportedLanguage", "feature", "resultFormat", "inputFormat", "defaultDataset", "defaultGraph"}
    known |= {"namedGraph", "name", "graph", "extensionFunction"}
    used = {quad.predicate.value.removeprefix(sd) for quad in triples if quad.predicate.value.startswith(sd)}
    assert used <= known
    languages = {quad.object.value for quad in triples if quad.predicate.value == sd + "supportedLanguage"}
    assert languages == {sd + "SPARQL11Query", sd + "SPARQL11Update"}
