"""What searches and single records are answered from: names, titles, mentions and texts of all records of a store.

Each part is made when it is first needed, and serves every later question: a store of many records is read once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from knockon.analysis.records.folding import fold
from knockon.analysis.records.match_quality import COMMENTS, match_quality
from knockon.analysis.records.titles import Titles
from knockon.model import Document, Evidence, Record, Statement, is_a
from knockon.model.labels import stated_label
from knockon.query.names import NameIndex
from knockon.rdf.fields import fields
from knockon.rdf.sameness import Sameness
from knockon.store.base import Store
from knockon.vocabulary import local_name


class RecordText(NamedTuple):
    """A text of a record that is searched.

    Attributes
    ----------
    where
        Its field.
    content
        The text.
    folded
        The text without case and accents.
    """

    where: str
    content: str
    folded: str


class Found(NamedTuple):
    """A record that matches a search: how well, its title, its place among all in the order of IRIs, and where it is read."""

    quality: int
    title: str
    place: str | tuple[int, int]
    source: Any


class RecordIndex:
    """The records of a store, by what questions about single records look for.

    Parameters
    ----------
    store
        The store; what is loaded into it later is not in the index.

    Examples
    --------
    >>> import knockon
    >>> index = RecordIndex(knockon.open("chips").store)
    >>> index.names.find("ASML").name, len(index.mentions[index.names.find("asml").id]) > 0
    ('asml', True)
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.records = store.records

    @cached_property
    def names(self) -> NameIndex:
        """The records by their names."""
        return NameIndex(self.records, "Record")

    def find(self, name: str) -> Statement:
        """Return the record with a name; errors as of ``NameIndex.find``."""
        return self.names.find(name)

    @cached_property
    def titles(self) -> Titles:
        """The titles of records and data sets."""
        return Titles([*self.records, *(data_set.info for data_set in self.store.data_sets)])

    @cached_property
    def documents(self) -> Mapping[str, Document]:
        """The documents by IRI."""
        return {record.id: record for record in self.records if isinstance(record, Document)}

    @cached_property
    def same(self) -> Sameness:
        """Which entities are the same by judgements and identifiers."""
        return Sameness.of(self.records)

    def cited_by(self, record: Record) -> int:
        """Return how many records cite a record, if it is a document."""
        return self.citations[record.id]

    def mentions_of(self, iri: str) -> Sequence[tuple[Statement, str]]:
        """Return the other records that name an IRI, in their order, with the field that names it."""
        return self.mentions.get(iri, ())

    @cached_property
    def citations(self) -> Counter[str]:
        """How many records cite each document (IRI)."""
        return Counter(iri for record in self.records for iri in {span.document for span in record.all_evidence()})

    @cached_property
    def data_sets(self) -> Mapping[str, str]:
        """The short name of the first data set that has each record (IRI)."""
        sets = reversed(self.store.data_sets)
        return {record.id: data_set.info.short_name for data_set in sets for record in data_set.records}

    @cached_property
    def mentions(self) -> Mapping[str, Sequence[tuple[Statement, str]]]:
        """The other records that name each IRI, with the field that names it."""
        mentions: dict[str, list[tuple[Statement, str]]] = {}
        for record in self.records:
            for iri, name in dict.fromkeys(named_in(record)):
                if iri != record.id:
                    mentions.setdefault(iri, []).append((record, name))
        return mentions

    @cached_property
    def parts(self) -> Mapping[str, Mapping[str, Record]]:
        """The parts of records and the descriptions of data sets, by IRI and by local name: each by IRI."""
        found: dict[str, dict[str, Record]] = {}
        for part in (*(data_set.info for data_set in self.store.data_sets), *parts_of(self.records)):
            for name in (part.id, part.name):
                found.setdefault(name, {}).setdefault(part.id, part)
        return found

    def data_set_of(self, record: Statement) -> str:
        """Return the short name of the first data set that has a record."""
        return self.data_sets[record.id]

    def searched(self, words: Sequence[str]) -> Iterable[tuple[Statement, tuple[RecordText, ...]]]:  # noqa: ARG002 - see below
        """Return the records that may have some words in one of their texts, with their texts.

        Of the records, only the class, the IRI and what titles are made of are to be used.
        """
        return self.texts

    def matching(self, words: Sequence[str], class_name: str = "") -> list[Found]:
        """Return the records of a class in which every one of some words, without case and accents, is in one text."""
        found = []
        for record, texts in self.searched(words):
            if class_name and not is_a(record.rdf_class, class_name):
                continue
            qualities = (match_quality(words, text.folded, comment=text.where in COMMENTS) for text in texts)
            best = min((quality for quality in qualities if quality is not None), default=None)
            if best is not None:
                found.append(Found(best, self.titles.of(record), record.id, (record, texts)))
        return found

    def read(self, found: Found) -> tuple[Statement, tuple[RecordText, ...]]:
        """Return a record that matches, of which the same may be used as of ``searched``, with its texts."""
        record, texts = found.source
        return record, texts

    @cached_property
    def texts(self) -> Sequence[tuple[Statement, tuple[RecordText, ...]]]:
        """The texts of each record that are searched."""
        return [(record, texts_of(record, self.titles)) for record in self.records]


def parts_of(records: Sequence[Record]) -> Iterator[Record]:
    """Yield the parts of records, and the parts of these."""
    for record in records:
        for field in fields(type(record)):
            if field.kind == "nested":
                value = getattr(record, field.name)
                parts = tuple(part for part in (value if field.many else (value,)) if part is not None)
                yield from parts
                yield from parts_of(parts)


def named_in(record: Record, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the IRIs that a record and its parts name, each with the field; of a part ``supply.provider``."""
    for field in fields(type(record)):
        value = getattr(record, field.name)
        for item in (value if field.many else (value,)) if value is not None else ():
            if field.kind == "iri":
                yield item, prefix + field.alias
            elif field.kind == "nested":
                yield item.id, prefix + field.alias
                # What cites a document is counted, not listed.
                if field.nested is not Evidence:
                    yield from named_in(item, f"{prefix}{field.alias}.")


def texts_of(record: Statement, titles: Titles) -> tuple[RecordText, ...]:
    """Return the texts of a record that are searched."""
    return tuple([RecordText(where, content, fold(content)) for where, content in _texts(record, titles)])


def _texts(record: Statement, titles: Titles) -> Iterator[tuple[str, str]]:
    """Yield the texts of a record that are searched, each with its field."""
    label = stated_label(record)
    yield ("label", label) if label else ("title", titles.of(record))
    yield from (("altLabel", name) for name in getattr(record, "alt_label", ()))
    yield "id", local_name(record.id)
    for identifier in getattr(record, "identifier", ()):
        yield "identifier", identifier.notation
    for field in COMMENTS:
        if content := getattr(record, field, None):
            yield field, content


__all__ = ["Found", "RecordIndex", "RecordText", "named_in", "parts_of", "texts_of"]
