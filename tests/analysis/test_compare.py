"""Two answers side by side: differences with their ranges, ranks, what is in one only, and the laws."""

from __future__ import annotations

import pytest

import knockon
from knockon.analysis.impact.compare import Comparison, EntityDifference, compare
from knockon.analysis.impact.impact import impacts
from knockon.errors import UsageError
from support.contexts import bakery, context, impact_of
from support.small_records import iri


def by_id(answer: Comparison) -> dict[str, EntityDifference]:
    return {row.id: row for row in answer.entities}


def test_two_shocks_on_one_network() -> None:
    """Losses, steps, ranks and differences; who loses in one only is told, and counted."""
    where = context(*bakery())
    first, second = impacts(where, [where.shock("drought"), where.shock("frost")])
    answer = compare(first, second)
    flour, mill = by_id(answer)["flour"], by_id(answer)["mill-a"]
    assert (flour.loss_first, flour.loss_second, flour.difference, flour.only_in) == (0.75, 0.0, -0.75, "first")
    assert (flour.difference_low, flour.difference_high) == (-0.9, -0.6)
    assert (flour.step_first, flour.step_second, flour.rank_second, flour.rank_change) == (0, None, None, None)
    assert (mill.only_in, mill.difference, mill.rank_second) == ("second", 1.0, 1)
    counts = answer.counts
    assert counts.either == counts.both + counts.only_first + counts.only_second == len(answer.entities)
    assert counts.more_in_second + counts.less_in_second + counts.same == counts.either
    assert answer.same_network is True
    sizes = [abs(row.difference) for row in answer.entities]
    assert sizes == sorted(sizes, reverse=True)


def test_an_answer_does_not_differ_from_itself() -> None:
    """No difference, no change of rank, nothing in one only; the range of the difference still has the doubt of both."""
    where = context(*bakery())
    report = impact_of(where, flour="high")
    answer = compare(report, report)
    assert {row.difference for row in answer.entities} == {0.0}
    assert {row.rank_change for row in answer.entities} == {0}
    assert (answer.counts.same, answer.counts.maybe_nothing) == (len(report), 0)
    flour = by_id(answer)["flour"]
    assert (flour.difference_low, flour.difference_high) == pytest.approx((-0.3, 0.3))


def test_turned_around_everything_changes_its_sign() -> None:
    """Second less first, and first less second."""
    where = context(*bakery())
    answer, two = impact_of(where, flour="high"), impact_of(where, flour="low", sales="high")
    ahead, back = by_id(compare(answer, two)), by_id(compare(two, answer))
    assert set(ahead) == set(back)
    for name, row in ahead.items():
        other = back[name]
        assert row.difference == -other.difference
        assert (row.difference_low, row.difference_high) == (-other.difference_high, -other.difference_low)
        assert row.ranges_overlap == other.ranges_overlap
        assert row.difference_low <= row.difference <= row.difference_high


def test_ranges_that_overlap_are_told() -> None:
    """High against medium touches at 0.6: it may be nothing; high against low does not."""
    where = context(*bakery())
    high, medium, low = (impact_of(where, flour=word) for word in ("high", "medium", "low"))
    assert by_id(compare(high, medium))["flour"].ranges_overlap is True
    assert compare(high, medium).counts.maybe_nothing > 0
    assert by_id(compare(high, low))["flour"].ranges_overlap is False


def test_equal_losses_share_a_rank() -> None:
    """Ranks count who loses more."""
    where = context(*bakery())
    report = impact_of(where, mill_a="1", mill_b="1")
    rows = by_id(compare(report, report))
    assert {rows[name].rank_first for name in ("mill-a", "mill-b", "baking")} == {1}
    assert rows["rye"].rank_first == 4


def test_one_shock_in_two_worlds(graph: knockon.Graph) -> None:
    """Without a document, and by facts alone: what fell away and what was left out are those of each side."""
    whole, without = graph.impact("data-reclassification"), graph.impact("data-reclassification", facts_only=True)
    answer = graph.compare("data-reclassification", against={"facts_only": True})
    assert (answer.first.parameters["facts_only"], answer.second.parameters["facts_only"]) == (False, True)
    assert (answer.first.affected, answer.second.affected) == (len(whole), len(without))
    assert answer.same_network is False
    assert by_id(answer)["subscription-revenue"].only_in == "first"
    result = graph.compare("data-reclassification", against={"without": "doc-dependency-card"})
    assert result.second.fallen
    assert not result.first.fallen
    assert result.counts.only_first == len(whole)


def test_wrong_calls_are_refused(graph: knockon.Graph) -> None:
    """Nothing to compare with; answers of two models."""
    with pytest.raises(UsageError, match="second"):
        graph.compare("data-reclassification")
    with pytest.raises(UsageError, match="model"):
        graph.compare("data-reclassification", against={"model": "reach"})


def test_who_is_compared_is_named_by_iri() -> None:
    """Rows carry the IRI beside the short name."""
    where = context(*bakery())
    assert by_id(compare(impact_of(where, flour="high"), impact_of(where, flour="low")))["rye"].entity == iri("rye")
