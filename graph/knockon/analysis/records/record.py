"""One record: what it says, and what says something of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from knockon.analysis.impact.impact import spans
from knockon.analysis.records.titles import Titles
from knockon.errors import NotFound
from knockon.model import Evidence, Record, Statement
from knockon.query.names import find
from knockon.rdf.fields import fields
from knockon.store.base import Store
from knockon.vocabulary import PREFIXES


def show(store: Store, name: str) -> dict[str, Any]:
    """A record by IRI, local name or label: its fields, its evidence, and the records that name it.

    A part of a record (a supply, a hit, a step, evidence) and a data set are found by IRI or local name. ``labels`` gives
    the label of each thing that is named, by IRI; ``cited_by`` counts the records that rest on a document.

    NotFound with the nearest names where there is none.
    """
    records = store.records
    record = _found(store, name)
    titles = Titles([*records, *(data_set.info for data_set in store.data_sets)])
    named_by: list[dict[str, Any]] = []
    for other in records:
        if other.id != record.id:
            named_by += [
                {
                    "record": other.id,
                    "class": other.rdf_class,
                    "property": prop,
                    "label": getattr(other, "label", None),
                    "title": titles.of(other),
                }
                for prop in sorted(set(_naming(other, record.id)))
            ]
    evidence = list(record.all_evidence()) if isinstance(record, Statement) else []
    mentioned = {*_mentioned(record), *(one.document for one in evidence), *(row["record"] for row in named_by)}
    return {
        "id": record.name,
        "iri": record.id,
        "class": record.rdf_class,
        "title": titles.of(record),
        **_fields(record),
        "evidence": spans(evidence),
        "named_by": sorted(named_by, key=lambda row: (row["property"] or "", row["record"] or "")),
        "labels": {iri: label for iri in sorted(mentioned) if (label := titles.label(iri))},
        "cited_by": sum(any(e.document == record.id for e in other.all_evidence()) for other in records),
    }


def _found(store: Store, name: str) -> Record:
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


def _parts(records: tuple[Record, ...]) -> Iterator[Record]:
    for record in records:
        for field in fields(type(record)):
            if field.kind == "nested":
                value = getattr(record, field.name)
                parts = tuple(one for one in (value if field.many else (value,)) if one is not None)
                yield from parts
                yield from _parts(parts)


def _mentioned(record: Record) -> Iterator[str]:
    for field in fields(type(record)):
        value = getattr(record, field.name)
        for one in (value if field.many else (value,)) if value is not None else ():
            if field.kind == "iri":
                yield one
            elif field.kind == "nested":
                yield from _mentioned(one)


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
            elif field.kind == "nested":
                if one.id == iri:
                    found.append(prefix + field.alias)
                # What cites a document is counted, not listed.
                if field.nested is not Evidence:
                    found += _naming(one, iri, f"{prefix}{field.alias}.")
    return found
