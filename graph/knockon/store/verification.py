"""Compare every file of a store folder with its checksum, and report all damaged files, not only the first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from knockon.store.archive import FOLDER as ARCHIVE
from knockon.store.archive import check_content, source_path
from knockon.store.database import UNREAD, damaged_files, database_path
from knockon.store.first_format import check_first_format
from knockon.store.invalid_store import InvalidStore
from knockon.store.kept import FOLDER as KEPT
from knockon.store.leftovers import has_lost_pointer
from knockon.store.markers import LOCK, POINTER
from knockon.store.pointer import Pointer, read_pointer
from knockon.store.regular_files import sha256_of

#: Shows how many files of how many were compared.
Show = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of verifying every file of a store.

    ``files`` is the number of compared files; ``damaged`` are the errors for
    missing or damaged files; ``unused`` are files that the store does not read:
    those of other programs, and those of a killed or a current change.
    ``checksums`` is False for a store of format 1, whose records are compared
    with the database instead.
    """

    files: int
    damaged: tuple[InvalidStore, ...] = ()
    unused: tuple[Path, ...] = ()
    checksums: bool = True


def verify_folder(folder: Path, show: Show = lambda _done, _every: None) -> Verification:
    """Compare every file of the current and the earlier revisions with its checksum.

    If another process changes the store meanwhile, the new state is compared.

    Parameters
    ----------
    folder
        The store folder.
    show
        Shows how many files of how many were compared.
    """
    while True:
        try:
            pointer = read_pointer(folder)
        except InvalidStore as error:
            return Verification(1, (error,))
        result = _verify(folder, pointer, show)
        try:
            if not result.damaged or read_pointer(folder) == pointer:
                return result
        except InvalidStore:
            return result


def _verify(folder: Path, pointer: Pointer | None, show: Show) -> Verification:
    if pointer is None:
        lost = has_lost_pointer(folder)
        return Verification(int(lost), (InvalidStore(folder / POINTER),) if lost else ())
    sources = {data_set.source: data_set for data_set in pointer.sources}
    if pointer.format == 1 and pointer.database:
        files, faults = check_first_format(folder, pointer.database)
        return Verification(1 + files, tuple(faults), checksums=False)
    files = 1 + len(sources) + (len(pointer.database.files) if pointer.database else 0)
    compared = count(1)  # the pointer file was compared before

    def matches(path: Path, checksum: str) -> bool:
        show(next(compared), files)
        return sha256_of(path) == checksum

    damaged = list(damaged_files(folder, pointer.database, matches)) if pointer.database else []
    for stored in sources.values():
        show(next(compared), files)
        try:
            check_content(folder, stored)
        except InvalidStore as error:
            damaged.append(error)
    used = {source_path(folder, source) for source in sources} | {folder / POINTER, folder / LOCK, folder / ARCHIVE}
    return Verification(files, tuple(damaged), tuple(_unused(folder, pointer, used)))


def _unused(folder: Path, pointer: Pointer, used: set[Path]) -> Iterator[Path]:
    folders = [folder, folder / ARCHIVE]
    if pointer.database:
        database = database_path(folder, pointer.database)
        folders += [database.parent, database]
        used |= {database.parent, database, *(database / name for name in pointer.database.files)}
        # Nothing in it is needed, and what is damaged there is written anew.
        used.add(database.parent / KEPT)
    for place in folders:
        if place.is_dir():
            yield from (path for path in sorted(place.iterdir()) if path not in used and not path.name.startswith(UNREAD))
