"""Open regular files only, so that a pipe or device that somebody else placed there cannot block the reader."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from io import BufferedReader
from pathlib import Path

#: Opening a pipe must return at once, and bytes must stay unchanged on Windows.
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def open_regular(path: Path) -> BufferedReader:
    """Open a file for reading.

    Raises
    ------
    OSError
        It cannot be opened, or it is a folder, a pipe or a device.
    """
    handle = os.open(path, _FLAGS)
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is not a regular file", str(path))
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def read_regular(path: Path, most: int) -> bytes:
    """Read a file of at most ``most`` bytes.

    Raises
    ------
    OSError
        It cannot be read, is not a regular file, or is larger.
    """
    with open_regular(path) as file:
        if os.fstat(file.fileno()).st_size > most:
            raise OSError(errno.EFBIG, f"it is longer than {most:,} bytes", str(path))
        return file.read()


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the content of a regular file; OSError as for ``open_regular``."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
