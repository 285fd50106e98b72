"""The losses that differ between two versions of data or two days: against the answers of each, and the laws."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.analysis.context import Context
from knockon.analysis.impact import impact_differences as module
from knockon.analysis.impact.compare import SAME
from knockon.analysis.impact.impact import each_impact
from knockon.analysis.impact.impact_differences import ImpactDifferences, impact_differences
from knockon.analysis.impact.loss_change import NOTHING, OPPOSITE, LossKind
from knockon.analysis.impact.thresholds import Losses
from knockon.errors import LimitReached, NotFound
from knockon.model import Statement
from knockon.network.compile import RecordFilter
from support.contexts import bakery, context, dependency_graphs, shock
from support.small_records import entities, iri, need

Keyed = dict[tuple[str, str], tuple[Losses, Losses]]


def naive(before: Context, after: Context) -> Keyed:
    """The losses that differ, read off the reports of every shock of both."""

    def losses(where: Context) -> dict[tuple[str, str], Losses]:
        reports = each_impact(where, where.shocks)
        return {(r.shock.id, i.entity): (i.loss_low, i.loss, i.loss_high) for r in reports for i in r.impacts}

    old, new = losses(before), losses(after)
    pairs = {key: (old.get(key, NOTHING), new.get(key, NOTHING)) for key in old.keys() | new.keys()}
    return {
        key: (one, two) for key, (one, two) in pairs.items() if max(abs(b - a) for a, b in zip(one, two, strict=True)) > SAME
    }


def keyed(answer: ImpactDifferences) -> Keyed:
    # A loss whose low end and point are zero is in no report.
    changes = [c for c in answer.changes if c.old[1] > 0 or c.new[1] > 0]
    empty = {c: tuple(NOTHING if not losses[1] else losses for losses in (c.old, c.new)) for c in changes}
    return {(c.shock, c.entity): empty[c] for c in changes}  # type: ignore[misc]


GRAPHS = st.builds(
    lambda records, hits: [
        *entities(*(f"e{k}" for k in range(6))),
        *records,
        *(shock(f"s{number}", {"target": f"e{target}", "severity": word}) for number, (target, word) in enumerate(hits)),
    ],
    dependency_graphs(),
    st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["High", "Low", "Essential"])), min_size=1, max_size=3),
)


@given(GRAPHS, GRAPHS, st.sampled_from(["leontief", "reach"]))
def test_they_are_what_the_reports_of_both_say(one: list[Statement], two: list[Statement], model: str) -> None:
    """Each loss that differs is listed with both losses, and no other; the way back mirrors it; equal ones do not differ."""
    before, after = context(*one, model=model), context(*two, model=model)
    answer, back = impact_differences(before, after), impact_differences(after, before)
    assert keyed(answer) == naive(before, after)
    assert [(c.shock, c.entity, OPPOSITE[c.kind], -c.difference, c.new, c.old) for c in answer.changes] == [
        (c.shock, c.entity, c.kind, c.difference, c.old, c.new) for c in back.changes
    ]
    sizes = [abs(c.difference) for c in answer.changes]
    assert sizes == sorted(sizes, reverse=True)
    itself = impact_differences(before, context(*one, model=model))
    assert (itself.changes, itself.shocks, itself.shocks_same) == ((), (), len(before.shocks))


def test_only_shocks_that_differ_are_computed() -> None:
    """On one network a shock that hits the same is not run; one that hits something else is."""
    records = bakery()
    harder = [r if r.name != "frost" else shock("frost", {"target": "mill-a", "severity": "Low"}) for r in records]
    before, after = context(*records), context(*harder)
    ran: list[list[str]] = []
    for where in (before, after):
        run = where.runs_on

        def counted(shocks, *rest, run=run):  # type: ignore[no-untyped-def]
            ran.append([s.name for s in shocks])
            return run(shocks, *rest)

        where.runs_on = counted  # type: ignore[method-assign]
    answer = impact_differences(before, after)
    assert ran == [["frost"], ["frost"]]
    assert (answer.same_network, answer.shocks_compared, answer.shocks_same) == (True, 2, 1)
    assert keyed(answer) == naive(context(*records), context(*harder))
    (mill,) = (c for c in answer.changes if c.entity == iri("mill-a"))
    assert (mill.kind, mill.loss_old, mill.label) == (LossKind.BETTER, 1.0, "Mill-a")


def test_shocks_of_one_version_alone() -> None:
    """A new shock costs nothing before and all of its losses are new; it is listed as being in one version alone."""
    records = bakery()
    without = [record for record in records if record.name != "drought"]
    answer = impact_differences(context(*without), context(*records))
    (difference,) = answer.shocks
    assert (difference.shock, difference.only_in, difference.changed) == (iri("drought"), "new", len(answer.changes))
    assert {change.kind for change in answer.changes} == {LossKind.NEW}
    assert difference.greatest == answer.changes[0].difference
    assert not impact_differences(context(*without), context(*records), ["frost"]).changes
    assert impact_differences(context(*records), context(*without), ["drought"]).counts["vanished"] == len(answer.changes)
    with pytest.raises(NotFound, match="did you mean drought"):
        impact_differences(context(*without), context(*records), ["drougth"])[0]  # type: ignore[index]


def test_two_days_of_one_graph() -> None:
    """What comes into force between two days is new; why it hit nothing before is told."""
    days = date(2025, 5, 31), date(2025, 6, 1)
    records = [*entities("a", "b"), need("a", "b", criticality="High"), shock("ban", {"target": "b", "severity": "High"})]
    dated = [r if r.name != "ban" else r.model_copy(update={"from_": days[0] + timedelta(1)}) for r in records]
    before, after = (context(*dated, record_filter=RecordFilter(as_of=day)) for day in days)
    answer = impact_differences(before, after)
    assert {c.entity: c.kind.value for c in answer.changes} == {iri("a"): "new", iri("b"): "new"}
    assert answer.shocks[0].not_in_force_old == "it begins on 2025-06-01"
    assert (answer.parameters_old["as_of"], answer.parameters_new["as_of"]) == ("2025-05-31", "2025-06-01")


def test_the_number_of_changes_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """More changes than one answer has are an error that says how to ask for fewer."""
    monkeypatch.setattr(module, "MOST", 3)
    with pytest.raises(LimitReached, match="--shock NAME"):
        impact_differences(context(*entities("a")), context(*bakery()))


def test_progress_is_told_after_each_shock() -> None:
    """The number of shocks that are done, of those that are computed."""
    done: list[tuple[int, int]] = []
    impact_differences(context(*entities("a")), context(*bakery()), progress=lambda *numbers: done.append(numbers))
    assert done == [(1, 2), (2, 2)]
