"""RDF is written so that it reads back as it was, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple

from knockon.cli import run
from knockon.errors import UsageError
from knockon.rdf.parse import parse_rdf
from knockon.rdf.rdflib_export import to_rdflib
from knockon.rdf.write import serialise
from knockon.store.files import FORMATS, to_bytes, write_file

S, P = NamedNode("urn:x:s"), NamedNode("urn:x:p")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\0\x01\x1f\x7f\x85\r\n\t\ufffe\uffff\u2028<&>\"'"))
PROPERTIES = st.sampled_from([f"urn:x:{end}" for end in ("p", "p/", "1", "a-1", "a.", "é", "ሀ", "𐐀", "a·", "%41", "a%41b")])
TERMS = st.builds(Literal, TEXTS) | st.builds(lambda text: Literal(text, language="en"), TEXTS)
NESTED = st.builds(Triple, st.just(S), st.builds(NamedNode, PROPERTIES), TERMS)


@given(st.builds(Quad, st.just(S), st.builds(NamedNode, PROPERTIES), TERMS | NESTED), st.sampled_from(sorted(FORMATS)))
def test_what_is_written_reads_back(quad: Quad, form: str) -> None:
    """In each format, with every character; what a format cannot represent is refused, and only that."""
    try:
        content = to_bytes([quad], FORMATS[form])
    except UsageError as error:
        refusal = str(error)
    else:
        assert [result.triple for result in parse_rdf(content, FORMATS[form], form)] == [quad.triple]
        return
    assert "cannot represent" in refusal
    assert form in {"rdf", "jsonld"}


@pytest.mark.parametrize("sign", ["\0", "\x01", "\x0b", "\ufffe", "\uffff"])
def test_xml_refuses_what_it_cannot_hold(sign: str, tmp_path: Path) -> None:
    """With the record, and without a file; it wrote XML that no program reads."""
    target = tmp_path / "a.rdf"
    with pytest.raises(
        UsageError, match=r"<urn:x:s> <urn:x:p>: XML cannot represent the character U\+.*; write ttl, nt, nq or trig"
    ):
        write_file([Quad(S, P, Literal(f"a{sign}b"))], target)
    assert not target.exists()
    with pytest.raises(UsageError, match="which does not end in a name"):
        serialise([Triple(S, NamedNode("urn:x:1"), Literal("a"))], RdfFormat.RDF_XML, {})


def test_line_ends_of_texts_are_kept_in_xml() -> None:
    """A carriage return that stands in XML as it is is read as a line feed."""
    triple = Triple(S, P, Literal("a\r\nb\rc\nd"))
    content = serialise([triple], RdfFormat.RDF_XML, {})
    assert b"a&#13;\nb&#13;c\nd" in content
    assert parse_rdf(content, RdfFormat.RDF_XML, "a")[0].triple == triple


def test_triple_terms_are_refused_where_there_are_none() -> None:
    nested = Quad(S, P, Triple(S, P, S))
    with pytest.raises(UsageError, match="JSON-LD cannot represent a triple term; write ttl, nt, nq or trig"):
        to_bytes([nested], RdfFormat.JSON_LD)
    with pytest.raises(UsageError, match="rdflib does not support triple terms"):
        to_rdflib([Quad(S, P, Triple(S, P, S), P)])


def test_the_commands_say_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "a.nt"
    nested = "<<( <urn:x:s> <urn:x:p> <urn:x:o> )>>"
    data.write_text(f'<urn:x:s> <urn:x:p> "a\\u0000b" .\n<urn:x:s> <urn:x:q> {nested} .\n')
    for form, words in (("rdf", "U+0000"), ("jsonld", "triple term")):
        target = tmp_path / f"out.{form}"
        assert run(["export", "--store", str(data), "-o", str(target)]) == 2
        assert words in capsys.readouterr().err
        assert not target.exists()
    query = "CONSTRUCT { ?s <urn:x:q> ?o } WHERE { ?s <urn:x:q> ?o }"
    assert run(["query", query, "--store", str(data), "-f", "jsonld"]) == 2
    assert "triple term" in capsys.readouterr().err
    assert run(["query", query, "--store", str(data), "-f", "ttl"]) == 0
