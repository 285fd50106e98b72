"""Change a store in a folder: revisions, which are never changed, and a pointer file, which is replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from knockon.errors import NotFound, UsageError, failing_with
from knockon.model import DataSet
from knockon.model.dataset import replace_data_sets
from knockon.rdf.merge import merge
from knockon.store.archive import add_source, as_read_back
from knockon.store.assembly import assemble
from knockon.store.changed_database import change_database, has_rules, keep_rules
from knockon.store.changes import (
    ChangeReport,
    LoadReport,
    RemoveReport,
    UndoReport,
    check_names,
    count_removed,
    differences,
    find_data_sets,
    load_notices,
)
from knockon.store.conflicting_claims import rename_conflicting_claims
from knockon.store.database import build_database, revision_path
from knockon.store.disk_space import check_disk_space, disk_errors
from knockon.store.folder_reader import FolderReader
from knockon.store.joint_checks import check_together
from knockon.store.kept import KeptFiles
from knockon.store.leftovers import remove_blank, sweep
from knockon.store.local_change import LocalChange, find_local_change
from knockon.store.locking import write_lock
from knockon.store.plain_database import build, least_quads, plain_records
from knockon.store.pointer import (
    FORMAT,
    MOST_KEPT,
    Pointer,
    Revision,
    StoredDataSet,
    timestamp,
)
from knockon.store.record_files import keep_changed_records, keep_records, open_kept_records
from knockon.store.revisions import (
    add_revision,
    find_revision,
    new_revision,
    to_current_format,
    with_keep,
)

if TYPE_CHECKING:
    from filelock import FileLock
    from pyoxigraph import Quad

    from knockon.rdf.plain_records import PlainRecords
    from knockon.sparql.update import GraphChanges
    from knockon.store.updates import UpdateReport


class FolderStore(FolderReader):
    """A store in a folder; it outlives the process, and a killed change leaves it unchanged.

    The folder contains the database of the current revision, the data sets of
    this and of earlier revisions as compressed N-Quads (archive.py), and a
    pointer file that lists the revisions (pointer.py). A change builds the next
    database beside the current one, and then replaces the pointer file in one
    atomic step. An undo is a change too: it builds the database of an earlier
    revision again.

    Parameters
    ----------
    folder
        The folder; the first load creates it.
    write
        Hold the write lock until ``close``. Otherwise each change holds it while it runs.

    Raises
    ------
    UsageError
        The folder exists and is not a store.
    InvalidStore
        A file of the store is damaged or missing, or was written by a newer version.
    StoreBusy
        ``write`` is set, and another process is writing.
    """

    def __init__(self, folder: Path, *, write: bool = False) -> None:
        super().__init__(folder)
        self._made_folder = False
        self._lock = self._acquire_lock() if write else None
        try:
            self._open(later=self.locked)
        except BaseException:
            self.close()
            raise

    @property
    def locked(self) -> bool:
        """Whether this store holds the write lock, until ``close``."""
        return self._lock is not None

    def load(self, *data_sets: DataSet, replace: bool = False, keep: int | None = None) -> LoadReport:
        """See Store; ``keep`` is the number of earlier revisions to keep from now on (0 to 10)."""
        with self._change(keep), failing_with("nothing was loaded"):
            before = self.data_sets  # includes what other processes loaded meanwhile
            check_names(before, data_sets, replace=replace)
            data_sets, claims = rename_conflicting_claims(before, data_sets)
            after = replace_data_sets(before, data_sets)
            loaded = {data_set.info.id for data_set in data_sets}
            changes = differences(*([each for each in sets if each.info.id in loaded] for sets in (before, after)))
            number = self._put(after, new_revision("load", changes), "loading")
            return LoadReport(changes, number, load_notices(before, data_sets, claims))

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
            Records of other data sets refer to removed records; every reference is listed.
        """
        with self._change(keep), failing_with("nothing was removed"):
            before = self.data_sets
            removed = find_data_sets(before, names)
            rest = tuple(data_set for data_set in before if data_set not in removed)
            changes = differences(removed, ())
            revision = new_revision("remove", changes)
            number = self._put(rest, revision, f"removing {', '.join(revision.names)}")
            return RemoveReport(changes, number, *count_removed(removed, rest))

    def undo(self, to: int | None = None, keep: int | None = None) -> UndoReport:
        """Revert the last change of any kind; the undo is a change too, so that a second undo restores it.

        Parameters
        ----------
        to
            Restore the revision with this number instead; 0 is the empty store.
        keep
            How many earlier revisions to keep from now on (0 to 10).

        Raises
        ------
        UsageError
            There is nothing to undo.
        NotFound
            No revision with that number is kept.
        """
        with self._change(keep):
            target = self.previous_number() if to is None else to
            history = self.history
            if history and target == history[0].number:
                raise UsageError(f"{self.folder} is at revision {target} already")
            known = {} if target == 0 else {data_set.id: data_set for data_set in find_revision(history, target).data_sets}
            after = self._data_sets_at(target)
            left = {id(data_set) for data_set in self.data_sets} & {id(data_set) for data_set in after}
            differing = ([each for each in sets if id(each) not in left] for sets in (self.data_sets, after))
            changes = tuple(change for change in differences(*differing) if change.added or change.changed or change.removed)
            undone = tuple(f"revision {revision.number}: {revision.change}" for revision in history if revision.number > target)
            number = self._put(after, new_revision("undo", changes, target), "undoing", known)
            return UndoReport(changes, number, undone, target)

    def update(self, changes_of: Callable[[FolderReader], GraphChanges]) -> UpdateReport:
        """Apply a SPARQL update as one revision; nothing is changed if the records are invalid afterwards.

        Parameters
        ----------
        changes_of
            Returns what the update changes in this store, while no other process can change it.

        Raises
        ------
        InvalidData
            A record is invalid afterwards.
        StoreBusy
            Another process is writing.
        """
        from knockon.store.updates import UPDATES, UpdateReport, apply_changes, check_removed

        with self._change(None), failing_with("nothing was changed"):
            before = self.data_sets
            changes = changes_of(self)
            number = self.history[0].number if self.history else 0
            counts = {"added_triples": len(changes.added), "removed_triples": len(changes.removed)}
            if not changes.added and not changes.removed:
                return UpdateReport((), number, **counts, kept_triples=changes.kept)
            after = apply_changes(before, changes, number)
            affected = tuple(each for each in differences(before, after) if not ChangeReport((each,)).changes_nothing)
            revision = new_revision("update", affected)
            number = self._put(after, revision, "the update", check=partial(check_removed, changes))
            other = sum(len(data_set.extra) for data_set in after if data_set.info.id == UPDATES)
            return UpdateReport(affected, number, **counts, kept_triples=changes.kept, other_triples=other)

    @contextmanager
    def _change(self, keep: int | None) -> Iterator[None]:
        """Acquire the lock and read the current state; on exit remove the files that the pointer file does not list."""
        if keep is not None and not 0 <= keep <= MOST_KEPT:
            raise UsageError(f"earlier revisions kept: 0 to {MOST_KEPT}, not {keep}")
        timestamp()  # raises an error for an invalid SOURCE_DATE_EPOCH, before any file is written
        lock = self._lock or self._acquire_lock()
        try:
            self._open(later=self.locked)
            with disk_errors(self.folder, self._pointer or Pointer()):
                self._keep = keep
                yield
        finally:
            sweep(self.folder)
            if self.kept_files is not None:
                self.kept_files.verified.renew()
            if lock is not self._lock:
                self._release(lock)

    def _put(
        self,
        data_sets: tuple[DataSet, ...],
        revision: Revision,
        change: str,
        known: Mapping[str, StoredDataSet] | None = None,
        check: Callable[[list[Quad]], None] | None = None,
    ) -> int:
        """Make data sets the current revision, and return its number.

        ``known`` are those whose sources are stored, by id; ``check`` raises an error if the quads are not as they should be.
        """
        if (records := plain_records(data_sets)) is not None:
            return self._put_plain(data_sets[0], records, revision)
        # What an update removed is looked for among all quads.
        if check is None and (changes := self._local_change(data_sets)) is not None:
            number = self._put_changes(data_sets, revision, changes, known)
            if number is not None:
                return number
        placed = merge(data_sets)
        check_together([record for record, _ in placed], data_sets, change)
        quads = assemble(data_sets, checked=True)
        if check is not None:
            check(quads)
        pointer = self._next_pointer(len(quads), trim=known is None)
        stored = self._store_sources(data_sets, revision, pointer, known)
        database = build_database(self.folder, quads)
        number = add_revision(self.folder, pointer, replace(revision, data_sets=stored), database)
        self._open(later=self.locked)
        # The data sets are not read again, which would take as long as the load itself.
        self._sets = tuple(as_read_back(*pair) for pair in zip(data_sets, stored, strict=True))
        self.__dict__["_placed"] = placed
        # The next process need not read them either.
        keep_records(self.kept_files, self.history[0], self._sets, placed)
        keep_rules(self.kept_files, len(placed))
        return number

    def _put_plain(self, data_set: DataSet, records: PlainRecords, revision: Revision) -> int:
        """Make a data set of plain records, which were checked when they were read, the only one of the current revision."""
        pointer = self._next_pointer(least_quads(records), trim=True)
        database, stored = build(self.folder, data_set, records, revision.made)
        number = add_revision(self.folder, pointer, replace(revision, data_sets=(stored,)), database)
        self._open(later=self.locked)
        keep_rules(self.kept_files, len(records))
        if self.kept_files is None or open_kept_records(self.kept_files, self.history[0]) is None:
            # Else they are read from the table when they are needed, and take no memory until then.
            self._sets = (as_read_back(data_set, stored),)
        return number

    def _put_changes(
        self,
        data_sets: tuple[DataSet, ...],
        revision: Revision,
        changes: LocalChange,
        known: Mapping[str, StoredDataSet] | None,
    ) -> int | None:
        """Make data sets the current revision by what differs; None if the database is not what that was computed for."""
        pointer = self._next_pointer(len(changes.quads.added), trim=known is None)
        if pointer.database is None or (database := change_database(self.folder, pointer.database, changes.quads)) is None:
            return None
        earlier = KeptFiles(revision_path(self.folder, pointer.database))
        stored = self._store_sources(data_sets, revision, pointer, known)
        number = add_revision(self.folder, pointer, replace(revision, data_sets=stored), database)
        self._open(later=self.locked)
        if changes.is_kept_as_changes:
            keep_changed_records(self.kept_files, self.history[0], earlier, changes.records)
        else:
            keep_records(self.kept_files, self.history[0], data_sets)
        keep_rules(self.kept_files, len(self.records))
        return number

    def _store_sources(
        self,
        data_sets: tuple[DataSet, ...],
        revision: Revision,
        pointer: Pointer,
        known: Mapping[str, StoredDataSet] | None,
    ) -> tuple[StoredDataSet, ...]:
        """Write the data sets into the archive that are not there, and describe all of them."""
        if known is None:
            unchanged = {id(data_set) for data_set in self.data_sets}
            current = {data_set.id: data_set for data_set in pointer.revisions[0].data_sets} if pointer.revisions else {}
            known = {data_set.info.id: current[data_set.info.id] for data_set in data_sets if id(data_set) in unchanged}
        return tuple(known.get(data_set.info.id) or add_source(self.folder, data_set, revision.made) for data_set in data_sets)

    def _local_change(self, after: tuple[DataSet, ...]) -> LocalChange | None:
        """Return how the content differs from what it will be; None if everything must be read for that."""
        if self._pointer is None or self._pointer.format != FORMAT or not has_rules(self.kept_files):
            return None
        files, before = self.kept_files, self.data_sets
        kept = self._kept or (open_kept_records(files, self.history[0]) if files else None)
        return None if kept is None else find_local_change(kept, before, after)

    def _next_pointer(self, quads: int, *, trim: bool) -> Pointer:
        """Return the pointer before the change in the current format, if a database of so many quads may fit on the disk."""
        pointer = to_current_format(self.folder, self._pointer, self.history, self.data_sets)
        if self._keep is not None:
            pointer = with_keep(self.folder, pointer, self._keep, trim=trim)
        check_disk_space(self.folder, self._pointer or Pointer(), quads)
        return pointer

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the write lock, for a change together with what must not be done without it.

        Raises
        ------
        StoreBusy
            Another process is writing.
        """
        if self._lock is not None:
            yield
            return
        self._lock = self._acquire_lock()
        try:
            yield
        finally:
            self.close()

    def _acquire_lock(self) -> FileLock:
        is_new = not self.folder.exists()
        lock = write_lock(self.folder)
        self._made_folder = is_new
        sweep(self.folder)
        return lock

    def _release(self, lock: FileLock) -> None:
        """Release the lock; a folder that was made for a change that put nothing into it is removed before."""
        if self._made_folder:
            remove_blank(self.folder)
            self._made_folder = False
        lock.release()

    def close(self) -> None:
        """See Store."""
        if self._lock is not None:
            self._release(self._lock)
            self._lock = None


def require(store: FolderStore) -> FolderStore:
    """Return a store that is not empty.

    Raises
    ------
    NotFound
        Nothing was loaded into the store.
    """
    if store.empty:
        raise NotFound("store", str(store.folder), hint="(load something first: knockon load DATA --store FOLDER)")
    return store
