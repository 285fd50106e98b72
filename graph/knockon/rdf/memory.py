"""Check the memory limit of the process, since the system ends the process without a message if it is exceeded."""

from __future__ import annotations

from pathlib import Path

from knockon.errors import LimitReached

#: The part of the available memory that triples may use: records and the database built from them take five to eight times
#: as much as the triples.
_MAX_PART = 0.1
_STATM = Path("/proc/self/statm")


class Memory:
    """Checker that reading leaves enough memory for processing; without a limit (``ulimit -v``) nothing is checked."""

    def __init__(self) -> None:
        self.limit = _limit() if _STATM.exists() else None
        self.before = _used() if self.limit else 0

    def check(self, source: str, triples: int) -> None:
        """Raise LimitReached if too much memory is used."""
        if self.limit and _used() - self.before > _MAX_PART * (self.limit - self.before):
            raise LimitReached(
                f"{source}: its first {triples:,} triples take a tenth of the memory that this process may use "
                f"({self.limit >> 20:,} MB); the rest is needed to load them: split the file, or raise the limit (ulimit -v)"
            )


def _limit() -> int | None:
    try:
        import resource
    except ImportError:  # not on Windows
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if soft == resource.RLIM_INFINITY else soft


def _used() -> int:
    import resource

    return int(_STATM.read_text().split()[0]) * resource.getpagesize()
