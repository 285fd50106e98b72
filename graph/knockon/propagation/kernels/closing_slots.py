"""The shortage of the slots of a network that do not simply fail as far as the worst of what they need."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

from __future__ import annotations

from typing import Any, NamedTuple

import numpy.typing as npt

from knockon.network.arrays import Mode
from knockon.propagation.kernels.compiler import compiled_exactly_part

Array = npt.NDArray[Any]
#: The bounds.
LOW, HIGH = 0, 2
#: The combinations of suppliers by their numbers.
ALL_OF, ANY_OF, SHARES, DISPUTED = int(Mode.ALL_OF), int(Mode.ANY_OF), int(Mode.SHARES), int(Mode.DISPUTED)


class Slots(NamedTuple):
    """A network as the kernel reads it, at some bounds.

    The ways out of node i are the rows ``way_start[i]:way_start[i + 1]`` of ``way``: the criticality of a slot at each bound,
    and its owner. ``computed`` is the slot where it is to be computed, -1 where the loss is passed on as it is, and empty where
    none is computed. Per slot: ``need``, ``mode``, ``at_least``, its supplies, what is left to suppliers without a share, and
    ``weight`` (bounds, slots).
    """

    bounds: Array
    way_start: Array
    way: Array
    computed: Array
    need: Array
    mode: Array
    at_least: Array
    supply_start: Array
    provider: Array
    share: Array
    unstated: Array
    split: Array
    remainder: Array
    weight: Array


@compiled_exactly_part
def compute_slots(net, state, front):
    """Compute the slots to be computed that the front leads to, from the losses before this round; return how many."""
    computed = 0
    for k in range(front):
        i = state.front[k]
        for way in range(net.way_start[i], net.way_start[i + 1]):
            slot = net.computed[way]
            if slot >= 0:
                state.slots[computed] = way
                for lane in range(len(net.bounds)):
                    state.slots_value[computed, lane] = net.weight[lane, slot] * shortage(net, state, slot, lane)
                computed += 1
    return computed


@compiled_exactly_part
def shortage(net, state, slot, lane):
    """Return the shortage of a slot at one bound."""
    first = net.supply_start[slot]
    count = net.supply_start[slot + 1] - first
    for k in range(count):
        state.parts[k] = state.loss[net.provider[first + k], lane]
    mode = net.mode[slot]
    bound = net.bounds[lane]
    if mode == SHARES:
        short = of_shares(net, state.parts, slot, first, count, bound)
    elif mode == ALL_OF or (mode == DISPUTED and bound != LOW):
        short = greatest_of(state.parts, count)
    elif mode in (ANY_OF, DISPUTED):
        short = smallest(state.parts, count, 1)
    else:
        short = smallest(state.parts, count, max(net.at_least[slot], 1))
    need = net.need[slot]
    return max(short, state.loss[need, lane]) if need >= 0 else short


@compiled_exactly_part
def greatest_of(parts, count):
    """Return the greatest of some numbers."""
    most = parts[0]
    for k in range(1, count):
        most = max(most, parts[k])
    return most


@compiled_exactly_part
def smallest(parts, count, place):
    """Return the number at a place, from 1, among some in ascending order, which they are put into as far as that."""
    for k in range(place):
        for other in range(k + 1, count):
            if parts[other] < parts[k]:
                parts[k], parts[other] = parts[other], parts[k]
    return parts[place - 1]


@compiled_exactly_part
def of_shares(net, parts, slot, first, count, bound):
    """Return the part of a need that suppliers with shares fail to meet."""
    most = 0.0
    total = 0.0
    fixed = 0.0
    least_unstated = 1.0
    most_unstated = 0.0
    for k in range(count):
        part = net.share[first + k] * parts[k]
        total += part
        if net.share[first + k] > 0:
            most = max(most, parts[k])
        if net.unstated[first + k]:
            least_unstated = min(least_unstated, parts[k])
            most_unstated = max(most_unstated, parts[k])
        else:
            fixed += part
    if net.split[slot]:
        if bound == LOW:
            total = min(fixed + net.remainder[slot] * least_unstated, total)
        elif bound == HIGH:
            total = max(fixed + net.remainder[slot] * most_unstated, total)
    return min(total, most)
