"""Queries over HTTP: the ways to ask, the formats of answers, and what each mistake is answered with."""

from __future__ import annotations

import json
from http.client import IncompleteRead
from urllib.parse import quote, urlencode

import pytest
from pyoxigraph import QueryResultsFormat, RdfFormat, parse, parse_query_results

from knockon.serve.negotiation import SOLUTIONS, TRIPLES
from support.http_server import HttpServer

ROWS = "SELECT ?who { ?who ko:dependsOn id:nvidia } ORDER BY ?who"
GRAPH = "CONSTRUCT WHERE { id:nvidia ?p ?o }"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def ask(server: HttpServer, query: str, **headers: str):
    return server.get(f"/sparql?query={quote(query)}", **headers)


@pytest.mark.parametrize("path", ["/sparql", "/sparql/"])
def test_the_three_ways_to_ask_give_one_answer(server: HttpServer, path: str) -> None:
    """GET, a form and a direct POST are answered alike."""
    replies = [
        server.get(f"{path}?query={quote(ROWS)}"),
        server.request("POST", path, urlencode({"query": ROWS}), FORM),
        server.request("POST", path, ROWS, {"Content-Type": "application/sparql-query; charset=UTF-8"}),
    ]
    assert [reply.status for reply in replies] == [200, 200, 200]
    assert len({reply.body for reply in replies}) == 1
    assert replies[0].headers["content-type"] == "application/sparql-results+json"
    assert replies[0].json["head"]["vars"] == ["who"]


@pytest.mark.parametrize(("name", "media_types"), SOLUTIONS.offers.items())
def test_rows_have_every_format(server: HttpServer, name: str, media_types: tuple[str, ...]) -> None:
    """Rows are written in each format under each of its media types, and are the same rows."""
    expected = [row["who"] for row in parse_query_results(ask(server, ROWS).body, QueryResultsFormat.JSON)]
    for media_type in media_types:
        reply = ask(server, ROWS, Accept=media_type)
        assert reply.headers["content-type"].split(";")[0] == media_type
        if name != "CSV":  # which does not tell IRIs from texts
            assert [row["who"] for row in parse_query_results(reply.body, getattr(QueryResultsFormat, name))] == expected
    assert "who" in reply.text.splitlines()[0] or name in {"JSON", "XML"}


@pytest.mark.parametrize(("name", "media_types"), TRIPLES.offers.items())
def test_triples_have_every_format(server: HttpServer, name: str, media_types: tuple[str, ...]) -> None:
    """Triples are written in each format under each of its media types, and are the same triples."""
    expected = {quad.triple for quad in parse(ask(server, GRAPH, Accept="application/n-triples").body, RdfFormat.N_TRIPLES)}
    assert expected
    for media_type in media_types:
        reply = ask(server, GRAPH, Accept=media_type)
        assert reply.headers["content-type"].split(";")[0] == media_type
        assert {quad.triple for quad in parse(reply.body, getattr(RdfFormat, name))} == expected


def test_texts_state_their_charset(server: HttpServer) -> None:
    """text/* is UTF-8 and says so; other media types have no such parameter."""
    assert ask(server, ROWS, Accept="text/csv").headers["content-type"] == "text/csv; charset=utf-8"
    assert ask(server, GRAPH, Accept="text/turtle").headers["content-type"] == "text/turtle; charset=utf-8"
    assert ask(server, GRAPH, Accept="application/ld+json").headers["content-type"] == "application/ld+json"


@pytest.mark.parametrize(
    ("method", "target", "body", "content_type", "status"),
    [
        ("GET", "/sparql?query=SELECT%20*%20%7B", None, None, 400),
        ("GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", None, None, 400),
        ("GET", "/sparql?default-graph-uri=urn:x:g", None, None, 400),
        ("GET", "/sparql?query=ASK%7B%7D&default-graph-uri=no-scheme", None, None, 400),
        ("GET", "/sparql?query=ASK%7B%7D&using-graph-uri=urn:x:g", None, None, 400),
        ("GET", "/sparql?query=%FF", None, None, 400),
        ("GET", "/sparql?query=" + "&a=b" * 2_000, None, None, 400),
        ("GET", "/sparql?update=CLEAR%20ALL", None, None, 400),
        ("POST", "/sparql", "ASK {}", "application/sparql-query; charset=UTF-16", 415),
        ("POST", "/sparql", b"ASK { ?s ?p '\xff' }", "application/sparql-query", 400),
        ("POST", "/sparql", "ASK {}", "text/plain", 415),
        ("POST", "/sparql", "ASK {}", None, 415),
        ("POST", "/sparql", "query=ASK%7B%7D&update=CLEAR%20ALL", "application/x-www-form-urlencoded", 400),
        ("POST", "/sparql", "a=b", "application/x-www-form-urlencoded", 400),
        ("POST", "/sparql?query=ASK%7B%7D", "ASK {}", "application/sparql-query", 400),
        ("POST", "/sparql", "CLEAR ALL", "application/sparql-update", 403),
        ("POST", "/sparql", "x" * (2**21 + 1), "application/sparql-query", 413),
        ("PUT", "/sparql", "ASK {}", "application/sparql-query", 405),
        ("GET", "/sparql?query=SELECT%20*%20%7B%20SERVICE%20%3Curn:x:s%3E%20%7B%7D%20%7D", None, None, 403),
        ("GET", "/sparql?query=ASK%20FROM%20%3Cfile:///etc/passwd%3E%20%7B%7D", None, None, 403),
    ],
)
def test_each_mistake_has_its_status(
    server: HttpServer, method: str, target: str, body: str | bytes | None, content_type: str | None, status: int
) -> None:
    """A request that the protocol does not have is answered with the status for it, as a problem in JSON."""
    reply = server.request(method, target, body, {"Content-Type": content_type} if content_type else {})
    assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")
    assert reply.json["status"] == status
    assert reply.json["detail"]
    if status == 405:
        assert set(reply.headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}


def test_a_syntax_error_has_its_position_in_the_text_of_the_client(server: HttpServer) -> None:
    """The position is that of the text that was sent, also where a base was added for relative IRIs."""
    for query in ("SELECT *\n{ ?s ?p }", "SELECT *\n{ <s> ?p }"):
        reply = ask(server, query)
        assert reply.status == 400
        assert reply.json["position"]["line"] == 2
        assert "line 2" in reply.json["detail"]


def test_what_a_client_does_not_accept_is_not_sent(server: HttpServer) -> None:
    """A SELECT as Turtle is status 406 with the formats there are; a quality of 0 excludes a format."""
    reply = ask(server, ROWS, Accept="text/turtle, image/png")
    assert reply.status == 406
    assert "text/csv" in reply.json["detail"]
    assert ask(server, ROWS, Accept="application/*;q=0, */*").headers["content-type"] == "text/csv; charset=utf-8"


def test_graphs_of_the_request_replace_those_of_the_text(server: HttpServer) -> None:
    """default-graph-uri and named-graph-uri count, not FROM; a graph that the store does not have is empty."""
    ontology = quote("https://w3id.org/knockon/ns")
    count = "SELECT (COUNT(*) AS ?n) FROM id:data-sensetime { ?s a owl:Class }"

    def number(query: str, graphs: str) -> int:
        reply = server.get(f"/sparql?query={quote(query)}{graphs}")
        return int(json.loads(reply.body)["results"]["bindings"][0]["n"]["value"])

    assert number(count, "") == 0
    assert number(count, f"&default-graph-uri={ontology}") > 0
    assert number(count, f"&named-graph-uri={ontology}") == 0
    assert number(count.replace("{ ?s", "{ GRAPH ?g { ?s") + "}", f"&named-graph-uri={ontology}") > 0
    assert number(count, "&default-graph-uri=file%3A%2F%2F%2Fetc%2Fpasswd") == 0


def test_any_answer_that_there_is_is_not_sent(server: HttpServer) -> None:
    """``If-None-Match: *``: status 304 without a body for what there is, and what fails is an error as ever."""
    reply = ask(server, ROWS)
    known = ask(server, ROWS, If_None_Match="*")
    assert (known.status, known.body, known.headers["etag"]) == (304, b"", reply.headers["etag"])
    assert "content-type" not in known.headers
    assert ask(server, "SELECT * { ?s ?p", If_None_Match="*").status == 400
    assert server.get("/entity/no-such-record", Accept="text/html", If_None_Match="*").status == 404
    assert server.get("/api/impact?shock=no-such-shock", If_None_Match="*").status == 404
    page = server.get("/about", Accept="text/html", If_None_Match="*")
    assert (page.status, page.body) == (304, b"")


def test_an_entity_tag_saves_the_work(server: HttpServer) -> None:
    """A client that has the answer gets status 304; another format, question or encoding has another tag."""
    reply = ask(server, ROWS)
    tag = reply.headers["etag"]
    again = ask(server, ROWS, If_None_Match=f'"other", W/{tag}')
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    others = [
        ask(server, ROWS, Accept="text/csv"), ask(server, GRAPH), ask(server, ROWS, Accept_Encoding="gzip"),
        server.get(f"/sparql?query={quote(ROWS)}&default-graph-uri=urn:x:g"),
    ]  # fmt: skip
    assert len({tag, *(other.headers["etag"] for other in others)}) == 5
    assert {"accept", "accept-encoding"} <= {name.strip().lower() for name in reply.headers["vary"].split(",")}
    assert "etag" not in ask(server, "SELECT (RAND() AS ?x) {}").headers


def test_head_has_the_headers_of_get(server: HttpServer) -> None:
    """HEAD is answered as GET, without the body."""
    target = f"/sparql?query={quote(ROWS)}"
    head, get = server.request("HEAD", target), server.get(target)
    assert (head.status, head.body) == (200, b"")
    for name in ("content-type", "etag", "vary"):
        assert head.headers[name] == get.headers[name]


def test_relative_iris_are_of_the_endpoint(server: HttpServer) -> None:
    """Relative IRIs are resolved against the address of the endpoint; comparisons are not IRIs."""
    reply = ask(server, "CONSTRUCT { <s> <#p> 1 } {}", Accept="application/n-triples")
    assert f"<{server.url}/s> <{server.url}/sparql#p>" in reply.text
    assert ask(server, "SELECT * { VALUES (?a ?b ?c ?d) {(1 2 3 4)} FILTER(?a<?b&&?d>?c) }").json["results"]["bindings"]


def test_the_description_names_the_endpoint_and_all_graphs(server: HttpServer) -> None:
    """GET without parameters is the service description, in the format of RDF that the client prefers."""
    sd = "http://www.w3.org/ns/sparql-service-description#"
    for name, media_types in TRIPLES.offers.items():
        reply = server.get("/sparql", Accept=media_types[0])
        triples = {(str(q.subject), q.predicate.value, str(q.object)) for q in parse(reply.body, getattr(RdfFormat, name))}
        endpoint = f"<{server.url}/sparql>"
        assert (endpoint, sd + "endpoint", endpoint) in triples
        graphs = {value for _, predicate, value in triples if predicate == sd + "name"}
        assert {"<https://w3id.org/knockon/ns>", "<https://w3id.org/knockon/id/data-sensetime>"} <= graphs
    assert server.get("/sparql", Accept="image/png").status == 406
    browser = server.get("/sparql", Accept="text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
    assert (browser.status, browser.headers["location"]) == (303, "/editor")


def test_a_short_answer_that_is_cut_has_a_header(strict: HttpServer) -> None:
    """It is a valid document with the first rows, here 500, says so, and is not to be stored."""
    reply = ask(strict, "SELECT (1 AS ?x) { ?s ?p ?o }", Accept="application/sparql-results+json")
    assert (reply.status, reply.headers["knockon-cut"], len(reply.json["results"]["bindings"])) == (200, "rows", 500)
    assert reply.headers["cache-control"] == "no-store"
    assert "etag" not in reply.headers
    assert "knockon-cut" not in ask(strict, "SELECT (1 AS ?x) { ?s ?p ?o } LIMIT 500").headers


def test_a_long_answer_that_is_cut_breaks_off(strict: HttpServer) -> None:
    """Its head promised a whole answer, so the transfer has no end: no client takes the part for the whole."""
    with pytest.raises(IncompleteRead):
        ask(strict, "SELECT * { ?s ?p ?o . ?s ?q ?r . ?s ?t ?u }")
    assert ask(strict, "ASK {}").status == 200
