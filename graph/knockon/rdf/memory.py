"""Watch the memory limit of the process, which the system ends without a message if it is exceeded."""

from __future__ import annotations

from pathlib import Path

from knockon.errors import LimitReached

#: What is made of triples (names, records, a database) takes five to eight times the memory of the triples themselves.
_SHARE = 0.1
_STATM = Path("/proc/self/statm")


class Memory:
    """Check that reading leaves memory for processing; without a limit (``ulimit -v``) nothing is checked."""

    def __init__(self) -> None:
        self.limit = _limit() if _STATM.exists() else None
        self.before = _used() if self.limit else 0

    def check(self, source: str, triples: int) -> None:
        """Raise LimitReached when too much is used."""
        if self.limit and _used() - self.before > _SHARE * (self.limit - self.before):
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
