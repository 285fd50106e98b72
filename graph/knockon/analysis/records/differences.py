"""The differences between two versions of data, by record and field; changes of evidence alone are counted separately.

Where a day is given for each version, those records are compared that hold on it: what began or ended between two days is
a difference too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

from knockon.analysis.answer import RECORD_NAMES, Answer, RecordAnswer
from knockon.analysis.records.record_values import Value, spans_of, values_of
from knockon.analysis.records.titles import Titles
from knockon.model import DataSet, Statement
from knockon.model.dates import Absence, Calendar, written
from knockon.rdf.merge import merge
from knockon.store.validity import valid_parts
from knockon.vocabulary import local_name

if TYPE_CHECKING:
    from knockon.analysis.impact.impact_differences import ImpactDifferences


class ChangeKind(StrEnum):
    """The kind of a change of a record."""

    ADDED = "added"
    REMOVED = "removed"
    BEGINS = "begins"
    ENDS = "ends"
    CHANGED = "changed"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class FieldChange(Answer):
    """A field with its value before and after.

    Attributes
    ----------
    field
        Its name in data files; fields of parts are named by part, ``supply[lumen-glass].share``.
    old, new
        Its value in each version; None where it has none there.
    """

    field: str
    old: Value
    new: Value


@dataclass(frozen=True, slots=True)
class RecordChange(RecordAnswer):
    """A record that differs between two versions.

    Attributes
    ----------
    kind
        ``added``, ``removed``, ``changed``, or ``evidence`` where nothing but its evidence differs; with days, ``begins``
        where both versions have it and it holds on the second day alone, ``ends`` on the first alone. In JSON: ``change``.
    data_set
        The short name of the data set that has it.
    fields
        The fields that differ; of a record that is in one version alone, or holds on one day alone, all of its fields.
    evidence_added, evidence_removed
        How many spans of its evidence were added and removed, those of its parts included.
    absent
        Of what begins or ends: why it does not hold on the other day, ``not begun`` or ``ended``.
    """

    json_keys = (
        "kind", "name", "id", "cls", "title", "data_set", "fields", "evidence_added", "evidence_removed", "absent?",
    )  # fmt: skip
    json_names: ClassVar[Mapping[str, str]] = {**RECORD_NAMES, "kind": "change"}

    kind: ChangeKind
    data_set: str
    fields: tuple[FieldChange, ...]
    evidence_added: int
    evidence_removed: int
    absent: Absence | None = None


@dataclass(frozen=True, slots=True)
class Differences(Answer):
    """The differences between two versions.

    Attributes
    ----------
    old, new
        The names of the versions.
    day_old, day_new
        The day of each version (2026-01-31); ``all`` where dates are ignored.
    added, removed, changed
        How many records were added, were removed, and have a field that differs.
    begins, ends
        How many records of both versions hold on the second day alone, and on the first alone.
    evidence
        How many records differ in their evidence alone.
    unchanged
        How many records are the same.
    not_holding
        How many records hold on neither day, and are not compared.
    data_sets_added, data_sets_removed
        The short names of data sets that were added and removed.
    other_triples_added, other_triples_removed
        How many triples of other vocabularies were added and removed.
    records
        The records that differ, by IRI.
    """

    old: str
    new: str
    day_old: str
    day_new: str
    added: int
    removed: int
    begins: int
    ends: int
    changed: int
    evidence: int
    unchanged: int
    not_holding: int
    data_sets_added: tuple[str, ...]
    data_sets_removed: tuple[str, ...]
    other_triples_added: int
    other_triples_removed: int
    records: tuple[RecordChange, ...]

    @property
    def same(self) -> bool:
        """Whether the two versions have no difference."""
        return not (self.records or self.data_sets_added or self.data_sets_removed or self.other_triples_added
                    or self.other_triples_removed)  # fmt: skip


@dataclass(frozen=True, slots=True)
class VersionDifferences(Answer):
    """The differences between two versions, and the losses that differ.

    Attributes
    ----------
    records
        The records that differ; in JSON its keys are beside ``impacts``.
    impacts
        The losses that differ.
    """

    json_keys = ("*records", "impacts")

    records: Differences
    impacts: ImpactDifferences


def differences(
    before: Sequence[DataSet],
    after: Sequence[DataSet],
    *,
    old: str = "old",
    new: str = "new",
    as_versions: bool = False,
    days: tuple[date | None, date | None] = (None, None),
) -> Differences:
    """Return the differences between two versions, record by record.

    Parameters
    ----------
    before, after
        The data sets of each version.
    old, new
        The names of the versions in the answer.
    as_versions
        Compare the data sets as versions of one data set, even where their names and titles differ.
    days
        The day of each version; its records that do not hold on that day count as if they were not there. None: all count.

    Examples
    --------
    >>> from knockon.model import Company, DataSetInfo
    >>> info = DataSetInfo(id="urn:x:data-s", title="S")
    >>> jan, feb = (DataSet(info, (Company(id="urn:x:acme", label=label),)) for label in ("Acme", "Acme Ltd"))
    >>> answer = differences([jan], [feb])
    >>> answer.changed, answer.records[0].fields
    (1, (FieldChange(field='label', old='Acme', new='Acme Ltd'),))
    """
    first, second = (
        _Version(data_sets, day, descriptions=not as_versions) for data_sets, day in zip((before, after), days, strict=True)
    )
    records, unchanged, not_holding = [], 0, 0
    for iri in sorted(first.every | second.every):
        change = _record_change(first, second, iri)
        if change is not None:
            records.append(change)
        elif iri in first.records or iri in second.records:
            unchanged += iri not in first.sets | second.sets
        else:
            not_holding += 1
    counts = Counter(record.kind for record in records)
    old_sets, new_sets = (first.sets, second.sets) if not as_versions else (set(), set())
    return Differences(
        old=old,
        new=new,
        day_old=written(days[0]),
        day_new=written(days[1]),
        added=counts[ChangeKind.ADDED],
        removed=counts[ChangeKind.REMOVED],
        begins=counts[ChangeKind.BEGINS],
        ends=counts[ChangeKind.ENDS],
        changed=counts[ChangeKind.CHANGED],
        evidence=counts[ChangeKind.EVIDENCE],
        unchanged=unchanged,
        not_holding=not_holding,
        data_sets_added=_short_names(new_sets - old_sets),
        data_sets_removed=_short_names(old_sets - new_sets),
        other_triples_added=len(second.triples - first.triples),
        other_triples_removed=len(first.triples - second.triples),
        records=tuple(records),
    )


def _short_names(iris: Iterable[str]) -> tuple[str, ...]:
    return tuple(local_name(iri).removeprefix("data-") for iri in sorted(iris))


class _Version:
    """The merged records of one version that hold on its day by IRI, with the descriptions of its data sets if compared."""

    def __init__(self, data_sets: Sequence[DataSet], day: date | None, *, descriptions: bool) -> None:
        merged = merge(data_sets)
        described = {data_set.info.id: data_set.info for data_set in data_sets} if descriptions else {}
        self.absent = Calendar.of(record for record, _ in merged).absent(day)
        self.sets = {data_set.info.id for data_set in data_sets}
        self.records: dict[str, Statement] = {
            record.id: valid_parts(record, self.absent) for record, _ in merged if record.id not in self.absent
        }
        self.records |= described
        self.every = {record.id for record, _ in merged} | described.keys()
        self.place = {record.id: local_name(graph).removeprefix("data-") for record, graph in merged}
        self.triples = {(q.subject, q.predicate, q.object) for data_set in data_sets for q in data_set.extra}
        self.titles = Titles([*(record for record, _ in merged), *described.values()])


def _record_change(before: _Version, after: _Version, iri: str) -> RecordChange | None:
    """Return how a record differs between two versions; None where it does not, or describes a data set of one of them."""
    old, new = before.records.get(iri), after.records.get(iri)
    if old == new or (iri in before.sets | after.sets and (old is None or new is None)):
        return None  # added and removed data sets are listed separately
    changes = tuple(_field_changes(values_of(old), values_of(new)))
    spans_old, spans_new = spans_of(old), spans_of(new)
    version, record = (after, new) if new is not None else (before, old)
    assert record is not None  # noqa: S101 - one of the two is there
    return RecordChange(
        kind=_kind(before, after, iri, changes),
        name=record.name,
        id=iri,
        cls=record.rdf_class,
        title=version.titles.of(record),
        data_set=version.place.get(iri, record.name.removeprefix("data-")),
        fields=changes,
        evidence_added=len(spans_new - spans_old),
        evidence_removed=len(spans_old - spans_new),
        absent=before.absent.get(iri) if old is None else after.absent.get(iri) if new is None else None,
    )


def _kind(before: _Version, after: _Version, iri: str, changes: Sequence[FieldChange]) -> ChangeKind:
    """Return the kind of a change: a record that both versions have, and that holds in one, begins or ends."""
    if iri not in before.records:
        return ChangeKind.BEGINS if iri in before.every else ChangeKind.ADDED
    if iri not in after.records:
        return ChangeKind.ENDS if iri in after.every else ChangeKind.REMOVED
    return ChangeKind.CHANGED if changes else ChangeKind.EVIDENCE


def _field_changes(old: Mapping[str, Value], new: Mapping[str, Value]) -> Iterator[FieldChange]:
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield FieldChange(name, old.get(name), new.get(name))
