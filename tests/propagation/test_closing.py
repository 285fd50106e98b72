"""Closures by compiled kernels are those of leontief, to the last bit."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import knockon
from knockon.analysis.rank import runners
from knockon.analysis.rank.rank import rank
from knockon.network import Network
from knockon.network.arrays import Mode
from knockon.propagation.closing import Closing, ClosingLosses
from knockon.propagation.kernels import available
from knockon.propagation.leontief import leontief
from support.networks import PlainNetwork, Shock, networks_with_shocks, to_arrays

pytestmark = pytest.mark.skipif(not available(), reason="numba is not installed")


def check(network: Network, **stop: Any) -> ClosingLosses:
    """Compare the closures of all nodes, and return them."""
    nodes = np.arange(network.entities)
    closed, plain = Closing(network, **stop).losses(nodes), leontief(network, nodes, **stop)
    for name, numbers in closed._asdict().items():
        assert numbers.tobytes() == getattr(plain, name).tobytes(), name
    return closed


def loops(seed: int, modes: list[Mode], low: float, firms: int = 12) -> Network:
    """Return firms that supply each other at random, with criticalities from ``low`` on, so that losses go around for long."""
    random = np.random.default_rng(seed)
    slots = 2 * firms
    count = random.integers(1, 4, slots)
    start = np.concatenate([[0], np.cumsum(count)])
    share = random.random(start[-1])
    share /= np.add.reduceat(share, start[:-1])[np.repeat(np.arange(slots), count)]
    mode = random.choice([int(one) for one in modes], slots)
    unstated = np.repeat((mode == Mode.SHARES) & (count > 1) & (random.random(slots) < 0.5), count)
    return Network(
        nodes=[f"urn:x:{number}" for number in range(firms)], slot_owner=np.sort(random.integers(0, firms, slots)),
        slot_need=np.where(random.random(slots) < 0.5, random.integers(0, firms, slots), -1),
        weights=np.sort(random.uniform(low, 1, (3, slots)), axis=0), mode=mode, at_least=random.integers(1, count + 1),
        supply_start=start, supply_provider=random.integers(0, firms, start[-1]), supply_share=share, unstated=unstated,
    )  # fmt: skip


@given(networks_with_shocks(), st.sampled_from([{}, {"eps": 1e-3}, {"cap": 2}]))
def test_closures_are_those_of_leontief(case: tuple[PlainNetwork, Shock], stop: dict[str, Any]) -> None:
    """Losses at all bounds, rounds, and the last rise, for small networks of every kind."""
    check(to_arrays(case[0], [case[1]])[0], **stop)


@pytest.mark.parametrize("stop", [{}, {"eps": 1e-14}, {"eps": 1e-4}, {"cap": 33}])
def test_long_runs_are_those_of_leontief(stop: dict[str, Any]) -> None:
    """Where limits are solved for after 32 rounds, where a front still moves then, and where runs end near the limit."""
    every = list(Mode)
    cases = [([Mode.ALL_OF], 0.99), ([Mode.SHARES], 0.9), ([Mode.SHARES], 0.99), (every, 0.5), (every, 0.99)]
    rounds = [check(loops(seed, modes, low), **stop).iterations.max() for seed, (modes, low) in enumerate(cases)]
    assert max(rounds) > 32
    chain = Network.from_flows(np.arange(79), np.arange(1, 80), np.ones(79))
    check(chain, **stop)


def test_some_limits_are_solved_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above would compare nothing of that kind otherwise."""
    solved: list[int] = []

    def counted(network: Network, nodes: Any, **stop: Any) -> Any:
        solved.extend(nodes)
        return leontief(network, nodes, **stop)

    monkeypatch.setattr("knockon.propagation.closing.leontief", counted)
    network = loops(1, [Mode.SHARES], 0.99)
    Closing(network).losses(np.arange(network.entities))
    assert 0 < len(solved) <= network.entities


def test_hidden_nodes_fail_with_their_entities() -> None:
    """In data with provisions, portions and records that disagree."""
    for name in ("sensetime", "chips"):
        network = knockon.open(name).network(financing=True)
        assert network.size > network.entities or name == "chips"
        check(network)


def test_a_ranking_by_kernels_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every column of ``rank``, whatever is closed together."""
    network = loops(3, list(Mode), 0.7)
    plain = rank(network).columns
    monkeypatch.setattr(import_module("knockon.propagation.esri"), "COMPILE_FROM", 0)
    monkeypatch.setattr(runners, "_HELD", 3 * network.slots)
    compiled = rank(network).columns
    assert compiled.keys() == plain.keys()
    assert all(compiled[name].tobytes() == plain[name].tobytes() for name in plain)
