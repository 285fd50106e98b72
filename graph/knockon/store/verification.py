"""Compare every file of a store folder with its checksum, and report all damaged files, not only the first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knockon.store.archive import FOLDER as ARCHIVE
from knockon.store.archive import read_content, source_path
from knockon.store.database import UNREAD, database_faults, database_path
from knockon.store.first_format import check_first_format
from knockon.store.leftovers import lost_pointer
from knockon.store.markers import LOCK, POINTER
from knockon.store.pointer import InvalidStore, Pointer, read_pointer


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of verifying every file of a store.

    ``files`` counts those that were compared; ``damaged`` are those that are not
    what was written, as errors that name them; ``unused`` are those that the
    store does not read: files of others, or leavings of a change that was killed
    or is being made. ``checksums`` is False for a store of format 1, which has
    none: there the records are compared with the database.
    """

    files: int
    damaged: tuple[InvalidStore, ...] = ()
    unused: tuple[Path, ...] = ()
    checksums: bool = True


def verify_folder(folder: Path) -> Verification:
    """Compare every file that is read, of the current and of earlier revisions, with its checksum.

    A change that another process makes meanwhile is no damage: then the new state is compared.
    """
    while True:
        try:
            pointer = read_pointer(folder)
        except InvalidStore as error:
            return Verification(1, (error,))
        found = _verify(folder, pointer)
        try:
            if not found.damaged or read_pointer(folder) == pointer:
                return found
        except InvalidStore:
            return found


def _verify(folder: Path, pointer: Pointer | None) -> Verification:
    if pointer is None:
        lost = lost_pointer(folder)
        return Verification(int(lost), (InvalidStore(folder / POINTER),) if lost else ())
    sources = {one.source: one for one in pointer.sources}
    if pointer.format == 1 and pointer.database:
        files, faults = check_first_format(folder, pointer.database)
        return Verification(1 + files, tuple(faults), checksums=False)
    damaged = list(database_faults(folder, pointer.database)) if pointer.database else []
    for stored in sources.values():
        try:
            read_content(folder, stored)
        except InvalidStore as error:
            damaged.append(error)
    files = 1 + len(sources) + (len(pointer.database.files) if pointer.database else 0)
    used = {source_path(folder, source) for source in sources} | {folder / POINTER, folder / LOCK, folder / ARCHIVE}
    return Verification(files, tuple(damaged), tuple(_unused(folder, pointer, used)))


def _unused(folder: Path, pointer: Pointer, used: set[Path]) -> Iterator[Path]:
    places = [folder, folder / ARCHIVE]
    if pointer.database:
        place = database_path(folder, pointer.database)
        places += [place.parent, place]
        used |= {place.parent, place, *(place / name for name in pointer.database.files)}
    for place in places:
        if place.is_dir():
            yield from (one for one in sorted(place.iterdir()) if one not in used and not one.name.startswith(UNREAD))
