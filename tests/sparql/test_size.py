"""What is too large for the engine is refused, with its place; what passes neither crashes nor hides anything."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knockon.errors import KnockonError, QuerySyntaxError
from knockon.query.library import library
from knockon.sparql.guard import guard
from knockon.sparql.size import QUERY, TARGET
from knockon.sparql.validation import query_fault
from support.engine_process import Engine

CASES = Path(__file__).parents[1] / "cases" / "hostile"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """One child for all queries of this module."""
    with Engine() as engine:
        yield engine


def joined(piece: str, separator: str = "") -> Callable[[int], str]:
    """Return what repeats a piece."""
    return lambda count: separator.join([piece] * count)


def nested(opening: str, middle: str, closing: str) -> Callable[[int], str]:
    """Return what nests brackets."""
    return lambda count: opening * count + middle + closing * count


#: What can be repeated, with what stands before and after; the parser or the planner takes none of them without end.
REPEATED: dict[str, tuple[str, Callable[[int], str], str]] = {
    "BIND": ("ASK { ", lambda n: " ".join(f"BIND({i} AS ?y{i})" for i in range(n)), "}"),
    "FILTER": ("ASK { ?s ?p ?o ", joined("FILTER(?o=1)"), "}"),
    "or": ("ASK { ?s ?p ?o FILTER(", joined("?o", "||"), ")}"),
    "and": ("ASK { ?s ?p ?o FILTER(", joined("?o=1", "&&"), ")}"),
    "sum": ("ASK { ?s ?p ?o FILTER(1<", joined("?o", "+"), ")}"),
    "signed sum": ("ASK { ?s ?p ?o FILTER(1<1", joined("+1"), ")}"),
    "product": ("ASK { ?s ?p ?o FILTER(1<", joined("?o", "*"), ")}"),
    "quotient": ("ASK { ?s ?p ?o FILTER(1<", joined("?o", "/"), ")}"),
    "not": ("ASK { FILTER(", joined("!"), "true)}"),
    "UNION": ("ASK { ", joined("{ ?s ?p ?o }", " UNION "), "}"),
    "OPTIONAL": ("ASK { ?s ?p ?o ", lambda n: " ".join(f"OPTIONAL {{ ?s :p{i} ?o{i} }}" for i in range(n)), "}"),
    "MINUS": ("ASK { ?s ?p ?o ", joined("MINUS { ?s ?p 1 }"), "}"),
    "EXISTS": ("ASK { FILTER(", joined("EXISTS { ?s ?p 1 }", "&&"), ")}"),
    "groups": ("ASK { ", joined("{ ?s ?p ?o }"), "}"),
    "GRAPH": ("ASK { ", joined("GRAPH ?g { ?s ?p ?o }"), "}"),
    "patterns": ("ASK { ", lambda n: ".".join(f"?s :p{i} ?o{i}" for i in range(n)), "}"),
    "predicates": ("ASK { ?s ", joined("?p ?o", ";"), "}"),
    "objects": ("ASK { ?s ?p ", joined("?o", ","), "}"),
    "collection": ("ASK { ?s ?p (", joined("1", " "), ")}"),
    "signed collection": ("ASK { ?s ?p (", joined("-1", " "), ")}"),
    "collection of truths": ("ASK { ?s ?p (", joined("true", " "), ")}"),
    "blank nodes": ("ASK { ?s ?p ", joined("[ ?q 1 ]", ","), "}"),
    "sequence": ("ASK { ?s ", joined(":p", "/"), " ?o }"),
    "alternatives": ("ASK { ?s ", joined(":p", "|"), " ?o }"),
    "excluded": ("ASK { ?s !(", joined(":p", "|"), ") ?o }"),
    "VALUES": ("ASK { ", lambda n: " ".join(f"VALUES ?x{i} {{ 1 }}" for i in range(n)), "}"),
    "columns of VALUES": ("ASK { VALUES (", lambda n: " ".join(f"?x{i}" for i in range(n)), ") {} }"),
    "expressions": ("SELECT ", lambda n: " ".join(f"({i} AS ?y{i})" for i in range(n)), " {}"),
    "variables": ("SELECT ", lambda n: " ".join(f"?y{i}" for i in range(n)), " {}"),
    "GROUP BY": ("SELECT (1 AS ?z) {} GROUP BY ", lambda n: " ".join(f"(1 AS ?g{i})" for i in range(n)), ""),
    "HAVING": ("SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING ", joined("(?s=1)"), ""),
    "template": ("CONSTRUCT { ", joined("[] ?p ?o", "."), "} WHERE { ?s ?p ?o }"),
    "DESCRIBE": ("DESCRIBE ", joined(":a", " "), ""),
    "DESCRIBE of IRIs": ("DESCRIBE ", joined("<urn:x:a>", " "), ""),
    "sub-selects": ("ASK { ", joined("{ SELECT ?s { ?s ?p ?o } }"), "}"),
    "reifiers": ("ASK { ?s ?p ?o ", joined("~ :r"), "}"),
    "triple terms": ("ASK { ?s ?p ", joined("<<( ?a ?b ?c )>>", ","), "}"),
    "triple terms in each other": ("ASK { ", nested("<< ", "?a ?b ?c", " >> ?p ?q"), "}"),
    "braces": ("ASK { ", nested("{ ", "?s ?p ?o", "}"), "}"),
    "parentheses": ("ASK { FILTER", nested("(", "1", ")"), "}"),
    "calls": ("ASK { FILTER(", nested("STR(", "1", ")"), ")}"),
    "EXISTS in EXISTS": ("ASK { ", nested("FILTER(EXISTS { ?s ?p ?o ", "", "})"), "}"),
    "path in path": ("ASK { ?s ", nested("(", ":p", "/:q)*"), " ?o }"),
    "names and numbers": ("ASK { FILTER(1 IN (", joined("1", ","), ")) }"),
    "prefixes": ("", lambda n: " ".join(f"PREFIX p{i}: <urn:x:{i}>" for i in range(n)), " ASK {}"),
}


#: A third of them. Triple patterns are planned for a second or more: collections, which become patterns, are the quickest.
SHORT = {*list(REPEATED)[::3]} - {"patterns", "blank nodes"}


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.slow] * (name not in SHORT)) for name in REPEATED])
def test_what_can_be_repeated_has_an_end(name: str, engine: Engine) -> None:
    """100,000 times are refused with a place, and as many as pass are read and planned by the engine."""
    head, repeated, tail = REPEATED[name]
    head = f"PREFIX : <urn:x:> {head}"

    def passes(count: int) -> bool:
        try:
            guard(head + repeated(count) + tail)
        except QuerySyntaxError as error:
            return re.match("line 1, column |the query is longer than ", str(error)) is None
        return True

    most, over = 1, 100_000
    assert not passes(over)
    while over - most > 1 + most // 10:
        middle = max(most + 1, math.isqrt(most * over))
        most, over = (middle, over) if passes(middle) else (most, middle)
    assert engine.ask(head + repeated(most) + tail) in {"answer", "RuntimeError"}


def test_the_message_says_what_to_do() -> None:
    """The place is that of the first sign that is too much."""
    with pytest.raises(QuerySyntaxError, match=r"line 2, column \d+: more than 100 triple patterns, .*; use several"):
        guard("ASK {\n?s " + "/".join(["ko:need"] * 200) + " ?o }")
    with pytest.raises(QuerySyntaxError, match="more than 20 levels of brackets"):
        guard("ASK " + "{" * 21 + "}" * 21, TARGET)


@pytest.mark.parametrize("name", ["bind3000.rq", "or20000.rq", "pathseq600.rq"])
def test_texts_that_ended_the_process_are_refused(name: str) -> None:
    """Each crashed the engine, or was planned for half a minute."""
    with pytest.raises(QuerySyntaxError, match=r"line 1, column \d+: more than"):
        guard((CASES / name).read_text("utf-8"))


LONG = {
    "VALUES of 10,000 rows": ("SELECT * { VALUES (?a ?b) { ", joined("(<urn:x:a> 'chips. (all)'@en)", " "), " } }"),
    "IN with 10,000 values": ("ASK { ?s ?p ?o FILTER(?o IN (", joined("'a'@en", ", "), ")) }"),
    "IN with 10,000 IRIs": ("ASK { ?s ?p ?o FILTER(?o IN (", joined("<https://x.test/a(b)/c>", ", "), ")) }"),
    "10,000 numbers": ("ASK { VALUES ?x { ", joined("-12345678.125", " "), " } }"),
    "10,000 dates": ("ASK { VALUES ?x { ", joined("'2025-01-01'^^xsd:date", " "), " } }"),
    "10,000 names to group by": ("SELECT ?s { ?s ?p ?o } GROUP BY ", joined("?s", " "), ""),
}


@pytest.mark.parametrize("name", LONG)
def test_long_lists_of_values_are_possible(name: str, engine: Engine) -> None:
    """Programs write them, and the engine takes them."""
    head, repeated, tail = LONG[name]
    assert engine.ask(guard(head + repeated(10_000) + tail)) == "answer"


def test_the_library_is_far_below_the_limits() -> None:
    """Each query of the library would be a target query by its size, its length apart."""
    for query in library().values():
        guard(query.text, type(TARGET)(length=QUERY.length, depth=TARGET.depth, steps=TARGET.steps))


def test_queries_are_checked_where_threads_have_small_stacks() -> None:
    """Brackets that fill the stack of a thread of macOS are parsed and planned in any thread, on a stack of their own."""
    result: list[str] = []
    depth = QUERY.depth - 2
    text = "ASK { " + "FILTER EXISTS {" * depth + " ?s ?p ?o FILTER(" + "!" * 200 + "true)" + "}" * depth + " }"
    before = threading.stack_size(2**19)
    try:
        thread = threading.Thread(target=lambda: result.append(query_fault(text)))
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    assert result == [""]


OPERATORS = "||".join(["1"] * 700)
HIDDEN = {
    "a comparison that looks like an IRI": f"ASK {{ FILTER((1<2)||(1<2{'+2' * 700})&&(2>1)) }}",
    "brackets in one": "ASK { FILTER(1<" + "(" * 60 + "1" + ")" * 60 + "&&2>1) }",
    "a string begun in one": f"ASK {{ FILTER(1 IN (1<2,'>',{OPERATORS},'')) }}",
    "a string begun in a triple": f"PREFIX a: <urn:x:> ASK {{ <<?a a:b'>'>> ?p ?o FILTER({OPERATORS}||'') }}",
    "a comment begun in one": f"ASK {{ FILTER(1<2#>'\n||{OPERATORS}||'')}}",
    "with a prefix": f"PREFIX x: <urn:x:> ASK {{ FILTER((1<x:a)&&('>'||{OPERATORS}||'')) }}",
    "with a base": f"BASE <urn:x:> ASK {{ FILTER((1<2)&&('>'||{OPERATORS}||'')) }}",
    "an escape in an IRI": f"ASK {{ ?s <urn:\\u0041'> ?o FILTER({OPERATORS}) . ?s <urn:'> ?o }}",
    "escapes in an IRI and a string": f"ASK {{ ?s <urn:\\u0041'> '\\u0022' FILTER({OPERATORS}) . ?s <urn:'> ?o }}",
    "empty strings side by side": f'ASK {{ VALUES ?x {{ """" }} FILTER({OPERATORS}) }}',
    "after a keyword": "ASK{?s ?p true" + ".BIND(1 AS ?x)" * 200 + "}",
    "keywords without spaces": "SELECT*{" + "UNION".join(["{?s?p?o}"] * 200) + "}",
    "a name of a prefix": "PREFIX x: <urn:x:> ASK{?s ?p ?o " + "FILTERx:f(1)" * 200 + "}",
    "truth before VALUES": "ASK{?s ?p true" + " VALUES ?x{1}" * 200 + "}",
    "names of DESCRIBE": "PREFIX x: <urn:x:> DESCRIBEx:a" + " x:a" * 200,
}


@pytest.mark.parametrize("text", HIDDEN.values(), ids=HIDDEN)
def test_nothing_hides_from_the_count(text: str) -> None:
    """However it is written: what the parser reads as operators, brackets or groups is counted."""
    with pytest.raises(QuerySyntaxError):
        guard(text)


@pytest.mark.parametrize(
    "text",
    [
        "ASK { ?s ?p ?o FILTER((?s<?o)&&(?o>1)) }",
        "ASK { ?s ?p ?o FILTER(?s<5&&?o>'a') }",
        "ASK { ?s ?p ?o FILTER(?s<<urn:x:a>) }",
        "ASK { ?s <https://x.test/a_(b)'s#c> <urn:isbn:(1)/'a'#b> }",
        "SELECT * { VALUES (?a ?b) { (<urn:x:a> <urn:isbn:(1)/'a'>) ('a' <https://x.test/'#(>) } }",
        "BASE <https://x.test/> SELECT * { VALUES (?a ?b) { (<a> <b/c#d>) (<a> </e>) (<a> <../f>) } }",
        "PREFIX x: <urn:x:> SELECT * { VALUES (?a ?b) { (x:a <urn:x:b>) (x:a <x:b>) } }",
        "ASK { ?s ?p ?o FILTER(?s IN (<a://b/c>, <urn:x:(y)>)) }",
        "ASK { << ?s ?p <urn:x:o> >> ?q 1 . <<<urn:x:a> ?p ?o>> ?q 1 }",
        "ASK { ?s <urn:x:\\u0041'> ?o }",
    ],
)
def test_comparisons_and_iris_are_told_apart(text: str, engine: Engine) -> None:
    """As the engine tells them apart: each passes and is answered."""
    assert engine.ask(guard(text)) == "answer"


# fmt: off
PIECES = [
    "?s", "?p ", " ?o", "1", "+1", "-1", "true", "'a'", '"b"', "'>'", "'", '"', "<urn:x:a>", "<x:a'>", "<a#>", ":a", ":a/",
    "x:b", "<", ">", "=", "!", "||", "&&", "+", "*", "/", "|", "^", ",", ";", ".", "(", ")", "{", "}", "[", "]", "<<", ">>",
    "{|", "|}", "~", "FILTER(", "FILTER(1<", "BIND(1 AS ?x)", "OPTIONAL{", "UNION", "MINUS{", "EXISTS{", "NOT EXISTS {",
    "VALUES ?x {", "SELECT", "AS", "?s ?p ?o", "(?s = 1)", "{?s ?p ?o}", " IN (", "STR(", "#\n", "\n", " ", "\\u0041", "\\'",
    "LATERAL{", "GRAPH ?g{", "HAVING(1)",
]
# fmt: on
CHUNK = st.tuples(st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map("".join), st.integers(1, 700))
CLOSED = {"(": ")", "{": "}", "[": "]"}


def closed(text: str) -> str:
    """A text with the brackets that it opens closed, so that more of the parser is reached."""
    opened: list[str] = []
    for character in text:
        if character in CLOSED:
            opened.append(CLOSED[character])
        elif opened and character == opened[-1]:
            opened.pop()
    return text + "".join(reversed(opened))


def survives(engine: Engine, start: str, chunks: list[tuple[str, int]]) -> None:
    """Ask what the guard accepts."""
    text = closed(f"PREFIX : <urn:x:> PREFIX x: <urn:x:> {start}{{ " + " ".join(piece * count for piece, count in chunks))
    try:
        guard(text)
    except KnockonError:
        return
    assert not engine.ask(text).startswith("signal")


STARTS = st.sampled_from(["ASK", "SELECT * ", "CONSTRUCT { ?s ?p ?o } WHERE", "DESCRIBE ?s", "BASE <urn:x:> ASK"])


@pytest.mark.slow
@settings(max_examples=2)
@given(start=STARTS, chunks=st.lists(CHUNK, max_size=4))
def test_what_passes_does_not_end_the_process(start: str, chunks: list[tuple[str, int]], engine: Engine) -> None:
    """Whatever is repeated, however it is put together."""
    survives(engine, start, chunks)


@pytest.mark.slow
@settings(max_examples=5_000)
@given(start=STARTS, chunks=st.lists(CHUNK, max_size=6))
def test_nothing_that_passes_ends_the_process(start: str, chunks: list[tuple[str, int]], engine: Engine) -> None:
    """The same for many more texts."""
    survives(engine, start, chunks)
