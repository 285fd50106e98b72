"""Point queries are recognised by their text, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.serve.point_query import read_point_query
from knockon.sparql.guard import guard
from knockon.sparql.tokens import tokens

WORDS = {"SELECT", "DISTINCT", "ASK", "WHERE", "LIMIT", "PREFIX", "A"}
SPACE = st.sampled_from([" ", "\n", "  ", " # } SERVICE <urn:x:y> {\n", "#\r\n"])
SUBJECTS = st.sampled_from(["id:nvidia", "<https://w3id.org/knockon/id/tsmc>", "?s", "$s", "x:y"])
PROPERTIES = st.sampled_from(["a", "?p", "rdfs:label", "<urn:x:p>", "ko:offers"])
VALUES = st.sampled_from(["?o", "ko:Company", "<urn:x:o>", '"TSMC"', "'x'@en", "$p"])


@st.composite
def point_texts(draw: st.DrawFn) -> str:
    """Draw a text of the grammar."""
    pairs = " ; ".join(f"{draw(PROPERTIES)}{draw(SPACE)}{draw(VALUES)}" for _ in range(draw(st.integers(1, 4))))
    form = draw(st.sampled_from(["SELECT *", "ASK", "select distinct ?o", "SELECT ?s?p ?o", "SELECT $o"]))
    end = draw(st.sampled_from(["", ".", " LIMIT 3 "]))
    prologue = draw(st.sampled_from(["", "PREFIX x: <urn:x:> ", "prefix x:<urn:x:>#<\n"]))
    dot, limit = ("", end) if "LIMIT" in end and not form.startswith("ASK") else (end.strip(" LIMT3"), "")
    return f"{prologue}{form} {{{draw(SPACE)}{draw(SUBJECTS)}{draw(SPACE)}{pairs} {dot}}}{limit}"


CHANGES = [
    "SERVICE",
    "/",
    "*",
    "+",
    "^",
    "|",
    "{",
    "}",
    "(",
    ")",
    "[]",
    "_:b ",
    "\\u0053",
    "FILTER",
    "é",
    ".",
    ";",
    ",",
    "<",
    ">",
    "'",
    '"',
]


@given(point_texts(), st.integers(0, 200), st.sampled_from(["", *CHANGES]), st.integers(0, 3))
def test_what_is_recognised_has_nothing_else(text: str, place: int, change: str, removed: int) -> None:
    """Read by other rules, it passes the guard, and has no other keyword, one group, one subject, and at most four pairs."""
    changed = text[:place] + change + text[place + removed :]
    query = read_point_query(changed)
    if query is None:
        return
    assert guard(changed) == changed
    found = list(tokens(changed))
    assert {token.text.upper() for token in found if token.kind == "keyword"} <= WORDS
    assert {token.text for token in found if token.kind == "other"} <= {"{", "}", ";", ".", "*"}
    assert sum(token.text == "{" for token in found) == 1
    assert not {token.kind for token in found} & {"blank", "ambiguous"}
    inside = [token.text for token in found][[token.text for token in found].index("{") + 1 :]
    assert "*" not in inside
    assert len(query.patterns) <= 4
    subject, *others = query.patterns[0]
    assert subject or (len(query.patterns) == 1 and all(others))


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s ?p ?o }",
        "SELECT * { ?s a ?c }",
        "SELECT * { id:a ko:x+ ?o }",
        "SELECT * { id:a (ko:x|ko:y) ?o }",
        "SELECT * { id:a ^ko:x ?o }",
        "SELECT * { id:a ?p ?o . ?s ?q ?o }",
        "SELECT * { id:a ?p ?o . id:b ?q ?r }",
        "SELECT * { id:a ?p ?o, ?q }",
        "SELECT * { id:a ko:p ?a; ko:p ?b; ko:p ?c; ko:p ?d; ko:p ?e }",
        "SELECT * { id:a ?p ?o OPTIONAL { ?o ?q ?r } }",
        "SELECT * { id:a ?p ?o FILTER regex(?o, '(a+)+$') }",
        "SELECT * { id:a ?p ?o } ORDER BY ?p",
        "SELECT * { id:a ?p ?o } OFFSET 100000",
        "SELECT (COUNT(*) AS ?n) { id:a ?p ?o }",
        "SELECT * FROM <file:///etc/passwd> { id:a ?p ?o }",
        "SELECT * { GRAPH ?g { id:a ?p ?o } }",
        "SELECT * { SERVICE <http://example.org/> { id:a ?p ?o } }",
        "SELECT * { id:a ?p ?o SERVICE <http://example.org/> {} }",
        "SELECT * { _:b ?p ?o }",
        "SELECT * { [] ?p 'x' }",
        'SELECT * { id:a ?p """x""" }',
        "SELECT * { id:a ?p ?o } VALUES ?o { 1 2 }",
        "SELECT * { <relative> ?p ?o }",
        "BASE <urn:x:> ASK { id:a ?p ?o }",
        "SELECT * { unknown:a ?p ?o }",
        "SELECT * { id:a A ?o }",
        r"SELECT * { id:a ?p ?o } # \u000A SERVICE",
        "SELECT * { id:a ?p ?o } # é",
        "DESCRIBE id:a",
        "CONSTRUCT WHERE { id:a ?p ?o }",
        "ASK { id:a ?p ?o } " + " " * 2_000,
        "INSERT DATA { id:a a id:b }",
        "",
    ],
)
def test_others_are_left_to_workers(text: str) -> None:
    """Joins, paths, filters, groups, aggregates, orders, graphs, escapes, unknown prefixes, texts that are long."""
    assert read_point_query(text) is None


def test_a_comment_declares_nothing() -> None:
    """The IRIs by which the cost is bounded are those that the engine looks up."""
    text = "PREFIX e: <urn:x:># PREFIX e: <urn:y:>\nSELECT DISTINCT ?o { e:s e:p#e:q\n ?o }"
    query = read_point_query(text)
    assert query is not None
    assert query.patterns == (("<urn:x:s>", "<urn:x:p>", None),)
    assert not query.is_direct


@pytest.mark.parametrize(
    ("text", "is_direct"),
    [
        ("SELECT ?p ?o { id:a ?p ?o }", True),
        ("ASK { ?s a ko:Company }", True),
        ("SELECT ?p { id:a ?p ?o }", False),
        ("SELECT DISTINCT ?p ?o { id:a ?p ?o }", False),
        ("SELECT ?o { id:a ?o ?o }", False),
        ("SELECT * { id:a a ?o ; ko:x ?p }", False),
    ],
)
def test_what_may_read_more_than_it_writes_is_counted_first(text: str, is_direct: bool) -> None:
    """Rows that are dropped, joined or written without their terms."""
    query = read_point_query(text)
    assert query is not None
    assert query.is_direct is is_direct
