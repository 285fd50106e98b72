"""Which data sets a graph is made of, and what is in each."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from knockon.model import DataSet, Dependency, Document, Entity, Shock
from knockon.store.base import Store
from knockon.vocabulary import local_name


@dataclass(frozen=True, slots=True)
class DataSetSummary:
    """One data set: what it is called, what it holds, where it came from.

    ``classes`` counts its records by class, most frequent first;
    ``other_triples`` are triples of other vocabularies. ``origin`` is the place
    it was read from and ``loaded`` the time (UTC) at which a store took it;
    each is empty where it is not known.
    """

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
    origin: str
    loaded: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {**asdict(self), "id": local_name(self.id), "iri": self.id, "classes": dict(self.classes)}


def contents(store: Store) -> tuple[DataSetSummary, ...]:
    """Summarise each data set of a store, in the order of their IRIs."""
    return tuple(map(_summary, store.data_sets))


def _summary(data_set: DataSet) -> DataSetSummary:
    def count(cls: type) -> int:
        return sum(isinstance(record, cls) for record in data_set.records)

    info = data_set.info
    classes = Counter(record.rdf_class for record in data_set.records)
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
        origin=data_set.origin,
        loaded=data_set.loaded,
    )
