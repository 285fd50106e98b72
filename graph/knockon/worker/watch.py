"""Watch the time and memory of one query."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from knockon.sparql.limits import Limits
from knockon.worker.memory import memory_of

#: Seconds between two looks.
_INTERVAL = 0.02


class Watch:
    """Monitor that reports when a query exceeds its time or memory.

    Parameters
    ----------
    process
        The number of the process that answers it.
    limits
        What it may take.
    """

    def __init__(self, process: int, limits: Limits) -> None:
        self._process, self._limits = process, limits
        self._deadline = self._most = float("inf")
        #: When to look next.
        self.due = time.monotonic() + _INTERVAL
        self.reason = ""
        self.begun = False

    def begin(self, resting: int) -> None:
        """Begin to count, or begin anew: the query runs from now on, in a process that takes ``resting`` bytes without it."""
        self.begun = True
        if self._limits.seconds is not None:
            self._deadline = time.monotonic() + self._limits.seconds
        if self._limits.memory is not None:
            self._most = resting + self._limits.memory

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Do not count the time in which this process works for the worker."""
        began = time.monotonic()
        yield
        self._deadline += time.monotonic() - began

    def look(self) -> str:
        """Return ``time`` or ``memory`` where the query has gone beyond it, else an empty string."""
        now = time.monotonic()
        self.due = now + _INTERVAL
        if now >= self._deadline:
            self.reason = "time"
        elif (memory_of(self._process) or 0) > self._most:
            self.reason = "memory"
        return self.reason
