"""Create the next revision of a store folder, and remove old ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from knockon.errors import NotFound
from knockon.model import DataSet
from knockon.store.archive import add_source, source_path
from knockon.store.changes import DataSetChange
from knockon.store.database import disk_use, revision_path
from knockon.store.kept import KeptFiles
from knockon.store.leftovers import sweep
from knockon.store.markers import POINTER
from knockon.store.pointer import FORMAT, Database, Pointer, Revision, StoredDataSet, timestamp, write_pointer


def add_revision(folder: Path, pointer: Pointer, revision: Revision, database: Database) -> int:
    """Make a revision the current one; return its number.

    Parameters
    ----------
    folder
        The store folder, which contains the sources of the revision already.
    pointer
        The content of the pointer file before, in the current format.
    revision
        The revision without its number. If it has the content of the current one, it replaces that one.
    database
        Its database, which is on the disk.
    """
    earlier = pointer.revisions
    if earlier and _source_set(revision) == _source_set(earlier[0]):
        revision, earlier = replace(earlier[0], data_sets=revision.data_sets), earlier[1:]
    else:
        revision = replace(revision, number=earlier[0].number + 1 if earlier else 1)
    _remember_sources(folder, pointer, revision, database)
    pointer = replace(pointer, database=database, revisions=(revision, *earlier))
    write_pointer(folder, prune(pointer, *disk_use(folder, pointer)))
    return revision.number


def _remember_sources(folder: Path, before: Pointer, revision: Revision, database: Database) -> None:
    """Remember which sources match their checksums: those that did before, and those that the change wrote."""
    verified, earlier = KeptFiles(revision_path(folder, database)).verified, {each.source for each in before.sources}
    if before.database is not None:
        verified.take_sources(KeptFiles(revision_path(folder, before.database)).verified)
    for stored in revision.data_sets:
        if stored.source not in earlier:
            verified.written(source_path(folder, stored.source), stored.source)
    verified.save()


def _source_set(revision: Revision) -> set[tuple[str, str]]:
    """Return the id and the content hash of each data set: equal sets are equal content."""
    return {(data_set.id, data_set.source) for data_set in revision.data_sets}


def prune(pointer: Pointer, sizes: dict[str, int], budget: int) -> Pointer:
    """Remove the oldest revisions beyond the limits on number and size.

    Parameters
    ----------
    pointer
        The revisions, the current one first; its ``keep`` is the most earlier ones that may stay.
    sizes
        The bytes of each compressed source, by its SHA-256; a source that several revisions share counts once.
    budget
        The bytes that sources used only by earlier revisions may take. The revision before the current one is
        always kept, so that the last change can be undone.
    """
    kept = list(pointer.revisions[:1])
    counted = {data_set.source for data_set in kept[0].data_sets} if kept else set()
    total = 0
    for revision in pointer.revisions[1 : pointer.keep + 1]:
        own = {data_set.source for data_set in revision.data_sets} - counted
        total += sum(sizes.get(source, 0) for source in own)
        if total > budget and len(kept) > 1:
            break
        counted |= own
        kept.append(revision)
    return replace(pointer, revisions=tuple(kept))


def find_revision(history: Sequence[Revision], number: int) -> Revision:
    """Return the revision with a number; raise NotFound, with the numbers that are kept, if there is none."""
    for revision in history:
        if revision.number == number:
            return revision
    kept = ", ".join(str(revision.number) for revision in reversed(history)) or "none"
    raise NotFound("revision", str(number), hint=f"(kept are {kept})")


def first_format_revision(folder: Path, data_sets: Iterable[DataSet]) -> Revision:
    """Create the description of the only revision of a store of format 1, which has no origins of data sets."""
    time = timestamp(datetime.fromtimestamp((folder / POINTER).stat().st_mtime, UTC))
    stored = tuple(StoredDataSet(data_set.info.id, data_set.info.title, "", 0, len(data_set.records)) for data_set in data_sets)
    return Revision(1, time, "load", tuple(data_set.name for data_set in stored), stored)


def to_current_format(
    folder: Path, pointer: Pointer | None, history: Sequence[Revision], data_sets: Iterable[DataSet]
) -> Pointer:
    """Convert the pointer of a store to the current format; for a new store, write a pointer file without revisions.

    The pointer file must exist before the first source: sources without one mean that it was lost.
    """
    if pointer is None:
        pointer = Pointer()
        write_pointer(folder, pointer)
    elif pointer.format != FORMAT:
        stored = tuple(add_source(folder, data_set, "") for data_set in data_sets)
        return Pointer(None, (replace(history[0], data_sets=stored),))
    return pointer


def with_keep(folder: Path, pointer: Pointer, keep: int, *, trim: bool) -> Pointer:
    """Return the pointer with another number of earlier revisions to keep.

    With ``trim``, revisions beyond that number are removed before the change, to free disk space for it. An undo must not do
    that, since it may restore one of them.
    """
    pointer = replace(pointer, keep=keep)
    if trim and pointer.database is not None:
        pointer = replace(pointer, revisions=pointer.revisions[: max(1, keep)])
        write_pointer(folder, pointer)
        sweep(folder)
    return pointer


def new_revision(action: str, changes: Sequence[DataSetChange], restored: int | None = None) -> Revision:
    """Create the description of the revision that a change will create, without its number and its data sets."""
    added, changed, removed = (sum(getattr(change, name) for change in changes) for name in ("added", "changed", "removed"))
    names = tuple(change.name for change in changes)
    return Revision(0, timestamp(), action, names, (), added, changed, removed, restored)
