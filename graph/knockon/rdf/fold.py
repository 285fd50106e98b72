"""Fold the records of same entities into one: every answer then sees one entity, while stores keep each record as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from typing import Any, TypeVar

from knockon.model import Entity, Judgement, Ownership, Record, Statement
from knockon.model.base import as_set
from knockon.model.class_order import most_specific
from knockon.model.records import ListedRecords, Records, listed
from knockon.rdf.fields import Field, fields
from knockon.rdf.sameness import Sameness

R = TypeVar("R", bound=Record)


def fold(records: Iterable[Statement], same: Sameness) -> Records:
    """Return records in which the same entities are one, in the order of their IRIs.

    The one record of an entity has the IRI by which it is shown, and the names, identifiers, wholes and evidence of all its
    records; of a value that only one of them can have it has that of the first by IRI that states one. Other records keep
    their own IRIs and name that one. Judgements stay as they are; an ownership of an entity in itself is left out.

    Parameters
    ----------
    records
        The records.
    same
        Which entities are the same.

    Examples
    --------
    >>> from knockon.model import Company
    >>> firms = [Company(id="urn:x:a", label="Acme"), Company(id="urn:y:a", label="ACME Ltd", partOf="urn:x:g")]
    >>> [(firm.id, firm.alt_label, firm.part_of) for firm in fold(firms, Sameness([["urn:x:a", "urn:y:a"]]))]
    [('urn:x:a', ('ACME Ltd',), ('urn:x:g',))]
    """
    if not same:
        return listed(records)
    members: dict[str, list[Entity]] = {}
    folded: list[Statement] = []
    for record in records:
        if isinstance(record, Entity) and len(same.all_of(record.id)) > 1:
            members.setdefault(same.shown(record.id), []).append(record)
        elif isinstance(record, Judgement):
            folded.append(record)
        else:
            renamed = with_shown_names(record, same.shown)
            if not isinstance(renamed, Ownership) or renamed.owner != renamed.owned:
                folded.append(renamed)
    for iri, group in members.items():
        merged = with_shown_names(_merge(iri, sorted(group, key=lambda record: record.id)), same.shown)
        folded.append(merged.model_copy(update={"part_of": tuple(whole for whole in merged.part_of if whole != iri)}))
    return ListedRecords(sorted(folded, key=lambda record: record.id))


def with_shown_names(record: R, shown: Callable[[str], str]) -> R:
    """Return a record in which it and its parts name entities by the IRIs by which these are shown.

    Parameters
    ----------
    record
        The record; its own IRI does not change.
    shown
        Returns the IRI by which an entity is shown.
    """
    changes: dict[str, Any] = {}
    for field in _naming_fields(type(record)):
        value = getattr(record, field.name)
        if value is None or value == ():
            continue
        if field.kind == "nested":
            parts = tuple(with_shown_names(part, shown) for part in value)
            if any(part is not before for part, before in zip(parts, value, strict=True)):
                changes[field.name] = parts
            continue
        renamed = tuple(map(shown, value)) if field.many else shown(value)
        if renamed != value:
            changes[field.name] = as_set(renamed) if field.many else renamed
    return record.model_copy(update=changes) if changes else record


@cache
def _naming_fields(cls: type[Record]) -> tuple[Field, ...]:
    """Return the fields of a class that name records, or whose parts do; parts that are no list name none."""
    return tuple(
        field
        for field in fields(cls)
        if (field.kind == "iri" and field.ranges)
        or (field.kind == "nested" and field.many and field.nested is not None and _naming_fields(field.nested))
    )


def _merge(iri: str, records: list[Entity]) -> Entity:
    """Return the one record of an entity that several records describe."""
    specific = [record for record in records if type(record) is not Entity] or records
    cls = most_specific({type(record) for record in records}) or type(specific[0])
    label = specific[0].label
    data: dict[str, Any] = {"id": iri}
    for field in fields(cls):
        values = [getattr(record, field.name) for record in records]
        if field.many:
            data[field.name] = tuple(item for value in values for item in value)
        else:
            data[field.name] = next((value for value in values if value not in (None, False)), None)
    names = [name for record in records for name in (record.label, *record.alt_label) if str(name) != str(label)]
    stated = next((record for record in records if record.provision_combination is not None), records[0])
    inferred = all(record.inferred for record in records)
    # The record that is made names its identifiers after itself.
    data["identifier"] = tuple(identifier.model_copy() for identifier in data["identifier"])
    return cls.model_validate(  # type: ignore[return-value]
        data
        | {
            "label": label,
            "alt_label": tuple({str(name): name for name in names}.values()),
            "provision_combination": stated.provision_combination,
            "at_least": stated.at_least,
            "inferred": inferred,
            "reason": data["reason"] if inferred else None,
            "from_": _bound([record.from_ for record in records], min),
            "until": _bound([record.until for record in records], max),
        }
    )


def _bound(days: list[date | None], pick: Callable[[list[date]], date]) -> date | None:
    """Return the first or last day of several periods together; None where one of them is open."""
    known = [day for day in days if day is not None]
    return pick(known) if len(known) == len(days) else None


__all__ = ["fold", "with_shown_names"]
