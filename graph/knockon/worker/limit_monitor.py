"""Monitor the time and memory of one query."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from knockon.sparql.limits import Limits
from knockon.worker.memory import memory_of

#: Seconds between two checks.
_INTERVAL = 0.02


class LimitMonitor:
    """Monitor that reports when a query exceeds its time or memory.

    Parameters
    ----------
    process
        The id of the process that answers the query.
    limits
        The limits on its time and memory.
    """

    def __init__(self, process: int, limits: Limits) -> None:
        self._process, self._limits = process, limits
        self._deadline = self._max_memory = float("inf")
        #: The time of the next check, on the monotonic clock.
        self.next_check = time.monotonic() + _INTERVAL
        self.reason = ""
        self.started = False

    def start(self, idle_memory: int) -> None:
        """Start or restart the limits: the query runs from now on, in a process that uses ``idle_memory`` bytes without it."""
        self.started = True
        if self._limits.seconds is not None:
            self._deadline = time.monotonic() + self._limits.seconds
        if self._limits.memory is not None:
            self._max_memory = idle_memory + self._limits.memory

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Exclude the time inside, in which this process works for the worker."""
        start = time.monotonic()
        yield
        self._deadline += time.monotonic() - start

    def exceeded(self) -> str:
        """Return the limit that the query exceeds, ``time`` or ``memory``; empty if it exceeds none."""
        now = time.monotonic()
        self.next_check = now + _INTERVAL
        if now >= self._deadline:
            self.reason = "time"
        elif (memory_of(self._process) or 0) > self._max_memory:
            self.reason = "memory"
        return self.reason
