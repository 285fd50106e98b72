"""Evidence of rows, keys, values, lines, pages and addresses on the command line: checked, shown, cited."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knockon.model.addresses import document_iri
from support.workbook_file import workbook

Run = Callable[..., Any]
CASES = Path(__file__).parent.parent / "cases"
LIST = 'id,name,note\r\n33114,Tencent,"two\r\nlines"\r\n33115,"Acme, Inc",<b>\r\n'
PDF = "%PDF-1.4\n1 0 obj << /Type /Pages /Kids [2 0 R] /Count 12 >> endobj\n"
FILES = {"list.csv": LIST, "data.json": '{"a": [1, {"b": "\\u001b[31mred"}]}', "log.jsonl": "{}\n[2]\n", "report.pdf": PDF}
ADDRESS = "https://example.org/notice"


def document(name: str, file: str, more: str = "") -> str:
    digest = hashlib.sha256(FILES[file].encode()).hexdigest()
    return f"  {name}: {{title: {name} of it, sha256: {digest}{more}}}\n"


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """The documents at hand."""
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_bytes(content.encode())
    return folder


@pytest.fixture
def cite(knockon: Run, tmp_path: Path) -> Callable[..., str]:
    """Load a store with one company that cites places."""

    def load(*evidence: str) -> str:
        listed = "".join(f"    - '{item}'\n" for item in evidence)
        text = (
            "Document:\n"
            + document("doc-list", "list.csv", ", keyColumn: id, url: 'https://example.org/list', retrieved: 2026-01-31")
            + document("doc-data", "data.json")
            + document("doc-log", "log.jsonl")
            + document("doc-report", "report.pdf")
            + "  doc-absent: {title: Absent}\n"
            + f"Company:\n  acme:\n    label: Acme\n    evidence:\n{listed}"
            + "  shop: {label: Shop}\n"
            + "Dependency:\n  shop-needs-acme:\n    dependant: shop\n    need: acme\n    criticality: high\n"
            + f"    evidence:\n{listed}"
        )
        (tmp_path / "a.yaml").write_text(text, "utf-8")
        done = knockon("load", "a.yaml", "--store", "mine")
        assert done.code == 0, done.err
        return "mine"

    return load


def test_places_in_the_documents_at_hand_are_found(knockon: Run, cite: Callable[..., str], documents: Path) -> None:
    """Every kind of place is looked up; what is not at hand is listed, and does not fail."""
    cite(
        "doc-list row:1", "doc-list row:3", "doc-list key:33114", "doc-list 0-8", "doc-data pointer:/a/1/b", "doc-log line:2",
        "doc-report page:12", "doc-list", "doc-absent page:3", ADDRESS,
    )  # fmt: skip
    done = knockon("evidence", "check", "--documents", str(documents), "--store", "mine")
    assert done.code == 0, done.err
    assert "1 spans, 0 outside" in done.err
    assert "9 other places, 0 missing, 2 not checked" in done.err
    assert "doc-absent: 1 place not checked: no file at hand" in done.err
    answer = knockon("evidence", "check", "--documents", str(documents), "--store", "mine", "--format", "json").json
    assert (answer["ok"], answer["places"], "missing" in answer) == (True, 9, False)
    assert {row["id"]: row["places"] for row in answer["not_checked"]} == {
        "doc-absent": 1,
        document_iri(ADDRESS).rpartition("/")[2]: 1,
    }


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("doc-list row:4", "list.csv:4: row 4 does not exist; the last row is 3; cited by acme, shop-needs-acme"),
        ("doc-list key:7", "list.csv:1: key 7 does not exist (column id)"),
        ("doc-list sheet:Parts row:2", "list.csv: sheet Parts does not exist: the file is not a workbook"),
        ("doc-data pointer:/a/2", "data.json: pointer /a/2 does not exist"),
        ("doc-data pointer:/a/01", "data.json: pointer /a/01 does not exist"),
        ("doc-list pointer:/a", "list.csv: /a cannot be looked up: the file is not JSON"),
        ("doc-log line:3", "log.jsonl:2: line 3 does not exist; the last line is 2"),
        ("doc-report page:13", "report.pdf: page 13 does not exist; the last page is 12"),
        ("doc-list page:1", "list.csv: page 1 does not exist: the file is not a PDF"),
    ],
)
def test_a_place_that_does_not_exist_is_an_error(
    knockon: Run, cite: Callable[..., str], documents: Path, place: str, message: str
) -> None:
    """Exit 4, with the file, the line and the records; `evidence show` says so too."""
    cite(place)
    done = knockon("evidence", "check", "--documents", str(documents), "--store", "mine")
    assert (done.code, message in done.err) == (4, True), done.err
    answer = knockon("evidence", "check", "--documents", str(documents), "--store", "mine", "--format", "json")
    assert (answer.code, answer.json["ok"], len(answer.json["missing"])) == (4, False, 1)
    shown = knockon("evidence", "show", "acme", "--documents", str(documents), "--store", "mine")
    assert shown.code == 0
    assert "does not exist" in shown.err or "cannot be looked up" in shown.err


@pytest.fixture
def in_workbook(knockon: Run, tmp_path: Path, documents: Path) -> Callable[[str], Any]:
    """Check a place in a workbook of two sheets; the first row of the second sheet is empty."""
    path = workbook(
        documents / "parts.xlsx",
        {"Notes": [["id", "text"], ["1", "first"]], "Parts": [[], ["id", "maker"], ["", ""], ["7", "Acme"], ["8", "Mill"]]},
    )
    digest = hashlib.sha256(path.read_bytes()).hexdigest()

    def check(place: str, *more: str) -> Any:
        text = f"Document:\n  doc-parts: {{title: Parts, keyColumn: id, sha256: {digest}}}\n"
        (tmp_path / "a.yaml").write_text(f"{text}Company:\n  acme: {{label: Acme, evidence: ['{place}']}}\n")
        command = more or ("check",)
        return knockon("evidence", *command, "--documents", str(documents), "--store", "a.yaml")

    return check


@pytest.mark.parametrize(
    "place",
    [
        "sheet:Parts row:2",
        "sheet:Parts row:4",
        "sheet:Parts row:5",
        "sheet:Parts key:8",
        "sheet:Notes row:2",
        "sheet:Notes key:1",
    ],
)
def test_a_row_of_a_workbook_is_found(in_workbook: Callable[..., Any], place: str) -> None:
    done = in_workbook(f"doc-parts {place}")
    assert done.code == 0, done.err
    assert "1 other place, 0 missing, 0 not checked" in done.err


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("sheet:Parts row:6", "parts.xlsx:5: row 6 of sheet Parts does not exist; the last row is 5; cited by acme"),
        ("sheet:Parts row:3", "parts.xlsx:5: row 3 of sheet Parts is empty; cited by acme"),
        ("sheet:Parts row:9999999", "row 9999999 of sheet Parts does not exist; the last row is 5"),
        ("sheet:Parts row:1", "row 1 of sheet Parts is empty; cited by acme"),
        ("sheet:Makers row:2", "parts.xlsx: sheet Makers does not exist; cited by acme"),
        ("sheet:Parts key:9", "parts.xlsx:2: key 9 does not exist (column id); cited by acme"),
        ("row:3", "parts.xlsx:2: row 3 does not exist; the last row is 2"),
        ("line:2", "parts.xlsx: line 2 does not exist: the file is a workbook"),
        ("pointer:/a", "parts.xlsx: /a cannot be looked up: the file is a workbook"),
        ("0-5", "parts.xlsx: 0-5 is not inside its text"), ("page:1", "page 1 does not exist: the file is not a PDF"),
    ],
)  # fmt: skip
def test_a_row_that_a_workbook_does_not_have_is_an_error(in_workbook: Callable[..., Any], place: str, message: str) -> None:
    """With the file, the row and the sheet; exit 4."""
    done = in_workbook(f"doc-parts {place}")
    assert (done.code, message in done.err) == (4, True), done.err


def test_a_row_of_a_workbook_is_shown(in_workbook: Callable[..., Any]) -> None:
    assert "id: 7; maker: Acme" in in_workbook("doc-parts sheet:Parts row:4", "show", "acme").out


def test_what_stands_at_a_place_is_shown(knockon: Run, cite: Callable[..., str], documents: Path) -> None:
    """A row with its columns, a value of JSON, a line; control characters never reach the terminal."""
    cite("doc-list row:2", "doc-list key:33115 confidence:0.5", "doc-data pointer:/a/1", "doc-log line:2", "doc-report page:2")
    rows = knockon("evidence", "show", "acme", "--documents", str(documents), "--store", "mine", "--format", "json").json
    by_place = {(row["document"], row.get("row"), row.get("key")): row for row in rows}
    assert by_place["doc-list", 2, None]["quotation"] == "id: 33114; name: Tencent; note: two\r\nlines"
    assert by_place["doc-list", None, "33115"]["quotation"] == "id: 33115; name: Acme, Inc; note: <b>"
    assert by_place["doc-list", None, "33115"]["confidence"] == 0.5
    assert by_place["doc-data", None, None]["quotation"] == '{"b": "\\u001b[31mred"}'
    assert by_place["doc-log", None, None]["quotation"] == "[2]"
    assert by_place["doc-report", None, None]["quotation"] is None
    text = knockon("evidence", "show", "acme", "--documents", str(documents), "--store", "mine").out
    assert "row 2" in text
    assert "\x1b" not in text


def test_one_wording_in_every_answer(knockon: Run, cite: Callable[..., str]) -> None:
    """explain, profile, show and the note name the place alike, and the address with the day of retrieval."""
    cite("doc-list row:114 confidence:0.5", "doc-report page:12", f"{ADDRESS} retrieved:2025-01-07")
    hit = ("shop", "--hit", "acme=high", "--store", "mine")
    tree = knockon("explain", *hit).out
    assert "doc-list row 114" in " ".join(tree.split())
    assert "https://example.org/list" in tree
    assert f"{ADDRESS} (retrieved" in tree
    note = knockon("explain", *hit, "--format", "md").out
    assert all(words in note.replace("\\", "") for words in ("row 114 confidence 0.5", "page 12", "(retrieved 2025-01-07)"))
    profile = knockon("profile", "acme", "--store", "mine").out
    assert f"[{ADDRESS} (retrieved 2025-01-07); doc-list row 114, confidence 0.5; doc-report page 12]" in profile
    shown = knockon("show", "acme", "--store", "mine").out
    assert "doc-list of it (doc-list) row 114 Asserts confidence 0.5 https://example.org/list (retrieved 2026-01-31)" in shown
    answer = knockon("explain", *hit, "--format", "json").json
    cited = answer["links"][0]["evidence"]
    assert {"row": 114, "confidence": 0.5, "address": "https://example.org/list", "retrieved": "2026-01-31"}.items() <= {
        key: value for citation in cited for key, value in citation.items() if citation.get("row")
    }.items()


def test_only_addresses_of_the_web_become_links(knockon: Run, cite: Callable[..., str], tmp_path: Path) -> None:
    """In the report an address is a link without referrer; the text of another address stays text."""
    cite("doc-list row:114", ADDRESS)
    assert knockon("report", "--hit", "acme=high", "--store", "mine", "-o", "r.html").code == 0
    html = (tmp_path / "r.html").read_text("utf-8")
    assert f'<a href="{ADDRESS}" rel="noopener noreferrer">{ADDRESS}</a>' in html
    assert "row 114, asserts" in html
    assert "retrieved 2026-01-31" in html
    assert "javascript:" not in html
    assert knockon("explore", "--store", "mine", "-o", "p.html").code == 0
    assert '"url":' in (tmp_path / "p.html").read_text("utf-8")


def test_the_case_of_a_table_with_addresses(knockon: Run, tmp_path: Path) -> None:
    """A column url of documents is read, and rows are evidence."""
    folder = tmp_path / "case"
    shutil.copytree(CASES / "evidence_of_row", folder)
    assert knockon("validate", str(folder)).code == 0
    (folder / "companies.csv").write_text("id,label,evidence\ntencent,Tencent,doc-list row:5\n", "utf-8")
    done = knockon("load", str(folder), "--store", "mine")
    assert done.code == 0, done.err
    exported = knockon("export", "--store", "mine", "--format", "nq").out
    assert '<http://www.w3.org/1999/02/22-rdf-syntax-ns#value> "row=5"' in exported
    assert "<https://schema.org/url> <https://example.org>" in exported
    assert "row 5" in knockon("show", "tencent", "--store", "mine").out
    (folder / "companies.csv").write_text("id,label,evidence\ntencent,Tencent,doc-list row:5 confidence:1.5\n", "utf-8")
    refused = knockon("validate", str(folder))
    assert (refused.code, "companies.csv:2" in refused.err, "confidence" in refused.err) == (4, True, True)
