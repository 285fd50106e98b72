"""The compiled engine of ESRI: which kernel, which numbers, which cores."""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.flows import Flows
from knockon.network.network import Network
from knockon.propagation.esri_rounds import turnover
from knockon.propagation.esri_task import EngineResult, EsriTask
from knockon.propagation.kernels.batched import NO_ROOM, lane_states, run_queue, run_single
from knockon.propagation.kernels.simd import lane_count
from knockon.propagation.kernels.single import FIRST, Arrays, RunOptions, SingleState, single_state, slot_totals

#: Above this many firms the lanes take more memory (half a kilobyte a firm) than they are worth, and every shock stays alone.
MAX_LANE_FIRMS = 2_000_000
#: A shock moves into a lane when its next round pushes along more than this share of all edges.
WIDE_SHARE = 0.06
#: Shocks that are run until they are wide, to see how often they are; lanes are made when more than this share is.
SAMPLE, OFTEN_WIDE = 32, 0.125
#: Shocks handed to a core at a time.
_CHUNK = 64


def run_kernels(
    network: Network,
    flows: Flows,
    task: EsriTask,
    kind: np.dtype[Any],
    threads: int | None,
    progress: Callable[[int], None] | None = None,
) -> EngineResult:
    """Index, rounds and residual of each shock, on several cores; ``progress`` counts the shocks that have ended."""
    if threads is not None and threads < 1:
        raise UsageError(f"threads must be 1 or more, not {threads}")
    net = arrays(network, flows, kind)
    shocks = len(task.start) - 1
    out = np.zeros((shocks, 5), kind)
    losses_kept = [np.zeros((shocks if task.keep else 0, network.size), kind) for _ in range(2)]
    options = RunOptions(
        float(task.eps), int(task.cap), task.replaceability, task.down, task.up, float(WIDE_SHARE * len(flows.value))
    )
    cores = min(threads or _cores(), max(1, shocks // lane_count(kind)))
    states = [single_state(net) for _ in range(cores)]
    use_lanes = network.size <= MAX_LANE_FIRMS and _lanes_pay_off(net, states[0], task, options)
    if use_lanes:
        net = net._replace(**_lane_arrays(network))
    else:
        options = options._replace(widest=np.inf)
    chunks = iter(range(0, shocks, _CHUNK))
    lock = Lock()

    def work(single: SingleState) -> None:
        # Each core has lanes of its own, which stay filled from one handful to the next.
        lanes = lane_states(net, use_lanes)
        more = True
        while more:
            with lock:
                first = next(chunks, None)
            more = first is not None
            queue = np.arange(first or 0, min((first or 0) + _CHUNK, shocks) if more else 0)
            ended = run_queue(net, single, lanes, task.start, task.node, task.loss, queue, options, not more, out, *losses_kept)
            if progress is not None:
                with lock:
                    progress(ended)

    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(work, states))
    index, down, up, rounds, residual = out.T.astype(np.float64)
    losses = [part.astype(np.float64) for part in losses_kept] if task.keep else [None, None]
    return EngineResult(index, down, up, rounds.astype(np.int64), residual, losses[0], losses[1])


def _lanes_pay_off(net: Arrays, single: SingleState, task: EsriTask, options: RunOptions) -> bool:
    """Whether so many shocks of a sample are wide that lanes, which take more memory than all else together, are worth it."""
    shocks = len(task.start) - 1
    sample = np.unique(np.linspace(0, max(shocks - 1, 0), min(SAMPLE, shocks)).astype(np.int64))
    lanes, out = lane_states(net, False), np.zeros((1, 5), net.share.dtype)
    none = np.zeros((0, len(net.sales)), net.share.dtype)
    wide_count = 0
    for shock in sample:
        hits = slice(task.start[shock], task.start[shock + 1])
        wide_count += (
            run_single(net, single, lanes, 0, 0, task.node[hits], task.loss[hits], options, out, none, none) == NO_ROOM
        )
    return wide_count > OFTEN_WIDE * len(sample)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def arrays(network: Network, flows: Flows, kind: np.dtype[Any]) -> Arrays:
    """The network as the kernels read it; what has the right form already is not copied."""
    member = np.argsort(flows.sector, kind="stable")
    columns = Arrays(
        slot_start=_rows(network.slot_start),
        supply_start=_rows(network.supply_start),
        provider=_rows(network.supply_provider),
        share=network.supply_share.astype(kind, copy=False),
        whole=_slot_totals(network, flows).astype(kind, copy=False),
        out_start=_rows(flows.start),
        customer=_rows(flows.customer),
        value=flows.value.astype(kind, copy=False),
        slot_of=_rows(flows.slot),
        sector=_rows(flows.sector),
        sales=flows.sales.astype(kind, copy=False),
        turnover=turnover(flows).astype(kind),
        member_start=_rows(np.concatenate([[0], np.cumsum(np.bincount(flows.sector, minlength=flows.sectors))])),
        member=_rows(member),
        total=np.bincount(flows.sector, flows.sales, flows.sectors).astype(kind),
        marked=_rows(np.zeros(0)),
        counted=_rows(np.zeros(0)),
    )
    # A network mapped from disk cannot be written to; with all of them alike one compilation does for both.
    return Arrays(*(_read_only(array) for array in columns))


def _slot_totals(network: Network, flows: Flows) -> npt.NDArray[np.float64]:
    totals = np.zeros(network.slots)
    share, start = _read_only(network.supply_share), _rows(network.supply_start)
    slot_totals(_read_only(_rows(flows.slot)), _read_only(flows.value), _read_only(start), share, totals)
    return np.negative(totals, out=totals, where=network.weights[1] == 0)


def _read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    seen = array.view()
    seen.flags.writeable = False
    return seen


def _lane_arrays(network: Network) -> dict[str, npt.NDArray[Any]]:
    """Where slots begin, as a mark on their first supply; where the negligible supplies of a firm begin, which come last."""
    marked = _rows(network.supply_provider).copy()
    marked[network.supply_start[:-1]] |= FIRST
    before = np.concatenate([[0], np.cumsum(network.weights[1] > 0)])
    slots = np.diff(before[network.slot_start])
    counted = _rows(network.supply_start[network.slot_start[:-1] + slots])
    return {"marked": _read_only(marked), "counted": _read_only(counted)}


def _rows(numbers: npt.NDArray[Any]) -> npt.NDArray[np.uint32]:
    narrow = numbers if numbers.dtype == np.int32 else numbers.astype(np.int32)
    return np.ascontiguousarray(narrow).view(np.uint32)
