"""Keeping an eye on the worker while it answers: its time and its memory."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from knockon.sparql.limits import Limits
from knockon.worker.memory import memory_of

#: Seconds between two looks at the memory.
_INTERVAL = 0.02


class Watch:
    """Ends a process where a query goes beyond its time or memory; ``reason`` then says which."""

    def __init__(self, process: subprocess.Popen[bytes], limits: Limits) -> None:
        self._process, self._limits = process, limits
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._deadline = float("inf")
        self._most = float("inf")
        self.reason = ""
        self.begun = False

    def begin(self, resting: int) -> None:
        """Begin to count: the query runs from now on, in a process that takes ``resting`` bytes without it."""
        self.begun = True
        if self._limits.seconds is not None:
            self._deadline = time.monotonic() + self._limits.seconds
        if self._limits.memory is not None:
            self._most = resting + self._limits.memory
        if self._deadline != self._most:
            threading.Thread(target=self._look, daemon=True).start()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Do not count the time in which this process works for the worker."""
        began, deadline = time.monotonic(), self._deadline
        self._deadline = float("inf")
        try:
            yield
        finally:
            self._deadline = deadline + (time.monotonic() - began)

    def end(self) -> None:
        """Stop looking."""
        with self._lock:
            self._ended.set()

    def _look(self) -> None:
        while not self._ended.wait(max(min(_INTERVAL, self._deadline - time.monotonic()), 0)):
            reason = ""
            if time.monotonic() >= self._deadline:
                reason = "time"
            elif (memory_of(self._process.pid) or 0) > self._most:
                reason = "memory"
            with self._lock:
                if reason and not self._ended.is_set():
                    self.reason = reason
                    self._process.kill()
                    return
