"""--min-confidence X: evidence whose source states less is left out, of every question, and the answer says how much."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
NOTE = "Confidence of at least 0.5: 1 of 2 places of evidence that state one is left out; 1 states none and counts."
DATA = """\
Document:
  doc-list: {title: A list, url: "https://example.org/list"}
Company:
  shop: {label: Shop}
  mill: {label: Mill}
  grid: {label: Grid}
Dependency:
  on-mill: {dependant: shop, need: mill, criticality: high, evidence: ["doc-list row:2 confidence:0.4"]}
  on-grid: {dependant: shop, need: grid, criticality: high, evidence: ["doc-list row:3 confidence:0.5", "doc-list row:4"]}
CausalChain:
  story: {label: Story, chainKind: Cascade, shock: fire, step: [{order: 1, label: Shop, about: [shop]}]}
Shock:
  fire: {label: Fire, hit: [{target: mill, severity: high}]}
"""


@pytest.fixture
def ask(knockon: Run, tmp_path: Path) -> Run:
    """Ask a store of two dependencies of a shop, one of which a list states with a confidence of 0.4."""
    (tmp_path / "shop.yaml").write_text(DATA)
    return lambda *arguments, least="0.5": knockon(*arguments, "--store", "shop.yaml", "--min-confidence", least)


@pytest.mark.parametrize(
    ("question", "affected"),
    [
        ("impact fire", "1 of 3 entities"),
        ("exposure shop", "1 of 1 shock does not reach shop"),
        ("chokepoints shop", "Shop rests on 1 entity"),
        ("compare --hit mill=1", "1 in both, 1 in the first only"),
        ("loops", ""), ("concentration", ""), ("chains", "0 of 1"), ("uncertainty fire", ""),
        ("mitigate --hit grid=1 --protect shop", ""), ("impact --all", ""),
    ],
)  # fmt: skip
def test_every_question_leaves_it_out_and_counts(ask: Run, question: str, affected: str) -> None:
    ran = ask(*question.split())
    assert ran.code == 0
    assert NOTE in ran.err
    assert affected in ran.out + ran.err


def test_json_has_the_counts(ask: Run) -> None:
    """With the least confidence among the parameters; an answer without one has neither key."""
    counts = {"below": 1, "stated": 1, "not_stated": 1}
    for question in ("impact fire", "exposure shop", "profile shop", "explain --hit grid=1 shop", "loops"):
        answer = ask(*question.split(), "--format", "json").json
        assert answer["confidence"] == counts, question
        assert answer.get("parameters", {}).get("min_confidence", 0.5) == 0.5


def test_without_it_nothing_is_said(knockon: Run, tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(DATA)
    ran = knockon("impact", "fire", "--store", "shop.yaml", "--format", "json")
    assert "confidence" not in ran.json
    assert "min_confidence" not in ran.json["parameters"]
    assert "onfidence" not in ran.err


def test_a_query_sees_the_same_world(ask: Run) -> None:
    """Records, derived triples and the functions; the counts are on standard error, and JSON stays what SPARQL says."""
    ran = ask("query", "SELECT ?need { ?d ko:need ?need ; ko:dependant ?shop . ?shop ko:dependsOn ?need }", "-f", "json")
    assert [row["need"]["value"].rsplit("/", 1)[1] for row in ran.json["results"]["bindings"]] == ["grid"]
    assert NOTE in ran.err
    assert NOTE in ask("query", "--name", "depends-on", "--param", "entity=shop").err
    lost = ask("query", "SELECT (ko:loss(my:fire, my:shop) AS ?loss) {}", "-f", "csv")
    assert lost.out.split() == ["loss", "0"]


def test_confidence_is_shown_where_evidence_is(ask: Run) -> None:
    assert "row 3, https://example.org/list, Asserts, confidence 0.5" in ask("explain", "--hit", "grid=1", "shop").out
    assert "[doc-list row 3, confidence 0.5; doc-list row 4]" in ask("profile", "shop").out


def test_a_report_and_a_page_say_it(ask: Run, tmp_path: Path) -> None:
    ask("report", "fire", "-o", "report.html")
    ask("explore", "--shock", "fire", "-o", "page.html")
    assert "Confidence of at least 0.5: 1 of 2 places" in (tmp_path / "report.html").read_text()
    assert "Confidence of at least 0.5: 1 of 2 places" in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize("least", ["1.01", "-0.1", "nan", "often", "50%"])
@pytest.mark.parametrize("question", ["impact fire", "query ASK{}"])
def test_what_is_no_confidence_is_a_usage_error(ask: Run, question: str, least: str) -> None:
    ran = ask(*question.split(), least=least)
    assert ran.code == 2
    assert "--min-confidence" in ran.err


def test_a_table_of_flows_has_no_confidence(knockon: Run, tmp_path: Path) -> None:
    (tmp_path / "flows.csv").write_text("supplier,customer,value\na,b,3\n")
    ran = knockon("rank", "flows.csv", "--min-confidence", "0.5")
    assert ran.code == 2
    assert "--min-confidence: a table of flows has no records" in ran.err
