"""The differences between two versions of data, by record and field; changes of evidence alone are counted separately."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from knockon.analysis.answer import RECORD_NAMES, Answer, RecordAnswer
from knockon.analysis.records.titles import Titles
from knockon.model import DataSet, Evidence, Record, Statement
from knockon.rdf.fields import fields
from knockon.rdf.merge import merge
from knockon.vocabulary import local_name

#: A value of a field: IRIs, words, dates and decimal numbers as text; of a field with several values, all of them.
Value = str | bool | int | float | tuple[str, ...] | None


class Kind(StrEnum):
    """The kind of a change of a record."""

    ADDED = "added"
    REMOVED = "removed"
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
        ``added``, ``removed``, ``changed``, or ``evidence`` where nothing but its evidence differs. In JSON: ``change``.
    data_set
        The short name of the data set that has it.
    fields
        The fields that differ; of a record added or removed, all of its fields.
    evidence_added, evidence_removed
        How many spans of its evidence were added and removed, those of its parts included.
    """

    json_keys = ("kind", "name", "id", "cls", "title", "data_set", "fields", "evidence_added", "evidence_removed")
    json_names: ClassVar[Mapping[str, str]] = {**RECORD_NAMES, "kind": "change"}

    kind: Kind
    data_set: str
    fields: tuple[FieldChange, ...]
    evidence_added: int
    evidence_removed: int


@dataclass(frozen=True, slots=True)
class Differences(Answer):
    """The differences between two versions.

    Attributes
    ----------
    old, new
        The names of the versions.
    added, removed, changed
        How many records were added, were removed, and have a field that differs.
    evidence
        How many records differ in their evidence alone.
    unchanged
        How many records are the same.
    data_sets_added, data_sets_removed
        The short names of data sets that were added and removed.
    other_triples_added, other_triples_removed
        How many triples of other vocabularies were added and removed.
    records
        The records that differ, by IRI.
    """

    old: str
    new: str
    added: int
    removed: int
    changed: int
    evidence: int
    unchanged: int
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


def differences(
    before: Sequence[DataSet], after: Sequence[DataSet], *, old: str = "old", new: str = "new", as_versions: bool = False
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

    Examples
    --------
    >>> from knockon.model import Company, DataSetInfo
    >>> info = DataSetInfo(id="urn:x:data-s", title="S")
    >>> jan, feb = (DataSet(info, (Company(id="urn:x:acme", label=label),)) for label in ("Acme", "Acme Ltd"))
    >>> answer = differences([jan], [feb])
    >>> answer.changed, answer.records[0].fields
    (1, (FieldChange(field='label', old='Acme', new='Acme Ltd'),))
    """
    first, second = _Version(before, descriptions=not as_versions), _Version(after, descriptions=not as_versions)
    records, unchanged = [], 0
    for iri in sorted(first.records.keys() | second.records.keys()):
        change = _record_change(first, second, iri)
        if change is None:
            unchanged += iri not in first.sets | second.sets
        else:
            records.append(change)
    counts = Counter(record.kind for record in records)
    old_sets, new_sets = (first.sets, second.sets) if not as_versions else (set(), set())
    return Differences(
        old=old,
        new=new,
        added=counts[Kind.ADDED],
        removed=counts[Kind.REMOVED],
        changed=counts[Kind.CHANGED],
        evidence=counts[Kind.EVIDENCE],
        unchanged=unchanged,
        data_sets_added=_short_names(new_sets - old_sets),
        data_sets_removed=_short_names(old_sets - new_sets),
        other_triples_added=len(second.triples - first.triples),
        other_triples_removed=len(first.triples - second.triples),
        records=tuple(records),
    )


def _short_names(iris: Iterable[str]) -> tuple[str, ...]:
    return tuple(local_name(iri).removeprefix("data-") for iri in sorted(iris))


class _Version:
    """The merged records of one version by IRI, with the descriptions of its data sets where they are compared."""

    def __init__(self, data_sets: Sequence[DataSet], *, descriptions: bool) -> None:
        merged = merge(data_sets)
        self.sets = {data_set.info.id for data_set in data_sets}
        self.records: dict[str, Statement] = {record.id: record for record, _ in merged}
        self.place = {record.id: local_name(graph).removeprefix("data-") for record, graph in merged}
        if descriptions:
            self.records |= {data_set.info.id: data_set.info for data_set in data_sets}
        self.triples = {(q.subject, q.predicate, q.object) for data_set in data_sets for q in data_set.extra}
        self.titles = Titles(self.records.values())


def _record_change(before: _Version, after: _Version, iri: str) -> RecordChange | None:
    """Return how a record differs between two versions; None where it does not, or describes a data set of one of them."""
    old, new = before.records.get(iri), after.records.get(iri)
    if old == new or (iri in before.sets | after.sets and (old is None or new is None)):
        return None  # added and removed data sets are listed separately
    changes = tuple(_field_changes(_flat(old), _flat(new)))
    spans_old, spans_new = _spans(old), _spans(new)
    kind = Kind.ADDED if old is None else Kind.REMOVED if new is None else Kind.CHANGED if changes else Kind.EVIDENCE
    version, record = (after, new) if new is not None else (before, old)
    assert record is not None  # noqa: S101 - one of the two is there
    return RecordChange(
        kind=kind,
        name=record.name,
        id=iri,
        cls=record.rdf_class,
        title=version.titles.of(record),
        data_set=version.place.get(iri, record.name.removeprefix("data-")),
        fields=changes,
        evidence_added=len(spans_new - spans_old),
        evidence_removed=len(spans_old - spans_new),
    )


def _field_changes(old: Mapping[str, Value], new: Mapping[str, Value]) -> Iterator[FieldChange]:
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield FieldChange(name, old.get(name), new.get(name))


def _flat(record: Statement | None) -> dict[str, Value]:
    """Return the class and all fields of a record by name; empty for no record."""
    if record is None:
        return {}
    return {"class": record.rdf_class, **_values(record, "", record.name)}


def _values(record: Record, prefix: str, owner: str) -> dict[str, Value]:
    """Return the fields of a record and of its parts by name, those without a value and the evidence left out."""
    flat: dict[str, Value] = {}
    for field in fields(type(record)):
        value = getattr(record, field.name)
        # Zero is a value, though it equals False.
        if value is None or value is False or value == () or field.nested is Evidence:
            continue
        name = prefix + field.alias
        if field.kind == "nested":
            for part in value if field.many else (value,):
                part_name = f"{name}[{part.name.removeprefix(owner + '--')}]" if field.many else name
                flat |= _values(part, f"{part_name}.", owner)
        elif field.many:
            flat[name] = tuple(map(str, value))
        else:
            flat[name] = value if isinstance(value, bool | int | float) else str(value)
    return flat


def _spans(record: Statement | None) -> set[tuple[str, str]]:
    """Return the evidence of a record and of its parts, each with the record or part that rests on it."""
    return set(_cited(record)) if record is not None else set()


def _cited(record: Record) -> Iterator[tuple[str, str]]:
    """Yield each evidence of a record and of its parts (IRI), with the record or part that has it."""
    for field in fields(type(record)):
        if field.kind == "nested":
            value = getattr(record, field.name)
            for part in value if field.many else (value,):
                if isinstance(part, Evidence):
                    yield record.id, part.id
                elif part is not None:
                    yield from _cited(part)
