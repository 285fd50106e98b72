"""Read a store in a folder: the current revision and earlier ones, while other processes may change it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from itertools import count
from pathlib import Path

import pyoxigraph
from pyoxigraph import RdfFormat

from knockon.errors import UsageError
from knockon.model import DataSet
from knockon.model.records import Records
from knockon.rdf.merge import PlacedRecord, merge
from knockon.store.archive import check_source, read_source
from knockon.store.assembly import assemble
from knockon.store.content_digest import kept_digest
from knockon.store.database import check_database, database_path, open_unchecked, revision_path
from knockon.store.first_format import read_first_format
from knockon.store.invalid_store import InvalidStore
from knockon.store.kept import KeptFiles
from knockon.store.kept_records import KeptRecords
from knockon.store.leftovers import has_lost_pointer
from knockon.store.markers import POINTER, is_store
from knockon.store.oxigraph import OxigraphStore
from knockon.store.pointer import FORMAT, Database, Pointer, Revision, StoredDataSet, read_pointer
from knockon.store.record_files import LEAST_REBUILT, keep_records, open_kept_records, rebuild_records, records_key
from knockon.store.revisions import find_revision, first_format_revision
from knockon.store.verification import verify_folder
from knockon.worker.store_content import StoreContent

#: Numbers for the keys of contents without a folder of their own.
_NUMBERS = count(1)


class FolderReader(OxigraphStore):
    """The reading part of a store in a folder; FolderStore changes it.

    Parameters
    ----------
    folder
        The folder; it need not exist.

    Raises
    ------
    UsageError
        The folder exists and is not a store.
    InvalidStore
        A file of the store is damaged or missing, or was written by a newer version.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if _is_foreign(folder):
            raise UsageError(f"{folder} exists already and is not a store of Knock-on; name an empty or new folder")
        self._pointer: Pointer | None = None
        self._sets: tuple[DataSet, ...] | None = None
        self._kept: KeptRecords | None = None
        #: Returns the revision where many records are kept.
        self._digest: Callable[[], str] | None = None
        self._files: tuple[str, KeptFiles] | None = None
        #: The database that is open, unless it is in memory.
        self._opened: Database | None = None

    def reload(self) -> None:
        """Read the current revision again, which another process may have changed."""
        self._open()

    def _open(self, *, later: bool = False) -> None:
        """Read the pointer file and open the database; what was read and opened is kept if it has not changed.

        With ``later`` the files of the database are compared now, and the first query opens it: RocksDB starts many threads.
        Only who holds the write lock may wait: otherwise another process may change the store before that query, which would
        then run on another state than the records that were read.
        """
        while True:
            pointer = read_pointer(self.folder)
            if pointer != self._pointer:
                # Sources are named by their checksums: with the same pointer the data sets are the same, and other threads use
                # them. Reading them again would take long.
                self._sets = self._kept = self._digest = None
                self.__dict__.pop("_placed", None)
            self._pointer = pointer
            try:
                self._open_database(later=later)
            except InvalidStore:
                if not self.has_changed():
                    raise
            else:
                break

    def _open_database(self, *, later: bool) -> None:
        self._key = f"folder-{next(_NUMBERS)}"
        database = self._database
        if database is None:
            self.__dict__["_db"], self._opened = self._database_in_memory(), None
            return
        # A database in the pointer file is never changed, so it can be read without a lock.
        check_database(self.folder, database, self._revision_files(database).verified)
        if "_db" in self.__dict__ and self._opened == database:
            return
        if later:
            self.__dict__.pop("_db", None)
        else:  # what other threads ask meanwhile is answered by the one that was open
            self.__dict__["_db"], self._opened = open_unchecked(self.folder, database), database

    @cached_property
    def _db(self) -> pyoxigraph.Store:  # type: ignore[override] # opened at the first query after a change of this process
        try:
            self._open_database(later=False)
        except InvalidStore:
            # After the lock was released another process may have changed the store; a folder that is gone is no empty store.
            if read_pointer(self.folder) in (None, self._pointer):
                raise
            self._open()
        db: pyoxigraph.Store = self.__dict__["_db"]
        return db

    def _database_in_memory(self) -> pyoxigraph.Store:
        """Return the database of a store without one on the disk that can be used."""
        db = pyoxigraph.Store()
        if self._pointer is None and has_lost_pointer(self.folder):
            raise InvalidStore(self.folder / POINTER)
        if self._pointer is not None and self._pointer.database is not None:
            # Records of the first format are now read differently from when its database was built: the quads are built again.
            self._sets = read_first_format(self.folder, self._pointer.database)
            db.bulk_extend(assemble(self._sets, checked=True))
        return db

    @property
    def _database(self) -> Database | None:
        """The database of the current revision; None where it has none that can be used."""
        return None if self._pointer is None or self._pointer.format == 1 else self._pointer.database

    @property
    def kept_files(self) -> KeptFiles | None:
        """See Store: the folder beside the database of the current revision."""
        return None if self._database is None else self._revision_files(self._database)

    def _revision_files(self, database: Database) -> KeptFiles:
        if self._files is None or self._files[0] != database.folder:
            self._files = database.folder, KeptFiles(revision_path(self.folder, database))
        return self._files[1]

    def content(self) -> StoreContent:
        """See Store."""
        write = partial(self._db.dump, format=RdfFormat.N_QUADS)
        if self._database is None:
            return StoreContent(self._key, write)
        path = database_path(self.folder, self._database).resolve()
        return StoreContent(str(path), write, path)

    def has_changed(self) -> bool:
        """Return whether another process has changed the store since it was opened, and may have removed its files."""
        return read_pointer(self.folder) != self._pointer

    @property
    def empty(self) -> bool:
        """Whether nothing was loaded yet."""
        return self._pointer is None or self._pointer.database is None

    @property
    def data_sets(self) -> tuple[DataSet, ...]:
        """See Store."""
        while self._sets is None:
            try:
                sets = self._read_data_sets()
            except InvalidStore:
                if not self.has_changed():
                    raise
                sets = None
            if sets is None or self.has_changed():
                # Queries must also run on the new revision.
                self._open()
            else:
                self._sets = sets
        return self._sets

    def _read_data_sets(self) -> tuple[DataSet, ...]:
        """Return the data sets of the current revision: as they were kept, else from their sources, and keep them."""
        current = self.history[0] if self.history else None
        files = self.kept_files
        if current is None or files is None:
            return ()
        for stored in current.data_sets:
            check_source(self.folder, stored, files.verified)
        files.verified.save()
        self._kept = open_kept_records(files, current) or rebuild_records(files, current, self.folder, self._db)
        if self._kept is not None:
            if len(self._kept) >= LEAST_REBUILT:
                self._digest = partial(kept_digest, files, records_key(current.data_sets), self._kept.each_placed)
            return self._kept.data_sets(current.data_sets)
        sets = tuple(read_source(self.folder, stored) for stored in current.data_sets)
        self.__dict__["_placed"] = placed = merge(sets)
        keep_records(files, current, sets, placed)
        return sets

    @property
    def records(self) -> Records:
        """See Store; read when they are needed."""
        if self.data_sets and self._kept is not None:
            return self._kept
        return super().records

    @cached_property
    def _placed(self) -> list[PlacedRecord]:
        sets = self.data_sets
        return merge(sets) if self._kept is None else self._kept.placed()

    @property
    def revision(self) -> str:
        """See Store; that of a large store is kept."""
        return self._digest() if self.data_sets and self._digest is not None else super().revision

    @property
    def history(self) -> tuple[Revision, ...]:
        """The current revision and the earlier ones that are kept, newest first."""
        if self._pointer is not None and self._pointer.format != FORMAT:
            return (first_format_revision(self.folder, self.data_sets),)
        return self._pointer.revisions if self._pointer else ()

    def at(self, number: int) -> tuple[DataSet, ...]:
        """Read the data sets of a revision that is kept; revision 0 is the empty store.

        Raises
        ------
        NotFound
            No revision with that number is kept.
        InvalidStore
            One of its files is damaged.
        """
        while True:
            history = self.history
            if number == 0 and history:
                return ()
            revision = find_revision(history, number)
            if self._pointer is not None and self._pointer.format != FORMAT:
                return self.data_sets
            try:
                return tuple(read_source(self.folder, stored) for stored in revision.data_sets)
            except InvalidStore:
                if not self.has_changed():
                    raise
                self._open()

    def _data_sets_at(self, number: int) -> tuple[DataSet, ...]:
        """Return the data sets of a revision as ``at`` does; those that are the same now are the same objects."""
        if self._pointer is None or self._pointer.format != FORMAT or not self.history or number == 0:
            return self.at(number)
        revision = find_revision(self.history, number)
        now = dict(zip(map(_content_key, self.history[0].data_sets), self.data_sets, strict=True))
        return tuple(now.get(_content_key(stored)) or read_source(self.folder, stored) for stored in revision.data_sets)

    def previous_number(self) -> int:
        """Return the number of the revision before the current one; 0 is the empty store before the first.

        Raises
        ------
        UsageError
            Nothing was loaded yet, or no earlier revision is kept.
        """
        history = self.history
        if not history:
            raise UsageError(f"{self.folder} is empty: there is no earlier state")
        if len(history) > 1:
            return history[1].number
        if history[0].number == 1:
            return 0
        raise UsageError(f"{self.folder} keeps no revision before the current one")

    def verify(self) -> int:
        """Compare every file of the current and the earlier revisions with its checksum; return their number.

        Raises
        ------
        InvalidStore
            Files are missing or damaged; the message names all of them.
        """
        result = verify_folder(self.folder)
        if result.damaged:
            raise InvalidStore.together(result.damaged)
        return result.files


def _content_key(stored: StoredDataSet) -> tuple[str, str, str, str]:
    """Return what two descriptions of the same data set have in common."""
    return stored.id, stored.source, stored.origin, stored.loaded


def _is_foreign(folder: Path) -> bool:
    """Return whether a path exists and is neither a store nor an empty folder."""
    try:
        return folder.exists() and not is_store(folder) and (not folder.is_dir() or any(folder.iterdir()))
    except OSError as error:
        raise UsageError(f"cannot read {folder}: {error.strerror}") from None
