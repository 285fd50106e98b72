"""Earlier states of a store, which are named like ``store@2``."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

from knockon.errors import UsageError
from knockon.model import DataSet
from knockon.store.markers import is_store


def parse_revision(text: str) -> tuple[Path, int] | None:
    """Parse ``store@2`` into the store and the revision number; None if it is not a revision."""
    folder, separator, number = text.rpartition("@")
    if not (separator and number.isascii() and number.isdecimal()):
        return None
    try:
        is_revision = not Path(text).exists() and is_store(Path(folder))
    except (OSError, ValueError):  # too long, a NUL
        return None
    return (Path(folder), int(number)) if is_revision else None


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
        The store does not keep that state.
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
