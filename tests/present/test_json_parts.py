"""Documents of JSON in parts: the bytes of the whole, without the whole in memory."""

from __future__ import annotations

import pytest

import knockon
from knockon.analysis.answer import Answer
from knockon.present import json_parts as parts
from knockon.present.json_parts import json_parts
from knockon.text import json_text
from support.golden import LETTERS


@pytest.fixture(scope="module")
def answers() -> list[Answer]:
    """Answers of several classes, some of which make their JSON themselves, or state keys of a part as their own."""
    graph = knockon.open(LETTERS / "data")
    shock = graph.shocks()[0]
    reports = graph.impacts()
    return [
        *reports,
        *reports[0].impacts,
        shock,
        graph.uncertainty(shock.shock.id, draws=10),
        *graph.chains(),
        graph.chokepoints("sales-d"),
    ]


@pytest.mark.parametrize("part", [1, 500])
def test_parts_are_the_text_of_the_whole(answers: list[Answer], part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the answer, and however many items are converted at a time."""
    monkeypatch.setattr(parts, "_PART", part)
    for answer in answers:
        assert "".join(json_parts(answer)) == json_text(answer.to_dict(), indent=2)


def test_a_long_list_comes_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """No part has more of a list than a few items."""
    monkeypatch.setattr(parts, "_PART", 1)
    report = max(knockon.open(LETTERS / "data").impacts(), key=len)
    longest = max(len(json_text(impact.to_dict(), indent=2)) for impact in report.impacts)
    assert len(report) > 2
    assert sum("loss_low" in text for text in json_parts(report)) > len(report)
    assert max(map(len, json_parts(report))) < 3 * longest
