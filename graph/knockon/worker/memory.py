"""Measure the memory of a process, and set system limits on memory and time."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

from knockon.sparql.limits import Limits

#: How far beyond its limit a query may be before the system itself refuses memory, in bytes: the parent should be first.
_SLACK = 2**28
#: Seconds of processor time beyond the limit, after which the system itself ends the process.
_GRACE = 10


def memory_of(process: int | str) -> int | None:
    """Return the bytes of memory that a process has for itself; None where the system does not tell."""
    try:
        fields = Path(f"/proc/{process}/statm").read_bytes().split()
    except OSError:
        return None
    return (int(fields[1]) - int(fields[2])) * _page()


def _page() -> int:
    import resource

    return resource.getpagesize()


def bound_memory(limits: Limits) -> None:
    """Set a system limit on the memory of this process, above that of one query."""
    if sys.platform != "linux":
        return
    import resource

    with suppress(OSError, ValueError):
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        soft = hard
        if limits.memory is not None:
            # Private memory, as the limit counts it.
            now = int(Path("/proc/self/statm").read_bytes().split()[5]) * _page()
            soft = now + limits.memory + _SLACK
        resource.setrlimit(resource.RLIMIT_DATA, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def bound_time(limits: Limits) -> None:
    """Let the system end this process if it goes on long after the time of one query: its parent may be stopped."""
    if sys.platform == "win32":
        return
    import resource

    with suppress(OSError, ValueError):
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        soft = hard
        if limits.seconds is not None:
            used = resource.getrusage(resource.RUSAGE_SELF)
            soft = int(used.ru_utime + used.ru_stime + limits.seconds) + _GRACE
        resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))
