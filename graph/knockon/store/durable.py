"""Files that are on the disk before anything points at them, so that a loss of power loses nothing either."""

from __future__ import annotations

import os
from pathlib import Path


def write_durably(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all, and return once it and its name are on the disk."""
    beside = path.with_name(path.name + ".new")
    # What is there is the leaving of a writer that was killed, or a link that must not be followed.
    beside.unlink(missing_ok=True)
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
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


def make_folder(folder: Path) -> None:
    """Make a folder and those above it that are missing, and return once their names are on the disk."""
    missing = []
    place = folder.absolute()
    while not place.exists():
        missing.append(place)
        place = place.parent
    folder.mkdir(parents=True, exist_ok=True)
    for one in reversed(missing):
        sync(one.parent)
