"""Write the table of records of a store folder from plain records: the rows that ``write_records`` writes, without objects."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from knockon.model import DataSet, Dependency, Document, Evidence, Statement
from knockon.model.names import normalize_name
from knockon.rdf.merge import PlacedRecord
from knockon.rdf.plain_records import (
    Citation,
    Cited,
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
from knockon.store.record_links import REFERENCE, SUBJECT, link_key
from knockon.store.record_table import TableWriter, to_text, writing
from knockon.vocabulary import local_name

#: The memory of the file, which is written beside the database: its tables grow at their ends, and read nothing again.
_SMALL_CACHE = "PRAGMA cache_size = -8192"
#: The most combinations of fields, and IRIs, of which something is remembered.
_MOST_REMEMBERED = 100_000
_Row = tuple[int, str, int, int, bool, str]


class _Found(NamedTuple):
    """What records are found by: keys of names, names of entities, and keys and kinds of links, with their numbers."""

    names: list[tuple[int, int]]
    alike: list[tuple[int, str]]
    links: list[tuple[int, int, int]]


class _OtherFields(NamedTuple):
    """The other fields of a dependency as they follow in its JSON, and whether it is inferred."""

    text: str
    inferred: bool


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
        self._fields: dict[int, tuple[PlainFields, _OtherFields]] = {}
        self._keys: dict[str, int] = {}

    def write(self, records: Sequence[PlainRecord | Statement]) -> None:
        """Write some records, and what they are found by."""
        rows: list[_Row] = []
        found = _Found([], [], [])
        others: list[tuple[int, PlacedRecord]] = []
        for number, record in enumerate(records, self.count):
            if isinstance(record, PlainDependency):
                rows.append(self._dependency(number, record, found))
            elif isinstance(record, PlainEntity):
                rows.append(self._entity(number, record, found))
            elif isinstance(record, str):
                rows.append(self._document(number, record, found))
            else:
                others.append((number, (record, "")))
        self.count += len(records)
        self.insert("record", rows)
        self.insert_names(found.names)
        self.insert_alike(found.alike)
        self.insert_keyed_links(found.links)
        self.records(others, {"": 0}, ())

    def _dependency(self, number: int, record: PlainDependency, found: _Found) -> _Row:
        cited = [cite(each) if isinstance(each, str) else each for each in record.cited]
        self.parts += len(record.supplies)
        found.names.append((link_key(normalize_name(local_name(record.id))), number))
        found.links.extend([(key, kind, number) for key, kind in self._dependency_links(record, cited)])
        fields = self._other_fields(record.fields)
        self.inferred += fields.inferred
        supplies = ",".join([_supply_text(record.id, *each) for each in record.supplies])
        evidence = ",".join(map(_evidence_text, record.cited, cited))
        text = f'{{"dependant":"{record.dependant}","need":"{record.need}"{fields.text}'
        text += f',"supply":[{supplies}],"evidence":[{evidence}]}}'
        return number, record.id, self.class_number(Dependency.rdf_class), 0, True, text

    def _dependency_links(self, record: PlainDependency, cited: Sequence[Citation | Cited]) -> Iterator[tuple[int, int]]:
        """Yield the keys and kinds of the links of a dependency; its parts are named after it, and it states no identifiers."""
        yield self._key(record.dependant), SUBJECT
        ends = {record.need, *[supply.provider for supply in record.supplies]}
        for each in cited:
            yield link_key(each.id), SUBJECT
            ends.add(each.document)
        ends.discard(record.dependant)
        for end in ends:
            yield self._key(end), REFERENCE

    def _key(self, iri: str) -> int:
        """Return the key of an IRI that several records refer to."""
        key = self._keys.get(iri)
        if key is None:
            if len(self._keys) >= _MOST_REMEMBERED:
                self._keys.clear()
            key = self._keys[iri] = link_key(iri)
        return key

    def _entity(self, number: int, record: PlainEntity, found: _Found) -> _Row:
        names = (record.label, *record.other_names)
        found.names.extend([(key, number) for key in _keys_of_names((local_name(record.id), *names))])
        found.alike.extend([(number, name) for name in names])
        if len(names) == 1 and type(record.label) is str and record.label.isascii():
            return number, record.id, self.class_number(record.cls), 0, True, f'{{"label":{_dumps(record.label)}}}'
        return self._row(number, to_record(record))

    def _document(self, number: int, address: str, found: _Found) -> _Row:
        iri = cited_document(address)
        found.names.extend([(key, number) for key in _keys_of_names((local_name(iri), address))])
        if not address.isascii():
            return self._row(number, to_record(address))
        return number, iri, self.class_number(Document.rdf_class), 0, True, f'{{"title":"{address}","url":"{address}"}}'

    def _row(self, number: int, record: Statement) -> _Row:
        return number, record.id, self.class_of(record), 0, True, to_text(record)

    def _other_fields(self, fields: PlainFields) -> _OtherFields:
        """Return the other fields of a dependency, computed once for all dependencies that share them."""
        known = self._fields.get(id(fields))
        if known is None or known[0] is not fields:
            named = {"id": "urn:x:x", "dependant": "urn:x:x", "need": "urn:x:x"}
            values = to_json(Dependency.model_validate({**fields.stated, **named})) if fields.stated else {}
            others = {name: value for name, value in values.items() if name not in named}
            text = f",{_dumps(others)[1:-1]}" if others else ""
            if len(self._fields) >= _MOST_REMEMBERED:
                self._fields.clear()
            known = self._fields[id(fields)] = fields, _OtherFields(text, bool(others.get("inferred")))
        return known[1]


def _keys_of_names(names: Iterable[str]) -> set[int]:
    return {link_key(name) for name in {normalize_name(name) for name in names}}


# IRIs are put into JSON as they are: they have no quotation marks, no backslashes and no control characters.
def _supply_text(dependency: str, provider: str, share: str, delay: str) -> str:
    text = f'{{"id":"{supply_id(dependency, provider)}","provider":"{provider}"'
    if share:
        text += f',"share":{_lexical_form(share)}'
    return f'{text},"delay":{_lexical_form(delay)}}}' if delay else f"{text}}}"


def _lexical_form(term: str) -> str:
    """Return the lexical form of a number or a duration as it is written in N-Quads, with its quotation marks."""
    return term[: term.index('"', 1) + 1]


def _evidence_text(stated: str | Citation, cited: Cited | Citation) -> str:
    if isinstance(stated, Citation):
        return _dumps(to_json(Evidence.model_validate(stated.form)))
    return f'{{"id":"{cited.id}","document":"{cited.document}"}}'


_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

__all__ = ["write_plain_records"]
