"""The losses of leontief when one node is closed: rounds that pass on only what rose in the round before.

Nothing falls from one round to the next. A slot that fails as far as the worst of what it needs does is not computed: each
loss that rose is passed on to its owner, times its criticality, and the greatest counts. Other slots are computed from the
losses of the round before. Each number is that of a round of all equations, to the last bit, so products and sums are not
contracted.

The bounds of a closure run side by side, since nearly the same nodes rise at each of them. What is read together lies
together: most of the time goes into waiting for memory.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from knockon.propagation.fixed_point import BLOCK, EPS, FIRST_SOLVE
from knockon.propagation.kernels.closing_slots import Slots, compute_slots
from knockon.propagation.kernels.compiler import compiled_exactly, compiled_exactly_part
from knockon.propagation.limit import MAX_SOLVED, ROUNDING_ERROR

Array = npt.NDArray[Any]
#: How a run goes: it goes on, has ended by the rule of rounds, or its limit would be solved for, which is not done here.
GOES_ON, ENDED, TO_BE_SOLVED = 0, 1, 2
#: The columns of the numbers of a run: rounds, the last rise, how it goes; and to see how fast it converges.
ROUNDS, RISE, STATUS, IN_BLOCK, BEFORE, LAST, OTHERS, PROBING = range(8)
COLUMNS = 8


class ClosingState(NamedTuple):
    """The state of one closure, 0 but for the nodes that it has reached.

    ``loss`` (n, bounds + 1) has the losses, and the round in which a node was listed last; ``mark`` (n, bounds) earlier losses.
    ``reached`` are the nodes that lose something; ``front`` those that rose in the last round, with their losses then, and
    ``following`` those of this round, with their losses before it. ``slots`` are those to be computed of this round, by the way
    that leads to each, with their values; ``parts`` is room for the losses of the supplies of one.
    """

    loss: Array
    mark: Array
    reached: Array
    front: Array
    front_loss: Array
    following: Array
    following_loss: Array
    slots: Array
    slots_value: Array
    parts: Array


def closing_state(net: Slots, widest: int) -> ClosingState:
    """Return the state before any closure; ``widest`` is the most supplies of a slot."""
    size, bounds, ways = len(net.way_start) - 1, len(net.bounds), len(net.computed)
    return ClosingState(
        loss=np.zeros((size, bounds + 1)), mark=np.zeros((size, bounds)), reached=np.zeros(size, np.int32),
        front=np.zeros(size, np.int32), front_loss=np.zeros((size, bounds)),
        following=np.zeros(size, np.int32), following_loss=np.zeros((size, bounds)),
        slots=np.zeros(ways, np.int32), slots_value=np.zeros((ways, bounds)), parts=np.zeros(max(widest, 1)),
    )  # fmt: skip


@compiled_exactly
def close_each(net, state, node, twin, eps, cap, loss, numbers):
    """Close each of some nodes, with its hidden node without provisions (``twin``; -1: none).

    ``loss`` (bounds, nodes, n) are zeros, which become the losses; ``numbers`` are (nodes, bounds, :data:`COLUMNS`).
    """
    for k in range(len(node)):
        begin(state, node[k], twin[k], len(net.bounds))
        reached = run(net, state, 1 if twin[k] < 0 else 2, eps, cap, numbers[k])
        for place in range(reached):
            i = state.reached[place]
            for lane in range(len(net.bounds)):
                loss[lane, k, i] = state.loss[i, lane]
                state.loss[i, lane] = 0
                state.mark[i, lane] = 0
            state.loss[i, len(net.bounds)] = 0


@compiled_exactly_part
def begin(state, node, twin, lanes):
    """Begin a closure with what it takes itself."""
    for place in range(1 if twin < 0 else 2):
        i = node if place == 0 else twin
        state.reached[place] = i
        state.front[place] = i
        for lane in range(lanes):
            state.loss[i, lane] = 1
            state.front_loss[place, lane] = 1


@compiled_exactly_part
def run(net, state, reached, eps, cap, numbers):
    """Run rounds from the hits to their end, and return the number of nodes that were reached."""
    lanes = len(net.bounds)
    front = reached
    rounds = 0
    next_solve = FIRST_SOLVE
    start_numbers(numbers)
    while True:
        rounds += 1
        following = advance(net, state, front, rounds, numbers)
        measure(state, following, numbers)
        before = reached
        reached = settle_front(state, following, reached, lanes)
        front = following
        if 2 * (rounds - 1) == next_solve and rounds > FIRST_SOLVE:
            if is_to_be_solved(numbers):
                return reached
            mark_before(state, before, following, lanes)
        if not goes_on(numbers, rounds, eps, cap):
            return reached
        if 2 * rounds == next_solve and rounds < FIRST_SOLVE:
            mark_before(state, reached, 0, lanes)
        if rounds == next_solve:
            probe(state, reached, numbers)
            next_solve *= 2


@compiled_exactly_part
def start_numbers(numbers):
    """Begin the numbers of a run."""
    for lane in range(len(numbers)):
        numbers[lane, STATUS] = GOES_ON
        numbers[lane, IN_BLOCK] = 0
        numbers[lane, BEFORE] = np.nan
        numbers[lane, LAST] = np.nan
        numbers[lane, PROBING] = 0


@compiled_exactly_part
def probe(state, reached, numbers):
    """Note which lanes would be solved for, unless the next round raises a loss that did not move since the mark."""
    for lane in range(len(numbers)):
        moving = count_moving(state, reached, lane) if numbers[lane, STATUS] == GOES_ON else 0
        numbers[lane, PROBING] = 0 < moving <= MAX_SOLVED


@compiled_exactly_part
def is_to_be_solved(numbers):
    """Return whether a lane would be solved for after what the next round raised."""
    found = False
    for lane in range(len(numbers)):
        if numbers[lane, PROBING] and not numbers[lane, OTHERS] > 3 * ROUNDING_ERROR:
            numbers[lane, STATUS] = TO_BE_SOLVED
            found = True
        numbers[lane, PROBING] = 0
    return found


@compiled_exactly_part
def goes_on(numbers, rounds, eps, cap):
    """Record a round, and return whether a lane goes on."""
    going = False
    for lane in range(len(numbers)):
        if numbers[lane, STATUS] == GOES_ON and not ends(numbers[lane], rounds, eps, cap):
            going = True
    return going


@compiled_exactly_part
def advance(net, state, front, rounds, numbers):
    """Compute the losses that follow from those that rose in the last round; return how many nodes rise."""
    lanes = len(net.bounds)
    computed = compute_slots(net, state, front) if len(net.computed) else 0
    following = 0
    for k in range(front):
        i = state.front[k]
        for way in range(net.way_start[i], net.way_start[i + 1]):
            if len(net.computed) and net.computed[way] >= 0:
                continue
            j = int(net.way[way, lanes])
            for lane in range(lanes):
                value = net.way[way, lane] * state.front_loss[k, lane]
                if value > state.loss[j, lane] and numbers[lane, STATUS] == GOES_ON:
                    following = list_node(state, j, following, rounds, lanes)
                    state.loss[j, lane] = value
    for k in range(computed):
        j = int(net.way[state.slots[k], lanes])
        for lane in range(lanes):
            if state.slots_value[k, lane] > state.loss[j, lane] and numbers[lane, STATUS] == GOES_ON:
                following = list_node(state, j, following, rounds, lanes)
                state.loss[j, lane] = state.slots_value[k, lane]
    return following


@compiled_exactly_part
def list_node(state, j, following, rounds, lanes):
    """List a node among those that rise in this round, with its losses before; return how many are listed."""
    if state.loss[j, lanes] == rounds:
        return following
    state.loss[j, lanes] = rounds
    state.following[following] = j
    for lane in range(lanes):
        state.following_loss[following, lane] = state.loss[j, lane]
    return following + 1


@compiled_exactly_part
def measure(state, following, numbers):
    """Measure the greatest rise of a round in each lane, and that of the nodes whose losses are those at the mark."""
    for lane in range(len(numbers)):
        if numbers[lane, STATUS] == GOES_ON:
            rise = 0.0
            others = 0.0
            for k in range(following):
                before = state.following_loss[k, lane]
                change = state.loss[state.following[k], lane] - before
                rise = max(rise, change)
                if numbers[lane, PROBING] and before == state.mark[state.following[k], lane]:
                    others = max(others, change)
            numbers[lane, RISE] = rise
            numbers[lane, OTHERS] = others


@compiled_exactly_part
def settle_front(state, following, reached, lanes):
    """Let the nodes that rose in this round be the front of the next one; return the number of nodes that were reached."""
    for k in range(following):
        j = state.following[k]
        state.front[k] = j
        known = False
        for lane in range(lanes):
            known = known or state.following_loss[k, lane] != 0
            state.front_loss[k, lane] = state.loss[j, lane]
        if not known:
            state.reached[reached] = j
            reached += 1
    return reached


@compiled_exactly_part
def mark_before(state, reached, following, lanes):
    """Remember the losses as they were before the rises of some nodes, to see which of them move."""
    for k in range(reached):
        for lane in range(lanes):
            state.mark[state.reached[k], lane] = state.loss[state.reached[k], lane]
    for k in range(following):
        for lane in range(lanes):
            state.mark[state.following[k], lane] = state.following_loss[k, lane]


@compiled_exactly_part
def count_moving(state, reached, lane):
    """Return how many losses differ from those at the mark."""
    moving = 0
    for k in range(reached):
        moving += state.loss[state.reached[k], lane] != state.mark[state.reached[k], lane]
    return moving


@compiled_exactly_part
def ends(numbers, rounds, eps, cap):
    """Record the rise of a round, and return whether the run ends with it: as ``Convergence`` has it without a solution."""
    rise = numbers[RISE]
    numbers[IN_BLOCK] = max(numbers[IN_BLOCK], rise)
    if rounds % BLOCK == 0:
        numbers[BEFORE] = numbers[LAST]
        numbers[LAST] = numbers[IN_BLOCK]
        numbers[IN_BLOCK] = 0
    is_near = rise == 0 or (rise <= eps and eps > EPS)
    if rise <= eps and not is_near:
        rate = numbers[LAST] / numbers[BEFORE]
        later = BLOCK * numbers[LAST] * rate / (1 - rate) if rate < 1 else 1.0
        is_near = min(later + BLOCK * numbers[IN_BLOCK], 1.0) <= EPS
    if is_near or rounds >= cap:
        numbers[ROUNDS] = rounds
        numbers[STATUS] = ENDED
        return True
    return False
