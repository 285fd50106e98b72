"""A folder for the temporary files of one run, which nobody has to remove: not after an error, and not after a kill."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from knockon.errors import UsageError
from knockon.store.atomic_write import create_folder, temporary_folder
from knockon.store.write_errors import is_full, write_error

#: The name that all runs share: the next one finds the folders of those that were killed by it.
_NAME = "engine"


@contextmanager
def working_folder(parent: str | Path | None) -> Iterator[Path]:
    """Create a folder for the temporary files of a run; on exit it is removed with all that is in it.

    Folders that killed runs left in the same parent are removed first; those of runs that go on are not.

    Parameters
    ----------
    parent
        The folder to create it in, which is created where it is missing; by default that of the system for such files.

    Raises
    ------
    LimitReached
        The disk is full.
    UsageError
        The folder cannot be created.

    Examples
    --------
    >>> with working_folder(None) as folder:
    ...     folder.is_dir()
    True
    >>> folder.exists()
    False
    """
    place = Path(parent) if parent is not None else Path(tempfile.gettempdir())
    try:
        create_folder(place)
        context = temporary_folder(place.resolve() / _NAME)
        folder = context.__enter__()
    except OSError as error:
        if is_full(error.errno):
            raise write_error(place, error, hint="name another folder with --spill, or free some space") from None
        raise UsageError(f"cannot create a folder for temporary files in {place}: {error.strerror}") from None
    try:
        yield folder
    finally:
        context.__exit__(None, None, None)


def free_space(folder: Path) -> int:
    """Return the number of bytes that are free on the disk of a folder."""
    return shutil.disk_usage(folder).free


__all__ = ["free_space", "working_folder"]
