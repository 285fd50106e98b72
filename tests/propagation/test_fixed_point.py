"""Where the rounds end: the least solution, to 1e-12, in few rounds; and thresholds that are not decided."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.network.network import Mode
from knockon.propagation.changed_links import Change
from knockon.propagation.changed_links import ChangedNetworks as Changed
from knockon.propagation.combinations import Rules
from knockon.propagation.fixed_point import FIRST_SOLVE
from knockon.propagation.leontief import leontief
from knockon.propagation.structure.cut_sets import cut_sets
from knockon.propagation.structure.removal import RemovalLosses
from knockon.propagation.variants import variants
from support.networks import PlainNetwork, Shock, hit, networks_with_shocks, oracle, plain_networks, shocks_on, slot, to_arrays

#: Node 0 gets a part of its need from node 1, which needs node 0, and the rest from node 2.
LEAKS = [0.5, 0.1, 1e-3, 1e-6]


def loop(leak: float) -> PlainNetwork:
    return PlainNetwork(3, (slot(0, -1, 1.0, Mode.SHARES, (1, 1 - leak), (2, leak)), slot(1, 0)))


@pytest.mark.parametrize("leak", LEAKS)
def test_a_loop_that_hardly_leaks_is_followed_to_its_limit_in_few_rounds(leak: float) -> None:
    """What arrives by the leak goes round until all is lost; the model says how far it may be off."""
    network, hits, _ = to_arrays(loop(leak), [(hit(2),), (hit(2, 0.25),)])
    result = leontief(network, hits)
    assert np.abs(result.loss - np.array([[1.0] * 3, [0.25] * 3])).max() <= result.error.max() + 1e-12 <= 1e-14 / leak + 2e-12
    assert result.iterations.max() <= FIRST_SOLVE + 2
    assert result.stopped_by == ("tolerance", "tolerance")
    assert result.step.tolist() == [[1, 2, 0]] * 2
    assert RemovalLosses(network, 0).losses([(2,)]).tolist() == pytest.approx([1.0], abs=1e-9)


def test_a_loop_without_a_leak_keeps_what_hits_it_and_no_more() -> None:
    """Weights that add up to 1 around a loop have many solutions: the least is what the hit itself brings."""
    circle = PlainNetwork(
        3, (slot(0, -1, 1.0, Mode.SHARES, (1, 0.5), (2, 0.5)), slot(1, 0), slot(2, -1, 1.0, Mode.SHARES, (0, 0.5), (1, 0.5)))
    )
    network, hits, _ = to_arrays(circle, [(hit(0, 0.5),), ()])
    assert leontief(network, hits).loss[0].tolist() == pytest.approx([0.5, 0.5, 0.5], abs=1e-12)
    assert leontief(network, hits).loss[1].tolist() == [0.0, 0.0, 0.0]


def test_another_supplier_bounds_a_loop() -> None:
    """A rising loop that meets a second supplier on its way stops there: the solution of the loop alone is too high."""
    plain = PlainNetwork(
        5,
        (
            slot(0, -1, 1.0, Mode.SHARES, (1, 0.99), (2, 0.01)),
            slot(1, -1, 1.0, Mode.ANY_OF, 0, 3),
            slot(4, 0),
        ),
    )
    network, hits, _ = to_arrays(plain, [(hit(2), hit(3, 0.5))])
    result = leontief(network, hits)
    assert result.loss[0].tolist() == pytest.approx([0.99 * 0.5 + 0.01, 0.5, 1.0, 0.5, 0.505], abs=1e-12)


@given(networks_with_shocks())
def test_the_least_solution_is_that_of_many_plain_rounds(case: tuple[PlainNetwork, Shock]) -> None:
    """At all three ends the losses are those of a loop over dicts that goes on for long, to 1e-12."""
    plain, shock = case
    network, hits, _ = to_arrays(plain, [shock])
    result = leontief(network, hits)
    for bound, rows in enumerate((result.low, result.loss, result.high)):
        assert rows[0].tolist() == pytest.approx(list(oracle(plain, shock, bound).values()), abs=1e-12)
    assert result.error[0] <= 1e-12


@given(plain_networks(modes=[Mode.SHARES, Mode.ANY_OF]), st.data())
def test_every_engine_arrives_at_the_same_losses(plain: PlainNetwork, data: st.DataObject) -> None:
    """One at a time, side by side, closed in sets and with changes: to 1e-12."""
    network, hits, _ = to_arrays(plain, [data.draw(shocks_on(plain))])
    whole = leontief(network, hits)
    hit_rows = hits.of_shock(0)
    criticality, severity = (np.repeat(row[:, None], 3, axis=1) for row in (network.weights[1], hits.severity[1, hit_rows]))
    lanes = variants(Rules(network), hits, 0, criticality, severity)
    assert np.abs(lanes.loss.T - whole.loss).max(initial=0.0) <= 1e-12
    changed = Changed(network, hits, 0)
    for target in range(plain.size):
        assert changed.losses(target, [[]])[:, 0] == pytest.approx(
            [rows[0, target] for rows in (whole.low, whole.loss, whole.high)], abs=1e-12
        )
    closed = leontief(network)
    for target in range(plain.size):
        losses = RemovalLosses(network, target).losses([(node,) for node in range(plain.size)])
        assert losses.tolist() == pytest.approx(closed.loss[:, target].tolist(), abs=1e-12)


def test_a_change_is_solved_with_the_change() -> None:
    """Another criticality, a backup and another supplier in a loop that hardly leaks: each has its own limit."""
    network, hits, row = to_arrays(loop(1e-6), [(hit(2),)])
    first, second = row
    part = int(network.supply_start[first])
    changes = [
        [],
        [Change(second, weight=(0.5, 0.5, 0.5))],  # type: ignore[arg-type] # a plain interval
        [Change(first, backup=-1)],
        [Change(first, supply=part, provider=-1)],
    ]
    losses = Changed(network, hits, 0).losses(0, changes)[1]
    assert losses.tolist() == pytest.approx([1.0, 1e-6 / (1 - 0.5 * (1 - 1e-6)), 0.0, 1e-6], abs=1e-8)


def test_what_reaches_the_threshold_in_the_limit_is_a_choke_point() -> None:
    """A needs half from B and half from X, and B needs A: X alone fails A in the end, at any share."""
    for leak in LEAKS:
        network, _, _ = to_arrays(loop(leak))
        assert (2,) in {one.nodes for one in cut_sets(network, 0, threshold=1.0).sets}


def test_a_threshold_within_the_stopping_error_is_not_decided() -> None:
    """With a coarse eps the run stops short of the threshold, and says that it does not know."""
    network, _, _ = to_arrays(loop(0.5))
    coarse = cut_sets(network, 0, threshold=0.95, eps=0.2)
    assert (2,) in coarse.undecided
    assert (2,) not in {one.nodes for one in coarse.sets}
    assert cut_sets(network, 0, threshold=0.95).undecided == ()
    assert leontief(network, [2], eps=0.2).error[0] >= 1 - leontief(network, [2], eps=0.2).loss[0].min()
