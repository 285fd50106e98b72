"""Starts worker processes; where they fail, later and later, until one starts."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable

from knockon.errors import KnockonError
from knockon.worker.event_loop import LoopWorker

#: The greatest delay in seconds before a worker is started after others have failed to start.
_MAX_DELAY = 5.0
#: The failures after which nobody waits for the next one.
_MOST_FAILURES = 2


class WorkerStarts:
    """The workers that are being started; ``len`` is their number.

    Parameters
    ----------
    launch
        Starts a worker and prepares it.
    started
        Receives each worker that is ready.
    failed
        Receives the error when workers have failed to start again and again.
    """

    def __init__(
        self,
        launch: Callable[[], Awaitable[LoopWorker]],
        started: Callable[[LoopWorker], None],
        failed: Callable[[KnockonError], None],
    ) -> None:
        self._launch, self._started, self._failed = launch, started, failed
        self._tasks: set[asyncio.Task[None]] = set()
        self._failures = 0
        #: Whether no more workers are started.
        self.closed = False

    def __len__(self) -> int:
        return len(self._tasks)

    def begin(self, count: int) -> None:
        """Begin to start some workers; none if the number is negative, or when closed."""
        for _ in range(0 if self.closed else count):
            task = asyncio.get_running_loop().create_task(self._start())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _start(self) -> None:
        while not self.closed:
            if self._failures:
                await asyncio.sleep(min(0.05 * 2**self._failures, _MAX_DELAY))
            try:
                worker = await self._launch()
            except Exception as error:
                if not self.closed:
                    self._fail(error)
                continue
            self._failures = 0
            self._started(worker)
            return

    def _fail(self, error: Exception) -> None:
        """Count a worker that could not be started; from the second one on, pass on the error, which is printed once."""
        self._failures += 1
        message = f"no process for queries can be started: {error}"
        if self._failures == _MOST_FAILURES:
            sys.stderr.write(f"{message}\n")
        if self._failures >= _MOST_FAILURES:
            self._failed(KnockonError(message))

    async def close(self) -> None:
        """Start no more workers, and give up those that are being started."""
        self.closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


__all__ = ["WorkerStarts"]
