"""The values of records by name, those of their parts included: what two versions of a record are compared by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from knockon.model import Evidence, Record, Statement
from knockon.rdf.fields import fields

#: A value of a field: IRIs, words, dates and decimal numbers as text; of a field with several values, all of them.
Value: TypeAlias = str | bool | int | float | tuple[str, ...] | None


def values_of(record: Statement | None) -> dict[str, Value]:
    """Return the class and all fields of a record by name, those of its parts as ``supply[acme].share``; evidence is left out.

    Examples
    --------
    >>> from knockon.model import Company
    >>> values_of(Company(id="urn:x:acme", label="Acme"))
    {'class': 'Company', 'label': 'Acme'}
    >>> values_of(None)
    {}
    """
    if record is None:
        return {}
    return {"class": record.rdf_class, **_values(record, "", record.name)}


def _values(record: Record, prefix: str, owner: str) -> dict[str, Value]:
    """Return the fields of a record and of its parts by name, those without a value and the evidence left out."""
    flat: dict[str, Value] = {}
    for field in fields(type(record)):
        value = getattr(record, field.name)
        # Zero is a value, though it equals False.
        if value is None or value is False or value == () or field.nested is Evidence:
            continue
        name = prefix + field.alias
        if field.kind == "nested":
            for part in value if field.many else (value,):
                part_name = f"{name}[{part.name.removeprefix(owner + '--')}]" if field.many else name
                flat |= _values(part, f"{part_name}.", owner)
        elif field.many:
            flat[name] = tuple(map(str, value))
        else:
            flat[name] = value if isinstance(value, bool | int | float) else str(value)
    return flat


def spans_of(record: Statement | None) -> set[tuple[str, str]]:
    """Return the evidence of a record and of its parts, each with the record or part that rests on it."""
    return set(_cited(record)) if record is not None else set()


def _cited(record: Record) -> Iterator[tuple[str, str]]:
    """Yield each evidence of a record and of its parts (IRI), with the record or part that has it."""
    for field in fields(type(record)):
        if field.kind == "nested":
            value = getattr(record, field.name)
            for part in value if field.many else (value,):
                if isinstance(part, Evidence):
                    yield record.id, part.id
                elif part is not None:
                    yield from _cited(part)
