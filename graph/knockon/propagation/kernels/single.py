"""ESRI of one shock at a time: losses are passed on only along the edges of firms that lose.

Every firm that loses adds ``sigma * loss * value`` to the slots it supplies and
``loss * value`` to the firms it buys from; firms that are reached are
listed once and never leave the list, since no loss ever falls.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from knockon.propagation.esri_task import FLOOR, NO_SALES
from knockon.propagation.kernels.compiler import compiled, compiled_part

Array = npt.NDArray[Any]
#: Remaining sales of a sector below this share of its sales are summed anew: a small difference of large numbers would
#: be exact to nine digits only.
RESUM_BELOW = 1e-4
#: The bit that marks the first supply of a slot; row numbers stay below it.
FIRST = np.uint32(1 << 31)


class Arrays(NamedTuple):
    """A network of flows as the kernels read it. Row numbers are unsigned: they need no check for negative ones.

    Per firm i: its slots ``slot_start[i:i + 2]``, its customers
    ``out_start[i:i + 2]``, sector, sales, ``turnover`` and its weight in the
    index. Per slot: supplies, and ``slot_total``: what its shares are
    shares of, below 0 where its inputs are negligible. Per supply: provider and
    share. Per flow: customer, value, and the slot it is part of. Per sector:
    its firms, what they all sell, and their weight together. For the lanes alone, and empty until one
    is needed: ``marked``, the providers with :data:`FIRST` where a slot begins,
    and ``counted``, behind the last supply of each firm that is not negligible.
    """

    slot_start: Array
    supply_start: Array
    provider: Array
    share: Array
    slot_total: Array
    out_start: Array
    customer: Array
    value: Array
    slot_of: Array
    sector: Array
    sales: Array
    turnover: Array
    weight: Array
    member_start: Array
    member: Array
    total: Array
    weight_by_sector: Array
    marked: Array
    counted: Array


class RunOptions(NamedTuple):
    """The options of a run; a shock whose next round visits more than ``widest`` edges moves into a lane."""

    eps: float
    cap: int
    replaceability: bool
    down: bool
    up: bool
    widest: float


class SingleState(NamedTuple):
    """The state of one shock: losses, sums of this round, and the lists of firms reached, with their lengths in ``length``."""

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


def single_state(net: Arrays) -> SingleState:
    """Return the state before any shock."""
    n, slots, real = len(net.sales), len(net.slot_total), net.share.dtype

    def of(size: int) -> Array:
        return np.zeros(size, real)

    def listed(size: int) -> Array:
        # One place more than there are rows: the next to be listed is written before it is known to be new.
        return np.zeros(size + 1, np.uint32)

    def marked(size: int) -> Array:
        return np.zeros(size, np.uint8)

    return SingleState(
        down=of(n), up=of(n), lost=of(n), gap=of(slots), sold=of(len(net.total)),
        down_list=listed(n), up_list=listed(n),
        down_flag=marked(n), up_flag=marked(n), length=np.zeros(2, np.int64),
    )  # fmt: skip


@compiled_part
def copy(numbers, out):
    """Write numbers into an array of the same length.

    An assignment to a slice would also compile the message of lengths that differ, which takes three seconds.
    """
    for k in range(len(numbers)):
        out[k] = numbers[k]


@compiled
def slot_totals(slot, value, supply_start, share, slot_total):
    """Add up the money that the shares of each slot are shares of, into ``slot_total`` (zeros)."""
    for e in range(len(slot)):
        slot_total[slot[e]] += value[e]
    for r in range(len(slot_total)):
        shared = 0.0
        for e in range(supply_start[r], supply_start[r + 1]):
            shared += share[e]
        slot_total[r] /= shared


@compiled_part
def set_hits(single, hit, down, up):
    """Set the losses of the firms that a shock hits in each cascade, and begin the lists of firms reached with them."""
    for k in range(len(hit)):
        i = hit[k]
        single.down[i] = down[k]
        single.up[i] = up[k]
        single.down_list[k] = i
        single.up_list[k] = i
        single.down_flag[i] = 1
        single.up_flag[i] = 1
    single.length[DOWN] = len(hit)
    single.length[UP] = len(hit)


@compiled_part
def advance(net, single, hit, down, up, options):
    """Run one round of the cascades, and return the greatest rise of a loss."""
    if options.down:
        if options.replaceability:
            remaining_sales(net, single)
        push_down(net, single, options.replaceability)
    if options.up:
        push_up(net, single)
    rise = max(update_down(net, single), update_up(net, single))
    # A hit is the least its firm loses.
    for k in range(len(hit)):
        single.down[hit[k]] = max(single.down[hit[k]], down[k])
        single.up[hit[k]] = max(single.up[hit[k]], up[k])
    return rise


@compiled_part
def remaining_sales(net, single):
    """Compute the remaining sales of each sector, into ``sold``."""
    copy(net.total, single.sold)
    for k in range(single.length[DOWN]):
        i = single.down_list[k]
        single.sold[net.sector[i]] -= net.sales[i] * single.down[i]
    for p in range(len(single.sold)):
        # Near NO_SALES as well, so that the rounding of the difference does not decide the comparison.
        if single.sold[p] <= max(net.total[p] * RESUM_BELOW, 2 * NO_SALES):
            remaining = 0.0
            for k in range(net.member_start[p], net.member_start[p + 1]):
                remaining += net.sales[net.member[k]] * (1 - single.down[net.member[k]])
            single.sold[p] = remaining if remaining > NO_SALES else 1.0


@compiled_part
def push_down(net, single, replaceability):
    """Add what each firm fails to deliver to the slots it supplies."""
    # A firm is listed when a supplier that loses at least the floor reaches it.
    reached = single.length[DOWN]
    for k in range(single.length[DOWN]):
        i = single.down_list[k]
        missing = single.down[i]
        if replaceability:
            missing *= min(1.0, net.sales[i] / single.sold[net.sector[i]])
        if missing < FLOOR:
            continue
        for e in range(net.out_start[i], net.out_start[i + 1]):
            single.gap[net.slot_of[e]] += missing * net.value[e]
            j = net.customer[e]
            single.down_list[reached] = j
            reached += 1 - single.down_flag[j]
            single.down_flag[j] = 1
    single.length[DOWN] = reached


@compiled_part
def push_up(net, single):
    """Add what each firm no longer buys to the lost sales of its suppliers."""
    reached = single.length[UP]
    for k in range(single.length[UP]):
        j = single.up_list[k]
        if single.up[j] < FLOOR:
            continue
        for r in range(net.slot_start[j], net.slot_start[j + 1]):
            missing = single.up[j] * abs(net.slot_total[r])
            for e in range(net.supply_start[r], net.supply_start[r + 1]):
                i = net.provider[e]
                single.lost[i] += missing * net.share[e]
                single.up_list[reached] = i
                reached += 1 - single.up_flag[i]
                single.up_flag[i] = 1
    single.length[UP] = reached


@compiled_part
def update_down(net, single):
    """Compute the losses of owners from the gaps of their slots, and return the greatest rise."""
    rise = 0.0
    for k in range(single.length[DOWN]):
        j = single.down_list[k]
        worst = 0.0
        for r in range(net.slot_start[j], net.slot_start[j + 1]):
            # Below 0, and so without effect, where the inputs are negligible.
            worst = max(worst, single.gap[r] / net.slot_total[r])
            single.gap[r] = 0
        new = min(1.0, worst)
        rise = max(rise, new - single.down[j])
        single.down[j] = new
    return rise


@compiled_part
def update_up(net, single):
    """Compute losses from lost sales, and return the greatest rise."""
    rise = 0.0
    for k in range(single.length[UP]):
        i = single.up_list[k]
        new = min(1.0, single.lost[i] / net.turnover[i])
        rise = max(rise, new - single.up[i])
        single.up[i] = new
        single.lost[i] = 0
    return rise


@compiled_part
def sum_losses(net, single, out):
    """Compute the shares of all weight lost by both cascades together, downstream, and upstream, into ``out``."""
    both = 0.0
    down = 0.0
    up = 0.0
    for k in range(single.length[DOWN]):
        i = single.down_list[k]
        down += net.weight[i] * single.down[i]
        both += net.weight[i] * max(single.down[i], single.up[i])
    for k in range(single.length[UP]):
        i = single.up_list[k]
        up += net.weight[i] * single.up[i]
        if not single.down_flag[i]:
            both += net.weight[i] * single.up[i]
    total = all_weight(net)
    out[0] = both / total
    out[1] = down / total
    out[2] = up / total


@compiled_part
def sum_by_sector(net, single, out):
    """Add the weight that the firms of each sector lose, by the greater of both cascades, to ``out`` (sectors,)."""
    for k in range(single.length[DOWN]):
        i = single.down_list[k]
        out[net.sector[i]] += net.weight[i] * max(single.down[i], single.up[i])
    for k in range(single.length[UP]):
        i = single.up_list[k]
        if not single.down_flag[i]:
            out[net.sector[i]] += net.weight[i] * single.up[i]


@compiled_part
def all_weight(net):
    """Return the weight of all firms together; 1 where there is none."""
    total = 0.0
    for p in range(len(net.weight_by_sector)):
        total += net.weight_by_sector[p]
    return total if total > 0 else 1.0


@compiled_part
def clear(single):
    """Reset the state of all firms that were reached."""
    for k in range(single.length[DOWN]):
        single.down[single.down_list[k]] = 0
        single.down_flag[single.down_list[k]] = 0
    for k in range(single.length[UP]):
        single.up[single.up_list[k]] = 0
        single.up_flag[single.up_list[k]] = 0
    single.length[:] = 0
