"""Find and remove the files that killed changes left in a store folder; other files stay."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from knockon.store.archive import FOLDER as ARCHIVE
from knockon.store.archive import NAME as SOURCE
from knockon.store.archive import source_path
from knockon.store.markers import POINTER
from knockon.store.pointer import DATABASE, InvalidStore, read_pointer

#: The half-written pointer files of this format and of format 1.
_HALF_WRITTEN = (f"{POINTER}.new", "knockon-store.new")
#: All that a revision ever held; format 1 kept its sources in it.
_OF_A_REVISION = {"db", "sources"}


def leftovers(folder: Path) -> list[Path]:
    """Return the databases and files of changes that were killed: those of our names that the pointer file does not list.

    Where the pointer file cannot be read, or is lost, there are none: nobody can say what is in use.
    """
    try:
        pointer = read_pointer(folder)
    except InvalidStore:
        return []
    if pointer is None and lost_pointer(folder):
        return []
    used = {source_path(folder, one.source).name for one in pointer.sources} if pointer else set()
    if pointer and pointer.database:
        used.add(pointer.database.folder)
    with suppress(OSError):
        return [path for path in _ours(folder) if path.name not in used]
    return []


def lost_pointer(folder: Path) -> bool:
    """Return whether a folder contains sources but no pointer file: it was a store."""
    return (folder / ARCHIVE).exists() or any(folder.glob("revision-*/sources"))


def _ours(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in _HALF_WRITTEN:
            if path.is_symlink() or path.is_file():
                yield path
        # A folder of this name with anything else in it is somebody's own.
        elif DATABASE.fullmatch(path.name) and _is_folder(path) and {one.name for one in path.iterdir()} <= _OF_A_REVISION:
            yield path
    archive = folder / ARCHIVE
    # A folder behind a link may be that of another store.
    for path in sorted(archive.iterdir()) if _is_folder(archive) else ():
        if SOURCE.fullmatch(path.name.removesuffix(".new")) and (path.is_symlink() or path.is_file()):
            yield path


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def sweep(folder: Path) -> None:
    """Remove what ``leftovers`` gives; call it only with the lock held. What cannot be removed stays until the next time."""
    for path in leftovers(folder):
        if _is_folder(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()
