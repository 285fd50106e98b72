"""One record: what it says, and what says something of it."""

from __future__ import annotations

from typing import Any

from knockon.analysis.impact import spans
from knockon.model import Evidence, Record, Statement
from knockon.query.names import find
from knockon.rdf.fields import fields
from knockon.store.base import Store


def show(store: Store, name: str) -> dict[str, Any]:
    """A record by IRI, local name or label: its fields, its evidence, and the records that name it.

    NotFound with the nearest names where there is none.
    """
    record = find(store.records, name, "Record", what="record")
    named_by = []
    for other in store.records:
        if other.id != record.id:
            named_by += [
                {"record": other.id, "class": other.rdf_class, "property": prop, "label": getattr(other, "label", None)}
                for prop in sorted(set(_naming(other, record.id)))
            ]
    return {
        "id": record.name,
        "iri": record.id,
        "class": record.rdf_class,
        **_fields(record),
        "evidence": spans(record.all_evidence()),
        "named_by": sorted(named_by, key=lambda row: (row["property"] or "", row["record"] or "")),
    }


def _fields(record: Record) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields(type(record)):
        value = getattr(record, field.name)
        # Zero says something, though it equals False.
        if value is None or value is False or value == () or field.nested is Evidence:
            continue
        said = [_plain(field.kind, one) for one in (value if field.many else (value,))]
        found[field.alias] = said if field.many else said[0]
    return found


def _plain(kind: str, value: Any) -> Any:
    if kind == "nested":
        inner = {**_fields(value)}
        if isinstance(value, Statement) and value.evidence:
            inner["evidence"] = spans(value.evidence)
        return inner
    return value if isinstance(value, bool | int | float) else str(value)


def _naming(record: Record, iri: str, prefix: str = "") -> list[str]:
    found = []
    for field in fields(type(record)):
        value = getattr(record, field.name)
        for one in (value if field.many else (value,)) if value is not None else ():
            if field.kind == "iri" and one == iri:
                found.append(prefix + field.alias)
            elif field.kind == "nested" and field.nested is not Evidence:
                found += _naming(one, iri, f"{prefix}{field.alias}.")
    return found
