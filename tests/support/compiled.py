"""Compare compiled networks."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from knockon.network.compile import Compiled


def assert_same_network(compiled: Compiled, expected: Compiled) -> None:
    """Compare two networks value for value, and what was decided, in its order."""
    for name in (field.name for field in fields(Compiled) if field.compare and field.name != "network"):
        value, other = getattr(compiled, name), getattr(expected, name)
        assert value == other
        assert list(value) == list(other)
    network, other = compiled.network, expected.network
    assert network.hash == other.hash
    for field in fields(network):
        value, same = getattr(network, field.name), getattr(other, field.name)
        if isinstance(same, np.ndarray):
            assert np.array_equal(value, same), field.name
            assert (value.dtype, value.flags.c_contiguous) == (same.dtype, same.flags.c_contiguous), field.name
        elif field.name == "substitutes" and same is not None:
            assert all(map(np.array_equal, value.arrays(), same.arrays()))
        else:
            assert value == same or list(value) == list(same), field.name
    assert compiled.plans == expected.plans
