"""What the process of the server reads of a text itself: the same as the engine, and of a long text in one pass."""

from __future__ import annotations

from urllib.parse import quote, unquote_to_bytes

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.serve import query_text
from knockon.serve.problems import RequestProblem
from knockon.serve.query_text import form_of, is_repeatable, with_base
from knockon.serve.sparql_request import parse_parameters, unquote
from support.http_server import HttpServer

PIECES = [
    "PREFIX", "prefix", " ", "\n", "# SELECT\n", "a:", "select:", ":", "<urn:x:y>", "<>", "BASE", "VERSION", "'1.2'", "SELECT",
    "ask", "Construct", "DESCRIBE", "{}", "{ ?s ?p ?o }", " WHERE ", " * ", "describe:x", "<#>",
]  # fmt: skip
LONG = "# comment\n" * 2_000


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_the_form_is_that_of_the_answer(text: str) -> None:
    """Of every text that the engine reads."""
    try:
        answer = pyoxigraph.Store().query(text, base_iri="http://localhost/")
    except SyntaxError:
        return
    assert form_of(text) == ("triples" if isinstance(answer, pyoxigraph.QueryTriples) else "rows")


@given(
    st.lists(st.sampled_from([b"%", b"%2", b"%41", b"%C3%A9", b"\\", b"\\x41", b"\n", b"u0041", b"\xff", b"a"])).map(b"".join)
)
def test_escapes_are_those_of_addresses(content: bytes) -> None:
    """As urllib resolves them, whatever they look like to Python."""
    assert unquote(content) == unquote_to_bytes(content)


def test_parameters_of_a_form() -> None:
    """Empty ones stay, those without a name too; what is no text or is too much is refused."""
    assert parse_parameters(b"query=a+b%2B&x&=1&&y=%C3%A9=") == [("query", "a b+"), ("x", ""), ("", "1"), ("y", "é=")]
    for content in (b"a=%ff", b"a=\xff", b"&" * 1_000, b"%" * 5_000):
        with pytest.raises(RequestProblem):
            parse_parameters(content)


def test_a_long_text_is_not_read_token_by_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """A million characters would take half a second, in which nobody else is answered."""
    monkeypatch.setattr(query_text, "tokens", None)
    assert form_of(LONG + "PREFIX a: <urn:x:a>\nCONSTRUCT WHERE { ?s ?p ?o }") == "triples"
    assert with_base(LONG + "ASK { <s> ?p ?o }", lambda: "http://localhost/").startswith("BASE <http://localhost/>\n")
    assert not is_repeatable(LONG + "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }", "triples")
    assert is_repeatable(LONG + "SELECT * { ?s ?p ?o }", "rows")


def test_long_texts_are_answered(server: HttpServer) -> None:
    """With relative IRIs and the position of errors as in short ones; one that is too long is refused by its length."""
    text = LONG + "SELECT (STR(<x>) AS ?x) {}"
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/csv"}
    answer = server.request("POST", "/sparql", "query=" + quote(text), form)
    assert answer.text == f"x\r\n{server.url}/x\r\n"
    wrong = server.request("POST", "/sparql", "query=" + quote(text + "}"), form)
    assert (wrong.status, "line 2001, column" in wrong.text) == (400, True)
    longer = server.request("POST", "/sparql", "query=" + "+" * 1_000_001, form)
    assert (longer.status, "longer than 1,000,000 characters" in longer.text) == (400, True)
