"""Reports of changes to a store, with record counts by data set, and the rules for changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from knockon.errors import NotFound, Notice, UsageError
from knockon.model import DataSet
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
        The place that the data set comes from now; empty where none is known.
    replaced_origin
        The other place that it came from before; empty where that is the same.
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
        other = f"; {self.other_triples:,} triples of other vocabularies came or went" if self.other_triples else ""
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
        return not any(one.added or one.changed or one.removed or one.other_triples for one in self.data_sets)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {**asdict(self), "data_sets": [one.to_dict() for one in self.data_sets]}


@dataclass(frozen=True, slots=True)
class LoadReport(ChangeReport):
    """The effect of loading.

    Attributes
    ----------
    notices
        How the data was read, where its authors should know.
    """

    notices: tuple[Notice, ...] = ()


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
    old = {record.id: record for record in before.records} if before else {}
    new = {record.id: record for record in after.records} if after else {}
    common = old.keys() & new.keys()
    same = sum(old[one] == new[one] for one in common)
    triples = set(before.extra if before else ()) ^ set(after.extra if after else ())
    present = after or before
    elsewhere = before.origin if before and after and _from_elsewhere(before, after) else ""
    return DataSetChange(
        name=present.info.short_name if present else "",
        id=iri,
        added=len(new.keys() - old.keys()),
        changed=len(common) - same,
        removed=len(old.keys() - new.keys()),
        unchanged=same,
        other_triples=len(triples),
        origin=present.origin if present else "",
        replaced_origin=elsewhere,
    )


def namesakes(present: Iterable[DataSet], new: Iterable[DataSet]) -> Iterator[Notice]:
    """Yield a notice for each new data set with the same name as another one but another base."""
    held = {data_set.info.id: data_set for data_set in present}
    for data_set in new:
        for other in held.values():
            if data_set.info.id not in held and other.info.short_name == data_set.info.short_name:
                message = f"has the same name as {other.info.id}, but another base: their records stay separate"
                hint = f"knockon remove {other.info.id} takes the other out"
                yield Notice(data_set.info.short_name, None, message, hint)


def _from_elsewhere(before: DataSet, after: DataSet) -> bool:
    return bool(before.origin and after.origin and before.origin != after.origin)


def check_names(present: Iterable[DataSet], new: Sequence[DataSet], *, replace: bool) -> None:
    """Refuse to put two data sets under one name, and one in place of another that came from another place.

    Raises
    ------
    UsageError
        Two new data sets have one name, or (without ``replace``) one has the name of a data set from another place.
    """
    by_id: dict[str, DataSet] = {}
    for data_set in new:
        other = by_id.setdefault(data_set.info.id, data_set)
        if other is not data_set and not (other.origin and other.origin == data_set.origin):
            places = f" ({other.origin} and {data_set.origin})" if other.origin and data_set.origin else ""
            name = data_set.info.short_name
            raise UsageError(f"two of the sources are called {name}{places}; load one of them by itself, with --as NAME")
    if replace:
        return
    for before in present:
        after = by_id.get(before.info.id)
        if after is not None and _from_elsewhere(before, after) and (change := _effect(before, after)):
            raise UsageError(
                f"{before.info.short_name} came from {before.origin}, and {after.origin} is another place ({change}); "
                "--replace puts it in the place of the other, --as NAME keeps both"
            )


def _effect(before: DataSet, after: DataSet) -> str:
    """Describe the effect of a replacement; empty if nothing changes."""
    (change,) = differences([before], [after])
    if ChangeReport((change,)).changes_nothing:
        return ""
    return f"{change.added:,} records added, {change.changed:,} changed, {change.removed:,} removed"


def chosen(present: Sequence[DataSet], names: Sequence[str]) -> list[DataSet]:
    """Find data sets by name or IRI.

    Raises
    ------
    NotFound
        There is no data set of that name.
    UsageError
        Two data sets have that name under different bases.
    """
    found = []
    for name in dict.fromkeys(names):
        matching = [one for one in present if name in (one.info.id, one.info.short_name, one.info.name)]
        if not matching:
            raise NotFound("data set", name, [one.info.short_name for one in present])
        if len(matching) > 1:
            raise UsageError(f"{name!r} may mean {', '.join(one.info.id for one in matching)}; give the IRI")
        found += matching
    return found


def removal(gone: Sequence[DataSet], left: Iterable[DataSet]) -> tuple[tuple[tuple[str, int], ...], int]:
    """Count the records that go with some data sets by class, and those that stay because others hold them too."""
    stays = {record.id for data_set in left for record in data_set.records}
    records = {record.id: record for data_set in gone for record in data_set.records}
    classes = Counter(record.rdf_class for iri, record in records.items() if iri not in stays)
    return tuple(sorted(classes.items(), key=lambda item: (-item[1], item[0]))), len(records.keys() & stays)
