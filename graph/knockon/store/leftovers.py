"""Find and remove the files that killed changes left in a store folder; files of other programs are kept."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from knockon.store.archive import FOLDER as ARCHIVE
from knockon.store.archive import NAME as SOURCE
from knockon.store.archive import source_path
from knockon.store.invalid_store import InvalidStore
from knockon.store.markers import LOCK, POINTER
from knockon.store.pointer import DATABASE, read_pointer

#: The temporary pointer files of this format and of format 1.
_TEMPORARY_POINTERS = (f"{POINTER}.new", "knockon-store.new")
#: The names in the folder of a revision: its database, what is derived from it, and the sources in format 1.
_REVISION_CONTENT = {"db", "kept", "sources"}


def leftovers(folder: Path) -> list[Path]:
    """Return the databases and files of killed changes: those with names of a store that the pointer file does not list.

    If the pointer file is damaged or lost, none are returned, since it is unknown which files are in use.
    """
    try:
        pointer = read_pointer(folder)
    except InvalidStore:
        return []
    if pointer is None and has_lost_pointer(folder):
        return []
    used = {source_path(folder, data_set.source).name for data_set in pointer.sources} if pointer else set()
    if pointer and pointer.database:
        used.add(pointer.database.folder)
    with suppress(OSError):
        return [path for path in _store_files(folder) if path.name not in used]
    return []


def has_lost_pointer(folder: Path) -> bool:
    """Return whether a folder contains sources but no pointer file: it was a store."""
    return (folder / ARCHIVE).exists() or any(folder.glob("revision-*/sources"))


def _store_files(folder: Path) -> Iterator[Path]:
    """Yield the databases, sources and temporary files of a store folder."""
    for path in sorted(folder.iterdir()):
        if path.name in _TEMPORARY_POINTERS:
            if path.is_symlink() or path.is_file():
                yield path
        # A folder with this name and other content does not belong to the store.
        elif (
            DATABASE.fullmatch(path.name) and _is_folder(path) and {entry.name for entry in path.iterdir()} <= _REVISION_CONTENT
        ):
            yield path
    archive = folder / ARCHIVE
    # A linked folder may belong to another store.
    for path in sorted(archive.iterdir()) if _is_folder(archive) else ():
        if SOURCE.fullmatch(path.name.removesuffix(".new")) and (path.is_symlink() or path.is_file()):
            yield path


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def sweep(folder: Path) -> None:
    """Remove the leftovers, as far as possible; the caller must hold the lock."""
    for path in leftovers(folder):
        if _is_folder(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


def remove_blank(folder: Path) -> None:
    """Remove a store folder into which nothing was ever put, if nothing else is in it; the caller must hold the lock."""
    with suppress(OSError, InvalidStore):
        pointer = read_pointer(folder)
        if (pointer is not None and pointer.revisions) or {path.name for path in folder.iterdir()} - {LOCK, POINTER, ARCHIVE}:
            return
        with suppress(FileNotFoundError):
            (folder / ARCHIVE).rmdir()  # an error where something is in it, which then stays with all the rest
        (folder / POINTER).unlink(missing_ok=True)
        (folder / LOCK).unlink(missing_ok=True)
        folder.rmdir()
