"""Many sets of numbers at once are each what leontief says of them alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.network.hits import Hits
from knockon.network.network import Floats, Mode, Network
from knockon.propagation.combinations import Rules
from knockon.propagation.leontief import leontief
from knockon.propagation.leontief_round import BATCH, lanes_at_once
from knockon.propagation.result import Result
from knockon.propagation.sampling import interval_quantiles
from knockon.propagation.variants import variants
from support.networks import EIGHTHS, NUMBERS, PlainNetwork, Shock, hit, networks_with_shocks, slot, to_arrays

FINE = 1e-15
plain_modes = (Mode.ALL_OF, Mode.ANY_OF, Mode.AT_LEAST)


def numbers(data: st.DataObject, rows: int, lanes: int, of: st.SearchStrategy[float] = NUMBERS) -> Floats:
    row = st.lists(of, min_size=lanes, max_size=lanes)
    return np.array(data.draw(st.lists(row, min_size=rows, max_size=rows)), np.float64).reshape(rows, lanes)


def alone(network: Network, hits: Hits, criticality: Floats, severity: Floats, **how: float) -> Result:
    """One set of numbers, put in the place of the network's and the shock's own."""
    here = replace(network, weights=np.stack([criticality] * 3))
    return leontief(here, replace(hits, severity=np.stack([severity] * 3)), **how)  # type: ignore[arg-type]


@given(networks_with_shocks(), st.data())
def test_a_batch_is_one_by_one(case: tuple[PlainNetwork, Shock], data: st.DataObject) -> None:
    """Each lane has the losses of a run of leontief of its own, to 1e-12."""
    network, hits, _ = to_arrays(case[0], [case[1]])
    criticality, severity = numbers(data, network.slots, 3), numbers(data, len(hits.shock), 3)
    result = variants(Rules(network), hits, 0, criticality, severity, eps=FINE)
    for lane in range(3):
        one = alone(network, hits, criticality[:, lane], severity[:, lane], eps=FINE)
        assert result.loss[:, lane].tolist() == pytest.approx(one.loss[0].tolist(), abs=1e-12)


@given(networks_with_shocks(modes=plain_modes), st.data(), st.sampled_from([1e-9, 0.2]), st.sampled_from([1, 2, 10_000]))
def test_without_shares_it_is_so_to_the_last_bit(
    case: tuple[PlainNetwork, Shock], data: st.DataObject, eps: float, cap: int
) -> None:
    """The same losses, rounds, residuals and reasons to stop: a lane at rest is left alone."""
    network, hits, _ = to_arrays(case[0], [case[1]])
    criticality, severity = numbers(data, network.slots, 3, EIGHTHS), numbers(data, len(hits.shock), 3, EIGHTHS)
    result = variants(Rules(network), hits, 0, criticality, severity, eps=eps, cap=cap)
    for lane in range(3):
        one = alone(network, hits, criticality[:, lane], severity[:, lane], eps=eps, cap=cap)
        assert result.loss[:, lane].tolist() == one.loss[0].tolist()
        assert (result.iterations[lane], result.residual[lane]) == (one.iterations[0], one.residual[0])
        assert result.stopped_by[lane] == one.stopped_by[0]


@given(networks_with_shocks(), st.data())
def test_numbers_within_the_intervals_give_losses_within_the_bounds(
    case: tuple[PlainNetwork, Shock], data: st.DataObject
) -> None:
    """Whatever is drawn from the intervals, leontief's low and high hold it, to 1e-12."""
    network, hits, _ = to_arrays(case[0], [case[1]])
    shape = data.draw(st.sampled_from(["triangular", "uniform"]))
    criticality = interval_quantiles(network.weights, numbers(data, network.slots, 4), shape)
    severity = interval_quantiles(hits.severity, numbers(data, len(hits.shock), 4), shape)
    bounds = leontief(network, hits, eps=FINE)
    result = variants(Rules(network), hits, 0, criticality, severity, eps=FINE)
    assert (result.loss >= bounds.low.T - 1e-12).all()
    assert (result.loss <= bounds.high.T + 1e-12).all()


@given(networks_with_shocks(modes=(Mode.SHARES,)), st.data())
def test_readings_go_from_the_low_to_the_high(case: tuple[PlainNetwork, Shock], data: st.DataObject) -> None:
    """At 0, 1 and 2 a reading is that of leontief's bounds, in between it lies in between, and more harm is never less loss."""
    network, hits, _ = to_arrays(case[0], [case[1]])
    at = sorted(data.draw(st.lists(st.floats(0, 2), min_size=2, max_size=2)))
    reading = np.repeat(np.array([[0.0, 1.0, 2.0, *at]]), network.slots, axis=0)
    criticality, severity = (np.repeat(rows[1][:, None], 5, axis=1) for rows in (network.weights, hits.severity))
    result = variants(Rules(network), hits, 0, criticality, severity, reading, eps=FINE).loss
    one = np.stack([network.weights[1]] * 3), np.stack([hits.severity[1]] * 3)
    bounds = leontief(replace(network, weights=one[0]), replace(hits, severity=one[1]), eps=FINE)
    for lane, rows in enumerate((bounds.low, bounds.loss, bounds.high)):
        assert result[:, lane].tolist() == pytest.approx(rows[0].tolist(), abs=1e-12)
    assert (result[:, 3] <= result[:, 4] + 1e-12).all()


def test_one_shock_of_several() -> None:
    """Only the hits of the shock asked for count; several on one target are the greatest in each lane."""
    network, hits, _ = to_arrays(PlainNetwork(2, (slot(1, 0),)), [(hit(1),), (hit(0), hit(0))])
    result = variants(Rules(network), hits, 1, np.ones((1, 2)), np.array([[0.5, 0.25], [0.125, 1.0]]))
    assert result.loss.tolist() == [[0.5, 1.0], [0.5, 1.0]]


def test_nothing_is_safe() -> None:
    """No nodes, no slots, no hits, no lanes: empty or zero, and at rest."""
    for size in (0, 3):
        network, hits, _ = to_arrays(PlainNetwork(size))
        result = variants(Rules(network), hits, 0, np.zeros((0, 2)), np.zeros((0, 2)))
        assert result.loss.tolist() == [[0.0, 0.0]] * size
        assert result.stopped_by == ("tolerance", "tolerance")
        assert variants(Rules(network), hits, 0, np.zeros((0, 0)), np.zeros((0, 0))).loss.shape == (size, 0)


def test_the_lanes_of_a_call_are_bounded() -> None:
    """A small network takes many at once, any network at least one."""
    network, _, _ = to_arrays(PlainNetwork(3))
    assert lanes_at_once(network) == BATCH // 3
    assert lanes_at_once(replace(network, nodes=range(BATCH + 1))) == 1  # type: ignore[arg-type]
