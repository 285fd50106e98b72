"""Check disk space before a change of a store, and explain errors of a full or read-only disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knockon.errors import LimitReached, UsageError
from knockon.store.archive import source_path
from knockon.store.invalid_store import InvalidStore
from knockon.store.pointer import Pointer, read_pointer
from knockon.store.write_errors import disk_error, full_disk_message, is_full
from knockon.text import format_bytes

#: The bytes on disk of a database without quads, and of each quad at least. Measured: quads of the bundled data take 210 to
#: 280 bytes, the densest that can be made (every subject with every predicate and every object) 93.
EMPTY_DATABASE, LEAST_PER_QUAD = 200_000, 80

_UNCHANGED = "nothing was changed"


@contextmanager
def disk_errors(folder: Path, before: Pointer | None = None) -> Iterator[None]:
    """Convert disk errors to messages that state what happened to the data.

    ``before`` is the content of the pointer file before the change; None states that no change has begun.

    Raises
    ------
    LimitReached
        The disk is full.
    UsageError
        The folder cannot be written for another reason.
    """
    try:
        yield
    except OSError as error:
        number, reason = disk_error(error)
        if is_full(number):
            raise _limit_error(folder, before, full_disk_message(folder, number)) from None
        _, outcome = _outcome(before, _current_pointer(folder))
        raise UsageError(f"cannot write {folder}: {reason}: {outcome}") from None


def check_disk_space(folder: Path, before: Pointer, quads: int) -> None:
    """Refuse a change whose database certainly cannot fit on the disk, before it is built.

    Raises
    ------
    LimitReached
        Fewer bytes are free than a database of ``quads`` quads takes at least.
    """
    free, least = free_bytes(folder), EMPTY_DATABASE + LEAST_PER_QUAD * quads
    if free is not None and free < least:
        need = f"the database of {quads:,} quads needs at least {format_bytes(least)}, and {format_bytes(free)} are free"
        raise _limit_error(folder, before, f"the disk of {folder} has too little space: {need}")


def free_bytes(folder: Path) -> int | None:
    """Return the free bytes on the disk of a folder, including those reserved for root; None if the system does not tell."""
    try:
        if hasattr(os, "statvfs"):
            disk = os.statvfs(folder)
            # File systems without a limit give 0 blocks in all.
            return disk.f_bfree * disk.f_frsize if disk.f_blocks else None
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def earlier_revisions(folder: Path, pointer: Pointer | None) -> tuple[int, int]:
    """Return the number of earlier revisions of a store, and the bytes of the sources that only they use."""
    if pointer is None or not pointer.revisions:
        return 0, 0
    current = {data_set.source for data_set in pointer.revisions[0].data_sets}
    size = 0
    for source in {data_set.source for data_set in pointer.sources} - current:
        try:
            size += source_path(folder, source).stat().st_size
        except OSError:
            continue
    return len(pointer.revisions) - 1, size


def _limit_error(folder: Path, before: Pointer | None, reason: str) -> LimitReached:
    """Create the error for a full disk: the reason, what happened to the data, and how to free space."""
    after = _current_pointer(folder)
    changed, outcome = _outcome(before, after)
    if changed:
        return LimitReached(f"{reason}: {outcome}")
    earlier, size = earlier_revisions(folder, after)
    hint = f"; --keep 0 removes {earlier} earlier revision{'s' * (earlier > 1)} ({format_bytes(size)})" if earlier else ""
    return LimitReached(f"{reason}: {outcome}; free some space{hint}")


def _current_pointer(folder: Path) -> Pointer | None:
    try:
        return read_pointer(folder)
    except InvalidStore:
        return None


def _outcome(before: Pointer | None, after: Pointer | None) -> tuple[bool, str]:
    """Return whether a failed change took effect, and the text on what happened to the data."""
    if before is None:
        return False, _UNCHANGED
    old, new = (pointer.revisions if pointer else () for pointer in (before, after))
    if new[:1] != old[:1] and new:
        return True, "the change is made, but a power failure may undo it"
    removed = len(old) - len(new)
    if removed <= 0:
        return False, _UNCHANGED
    subject = f"{removed} earlier revisions were" if removed > 1 else "1 earlier revision was"
    return False, f"the data are as before, and {subject} removed"
