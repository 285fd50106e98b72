"""Waiting for a worker: until one is free, the client hangs up, or the time that a query may take is over."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

from knockon.errors import PoolFull
from knockon.serve.lanes import Lane
from knockon.serve.query_history import Expectation
from knockon.serve.query_request import ClientGone, Gone
from knockon.worker.event_loop import LoopWorker

#: Seconds between two looks at a client that waits.
_TICK = 0.2
#: The most seconds that a request waits where queries may take any time.
_MAX_WAIT = 600.0


class WorkerWaits:
    """The requests that wait for a worker.

    Parameters
    ----------
    background
        Lets a coroutine run.
    """

    def __init__(self, background: Callable[[Coroutine[Any, Any, None]], None]) -> None:
        self._background = background
        #: The requests that were refused: too many waited, or no worker became free in time.
        self.refused = 0

    async def wait(
        self, lane: Lane, client: str, gone: Gone | None, seconds: float | None, expected: Expectation
    ) -> LoopWorker:
        """Wait for a worker, which the caller releases.

        Parameters
        ----------
        lane
            The workers.
        client
            The address of the client.
        gone
            Returns whether the client has hung up: asked from time to time.
        seconds
            The most seconds that the query may take, and so its client waits; None: any time, of which the client waits a part.
        expected
            What is expected of the query.

        Raises
        ------
        PoolFull
            Too many requests wait already, or no worker became free in time.
        ClientGone
            The client has hung up.
        KnockonError
            No worker can be started.
        """
        try:
            request = lane.wait(client, expected)
        except PoolFull:
            self.refused += 1
            raise
        end = time.monotonic() + (seconds or _MAX_WAIT)
        # Most requests wait for a moment only, in which nothing has to be watched.
        timer = asyncio.get_running_loop().call_later(_TICK, lambda: self._background(self._watch(request, gone, end)))
        try:
            return await request
        except BaseException:
            if not request.cancel() and not request.cancelled() and request.exception() is None:
                lane.release(request.result(), expected.seconds)
            raise
        finally:
            timer.cancel()

    async def _watch(self, request: asyncio.Future[LoopWorker], gone: Gone | None, end: float) -> None:
        """End the waiting of a request whose client hangs up, or which waits for too long."""
        while not request.done():
            error: Exception | None = None
            try:
                if gone is not None and await gone():
                    error = ClientGone()
            except Exception as problem:
                error = problem
            if error is None and time.monotonic() > end:
                error = PoolFull("no worker became free in time; try again later")
            if error is None:
                await asyncio.wait((request,), timeout=_TICK)
            elif not request.done():
                self.refused += isinstance(error, PoolFull)
                request.set_exception(error)


__all__ = ["WorkerWaits"]
