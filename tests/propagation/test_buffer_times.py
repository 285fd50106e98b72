"""The times of many stocks at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knockon.propagation.buffer_times import buffer_times
from knockon.propagation.timeline import timeline
from support.networks import PlainNetwork, Shock, networks_with_shocks, to_arrays


@given(networks_with_shocks(), st.data())
def test_stocks_at_once_are_the_timeline_of_each(case: tuple[PlainNetwork, Shock], data: st.DataObject) -> None:
    """Copies of a network side by side give, to the last bit, the days that each stock gives alone."""
    plain, shock = case
    if not plain.slots:
        return
    network, hits, _ = to_arrays(plain, [shock])
    network = replace(network, buffer=np.array([data.draw(st.sampled_from([0.0, 2.0])) for _ in plain.slots]))
    places = st.tuples(st.integers(0, len(plain.slots) - 1), st.sampled_from([1.0, 4.0, 30.0]))
    stocks = data.draw(st.lists(places, max_size=3))
    times = buffer_times(network, hits, 0, 0, stocks, horizon=20, threshold=0.1)
    for days, timed, stock in zip(times.days.tolist(), times.timed.tolist(), [None, *stocks], strict=True):
        buffer = network.buffer.copy()
        if stock is not None:
            buffer[stock[0]] = stock[1]
        alone = timeline(network, hits, horizon=20, threshold=0.1, buffer=buffer)
        assert (days, timed) == (alone.time_to_impact[0, 0], alone.timed[0, 0])
