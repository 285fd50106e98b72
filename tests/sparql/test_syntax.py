"""Mistakes in SPARQL are told in words, with their place."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph
import pytest

from knockon.errors import QuerySyntaxError
from knockon.query.ask import ask
from knockon.sparql.syntax import common_faults
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import PREFIXES


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    return MemoryStore()


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("", "line 1, column 1", "the query is empty"),
        ("# only a comment", "line 1, column 1", "the query is empty"),
        ("SELEC ?x { ?x a ko:Company }", "line 1, column 1", "did you mean SELECT?"),
        ("PREFIX x: <urn:x:>", "line 1, column 11", "there is no query after the prefixes"),
        ("PREFIX x <urn:x:> SELECT * { ?s ?p ?o }", "line 1, column 8", "ends in its colon"),
        ("SELECT ?x WHERE { ?x a ko:Company ", "line 1, column 17", "'{' is not closed"),
        ("SELECT ?x\nWHERE { ?x a ko:Company }}", "line 2, column 26", "'}' closes nothing"),
        ("SELECT * { VALUES ?x { id:a ) }", "line 1, column 29", "'}' must close '{'"),
        ('SELECT * { ?x rdfs:label "a }', "line 1, column 26", "the text that begins here is not closed"),
        ("SELECT * { ?x a <ko:Company }", "line 1, column 17", "the IRI that begins here is not closed"),
        ("SELECT * { ?x a <http://a b> }", "line 1, column 17", "has a space in it"),
        ("SELECT * { ?x kp:need ?y }", "line 1, column 15", "the prefix kp: is not declared"),
        ("SELECT * { ?x skoss:altLabel ?y }", "line 1, column 15", "did you mean skos:?"),
        (
            "SELECT ?x { ?x a Company }",
            "line 1, column 18",
            "'Company' is neither a keyword nor a term; write a variable",
        ),
        ("SELECT x { ?x a ko:Company }", "line 1, column 8", "write a variable (?x)"),
        ("SELECT ?x, ?y { ?x ko:need ?y }", "line 1, column 10", "no comma is allowed between the variables"),
        ("SELECT (COUNT(*) ?n) { ?s ?p ?o }", "line 1, column 8", "needs a name: write (... AS ?name)"),
        ("SELECT (COUNT(*) AS n) { ?s ?p ?o }", "line 1, column 21", "write a variable (?n)"),
        ("SELECT ?x { ?x ko:need ?y } ORDER ?x", "line 1, column 29", "ORDER needs BY"),
        ("SELECT ?x { ?x ko:need ?y } GROUP ?x", "line 1, column 29", "GROUP needs BY"),
        ("SELECT ?x { ?x ko:need ?y } LIMIT ten", "line 1, column 29", "LIMIT needs a whole number"),
        ("SELECT ?x { ?x ko:need ?y FILTER ?y = 1 }", "line 1, column 27", "FILTER needs brackets"),
        ("SELECT ?x { ?x ko:need ?y . ?y = id:a }", "line 1, column 32", "write FILTER(...) around it"),
        ("SELECT ?x { ?x ko:need ?y FILTER(?y = ) }", "line 1, column 39", "an expression is missing"),
        ("SELECT ?x WHERE ?x a ko:Company", "line 1, column 11", "WHERE needs '{'"),
        ("SELECT ?x { ?x rdfs:label 'a'@ }", "line 1, column 30", "'@' needs a language"),
        ("SELECT ?x { ?x a ko:Company OPTIONL { ?x ko:need ?y } }", "line 1, column 29", "did you mean OPTIONAL"),
        ("SELECT ?x (COUNT(?y) AS ?n) { ?x ko:need ?y }", "line 1", "add it to GROUP BY"),
        ("SELECT ?x { ?x a ko:Company . ?x rdfs:label }", "line 1, column 45", "'}' does not fit here; a variable or a name"),
        ("DESCRIBE", "line 1, column 9", "the query ends too early"),
        ("SELECT ?x { ?x a ko:Company . ?y }", "line 1", "that is not complete"),
    ],
)
def test_a_mistake_is_told_in_words_with_its_place(store: MemoryStore, text: str, place: str, words: str) -> None:
    """Never a list of what the parser could have read."""
    with pytest.raises(QuerySyntaxError) as caught:
        ask(store, text)
    assert str(caught.value).startswith(place)
    assert words in str(caught.value)
    assert "expected one of" not in str(caught.value)


def test_no_mistake_is_seen_in_queries_that_parse(shared: Path) -> None:
    """Of the W3C's queries for SPARQL 1.1, every one that parses passes every check for common mistakes."""
    read = 0
    for path in sorted((shared / "w3c").rglob("*.rq")):
        text = path.read_text("utf-8")
        try:
            pyoxigraph.Store().query(text, base_iri="http://example.org/", prefixes=PREFIXES)
        except (SyntaxError, RuntimeError):
            continue
        read += 1
        assert not common_faults(text), path.name
    assert read > 300
