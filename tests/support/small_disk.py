"""A small disk of its own for a test, and what fills it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """A disk of 8 MB and 200 files at a new folder; the test is skipped where none can be made."""
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m,nr_inodes=200", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("no small disk: mounting one needs root and a system that lets it")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def filler(disk: Path, left: int) -> Path:
    """Fill a disk except for a number of bytes."""
    path = disk / "filler"
    path.unlink(missing_ok=True)
    here = os.statvfs(disk)
    with path.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(here.f_bfree * here.f_frsize - left, 1))
    return path
