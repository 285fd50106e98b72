"""The page computes each shock in each of its worlds, and shows what Python would write of it: value for value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest

import knockon
from knockon import Graph
from knockon.analysis.context import Context
from knockon.analysis.impact.impact import impacts
from knockon.model import Funding, Shock
from knockon.model.dates import hits_nothing
from knockon.store.oxigraph import MemoryStore
from knockon.vocabulary import Level, interval
from support.engine_cases import needs_node
from support.hostile_records import data_in_page
from support.page_runs import PlainTables, answered, computed
from support.random_records import random_graph
from support.small_records import data_set, entities, iri, need

pytestmark = needs_node


def contexts(graph: Graph, data: Mapping[str, Any], **options: Any) -> Iterator[tuple[tuple[int, str], Context]]:
    """The worlds of a page that are computed, as the command line opens them."""
    names = [data["strings"][row] for row in data["documents"]["id"]]
    full = [name if ":" in name else data["base"] + name for name in names]
    for world in data["network"]["worlds"]:
        document, day = world["document"], world["date"]
        if world["reason"]:
            continue
        chosen = {"according_to": full[document]} if document >= 0 else {}
        chosen |= {"as_of": date.fromisoformat(day)} if day else {}
        yield (document, day), graph._context(**{**options, **chosen})


def differences(graph: Graph, data: Mapping[str, Any], **options: Any) -> list[str]:
    """What the page computes otherwise than Python."""
    runs, rows = computed(data), []
    for world, context in contexts(graph, data, **options):
        for shock in context.shocks:
            report = impacts(context, [shock])[0]
            want = PlainTables(data).run(report, _reason(report))
            have = runs[world, shock.id]
            rows += [f"{world} {shock.name}: {row}" for row in _differing(have, want)]
    return rows


def _reason(report: Any) -> str:
    if report.impacts:
        return ""
    if report.run.not_in_force:
        return hits_nothing("The shock", report.run.as_of, report.run.not_in_force)
    if report.run.missing_targets:
        return "What the shock hits is not in this world."
    return "The shock harms nothing in this world."


def _same_sentence(have: str, want: str) -> bool:
    """Whether two sentences differ in percentages alone, by one: the page rounds a loss to six digits before it words it."""
    percentage = re.compile(r"\d+(?=[–%])")
    pairs = zip(percentage.findall(have), percentage.findall(want), strict=False)
    return percentage.sub("#", have) == percentage.sub("#", want) and all(abs(int(a) - int(b)) <= 1 for a, b in pairs)


def _differing(have: Any, want: Any, path: str = "") -> Iterator[str]:
    """Where two plain values differ; numbers may differ by the rounding of six digits."""
    if isinstance(want, dict) and isinstance(have, dict):
        for key in sorted({*want, *have}):
            yield from _differing(have.get(key), want.get(key), f"{path}.{key}")
    elif isinstance(want, list) and isinstance(have, list) and len(want) == len(have):
        for place, (one, other) in enumerate(zip(have, want, strict=True)):
            yield from _differing(one, other, f"{path}[{place}]")
    elif isinstance(want, float) and isinstance(have, int | float):
        if abs(want - have) > 1e-12:
            yield f"{path} is {have}, not {want}"
    elif path.startswith(".finding") and isinstance(want, str) and isinstance(have, str) and _same_sentence(have, want):
        return
    elif want != have:
        yield f"{path} is {have!r}, not {want!r}"


#: The data sets; the larger one takes longer.
BUNDLED = ["sensetime", pytest.param("chips", marks=pytest.mark.slow)]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sensetime", "chips"])
def test_every_shock_in_every_world_is_as_python_writes_it(name: str) -> None:
    """Losses, order, causes, evidence, what a loss rests on, caveats and counts; its short form is that of random graphs."""
    graph = knockon.open(name)
    assert differences(graph, data_in_page(graph.explore())) == []


def test_choices_among_portions_and_suppliers_without_effect_are_as_python_writes_them() -> None:
    """Records of one part that disagree, portions that nobody states, and a supplier that is money."""
    shock = {"id": iri("shock"), "label": "Shock", "hit": [{"target": iri(name), "severity": "High"} for name in ("a", "b")]}
    records = [
        *entities("a", "b", "c", "n", "x", "y", "z"),
        Funding(id=iri("fund"), label="Fund"),
        need("x", "a", portion="0.6"),
        need("x", "a", name="again", portion="0.2"),
        need("x", "b", portion="unknown"),
        need("x", "c", portion="unknown"),
        need("y", "a", portion="0.3"),
        need("y", "a", name="graded", criticality="Low"),
        need("y", "b", portion="unknown"),
        need("z", "n", "a", "fund", criticality="High"),
        Shock.model_validate(shock),
    ]
    graph = Graph(MemoryStore(data_set("choices", records)))
    assert differences(graph, data_in_page(graph.explore())) == []


@pytest.mark.slow
def test_a_part_of_a_graph_is_computed_on_the_whole() -> None:
    """A page that draws twenty entities has the losses of the whole network, and counts those that it does not draw."""
    graph = knockon.open("sensetime")
    data = data_in_page(graph.explore("entity-list-chips", limit=20))
    assert data["network"]["excerpt"] == 1
    assert len(data["nodes"]["id"]) == 20
    runs, shock = computed(data), iri("entity-list-chips")
    report = graph.impact("entity-list-chips")
    want = PlainTables(data).run(report, "")
    # What the finding names is drawn.
    want["finding"] = runs[(-1, ""), shock]["finding"]
    assert list(_differing(runs[(-1, ""), shock], want)) == []
    assert runs[(-1, ""), shock]["run"]["affected"] == len(report.impacts) > 20


#: The seeds of the graphs that each run tests, and of those that take longer.
SEEDS = [pytest.param(range(2), id="2"), pytest.param(range(2, 206), id="204", marks=pytest.mark.slow)]


@pytest.mark.parametrize("seeds", SEEDS)
def test_pages_of_random_graphs_are_as_python_writes_them(seeds: range) -> None:
    """With provisions, portions, records that disagree, dates and two documents, in every world of the page."""
    rows = []
    for seed in seeds:
        drawn = random_graph(seed)
        graph = Graph(MemoryStore(*drawn.load()))
        options: dict[str, Any] = {"financing": drawn.financing} | ({"stances": drawn.stances} if drawn.stances else {})
        data = data_in_page(graph.explore(**options))
        rows += [f"seed {seed} {row}" for row in differences(graph, data, **options)]
    assert rows == []


def facts_of_kind(data: Mapping[str, Any], kind: str) -> list[tuple[int, str]]:
    """The rows and records of the facts of a kind."""
    full = [text if ":" in text else data["base"] + text for text in data["strings"]]
    columns = data["facts"]
    kinds = [one["key"] for one in data["kinds"]]
    return [
        (row, full[record])
        for row, (of, record) in enumerate(zip(columns["kind"], columns["record"], strict=True))
        if kinds[of] == kind
    ]


@pytest.mark.slow
@pytest.mark.parametrize("name", BUNDLED)
def test_what_if_this_fails_is_what_impact_says_of_a_hit(name: str) -> None:
    """On entities, dependencies and supplies, each hit alone: value for value, in all sources."""
    graph = knockon.open(name)
    data = data_in_page(graph.explore())
    names = [data["strings"][row] for row in data["nodes"]["id"]]
    targets = [({"node": row}, iri) for row, iri in list(enumerate(names))[::9]]
    targets += [({"fact": row}, iri) for kind in ("dependsOn", "supply") for row, iri in facts_of_kind(data, kind)[::9]]
    severities = [round(0.25 + 0.75 * place / len(targets), 3) for place in range(len(targets))]
    asked = [({"hits": [target | {"severity": s}]}, (-1, "")) for (target, _), s in zip(targets, severities, strict=True)]
    for run, (_, target), severity in zip(answered(data, asked), targets, severities, strict=True):
        report = graph.impact(hit={target: severity})
        want = PlainTables(data).run(report, _reason(report))
        if run["run"]["network_hash"]:
            assert run["run"]["network_hash"] == want["run"]["network_hash"]
        for key in ("shock", "shock_label", "network_hash"):
            del want["run"][key], run["run"][key]
        # A record that takes no part in this world is no target on the page; Python names it among those that it did not hit.
        if not report.impacts:
            assert not run["impacts"]
            continue
        assert list(_differing(run, want)) == [], target


def test_levers_leave_the_losses_that_mitigate_states() -> None:
    """A lower criticality, one supplier instead of another, and a further one that can meet the need of everyone alone."""
    graph = knockon.open("sensetime")
    given = {"nvidia": "high"}
    data = data_in_page(graph.explore(hit=given))
    facts = {record: row for row, record in facts_of_kind(data, "dependsOn")}
    entity = {data["base"] + data["strings"][name]: row for row, name in enumerate(data["nodes"]["id"])}
    asked, stated = [], []
    for change in graph.mitigate(None, "sensetime", hit=given).changes:
        lever: dict[str, Any] = {"fact": facts[change.dependency]}
        if change.kind == "supplier":
            lever |= {"supplier": entity[change.provider], "share": None}
        elif change.kind == "provider":
            lever |= {"supplier": entity[change.provider], "instead": entity[change.replaces]}
        elif change.kind == "criticality":
            lever |= {"criticality": list(interval(Level(change.change.rpartition(" ")[2])))}
        else:
            lever |= {"buffer": 30}
        asked.append(({"hits": [], "levers": [lever], "shock": 0}, (-1, "")))
        stated.append((change.kind, (change.loss_low_after, change.loss_after, change.loss_high_after)))
    assert {kind for kind, _ in stated} == {"supplier", "criticality", "buffer", "provider"}
    for run, (_, losses) in zip(answered(data, asked), stated, strict=True):
        own = next((impact for impact in run["impacts"] if impact["iri"].endswith("/sensetime")), {})
        assert tuple(own.get(key, 0) for key in ("low", "loss", "high")) == pytest.approx(losses, abs=1e-6)
