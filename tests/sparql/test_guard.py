"""Nothing leaves the store: SERVICE in every disguise, updates, FROM a file; and what only looks like it passes."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import pytest

from knockon.errors import ForbiddenQuery, QuerySyntaxError
from knockon.sparql.guard import guard
from knockon.sparql.size import QUERY
from knockon.sparql.validation import query_fault
from support.short_form import some_of

#: Stands for the address of a real server (conftest.py).
HERE = "http://here.test/"
GROUP = "{ ?a ?b ?c }"

#: Each of these makes pyoxigraph call the server, unguarded. Some look like SERVICE to nobody else.
LEAKS = {
    "plain": f"SELECT * {{ SERVICE <{HERE}> {GROUP} }}",
    "lower case": f"SELECT * {{ service <{HERE}> {GROUP} }}",
    "mixed case": f"SELECT * {{ sErViCe <{HERE}> {GROUP} }}",
    "no space": f"SELECT*{{SERVICE<{HERE}>{{}}}}",
    "silent": f"SELECT * {{ SERVICE SILENT <{HERE}> {GROUP} }}",
    "silent without space": f"SELECT * {{ SERVICESILENT<{HERE}>{GROUP} }}",
    "a comment between": f"SELECT * {{ SERVICE # to where?\n <{HERE}> {GROUP} }}",
    "comments all around": f"SELECT * {{#x\nSERVICE#'y'\r#<z>\n<{HERE}>#\n{GROUP}}}",
    "a quote in a comment": f"SELECT * {{ # it's\n SERVICE <{HERE}> {GROUP} # isn't it\n }}",
    "an escape in a comment": f"SELECT * {{ # \\u000a'\n SERVICE <{HERE}> {GROUP} #'\n }}",
    "a prefixed name": f"PREFIX h: <{HERE}> SELECT * {{ SERVICE h:x {GROUP} }}",
    "glued to a prefix": f"PREFIX h: <{HERE}> SELECT * {{ SERVICEh:x {GROUP} }}",
    "glued to a prefix, silent": f"PREFIX h: <{HERE}> SELECT * {{ SERVICESILENTh:x {GROUP} }}",
    "glued to the empty prefix": f"PREFIX : <{HERE}> SELECT * {{ SERVICE:x {GROUP} }}",
    "a prefix of that name": f"PREFIX SERVICE: <{HERE}> PREFIX : <{HERE}> SELECT * {{ SERVICE:x {GROUP} }}",
    "after a bare prefix": f"PREFIX p: <urn:x:o> SELECT * {{ ?s ?p p:.SERVICE<{HERE}>{GROUP} }}",
    "less-than, not an IRI": f"SELECT*{{FILTER(1<2)SERVICE#>\n<{HERE}>{GROUP}}}",
    "a string that is none": f"SELECT*{{FILTER(1<2)#>'''\nSERVICE<{HERE}>{GROUP}#'''\n}}",
    "a base": f"BASE <{HERE}> SELECT * {{ SERVICE <> {GROUP} }}",
    "subquery": f"SELECT * {{ {{ SELECT * {{ SERVICE <{HERE}> {GROUP} }} }} }}",
    "exists": f"SELECT (EXISTS {{ SERVICE <{HERE}> {GROUP} }} AS ?x) {{}}",
    "not exists": f"SELECT * {{ FILTER NOT EXISTS {{ SERVICE <{HERE}> {GROUP} }} }}",
    "minus": f"SELECT * {{ MINUS {{ SERVICE <{HERE}> {GROUP} }} }}",
    "union": f"SELECT * {{ {{}} UNION {{ SERVICE <{HERE}> {GROUP} }} }}",
    "optional": f"SELECT * {{ OPTIONAL {{ SERVICE <{HERE}> {GROUP} }} }}",
    "ask": f"ASK {{ SERVICE <{HERE}> {GROUP} }}",
    "construct": f"CONSTRUCT {{ ?a ?b ?c }} WHERE {{ SERVICE <{HERE}> {GROUP} }}",
    "describe": f"DESCRIBE ?a {{ SERVICE <{HERE}> {GROUP} }}",
    "after a number": f"PREFIX : <urn:x:> SELECT * {{ :s :p 1SERVICE<{HERE}>{{}} }}",
    "after an exponent": f"PREFIX : <urn:x:> SELECT * {{ OPTIONAL {{ :s :p 1e0 }} VALUES ?n {{ 1e0 }}SERVICE<{HERE}>{{}} }}",
    "after true": f"PREFIX : <urn:x:> SELECT * {{ :s :p trueSERVICE<{HERE}>{{}} }}",
    "after a string": f"PREFIX : <urn:x:> SELECT * {{ :s :p 'a'SERVICE<{HERE}>{{}} }}",
    "after a dot": f"SELECT * {{ ?s ?p ?o.SERVICE<{HERE}>{GROUP} }}",
}

#: Each of these stays inside, whatever it looks like.
HARMLESS = {
    "no such word": "SELECT ?s { ?s ?p ?o }",
    "comment": "SELECT ?s { ?s ?p ?o } # SERVICE <http://x.test/> {}",
    "comment at the top": "# SERVICE\nSELECT ?s { ?s ?p ?o }",
    "string": "SELECT ?s { ?s ?p 'SERVICE <http://x.test/> {}' }",
    "other string": 'SELECT ?s { ?s ?p "it\'s a SERVICE" }',
    "string with a quote in it": "SELECT ?s { ?s ?p 'a \\' SERVICE <http://x.test/> {} ' }",
    "long string": "SELECT ?s { ?s ?p '''it's\na 'SERVICE' ''' }",
    "other long string": 'SELECT ?s { ?s ?p """a "SERVICE" \\""" too""" }',
    "iri": "SELECT ?s { ?s <http://x.test/service#SERVICE> <urn:service:1> }",
    "graph": "SELECT ?s FROM <urn:service> { GRAPH <http://x.test/service> { ?s ?p ?o } }",
    "variable": "SELECT ?service $Service { ?service ?p $Service FILTER(?service<$Service) }",
    "local name": "SELECT ?s { ?s a ko:Service ; ko:offers id:the-service.of_all , id:SERVICE }",
    "prefix": "PREFIX service: <urn:x:> SELECT ?s { ?s service:p service:SERVICE }",
    "blank node": "SELECT ?s { ?s ?p _:service }",
    "language": "SELECT ?s { ?s ?p 'a'@service }",
    "aggregate": "SELECT (COUNT(?service) AS ?services) { ?service a ko:Service } GROUP BY ?service",
    "less-than": "SELECT ?s { ?s ?p ?o FILTER(?o<1 && ?o>?service) }",
    "keywords in names": "SELECT ?load ?insert { ?load id:DELETE 'DROP' ; ko:from <urn:clear> } # CREATE",
    "from": "SELECT ?s FROM <https://w3id.org/knockon/ns> FROM NAMED <urn:x:g> FROM NAMED id:data-sensetime { ?s ?p ?o }",
}

UPDATES = [
    "LOAD <http://x.test/>",
    "LOAD SILENT <file:///etc/passwd> INTO GRAPH <urn:x:g>",
    "load <http://x.test/>",
    "CLEAR ALL",
    "INSERT DATA { <urn:x:s> <urn:x:p> 1 }",
    "DELETE WHERE { ?s ?p ?o }",
    "DROP GRAPH <urn:x:g>",
    "CREATE GRAPH <urn:x:g>",
    "COPY DEFAULT TO <urn:x:g>",
    "MOVE DEFAULT TO <urn:x:g>",
    "ADD DEFAULT TO <urn:x:g>",
    "SELECT * { ?s ?p ?o } ; LOAD <urn:x:g>",
    "WITH <urn:x:g> DELETE { ?s ?p ?o } INSERT { ?s ?p 1 } WHERE { ?s ?p ?o }",
    "PREFIX a: <urn:x:> INSERT { ?s a:p 1 } WHERE {}",
]

FROM = [
    "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    "SELECT * FROM NAMED <file:///etc/passwd> { ?s ?p ?o }",
    "SELECT * FROM<FILE:///etc/passwd>{ ?s ?p ?o }",
    "SELECT * FROMNAMED<file:///etc/passwd>{ ?s ?p ?o }",
    "SELECT * FROM # where?\n NAMED\n#\n<file:///etc/passwd> { ?s ?p ?o }",
    "SELECT * FROM <passwd> { ?s ?p ?o }",
    "BASE <file:///etc/> SELECT * FROM <passwd> { ?s ?p ?o }",
    "PREFIX e: <file:///etc/> SELECT * FROM e:passwd { ?s ?p ?o }",
    "ASK FROM <ftp://x.test/> { ?s ?p ?o }",
    "CONSTRUCT { ?s ?p ?o } FROM <file:/etc/passwd> WHERE { ?s ?p ?o }",
    "DESCRIBE ?s FROM <data:text/turtle,> { ?s ?p ?o }",
]


@pytest.mark.parametrize("text", LEAKS.values(), ids=LEAKS)
def test_a_query_that_would_leave_the_store_is_refused(
    text: str, unguarded: Callable[[str], int], guarded: Callable[[str], int]
) -> None:
    """Unguarded the parser follows it, so the case is real; guarded nobody knocks."""
    assert unguarded(text) > 0
    with pytest.raises(QuerySyntaxError):
        guarded(text)
    assert query_fault(text)


def test_a_query_that_stays_inside_is_run(guarded: Callable[[str], int]) -> None:
    assert guarded("SELECT ?service { ?service a ko:Service }") == 0


@pytest.mark.parametrize("escape", ["\\u0053ERVICE", "\\U00000053ERVICE", "S\\u0045RVICE", "SERVIC\\u0065"])
def test_an_escaped_word_is_refused(escape: str) -> None:
    """SPARQL resolves escapes before anything else, even where pyoxigraph does not."""
    with pytest.raises(ForbiddenQuery):
        guard(f"SELECT * {{ {escape} <{HERE}> {GROUP} }}")


@pytest.mark.parametrize("text", ["'\\u0027 SERVICE <x:y> {} #'", "#\\u000a SERVICE <x:y> {}\n", "<a\\u003e SERVICE <x:y> {}"])
def test_an_escape_that_ends_a_string_a_comment_or_an_iri_is_refused(text: str) -> None:
    """A reader that resolves escapes first would see the word outside."""
    with pytest.raises(ForbiddenQuery):
        guard(f"SELECT * {{ ?s ?p {text} }}")


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_what_only_looks_like_it_passes_unchanged(text: str) -> None:
    assert guard(text) == text
    assert query_fault(text) == ""


def test_the_message_says_where() -> None:
    """Line and column are those of the word, and the right word is named."""
    with pytest.raises(ForbiddenQuery, match="line 3, column 4: SERVICE would leave the store"):
        guard("SELECT *\n{ # SERVICE\n ; SERVICE <x:y> {} }")
    with pytest.raises(ForbiddenQuery, match="line 1, column 2: LOAD is an update"):
        guard(" load <x:y>")


@pytest.mark.parametrize("text", UPDATES)
def test_an_update_is_refused(text: str) -> None:
    with pytest.raises(QuerySyntaxError, match="update"):
        guard(text)


@pytest.mark.parametrize("text", FROM)
def test_from_anything_but_a_graph_is_refused(text: str) -> None:
    with pytest.raises(ForbiddenQuery, match="not a graph of the store"):
        guard(text)


@pytest.mark.parametrize("text", ["\ud800", "SELECT * { ?s ?p '\udfff' }"])
def test_half_a_surrogate_pair_is_refused(text: str) -> None:
    with pytest.raises(QuerySyntaxError, match="surrogate"):
        guard(text)


NESTED = {
    "groups": ("SELECT * ", "{", "}", ""),
    "parentheses": ("SELECT (", "(", ")", " AS ?x) {}"),
    "blank nodes": ("SELECT * { ?s ?p ", "[ ?p ", "]", " }"),
    "filters": ("SELECT * ", "{ FILTER EXISTS ", "}", ""),
}


@pytest.mark.parametrize(("head", "opening", "closing", "tail"), NESTED.values(), ids=NESTED)
def test_what_would_overflow_the_parser_is_refused(head: str, opening: str, closing: str, tail: str) -> None:
    """Ten thousand brackets end the process, unguarded; brackets in strings and comments do not count."""
    with pytest.raises(QuerySyntaxError, match="more than 50 levels of brackets"):
        guard(head + opening * 10_000 + closing * 10_000 + tail)
    guard(f"SELECT * {{ ?s ?p '{'(' * 10_000}' }} # {'{' * 10_000}")
    deep = "{" * (QUERY.depth - 1) + " ?s ?p ?o " + "}" * (QUERY.depth - 1)
    assert query_fault(f"SELECT * {deep}") == ""


PIECES = ["a.", "a", "'", '"', "'''", "<", "<a", "a:", "\\", "?", "@a-", "_:.", "%a", '"\\', "a:%", "\n'"]
PIECES += ['\\"""', "'''\\", "#", "{}", "\\u0041"]


@pytest.mark.parametrize("piece", some_of(PIECES, 6))
def test_reading_takes_time_in_proportion(piece: str) -> None:
    """No text makes the guard go back and forth: 100,000 pieces in seconds of computing, not in hours."""
    begin = time.process_time()
    with contextlib.suppress(QuerySyntaxError):
        guard(piece * 100_000)
    assert time.process_time() - begin < 20


def test_an_unknown_function_is_a_fault_and_no_crash() -> None:
    assert "urn:x:f" in query_fault("SELECT (<urn:x:f>(1) AS ?x) {}")
