"""The next database of a store folder as the current one with changes: files that do not change are linked, not copied."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

import pyoxigraph

from knockon.rdf.ontology import ontology
from knockon.store import forms, local_change
from knockon.store.database import database_path, describe, new_database_path, write_error
from knockon.store.kept import KeptFiles
from knockon.store.pointer import Database
from knockon.store.quad_changes import QuadChanges

#: The files of RocksDB that are never written to once they are complete; it appends to others, which are copied.
_UNCHANGING = (".sst", ".blob")
#: The most quads in the log, which every process reads when it opens the database: so many take a tenth of a second.
_MOST_LOGGED = 10_000
#: The kept file which says by what rules a database was built.
_RULES = "rules"


def change_database(folder: Path, current: Database, changes: QuadChanges) -> Database | None:
    """Write a database with the quads of the current one and some changes, and wait until it is on the disk.

    Parameters
    ----------
    folder
        The store folder.
    current
        Its current database, which stays as it is.
    changes
        The quads that are added and removed.

    Returns
    -------
    Database or None
        None where the current one lacks a quad that is removed: then it is not what the changes were computed for.

    Raises
    ------
    OSError
        It cannot be written.
    """
    source, path = database_path(folder, current), new_database_path(folder)
    path.mkdir()
    earlier, verified = KeptFiles(source.parent).verified, KeptFiles(path.parent).verified
    linked = []
    for name, checksum in current.files.items():
        if source.joinpath(name).suffix in _UNCHANGING and verified.link(earlier, source / name, path / name, checksum):
            linked.append(name)
        else:
            shutil.copyfile(source / name, path / name)
    try:
        db = pyoxigraph.Store(str(path))
        if not all(quad in db for quad in changes.removed):
            del db
            shutil.rmtree(path.parent)
            return None
        _apply(db, changes)
    except RuntimeError as error:
        raise write_error(error) from None
    del db  # closes its files
    return describe(path, {name: current.files[name] for name in linked}, verified)


def _apply(db: pyoxigraph.Store, changes: QuadChanges) -> None:
    """Write changes into a database.

    Few of them stay in the log of RocksDB until the next change. To flush them, or to load them in bulk, adds a file to each
    index, and after some of these RocksDB merges them with all that is there: hundreds of megabytes for one quad.
    """
    for quad in changes.removed:
        db.remove(quad)
    if len(changes.added) + len(changes.removed) <= _MOST_LOGGED:
        db.extend(changes.added)
    else:
        db.bulk_extend(changes.added)
        db.flush()


def keep_rules(files: KeptFiles | None, records: int) -> None:
    """Remember that a database with so many records was built by the rules of this version; do nothing where that fails."""
    if files is not None and records >= local_change.LEAST_RECORDS:
        with suppress(OSError):
            files.write(_RULES, _rules(), Path.touch)


def has_rules(files: KeptFiles | None) -> bool:
    """Return whether a database was built by the rules of this version, so that a full build would give the same quads."""
    return files is not None and files.find(_RULES, _rules()) is not None


@cache
def _rules() -> str:
    """Return what decides the quads of a database beside its data sets."""
    return _digest([f"form {forms.RULES}", pyoxigraph.__version__, *sorted(map(str, ontology()))])


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


__all__ = ["change_database", "has_rules", "keep_rules"]
