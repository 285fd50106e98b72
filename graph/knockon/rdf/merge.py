"""Merge the records of several data sets: the same entity in two of them becomes one."""

from __future__ import annotations

from collections.abc import Iterable

from knockon.errors import InvalidData, Problem
from knockon.model import DataSet, Document, Entity, Measure, Statement
from knockon.model.base import Label
from knockon.model.class_order import most_specific
from knockon.rdf.fields import fields

#: A record and the IRI of the graph of its data set.
PlacedRecord = tuple[Statement, str]
#: What two records of a measure must not state differently.
_MEASURE_FACTS = {"measure_kind", "status", "from_", "until"}


def merge(data_sets: Iterable[DataSet]) -> list[PlacedRecord]:
    """Return every record once, with the graph of the first data set that contains it.

    An entity in two data sets gets the more specific class, the label of the first record that is not of the
    class Entity (the other label becomes an altLabel) and all evidence. A measure in two data sets gets whom and what
    either names, unless they contradict each other in its kind, status or dates. A document at one web address in two
    data sets gets what either states, and the later day of retrieval. Other records with the same id must be equal.

    Raises
    ------
    InvalidData
        Two data sets contain different records with the same id.
    """
    merged: dict[str, PlacedRecord] = {}
    problems: list[Problem] = []
    # The graphs of updates are as they were stated, so what other data sets state too belongs to their graphs.
    for data_set in sorted(data_sets, key=lambda data_set: bool(data_set.stated)):
        for record in data_set.records:
            placed = merged.get(record.id)
            if placed is None:
                merged[record.id] = (record, data_set.graph)
            elif placed[0] != record:
                combined = combine(placed[0], record)
                if combined is None:
                    problems.append(difference(data_set, record, placed[1]))
                else:
                    merged[record.id] = (combined, placed[1])
    if problems:
        raise InvalidData(problems)
    return [merged[iri] for iri in sorted(merged)]


def combine(first: Statement, second: Statement) -> Statement | None:
    """Return the one record that two different ones with the same id are; None if they contradict each other.

    >>> named, known = Entity(id="urn:x:a", label="ACME"), Entity(id="urn:x:a", label="Acme", altLabel="ACME")
    >>> combined = combine(known, named)
    >>> (combined.label, combined.alt_label)
    ('Acme', ('ACME',))
    """
    return next(filter(None, (rule(first, second) for rule in _RULES)), None)


def difference(data_set: DataSet, record: Statement, graph: str) -> Problem:
    """Return the problem of a record that differs from the one with its id in the data set of another graph."""
    message = f"{record.name} is a different record in {graph}"
    return Problem(data_set.info.short_name, None, message, "give one of them another id")


def _merge_entities(first: Statement, second: Statement) -> Statement | None:
    """Merge two records of one entity; None if they are not entities or their classes exclude each other."""
    if not (isinstance(first, Entity) and isinstance(second, Entity)):
        return None
    cls = most_specific({type(first), type(second)})
    if cls is None:
        return None
    if type(first) is Entity and cls is not Entity:
        # The record with the specific class has the better label: a table may only have mentioned the entity.
        first, second = second, first
    data: dict[str, object] = {"id": first.id}
    for field in fields(cls):
        value, other = getattr(first, field.name, None), getattr(second, field.name, None)
        data[field.name] = (*(value or ()), *(other or ())) if field.many else (value if value not in (None, False) else other)
    # How provisions combine, and how many of them must work, are one statement.
    stated = second if first.provision_combination is None else first
    data |= {"provision_combination": stated.provision_combination, "at_least": stated.at_least}
    return cls.model_validate({**data, "alt_label": _other_names(first, second)})  # type: ignore[return-value]


def _other_names(first: Entity | Measure, second: Entity | Measure) -> tuple[Label, ...]:
    """Return the names of a merged record beside the label of the first, which it keeps."""
    names = [name for name in (*first.alt_label, *second.alt_label) if str(name) != str(first.label)]
    if all(str(name) != str(second.label) for name in (first.label, *names)):
        names.append(second.label)
    return tuple(names)


def _merge_measures(first: Statement, second: Statement) -> Statement | None:
    """Merge two records of one measure; None if they are not that, or contradict each other."""
    if not (isinstance(first, Measure) and isinstance(second, Measure)):
        return None
    data: dict[str, object] = {"id": first.id}
    for field in fields(Measure):
        value, other = getattr(first, field.name), getattr(second, field.name)
        if field.many:
            data[field.name] = (*value, *other)
        elif field.name in _MEASURE_FACTS and None not in (value, other) and value != other:
            return None
        else:
            data[field.name] = value if value is not None else other
    # What one data set infers and another has from a document is not inferred.
    inferred = first.inferred and second.inferred
    data |= {"inferred": inferred, "reason": (first.reason or second.reason) if inferred else None}
    return Measure.model_validate({**data, "alt_label": _other_names(first, second)})


def _merge_documents(first: Statement, second: Statement) -> Statement | None:
    """Merge two records of the document at one web address; None if they are not that, or contradict each other."""
    if not (isinstance(first, Document) and isinstance(second, Document) and first.url and first.url == second.url):
        return None
    if first.title == first.url:
        # The other record may have a better title than the address.
        first, second = second, first
    data: dict[str, object] = {"id": first.id, "title": first.title}
    if second.title not in (second.url, first.title):
        return None
    for field in fields(Document):
        value, other = getattr(first, field.name), getattr(second, field.name)
        if field.many:
            data[field.name] = (*value, *other)
        elif field.name == "retrieved":
            data[field.name] = max((day for day in (value, other) if day), default=None)
        elif field.name != "title":
            if value not in (None, False) and other not in (None, False) and value != other:
                return None
            data[field.name] = other if value in (None, False) else value
    return Document.model_validate(data)


#: The rules by which two records with one id become one; each returns None where it does not apply.
_RULES = (_merge_entities, _merge_measures, _merge_documents)
