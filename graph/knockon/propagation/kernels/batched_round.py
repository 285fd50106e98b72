"""One round of ESRI for many shocks at once: each shock is a lane, and all edges are read once for all lanes."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from knockon.propagation.esri_task import FLOOR, NO_SALES
from knockon.propagation.kernels.compiler import compiled_part
from knockon.propagation.kernels.lanes import FREE
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
from knockon.propagation.kernels.single import FIRST, RESUM_BELOW, Array, Arrays

#: All firms are visited once more than one in this number is touched.
SCAN_ALL = 3


#: Rows of ``LaneStates.line``.
RISE_DOWN, RISE_UP, KEEP, SUM = 0, 1, 2, 3


class LaneStates(NamedTuple):
    """The state of all lanes: losses (n, lanes), the next upstream ones, and what firms fail to deliver (``missing``).

    ``sold`` are the remaining sales of each sector, ``line`` rows of sums, ``shock`` and ``round`` those of each lane.
    ``touched`` marks the firms whose row of ``down`` may differ from 0, and ``reach`` is their number.
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
    """Return empty lanes; without ``room`` they have no rows, and shocks run one by one."""
    n, real = len(net.sales) if room else 0, net.share.dtype
    lanes = lane_count(real)
    return LaneStates(
        down=lane_rows(n, real), missing=lane_rows(n, real), up=lane_rows(n, real), next_up=lane_rows(n, real),
        sold=lane_rows(len(net.total), real), line=lane_rows(4, real),
        touched=np.zeros(n, np.uint8), reach=np.zeros(1, np.int64),
        shock=np.full(lanes, FREE, np.int64), round=np.zeros(lanes, np.int64),
    )  # fmt: skip


@compiled_part
def sweep(net, lanes, hits, options):
    """Run one round of every lane: from ``down`` and ``up`` to ``down`` and ``next_up``."""
    if options.down:
        if options.replaceability:
            remaining_sales(net, lanes)
        # Where many firms are touched, visiting every firm costs less than marking those to visit.
        everywhere = lanes.reach[0] * SCAN_ALL > len(net.sales)
        find_missing(net, lanes, options.replaceability, not everywhere)
        pull_down(net, lanes, everywhere)
    else:
        store(lanes.line, RISE_DOWN, broadcast(lanes.line, 0.0))
    if options.up:
        pull_up(net, lanes)
    else:
        store(lanes.line, RISE_UP, broadcast(lanes.line, 0.0))
        for i in range(len(lanes.up)):
            store(lanes.next_up, i, load(lanes.up, i))
    # A hit is the least its firm loses.
    for lane in range(len(lanes.shock)):
        shock = lanes.shock[lane]
        if shock != FREE:
            for k in range(hits.start[shock], hits.start[shock + 1]):
                i = hits.node[k]
                lanes.down[i, lane] = max(lanes.down[i, lane], hits.down[k])
                lanes.next_up[i, lane] = max(lanes.next_up[i, lane], hits.up[k])
                lanes.touched[i] = 1


@compiled_part
def remaining_sales(net, lanes):
    """Compute the remaining sales of each sector, into ``sold``."""
    for p in range(len(net.total)):
        store(lanes.sold, p, broadcast(lanes.sold, net.total[p]))
    for i in range(len(net.sales)):
        if lanes.touched[i]:
            p = net.sector[i]
            store(lanes.sold, p, load(lanes.sold, p) - broadcast(lanes.sold, net.sales[i]) * load(lanes.down, i))
    for p in range(len(net.total)):
        for lane in range(len(lanes.shock)):
            # As in single.remaining_sales.
            if lanes.sold[p, lane] <= max(net.total[p] * RESUM_BELOW, 2 * NO_SALES):
                remaining = 0.0
                for k in range(net.member_start[p], net.member_start[p + 1]):
                    remaining += net.sales[net.member[k]] * (1 - lanes.down[net.member[k], lane])
                lanes.sold[p, lane] = remaining if remaining > NO_SALES else 1.0


@compiled_part
def find_missing(net, lanes, replaceability, mark):
    """Compute what each firm fails to deliver, into ``missing``; with ``mark`` its customers are marked as touched."""
    ones = broadcast(lanes.down, 1.0)
    floor = broadcast(lanes.down, FLOOR)
    for i in range(len(net.sales)):
        # Firms that are marked in this pass (2) have lost nothing yet, and pass on nothing in this round.
        if lanes.touched[i] & 1:
            lost = load(lanes.down, i)
            if replaceability:
                lost = lost * least(ones, broadcast(lanes.sold, net.sales[i]) / load(lanes.sold, net.sector[i]))
            lost = zero_below(lost, floor)
            store(lanes.missing, i, lost)
            if mark and any_positive(lost):
                for e in range(net.out_start[i], net.out_start[i + 1]):
                    lanes.touched[net.customer[e]] |= 2


@compiled_part
def pull_down(net, lanes, everywhere):
    """Compute the next downstream losses in place: they depend on ``missing`` alone.

    The shortage of a slot is the sum over its supplies, and no term is
    negative, so that the maximum may be taken after every supply. The first
    supply of a slot multiplies the sum of the slot before by 0, without a
    branch to mispredict.
    """
    ones = broadcast(lanes.down, 1.0)
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
            new = least(worst, ones)
            rise = greatest(rise, new - load(lanes.down, j))
            store(lanes.down, j, new)
            lanes.touched[j] = any_positive(new)
            reach += lanes.touched[j]
    lanes.reach[0] = reach
    store(lanes.line, RISE_DOWN, rise)


@compiled_part
def pull_up(net, lanes):
    """Compute the next upstream losses, into ``next_up``."""
    ones = broadcast(lanes.up, 1.0)
    rise = broadcast(lanes.up, 0.0)
    for i in range(len(net.sales)):
        lost = broadcast(lanes.up, 0.0)
        for e in range(net.out_start[i], net.out_start[i + 1]):
            lost = lost + broadcast(lanes.up, net.value[e]) * load(lanes.up, net.customer[e])
        new = least(lost / broadcast(lanes.up, net.turnover[i]), ones)
        rise = greatest(rise, new - load(lanes.up, i))
        store(lanes.next_up, i, new)
    store(lanes.line, RISE_UP, rise)
