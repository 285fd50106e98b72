"""The write lock of a store folder: one process at a time changes it; reading needs no lock."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from knockon.errors import StoreBusy, UsageError
from knockon.store.atomic_write import create_folder
from knockon.store.disk_space import disk_errors
from knockon.store.markers import LOCK

if TYPE_CHECKING:
    from filelock import FileLock


def write_lock(folder: Path) -> FileLock:
    """Create a store folder if needed, and acquire its lock; the system releases the lock when the process ends.

    Raises
    ------
    StoreBusy
        Another process holds the lock.
    LimitReached
        The disk is full.
    UsageError
        The folder cannot be written.
    """
    from filelock import FileLock, Timeout

    path = folder / LOCK
    lock = FileLock(path, timeout=0)
    is_new = not folder.exists()
    with disk_errors(folder):
        while True:
            create_folder(folder)
            if path.is_symlink():  # older versions of filelock truncate the file that it leads to
                raise UsageError(f"cannot write {folder}: {path} is a link; remove it")
            try:
                lock.acquire()
            except Timeout:
                raise StoreBusy(f"{folder} is being written by another process; try again when it is done") from None
            except OSError:
                if is_new:
                    with suppress(OSError):
                        folder.rmdir()
                raise
            if path.exists():
                return lock
            # Who held it has removed the folder, into which nothing was put, and the file with it.
            lock.release()
