"""The queue of proposals: several proposers at once, and what is the same."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from knockon.errors import InvalidData, NotFound, UsageError
from knockon.proposals.decisions import Decision, Verdict, decisions_yaml, read_decisions
from knockon.proposals.proposal import Proposal
from knockon.proposals.queue import append, read_queue

FIELDS = {"dependant": "urn:x:a", "need": "urn:x:b"}
ONE = Proposal("Dependency", FIELDS, "0" * 64, "a.txt", 10, 20, "1" * 64, "exact", day="2026-01-01")


def test_several_proposers_lose_nothing(tmp_path: Path) -> None:
    """Each appends in turn; what two of them propose is there once."""
    queue = tmp_path / "q.jsonl"
    batches = [
        [replace(ONE, start=100 * number + place, end=100 * number + place + 1) for place in range(3)] for number in range(6)
    ]
    threads = [threading.Thread(target=append, args=(queue, [*batch, ONE])) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = read_queue(queue)
    assert {proposal.start for proposal in kept} == {10, *(p.start for batch in batches for p in batch)}
    assert len(kept) == len({proposal.id for proposal in kept})
    assert all("quote" not in json.loads(line) for line in queue.read_text().splitlines())


def test_the_same_statement_at_overlapping_places_is_one(tmp_path: Path) -> None:
    """Whoever proposes it, and whatever else it says; at another place, page or with another stance it is another one."""
    queue = tmp_path / "q.jsonl"
    same = replace(ONE, start=19, end=40, fields={**FIELDS, "criticality": "High"}, proposer="other")
    others = [
        replace(ONE, start=20, end=30), replace(ONE, page=2), replace(ONE, document="2" * 64),
        replace(ONE, fields={**FIELDS, "need": "urn:x:c"}), Proposal.from_json({**ONE.to_json(), "stance": "Denies"}),
    ]  # fmt: skip
    assert append(queue, [ONE, same]).known == (ONE,)
    assert append(queue, [same], []).known == (ONE,)
    assert append(queue, others).added == tuple(others)
    assert append(tmp_path / "r.jsonl", [same], decided=[ONE]) == ((), (ONE,))
    assert not (tmp_path / "r.jsonl").exists()


def test_decisions_under_earlier_ids_are_read(tmp_path: Path) -> None:
    """Ids had ten digits: a decision under such a one is on the same proposal; under another id it is an error."""
    path, text = tmp_path / "q.decisions.yaml", decisions_yaml([Decision(ONE, Verdict.REJECTED, "me", "2026-01-02")])
    path.write_text(text.replace(ONE.id, ONE.id[:12]))
    assert [*read_decisions(path)] == [ONE.id]
    path.write_text(text.replace(ONE.id, ONE.id[:11]))
    with pytest.raises(InvalidData, match="is the name of another proposal"):
        read_decisions(path)


def test_a_queue_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """No folder, or a lock that leads elsewhere."""
    with pytest.raises(NotFound):
        append(tmp_path / "none" / "q.jsonl", [ONE])
    (tmp_path / ".q.jsonl.lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="is a link"):
        append(tmp_path / "q.jsonl", [ONE])
    assert not (tmp_path / "elsewhere").exists()
