"""What-if questions that an expert asks the bundled data: the money follows its customers, and what is not said is unknown."""

from __future__ import annotations

import pytest

import knockon
from knockon.model import Dependency, Measure, Shock
from knockon.query.library import query_by_name, run
from knockon.vocabulary import ID, Stance


def rows(graph: knockon.Graph, name: str, variable: str, **arguments: str) -> set[str]:
    answer = run(graph.store, query_by_name(name), arguments)
    return {row[variable].value.removeprefix(ID) for row in answer.solutions() if row[variable] is not None}


@pytest.mark.parametrize("name", ["government-contracts", "government-revenue", "smart-city-revenue", "sensetime-revenue"])
def test_the_money_follows_procurement(graph: knockon.Graph, name: str) -> None:
    """The withdrawal costs the public money first, and much more of it than of functions in other countries."""
    report = graph.impact("procurement-withdrawal")
    assert report.loss(name) > 0.6
    assert report.loss("southeast-asian-retailers") < 0.06


def test_every_stream_ends_with_the_firm(graph: knockon.Graph) -> None:
    """All revenue is lost when all streams are: portions add up, where the greatest of them counted before."""
    report = graph.impact("sensetime-stops")
    streams = ("government-revenue", "smart-city-revenue", "smart-auto-revenue", "recurring-licensing-revenue")
    assert [report.loss(name) for name in (*streams, "sensetime-revenue")] == pytest.approx([1.0] * 5)
    one = graph.impact(hit={"smart-auto-revenue": "total"}).by_id["sensetime-revenue"]
    assert (one.loss_low, one.loss, one.loss_high) == pytest.approx((0.9 * 0.08, 0.08, 0.08))


def test_both_functions_are_all_that_retailers_get(graph: knockon.Graph) -> None:
    """One of two functions without a weight is anything from nothing to all."""
    both = graph.impact(hit={"loss-prevention": "total", "customer-analytics": "total"})
    one = graph.impact(hit={"loss-prevention": "total"}).by_id["southeast-asian-retailers"]
    assert both.loss("southeast-asian-retailers") == pytest.approx(1.0)
    assert (one.loss_low, one.loss, one.loss_high) == pytest.approx((0.0, 0.5, 1.0))


def test_a_running_installation_outlives_the_data(graph: knockon.Graph) -> None:
    """What is trained stays: the ability to maintain it is lost, a function degrades, the lead begins to erode."""
    report = graph.impact("data-reclassification")
    assert report.loss("algorithm-development") == 1.0
    assert 0 < report.loss("loss-prevention") < report.loss("facial-identification") < 0.3
    assert 0 < report.loss("accuracy-advantage") < 0.6
    assert graph.impact("sensetime-stops").loss("loss-prevention") == pytest.approx(0.45)


def test_the_list_covers_graphic_processors(graph: knockon.Graph) -> None:
    """The listed buyer comes up short of them; the need as such and its seller are unharmed."""
    report = graph.impact("entity-list-chips")
    assert report.loss("sensetime") == pytest.approx(0.75 * 0.75)
    assert ID + "gpu-compute" in {shortage.need for shortage in report.shortages if shortage.step == 0}
    assert report.loss("gpu-compute") == report.loss("nvidia") == 0.0


def test_a_provider_fails_for_everyone(graph: knockon.Graph) -> None:
    """What is provided is lost with its provider, and then what needs it; the one host of two that fails harms nobody."""
    chips = graph.impact(hit={"nvidia": "high"})
    assert chips.loss("gpu-compute") == pytest.approx(0.75)
    assert chips.by_id["gpu-compute"].loss_low == 0.0, "other providers may exist"
    state = graph.impact(hit={"chinese-government": "high"})
    assert state.loss("smart-city-procurement") == state.loss("procurement-relationships") == pytest.approx(0.75)
    assert graph.impact(hit={"alibaba-cloud": "total"}).loss("cloud-hosting") == 0.0


def test_one_channel_is_not_both(graph: knockon.Graph) -> None:
    """Each reaches devices that the other does not; how many is not stated."""
    one = graph.impact(hit={"ios": "total"}).by_id["mobile-sdk-distribution"]
    assert (one.loss_low, one.loss, one.loss_high) == pytest.approx((0.0, 0.5, 1.0))
    assert graph.impact(hit={"ios": "total", "android": "total"}).loss("mobile-sdk-distribution") == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("hit", "reached"),
    [
        ("one-smart-city", "smart-city-revenue"),
        ("data-localization-law", "accuracy-advantage"),
        ("southeast-asian-market", "recurring-licensing-revenue"),
        ("scg-workforce", "smart-city-revenue"),
        ("sensetime-shares", "external-financing"),
    ],
)
def test_what_no_document_weighs_is_inferred_and_unknown(graph: knockon.Graph, hit: str, reached: str) -> None:
    """The question has an answer, and the answer says that it rests on a reading of ours."""
    impact = graph.impact(hit={hit: "total"}).by_id[reached]
    assert 0 < impact.loss < 1
    assert impact.support.inferred


def test_alternatives_to_the_one_named_provider(graph: knockon.Graph) -> None:
    """Named as rivals, judged as substitutes; one of them would do, and cheaper models need the same need."""
    assert {"amd", "infinigence-ai", "yitu", "lower-cost-models"} == rows(
        graph, "alternatives-to", "alternative", entity="nvidia"
    )
    changes = graph.mitigate(None, "sensetime", hit={"nvidia": "total"}).changes
    assert {row.provider for row in changes if row.provider} == {ID + "amd"}
    assert changes[0].loss_after == 0.0
    assert 0 < graph.impact("entity-list-chips").loss("lower-cost-models") < graph.impact("entity-list-chips").loss("sensetime")


def test_what_is_hypothetical_hypothesises(graph: knockon.Graph) -> None:
    """Shocks and rules that documents only suppose; every dependency still rests on something asserted, inferred or asked."""
    supposed = {"Hypothetical", "Potential"}
    for cls in (Shock, Measure):
        stances = {
            record.name: record.stance for record in graph.records(cls) if record.status and record.status.value in supposed
        }
        assert set(stances.values()) == {Stance.HYPOTHESISES}, stances
    weak = {d.name for d in graph.records(Dependency) if d.stance is not Stance.ASSERTS}
    assert weak == {"investor-patience-financing"}
    assert "investors" not in rows(graph, "depends-on", "thing")


def test_all_ten_customers_are_found(graph: knockon.Graph) -> None:
    """Those that a document calls clients, and those who use what is offered."""
    assert rows(graph, "customers", "other") == {
        "automotive-manufacturers", "byd", "cloud-customers", "enterprise-clients", "hardware-manufacturers", "nio",
        "public-security", "smart-city-administrators", "southeast-asian-retailers", "subways",
    }  # fmt: skip


def test_the_library_knows_what_the_documents_say_of_the_company(graph: knockon.Graph) -> None:
    """European rules, city administrators, chips and processors, how an offering is paid."""
    assert {"gdpr", "facial-recognition-bans"} <= rows(graph, "measures-on-entity", "measure")
    assert "smart-city-administrators" in rows(graph, "lock-in", "bound")
    assert {"advanced-chips", "gpu-compute"} <= rows(graph, "what-a-measure-reaches", "thing")
    prices = {"platform-licence-fees", "per-device-fees", "subscription-revenue", "smart-auto-revenue"}
    assert prices <= rows(graph, "offers", "stream")
    assert "licence fee per deployment" in rows(graph, "offers", "mechanism")
    forces = [line.text for line in graph.profile("sensetime").forces]
    assert any(text.startswith("GDPR") for text in forces)
    assert any(text.startswith("European facial recognition bans") for text in forces)


def test_who_serves_everyone_is_not_who_locks_everyone_in(graph: knockon.Graph) -> None:
    """Lock-in to a company ends where another company's products begin."""
    assert rows(graph, "lock-in", "bound", entity="nvidia") == set()
    assert graph.profile("nvidia").lock_in == ()
    assert rows(graph, "direct-dependants", "role", entity="nvidia") == {"provider for everyone"}
