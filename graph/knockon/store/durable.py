"""Files that are on the disk before anything points at them, so that a loss of power loses nothing either."""

from __future__ import annotations

import os
from pathlib import Path


def write_durably(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all, and return once it and its name are on the disk."""
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Wait until a file, or the list of names in a folder, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Wait until the files of a folder, their names and the name of the folder itself are on the disk."""
    for path in sorted(folder.iterdir()):
        sync(path)
    sync(folder)
    sync(folder.parent)
