"""The content of a store, in the form in which a worker receives it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO


@dataclass(frozen=True, slots=True)
class StoreContent:
    """The content of a store for another process: a database to open, or quads to send.

    Parameters
    ----------
    key
        A unique name of this content, for caching.
    write
        Writes the quads as N-Quads into a stream.
    folder
        The database on disk with the same content, if there is one; the worker opens it read-only instead.
    quads
        What ``write`` writes, if it is at hand: the other process holds it in memory, and does not open the folder.
    """

    key: str
    write: Callable[[IO[bytes]], object]
    folder: Path | None = None
    quads: bytes | None = field(default=None, repr=False, compare=False)


#: No data, to check whether a query can be run.
EMPTY = StoreContent("", lambda _: None)
