"""What single records are answered from in a large store: each record is looked for when it is needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from knockon.analysis.records.kept_texts import KeptTexts, open_texts
from knockon.analysis.records.record_index import Found, RecordIndex, RecordText, named_in, parts_of, texts_of
from knockon.analysis.records.searched_rows import records_with, unsearched
from knockon.analysis.records.titles import Titles
from knockon.errors import NotFound
from knockon.model import Document, Record, Statement, is_a
from knockon.query.names import NameIndex
from knockon.store.base import Store
from knockon.store.kept_records import KeptRecords
from knockon.store.record_links import PART, owners

#: The most records whose texts are kept in memory for further searches.
_MOST_TEXTS = 100_000


def record_index(store: Store) -> RecordIndex:
    """Return what questions on single records are answered from: all records, or those that a store folder finds."""
    records = store.records
    return FoundRecords(store, records) if isinstance(records, KeptRecords) else RecordIndex(store)


class FoundRecords(RecordIndex):
    """The records of a store folder that keeps them; what takes all of them is made as for other stores.

    Parameters
    ----------
    store
        The store.
    kept
        Its records.
    """

    def __init__(self, store: Store, kept: KeptRecords) -> None:
        super().__init__(store)
        self._kept = kept
        self._was_searched = False

    def find(self, name: str) -> Statement:
        """See RecordIndex."""
        candidates = [record for record in self._kept.named(name) if not record.nested]
        try:
            return NameIndex(candidates, "Record").find(name)
        except NotFound:
            # All names are read for suggestions, and for those of parts.
            return super().find(name)

    @cached_property
    def titles(self) -> Titles:
        """See RecordIndex."""
        return _FoundTitles(self, self._kept)

    @cached_property
    def documents(self) -> Mapping[str, Document]:
        """See RecordIndex."""
        return _FoundDocuments(self._kept)

    def data_set_of(self, record: Statement) -> str:
        """See RecordIndex."""
        return self._short_names[self._kept.graph_of(record.id)]

    @cached_property
    def _short_names(self) -> Mapping[str, str]:
        return {data_set.graph: data_set.info.short_name for data_set in self.store.data_sets}

    def searched(self, words: Sequence[str]) -> Iterable[tuple[Statement, tuple[RecordText, ...]]]:
        """See RecordIndex: rows are looked through, but for later searches where all texts fit into some memory."""
        if self._was_searched and len(self._kept) <= _MOST_TEXTS:
            return self.texts
        self._was_searched = True
        infos = [data_set.info for data_set in self.store.data_sets]
        return ((record, texts_of(record, self.titles)) for record in records_with(self._kept, words, infos))

    @cached_property
    def _kept_texts(self) -> KeptTexts | None:
        return open_texts(self.store.kept_files, self._kept)

    def matching(self, words: Sequence[str], class_name: str = "") -> list[Found]:
        """See RecordIndex: texts that are kept are looked through, else the rows of the records."""
        if (texts := self._kept_texts) is None:
            return super().matching(words, class_name)
        classes = [number for number, cls in enumerate(self._kept.classes) if is_a(cls.rdf_class, class_name or "Record")]
        return [Found(*found) for found in texts.matching(words, classes if class_name else None)]

    def read(self, found: Found) -> tuple[Statement, tuple[RecordText, ...]]:
        """See RecordIndex."""
        if not isinstance(found.source, int):
            return super().read(found)
        ((iri, number, data),) = self._kept.rows.numbered([found.source])
        record = self._kept.read_row(iri, number, data, without=unsearched(self._kept.classes[number]))
        return record, texts_of(record, self.titles)

    @cached_property
    def texts(self) -> Sequence[tuple[Statement, tuple[RecordText, ...]]]:
        """See RecordIndex; for all texts all titles are read at once."""
        self.__dict__["titles"] = Titles([*self.records, *(data_set.info for data_set in self.store.data_sets)])
        return super().texts

    def cited_by(self, record: Record) -> int:
        """See RecordIndex."""
        if not isinstance(record, Document):
            return 0
        return sum(any(span.document == record.id for span in each.all_evidence()) for each in self._kept.naming(record.id))

    def mentions_of(self, iri: str) -> Sequence[tuple[Statement, str]]:
        """See RecordIndex."""
        return [
            (record, field)
            for record in self._kept.naming(iri)
            if record.id != iri
            for named, field in dict.fromkeys(named_in(record))
            if named == iri
        ]


class _FoundTitles(Titles):
    """The titles of records that are looked for."""

    def __init__(self, index: FoundRecords, kept: KeptRecords) -> None:
        super().__init__(data_set.info for data_set in index.store.data_sets)
        self._kept = kept

    def record(self, iri: str) -> Record | None:
        """See Titles."""
        if (found := super().record(iri) or self._kept.find(iri)) is not None:
            return found
        parts = parts_of([*self._kept.having(owners(iri)), *self._kept.linked([iri], PART)])
        return next((part for part in parts if part.id == iri and isinstance(part, Statement)), None)

    def __contains__(self, iri: object) -> bool:
        return isinstance(iri, str) and self.record(iri) is not None


class _FoundDocuments(Mapping[str, Document]):
    """Documents that are looked for."""

    def __init__(self, kept: KeptRecords) -> None:
        self._kept = kept

    def __getitem__(self, iri: str) -> Document:
        record = self._kept.find(iri)
        if not isinstance(record, Document):
            raise KeyError(iri)
        return record

    def __iter__(self) -> Iterator[str]:
        return (record.id for record in self._kept.of_class(Document))

    def __len__(self) -> int:
        return len(self._kept.of_class(Document))


__all__ = ["FoundRecords", "record_index"]
