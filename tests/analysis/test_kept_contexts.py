"""What a graph keeps from one question for the next: bounded, and never of another question."""

from __future__ import annotations

import pytest

import knockon
from support.golden import LETTERS


@pytest.fixture
def graph() -> knockon.Graph:
    return knockon.open(LETTERS / "data")


def test_ever_new_options_take_bounded_memory(graph: knockon.Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many worlds the last ones are kept, and one that was used in between is among them."""
    monkeypatch.setattr("knockon.graph.base._MOST_CONTEXTS", 4)
    first = graph._context()
    for number in range(10):
        graph._context(min_confidence=number / 10)
        assert graph._context() is first
    assert len(graph._contexts) == 4
    assert graph._context(min_confidence=0.9).options.min_confidence == 0.9


def test_a_network_is_compiled_once_and_has_every_target(graph: knockon.Graph) -> None:
    """Questions about what is in the network share it; what no dependency names gets a network that has it."""
    context = graph._context()
    network = context.compiled().network
    named = graph.impact(hit={"sales-d": 0.5})
    assert named.cause.network is network
    outside = next(entity.id for entity in graph.records(knockon.Entity) if entity.id not in network.index)
    report = graph.impact(hit={outside: 0.5})
    assert report.loss(outside) == 0.5
    assert report.cause.network is not network
    assert context.compiled().network is network
    assert outside not in network.index
