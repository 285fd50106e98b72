"""The quads that a change adds to a database and removes from it, of the records that it touches and those close to them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pyoxigraph
from pyoxigraph import Quad

from knockon.model import DataSet
from knockon.rdf.derived import derived
from knockon.rdf.description import descriptions
from knockon.rdf.merge import PlacedRecord
from knockon.store.assembly import authored_quads


class QuadChanges(NamedTuple):
    """The quads that a change adds to a database and removes from it."""

    added: set[Quad]
    removed: set[Quad]


class Content(NamedTuple):
    """Data sets, and records: those that differ from the content that this one is compared with, and those close to them."""

    data_sets: Sequence[DataSet]
    placed: Iterable[PlacedRecord]


def compare_quads(before: Content, after: Content) -> QuadChanges:
    """Return the quads that differ between two contents.

    A quad of one record may be one of another record too: evidence, and links between the same entities. So both contents
    have all records with a subject in common with one that differs, and whole descriptions of the data sets that differ.
    """
    removed, added = _quads(before), _quads(after)
    return QuadChanges(added - removed, removed - added)


def _quads(content: Content) -> set[Quad]:
    """Return the quads of records and of the descriptions of data sets, and those derived from them."""
    placed = list(content.placed)
    infos = [(data_set.info, data_set.graph) for data_set in content.data_sets]
    # In a database numbers have one form each: 0.50 is 0.5 there.
    db = pyoxigraph.Store()
    db.bulk_extend(authored_quads([*infos, *placed]))
    db.bulk_extend(derived(record for record, _ in placed))
    db.bulk_extend(descriptions(content.data_sets))
    return set(db)


__all__ = ["Content", "QuadChanges", "compare_quads"]
