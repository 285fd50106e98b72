"""The lock of a store folder: one process changes it at a time, any number read it without a lock."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from knockon.errors import StoreBusy, UsageError

if TYPE_CHECKING:
    from filelock import FileLock


def write_lock(folder: Path) -> FileLock:
    """Take the lock of a store folder, which is made if it is not there; the system lets go of it when the process ends.

    Raises
    ------
    StoreBusy
        Another process holds it.
    UsageError
        The folder cannot be written.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / "write.lock", timeout=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise StoreBusy(f"{folder} is being written by another process; try again when it is done") from None
    except OSError as error:
        raise UsageError(f"cannot write {folder}: {error.strerror}") from None
    return lock
