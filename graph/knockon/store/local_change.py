"""A change of few records of a large store, computed from these and from those that they touch.

The records of the data sets that change are compared, before and after, with what other data sets state of the same IRIs;
all other records stay as they are. What follows from records about something else, or is not valid, is left to a full build,
which says what is wrong: see ``find_local_change``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from knockon.errors import InvalidData
from knockon.model import DataSet, Dependency, Document, Entity, Ownership, Provision, Relation
from knockon.model.lists import LIST_RECORDS
from knockon.model.records import having
from knockon.rdf.merge import PlacedRecord, merge
from knockon.rdf.sameness import claims, telling
from knockon.store.change_scope import Change, is_valid
from knockon.store.changed_records import ChangedRecords
from knockon.store.kept_records import KeptRecords
from knockon.store.quad_changes import Content, QuadChanges, compare_quads
from knockon.store.record_links import IDENTIFIER, subjects

#: Of stores with fewer records the database is built anew, which takes no longer.
LEAST_RECORDS = 2_000
#: If more than one of so many records is involved, a new database takes no longer either.
_LARGEST_SHARE = 4
#: If more than one of so many records differs from the file of all records, that is written anew: two are read more slowly.
_LARGEST_KEPT_SHARE = 10
#: The classes of records whose quads follow from them and from records about the same subject alone.
_LOCAL = (Entity, Document, Dependency, Provision, Ownership, Relation)
#: Records by which parties are covered: an ownership covers nobody where there is no list.
_LISTS = frozenset(cls.rdf_class for cls in LIST_RECORDS if cls is not Ownership)


@dataclass(frozen=True, slots=True)
class LocalChange:
    """What a change of few records changes.

    Parameters
    ----------
    quads
        The quads that it adds to the database and removes from it.
    records
        The records after it, as changes of those before it.
    """

    quads: QuadChanges
    records: ChangedRecords

    @property
    def is_kept_as_changes(self) -> bool:
        """Whether the records after it are kept as changes of those before it: else all are written anew."""
        changed = len(self.records.iris) + self.records.before.rows.changed
        return changed * _LARGEST_KEPT_SHARE <= len(self.records.before)


def find_local_change(kept: KeptRecords, before: Sequence[DataSet], after: Sequence[DataSet]) -> LocalChange | None:
    """Return what a change changes; None where it takes all records to say so.

    That is where most records change; where records touch what does not have their subject (the same entity under several
    IRIs, whom lists cover, updates, other vocabularies); and where the records after it may be invalid together, so that the
    full checks are to say what is wrong.

    Parameters
    ----------
    kept
        The records before the change.
    before, after
        The data sets before and after it; those that it leaves are the same objects.
    """
    if len(kept) < LEAST_RECORDS or any(each.extra or each.stated for each in (*before, *after)):
        return None
    if not _LISTS.isdisjoint(kept.rows.classes) or kept.telling_same:
        return None
    left = {id(each) for each in before} & {id(each) for each in after}
    old, new = ([each for each in sets if id(each) not in left] for sets in (before, after))
    iris = _differing(old, new)
    if len(iris) * _LARGEST_SHARE > len(kept):
        return None
    try:
        stated = [replace(each, records=tuple(having(each.records, iris))) for each in after]
        placed_before = merge(replace(each, records=tuple(having(each.records, iris))) for each in before)
        placed_after = merge(stated)
    except InvalidData:
        return None
    change = Change(kept, iris, placed_before, placed_after)
    most = len(kept) // max(_LARGEST_SHARE, 1)
    if not (_is_local(kept, change) and is_valid(change, new, most)) or (near := _near(change, most)) is None:
        return None
    quads = compare_quads(Content(old, [*placed_before, *near]), Content(new, [*placed_after, *near]))
    by_place = [(place, record) for place, each in enumerate(stated) for record in each.records]
    return LocalChange(quads, ChangedRecords(kept, after, iris, placed_after, by_place))


def _differing(old: Iterable[DataSet], new: Iterable[DataSet]) -> frozenset[str]:
    """Return the IRIs of the records that data sets do not state equally before and after a change."""
    iris: set[str] = set()
    earlier = {each.graph: each for each in old}
    for data_set in new:
        others = earlier.pop(data_set.graph, None)
        known = {record.id: record for record in others.records} if others else {}
        for record in data_set.records:
            if known.pop(record.id, None) != record:
                iris.add(record.id)
        iris |= known.keys()
    return frozenset(iris.union(record.id for each in earlier.values() for record in each.records))


def _near(change: Change, most: int) -> list[PlacedRecord] | None:
    """Return the other records with quads about the same IRIs as those that differ; None if there are too many."""
    about = {iri for record in change.touched for iri in (record.id, *subjects(record))}
    near: dict[str, PlacedRecord] = {}
    for placed in change.kept.about(about):
        if placed[0].id not in change.iris:
            near[placed[0].id] = placed
            if len(near) + len(change.iris) > most:
                return None
    return list(near.values())


def _is_local(kept: KeptRecords, change: Change) -> bool:
    """Return whether nothing follows from the records that change for records about something else."""
    after = [record for record, _ in change.after]
    if not all(isinstance(record, _LOCAL) for record in change.touched) or next(telling(after), None) is not None:
        return False
    identifiers = [str(claim.identifier) for claim in claims(after) if claim.identifier is not None]
    return all(record.id in change.iris for record in kept.linked(identifiers, IDENTIFIER))


__all__ = ["LEAST_RECORDS", "LocalChange", "find_local_change"]
