"""Replace a folder by a new one at once: an older one stays complete until then, also where the process is killed."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from knockon.store.atomic_write import abandoned_files, temporary_folder

#: The name of a folder while a new one takes its place.
_OLD = "old"


def move_into_place(beside: Path, path: Path) -> None:
    """Move a finished folder into place; an older one stays complete until then.

    Parameters
    ----------
    beside
        The new folder, in the same parent as ``path``.
    path
        Where it belongs.

    Raises
    ------
    OSError
        The folder cannot be moved; the older one is still there.
    """
    beside.chmod(0o755)
    if not path.exists():
        beside.rename(path)
        return
    with temporary_folder(path) as old:
        path.rename(old / _OLD)
        try:
            os.replace(beside, path)  # noqa: PTH105 - the target is free, and replace says so where it is not
        except BaseException:
            (old / _OLD).rename(path)
            raise


def restore(path: Path) -> None:
    """Move a folder back that a process had moved aside before it was killed."""
    if path.exists():
        return
    for old in abandoned_files(path):
        with suppress(OSError):
            (old / _OLD).rename(path)
            return
