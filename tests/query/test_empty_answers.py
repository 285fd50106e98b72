"""A query that finds nothing says which of its names and texts the graph does not have."""

from __future__ import annotations

import json
import pickle

import pytest

import knockon
from knockon.cli import run
from knockon.errors import UsageError
from knockon.query.absent_names import unknown_term_notes
from knockon.query.absent_texts import absent_texts
from knockon.query.library import library


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("SELECT * { ?x rdfs:label 'NVIDIA' }", "'NVIDIA' as it is written here; did you mean \"NVIDIA\"@en?"),
        ('SELECT * { ?x rdfs:label "nvidia"@en }', '"nvidia"@en as it is written here; did you mean "NVIDIA"@en?'),
        ('SELECT * { ?x rdfs:label ?l FILTER(?l = "NVIDIA") }', 'did you mean "NVIDIA"@en?'),
        ('SELECT * { VALUES ?l { "NVIDIA" } ?x rdfs:label ?l }', 'did you mean "NVIDIA"@en?'),
        ('ASK { ?x rdfs:label """NVIDIA""" }', 'did you mean "NVIDIA"@en?'),
        ('CONSTRUCT { ?x a ko:Company } WHERE { ?x rdfs:label "NVIDIA" }', 'did you mean "NVIDIA"@en?'),
        ('SELECT (COUNT(?x) AS ?n) { ?x rdfs:label "NVIDIA" }', 'did you mean "NVIDIA"@en?'),
        ("SELECT * { ?x rdfs:lable ?l }", "rdfs:lable is in no record here; did you mean rdfs:label?"),
        ("SELECT * { ?x dcterms:titel ?t }", "did you mean dcterms:title?"),
        ("PREFIX dct: <http://purl.org/dc/terms/> SELECT * { ?x dct:titel ?t }", "did you mean dcterms:title?"),
        ("SELECT * { <https://w3id.org/knockon/id/nvidai> ?p ?o }", "did you mean id:nvidia?"),
        ("ASK { id:nvidai ?p ?o }", "id:nvidai is in no record here; did you mean id:nvidia?"),
    ],
)
def test_what_is_not_there_is_named_with_what_is(graph: knockon.Graph, asked: str, hint: str) -> None:
    """The one thing that is wrong is named, with what was meant."""
    (notice,) = graph.query(asked).notices
    assert notice.endswith(hint)


@pytest.mark.parametrize(
    "asked",
    [
        'SELECT * { ?x rdfs:label "NVIDIA"@en }',
        'ASK { ?x rdfs:label ?l FILTER(STR(?l) = "NVIDIA") }',
        "SELECT (COUNT(*) AS ?n) { ?x a ko:Company }",
        # These find nothing for another reason: a text that is an argument need not be in the data.
        'SELECT * { ?x a ko:Company ; rdfs:label ?l FILTER(CONTAINS(?l, "nvidia")) }',
        'SELECT * { ?x a ko:Company ; rdfs:label ?l FILTER(LCASE(STR(?l)) = "shop") }',
        'SELECT * { ?x a ko:Company ; rdfs:label ?l FILTER("nvidia" = STR(?l)) }',
        'SELECT * { ?x a ko:Shock ; ko:from "1800-01-01"^^xsd:date }',
        "PREFIX rdfs: <urn:mine#> SELECT * { ?x rdfs:lable ?l }",
        'SELECT * { ?x rdfs:label "No such company"@en }',
    ],
)
def test_what_is_there_or_need_not_be_there_is_not_named(graph: knockon.Graph, asked: str) -> None:
    assert graph.query(asked).notices == ()


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        ("SELECT * { ?x a ko:company }", "line 1, column 17: unknown term ko:company; did you mean ko:Company?"),
        ("SELECT * { ?x ko:suppliedBy ?y }", "unknown term ko:suppliedBy; did you mean ko:provider, ko:supply?"),
        ("SELECT * { ?x a ko:Compny }", "unknown term ko:Compny; did you mean ko:Comp"),
        ("SELECT * { ?x ko:neeed ?y }", "did you mean ko:need,"),
        ("SELECT * { ?x ko:need+/ko:partOff ?y }", "did you mean ko:partOf"),
        ("PREFIX k: <https://w3id.org/knockon/ns#> SELECT * { ?x a k:Compny }", "unknown term k:Compny; did you mean ko:Comp"),
        ("SELECT * { ?x a <https://w3id.org/knockon/ns#Compny> }", "unknown term ko:Compny; did you mean ko:Comp"),
        ("ASK { ?x ko:zzzzzzzz ?y }", "unknown term ko:zzzzzzzz; see `knockon schema`"),
    ],
)
def test_an_unknown_term_of_the_vocabulary_is_a_hint(graph: knockon.Graph, asked: str, hint: str) -> None:
    """The answer is that of SPARQL, which is empty; whatever prefix or IRI the term is written with."""
    answer = graph.query(asked)
    assert not answer
    (notice,) = answer.notices
    assert hint in notice


def test_an_unknown_term_is_a_hint_where_the_answer_has_rows(graph: knockon.Graph) -> None:
    """Beside FILTER NOT EXISTS a misspelt term does not make the answer empty but wrong; each term is named once."""
    answer = graph.query("SELECT ?x { ?x a ko:Company FILTER NOT EXISTS { ?x ko:offer/^ko:offer ?y ; ko:owning ?z } }")
    assert answer
    assert [notice.split("; ")[0].split(": ")[1] for notice in answer.notices] == [
        "unknown term ko:offer", "unknown term ko:owning",
    ]  # fmt: skip


def test_an_unknown_function_of_the_vocabulary_is_an_error(graph: knockon.Graph) -> None:
    """SPARQL has no answer without it."""
    with pytest.raises(UsageError, match=r"unknown function ko:los; the functions are ko:loss\(\?shock, \?entity\)"):
        graph.query("SELECT (ko:los(?s, ?e) AS ?x) { ?s a ko:Shock }")


@pytest.mark.parametrize(
    "asked",
    [
        "SELECT * { GRAPH ko:derived { ?x ko:dependsOn ?y } } LIMIT 1",
        "SELECT * { ?x a ko:Dependency ; ko:criticality ko:High } LIMIT 1",
        'SELECT * { ?x rdfs:label "ko:Compny" } # ko:Compny',
        "PREFIX ko: <urn:other:> SELECT * { ?x a ko:Compny }",
        "SELECT * { ?x ?p ko: }",
        "SELECT (ko:loss(id:procurement-withdrawal, id:sensetime) AS ?x) (ko:step(id:sensetime-stops, id:sensetime) AS ?y) {}",
    ],
)
def test_what_is_a_term_or_none_of_ours_has_no_hint(graph: knockon.Graph, asked: str) -> None:
    """Graphs, functions, words of scales, texts, comments, and a prefix that means something else."""
    assert graph.query(asked).notices == ()


def test_queries_of_the_library_have_known_terms(graph: knockon.Graph) -> None:
    assert {
        name: notes for name, query in library().items() if (notes := list(unknown_term_notes(graph.store, query.text)))
    } == {}


def test_the_command_writes_hints_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output has the answer alone, in every format."""
    assert run(["query", "SELECT * { ?x rdfs:label 'NVIDIA' }", "--format", "csv"]) == 0
    out, err = capsys.readouterr()
    assert out.split() == ["x"]
    assert 'did you mean "NVIDIA"@en?' in err
    assert run(["query", "SELECT * { ?x ko:suppliedBy ?y }", "--format", "json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["results"]["bindings"] == []
    assert "unknown term ko:suppliedBy; did you mean ko:provider, ko:supply?" in err


def test_a_notice_stays_with_a_copy_and_shows_in_a_notebook(graph: knockon.Graph) -> None:
    """What a query has of HTML is text."""
    answer = graph.query("SELECT * { ?x rdfs:label '<b>', 'NVIDIA' }")
    assert pickle.loads(pickle.dumps(answer)).notices == answer.notices  # noqa: S301 - our own
    assert "did you mean &quot;NVIDIA&quot;@en?" in answer._repr_html_()


def test_escapes_of_a_text_are_read(graph: knockon.Graph) -> None:
    r"""``\u004E`` is a letter, in each kind of quotes."""
    for written in (r'"\u004EVIDIA"', r"'''\U0000004EVIDIA'''", r'"NVIDIA\t"'):
        present = [
            text for absent in absent_texts(graph.store, f"SELECT * {{ ?x rdfs:label {written} }}") for text in absent.present
        ]
        assert present == ([] if "\\t" in written else ['"NVIDIA"@en'])
