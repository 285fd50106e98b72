"""Check disk space before a change of a store, and explain errors of a full or read-only disk."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knockon.errors import LimitReached, UsageError
from knockon.store.archive import source_path
from knockon.store.pointer import InvalidStore, Pointer, read_pointer
from knockon.text import format_bytes

#: The bytes on disk of a database without quads, and of each quad at least. Measured: quads of the bundled data take 210 to
#: 280 bytes, the densest that can be made (every subject with every predicate and every object) 93.
EMPTY_DATABASE, LEAST_PER_QUAD = 200_000, 80

_UNCHANGED = "nothing was changed"
#: What the disk may refuse, by the words for it: RocksDB hands on the words alone.
_REFUSALS = {
    os.strerror(number): number
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM, errno.EMFILE, errno.EFBIG)
}


@contextmanager
def disk_errors(folder: Path, before: Pointer | None = None) -> Iterator[None]:
    """Convert disk errors to messages that state what happened to the data.

    ``before`` is what the pointer file said before a change; without it none has begun.

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
        number, reason = refusal(error)
        if number in {errno.ENOSPC, errno.EDQUOT}:
            raise _refused(folder, before, _full(folder, number)) from None
        _, outcome = _outcome(before, _present(folder))
        raise UsageError(f"cannot write {folder}: {reason}: {outcome}") from None


def refusal(error: OSError) -> tuple[int | None, str]:
    """Return the number and the words of what the disk refuses, also where a library gives the words alone.

    >>> refusal(OSError("IO error: No space left on device: While appending to file"))[1]
    'No space left on device'
    """
    for words, number in _REFUSALS.items():
        if error.errno is None and words in str(error):
            return number, words
    return error.errno, error.strerror or str(error)


def check_room(folder: Path, before: Pointer, quads: int) -> None:
    """Refuse a change whose database certainly cannot fit on the disk, before it is built.

    Raises
    ------
    LimitReached
        Fewer bytes are free than ``quads`` take at the very least.
    """
    free, least = free_room(folder), EMPTY_DATABASE + LEAST_PER_QUAD * quads
    if free is not None and free < least:
        need = f"the database of {quads:,} quads needs at least {format_bytes(least)}, and {format_bytes(free)} are free"
        raise _refused(folder, before, f"the disk of {folder} has too little room: {need}")


def free_room(folder: Path) -> int | None:
    """Return the bytes that are free on the disk of a folder, with those kept back for root; None where nobody knows."""
    try:
        if hasattr(os, "statvfs"):
            disk = os.statvfs(folder)
            # File systems without a limit give 0 blocks in all.
            return disk.f_bfree * disk.f_frsize if disk.f_blocks else None
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def removable(folder: Path, pointer: Pointer | None) -> tuple[int, int]:
    """Return how many earlier revisions a store keeps, and the bytes of the sources that they alone need."""
    if pointer is None or not pointer.revisions:
        return 0, 0
    current = {one.source for one in pointer.revisions[0].data_sets}
    size = 0
    for source in {one.source for one in pointer.sources} - current:
        try:
            size += source_path(folder, source).stat().st_size
        except OSError:
            continue
    return len(pointer.revisions) - 1, size


def _full(folder: Path, number: int | None) -> str:
    if number == errno.EDQUOT:
        return f"the disk quota is used up where {folder} is"
    try:
        disk = os.statvfs(folder)
    except (AttributeError, OSError):
        return f"the disk of {folder} is full"
    if disk.f_files and not disk.f_ffree and disk.f_bfree:
        return f"the disk of {folder} is full: it can hold no more files"
    return f"the disk of {folder} is full"


def _refused(folder: Path, before: Pointer | None, why: str) -> LimitReached:
    now = _present(folder)
    changed, outcome = _outcome(before, now)
    if changed:
        return LimitReached(f"{why}: {outcome}")
    earlier, size = removable(folder, now)
    kept = f"; --keep 0 gives up {earlier} earlier revision{'s' * (earlier > 1)} ({format_bytes(size)})" if earlier else ""
    return LimitReached(f"{why}: {outcome}; free some room{kept}")


def _present(folder: Path) -> Pointer | None:
    try:
        return read_pointer(folder)
    except InvalidStore:
        return None


def _outcome(before: Pointer | None, now: Pointer | None) -> tuple[bool, str]:
    """Return whether a failed change took effect, and the text on what happened to the data."""
    if before is None:
        return False, _UNCHANGED
    old, new = (pointer.revisions if pointer else () for pointer in (before, now))
    if new[:1] != old[:1] and new:
        return True, "the change is made, and may be lost with a loss of power"
    given_up = len(old) - len(new)
    if given_up <= 0:
        return False, _UNCHANGED
    many = f"{given_up} earlier revisions were" if given_up > 1 else "1 earlier revision was"
    return False, f"the data are as before, and {many} given up"
