"""Check that a file or folder can be written, before work is done for it; missing parent folders are never created."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from knockon.errors import UsageError


def check_output_file(path: Path) -> None:
    """Check that a path can be written as a file.

    Raises
    ------
    UsageError
        It is a folder, its folder does not exist or cannot be written, or it is not a valid path.
    """
    try:
        with suppress(FileNotFoundError, NotADirectoryError):
            path.stat()  # reports links that form a loop; `resolve` does so before Python 3.13 only
        folder = path.resolve().parent
    except (OSError, ValueError) as error:
        # Too long, a NUL character, links that form a loop, a folder without read permission.
        name = str(path) if len(str(path)) <= 80 else f"{str(path)[:80]}..."
        raise UsageError(f"cannot write {name}: {_reason(error)}; name another file") from None
    if path.is_dir():
        raise UsageError(f"cannot write {path}: it is a folder; name a file in it")
    if not folder.is_dir():
        missing = path.parent if not path.parent.is_dir() else folder
        raise UsageError(f"cannot write {path}: the folder {missing} does not exist; create it first")
    # A file is written to a temporary file in its folder, which replaces it; a device or a pipe is written directly.
    if (path.is_file() or not path.exists()) and not os.access(folder, os.W_OK):
        raise UsageError(f"cannot write {path}: the folder {folder} may not be written; name another one")


def check_output_folder(path: Path) -> None:
    """Check that a folder exists or can be created in an existing one: a misspelt path must not create several folders.

    Raises
    ------
    UsageError
        Its parent folder does not exist.
    """
    parent = path.absolute().parent
    if not os.path.lexists(path) and not parent.is_dir():
        raise UsageError(f"cannot make the folder {path}: the folder {path.parent} does not exist; create it first")


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return "its links form a loop" if error.errno == errno.ELOOP else error.strerror or str(error)
    return str(error)


__all__ = ["check_output_file", "check_output_folder"]
