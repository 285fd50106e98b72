"""Reports of changes to a store, with record counts by data set, and the rules for changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from knockon.errors import NotFound, Notice, UsageError
from knockon.model import DataSet, Statement
from knockon.model.records import having
from knockon.text import counted
from knockon.vocabulary import local_name


@dataclass(frozen=True, slots=True)
class DataSetChange:
    """The number of records of one data set that a change added, changed, removed and kept.

    Attributes
    ----------
    name
        The short name of the data set.
    id
        Its IRI. In JSON ``id`` is its local name, and ``iri`` its IRI.
    added, changed, removed, unchanged
        How many records were added, changed, removed and kept.
    other_triples
        How many triples of other vocabularies were added or removed.
    origin
        The place that the data set was read from; empty if it is not known.
    replaced_origin
        The place that the replaced data set was read from; empty if it is the same.
    """

    name: str
    id: str
    added: int
    changed: int
    removed: int
    unchanged: int
    other_triples: int = 0
    origin: str = ""
    replaced_origin: str = ""

    def __str__(self) -> str:
        counts = f"{self.added:,} added, {self.changed:,} changed, {self.removed:,} removed, {self.unchanged:,} unchanged"
        other = (
            f"; {counted(self.other_triples, 'triple')} of other vocabularies added or removed" if self.other_triples else ""
        )
        return f"{self.name}: {counts}{other}"

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {**asdict(self), "id": local_name(self.id), "iri": self.id}


@dataclass(frozen=True, slots=True)
class ChangeReport:
    """The effect of a change on each data set.

    Attributes
    ----------
    data_sets
        The data sets that the change affects, in the order of their IRIs.
    revision
        The number of the revision after the change; None for a store in memory.
    """

    data_sets: tuple[DataSetChange, ...]
    revision: int | None = None

    @property
    def changes_nothing(self) -> bool:
        """Whether the content is the same as before."""
        return not any(change.added or change.changed or change.removed or change.other_triples for change in self.data_sets)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {**asdict(self), "data_sets": [change.to_dict() for change in self.data_sets]}


@dataclass(frozen=True, slots=True)
class LoadReport(ChangeReport):
    """The effect of loading.

    Attributes
    ----------
    notices
        Notices about how the data was read.
    rejected
        How many rows were left out because they are invalid.
    """

    notices: tuple[Notice, ...] = ()
    rejected: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {**ChangeReport.to_dict(self), "rejected": self.rejected}


@dataclass(frozen=True, slots=True)
class RemoveReport(ChangeReport):
    """The effect of removing data sets.

    Attributes
    ----------
    classes
        How many records of each class were removed, the most frequent class first.
    shared
        How many records stay because another data set contains them too.
    """

    classes: tuple[tuple[str, int], ...] = ()
    shared: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {**ChangeReport.to_dict(self), "classes": dict(self.classes)}


@dataclass(frozen=True, slots=True)
class UndoReport(ChangeReport):
    """The effect of an undo.

    Attributes
    ----------
    undone
        The reverted changes in words, newest first.
    restored
        The number of the restored revision; 0 is the empty store.
    """

    undone: tuple[str, ...] = ()
    restored: int = 0


def differences(before: Iterable[DataSet], after: Iterable[DataSet]) -> tuple[DataSetChange, ...]:
    """Compare each data set before and after a change, in the order of their IRIs."""
    old = {data_set.info.id: data_set for data_set in before}
    new = {data_set.info.id: data_set for data_set in after}
    return tuple(_difference(iri, old.get(iri), new.get(iri)) for iri in sorted(old.keys() | new.keys()))


def _difference(iri: str, before: DataSet | None, after: DataSet | None) -> DataSetChange:
    triples = set(before.extra if before else ()) ^ set(after.extra if after else ())
    added, changed, removed, same = _counts(before.records if before else (), after.records if after else ())
    present = after or before
    replaced_origin = before.origin if before and after and _has_other_origin(before, after) else ""
    return DataSetChange(
        name=present.info.short_name if present else "",
        id=iri,
        added=added,
        changed=changed,
        removed=removed,
        unchanged=same,
        other_triples=len(triples),
        origin=present.origin if present else "",
        replaced_origin=replaced_origin,
    )


def _counts(before: Sequence[Statement], after: Sequence[Statement]) -> tuple[int, int, int, int]:
    """Return how many records are added, changed, removed and unchanged; each id is in a data set once."""
    if not before or not after:
        return len(after), 0, len(before), 0
    old, new = {record.id: record for record in before}, {record.id: record for record in after}
    common = old.keys() & new.keys()
    same = sum(old[record] == new[record] for record in common)
    return len(new) - len(common), len(common) - same, len(old) - len(common), same


def same_name_notices(present: Iterable[DataSet], new: Iterable[DataSet]) -> Iterator[Notice]:
    """Yield a notice for each new data set with the same name as another one but another base."""
    by_id = {data_set.info.id: data_set for data_set in present}
    for data_set in new:
        for other in by_id.values():
            if data_set.info.id not in by_id and other.info.short_name == data_set.info.short_name:
                message = f"has the same name as {other.info.id}, but another base: their records stay separate"
                hint = f"knockon remove {other.info.id} removes the other one"
                yield Notice(data_set.info.short_name, None, message, hint)


def load_notices(before: Iterable[DataSet], loaded: Sequence[DataSet], claims: Iterable[Notice]) -> tuple[Notice, ...]:
    """Return the notices of a load: those of its data sets, on renamed claims, and on equal names."""
    return (*(notice for data_set in loaded for notice in data_set.notices), *claims, *same_name_notices(before, loaded))


def _has_other_origin(before: DataSet, after: DataSet) -> bool:
    return bool(before.origin and after.origin and before.origin != after.origin)


def check_names(present: Iterable[DataSet], new: Sequence[DataSet], *, replace: bool) -> None:
    """Check that new data sets have different names, and do not replace data sets from other places.

    Raises
    ------
    UsageError
        Two new data sets have the same name, or (without ``replace``) one has the name of a data set from another place.
    """
    by_id: dict[str, DataSet] = {}
    for data_set in new:
        other = by_id.setdefault(data_set.info.id, data_set)
        if other is not data_set and not (other.origin and other.origin == data_set.origin):
            places = f" ({other.origin} and {data_set.origin})" if other.origin and data_set.origin else ""
            name = data_set.info.short_name
            raise UsageError(f"two of the sources are called {name}{places}; load one of them separately, with --as NAME")
    if replace:
        return
    for before in present:
        after = by_id.get(before.info.id)
        if after is not None and _has_other_origin(before, after) and (change := _effect(before, after)):
            raise UsageError(
                f"{before.info.short_name} was read from {before.origin}, and {after.origin} is another place ({change}); "
                "--replace replaces it, --as NAME keeps both"
            )


def _effect(before: DataSet, after: DataSet) -> str:
    """Describe the effect of a replacement; empty if nothing changes."""
    (change,) = differences([before], [after])
    if ChangeReport((change,)).changes_nothing:
        return ""
    return f"{change.added:,} records added, {change.changed:,} changed, {change.removed:,} removed"


def find_data_sets(present: Sequence[DataSet], names: Sequence[str]) -> list[DataSet]:
    """Find data sets by name or IRI.

    Raises
    ------
    NotFound
        There is no data set of that name.
    UsageError
        Two data sets have that name under different bases.
    """
    matches = []
    for name in dict.fromkeys(names):
        matching = [
            data_set for data_set in present if name in (data_set.info.id, data_set.info.short_name, data_set.info.name)
        ]
        if not matching:
            raise NotFound("data set", name, [data_set.info.short_name for data_set in present])
        if len(matching) > 1:
            raise UsageError(f"{name!r} may mean {', '.join(data_set.info.id for data_set in matching)}; give the IRI")
        matches += matching
    return matches


def count_removed(removed: Sequence[DataSet], rest: Iterable[DataSet]) -> tuple[tuple[tuple[str, int], ...], int]:
    """Count the records that are removed with data sets, by class, and those that stay since the rest contains them too."""
    records = {record.id: record for data_set in removed for record in data_set.records}
    staying = {record.id for data_set in rest for record in having(data_set.records, records)}
    classes = Counter(record.rdf_class for iri, record in records.items() if iri not in staying)
    return tuple(sorted(classes.items(), key=lambda item: (-item[1], item[0]))), len(records.keys() & staying)
