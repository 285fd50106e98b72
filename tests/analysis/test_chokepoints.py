"""The answer to what must fail for an entity to fail: worked cases, and what is said where it is cut short."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest

from knockon.analysis.structure import closing_work
from knockon.analysis.structure.chokepoints import chokepoints
from knockon.analysis.structure.chokepoints_answer import Chokepoint, Chokepoints
from knockon.errors import LimitReached, NotFound, UsageError
from knockon.graph import Graph
from knockon.model import Statement
from knockon.present.rows.structure import chokepoint_notes, chokepoint_tables
from knockon.propagation.structure.upstream import upstream
from knockon.store.oxigraph import MemoryStore
from support.contexts import bakery, context
from support.random_records import random_graph
from support.small_records import entities, need, passage


def points(answer: Chokepoints) -> dict[str, Chokepoint]:
    return {point.id: point for point in answer.points}


def test_both_readings_of_the_bakery() -> None:
    """Flour fails the guests, either mill alone does not; nothing passes by rye and baking."""
    answer = chokepoints(context(*bakery()), "guests", threshold=0.3)
    assert answer.upstream == 5
    assert [point.id for point in answer.points] == ["rye", "baking", "flour"]
    result = points(answer)
    assert [result[name].dominator for name in ("rye", "baking", "flour")] == [True, True, False]
    assert result["flour"].loss == 1.0 * 0.75 * 0.45
    assert (result["flour"].loss_low, result["flour"].loss_high) == (0.9 * 0.6 * 0.3, pytest.approx(1.0 * 0.9 * 0.6))
    assert (result["flour"].step, result["flour"].distance, result["flour"].source) == (3, 3, True)
    assert [hop.dependant.rpartition("/")[2] for hop in result["flour"].path] == ["baking", "rye", "guests"]
    assert [span.start for span in result["flour"].evidence] == [10, 20, 30]
    assert [cut_set.ids for cut_set in answer.cut_sets] == [("rye",), ("baking",), ("flour",), ("mill-a", "mill-b")]
    assert len(answer.narrowest) == 1
    assert answer.truncated is False
    high = chokepoints(context(*bakery()), "guests", threshold=0.4)
    assert [(point.id, point.dominator) for point in high.points] == [("rye", True), ("baking", True)]
    assert [(item.id, item.loss) for item in high.lesser] == [("flour", 0.3375)]


def test_a_dominator_that_costs_nothing_is_told() -> None:
    """Everything passes through the port, and without a criticality above nothing it costs nothing."""
    where = context(*entities("shop", "port", "ship"), need("shop", "port", criticality="Negligible"), need("port", "ship"))
    answer = points(chokepoints(where, "shop"))
    assert (answer["port"].dominator, answer["port"].loss, answer["port"].step) == (True, 0.0, None)
    assert answer["port"].path == ()


def test_only_leaves() -> None:
    """Asked for leaves, only what needs nothing itself stands in a cut set."""
    answer = chokepoints(context(*bakery()), "guests", threshold=0.3, leaves=True)
    assert [cut_set.ids for cut_set in answer.cut_sets] == [("flour",), ("mill-a", "mill-b")]
    assert {iri.rpartition("/")[2] for iri in answer.sources} == {"flour", "mill-a", "mill-b"}


@pytest.mark.parametrize("name", ["mill-a", "law", "bread"])
def test_what_needs_nothing_gets_an_answer(name: str) -> None:
    """A source, a measure, and an entity that is in no dependency: nothing upstream, nothing to fail."""
    answer = chokepoints(context(*bakery()), name)
    assert (answer.upstream, answer.points, answer.cut_sets, answer.narrowest) == (0, (), (), ())
    assert answer.truncated is False


def test_who_is_not_there_is_not_found() -> None:
    """With the nearest names; in an empty graph as well."""
    with pytest.raises(NotFound, match="bakery"):
        chokepoints(context(*bakery()), "bakry")
    with pytest.raises(NotFound):
        chokepoints(context(), "bakery")


def test_a_model_without_combinations_is_refused() -> None:
    """Reach knows no any-of."""
    with pytest.raises(UsageError, match="leontief"):
        chokepoints(context(*bakery(), model="reach"), "guests")


def test_the_caps_are_told() -> None:
    """A model stopped by its cap and a search stopped by its limit both say truncated."""
    assert chokepoints(context(*bakery(), cap=1), "guests").stopped_by == "cap"
    many: list[Statement] = [
        *entities("shop", *(f"s{k}" for k in range(9))),
        need("shop", "goods", *(f"s{k}" for k in range(9)), combination="AtLeast", at_least=7, evidence=[passage()]),
    ]
    answer = chokepoints(context(*many, *entities("goods")), "shop", threshold=0.3, limit=40)
    assert (answer.truncated, answer.complete, answer.untried) == (True, 2, 84)
    assert chokepoints(context(*many, *entities("goods")), "shop", threshold=0.3).truncated is False


def test_paths_beyond_the_limit_are_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a chain of 9 links the nearest paths are listed, the others by their length alone, and a note says how many."""
    from knockon.analysis.structure import chokepoints as module

    names = [f"n{i}" for i in range(10)]
    chain = [need(after, before, criticality_value="1") for before, after in itertools.pairwise(names)]
    where = context(*entities(*names), *chain)
    whole = chokepoints(where, "n9")
    assert whole.paths_left_out is None
    assert [len(point.path) for point in whole.points] == list(range(1, 10))
    monkeypatch.setattr(module, "PATH_LINKS", 7)
    short = chokepoints(where, "n9")
    assert short.paths_left_out == 6
    assert [len(point.path) for point in short.points] == [1, 2, 3] + [0] * 6
    assert [point.step for point in short.points] == list(range(1, 10))
    assert [(p.loss, p.loss_low, p.loss_high) for p in short.points] == [
        (p.loss, p.loss_low, p.loss_high) for p in whole.points
    ]
    table = chokepoint_tables(short)[0]
    assert [row["way"] for row in table.rows][2:4] == ["n6 > n7 > n8 > n9", "4 links, not listed"]
    assert any(line.startswith("LEFT OUT: 6 paths") for line in chokepoint_notes(short))


def test_what_would_take_hours_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where needs lead round in circles and there are too many of them; what one sweep computes is never refused."""
    monkeypatch.setattr(closing_work, "MOST_WORK", 5)
    circle = [*entities("a", "b", "c"), need("a", "b"), need("b", "c"), need("c", "a")]
    with pytest.raises(LimitReached, match=r"rests on 2 entities with 3 needs .* 2 of them may cost it 0\.1"):
        chokepoints(context(*circle), "a", threshold=0.1)
    assert chokepoints(context(*bakery()), "guests", threshold=0.3).points


@pytest.mark.parametrize("seeds", [pytest.param([5], id="1"), pytest.param(range(60), id="60", marks=pytest.mark.slow)])
def test_a_large_network_has_the_choke_points_of_a_small_one(seeds: Sequence[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where only what may cost the threshold is closed: every point, path and set, and what is not closed is counted."""
    left_out = 0
    for seed in seeds:
        graph = random_graph(seed)
        where = Graph(MemoryStore(*graph.load(), checked=True))._context(as_of=graph.day or "all", financing=graph.financing)
        network = where.compiled().network
        for node, iri in enumerate(list(network.nodes)[:4]):
            part = upstream(network, node).network
            answers = []
            for most in (10**9, max(part.entities * part.slots - 1, 0)):
                monkeypatch.setattr(closing_work, "MOST_WORK", most)
                answers.append(chokepoints(where, iri, threshold=0.4))
            whole, few = answers
            assert (few.points, few.cut_sets, few.narrowest) == (whole.points, whole.cut_sets, whole.narrowest)
            assert {point.entity for point in few.lesser} <= {point.entity for point in whole.lesser}
            assert len(whole.lesser) - len(few.lesser) <= (few.not_closed or 0)
            assert (few.not_closed is not None) == any(line.startswith("LEFT OUT") for line in chokepoint_notes(few))
            left_out += few.not_closed or 0
    assert left_out
