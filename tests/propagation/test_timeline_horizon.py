"""The horizon that a timeline has where none is given, and the steps in which nothing happens."""

from __future__ import annotations

import numpy as np
import pytest

from knockon.network import Network
from knockon.propagation import timeline
from knockon.propagation.timeline_steps import Stepper
from support.short_form import some_of

CHAIN = Network.from_flows([0, 1, 2], [1, 2, 3], [1.0, 1.0, 1.0])


def test_it_is_long_enough_for_all_stocks_and_delays_on_the_way() -> None:
    """Two stocks of a year and a delay of a quarter: 822 days and some steps, and nothing moves after it."""
    result = timeline(CHAIN, [0], buffer=[365.0, 365.0, 0.0], delay=[0.0, 0.0, 90.0])
    assert result.time_to_impact[0].tolist() == [0.0, 366.0, 732.0, 823.0]
    assert result.stopped_by == ("tolerance",)
    assert 823 <= result.parameters["horizon"] < 833
    assert result.parameters["horizon_reason"] == "until nothing moves any more"


def test_half_a_shortage_empties_a_stock_half_as_fast() -> None:
    """The horizon is that of the run, not the sum of the days of stock."""
    result = timeline(CHAIN, np.array([[0.5, 0, 0, 0]]), buffer=[365.0, 0.0, 0.0])
    assert result.time_to_impact[0, 1] == 731.0
    assert result.parameters["horizon"] >= 731


def test_it_is_90_days_at_least_and_ten_years_at_most() -> None:
    """In days, whatever a step is; at the end of the ten years the result says that something moves."""
    assert timeline(CHAIN, [0]).parameters["horizon"] == 90
    assert timeline(CHAIN, [0], step=7, buffer=7.0).parameters["horizon"] == 13
    late = timeline(CHAIN, [0], buffer=4000.0)
    assert (late.parameters["horizon"], late.stopped_by) == (3650, ("cap",))
    assert late.parameters["horizon_reason"] == "the most, though something still moves"


def test_a_given_horizon_stays() -> None:
    """A stock that lasts longer is told as a cap, without a reason for the horizon."""
    result = timeline(CHAIN, [0], buffer=365.0, horizon=90)
    assert (result.parameters["horizon"], result.stopped_by) == (90, ("cap",))
    assert "horizon_reason" not in result.parameters


@pytest.mark.parametrize("duration", [None, 100.0])
@pytest.mark.parametrize("seed", some_of(range(4), 2))
def test_steps_in_which_nothing_happens_are_passed_over_without_a_trace(
    seed: int, duration: float | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All numbers are those of a run that computes every step; the area is a sum, and equal to rounding."""
    random = np.random.default_rng(seed)
    supplier = random.integers(0, 8, 14)
    customer = (supplier + random.integers(1, 8, 14)) % 8
    network = Network.from_flows(supplier, customer, random.random(14))
    given = {
        "buffer": random.choice([0.0, 30.5, 120.0], network.slots),
        "delay": random.choice([0.0, 15.0], network.supplies),
        "duration": duration,
        "horizon": 300,
        "paths": True,
    }
    passed = timeline(network, [0, 1], **given)
    monkeypatch.setattr(Stepper, "skip", lambda *_: 0)
    stepped = timeline(network, [0, 1], **given)
    for name in ("path", "loss", "low", "high", "step", "shortage", "iterations", "residual", "time_to_impact", "timed"):
        assert np.array_equal(getattr(passed, name), getattr(stepped, name)), name
    assert np.array_equal(passed.time_to_recover, stepped.time_to_recover, equal_nan=True)
    assert passed.area == pytest.approx(stepped.area)
    assert passed.stopped_by == stepped.stopped_by
