"""The JSON API over HTTP: what its description says, in every form, with nothing undocumented for hostile requests."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from pyoxigraph import RdfFormat, parse

from knockon.serve.media_types import MEDIA_TYPES
from knockon.serve.questions import QUESTIONS
from knockon.serve.settings import ServerSettings
from knockon.sparql.limits import Limits
from support.golden import LETTERS
from support.http_server import HttpServer, Reply, running
from support.json_schema import validate

PROBLEM = "application/problem+json"
#: Questions of which the examples are sent; tests/serve/test_questions.py asks all of them without a server.
ASKED = ("search", "entity", "impact", "compare", "queries")
MAKER = "https://example.org/letters/maker-a"
RDF_FORMATS = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "jsonld": RdfFormat.JSON_LD, "rdf": RdfFormat.RDF_XML}


@pytest.fixture(scope="module")
def small() -> Iterator[HttpServer]:
    """A server of the small data set that has its documents, below a path of a proxy."""
    settings = ServerSettings(
        store=LETTERS / "data", documents=LETTERS / "documents", root_path="/graph", workers=1, port=0,
        limits=Limits(seconds=30, size=45_000),
    )  # fmt: skip
    with running(settings) as server:
        yield server


@pytest.fixture(scope="module")
def description(server: HttpServer) -> dict[str, Any]:
    reply = server.get("/api/openapi.json")
    assert reply.status == 200
    document: dict[str, Any] = reply.json
    return document


def triples(content: bytes, form: str) -> set[str]:
    return {str(quad.triple) for quad in parse(content, RDF_FORMATS[form])}


def assert_problem(reply: Reply, *statuses: int, about: str = "") -> None:
    """An error of one of some statuses: short, with a detail, and no path of this machine."""
    assert reply.status in statuses, reply.text[:500]
    assert reply.headers["content-type"] == PROBLEM
    assert reply.json["status"] == reply.status
    assert reply.json["detail"]
    assert about in reply.json["detail"]
    assert len(reply.body) < 15_000


@pytest.mark.parametrize("name", ASKED)
def test_each_example_has_the_documented_answer(server: HttpServer, description: dict[str, Any], name: str) -> None:
    """The example of a question is answered, and its JSON has the keys and types that the description documents."""
    question = QUESTIONS[name]
    reply = server.get(question.address(question.example))
    assert reply.status == 200, reply.text
    assert reply.headers["content-type"] == "application/json"
    content = description["paths"][question.path]["get"]["responses"]["200"]["content"]
    assert next(iter(content)) == "application/json"
    assert set(content) == {MEDIA_TYPES[form] for form in question.forms}
    validate(description, content["application/json"]["schema"], reply.json)


def test_the_forms_of_an_answer(small: HttpServer) -> None:
    """The ending of the address and the Accept header choose the same bytes; all forms of RDF have the same triples."""
    seen = []
    for form in QUESTIONS["entity"].forms:
        by_ending = small.get(f"/api/entity.{form}?name=maker-a", Accept="image/png")
        by_accept = small.get("/api/entity?name=maker-a", Accept=f"{MEDIA_TYPES[form]}, */*;q=0.1")
        page = small.get(f"/entity/maker-a.{form}")
        assert by_ending.status == by_accept.status == page.status == 200
        assert by_ending.body == by_accept.body == page.body
        assert by_ending.headers["content-type"].partition(";")[0] == MEDIA_TYPES[form]
        assert "accept" in by_accept.headers["vary"].lower()
        if form in RDF_FORMATS:
            seen.append(triples(by_ending.body, form))
    assert seen[0]
    assert all(each == seen[0] for each in seen)
    rows = list(csv.DictReader(io.StringIO(small.get("/api/impact.csv?hit=maker-a=high").text)))
    assert rows[0]["id"] == "maker-a"
    assert float(rows[0]["loss"]) > 0


def test_a_form_that_is_not_there(small: HttpServer) -> None:
    """A question without a form says which it has: 404 for an ending, 406 for an Accept header."""
    reply = small.get("/api/freshness.ttl")
    assert_problem(reply, 404, about="json, csv")
    reply = small.get("/api/freshness", Accept="text/turtle")
    assert_problem(reply, 406, about="text/csv")
    assert_problem(small.get("/api/nothing"), 404)
    assert_problem(small.request("DELETE", "/api/search?text=maker"), 405)


def test_parameters_in_a_body_are_those_of_an_address(small: HttpServer) -> None:
    """A POST with a JSON object is answered like the GET with the same parameters; it may have the form in Accept."""
    values = {
        "hit": {"maker-a": "high", MAKER.replace("maker-a", "maker-c"): 0.25},
        "facts_only": True,
        "stances": ["Alleges"],
    }
    address = QUESTIONS["impact"].address(values)
    body = json.dumps({**values, "without": None})
    json_type = {"Content-Type": "application/json; charset=utf-8"}
    posted = small.request("POST", "/api/impact", body, json_type)
    assert posted.status == 200
    assert posted.body == small.get(address).body
    assert "etag" not in posted.headers
    as_csv = small.request("POST", "/api/impact", body, {**json_type, "Accept": "text/csv"})
    assert as_csv.body == small.get(address, Accept="text/csv").body
    assert_problem(small.request("POST", f"/api/impact?{address.partition('?')[2]}", "{}", json_type), 400)


def test_an_answer_that_the_client_has(small: HttpServer) -> None:
    """An ETag is of the question and its form; the answer to a client that has it is 304 without a body."""
    target = "/api/exposure?entity=sales-d"
    first = small.get(target)
    tag = first.headers["etag"]
    again = small.get(target, If_None_Match=f'"other", {tag}')
    assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    for other in ("/api/exposure?entity=maker-a", "/api/exposure.csv?entity=sales-d", f"{target}&facts_only=true"):
        assert small.get(other, If_None_Match=tag).status == 200
    head = small.request("HEAD", target)
    assert (head.status, head.body, head.headers["etag"]) == (200, b"", tag)
    description = small.get("/api/openapi.json")
    assert small.get("/api/openapi.json", If_None_Match=description.headers["etag"]).status == 304


def test_the_iri_of_a_record_leads_to_what_is_known(small: HttpServer) -> None:
    """The path of an IRI leads to the record by 303; the record is found by local name and by whole IRI."""
    by_name = small.get("/entity/maker-a", Accept="text/turtle")
    assert triples(by_name.body, "ttl") == triples(small.get(f"/entity/{quote(MAKER, safe='')}.ttl").body, "ttl")
    led = small.get("/id/maker-a", Accept="text/turtle")
    assert (led.status, led.headers["location"]) == (303, "/graph/entity/maker-a")
    imported = small.get("/local/list/acme")
    assert imported.headers["location"] == "/graph/entity/https%3A%2F%2Fw3id.org%2Fknockon%2Flocal%2Flist%2Facme"
    assert_problem(small.get("/entity/no-such-record", Accept="text/turtle"), 404)
    assert small.get("/entity/maker-z", Accept="application/json").json["nearest"]
    for hostile in ("/id//evil.example", "/id/%2F%2Fevil.example", "/id/x%0d%0aSet-Cookie:a"):
        reply = small.get(hostile)
        assert reply.status == 404 or reply.headers["location"].startswith("/graph/entity/%2F")
        assert "set-cookie" not in reply.headers


HOSTILE_TEXTS = ["\x00", "\x1b[31m", "\u202e\u2066", "a" * 20_000, "' OR 1=1 --", "<script>alert(1)</script>", "{}", "%s%n",
                 "../../etc/passwd", "https://w3id.org/knockon/id/", "id:", ":", "=", "😀" * 100, "﷽", "-1", "NaN"]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE_TEXTS)
def test_hostile_names_are_only_names(small: HttpServer, text: str) -> None:
    """Whatever a name is, it is not found, or refused; the answer is a short problem or JSON without markup."""
    encoded = quote(text, safe="")
    for target in (f"/api/entity?name={encoded}", f"/api/impact?shock={encoded}", f"/entity/{encoded}"):
        reply = small.get(target, Accept="application/json")
        assert_problem(reply, 400, 404)
    assert small.get(f"/api/search?text={encoded}").status in (200, 400)


@pytest.mark.parametrize(
    "query",
    ["", "text", "text=%ff", "text=a&text=b", "textt=a", "text=a&top=-1", "text=a&top=1e3", "text=a&top=9" + "9" * 400,
     "text=a&top=", "text=a&cls=Nothing", "text=a" + "&x=1" * 1_001, "text=a&documents=/etc"],
)  # fmt: skip
def test_other_parameters_are_refused(small: HttpServer, query: str) -> None:
    """Parameters that are malformed, unknown, repeated, missing or out of range: 400, and the detail says what is wrong."""
    reply = small.get(f"/api/search?{query}")
    assert_problem(reply, 400)


HOSTILE_BODIES: list[bytes] = [
    b"", b"{", b"[]", b'"x"', b"null", b"NaN", b'{"hit": {"maker-a": NaN}}', b'{"hit": {"maker-a": 1e999}}', b'{"cap": -1}',
    b'{"shock": "a", "shock": "b"}', b'{"hit": {"maker-a": 0.1, "maker-a": 0.9}}', b"[" * 100_000, b'{"hit":' * 50_000,
    b'{"shock": "\xff"}', b'{"shock": "\\ud800"}', b"\xef\xbb\xbf{}", b'{"cap": ' + b"9" * 5_000 + b"}", b'{"stances": "Asks"}',
    b'{"hit": ["maker-a"]}', b'{"hit": {"maker-a": true}}', b'{"hit": {}}', b'{"hit": {"maker-a": {"$gt": 0}}}', b'{"eps": -1}',
    b'{"shock": "maker-a-stops", "model": "chance", "draws": 9007199254740991}',
    b'{"shock": "maker-a-stops", "model": "timeline", "horizon": 9007199254740991}',
    b'{"shock": "maker-a-stops", "as_of": "9999-99-99"}', b'{"__proto__": {}}',
]  # fmt: skip


@pytest.mark.parametrize("body", HOSTILE_BODIES, ids=lambda body: body[:24].decode("latin-1"))
def test_other_bodies_are_refused(small: HttpServer, body: bytes) -> None:
    """A body that is no JSON object of the parameters: 400 with a reason."""
    reply = small.request("POST", "/api/impact", body, {"Content-Type": "application/json"})
    assert_problem(reply, 400)


def test_large_and_other_bodies(small: HttpServer) -> None:
    """A name of a megabyte is only a name that is not found; a larger body is 413, one that is not JSON 415."""
    long = json.dumps({"shock": "x" * 1_000_000})
    reply = small.request("POST", "/api/impact", long, {"Content-Type": "application/json"})
    assert_problem(reply, 404)
    over = json.dumps({"shock": "x" * 3_000_000})
    assert_problem(small.request("POST", "/api/impact", over, {"Content-Type": "application/json"}), 413)
    assert_problem(small.request("POST", "/api/impact", "shock=x", {"Content-Type": "text/plain"}), 415)
    assert_problem(small.request("POST", "/api/impact", "{}"), 415)


def test_what_is_something_else_or_out_of_reach(small: HttpServer) -> None:
    """A company in place of a shock, and an entity that a shock does not reach, are 404 with the reason."""
    assert_problem(small.get("/api/impact?shock=maker-a"), 404, about="not a shock")
    reply = small.get("/api/explain?shock=ungraded&entity=plant-a")
    assert_problem(reply, 404, about="does not reach")
    assert_problem(small.get("/api/profile?entity=maker-a-stops"), 404, about="is a shock")


def test_an_answer_that_is_too_large(small: HttpServer) -> None:
    """An answer of more bytes than the server allows is 504: half of a document is none."""
    assert_problem(small.get("/api/queries"), 504, about="larger than")
    assert small.get("/api/queries.csv").status == 200


def test_quotations_need_documents(server: HttpServer, small: HttpServer) -> None:
    """Only a server that is given documents quotes them; no answer of it shows where they are."""
    assert_problem(server.get("/api/quotations?name=nvidia"), 404)
    assert "/api/quotations" not in server.get("/api/openapi.json").json["paths"]
    description = small.get("/api/openapi.json").json
    assert description["servers"] == [{"url": "/graph"}]
    reply = small.get("/api/quotations?name=maker-a")
    validate(
        description,
        description["paths"]["/api/quotations"]["get"]["responses"]["200"]["content"]["application/json"]["schema"],
        reply.json,
    )
    assert any(row["quotation"] for row in reply.json)
    assert reply.headers["cache-control"] == "no-store"
    assert "etag" not in reply.headers
    for target in (
        "/api/quotations?name=maker-a",
        "/api/documents",
        "/api/freshness",
        "/api/diff?as_of=2021-01-01&and_as_of=2022-01-01",
        "/api/diff",
        "/api/diff?old=7",
    ):
        assert str(LETTERS.parent) not in small.get(target).text, target
    assert small.get("/id/maker-a").headers["location"] == "/graph/entity/maker-a"
