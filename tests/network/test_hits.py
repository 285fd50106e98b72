"""What shocks hit: every form they come in, what is refused, and hits as losses of nodes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.errors import UsageError
from knockon.network.hits import NODE, SLOT, SUPPLY, Hits
from knockon.network.network import Network
from support.networks import PlainHit, PlainNetwork, exactly, networks_with_shocks, to_arrays

CHAIN = Network.from_flows([0, 1], [1, 2], [1.0, 1.0])
ONE = Hits(1, np.zeros(1, np.int64), np.zeros(1, np.int64), np.zeros(1, np.int64), np.ones((3, 1)))


def test_the_forms_of_shocks() -> None:
    """None, node numbers and rows of losses; a loss of 0 does not count as a hit."""
    each = Hits.of(CHAIN, None)
    assert (each.count, each.index.tolist(), each.severity.tolist()) == (3, [0, 1, 2], [[1.0] * 3] * 3)
    assert Hits.of(CHAIN, [2, 0, 2]).index.tolist() == [2, 0, 2]
    rows = Hits.of(CHAIN, [[0.0, 0.5, 0.0], [0.0, 0.0, 0.0], [1.0, 0.0, 0.25]])
    assert (rows.count, rows.shock.tolist(), rows.index.tolist()) == (3, [0, 2, 2], [1, 0, 2])
    assert rows.severity[0].tolist() == [0.5, 1.0, 0.25]
    assert Hits.of(CHAIN, []).count == 0
    assert Hits.of(CHAIN, np.zeros((0, 3))).count == 0
    assert Hits.of(CHAIN, ONE) is ONE


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ([3], r"a node outside 0\.\.2"),
        ([-1], r"a node outside 0\.\.2"),
        (np.array([2**64 - 1], np.uint64), r"a node outside 0\.\.2"),
        ([1, 0, 0], "whole numbers name the nodes to close"),
        ([1.5], r"\(k, 3\)"),
        ([True, False, True], r"\(k, 3\)"),
        ([[0.5]], r"\(k, 3\)"),
        ([[[1.0]]], r"\(k, 3\)"),
        (1, r"\(k, 3\)"),
        ([[0.0, 2.0, 0.0]], r"in 0\.\.1"),
        ([[0.0, -0.1, 0.0]], r"in 0\.\.1"),
        ([[0.0, np.nan, 0.0]], r"in 0\.\.1"),
        (["nvidia"], "node numbers or rows of losses, not <U6"),
        ([None], "node numbers or rows of losses"),
        ([[0.0, 1.0], [1.0]], "differ in length"),
        ({"nvidia": 1.0}, "node numbers or rows of losses"),
    ],
)
def test_what_is_no_shock_is_refused(wrong: Any, message: str) -> None:
    """Nodes that are not there, losses out of range, shapes and kinds that mean nothing."""
    with pytest.raises(UsageError, match=message):
        Hits.of(CHAIN, wrong)


def test_nothing_can_be_hit_in_an_empty_network() -> None:
    """A network without nodes has no targets; the message does not name a range up to -1."""
    with pytest.raises(UsageError, match="a node is hit, and the network has none"):
        Hits.of(Network.from_flows([], [], []), [0])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"index": np.array([3])}, r"a node outside 0\.\.2"),
        ({"index": np.array([-1])}, r"a node outside 0\.\.2"),
        ({"index": np.array([2]), "kind": np.array([SLOT])}, r"a slot outside 0\.\.1"),
        ({"index": np.array([2]), "kind": np.array([SUPPLY])}, r"a supply outside 0\.\.1"),
        ({"kind": np.array([3])}, "a node .0., a slot .1. or a supply .2."),
        ({"shock": np.array([1])}, r"a shock outside 0\.\.0"),
        ({"shock": np.array([-1])}, r"a shock outside 0\.\.0"),
        ({"index": np.array([0, 1])}, "columns of one length"),
        ({"severity": np.ones(1)}, "columns of one length"),
        ({"severity": np.full((3, 1), 1.5)}, r"a severity must be in 0\.\.1"),
        ({"severity": np.full((3, 1), np.nan)}, r"a severity must be in 0\.\.1"),
    ],
)
def test_hits_are_held_to_the_network(wrong: dict[str, Any], message: str) -> None:
    """Compiled code does not look where a row number leads: hits made by hand are checked before."""
    with pytest.raises(UsageError, match=message):
        Hits.of(CHAIN, replace(ONE, **wrong))


@given(networks_with_shocks(), st.sampled_from([0, 1, 2]))
def test_node_losses_are_the_greatest_of_each_node(case: tuple[PlainNetwork, tuple[PlainHit, ...]], bound: int) -> None:
    """Each node once a shock, with the greatest of its hits at the bound asked for; what the general form says."""
    plain, shock = case
    nodes = tuple(hit for hit in shock if hit.kind == NODE)
    again = tuple(replace(hit, severity=exactly(0.25)) for hit in nodes)
    network, hits, _ = to_arrays(plain, [nodes, (), nodes + again])
    start, node, loss = hits.node_losses("a model", bound)
    assert start[0] == 0
    assert len(start) == 4
    for row in range(3):
        rows = slice(start[row], start[row + 1])
        assert len(set(node[rows].tolist())) == len(node[rows])
        losses = np.zeros(network.size)
        losses[node[rows]] = loss[rows]
        assert losses.tolist() == hits.initial_losses(network, row, bound)[0].tolist()


@pytest.mark.parametrize("kind", [SLOT, SUPPLY])
def test_a_model_of_nodes_refuses_other_hits(kind: int) -> None:
    """The message names the model."""
    with pytest.raises(UsageError, match="esri takes losses of nodes"):
        replace(ONE, kind=np.array([kind])).node_losses("esri")


def test_no_hits_are_no_losses() -> None:
    """A shock without hits, and no shocks."""
    assert [column.tolist() for column in Hits.of(CHAIN, np.zeros((2, 3))).node_losses("a model")] == [[0, 0, 0], [], []]
    assert [column.tolist() for column in Hits.of(CHAIN, []).node_losses("a model")] == [[0], [], []]
