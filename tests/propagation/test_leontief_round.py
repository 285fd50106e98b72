"""The one round that all models on slots share, against the formula written out for a single shock."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from knockon.network.arrays import NONE, Floats, Mode
from knockon.network.network import Network
from knockon.propagation.combinations import Rules
from knockon.propagation.leontief_round import LaneEquations, hit_columns
from support.networks import PlainNetwork, Shock, networks_with_shocks, to_arrays


def meeting(network: Network, supply_loss: Floats, bound: int) -> Floats:
    """How far the supplies of each slot fail to meet its need, by numpy's reductions over each slot."""
    unmet = np.zeros(network.slots)
    filled = np.flatnonzero(np.diff(network.supply_start))
    if not filled.size:
        return unmet
    starts = network.supply_start[filled]
    greatest, least = np.maximum.reduceat(supply_loss, starts), np.minimum.reduceat(supply_loss, starts)
    shared = np.add.reduceat(network.supply_share * supply_loss, starts)
    unstated = network.unstated
    fixed = np.add.reduceat(np.where(unstated, 0.0, network.supply_share * supply_loss), starts)
    rest = network.remainder[filled]
    if bound == 0:
        read = np.minimum(fixed + rest * np.minimum.reduceat(np.where(unstated, supply_loss, 1.0), starts), shared)
    else:
        read = np.maximum(fixed + rest * np.maximum.reduceat(np.where(unstated, supply_loss, 0.0), starts), shared)
    shared = np.where(network.split[filled] & (bound != 1), read, shared)
    shared = np.minimum(shared, np.maximum.reduceat(np.where(network.supply_share > 0, supply_loss, 0.0), starts))
    order = np.lexsort((supply_loss, network.supply_slot))
    kth = supply_loss[order][starts + np.maximum(network.at_least[filled], 1) - 1]
    mode = network.mode[filled]
    disputed = least if bound == 0 else greatest
    modes = [mode == kind for kind in (Mode.ALL_OF, Mode.ANY_OF, Mode.SHARES, Mode.DISPUTED)]
    unmet[filled] = np.select(modes, [greatest, least, shared, disputed], kth)
    return unmet


def round_of_one(network: Network, hit: tuple[Floats, Floats, Floats], loss: Floats, bound: int) -> tuple[Floats, Floats]:
    """The shortage of each slot and the new loss of each node, for one shock at one bound."""
    unmet = meeting(network, np.maximum(hit[2], loss[network.supply_provider]), bound)
    need = np.where(network.slot_need == NONE, 0.0, loss[network.slot_need]) if network.slots else np.zeros(0)
    short = np.maximum(np.maximum(hit[1], need), unmet)
    new = hit[0].copy()
    np.maximum.at(new, network.slot_owner, network.weights[bound] * short)
    return short, new


@given(networks_with_shocks(), st.integers(0, 2**32 - 1))
def test_a_round_of_many_lanes_is_the_round_of_each(case: tuple[PlainNetwork, Shock], seed: int) -> None:
    """From the same losses, shortages and new losses at all three bounds are those of the formula written out for one.

    To the last bit, but for sums of more than two shares: numpy adds those in another order.
    """
    plain, shock = case
    network, hits, _ = to_arrays(plain, [shock, ()])
    pairs = [(row, bound) for bound in (0, 1, 2) for row in (0, 1)]
    bounds = np.array([bound for _, bound in pairs])
    state = np.random.default_rng(seed).random((network.size, len(pairs))).round(3)
    lanes = LaneEquations(
        Rules(network), network.weights[bounds].T, hit_columns(network, hits, pairs), bounds[None, :].astype(float)
    )
    values = lanes.values(state)
    summed = (network.mode == Mode.SHARES) & (np.diff(network.supply_start) > 2)
    error = 0.0 if not summed.any() else 4 * np.finfo(float).eps
    for lane, (row, bound) in enumerate(pairs):
        short, new = round_of_one(network, hits.initial_losses(network, row, bound), state[:, lane], bound)
        assert np.abs(values.short[:, lane] - short).max(initial=0.0) <= error
        assert np.abs(values.loss[:, lane] - new).max(initial=0.0) <= error
    chosen = np.array([4, 1])
    assert np.array_equal(lanes.round(chosen)(state[:, chosen]), values.loss[:, chosen])
