"""propose and review on the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

import knockon as library
from knockon.controls import HARMFUL
from knockon.proposals.document_text import DocumentText

Run = Callable[..., Any]
DATA = """Company:
  acme: {label: Acme Works}
  bolt: {label: Bolt Makers}
Material:
  cobalt: {label: Cobalt}
Dependency:
  acme-tin: {dependant: acme, need: cobalt, criticality: High}
Shock:
  mine-stops: {label: Bolt stops, hit: [{target: bolt, severity: High}]}
"""
NOTE = "A note.\n\nAcme Works relies on cobalt. Acme Works depends on Bolt Makers. It also uses rare salts.\n"
LINE = {"class": "Dependency", "fields": {"dependant": "Acme Works", "need": "bolt"}, "quote": "depends on\tBolt  Makers"}


@pytest.fixture
def store(tmp_path: Path, knockon: Run) -> str:
    """A store with two companies, and a note about them in a folder."""
    tmp_path.joinpath("graph.yaml").write_text(DATA)
    tmp_path.joinpath("papers").mkdir()
    tmp_path.joinpath("papers", "note.txt").write_text(NOTE)
    assert knockon("load", "graph.yaml", "--store", "s").code == 0
    return "s"


@pytest.fixture
def data(tmp_path: Path) -> str:
    """The same data in a file."""
    tmp_path.joinpath("graph.yaml").write_text(DATA)
    tmp_path.joinpath("papers").mkdir()
    tmp_path.joinpath("papers", "note.txt").write_text(NOTE)
    return "graph.yaml"


def propose(knockon: Run, store: str, *more: str, stdin: str = "") -> Any:
    return knockon("propose", "papers/note.txt", "--store", store, "--format", "json", *more, stdin=stdin)


def review(knockon: Run, store: str, *more: str, stdin: str = "") -> Any:
    shown = ("review", "--proposals", "proposals.jsonl", "--documents", "papers", "--store", store, "--by", "me")
    return knockon(*shown, *more, stdin=stdin)


def test_the_way_from_a_document_to_records_and_back(tmp_path: Path, knockon: Run, store: str) -> None:
    """Propose, look, accept, reject: the accepted record is in the store with its evidence; undo takes it out again."""
    ran = propose(knockon, store)
    assert [row["statement"] for row in ran.json["proposed"]] == [
        "Acme Works needs Cobalt", "Acme Works needs Bolt Makers", "Acme Works needs rare salts (a new entity)",
    ]  # fmt: skip
    ran = review(knockon, store, stdin="x a a r z k q")
    assert ran.code == 0, ran.err
    assert "[[Acme Works relies on cobalt]]" in ran.err
    assert "agrees: my:acme-tin" in ran.err
    assert "with it 0 losses differ" in ran.err
    assert "new: Acme Works under Bolt stops" in ran.err
    assert "1 open, 2 accepted, 0 rejected" in ran.err
    assert "reviewed: 3 added" in ran.err
    text = tmp_path.joinpath("reviewed.yaml").read_text() + tmp_path.joinpath("proposals.decisions.yaml").read_text()
    assert "relies on" not in text + tmp_path.joinpath("proposals.jsonl").read_text()
    assert 'criticality: "High"' in text
    with library.open(tmp_path / store) as graph:
        accepted = [record for record in graph.records(library.Dependency) if record.need.endswith("bolt")]
        [evidence] = accepted[0].evidence
        assert NOTE[evidence.start : evidence.end] == "Acme Works depends on Bolt Makers"
        assert str(evidence.confidence) == "0.8"
    assert knockon("evidence", "check", "--documents", "papers", "--store", store).code == 0
    assert knockon("undo", "--store", store).code == 0
    told = (
        "3 records of reviewed.yaml differ from the store: `knockon load reviewed.yaml --store s` loads the file, --reopen ID"
    )
    assert told in review(knockon, store, "--list").err
    assert knockon("load", "reviewed.yaml", "--store", store).code == 0
    assert "differ from the store" not in review(knockon, store, "--list").err


def test_what_was_decided_is_not_asked_again(knockon: Run, data: str) -> None:
    """Neither by the same proposer nor by another one whose span overlaps, nor when the queue is gone."""
    first = propose(knockon, data).json["proposed"]
    ran = review(knockon, data, "--reject", first[1]["id"], "--accept", first[0]["id"], "--reason", "known", "-f", "json")
    assert [row["state"] for row in ran.json] == ["accepted", "rejected", "open"]
    ran = propose(knockon, data, "--from", "-", stdin=json.dumps(LINE))
    assert (ran.json["proposed"], ran.json["known"]) == ([], [ran.json["known"][0]])
    assert review(knockon, data, stdin="q").err.count(" of 1\n") == 1
    ran = review(knockon, data, "--reopen", first[0]["id"], "--list", "-f", "json")
    assert [(row["state"], row.get("by")) for row in ran.json] == [("open", None), ("rejected", "me"), ("open", None)]


def test_a_proposal_is_amended(tmp_path: Path, knockon: Run, data: str) -> None:
    """By name or at the terminal; what is no reference is marked as judged, and what is invalid is not written."""
    rows = propose(knockon, data).json["proposed"]
    ran = review(knockon, data, "--accept", rows[1]["id"], "--set", "criticality=hihg")
    assert (ran.code, "'hihg' is not" in ran.err) == (4, True), ran.err
    assert not tmp_path.joinpath("proposals.decisions.yaml").exists()
    ran = review(knockon, data, "--no-impacts", stdin="k e criticality=Medium; need=nobody\n e criticality=Medium\n q")
    assert "not decided" in ran.err
    assert "the graph has nothing called 'nobody'" in ran.err
    text = tmp_path.joinpath("reviewed.yaml").read_text()
    assert 'criticality: "Medium"\n    judged: ["criticality"]' in text


def test_a_changed_document_is_refused(tmp_path: Path, knockon: Run, data: str) -> None:
    """A proposal is about the file that was read: of a changed one nothing is shown, and nothing accepted."""
    rows = propose(knockon, data).json["proposed"]
    tmp_path.joinpath("papers", "note.txt").write_text(NOTE + " ")
    ran = review(knockon, data, "--accept", rows[0]["id"])
    assert (ran.code, "another SHA-256" in ran.err) == (4, True), ran.err
    ran = review(knockon, data, "--show", rows[0]["id"], "-f", "json")
    assert (ran.json["quote"], "changed since" in ran.json["document_fault"]) == (None, True)
    tmp_path.joinpath("papers", "note.txt").unlink()
    ran = review(knockon, data, "--accept", rows[0]["id"])
    assert (ran.code, "no file at hand has its SHA-256" in ran.err) == (3, True), ran.err
    forged = tmp_path.joinpath("proposals.jsonl").read_text().replace(rows[0]["document"], "0" * 64)
    tmp_path.joinpath("proposals.jsonl").write_text(forged)
    assert review(knockon, data, "--accept", rows[0]["id"]).code == 3


def test_proposers_of_every_kind(tmp_path: Path, knockon: Run, store: str) -> None:
    """JSON lines from standard input or a file, and functions, in Python or by name; refused ones have their reason."""
    lines = [
        "",
        json.dumps(LINE),
        "{",
        "[]",
        json.dumps({**LINE, "quote": "depends on Steel"}),
        json.dumps({**LINE, "extra": 1}),
    ]
    ran = propose(knockon, store, "--from", "-", "--proposer", "someone", stdin="\n".join(lines))
    assert [row["match"] for row in ran.json["proposed"]] == ["white space"]
    assert [(row["number"], row["reason"].split(":")[0]) for row in ran.json["refused"]] == [
        (2, "is not JSON"), (3, "a proposal is an object"), (4, "the quotation is not in the document"),
        (5, "unknown key 'extra'"),
    ]  # fmt: skip
    tmp_path.joinpath("lines.jsonl").write_text("\n".join(lines))
    assert propose(knockon, store, "--from", "lines.jsonl").json["known"]
    assert propose(knockon, store, "--from", "-", stdin="{").code == 4

    def proposer(document: DocumentText) -> Iterable[object]:
        yield {**LINE, "fields": {"dependant": "bolt", "need": "acme"}, "confidence": len(document.pages)}

    with library.open(tmp_path / store) as graph:
        report = graph.propose("note.txt", proposer, documents=tmp_path / "papers")
        assert [(row.statement, row.proposer, row.confidence) for row in report.proposed] == [
            ("Bolt Makers needs Acme Works", "python", 1.0)
        ]
        with pytest.raises(library.UsageError):
            graph.propose("note.txt", "text", documents=tmp_path / "papers")
    ran = propose(knockon, store, "--from", "json:dumps")
    assert ran.code != 0
    for wrong in ("no_such_module:x", "json:nothing", "json:__doc__"):
        assert propose(knockon, store, "--from", wrong).code == 2


def test_a_hostile_document_is_shown_as_text(tmp_path: Path, knockon: Run, data: str) -> None:
    """Controls and marks of a document never reach the terminal, in no form."""
    hostile = "\x1b[31mred\x9b \u202e<b>Acme Works</b>\x00 depends on\x07 Bolt Makers. | =1+1\u2028"
    tmp_path.joinpath("papers", "note.txt").write_text(hostile, "utf-8")
    line = {**LINE, "quote": hostile.strip(), "fields": {"dependant": "acme", "need": "bolt"}}
    for form in ("table", "json", "csv", "md"):
        ran = knockon("propose", "papers/note.txt", "--store", data, "--from", "-", "-f", form, stdin=json.dumps(line))
        assert ran.code == 0, ran.err
        assert not HARMFUL.search(ran.out + ran.err)
    ran = review(knockon, data, "--no-impacts", stdin="a q")
    assert not HARMFUL.search(ran.out + ran.err)
    assert "\\x1b[31mred" in ran.err
    [row] = review(knockon, data, "--list", "-f", "json").json
    ran = review(knockon, data, "--show", row["id"], "-f", "json")
    assert not HARMFUL.search(ran.out)
    assert ran.json["quote"] == hostile.strip()


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"id": 1}', '{"class": "Company"}', "\x00", "[" * 100_000, '{"class": "Company", "fields": {}, "start": 1}'],
)
def test_a_queue_of_other_content_is_refused(tmp_path: Path, knockon: Run, data: str, line: str) -> None:
    """With file and line, and it is not written over."""
    tmp_path.joinpath("proposals.jsonl").write_text(line)
    for ran in (propose(knockon, data), review(knockon, data, "--list")):
        assert ran.code == 4
        assert "proposals.jsonl:1" in ran.err
    assert tmp_path.joinpath("proposals.jsonl").read_text() == line


@pytest.mark.parametrize("text", ["Decision: {x: {}}", "a: b", "- x", "Decision:\n  p-1: {decision: Maybe}", "Decision: [a]"])
def test_a_file_of_other_decisions_is_refused(tmp_path: Path, knockon: Run, data: str, text: str) -> None:
    """With file and line."""
    propose(knockon, data)
    tmp_path.joinpath("proposals.decisions.yaml").write_text(text)
    ran = review(knockon, data, "--list")
    assert (ran.code, "proposals.decisions.yaml:" in ran.err) == (4, True), ran.err


def test_two_queues_do_not_replace_the_records_of_each_other(tmp_path: Path, knockon: Run, store: str) -> None:
    """The data set of one is named after its file; another file of that name is refused, and another name is not."""
    [first, second, _] = propose(knockon, store).json["proposed"]
    assert review(knockon, store, "--accept", first["id"]).code == 0
    tmp_path.joinpath("other").mkdir()
    assert propose(knockon, store, "--proposals", "other/proposals.jsonl").code == 0
    other = (
        "review",
        "--proposals",
        "other/proposals.jsonl",
        "--documents",
        "papers",
        "--store",
        store,
        "--accept",
        second["id"],
    )
    ran = knockon(*other)
    assert (ran.code, "name another file with --data" in ran.err) == (2, True), ran.err
    assert not tmp_path.joinpath("other", "proposals.decisions.yaml").exists()
    assert knockon(*other, "--data", "other/second.yaml").code == 0
    assert {"reviewed", "second"} <= {row["name"] for row in knockon("ls", "--store", store, "-f", "json").json}


def test_a_forged_queue_does_not_get_further(tmp_path: Path, knockon: Run, data: str) -> None:
    """What a queue has is checked again when it is accepted: words of the document, fields, names of the graph."""
    queue = tmp_path / "proposals.jsonl"
    [row, *_] = [json.loads(line) for line in _lines_of(knockon, data, queue)]
    for field, value, message in (
        ("mechanism", NOTE, "repeats 9 words"), ("need", "id:nobody", "nothing called"), ("evidence", "doc 1-2", "no field"),
        ("criticality", "Huge", "'Huge'"),
    ):  # fmt: skip
        queue.write_text(json.dumps({**row, "fields": {**row["fields"], field: value}}))
        [forged] = review(knockon, data, "--list", "-f", "json").json
        ran = review(knockon, data, "--accept", forged["id"])
        assert (ran.code, message in ran.err) == (4, True), ran.err
    assert not tmp_path.joinpath("reviewed.yaml").exists()


def _lines_of(knockon: Run, data: str, queue: Path) -> list[str]:
    assert propose(knockon, data).code == 0
    return queue.read_text().splitlines()


def test_a_file_of_somebody_else_is_not_replaced(tmp_path: Path, knockon: Run, store: str) -> None:
    """The file of accepted records is one that a review has written, or none."""
    [first, *_] = propose(knockon, store).json["proposed"]
    tmp_path.joinpath("reviewed.yaml").write_text("Company: {x: {label: X}}\n")
    ran = review(knockon, store, "--accept", first["id"])
    assert (ran.code, "not written by a review" in ran.err) == (2, True), ran.err
    ran = review(knockon, store, "--accept", first["id"], "--data", "mine.yaml")
    assert ran.code == 0, ran.err
    assert "mine: " in ran.err
    ran = review(knockon, store, "--reopen", first["id"], "--data", "mine.yaml")
    assert ran.code == 0, ran.err
    assert not tmp_path.joinpath("mine.yaml").exists()
    assert "removed" in ran.err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("review",), 2, "--proposals FILE"),
        (("review", "--identity", "--proposals", "x.jsonl"), 2, "--proposals FILE"),
        (("review", "--identity", "--list"), 2, "go with --proposals"),
        (("review", "--proposals", "x.jsonl"), 3, "x.jsonl"),
        (("review", "--proposals", "x.jsonl", "--set", "a=b"), 2, "--accept ID"),
        (("propose", "none.txt"), 3, "none.txt"),
        (("propose", "none.docx"), 3, "none.docx"),
        (("propose", "x.txt", "--documents", "nowhere"), 3, "nowhere"),
        (("propose", "graph.yaml"), 2, ".txt"),
    ],
)
def test_calls_that_make_no_sense_are_refused(
    tmp_path: Path, knockon: Run, arguments: tuple[str, ...], code: int, message: str
) -> None:
    """Each with its exit code, and what to type instead."""
    tmp_path.joinpath("graph.yaml").write_text(DATA)
    ran = knockon(*arguments)
    assert (ran.code, message in ran.err) == (code, True), ran.err


def test_undo_says_which_decisions_stay(tmp_path: Path, knockon: Run, store: str) -> None:
    """The file of accepted records is none of the store: the next decision would bring them back."""
    propose(knockon, store)
    with library.open(tmp_path / store, write=True) as graph:
        name = graph.proposals(tmp_path / "proposals.jsonl")[0].id
        graph.decide_proposal(name, "accept", tmp_path / "proposals.jsonl", by="Ann", documents=tmp_path / "papers")
    said = knockon("undo", "--store", store).err
    assert "reviewed.yaml and the decisions beside it stay as they are" in said
    knockon("load", "graph.yaml", "--store", store)
    assert "decisions" not in knockon("undo", "--store", store).err


def test_entities_without_a_class_are_said_to_have_no_stakes(tmp_path: Path, knockon: Run) -> None:
    """Such as those of a plain table."""
    tmp_path.joinpath("plain.yaml").write_text("Entity:\n  acme: {label: Acme}\n  bolt: {label: Bolt}\n")
    tmp_path.joinpath("note.txt").write_text("Acme owns 60% of Bolt.")
    said = knockon("propose", "note.txt", "--store", "plain.yaml", "--dry-run").err
    assert "2 entities of the graph have no class but Entity" in said
