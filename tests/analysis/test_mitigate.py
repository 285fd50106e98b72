"""What would soften a shock: every change against the data changed by hand, ties, pairs, and what is marked."""

from __future__ import annotations

from typing import Any

import pytest

import knockon
from knockon.analysis.context import Context
from knockon.analysis.mitigate import changes_work
from knockon.analysis.mitigate.mitigate import Limits, mitigate
from knockon.analysis.mitigate.mitigation import Mitigation, SingleChange
from knockon.errors import LimitReached, NotFound, UsageError
from knockon.model import Dependency, Provision, Statement
from knockon.vocabulary import local_name
from support.contexts import context, shock
from support.small_records import entities, iri, need, passage


def phones() -> list[Statement]:
    """Phones need screens and cells; screens come from Lumen alone, or could from Vetro; cells from two in equal shares."""
    return [
        *entities("phones", "screens", "cells", "lumen", "vetro", "volt", "amp", "shop"),
        need(
            "phones", "screens", "lumen", criticality="Essential", alternative=[iri("vetro")], evidence=[passage(0, 9)],
            switching_cost="High",
        ),
        need("phones", "cells", "volt", "amp", combination="Shares", criticality="Medium", alternatives="NoAlternative"),
        need("shop", "phones", criticality_value="0.8", evidence=[passage(10, 19)], judged=["criticalityValue"]),
        shock("blaze", {"target": "lumen", "severity": "Essential"}, {"target": "vetro", "severity": "Low"}),
        shock("flood", {"target": "volt", "severity": "Essential"}),
        shock("storm", {"target": "lumen", "severity": "Essential"}, {"target": "shop", "severity_value": "0.8"}),
    ]  # fmt: skip


def answer(name: str, protect: str, records: list[Statement] | None = None, **limits: Any) -> Mitigation:
    where = context(*(records or phones()))
    return mitigate(where, where.shock(name), protect, Limits(**limits))


def of_kind(result: Mitigation, kind: str, dependency: str) -> SingleChange:
    (row,) = [change for change in result.changes if (change.kind, change.dependency) == (kind, iri(dependency))]
    return row


def loss(where: Context, name: str, protect: str) -> tuple[float, float, float]:
    """Rerun: what an entity loses."""
    outcome = where.run([where.shock(name)])
    node = outcome.network.index[iri(protect)]
    return tuple(float(ends[0, node]) for ends in (outcome.result.low, outcome.result.loss, outcome.result.high))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("shock_name", "kind", "dependency", "change"),
    [
        ("blaze", "supplier", "phones-needs-screens", {"supply": ["lumen", "vetro"], "combination": "AnyOf"}),
        ("blaze", "provider", "phones-needs-screens", {"supply": ["vetro"]}),
        ("blaze", "criticality", "phones-needs-screens", {"criticality": "High"}),
        ("blaze", "criticality", "shop-needs-phones", {"criticality_value": "0.55"}),
        ("flood", "combination", "phones-needs-cells", {"combination": "AnyOf"}),
        ("flood", "criticality", "phones-needs-cells", {"criticality": "Low"}),
    ],
)
def test_a_change_is_what_changed_records_give(shock_name: str, kind: str, dependency: str, change: dict[str, Any]) -> None:
    """The loss after a change, with its range, is that of the graph in which the record says so."""
    changed: list[Statement] = []
    for record in phones():
        if isinstance(record, Dependency) and record.name == dependency:
            given = record.model_dump(exclude_unset=True, exclude={"supply"}) | {"id": record.id}
            names = change.get("supply", [supply.provider.rpartition("/")[2] for supply in record.supply])
            supplies = {"supply": [{"provider": iri(name)} for name in names]}
            changed.append(Dependency.model_validate(given | {k: v for k, v in change.items() if k != "supply"} | supplies))
        else:
            changed.append(record)
    result = of_kind(answer(shock_name, "shop"), kind, dependency)
    after = (result.loss_low_after, result.loss_after, result.loss_high_after)
    assert after == pytest.approx(loss(context(*changed), shock_name, "shop"), abs=1e-12)
    before = loss(context(*phones()), shock_name, "shop")
    assert result.loss_before == before[1]
    assert result.saved == pytest.approx(before[1] - after[1], abs=1e-12)
    assert result.saved > 0


def test_changes_are_ranked_by_what_they_save() -> None:
    """The best first; each cites its dependency; a named alternative is recorded, everything else is marked hypothetical."""
    result = answer("blaze", "shop")
    saved = [row.saved for row in result.changes]
    assert saved == sorted(saved, reverse=True)
    assert result.changes[0].provider == iri("vetro")
    assert {row.hypothetical for row in result.changes if row.provider} == {False}
    assert {row.hypothetical for row in result.changes if not row.provider} == {True}
    named = {iri(name) for name in ("lumen", "vetro", "volt", "amp")}
    assert {row.provider for row in result.changes} | {row.replaces for row in result.changes} <= named | {None}
    assert of_kind(result, "criticality", "shop-needs-phones").evidence[0].start == 10
    assert of_kind(result, "criticality", "shop-needs-phones").judged == ("criticalityValue",)
    assert result.helpful == sum(change > 0 for change in saved)
    assert (result.why, result.pairs, result.pairs_tried) == (None, (), 0)


def test_no_name_is_invented() -> None:
    """Where no alternative is recorded the further supplier has no name, and what the record says of alternatives stands by."""
    row = of_kind(answer("flood", "shop"), "supplier", "phones-needs-cells")
    assert (row.provider, row.hypothetical, row.alternatives) == (None, True, ("NoAlternative",))
    assert row.loss_after == 0


def test_a_stock_saves_time_and_no_loss() -> None:
    """Thirty days of the whole need, for a total loss: thirty days; a supplier that never fails holds for good."""
    result = answer("flood", "phones")
    stock = of_kind(result, "buffer", "phones-needs-cells")
    assert (stock.saved, stock.arrives) == (0.0, "within the horizon")
    # Half of the cells are missing: a stock lasts twice as long.
    # Without a stock nobody recorded days on the way; what the stock gains is known all the same.
    assert (stock.time_gained, result.before.time_to_impact, result.before.timed) == (60.0, None, False)
    assert of_kind(result, "supplier", "phones-needs-cells").arrives == "never"
    assert of_kind(answer("flood", "phones", buffer_days=10), "buffer", "phones-needs-cells").time_gained == 20.0
    short = of_kind(answer("flood", "phones", horizon=40), "buffer", "phones-needs-cells")
    assert (short.arrives, short.time_to_impact_after, short.time_gained) == ("after the horizon", None, 39.0)


def test_ties_are_told_and_a_pair_is_found() -> None:
    """Two equally bad ways: no single change helps, the answer names both, and the pair that helps is there."""
    records = [
        *entities("phones", "screens", "cells", "sand"),
        need("phones", "screens", criticality="High"),
        need("phones", "cells", criticality="High"),
        need("screens", "sand", criticality_value="1"),
        need("cells", "sand", criticality_value="1"),
        shock("drought", {"target": "sand", "severity": "Essential"}),
    ]
    result = answer("drought", "phones", records)
    assert result.helpful == 0
    (tie,) = result.why.ties
    assert (tie.entity, {way.dependency for way in tie.dependencies}) == (
        iri("phones"), {iri("phones-needs-screens"), iri("phones-needs-cells")},
    )  # fmt: skip
    best = result.pairs[0]
    assert {change.dependency for change in best.changes} == {iri("phones-needs-screens"), iri("phones-needs-cells")}
    assert best.saved == pytest.approx(0.3)
    assert (result.pairs_tried, result.pairs_untried) == (6, 0)
    few = answer("drought", "phones", records, pairs=2)
    assert (few.pairs_tried, few.pairs_untried) == (2, 4)


def test_who_is_hit_itself_cannot_be_helped() -> None:
    """Nothing that it needs matters as much: the answer says so, and no pair helps either."""
    result = answer("storm", "shop")
    assert (result.helpful, result.why.hit_itself, result.pairs) == (0, True, ())
    assert result.pairs_tried > 0


def test_who_loses_nothing_needs_no_help() -> None:
    """Out of the reach of the shock, and out of the network."""
    for protect in ("amp", "vetro"):
        result = answer("flood", protect)
        assert (result.before.loss, result.changes, result.why) == (0.0, (), None)
    nobody = answer("flood", "hermit", [*phones(), *entities("hermit")])
    assert (nobody.before.loss, nobody.before.time_to_impact, nobody.changes) == (0.0, None, ())


def test_low_stays_low_and_what_nobody_graded_becomes_low() -> None:
    """A word lower ends at Low; no word counts as Medium; several records of one dependency are each lowered."""
    records = [
        *entities("a", "b", "c", "d", "e"),
        need("a", "b", criticality="Low"),
        need("a", "c"),
        need("a", "d", criticality="High"),
        need("a", "d", criticality="Medium", name="again"),
        need("a", "e", criticality_value="0"),
        shock("all", *({"target": name, "severity": "Essential"} for name in "bcde")),
    ]
    rows = {row.dependency: row for row in answer("all", "a", records).changes if row.kind == "criticality"}
    texts = {name.rpartition("/")[2]: row.change for name, row in rows.items()}
    assert texts.pop("a-needs-c") == "criticality not given -> Low"
    assert list(texts.values()) == ["criticality of each record one word lower"]


@pytest.mark.parametrize(
    "wrong",
    [{"buffer_days": 0.0}, {"buffer_days": float("nan")}, {"criticality_step": 0.0}, {"criticality_step": 1.5}, {"horizon": 0},
     {"pairs": -1}],
)  # fmt: skip
def test_numbers_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    """A stock of nothing, a step of nothing, no horizon."""
    with pytest.raises(UsageError):
        answer("flood", "shop", **wrong)


def test_other_wrong_calls_are_refused() -> None:
    """A model that ignores how suppliers combine; nobody of that name, with the nearest."""
    where = context(*phones(), model="reach")
    with pytest.raises(UsageError, match="leontief"):
        mitigate(where, where.shock("flood"), "shop")
    with pytest.raises(NotFound, match="phones"):
        answer("flood", "phone")


def test_a_cap_is_told() -> None:
    """Cut short, the answer says so."""
    where = context(*phones(), cap=1)
    assert mitigate(where, where.shock("blaze"), "shop").truncated is True


def test_the_bundled_data_has_answers(graph: knockon.Graph) -> None:
    """The two questions this was made for; every change cites its dependency, and nobody is invented."""
    result = graph.mitigate("data-reclassification", "recurring-licensing-revenue")
    best = result.changes[0]
    assert (best.dependency, best.saved) == (iri("accuracy-data-access"), 0.25)
    assert all(row.evidence for row in result.changes if not row.inferred)
    assert {row.provider for row in result.changes} == {None}
    chips = graph.mitigate("entity-list-chips", "sensefoundry")
    assert [row.saved > 0 for row in chips.changes] == [True, True, *[False] * 9]
    assert chips.before.loss == graph.impact("entity-list-chips").loss("sensefoundry")
    own = graph.mitigate(None, "sensetime", hit={"nvidia": "high"})
    # A recorded alternative beside NVIDIA, or in its place, provides to everyone too.
    assert {change.kind for change in own.changes if change.loss_after == 0.0} >= {"supplier", "provider"}
    assert own.changes[0].loss_after == 0.0


def test_any_one_is_offered_where_nobody_says_how_suppliers_combine() -> None:
    """In words that say so; it takes the loss to that of the supplier that holds, and high with it."""
    records = [*entities("shop", "stock", "a", "b"), need("shop", "stock", "a", "b", criticality="Essential"),
               shock("fire", {"target": "a", "severity": "Essential"})]  # fmt: skip
    result = answer("fire", "shop", records)
    row = of_kind(result, "combination", "shop-needs-stock")
    assert row.change == "any one of its 2 suppliers is enough (no source states how they combine)"
    assert [result.before.loss_low, result.before.loss, result.before.loss_high] == [0.0, 0.5, 1.0]
    assert (row.saved, row.loss_after, row.loss_low_after, row.loss_high_after) == (0.5, 0.0, 0.0, 0.0)
    assert row.hypothetical
    assert {change.kind for change in result.changes} == {"buffer", "combination", "criticality", "supplier"}


def _everyone(*alternatives: str) -> list[Statement]:
    """Two firms need light, which Lumen and Volt provide to everyone; the second records alternatives."""
    return [
        *entities("shop", "mill", "light", "lumen", "volt", "vetro", "rests"),
        *(
            Provision(id=iri(f"light--{name}"), provider=iri(name), provided=iri("light"), share=share)
            for name, share in (("lumen", "0.6"), ("volt", "0.4"))
        ),
        need("shop", "light", criticality_value="1"),
        need("mill", "light", criticality_value="1", alternative=[iri(name) for name in alternatives]),
        need("rests", "light", criticality_value="1"),
        shock("blaze", {"target": "lumen", "severity": "Essential"}),
    ]


def test_an_alternative_to_a_provider_of_everyone_is_tried() -> None:
    """As a further provider and in place of the one that fails; which dependency on the need records it does not matter."""
    records = _everyone("vetro", "volt", "rests")
    result = answer("blaze", "shop", records)
    tried = {change.change: change for change in result.changes if change.provider}
    assert set(tried) == {
        "Vetro as a further provider of Light to everyone",
        "Vetro in place of Lumen as a provider of Light to everyone",
    }
    replaced = tried["Vetro in place of Lumen as a provider of Light to everyone"]
    assert (replaced.kind, replaced.replaces, replaced.hypothetical) == ("provider", iri("lumen"), False)
    changed = [record for record in records if record.id != iri("light--lumen")]
    changed.append(Provision(id=iri("light--vetro"), provider=iri("vetro"), provided=iri("light"), share="0.6"))
    where = context(*changed)
    after = (replaced.loss_low_after, replaced.loss_after, replaced.loss_high_after)
    assert after == pytest.approx(loss(where, "blaze", "shop"), abs=1e-9)
    assert result.before.loss == pytest.approx(0.6)


def test_without_a_recorded_alternative_one_that_is_not_named_provides_to_everyone() -> None:
    texts = [
        change.change for change in answer("blaze", "shop", _everyone()).changes if change.kind in ("supplier", "provider")
    ]
    assert texts == ["one that is not named as a further provider of Light to everyone"]


def test_a_second_source_is_the_rest_of_the_need() -> None:
    """Taking over 40 % of the screens is what 60 % of the criticality gives; a dependency that is hit itself has none."""
    result = answer("blaze", "shop", second_source=0.4)
    change = of_kind(result, "source", "phones-needs-screens")
    records = [record for record in phones() if record.id != iri("phones-needs-screens")]
    for end, word in ((0, 0.9), (1, 1.0), (2, 1.0)):
        changed = need("phones", "screens", "lumen", criticality_value=str(word * 0.6))
        expected = loss(context(*records, changed), "blaze", "shop")[end]
        assert (change.loss_low_after, change.loss_after, change.loss_high_after)[end] == pytest.approx(expected)
    cut = [*phones(), shock("cut", {"target": "phones-needs-screens", "severity": "Essential"})]
    kinds = {(change.kind, change.dependency) for change in answer("cut", "shop", cut, second_source=0.4).changes}
    assert ("source", iri("phones-needs-screens")) not in kinds
    assert ("source", iri("shop-needs-phones")) in kinds


def test_the_least_share_that_halves_the_loss() -> None:
    """At that share the loss is half or less, at one percent less it is more; the command repeats it."""
    result = answer("blaze", "shop")
    assert {halving.share for halving in result.halving} == {0.5}
    for halving in result.halving:
        (change,) = halving.changes
        for share, halves in ((halving.share, True), (halving.share - 0.01, False)):
            again = of_kind(answer("blaze", "shop", second_source=share), "source", local_name(change.dependency))
            assert (again.loss_after <= result.before.loss / 2 + 1e-9) is halves


def test_two_second_sources_where_the_loss_has_two_ways() -> None:
    """No single one halves the loss, so pairs are tried; where one of the ways is a hit on the shop itself, none is listed."""
    both = [
        *phones(), shock("both", {"target": "lumen", "severity": "Essential"}, {"target": "volt", "severity": "Essential"},
                         {"target": "amp", "severity": "Essential"}),
    ]  # fmt: skip
    both = [record for record in both if record.id != iri("phones-needs-cells")]
    both.append(need("phones", "cells", "volt", "amp", combination="Shares", criticality="Essential"))
    halving = answer("both", "phones", both).halving
    assert [len(pair.changes) for pair in halving] == [2]
    assert halving[0].loss_after <= 0.5 < halving[0].loss_before
    assert answer("storm", "shop").halving == ()


@pytest.mark.parametrize("share", [0.0, -0.1, 1.5, float("nan")])
def test_a_share_that_makes_no_sense(share: float) -> None:
    with pytest.raises(UsageError, match="takes over a share above 0 and up to 1"):
        answer("blaze", "shop", second_source=share)


def test_what_would_take_hours_is_refused_before_the_first_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the dependencies on the way and in the network; without loops more of them are tried."""
    monkeypatch.setattr(changes_work, "MOST_LOOPED", 0)
    assert answer("blaze", "shop").changes
    back = need("lumen", "shop", criticality="Low")
    monkeypatch.setattr(
        "knockon.propagation.changed_links.ChangedNetworks.losses", lambda *_: pytest.fail("a change was tried")
    )
    with pytest.raises(LimitReached, match=r"3 dependencies lie between the shock and Shop, in a network of 4: .* take hours"):
        answer("blaze", "shop", [*phones(), back])
    monkeypatch.setattr(changes_work, "MOST_STRAIGHT", 0)
    with pytest.raises(LimitReached):
        answer("blaze", "shop")
