"""The files of records in the folder ``kept`` of a revision: all of them in one, or changes of an earlier revision's file."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import tempfile
import weakref
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import pyoxigraph

from knockon.model import DataSet
from knockon.rdf.merge import PlacedRecord, merge
from knockon.rdf.plain_records import PlainRecords
from knockon.store import forms
from knockon.store.changed_records import ChangedRecords, base_checksum, write_changed_records
from knockon.store.kept import KeptFiles
from knockon.store.kept_records import KeptRecords
from knockon.store.kept_rows import KeptRows
from knockon.store.plain_record_table import write_plain_records
from knockon.store.pointer import Revision, StoredDataSet
from knockon.store.record_table import write_records

#: The names of the file of all records, and of that of changes of an earlier one.
ALL, _CHANGES = "records", "changes"
#: The names of the texts of the file of all records (analysis/records/kept_texts.py), and of the columns of its dependencies
#: (network/kept_columns.py).
TEXTS, COLUMNS = "texts", "columns"
#: What is derived from the file of all records alone. Its key ends with the checksum of that file, with which it is carried
#: over to the revisions that are changes of it.
_DERIVED = (TEXTS, COLUMNS)
#: The records of smaller revisions are read at once where they are not kept, which takes less time.
LEAST_REBUILT = 20_000


def open_kept_records(files: KeptFiles, revision: Revision) -> KeptRecords | None:
    """Return the records of a revision as they were kept; None where they were not."""
    key = records_key(revision.data_sets)
    try:
        if (whole := files.locate(ALL, key)) is not None:
            return KeptRecords(KeptRows(whole.path, checksum=whole.checksum))
        if (changes := files.find(_CHANGES, key)) is not None and (base := files.checked(ALL, base_checksum(changes))):
            return KeptRecords(KeptRows(changes, base.path, base.checksum))
    except (sqlite3.Error, LookupError, TypeError):
        return None
    return None


def rebuild_records(files: KeptFiles, revision: Revision, folder: Path, database: pyoxigraph.Store) -> KeptRecords | None:
    """Keep the records of a large revision again, from its sources, and return them; None where all must be read at once.

    Where the folder of the revision cannot be written, they are in a temporary file, as long as somebody reads it.

    Parameters
    ----------
    files
        The kept files of the revision.
    revision
        The revision.
    folder
        The store folder.
    database
        The database of the revision.

    Raises
    ------
    InvalidStore
        A source is missing or damaged.
    """
    if sum(each.records for each in revision.data_sets) < LEAST_REBUILT:
        return None
    from knockon.store.rebuilt_records import rebuild
    from knockon.store.source_reader import NotInOrder

    write = partial(rebuild, folder=folder, stored=revision.data_sets, database=database)
    try:
        with suppress(OSError):
            files.write(ALL, records_key(revision.data_sets), write)
        return open_kept_records(files, revision) or _in_temporary_file(write)
    except NotInOrder:
        return None


def _in_temporary_file(write: Callable[[Path], None]) -> KeptRecords | None:
    try:
        handle, name = tempfile.mkstemp(prefix="knockon-records-")
        os.close(handle)
        path = Path(name)
        try:
            write(path)
            rows = KeptRows(path)
        except BaseException:
            path.unlink()
            raise
    except (OSError, sqlite3.Error):
        return None
    weakref.finalize(rows, path.unlink, missing_ok=True)
    return KeptRecords(rows)


def keep_records(
    files: KeptFiles | None, revision: Revision, data_sets: Sequence[DataSet], placed: Sequence[PlacedRecord] | None = None
) -> None:
    """Keep the records of a revision, so that the next process need not read its sources; where it cannot, do nothing.

    Parameters
    ----------
    files
        The kept files of the revision; None where it has none.
    revision
        The revision.
    data_sets
        Its data sets, in the order in which it has them.
    placed
        The records that they are together; None: they are merged here.
    """
    key = records_key(revision.data_sets)
    if files is not None:
        with suppress(OSError):
            if len(data_sets) == 1 and isinstance(plain := data_sets[0].records, PlainRecords):
                files.write(ALL, key, partial(write_plain_records, data_set=data_sets[0], parts=[plain.in_order()]))
                return
            merged = merge(data_sets) if placed is None else placed
            files.write(ALL, key, partial(write_records, data_sets=data_sets, placed=merged))


def keep_changed_records(files: KeptFiles | None, revision: Revision, earlier: KeptFiles, changed: ChangedRecords) -> None:
    """Keep the records of a revision as the file of the one before it and what differs; where it cannot, do nothing.

    Parameters
    ----------
    files
        The kept files of the revision; None where it has none.
    revision
        The revision.
    earlier
        The kept files of the revision before it.
    changed
        The records of that revision, and what differs.
    """
    key = records_key(revision.data_sets)
    if files is not None:
        with suppress(OSError):
            checksum = changed.before.rows.checksum
            files.take_over(ALL, checksum, earlier)
            files.write(_CHANGES, key, partial(write_changed_records, changed=changed))
            for name in _DERIVED:
                # One that is missing is made anew, and keeps no other back.
                with suppress(OSError):
                    files.carry_over(name, checksum, earlier)


def records_key(stored: Iterable[StoredDataSet]) -> str:
    """Return what the kept records of some data sets depend on."""
    lines = (f"form {forms.RECORDS}", *(f"{each.id} {each.source}" for each in stored))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


__all__ = ["COLUMNS", "TEXTS", "keep_changed_records", "keep_records", "open_kept_records", "rebuild_records"]
