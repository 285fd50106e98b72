"""Measure the memory of a process, and set system limits on memory and time."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from knockon.sparql.limits import Limits

#: The bytes beyond the limit of a query at which the system refuses memory; the parent should stop the query before.
_SLACK = 2**28
#: Options of mallopt(3), and the bytes of a piece that gets memory of its own.
_MMAP_THRESHOLD, _ARENA_MAX, _LARGE = -3, -8, 2**19
#: The seconds of processor time beyond the limit after which the system ends the process.
_GRACE = 10


def memory_of(process: int | str) -> int | None:
    """Return the private memory of a process in bytes; None if the system does not report it."""
    try:
        # Without a file object, which asks the system five times: a server reads this for each query that runs, every 20 ms.
        descriptor = os.open(f"/proc/{process}/statm", os.O_RDONLY)
        try:
            fields = os.read(descriptor, 200).split()
        finally:
            os.close(descriptor)
    except OSError:
        return None
    return (int(fields[1]) - int(fields[2])) * _page_size()


def _page_size() -> int:
    import resource

    return resource.getpagesize()


def return_memory() -> None:
    """Give memory that this process has freed back to the system; the allocator of Linux keeps much of it otherwise."""
    if sys.platform != "linux":
        return
    import ctypes

    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def keep_memory_small() -> None:
    """Let the allocator of Linux give large pieces back when they are freed, and share its heaps between threads.

    It would put larger and larger pieces into heaps, of which what lies between two that stay is never given back, and would
    give each thread a heap of its own.
    """
    if sys.platform != "linux":
        return
    import ctypes

    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(_MMAP_THRESHOLD, _LARGE)
        libc.mallopt(_ARENA_MAX, 2)


def bound_memory(limits: Limits) -> None:
    """Set a system limit on the memory of this process, above the limit of a query."""
    if sys.platform != "linux":
        return
    import resource

    with suppress(OSError, ValueError):
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        soft = hard
        if limits.memory is not None:
            # The memory that counts towards the limit.
            now = int(Path("/proc/self/statm").read_bytes().split()[5]) * _page_size()
            soft = now + limits.memory + _SLACK
        resource.setrlimit(resource.RLIMIT_DATA, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


class TimeBound:
    """A system limit on the processor time of this process, above the limit of a query, in case its parent is suspended.

    The system takes longer to set a limit than to tell the time, so a limit that is about right stays.
    """

    def __init__(self) -> None:
        self._soft = float("inf")

    def set(self, seconds: float | None) -> None:
        """Set the limit for the next query."""
        if sys.platform == "win32":
            return
        needed = float("inf") if seconds is None else time.process_time() + seconds
        if needed + _GRACE / 2 <= self._soft <= needed + _GRACE:
            return
        import resource

        with suppress(OSError, ValueError):
            hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
            soft = hard if seconds is None else int(needed) + _GRACE
            soft = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
            resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
            self._soft = float("inf") if seconds is None else soft
