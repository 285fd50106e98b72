"""The tools about documents: quotations, and proposals, which are appended to a queue and change no graph."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import knockon
from knockon.cli import run
from knockon.errors import UsageError
from knockon.mcp.assistant import Assistant
from knockon.mcp.document_tools import all_tools
from knockon.mcp.snapshots import GraphSnapshots
from knockon.mcp.tools import TOOLS
from support.assistant_client import call, failure

TEXT = "The shop relies on Acme for its cloud. Nobody else sells it."


def proposal(quote: str, **more: object) -> dict[str, Any]:
    return {"class": "Dependency", "fields": {"dependant": "sensetime", "need": "nvidia"}, "quote": quote, **more}


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    """An assistant's server on the bundled data, with a document and a queue."""
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "note.txt").write_text(TEXT, "utf-8")
    (tmp_path / "secret.txt").write_text("The shop relies on Acme", "utf-8")
    return Assistant(GraphSnapshots(None), tmp_path / "documents", tmp_path / "queue.jsonl")


def test_proposals_are_queued_and_change_nothing(assistant: Assistant, tmp_path: Path) -> None:
    """What quotes the document is appended once, what does not is refused with a reason, and the graph stays the same."""
    before = assistant.snapshots.current().graph.store.revision
    asked = [proposal("relies on Acme"), proposal("relies on Bolt"), {"class": "Company"}, proposal("relies  on\nAcme")]
    answer = call(assistant, "propose_records", document="note.txt", records=asked)
    assert (answer["data"]["proposed"], answer["data"]["refused"]) == (1, 2)
    assert {row["number"] for row in answer["data"]["records"] if "refused" in row} == {2, 3}
    queue = (tmp_path / "queue.jsonl").read_text("utf-8").splitlines()
    assert len(queue) == 1
    assert "relies on Acme" not in queue[0]
    again = call(assistant, "propose_records", document="note.txt", records=asked)
    assert again["data"]["proposed"] == 0
    assert [row for row in again["data"]["records"] if "known" in row]
    assert len((tmp_path / "queue.jsonl").read_text("utf-8").splitlines()) == 1
    assert assistant.snapshots.current().graph.store.revision == before
    assert len(knockon.open().proposals(tmp_path / "queue.jsonl")) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"document": "note.txt", "records": []}, "1 to 50"),
        ({"document": "note.txt", "records": [{}] * 51}, "1 to 50"),
        ({"document": "note.txt", "records": ["x"]}, "list of objects"),
        ({"document": "note.txt", "records": {"a": 1}}, "records"),
        ({"document": "note.txt"}, "records"),
        ({"document": "note.text", "records": [{}]}, "note.txt"),
        ({"document": "../secret.txt", "records": [{}]}, "secret.txt"),
        ({"document": "note.txt", "records": [{}], "queue": "elsewhere"}, "queue"),
    ],
)
def test_wrong_calls(assistant: Assistant, tmp_path: Path, arguments: dict[str, Any], words: str) -> None:
    """What is not a call of the tool, or names a file outside of the folder, is an error without the folder's path."""
    error = json.dumps(failure(assistant, "propose_records", **arguments))
    assert words in error
    assert str(tmp_path) not in error
    assert not (tmp_path / "queue.jsonl").exists()


def test_a_carried_out_call_is_not_repeated_by_its_cursor(assistant: Assistant, tmp_path: Path) -> None:
    """The rest of a long answer is given from what is kept; where nothing is kept, the records are not proposed again."""
    records = [proposal(f"not there {number}") for number in range(50)]
    first = call(assistant, "propose_records", document="note.txt", records=records, limit=10)
    cursor = first["next"]
    rest = call(assistant, "propose_records", document="note.txt", records=records, limit=50, cursor=cursor)
    assert len(first["data"]["records"]) + len(rest["data"]["records"]) == 50
    assistant.snapshots._answers.clear()
    error = failure(assistant, "propose_records", document="note.txt", records=records, limit=50, cursor=cursor)
    assert "do not repeat" in error["data"]["message"]


def test_quotations(assistant: Assistant) -> None:
    """A document that is not at hand is said to be missing; no words are made up."""
    answer = call(assistant, "get_quotations", entity="nvidia")
    assert answer["total"] > 0
    assert all(quotation["quotation"] is None for quotation in answer["data"]["quotations"])


def test_which_tools_there_are(tmp_path: Path, assistant: Assistant) -> None:
    """Without a folder there are no quotations, without a queue no proposals; only that tool is not read-only."""
    assert all_tools(None, None) == TOOLS
    assert all_tools(tmp_path, None).keys() - TOOLS.keys() == {"get_quotations"}
    assert [tool.name for tool in assistant.tools.values() if not tool.read_only] == ["propose_records"]
    with pytest.raises(UsageError, match="--documents"):
        all_tools(None, tmp_path / "queue")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--port", "1"], 2),
        (["--proposals", "queue"], 2),
        (["--documents", "missing"], 3),
        (["--http", "--host", "192.0.2.1", "--proposals", "queue", "--documents", "."], 2),
        (["--http", "--port", "99999"], 2),
        (["--store", "missing"], 3),
    ],
)
def test_wrong_options(arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Options that do not fit together end the program before it serves, and nothing is on standard output."""
    assert run(["mcp", *arguments]) == code
    assert capsys.readouterr().out == ""
