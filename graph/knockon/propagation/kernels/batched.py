"""ESRI of many shocks abreast: each a lane, all firms swept in one pass over the edges.

A shock begins alone (:mod:`.single`), where it touches few firms. Once it is wide
it moves into a lane that has become free, and every sweep carries all lanes one
round on: the edge is read once for 8 or 16 shocks. A lane that has met its
stopping rule is tallied and given to the next shock; no lane waits for another.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from knockon.propagation.esri_task import FLOOR, NO_SALES
from knockon.propagation.kernels.compiler import compiled
from knockon.propagation.kernels.simd import (
    any_positive,
    broadcast,
    greatest,
    lane_count,
    lane_rows,
    least,
    load,
    store,
    zero_below,
)
from knockon.propagation.kernels.single import (
    DOWN,
    FIRST,
    RESUM_BELOW,
    UP,
    Array,
    Arrays,
    advance,
    all_sales,
    clear,
    set_hits,
    sum_losses,
)

FREE = -1
#: A shock is too wide to stay alone, and there are no lanes yet.
NO_ROOM = -1
#: Once one firm in so many is touched, all are looked at.
SCAN_ALL = 3


class LaneStates(NamedTuple):
    """The lanes: losses (n, lanes), the next ones, and what is missing downstream; sums by sector; whose lane it is.

    ``touched`` marks the firms whose row of ``down`` may hold anything, and
    ``reach`` holds how many these are.
    """

    down: Array
    missing: Array
    up: Array
    next_up: Array
    sold: Array
    line: Array
    touched: Array
    reach: Array
    shock: Array
    round: Array


def lane_states(net: Arrays, room: bool) -> LaneStates:
    """Zeros for all lanes; without ``room`` they have no rows, and every shock stays alone."""
    n, real = len(net.sales) if room else 0, net.share.dtype
    lanes = lane_count(real)
    return LaneStates(
        down=lane_rows(n, real), missing=lane_rows(n, real), up=lane_rows(n, real), next_up=lane_rows(n, real),
        sold=lane_rows(len(net.total), real), line=lane_rows(4, real),
        touched=np.zeros(n, np.uint8), reach=np.zeros(1, np.int64),
        shock=np.full(lanes, FREE, np.int64), round=np.zeros(lanes, np.int64),
    )  # fmt: skip


@compiled
def run_queue(net, single, lanes, start, node, loss, queue, options, drain, out, kept_down, kept_up):
    """Take every shock of a queue in hand; ``drain``: and finish those in the lanes.

    ``out`` is (shocks, 5): index, downstream, upstream, rounds, residual.
    Losses go to ``kept_down`` and ``kept_up`` where these have rows. How many
    shocks ended.
    """
    ended = 0
    taken = 0
    while True:
        for lane in range(len(lanes.shock)):
            while lanes.shock[lane] == FREE and taken < len(queue):
                shock = queue[taken]
                taken += 1
                hits = slice(start[shock], start[shock + 1])
                ended += run_single(net, single, lanes, lane, shock, node[hits], loss[hits], options, out, kept_down, kept_up)
        if taken == len(queue) and not (drain and (lanes.shock != FREE).any()):
            return ended
        sweep(net, lanes, start, node, loss, options)
        ended += end_lanes(net, lanes, options, out, kept_down, kept_up)


@compiled
def run_single(net, single, lanes, lane, shock, hit, loss, options, out, kept_down, kept_up):
    """Run one shock until it stops (1), or is so wide that it moves into the lane (0), or there is none (NO_ROOM)."""
    set_hits(single, hit, loss)
    rounds = 0
    rise = 1.0
    while (rounds == 0 or rise > options.eps) and rounds < options.cap:
        if edges_to_push(net, single, options) > options.widest:
            if len(lanes.down) == 0:
                clear(single)
                return NO_ROOM
            for k in range(single.length[DOWN]):
                lanes.down[single.down_list[k], lane] = single.down[single.down_list[k]]
                lanes.touched[single.down_list[k]] = 1
            for k in range(single.length[UP]):
                lanes.up[single.up_list[k], lane] = single.up[single.up_list[k]]
            lanes.shock[lane] = shock
            lanes.round[lane] = rounds
            clear(single)
            return 0
        rise = advance(net, single, hit, loss, options)
        rounds += 1
    sum_losses(net, single, out[shock])
    out[shock, 3] = rounds
    out[shock, 4] = rise
    if len(kept_down):
        kept_down[shock] = single.down
        kept_up[shock] = single.up
    clear(single)
    return 1


@compiled
def edges_to_push(net, single, options):
    """How many edges the next round will push along."""
    edges = 0
    if options.down:
        for k in range(single.length[DOWN]):
            i = single.down_list[k]
            edges += net.out_start[i + 1] - net.out_start[i]
    if options.up:
        for k in range(single.length[UP]):
            j = single.up_list[k]
            edges += net.supply_start[net.slot_start[j + 1]] - net.supply_start[net.slot_start[j]]
    return edges


#: Rows of ``Abreast.line``.
RISE_DOWN, RISE_UP, KEEP, SUM = 0, 1, 2, 3


@compiled
def sweep(net, lanes, start, node, loss, options):
    """One round of every lane: from ``down`` and ``up`` to ``down`` and ``next_up``."""
    if options.down:
        if options.replaceability:
            remaining_sales(net, lanes)
        # Where a good part is touched, to look at every firm costs less than to mark those that matter.
        everywhere = lanes.reach[0] * SCAN_ALL > len(net.sales)
        find_missing(net, lanes, options.replaceability, not everywhere)
        pull_down(net, lanes, everywhere)
    else:
        store(lanes.line, RISE_DOWN, broadcast(lanes.line, 0.0))
    if options.up:
        pull_up(net, lanes)
    else:
        store(lanes.line, RISE_UP, broadcast(lanes.line, 0.0))
        lanes.next_up[:] = lanes.up
    # A hit is the least its firm loses.
    for lane in range(len(lanes.shock)):
        shock = lanes.shock[lane]
        if shock != FREE:
            for k in range(start[shock], start[shock + 1]):
                i = node[k]
                lanes.down[i, lane] = max(lanes.down[i, lane], loss[k])
                lanes.next_up[i, lane] = max(lanes.next_up[i, lane], loss[k])
                lanes.touched[i] = 1


@compiled
def remaining_sales(net, lanes):
    """What each sector still sells: its sales less what its firms have lost."""
    for p in range(len(net.total)):
        store(lanes.sold, p, broadcast(lanes.sold, net.total[p]))
    for i in range(len(net.sales)):
        if lanes.touched[i]:
            p = net.sector[i]
            store(lanes.sold, p, load(lanes.sold, p) - broadcast(lanes.sold, net.sales[i]) * load(lanes.down, i))
    for p in range(len(net.total)):
        for lane in range(len(lanes.shock)):
            # As for one shock alone.
            if lanes.sold[p, lane] <= max(net.total[p] * RESUM_BELOW, 2 * NO_SALES):
                remaining = 0.0
                for k in range(net.member_start[p], net.member_start[p + 1]):
                    remaining += net.sales[net.member[k]] * (1 - lanes.down[net.member[k], lane])
                lanes.sold[p, lane] = remaining if remaining > NO_SALES else 1.0


@compiled
def find_missing(net, lanes, replaceability, mark):
    """What each firm fails to deliver, into ``missing``; ``mark``: and its customers are touched by it."""
    one = broadcast(lanes.down, 1.0)
    floor = broadcast(lanes.down, FLOOR)
    for i in range(len(net.sales)):
        # What is touched in this pass has lost nothing yet, and hands on nothing in this round.
        if lanes.touched[i] & 1:
            lost = load(lanes.down, i)
            if replaceability:
                lost = lost * least(one, broadcast(lanes.sold, net.sales[i]) / load(lanes.sold, net.sector[i]))
            lost = zero_below(lost, floor)
            store(lanes.missing, i, lost)
            if mark and any_positive(lost):
                for e in range(net.out_start[i], net.out_start[i + 1]):
                    lanes.touched[net.customer[e]] |= 2


@compiled
def pull_down(net, lanes, everywhere):
    """The next downstream losses, in place: they depend on ``missing`` alone.

    A slot is worth what its supplies add up to, and nothing is negative, so
    that the greatest sum so far may be taken after every supply. A slot begins
    by forgetting the sum of the one before it: no branch, nothing to mispredict.
    """
    one = broadcast(lanes.down, 1.0)
    rise = broadcast(lanes.down, 0.0)
    reach = 0
    for j in range(len(net.sales)):
        if everywhere or lanes.touched[j]:
            worst = broadcast(lanes.down, 0.0)
            short = broadcast(lanes.down, 0.0)
            for e in range(net.supply_start[net.slot_start[j]], net.counted[j]):
                entry = net.marked[e]
                carried = broadcast(lanes.down, 1 - (entry >> np.uint32(31)))
                short = short * carried + broadcast(lanes.down, net.share[e]) * load(lanes.missing, entry & ~FIRST)
                worst = greatest(worst, short)
            new = least(worst, one)
            rise = greatest(rise, new - load(lanes.down, j))
            store(lanes.down, j, new)
            lanes.touched[j] = any_positive(new)
            reach += lanes.touched[j]
    lanes.reach[0] = reach
    store(lanes.line, RISE_DOWN, rise)


@compiled
def pull_up(net, lanes):
    """The next upstream losses, into ``next_up``."""
    one = broadcast(lanes.up, 1.0)
    rise = broadcast(lanes.up, 0.0)
    for i in range(len(net.sales)):
        lost = broadcast(lanes.up, 0.0)
        for e in range(net.out_start[i], net.out_start[i + 1]):
            lost = lost + broadcast(lanes.up, net.value[e]) * load(lanes.up, net.customer[e])
        new = least(lost / broadcast(lanes.up, net.turnover[i]), one)
        rise = greatest(rise, new - load(lanes.up, i))
        store(lanes.next_up, i, new)
    store(lanes.line, RISE_UP, rise)


@compiled
def end_lanes(net, lanes, options, out, kept_down, kept_up):
    """Move ``next_up`` to ``up``; tally the lanes that stop, and empty them. How many."""
    stopped = 0
    for lane in range(len(lanes.shock)):
        lanes.line[KEEP, lane] = 1
        if lanes.shock[lane] != FREE:
            lanes.round[lane] += 1
            rise = max(lanes.line[RISE_DOWN, lane], lanes.line[RISE_UP, lane])
            if rise <= options.eps or lanes.round[lane] >= options.cap:
                lanes.line[KEEP, lane] = 0
                out[lanes.shock[lane], 3] = lanes.round[lane]
                out[lanes.shock[lane], 4] = rise
                stopped += 1
    if len(kept_down):
        for lane in range(len(lanes.shock)):
            if lanes.line[KEEP, lane] == 0:
                kept_down[lanes.shock[lane]] = lanes.down[:, lane]
                kept_up[lanes.shock[lane]] = lanes.next_up[:, lane]
    end_round(net, lanes, out)
    return stopped


@compiled
def end_round(net, lanes, out):
    """One pass over all firms: sums of what is lost, ``next_up`` to ``up``, zeros into the lanes that end here."""
    keep = load(lanes.line, KEEP)
    both = broadcast(lanes.up, 0.0)
    down = broadcast(lanes.up, 0.0)
    up = broadcast(lanes.up, 0.0)
    nothing = broadcast(lanes.up, 0.0)
    for i in range(len(net.sales)):
        sales = broadcast(lanes.up, net.sales[i])
        up_loss = load(lanes.next_up, i)
        down_loss = nothing
        if lanes.touched[i]:
            down_loss = load(lanes.down, i)
            store(lanes.down, i, down_loss * keep)
        both = both + sales * greatest(down_loss, up_loss)
        down = down + sales * down_loss
        up = up + sales * up_loss
        store(lanes.up, i, up_loss * keep)
    sold = all_sales(net)
    for column, total in enumerate((both, down, up)):
        store(lanes.line, SUM, total)
        for lane in range(len(lanes.shock)):
            if lanes.line[KEEP, lane] == 0:
                out[lanes.shock[lane], column] = lanes.line[SUM, lane] / sold
    for lane in range(len(lanes.shock)):
        if lanes.line[KEEP, lane] == 0:
            lanes.shock[lane] = FREE
