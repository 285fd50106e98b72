"""ESRI of one shock at a time: losses are pushed along the edges of the firms that lose, and only there.

Every firm that loses adds ``sigma * loss * value`` to the slots it supplies and
``loss * value`` to the firms it buys from; firms that are reached are
listed once and never leave the list, since no loss ever falls.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from knockon.propagation.esri_task import FLOOR, GONE
from knockon.propagation.kernels.compiler import compiled

Array = npt.NDArray[Any]
#: A sector that still sells less than this part of what it sold is summed anew: a small difference of large numbers is
#: mostly rounding, and would be good to no more than nine digits.
SUMMED_ANEW = 1e-4
#: The bit that marks the first supply of a slot; row numbers stay below it.
FIRST = np.uint32(1 << 31)


class Arrays(NamedTuple):
    """A network of flows as the kernels read it. Row numbers are unsigned: they need no check for negative ones.

    Per firm i: its slots ``slot_start[i:i + 2]``, its customers
    ``out_start[i:i + 2]``, sector, sales and ``turnover``. Per slot: supplies, and ``whole``: what its shares are
    shares of, below 0 where its inputs are negligible. Per supply: provider and
    share. Per flow: customer, value, and the slot it is part of. Per sector:
    its firms, and what they all sell. For the lanes alone, and empty until one
    is needed: ``marked``, the providers with :data:`FIRST` where a slot begins,
    and ``counted``, behind the last supply of each firm that is not negligible.
    """

    slot_start: Array
    supply_start: Array
    provider: Array
    share: Array
    whole: Array
    out_start: Array
    customer: Array
    value: Array
    slot_of: Array
    sector: Array
    sales: Array
    turnover: Array
    member_start: Array
    member: Array
    total: Array
    marked: Array
    counted: Array


class Rule(NamedTuple):
    """How to go on and when to stop; ``widest``: a shock whose next round pushes along more edges moves into a lane."""

    eps: float
    cap: int
    replaceability: bool
    down: bool
    up: bool
    widest: float


class Solo(NamedTuple):
    """What one shock changes: losses, sums under way, and the lists of what is reached (with their lengths in ``length``)."""

    down: Array
    up: Array
    lost: Array
    gap: Array
    sold: Array
    down_list: Array
    up_list: Array
    down_flag: Array
    up_flag: Array
    length: Array


DOWN, UP = 0, 1


def solo_state(net: Arrays) -> Solo:
    """Zeros for one shock at a time."""
    n, slots, real = len(net.sales), len(net.whole), net.share.dtype

    def of(size: int) -> Array:
        return np.zeros(size, real)

    def listed(size: int) -> Array:
        # One place more than there are rows: the next to be listed is written before it is known to be new.
        return np.zeros(size + 1, np.uint32)

    def marked(size: int) -> Array:
        return np.zeros(size, np.uint8)

    return Solo(
        down=of(n), up=of(n), lost=of(n), gap=of(slots), sold=of(len(net.total)),
        down_list=listed(n), up_list=listed(n),
        down_flag=marked(n), up_flag=marked(n), length=np.zeros(2, np.int64),
    )  # fmt: skip


@compiled
def wholes(slot, value, supply_start, share, whole):
    """What the shares of each slot are shares of: its money over the sum of its shares, into ``whole`` (zeros)."""
    for e in range(len(slot)):
        whole[slot[e]] += value[e]
    for r in range(len(whole)):
        shared = 0.0
        for e in range(supply_start[r], supply_start[r + 1]):
            shared += share[e]
        whole[r] /= shared


@compiled
def begin(solo, hit, loss):
    """Set the losses of the firms a shock hits."""
    for k in range(len(hit)):
        i = hit[k]
        solo.down[i] = loss[k]
        solo.up[i] = loss[k]
        solo.down_list[k] = i
        solo.up_list[k] = i
        solo.down_flag[i] = 1
        solo.up_flag[i] = 1
    solo.length[DOWN] = len(hit)
    solo.length[UP] = len(hit)


@compiled
def advance(net, solo, hit, loss, rule):
    """One round of the cascades; the greatest rise of a loss."""
    if rule.down:
        if rule.replaceability:
            sold_still(net, solo)
        push_down(net, solo, rule.replaceability)
    if rule.up:
        push_up(net, solo)
    rise = max(settle_down(net, solo), settle_up(net, solo))
    # A hit is the least its firm loses.
    for k in range(len(hit)):
        solo.down[hit[k]] = max(solo.down[hit[k]], loss[k])
        solo.up[hit[k]] = max(solo.up[hit[k]], loss[k])
    return rise


@compiled
def sold_still(net, solo):
    """What each sector still sells, as ``sold``: its sales less what its firms have lost."""
    solo.sold[:] = net.total
    for k in range(solo.length[DOWN]):
        i = solo.down_list[k]
        solo.sold[net.sector[i]] -= net.sales[i] * solo.down[i]
    for p in range(len(solo.sold)):
        # Near GONE as well, so that rounding of the difference does not decide on which side it is.
        if solo.sold[p] <= max(net.total[p] * SUMMED_ANEW, 2 * GONE):
            left = 0.0
            for k in range(net.member_start[p], net.member_start[p + 1]):
                left += net.sales[net.member[k]] * (1 - solo.down[net.member[k]])
            solo.sold[p] = left if left > GONE else 1.0


@compiled
def push_down(net, solo, replaceability):
    """Add what each firm fails to deliver to the slots it supplies."""
    # Whatever is reached this time is listed: a firm whose suppliers all lose less than the floor is not.
    reached = solo.length[DOWN]
    for k in range(solo.length[DOWN]):
        i = solo.down_list[k]
        missing = solo.down[i]
        if replaceability:
            missing *= min(1.0, net.sales[i] / solo.sold[net.sector[i]])
        if missing < FLOOR:
            continue
        for e in range(net.out_start[i], net.out_start[i + 1]):
            solo.gap[net.slot_of[e]] += missing * net.value[e]
            j = net.customer[e]
            solo.down_list[reached] = j
            reached += 1 - solo.down_flag[j]
            solo.down_flag[j] = 1
    solo.length[DOWN] = reached


@compiled
def push_up(net, solo):
    """Take what each firm no longer buys from the sales of its suppliers."""
    reached = solo.length[UP]
    for k in range(solo.length[UP]):
        j = solo.up_list[k]
        if solo.up[j] < FLOOR:
            continue
        for r in range(net.slot_start[j], net.slot_start[j + 1]):
            missing = solo.up[j] * abs(net.whole[r])
            for e in range(net.supply_start[r], net.supply_start[r + 1]):
                i = net.provider[e]
                solo.lost[i] += missing * net.share[e]
                solo.up_list[reached] = i
                reached += 1 - solo.up_flag[i]
                solo.up_flag[i] = 1
    solo.length[UP] = reached


@compiled
def settle_down(net, solo):
    """From the gaps of slots to the losses of their owners; the greatest rise."""
    rise = 0.0
    for k in range(solo.length[DOWN]):
        j = solo.down_list[k]
        worst = 0.0
        for r in range(net.slot_start[j], net.slot_start[j + 1]):
            # Below 0, and so without effect, where the inputs are negligible.
            worst = max(worst, solo.gap[r] / net.whole[r])
            solo.gap[r] = 0
        new = min(1.0, worst)
        rise = max(rise, new - solo.down[j])
        solo.down[j] = new
    return rise


@compiled
def settle_up(net, solo):
    """From lost sales to losses; the greatest rise."""
    rise = 0.0
    for k in range(solo.length[UP]):
        i = solo.up_list[k]
        new = min(1.0, solo.lost[i] / net.turnover[i])
        rise = max(rise, new - solo.up[i])
        solo.up[i] = new
        solo.lost[i] = 0
    return rise


@compiled
def tally(net, solo, out):
    """The shares of all sales that are lost: by both cascades together, downstream, upstream."""
    both = 0.0
    down = 0.0
    up = 0.0
    for k in range(solo.length[DOWN]):
        i = solo.down_list[k]
        down += net.sales[i] * solo.down[i]
        both += net.sales[i] * max(solo.down[i], solo.up[i])
    for k in range(solo.length[UP]):
        i = solo.up_list[k]
        up += net.sales[i] * solo.up[i]
        if not solo.down_flag[i]:
            both += net.sales[i] * solo.up[i]
    sold = all_sales(net)
    out[0] = both / sold
    out[1] = down / sold
    out[2] = up / sold


@compiled
def all_sales(net):
    """What all firms sell together; 1 where that is nothing."""
    sold = net.total.sum()
    return sold if sold > 0 else 1.0


@compiled
def clear(solo):
    """Back to zeros, wherever something was reached."""
    for k in range(solo.length[DOWN]):
        solo.down[solo.down_list[k]] = 0
        solo.down_flag[solo.down_list[k]] = 0
    for k in range(solo.length[UP]):
        solo.up[solo.up_list[k]] = 0
        solo.up_flag[solo.up_list[k]] = 0
    solo.length[:] = 0
