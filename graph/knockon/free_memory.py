"""Give memory that was freed back to the system, which the C library may hold on to."""

from __future__ import annotations

import ctypes
from contextlib import suppress


def return_free_memory() -> None:
    """Give free memory back to the system, where the C library can: that of Linux (``malloc_trim``).

    What follows in the same process would else take new memory beside what the library keeps for later.

    >>> return_free_memory()
    """
    # Other systems have no such library, or no such function in it.
    with suppress(OSError, TypeError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


__all__ = ["return_free_memory"]
