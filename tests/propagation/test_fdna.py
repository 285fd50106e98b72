"""Functional dependencies: the published network, a loop over nodes as oracle, laws, and every form of links."""

from __future__ import annotations

import itertools
import sys

import networkx as nx
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from knockon.errors import InvalidData, UsageError
from knockon.network.hits import NODE, SLOT, Hits
from knockon.network.network import NONE, Network
from knockon.propagation import fdna
from support.networks import EIGHTHS, PlainNetwork, to_arrays

FEEDER, RECEIVER = [0, 0, 0, 1, 2, 3], [1, 2, 3, 4, 4, 4]
ALPHA, BETA = [0.75, 0.85, 0.45, 0.45, 0.70, 0.45], [20, 30, 55, 35, 30, 55]
HALF = [0.5, 0, 0, 0, 0]
EXPECTED = [50, 62.5, 57.5, 77.5, 81 + 1 / 12]

Table = dict[tuple[int, int], tuple[float, float]]


@st.composite
def tables(draw: st.DrawFn, *, cycles: bool = True) -> tuple[int, Table, list[float]]:
    """Up to seven nodes and ten links with strength and criticality, and what each node loses of its own."""
    n = draw(st.integers(1, 7))
    pairs = [(i, j) for i, j in itertools.product(range(n), repeat=2) if cycles or i < j]
    chosen = draw(st.lists(st.sampled_from(pairs), max_size=10, unique=True)) if pairs else []
    links = {pair: (draw(EIGHTHS), 100 * draw(EIGHTHS)) for pair in chosen}
    return n, links, [draw(st.one_of(st.just(0.0), EIGHTHS)) for _ in range(n)]


def run(n: int, table: Table, *shocks: list[float], cycles: str = "condense"):
    return fdna(n, np.array(shocks).reshape(-1, n), **named(table), cycles=cycles)


#: What rounding of a solution may add or take.
NEAR = {"condense": 0.0, "solve": 1e-12}
both_ways = pytest.mark.parametrize("cycles", ["solve", "condense"])


def named(table: Table) -> dict[str, dict[tuple[int, int], float]]:
    return {"strength": {k: a for k, (a, _) in table.items()}, "criticality": {k: b for k, (_, b) in table.items()}}


def oracle(n: int, table: Table, hit: list[float]) -> list[float]:
    """Operability as published, node after node; the members of a cycle share that of the worst of them."""
    graph = nx.DiGraph(table.keys())
    graph.add_nodes_from(range(n))
    parts = nx.condensation(graph)
    value: dict[int, float] = {}
    for part in nx.topological_sort(parts):
        members = parts.nodes[part]["members"]
        worst = 100.0
        for j in members:
            feeders = [i for i in graph.predecessors(j) if i not in members]
            terms = [100 * (1 - hit[j]), 100.0]
            if feeders:
                terms.append(sum(table[i, j][0] * value[i] + 100 * (1 - table[i, j][0]) for i in feeders) / len(feeders))
                terms += [value[i] + table[i, j][1] for i in feeders]
            worst = min(worst, *terms)
        value.update(dict.fromkeys(members, worst))
    return [value[node] for node in range(n)]


def test_the_published_network() -> None:
    """Half of the first node: 62.5, 57.5, 77.5 and 81.083333 for those that rest on it."""
    result = fdna(5, HALF, links=(FEEDER, RECEIVER), strength=ALPHA, criticality=BETA)
    assert result.operability[0] == pytest.approx(EXPECTED, abs=1e-12)
    assert result.loss == pytest.approx(1 - result.operability / 100)
    assert result.source.tolist() == [[NONE, 0, 0, 0, 2]]
    assert result.step.tolist() == [[0, 1, 1, 1, 2]]


def test_the_most_critical_feeder_binds() -> None:
    """Two feeders: the mean of the strengths is 80, but one must not be exceeded by more than 10."""
    table = {(0, 2): (0.0, 10.0), (1, 2): (0.5, 100.0)}
    result = run(3, table, [0.75, 0.25, 0])
    assert result.operability.tolist() == [[25, 75, 35]]
    assert result.source.tolist() == [[NONE, NONE, 0]]


@given(tables())
def test_the_published_equation_gives_the_same(case: tuple[int, Table, list[float]]) -> None:
    """Operability is that of a loop in topological order, cycles condensed."""
    n, table, hit = case
    assert run(n, table, hit).operability[0] == pytest.approx(oracle(n, table, hit), abs=1e-9)


@given(tables())
def test_cycles_are_solved_and_condensing_never_understates_a_loss(case: tuple[int, Table, list[float]]) -> None:
    """Rounds of the equations from full operability down end in the solution, and a condensed cycle loses at least as much."""
    n, table, hit = case
    value = [100.0] * n
    for _ in range(400):
        for j in range(n):
            feeders = [i for i in range(n) if (i, j) in table]
            terms = [100 * (1 - hit[j]), *(value[i] + table[i, j][1] for i in feeders)]
            if feeders:
                terms.append(sum(table[i, j][0] * value[i] + 100 * (1 - table[i, j][0]) for i in feeders) / len(feeders))
            value[j] = min(value[j], *terms)
    assert run(n, table, hit, cycles="solve").operability[0] == pytest.approx(value, abs=1e-9)
    assert (run(n, table, hit).operability[0] <= np.array(value) + 1e-9).all()


def test_a_small_loss_in_a_cycle_stays_small() -> None:
    """Two that give each other a tenth, one of which loses a tenth: the other loses a hundredth, not a tenth."""
    table = {(0, 1): (0.1, 100.0), (1, 0): (0.1, 100.0)}
    assert run(2, table, [0.1, 0.0], cycles="solve").loss[0].tolist() == pytest.approx([0.1, 0.01], abs=1e-15)
    assert run(2, table, [0.1, 0.0]).loss[0].tolist() == [0.1, 0.1]


def test_a_cycle_that_hardly_leaks_is_solved_to_its_limit() -> None:
    """One of three feeds two that pass on nearly all to each other: in some 33 rounds to 1e-9, and the error is said."""
    table = {(1, 0): (1 - 1e-5, 100.0), (0, 1): (1.0, 0.0), (2, 0): (1.0, 100.0)}
    result = run(3, table, [0.0, 0.0, 0.5], cycles="solve")
    # l0 = ((1 - 1e-5) l1 + 0.5) / 2, l1 = l0
    assert result.loss[0, :2] == pytest.approx([0.25 / (1 - (1 - 1e-5) / 2)] * 2, abs=1e-12)
    slow = {(1, 0): (1 - 1e-5, 100.0), (0, 1): (1.0, 0.0)}
    ended = run(2, slow, [0.5, 0.0], cycles="solve")
    assert ended.loss[0].tolist() == [0.5, 0.5]
    assert ended.iterations[0] <= 34
    assert ended.stopped_by == ("tolerance",)


@both_ways
@given(case=tables(), data=st.data())
def test_laws(cycles: str, case: tuple[int, Table, list[float]], data: st.DataObject) -> None:
    """Nothing from nothing; more from more; in 0..1; a batch is one by one; other numbers, the same losses."""
    n, table, hit = case
    node = data.draw(st.integers(0, n - 1))
    harder = [*hit[:node], max(hit[node], data.draw(EIGHTHS)), *hit[node + 1 :]]
    near = NEAR[cycles]
    result = run(n, table, [0.0] * n, hit, harder, cycles=cycles)
    assert not result.loss[0].any()
    assert (result.operability[0] == 100).all()
    assert (result.step[0] == NONE).all()
    assert ((result.loss >= 0) & (result.loss <= 1)).all()
    assert (result.loss[2] >= result.loss[1] - near).all()
    assert (result.loss[1] >= hit).all()
    alone = run(n, table, hit, cycles=cycles)
    for name in ("loss", "low", "high", "operability", "step", "source"):
        assert np.array_equal(getattr(result, name)[1], getattr(alone, name)[0]), name
    if table:
        pair = data.draw(st.sampled_from(sorted(table)))
        strength, criticality = table[pair]
        tighter = {**table, pair: (strength + (1 - strength) * data.draw(EIGHTHS), criticality * data.draw(EIGHTHS))}
        assert (run(n, tighter, hit, cycles=cycles).loss >= alone.loss - near).all()
    new = data.draw(st.permutations(range(n)))
    renamed = {(new[i], new[j]): one for (i, j), one in table.items()}
    moved = run(n, renamed, [hit[new.index(i)] for i in range(n)], cycles=cycles)
    assert moved.loss[0, new] == pytest.approx(alone.loss[0], abs=1e-12)


@both_ways
@given(case=tables())
@example(case=(2, {(0, 0): (0.0, 0.0), (1, 0): (0.0, 12.5)}, [0.0, 1 / 8]))  # as much as the receiver stands
def test_sources_lead_back_to_a_hit(cycles: str, case: tuple[int, Table, list[float]]) -> None:
    """Every loss is hit, or has a feeder or a fellow of its cycle as source, one step nearer."""
    n, table, hit = case
    result = run(n, table, hit, cycles=cycles)
    for node in range(n):
        step, source = result.step[0, node], result.source[0, node]
        if result.loss[0, node] == 0:
            assert (step, source) == (NONE, NONE)
        elif source == NONE:
            assert step == 0
            assert abs(hit[node] - result.loss[0, node]) <= NEAR[cycles]
        else:
            assert step == result.step[0, source] + 1
            assert (source, node) in table or result.component[source] == result.component[node]
            assert result.loss[0, source] > 0


@both_ways
@given(case=tables())
def test_intervals_bound_the_losses(cycles: str, case: tuple[int, Table, list[float]]) -> None:
    """Low, point and high are runs of their own, in order."""
    n, table, hit = case
    severity = np.stack([np.array(hit) / 2, hit, (1 + np.array(hit)) / 2])
    hits = Hits(1, np.zeros(n, np.int64), np.full(n, NODE), np.arange(n), severity)
    result, ends = fdna(n, hits, **named(table), cycles=cycles), run(n, table, *severity.tolist(), cycles=cycles)
    assert np.concatenate([result.low, result.loss, result.high]).tolist() == ends.loss.tolist()
    assert (result.low <= result.loss).all()
    assert (result.loss <= result.high).all()


# Cycles


def test_a_condensed_cycle_shares_its_operability() -> None:
    """The worst member, by its feeder from outside, sets them all; what comes after sees that."""
    table = {(0, 1): (0.5, 100.0), (1, 2): (1.0, 0.0), (2, 1): (1.0, 0.0), (2, 3): (1.0, 100.0)}
    result = run(4, table, [1, 0, 0, 0], [0, 0, 0.25, 0])
    assert result.operability.tolist() == [[0, 50, 50, 50], [100, 75, 75, 75]]
    assert result.source.tolist() == [[NONE, 0, 1, 2], [NONE, 2, NONE, 2]]
    assert result.step.tolist() == [[0, 1, 2, 3], [NONE, 1, 0, 1]]
    assert result.component.tolist() == [0, 1, 1, 2]


def test_a_cycle_is_refused_when_asked_to() -> None:
    """Also a node that feeds itself; without a cycle nothing is."""
    for table in ({(0, 1): (1.0, 0.0), (1, 0): (1.0, 0.0)}, {(0, 0): (1.0, 0.0)}):
        with pytest.raises(InvalidData, match="cycle through 0"):
            fdna(2, cycles="error", **named(table))
    assert fdna(2, [0], cycles="error", **named({(0, 1): (1.0, 0.0)})).loss.tolist() == [[1, 1]]


@given(tables(cycles=False))
def test_without_cycles_both_ways_are_the_same(case: tuple[int, Table, list[float]]) -> None:
    """Every node is a part by itself, and nothing is refused."""
    n, table, hit = case
    assert fdna(n, [hit], cycles="error", **named(table)).loss.tolist() == run(n, table, hit).loss.tolist()
    assert run(n, table, hit).component.tolist() == list(range(n))


# Forms


def test_every_form_of_links_gives_the_same() -> None:
    """Columns in any order, mappings, matrices dense or sparse, networks: the same operability."""
    order = [5, 2, 0, 4, 1, 3]
    feeder, receiver, alpha, beta = (np.array(one)[order] for one in (FEEDER, RECEIVER, ALPHA, BETA))
    strength, criticality = np.zeros((5, 5)), np.full((5, 5), np.nan)
    strength[FEEDER, RECEIVER], criticality[FEEDER, RECEIVER] = ALPHA, BETA
    keyed = named(dict(zip(zip(FEEDER, RECEIVER, strict=True), zip(ALPHA, BETA, strict=True), strict=True)))
    network = Network.from_flows(feeder, receiver, np.ones(6))
    columns = {"links": (feeder, receiver), "strength": alpha, "criticality": beta}
    for first, more in (
        (5, columns),
        (network, columns),
        (network, keyed),
        (network, {"strength": strength, "criticality": criticality}),
        (network, {"strength": ALPHA, "criticality": BETA}),  # in the order of network.flows
        (5, keyed),
        (5, {"strength": strength, "criticality": criticality}),
        (strength, {"criticality": criticality}),
        (np.where(strength == 0, np.nan, strength), {"criticality": keyed["criticality"]}),
        (csr_array(strength), {"criticality": beta, "links": (feeder, receiver)}),
        (5, {**columns, "criticality": keyed["criticality"]}),
    ):
        assert fdna(first, HALF, **more).operability[0] == pytest.approx(EXPECTED, abs=1e-12)


def test_a_link_of_no_strength_is_still_a_link() -> None:
    """It stands in the mean and in the criticality: with columns, mappings, networks; a bare matrix has no such link."""
    pairs = ([0, 1], [2, 2])
    network = Network.from_flows(*pairs, [1, 1])
    matrix = np.zeros((3, 3))
    matrix[1, 2] = 1
    keyed = {(0, 2): 0.0, (1, 2): 1.0}
    for first, more in (
        (3, {"links": pairs, "strength": [0, 1]}),
        (3, {"strength": keyed}),
        (network, {"strength": matrix}),
    ):
        assert fdna(first, [0.0, 1.0, 0.0], criticality=100, **more).loss[0, 2] == 0.5
    assert fdna(matrix, [0.0, 1.0, 0.0], criticality=100).loss[0, 2] == 1


def test_one_number_for_all_links() -> None:
    """A strength and a criticality that every link has; None closes each node in turn."""
    result = fdna(3, links=([0, 1], [1, 2]), strength=0.5, criticality=100)
    assert result.loss.tolist() == [[1, 0.5, 0.25], [0, 1, 0.5], [0, 0, 1]]


def test_no_nodes_no_links_no_shocks() -> None:
    """Empty or bare answers of the right shape; levels and batches of any width."""
    none = {"links": ([], []), "strength": [], "criticality": []}
    assert fdna(0, **none).loss.shape == (0, 0)
    assert fdna(3, **none).loss.tolist() == np.eye(3).tolist()
    assert fdna(3, np.zeros((0, 3)), **none).operability.shape == (0, 3)
    assert fdna(np.zeros((2, 2)), criticality=50).loss.tolist() == np.eye(2).tolist()


def test_shocks_are_taken_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The losses are the same however few are laid out at once."""
    columns = {"links": (FEEDER, RECEIVER), "strength": ALPHA, "criticality": BETA}
    expected = fdna(5, **columns).loss.tolist()
    monkeypatch.setattr(sys.modules["knockon.propagation.fdna_levels"], "_MAX_LOSSES", 4)
    assert fdna(5, **columns).loss.tolist() == expected


# What is refused


def test_what_makes_no_sense_is_refused() -> None:
    """Each with a message that says which it is."""
    graph, _, _ = to_arrays(PlainNetwork(2))
    slot = Hits(1, np.zeros(1, np.int64), np.full(1, SLOT), np.zeros(1, np.int64), np.ones((3, 1)))
    good = {"links": ([0], [1]), "strength": [0.5], "criticality": [50]}
    for first, shocks, more, message in (
        (2, None, {"links": ([0], [1])}, "strength and the criticality"),
        (2, None, {**good, "criticality": None}, "needs the criticality"),
        (2, None, {"strength": 0.5, "criticality": 50}, "know the links"),
        (2, None, {**good, "links": ([0, 1], [1])}, "same length"),
        (2, None, {**good, "links": ([0],)}, "two columns"),
        (2, None, {**good, "links": ([0.5], [1])}, "numbers of nodes"),
        (2, None, {**good, "strength": [0.5, 0.5]}, "strength must be 1 numbers"),
        (2, None, {**good, "strength": ["x"]}, "must hold numbers"),
        (2, None, {**good, "strength": np.zeros((3, 3))}, r"strength must be \(2, 2\)"),
        (2, None, {"strength": {(0, 1): 0.5}, "criticality": [50]}, "say links="),
        (2, None, {"strength": {"a": 0.5}, "criticality": 50}, "pairs of node numbers"),
        (2, None, {**good, "cycles": "ignore"}, "unknown cycles"),
        ([[0, 1], [0, 0]], None, good, "leave strength out"),
        ([[0, 1, 0], [0, 0, 0]], None, {"criticality": 50}, "square matrix"),
        (graph, None, good, "needs links"),
        (2, slot, good, "slot or supply"),
        (2, [0.5], good, "losses must be"),
        (-1, None, good, "number of nodes"),
    ):
        with pytest.raises(UsageError, match=message):
            fdna(first, shocks, **more)


def test_wrong_links_are_named() -> None:
    """Numbers out of range, links twice, beyond the nodes, without a number, or not of the network."""
    network = Network.from_flows([0, 1], [1, 2], [1, 1])
    pair, beta = {"links": ([0], [1])}, {"criticality": 50}
    for first, more, message in (
        (2, {**pair, **beta, "strength": [1.5]}, r"strength\[0, 1\]: is not in 0..1"),
        (2, {**pair, "criticality": [101], "strength": 1}, r"criticality\[0, 1\]: is not in 0..100"),
        (2, {**pair, **beta, "strength": [np.nan]}, "has no number"),
        (2, {**beta, "links": ([0], [2]), "strength": 1}, r"links\[0, 2\].*does not exist"),
        (2, {**beta, "links": ([0, 0], [1, 1]), "strength": 1}, "is a duplicate"),
        (2, {"strength": {(0, 1): 1.0}, "criticality": {(0, 1): 1, (1, 0): 1}}, r"criticality\[1, 0\].*does not exist"),
        (2, {"strength": {(0, 1): 1.0, (1, 0): 1.0}, "criticality": {(0, 1): 1}}, r"criticality\[1, 0\].*no number"),
        (network, {**beta, "strength": {(0, 1): 1.0}}, r"strength\[1, 2\].*no number"),
        (network, {**beta, "strength": np.ones((3, 3))}, r"link that does not exist"),
        (network, {**beta, **pair, "strength": 1}, r"links\[1, 2\]: is missing"),
        (network, {**beta, "links": ([0, 1, 2], [1, 2, 0]), "strength": 1}, r"links\[2, 0\]: is not a link"),
    ):
        with pytest.raises(InvalidData, match=message):
            fdna(first, **more)
