"""RDF files that would crash the parser or never end are refused with file and line; all others are read."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import Literal, RdfFormat

from knockon.cli import run
from knockon.errors import InvalidData
from knockon.rdf import parse as rdf_parse
from knockon.rdf.parse import parse_rdf
from knockon.store.files import FORMATS
from support.short_form import some_of

HOSTILE = Path(__file__).parents[1] / "cases" / "hostile"
RDF = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="urn:x:"'
BODY = '<rdf:Description rdf:about="urn:x:s"><x:p>1</x:p></rdf:Description>'
LAUGHS = '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">'
DEEP = 20_000


def xml(doctype: str = "", body: str = BODY, *, first: str = '<?xml version="1.0"?>', more: str = "") -> str:
    return f"{first}\n{doctype}\n{RDF}{more}>{body}</rdf:RDF>"


def fault(text: str | bytes, form: str) -> str:
    with pytest.raises(InvalidData) as caught:
        parse_rdf(text if isinstance(text, bytes) else text.encode(), FORMATS[form], "a")
    (problem,) = caught.value.problems
    return str(problem)


ENTITIES = {
    "recursive": xml(f"<!DOCTYPE x [{LAUGHS}]>", BODY.replace("1", "&c;")),
    "in an attribute": xml(f"<!DOCTYPE x [{LAUGHS}]>", BODY.replace("urn:x:s", "urn:x:&c;")),
    "in a namespace": xml(f"<!DOCTYPE x [{LAUGHS}]>", more=' xmlns:y="urn:&c;"'),
    "quadratic": xml(f'<!DOCTYPE x [<!ENTITY a "{"a" * 1000}">]>', BODY.replace("1", "&a;" * 1000)),
    "parameter": xml("""<!DOCTYPE x [<!ENTITY % a "<!ENTITY b 'x'>"> %a;]>"""),
    "external": xml('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', BODY.replace("1", "&a;")),
    "of an ontology": xml('<!DOCTYPE rdf:RDF [<!ENTITY owl "http://www.w3.org/2002/07/owl#" >]>'),
    "in a comment of the DOCTYPE": xml('<!DOCTYPE x [<!-- <!ENTITY a "b"> -->]>', BODY.replace("1", "&a;")),
    "in a text of the DOCTYPE": xml("""<!DOCTYPE x SYSTEM "<!ENTITY a 'b'>">"""),
    "after comments": xml(f"<!-- a --><?b c?><!DOCTYPE x [{LAUGHS}]>"),
}


@pytest.mark.parametrize("text", ENTITIES.values(), ids=ENTITIES)
def test_declarations_of_entities_are_refused(text: str) -> None:
    """Before the RDF parser sees them, whatever they say and wherever they are used."""
    message = fault(text, "rdf")
    assert message.startswith("a:2: declares XML entities, which are not read: they can expand without limit (")
    assert "riot" in message
    assert "DOCTYPE" in message


HIDDEN = {
    "in the midst": xml(body=f"<!DOCTYPE x [{LAUGHS}]>{BODY}"),
    "a second one": xml(f"<!DOCTYPE x><!DOCTYPE x [{LAUGHS}]>"),
    "small letters": xml(f"<!doctype x [{LAUGHS}]>"),
    "an open bracket": xml('<!DOCTYPE x SYSTEM "<">', f"<![CDATA[{LAUGHS}>]]>"),
    "a closed bracket": xml('<!DOCTYPE x SYSTEM ">">'),
    "no element": f"<!DOCTYPE x [{LAUGHS}",
}


@pytest.mark.parametrize("text", HIDDEN.values(), ids=HIDDEN)
def test_what_only_the_rdf_parser_takes_for_a_declaration_is_refused(text: str) -> None:
    """It is lenient, and would expand these."""
    assert fault(text, "rdf").startswith("a:")


HARMLESS = {
    "DOCTYPE": xml('<!DOCTYPE rdf:RDF PUBLIC "a" "http://x/y.dtd">'),
    "subset": xml("<!DOCTYPE x [<!ELEMENT x ANY>]>"),
    "mentioned in a comment": xml(f"<!-- <!DOCTYPE x [{LAUGHS}]> -->"),
    "mentioned in CDATA": xml(body=BODY.replace("1", f"<![CDATA[<!DOCTYPE x [{LAUGHS}]>]]>")),
    "mentioned after a DOCTYPE": xml("<!DOCTYPE x>", BODY.replace("1", f"<![CDATA[{LAUGHS}]]>")),
    "mentioned in an attribute": xml(body='<rdf:Description rdf:about="urn:x:s" x:p="&lt;!ENTITY"/>'),
    "letters of today in a name": xml(body=BODY.replace("x:p", "x:ሀ")),
    "UTF-8 by its old name": xml(first='<?xml version="1.0" encoding="UTF8"?>'),
}


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_what_declares_no_entity_is_read(text: str) -> None:
    for content in (text.encode(), b"\xef\xbb\xbf" + text.encode()):
        assert len(parse_rdf(content, RdfFormat.RDF_XML, "a")) == 1


def test_other_encodings_are_named_with_a_way_out() -> None:
    """A declaration in UTF-16 does not bypass the check."""
    for codec in ("utf-16", "utf-16-be", "utf-16-le"):
        assert "a:1: is in UTF-16" in fault(ENTITIES["recursive"].encode(codec), "rdf")
        assert "iconv" in fault("<urn:x:s> <urn:x:p> 1 .".encode(codec), "ttl")
    assert "a:1: is not text" in fault(b"\0\1\2", "ttl")
    assert "a:1: is in 'latin-1'" in fault(xml(first='<?xml version="1.0" encoding="latin-1"?>'), "rdf")
    assert "a:2: is not well-formed" in fault(xml(f"<!-- {chr(0xE9)} -->").encode("latin-1"), "rdf")


TERM = "<<( <urn:x:s> <urn:x:p> "
NESTED = {
    **{
        f"triple terms, {form}": (form, "<urn:x:s> <urn:x:p> " + TERM * DEEP + "1" + " )>>" * DEEP)
        for form in ("ttl", "nt", "nq", "trig")
    },
    "triple terms, open": ("nt", "<urn:x:s> <urn:x:p> " + TERM * DEEP),
    "reified": ("ttl", "<< " * DEEP),
    "lists": ("ttl", "<urn:x:s> <urn:x:p> " + "(" * DEEP + ")" * DEEP + " ."),
    "blank nodes": ("ttl", "<urn:x:s> <urn:x:p> " + "[ <urn:x:p> " * DEEP),
    "annotations": ("ttl", "<urn:x:s> <urn:x:p> 1 " + "{| <urn:x:p> 1 " * DEEP),
    "elements": ("rdf", f"{RDF}>" + "<rdf:Description><x:p>" * DEEP),
    "XML literal": ("rdf", xml(body=BODY.replace("<x:p>1", '<x:p rdf:parseType="Literal">' + "<b>" * DEEP))),
    "arrays": ("jsonld", '{"urn:x:p":' + "[" * DEEP),
    "objects": ("jsonld", '{"urn:x:p":' * DEEP),
    "contexts": ("jsonld", '{"@context":' + '{"p":{"@id":"urn:x:p","@context":' * DEEP),
    "graphs": ("jsonld", '{"@graph":' * DEEP),
}


@pytest.mark.parametrize(("form", "text"), NESTED.values(), ids=NESTED)
def test_nesting_without_end_is_refused(form: str, text: str) -> None:
    """Some of these ended the process, others took minutes or gigabytes."""
    message = fault(text, form)
    assert " nested more than " in message
    assert message.startswith({"jsonld": "a: ", "rdf": "a:3: " if text.startswith("<?") else "a:1: "}.get(form, "a:1: "))


def test_brackets_in_texts_names_and_comments_are_none() -> None:
    signs = "[[((<<({{" * 100
    content = f'''<urn:x:s> <urn:x:p> "{signs}", """{signs}\n"{signs}""", '{signs}', <urn:x:[> . # {signs}
    <urn:x:s> <urn:x:p> "\\"{signs}" . '''
    assert len(parse_rdf(content.replace("<urn:x:[>", "<urn:x:o>").encode(), RdfFormat.TURTLE, "a")) == 5
    assert (
        len(parse_rdf(json.dumps({"@id": "urn:x:s", "urn:x:p": [signs, "[", '"[' * 600]}).encode(), RdfFormat.JSON_LD, "a"))
        == 3
    )
    flat = " ".join(["[] <urn:x:p> ( <<( <urn:x:s> <urn:x:p> 1 )>> [] ) ."] * 600)
    assert len(parse_rdf(flat.encode(), RdfFormat.TURTLE, "a")) == 5 * 600


def test_as_deep_as_is_allowed_is_read_and_written() -> None:
    from knockon.store.files import from_quads, to_bytes

    text = "<urn:x:s> <urn:x:p> " + "<<( _:a <urn:x:p> " * 100 + "_:a" + " )>>" * 100 + " ."
    data_set = from_quads(parse_rdf(text.encode(), RdfFormat.N_TRIPLES, "a"), "a", "a")
    assert parse_rdf(to_bytes(data_set.extra, RdfFormat.RDF_XML), RdfFormat.RDF_XML, "a")[0].triple == data_set.extra[0].triple


LINKS = 1_000
CONTEXTS = {
    "chain": {f"a{i}": f"a{i + 1}:x" for i in range(LINKS)},
    "chain of whole terms": {f"a{i}": f"a{i + 1}" for i in range(LINKS)},
    "chain of definitions": {f"a{i}": {"@id": f"a{i + 1}:x"} for i in range(LINKS)},
    "chain of types": {f"a{i}": {"@id": "urn:x:p", "@type": f"a{i + 1}"} for i in range(LINKS)},
    "ring": {f"a{i}": f"a{(i + 1) % LINKS}:x" for i in range(LINKS)},
}


@pytest.mark.parametrize("context", CONTEXTS.values(), ids=CONTEXTS)
def test_chains_of_terms_in_a_context_are_refused(context: dict[str, object]) -> None:
    """The parser follows them recursively, until the stack overflows."""
    for key in ("@context", "\\u0040context"):
        text = json.dumps({"@context": context, "@id": "urn:x:s", "a0": "1"}).replace('"@context"', f'"{key}"', 1)
        assert "terms of a @context are built from one another" in fault(text, "jsonld")


def test_large_contexts_are_read_once_and_not_inside_of_others() -> None:
    terms = {f"t{i}": f"urn:x:{i}" for i in range(3000)} | {f"s{i}": f"schema:{i}" for i in range(3000)} | {"schema": "urn:s:"}
    once = {"@context": terms, "@graph": [{"t1": 1} for _ in range(100)]}
    assert len(parse_rdf(json.dumps(once).encode(), RdfFormat.JSON_LD, "a")) == 100
    inside = {"@context": terms, "@graph": [{"@context": {"q": "urn:x:q"}, "t1": 1} for _ in range(3000)]}
    assert "contexts with 9,001 terms are nested" in fault(json.dumps(inside), "jsonld")
    scoped = {
        "@context": terms | {"t1": {"@id": "urn:x:1", "@context": {}}},
        "@graph": [{"t1": {"t2": 1}} for _ in range(3000)],
    }
    assert "are nested" in fault(json.dumps(scoped), "jsonld")


@pytest.mark.parametrize("context", ['"http://127.0.0.1:9/x"', '{"@version": 1.1, "@import": "http://127.0.0.1:9/x"}'])
def test_contexts_elsewhere_are_never_fetched(context: str) -> None:
    assert "replace the address with the context itself)" in fault(f'{{"@context": {context}, "p": "1"}}', "jsonld")


LONG = "a" * (1 << 24)
TOO_LONG = {
    "literal": ("nt", f'<urn:x:s> <urn:x:p> "b" .\n<urn:x:s> <urn:x:p> "{LONG}" .\n'),
    "many lines": ("ttl", '<urn:x:s> <urn:x:p> 1 .\n<urn:x:s> <urn:x:p> """' + "a\n" * (1 << 23) + '""" .\n'),
    "IRI": ("nq", f'<urn:x:s> <urn:x:p> "b" .\n<urn:x:{LONG}> <urn:x:p> "b" .\n'),
    "label": ("nt", f'<urn:x:s> <urn:x:p> "b" .\n_:{LONG} <urn:x:p> "b" .\n'),
    "comment": ("trig", f"<urn:x:s> <urn:x:p> 1 .\n#{LONG}\n"),
    "string": ("jsonld", f'{{"@id": "urn:x:s",\n"urn:x:p": "{LONG}"}}'),
    "text": ("rdf", xml(body=BODY.replace("1", LONG + "a"))),
    "attribute": ("rdf", xml(body=f'<rdf:Description rdf:about="urn:x:s" x:p="{LONG}a"/>')),
    "markup": ("rdf", xml(f"<!--{LONG}-->")),
}


@pytest.mark.parametrize(("form", "text"), some_of(TOO_LONG.values(), 3, several=True), ids=TOO_LONG)
def test_texts_of_more_than_16_mb_are_refused_with_their_line(form: str, text: str) -> None:
    message = fault(text, form)
    assert "16 MB (keep long texts in files of their own" in message
    assert message.startswith("a:1: " if "<!--" in text else ("a:2: ", "a:3: "))


def test_an_xml_literal_of_more_than_16_mb_in_parts_is_refused() -> None:
    body = BODY.replace("<x:p>1", '<x:p rdf:parseType="Literal">' + f"<b>{LONG[: 1 << 20]}</b>" * 17)
    assert "is longer than 16 MB" in fault(xml(body=body), "rdf")


def test_namespaces_that_make_a_file_grow_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long namespace under a short prefix: a megabyte of file could become gigabytes."""
    monkeypatch.setattr(rdf_parse, "_MIN_ALLOWED", 4 << 20)
    space = "urn:x:" + "a" * 300_000
    for form, text in {
        "ttl": f"@prefix p: <{space}> .\n" + "p:a p:b p:c .\n" * 200,
        "rdf": xml(body="<rdf:Description><y:p>1</y:p></rdf:Description>" * 200, more=f' xmlns:y="{space}"'),
        "jsonld": json.dumps({"@context": {"@vocab": space}, "@graph": [{"p": {"q": 1}} for _ in range(200)]}),
    }.items():
        assert "its triples take more than 9 MB, from 0.3 MB" in fault(text, form)


def test_attributes_and_namespaces_of_an_element_are_bounded() -> None:
    """The parser compares each attribute with all others, and looks through all namespaces for each name."""
    attributes = " ".join(f'x:a{i}="1"' for i in range(2001))
    assert "more than 2,000 attributes" in fault(xml(body=f"<rdf:Description {attributes}/>"), "rdf")
    spaces = " ".join(f'xmlns:n{i}="urn:{i}"' for i in range(300))
    nested = f"<rdf:Description><x:p {spaces}><rdf:Description {spaces}/></x:p></rdf:Description>"
    assert "more than 500 namespaces are declared" in fault(xml(body=nested), "rdf")
    beside = f"<rdf:Description {spaces}><x:p>1</x:p></rdf:Description>" * 3
    assert len(parse_rdf(xml(body=beside).encode(), RdfFormat.RDF_XML, "a")) == 3


def test_characters_that_xml_cannot_hold_are_not_read() -> None:
    for sign in ("&#0;", "&#1;", "&#xD800;", "&#xFFFF;", "\x02"):
        assert fault(xml(body=BODY.replace("1", sign)), "rdf").startswith("a:3: is not well-formed XML")


def test_escaped_controls_are_read_and_surrogates_are_not() -> None:
    (quad,) = parse_rdf(rb'<urn:x:s> <urn:x:p> "a\u0000b\u0001" .', RdfFormat.N_TRIPLES, "a")
    assert quad.object == Literal("a\0b\x01")
    assert fault(rb'<urn:x:s> <urn:x:p> "\uD800" .', "nt").startswith("a:1: ")
    assert fault(rb'{"@id": "urn:x:s", "urn:x:p": "\uD800"}', "jsonld").startswith("a:1: ")


def test_triples_that_leave_no_room_in_memory_are_refused() -> None:
    """Only where a limit is set, of a process of its own: one that has run tests reads into memory that it has already."""
    code = """
import resource
from pyoxigraph import RdfFormat
from knockon.errors import LimitReached
from knockon.rdf import memory
from knockon.rdf.parse import parse_rdf

text = b"<urn:x:s> <urn:x:p> " + b", ".join(b"<urn:x:o%d>" % i for i in range(100_000)) + b" ."
resource.setrlimit(resource.RLIMIT_AS, (memory._used() + (20 << 20), resource.RLIM_INFINITY))
try:
    parse_rdf(text, RdfFormat.TURTLE, "a")
except LimitReached as error:
    print(error)
resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(len(parse_rdf(text, RdfFormat.TURTLE, "a")))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    refused, read = done.stdout.splitlines()
    assert re.match(r"a: its first \d+,\d+ triples take a tenth of the memory", refused)
    assert read == "100000"


def test_a_failure_of_the_parser_itself_is_an_error_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A panic of the parser is no Exception, and would pass by every handler."""
    panic = type("PanicException", (BaseException,), {})
    for error, words in (
        (panic("?"), "makes the RDF parser fail"),
        (OSError("?"), "does not parse: ?"),
        (ValueError("?"), "?"),
    ):

        def parse(*_: object, error: BaseException = error, **__: object) -> None:
            raise error

        monkeypatch.setattr("pyoxigraph.parse", parse)
        assert words in fault("", "ttl")


def test_the_command_refuses_entities(capsys: pytest.CaptureFixture[str]) -> None:
    """It took memory until there was none."""
    assert run(["validate", str(HOSTILE / "lol.rdf")]) == 4
    assert "lol.rdf:1: declares XML entities" in capsys.readouterr().err


def test_json_ld_in_another_encoding_is_refused_with_its_line() -> None:
    """Latin-1 text is not UTF-8; the hint states how to save it."""
    names = ", ".join(f'"n{number}": "1"' for number in range(300))
    content = f'{{{names},\n"label": "caf\u00e9"}}'.encode("latin-1")
    assert fault(content, "jsonld") == "a:2: is not text in UTF-8 (save it as UTF-8)"
