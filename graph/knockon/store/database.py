"""The database files of a store folder: built beside the current ones, checked when opened, swept when no longer listed."""

from __future__ import annotations

import errno
import hashlib
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph
from pyoxigraph import NamedNode, Quad, RdfFormat

from knockon.errors import LimitReached, UsageError
from knockon.model import DataSet
from knockon.store.archive import FOLDER as ARCHIVE
from knockon.store.archive import source_path
from knockon.store.durable import sync_folder
from knockon.store.files import from_quads
from knockon.store.pointer import POINTER, Database, InvalidStore, Pointer, read_pointer
from knockon.vocabulary import KO, Combination

_PREFIX, _DB = "revision-", "db"
#: RocksDB writes these for people and for its own locking; what they hold is never read back.
_UNREAD = ("LOG", "LOCK")
_JUDGED, _COMBINATION, _ALL_OF = (NamedNode(KO + name) for name in ("judged", "combination", Combination.ALL_OF))


def build_database(folder: Path, quads: Iterable[Quad]) -> Database:
    """Write quads into a new database in a store folder; on return all of it is on the disk."""
    name = _PREFIX + secrets.token_hex(5)
    path = folder / name / _DB
    path.parent.mkdir()
    db = pyoxigraph.Store(str(path))
    db.bulk_extend(quads)
    db.flush()
    del db  # closes its files
    files = {file.name: _sha256(file) for file in _read_files(path)}
    sync_folder(path)
    sync_folder(path.parent)
    return Database(name, files)


def open_database(folder: Path, database: Database) -> pyoxigraph.Store:
    """Open a database for reading, once every file has been found to be what was written.

    Raises
    ------
    InvalidStore
        A file is missing or damaged.
    """
    check_database(folder, database)
    path = database_path(folder, database)
    try:
        return pyoxigraph.Store.read_only(str(path))
    except (OSError, RuntimeError):
        raise InvalidStore(path) from None


def database_path(folder: Path, database: Database) -> Path:
    """The folder of a database in a store folder."""
    return folder / database.folder / _DB


def check_database(folder: Path, database: Database) -> None:
    """Compare every file of a database with its checksum; InvalidStore names one that differs."""
    for name, checksum in sorted(database.files.items()):
        path = folder / database.folder / _DB / Path(name).name
        try:
            damaged = _sha256(path) != checksum
        except OSError:
            damaged = True
        if damaged:
            raise InvalidStore(path)


def _read_files(path: Path) -> Iterator[Path]:
    return (file for file in sorted(path.iterdir()) if not file.name.startswith(_UNREAD))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_first_format(folder: Path, database: Database) -> tuple[DataSet, ...]:
    """Read the data sets of a store of format 1, which lie uncompressed beside its database.

    That format wrote ``ko:AllOf`` for every list of supplies of which nobody said how they combine; so it counts as given only
    where the record says that it is judged.

    Raises
    ------
    InvalidStore
        They are missing or damaged.
    """
    sources = folder / database.folder / "sources"
    try:
        files = sorted(sources.iterdir())
        sets = [from_quads(_as_given(pyoxigraph.parse(path=file, format=RdfFormat.N_QUADS)), str(file)) for file in files]
    except (OSError, SyntaxError):
        raise InvalidStore(folder / POINTER) from None
    return tuple(sorted(sets, key=lambda data_set: data_set.info.id))


def _as_given(quads: Iterable[Quad]) -> Iterator[Quad]:
    given = list(quads)
    judged = {quad.subject for quad in given if (quad.predicate, quad.object) == (_JUDGED, _COMBINATION)}
    return (quad for quad in given if (quad.predicate, quad.object) != (_COMBINATION, _ALL_OF) or quad.subject in judged)


def disk_use(folder: Path, pointer: Pointer) -> tuple[dict[str, int], int]:
    """Return the bytes of each compressed source by its SHA-256, and those that the current revision takes in all."""
    sizes = {one.source: source_path(folder, one.source).stat().st_size for one in pointer.sources}
    current = sum(sizes[one.source] for one in pointer.revisions[0].data_sets) if pointer.revisions else 0
    if pointer.database:
        current += sum(file.stat().st_size for file in (folder / pointer.database.folder / _DB).iterdir())
    return sizes, current


def sweep(folder: Path) -> None:
    """Remove the databases and sources that the pointer file on the disk does not list: leavings of changes that were killed.

    Call it only with the lock held. Nothing is removed where the pointer file cannot be read.
    """
    try:
        pointer = read_pointer(folder)
    except InvalidStore:
        return
    if pointer is None and (folder / ARCHIVE).exists():
        return  # the pointer file is lost
    listed = {pointer.database.folder} if pointer and pointer.database else set()
    for path in folder.glob(f"{_PREFIX}*"):
        if path.name not in listed:
            shutil.rmtree(path, ignore_errors=True)
    sources = {source_path(folder, one.source).name for one in pointer.sources} if pointer else set()
    for path in [*(folder / ARCHIVE).glob("*"), folder / f"{POINTER}.new"]:
        if path.name not in sources:
            path.unlink(missing_ok=True)


@contextmanager
def disk_errors(folder: Path, earlier: int) -> Iterator[None]:
    """Say in our words what the disk refuses; ``earlier`` is the number of earlier revisions that could be given up.

    Raises
    ------
    LimitReached
        The disk is full.
    UsageError
        The folder cannot be written for another reason.
    """
    try:
        yield
    except (OSError, RuntimeError) as error:
        if getattr(error, "errno", None) in {errno.ENOSPC, errno.EDQUOT} or "No space left" in str(error):
            kept = f"; --keep 0 gives up {earlier} earlier revision{'s' * (earlier > 1)}" if earlier else ""
            raise LimitReached(f"the disk of {folder} is full: nothing was changed; free some room{kept}") from None
        if isinstance(error, RuntimeError):
            raise
        raise UsageError(f"cannot write {folder}: {error.strerror or error}") from None
