"""Judgements made on the page are the file that ``review --identity`` writes, and the command line reads it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import knockon
from knockon.identity.candidates import find_candidates
from knockon.identity.judgement_file import Judged, JudgementFile, judgements_yaml
from knockon.model import Company
from knockon.present.page.identity import MOST, IdentityPairs
from knockon.present.page.page_data import drawing
from knockon.vocabulary import Verdict
from support.engine_cases import needs_node, run_node
from support.hostile_records import HOSTILE

DAY = date(2026, 3, 1)
#: Keys of the page, as in ``knockon review --identity``.
KEYS = {"s": Verdict.SAME, "d": Verdict.DIFFERENT, "u": Verdict.UNSURE}


def _written(data: dict, judged: list[tuple[str, str]], by: str = "Ann") -> tuple[str, str | None]:
    """The file that the page writes, and the judgement that contradicts the others."""
    (line,) = run_node("judgements.js", [{"data": data, "judged": judged, "by": by, "day": DAY.isoformat()}])[0]
    text, clash = json.loads(line)
    return text, clash


@needs_node
def test_the_page_writes_what_review_writes(tmp_path: Path) -> None:
    """Byte for byte, whatever the names hold; read back it has the same judgements."""
    graph = knockon.open("chips")
    pairs = graph.resolve(unsure=True).pairs
    data = json.loads(json.dumps(drawing(graph.store.records, title="T", identity=IdentityPairs(pairs))))
    names = [data["strings"][row] for row in data["identity"]["id"]]
    assert len(names) == len(pairs) > 3
    judged = list(zip(names, "sduu", strict=False))
    text, clash = _written(data, judged, 'Ann "A": #1')
    expected = [Judged.of(pair, KEYS[key], 'Ann "A": #1', DAY) for pair, (_, key) in zip(pairs, judged, strict=False)]
    assert (text, clash) == (judgements_yaml(expected), None)
    (tmp_path / "judgements.yaml").write_text(text, "utf-8")
    assert sorted(JudgementFile.read(tmp_path / "judgements.yaml").judged) == sorted(name for name, _ in judged)
    graph.load(tmp_path / "judgements.yaml")
    assert {pairs[0].first, pairs[0].second} in map(set, graph.resolve().same)


@needs_node
def test_hostile_names_stay_names(tmp_path: Path) -> None:
    """The file reads back with the names on one line each; a pair that others make one cannot be different."""
    records = [Company(id=f"https://example.org/{place}", label=HOSTILE[4]) for place in range(3)]
    pairs = find_candidates(records).candidates
    data = json.loads(json.dumps(drawing(records, title="T", identity=IdentityPairs(pairs))))
    names = [data["strings"][row] for row in data["identity"]["id"]]
    text, clash = _written(data, list(zip(names, "ssd", strict=True)), "<b>\n&")
    assert clash == names[2]
    (tmp_path / "judgements.yaml").write_text(text, "utf-8")
    read = JudgementFile.read(tmp_path / "judgements.yaml").judged
    assert [read[name].verdict for name in names] == [Verdict.SAME, Verdict.SAME, Verdict.DIFFERENT]
    assert {one.judged_by for one in read.values()} == {"<b> &"}
    assert "two lines tab" in read[names[0]].reason


def test_a_page_has_the_most_similar_pairs_and_says_how_many_there_are() -> None:
    """At most MOST of them; without any the page has no such view."""
    records = [Company(id=f"https://example.org/{place:03}", label="Nova Optics") for place in range(40)]
    pairs = find_candidates(records).candidates
    data = drawing(records, title="T", identity=IdentityPairs(pairs))["identity"]
    assert (data["of"], len(data["id"])) == (len(pairs), min(MOST, len(pairs)))
    assert len(pairs) > MOST
    assert "identity" not in drawing(records, title="T", identity=IdentityPairs())
