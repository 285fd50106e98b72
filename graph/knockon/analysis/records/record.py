"""One record: its fields, its evidence, and the records that name it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knockon.analysis.answer import Answer, JsonObject, JsonValue, RecordAnswer, as_json
from knockon.analysis.answer_parts import Citation, cite
from knockon.analysis.records.record_index import RecordIndex, parts_of
from knockon.errors import NotFound
from knockon.model import Document, Evidence, Record, Statement
from knockon.rdf.fields import fields
from knockon.store.base import Store
from knockon.vocabulary import OA, PREFIXES

if TYPE_CHECKING:
    from pyoxigraph import Quad


@dataclass(frozen=True, slots=True)
class Mention(Answer):
    """A field of another record that names the record.

    Attributes
    ----------
    record
        The other record (IRI).
    cls
        Its class.
    property
        The field that names it; fields of parts are named by part, ``supply.provider``.
    label
        Its label; None where it has none.
    title
        Its label or title, or else a short description.
    """

    record: str
    cls: str
    property: str
    label: str | None
    title: str


@dataclass(frozen=True, slots=True)
class RecordDetails(RecordAnswer):
    """A record: its fields, its evidence, and the records that name it.

    Attributes
    ----------
    values
        The values of its fields by their names in data files; parts are objects. In JSON these are keys of the record.
    evidence
        Where documents state it, parts included.
    named_by
        The records that name it, by property and IRI.
    labels
        The labels of the records that are named in this answer, by IRI.
    cited_by
        How many records cite it, if it is a document.
    same_as
        The other IRIs of an entity, by judgements and identifiers on any day; None, and not in JSON, where it has none.
    """

    json_keys = ("name", "id", "cls", "title", "*values", "evidence", "named_by", "labels", "cited_by", "same_as?")
    values: Mapping[str, JsonValue]
    evidence: tuple[Citation, ...]
    named_by: tuple[Mention, ...]
    labels: Mapping[str, str]
    cited_by: int
    same_as: tuple[str, ...] | None = None


def show(index: RecordIndex, name: str) -> RecordDetails:
    """Return a record by IRI, local name or label.

    A part of a record (a supply, a hit, a step, evidence) and a data set are found by IRI or local name.

    Raises
    ------
    NotFound
        The store has no such record; the message has the nearest names.

    Examples
    --------
    >>> import knockon
    >>> record = knockon.open("chips").show("asml")
    >>> record.cls, record.values["label"]
    ('Company', 'ASML')
    """
    record = _find(index, name)
    titles, documents = index.titles, index.documents
    evidence = list(record.all_evidence()) if isinstance(record, Statement) else []
    named_by = _mentions(index, record.id)
    mentioned = {*_mentioned(record), *(span.document for span in evidence), *(mention.record for mention in named_by)}
    return RecordDetails(
        name=record.name,
        id=record.id,
        cls=record.rdf_class,
        title=titles.of(record),
        values=_fields(record, documents),
        evidence=cite(evidence, documents),
        named_by=named_by,
        labels={iri: label for iri in sorted(mentioned) if (label := titles.label(iri))},
        cited_by=index.cited_by(record),
        same_as=tuple(iri for iri in index.same.all_of(record.id) if iri != record.id) or None,
    )


def record_quads(store: Store, *iris: str) -> Iterator[Quad]:
    """Yield what a store states of records and of their parts: supplies, hits, evidence.

    >>> import knockon
    >>> quads = record_quads(knockon.open().store, "https://w3id.org/knockon/id/nvidia")
    >>> sorted({quad.predicate.value.rpartition("#")[2] for quad in quads} & {"start", "label", "stance"})
    ['label', 'stance', 'start']
    """
    from pyoxigraph import NamedNode

    index = RecordIndex(store)
    known = {record.id: record for record in index.records}
    records = [known.get(iri) or _find(index, iri) for iri in iris]
    for part in (*records, *parts_of(records)):
        for quad in store.quads(NamedNode(part.id)):
            yield quad
            # The place in a document is a node of its own.
            if quad.predicate.value == OA + "hasSelector":
                yield from store.quads(quad.object)


def _mentions(index: RecordIndex, iri: str) -> tuple[Mention, ...]:
    """Return the fields of other records that name a record."""
    mentions = [
        Mention(other.id, other.rdf_class, name, getattr(other, "label", None), index.titles.of(other))
        for other, name in index.mentions_of(iri)
    ]
    return tuple(sorted(mentions, key=lambda mention: (mention.property, mention.record)))


def _find(index: RecordIndex, name: str) -> Record:
    """Return a record, a part of a record or the description of a data set by its name."""
    try:
        return index.find(name)
    except NotFound:
        prefix, colon, rest = name.partition(":")
        iri = PREFIXES[prefix] + rest if colon and prefix in PREFIXES else name
        matching = index.parts.get(iri, {})
        if len(matching) != 1:
            raise
        return next(iter(matching.values()))


def _mentioned(record: Record) -> Iterator[str]:
    """Yield the IRIs that a record and its parts name."""
    for field in fields(type(record)):
        value = getattr(record, field.name)
        for item in (value if field.many else (value,)) if value is not None else ():
            if field.kind == "iri":
                yield item
            elif field.kind == "nested":
                yield from _mentioned(item)


def _fields(record: Record, documents: Mapping[str, Document]) -> JsonObject:
    """Return the fields of a record that have a value, by their names in data files; without evidence."""
    values: JsonObject = {}
    for field in fields(type(record)):
        value = getattr(record, field.name)
        # Zero is a value, though it equals False.
        if value is None or value is False or value == () or field.nested is Evidence:
            continue
        if field.many:
            values[field.alias] = [_json_value(field.kind, item, documents) for item in value]
        else:
            values[field.alias] = _json_value(field.kind, value, documents)
    return values


def _json_value(kind: str, value: Any, documents: Mapping[str, Document]) -> JsonValue:
    """Return the value of a field: numbers as they are, dates, words, IRIs and decimal numbers as text."""
    if kind == "nested":
        part = _fields(value, documents)
        if isinstance(value, Statement) and value.evidence:
            part["evidence"] = as_json(cite(value.evidence, documents))
        return part
    return value if isinstance(value, bool | int | float) else str(value)


__all__ = ["Mention", "RecordDetails", "record_quads", "show"]
