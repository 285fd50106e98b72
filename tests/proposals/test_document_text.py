"""Documents: text and PDF with their places; other files, damaged ones and hostile ones are refused or harmless."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from knockon.analysis.records.document_content import DocumentContent
from knockon.errors import InvalidData, KnockonError, NotFound, UsageError
from knockon.model import Company, Document, Evidence, Material
from knockon.proposals import document_text
from knockon.proposals.check_line import LineChecker, Refused
from knockon.proposals.document_text import DocumentText, find_document, mask_markup
from knockon.proposals.proposal import Proposal
from knockon.proposals.rules.extract import Rules
from support.tiny_pdf import tiny_pdf

GRAPH = [Company(id="urn:x:acme", label="Acme"), Material(id="urn:x:cobalt", label="Cobalt")]


def test_a_pdf_has_pages_and_words_broken_at_ends_of_lines() -> None:
    """The rules read across the break; the evidence is the page, and the place is one of its text."""
    document = DocumentText.of("a.pdf", tiny_pdf(["A first page."], ["In 2021 Acme relies on co-", "balt from two mines."]))
    [line] = Rules(GRAPH)(document)
    assert (line["page"], line["fields"]) == (2, {"dependant": "urn:x:acme", "need": "urn:x:cobalt"})
    given = {**line, "quote": "Acme relies on cobalt"}
    checker = LineChecker(document, GRAPH, "me", "")
    for place in ((), ("page",), ("page", "start", "end")):
        proposal = checker.check(
            1, {key: value for key, value in given.items() if key not in ("page", "start", "end") or key in place}
        )
        assert isinstance(proposal, Proposal)
        assert (proposal.page, proposal.match, proposal.evidence("urn:x:d").place) == (2, "hyphenation", "page:2")
    wrong = checker.check(1, {**given, "page": 3})
    assert isinstance(wrong, Refused)
    assert "the last page is 2" in wrong.reason


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.docx", b"PK\x03\x04", ".txt"),
        ("a", b"text", ".txt"),
        ("a.pdf", b"not one", "is not a PDF"),
        ("a.pdf", b"%PDF-1.7 broken", "cannot be read as PDF"),
        ("a.txt", b"caf\xe9", "UTF-8"),
        ("a.txt", b"\xff\xfe\x00", "UTF-16"),
    ],
)
def test_other_kinds_of_documents_are_refused(name: str, data: bytes, message: str) -> None:
    """With an error that says what is read, and without a traceback."""
    with pytest.raises(KnockonError, match=message):
        DocumentText.of(name, data)


def test_a_text_may_be_utf_16_with_its_mark() -> None:
    """Places are those of its text, and who cites it finds the words there."""
    data = "In short, Acme relies on caf\u00e9 cobalt.".encode("utf-16")
    [line] = Rules(GRAPH)(DocumentText.of("a.txt", data))
    place = Evidence(document="urn:x:d", start=line["start"], end=line["end"])
    assert DocumentContent("a.txt", data).find(place).text == line["quote"]


def test_a_document_has_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused before it is read."""
    monkeypatch.setattr(document_text, "MOST_BYTES", 10)
    tmp_path.joinpath("a.txt").write_text("Acme relies on cobalt.")
    with pytest.raises(InvalidData, match="larger than"):
        DocumentText.read(tmp_path / "a.txt")
    with pytest.raises(NotFound):
        DocumentText.read(tmp_path / "b.txt")
    with pytest.raises(UsageError):
        DocumentText.read(tmp_path)


#: Texts of 20,000 characters or more, each of one kind of repetition.
HOSTILE = [
    part * (20_000 // len(part) + 1)
    for part in (
        "x", "a ", "\n", " ", "<", "<a", "<script", "<!--", "Acme ", "Acme relies on ", "Acme relies on cobalt, ", ". ",
        "\x00\x1b[31m\u202e", "\u5546", "not ", "%", "9", "-\n", "Acme's ",
    )
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
def test_hostile_texts_take_linear_time(text: str) -> None:
    """Long lines, white space, unclosed markup and repeated phrases are read in one pass."""
    lines = list(Rules(GRAPH)(DocumentText.of("a.html", text.encode())))
    assert all(line["quote"] for line in lines)


def test_markup_is_no_text() -> None:
    """What is inside tags, scripts and comments states nothing, and offsets are those of the file."""
    text = "<p title='Acme relies on cobalt'>One <b>Acme</b> relies on <i>cobalt</i>.</p><script>Acme uses cobalt</script>"
    assert len(mask_markup(text)) == len(text)
    [line] = Rules(GRAPH)(DocumentText.of("a.html", text.encode()))
    assert line["quote"] == "Acme</b> relies on <i>cobalt"


def test_a_document_is_found_by_its_file_or_its_record(tmp_path: Path) -> None:
    """In one folder and nowhere else."""
    tmp_path.joinpath("a.txt").write_text("Acme relies on cobalt.")
    sha256 = hashlib.sha256(b"Acme relies on cobalt.").hexdigest()
    records = [
        Document(id="urn:x:note", title="A note", sha256=sha256),
        Document(id="urn:x:other", title="Other", sha256="0" * 64),
    ]
    assert {find_document(name, tmp_path, records).name for name in ("a.txt", "note", "A note", "urn:x:note")} == {"a.txt"}
    for name in ("b.txt", "other", "../a.txt", str(tmp_path / "a.txt"), "/etc/passwd"):
        with pytest.raises(NotFound):
            find_document(name, tmp_path, records)
    with pytest.raises(NotFound):
        find_document("a.txt", tmp_path / "none", records)
