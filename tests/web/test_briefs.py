"""The brief of the page has the words of the first page of the report: line for line, for each shock of the bundled data."""

from __future__ import annotations

import json
from typing import Any

import pytest

import knockon
from knockon.analysis.report.report import gather
from knockon.present.report.first_page import FirstPage, first_page
from knockon.present.report.lines import Line, plain_text
from support.engine_cases import needs_node, run_node
from support.hostile_records import data_in_page

pytestmark = needs_node


def _lines(page: FirstPage) -> dict[str, list[str]]:
    """The lines of a first page that the page of all questions has too: all but what a stock gains, which is time."""
    lists: dict[str, list[Line]] = {
        "finding": list(page.finding), "likelihood": [page.likelihood], "impact": [page.impact], "known": page.known,
        "unknown": page.unknown, "helps": page.helps, "watch": page.watch,
    }  # fmt: skip
    texts = {name: [plain_text(line) for line in lines] for name, lines in lists.items()}
    return texts | {"helps": [text for text in texts["helps"] if not text.startswith("A stock of")]}


def _comparable(lines: dict[str, list[str]]) -> dict[str, list[str]]:
    """Without what saves most, where nothing halves the loss: the page tries second sources for all of a need as well."""
    helps = [text.partition(" What saves most,")[0].partition(" The best of ")[0] for text in lines["helps"]]
    return lines | {"helps": helps}


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("sensetime", 12),
        pytest.param("sensetime", 1, marks=pytest.mark.slow),
        pytest.param("chips", 4, marks=pytest.mark.slow),
    ],
)
def test_the_brief_of_each_shock_has_the_lines_of_the_report(name: str, step: int) -> None:
    """The finding, likelihood, impact, what is known and not, what would help, and what to watch."""
    graph = knockon.open(name)
    data = data_in_page(graph.explore())
    strings = data["strings"]
    names = [strings[row] if ":" in strings[row] else data["base"] + strings[row] for row in data["network"]["shocks"]["name"]]
    chosen = names[::step]
    for shock, line in zip(chosen, run_node("briefs.js", [{"data": data, "shocks": chosen}])[0], strict=True):
        have: Any = json.loads(line)
        assert _comparable(have) == _comparable(_lines(first_page(gather(graph.impact(shock))))), shock
