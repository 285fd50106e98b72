"""The description of a store that the worker receives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True, slots=True)
class Handover:
    """The content of a store, for another process.

    Parameters
    ----------
    key
        A name for this content: other content, another key.
    write
        Writes it as N-Quads into a stream.
    folder
        The database on the disk that holds the same, if there is one; it is opened instead, for reading.
    """

    key: str
    write: Callable[[IO[bytes]], object]
    folder: Path | None = None


#: No data at all: what is asked of it shows whether a query can be run.
NOTHING = Handover("", lambda _: None)
