"""Earlier states of a store, which are named like ``store@2``."""

from __future__ import annotations

import os.path
from pathlib import Path
from shlex import quote

from knockon.errors import NotFound, UsageError
from knockon.model import DataSet
from knockon.store.markers import is_store


def parse_revision(text: str) -> tuple[Path, int] | None:
    """Parse ``store@2`` into the store and the revision number; None if it is not a revision."""
    parts = _parts(text)
    try:
        return parts if parts is not None and not Path(text).exists() and is_store(parts[0]) else None
    except (OSError, ValueError):  # too long, a NUL
        return None


def _parts(text: str) -> tuple[Path, int] | None:
    """Return what is before the last @ of a name, and the number after it; None where it has no such form."""
    folder, separator, number = text.rpartition("@")
    return (Path(folder), int(number)) if folder and separator and number.isascii() and number.isdecimal() else None


def read_revision(revision: tuple[Path, int]) -> tuple[DataSet, ...]:
    """Read the data sets of an earlier state of a store."""
    from knockon.store.folder import FolderStore

    folder, number = revision
    with FolderStore(folder) as store:
        return store.at(number)


def refuse_revision(text: str) -> None:
    """Refuse to write to an earlier state of a store.

    Raises
    ------
    UsageError
        ``text`` is the name of one, such as ``store@2``, or of the state of now.
    NotFound
        The store does not keep that state, or there is neither such a store nor a file or folder of the whole name.
    """
    if revision := parse_revision(text):
        from knockon.store.folder import FolderStore
        from knockon.store.revisions import find_revision

        folder, number = revision
        with FolderStore(folder) as store:
            history = store.history
        if find_revision(history, number) is history[0]:
            raise UsageError(f"{text} is the state of now of {folder}; to change it, name the store alone: {folder}")
        back = f"`knockon undo --to {number} --store {quote(str(folder))}` goes back to it"
        raise UsageError(f"{text} is an earlier state of {folder}, which nothing changes; {back}")
    if (parts := _parts(text)) and not os.path.lexists(text):
        hint = f"({text} would be a state of it, which nothing changes; to make the store, name it alone)"
        raise NotFound("store", str(parts[0]), hint=hint)
