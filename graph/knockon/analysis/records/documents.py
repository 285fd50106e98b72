"""The documents that records cite, and how recent the data of a graph are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from knockon.analysis.answer import Answer, RecordAnswer
from knockon.analysis.records.titles import Titles
from knockon.model import DataSet, Document
from knockon.model.dates import day_of
from knockon.store.base import Store


@dataclass(frozen=True, slots=True)
class DocumentSummary(RecordAnswer):
    """A document: where it is published, and how much rests on it.

    Attributes
    ----------
    issued
        The day on which it was published; None where it is not known.
    retrieved
        The day on which it was read at its address; None where it is not known.
    url
        The address at which it is published; None where there is none.
    license
        Its licence; None where none is stated.
    sha256
        The SHA-256 of its file; None where it is not known.
    data_set
        The short name of the first data set that has it.
    cited_by
        How many records cite it.
    """

    issued: date | None
    retrieved: date | None
    url: str | None
    license: str | None
    sha256: str | None
    data_set: str
    cited_by: int


@dataclass(frozen=True, slots=True)
class DataSetFreshness(Answer):
    """How recent a data set is.

    Attributes
    ----------
    name
        Its short name.
    iri
        Its IRI.
    title
        Its title.
    issued
        The day on which it was published; None where it states none.
    loaded
        When a store took it (ISO 8601, UTC); empty where it is not known.
    records
        How many records it has.
    documents
        How many documents it has.
    last_issued
        The day of its most recent document; None where none states one.
    last_retrieved
        The last day on which one of its documents was read at its address; None where none states one.
    """

    name: str
    iri: str
    title: str
    issued: date | None
    loaded: str
    records: int
    documents: int
    last_issued: date | None
    last_retrieved: date | None


@dataclass(frozen=True, slots=True)
class Freshness(Answer):
    """How recent the data of a graph are.

    Attributes
    ----------
    today
        The day that answers are about unless another one is named (UTC).
    revision
        The number of the revision of the store; None where it keeps none.
    made
        When that revision was made (ISO 8601, UTC); None where there is none.
    data_sets
        Each data set, in the order of their IRIs.
    """

    today: date | None
    revision: int | None
    made: str | None
    data_sets: tuple[DataSetFreshness, ...]


def documents(store: Store) -> tuple[DocumentSummary, ...]:
    """Return the documents of a store, in the order of their IRIs."""
    cited = Counter(iri for record in store.records for iri in {span.document for span in record.all_evidence()})
    found: dict[str, str] = {}
    for data_set in store.data_sets:
        for record in data_set.records:
            found.setdefault(record.id, data_set.info.short_name)
    titles = Titles(store.records)
    return tuple(
        DocumentSummary(
            name=record.name,
            id=record.id,
            cls=record.rdf_class,
            title=titles.of(record),
            issued=record.issued,
            retrieved=record.retrieved,
            url=record.url,
            license=record.license,
            sha256=record.sha256,
            data_set=found[record.id],
            cited_by=cited[record.id],
        )
        for record in store.records
        if isinstance(record, Document)
    )


def freshness(store: Store, revision: int | None = None, made: str | None = None) -> Freshness:
    """Return how recent the data sets of a store are.

    Parameters
    ----------
    store
        The store.
    revision, made
        The number of its revision and the time at which it was made; None where it keeps none.
    """
    return Freshness(day_of(None), revision, made, tuple(map(_data_set_freshness, store.data_sets)))


def _data_set_freshness(data_set: DataSet) -> DataSetFreshness:
    own = [record for record in data_set.records if isinstance(record, Document)]
    return DataSetFreshness(
        name=data_set.info.short_name,
        iri=data_set.info.id,
        title=data_set.info.title,
        issued=data_set.info.issued,
        loaded=data_set.loaded,
        records=len(data_set.records),
        documents=len(own),
        last_issued=max((record.issued for record in own if record.issued), default=None),
        last_retrieved=max((record.retrieved for record in own if record.retrieved), default=None),
    )


__all__ = ["DataSetFreshness", "DocumentSummary", "Freshness", "documents", "freshness"]
