"""The engine of the page computes what the engine in Python does: losses, bounds, steps, bindings and rounds.

``node`` reads the cases that Python writes (tests/support/engine_cases.py); without it these tests are skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import knockon
from knockon import Graph
from knockon.network.network import Mode
from knockon.network.resolve import to_hits
from knockon.store.oxigraph import MemoryStore
from support.engine_cases import case, needs_node, run_node
from support.networks import PlainNetwork, hit, slot, to_arrays
from support.random_records import random_graph

#: The seeds of the graphs that each run tests, and of those that take longer.
SEEDS = [pytest.param(range(60), id="60"), pytest.param(range(60, 1060), id="1000", marks=pytest.mark.slow)]

pytestmark = needs_node


def random_cases(seeds: range) -> Iterator[dict[str, Any]]:
    """Random graphs with every combination, loops, provisions, portions and records that disagree."""
    for seed in seeds:
        graph = random_graph(seed)
        options: dict[str, Any] = {"stances": graph.stances} if graph.stances else {}
        options |= {"without": graph.without} if graph.without else {}
        context = Graph(MemoryStore(*graph.load()))._context(as_of=graph.day or "all", financing=graph.financing, **options)
        outcome = context.run(context.shocks)
        yield case(f"seed {seed}", outcome.network, to_hits(outcome.network, outcome.resolved)[0])


@pytest.mark.parametrize("seeds", SEEDS)
def test_losses_of_random_graphs_are_those_of_python(seeds: range) -> None:
    """Low, point, high, shortages, steps, bindings, rounds and residuals of every node."""
    differences, message = run_node("engine-parity.js", random_cases(seeds))
    assert differences == []
    # Rounding decides in few of them.
    assert message in (f"{len(seeds)} shocks", f"{len(seeds)} shocks, bindings of 1 decided by rounding")


@pytest.mark.parametrize("name", ["sensetime", "chips"])
def test_closing_each_entity_of_a_bundled_graph_gives_the_losses_of_python(name: str) -> None:
    """A shock for each entity, as "What if this fails?" asks."""
    network = knockon.open(name).network()
    from knockon.network.hits import Hits

    hits = Hits.of(network, None)
    assert run_node("engine-parity.js", [case(name, network, hits)]) == ([], f"{hits.count} shocks")


LOOPS = {
    f"a loop that leaks {leak}": PlainNetwork(3, (slot(0, -1, 1.0, Mode.SHARES, (1, 1 - leak), (2, leak)), slot(1, 0)))
    for leak in (0.5, 0.1, 1e-3, 1e-6)
} | {
    "a loop without a leak": PlainNetwork(
        3, (slot(0, -1, 1.0, Mode.SHARES, (1, 0.5), (2, 0.5)), slot(1, 0), slot(2, -1, 1.0, Mode.SHARES, (0, 0.5), (1, 0.5)))
    ),
    "a loop that another supplier bounds": PlainNetwork(
        5,
        (slot(0, -1, 1.0, Mode.SHARES, (1, 0.99), (2, 0.01)), slot(1, -1, 1.0, Mode.ANY_OF, 0, 3), slot(4, 0)),
    ),
}


def test_loops_of_weights_are_followed_to_the_same_limit() -> None:
    """Rounds, solutions and errors by the one stopping rule."""
    cases = []
    for name, plain in LOOPS.items():
        network, hits, _ = to_arrays(plain, [(hit(0),), (hit(2),), (hit(2, 0.25), hit(plain.size - 1, 0.5))])
        cases.append(case(name, network, hits))
    assert run_node("engine-parity.js", cases)[0] == []
