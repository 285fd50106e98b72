"""Whether spans are where they say: against documents and against an inventory."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from knockon.analysis.records.evidence import check, read_documents
from knockon.analysis.records.quotations import quotations
from knockon.errors import InvalidData, NotFound
from knockon.model import Document, Evidence, Statement
from knockon.store.oxigraph import MemoryStore
from support.small_records import data_set, entities, iri, need, passage

#: Signs of one, two, three and four bytes, and both kinds of newline: offsets are code points.
TEXT = "Ünïcode 😀 costs.\r\nA second line\nof the document."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "documents"
    made.mkdir()
    (made / "a.txt").write_bytes(TEXT.encode())
    (made / "noise.bin").write_bytes(b"\xff\xfe\x00")
    (made / "deeper").mkdir()
    return made


def documents(text: str = TEXT) -> list[Statement]:
    return [Document(id=iri("doc-a"), title="A", sha256=hashlib.sha256(text.encode()).hexdigest())]


def store(*records: Statement, text: str = TEXT) -> MemoryStore:
    return MemoryStore(data_set("x", [*documents(text), *records]))


def test_spans_inside_their_document_are_sound(folder: Path) -> None:
    """The document is known by its bytes, whatever the file is called; counts and the longest span are reported."""
    answer = check(
        store(*entities("x", evidence=[passage(0, 7), passage(8, 9)]), *entities("y", evidence=[passage(0, 7)])), folder
    )
    assert answer.to_dict() == {
        "ok": True,
        "documents": [{"document": iri("doc-a"), "id": "doc-a", "file": "a.txt", "matched": True, "spans": 2, "outside": 0}],
        "spans": 2,
        "outside": [],
        "too_long": [],
        "longest": 7,
        "unsourced_records": [],
    }


def test_a_document_of_other_bytes_is_no_match(folder: Path) -> None:
    """One changed byte, or newlines made alike: not matched, and not sound."""
    for other in (TEXT + " ", TEXT.replace("\r\n", "\n")):
        answer = check(store(text=other), folder)
        assert (answer.ok, answer.documents[0].matched, answer.documents[0].file) == (False, False, None)
    # Without a hash no file is claimed; but spans count the characters of one.
    unsigned = Document(id=iri("doc-a"), title="A")
    assert check(MemoryStore(data_set("x", [unsigned])), folder).ok is True
    assert check(MemoryStore(data_set("x", [unsigned, *entities("x", evidence=[passage(0, 9)])])), folder).ok is False


def test_a_span_outside_its_document_is_listed(folder: Path) -> None:
    """The end may be that of the text and no further; counted in code points, not bytes."""
    end = len(TEXT)
    answer = check(
        store(*entities("x", evidence=[passage(0, end), passage(end - 1, end + 1), passage(end + 5, end + 6)])), folder
    )
    assert answer.ok is False
    assert [(span.start, span.end) for span in answer.outside] == [(end - 1, end + 1), (end + 5, end + 6)]
    assert answer.documents[0].outside == 2


def test_a_span_that_is_too_long_is_listed(folder: Path) -> None:
    """More than 600 code points in one span, which the model itself refuses, is found in a store that has it."""
    span = Evidence(document=iri("doc-a"), start=0, end=600)
    long = span.model_copy(update={"end": 601})
    whole = "x" * 700
    (folder / "long.txt").write_text(whole)
    odd = entities("x")[0].model_copy(update={"evidence": (span, long)})
    answer = check(MemoryStore(data_set("x", [*documents(whole), odd]), checked=True), folder)
    assert (answer.ok, answer.longest) == (False, 601)
    assert [span.to_dict() for span in answer.too_long] == [{"document": iri("doc-a"), "start": 0, "end": 601}]


def test_records_without_a_source_are_listed(folder: Path) -> None:
    """All but documents; evidence on a part is a source."""
    supply = [{"provider": iri("p"), "evidence": [passage()]}]
    answer = check(store(*entities("a", "b", "p", evidence=[passage()]), need("a", "b", supply=supply), need("b", "a")), folder)
    assert answer.unsourced_records == (iri("b-needs-a"),)
    assert answer.ok is True


def test_a_folder_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    """NotFound with the path."""
    with pytest.raises(NotFound, match="absent"):
        check(store(), tmp_path / "absent")


def test_files_of_other_bytes_are_documents_without_a_text(folder: Path) -> None:
    """A PDF has pages and no spans; folders within are passed over."""
    assert {content.name: content.text for content in read_documents(folder).values()} == {"a.txt": TEXT, "noise.bin": None}


# Inventory


def inventory(folder: Path, content: object) -> Path:
    path = folder.parent / "inventory.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path


def row(name: str, *pairs: tuple[int, int], file: str = "a.txt") -> dict[str, object]:
    return {"id": name, "evidence": [{"seed": file, "start": a, "end": b} for a, b in pairs]}


def test_an_inventory_is_touched_where_spans_meet(folder: Path) -> None:
    """A row is touched when one of its spans shares a character with a span of some record, whole when all do."""
    rows = [
        row("same", (10, 20)),
        row("begins", (19, 30)),
        row("after", (20, 30)),
        row("before", (0, 10)),
        row("one of two", (10, 12), (40, 42)),
        row("elsewhere", (10, 20), file="b.txt"),
        row("nothing"),
        {"id": "document", "file": "a.txt"},
        {"id": "another", "file": "b.txt"},
    ]
    answer = check(
        store(*entities("x", evidence=[passage(10, 20)])), folder, inventory(folder, {"facts": rows[:5], "others": rows[5:]})
    )
    assert answer.inventory.to_dict() == {
        "rows": 9,
        "touched": 4,
        "share": 4 / 9,
        "touched_in_every_span": 3,
        "untouched": ["after", "before", "elsewhere", "nothing", "another"],
    }
    assert answer.ok is True


def test_a_chain_in_an_inventory_counts_as_its_steps(folder: Path) -> None:
    """Each step is a row, named after its chain and number."""
    steps = [{"n": 1, "evidence": row("", (10, 20))["evidence"]}, {"n": 2, "evidence": row("", (30, 32))["evidence"]}]
    answer = check(
        store(*entities("x", evidence=[passage(10, 20)])), folder, inventory(folder, {"chains": [{"id": "c", "steps": steps}]})
    )
    assert (answer.inventory.rows, answer.inventory.untouched) == (2, ("c.2",))


def test_an_empty_inventory_is_touched_throughout(folder: Path) -> None:
    """Nothing to cover is covered."""
    assert check(store(), folder, inventory(folder, {})).inventory.share == 1.0


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"a": 7}',
        '{"a": "text"}',
        '{"a": [7]}',
        '{"a": [{"no": "id"}]}',
        '{"a": [{"id": "x", "evidence": [{"start": 1}]}]}',
        '{"a": [{"id": "x", "evidence": [{"start": null, "end": 2}]}]}',
        '{"a": [{"id": "x", "evidence": 7}]}',
        '{"a": [{"id": "x", "evidence": ["y"]}]}',
        '{"a": [{"id": "x", "steps": [{}]}]}',
    ],
)
def test_what_is_no_inventory_is_invalid(folder: Path, content: str) -> None:
    """InvalidData with the name of the file, whatever is wrong with it; a missing file is NotFound."""
    with pytest.raises(InvalidData, match=r"inventory\.json: is not an inventory"):
        check(store(), folder, inventory(folder, content))
    with pytest.raises(NotFound):
        check(store(), folder, folder / "absent.json")


# Quotations


def test_the_words_behind_a_record_are_shown(folder: Path) -> None:
    """The text of each span, code point by code point; None where the folder lacks the document."""
    answer = quotations(store(*entities("x", evidence=[passage(0, 9), passage(18, 26, stance="Alleges")])), "x", folder)
    assert [(q.quotation, q.stance, q.document) for q in answer] == [
        ("Ünïcode 😀", "Asserts", "doc-a"),
        ("A second", "Alleges", "doc-a"),
    ]
    (folder / "a.txt").unlink()
    assert {q.quotation for q in quotations(store(*entities("x", evidence=[passage(0, 9)])), "x", folder)} == {None}
    with pytest.raises(NotFound):
        quotations(store(), "nobody", folder)
