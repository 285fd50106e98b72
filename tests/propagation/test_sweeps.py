"""Sweeps in the order of the needs: they arrive where rounds do, with loops and without, and in one sweep without."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knockon.network.hits import Hits, InitialLosses, spread_hits
from knockon.network.network import NONE, Network
from knockon.propagation import sweeps as sweeps_module
from knockon.propagation.changed_links import Change, ChangedNetworks, single_changes
from knockon.propagation.combinations import Rules
from knockon.propagation.fixed_point import Sweep, settle
from knockon.propagation.leontief import leontief, leontief_at_point
from knockon.propagation.leontief_round import LaneEquations, zero_column
from knockon.propagation.structure.removal import RemovalLosses
from knockon.propagation.sweeps import Sweeps
from knockon.vocabulary import Interval
from support.random_networks import network_of_records

#: Laws run on the networks of two seeds in each run, and of any seed in the long one.
SEEDS = (3, 23)
networks = cache(network_of_records)


def every_removal(network: Network) -> LaneEquations:
    """A lane for each entity that is closed."""
    closed = np.zeros((network.size, network.entities))
    closed[np.arange(network.entities), np.arange(network.entities)] = 1.0
    spread_hits(network, InitialLosses(closed, zero_column(network.slots), zero_column(network.supplies)))
    hit = InitialLosses(closed, zero_column(network.slots), zero_column(network.supplies))
    return LaneEquations(Rules(network), network.weights[1][:, None], hit)


def without_loops(seed: int, firms: int = 12) -> Network:
    """Flows from lower to higher numbers, of every kind of input."""
    rng = np.random.default_rng(seed)
    ends = np.sort(rng.integers(0, firms, (2, 4 * firms)), axis=0)
    supplier, customer = ends[:, ends[0] < ends[1]]
    return Network.from_flows(
        supplier, customer, rng.random(len(supplier)), rng.integers(0, 3, firms), rng.integers(0, 3, (3, 3)),
        np.ones(firms), costs=np.full(firms, 4.0 * firms),
    )  # fmt: skip


def check_sweeps(network: Network, few: int) -> None:
    """Every single removal arrives where rounds do: within the error of both, at most 1e-11."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweeps_module, "_FEW", few)
        lanes, sweeps = every_removal(network), Sweeps(network)
    rounds = settle(lanes, lanes.hit.node)
    swept = settle(lanes, lanes.hit.node, sweep=Sweep(lambda some: sweeps.sweep(lanes.select(some)), not sweeps.looped))
    assert (np.abs(swept.state - rounds.state).max(axis=0, initial=0.0) <= swept.error + rounds.error + 1e-13).all()
    assert np.abs(swept.state - rounds.state).max(initial=0.0) <= 1e-11
    assert (swept.residual <= 1e-12).all()


@pytest.mark.parametrize(("seed", "few"), [(SEEDS[0], 0), (SEEDS[1], 200)])
def test_sweeps_arrive_where_rounds_do(seed: int, few: int) -> None:
    """On networks with every combination and with loops, whose nodes are one level, or in the order of the loops."""
    check_sweeps(networks(seed)[0], few)


@pytest.mark.slow
@given(st.integers(0, 10_000), st.sampled_from([0, 200]))
def test_sweeps_arrive_where_rounds_do_on_any_network(seed: int, few: int) -> None:
    """The same on networks of any seed."""
    check_sweeps(network_of_records(seed)[0], few)


@settings(max_examples=5)
@given(st.integers(0, 10_000))
def test_one_sweep_is_enough_without_loops(seed: int) -> None:
    """To the last bit what rounds give where each node depends on lower ones alone."""
    network = without_loops(seed)
    lanes, sweeps = every_removal(network), Sweeps(network)
    assert not sweeps.looped
    assert np.array_equal(sweeps.sweep(lanes)(lanes.hit.node), settle(lanes, lanes.hit.node).state)


def check_changes(case: tuple[Network, Hits], number: Callable[[int, int], int]) -> None:
    """Changes in lanes of one run give what each gives alone by rounds; ``number`` chooses one from the first to the last."""
    network, hits = case
    if not network.slots:
        return
    variants = ChangedNetworks(network, hits, 0)
    changes = [[]]
    for _ in range(4):
        slot = number(0, network.slots - 1)
        first, last = network.supply_start[slot : slot + 2].tolist()
        node = number(NONE, network.entities - 1)
        kinds = [Change(slot, weight=Interval(0.1, 0.2, 0.3)), Change(slot, backup=node)]
        if last > first:
            kinds += [Change(slot, supply=first, provider=node), Change(slot, at_least=1)]
        changes.append([kinds[number(0, len(kinds) - 1)]])
    equations = variants._equations(1, changes)
    start = np.repeat(variants.initial_loss[1].node[:, None], len(changes), axis=1)
    by_rounds = settle(equations, start).state
    for target in range(network.entities):
        assert variants.losses(target, changes)[1] == pytest.approx(by_rounds[target], abs=1e-11)


@pytest.mark.parametrize("seed", SEEDS)
def test_changes_are_those_of_the_changed_network(seed: int) -> None:
    """Weights, backups, other providers and fewer suppliers, in lanes of one run: as each alone by rounds over everything."""
    random = np.random.default_rng(seed)
    check_changes(networks(seed), lambda first, last: int(random.integers(first, last + 1)))


@pytest.mark.slow
@given(st.integers(0, 10_000), st.data())
def test_changes_are_those_of_any_changed_network(seed: int, data: st.DataObject) -> None:
    """The same on networks of any seed, with any changes."""
    check_changes(network_of_records(seed), lambda first, last: data.draw(st.integers(first, last)))


@settings(max_examples=5)
@given(st.integers(0, 10_000), st.data())
def test_single_changes_without_loops_are_those_of_lanes(seed: int, data: st.DataObject) -> None:
    """One change in each variant, passed on from the owner of its slot: to the last bit what lanes of it all give."""
    network = without_loops(seed)
    hits = Hits.of(network, np.random.default_rng(seed).random((1, network.size)) * (np.arange(network.size) < 4))
    changes = []
    for slot in range(network.slots):
        first, last = network.supply_start[slot : slot + 2].tolist()
        owner = int(network.slot_owner[slot])
        node = data.draw(st.integers(NONE, owner - 1))
        weight, supply = Interval(0.1, 0.2, 0.3), data.draw(st.integers(first, last - 1))
        kinds = [Change(slot, weight=weight), Change(slot, backup=node), Change(slot, supply=supply, provider=node)]
        changes += [data.draw(st.sampled_from([*kinds, Change(slot, weight=weight, at_least=1)]))]
    variants = ChangedNetworks(network, hits, 0)
    lists = [[change] for change in changes]
    sweeps = variants._sweeps(lists)
    assert not sweeps.looped
    sweeps.lanes_from = 5
    for target in {network.size - 1, network.size // 2}:
        for bound in (0, 1, 2):
            passed_on = single_changes(variants, sweeps, bound, target, changes)
            assert passed_on.tolist() == variants._run(sweeps, bound, lists)[target].tolist()


@pytest.mark.parametrize("hit", [0.0, 0.3])
def test_single_links_are_what_the_rules_give(hit: float) -> None:
    """Levels of one link each, with and without hits on the way: to the last bit the loss by the rules of combinations."""
    count = 30
    chain = Network.from_flows(np.arange(count), np.arange(1, count + 1), np.ones(count))
    weight = np.random.default_rng(1).random((count, 1))
    state = np.zeros((count + 1, 4))
    state[[0, 3, 7]], state[20] = 1.0, hit
    lanes = LaneEquations(Rules(chain), weight, InitialLosses(state, *map(zero_column, (count, count))))
    sweeps = Sweeps(chain)
    assert all(level.links is not None for level in sweeps.levels[1:])
    assert np.array_equal(sweeps.sweep(lanes)(state), settle(lanes, state).state)


@pytest.mark.parametrize("few", [0, 200])
def test_levels_are_after_what_they_depend_on(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two loops with a chain between them, and chains to and from them: levels hold whole loops, in the order of the needs."""
    monkeypatch.setattr(sweeps_module, "_FEW", few)
    links = [(0, 1), (1, 2), (2, 1), (2, 3), (3, 4), (4, 5), (5, 4), (5, 6), (6, 7)]
    network = Network.from_flows(*zip(*links, strict=True), np.ones(len(links)))
    sweeps = Sweeps(network)
    assert sweeps.looped
    expected = [[0], [1, 2], [3], [4, 5], [6], [7]] if few == 0 else [[0], [1, 2, 3, 4, 5], [6], [7]]
    assert [level.nodes.tolist() for level in sweeps.levels] == expected


def test_a_chain_is_one_sweep_and_what_the_model_gives() -> None:
    """A chain of 60 links, each end removed: the loss of the far end is a product, as leontief computes it."""
    count = 60
    chain = Network.from_flows(np.arange(count), np.arange(1, count + 1), np.ones(count))
    removal = RemovalLosses(chain, count)
    assert not removal.sweeps.looped
    assert len(removal.sweeps.levels) == count + 1
    losses = removal.losses([(0,), (30,), (count - 1,)])
    assert losses.tolist() == leontief(chain, [0, 30, count - 1]).loss[:, count].tolist() == [1.0, 1.0, 1.0]


def check_bindings(network: Network) -> None:
    """Steps, slots, supplies and sources do not depend on what is computed beside them, nor on sweeps."""
    together = leontief(network)
    swept = leontief_at_point(network, Hits.of(network, None), Sweeps(network))
    for node in range(network.entities):
        alone = leontief(network, [node])
        for name in ("step", "slot", "supply", "source", "loss"):
            assert np.array_equal(getattr(together, name)[node], getattr(alone, name)[0])
        assert swept.loss[node] == pytest.approx(alone.loss[0], abs=1e-11)
        assert np.array_equal(swept.step[node] == NONE, alone.step[0] == NONE)


def test_bindings_of_a_batch_are_those_of_each_alone() -> None:
    """On a network with every combination and loops."""
    check_bindings(networks(SEEDS[0])[0])


@pytest.mark.slow
@given(st.integers(0, 10_000))
def test_bindings_of_a_batch_are_those_of_each_alone_on_any_network(seed: int) -> None:
    """The same on networks of any seed."""
    check_bindings(network_of_records(seed)[0])


def test_a_front_that_moves_on_is_not_solved_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chain of 200 links is followed by rounds; no linear equations are made."""
    from knockon.propagation import branch

    def refuse(*_: object) -> None:
        raise AssertionError("solved")

    monkeypatch.setattr(branch.Branch, "slopes", refuse)
    chain = Network.from_flows(np.arange(200), np.arange(1, 201), np.ones(200))
    assert leontief(chain, [0]).iterations.tolist() == [201]
