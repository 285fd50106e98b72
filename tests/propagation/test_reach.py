"""The laws of the reach model, held against networkx."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.network.hits import NODE, SLOT, SUPPLY
from knockon.network.network import Mode
from knockon.propagation.reach import reach
from knockon.propagation.result import NONE, Result
from support.networks import (
    PlainHit,
    PlainNetwork,
    Shock,
    Slot,
    exactly,
    hit,
    networks_with_shocks,
    oracle_reach,
    plain_networks,
    renumbered,
    shocks_on,
    slot,
    to_arrays,
)


def run(plain: PlainNetwork, *shocks: Shock) -> Result:
    network, hits, _ = to_arrays(plain, shocks)
    return reach(network, hits)


@given(networks_with_shocks())
def test_reach_is_what_networkx_calls_descendants(case: tuple[PlainNetwork, Shock]) -> None:
    """The same nodes, at the length of the shortest path; whatever the words and combinations say."""
    plain, shock = case
    result = run(plain, shock)
    steps = oracle_reach(plain, shock)
    assert result.step[0].tolist() == [steps.get(node, NONE) for node in range(plain.size)]
    assert result.loss[0].tolist() == [float(node in steps) for node in range(plain.size)]
    assert (result.low == result.loss).all()
    assert (result.high == result.loss).all()


@given(plain_networks())
def test_upstream_is_what_networkx_calls_ancestors(plain: PlainNetwork) -> None:
    """From each node in turn: what it needs, what that needs, and so on, by shortest path."""
    flow = nx.DiGraph()
    flow.add_nodes_from(range(plain.size))
    for one in plain.slots:
        flow.add_edges_from((one.owner, source) for source in (one.need, *(p for p, _ in one.supplies)))
    result = reach(to_arrays(plain)[0], upstream=True)
    for node in range(plain.size):
        lengths = nx.single_source_shortest_path_length(flow, node)
        assert result.step[node].tolist() == [lengths.get(other, NONE) for other in range(plain.size)]


@given(plain_networks(), st.data())
def test_no_shock_reaches_nothing(plain: PlainNetwork, data: st.DataObject) -> None:
    """No hits, and hits of severity 0, give exact zeros."""
    nothing = tuple(replace(one, severity=exactly(0.0)) for one in data.draw(shocks_on(plain)))
    result = run(plain, (), nothing)
    assert not result.loss.any()
    assert not result.shortage.any()
    assert (result.step == NONE).all()


@given(networks_with_shocks(), st.data())
def test_one_hit_more_never_reaches_less(case: tuple[PlainNetwork, Shock], data: st.DataObject) -> None:
    """What a part of a shock reaches, all of it reaches, in as many steps or fewer."""
    plain, shock = case
    part = shock[: data.draw(st.integers(0, len(shock)))]
    less, more = run(plain, part), run(plain, shock)
    assert (more.loss >= less.loss).all()
    reached = less.step[0] >= 0
    assert (more.step[0][reached] <= less.step[0][reached]).all()


@given(networks_with_shocks(), st.data())
def test_relabelling_changes_nothing(case: tuple[PlainNetwork, Shock], data: st.DataObject) -> None:
    """Other numbers for the nodes, other orders of slots and supplies: the same nodes and steps."""
    plain, shock = case
    new = data.draw(st.permutations(range(plain.size)))
    other, moved = renumbered(plain, shock, new, turned=data.draw(st.booleans()))
    assert run(other, moved).step[0, list(new)].tolist() == run(plain, shock).step[0].tolist()


@given(plain_networks(), st.data())
def test_a_batch_is_one_by_one(plain: PlainNetwork, data: st.DataObject) -> None:
    """Several shocks at once give, row by row, what each gives alone."""
    shocks = data.draw(st.lists(shocks_on(plain), max_size=3))
    together = run(plain, *shocks)
    for row, shock in enumerate(shocks):
        alone = run(plain, shock)
        for name in ("loss", "step", "slot", "supply", "source", "shortage"):
            assert getattr(together, name)[row].tolist() == getattr(alone, name)[0].tolist(), name


@given(networks_with_shocks())
def test_bindings_lead_back_to_a_hit(case: tuple[PlainNetwork, Shock]) -> None:
    """Each node reached is hit, or bound to a slot of its own whose source is one step nearer, or whose link is hit."""
    plain, shock = case
    network, hits, _ = to_arrays(plain, [shock])
    result = reach(network, hits)
    hit_targets = set(zip(hits.kind.tolist(), hits.index.tolist(), strict=True))
    for node in np.flatnonzero(result.loss[0]):
        row, supply, source = (int(getattr(result, name)[0, node]) for name in ("slot", "supply", "source"))
        if result.step[0, node] == 0:
            assert (row, supply, source) == (NONE, NONE, NONE)
            assert (NODE, node) in hit_targets
            continue
        assert network.slot_owner[row] == node
        if source == NONE:
            assert result.step[0, node] == 1
            assert ((SUPPLY, supply) if supply != NONE else (SLOT, row)) in hit_targets
        else:
            assert source == (network.supply_provider[supply] if supply != NONE else network.slot_need[row])
            assert result.step[0, node] == 1 + result.step[0, source]


def test_empty_and_isolated_are_safe() -> None:
    """No nodes, no slots, no shocks: empty answers of the right shape."""
    network, hits, _ = to_arrays(PlainNetwork(0))
    assert reach(network).loss.shape == (0, 0)
    assert reach(network, hits).loss.shape == (1, 0)
    isolated, _, _ = to_arrays(PlainNetwork(2))
    assert reach(isolated).loss.tolist() == [[1, 0], [0, 1]]
    assert reach(isolated, []).step.shape == (0, 2)


def test_a_long_chain_is_never_cut() -> None:
    """Two thousand steps are two thousand steps, and a ring ends."""
    size = 2000
    ring = PlainNetwork(size, tuple(Slot((node + 1) % size, node, exactly(0.0)) for node in range(size)))
    result = run(ring, (hit(0),))
    assert result.step[0].tolist() == list(range(size))
    assert not result.truncated


def test_a_supply_that_is_hit_is_the_binding_one() -> None:
    """The owner of a supply that is hit is reached at step 1, through that supply."""
    plain = PlainNetwork(4, (slot(0, 1, 1.0, Mode.ANY_OF, 2, 3),))
    result = run(plain, (PlainHit(SUPPLY, (0, 1), exactly(0.5)),))
    assert (result.step[0, 0], result.slot[0, 0], result.supply[0, 0], result.source[0, 0]) == (1, 0, 1, NONE)
    assert result.shortage.tolist() == [[1]]


@pytest.mark.parametrize("severity", [0.05, 1.0])
def test_severity_does_not_matter(severity: float) -> None:
    """A hit however light reaches as far as a total one."""
    plain = PlainNetwork(3, (slot(1, 0, 0.0), slot(2, 1, 0.0, Mode.ANY_OF, 0)))
    assert run(plain, (hit(0, severity),)).step[0].tolist() == [0, 1, 1]
