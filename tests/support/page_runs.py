"""Runs as a page shows them, as plain values: those that Python writes, and those that the page computes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, cast

from knockon.analysis.impact.impact_report import ImpactReport
from knockon.analysis.impact.summarize_shock import summarize_shock
from knockon.analysis.report.brief import brief_of
from knockon.analysis.report.report import figures
from knockon.analysis.report.shock_report import ShockReport
from knockon.present.page.cascade import CascadeTables
from knockon.present.report.finding import finding
from knockon.present.report.lines import plain_text
from support.engine_cases import run_node

World = tuple[int, str]


def computed(data: Mapping[str, Any]) -> dict[tuple[World, str], dict[str, Any]]:
    """What the page computes: by world (document row, day) and shock (IRI)."""
    lines, _ = run_node("computed-runs.js", [{"data": data, "questions": []}])
    runs = {}
    for line in lines:
        run = json.loads(line)
        document, day = run.pop("world")
        runs[(document, day), run.pop("shock")] = run
    return runs


def answered(data: Mapping[str, Any], questions: Sequence[tuple[dict[str, Any], World]]) -> list[dict[str, Any]]:
    """What the page computes for questions, each in a world."""
    asked = [
        {"question": {"label": "?", **question}, "world": {"document": document, "day": day}}
        for question, (document, day) in questions
    ]
    return [json.loads(line) for line in run_node("computed-runs.js", [{"data": data, "questions": asked}])[0]]


def finding_texts(report: ImpactReport) -> list[str]:
    """The sentences of the finding of a report, without its citations."""
    page = SimpleNamespace(
        shock=summarize_shock(report), figures=figures(report), brief=brief_of(report, None), focus=None,
        method=SimpleNamespace(model=report.model, parameters=report.parameters, run=report.run), truncated=report.truncated,
    )  # fmt: skip
    return [plain_text(line) for line in finding(cast("ShockReport", page))]


class PlainTables:
    """Turns reports into what the page computes, with the texts and rows of its data."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.texts: list[str] = []
        self.cited: list[Any] = []
        strings, base = data["strings"], data["base"]
        full = [text if ":" in text else base + text for text in strings]
        node = {full[row]: place for place, row in enumerate(data["nodes"]["id"])}
        facts: dict[str, list[int]] = {}
        for place, row in enumerate(data["facts"]["record"]):
            facts.setdefault(full[row], []).append(place)
        kept = frozenset(node) if "left_out" in data else None
        self.documents = {full[row]: place for place, row in enumerate(data["documents"]["id"])}
        self.tables = CascadeTables(
            self._text, lambda iri: node.get(iri, -1), lambda iri: facts.get(iri, []), self._evidence, kept
        )

    def _text(self, text: str) -> int:
        self.texts.append(text)
        return len(self.texts) - 1

    def _evidence(self, citation: Any) -> int:
        from knockon.present.citations import confidence_text, place_text

        place = ", ".join(part for part in (place_text(citation, spans=False), confidence_text(citation)) if part)
        span = [-1 if end is None else end for end in (citation.start, citation.end)]
        self.cited.append([citation.document, *span, place])
        return len(self.cited) - 1

    def run(self, report: ImpactReport, reason: str) -> dict[str, Any]:
        """The run of a report."""
        table = self.tables.table(report)
        text = self.texts.__getitem__
        columns = table["impacts"]
        impacts = []
        for row in range(len(columns["loss"])):
            one = {name: column[row] for name, column in columns.items()}
            impacts.append({
                "index": row, "rank": one["y"], "step": one["x"], "iri": text(one["entity"]), "label": text(one["label"]),
                "class": text(one["class"]), "node": one["node"], "loss": one["loss"], "low": one["low"], "high": one["high"],
                "cause": one["cause"], "dependency": text(one["binding"][0]) if one["binding"] else "",
                "facts": one["binding"][1:], "evidence": [self.cited[cited] for cited in one["evidence"]],
                "stance": text(one["stance"]), "inferred": list(map(text, one["inferred"])),
                "judged": list(map(text, one["judged"])), "rests": text(one["rests"]), "ungraded": bool(one["ungraded"]),
            })  # fmt: skip
        parts = [[whole, part, text(label), loss] for whole, part, label, loss in table["parts"]]
        return {
            "finding": finding_texts(report), "impacts": impacts, "parts": parts, "reason": reason, "run": table["run"],
            "short": table["short"], "shortages": table["shortages"],
        }  # fmt: skip
