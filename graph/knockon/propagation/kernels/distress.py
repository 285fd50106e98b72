"""DebtRank of many shocks at once: a pass over all exposures is one round of every lane."""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from knockon.network.network import Floats, Ints
from knockon.propagation.kernels.compiler import compiled, compiled_part
from knockon.propagation.kernels.lanes import FREE, occupied
from knockon.propagation.kernels.simd import broadcast, greatest, lane_count, lane_rows, least, load, store, zero_below

if TYPE_CHECKING:
    from knockon.propagation.debtrank_rounds import DebtRankTask

RISE, KEEP, SUM = 0, 1, 2
Array = npt.NDArray[Any]


class Exposures(NamedTuple):
    """The leverage matrix, row i the parts of the equity of i exposed to others; ``part`` are the shares in all value."""

    start: Array
    other: Array
    weight: Array
    part: Array


class ExposureLanes(NamedTuple):
    """Losses (n, lanes) of this round and the next, and the shock and round of each lane.

    In the original variant ``passed`` is what nodes pass on in this round, and ``fresh`` what they do in the next; in the
    linear one they pass on their losses, and these have no rows.
    """

    loss: Array
    after: Array
    passed: Array
    fresh: Array
    line: Array
    shock: Array
    round: Array


def run_kernel(task: DebtRankTask) -> tuple[Floats, Ints, Floats]:
    """Return the index, the rounds and the residual of each shock of a task."""
    once = task.variant == "original"
    weight = task.weight
    net = Exposures(
        weight.indptr.astype(np.uint64), weight.indices.astype(np.uint32), weight.data.astype(np.float64), task.part
    )
    start, node, loss = task.hits.node_losses("debtrank")
    out = np.zeros((task.hits.count, 3))
    cores = max(1, min(os.cpu_count() or 1, task.hits.count // lane_count(np.dtype(float))))
    edges = np.linspace(0, task.hits.count, cores + 1).astype(np.int64)

    def work(core: int) -> None:
        lanes, eps = _lanes(len(task.part), once), 0.0 if once else task.eps
        run_queue(net, lanes, start, node, loss, edges[core], edges[core + 1], once, eps, task.cap, out)

    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(work, range(cores)))
    return out[:, 0], out[:, 1].astype(np.int64), out[:, 2]


def _lanes(size: int, once: bool) -> ExposureLanes:
    """Return empty lanes for a number of nodes."""
    rows = size if once else 0
    real = np.dtype(np.float64)
    lanes = lane_count(real)
    return ExposureLanes(
        loss=lane_rows(size, real), after=lane_rows(size, real), passed=lane_rows(rows, real), fresh=lane_rows(rows, real),
        line=lane_rows(3, real),
        shock=np.full(lanes, FREE, np.int64), round=np.zeros(lanes, np.int64),
    )  # fmt: skip


@compiled
def run_queue(net, lanes, start, node, loss, first, last, once, eps, cap, out):
    """Run the shocks first..last, each in the next free lane; ``out`` is (shocks, 3): index, rounds and residual."""
    started = first
    while True:
        for lane in range(len(lanes.shock)):
            if lanes.shock[lane] == FREE and started < last:
                lanes.shock[lane] = started
                lanes.round[lane] = 0
                for k in range(start[started], start[started + 1]):
                    lanes.loss[node[k], lane] = loss[k]
                    if once:
                        lanes.passed[node[k], lane] = loss[k]
                started += 1
        if not occupied(lanes):
            return
        if once:
            pull_once(net, lanes)
        else:
            pull(net, lanes)
            add_shocks(lanes, start, node, loss)
        # What was computed is read in the next round, and what was read is written over: nothing is copied.
        lanes = exchanged(lanes)
        end_lanes(net, lanes, start, node, loss, eps, cap, out)


@compiled_part
def exchanged(lanes):
    """Return the lanes with this round in the place of the one before."""
    return ExposureLanes(lanes.after, lanes.loss, lanes.fresh, lanes.passed, lanes.line, lanes.shock, lanes.round)


@compiled_part
def pull(net, lanes):
    """Compute the losses from exposures to the losses of the round before."""
    ones = broadcast(lanes.loss, 1.0)
    rise = broadcast(lanes.loss, 0.0)
    for i in range(len(net.part)):
        lost = broadcast(lanes.loss, 0.0)
        for e in range(net.start[i], net.start[i + 1]):
            lost = lost + broadcast(lanes.loss, net.weight[e]) * load(lanes.loss, net.other[e])
        lost = least(lost, ones)
        rise = greatest(rise, lost - load(lanes.loss, i))
        store(lanes.after, i, lost)
    store(lanes.line, RISE, rise)


@compiled_part
def pull_once(net, lanes):
    """Add what arrives from the nodes that first lost in the round before; a node that first loses now passes that on next."""
    ones = broadcast(lanes.loss, 1.0)
    huge = broadcast(lanes.loss, 1e308)
    remaining = broadcast(lanes.loss, 0.0)
    for i in range(len(net.part)):
        arrives = broadcast(lanes.loss, 0.0)
        for e in range(net.start[i], net.start[i + 1]):
            arrives = arrives + broadcast(lanes.loss, net.weight[e]) * load(lanes.passed, net.other[e])
        before = load(lanes.loss, i)
        after = least(before + arrives, ones)
        # 0 wherever something was lost before: twice, since the least number above 0 times ``huge`` is below 1.
        fresh = zero_below(after, before * huge * huge)
        remaining = greatest(remaining, fresh)
        store(lanes.after, i, after)
        store(lanes.fresh, i, fresh)
    store(lanes.line, RISE, remaining)


@compiled_part
def add_shocks(lanes, start, node, loss):
    """Add to the losses of a round what the shocks themselves take."""
    for lane in range(len(lanes.shock)):
        shock = lanes.shock[lane]
        if shock != FREE:
            for k in range(start[shock], start[shock + 1]):
                i = node[k]
                lanes.after[i, lane] = min(1.0, lanes.after[i, lane] + loss[k])
                lanes.line[RISE, lane] = max(lanes.line[RISE, lane], lanes.after[i, lane] - lanes.loss[i, lane])


@compiled_part
def end_lanes(net, lanes, start, node, loss, eps, cap, out):
    """Record and free the lanes that stop."""
    stopping = False
    for lane in range(len(lanes.shock)):
        lanes.line[KEEP, lane] = 1
        if lanes.shock[lane] != FREE:
            lanes.round[lane] += 1
            if lanes.line[RISE, lane] <= eps or lanes.round[lane] >= cap:
                lanes.line[KEEP, lane] = 0
                stopping = True
    if not stopping:
        return
    clear_lanes(net, lanes)
    for lane in range(len(lanes.shock)):
        if lanes.line[KEEP, lane] == 0:
            shock = lanes.shock[lane]
            initial_loss = 0.0
            for k in range(start[shock], start[shock + 1]):
                initial_loss += net.part[node[k]] * loss[k]
            out[shock, 0] = max(0.0, lanes.line[SUM, lane] - initial_loss)
            out[shock, 1] = lanes.round[lane]
            out[shock, 2] = lanes.line[RISE, lane]
            lanes.shock[lane] = FREE


@compiled_part
def clear_lanes(net, lanes):
    """Add up what all lanes have lost, and set those that stop to 0."""
    keep = load(lanes.line, KEEP)
    total = broadcast(lanes.loss, 0.0)
    for i in range(len(net.part)):
        after = load(lanes.loss, i)
        total = total + broadcast(lanes.loss, net.part[i]) * after
        store(lanes.loss, i, after * keep)
    for i in range(len(lanes.passed)):
        store(lanes.passed, i, load(lanes.passed, i) * keep)
    store(lanes.line, SUM, total)
