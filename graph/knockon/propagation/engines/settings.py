"""How much memory, disk and processor an engine may take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from knockon.errors import UsageError

_UNITS = {
    "": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12,
    "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40,
}  # fmt: skip
_SIZE = re.compile(r"\s*(\d{1,20}(?:\.\d{1,20})?)\s*([a-z]*)\s*", re.ASCII)
#: The largest size in bytes: engines count in 64 bits.
_MAX_SIZE = 2**62
#: The least memory in bytes: Python and the libraries take half of it.
MIN_MEMORY = 500 * 10**6


@dataclass(frozen=True)
class EngineSettings:
    """How much memory, disk and processor an engine may take.

    Parameters
    ----------
    memory
        The most memory of the process: bytes, or a text such as ``"4GB"``; by default three quarters of the machine's.
    spill
        The folder for what does not fit into memory; by default that of the system for temporary files.
    spill_limit
        The most that may be written there: bytes, or a text; by default what is free on the disk.
    threads
        The number of cores; by default all.
    master
        Where an engine of several machines runs, such as ``local[2]``; the engines of one machine take none.

    Raises
    ------
    UsageError
        A size is not one, or too small to run with.

    Examples
    --------
    >>> EngineSettings(memory="1.5GB").memory_bytes
    1500000000
    """

    memory: int | str | None = None
    spill: str | Path | None = None
    spill_limit: int | str | None = None
    threads: int | None = None
    master: str | None = None

    def __post_init__(self) -> None:
        memory = self.memory_bytes
        if memory is not None and memory < MIN_MEMORY:
            raise UsageError(f"memory must be at least {MIN_MEMORY // 10**6} MB, not {self.memory!r}")
        self.spill_bytes  # noqa: B018 - checks it
        threads = self.threads
        if threads is not None and (isinstance(threads, bool) or not isinstance(threads, int) or threads < 1):
            raise UsageError(f"threads must be a whole number, 1 or more, not {threads!r}")

    @property
    def memory_bytes(self) -> int | None:
        """The most memory of the process, in bytes; None: a share of the machine's."""
        return None if self.memory is None else parse_size("memory", self.memory)

    @property
    def spill_bytes(self) -> int | None:
        """The most bytes in the folder for what does not fit into memory; None: what is free."""
        return None if self.spill_limit is None else parse_size("spill_limit", self.spill_limit)


def parse_size(name: str, size: int | str) -> int:
    """Return a number of bytes: a whole number, or a text with a unit (KB, MB, GB, TB; KiB, MiB, GiB, TiB), at most 4 EiB.

    Parameters
    ----------
    name
        What it is the size of, for messages.
    size
        The number or text.

    Raises
    ------
    UsageError
        It is not a size above 0, or too large.

    Examples
    --------
    >>> parse_size("memory", "4GB"), parse_size("memory", "512 MiB"), parse_size("memory", 1000)
    (4000000000, 536870912, 1000)
    >>> parse_size("memory", "a lot")
    Traceback (most recent call last):
    ...
    knockon.errors.UsageError: memory must be a size such as 4GB or 512MB, not 'a lot'
    """
    shown = size if isinstance(size, str) else str(size) if isinstance(size, int) and abs(size) <= _MAX_SIZE else ""
    match = None if isinstance(size, bool) else _SIZE.fullmatch(shown.lower())
    unit = _UNITS.get(match[2]) if match else None
    count = int(float(match[1]) * unit) if match and unit else 0
    if not 1 <= count <= _MAX_SIZE:
        what = repr(shown[:60]) if shown else f"something of the type {type(size).__name__}"
        raise UsageError(f"{name} must be a size such as 4GB or 512MB, not {what}")
    return count


__all__ = ["MIN_MEMORY", "EngineSettings", "parse_size"]
