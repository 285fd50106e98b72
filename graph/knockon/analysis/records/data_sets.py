"""The data sets of a graph, with counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from knockon.analysis.answer import Answer
from knockon.model import CLASSES, DataSet, Dependency, Document, Entity, Record, Shock
from knockon.model.records import class_counts
from knockon.store.base import Store
from knockon.text import counted
from knockon.vocabulary import local_name


@dataclass(frozen=True, slots=True)
class DataSetSummary(Answer):
    """A data set: its names, counts of its records, and its origin.

    Attributes
    ----------
    name
        Its short name, as in ``--store NAME``.
    id
        Its IRI.
    title
        Its title.
    base
        The text with which the IRIs of its records begin.
    records, entities, dependencies, shocks, documents
        How many records it has, and how many of each kind.
    classes
        How many records it has of each class, most frequent first.
    other_triples
        How many triples of other vocabularies it has.
    issued
        The day on which it was published (2026-01-31); empty where it states none.
    origin
        The place that it was read from; empty where it is not known.
    loaded
        When a store took it (ISO 8601, UTC); empty where it is not known.
    """

    json_keys = (
        "name", "local_name", "title", "base", "records", "entities", "dependencies", "shocks", "documents", "class_counts",
        "other_triples", "issued", "origin", "loaded", "id",
    )  # fmt: skip
    json_names: ClassVar[Mapping[str, str]] = {"local_name": "id", "id": "iri", "class_counts": "classes"}

    name: str
    id: str
    title: str
    base: str
    records: int
    entities: int
    dependencies: int
    shocks: int
    documents: int
    classes: tuple[tuple[str, int], ...]
    other_triples: int
    issued: str
    origin: str
    loaded: str

    @property
    def local_name(self) -> str:
        """The local name of its IRI."""
        return local_name(self.id)

    @property
    def class_counts(self) -> dict[str, int]:
        """The number of its records of each class, by the name of the class."""
        return dict(self.classes)


def contents(store: Store) -> tuple[DataSetSummary, ...]:
    """Summarise each data set of a store, in the order of their IRIs."""
    return tuple(map(_summary, store.data_sets))


def graph_summary(store: Store) -> str:
    """Return the names of the data sets of a store, and how much is in it, in one line.

    >>> from knockon.store.oxigraph import MemoryStore
    >>> graph_summary(MemoryStore())
    'empty: 0 entities, 0 dependencies, 0 shocks, 0 documents'
    """
    names = ", ".join(data_set.info.short_name for data_set in store.data_sets) or "empty"
    kinds = (("entity", "entities", Entity), ("dependency", "dependencies", Dependency), ("shock", "", Shock))
    counts = [
        counted(store.records.count_of(cls), singular, plural) for singular, plural, cls in (*kinds, ("document", "", Document))
    ]
    return f"{names}: {', '.join(counts)}"


def _summary(data_set: DataSet) -> DataSetSummary:
    classes = class_counts(data_set.records)

    def count(cls: type[Record]) -> int:
        return sum(number for name, number in classes.items() if issubclass(CLASSES[name], cls))

    info = data_set.info
    return DataSetSummary(
        name=info.short_name,
        id=info.id,
        title=info.title,
        base=info.base,
        records=len(data_set.records),
        entities=count(Entity),
        dependencies=count(Dependency),
        shocks=count(Shock),
        documents=count(Document),
        classes=tuple(sorted(classes.items(), key=lambda item: (-item[1], item[0]))),
        other_triples=len(data_set.extra),
        issued=info.issued.isoformat() if info.issued else "",
        origin=data_set.origin,
        loaded=data_set.loaded,
    )
