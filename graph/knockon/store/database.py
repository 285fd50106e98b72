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
from knockon.store.invalid_store import InvalidStore
from knockon.store.pointer import Database, Pointer
from knockon.store.regular_files import sha256_of

_PREFIX, DB = "revision-", "db"
#: The first letters of files that RocksDB writes for people and for locking; their content is never read.
UNREAD = ("LOG", "LOCK")
#: The names of files that RocksDB reads if they exist, whoever wrote them: a log of changes is applied at once.
_READ = re.compile(r"[0-9]+\.(log|sst|ldb|blob)|MANIFEST-.*|OPTIONS-.*|CURRENT|IDENTITY")


def build_database(folder: Path, quads: Iterable[Quad]) -> Database:
    """Write quads into a new database in a store folder, and wait until it is on the disk."""
    name = _PREFIX + secrets.token_hex(5)
    path = folder / name / DB
    path.parent.mkdir()
    try:
        db = pyoxigraph.Store(str(path))
        db.bulk_extend(quads)
        db.flush()
        del db  # closes its files
    except RuntimeError as error:
        raise OSError(f"the database cannot be written: {error}") from None
    files = {file.name: sha256_of(file) for file in _read_files(path)}
    sync_folder(path)
    sync_folder(path.parent)
    return Database(name, files)


def database_path(folder: Path, database: Database) -> Path:
    """Return the folder of the files of a database."""
    return folder / database.folder / DB


def open_database(folder: Path, database: Database) -> pyoxigraph.Store:
    """Open a database for reading, after comparing every file with its checksum.

    Raises
    ------
    InvalidStore
        A file is missing or damaged.
    """
    for fault in damaged_files(folder, database):
        raise fault
    return open_unchecked(folder, database)


def open_unchecked(folder: Path, database: Database) -> pyoxigraph.Store:
    """Open a database for reading without comparing checksums; raise InvalidStore if RocksDB refuses it."""
    path = database_path(folder, database)
    try:
        return pyoxigraph.Store.read_only(str(path))
    except (OSError, RuntimeError):
        raise InvalidStore(path) from None


def damaged_files(folder: Path, database: Database) -> Iterator[InvalidStore]:
    """Compare every file of a database with its checksum; yield an error for each missing, damaged or foreign file."""
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
        present = sorted(path.iterdir())
    except OSError as error:
        yield InvalidStore.unread(path, error)
        return
    for file in present:
        if file.name not in database.files and _READ.fullmatch(file.name):
            yield InvalidStore(file, "is not a file of this store, but would be read as part of it", "remove it")


def _read_files(path: Path) -> Iterator[Path]:
    """Return the files of a database that RocksDB reads."""
    return (file for file in sorted(path.iterdir()) if not file.name.startswith(UNREAD))


def disk_use(folder: Path, pointer: Pointer) -> tuple[dict[str, int], int]:
    """Return the bytes of each compressed source by its SHA-256, and the bytes of the whole current revision."""
    sizes = {data_set.source: _size(source_path(folder, data_set.source)) for data_set in pointer.sources}
    current = sum(sizes[data_set.source] for data_set in pointer.revisions[0].data_sets) if pointer.revisions else 0
    if pointer.database:
        current += sum(map(_size, database_path(folder, pointer.database).iterdir()))
    return sizes, current


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # a missing source of an earlier revision must not prevent a change; reading that revision reports it
        return 0
