"""A store in a folder: revisions that are never changed, and a pointer file that is replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph
from pyoxigraph import RdfFormat

from knockon.errors import InvalidData, NotFound, UsageError
from knockon.model import DataSet
from knockon.store.archive import add_source, as_archived, read_source
from knockon.store.base import assemble, replaced
from knockon.store.changes import (
    LoadReport,
    RemoveReport,
    UndoReport,
    check_names,
    chosen,
    differences,
    namesakes,
    removal,
)
from knockon.store.conflicting_claims import rename_conflicting_claims
from knockon.store.database import database_path, open_database
from knockon.store.disk_space import check_disk_space, disk_errors
from knockon.store.first_format import read_first_format
from knockon.store.leftovers import lost_pointer, sweep
from knockon.store.locking import write_lock
from knockon.store.markers import POINTER, is_store
from knockon.store.oxigraph import OxigraphStore
from knockon.store.pointer import (
    FORMAT,
    MOST_KEPT,
    InvalidStore,
    Pointer,
    Revision,
    StoredDataSet,
    read_pointer,
    timestamp,
)
from knockon.store.revisions import add_revision, described, first_format_revision, keeping, numbered, upgraded
from knockon.store.verification import verify_folder
from knockon.worker.store_content import StoreContent

#: Each content that has no folder of its own has a number.
_NUMBERS = count(1)

if TYPE_CHECKING:
    from filelock import FileLock


class FolderStore(OxigraphStore):
    """A store in a folder; it survives the process, and a killed change leaves it as it was.

    The folder holds the database of the current revision, the data sets of this
    and of earlier revisions as compressed N-Quads (archive.py), and a pointer
    file that lists the revisions (pointer.py). A change builds the next
    database beside the current one and then replaces the pointer, which is one
    atomic step. An undo is a change like any other: it builds the database of
    an earlier revision again.

    Parameters
    ----------
    folder
        Need not exist: it appears with the first load.
    write
        Keep everybody else from writing until ``close``. Without it only a change does, for its own time.

    Raises
    ------
    UsageError
        The folder is there and is no store.
    InvalidStore
        A file of the store is damaged or missing, or a newer version has written it.
    StoreBusy
        ``write``, and another process is writing.
    """

    def __init__(self, folder: Path, *, write: bool = False) -> None:
        self.folder = folder
        if _is_foreign(folder):
            raise UsageError(f"{folder} exists already and is not a store of Knock-on; name an empty or new folder")
        self._pointer: Pointer | None = None
        self._sets: tuple[DataSet, ...] | None = None
        self._lock = self._locked() if write else None
        try:
            self._open()
        except BaseException:
            self.close()
            raise

    @property
    def locked(self) -> bool:
        """Whether this store holds the write lock, until ``close``."""
        return self._lock is not None

    def reload(self) -> None:
        """Read what the folder holds now, if another store has written into it."""
        self._open()

    def _open(self) -> None:
        pointer, sets, self._sets = self._pointer, self._sets, None
        placed = self.__dict__.pop("_placed", None)
        while True:
            self._pointer = read_pointer(self.folder)
            try:
                self._db = self._database()
            except InvalidStore:
                if not self._moved():
                    raise
            else:
                break
        if sets is not None and self._pointer == pointer:
            # The pointer names sources by their checksums: what was read of them still holds, and reading takes long.
            self._sets = sets
            if placed is not None:
                self.__dict__["_placed"] = placed

    def _database(self) -> pyoxigraph.Store:
        self._key = f"folder-{next(_NUMBERS)}"
        if self._pointer is None or self._pointer.database is None:
            if self._pointer is None and lost_pointer(self.folder):
                raise InvalidStore(self.folder / POINTER)
            return pyoxigraph.Store()
        if self._pointer.format == 1:
            # Its records are not read as they were when its database was built, so the answers come from the records.
            self._sets = read_first_format(self.folder, self._pointer.database)
            db = pyoxigraph.Store()
            db.bulk_extend(assemble(self._sets, checked=True))
            return db
        # Readers never touch a database that anybody writes: it is never changed once it is pointed at.
        return open_database(self.folder, self._pointer.database)

    def content(self) -> StoreContent:
        """See Store."""
        write = partial(self._db.dump, format=RdfFormat.N_QUADS)
        if self._pointer is None or self._pointer.database is None or self._pointer.format == 1:
            return StoreContent(self._key, write)
        path = database_path(self.folder, self._pointer.database).resolve()
        return StoreContent(str(path), write, path)

    def _moved(self) -> bool:
        """Return whether another process has changed the store since it was opened, and may have removed files."""
        return read_pointer(self.folder) != self._pointer

    @property
    def empty(self) -> bool:
        """Whether nothing was ever loaded."""
        return self._pointer is None or self._pointer.database is None

    @property
    def data_sets(self) -> tuple[DataSet, ...]:
        """See Store."""
        while self._sets is None:
            try:
                current = self.history[0].data_sets if self.history else ()
                sets = tuple(read_source(self.folder, one) for one in current)
            except InvalidStore:
                if not self._moved():
                    raise
                sets = None
            if sets is None or self._moved():
                # What is asked next comes from the new revision as well.
                self._open()
            else:
                self._sets = sets
        return self._sets

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
            No revision of that number is kept.
        InvalidStore
            One of its files is damaged.
        """
        while True:
            history = self.history
            if number == 0 and history:
                return ()
            revision = numbered(history, number)
            if self._pointer is not None and self._pointer.format != FORMAT:
                return self.data_sets
            try:
                return tuple(read_source(self.folder, one) for one in revision.data_sets)
            except InvalidStore:
                if not self._moved():
                    raise
                self._open()

    def load(self, *data_sets: DataSet, replace: bool = False, keep: int | None = None) -> LoadReport:
        """See Store; ``keep`` is the number of earlier revisions to keep from now on (0 to 10)."""
        with self._changing(keep):
            before = self.data_sets  # what others loaded meanwhile is kept
            check_names(before, data_sets, replace=replace)
            data_sets, claims = rename_conflicting_claims(before, data_sets)
            after = replaced(before, data_sets)
            loaded = {one.info.id for one in data_sets}
            changes = tuple(one for one in differences(before, after) if one.id in loaded)
            number = self._put(after, described("load", changes), "loading")
            notices = (*(notice for one in data_sets for notice in one.notices), *claims, *namesakes(before, data_sets))
            return LoadReport(changes, number, notices)

    def remove(self, *names: str, keep: int | None = None) -> RemoveReport:
        """Remove data sets: all of them or, on any error, none.

        Parameters
        ----------
        names
            Short names or IRIs of data sets.
        keep
            How many earlier revisions to keep from now on (0 to 10).

        Raises
        ------
        NotFound
            There is no data set of that name.
        InvalidData
            Records of other data sets refer to what would be gone; every reference is listed.
        """
        with self._changing(keep):
            before = self.data_sets
            gone = chosen(before, names)
            left = tuple(one for one in before if one not in gone)
            changes = differences(gone, ())
            made = described("remove", changes)
            try:
                number = self._put(left, made, f"removing {', '.join(made.names)}")
            except InvalidData as error:
                raise InvalidData(error.problems, "nothing was removed") from None
            return RemoveReport(changes, number, *removal(gone, left))

    def undo(self, to: int | None = None, keep: int | None = None) -> UndoReport:
        """Revert the last change of any kind; the undo is a change too, so that a second undo restores it.

        Parameters
        ----------
        to
            Go back to the revision of this number instead; 0 is the empty store.
        keep
            How many earlier revisions to keep from now on (0 to 10).

        Raises
        ------
        UsageError
            There is nothing to take back.
        NotFound
            No revision of that number is kept.
        """
        with self._changing(keep):
            target = self.before() if to is None else to
            history = self.history
            if history and target == history[0].number:
                raise UsageError(f"{self.folder} is at revision {target} already")
            known = {} if target == 0 else {one.id: one for one in numbered(history, target).data_sets}
            after = self.at(target)
            changes = tuple(one for one in differences(self.data_sets, after) if one.added or one.changed or one.removed)
            undone = tuple(f"revision {one.number}: {one.change}" for one in history if one.number > target)
            number = self._put(after, described("undo", changes, target), "undoing", known)
            return UndoReport(changes, number, undone, target)

    def before(self) -> int:
        """The number of the revision before the current one; 0, the empty store, before the first.

        Raises
        ------
        UsageError
            Nothing was ever loaded, or no earlier revision is kept.
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
        """Compare every file that is read, of the current and of earlier revisions, with its checksum; count them.

        Raises
        ------
        InvalidStore
            Files are missing or damaged; the message names all of them.
        """
        found = verify_folder(self.folder)
        if found.damaged:
            raise InvalidStore.together(found.damaged)
        return found.files

    @contextmanager
    def _changing(self, keep: int | None) -> Iterator[None]:
        """Take the lock, read the current state, and at the end remove files that the pointer file does not list."""
        if keep is not None and not 0 <= keep <= MOST_KEPT:
            raise UsageError(f"earlier revisions kept: 0 to {MOST_KEPT}, not {keep}")
        timestamp()  # refuses a day that nobody can be at, before anything is made
        lock = self._lock or self._locked()
        try:
            self._open()
            with disk_errors(self.folder, self._pointer or Pointer()):
                self._keep = keep
                yield
        finally:
            sweep(self.folder)
            if lock is not self._lock:
                lock.release()

    def _put(
        self,
        data_sets: tuple[DataSet, ...],
        made: Revision,
        change: str,
        known: Mapping[str, StoredDataSet] | None = None,
    ) -> int:
        """Make these data sets the current revision; its number."""
        quads = assemble(data_sets, change=change)
        pointer = upgraded(self.folder, self._pointer, self.history, self.data_sets)
        if self._keep is not None:
            pointer = keeping(self.folder, pointer, self._keep, trim=known is None)
        check_disk_space(self.folder, self._pointer or Pointer(), len(quads))
        if known is None:
            here = {id(one) for one in self.data_sets}
            current = {one.id: one for one in pointer.revisions[0].data_sets} if pointer.revisions else {}
            known = {one.info.id: current[one.info.id] for one in data_sets if id(one) in here}
        stored = tuple(known.get(one.info.id) or add_source(self.folder, one, made.made) for one in data_sets)
        number = add_revision(self.folder, pointer, replace(made, data_sets=stored), quads)
        self._open()
        # What was just written need not be read again: that would take as long as the load itself.
        self._sets = tuple(as_archived(*pair) for pair in zip(data_sets, stored, strict=True))
        return number

    def _locked(self) -> FileLock:
        lock = write_lock(self.folder)
        sweep(self.folder)
        return lock

    def close(self) -> None:
        """See Store."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def _is_foreign(folder: Path) -> bool:
    """Return whether a path exists and is neither a store nor an empty folder."""
    try:
        return folder.exists() and not is_store(folder) and (not folder.is_dir() or any(folder.iterdir()))
    except OSError as error:
        raise UsageError(f"cannot read {folder}: {error.strerror}") from None


def require(store: FolderStore) -> FolderStore:
    """The store, if anything was loaded into it."""
    if store.empty:
        raise NotFound("store", str(store.folder), hint="(load something first: knockon load DATA --store FOLDER)")
    return store
