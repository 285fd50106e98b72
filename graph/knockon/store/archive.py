"""The archive of a store folder: data sets as compressed N-Quads, named by their SHA-256, so that revisions share files."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import secrets
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from weakref import WeakValueDictionary

import pyoxigraph
from pyoxigraph import RdfFormat

from knockon.errors import InvalidData
from knockon.model import DataSet, DataSetInfo
from knockon.rdf.parse import parse_rdf
from knockon.rdf.plain_records import PlainRecords
from knockon.store.assembly import authored_quads
from knockon.store.atomic_write import sync, write_durably
from knockon.store.files import from_quads
from knockon.store.invalid_store import InvalidStore
from knockon.store.pointer import StoredDataSet
from knockon.store.regular_files import open_regular
from knockon.store.verified_files import VerifiedFiles

if TYPE_CHECKING:
    from concurrent.futures import Future

FOLDER = "sources"
_ENDING = ".nq.gz"
#: The level of compression: higher ones take much more time for little less space.
_LEVEL = 4
#: How many bytes are read at once.
_BLOCK = 1 << 20
#: The name of a file in the archive.
NAME = re.compile(r"[0-9a-f]{64}\.nq\.gz")


#: The data sets that were read and are still in use, by file and description: one command opens a store several times.
_READ: WeakValueDictionary[tuple[str, StoredDataSet], DataSet] = WeakValueDictionary()


def source_path(folder: Path, source: str) -> Path:
    """Return the path of a source, named by its SHA-256, in a store folder."""
    return folder / FOLDER / (source + _ENDING)


class SourceWriter:
    """Writer of one data set into the archive of a store folder, in pieces; a thread compresses them.

    Parameters
    ----------
    folder
        The store folder.
    """

    def __init__(self, folder: Path) -> None:
        # Who only reads stores does without.
        from concurrent.futures import ThreadPoolExecutor

        self._folder = folder
        self._hash, self._size = hashlib.sha256(), 0
        (folder / FOLDER).mkdir(exist_ok=True)
        # A name of which the files of killed changes are recognised.
        self._temporary = source_path(folder, secrets.token_hex(32)).with_suffix(".gz.new")
        self._file = self._temporary.open("xb")
        self._thread = ThreadPoolExecutor(1, "archive")
        self._pending: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._thread.shutdown(cancel_futures=True)
        self._file.close()
        self._temporary.unlink(missing_ok=True)

    def write(self, text: bytes) -> None:
        """Add N-Quads; each piece is a member of the file by itself."""
        self._wait(0)
        self._size += len(text)
        self._pending.append(self._thread.submit(self._write, text))

    def _write(self, text: bytes) -> None:
        self._hash.update(text)
        self._file.write(gzip.compress(text, compresslevel=_LEVEL, mtime=0))

    def _wait(self, most: int) -> None:
        while len(self._pending) > most:
            self._pending.popleft().result()

    def finish(self, info: DataSetInfo, records: int, origin: str, loaded: str) -> StoredDataSet:
        """Give the file its name, wait until it is on the disk, and describe it."""
        self._wait(0)
        self._file.flush()
        os.fsync(self._file.fileno())
        source = self._hash.hexdigest()
        self._temporary.replace(source_path(self._folder, source))
        sync(self._folder / FOLDER)
        return StoredDataSet(info.id, info.title, source, self._size, records, origin, loaded)


def add_source(folder: Path, data_set: DataSet, loaded: str) -> StoredDataSet:
    """Write a data set into the archive of a store folder and describe it."""
    placed = [(record, data_set.graph) for record in (data_set.info, *data_set.records)]
    # The triples of updates are kept as they were stated, those of records among them.
    quads = [*authored_quads(placed[:1]), *data_set.stated] if data_set.stated else [*authored_quads(placed), *data_set.extra]
    content = pyoxigraph.serialize(quads, format=RdfFormat.N_QUADS) or b""
    source = hashlib.sha256(content).hexdigest()
    (folder / FOLDER).mkdir(exist_ok=True)
    # Written even if the file exists, since that may be damaged.
    write_durably(source_path(folder, source), gzip.compress(content, compresslevel=_LEVEL, mtime=0))
    info = data_set.info
    return StoredDataSet(info.id, info.title, source, len(content), len(data_set.records), data_set.origin, loaded)


def as_read_back(data_set: DataSet, stored: StoredDataSet) -> DataSet:
    """Return what ``read_source`` would return for a data set that was just written, without reading it."""
    records = data_set.records
    if not isinstance(records, PlainRecords):
        records = tuple(sorted(records, key=lambda record: record.id))
    return replace(data_set, records=records, origin=stored.origin, loaded=stored.loaded, notices=())


def read_source(folder: Path, stored: StoredDataSet) -> DataSet:
    """Read a data set from the archive of a store folder; its file is checked each time.

    Raises
    ------
    InvalidStore
        The file is missing or damaged.
    """
    content = read_content(folder, stored)
    path = source_path(folder, stored.source)
    if (known := _READ.get((str(path), stored))) is not None:
        return known
    from knockon.store.updates import UPDATES, read_stated

    try:
        quads = parse_rdf(content, RdfFormat.N_QUADS, str(path))
    except InvalidData:
        raise InvalidStore(path) from None
    data_set = read_stated(quads, str(path)) if stored.id == UPDATES else from_quads(quads, str(path))
    _READ[str(path), stored] = data_set = replace(data_set, origin=stored.origin, loaded=stored.loaded)
    return data_set


def check_source(folder: Path, stored: StoredDataSet, verified: VerifiedFiles) -> None:
    """Compare a data set in the archive of a store folder with its checksum, unless that is known.

    Raises
    ------
    InvalidStore
        The file is missing or damaged.
    """
    _check(folder, stored, verified.matches)


def check_content(folder: Path, stored: StoredDataSet) -> None:
    """Compare a data set in the archive of a store folder with its checksum, in pieces, whatever is known of it.

    Raises
    ------
    InvalidStore
        The file is missing or damaged.
    """
    _check(folder, stored, lambda path, checksum, read: read(path) == checksum)


def _check(folder: Path, stored: StoredDataSet, matches: Callable[[Path, str, Callable[[Path], str]], bool]) -> None:
    path = source_path(folder, stored.source)
    try:
        same = matches(path, stored.source, partial(_content_checksum, size=stored.size))
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidStore.unread(path, error) from None
    if not same:
        raise InvalidStore(path)


def _content_checksum(path: Path, size: int) -> str:
    """Return the SHA-256 of what is compressed in a file, of one byte more than the size that it should have at most."""
    digest = hashlib.sha256()
    with open_regular(path) as compressed, gzip.open(compressed) as file:
        left = size + 1
        while left > 0 and (block := file.read(min(left, _BLOCK))):
            digest.update(block)
            left -= len(block)
    return digest.hexdigest()


def read_content(folder: Path, stored: StoredDataSet) -> bytes:
    """Read the N-Quads of a data set from the archive of a store folder, and check them against their checksum.

    Raises
    ------
    InvalidStore
        The file is missing or damaged.
    """
    path = source_path(folder, stored.source)
    try:
        with open_regular(path) as compressed, gzip.open(compressed) as file:
            content = file.read(stored.size + 1)
    except (OSError, EOFError, zlib.error, MemoryError) as error:
        raise InvalidStore.unread(path, error) from None
    if hashlib.sha256(content).hexdigest() != stored.source:
        raise InvalidStore(path)
    return content
