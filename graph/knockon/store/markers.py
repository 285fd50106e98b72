"""The names of the files that make a folder a store."""

from __future__ import annotations

import os
from pathlib import Path

#: The file that lists the revisions of a store.
POINTER = "knockon-store.json"
#: The file that a process holds locked while it writes.
LOCK = "write.lock"


def is_store(folder: Path) -> bool:
    """Return whether a folder contains a store of Knock-on.

    >>> is_store(Path("no-such-folder"))
    False
    """
    return os.path.lexists(folder / POINTER) or os.path.lexists(folder / LOCK)
