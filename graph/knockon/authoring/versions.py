"""Versions of data to compare: a store, an earlier state of one, or one data set."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from knockon.authoring.named_sources import read_sources
from knockon.authoring.options import DEFAULTS
from knockon.authoring.rejects import Journal
from knockon.authoring.revisions import parse_revision, read_revision
from knockon.bundled import data_set_names
from knockon.model import DataSet
from knockon.store.markers import is_store
from knockon.store.oxigraph import MemoryStore


class Version(NamedTuple):
    """A version of data to compare with another.

    Attributes
    ----------
    name
        Its name in messages.
    data_sets
        Its data sets.
    whole
        Whether they are a whole store, and not one data set.
    used
        The data sets that the one data set uses.
    """

    name: str
    data_sets: tuple[DataSet, ...]
    whole: bool
    used: tuple[DataSet, ...] = ()


def read_version(source: str | Path, present: Sequence[DataSet] = (), journal: Journal | None = None) -> Version:
    """Read the version that a source names: a store, a revision of one (``store@2``), or one data set (see ``read_source``).

    Parameters
    ----------
    source
        A store, a revision, a bundled name or a path.
    present
        The data sets of the store that it is compared with: a file may refer to their records.
    journal
        How a file is read, and what was read so far with the same options.

    Raises
    ------
    NotFound
        There is no such source, or no such revision.
    InvalidData
        The data is invalid.
    """
    text = str(source)
    if revision := parse_revision(text):
        return Version(text, read_revision(revision), True)
    data_sets = read_sources([source], journal.options if journal else DEFAULTS, present=present, journal=journal)
    # The data sets that it uses come before it.
    return Version(text, data_sets, True) if is_whole(source) else Version(text, data_sets[-1:], False, data_sets[:-1])


def is_whole(source: str | Path) -> bool:
    """Return whether a source is a store or a revision of one, and not one data set."""
    text = str(source)
    return bool(parse_revision(text)) or (text not in data_set_names() and Path(text).is_dir() and is_store(Path(text)))


def stores(old: Version, new: Version, present: Sequence[DataSet] = ()) -> tuple[MemoryStore, MemoryStore]:
    """Return the store that losses are computed from, of each of two versions.

    One data set that is compared with a store is that store with the data set in place of its earlier version: what loading
    it would change. Two data sets that are compared in a store are in place of it one after the other.

    Parameters
    ----------
    old, new
        The versions.
    present
        The data sets of the store that two data sets are compared in; none where each is compared by itself.

    Raises
    ------
    InvalidData
        A data set and the store are invalid together.
    """
    whole = next((version.data_sets for version in (old, new) if version.whole), tuple(present))
    first = _store(old, whole)
    return first, first if new is old else _store(new, whole)


def _store(version: Version, whole: Sequence[DataSet]) -> MemoryStore:
    if version.whole or version.data_sets == tuple(whole):
        return MemoryStore(*version.data_sets, checked=True)
    if not whole:
        return MemoryStore(*version.used, *version.data_sets)
    store = MemoryStore(*whole, checked=True)
    missing = {data_set.info.id for data_set in version.used} - {data_set.info.id for data_set in whole}
    store.load(*(data_set for data_set in version.used if data_set.info.id in missing), *version.data_sets, replace=True)
    return store


def comparable(old: Version, new: Version) -> tuple[Version, Version]:
    """Return two versions in comparable form: a store compared with one data set is reduced to that data set."""
    if old.whole == new.whole:
        return old, new
    names = {item.info.id for item in (new if old.whole else old).data_sets}
    shared = [
        item._replace(data_sets=tuple(d for d in item.data_sets if d.info.id in names), whole=False) for item in (old, new)
    ]
    return (shared[0], shared[1]) if all(item.data_sets for item in shared) else (old, new)
