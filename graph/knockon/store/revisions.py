"""Create the next revision of a store folder, and drop old ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pyoxigraph import Quad

from knockon.errors import NotFound
from knockon.model import DataSet
from knockon.store.archive import add_source
from knockon.store.changes import DataSetChange
from knockon.store.database import build_database, disk_use
from knockon.store.leftovers import sweep
from knockon.store.markers import POINTER
from knockon.store.pointer import FORMAT, Pointer, Revision, StoredDataSet, timestamp, write_pointer


def add_revision(folder: Path, pointer: Pointer, made: Revision, quads: Iterable[Quad]) -> int:
    """Build the database of a revision, then point at it; the number of the revision.

    Parameters
    ----------
    folder
        The store folder; the sources of the revision are in it already.
    pointer
        What the pointer file says so far, in the present format.
    made
        The revision without its number. Where it holds what the current one holds, it takes the place of that one.
    quads
        What its database is to hold.
    """
    earlier = pointer.revisions
    if earlier and _source_set(made) == _source_set(earlier[0]):
        made, earlier = replace(earlier[0], data_sets=made.data_sets), earlier[1:]
    else:
        made = replace(made, number=earlier[0].number + 1 if earlier else 1)
    pointer = replace(pointer, database=build_database(folder, quads), revisions=(made, *earlier))
    write_pointer(folder, prune(pointer, *disk_use(folder, pointer)))
    return made.number


def _source_set(revision: Revision) -> set[tuple[str, str]]:
    """Return the id and the content hash of each data set: equal sets are equal content."""
    return {(data_set.id, data_set.source) for data_set in revision.data_sets}


def prune(pointer: Pointer, sizes: dict[str, int], budget: int) -> Pointer:
    """Drop the oldest revisions beyond the limits on number and size.

    Parameters
    ----------
    pointer
        Its first revision is the current one, its ``keep`` says how many earlier ones may stay.
    sizes
        The bytes on disk of each compressed source, by its SHA-256; one that several revisions share counts once.
    budget
        The bytes that the earlier ones may take beyond what the current one has anyway. The one before the current
        is kept in any case, so that the last change can be taken back.
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


def numbered(history: Sequence[Revision], number: int) -> Revision:
    """The revision of a number; NotFound with those that are kept."""
    for revision in history:
        if revision.number == number:
            return revision
    kept = ", ".join(str(one.number) for one in reversed(history)) or "none"
    raise NotFound("revision", str(number), hint=f"(kept are {kept})")


def first_format_revision(folder: Path, data_sets: Iterable[DataSet]) -> Revision:
    """The only revision of a store of format 1, in which the origin of data sets is not recorded."""
    made = timestamp(datetime.fromtimestamp((folder / POINTER).stat().st_mtime, UTC))
    stored = tuple(StoredDataSet(one.info.id, one.info.title, "", 0, len(one.records)) for one in data_sets)
    return Revision(1, made, "load", tuple(one.name for one in stored), stored)


def upgraded(folder: Path, pointer: Pointer | None, history: Sequence[Revision], data_sets: Iterable[DataSet]) -> Pointer:
    """The pointer in the present format, ready for a further revision; of a new store it is written at once.

    A store that has sources and no pointer file has lost it; so the file is there before the first source is.
    """
    if pointer is None:
        pointer = Pointer()
        write_pointer(folder, pointer)
    elif pointer.format != FORMAT:
        stored = tuple(add_source(folder, one, "") for one in data_sets)
        return Pointer(None, (replace(history[0], data_sets=stored),))
    return pointer


def keeping(folder: Path, pointer: Pointer, keep: int, *, trim: bool) -> Pointer:
    """The pointer with another number of earlier revisions to keep.

    ``trim`` lets go of those that are too many at once, so that a change can succeed on a disk that is full of them; not where
    the change is to bring one of them back.
    """
    pointer = replace(pointer, keep=keep)
    if trim and pointer.database is not None:
        pointer = replace(pointer, revisions=pointer.revisions[: max(1, keep)])
        write_pointer(folder, pointer)
        sweep(folder)
    return pointer


def described(action: str, changes: Sequence[DataSetChange], restored: int | None = None) -> Revision:
    """The revision that a change makes, as far as it is known before: without its number and its data sets."""
    added, changed, removed = (sum(getattr(one, name) for one in changes) for name in ("added", "changed", "removed"))
    names = tuple(one.name for one in changes)
    return Revision(0, timestamp(), action, names, (), added, changed, removed, restored)
