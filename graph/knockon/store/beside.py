"""Files and folders that are written beside their place and then moved there; those of writers that were killed are removed.

Who writes one holds a lock on it, which the system lets go of when the process ends: so the next writer of the same place
knows what nobody will finish. Where the system has no such locks, nothing is removed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from knockon.model.base import digest

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

#: Bytes of a name that still leave room for what is put around it.
_LONGEST_NAME = 200


@contextmanager
def file_beside(target: Path) -> Iterator[Path]:
    """Make an empty file in the folder of ``target``, with the permissions of a new one; at the end it is gone if still there.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    sweep_beside(target)
    held = False
    while not held:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=_prefix(target))
        path = Path(name)
        held = _hold(handle, path)
    try:
        mask = os.umask(0)
        os.umask(mask)
        path.chmod(0o666 & ~mask)
        yield path
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


@contextmanager
def folder_beside(target: Path) -> Iterator[Path]:
    """Make an empty folder in the folder of ``target``; at the end it is gone if it is still there.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    sweep_beside(target)
    handle, held = None, False
    while not held:
        path = Path(tempfile.mkdtemp(dir=target.parent, prefix=_prefix(target)))
        if fcntl is None:
            break
        handle = os.open(path, os.O_RDONLY)
        held = _hold(handle, path)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        if handle is not None:
            os.close(handle)


def abandoned_beside(target: Path) -> list[Path]:
    """Return what writers of ``target`` that were killed have left beside it."""
    with suppress(OSError):
        found = [path for path in target.parent.iterdir() if path.name.startswith(_prefix(target))]
        return sorted(path for path in found if not path.is_symlink() and _abandoned(path))
    return []


def sweep_beside(target: Path) -> None:
    """Remove what writers of ``target`` that were killed have left beside it."""
    for path in abandoned_beside(target):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


def _prefix(target: Path) -> str:
    name = target.name if len(os.fsencode(target.name)) <= _LONGEST_NAME else digest(target.name)
    return f".{name}.knockon-"


def _hold(handle: int, path: Path) -> bool:
    """Lock what was just made; False, and closed, if another writer took it for abandoned in between."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return False
    except OSError:  # a file system without locks
        return True
    if path.exists():
        return True
    os.close(handle)
    return False


def _abandoned(path: Path) -> bool:
    """Whether nobody holds the lock."""
    if fcntl is None:
        return False
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(handle)
