"""Answers under ``timeline`` say which alternative took over, and when; without switching times nothing is said."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

import knockon
from knockon.analysis.methods import METHODS
from knockon.model import Dependency, Entity, Statement
from knockon.present.equations import equations_of
from knockon.present.rows.impact import impact_notes
from knockon.store.oxigraph import MemoryStore
from support.random_records import SHOCK, generator, random_graph
from support.small_records import data_set, entities, iri, need

NAMES = ("radios", "phones", "other-phones", "chips", "philips", "forge")


def graph_of(*records: Dependency) -> knockon.Graph:
    return knockon.Graph(MemoryStore(data_set("chips", [*entities(*NAMES), *records])))


def phones(name: str, **more: object) -> Dependency:
    return need(name, "chips", "philips", criticality_value="1", **more)


def test_the_answer_names_the_alternative_and_the_day() -> None:
    """In the notes, the explanation, the report, and JSON; it is the alternative of that dependency alone."""
    switching = phones("phones", alternative=[iri("forge")], switching_time="P5D")
    graph = graph_of(switching, phones("other-phones"), need("radios", "phones", criticality_value="1"))
    report = graph.impact(hit={"philips": "total", "forge": 0.25}, model="timeline")
    note = next(line for line in impact_notes(report) if "Forge" in line)
    assert note.startswith("The need of Phones for Chips is met by Forge after 5 days (up to 25% of that is lost). An")
    assert [one["day"] for one in report.to_dict()["substitutions"]] == [5.0]
    explanation = graph.explain(None, "radios", hit={"philips": "total", "forge": 0.25}, model="timeline")
    assert "[after 5 days it is met by Forge (up to 25% of that is lost)]" in explanation.links[-1].text
    assert "after 5 days it is met by Forge (up to 25% of that is lost)" in explanation.to_markdown()
    assert METHODS["timeline"].forms["substitution"].equations[0] in equations_of(explanation)
    assert "substitutions" not in explanation.to_dict()["links"][0]
    assert report.loss("other-phones") == 1.0
    for form in ("html", "md"):
        text = graph.report(hit={"philips": "total", "forge": 0.25}, model="timeline", form=form)
        assert "The need of Phones for Chips is met by Forge after 5 days" in text
        assert METHODS["timeline"].forms["substitution"].equations[0] in text


def test_without_a_switching_time_nothing_is_said() -> None:
    """A word of switching cost has no days: losses and answers are those without an alternative, byte for byte."""
    dear = graph_of(phones("phones", alternative=[iri("forge")], switching_cost="Low"))
    none = graph_of(phones("phones"))
    answers = [graph.impact(hit={"philips": "total"}, model="timeline").to_json() for graph in (dear, none)]
    assert answers[0].replace(dear.impact(hit={"philips": "total"}).run.network_hash, "") == answers[1].replace(
        none.impact(hit={"philips": "total"}).run.network_hash, ""
    )
    assert "substitutions" not in answers[0]


def test_other_models_do_not_change() -> None:
    """Under ``leontief`` an alternative counts in what-ifs alone."""
    graph = graph_of(phones("phones", alternative=[iri("forge")], switching_time="P0D"))
    assert graph.impact(hit={"philips": "total"}).loss("phones") == 1.0
    assert graph.impact(hit={"philips": "total"}, model="timeline").loss("phones") == 0.0


def with_switching_times(records: Iterable[Statement], seed: int, longer: int) -> list[Statement]:
    """Records in which about half of the dependencies name alternatives, with times that are some days longer."""
    rng = generator(seed)
    known = {record.id: record for record in records}
    names = sorted(name for name, record in known.items() if isinstance(record, Entity))
    changed: list[Statement] = []
    for record in known.values():
        given = {name: value for name, value in vars(record).items() if value is not None}
        if isinstance(record, Dependency) and rng.random() < 0.5:
            in_use = {record.dependant, record.need, *(supply.provider for supply in record.supply)}
            free = [name for name in names if name not in in_use]
            time = f"P{rng.choice((0, 1, 3, 6)) + longer}D"
            more = {"alternative": rng.sample(free, min(len(free), 2)), "switching_time": time}
            changed.append(Dependency.model_validate({**given, **more}) if free else record)
        else:
            changed.append(record)
    return changed


@pytest.mark.parametrize("seed", [0, 3, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 60))])
def test_on_any_records_longer_times_spare_nobody(seed: int) -> None:
    """With provisions, portions and records that disagree: no loss falls, bounds hold, and every loss can be explained."""
    drawn = random_graph(seed)
    options = {"as_of": drawn.day or "all", "stances": drawn.stances, "financing": drawn.financing}
    reports = []
    for longer in (0, 2):
        records = with_switching_times(drawn.data_sets[0], seed, longer)
        graph = knockon.Graph(MemoryStore(data_set("x", [drawn.shock, *records]), checked=True))
        reports.append(graph.impact(SHOCK, model="timeline", horizon=12, **options))
    soon, late = reports
    for entity in {impact.entity for report in reports for impact in report}:
        assert soon.loss(entity) <= late.loss(entity) + 1e-12
    for impact in late:
        assert impact.loss_low - 1e-12 <= impact.loss <= impact.loss_high + 1e-12
        if impact.loss:
            assert graph.explain(SHOCK, impact.entity, model="timeline", horizon=12, **options).to_markdown()


@pytest.mark.parametrize("change", ["supplier=forge; instead=philips", "supplier=forge; share=0"])
def test_a_what_if_may_make_the_alternative_a_supplier(change: str) -> None:
    """It supplies from the first day then, and is no alternative any more; the other alternative still is one."""
    more = {"alternative": [iri("forge"), iri("radios")], "switching_time": "P5D"}
    graph = graph_of(
        need("phones", "chips", name="d", criticality_value="1", supply=[{"provider": iri("philips"), "share": "1"}], **more)
    )
    report = graph.impact(hit={"philips": "total"}, model="timeline", what_if={"d": change}, duration=3)
    assert report.loss("phones") == (0.0 if "instead" in change else 1.0)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({}, "none is named; add alternative"),
        ({"alternative": [iri("philips")]}, "'philips' is a provider in use"),
        ({"alternative": [iri("phones")]}, "'phones' is the dependant"),
        ({"alternative": [iri("chips")]}, "'chips' is the need"),
        ({"alternative": [iri("forge")], "switching_time": "-P1D"}, "is negative"),
        ({"alternative": [iri("forge")], "switching_time": "inf"}, "is not a duration"),
        ({"alternative": [iri("forge")], "switching_time": "P9999Y"}, "longer than 1,000 years"),
    ],
)
def test_a_switching_time_that_makes_no_sense(wrong: dict[str, object], message: str) -> None:
    """An error that says what is wrong with it."""
    with pytest.raises(ValueError, match=message):
        phones("phones", **{"switching_time": "P5D", **wrong})
