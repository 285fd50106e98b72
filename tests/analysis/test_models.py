"""The models that run on a graph: their parameters, what they say of each entity, and how a cap is told."""

from __future__ import annotations

import json

import pytest

from knockon.analysis import models
from knockon.analysis.impact.exposure import exposure
from knockon.analysis.impact.impact import ImpactReport, impacts
from knockon.analysis.options import resolve_options
from knockon.analysis.resolved_options import ResolvedOptions
from knockon.errors import UsageError
from support.contexts import bakery, context, explain, impact_of, row


def report(model: str, **given: object) -> ImpactReport:
    world = context(*bakery(), model=model, model_parameters=given)
    return impacts(world, [world.shock("drought")])[0]


@pytest.mark.parametrize("model", ["esri", "debtrank", "inoperability", "dynamic_inoperability", "fdna"])
def test_models_of_flows_say_what_they_need(model: str) -> None:
    """Asked for on a graph they are refused, with the inputs that a graph lacks and the models that would run."""
    with pytest.raises(UsageError, match=rf"{model} does not run on a graph: it needs .*leontief, reach, timeline, chance"):
        ResolvedOptions(model=model)


def test_parameters_are_held_against_the_model() -> None:
    """An unknown name lists what there is; another kind of value is refused; so is eps where it means nothing."""
    with pytest.raises(
        UsageError, match=r"no 'draw'; did you mean draws\? it takes draws \(10000\), seed \(0\), exact \(false\)"
    ):
        ResolvedOptions(model="chance", model_parameters={"draw": 5})
    with pytest.raises(UsageError, match="reach takes no 'eps'; it takes no parameters"):
        ResolvedOptions(model="reach", eps=0.1)
    for name, value in (("horizon", 2.5), ("horizon", True), ("step", "2"), ("threshold", None)):
        with pytest.raises(UsageError, match=name):
            ResolvedOptions(model="timeline", model_parameters={name: value})
    with pytest.raises(UsageError, match="exact must be true or false"):
        ResolvedOptions(model="chance", model_parameters={"exact": 1})
    with pytest.raises(UsageError, match="horizon must be"):
        report("timeline", horizon=0)


def test_parameters_as_typed() -> None:
    """Whole numbers, numbers, true, false and none; nothing else, nothing twice, nothing without a name."""
    typed = ["horizon=30", "step=.5", "duration=none"]
    assert models.parse_parameters("timeline", typed) == {"horizon": 30, "step": 0.5, "duration": None}
    assert models.parse_parameters("chance", ["exact=true"]) == {"exact": True}
    for wrong in (["draws"], ["=5"], ["draws="], ["draws=many"], ["draws=5", "draws=6"]):
        with pytest.raises(UsageError, match="--set"):
            models.parse_parameters("chance", wrong)


def test_settings_with_the_same_parameters_are_one() -> None:
    """So that a graph computes each but once: the order of parameters does not matter."""
    options = resolve_options(model="timeline", horizon=5, step=2.0, eps=1e-6)
    assert options == resolve_options(model="timeline", eps=1e-6, step=2.0, horizon=5)
    assert hash(options) == hash(resolve_options(model="timeline", eps=1e-6, step=2.0, horizon=5))


def test_a_timeline_tells_days() -> None:
    """Days where a stock or delay is recorded; losses are those of leontief in the end; the parameters as they were used."""
    answer, still = report("timeline", horizon=10), report("leontief")
    assert [(i.entity, i.loss, i.step) for i in answer] == [(i.entity, i.loss, i.step) for i in still]
    # No stock and no delay: the model counts links, and nobody knows the days.
    assert [row(answer, name).more["time_to_impact"] for name in ("flour", "baking", "rye", "guests")] == [0, None, None, None]
    assert [row(answer, name).more["timed"] for name in ("flour", "baking", "rye", "guests")] == [True, False, False, False]
    # Three days of the whole need cover a shortage of 0.75 for four days; each link takes one more.
    stocked = report("timeline", horizon=60, buffer=3.0)
    assert [row(stocked, name).more["time_to_impact"] for name in ("flour", "baking", "rye")] == [0.0, 5.0, 10.0]
    assert row(stocked, "baking").more["timed"] is True
    assert row(answer, "guests").to_dict()["time_to_recover"] is None
    assert (answer.parameters["horizon"], answer.parameters["duration"], answer.parameters["threshold"]) == (10, None, 0.05)
    assert "cap" not in answer.parameters
    assert "paths" not in answer.parameters
    brief = report("timeline", horizon=20, duration=2)
    assert row(brief, "flour").more["time_to_recover"] == 2
    assert json.loads(brief.to_json())["impacts"][0]["area"] == pytest.approx(1.5)


def test_a_horizon_that_ends_too_soon_is_a_cap() -> None:
    """What still moved at the end is truncated, and an entity that was not reached may be yet."""
    result = report("timeline", horizon=1)
    assert (result.truncated, result.to_dict()["stopped_by"]) == (True, "cap")
    with pytest.raises(Exception, match="stopped by its cap before it reached"):
        explain(result, "guests")


def test_a_chance_tells_its_error() -> None:
    """Draws and seed are in the parameters, the standard error is in each row; counted out, there is none."""
    result = report("chance", draws=200, seed=3)
    assert (result.parameters["draws"], result.parameters["seed"]) == (200, 3)
    rye = row(result, "rye")
    assert rye.more["standard_error"] == pytest.approx((rye.loss * (1 - rye.loss) / 200) ** 0.5)
    assert result.to_dict() == report("chance", draws=200, seed=3).to_dict()
    exact = report("chance", exact=True)
    assert row(exact, "rye").loss == pytest.approx(0.5625)
    assert row(exact, "rye").to_dict()["standard_error"] == 0
    assert "eps" not in exact.parameters


@pytest.mark.parametrize("model", models.MODELS)
def test_every_model_explains_itself(model: str) -> None:
    """The tree, the paths and the prose of each model, and what it rests on."""
    why = explain(report(model, **({"draws": 500} if model == "chance" else {})), "guests")
    assert [link.dependant.rsplit("/")[-1] for link in why.links] == ["guests", "rye", "baking"]
    text = why.to_markdown()
    assert text.startswith("**Guests** ")
    assert f"model `{model}`" in text
    assert json.loads(json.dumps(why.to_dict()))["model"] == model


def test_exposures_carry_what_the_model_says() -> None:
    """A row for each shock with the days or the error, the model with its parameters, and whether any run was cut."""
    answer = exposure(context(*bakery(), model="timeline", model_parameters={"horizon": 9}), "rye")
    assert (answer.model, answer.parameters["horizon"], answer.truncated) == ("timeline", 9, False)
    assert (answer.exposures[0].more["time_to_impact"], answer.exposures[0].more["timed"]) == (None, False)
    assert exposure(context(*bakery(), cap=1), "guests").truncated is True


def test_reports_of_leontief_are_what_they_were() -> None:
    """No keys on its rows but those there were, and eps and cap as before."""
    result = impact_of(context(*bakery()), flour="high")
    assert set(result.impacts[0].to_dict()) == {
        "entity", "id", "label", "class", "loss", "loss_low", "loss_high", "step", "binding", "support", "evidence",
    }  # fmt: skip
    assert (result.parameters["eps"], result.parameters["cap"]) == (1e-12, 10_000)
