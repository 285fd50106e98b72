"""Cut sets, removal, upstream parts and bottlenecks: worked cases, and the laws against brute force."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.errors import LimitReached, UsageError
from knockon.network.arrays import distinct
from knockon.network.network import Mode, Network
from knockon.propagation import active_round
from knockon.propagation.fixed_point import ROUNDING
from knockon.propagation.leontief import leontief
from knockon.propagation.structure import bottlenecks as bottlenecks_module
from knockon.propagation.structure import cut_sets as cut_sets_module
from knockon.propagation.structure import removal
from knockon.propagation.structure.bottlenecks import bottlenecks
from knockon.propagation.structure.cut_sets import cut_sets
from knockon.propagation.structure.disjoint_paths import disjoint_paths
from knockon.propagation.structure.greatest_losses import greatest_alone
from knockon.propagation.structure.removal import RemovalLosses
from knockon.propagation.structure.upstream import upstream
from support.networks import PlainNetwork, plain_networks, slot, to_arrays

FINE = 1e-15


def sets(plain: PlainNetwork, target: int, **options: Any) -> set[tuple[int, ...]]:
    network, _, _ = to_arrays(plain)
    return {one.nodes for one in cut_sets(network, target, eps=FINE, **options).sets}


def brute(network: Network, target: int, threshold: float, order: int, among: set[int]) -> set[tuple[int, ...]]:
    """Every subset judged by the model; of those that fail the target, the ones without a part that does."""
    cuts: list[tuple[int, ...]] = []
    for size in range(1, order + 1):
        for one in combinations(sorted(among - {target}), size):
            losses = np.zeros((1, network.size))
            losses[0, list(one)] = 1.0
            failed = leontief(network, losses, eps=FINE).loss[0, target] >= threshold - ROUNDING
            if failed and not any(set(part) <= set(one) for part in cuts):
                cuts.append(one)
    return set(cuts)


# Cut sets


@given(plain_networks(), st.data())
def test_cut_sets_are_those_of_brute_force(plain: PlainNetwork, data: st.DataObject) -> None:
    """Complete and minimal up to three nodes, for any combination, circle, threshold and choice of who may fail."""
    if not plain.size:
        return
    network, _, _ = to_arrays(plain)
    target = data.draw(st.integers(0, plain.size - 1))
    threshold = data.draw(st.sampled_from([0.05, 0.25, 0.5, 0.75, 1.0]) | st.floats(0.01, 1))
    among = data.draw(st.sets(st.integers(0, plain.size - 1))) if data.draw(st.booleans()) else set(range(plain.size))
    result = cut_sets(network, target, threshold=threshold, among=among, eps=FINE)
    assert {one.nodes for one in result.sets} == brute(network, target, threshold, 3, among)
    assert len({one.nodes for one in result.sets}) == len(result.sets)
    assert (result.complete, result.untried, result.capped) == (3, 0, False)
    assert all(0 <= one.low <= one.loss <= one.high <= 1 for one in result.sets)


@given(plain_networks(), st.data())
def test_no_node_costs_more_alone_than_its_greatest_product(plain: PlainNetwork, data: st.DataObject) -> None:
    """So that closing those whose product reaches the threshold finds every cut set that closing all finds."""
    if not plain.size:
        return
    network, _, _ = to_arrays(plain)
    target = data.draw(st.integers(0, plain.size - 1))
    threshold = data.draw(st.sampled_from([0.05, 0.25, 0.5, 0.75, 1.0]) | st.floats(0.01, 1))
    greatest, few = greatest_alone(network, target), RemovalLosses(network, target, eps=FINE)
    alone = RemovalLosses(network, target, eps=FINE).single_losses()[0]
    assert (alone <= greatest + 1e-12).all()
    few.single_losses(np.flatnonzero(greatest >= threshold - ROUNDING))
    result = cut_sets(network, target, threshold=threshold, removal=few)
    assert {one.nodes for one in result.sets} == brute(network, target, threshold, 3, set(range(plain.size)))


@given(plain_networks(), st.data())
def test_rounds_and_sweeps_give_the_same_losses(plain: PlainNetwork, data: st.DataObject) -> None:
    """Of nodes that fail alone or together, in networks with loops and without."""
    if not plain.size:
        return
    network, _, _ = to_arrays(plain)
    target = data.draw(st.integers(0, plain.size - 1))
    failing = data.draw(st.lists(st.sets(st.integers(0, plain.size - 1), min_size=1, max_size=3).map(tuple), min_size=1))
    by_sweeps = RemovalLosses(network, target).losses(failing)
    with pytest.MonkeyPatch.context() as patch:
        for module in (active_round, removal):
            patch.setattr(module, "LEAST_SLOTS", 0)
        by_rounds = RemovalLosses(network, target).losses(failing)
    assert by_rounds.tolist() == pytest.approx(by_sweeps.tolist(), abs=1e-11)


@given(plain_networks(), st.data())
def test_what_may_decide_gives_the_losses_of_runs_of_all_nodes(plain: PlainNetwork, data: st.DataObject) -> None:
    """To the last bit at each bound, for any combination and loop; and of a limit it is known on which side they are."""
    if not plain.size:
        return
    network, _, _ = to_arrays(plain)
    target, bound = data.draw(st.integers(0, plain.size - 1)), data.draw(st.sampled_from([0, 1, 2]))
    failing = data.draw(st.lists(st.sets(st.integers(0, plain.size - 1), min_size=1, max_size=3).map(tuple), min_size=1))
    enough = data.draw(st.sampled_from([0.1, 0.5, 1.0]))
    removal_losses = RemovalLosses(network, target)
    all_nodes = removal_losses._run_all(failing, bound, np.inf)[0]
    decided = removal_losses.target_losses(bound).of(failing)
    assert decided[~np.isnan(decided)].tolist() == all_nodes[~np.isnan(decided)].tolist()
    if not (np.asarray(network.mode) == Mode.SHARES).any():
        assert not np.isnan(decided[all_nodes > 0.1]).any()
    limited = removal_losses.target_losses(bound).of(failing, enough)
    known = ~np.isnan(limited)
    assert (limited[known] >= enough).tolist() == (all_nodes[known] >= enough).tolist()


def test_many_failures_in_a_loop_are_followed_one_path_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a ring with chords each node costs what it costs in the run of all nodes, and no such run is needed."""
    count = 300
    ring = [slot(node, (node + 1) % count, 0.9) for node in range(count)]
    chords = [slot(node, (node + 7) % count, 0.5, Mode.ALL_OF, (node + 50) % count) for node in range(0, count, 3)]
    network, _, _ = to_arrays(PlainNetwork(count, tuple(sorted([*ring, *chords], key=lambda one: one.owner))))
    expected = RemovalLosses(network, 0)._run_all([(node,) for node in range(count)], 1, np.inf)[0]
    monkeypatch.setattr(RemovalLosses, "_run_all", lambda *_: pytest.fail("all nodes were run"))
    assert RemovalLosses(network, 0).single_losses()[0].tolist() == expected.tolist()


def test_too_many_gates_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sets behind each of them would take hours to look for; single nodes are found all the same, and few gates as ever."""
    network, _, _ = to_arrays(PlainNetwork(4, (slot(0, 3, 1.0, Mode.ANY_OF, 1, 2),)))
    monkeypatch.setattr(cut_sets_module, "MOST_WORK", 0)
    with pytest.raises(LimitReached, match="1 needs have several suppliers"):
        cut_sets(network, 0)
    assert {one.nodes for one in cut_sets(network, 0, order=1).sets} == {(3,)}


@given(plain_networks(modes=(Mode.ANY_OF, Mode.AT_LEAST, Mode.SHARES)), st.data())
def test_gates_alone_give_the_sets_of_brute_force(plain: PlainNetwork, data: st.DataObject) -> None:
    """The same where every slot is a gate, so that the sets of two and three are not rare."""
    if plain.size:
        network, _, _ = to_arrays(plain)
        assert sets(plain, 0, threshold=0.3) == brute(network, 0, 0.3, 3, set(range(plain.size)))


def test_the_and_or_structure_is_read() -> None:
    """Any-of needs all suppliers lost, all-of one, at least two of three two of them, shares the sum."""
    providers = (2, 3, 4)
    assert sets(PlainNetwork(5, (slot(0, 1, 1.0, Mode.ALL_OF, *providers),)), 0) == {(1,), (2,), (3,), (4,)}
    assert sets(PlainNetwork(5, (slot(0, 1, 1.0, Mode.ANY_OF, *providers),)), 0) == {(1,), (2, 3, 4)}
    assert sets(PlainNetwork(5, (slot(0, 1, 1.0, Mode.AT_LEAST, *providers, k=2),)), 0) == {(1,), (2, 3), (2, 4), (3, 4)}
    shares = PlainNetwork(5, (slot(0, 1, 1.0, Mode.SHARES, (2, 0.5), (3, 0.25), (4, 0.25)),))
    assert sets(shares, 0) == {(1,), (2,), (3, 4)}
    assert sets(shares, 0, threshold=0.75) == {(1,), (2, 3), (2, 4)}


def test_what_arrives_too_weak_is_no_cut() -> None:
    """Half of a half is below half; the threshold itself is reached, rounding or not."""
    chain = PlainNetwork(3, (slot(0, 1, 0.5), slot(1, 2, 0.5)))
    assert sets(chain, 0, threshold=0.5) == {(1,)}
    assert sets(chain, 0, threshold=0.25) == {(1,), (2,)}
    tenths = PlainNetwork(4, (slot(0, 1, 1.0, Mode.SHARES, (2, 0.1), (3, 0.2)),))
    assert (2, 3) in sets(tenths, 0, threshold=0.3)


def test_small_losses_add_up_to_a_cut() -> None:
    """Behind a slot of shares, nodes that lose little matter together."""
    weak = PlainNetwork(6, (slot(0, 1, 1.0, Mode.SHARES, (2, 0.5), (3, 0.5)), slot(2, 4, 0.5), slot(3, 5, 0.5)))
    assert sets(weak, 0, threshold=0.5) == {(1,), (2,), (3,), (4, 5)}


def test_circles_end() -> None:
    """Two who need each other fail each other, and their supplier fails both."""
    assert sets(PlainNetwork(3, (slot(0, 1), slot(1, 0), slot(1, 2))), 0) == {(1,), (2,)}
    assert sets(PlainNetwork(1, (slot(0, 0),)), 0) == set()


@given(plain_networks(), st.data())
def test_closing_gives_the_losses_of_leontief(plain: PlainNetwork, data: st.DataObject) -> None:
    """Of many sets at once, to 1e-12; a set that is left early has lost enough."""
    if not plain.size:
        return
    network, _, _ = to_arrays(plain)
    chosen = [tuple(sorted(one)) for one in data.draw(st.lists(st.sets(st.integers(0, plain.size - 1)), max_size=4))]
    losses = np.zeros((len(chosen), network.size))
    for row, nodes in enumerate(chosen):
        losses[row, list(nodes)] = 1.0
    expected = leontief(network, losses, eps=FINE).loss[:, 0]
    closing = RemovalLosses(network, 0, eps=FINE)
    assert closing.losses(chosen).tolist() == pytest.approx(expected.tolist(), abs=1e-12)
    early = closing.losses(chosen, 0.4)
    assert [one >= 0.4 for one in early.tolist()] == [one >= 0.4 for one in closing.losses(chosen).tolist()]
    assert (closing.tried, closing.capped) == (3 * len(chosen), False)


def test_the_limit_is_not_silent() -> None:
    """With more sets than the limit the search stops, says which size is complete, and how many were not tried."""
    network, _, _ = to_arrays(PlainNetwork(12, (slot(0, 1, 1.0, Mode.AT_LEAST, *range(2, 12), k=3),)))
    result = cut_sets(network, 0, limit=50)
    assert (result.complete, result.untried) == (2, 120)
    assert cut_sets(network, 0, limit=120).untried == 0


@pytest.mark.parametrize("wrong", [{"threshold": 0.0}, {"threshold": 1.5}, {"order": 0}, {"order": 4}, {"limit": 0}])
def test_numbers_out_of_range_are_refused(wrong: dict[str, Any]) -> None:
    """A threshold of nothing, an order above three, a limit below one."""
    network, _, _ = to_arrays(PlainNetwork(1))
    with pytest.raises(UsageError):
        cut_sets(network, 0, **wrong)


# Upstream, passages


@given(plain_networks(), st.data())
def test_upstream_changes_no_loss_of_the_target(plain: PlainNetwork, data: st.DataObject) -> None:
    """Each node that is left costs the target what it costs in the whole, and each that is not costs nothing."""
    if not plain.size:
        return
    network, _, _ = to_arrays(plain)
    target = data.draw(st.integers(0, plain.size - 1))
    part = upstream(network, target)
    whole, own = leontief(network, eps=FINE), leontief(part.network, eps=FINE)
    rows = [network.index[iri] for iri in part.network.nodes]
    assert rows == sorted(rows)
    for name in ("loss", "low", "high", "step"):
        assert getattr(own, name)[:, part.target].tolist() == getattr(whole, name)[rows, target].tolist(), name
    rest = sorted(set(range(plain.size)) - set(rows))
    assert not whole.loss[rest, target].any()


@given(plain_networks(), st.data())
def test_dominators_and_narrowest_cut_every_path(plain: PlainNetwork, data: st.DataObject) -> None:
    """Taking a dominator away leaves no path from a source to the target, taking any other node away leaves one."""
    if not plain.size:
        return
    part = upstream(to_arrays(plain)[0], data.draw(st.integers(0, plain.size - 1)))
    network, target = part.network, part.target
    result = bottlenecks(network, target)
    edges = list(zip(network.edges.source.tolist(), network.edges.owner.tolist(), strict=True))

    def fed(without: set[int]) -> bool:
        left = nx.DiGraph([(a, b) for a, b in edges if not {a, b} & without])
        left.add_nodes_from(set(range(network.size)) - without)
        return any(source in left and nx.has_path(left, source, target) for source in result.sources)

    if not result.sources:
        assert result == ((), (), ())
        return
    for node in set(range(network.size)) - {target}:
        assert fed({node}) is (node not in result.dominators)
    assert not fed(set(result.narrowest))
    smaller = (set(some) for k in range(len(result.narrowest)) for some in combinations(set(range(network.size)) - {target}, k))
    assert all(fed(some) for some in smaller)


@given(plain_networks(), st.data())
def test_the_narrowest_of_one_node_is_that_of_the_general_search(plain: PlainNetwork, data: st.DataObject) -> None:
    """Where every path passes one node, the nearest such node is the minimum cut that networkx finds."""
    if not plain.size:
        return
    part = upstream(to_arrays(plain)[0], data.draw(st.integers(0, plain.size - 1)))
    network, target = part.network, part.target
    result = bottlenecks(network, target)
    if not result.sources:
        return
    graph = nx.DiGraph(
        (a, b) for a, b in zip(network.edges.source.tolist(), network.edges.owner.tolist(), strict=True) if a != b
    )
    graph.add_edges_from(("root", source) for source in result.sources)
    assert result.narrowest == tuple(sorted(nx.minimum_node_cut(graph, "root", target)))


@given(plain_networks(), st.data())
def test_bounds_are_the_same_after_the_losses_of_single_nodes(plain: PlainNetwork, data: st.DataObject) -> None:
    """Losses that are known already are used again, to the same bit."""
    if not plain.size:
        return
    network, target = to_arrays(plain)[0], data.draw(st.integers(0, plain.size - 1))
    sets = [(node,) for node in range(network.entities)]
    kept = RemovalLosses(network, target)
    kept.single_losses()
    assert kept.bounds(sets).tolist() == RemovalLosses(network, target).bounds(sets).tolist()


@given(st.integers(0, 2**32 - 1))
def test_paths_that_share_no_node_are_as_many_as_the_maximum_flow(seed: int) -> None:
    """And what cuts them is the cut that the maximum flow has nearest to the target, in any graph."""
    draw = np.random.default_rng(seed)
    size = int(draw.integers(3, 14))
    pairs = distinct(draw.integers(0, size * size, int(draw.integers(1, 4 * size))))
    pairs = pairs[pairs // size != pairs % size]
    source, owner = pairs // size, pairs % size
    first = np.flatnonzero(draw.random(size) < 0.4)
    first = first[first != 0]
    links = bottlenecks_module._Links(size, np.arange(size), source, owner)
    begins = np.zeros(size, bool)
    begins[first] = True
    paths = disjoint_paths(*links.before(), begins, 0)
    assert paths is not None
    assert paths.number == len(paths.cut)
    if len(first):
        assert paths.cut.tolist() == links.from_root(first).minimum_cut(0)
    cut = set(paths.cut.tolist())
    left = nx.DiGraph([pair for pair in zip(source.tolist(), owner.tolist(), strict=True) if cut.isdisjoint(pair)])
    left.add_node(0)
    assert not nx.ancestors(left, 0) & (set(first.tolist()) - cut)
