"""The words behind citations: only of files whose hash is that of the document, never more than 600 characters."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from knockon.analysis.answer_parts import cite
from knockon.analysis.records.document_folder import LONGEST, read_document_folder
from knockon.errors import NotFound
from knockon.model import Dependency, Document, Evidence
from knockon.present.citations import folder_notes
from support.document_sample import NOTE, TABLE, WORDS, cited_graph, write_documents
from support.hostile_records import data_in_page
from support.report_sample import iri


def quoted(folder: Path) -> dict[str, str]:
    """The words of each link of the sample, by the local name of the link."""
    graph = cited_graph()
    documents = read_document_folder(folder, graph.store.records)
    links = [record for record in graph.store.records if isinstance(record, Dependency)]
    return {link.name: documents.quote(cite(link.evidence, {})[0]) for link in links}


def test_spans_rows_and_values_are_quoted_in_one_line(tmp_path: Path) -> None:
    """A span, a row with the names of its columns, a value of JSON; a page of a PDF has no words."""
    assert quoted(write_documents(tmp_path)) == {
        "n0": WORDS.replace("\n", " "),
        "n1": "id: 8; name: <img src=x onerror=alert(1)>; share: 0",
        "n2": '"the bakery\u202e"',
        "n3": "",
    }


def test_a_changed_document_is_not_quoted_and_is_told(tmp_path: Path) -> None:
    """One byte more, and it is another document: known by its name, its words are not shown."""
    folder = write_documents(tmp_path / "papers", note=NOTE + b"\n", data=None)
    (folder / "holiday.txt").write_text("unrelated", "utf-8")
    assert [name for name, words in quoted(folder).items() if words] == ["n1"]
    documents = read_document_folder(folder, cited_graph().store.records)
    assert documents.changed == {iri("doc-note"): "note.txt"}
    assert folder_notes(documents) == (
        f"2 documents of {folder} are quoted",
        "note.txt is not the doc-note that was cited: its SHA-256 differs; it is not quoted",
        f"1 other file in {folder} is no document of this graph",
    )


def test_a_folder_without_documents_is_told(tmp_path: Path) -> None:
    """An empty folder quotes nothing and says so; a folder that is not there is an error."""
    documents = read_document_folder(tmp_path, cited_graph().store.records)
    assert folder_notes(documents) == (f"no document of this graph is in {tmp_path}; nothing is quoted",)
    with pytest.raises(NotFound, match="nowhere"):
        read_document_folder(tmp_path / "nowhere", [])


def test_names_of_files_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    """A file name with an escape sequence is shown with its numbers."""
    folder = write_documents(tmp_path / "a\x1b[31m", note=None)
    (folder / "doc-note\x1b]0;x\x07.txt").write_bytes(b"other")
    documents = read_document_folder(folder, cited_graph().store.records)
    assert all("\x1b" not in line and "\x07" not in line for line in folder_notes(documents))


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser can read every file")
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    folder = write_documents(tmp_path)
    (folder / "note.txt").chmod(0)
    assert "note.txt cannot be read" in folder_notes(read_document_folder(folder, cited_graph().store.records))


def test_folders_and_pipes_in_the_folder_are_passed_over(tmp_path: Path) -> None:
    """Only plain files are read; a pipe would never end."""
    folder = write_documents(tmp_path)
    (folder / "more").mkdir()
    os.mkfifo(folder / "pipe")
    assert quoted(folder)["n1"]


def test_long_words_are_cut(tmp_path: Path) -> None:
    """A row may be of any length; a quotation has at most 600 characters, the mark of the cut included."""
    content = ("id,text\n1," + "word " * 400 + "\n").encode()
    (tmp_path / "any").with_suffix(".csv").write_bytes(content)
    document = Document(id=iri("doc-any"), title="Any", sha256=hashlib.sha256(content).hexdigest())
    words = read_document_folder(tmp_path, [document]).quote(Evidence(document=document.id, row=2))
    assert len(words) <= LONGEST
    assert words.endswith("…")


def test_the_page_has_a_column_of_words(tmp_path: Path) -> None:
    """Beside the evidence, where a folder is given; without one the page is the same as ever."""
    graph = cited_graph()
    page = graph.explore("fire", documents=write_documents(tmp_path, list=TABLE + b"x"))
    assert page.notes[1].startswith("list.csv is not the doc-list")
    data = data_in_page(page)
    rows = zip(data["evidence"]["document"], data["evidence"]["words"], strict=True)
    shown = {data["strings"][data["documents"]["title"][document]]: data["strings"][words] for document, words in rows}
    assert shown["The list"] == shown["The paper"] == shown["The page"] == ""
    assert WORDS.replace("\n", " ") in [data["strings"][words] for words in data["evidence"]["words"]]
    assert "<img src=x" not in page
    assert "</script><script>" not in page
    changed = zip(data["documents"]["title"], data["documents"]["changed"], strict=True)
    assert [data["strings"][title] for title, differs in changed if differs] == ["The list"]
    assert "words" not in data_in_page(graph.explore("fire"))["evidence"]
    assert "changed" not in data_in_page(graph.explore("fire"))["documents"]
    assert graph.explore("fire").notes == ()


def test_a_page_has_a_title_of_its_own() -> None:
    """Escaped as any other text."""
    page = cited_graph().explore(title=" <b>Bread & butter</b> ")
    assert page.heading == "<b>Bread & butter</b>"
    assert "<title>&lt;b&gt;Bread &amp; butter&lt;/b&gt;" in page
