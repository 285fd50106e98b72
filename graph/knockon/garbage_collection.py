"""Pause the search for cycles of objects while many are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: The first search looks through fewer new objects in some milliseconds.
_MANY = 100_000


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Pause the search for cycles of objects: records and indexes form none, and each search looks through all of them.

    >>> with without_garbage_collection():
    ...     gc.isenabled()
    False
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            if gc.get_count()[0] > _MANY:
                _grow_old()
            gc.enable()


def _grow_old() -> None:
    """Let what was made become old unseen: the first search would look through all of it."""
    # Counting what is frozen goes through all of it, which takes longer than many a small import.
    frozen = gc.get_freeze_count()
    gc.freeze()
    if not frozen:
        gc.unfreeze()


__all__ = ["without_garbage_collection"]
