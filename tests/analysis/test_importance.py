"""Importance of causes in answers: the numbers of the model by name, what is left out, and what is refused."""

from __future__ import annotations

import pytest

import knockon
from knockon.errors import NotFound, UsageError
from support.golden import LETTERS


@pytest.fixture(scope="module")
def graph() -> knockon.Graph:
    return knockon.open(LETTERS / "data")


def test_an_answer_has_the_probabilities_of_impact(graph: knockon.Graph) -> None:
    """The target and each cause fail as ``impact`` says; hit and immune causes bound the probability."""
    hit = {"maker-a": 0.5, "maker-b": 0.25}
    chances = graph.impact(hit=hit, model="chance", exact=True)
    target = max(chances.impacts, key=lambda one: (one.step, one.id))
    report = graph.importance(None, target.id, hit=hit, exact=True)
    assert report.probability == pytest.approx(target.loss)
    assert report.importances
    assert target.id not in {one.id for one in report.importances}
    for one in report.importances:
        assert one.fails == pytest.approx(chances.loss(one.id))
        assert 0 <= one.birnbaum <= 1
        assert one.achievement is not None
        assert one.achievement >= 1 - 1e-12
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
