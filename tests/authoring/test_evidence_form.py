"""The written forms of evidence, from YAML and CSV to records, RDF and back."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import RdfFormat, parse

from knockon.authoring.evidence_form import parse_evidence
from knockon.authoring.names import InvalidName
from knockon.errors import InvalidData
from knockon.model import DataSet, Document, Entity, Evidence
from knockon.model.addresses import document_iri
from knockon.rdf.from_rdf import read
from knockon.rdf.merge import merge
from knockon.rdf.to_rdf import quads
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import MY, PREFIXES
from support.data_folder import Folder

NOTICE = "https://example.org/notice"
#: The short form, and the fields of the record.
FORMS: dict[str, dict[str, Any]] = {
    "doc-list 10-50": {"start": 10, "end": 50},
    "doc-list row:114": {"row": 114},
    "doc-list sheet:Parts row:5": {"sheet": "Parts", "row": 5},
    'doc-list sheet:"Sheet 1" row:5 Alleges': {"sheet": "Sheet 1", "row": 5, "stance": "Alleges"},
    "doc-list key:33114": {"key": "33114"},
    'doc-list key:"AB 12" Denies rival': {"key": "AB 12", "stance": "Denies", "claimant": f"{MY}rival"},
    "doc-list pointer:/a/3": {"pointer": "/a/3"},
    "doc-list line:5": {"line": 5},
    "doc-list page:12 confidence:0.8": {"page": 12, "confidence": "0.8"},
    "doc-list page:12 confidence:80%": {"page": 12, "confidence": "0.8"},
    "doc-list": {},
    "doc-list Asks": {"stance": "Asks"},
}
DOCUMENTS = "Document:\n  doc-list: {title: List, keyColumn: id, url: 'https://example.org/list', retrieved: 2026-01-31}\n"


def evidence_of(data_set: DataSet, name: str = "acme") -> tuple[Evidence, ...]:
    """The evidence of an entity."""
    return next(record.evidence for record in data_set.records if record.name == name)


def as_written(short: str) -> Evidence:
    """The record that a short form means."""
    return Evidence(document=f"{MY}doc-list", **FORMS[short])


def yaml_of(evidence: str) -> str:
    return f"{DOCUMENTS}Company:\n  rival: {{label: Rival}}\n  acme:\n    label: Acme\n    evidence:\n    - {evidence}\n"


@pytest.mark.parametrize("short", FORMS)
def test_a_short_form_means_the_same_in_yaml_and_csv_and_survives_rdf(folder: Folder, short: str) -> None:
    """YAML, a cell of a table and RDF give one record."""
    from_yaml = folder.read_one("a.yaml", yaml_of(f"'{short}'"))
    assert evidence_of(from_yaml) == (as_written(short),)
    cell = '"' + short.replace('"', '""') + '"'
    table = f"id,label,class,evidence\nrival,Rival,Company,\nacme,Acme,Company,{cell}\n"
    described = f"name: tiny\nbase: {MY}\ntitle: Tiny\n"
    (folder.path / "a.yaml").unlink()
    from_csv = folder.read({"dataset.yaml": described, "documents.yaml": DOCUMENTS, "entities.csv": table})
    assert evidence_of(from_csv) == (as_written(short),)
    reading = read(quad for record in from_yaml.records for quad in quads(record, from_yaml.graph))
    assert (reading.problems, reading.extra, reading.records) == ((), (), from_yaml.records)


def test_the_fields_may_be_written_out(folder: Folder) -> None:
    """A mapping in YAML has the fields of the record, for an address the day of retrieval too."""
    data = folder.read_one("a.yaml", yaml_of("{document: doc-list, sheet: Parts, row: 5, confidence: 40%}"))
    assert evidence_of(data) == (Evidence(document=f"{MY}doc-list", sheet="Parts", row=5, confidence="0.4"),)
    data = folder.read_one("a.yaml", yaml_of(f"{{document: '{NOTICE}', retrieved: 2025-01-07, line: 3}}"))
    assert evidence_of(data) == (Evidence(document=document_iri(NOTICE), line=3),)
    assert str(next(r for r in data.records if r.id == document_iri(NOTICE)).retrieved) == "2025-01-07"  # type: ignore[attr-defined]


def test_an_address_makes_one_document_in_every_data_set(folder: Folder) -> None:
    """Two data sets that cite a page share its document: the later day of retrieval counts, and nothing conflicts."""
    first = folder.read_one("a.yaml", yaml_of(f"'{NOTICE} retrieved:2025-01-07'"))
    second = folder.read_one(
        "b.yaml", yaml_of("'HTTPS://Example.org/notice Alleges retrieved:2025-03-01'").replace("acme", "bee")
    )
    documents = {r.id: r for records in (first, second) for r in records.records if isinstance(r, Document) and r.url == NOTICE}
    assert list(documents) == [document_iri(NOTICE)]
    merged = {record.id: record for record, _ in merge([first, second])}
    assert merged[document_iri(NOTICE)] == Document(id=document_iri(NOTICE), title=NOTICE, url=NOTICE, retrieved="2025-03-01")
    store = MemoryStore(first, second)
    assert sum(isinstance(record, Document) and record.url == NOTICE for record in store.records) == 1


def test_documents_of_one_id_that_contradict_each_other_are_refused() -> None:
    """Two titles, or two licences, for one address are not merged in silence."""

    def data(name: str, **fields: str) -> DataSet:
        from support.small_records import data_set

        return data_set(name, [Document(id="urn:x:d", url=NOTICE, **{"title": NOTICE, **fields})])  # type: ignore[arg-type]

    assert merge([data("a"), data("b", title="Notice", license="MIT")])[0][0].title == "Notice"  # type: ignore[attr-defined]
    for other in ({"title": "Another"}, {"title": "Notice", "license": "CC0"}):
        with pytest.raises(InvalidData, match="is a different record"):
            merge([data("a", title="Notice", license="MIT"), data("b", **other)])


@pytest.mark.parametrize(
    ("evidence", "message"),
    [
        ("doc-list row:0", "row"),
        ("doc-list row:5 row:6", "row is given twice"),
        ("doc-list row:5 page:2", "points at one place, not at row and page"),
        ("doc-list row:5 10-20", "points at one place, not at row and span"),
        ("doc-list sheet:Parts", "sheet without a row"),
        ("doc-list pointer:a/3", "is not a JSON pointer"),
        ("doc-list page:twelve", "is not a whole number"),
        ("doc-list row:5 confidence:1.2", "confidence"),
        ("doc-list row:5 confidence:-0.1", "confidence"),
        ("doc-list row:5 confidence:often", "is not a number"),
        ("doc-list retrieved:2025-01-07", "retrieved belongs to a web address"),
        ("https://example.org/a retrieved:yesterday", "is not a date"),
        ("https://example.org/a#part", "has a fragment"),
        ("https://user:secret@example.org/", "contains the name of a user"),
        ("https:///nowhere", "has no host"),
        ("https://example.org:port/", "is not a web address"),
        ("javascript:alert(1)", "javascript"),
        ('doc-list sheet:"Sheet 1 row:5', "is neither a place nor a stance"),
        ("doc-list 3187", "is neither a place nor a stance"),
        ("doc-list Asserts rival more", "is neither a place nor a stance"),
        ("doc-lits row:5", "names doc-lits, which does not exist"),
    ],
)
def test_evidence_in_another_form_is_refused_with_its_line(folder: Folder, evidence: str, message: str) -> None:
    """Each fault has file, line and reason."""
    with pytest.raises(InvalidData) as raised:
        folder.read_one("a.yaml", yaml_of(f"'{evidence}'"))
    assert any(message in str(problem) and "a.yaml:8" in str(problem) for problem in raised.value.problems), raised.value


def test_a_key_needs_the_column_of_keys(folder: Folder) -> None:
    """A document without keyColumn has no rows by key."""
    with pytest.raises(InvalidData, match=r"a\.yaml:8: acme: evidence names key '33114' of doc-list, which has no keyColumn"):
        folder.read_one("a.yaml", yaml_of("doc-list key:33114").replace(", keyColumn: id", ""))


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "ftp://example.org/", "https://example.org/a b", "https://e.org/#x", "x"]
)
def test_a_document_has_an_address_of_the_web(folder: Folder, url: str) -> None:
    """Anything that a browser would run or that is no address is refused, in YAML and in tables."""
    with pytest.raises(InvalidData, match=r"a\.yaml:2.*url"):
        folder.read_one("a.yaml", f"Document:\n  doc: {{title: D, url: '{url}'}}\n")
    with pytest.raises(InvalidData, match=r"documents\.csv:2.*url"):
        folder.read_one("documents.csv", f"id,title,url\ndoc,D,{url}\n")


@given(
    st.text(max_size=40)
    | st.lists(st.sampled_from(["doc", "row:5", '"', "sheet:", "x:y", "1-2", "Asks", "key:"])).map(" ".join)
)
def test_any_text_is_evidence_or_refused(text: str) -> None:
    """No text gives another error; what is accepted names a document."""
    try:
        form = parse_evidence(text)
    except InvalidName:
        return
    assert form.fields["document"]


def test_confidence_is_part_of_no_number(folder: Folder) -> None:
    """The entity is the same but for the evidence."""
    data = folder.read_one("a.yaml", yaml_of("doc-list confidence:0.1"))
    assert isinstance(next(record for record in data.records if record.name == "acme"), Entity)
    assert str(evidence_of(data)[0].confidence) == "0.1"


TWICE = (
    "Document:\n  doc-a: {title: A, url: 'https://example.org/list'}\n  doc-b: {title: B, url: 'https://example.org/list'}\n"
)


def test_the_address_of_a_declared_document_names_it(folder: Folder) -> None:
    """One page is one document in a data set, in whichever file it is declared; the latest day of retrieval counts."""
    text = "Company:\n  acme: {label: Acme, evidence: ['https://example.org/list']}\n"
    text += "  mill: {label: Mill, evidence: ['HTTPS://example.org/list retrieved:2026-02-01', 'https://example.org/other']}\n"
    documents = "id,class,title,url,retrieved\ndoc-list,Document,A list,https://Example.org/list,2026-01-31\n"
    data = folder.read({"a.yaml": text, "documents.csv": documents})
    assert [evidence.document.rpartition("/")[2] for evidence in evidence_of(data)] == ["doc-list"]
    assert {evidence.document for evidence in evidence_of(data, "mill")} == {
        "https://example.org/id/doc-list", document_iri("https://example.org/other"),
    }  # fmt: skip
    days = {record.name: record.retrieved for record in data.records if isinstance(record, Document)}
    assert len(days) == 2
    assert str(days["doc-list"]) == "2026-02-01"


def test_an_address_of_two_documents_is_ambiguous(folder: Folder) -> None:
    """The error names both; so does a day that is no date."""
    text = f"{TWICE}Company:\n  acme: {{label: Acme, evidence: ['https://example.org/list']}}\n"
    (problem,) = folder.problems({"a.yaml": text}, "a.yaml")
    assert problem.startswith("a.yaml:5: ")
    assert "is the address of doc-a and of doc-b (cite one of them by its name)" in problem
    listed = DOCUMENTS + "Company:\n  acme: {label: Acme, evidence: ['https://example.org/list retrieved:2026-02-31']}\n"
    (problem,) = folder.problems({"a.yaml": listed}, "a.yaml")
    assert problem.startswith("a.yaml:4: ")
    assert "'2026-02-31' is not a date" in problem


TURTLE = """\
@prefix ex: <https://example.org/data/> .
ex:acme a ko:Company ; rdfs:label "Acme"@en ; ko:evidence ex:e .
ex:e a ko:Evidence ; oa:hasSource <HTTPS://Example.org/list> ; ko:stance ko:Asserts .
ex:doc-list a ko:Document ; dcterms:title "A list"@en ; schema:url <https://example.org/list> .
"""


def test_in_rdf_the_address_of_a_declared_document_names_it_too() -> None:
    text = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items()) + TURTLE
    reading = read(parse(text, RdfFormat.TURTLE))
    assert (reading.problems, reading.extra) == ((), ())
    acme = next(record for record in reading.records if record.name == "acme")
    assert [evidence.document for evidence in acme.evidence] == ["https://example.org/data/doc-list"]
    second = 'ex:doc-b a ko:Document ; dcterms:title "B"@en ; schema:url <https://example.org/list> .\n'
    (problem,) = read(parse(text + second, RdfFormat.TURTLE)).problems
    assert "is the address of https://example.org/data/doc-b and of https://example.org/data/doc-list" in str(problem)
