"""The database files of a store folder: built beside the current ones, and checked when opened."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph
from pyoxigraph import Quad

from knockon.store.archive import source_path
from knockon.store.atomic_write import sync_folder
from knockon.store.pointer import Database, InvalidStore, Pointer
from knockon.store.regular_files import sha256_of

_PREFIX, DB = "revision-", "db"
#: RocksDB writes these for people and for its own locking; what they hold is never read back.
UNREAD = ("LOG", "LOCK")
#: What RocksDB may read where it finds it, whoever put it there: a log of changes is applied at once.
_READ = re.compile(r"[0-9]+\.(log|sst|ldb|blob)|MANIFEST-.*|OPTIONS-.*|CURRENT|IDENTITY")


def build_database(folder: Path, quads: Iterable[Quad]) -> Database:
    """Write quads into a new database in a store folder; on return all of it is on the disk."""
    name = _PREFIX + secrets.token_hex(5)
    path = folder / name / DB
    path.parent.mkdir()
    try:
        db = pyoxigraph.Store(str(path))
        db.bulk_extend(quads)
        db.flush()
        del db  # closes its files
    except RuntimeError as error:
        raise OSError(f"the database could not be written: {error}") from None
    files = {file.name: sha256_of(file) for file in _read_files(path)}
    sync_folder(path)
    sync_folder(path.parent)
    return Database(name, files)


def database_path(folder: Path, database: Database) -> Path:
    """Return the folder of the files of a database."""
    return folder / database.folder / DB


def open_database(folder: Path, database: Database) -> pyoxigraph.Store:
    """Open a database for reading, once every file has been found to be what was written.

    Raises
    ------
    InvalidStore
        A file is missing or damaged.
    """
    for fault in database_faults(folder, database):
        raise fault
    return open_unchecked(folder, database)


def open_unchecked(folder: Path, database: Database) -> pyoxigraph.Store:
    """Open a database for reading without comparing checksums; InvalidStore if RocksDB refuses it."""
    path = database_path(folder, database)
    try:
        return pyoxigraph.Store.read_only(str(path))
    except (OSError, RuntimeError):
        raise InvalidStore(path) from None


def database_faults(folder: Path, database: Database) -> Iterator[InvalidStore]:
    """Compare every file of a database with its checksum, and yield an error for each that is missing, damaged or foreign."""
    path = database_path(folder, database)
    for name, checksum in sorted(database.files.items()):
        try:
            damaged = sha256_of(path / name) != checksum
        except OSError as error:
            yield InvalidStore.unread(path / name, error)
        else:
            if damaged:
                yield InvalidStore(path / name)
    try:
        there = sorted(path.iterdir())
    except OSError as error:
        yield InvalidStore.unread(path, error)
        return
    for file in there:
        if file.name not in database.files and _READ.fullmatch(file.name):
            yield InvalidStore(file, "is not a file of this store, but would be read as one", "remove it")


def _read_files(path: Path) -> Iterator[Path]:
    return (file for file in sorted(path.iterdir()) if not file.name.startswith(UNREAD))


def disk_use(folder: Path, pointer: Pointer) -> tuple[dict[str, int], int]:
    """Return the bytes of each compressed source by its SHA-256, and those that the current revision takes in all."""
    sizes = {one.source: _size(source_path(folder, one.source)) for one in pointer.sources}
    current = sum(sizes[one.source] for one in pointer.revisions[0].data_sets) if pointer.revisions else 0
    if pointer.database:
        current += sum(map(_size, database_path(folder, pointer.database).iterdir()))
    return sizes, current


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # the missing source of an earlier revision hinders no change; reading that revision says so
        return 0
