"""Which records, and what of them, are valid where others are not: on a day, or where evidence is left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from knockon.model import Dependency, Designation, Entity, Evidence, Measure, Record, Statement, Supply
from knockon.model.dates import Absence
from knockon.rdf.fields import fields


def is_valid(record: Statement, absent: Mapping[str, Absence]) -> bool:
    """Return whether a record is valid on the day; a designation is so no longer than the list that it is on."""
    return record.id not in absent and not (isinstance(record, Designation) and record.measure in absent)


def valid_parts(record: Statement, absent: Mapping[str, Absence]) -> Statement:
    """Return a record with only those of its supplies or hits that are valid on the day."""
    if not any(part.id in absent for part in record.parts()):
        return record
    name = "supply" if isinstance(record, Dependency) else "hit"
    return record.model_copy(update={name: tuple(part for part in record.parts() if part.id not in absent)})


def filtered_evidence(record: Statement, stays: Callable[[Evidence], bool]) -> Statement:
    """Return a record with only the evidence that stays, also in its parts."""
    changes: dict[str, Any] = {"evidence": tuple(e for e in record.evidence if stays(e))}
    for field in fields(type(record)):
        value = getattr(record, field.name)
        if field.nested is not None and field.nested is not Evidence and field.many:
            parts = [part for part in value if not isinstance(part, Supply) or has_support(part, stays)]
            changes[field.name] = tuple(
                filtered_evidence(part, stays) if isinstance(part, Statement) else part for part in parts
            )
    return record.model_copy(update=changes)


def has_support(supply: Supply, stays: Callable[[Evidence], bool]) -> bool:
    """Return whether some evidence of a supply stays, or it has no evidence apart from that of its dependency."""
    return not supply.evidence or any(map(stays, supply.evidence))


def reduced_to_name(record: Statement) -> Entity | Measure | None:
    """Return an entity or measure that valid records name and that is not valid itself: its names; None of other records.

    Its other values have evidence in other documents, or are valid at other times. How provisions combine is said of records
    that may be valid: without it they would be shares, and an entity that needs them all safer.
    """
    if isinstance(record, Entity):
        combined = {"provision_combination": record.provision_combination, "at_least": record.at_least}
        return type(record)(id=record.id, label=record.label, part_of=record.part_of, **combined)
    return Measure(id=record.id, label=record.label) if isinstance(record, Measure) else None


def named_iris(record: Record) -> list[str]:
    """Return the IRIs that a record and its parts refer to."""
    iris: list[str] = []
    for name, many, is_iri in _naming_fields(type(record)):
        value = getattr(record, name)
        if not value:
            continue
        if is_iri:
            iris += value if many else (value,)
        else:
            for item in value if many else (value,):
                iris += named_iris(item)
    return iris


@cache
def _naming_fields(cls: type[Record]) -> tuple[tuple[str, bool, bool], ...]:
    """Return the fields of a class that have IRIs, or parts that may have them: name, whether many, and whether IRIs."""
    return tuple((field.name, field.many, field.kind == "iri") for field in fields(cls) if field.kind in {"iri", "nested"})


__all__ = ["filtered_evidence", "has_support", "is_valid", "named_iris", "reduced_to_name", "valid_parts"]
