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
from knockon.propagation.esri_task import Outcome, Task
from knockon.propagation.kernels.batched import NO_ROOM, alone, lanes_state, run
from knockon.propagation.kernels.simd import count
from knockon.propagation.kernels.single import FIRST, Arrays, Rule, Solo, solo_state, wholes

#: Above this many firms the lanes take more memory (half a kilobyte a firm) than they are worth, and every shock stays alone.
WIDE = 2_000_000
#: A shock moves into a lane when its next round pushes along more than this share of all edges.
SHARE = 0.06
#: Shocks that are run until they are wide, to see how often they are; lanes are made when more than this share is.
SAMPLE, OFTEN = 32, 0.125
#: Shocks handed to a core at a time.
_HANDFUL = 64


def run_kernels(
    network: Network,
    flows: Flows,
    task: Task,
    kind: np.dtype[Any],
    threads: int | None,
    progress: Callable[[int], None] | None = None,
) -> Outcome:
    """Index, rounds and residual of each shock, on several cores; ``progress`` counts the shocks that have ended."""
    if threads is not None and threads < 1:
        raise UsageError(f"threads must be 1 or more, not {threads}")
    net = arrays(network, flows, kind)
    shocks = len(task.start) - 1
    out = np.zeros((shocks, 5), kind)
    kept = [np.zeros((shocks if task.keep else 0, network.size), kind) for _ in range(2)]
    rule = Rule(float(task.eps), int(task.cap), task.replaceability, task.down, task.up, float(SHARE * len(flows.value)))
    cores = min(threads or _cores(), max(1, shocks // count(kind)))
    solos = [solo_state(net) for _ in range(cores)]
    wide = network.size <= WIDE and _often_wide(net, solos[0], task, rule)
    if wide:
        net = net._replace(**_for_lanes(network))
    else:
        rule = rule._replace(widest=np.inf)
    handfuls = iter(range(0, shocks, _HANDFUL))
    lock = Lock()

    def work(solo: Solo) -> None:
        # Each core has lanes of its own, which stay filled from one handful to the next.
        lanes = lanes_state(net, wide)
        more = True
        while more:
            with lock:
                first = next(handfuls, None)
            more = first is not None
            queue = np.arange(first or 0, min((first or 0) + _HANDFUL, shocks) if more else 0)
            ended = run(net, solo, lanes, task.start, task.node, task.loss, queue, rule, not more, out, *kept)
            if progress is not None:
                with lock:
                    progress(ended)

    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(work, solos))
    index, down, up, rounds, residual = out.T.astype(np.float64)
    losses = [part.astype(np.float64) for part in kept] if task.keep else [None, None]
    return Outcome(index, down, up, rounds.astype(np.int64), residual, losses[0], losses[1])


def _often_wide(net: Arrays, solo: Solo, task: Task, rule: Rule) -> bool:
    """Whether so many shocks of a sample are wide that lanes, which take more memory than all else together, are worth it."""
    shocks = len(task.start) - 1
    sample = np.unique(np.linspace(0, max(shocks - 1, 0), min(SAMPLE, shocks)).astype(np.int64))
    lanes, out = lanes_state(net, False), np.zeros((1, 5), net.share.dtype)
    none = np.zeros((0, len(net.sales)), net.share.dtype)
    wide = 0
    for shock in sample:
        hits = slice(task.start[shock], task.start[shock + 1])
        wide += alone(net, solo, lanes, 0, 0, task.node[hits], task.loss[hits], rule, out, none, none) == NO_ROOM
    return wide > OFTEN * len(sample)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def arrays(network: Network, flows: Flows, kind: np.dtype[Any]) -> Arrays:
    """The network as the kernels read it; what has the right form already is not copied."""
    member = np.argsort(flows.sector, kind="stable")
    found = Arrays(
        slot_start=_rows(network.slot_start),
        supply_start=_rows(network.supply_start),
        provider=_rows(network.supply_provider),
        share=network.supply_share.astype(kind, copy=False),
        whole=_wholes(network, flows).astype(kind, copy=False),
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
    return Arrays(*(_locked(array) for array in found))


def _wholes(network: Network, flows: Flows) -> npt.NDArray[np.float64]:
    found = np.zeros(network.slots)
    share, start = _locked(network.supply_share), _rows(network.supply_start)
    wholes(_locked(_rows(flows.slot)), _locked(flows.value), _locked(start), share, found)
    return np.negative(found, out=found, where=network.weights[1] == 0)


def _locked(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    seen = array.view()
    seen.flags.writeable = False
    return seen


def _for_lanes(network: Network) -> dict[str, npt.NDArray[Any]]:
    """Where slots begin, as a mark on their first supply; where the negligible supplies of a firm begin, which come last."""
    marked = _rows(network.supply_provider).copy()
    marked[network.supply_start[:-1]] |= FIRST
    before = np.concatenate([[0], np.cumsum(network.weights[1] > 0)])
    slots = np.diff(before[network.slot_start])
    counted = _rows(network.supply_start[network.slot_start[:-1] + slots])
    return {"marked": _locked(marked), "counted": _locked(counted)}


def _rows(numbers: npt.NDArray[Any]) -> npt.NDArray[np.uint32]:
    narrow = numbers if numbers.dtype == np.int32 else numbers.astype(np.int32)
    return np.ascontiguousarray(narrow).view(np.uint32)
