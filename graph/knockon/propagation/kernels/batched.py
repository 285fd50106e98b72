"""ESRI of many shocks abreast: each a lane, all firms swept in one pass over the edges.

A shock begins alone (:mod:`.solo`), where it touches few firms. Once it is wide
it moves into a lane that has become free, and every sweep carries all lanes one
round on: the edge is read once for 8 or 16 shocks. A lane that has met its
stopping rule is tallied and given to the next shock; no lane waits for another.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from knockon.propagation.esri_task import FLOOR, GONE
from knockon.propagation.kernels.compiler import compiled
from knockon.propagation.kernels.simd import above, count, greatest, least, load, rows, some, splat, store
from knockon.propagation.kernels.single import (
    DOWN,
    FIRST,
    SUMMED_ANEW,
    UP,
    Array,
    Arrays,
    advance,
    all_sales,
    begin,
    clear,
    tally,
)

FREE = -1
#: A shock is too wide to stay alone, and there are no lanes yet.
NO_ROOM = -1
#: Once one firm in so many is touched, all are looked at.
EVERYWHERE = 3


class Abreast(NamedTuple):
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


def lanes_state(net: Arrays, room: bool) -> Abreast:
    """Zeros for all lanes; without ``room`` they have no rows, and every shock stays alone."""
    n, real = len(net.sales) if room else 0, net.share.dtype
    lanes = count(real)
    return Abreast(
        down=rows(n, real), missing=rows(n, real), up=rows(n, real), next_up=rows(n, real),
        sold=rows(len(net.total), real), line=rows(4, real), touched=np.zeros(n, np.uint8), reach=np.zeros(1, np.int64),
        shock=np.full(lanes, FREE, np.int64), round=np.zeros(lanes, np.int64),
    )  # fmt: skip


@compiled
def run(net, solo, lanes, start, node, loss, queue, rule, drain, out, kept_down, kept_up):
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
                ended += alone(net, solo, lanes, lane, shock, node[hits], loss[hits], rule, out, kept_down, kept_up)
        if taken == len(queue) and not (drain and (lanes.shock != FREE).any()):
            return ended
        sweep(net, lanes, start, node, loss, rule)
        ended += retire(net, lanes, rule, out, kept_down, kept_up)


@compiled
def alone(net, solo, lanes, lane, shock, hit, loss, rule, out, kept_down, kept_up):
    """Run one shock until it stops (1), or is so wide that it moves into the lane (0), or there is none (NO_ROOM)."""
    begin(solo, hit, loss)
    rounds = 0
    rise = 1.0
    while (rounds == 0 or rise > rule.eps) and rounds < rule.cap:
        if edges_ahead(net, solo, rule) > rule.widest:
            if len(lanes.down) == 0:
                clear(solo)
                return NO_ROOM
            for k in range(solo.length[DOWN]):
                lanes.down[solo.down_list[k], lane] = solo.down[solo.down_list[k]]
                lanes.touched[solo.down_list[k]] = 1
            for k in range(solo.length[UP]):
                lanes.up[solo.up_list[k], lane] = solo.up[solo.up_list[k]]
            lanes.shock[lane] = shock
            lanes.round[lane] = rounds
            clear(solo)
            return 0
        rise = advance(net, solo, hit, loss, rule)
        rounds += 1
    tally(net, solo, out[shock])
    out[shock, 3] = rounds
    out[shock, 4] = rise
    if len(kept_down):
        kept_down[shock] = solo.down
        kept_up[shock] = solo.up
    clear(solo)
    return 1


@compiled
def edges_ahead(net, solo, rule):
    """How many edges the next round will push along."""
    found = 0
    if rule.down:
        for k in range(solo.length[DOWN]):
            i = solo.down_list[k]
            found += net.out_start[i + 1] - net.out_start[i]
    if rule.up:
        for k in range(solo.length[UP]):
            j = solo.up_list[k]
            found += net.supply_start[net.slot_start[j + 1]] - net.supply_start[net.slot_start[j]]
    return found


#: Rows of ``Abreast.line``.
RISE_DOWN, RISE_UP, KEEP, SUM = 0, 1, 2, 3


@compiled
def sweep(net, lanes, start, node, loss, rule):
    """One round of every lane: from ``down`` and ``up`` to ``down`` and ``next_up``."""
    if rule.down:
        if rule.replaceability:
            sold_still(net, lanes)
        # Where a good part is touched, to look at every firm costs less than to mark those that matter.
        everywhere = lanes.reach[0] * EVERYWHERE > len(net.sales)
        hand_on(net, lanes, rule.replaceability, not everywhere)
        pull_down(net, lanes, everywhere)
    else:
        store(lanes.line, RISE_DOWN, splat(lanes.line, 0.0))
    if rule.up:
        pull_up(net, lanes)
    else:
        store(lanes.line, RISE_UP, splat(lanes.line, 0.0))
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
def sold_still(net, lanes):
    """What each sector still sells: its sales less what its firms have lost."""
    for p in range(len(net.total)):
        store(lanes.sold, p, splat(lanes.sold, net.total[p]))
    for i in range(len(net.sales)):
        if lanes.touched[i]:
            p = net.sector[i]
            store(lanes.sold, p, load(lanes.sold, p) - splat(lanes.sold, net.sales[i]) * load(lanes.down, i))
    for p in range(len(net.total)):
        for lane in range(len(lanes.shock)):
            # As for one shock alone.
            if lanes.sold[p, lane] <= max(net.total[p] * SUMMED_ANEW, 2 * GONE):
                left = 0.0
                for k in range(net.member_start[p], net.member_start[p + 1]):
                    left += net.sales[net.member[k]] * (1 - lanes.down[net.member[k], lane])
                lanes.sold[p, lane] = left if left > GONE else 1.0


@compiled
def hand_on(net, lanes, replaceability, mark):
    """What each firm fails to deliver, into ``missing``; ``mark``: and its customers are touched by it."""
    one = splat(lanes.down, 1.0)
    floor = splat(lanes.down, FLOOR)
    for i in range(len(net.sales)):
        # What is touched in this pass has lost nothing yet, and hands on nothing in this round.
        if lanes.touched[i] & 1:
            lost = load(lanes.down, i)
            if replaceability:
                lost = lost * least(one, splat(lanes.sold, net.sales[i]) / load(lanes.sold, net.sector[i]))
            lost = above(lost, floor)
            store(lanes.missing, i, lost)
            if mark and some(lost):
                for e in range(net.out_start[i], net.out_start[i + 1]):
                    lanes.touched[net.customer[e]] |= 2


@compiled
def pull_down(net, lanes, everywhere):
    """The next downstream losses, in place: they depend on ``missing`` alone.

    A slot is worth what its supplies add up to, and nothing is negative, so
    that the greatest sum so far may be taken after every supply. A slot begins
    by forgetting the sum of the one before it: no branch, nothing to mispredict.
    """
    one = splat(lanes.down, 1.0)
    rise = splat(lanes.down, 0.0)
    reach = 0
    for j in range(len(net.sales)):
        if everywhere or lanes.touched[j]:
            worst = splat(lanes.down, 0.0)
            short = splat(lanes.down, 0.0)
            for e in range(net.supply_start[net.slot_start[j]], net.counted[j]):
                entry = net.marked[e]
                carried = splat(lanes.down, 1 - (entry >> np.uint32(31)))
                short = short * carried + splat(lanes.down, net.share[e]) * load(lanes.missing, entry & ~FIRST)
                worst = greatest(worst, short)
            new = least(worst, one)
            rise = greatest(rise, new - load(lanes.down, j))
            store(lanes.down, j, new)
            lanes.touched[j] = some(new)
            reach += lanes.touched[j]
    lanes.reach[0] = reach
    store(lanes.line, RISE_DOWN, rise)


@compiled
def pull_up(net, lanes):
    """The next upstream losses, into ``next_up``."""
    one = splat(lanes.up, 1.0)
    rise = splat(lanes.up, 0.0)
    for i in range(len(net.sales)):
        lost = splat(lanes.up, 0.0)
        for e in range(net.out_start[i], net.out_start[i + 1]):
            lost = lost + splat(lanes.up, net.value[e]) * load(lanes.up, net.customer[e])
        new = least(lost / splat(lanes.up, net.turnover[i]), one)
        rise = greatest(rise, new - load(lanes.up, i))
        store(lanes.next_up, i, new)
    store(lanes.line, RISE_UP, rise)


@compiled
def retire(net, lanes, rule, out, kept_down, kept_up):
    """Move ``next_up`` to ``up``; tally the lanes that stop, and empty them. How many."""
    stopped = 0
    for lane in range(len(lanes.shock)):
        lanes.line[KEEP, lane] = 1
        if lanes.shock[lane] != FREE:
            lanes.round[lane] += 1
            rise = max(lanes.line[RISE_DOWN, lane], lanes.line[RISE_UP, lane])
            if rise <= rule.eps or lanes.round[lane] >= rule.cap:
                lanes.line[KEEP, lane] = 0
                out[lanes.shock[lane], 3] = lanes.round[lane]
                out[lanes.shock[lane], 4] = rise
                stopped += 1
    if len(kept_down):
        for lane in range(len(lanes.shock)):
            if lanes.line[KEEP, lane] == 0:
                kept_down[lanes.shock[lane]] = lanes.down[:, lane]
                kept_up[lanes.shock[lane]] = lanes.next_up[:, lane]
    turn(net, lanes, out)
    return stopped


@compiled
def turn(net, lanes, out):
    """One pass over all firms: sums of what is lost, ``next_up`` to ``up``, zeros into the lanes that end here."""
    keep = load(lanes.line, KEEP)
    both = splat(lanes.up, 0.0)
    down = splat(lanes.up, 0.0)
    up = splat(lanes.up, 0.0)
    nothing = splat(lanes.up, 0.0)
    for i in range(len(net.sales)):
        sales = splat(lanes.up, net.sales[i])
        astern = load(lanes.next_up, i)
        ahead = nothing
        if lanes.touched[i]:
            ahead = load(lanes.down, i)
            store(lanes.down, i, ahead * keep)
        both = both + sales * greatest(ahead, astern)
        down = down + sales * ahead
        up = up + sales * astern
        store(lanes.up, i, astern * keep)
    sold = all_sales(net)
    for column, total in enumerate((both, down, up)):
        store(lanes.line, SUM, total)
        for lane in range(len(lanes.shock)):
            if lanes.line[KEEP, lane] == 0:
                out[lanes.shock[lane], column] = lanes.line[SUM, lane] / sold
    for lane in range(len(lanes.shock)):
        if lanes.line[KEEP, lane] == 0:
            lanes.shock[lane] = FREE
