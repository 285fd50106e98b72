"""The most harmful paths: worked cases, and the laws against every simple path."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.analysis.context import Context
from knockon.analysis.explain.paths import Paths, most_harmful
from knockon.analysis.impact.causal_trace import CausalTrace
from knockon.analysis.impact.impact import ImpactReport, impacts
from knockon.errors import UsageError
from knockon.model import Shock, Statement
from knockon.network.network import NONE, Mode
from support.contexts import bakery, context, dependency_graphs, explain, impact_of, shock
from support.small_records import entities, iri, need, passage

Way = tuple[tuple[int, int, int], ...]


def paths(report: ImpactReport, name: str, count: int = 10, **options: int) -> Paths:
    return most_harmful(report.cause, report.cause.network.index[iri(name)], count, **options)


def harms(answer: Paths, report: ImpactReport) -> list[tuple[str, float]]:
    """Each path as the names on it, with its harm."""
    nodes = report.cause.network.nodes

    def name(node: int) -> str:
        return nodes[node].rsplit("/", 1)[-1] if node != NONE else "link"

    return [
        (" ".join([*(name(s.source) for s in p.steps[:1]), *(name(s.owner) for s in p.steps)]), round(p.harm, 6))
        for p in answer.paths
    ]


def diamond(**more: object) -> list[Statement]:
    """D needs b (0.75) and c (0.45), which both need a; b also needs c."""
    return [
        *entities("a", "b", "c", "d"),
        need("b", "a", criticality="Essential", evidence=[passage(0, 1)]),
        need("c", "a", criticality="High"),
        need("b", "c", criticality="Low"),
        need("d", "b", criticality="High"),
        need("d", "c", criticality="Medium"),
    ]


def test_paths_stand_by_their_harm() -> None:
    """The product of severity and criticalities along each; the binding one first; shares of the loss, which overlap."""
    report = impact_of(context(*diamond()), a="0.8")
    answer = paths(report, "d")
    assert harms(answer, report) == [("a b d", 0.6), ("a c d", 0.27), ("a c b d", 0.0675)]
    assert [p.binding for p in answer.paths] == [True, False, False]
    assert answer.complete is True
    why = explain(report, "d", 2).to_dict()
    assert [(p["rank"], p["labels"], p["steps"]) for p in why["paths"]] == [(1, ["A", "B", "D"], 2), (2, ["A", "C", "D"], 2)]
    assert [round(p["share"], 4) for p in why["paths"]] == [1.0, 0.45]
    assert [link["harm"] for link in why["paths"][1]["links"]] == pytest.approx([0.6, 0.27])
    assert [e["start"] for e in why["paths"][0]["links"][0]["evidence"]] == [0]
    assert why["paths_definition"].startswith("The harm of a path is")


def test_shares_count_their_part() -> None:
    """A supplier of shares carries its share alone; together they come to more than either."""
    supply = [{"provider": iri("p"), "share": "0.7"}, {"provider": iri("q"), "share": "0.3"}]
    records = [*entities("a", "b", "p", "q"), need("a", "b", supply=supply, combination="Shares", criticality="Essential")]
    report = impact_of(context(*records), p="total", q="total")
    assert report.loss("a") == 1.0
    assert harms(paths(report, "a"), report) == [("p a", 0.7), ("q a", 0.3)]


def test_those_who_must_fail_together_bound_each_other() -> None:
    """Any-of: no path brings more than the other mill loses; while the other one holds, no path brings anything."""
    report = impact_of(context(*bakery()), mill_a="high", mill_b="0.4")
    assert harms(paths(report, "baking"), report) == [("mill-b baking", 0.4), ("mill-a baking", 0.4)]
    both = impact_of(context(*bakery()), mill_a="total", flour="0.2")
    assert harms(paths(both, "baking"), both) == [("flour baking", 0.2)]


def test_a_path_may_begin_at_a_link_or_at_the_entity() -> None:
    """Hits on a dependency, on a supply, and on the entity itself, which is a path without links."""
    records = [
        *entities("a", "b", "p"),
        need("a", "b", "p", criticality="High"),
        shock(
            "cut",
            *({"target": name, "severity": "Essential"} for name in ("a-needs-b", "a-needs-b--p", "b")),
            {"target": "a", "severity_value": "0.3"},
        ),
    ]
    world = context(*records)
    report = impacts(world, [world.shock("cut")])[0]
    harms = [(len(p.steps), p.target.iri.rsplit("/", 1)[-1], p.harm) for p in paths(report, "a").paths]
    assert sorted(harms[:3]) == [(1, "a-needs-b", 0.75), (1, "a-needs-b--p", 0.75), (1, "b", 0.75)]
    assert harms[3:] == [(0, "a", 0.3)]


def test_a_search_that_is_cut_off_says_so() -> None:
    """The binding path is there all the same; the tree and the prose say that there may be others."""
    report = impact_of(context(*diamond()), a="0.8")
    answer = paths(report, "d", limit=1)
    assert (len(answer.paths), answer.complete) == (1, False)


def test_a_path_from_a_hit_on_a_supply_leads_through_every_entity() -> None:
    """The last of the network as well."""
    chain = [need("b", "a", "a", name="first", criticality="Essential"), need("c", "b", name="second", criticality="Essential")]
    blow = {"target": iri("first--a"), "severity": "Essential"}
    hits = [blow, {"target": iri("a"), "severity": "Essential"}]
    world = context(*entities("a", "b", "c"), *chain, model="leontief")
    report = impacts(world, [Shock.model_validate({"id": iri("blow"), "label": "Blow", "hit": hits})])[0]
    found = most_harmful(report.cause, report.cause.network.index[iri("c")], 9).paths
    assert sorted(len(path.edges) for path in found) == [2, 2, 2]
    assert {path.edges[0][2] for path in found} == {NONE, report.cause.network.index[iri("a")]}


def test_at_least_one_path_is_asked_for() -> None:
    """None makes no sense; one is the binding path, without a search."""
    report = impact_of(context(*diamond()), a="0.8")
    with pytest.raises(UsageError, match="paths must be 1 or more"):
        paths(report, "d", 0)
    assert harms(paths(report, "d", 1), report) == [("a b d", 0.6)]


class Walk:
    """Each simple path to a node with its harm, by the definition, walked one by one."""

    def __init__(self, cause: CausalTrace, node: int) -> None:
        self.network, self.node = cause.network, node
        self.loss = cause.result.loss[cause.row].tolist()
        self.struck: dict[str, float] = {}
        for target in cause.outcome.resolved[cause.row].targets:
            self.struck[target.iri] = max(self.struck.get(target.iri, 0.0), target.interval.point)
        network = self.network
        self.edges = [(int(network.slot_need[s]), s, NONE) for s in range(network.slots)]
        self.edges += [(int(network.supply_provider[s]), int(network.supply_slot[s]), s) for s in range(network.supplies)]

    def every(self) -> dict[Way, float]:
        """All ways from all hits."""
        answer: dict[Way, float] = {}
        for name, severity in self.struck.items():
            start, way, harm = self.begun(name, severity)
            for item, final in self.on(start, way, frozenset({start}), harm):
                answer[item] = max(final, answer.get(item, 0.0))
        return answer

    def begun(self, name: str, severity: float) -> tuple[int, Way, float]:
        network = self.network
        if name in network.index:
            here = network.index[name]
            return here, (), min(severity, self.loss[here])
        supply = network.supply_index.get(name, NONE)
        slot = network.slot_index[name] if supply == NONE else int(network.supply_slot[supply])
        return int(network.slot_owner[slot]), ((slot, supply, NONE),), self.after(slot, supply, severity)

    def on(self, here: int, way: Way, seen: frozenset[int], harm: float) -> Iterator[tuple[Way, float]]:
        if harm > 0 and here == self.node:
            yield way, harm
        elif harm > 0:
            for source, slot, supply in self.edges:
                owner = int(self.network.slot_owner[slot])
                if source == here and owner not in seen:
                    yield from self.on(owner, (*way, (slot, supply, source)), seen | {owner}, self.after(slot, supply, harm))

    def after(self, slot: int, supply: int, harm: float) -> float:
        network = self.network
        if supply != NONE and network.mode[slot] == Mode.SHARES:
            harm *= float(network.supply_share[supply])
        elif supply != NONE and network.mode[slot] in (Mode.ANY_OF, Mode.AT_LEAST):
            rest = [s for s in range(network.supply_start[slot], network.supply_start[slot + 1]) if s != supply]
            lost = sorted(max(self.hit(s), self.loss[network.supply_provider[s]]) for s in rest)
            k = 1 if network.mode[slot] == Mode.ANY_OF else int(network.at_least[slot])
            harm = min([harm, *lost[k - 1 : k]])
        return min(float(network.weights[1, slot]) * harm, self.loss[network.slot_owner[slot]])

    def hit(self, supply: int) -> float:
        return max((self.struck.get(name, 0.0) for name in self.network.supply_records[supply]), default=0.0)


def blown(world: Context, records: list[Statement], data: st.DataObject) -> ImpactReport:
    links = [r.id for r in records if hasattr(r, "need")] + [s.id for r in records for s in getattr(r, "supply", ())]
    targets = data.draw(st.lists(st.sampled_from([*(r.id for r in records[:6]), *links]), min_size=1, max_size=3, unique=True))
    hits = [{"target": target, "severity": data.draw(st.sampled_from(["Essential", "Medium"]))} for target in targets]
    return impacts(world, [Shock.model_validate({"id": iri("blow"), "label": "Blow", "hit": hits})])[0]


@given(dependency_graphs(plain=True), st.data(), st.sampled_from(["leontief", "timeline"]))
def test_paths_are_those_of_brute_force(records: list[Statement], data: st.DataObject, model: str) -> None:
    """All of them where enough are asked for; the k most harmful where not; the binding one first; none above the loss."""
    report = blown(context(*records, model=model), records, data)
    for impact in report:
        node = report.cause.network.index[impact.entity]
        ways = Walk(report.cause, node).every()
        answer = most_harmful(report.cause, node, 1000)
        assert answer.complete
        first, *rest = answer.paths
        assert first.binding
        assert {p.edges: p.harm for p in rest} == pytest.approx({w: h for w, h in ways.items() if w != first.edges})
        assert [p.harm for p in rest] == sorted((p.harm for p in rest), reverse=True)
        assert all(0 < p.harm <= impact.loss for p in rest)
        few = most_harmful(report.cause, node, 3).paths
        assert [p.harm for p in few] == pytest.approx([p.harm for p in answer.paths[:3]])
        assert few[0].edges == first.edges


@given(dependency_graphs(combinations=("AllOf", "AnyOf", "AtLeast")), st.data())
def test_without_shares_the_binding_path_brings_the_whole_loss(records: list[Statement], data: st.DataObject) -> None:
    """Under leontief: its harm is the loss, and no other path brings more."""
    report = blown(context(*records), records, data)
    for impact in report:
        answer = most_harmful(report.cause, report.cause.network.index[impact.entity], 5)
        assert answer.paths[0].harm == pytest.approx(impact.loss, abs=1e-8)
        assert max(p.harm for p in answer.paths) <= answer.paths[0].harm + 1e-8


@given(dependency_graphs(), st.data(), st.sampled_from(["reach", "chance"]))
def test_the_binding_path_comes_first_in_every_model(records: list[Statement], data: st.DataObject, model: str) -> None:
    """With its links those of the explanation, from the hit on."""
    world = context(*records, model=model, model_parameters={"draws": 50} if model == "chance" else {})
    report = blown(world, records, data)
    for impact in report:
        why = explain(report, impact.entity)
        first = why.paths[0]
        assert first.binding is True
        assert [link.dependency for link in first.links] == [link.dependency for link in reversed(why.links)]
        assert first.origin == why.origin
        assert not any(path.binding for path in why.paths[1:])
