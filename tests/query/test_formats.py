"""The forms of an answer: each as its format says, deterministic, and harmless wherever it goes."""

from __future__ import annotations

import csv
import io
import json
import re

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat

from knockon.errors import UsageError
from knockon.query.formats import ROWS, TRIPLES, render
from knockon.sparql.answers import Answer
from knockon.text import cell, parse_cell, plain
from knockon.vocabulary import ID, KO, PREFIXES, XSD

HOSTILE = "\x1b[31mred\x1b[0m \x9b2J [red]x[/red] :smile: \u202eexe.pdf | `<b>` &amp; a\nb\tc\rd"
#: What a terminal, or a person who reads one, could be fooled by.
ACTS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def asked(text: str, **given: object) -> Answer:
    """The answer of a store that holds nothing; ``given`` are values of variables."""
    values = "".join(f"VALUES ?{name} {{ {term} }} " for name, term in given.items())
    return pyoxigraph.Store().query(text.replace("VALUES_HERE", values), prefixes=PREFIXES)


TINY = """SELECT ?who ?share ?note { VALUES (?who ?share ?note) {
  (id:acme 0.50 "first"@en) (<https://example.org/x?y#z> 2 UNDEF) (UNDEF true "a, \\"b\\"") (ko:High 1e3 "") } }"""
EXPECTED = {
    "table": """\
who                        share  note
────────────────────────────────────────
id:acme                    0.5    first
https://example.org/x?y#z  2
                           true   a, "b"
ko:High                    1000
""",
    "csv": f"""\
who,share,note
{ID}acme,0.5,first
https://example.org/x?y#z,2,
,true,"a, ""b\"""
{KO}High,1000,
""",
    "tsv": f"""\
?who\t?share\t?note
<{ID}acme>\t0.5\t"first"@en
<https://example.org/x?y#z>\t2\t
\ttrue\t"a, \\"b\\""
<{KO}High>\t"1000"^^<{XSD}double>\t""
""",
    "jsonl": f"""\
{{"who": "{ID}acme", "share": 0.5, "note": "first"}}
{{"who": "https://example.org/x?y#z", "share": 2, "note": null}}
{{"who": null, "share": true, "note": "a, \\"b\\""}}
{{"who": "{KO}High", "share": 1000.0, "note": ""}}
""",
    "md": """\
| who | share | note |
| --- | --- | --- |
| id:acme | 0.5 | first |
| https\\:\\/\\/example\\.org/x?y\\#z | 2 |  |
|  | true | a, "b" |
| ko:High | 1000 |  |
""",
}


@pytest.mark.parametrize(("form", "expected"), EXPECTED.items(), ids=EXPECTED)
def test_rows_in_each_form(form: str, expected: str) -> None:
    assert render(asked(TINY), form) == expected


def test_rows_as_sparql_json() -> None:
    answer = json.loads(render(asked(TINY), "json"))
    assert answer["head"] == {"vars": ["who", "share", "note"]}
    assert answer["results"]["bindings"][0] == {
        "who": {"type": "uri", "value": ID + "acme"},
        "share": {"type": "literal", "value": "0.5", "datatype": XSD + "decimal"},
        "note": {"type": "literal", "value": "first", "xml:lang": "en"},
    }
    assert set(answer["results"]["bindings"][1]) == {"who", "share"}


def test_yes_or_no_in_each_form() -> None:
    message = {form: render(asked("ASK {}"), form) for form in ROWS}
    assert json.loads(message.pop("json")) == {"head": {}, "boolean": True}
    assert json.loads(message.pop("jsonl")) == {"boolean": True}
    assert set(message.values()) == {"true\n"}
    assert render(asked("ASK { ?s ?p ?o }")) == "false\n"


TRIPLE = """CONSTRUCT { ?who rdfs:label ?name ; a ko:Company }
            WHERE { VALUES (?who ?name) { (id:b "B"@en) (id:a "A"@en) (id:a "A"@en) } }"""


def test_triples_in_each_form() -> None:
    """Sorted, each once, the type first, with the prefixes in use."""
    assert render(asked(TRIPLE), "ttl") == render(asked(TRIPLE)) == f"""\
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix id: <{ID}> .
@prefix ko: <{KO}> .
id:a a ko:Company ;
\trdfs:label "A"@en .
id:b a ko:Company ;
\trdfs:label "B"@en .
"""  # fmt: skip
    assert render(asked(TRIPLE), "nt").splitlines()[0] == f"<{ID}a> <{PREFIXES['rdf']}type> <{KO}Company> ."
    assert [node["@id"] for node in json.loads(render(asked(TRIPLE), "jsonld"))] == [ID + "a", ID + "b"]


@pytest.mark.parametrize("form", TRIPLES)
def test_blank_nodes_have_the_same_names_each_time(form: str) -> None:
    text = "CONSTRUCT { [] ko:need ?what } WHERE { VALUES ?what { id:a id:b id:c } }"
    assert len({render(asked(text), form) for _ in range(5)}) == 1


def test_what_a_node_says_is_the_same_triples() -> None:
    text = "DESCRIBE id:acme"
    assert render(asked(text), "nt") == ""


@pytest.mark.parametrize(("text", "form", "known"), [
    ("SELECT ?s { ?s ?p ?o }", "ttl", "table, json, jsonl, csv, tsv, md"), ("ASK {}", "nt", "table, json, jsonl, csv, tsv, md"),
    ("CONSTRUCT WHERE { ?s ?p ?o }", "csv", "ttl, nt, jsonld"), ("SELECT ?s { ?s ?p ?o }", "xlsx", "table, json"),
    ("SELECT ?s { ?s ?p ?o }", "", "table, json"), ("DESCRIBE id:acme", "table", "ttl, nt, jsonld"),
])  # fmt: skip
def test_a_form_that_does_not_fit_names_those_that_do(text: str, form: str, known: str) -> None:
    with pytest.raises(UsageError, match=known):
        render(asked(text), form)


@pytest.mark.parametrize("form", ROWS)
def test_an_empty_answer_still_has_its_columns(form: str) -> None:
    message = render(asked("SELECT ?who ?what { ?who ?p ?what }"), form)
    assert message == "" if form == "jsonl" else ("who" in message and "what" in message)
    assert render(asked("SELECT * {}"), form) is not None


def test_nothing_of_a_wide_table_is_cut() -> None:
    """Cells are wrapped; with more columns than fit, each row takes several lines."""
    long = " ".join(f"word{n}" for n in range(100)) + "x" * 150
    message = render(asked("SELECT ?short ?long { VALUES_HERE }", short='"s"', long=f'"{long}"'), width=40)
    assert max(map(len, message.splitlines())) <= 40
    assert "".join(message.split()).removeprefix("shortlong").lstrip("─").replace("s", "", 1) == "".join(long.split())
    many = {f"column{n}": f'"value {n}"' for n in range(30)}
    message = render(asked("SELECT * { VALUES_HERE }", **many), width=40)
    assert all(f"column{n}" in message for n in range(30))
    assert all(f"value {n}" in message for n in range(30))


def test_a_cell_of_many_thousand_characters_is_cut_where_one_sees_it() -> None:
    """It would be a table of hundreds of lines; other forms have it whole."""
    message = render(asked("SELECT ?long { VALUES_HERE }", long=f'"{"word " * 2_000}"'), width=40)
    assert message.rstrip().endswith("…")
    assert len("".join(message.split())) < 1_100


def test_wide_characters_stay_aligned() -> None:
    message = render(asked('SELECT ?a ?b { VALUES (?a ?b) { ("商汤科技" "one") ("x" "two") } }')).splitlines()
    assert message[2] == "商汤科技  one"
    assert message[3] == "x         two"


# What is hostile


@pytest.mark.parametrize("form", ROWS)
def test_a_hostile_label_comes_out_as_text(form: str) -> None:
    """No control character gets through but in csv, which has no escapes; no markup is read, and nothing of it is lost."""
    message = render(asked("SELECT ?label { VALUES_HERE }", label=str(Literal(HOSTILE))), form)
    assert bool(ACTS.search(message)) == (form == "csv")
    assert "31mred" in message
    assert "x" in message
    assert ":smile:" in message
    assert ("[red]x[/red]" in message) == (form != "md")
    if form in {"table", "md"}:
        assert "\u202e" not in message


@pytest.mark.parametrize("form", TRIPLES)
def test_hostile_triples_read_back_as_they_were(form: str) -> None:
    answer = asked(f"CONSTRUCT {{ <http://x.test/\u202ea> rdfs:label {Literal(HOSTILE)} }} WHERE {{}}")
    message = render(answer, form)
    assert not ACTS.search(message)
    assert "\u202e" not in message
    formats = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "jsonld": RdfFormat.JSON_LD}
    (back,) = pyoxigraph.parse(message.encode(), format=formats[form])
    assert back.subject == NamedNode("http://x.test/\u202ea")
    assert back.object == Literal(HOSTILE)


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)


@given(text=TEXTS)
def test_json_and_tsv_lose_nothing(text: str) -> None:
    """Whatever a label holds reads back as itself."""
    query, label = "SELECT ?label { VALUES_HERE }", str(Literal(text))
    assert json.loads(render(asked(query, label=label), "json"))["results"]["bindings"][0]["label"]["value"] == text
    assert json.loads(render(asked(query, label=label), "jsonl")) == {"label": text}
    message = render(asked(query, label=label), "tsv").split("\n")[1]
    (back,) = pyoxigraph.parse(f"<urn:x:a> <urn:x:b> {message} .".encode(), format=RdfFormat.TURTLE)
    assert back.object == Literal(text)


@given(text=TEXTS)
def test_a_row_stays_a_row(text: str) -> None:
    """One line in a table and in Markdown, and no control character there; one record in csv, which keeps them all."""
    query, label = 'SELECT ?one ?label ?two { VALUES ?one { "(" } VALUES ?two { ")" } VALUES_HERE }', str(Literal(text))
    table = render(asked(query, label=label), "table", width=10_000)
    markdown = render(asked(query, label=label), "md")
    assert table.count("\n") == markdown.count("\n") == 3
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", markdown.split("\n")[2])) == 4
    message = render(asked(query, label=label), "csv")
    (_, record) = csv.reader(io.StringIO(message, newline=""))
    assert record[0] == "("
    assert record[2] == ")"
    assert not any(map(ACTS.search, (table, markdown)))
    assert parse_cell(record[1]) == text


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=", "-", "+1-1"])
def test_a_formula_is_text_in_csv(text: str) -> None:
    (_, (cell,)) = csv.reader(io.StringIO(render(asked("SELECT ?x { VALUES_HERE }", x=str(Literal(text))), "csv"), newline=""))
    assert cell == "'" + text


@pytest.mark.parametrize("text", ["=1+1", " =1", "＝1+1", "@SUM(A1)", "-2+3", "\xa0=1", "\t=1", "x"])
def test_a_formula_is_text_in_tsv(text: str) -> None:
    """A spreadsheet takes the quotation marks off: the first sign is escaped, and the term is the same."""
    message = render(asked("SELECT ?x { VALUES_HERE }", x=str(Literal(text))), "tsv").split("\n")[1]
    assert cell(message.strip('"')) == message.strip('"')
    (back,) = pyoxigraph.parse(f"<urn:x:a> <urn:x:b> {message} .".encode(), format=RdfFormat.TURTLE)
    assert back.object == Literal(text)


def test_an_empty_cell_is_still_a_row() -> None:
    """A line with nothing in it would be no row to a reader."""
    message = render(asked('SELECT ?x { VALUES ?x { "" "a" UNDEF } }'), "csv")
    assert list(csv.reader(io.StringIO(message))) == [["x"], [""], ["a"], [""]]


@pytest.mark.parametrize("term", ["-5", "+5", "-0.5", '"-1e3"', '"+.5"', "-1e0", '"a=1"', '" "', '"1-2"', "<mailto:x>"])
def test_numbers_and_plain_text_are_left_alone_in_csv(term: str) -> None:
    assert "'" not in render(asked("SELECT ?x { VALUES_HERE }", x=term), "csv")


@pytest.mark.parametrize(("lexical", "kind", "value"), [
    ("12", "integer", "12"), ("-007", "int", "-7"), ("0.10", "decimal", "0.1"), ("1", "boolean", "true"),
    ("0", "boolean", "false"),
    ("NaN", "double", '"NaN"'), ("INF", "double", '"INF"'), ("-INF", "float", '"-INF"'), ("abc", "integer", '"abc"'),
    ("²", "integer", '"²"'), ("1e9", "integer", '"1e9"'), ("x", "double", '"x"'), ("maybe", "boolean", '"maybe"'),
    ("123456789012345678901.25", "decimal", '"123456789012345678901.25"'), ("2023-01-01", "date", '"2023-01-01"'),
    ("9" * 5000, "integer", f'"{"9" * 5000}"'), ("9" * 400, "decimal", f'"{"9" * 400}"'),
])  # fmt: skip
def test_numbers_of_jsonl_are_numbers_where_json_can_hold_them(lexical: str, kind: str, value: str) -> None:
    """A literal whose text is not a number of its type stays text, and breaks nothing."""
    store = pyoxigraph.Store()
    store.add(pyoxigraph.Quad(NamedNode("urn:x:a"), NamedNode("urn:x:b"), Literal(lexical, datatype=NamedNode(XSD + kind))))
    message = render(store.query("SELECT ?x { ?s ?p ?x }"), "jsonl")
    assert message == f'{{"x": {value}}}\n'
    json.loads(message, parse_constant=pytest.fail)


def test_a_table_shows_what_the_one_line_form_shows() -> None:
    assert plain(HOSTILE) in render(asked("SELECT ?label { VALUES_HERE }", label=str(Literal(HOSTILE))))
