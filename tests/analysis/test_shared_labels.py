"""Two records of one label: sentences tell them apart, and name a dependency by its ends."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

import knockon
from knockon.analysis.told_apart import told_apart
from knockon.model import Dependency

RECORDS = """\
Company:
  x1: {label: Same}
  x2: {label: Same}
  x3: {label: Other}
Product:
  p: {label: Part}
Dependency:
  d1: {dependant: x1, need: p, supply: [x2, x3], criticality: High}
  d2: {dependant: p, need: x1, criticality: High}
Shock:
  s: {label: Shock, hit: [{target: x2, severity: High}]}
Ownership:
  o: {owner: x2, owned: x3, share: 0.6}
Measure:
  m: {label: List, appliesTo: x2}
"""


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> knockon.Graph:
    folder: Path = tmp_path_factory.mktemp("shared") / "same"
    folder.mkdir()
    (folder / "dataset.yaml").write_text("name: same\ntitle: Two of one label\n", "utf-8")
    (folder / "records.yaml").write_text(RECORDS, "utf-8")
    return knockon.open(folder)


def test_explanations_and_reports_tell_records_of_one_label_apart(graph: knockon.Graph) -> None:
    """The id follows in brackets where two have the label, and only there."""
    explanation = graph.explain("s", "x1")
    assert explanation.links[0].text.startswith("Same (my:x1) needs Part from Same (my:x2); ")
    assert explanation.origin.text == "Shock: hits Same (my:x2) by 75%."
    assert explanation.impact.label == explanation.links[0].dependant_label == "Same"
    text = explanation.to_markdown()
    assert "**Same (my:x1)** loses" in text
    assert "The shock hits Same (my:x2) by 75%" in text
    assert "Same (my:x1) needs Part from Same (my:x2)" in text
    assert "Same (my:x1) needs Part from Same (my:x2)" in graph.report("s", form="md")


def test_each_place_of_a_report_and_each_path_tells_records_of_one_label_apart(graph: knockon.Graph) -> None:
    """Finding, tables, headings and other paths; the page has what the Markdown has."""
    for form in ("md", "html"):
        report = graph.report("s", form=form)
        shown = report.partition("<body")[2] or report
        assert len(re.findall(r"Same \(my:x[12]\)", shown)) > 5
    assert not re.search(r"[|*] ?Same\b(?! \(my:)", graph.report("s", form="md"))
    explanation = graph.explain("s", "p")
    assert explanation.paths[0].labels == ("Same", "Same", "Part")
    assert told_apart(explanation, explanation.run.named).paths[0].labels == ("Same (my:x2)", "Same (my:x1)", "Part")


def test_no_part_of_a_report_shows_a_shared_label_alone(graph: knockon.Graph) -> None:
    """Choke points, remedies and what has no id beside it in the answer included, in the whole page."""
    page = unescape(re.sub(r"<[^>]+>", "", re.sub(r"(?s)<(script|style|title)\b.*?</\1>", "", graph.report("s", protect="x1"))))
    assert "the need of Same (my:x1) for Part" in page
    assert "comes from" in page
    assert not re.search(r"\bSame\b(?! \(my:)", page)


def test_verdicts_on_lists_tell_records_of_one_label_apart(graph: knockon.Graph) -> None:
    """As they do where a shock reaches them."""
    lists = graph.covered("m", "x3", rule="0.5").lists
    assert [party.text for each in lists for party in each.parties] == [
        "Same (my:x2) holds 60% of Other, and 50% or more is enough (a rule that the question supposes)."
    ]


def test_notes_name_a_dependency_by_its_ends(graph: knockon.Graph) -> None:
    """With its id behind: what the note is about is found in the data."""
    run = graph.impact("s").run
    [dependency] = [record.id for record in graph.records(Dependency) if record.name == "d1"]
    assert run.named(dependency) == "the need of Same (my:x1) for Part (d1)"


def test_a_page_asks_only_for_the_names_that_it_shows() -> None:
    """Of a hundred that lose equally much the row and the drawing name some, whatever else the shock reaches."""
    from knockon.analysis.report.report import gather
    from knockon.model import DataSet, DataSetInfo
    from knockon.present.report.markdown_report import markdown
    from knockon.present.report.page import page
    from knockon.store.oxigraph import MemoryStore
    from support.small_records import entities, need

    firms = [f"firm-{number}" for number in range(100)]
    records = entities("hub", *firms) + [need(firm, "hub", criticality="High") for firm in firms]
    info = DataSetInfo.model_validate({"id": "https://w3id.org/knockon/id/data-hub", "title": "Hub"})
    content = gather(knockon.Graph(MemoryStore(DataSet(info, tuple(records)))).impact(hit={"hub": "high"}))
    asked: set[str] = set()
    named = content.method.run.named

    def remembered(iri: str) -> str:
        asked.add(iri)
        return named(iri)

    run = replace(content.method.run, named=remembered)
    content = replace(content, method=replace(content.method, run=run))
    for form in (page, markdown):
        asked.clear()
        assert "firm" in form(content).casefold()
        assert len(asked) < 40
