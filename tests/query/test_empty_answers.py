"""A query that finds nothing says which of its names and texts the graph does not have."""

from __future__ import annotations

import pickle

import pytest

import knockon
from knockon.cli import run
from knockon.errors import QuerySyntaxError
from knockon.query.absent_texts import absent_texts


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


@pytest.mark.parametrize(("term", "meant"), [("company", "ko:Company"), ("suppliedBy", "ko:supply")])
def test_a_misspelt_term_of_the_vocabulary_is_refused_with_what_was_meant(graph: knockon.Graph, term: str, meant: str) -> None:
    """It could only make the answer empty, or wrong beside FILTER NOT EXISTS, so the query does not run."""
    with pytest.raises(QuerySyntaxError, match=rf"unknown term ko:{term}; did you mean .*{meant}"):
        graph.query(f"SELECT * {{ ?x ko:{term} ?y }}")


def test_the_command_writes_hints_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output has the answer alone; an unknown term of the vocabulary is a usage error."""
    assert run(["query", "SELECT * { ?x rdfs:label 'NVIDIA' }", "--format", "csv"]) == 0
    out, err = capsys.readouterr()
    assert out.split() == ["x"]
    assert 'did you mean "NVIDIA"@en?' in err
    assert run(["query", "SELECT * { ?x ko:suppliedBy ?y }"]) == 2
    assert "unknown term ko:suppliedBy; did you mean" in capsys.readouterr().err


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
