"""The database files of a store folder: built beside the current ones, and checked when opened."""

from __future__ import annotations

import re
import secrets
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import pyoxigraph
from pyoxigraph import Quad, RdfFormat

from knockon.store.archive import source_path
from knockon.store.atomic_write import sync_folder
from knockon.store.invalid_store import InvalidStore
from knockon.store.kept import KeptFiles
from knockon.store.pointer import Database, Pointer
from knockon.store.regular_files import sha256_of
from knockon.store.verified_files import VerifiedFiles

if TYPE_CHECKING:
    from concurrent.futures import Future

_PREFIX, DB = "revision-", "db"
#: The quads of one bulk, and the most bulks that are being loaded while the next is made: each takes memory.
_CHUNK, _MOST_PENDING = 200_000, 1
#: The first letters of files that RocksDB writes for people and for locking; their content is never read.
UNREAD = ("LOG", "LOCK")
#: The names of files that RocksDB reads if they exist, whoever wrote them: a log of changes is applied at once.
_READ = re.compile(r"[0-9]+\.(log|sst|ldb|blob)|MANIFEST-.*|OPTIONS-.*|CURRENT|IDENTITY")


def new_database_path(folder: Path) -> Path:
    """Create the folder of a new revision, and return the path where its database belongs, which does not exist yet."""
    path = folder / (_PREFIX + secrets.token_hex(5)) / DB
    path.parent.mkdir()
    return path


def describe(path: Path, known: Mapping[str, str], verified: VerifiedFiles) -> Database:
    """Wait until a closed database is on the disk, and describe it.

    Parameters
    ----------
    path
        The folder of the database.
    known
        Checksums of files by name, which are links to files of an earlier revision; the others are read.
    verified
        Remembers the files that were read, so that opening the database need not read them again.
    """
    present = list(_read_files(path))
    new = [file for file in present if file.name not in known]
    computed = dict(zip(new, checksums(new), strict=True))
    files = {file.name: computed.get(file) or known[file.name] for file in present}
    for file, checksum in computed.items():
        verified.written(file, checksum)
    sync_folder(path, known)
    sync_folder(path.parent)
    verified.save()
    return Database(path.parent.name, files)


def checksums(files: Iterable[Path]) -> list[str]:
    """Return the SHA-256 of the content of regular files, in their order; OSError as for ``sha256_of``."""
    # Who only reads stores does without.
    from concurrent.futures import ThreadPoolExecutor

    # While one is computed, other threads run.
    with ThreadPoolExecutor(2, "checksums") as threads:
        return list(threads.map(sha256_of, files))


def build_database(folder: Path, quads: Iterable[Quad]) -> Database:
    """Write quads into a new database in a store folder, and wait until it is on the disk."""
    with DatabaseWriter(folder) as writer:
        remaining = iter(quads)
        # In chunks, since one bulk holds all its quads in memory a second time.
        while chunk := list(islice(remaining, _CHUNK)):
            writer.extend(chunk)
        return writer.finish()


class DatabaseWriter:
    """Writer of a new database in a store folder; what is given to it is loaded by a thread, while more is computed.

    Parameters
    ----------
    folder
        The store folder.

    Raises
    ------
    OSError
        The database cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        # Who only reads stores does without.
        from concurrent.futures import ThreadPoolExecutor

        self._path = new_database_path(folder)
        self._thread = ThreadPoolExecutor(1, "database")
        self._pending: deque[Future[None]] = deque()
        try:
            self._db: pyoxigraph.Store | None = pyoxigraph.Store(str(self._path))
        except RuntimeError as error:
            raise write_error(error) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._thread.shutdown(cancel_futures=True)
        self._db = None

    @property
    def kept_files(self) -> KeptFiles:
        """The files that are kept beside the database."""
        return KeptFiles(self._path.parent)

    def extend(self, quads: Sequence[Quad]) -> None:
        """Add quads."""
        self._submit(lambda db: db.bulk_extend(quads))

    def load(self, text: bytes) -> None:
        """Add N-Quads of IRIs and literals that were checked before."""
        self._submit(lambda db: db.bulk_load(text, format=RdfFormat.N_QUADS, lenient=True))

    def finish(self) -> Database:
        """Wait until the database is on the disk, and describe it."""
        self._submit(lambda db: db.flush())
        self._wait(0)
        self._db = None  # closes its files
        return describe(self._path, {}, self.kept_files.verified)

    def _submit(self, task: Callable[[pyoxigraph.Store], None]) -> None:
        assert self._db is not None  # noqa: S101 - nothing is added after the end
        self._wait(_MOST_PENDING - 1)
        self._pending.append(self._thread.submit(task, self._db))

    def _wait(self, most: int) -> None:
        """Wait until at most so many tasks are pending; raise the error of a task."""
        while len(self._pending) > most:
            try:
                self._pending.popleft().result()
            except RuntimeError as error:
                raise write_error(error) from None


def write_error(error: Exception) -> OSError:
    """Return the error of a database that cannot be written."""
    return OSError(f"the database cannot be written: {error}")


def database_path(folder: Path, database: Database) -> Path:
    """Return the folder of the files of a database."""
    return folder / database.folder / DB


def check_database(folder: Path, database: Database, verified: VerifiedFiles) -> None:
    """Compare every file of a database with its checksum, unless that is known.

    Raises
    ------
    InvalidStore
        A file is missing or damaged.
    """
    for fault in damaged_files(folder, database, verified.matches):
        raise fault
    verified.save()


def revision_path(folder: Path, database: Database) -> Path:
    """Return the folder of a revision, which has that of its database and that of what is kept beside it."""
    return folder / database.folder


def open_unchecked(folder: Path, database: Database) -> pyoxigraph.Store:
    """Open a database for reading, whose files were compared before; raise InvalidStore if RocksDB refuses it."""
    path = database_path(folder, database)
    try:
        return pyoxigraph.Store.read_only(str(path))
    except (OSError, RuntimeError):
        raise InvalidStore(path) from None


def _has_checksum(path: Path, checksum: str) -> bool:
    return sha256_of(path) == checksum


def damaged_files(
    folder: Path, database: Database, matches: Callable[[Path, str], bool] = _has_checksum
) -> Iterator[InvalidStore]:
    """Compare every file of a database with its checksum; yield an error for each missing, damaged or foreign file."""
    path = database_path(folder, database)
    for name, checksum in sorted(database.files.items()):
        try:
            damaged = not matches(path / name, checksum)
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
