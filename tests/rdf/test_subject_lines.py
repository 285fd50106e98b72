"""The line on which an RDF text begins to speak of a subject."""

from __future__ import annotations

import pytest
from pyoxigraph import RdfFormat

from knockon.rdf.subject_lines import line_of_subject

TURTLE = """\
@prefix ex: <urn:x:> .
PREFIX other: <urn:y:>
ex:a ex:knows ex:b ;
    ex:likes ex:b.
# ex:b is next
<urn:x:b> ex:knows ex:a . ex:c ex:knows ex:b .
"""
NODES = '[{"@context": {"ex": "urn:x:"},\n"@id": "ex:a", "ex:knows": {"@id": "ex:b"}},\n{"@id": "urn:x:b",\n"ex:knows": 1}]'
XML = '<rdf:RDF>\n<rdf:Description rdf:about="urn:x:a"/>\n<rdf:Description rdf:about="urn:x:b"/>\n</rdf:RDF>'


@pytest.mark.parametrize(
    ("text", "form", "lines"),
    [
        (TURTLE, RdfFormat.TURTLE, {"a": 3, "b": 6, "c": 6, "d": None}),
        (f"<urn:x:g> {{\n{TURTLE.partition('other: <urn:y:>')[2]}}}", RdfFormat.TRIG, {"b": 6}),
        ("<urn:x:a> <urn:x:knows> <urn:x:b> .\n<urn:x:b> <urn:x:knows> <urn:x:a> .\n", RdfFormat.N_TRIPLES, {"a": 1, "b": 2}),
        (NODES, RdfFormat.JSON_LD, {"a": 2, "b": 3, "c": None}),
        (XML, RdfFormat.RDF_XML, {"a": 2, "b": 3, "c": None}),
        ("", RdfFormat.TURTLE, {"a": None}),
    ],
)
def test_a_subject_is_found_where_statements_about_it_begin(text: str, form: RdfFormat, lines: dict[str, int | None]) -> None:
    """Not where others name it, nor in a comment."""
    assert {name: line_of_subject(text, form, f"urn:x:{name}") for name in lines} == lines
