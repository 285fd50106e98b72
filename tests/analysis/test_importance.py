"""Importance of causes in answers: the numbers of the model by name, what is left out, and what is refused."""

from __future__ import annotations

import pytest

import knockon
from knockon.analysis.explain.explain import explain
from knockon.analysis.methods import IMPORTANCE
from knockon.analysis.report.report import gather
from knockon.analysis.uncertainty import importance_on_the_way as measured
from knockon.analysis.uncertainty import importance_work
from knockon.errors import LimitReached, NotFound, UsageError
from knockon.present.page.plain_finding import finding_texts
from knockon.present.report.markdown_report import markdown
from knockon.present.report.page import page
from knockon.present.rows.importance import importance_sentences
from knockon.present.text.explanation_markdown import explanation_markdown
from knockon.present.text.explanation_text import tree
from support.golden import LETTERS


@pytest.fixture(scope="module")
def graph() -> knockon.Graph:
    return knockon.open(LETTERS / "data")


@pytest.mark.parametrize("every", [8, pytest.param(1, marks=pytest.mark.slow)])
def test_an_answer_has_the_probabilities_of_impact(graph: knockon.Graph, every: int) -> None:
    """The target and each cause fail as ``impact`` says; hit and immune causes bound the probability.

    That of a cause that is hit for certain is computed for each, or for each eighth.
    """
    hit = {"maker-a": 0.5, "maker-b": 0.25}
    chances = graph.impact(hit=hit, model="chance", exact=True)
    target = max(chances.impacts, key=lambda one: (one.step, one.id))
    report = graph.importance(None, target.id, hit=hit, exact=True)
    assert report.probability == pytest.approx(target.loss)
    assert report.importances
    assert target.id not in {one.id for one in report.importances}
    for place, one in enumerate(report.importances):
        assert one.fails == pytest.approx(chances.loss(one.id))
        assert 0 <= one.birnbaum <= 1
        assert one.achievement is not None
        assert one.achievement >= 1 - 1e-12
        if place % every:
            continue
        forced = graph.impact(hit={**hit, one.id: 1.0}, model="chance", exact=True).loss(target.id)
        assert forced == pytest.approx(one.achievement * report.probability)
    assert [one.birnbaum for one in report.importances] == sorted((one.birnbaum for one in report.importances), reverse=True)
    assert report.to_dict()["parameters"]["exact"] is True


def test_draws_have_an_error_and_their_seed(graph: knockon.Graph) -> None:
    """The same seed gives the same answer; the standard error is there and 0 where it is exact."""
    first, second = (graph.importance(None, "device-d", hit={"maker-a": 0.5}, draws=300, seed=4) for _ in range(2))
    assert first.to_dict() == second.to_dict()
    assert any(one.standard_error > 0 for one in first.importances)


def test_what_is_refused(graph: knockon.Graph) -> None:
    """An unknown name, neither shock nor hit."""
    with pytest.raises(NotFound, match="nobody"):
        graph.importance(None, "nobody", hit={"maker-a": 0.5})
    with pytest.raises(UsageError, match="one of the two"):
        graph.importance(None, "device-d")


def test_an_explanation_measures_what_is_on_the_way(graph: knockon.Graph) -> None:
    """Its measures are those of ``importance``, of the entities on the paths, with each equation; other models have none."""
    hit = {"maker-a": 0.5}
    found = graph.explain(None, "device-d", hit=hit, model="chance", draws=200)
    assert found.importance is not None
    every = {one.id: one.to_dict() for one in graph.importance(None, "device-d", hit=hit, draws=200).importances}
    names = {one.id for one in found.importance.importances}
    on_the_way = {iri for path in found.paths for iri in path.entities}
    assert names
    assert names <= {one.rpartition("/")[2] for one in on_the_way} - {"device-d"}
    assert all(one.to_dict() == every[one.id] for one in found.importance.importances if one.id in every)
    assert found.importance.equations == {name: method.sourced for name, method in IMPORTANCE.items()}
    assert found.importance.probability == pytest.approx(found.impact.loss)
    assert "importance" in found.to_dict()
    for text in (explanation_markdown(found), tree(found)):
        assert "What the failure of Device D rests on" in text
    plain = graph.explain(None, "device-d", hit=hit)
    assert plain.importance is None
    assert "importance" not in plain.to_dict()


def test_what_is_not_measured_is_said(graph: knockon.Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under a condition, and where draws would take too long, there is a reason; beyond the limit, a count."""
    hit = {"maker-a": 0.5}
    known = explain(graph.impact(hit=hit, model="chance", given=["part-p"]), "device-d", importance=True).importance
    assert known is not None
    assert "condition" in str(known.skipped)
    run = graph.impact(hit={"power-w": 0.9}, model="chance", draws=100)
    monkeypatch.setattr(measured, "MOST", 1)
    few = explain(run, "device-d", importance=True).importance
    assert few is not None
    assert (len(few.importances), few.skipped) == (1, None)
    assert few.left_out > 0
    monkeypatch.setattr(measured, "MOST_DRAWN", 10)
    long = explain(run, "device-d", importance=True).importance
    assert long is not None
    assert "too long" in str(long.skipped)
    assert "was not measured" in importance_sentences(long)[0]


@pytest.mark.slow
def test_report_and_page_have_the_measures(graph: knockon.Graph) -> None:
    """Each names the causes and the equation of every measure; the report of another model has no such section."""
    run = graph.impact(hit={"maker-a": 0.5}, model="chance", draws=200)
    content = gather(run)
    section = content.importance
    assert section is not None
    for text in (page(content), markdown(content), " ".join(finding_texts(run))):
        assert "What the failure" in text
        assert all(one.label in text for one in section.importances)
        assert all(method.equations[0] in text for method in IMPORTANCE.values())
    data, _ = graph._explored(hit={"maker-a": 0.5}, model="chance", draws=200)
    assert len(data["cascade"]["finding"]) == 2
    assert any("Birnbaum = P1 - P0" in text for text in data["cascade"]["run"]["caveats"])
    assert gather(graph.impact(hit={"maker-a": 0.5})).importance is None


def test_draws_that_would_take_hours_are_refused_before_the_first(
    graph: knockon.Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the entities that the shock can reach and the target rests on; exact numbers have a limit of their own."""
    hit = {"maker-a": 0.5}
    exact = graph.importance(None, "maker-b", hit={"maker-b": 0.5}, exact=True)
    target = max(graph.impact(hit=hit, model="chance", exact=True).impacts, key=lambda one: (one.step, one.id)).id
    slots = graph.network().slots
    counted = graph.importance(None, target, hit=hit, draws=2)
    most = len(counted.importances) + 1
    monkeypatch.setattr(importance_work, "MOST_WORK", (1 + 2 * most) * 2 * slots)
    assert graph.importance(None, target, hit=hit, draws=2).to_dict() == counted.to_dict()
    monkeypatch.setattr(importance_work, "MOST_WORK", slots)
    monkeypatch.setattr("knockon.propagation.chance_shock.ShockRuns.failed_at_point", lambda *_: pytest.fail("a run began"))
    with pytest.raises(LimitReached, match=r"entities that this shock can reach: .* 2 draws .* would take hours"):
        graph.importance(None, target, hit=hit, draws=2)
    with pytest.raises(UsageError, match="draws"):
        graph.importance(None, target, hit=hit, draws=0)
    assert exact.importances is not None
