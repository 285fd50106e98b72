"""The needs that are not met: the same whether all are gone through or some are picked, and no more made than are looked at."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np
import pytest

import knockon
from knockon.analysis.impact.impact_parts import Shortage
from knockon.analysis.impact.impact_report import ImpactReport
from knockon.analysis.impact.shortage_rows import ShortageRows, shortages_between
from knockon.model import Dependency
from knockon.present.caveats import short, spared_needs
from knockon.propagation.result import NONE
from support.golden import LETTERS


@pytest.fixture(scope="module")
def reports() -> list[ImpactReport]:
    """Runs in which entities are hit, and in which a dependency, a supply or a part of what records dispute is."""
    found: list[ImpactReport] = []
    for graph in (knockon.open(LETTERS / "data"), knockon.open("chips")):
        dependencies = [record for record in graph.records(Dependency) if not record.adds_details_only]
        supplies = [supply for record in dependencies for supply in record.supply]
        hits = [*dependencies[:12], *supplies[:6]]
        found += [*graph.impacts(), *(graph.impact(hit={one.id: 0.6}, as_of="all") for one in hits)]
    return found


def by_definition(report: ImpactReport) -> Iterator[Shortage]:
    """Every slot that is short, one after another: the step is that of the nearest of what it rests on, 0 if it is hit."""
    outcome, row = report.cause.outcome, report.cause.row
    network, result = outcome.network, outcome.result
    hit = {target.iri for target in outcome.resolved[row].targets}
    steps = result.all_nodes.step[row]
    for slot in range(network.slots):
        if not (result.shortage[row, slot] > 0 and network.slot_need[slot] != NONE and not network.inner_slots[slot]):
            continue
        supplies = range(network.supply_start[slot], network.supply_start[slot + 1])
        names = {name for other in network.together(slot).tolist() for name in network.slot_records[other]}
        names |= {name for supply in supplies for name in network.supply_records[supply]}
        nodes = [network.slot_need[slot], *(network.supply_provider[supply] for supply in supplies)]
        step = 0 if names & hit else min(int(steps[node]) for node in nodes if steps[node] != NONE)
        owner, need = network.name(network.slot_owner[slot]), network.name(network.slot_need[slot])
        for name in network.slot_records[slot]:
            yield Shortage(name, owner, need, float(result.shortage[row, slot]), step)


def test_every_need_that_is_short_has_a_row(reports: list[ImpactReport]) -> None:
    """By step, the greatest first, then by dependency; at any place, and in any slice."""
    for report in reports:
        expected = sorted(by_definition(report), key=lambda one: (one.step, -one.shortage, one.dependency))
        rows = report.shortages
        assert isinstance(rows, ShortageRows)
        assert list(rows) == expected == [rows[place] for place in range(len(rows))]
        assert rows[1:3] == tuple(expected[1:3])
    assert any(report.shortages and report.shortages[0].step == 0 for report in reports)


def test_some_are_picked_as_if_all_were_gone_through(reports: list[ImpactReport]) -> None:
    """What entities are short of among each other, and the needs that are missing without losing anything."""
    for report in reports:
        entities = [*islice(report.cause.network.nodes, 0, None, 2)]
        expected = [one for one in report.shortages if one.need in entities and one.dependant in entities]
        assert list(shortages_between(report.shortages, frozenset(entities))) == expected
        assert list(shortages_between(tuple(report.shortages), frozenset(entities))) == expected
        everything = short(report)
        assert spared_needs(report) == len({need for need, _ in everything})
        some = {pair: size for pair, size in everything.items() if {*pair} <= {*entities}}
        assert list(short(report, frozenset(entities)).items()) == list(some.items())
    assert any(spared_needs(report) for report in reports)


def test_picking_makes_no_others(reports: list[ImpactReport], monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that draws some entities makes no row of another one."""
    report = max(reports, key=lambda one: len(one.shortages))
    fresh = ShortageRows(report.cause.outcome, report.cause.row)
    made: list[int] = []
    sort = ShortageRows._sorted

    def counted(self: ShortageRows, slots: np.ndarray) -> list[tuple[int, float, str, int]]:  # type: ignore[type-arg]
        made.extend(slots.tolist())
        return sort(self, slots)

    monkeypatch.setattr(ShortageRows, "_sorted", counted)
    first = report.shortages[0]
    assert first in list(fresh.between({first.need, first.dependant}))
    fresh.spared_needs()
    assert len(made) < len(report.shortages) / 2
