"""The files of records in the folder ``kept`` of a revision: all of them in one, or changes of an earlier revision's file."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial

from knockon.model import DataSet
from knockon.rdf.merge import PlacedRecord, merge
from knockon.rdf.plain_records import PlainRecords
from knockon.store.changed_records import ChangedRecords, base_checksum, write_changed_records
from knockon.store.kept import KeptFiles, program_digest
from knockon.store.kept_records import KeptRecords
from knockon.store.kept_rows import KeptRows
from knockon.store.plain_record_table import write_plain_records
from knockon.store.pointer import Revision, StoredDataSet
from knockon.store.record_table import write_records

#: The names of the file of all records, and of that of changes of an earlier one.
_ALL, _CHANGES = "records", "changes"
#: The parts of the package that determine how records are read and written.
_PROGRAM = ("model", "rdf", "store")


def open_kept_records(files: KeptFiles, revision: Revision) -> KeptRecords | None:
    """Return the records of a revision as they were kept; None where they were not."""
    if (key := _key(revision.data_sets)) is None:
        return None
    try:
        if (whole := files.locate(_ALL, key)) is not None:
            return KeptRecords(KeptRows(whole.path, checksum=whole.checksum))
        if (changes := files.find(_CHANGES, key)) is not None and (base := files.checked(_ALL, base_checksum(changes))):
            return KeptRecords(KeptRows(changes, base.path, base.checksum))
    except (sqlite3.Error, LookupError, TypeError):
        return None
    return None


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
    key = _key(revision.data_sets)
    if key and files is not None:
        with suppress(OSError):
            if len(data_sets) == 1 and isinstance(plain := data_sets[0].records, PlainRecords):
                files.write(_ALL, key, partial(write_plain_records, data_set=data_sets[0], records=plain))
                return
            merged = merge(data_sets) if placed is None else placed
            files.write(_ALL, key, partial(write_records, data_sets=data_sets, placed=merged))


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
    key = _key(revision.data_sets)
    if key and files is not None:
        with suppress(OSError):
            files.take_over(_ALL, changed.before.rows.checksum, earlier)
            files.write(_CHANGES, key, partial(write_changed_records, changed=changed))


def _key(stored: Iterable[StoredDataSet]) -> str | None:
    """Return what the kept records of some data sets depend on; None if nothing can be kept."""
    digest = program_digest(*_PROGRAM)
    if digest is None:
        return None
    return hashlib.sha256("\n".join([digest, *(f"{each.id} {each.source}" for each in stored)]).encode()).hexdigest()


__all__ = ["keep_changed_records", "keep_records", "open_kept_records"]
