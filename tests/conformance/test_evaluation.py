"""Queries of the W3C test suite over HTTP are answered as pyoxigraph answers them on the data of each test.

All data are in one store, each file in a graph of its own, which the request names as its default graph.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pyoxigraph
import pytest
from pyoxigraph import (
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    RdfFormat,
    parse,
    parse_query_results,
)

from knockon.rdf.terms import blank_nodes_of
from knockon.serve.query_text import form_of, is_repeatable
from knockon.serve.settings import ServerSettings
from knockon.sparql.update import GraphChanges
from knockon.store.folder import FolderStore
from knockon.vocabulary import PREFIXES
from support.http_server import HttpServer, running

FOLDER = Path(os.environ.get("KNOCKON_SHARED") or Path(__file__).resolve().parents[3] / "shared") / "w3c" / "sparql11"
#: The parts of the suite with queries on one file of data.
PARTS = (
    "aggregates", "bind", "bindings", "cast", "construct", "csv-tsv-res", "exists", "functions", "grouping", "json-res",
    "negation", "project-expression", "property-path", "subquery",
)  # fmt: skip
FORM = {"Content-Type": "application/x-www-form-urlencoded"}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no folder {FOLDER}: set KNOCKON_SHARED to the W3C tests")


class Case(NamedTuple):
    """A query, the data it is asked of, and their place in the suite."""

    name: str
    query: str
    data: tuple[Quad, ...]


def cases() -> Iterator[Case]:
    """Yield the evaluation tests with one file of data; blank nodes would be IRIs in a store, so data have none."""
    seen = set()
    for part in PARTS:
        store = pyoxigraph.Store()
        manifest = FOLDER / part / "manifest.ttl"
        store.load(path=str(manifest), format=RdfFormat.TURTLE, base_iri=manifest.resolve().as_uri())
        found = store.query(
            "PREFIX mf: <http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#> "
            "PREFIX qt: <http://www.w3.org/2001/sw/DataAccess/tests/test-query#> "
            "SELECT ?query ?data { ?t mf:action ?a . ?a qt:query ?query OPTIONAL { ?a qt:data ?data } "
            "FILTER NOT EXISTS { ?a qt:graphData ?g } } ORDER BY ?query ?data"
        )
        for row in found:  # type: ignore[union-attr] # a SELECT has rows
            query, data = (None if term is None else Path(term.value.removeprefix("file://")) for term in row)
            if query is None or (part, query.name) in seen:
                continue
            seen.add((part, query.name))
            quads = tuple(parse(path=str(data), base_iri="http://localhost/sparql")) if data else ()
            if not any(blank_nodes_of(quad) for quad in quads):
                yield Case(f"{part}/{query.stem}", query.read_text("utf-8"), quads)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[HttpServer, list[Case]]]:
    """A server with the data of all cases."""
    found = list(cases())
    quads = {
        Quad(quad.subject, quad.predicate, quad.object, NamedNode(f"urn:x:{case.name}")) for case in found for quad in case.data
    }
    store = FolderStore(tmp_path_factory.mktemp("evaluation") / "store")
    store.update(lambda _: GraphChanges(frozenset(quads), frozenset()))
    with running(ServerSettings(store=store.folder, port=0, workers=1)) as server:
        yield server, found


def test_answers_are_those_of_the_engine(served: tuple[HttpServer, list[Case]]) -> None:
    """Rows, booleans and triples are the same; what the engine refuses is refused, and nothing else."""
    server, found = served
    assert len(found) > 100
    differing = [case.name for case in found if answer(server, case) != expected(server, case)]
    assert differing == []


def answer(server: HttpServer, case: Case) -> object:
    """What the server answers: its values, or the class of its status."""
    body = urlencode({"query": case.query, "default-graph-uri": f"urn:x:{case.name}"})
    accept = "application/sparql-results+json, application/n-triples"
    reply = server.request("POST", "/sparql", body, {**FORM, "Accept": accept, "Host": "localhost"})
    if reply.status != 200:
        return reply.status // 100
    if not is_repeatable(case.query, form_of(case.query)):
        return True
    if reply.headers["content-type"] == "application/n-triples":
        return {quad.triple for quad in parse(reply.body, RdfFormat.N_TRIPLES)}
    return values(parse_query_results(reply.body, QueryResultsFormat.JSON))


def expected(server: HttpServer, case: Case) -> object:
    """What pyoxigraph answers on the data alone."""
    engine = pyoxigraph.Store()
    engine.bulk_extend(Quad(quad.subject, quad.predicate, quad.object) for quad in case.data)
    try:
        found: Any = engine.query(case.query, base_iri="http://localhost/sparql", prefixes=PREFIXES, named_graphs=[])
        result = values(found) if isinstance(found, QueryBoolean | QuerySolutions) else set(found)
    except (SyntaxError, RuntimeError):
        return 4
    return result if is_repeatable(case.query, form_of(case.query)) else True


def values(found: Any) -> object:
    """The truth of a boolean, or the rows, in any order."""
    return bool(found) if isinstance(found, QueryBoolean) else Counter(tuple(map(str, row)) for row in found)


@pytest.mark.parametrize("every", [2, pytest.param(1, marks=pytest.mark.slow)])
def test_queries_that_parse_are_answered_and_others_are_not(served: tuple[HttpServer, list[Case]], every: int) -> None:
    """Each query of the syntax tests has status 200 if pyoxigraph parses it, else 400; 403 are those that leave the store."""
    server, wrong = served[0], []
    for path in sorted((FOLDER / "syntax-query").glob("*.rq"))[::every]:
        text = path.read_text("utf-8")
        try:
            pyoxigraph.Store().query(text, base_iri="http://localhost/sparql", prefixes=PREFIXES)
        except (SyntaxError, RuntimeError):
            statuses = {400}
        else:
            # A relative name in FROM is none of a graph, whatever the base.
            statuses = {403} if re.search(r"\bSERVICE\b|FROM <\w+>", text) else {200}
        reply = server.request("POST", "/sparql", text, {"Content-Type": "application/sparql-query", "Host": "localhost"})
        if reply.status not in statuses:
            wrong.append((path.name, reply.status, reply.text[:200]))
    assert wrong == []
