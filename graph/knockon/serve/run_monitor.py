"""Compare what workers compute with its limits: every 20 ms, so that most requests end before anything is measured."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from knockon.errors import PoolFull
from knockon.serve.query_request import ClientGone, Gone
from knockon.serve.worker_run import LONG, Run
from knockon.worker.replies import exit_error

#: Seconds between two looks, and between two questions whether a client has hung up.
_TICK, _CLIENT_TICK = 0.02, 0.2
#: Seconds after which a query is a long one where others wait, and after which its worker gives way to others.
_CROWDED, _LOWERED = 0.03, 5.0


class RunMonitor:
    """The requests that workers compute.

    Parameters
    ----------
    memory
        The most bytes that all of them may use together; None: no limit.
    background
        Lets a coroutine run.
    """

    def __init__(self, memory: int | None, background: Callable[[Coroutine[Any, Any, None]], None]) -> None:
        self._memory, self._background = memory, background
        self._runs: set[Run] = set()
        self._timer: asyncio.TimerHandle | None = None
        #: How many were stopped, by the reason.
        self.stopped: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._runs)

    def __iter__(self) -> Iterator[Run]:
        return iter(list(self._runs))

    def add(self, run: Run) -> None:
        """Watch a run."""
        self._runs.add(run)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_TICK, self._look)

    def remove(self, run: Run) -> None:
        """Watch a run no longer."""
        if run in self._runs:
            self._runs.discard(run)
            if run.reason:
                self.stopped[run.reason] += 1

    def close(self) -> None:
        """Watch nothing any more."""
        if self._timer is not None:
            self._timer.cancel()

    def _look(self) -> None:
        self._timer = None
        now, used = time.monotonic(), []
        for run in self:
            if run not in self._runs:  # it was behind one that was stopped
                continue
            self._ask_client(run, now)
            if run.is_first:
                _measure(run, now)
                memory = run.worker.memory()
                if run.limits.memory is not None:
                    used.append((memory, id(run), run))
                self._check(run, memory)
        self._bound_total(used)
        if self._runs:
            self._timer = asyncio.get_running_loop().call_later(_TICK, self._look)

    def _ask_client(self, run: Run, now: float) -> None:
        if not run.checked:
            run.checked = now
        elif run.gone is not None and now - run.checked >= _CLIENT_TICK:
            run.checked = now
            self._background(self._check_client(run, run.gone))

    async def _check_client(self, run: Run, gone: Gone) -> None:
        """Stop a query whose client has hung up before its answer began."""
        if await gone() and run.answer is None and run in self._runs:
            run.abandon()

    def _check(self, run: Run, memory: int) -> None:
        """Compare a run with its limits, and find its place among the long ones."""
        limits = run.limits
        if limits.seconds is not None and run.seconds >= limits.seconds:
            run.stop("time", exit_error(None, "", "time", limits, started=True))
        elif limits.memory is not None and memory > limits.memory:
            run.stop("memory", exit_error(None, "", "memory", limits, started=True))
        elif run.abandoned and run.seconds >= LONG:
            run.stop("abandoned", ClientGone())
        elif run.worker in run.lane.workers and _is_long(run):
            run.was_long = True
            if not run.lane.make_long(run.worker):
                run.stop("crowded", PoolFull("too many long queries run already; try again later", 5))
            elif run.seconds >= _LOWERED and not run.worker.lowered:
                run.worker.lower()

    def _bound_total(self, used: list[tuple[int, int, Run]]) -> None:
        """Stop the largest query where all together take more memory than one for each worker may."""
        if self._memory is not None and sum(memory for memory, _, _ in used) > self._memory:
            run = max(used)[2]
            if run in self._runs:
                run.stop("memory", PoolFull("the queries that run take too much memory together; try again later", 5))


def _measure(run: Run, now: float) -> None:
    if not run.last:
        run.begun = run.worker.processor()
    elif run.worker not in run.lane.suspended:
        run.seconds += now - run.last
    run.last = now


def _is_long(run: Run) -> bool:
    """Return whether it is a long one: by its processor time, since on a busy machine a short one may take a while, too."""
    limit = _CROWDED if run.lane.crowded or len(run.worker.tasks) > 1 else LONG
    return run.seconds >= _LOWERED or (run.seconds >= limit and run.worker.processor() - run.begun >= limit)


__all__ = ["RunMonitor"]
