"""Which worker answers which query: quick queries never wait behind long ones.

A lane keeps some workers that are idle or have a query of less than 0.1 s. A query that takes longer becomes a long one:
its worker is replaced by a new one, and counts among the long queries, of which only some run at a time. Of the others
some are suspended, and the rest are refused. Half of the workers are reserved for queries that are known to be quick, so
that a crowd of unknown queries cannot occupy all of them before they turn out to be long. Requests wait in a queue for
each speed, in which the addresses of clients take turns.

Queries that take much less than a millisecond are sent to a worker several at a time: to wake a process for each of them
would take longer than to answer it. Where one of them turns out to be long, those behind it go to other workers.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress

from knockon.errors import KnockonError, PoolFull
from knockon.serve.query_history import Expectation, Speed
from knockon.serve.request_queues import SPEEDS, RequestQueues
from knockon.serve.worker_starts import WorkerStarts
from knockon.worker.event_loop import LoopWorker

#: The memory that an idle worker may keep, in bytes.
_MAX_KEPT = 2**26
#: The most seconds that a query is expected to take which shares a worker, and that all of them take that it was sent.
_VERY_QUICK, _TOGETHER = 0.001, 0.004


class Lane:
    """The workers of one kind.

    Parameters
    ----------
    launch
        Starts a worker and prepares it.
    quick
        The number of workers that are idle or have a quick query.
    long
        The number of long queries that run at a time, and of those that are suspended.
    queue
        The number of requests that wait.
    first
        The number of workers before the first request; None: all.
    parallel
        The number of workers beyond which very quick queries rather share a worker than wake another one.
    """

    def __init__(
        self,
        launch: Callable[[], Awaitable[LoopWorker]],
        quick: int,
        long: int,
        queue: int,
        first: int | None = None,
        parallel: int = 1,
    ) -> None:
        self._starts = WorkerStarts(launch, self._started, self._not_started)
        self._quick, self._max_long = quick, long
        self._wanted = quick if first is None else first
        #: The workers that are reserved for queries that are known to be quick: while the first ones start, all but one.
        self._reserved = 0
        self._parallel = parallel
        #: How many queries the workers have been given, and the seconds expected of those that only have very quick ones.
        self._given: dict[LoopWorker, int] = {}
        self._loads: dict[LoopWorker, float] = {}
        self._waiting = RequestQueues(queue)
        #: Why no worker can be started.
        self.failure: KnockonError | None = None
        self.idle: list[LoopWorker] = []
        self.workers: set[LoopWorker] = set()
        self._dying: set[LoopWorker] = set()
        self._unknown: set[LoopWorker] = set()
        self.long: set[LoopWorker] = set()
        self.suspended: deque[LoopWorker] = deque()
        #: Workers that were started in place of others.
        self.replaced = 0

    @property
    def waiting(self) -> int:
        """The number of requests that wait."""
        return len(self._waiting)

    @property
    def crowded(self) -> bool:
        """Whether requests wait for those that run to end, or to turn out to be long."""
        return self._waiting.crowded

    def fill(self) -> None:
        """Start workers until there are enough."""
        self._starts.begin(self._wanted - self._quick_workers - len(self._starts))

    @property
    def _quick_workers(self) -> int:
        return len(self.workers) - len(self.long) - len(self.suspended)

    def _started(self, worker: LoopWorker) -> None:
        """Let a new worker serve requests."""
        self.failure = None
        self.workers.add(worker)
        self._reserved = max(self._reserved, min(self._quick_workers - 1, self._quick // 2))
        self.release(worker)

    def _not_started(self, error: KnockonError) -> None:
        """Let nobody wait for a worker, where there is none and none can be started."""
        if self.workers:
            return
        self.failure = error
        self._waiting.fail(error)

    async def first(self) -> None:
        """Wait until a worker is ready.

        Raises
        ------
        KnockonError
            No worker can be started.
        """
        self.fill()
        while not self.workers:
            await asyncio.sleep(0.005)
            if self.failure is not None:
                raise self.failure

    def take(self, expected: Expectation) -> LoopWorker | None:
        """Return a worker for a query, which the caller releases; None if the request has to wait.

        Raises
        ------
        KnockonError
            No worker can be started.
        """
        if self.failure is not None:
            raise self.failure
        if self._wanted < self._quick:
            self._wanted = self._quick
            self.fill()
        speed, seconds = expected
        is_very_quick = speed == "quick" and seconds < _VERY_QUICK
        if is_very_quick and (shared := self._shared(seconds)) is not None:
            self._given[shared] += 1
            self._loads[shared] += seconds
            return shared
        if not self.idle or not self._has_place(speed):
            return None
        worker = self.idle.pop()
        self._given[worker] = 1
        if speed == "long":
            self._add_long(worker)
        elif speed == "unknown":
            self._unknown.add(worker)
        elif is_very_quick:
            self._loads[worker] = seconds
        return worker

    def _shared(self, seconds: float) -> LoopWorker | None:
        """Return a worker that has very quick queries already, and time for another one."""
        if self.idle and len(self._loads) < self._parallel:
            return None
        return next((worker for worker, load in self._loads.items() if load + seconds <= _TOGETHER), None)

    def _has_place(self, speed: Speed) -> bool:
        """Return whether an idle worker may answer a query of some speed."""
        if speed == "quick":
            return True
        if speed == "long" and self._long_is_full:
            return False
        return self._quick_workers - len(self._unknown) > self._reserved

    def wait(self, client: str, expected: Expectation) -> asyncio.Future[LoopWorker]:
        """Return a future of a worker for a query, which the caller releases.

        Parameters
        ----------
        client
            The address of the client.
        expected
            What is expected of the query.

        Raises
        ------
        PoolFull
            Too many requests wait already.
        """
        return self._waiting.put(client, expected)

    @property
    def _long_is_full(self) -> bool:
        return len(self.long) >= self._max_long

    def _add_long(self, worker: LoopWorker) -> None:
        self._unknown.discard(worker)
        self.long.add(worker)
        self.fill()

    def make_long(self, worker: LoopWorker) -> bool:
        """Count the query of a worker among the long ones; return whether there is a place for it, perhaps suspended."""
        if worker in self.long or worker in self.suspended:
            return True
        self._loads.pop(worker, None)
        worker.move_next()
        if not self._long_is_full:
            self._add_long(worker)
            return True
        if len(self.suspended) < self._max_long and worker.suspend():
            self._unknown.discard(worker)
            self.suspended.append(worker)
            self.fill()
            return True
        return False

    def release(self, worker: LoopWorker, seconds: float = 0.0, *, check: bool = True) -> None:
        """Take note that a query of a worker has ended, or that a worker was started.

        Parameters
        ----------
        worker
            The worker.
        seconds
            The seconds that were expected of the query.
        check
            Whether to look if the worker keeps memory, which takes a moment.
        """
        rest = self._given.get(worker, 1) - 1
        if rest:
            self._given[worker] = rest
            if worker in self._loads:
                self._loads[worker] -= seconds
                self._serve()
            return
        self._given.pop(worker, None)
        self._loads.pop(worker, None)
        self._unknown.discard(worker)
        if worker in self.long or self.suspended:
            self._leave_long(worker)
        if not worker.alive:
            return
        too_many = self._quick_workers > self._quick + self._max_long
        if worker.lowered or too_many or (check and worker.memory() > _MAX_KEPT):
            self.discard(worker)
            return
        self.idle.append(worker)
        self._serve()

    def _serve(self) -> None:
        """Let workers serve the requests that wait; those that may be long first, within their part of the workers."""
        for speed in SPEEDS:
            queue = self._waiting.of(speed)
            while queue:
                request, expected = queue.next
                if not request.done():
                    if (worker := self.take(expected)) is None:
                        break
                    request.set_result(worker)
                queue.pop()

    def _leave_long(self, worker: LoopWorker) -> None:
        with suppress(ValueError):
            self.suspended.remove(worker)
        self.long.discard(worker)
        while self.suspended and not self._long_is_full:
            resumed = self.suspended.popleft()
            self.long.add(resumed)
            resumed.wake()

    def discard(self, worker: LoopWorker) -> None:
        """Kill a worker; another one is started at once if there are too few."""
        if worker in self.workers:
            self.replaced += 1
            self.workers.discard(worker)
        self._dying.add(worker)
        if worker in self.idle:
            self.idle.remove(worker)
        worker.kill()
        self._given.pop(worker, None)
        self._loads.pop(worker, None)
        self._unknown.discard(worker)
        self._leave_long(worker)
        self.fill()
        self._serve()

    def ended(self, worker: LoopWorker) -> None:
        """Take note that a worker has ended."""
        self.discard(worker)
        self._dying.discard(worker)

    def tidy(self) -> None:
        """End one idle worker that is not needed any more, and those that keep memory."""
        for worker in list(self.idle):
            if worker.memory() > _MAX_KEPT:
                self.discard(worker)
        if self.idle and self._quick_workers > self._quick:
            self.discard(self.idle[0])

    def stop_starts(self) -> None:
        """Start no more workers."""
        self._starts.closed = True

    async def close(self) -> None:
        """End the workers."""
        await self._starts.close()
        for worker in list(self.workers):
            self.discard(worker)
        await asyncio.gather(*(worker.wait_ended() for worker in list(self._dying)))
        self._waiting.fail(PoolFull("the server stops"))
