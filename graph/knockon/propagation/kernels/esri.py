"""The compiled engine of ESRI: choose kernels and numbers, and distribute shocks to cores."""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from knockon.errors import UsageError
from knockon.network.flows import Flows
from knockon.network.network import Network
from knockon.propagation.esri_rounds import turnover
from knockon.propagation.esri_task import CascadeHits, EngineResult, EsriTask, KeptLosses
from knockon.propagation.kernels.batched import run_queue
from knockon.propagation.kernels.batched_round import lane_states
from knockon.propagation.kernels.simd import lane_count
from knockon.propagation.kernels.single import FIRST, Arrays, RunOptions, SingleState, single_state, slot_totals

#: Above this many firms lanes take too much memory (half a kilobyte a firm), and shocks run one by one.
MAX_LANE_FIRMS = 2_000_000
#: A shock moves into a lane when its next round visits more than this share of all edges.
WIDE_SHARE = 0.06
#: The number of shocks in a sample, and the share of them that must get wide for lanes to be used.
SAMPLE, OFTEN_WIDE = 32, 0.125
#: The number of shocks that a core takes at a time.
_CHUNK = 64


def run_kernels(
    network: Network,
    flows: Flows,
    task: EsriTask,
    kind: np.dtype[Any],
    threads: int | None,
    progress: Callable[[int], None] | None = None,
) -> EngineResult:
    """Run the shocks of a task on several cores.

    Parameters
    ----------
    network, flows, task
        The network, its flows, and the input of the engine.
    kind
        float64 or float32.
    threads
        The number of cores; None: all.
    progress
        Called with the number of shocks that have ended since the last call.

    Raises
    ------
    UsageError
        ``threads`` is below 1.
    """
    if threads is not None and threads < 1:
        raise UsageError(f"threads must be 1 or more, not {threads}")
    net = arrays(network, flows, kind, task.weight)
    options = RunOptions(
        float(task.eps), int(task.cap), task.replaceability, task.down, task.up, float(WIDE_SHARE * len(flows.value))
    )
    cores = min(threads or _cores(), max(1, task.shocks // lane_count(kind)))
    hits = task.cascade_hits()
    states = [single_state(net) for _ in range(cores)]
    use_lanes = network.size <= MAX_LANE_FIRMS and _lanes_pay_off(net, states[0], hits, options)
    if use_lanes:
        net = net._replace(**_lane_arrays(network))
    else:
        options = options._replace(widest=np.inf)
    out = np.zeros((task.shocks, 5), kind)
    rows = task.shocks if task.keep else 0
    kept = KeptLosses(
        np.zeros((rows, network.size), kind),
        np.zeros((rows, network.size), kind),
        np.zeros((task.shocks if task.by_sector else 0, flows.sectors), kind),
    )
    chunks = _Chunks(task.shocks, progress)

    def work(single: SingleState) -> None:
        # Each core has lanes of its own, which stay filled from one chunk to the next.
        lanes = lane_states(net, use_lanes)
        for queue, drain in chunks:
            chunks.report(run_queue(net, single, lanes, hits, queue, options, drain, out, kept))

    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(work, states))
    index, down, up, rounds, residual = out.T.astype(np.float64)
    losses = [part.astype(np.float64) for part in kept[:2]] if task.keep else [None, None]
    sector = kept.sector.astype(np.float64) if task.by_sector else None
    return EngineResult(index, down, up, rounds.astype(np.int64), residual, losses[0], losses[1], sector)


class _Chunks:
    """The numbers of all shocks, some at a time, shared by threads; the last one of a thread is empty."""

    def __init__(self, shocks: int, progress: Callable[[int], None] | None) -> None:
        self._shocks, self._progress = shocks, progress
        self._starts, self._lock = iter(range(0, shocks, _CHUNK)), Lock()

    def __iter__(self) -> Iterator[tuple[npt.NDArray[np.int64], bool]]:
        while True:
            with self._lock:
                first = next(self._starts, None)
            if first is None:
                yield np.arange(0), True
                return
            yield np.arange(first, min(first + _CHUNK, self._shocks)), False

    def report(self, ended: int) -> None:
        """Report the number of shocks that have ended."""
        if self._progress is not None:
            with self._lock:
                self._progress(ended)


def _lanes_pay_off(net: Arrays, single: SingleState, hits: CascadeHits, options: RunOptions) -> bool:
    """Return whether enough shocks of a sample get wide for lanes, which take more memory than everything else together."""
    shocks = len(hits.start) - 1
    sample = np.unique(np.linspace(0, max(shocks - 1, 0), min(SAMPLE, shocks)).astype(np.int64))
    lanes, out = lane_states(net, False), np.zeros((shocks, 5), net.share.dtype)
    none = np.zeros((0, len(net.sales)), net.share.dtype)
    kept = KeptLosses(none, none, none)
    # A shock that gets wide does not end.
    ended: int = run_queue(net, single, lanes, hits, sample, options, False, out, kept)
    return len(sample) - ended > OFTEN_WIDE * len(sample)


def _cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def arrays(network: Network, flows: Flows, kind: np.dtype[Any], weight: npt.NDArray[np.float64]) -> Arrays:
    """Return the network as the kernels read it, without copying arrays that have the right type already."""
    member = np.argsort(flows.sector, kind="stable")
    columns = Arrays(
        slot_start=_rows(network.slot_start),
        supply_start=_rows(network.supply_start),
        provider=_rows(network.supply_provider),
        share=network.supply_share.astype(kind, copy=False),
        slot_total=_slot_totals(network, flows).astype(kind, copy=False),
        out_start=_rows(flows.start),
        customer=_rows(flows.customer),
        value=flows.value.astype(kind, copy=False),
        slot_of=_rows(flows.slot),
        sector=_rows(flows.sector),
        sales=flows.sales.astype(kind, copy=False),
        turnover=turnover(flows).astype(kind),
        weight=weight.astype(kind, copy=False),
        member_start=_rows(np.concatenate([[0], np.cumsum(np.bincount(flows.sector, minlength=flows.sectors))])),
        member=_rows(member),
        total=np.bincount(flows.sector, flows.sales, flows.sectors).astype(kind),
        weight_by_sector=np.bincount(flows.sector, weight, flows.sectors).astype(kind),
        marked=_rows(np.zeros(0)),
        counted=_rows(np.zeros(0)),
    )
    # All arrays are read-only, as those mapped from disk are, so that the kernels are compiled once for both.
    return Arrays(*(_read_only(array) for array in columns))


def _slot_totals(network: Network, flows: Flows) -> npt.NDArray[np.float64]:
    """Return the money that the shares of each slot are shares of; negative where its inputs are negligible."""
    totals = np.zeros(network.slots)
    share, start = _read_only(network.supply_share), _rows(network.supply_start)
    slot_totals(_read_only(_rows(flows.slot)), _read_only(flows.value), _read_only(start), share, totals)
    return np.negative(totals, out=totals, where=network.weights[1] == 0)


def _read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a read-only view."""
    seen = array.view()
    seen.flags.writeable = False
    return seen


def _lane_arrays(network: Network) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays for lanes: providers, marked where a slot begins, and the end of the supplies that count."""
    marked = _rows(network.supply_provider).copy()
    marked[network.supply_start[:-1]] |= FIRST
    before = np.concatenate([[0], np.cumsum(network.weights[1] > 0)])
    slots = np.diff(before[network.slot_start])
    counted = _rows(network.supply_start[network.slot_start[:-1] + slots])
    return {"marked": _read_only(marked), "counted": _read_only(counted)}


def _rows(numbers: npt.NDArray[Any]) -> npt.NDArray[np.uint32]:
    """Return row numbers as unsigned 32 bits."""
    narrow = numbers if numbers.dtype == np.int32 else numbers.astype(np.int32)
    return np.ascontiguousarray(narrow).view(np.uint32)
