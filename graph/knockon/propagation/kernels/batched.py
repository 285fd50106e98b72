"""ESRI of many shocks at once.

A shock begins alone (:mod:`.single`), while it touches few firms. Once its
rounds visit many edges it moves into a lane that is free, and every round of
:mod:`.batched_round` takes all 8 or 16 lanes on. A lane that stops is recorded
and given to the next shock; no lane waits for another.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc"

from __future__ import annotations

from knockon.propagation.kernels.batched_round import KEEP, RISE_DOWN, RISE_UP, SUM, sweep
from knockon.propagation.kernels.compiler import compiled, compiled_part
from knockon.propagation.kernels.lanes import FREE, occupied
from knockon.propagation.kernels.simd import broadcast, greatest, load, store
from knockon.propagation.kernels.single import DOWN, UP, advance, all_weight, clear, copy, set_hits, sum_by_sector, sum_losses


@compiled
def run_queue(net, single, lanes, hits, queue, options, drain, out, kept):
    """Start every shock of a queue, and with ``drain`` finish those in the lanes; return the number that ended.

    Lanes without rows take no shock: one that gets too wide to run alone ends there, is not recorded, and does not count.
    ``out`` is (shocks, 5): index, downstream, upstream, rounds, residual.
    Losses, and those of sectors, go to the arrays of ``kept`` that have rows.
    """
    finished = 0
    started = 0
    while True:
        for lane in range(len(lanes.shock)):
            while lanes.shock[lane] == FREE and started < len(queue):
                shock = queue[started]
                started += 1
                finished += run_single(net, single, lanes, lane, shock, hits, options, out, kept)
        if started == len(queue) and not (drain and occupied(lanes)):
            return finished
        sweep(net, lanes, hits, options)
        finished += end_lanes(net, lanes, options, out, kept)


@compiled_part
def run_single(net, single, lanes, lane, shock, hits, options, out, kept):
    """Run one shock until it stops (return 1), or moves into the lane (0), where the lane has rows."""
    rows = slice(hits.start[shock], hits.start[shock + 1])
    node, down, up = hits.node[rows], hits.down[rows], hits.up[rows]
    set_hits(single, node, down, up)
    rounds = 0
    rise = 1.0
    while (rounds == 0 or rise > options.eps) and rounds < options.cap:
        if edges_to_push(net, single, options) > options.widest:
            if len(lanes.down) == 0:
                clear(single)
                return 0
            for k in range(single.length[DOWN]):
                lanes.down[single.down_list[k], lane] = single.down[single.down_list[k]]
                lanes.touched[single.down_list[k]] = 1
            for k in range(single.length[UP]):
                lanes.up[single.up_list[k], lane] = single.up[single.up_list[k]]
            lanes.shock[lane] = shock
            lanes.round[lane] = rounds
            clear(single)
            return 0
        rise = advance(net, single, node, down, up, options)
        rounds += 1
    sum_losses(net, single, out[shock])
    out[shock, 3] = rounds
    out[shock, 4] = rise
    if len(kept.down):
        copy(single.down, kept.down[shock])
        copy(single.up, kept.up[shock])
    if len(kept.sector):
        sum_by_sector(net, single, kept.sector[shock])
    clear(single)
    return 1


@compiled_part
def edges_to_push(net, single, options):
    """Return the number of edges that the next round visits."""
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


@compiled_part
def end_lanes(net, lanes, options, out, kept):
    """Move ``next_up`` to ``up``, record and free the lanes that stop, and return their number."""
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
    for lane in range(len(lanes.shock)):
        if lanes.line[KEEP, lane] == 0:
            if len(kept.down):
                copy(lanes.down[:, lane], kept.down[lanes.shock[lane]])
                copy(lanes.next_up[:, lane], kept.up[lanes.shock[lane]])
            if len(kept.sector):
                by_sector = kept.sector[lanes.shock[lane]]
                for i in range(len(net.weight)):
                    by_sector[net.sector[i]] += net.weight[i] * max(lanes.down[i, lane], lanes.next_up[i, lane])
    end_round(net, lanes, out)
    return stopped


@compiled_part
def end_round(net, lanes, out):
    """Sum the lost weight, move ``next_up`` to ``up`` and reset the lanes that stop, in one pass over all firms."""
    keep = load(lanes.line, KEEP)
    both = broadcast(lanes.up, 0.0)
    down = broadcast(lanes.up, 0.0)
    up = broadcast(lanes.up, 0.0)
    nothing = broadcast(lanes.up, 0.0)
    for i in range(len(net.sales)):
        weight = broadcast(lanes.up, net.weight[i])
        up_loss = load(lanes.next_up, i)
        down_loss = nothing
        if lanes.touched[i]:
            down_loss = load(lanes.down, i)
            store(lanes.down, i, down_loss * keep)
        both = both + weight * greatest(down_loss, up_loss)
        down = down + weight * down_loss
        up = up + weight * up_loss
        store(lanes.up, i, up_loss * keep)
    all_of_it = all_weight(net)
    for column, total in enumerate((both, down, up)):
        store(lanes.line, SUM, total)
        for lane in range(len(lanes.shock)):
            if lanes.line[KEEP, lane] == 0:
                out[lanes.shock[lane], column] = lanes.line[SUM, lane] / all_of_it
    for lane in range(len(lanes.shock)):
        if lanes.line[KEEP, lane] == 0:
            lanes.shock[lane] = FREE
