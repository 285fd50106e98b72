"""Rounds that follow what changed give what rounds of all equations give, to the last bit."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knockon.network.arrays import Floats
from knockon.propagation import active_round
from knockon.propagation.combinations import Rules, greatest, least
from knockon.propagation.leontief import leontief
from knockon.propagation.leontief_round import LaneEquations, hit_columns
from support.networks import PlainNetwork, Shock, networks_with_shocks, to_arrays


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Follow changes in networks of any size."""
    monkeypatch.setattr(active_round, "LEAST_SLOTS", 0)


@pytest.mark.usefixtures("always")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(networks_with_shocks())
def test_each_round_is_a_round_of_all(case: tuple[PlainNetwork, Shock]) -> None:
    """From the hits, at all bounds, for as many rounds as change anything; with some of the lanes; and from another state."""
    network, hits, _ = to_arrays(case[0], [case[1], ()])
    pairs = [(shock, bound) for bound in range(3) for shock in range(2)]
    rows = [bound for _, bound in pairs]
    reading = np.array([rows], np.float64)
    equations = LaneEquations(Rules(network), network.weights[rows].T, hit_columns(network, hits, pairs), reading)
    one_round = equations.round(np.arange(6))
    assert isinstance(one_round, active_round.ActiveRound)
    state: Floats = np.asarray(equations.hit.node, np.float64)
    for _ in range(12):
        after = one_round(state)
        assert after.tobytes() == equations.losses(state).tobytes()
        assert one_round.rise.tolist() == np.abs(after - state).max(axis=0, initial=0.0).tolist()
        state = after
    lanes = np.array([0, 1, 0, 1, 1, 0], bool)
    some, of_some = one_round.keep(lanes), equations.select(np.flatnonzero(lanes))
    for other in (state[:, lanes], np.where(state[:, lanes] > 0, 1.0, 0.25), state[:, lanes] / 2):
        assert some(other).tobytes() == of_some.losses(other).tobytes()


@given(networks_with_shocks())
def test_a_run_gives_the_same_result(case: tuple[PlainNetwork, Shock]) -> None:
    """Losses, bindings, rounds and errors of a run, with following and without."""
    network, hits, _ = to_arrays(case[0], [case[1]])
    results = []
    for least_slots in (0, 10**9):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(active_round, "LEAST_SLOTS", least_slots)
            results.append(leontief(network, hits))
    for field in fields(results[0]):
        one, other = (getattr(result, field.name) for result in results)
        assert np.array_equal(one, other) if isinstance(one, np.ndarray) else one == other, field.name


@given(st.integers(1, 12), st.integers(1, 5), st.integers(1, 3), st.booleans(), st.integers(0, 2**32 - 1))
def test_parts_are_reduced_as_numpy_does(width: int, rows: int, lanes: int, whole: bool, seed: int) -> None:
    """The greatest and the least of few parts and of many, of numbers and of booleans."""
    part = np.random.default_rng(seed).random((rows, width, lanes))
    part = part > 0.5 if whole else part
    assert greatest(part).tolist() == part.max(axis=1).tolist()
    assert greatest(part).dtype == part.dtype
    assert least(part).tolist() == part.min(axis=1).tolist()
