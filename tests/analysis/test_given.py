"""Probabilities under the condition that entities have failed: in answers, with the probability of that, or refused."""

from __future__ import annotations

from typing import Any

import pytest

import knockon
from knockon.errors import NotFound, UsageError
from knockon.model import Product
from knockon.present.caveats import given
from knockon.present.equations import equations_of
from knockon.present.text.explanation_text import explanation_notes
from knockon.vocabulary import local_name
from support.contexts import context
from support.golden import LETTERS
from support.small_records import entities, iri, need

SHOCK = "maker-a-stops"


@pytest.fixture(scope="module")
def graph() -> knockon.Graph:
    return knockon.open(LETTERS / "data")


@pytest.fixture(scope="module")
def before(graph: knockon.Graph) -> knockon.ImpactReport:
    """The answer without a condition."""
    return chances(graph)


@pytest.fixture(scope="module")
def spared(graph: knockon.Graph, before: knockon.ImpactReport) -> str:
    """The first entity that the shock does not harm."""
    return min({local_name(node) for node in graph.network().nodes} - {one.id for one in before.impacts})


def chances(graph: knockon.Graph, **options: Any) -> knockon.ImpactReport:
    return graph.impact(hit={"maker-a": 0.5}, model="chance", exact=True, **options)


def test_a_condition_is_in_the_answer_and_changes_it(graph: knockon.Graph, before: knockon.ImpactReport) -> None:
    """What failed has failed in every outcome, its causes more often, and the probability of it is the one without."""
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
def test_what_contradicts_the_shock_is_not_called_rare(graph: knockon.Graph, spared: str, exact: bool) -> None:
    """Nothing that is hit makes it fail, or it is hit with 0: each such entity is named, and more draws are not proposed."""
    # By its label, which is its id in other letters.
    message = f"(?i)given .*{spared.replace('-', ' ')} contradicts the shock, under which it cannot fail"
    for hit, known in (({"maker-a": 0.5}, [spared]), ({"maker-a": 0.5, spared: 0.0}, ["maker-a", spared])):
        with pytest.raises(UsageError, match=message) as error:
            graph.impact(hit=hit, model="chance", given=known, exact=exact, draws=50)
        assert "rare" not in str(error.value)
        assert "maker a" not in str(error.value).lower()


def test_an_explanation_has_the_condition_and_its_equation(graph: knockon.Graph) -> None:
    """The loss is that of the impact under the condition; the text has the condition, its equation and what a harm is."""
    given_failed = {"hit": {"maker-a": 0.5}, "model": "chance", "exact": True, "given": ["device-d"]}
    answer = graph.explain(None, "sales-d", **given_failed)  # type: ignore[arg-type] # options of one call
    assert answer.impact.loss == chances(graph, given=["device-d"]).loss("sales-d")
    assert "probability given G" in equations_of(answer)
    assert any("Given that Device D has failed" in line for line in explanation_notes(answer))
    text = answer.to_markdown()
    assert "given the failure of Device D" in text
    assert "losses under the condition" in text
    assert "losses under the condition" not in graph.explain(SHOCK, "sales-d", model="chance", exact=True).to_markdown()


@pytest.mark.parametrize("form", [pytest.param("html", marks=pytest.mark.slow), "md"])
def test_a_report_has_the_condition_in_its_finding_and_its_method(graph: knockon.Graph, form: str) -> None:
    """A reader of the first page sees it, and the method has its equation and source; without it neither does."""
    options: dict[str, Any] = {"hit": {"maker-a": 0.5}, "model": "chance", "exact": True, "form": form}
    text = graph.report(given=["device-d"], **options)
    assert "and given that Device D has failed, " in text
    assert "probability given G = probability that the entity fails" in text
    assert "given that" not in graph.report(**options).lower()


@pytest.mark.parametrize("question", ["explain", "report", "impact"])
def test_explanations_and_reports_refuse_what_an_impact_refuses(graph: knockon.Graph, spared: str, question: str) -> None:
    """One wording for another model, a single text, an unknown entity and a contradiction."""

    def ask(given: Any, **options: Any) -> None:
        first = (None, "sales-d") if question == "explain" else ()
        getattr(graph, question)(*first, hit={"maker-a": 0.5}, given=given, **options)

    with pytest.raises(UsageError, match="what has failed is given to the model chance, not to leontief"):
        ask(["maker-a"])
    with pytest.raises(UsageError, match="given is a list of names"):
        ask("maker-a", model="chance", exact=True)
    with pytest.raises(NotFound, match="nobody"):
        ask(["nobody"], model="chance", exact=True)
    with pytest.raises(UsageError, match="contradicts the shock"):
        ask([spared], model="chance", exact=True)


def test_sentences_name_entities_by_their_labels_and_tell_two_of_one_label_apart() -> None:
    """The label alone where one entity has it; with the prefixed name where another entity has it as well."""
    named = context(*entities("a", "b"), Product(id=iri("c"), label="a"), need("b", "a", criticality="High")).named
    assert [named(iri(name)) for name in "abcz"] == ["A (id:a)", "B", "a (id:c)", "z"]
