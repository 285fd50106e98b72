"""The requests that wait for a worker: a queue for each speed that is expected of them."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from knockon.errors import KnockonError, PoolFull
from knockon.serve.fair_queue import FairQueue
from knockon.serve.query_history import Expectation, Speed
from knockon.worker.event_loop import LoopWorker

#: In the order in which they are served.
SPEEDS: tuple[Speed, ...] = ("long", "unknown", "quick")


class Waiting(NamedTuple):
    """A request that waits for a worker, and what is expected of it."""

    worker: asyncio.Future[LoopWorker]
    expected: Expectation


class RequestQueues:
    """The requests that wait, by their speed; ``len`` is their number.

    Parameters
    ----------
    most
        The number of requests of one speed that wait.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._queues: dict[Speed, FairQueue[Waiting]] = {speed: FairQueue() for speed in SPEEDS}

    def __len__(self) -> int:
        return sum(map(len, self._queues.values()))

    def of(self, speed: Speed) -> FairQueue[Waiting]:
        """Return the queue of a speed."""
        return self._queues[speed]

    @property
    def crowded(self) -> bool:
        """Whether requests wait for those that run to end, or to turn out to be long."""
        return bool(self._queues["unknown"] or self._queues["quick"])

    def put(self, client: str, expected: Expectation) -> asyncio.Future[LoopWorker]:
        """Return a future of a worker for a query of a client, given by its address.

        Raises
        ------
        PoolFull
            Too many requests wait already.
        """
        queue = self._queues[expected.speed]
        if len(queue) >= self._most:
            raise PoolFull("all workers are busy, and too many requests wait already; try again later")
        future: asyncio.Future[LoopWorker] = asyncio.get_running_loop().create_future()
        queue.put(client, Waiting(future, expected))
        return future

    def fail(self, error: KnockonError) -> None:
        """Let all requests fail."""
        for queue in self._queues.values():
            while queue:
                if not (request := queue.pop().worker).done():
                    request.set_exception(error)


__all__ = ["SPEEDS", "RequestQueues"]
