"""Draws of what words may mean: what is assumed, how losses spread, on what they hang."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import knockon
from knockon.analysis.context import Context
from knockon.analysis.impact.impact import impacts
from knockon.analysis.uncertainty.assumptions import Assumed, assumptions
from knockon.analysis.uncertainty.sensitivity import rank_correlations, ranks
from knockon.analysis.uncertainty.uncertainty import SamplingPlan, UncertaintyReport, uncertainty
from knockon.errors import UsageError
from knockon.model import Dependency, Shock, Statement
from knockon.network.resolve import to_hits
from knockon.propagation.sampling import interval_quantiles, sample_points
from knockon.vocabulary import INTERVALS, UNKNOWN
from support.contexts import bakery, context, shock
from support.small_records import entities, iri, need


def asked(where: Context, name: str, **how: Any) -> UncertaintyReport:
    return uncertainty(where, where.shock(name), SamplingPlan(**how))


def assumed(where: Context, name: str, per: str = "word") -> Assumed:
    outcome = where.run([where.shock(name)])
    return assumptions(where, outcome, to_hits(outcome.network, outcome.resolved)[0], per)


def names(answer: Assumed) -> list[str]:
    return [assumption.name for assumption in answer.each]


# What is assumed


def test_words_touch_and_do_not_overlap() -> None:
    """So a number drawn for a stronger word is never below one drawn for a weaker word; only 'not given' has no place."""
    words = list(INTERVALS.values())
    assert all(weaker.high <= stronger.low for stronger, weaker in pairwise(words))
    assert UNKNOWN not in words


def pair(*more: Statement, **shares: Any) -> Context:
    """A shop that needs stock from two suppliers of whom nobody says how they combine; a fire at one of them."""
    return context(
        *entities("shop", "stall", "stock", "a", "b"),
        need("shop", "stock", "a", "b", criticality_value="1", **shares),
        need("stall", "stock", "a", "b", criticality_value="1"),
        shock("fire", {"target": "a", "severity_value": "1"}),
        *more,
    )


def test_a_combination_that_nobody_gave_is_drawn_like_a_word() -> None:
    """From any one is enough over equal shares to all are needed: uniform readings give uniform losses of 0 to 1."""
    answer = assumed(pair(), "fire")
    assert names(answer) == ["combination not given"]
    assert (answer.each[0].interval, answer.each[0].uses) == ((0.0, 0.5, 1.0), 2)
    report = asked(pair(), "fire", draws=64, shape="uniform")
    shop, stall = report.by_id["shop"], report.by_id["stall"]
    assert (shop.loss_low, shop.loss, shop.loss_high) == (0.0, 0.5, 1.0)
    assert sorted(report.losses("shop")) == pytest.approx((np.arange(64) + 0.5) / 64, abs=1 / 64)
    assert report.losses("shop").tolist() == report.losses("stall").tolist()
    assert (shop.drivers[0].loss_low, shop.drivers[0].loss_high, shop.drivers[0].swing) == (0.0, 1.0, 1.0)
    assert stall.hangs_on is not None
    assert stall.hangs_on.assumption.name == "combination not given"


def test_each_link_has_a_reading_of_its_own_where_that_is_asked() -> None:
    """With draws per link two needs differ; a stated combination is not an assumption."""
    answer = assumed(pair(), "fire", "link")
    assert names(answer) == [
        "suppliers of link shop-needs-stock (not given)",
        "suppliers of link stall-needs-stock (not given)",
    ]
    report = asked(pair(), "fire", draws=16, draws_per="link")
    assert report.losses("shop").tolist() != report.losses("stall").tolist()
    assert [assumption.uses for assumption in assumed(pair(combination="AnyOf"), "fire").each] == [1]


def test_a_word_is_one_number_wherever_it_is_used() -> None:
    """Severities apart from criticalities, each with the number of its uses; a need that cannot be short has no assumption."""
    answer = assumed(context(*bakery()), "drought")
    assert names(answer) == [
        "severity High", "criticality Essential", "criticality High", "criticality Medium", "criticality Low",
    ]  # fmt: skip
    assert [assumption.uses for assumption in answer.each] == [1, 1, 1, 1, 1]
    # One of two mills: no need can go short, and no criticality matters.
    assert names(assumed(context(*bakery()), "frost")) == ["severity Essential"]
    twice = context(*entities("a", "b", "c"), need("b", "a", criticality="High"), need("c", "b", criticality="High"),
                   shock("end", {"target": "a", "severity_value": "1"}))  # fmt: skip
    assert [(assumption.name, assumption.uses) for assumption in assumed(twice, "end").each] == [("criticality High", 2)]
    assert [(assumption.name, assumption.uses) for assumption in assumed(twice, "end", "link").each] == [
        ("link b-needs-a (High)", 1), ("link c-needs-b (High)", 1),
    ]  # fmt: skip


def test_numbers_are_no_assumptions() -> None:
    """What is stated as a number, or as Negligible, is drawn from nothing: every draw is the point."""
    where = context(
        *entities("a", "b", "c"),
        need("b", "a", criticality="High", criticality_value="0.7"),
        need("c", "a", criticality="Negligible"),
        shock("end", {"target": "a", "severity_value": "0.5"}),
    )
    report = asked(where, "end", draws=8)
    assert report.weights == ()
    assert report.losses("a").tolist() == [0.5] * 8
    assert report.losses("b").tolist() == [pytest.approx(0.35)] * 8
    assert [impact.hangs_on for impact in report] == [None, None]
    assert report.by_id["b"].loss_sd == 0
    assert len(report) == 2


def test_records_that_disagree_are_an_assumption_of_their_own() -> None:
    """The hull of High and Low is drawn by itself; two records that agree share the number of their word."""
    two = [need("b", "a", name="one", criticality="High"), need("b", "a", name="two", criticality="Low")]
    same = [need("c", "a", name="three", criticality="High"), need("c", "a", name="four", criticality="High")]
    exact = [need("d", "a", name="five", criticality="High"), need("d", "a", name="six", criticality_value="0.75")]
    where = context(*entities(*"abcd"), *two, *same, *exact, shock("end", {"target": "a", "severity_value": "1"}))
    answer = {assumption.name: assumption for assumption in assumed(where, "end").each}
    assert set(answer) == {"criticality High", "link one + two (disputed)", "link five + six (disputed)"}
    assert answer["link one + two (disputed)"].interval == (0.05, 0.75, 0.9)
    assert answer["link one + two (disputed)"].of == (iri("one"), iri("two"))
    assert answer["criticality High"].uses == 1


def test_a_target_query_is_as_good_as_a_target() -> None:
    """The severities that a query binds are drawn as words, one for each target where that is asked."""
    rows = " ".join(f"(<{iri(name)}> {severity})" for name, severity in (("a", "ko:High"), ("b", "0.5"), ("c", "ko:High")))
    text = f"SELECT ?target ?severity WHERE {{ VALUES (?target ?severity) {{ {rows} }} }}"
    where = context(*entities(*"abc"), shock("end", {"target_query": text}))
    assert [(assumption.name, assumption.uses) for assumption in assumed(where, "end").each] == [("severity High", 2)]
    assert names(assumed(where, "end", "link")) == ["hit on a (High)", "hit on c (High)"]
    report = asked(where, "end", draws=64)
    assert report.losses("a").tolist() == report.losses("c").tolist()
    assert set(report.losses("b").tolist()) == {0.5}
    apart = asked(where, "end", draws=64, draws_per="link")
    assert apart.losses("a").tolist() != apart.losses("c").tolist()


# The draws


def authored(where: Context, answer: Assumed, values: np.ndarray) -> list[Statement]:
    """The records with the numbers of one draw written into them."""
    network = where.compiled().network
    criticality, _, _ = answer.lanes(values[:, None])
    numbers = {name: float(criticality[slot, 0]) for slot, names in enumerate(network.slot_records) for name in names}
    return [
        record.model_copy(update={"criticality_value": numbers[record.id]}) if isinstance(record, Dependency) else record
        for record in where.store.records
        if not isinstance(record, Shock) and record.id not in {iri("doc-a"), iri("doc-b")}
    ]


@pytest.mark.parametrize("per", ["word", "link"])
def test_a_draw_is_what_impact_says_of_its_numbers(per: str) -> None:
    """With the numbers of a draw written into the records, the model gives the losses of that draw."""
    where = context(*bakery())
    answer = assumed(where, "drought", per)
    values = interval_quantiles(answer.intervals, sample_points("lhs", len(answer.each), 16, 7))
    report = asked(where, "drought", draws=16, seed=7, draws_per=per)
    for draw in range(0, 16, 5):
        _, severity, _ = answer.lanes(values[:, draw : draw + 1])
        other = context(*authored(where, answer, values[:, draw]))
        alone = impacts(other, [other.shock_from([("flour", repr(float(severity[0, 0])))])])[0]
        for row, spread in enumerate(report):
            assert report.sample[row, draw] == pytest.approx(alone.loss(spread.entity), abs=1e-12)


@given(st.sampled_from(["word", "link"]), st.sampled_from(["lhs", "sobol"]), st.sampled_from(["triangular", "uniform"]),
       st.integers(0, 99), st.sampled_from([2, 16, 64]), st.integers(0, 18))  # fmt: skip
def test_every_draw_lies_within_the_exact_bounds(
    graph: knockon.Graph, per: str, sampling: str, shape: str, seed: int, draws: int, which: int
) -> None:
    """0 <= low <= draws and quantiles <= high <= 1, the bounds those of impact; probabilities in 0..1."""
    name = list(graph.records(Shock))[which].name
    report = graph.uncertainty(name, draws_per=per, sampling=sampling, shape=shape, seed=seed, draws=draws)
    exact = graph.impact(name)
    assert [item.entity for item in report] == [
        i.entity for i in sorted(exact, key=lambda i: (-i.loss, -i.loss_high, i.entity))
    ]
    for row, item in zip(report.sample, report, strict=True):
        impact = next(i for i in exact if i.entity == item.entity)
        assert (item.loss, item.loss_low, item.loss_high) == (impact.loss, impact.loss_low, impact.loss_high)
        assert (
            0 <= item.loss_low <= row.min() <= item.loss_q05 <= item.loss_median <= item.loss_q95 <= row.max() <= item.loss_high
        )
        assert item.loss_high <= 1
        assert row.min() <= item.loss_mean <= row.max()
        assert 0 <= item.threshold_probability <= 1
        assert 0 <= item.top_probability <= 1
        assert 1 <= item.rank_mean <= len(report)
        assert all(item.loss_low <= d.loss_low <= d.loss_high <= item.loss_high for d in item.drivers)


def test_the_same_seed_is_the_same_bytes(graph: knockon.Graph) -> None:
    """Whatever was asked before, in whatever order the records stand; another seed draws others."""
    first = graph.uncertainty("entity-list-chips", draws=64).to_json()
    assert knockon.open().uncertainty("entity-list-chips", draws=64).to_json() == first
    assert graph.uncertainty("entity-list-chips", draws=64, seed=1).to_json() != first
    turned = context(*bakery()[::-1])
    assert asked(turned, "drought", draws=32).to_json() == asked(context(*bakery()), "drought", draws=32).to_json()


def test_batches_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """In parts of one lane the answer is the same, to the last bit."""
    whole = asked(context(*bakery()), "drought", draws=16).to_json()
    monkeypatch.setattr("knockon.propagation.leontief_round.BATCH", 1)
    assert asked(context(*bakery()), "drought", draws=16).to_json() == whole


# What is told of them


def test_numbers_worked_by_hand() -> None:
    """Two hits, High and a number; the probability of half or more is the share of draws, with its standard error."""
    where = context(
        *entities("a", "b", "c"), need("c", "a", criticality="Essential"),
        shock("end", {"target": "a", "severity": "Medium"}, {"target": "b", "severity_value": "0.5"}),
    )  # fmt: skip
    report = asked(where, "end", draws=1000, shape="uniform", top=1)
    a, b, c = (report.by_id[name] for name in "abc")
    assert [impact.entity for impact in report] == [iri("b"), iri("a"), iri("c")]
    assert (a.threshold_probability, b.threshold_probability) == (pytest.approx(1 / 3, abs=0.002), 1.0)
    assert a.threshold_standard_error == pytest.approx((a.threshold_probability * (1 - a.threshold_probability) / 999) ** 0.5)
    assert b.threshold_standard_error == 0
    assert (a.loss_q05, a.loss_median, a.loss_q95, a.loss_mean) == pytest.approx((0.315, 0.45, 0.585, 0.45), abs=0.001)
    # Above a half A is the worst, else B; C loses less than A whenever its criticality is below 1.
    assert (a.rank, b.rank, c.rank) == (2, 1, 2)
    often = (a.top_probability, b.top_probability, c.top_probability)
    assert often == pytest.approx((a.threshold_probability, 1 - a.threshold_probability, 0))
    drivers = [(d.assumption.name, round(d.loss_low, 9), round(d.loss_high, 9), d.swing) for d in c.drivers]
    assert drivers == [("severity Medium", 0.3, 0.6, 0.3), ("criticality Essential", 0.405, 0.45, 0.045)]
    assert c.hangs_on is c.drivers[0]
    assert a.drivers[0].rank_correlation == 1.0
    weights = [(w.assumption.name, round(w.swing_mean, 9), w.swing_most, w.most_on, w.moves) for w in report.weights]
    assert weights == [("severity Medium", 0.2, 0.3, iri("a"), 2), ("criticality Essential", 0.015, 0.045, iri("c"), 1)]


def test_who_ties_shares_the_places_among_the_worst() -> None:
    """Three that always lose the same share the mean place, and the one place at the top: a third each, not all of it."""
    records = [*entities(*"abc"), shock("end", *({"target": name, "severity": "High"} for name in "abc"))]
    report = asked(context(*records), "end", draws=32, top=1)
    assert [(impact.rank, impact.rank_mean, impact.rank_sd, impact.top_probability) for impact in report] == [
        (1, 2.0, 0.0, pytest.approx(1 / 3))
    ] * 3
    apart = asked(context(*records), "end", draws=32, top=1, draws_per="link")
    assert sum(item.top_probability for item in apart) == pytest.approx(1)


@pytest.mark.parametrize("top", [1, 2, 5, 40])
def test_places_among_the_worst_add_up(top: int) -> None:
    """Over all entities the probabilities come to ``top``, or to how many lose anything where that is less."""
    report = knockon.open().uncertainty("entity-list-chips", draws=64, top=top)
    lose = float((report.sample > 0).sum(axis=0).mean())
    assert sum(impact.top_probability for impact in report) == pytest.approx(min(top, lose))


def test_a_threshold_of_nothing_is_any_loss() -> None:
    """At 0 who loses anything passes; at 1 only who loses all."""
    report = asked(context(*bakery()), "drought", draws=16, threshold=0)
    assert {impact.threshold_probability for impact in report} == {1.0}
    where = context(
        *entities("a", "b"), need("b", "a", criticality="High"), shock("end", {"target": "a", "severity_value": "1"})
    )
    assert [item.threshold_probability for item in asked(where, "end", draws=16, threshold=1)] == [1.0, 0.0]


def test_what_matters_only_together_has_a_rank_correlation() -> None:
    """The second of two suppliers binds only where the first fails more than at its point: no swing, and still a driver."""
    where = context(
        *entities("a", "b", "x", "goods"),
        need("x", "goods", "a", "b", combination="AnyOf", criticality_value="1"),
        shock("end", {"target": "a"}, {"target": "b", "severity": "High"}),
    )
    answer = asked(where, "end", draws=4096, shape="uniform").by_id["x"]
    first, second = answer.drivers
    assert (first.assumption.name, second.assumption.name) == ("severity not given", "severity High")
    assert answer.hangs_on is first
    assert (first.loss_low, first.loss_high) == (0.05, 0.75)
    assert (second.loss_low, second.loss_high, second.swing) == (0.45, 0.45, 0.0)
    assert second.rank_correlation is not None
    assert 0 < second.rank_correlation < (first.rank_correlation or 0)


@given(st.lists(st.lists(st.integers(0, 4), min_size=6, max_size=6), min_size=1, max_size=4))
def test_ranks_are_those_of_scipy(rows: list[list[int]]) -> None:
    """The mean and the first rank of ties, and Spearman's rho, as scipy.stats has them."""
    from scipy import stats  # it takes over a second to load, in each process that collects the tests

    values = np.array(rows, np.float64)
    answer = ranks(values)
    assert answer.mean.tolist() == stats.rankdata(values, axis=1).tolist()
    assert answer.first.tolist() == stats.rankdata(values, "min", axis=1).tolist()
    rho = rank_correlations(values, values)
    for item, first in enumerate(rows):
        for other, second in enumerate(rows):
            if len(set(first)) > 1 and len(set(second)) > 1:
                assert rho[item, other] == pytest.approx(stats.spearmanr(first, second).statistic, abs=1e-11)
            else:
                assert np.isnan(rho[item, other])


# What is nothing, and what makes no sense


def test_a_shock_that_hits_nothing_costs_nothing() -> None:
    """No rows and no assumptions, all zeros; what was to be hit is told."""
    text = "SELECT ?target WHERE { ?target a ko:Regulator }"
    where = context(*bakery(), shock("nobody", {"target_query": text}))
    for how in ({}, {"sampling": "sobol", "draws": 8}, {"draws_per": "link"}):
        report = asked(where, "nobody", **how)
        assert (len(report), report.weights, report.sample.shape[0]) == (0, (), 0)
        assert report.unaffected == where.compiled().network.size
        assert not report.losses("bakery").any()
        assert report.missing_targets == (where.shock("nobody").hit[0].id,)
        assert json.loads(report.to_json())["entities"] == []


def test_a_report_is_json_and_a_table(graph: knockon.Graph) -> None:
    """Plain values, the drawing among the parameters; one row an entity in pandas; the draws by name."""
    report = graph.uncertainty("entity-list-chips", draws=64)
    answer = report.to_dict()
    assert json.loads(report.to_json()) == answer
    assert {"draws": 64, "seed": 0, "sampling": "lhs", "shape": "triangular", "draws_per": "word"}.items() <= answer[
        "parameters"
    ].items()
    assert list(report.to_pandas()["entity"]) == [impact.entity for impact in report]
    assert report.losses("sensefoundry").shape == (64,)
    assert not report.losses("nvidia").any()


def test_own_hits_and_worlds(graph: knockon.Graph) -> None:
    """A shock may be given, and the options of impact hold."""
    report = graph.uncertainty(hit={"nvidia": "high"}, draws=64)
    assert report.weights[0].assumption.name in {"severity High", "criticality High"}
    assert len(graph.uncertainty("entity-list-chips", draws=64, facts_only=True)) < 29


def test_a_run_that_stops_by_its_cap_says_so() -> None:
    """A chain longer than the cap is cut off, and the report is truncated."""
    report = asked(context(*bakery(), cap=1), "drought", draws=8)
    assert (report.stopped_by, report.truncated) == ("cap", True)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"draws": 1}, "draws"),
        ({"draws": 10**12}, "draws must be at most 10,000,000, not 1000000000000"),
        (
            {"draws": 10**7},
            "7 assumptions for 40 entities take some 26 GB; draws must be at most 771,366",
        ),
        ({"draws": 1000, "sampling": "sobol"}, "512 or 1024"),
        ({"sampling": "moon"}, "lhs, sobol"),
        ({"shape": "moon"}, "triangular, uniform"),
        ({"draws_per": "moon"}, "word, link"),
        ({"seed": -1}, "seed"),
        ({"threshold": 1.5}, "threshold"),
        ({"threshold": -0.1}, "threshold"),
        ({"threshold": float("nan")}, "threshold"),
        ({"top": 0}, "top"),
        ({"model": "reach"}, "leontief"),
    ],
)
def test_wrong_calls_say_how_to_mend_them(graph: knockon.Graph, how: dict[str, Any], message: str) -> None:
    """A UsageError that names what is known or allowed."""
    with pytest.raises(UsageError, match=message):
        graph.uncertainty("entity-list-chips", **how)
