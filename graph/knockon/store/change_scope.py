"""Check what a change of few records may make invalid: those records, those that refer to them, and what they add up with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from knockon.model import DataSet, Document, Entity, Ownership, Record, Statement
from knockon.rdf.integrity import is_sound
from knockon.rdf.merge import PlacedRecord
from knockon.rdf.references import parts_without_evidence
from knockon.rdf.weight_rules import excess_weights
from knockon.store.kept_records import KeptRecords
from knockon.store.record_links import PART, REFERENCE, SUBJECT, owners


class Change(NamedTuple):
    """A change of few records.

    Parameters
    ----------
    kept
        All merged records before it.
    iris
        The IRIs of the records that a data set states otherwise than before.
    before, after
        The merged records with these IRIs, before and after it.
    """

    kept: KeptRecords
    iris: frozenset[str]
    before: list[PlacedRecord]
    after: list[PlacedRecord]

    @property
    def touched(self) -> list[Statement]:
        """The merged records that differ, as they were and as they will be; those that only go to another graph too."""
        old, new = ({record.id: (record, graph) for record, graph in placed} for placed in (self.before, self.after))
        return [
            record
            for one, other in ((old, new), (new, old))
            for iri, (record, graph) in one.items()
            if iri not in other or other[iri] != (record, graph)
        ]


def is_valid(change: Change, new: Iterable[DataSet], most: int) -> bool:
    """Return whether the records after a change are surely valid, where those before it are.

    Parameters
    ----------
    change
        The change.
    new
        The data sets that it adds or replaces.
    most
        The most other records that are checked: where more may be invalid, the answer is no.
    """
    others = _Others(change)
    after = {record.id: record for record, _ in change.after}
    # Nothing may have the IRI of something else.
    earlier = {part.id for record, _ in change.before for part in (record, *parts_without_evidence(record))}
    added = {part.id for record in after.values() for part in (record, *parts_without_evidence(record))} - earlier
    if any(iri in others for iri in added):
        return False
    scope = dict(after)
    for record in _scope(change, after, others):
        if record.id not in change.iris:
            scope[record.id] = record
            if len(scope) - len(after) > most:
                return False
    if not is_sound(list(scope.values()), others):
        return False
    return not any(True for data_set in new for _ in excess_weights(data_set.records))


def _scope(change: Change, after: Mapping[str, Statement], others: _Others) -> Iterator[Statement]:
    """Yield the records that stay as they are, but may be invalid after a change."""
    kept = change.kept
    # Who refers to what is gone, is of another class, or says less of itself.
    now = {part.id: part for record in after.values() for part in (record, *parts_without_evidence(record))}
    changed = {
        part.id
        for record, _ in change.before
        for part in (record, *parts_without_evidence(record))
        if not _says_as_much(part, now.get(part.id))
    }
    yield from kept.linked(changed, SUBJECT, REFERENCE)
    # What shareholdings add up with.
    owned = {record.owned for record in after.values() if isinstance(record, Ownership)}
    yield from kept.linked(owned, SUBJECT, REFERENCE)
    # What entities are part of, and what that is part of.
    wholes = {iri for record in after.values() if isinstance(record, Entity) for iri in record.part_of}
    seen: set[str] = set()
    while wholes := wholes - seen - change.iris:
        seen |= wholes
        found = [record for record in kept.having(wholes) if isinstance(record, Entity)]
        yield from found
        wholes = {iri for record in found for iri in record.part_of}
    yield from others.documents_without_column(after.values())


def _says_as_much(before: Record, after: Record | None) -> bool:
    """Return whether those that refer to a record or part are as valid after a change as before."""
    if after is None or after.rdf_class != before.rdf_class:
        return False
    return (
        not (isinstance(before, Document) and isinstance(after, Document))
        or after.key_column is not None
        or before.key_column is None
    )


class _Others(Mapping[str, str]):
    """The classes of the records and parts that a change leaves, by IRI; each is looked for when it is asked for."""

    def __init__(self, change: Change) -> None:
        self._kept, self._iris = change.kept, change.iris
        self._known: dict[str, str] = {}

    def __getitem__(self, iri: str) -> str:
        if iri not in self._known:
            self._known[iri] = self._find(iri)
        if not self._known[iri]:
            raise KeyError(iri)
        return self._known[iri]

    def _find(self, iri: str) -> str:
        """Return the class of a record or part; empty if there is none."""
        if iri in self._iris:
            return ""
        if (record := self._kept.find(iri)) is not None:
            return record.rdf_class
        wholes = [*filter(None, map(self._kept.find, owners(iri))), *self._kept.linked([iri], PART)]
        for whole in wholes:
            if whole.id not in self._iris:
                for part in parts_without_evidence(whole):
                    if part.id == iri:
                        return part.rdf_class
        return ""

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    @cached_property
    def _all(self) -> dict[str, str]:
        records = (record for record in self._kept if record.id not in self._iris)
        return {part.id: part.rdf_class for record in records for part in (record, *parts_without_evidence(record))}

    def documents_without_column(self, records: Iterable[Statement]) -> Iterator[Document]:
        """Yield the documents of which evidence of records names rows by keys, and which stay as they are."""
        named = {each.document for record in records for each in record.all_evidence() if each.key is not None}
        for record in self._kept.having(named - self._iris):
            if isinstance(record, Document):
                yield record


__all__ = ["Change", "is_valid"]
