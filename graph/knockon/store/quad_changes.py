"""Find which quads a change adds and removes: those of the records that it changes and of those that share quads with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pyoxigraph
from pyoxigraph import Quad

from knockon.model import (
    DataSet,
    Dependency,
    Document,
    Entity,
    Ownership,
    Provision,
    Relation,
    Statement,
)
from knockon.model.lists import LIST_RECORDS
from knockon.rdf.derived import derived
from knockon.rdf.description import descriptions
from knockon.rdf.merge import PlacedRecord
from knockon.rdf.sameness import telling
from knockon.store.base import authored_quads

#: Of stores with fewer records the database is built anew, which takes no longer.
LEAST_RECORDS = 2_000
#: If more than one of so many records is involved, a new database takes no longer either.
_LARGEST_SHARE = 4
#: The classes of records whose quads follow from them and from records about the same subject alone.
_LOCAL = (Entity, Document, Dependency, Provision, Ownership, Relation)
#: Records by which parties are covered: an ownership covers nobody where there is no list.
_LISTS = tuple(cls for cls in LIST_RECORDS if cls is not Ownership)


class QuadChanges(NamedTuple):
    """The quads that a change adds to a database and removes from it."""

    added: set[Quad]
    removed: set[Quad]


class Content(NamedTuple):
    """Data sets, and the merged records that they are together."""

    data_sets: Sequence[DataSet]
    placed: Sequence[PlacedRecord]


def find_quad_changes(before: Content, after: Content) -> QuadChanges | None:
    """Return the quads that differ between two contents of a store; None where that takes all records.

    A quad of one record may be one of another record too: evidence, and links between the same entities. So the quads
    of the changed records are compared together with those of all records that have a subject in common with them.
    What depends on records without a common subject (the same entity under several IRIs, whom lists cover, what updates
    and other vocabularies state) is left to a full build.
    """
    if len(before.placed) < LEAST_RECORDS or any(each.extra or each.stated for each in (*before.data_sets, *after.data_sets)):
        return None
    if not (_is_local(before.placed) and _is_local(after.placed)):
        return None
    old = {record.id: (record, graph) for record, graph in before.placed}
    untouched, new = [], []
    for placed in after.placed:
        earlier = old.get(placed[0].id)
        if earlier is not None and earlier[1] == placed[1] and earlier[0] == placed[0]:
            untouched.append(placed)
            del old[placed[0].id]
        else:
            new.append(placed)
    touched = [record for record, _ in (*old.values(), *new)]
    if not all(isinstance(record, _LOCAL) for record in touched):
        return None
    subjects = {iri for record in touched for iri in _subjects(record)}
    near = [placed for placed in untouched if not subjects.isdisjoint(_subjects(placed[0]))]
    if (len(touched) + len(near)) * _LARGEST_SHARE > len(before.placed):
        return None
    same = {id(data_set) for data_set in before.data_sets} & {id(data_set) for data_set in after.data_sets}
    removed = _quads([each for each in before.data_sets if id(each) not in same], [*old.values(), *near])
    added = _quads([each for each in after.data_sets if id(each) not in same], [*new, *near])
    return QuadChanges(added - removed, removed - added)


def _is_local(placed: Sequence[PlacedRecord]) -> bool:
    """Return whether no record decides what is derived from records about something else."""
    records = [record for record, _ in placed]
    return not any(isinstance(record, _LISTS) for record in records) and next(telling(records), None) is None


def _subjects(record: Statement) -> Iterator[str]:
    """Yield the subjects of the quads that are stated by a record or follow from it, but for its parts."""
    yield record.id
    yield from (evidence.id for evidence in record.all_evidence())
    if isinstance(record, Dependency):
        yield record.dependant
    elif isinstance(record, Provision):
        yield record.provided
    elif isinstance(record, Ownership):
        yield record.owner
    elif isinstance(record, Relation):
        yield from (record.subject, record.object)


def _quads(data_sets: Sequence[DataSet], placed: Sequence[PlacedRecord]) -> set[Quad]:
    """Return the quads of records and of the descriptions of data sets, and those derived from them."""
    infos = [(data_set.info, data_set.graph) for data_set in data_sets]
    # In a database numbers have one form each: 0.50 is 0.5 there.
    db = pyoxigraph.Store()
    db.bulk_extend(authored_quads([*infos, *placed]))
    db.bulk_extend(derived(record for record, _ in placed))
    db.bulk_extend(descriptions(data_sets))
    return set(db)


__all__ = ["LEAST_RECORDS", "Content", "QuadChanges", "find_quad_changes"]
