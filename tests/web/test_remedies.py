"""What the page says would help an entity: the second sources, halving shares and other changes of ``mitigate``, a run each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

import knockon
from knockon import Graph
from knockon.analysis.mitigate.mitigation import Mitigation, SingleChange
from knockon.store.oxigraph import MemoryStore
from support.engine_cases import needs_node, run_node
from support.hostile_records import data_in_page
from support.random_records import random_graph

pytestmark = needs_node

#: How near the losses of both engines are.
CLOSE = {"abs": 1e-9, "rel": 0}
PAIRS = 500


def found(data: Mapping[str, Any], asked: Sequence[tuple[dict[str, Any], str]]) -> list[Any]:
    """What the page finds for entities (IRIs), each under a question."""
    rows = [{"question": question, "entity": entity} for question, entity in asked]
    return [json.loads(line) for line in run_node("remedies.js", [{"data": data, "asked": rows}])[0]]


def differences(have: Any, want: Mitigation) -> list[str]:
    """Where what the page finds differs from an answer with a second source of 30 percent."""
    before = want.before
    if not before.loss > 0:
        return [] if have is None else ["the page finds something for an entity that loses nothing"]
    rows = [] if have["before"] == pytest.approx((before.loss_low, before.loss, before.loss_high), **CLOSE) else ["loss before"]
    rows += [] if have["onWay"] == want.dependencies_on_the_way else ["dependencies on the way"]
    helpful = [change for change in want.changes if change.saved > 0]
    # Of a second source that saves nothing at all, the page lists no share.
    sources = {tuple(records): shares for records, shares in have["sources"]}
    for change in [change for change in helpful if change.kind == "source"]:
        share, *losses = sources[change.dependencies][0]
        rows += [] if share == 0.3 and losses == pytest.approx(_after(change), **CLOSE) else [f"second source of {change.need}"]
    halving = [([list(one.dependencies) for one in row.changes], row.share, *_after(row)) for row in want.halving]
    shown = have["halving"][: len(halving)]
    if len(halving) < 10 and len(have["halving"]) > len(halving):
        rows.append("the page finds more second sources that halve the loss")
    if [row[:2] for row in shown] != [list(row[:2]) for row in halving]:
        rows.append(f"halving {[row[:2] for row in shown]}, not {[row[:2] for row in halving]}")
    elif not all(one[2:] == pytest.approx(other[2:], **CLOSE) for one, other in zip(shown, halving, strict=True)):
        rows.append("losses of halving shares")
    return rows + _other_changes(have, helpful) + _obstacles(have, want)


def _after(change: Any) -> tuple[float, float, float]:
    return change.loss_low_after, change.loss_after, change.loss_high_after


def _other_changes(have: Any, helpful: Sequence[SingleChange]) -> list[str]:
    """The alternatives that records name, and lower criticalities."""
    shown = {(tuple(records), kind, supplier, old): losses for records, kind, supplier, old, *losses in have["changes"]}
    rows = []
    for change in helpful:
        named = change.kind in ("supplier", "provider") and change.provider is not None
        if not named and change.kind != "criticality":
            continue
        key = (change.dependencies, change.kind, change.provider or "", change.replaces or "")
        if key not in shown:
            rows.append(f"missing {key}")
        elif shown[key] != pytest.approx(_after(change), **CLOSE):
            rows.append(f"{key} leaves {shown[key]}, not {_after(change)}")
    return rows


def _obstacles(have: Any, want: Mitigation) -> list[str]:
    if want.why is None:
        return []
    expected = {
        "itself": want.why.hit_itself,
        "slots": list(want.why.hit_dependencies),
        "ties": [[pytest.approx(tie.loss), len(tie.dependencies)] for tie in want.why.ties],
    }
    return [] if have["obstacles"] == expected else [f"obstacles {have['obstacles']}, not {expected}"]


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("sensetime", 6),
        pytest.param("sensetime", 1, marks=pytest.mark.slow),
        pytest.param("chips", 1, marks=pytest.mark.slow),
    ],
)
def test_remedies_of_each_shock_are_those_of_mitigate(name: str, step: int) -> None:
    """Of three entities that each shock harms: the worst, and two others."""
    graph = knockon.open(name)
    data = data_in_page(graph.explore())
    strings, shocks = data["strings"], data["network"]["shocks"]["name"]
    asked, wanted = [], []
    for row, shock in list(enumerate(shocks))[::step]:
        iri = strings[shock] if ":" in strings[shock] else data["base"] + strings[shock]
        impacts = graph.impact(iri).impacts
        for impact in {
            impact.entity: impact for impact in (*impacts[:1], *impacts[len(impacts) // 2 :][:1], *impacts[-1:])
        }.values():
            asked.append(({"shock": row}, impact.entity))
            wanted.append(graph.mitigate(iri, impact.entity, second_source=0.3, pairs=PAIRS))
    rows = [
        f"{question} {entity}: {row}"
        for (question, entity), have, want in zip(asked, found(data, asked), wanted, strict=True)
        for row in differences(have, want)
    ]
    assert rows == []
    assert any(want.halving for want in wanted)
    assert any(want.why for want in wanted)


#: The seeds of the graphs that each run tests, and of those that take longer.
SEEDS = [pytest.param(range(1), id="1"), pytest.param(range(1, 61), id="60", marks=pytest.mark.slow)]


@pytest.mark.slow
@pytest.mark.parametrize("seeds", SEEDS)
def test_remedies_of_random_graphs_are_those_of_mitigate(seeds: range) -> None:
    """With provisions, portions, loops and records that disagree, for the entities that lose most and least."""
    rows, lost = [], 0
    for seed in seeds:
        drawn = random_graph(seed)
        graph = Graph(MemoryStore(*drawn.load()))
        options: dict[str, Any] = {"financing": drawn.financing} | ({"stances": drawn.stances} if drawn.stances else {})
        data = data_in_page(graph.explore(**options))
        impacts = graph.impact(drawn.shock.id, **options).impacts
        drawn_names = {data["base"] + data["strings"][row] for row in data["nodes"]["id"]}
        chosen = [impact.entity for impact in (*impacts[:1], *impacts[-2:]) if impact.entity in drawn_names]
        lost += len(chosen)
        for entity, have in zip(chosen, found(data, [({"shock": 0}, entity) for entity in chosen]), strict=True):
            want = graph.mitigate(drawn.shock.id, entity, second_source=0.3, pairs=PAIRS, **options)
            rows += [f"seed {seed} {entity}: {row}" for row in differences(have, want)]
    assert rows == []
    assert lost
