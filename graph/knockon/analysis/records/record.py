"""One record: its fields, its evidence, and the records that name it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knockon.analysis.answer import Answer, JsonObject, JsonValue, RecordAnswer, as_json
from knockon.analysis.answer_parts import Citation, cite
from knockon.analysis.records.titles import Titles
from knockon.errors import NotFound
from knockon.model import Document, Evidence, Record, Statement
from knockon.query.names import find
from knockon.rdf.fields import fields
from knockon.rdf.sameness import Sameness
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


def show(store: Store, name: str) -> RecordDetails:
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
    records = store.records
    record = _find(store, name)
    titles = Titles([*records, *(data_set.info for data_set in store.data_sets)])
    documents = {other.id: other for other in records if isinstance(other, Document)}
    evidence = list(record.all_evidence()) if isinstance(record, Statement) else []
    named_by = _mentions(records, record.id, titles)
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
        cited_by=sum(any(e.document == record.id for e in other.all_evidence()) for other in records),
        same_as=tuple(iri for iri in Sameness.of(records).all_of(record.id) if iri != record.id) or None,
    )


def record_quads(store: Store, *iris: str) -> Iterator[Quad]:
    """Yield what a store states of records and of their parts: supplies, hits, evidence.

    >>> import knockon
    >>> quads = record_quads(knockon.open().store, "https://w3id.org/knockon/id/nvidia")
    >>> sorted({quad.predicate.value.rpartition("#")[2] for quad in quads} & {"start", "label", "stance"})
    ['label', 'stance', 'start']
    """
    from pyoxigraph import NamedNode

    known = {record.id: record for record in store.records}
    records = [known.get(iri) or _find(store, iri) for iri in iris]
    for part in (*records, *_parts(records)):
        for quad in store.quads(NamedNode(part.id)):
            yield quad
            # The place in a document is a node of its own.
            if quad.predicate.value == OA + "hasSelector":
                yield from store.quads(quad.object)


def _mentions(records: Iterable[Statement], iri: str, titles: Titles) -> tuple[Mention, ...]:
    """Return the fields of other records that name a record."""
    mentions = [
        Mention(other.id, other.rdf_class, name, getattr(other, "label", None), titles.of(other))
        for other in records
        if other.id != iri
        for name in sorted(set(_naming(other, iri)))
    ]
    return tuple(sorted(mentions, key=lambda mention: (mention.property, mention.record)))


def _find(store: Store, name: str) -> Record:
    """Return a record, a part of a record or the description of a data set by its name."""
    try:
        return find(store.records, name, "Record", what="record")
    except NotFound:
        prefix, colon, rest = name.partition(":")
        iri = PREFIXES[prefix] + rest if colon and prefix in PREFIXES else name
        others = [*(data_set.info for data_set in store.data_sets), *_parts(store.records)]
        matching = {other.id: other for other in others if iri in (other.id, other.name)}
        if len(matching) != 1:
            raise
        return next(iter(matching.values()))


def _parts(records: Sequence[Record]) -> Iterator[Record]:
    """Yield the parts of records, and the parts of these."""
    for record in records:
        for field in fields(type(record)):
            if field.kind == "nested":
                value = getattr(record, field.name)
                parts = tuple(part for part in (value if field.many else (value,)) if part is not None)
                yield from parts
                yield from _parts(parts)


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


def _naming(record: Record, iri: str, prefix: str = "") -> list[str]:
    """Return the fields of a record and of its parts that name an IRI."""
    names: list[str] = []
    for field in fields(type(record)):
        value = getattr(record, field.name)
        for item in (value if field.many else (value,)) if value is not None else ():
            if field.kind == "iri" and item == iri:
                names.append(prefix + field.alias)
            elif field.kind == "nested":
                if item.id == iri:
                    names.append(prefix + field.alias)
                # What cites a document is counted, not listed.
                if field.nested is not Evidence:
                    names += _naming(item, iri, f"{prefix}{field.alias}.")
    return names


__all__ = ["Mention", "RecordDetails", "record_quads", "show"]
