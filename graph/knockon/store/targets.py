"""What may be written to: folders are never made in silence, and what cannot work is refused early."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from knockon.errors import UsageError


def check_target(path: Path) -> None:
    """Refuse early what cannot be written as a file: folders are never made in silence.

    Raises
    ------
    UsageError
        It is a folder, or the folder in which it would be is not there, or it can be no path.
    """
    try:
        with suppress(FileNotFoundError, NotADirectoryError):
            path.stat()  # names links in a loop; `resolve` does so before Python 3.13 only
        folder = path.resolve().parent
    except (OSError, ValueError) as error:
        # Too long, a NUL, links in a circle, a folder that is not ours to look at.
        name = str(path) if len(str(path)) <= 80 else f"{str(path)[:80]}..."
        raise UsageError(f"cannot write {name}: {_reason(error)}; name another file") from None
    if path.is_dir():
        raise UsageError(f"cannot write {path}: it is a folder; name a file in it")
    if not folder.is_dir():
        missing = path.parent if not path.parent.is_dir() else folder
        raise UsageError(f"cannot write {path}: the folder {missing} does not exist; create it first")
    # A file is written beside its place and moved there; a device or a pipe is written as it is.
    if (path.is_file() or not path.exists()) and not os.access(folder, os.W_OK):
        raise UsageError(f"cannot write {path}: the folder {folder} may not be written; name another one")


def check_folder(path: Path) -> None:
    """Refuse a folder to be made in one that is not there: a typing mistake would make them all.

    Raises
    ------
    UsageError
        The folder in which it would be is not there.
    """
    above = path.absolute().parent
    if not os.path.lexists(path) and not above.is_dir():
        raise UsageError(f"cannot make the folder {path}: the folder {path.parent} does not exist; create it first")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return "its links form a loop" if error.errno == errno.ELOOP else error.strerror or str(error)
    return str(error)


__all__ = ["check_folder", "check_target"]
