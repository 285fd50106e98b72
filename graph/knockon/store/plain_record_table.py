"""Write the table of records of a store folder from plain records: the rows that ``write_records`` writes, without objects."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import starmap
from pathlib import Path
from typing import Any

from knockon.model import DataSet, Dependency, Document, Entity, Evidence, Statement
from knockon.model.names import normalize_name
from knockon.rdf.plain_records import (
    Citation,
    PlainDependency,
    PlainEntity,
    PlainFields,
    PlainRecord,
    cite,
    cited_document,
    supply_id,
    to_record,
)
from knockon.rdf.record_json import to_json
from knockon.store.record_links import REFERENCE, SUBJECT, Link, link_key, links
from knockon.store.record_table import TableWriter, writing
from knockon.vocabulary import local_name

#: The memory of the file, which is written beside the database: its tables grow at their ends, and read nothing again.
_SMALL_CACHE = "PRAGMA cache_size = -8192"
#: The most combinations of fields whose values are remembered.
_MOST_REMEMBERED = 100_000
_Row = tuple[int, str, int, int, bool, str]
_Numbered = Sequence[tuple[int, PlainRecord | Statement]]


def write_plain_records(path: Path, data_set: DataSet, parts: Iterable[Sequence[PlainRecord | Statement]]) -> None:
    """Write the plain records of the only data set of a store into an empty file.

    Parameters
    ----------
    path
        The file.
    data_set
        The data set.
    parts
        Its records in the order of their IRIs, some at a time.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    with writing(path) as database:
        database.execute(_SMALL_CACHE)
        writer = _PlainWriter(database)
        writer.data_sets([data_set], {data_set.graph: 0})
        for records in parts:
            writer.write(records)
        writer.finish({"records": writer.count, "parts": writer.parts, "inferred": writer.inferred})


class _PlainWriter(TableWriter):
    """Writer of the tables of plain records."""

    def __init__(self, database: sqlite3.Connection) -> None:
        super().__init__(database)
        #: The number of records that were written.
        self.count = 0
        self._fields: dict[int, tuple[PlainFields, Mapping[str, Any]]] = {}

    def write(self, records: Sequence[PlainRecord | Statement]) -> None:
        """Write some records, and what they are found by."""
        numbered = list(enumerate(records, self.count))
        self.count += len(numbered)
        self.insert("record", starmap(self._row, numbered))
        exceptions: list[tuple[str, int]] = []
        self.insert_names(self._plain_names(numbered, exceptions))
        self.insert("part", exceptions)
        self.insert_alike(_entity_names(numbered))
        self.insert_links(_plain_links(numbered))
        self.specials([(number, (each, "")) for number, each in numbered if isinstance(each, Statement)])
        self.inferred += sum(map(self._is_inferred, records))

    def _is_inferred(self, record: PlainRecord | Statement) -> bool:
        if isinstance(record, PlainDependency):
            return bool(self._other_fields(record.fields).get("inferred"))
        return isinstance(record, Statement) and record.inferred

    def _row(self, number: int, record: PlainRecord | Statement) -> _Row:
        if isinstance(record, PlainDependency):
            return number, record.id, self.class_number(Dependency.rdf_class), 0, True, self._dependency_text(record)
        if isinstance(record, str):
            text = _dumps({"title": record if record.isascii() else to_json(to_record(record))["title"], "url": record})
            return number, cited_document(record), self.class_number(Document.rdf_class), 0, True, text
        if isinstance(record, PlainEntity) and not record.other_names and type(record.label) is str and record.label.isascii():
            return number, record.id, self.class_number(record.cls), 0, True, _dumps({"label": record.label})
        made = record if isinstance(record, Statement) else to_record(record)
        return number, record.id, self.class_of(made), 0, True, _dumps({k: v for k, v in to_json(made).items() if k != "id"})

    def _dependency_text(self, record: PlainDependency) -> str:
        values = {"dependant": record.dependant, "need": record.need, **self._other_fields(record.fields)}
        values["supply"] = [_supply(record.id, *each) for each in record.supplies]
        values["evidence"] = [_evidence(each) for each in record.cited]
        return _dumps(values)

    def _other_fields(self, fields: PlainFields) -> Mapping[str, Any]:
        """Return the other fields of a dependency as values of JSON, computed once for all dependencies that share them."""
        known = self._fields.get(id(fields))
        if known is None or known[0] is not fields:
            named = {"id": "urn:x:x", "dependant": "urn:x:x", "need": "urn:x:x"}
            values = to_json(Dependency.model_validate({**fields.stated, **named})) if fields.stated else {}
            if len(self._fields) >= _MOST_REMEMBERED:
                self._fields.clear()
            known = self._fields[id(fields)] = fields, {name: value for name, value in values.items() if name not in named}
        return known[1]

    def _plain_names(self, numbered: _Numbered, exceptions: list[tuple[str, int]]) -> Iterator[tuple[int, int]]:
        """Yield the keys of all names; plain records have no parts but supplies, which are named after them."""
        for number, record in numbered:
            if isinstance(record, PlainDependency):
                self.parts += len(record.supplies)
                texts: Sequence[str] = (local_name(record.id),)
            elif isinstance(record, PlainEntity):
                texts = (local_name(record.id), record.label, *record.other_names)
            elif isinstance(record, str):
                texts = (local_name(cited_document(record)), record)
            else:
                yield from self.names_of(number, record, exceptions)
                continue
            yield from ((key, number) for key in {link_key(normalize_name(text)) for text in texts})


def _entity_names(numbered: _Numbered) -> Iterator[tuple[int, str]]:
    """Yield the names of all entities, each with the number of its record."""
    for number, record in numbered:
        if isinstance(record, PlainEntity):
            yield from ((number, name) for name in (record.label, *record.other_names))
        elif isinstance(record, Entity):
            yield from ((number, name) for name in (record.label, *record.alt_label))


def _plain_links(numbered: _Numbered) -> Iterator[tuple[int, Link]]:
    """Yield the links of all records; plain ones state no identifiers, and their parts are named after them."""
    for number, record in numbered:
        if isinstance(record, PlainDependency):
            yield from ((number, link) for link in _dependency_links(record))
        elif isinstance(record, Statement):
            yield from ((number, link) for link in links(record))


def _dependency_links(record: PlainDependency) -> Iterator[Link]:
    cited = [cite(each) if isinstance(each, str) else each for each in record.cited]
    yield Link(SUBJECT, record.dependant)
    yield from (Link(SUBJECT, each.id) for each in cited)
    ends = {record.need, *(supply.provider for supply in record.supplies), *(each.document for each in cited)}
    yield from (Link(REFERENCE, iri) for iri in ends - {record.dependant})


def _supply(dependency: str, provider: str, share: str, delay: str) -> dict[str, str]:
    values = {"id": supply_id(dependency, provider), "provider": provider}
    values |= {"share": share[1 : share.index('"', 1)]} if share else {}
    return values | ({"delay": delay[1 : delay.index('"', 1)]} if delay else {})


def _evidence(cited: str | Citation) -> Mapping[str, Any]:
    if isinstance(cited, str):
        return cite(cited)._asdict()
    return to_json(Evidence.model_validate(cited.form))


_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

__all__ = ["write_plain_records"]
