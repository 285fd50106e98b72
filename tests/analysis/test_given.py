"""Probabilities under the condition that entities have failed: in answers, with the probability of that, or refused."""

from __future__ import annotations

from typing import Any

import pytest

import knockon
from knockon.errors import NotFound, UsageError
from knockon.present.caveats import given
from knockon.vocabulary import local_name
from support.golden import LETTERS

SHOCK = "maker-a-stops"


@pytest.fixture(scope="module")
def graph() -> knockon.Graph:
    return knockon.open(LETTERS / "data")


def chances(graph: knockon.Graph, **options: Any) -> knockon.ImpactReport:
    return graph.impact(hit={"maker-a": 0.5}, model="chance", exact=True, **options)


def test_a_condition_is_in_the_answer_and_changes_it(graph: knockon.Graph) -> None:
    """What failed has failed in every outcome, its causes more often, and the probability of it is the one without."""
    before = chances(graph)
    failed = max((one for one in before.impacts if 0 < one.loss < 1 and one.step > 0), key=lambda one: one.step)
    after = chances(graph, given=[failed.id])
    assert after.loss(failed.id) == 1.0
    assert after.loss("maker-a") >= before.loss("maker-a")
    assert after.parameters["given"] == [failed.entity]
    assert after.parameters["given_probability"] == pytest.approx(failed.loss)
    assert given(before.run.parameters) == []
    assert f"{failed.loss:.2g}" in given(after.run.parameters)[0]
    assert "given" not in chances(graph).parameters


def test_a_question_without_a_condition_is_not_changed_by_one_with_it(graph: knockon.Graph) -> None:
    """Contexts of the two are kept apart."""
    first = chances(graph).to_dict()
    chances(graph, given=["maker-a"])
    assert chances(graph).to_dict() == first


def test_what_cannot_be_given_is_refused(graph: knockon.Graph) -> None:
    """Another model, an unknown entity, and one that does not fail."""
    with pytest.raises(UsageError, match="what has failed is given to the model chance, not to leontief"):
        graph.impact(SHOCK, given=["maker-a"])
    with pytest.raises(UsageError, match=r"given=\['maker-a'\]"):
        chances(graph, given="maker-a")
    with pytest.raises(NotFound, match="nobody"):
        chances(graph, given=["nobody"])


@pytest.mark.parametrize("exact", [True, False])
def test_what_contradicts_the_shock_is_not_called_rare(graph: knockon.Graph, exact: bool) -> None:
    """Nothing that is hit makes it fail, or it is hit with 0: each such entity is named, and more draws are not proposed."""
    harmed = {one.id for one in chances(graph).impacts}
    needing = sorted({local_name(node) for node in graph.network().nodes} - harmed)
    message = f"given .*{needing[0]} contradicts the shock, under which it cannot fail"
    for hit, known in (({"maker-a": 0.5}, needing[:1]), ({"maker-a": 0.5, needing[0]: 0.0}, ["maker-a", needing[0]])):
        with pytest.raises(UsageError, match=message) as error:
            graph.impact(hit=hit, model="chance", given=known, exact=exact, draws=50)
        assert "rare" not in str(error.value)
        assert "maker-a" not in str(error.value)
