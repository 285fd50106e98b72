"""What a disk refuses, in our words: a full one is a limit (exit 5), anything else a wrong use (exit 2)."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from knockon.errors import KnockonError, LimitReached, UsageError

#: Error numbers of the disk by their texts: RocksDB reports the text alone.
_ERROR_NUMBERS = {
    os.strerror(number): number
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES, errno.EPERM, errno.EMFILE, errno.EFBIG)
}
#: What Arrow writes before the number and the text of the system.
_ARROW = "Detail: [errno "


def write_error(
    target: Path | str, error: OSError, *, outcome: str = "nothing was written", hint: str = "free some space"
) -> KnockonError:
    """Return our error for a file or folder that cannot be written.

    Parameters
    ----------
    target
        The file or folder, or its name as messages show it; it need not exist.
    error
        The error of the system, or of a library that writes.
    outcome, hint
        What a full disk did to the data, and what to do about it.

    Returns
    -------
    KnockonError
        LimitReached where the disk or its quota is used up, else UsageError.

    Examples
    --------
    >>> write_error(Path("no/such/out.csv"), OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    LimitReached('the disk of no/such/out.csv is full: nothing was written; free some space')
    >>> write_error(Path("out.csv"), OSError(errno.EACCES, os.strerror(errno.EACCES)))
    UsageError('cannot write out.csv: Permission denied')
    """
    number, reason = disk_error(error)
    if is_full(number):
        return LimitReached(f"{full_disk_message(target, number)}: {outcome}; {hint}")
    return UsageError(f"cannot write {target}: {reason}")


def temporary_error(error: OSError, folder: Path | str) -> KnockonError:
    """Return our error for a temporary file that cannot be written in a folder, which the environment can name.

    >>> temporary_error(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "no/tmp")
    LimitReached('the disk of no/tmp is full: a temporary file cannot be written; name another folder for it with TMPDIR')
    """
    hint = "name another folder for it with TMPDIR"
    number, reason = disk_error(error)
    if is_full(number):
        return LimitReached(f"{full_disk_message(folder, number)}: a temporary file cannot be written; {hint}")
    return UsageError(f"cannot write a temporary file: {reason}; {hint}")


def is_full(number: int | None) -> bool:
    """Return whether the number of an error of the system says that a disk, or a quota, is used up."""
    return number in {errno.ENOSPC, errno.EDQUOT}


def disk_error(error: OSError) -> tuple[int | None, str]:
    """Return the number and the text of an error of the disk, also where a library gives the text alone.

    >>> disk_error(OSError("IO error: No space left on device: While appending to file"))[1]
    'No space left on device'
    """
    for text, number in _ERROR_NUMBERS.items():
        if error.errno is None and text in str(error):
            return number, text
    if error.errno is not None and _ARROW in str(error):
        return error.errno, os.strerror(error.errno)
    return error.errno, error.strerror or str(error)


def full_disk_message(target: Path | str, number: int | None) -> str:
    """Return what is full: the disk of a file or folder, which need not exist, its quota, or its list of files."""
    if number == errno.EDQUOT:
        return f"the disk quota is used up where {target} is"
    place = Path(target).absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        disk = os.statvfs(place)
    except (AttributeError, OSError):
        return f"the disk of {target} is full"
    if disk.f_files and not disk.f_ffree and disk.f_bfree:
        return f"the disk of {target} is full: it can hold no more files"
    return f"the disk of {target} is full"


__all__ = ["disk_error", "full_disk_message", "is_full", "temporary_error", "write_error"]
