"""The uncertain numbers of a shock, and all outcomes of them with their probabilities."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

import numpy as np

from knockon.errors import UsageError
from knockon.network.hits import InitialLosses
from knockon.network.network import Bools, Floats, Mode, Network
from knockon.propagation.chance_sampling import Draws, Tally, one_number_per_dispute, simulate_draws
from knockon.propagation.combinations import Rules

#: The most outcomes of a shock at one bound that are counted: those of 20 events that may happen or not.
MAX_OUTCOMES = 2**20
#: The most different sums of the shares of a slot that can be lost.
MAX_SUMS = 2**13
#: Chances that differ by less count as equal.
NEAR = 1e-12


class UncertainNumber(NamedTuple):
    """An uncertain number: its kind (0 node, 1 slot, 2 supply, 3 tie), its row, and the ends of its intervals in 0..1."""

    kind: int
    row: int
    ends: Floats


class Outcomes:
    """All outcomes of one shock at one bound.

    A number drawn from 0..1 matters only by the thresholds that it is below, so that one number from each interval between them
    represents all, with the length of the interval as its probability.

    Parameters
    ----------
    rules, criticality, initial_loss, bound
        As :func:`knockon.propagation.chance_sampling.simulate_draws` takes them.

    Raises
    ------
    UsageError
        A slot has too many shares that can be lost.
    """

    def __init__(self, rules: Rules, criticality: Floats, initial_loss: InitialLosses, bound: int = 1) -> None:
        self._rules = rules
        reached = everything(rules, criticality, initial_loss, bound)
        self._numbers = uncertain_numbers(rules, reached, criticality, initial_loss, bound)
        #: How many there are: in Python's integers, since a product of hundreds of numbers would overflow.
        self.count = prod(len(item.ends) for item in self._numbers)

    def draws(self, lanes: int) -> Iterator[Draws]:
        """Yield the outcomes as weighted draws, at most ``lanes`` at a time; their weights sum to 1."""
        network, numbers = self._rules.network, self._numbers
        sizes = (network.size, network.slots, network.supplies, network.slots)
        for first in range(0, self.count, lanes):
            number = np.arange(first, min(first + lanes, self.count))
            drawn = [np.zeros((size, 1)) for size in sizes]
            for kind in {item.kind for item in numbers}:
                drawn[kind] = np.zeros((sizes[kind], len(number)))
            weight = np.ones(len(number))
            for item in numbers:
                number, digit = np.divmod(number, len(item.ends))
                length = np.diff(item.ends, prepend=0.0)
                drawn[item.kind][item.row] = (item.ends - length / 2)[digit]
                weight *= length[digit]
            # Certain numbers are 0, below any threshold.
            node, slot, supply, tie = (np.broadcast_to(rows, (len(rows), len(weight))) for rows in drawn)
            yield Draws(node, slot, supply, one_number_per_dispute(network, tie), weight)


def everything(rules: Rules, criticality: Floats, initial_loss: InitialLosses, bound: int) -> Tally:
    """Return the tally of the one draw in which everything fails that a shock can reach."""
    network = rules.network
    reached = Tally(rules)
    slots, weight = np.zeros((network.slots, 1)), np.ones(1)
    draw = Draws(np.zeros((network.size, 1)), slots, np.zeros((network.supplies, 1)), slots, weight)
    simulate_draws(reached, criticality, initial_loss, draw, trace=True, bound=bound)
    return reached


def uncertain_numbers(
    rules: Rules, reached: Tally, criticality: Floats, initial_loss: InitialLosses, bound: int
) -> list[UncertainNumber]:
    """Return the uncertain numbers of everything that the shock can reach, which is what the tally ``reached`` has."""
    network = rules.network
    numbers = [
        UncertainNumber(kind, int(row), _interval_ends(severity[[row]]))
        for kind, severity in enumerate(initial_loss)
        for row in np.flatnonzero((severity > 0) & (severity < 1))
    ]
    thresholds: dict[int, list[Floats]] = {}
    for row in np.flatnonzero((criticality > 0) & (reached.short > 0)):
        parts = np.ones(1)
        if network.mode[row] == Mode.SHARES:
            members = slice(network.supply_start[row], network.supply_start[row + 1])
            lost = (initial_loss.supply[members] > 0) | (reached.failed[rules.provider[members]] > 0)
            parts = np.append(_subset_sums(_lost_shares(network, int(row), members, lost, bound)), 1.0)
        if (criticality[row] * parts).min() < 1:
            # Slots whose records dispute one need share a number.
            first = int(network.hit_with[row]) if len(network.hit_with) else int(row)
            thresholds.setdefault(first, []).append(criticality[row] * parts)
    numbers += [UncertainNumber(3, row, _interval_ends(np.concatenate(ends))) for row, ends in thresholds.items()]
    return numbers


def _lost_shares(network: Network, row: int, members: slice, lost: Bools, bound: int) -> Floats:
    """Return the shares that may be lost; at low and high the whole remainder of suppliers without a share is one."""
    share, unstated = network.supply_share[members], network.unstated[members]
    if bound == 1 or not network.split[row]:
        return share[lost]
    return np.append(share[lost & ~unstated], network.remainder[row])


def _subset_sums(shares: Floats) -> Floats:
    """Return the sums of all subsets of shares, ascending."""
    shares = shares[shares > 0]
    sums = np.zeros(1)
    for share in shares:
        sums = np.unique(np.concatenate([sums, sums + share]))
        if len(sums) > MAX_SUMS:
            raise UsageError(
                f"exact answers take at most {MAX_SUMS:,} sums of the shares that can be lost in a slot, "
                f"and {len(shares)} shares of one have more; leave exact out to sample"
            )
    return np.minimum(sums, 1.0)


def _interval_ends(thresholds: Floats) -> Floats:
    """Return the ends of the intervals that thresholds divide 0..1 into."""
    inner = np.unique(thresholds)
    inner = inner[(inner > NEAR) & (inner < 1 - NEAR)]
    inner = inner[np.diff(inner, prepend=0.0) > NEAR]
    return np.append(inner, 1.0)
