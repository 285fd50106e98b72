"""Write the records of a revision into a file of SQLite in which single ones are found: by IRI, name, class and dates.

A record is a row with its fields as JSON (rdf/record_json.py). What several data sets state of one record is merged, as in
every store, and kept beside what each of them states.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from hashlib import blake2b
from pathlib import Path

import pyoxigraph
from pyoxigraph import Quad, RdfFormat

from knockon.model import DataSet, Entity, Record, Statement
from knockon.model.dates import dated
from knockon.model.names import names_of, normalize_name
from knockon.rdf.merge import PlacedRecord
from knockon.rdf.record_json import to_json
from knockon.rdf.sameness import telling

#: Kinds of records that questions look for.
DATED, SAME, PART_OF = "dated", "same", "part of"
#: The tables of the file.
SCHEMA = """
CREATE TABLE data_set (number INTEGER PRIMARY KEY, info TEXT, records INTEGER, extra BLOB, extras INTEGER,
                       stated BLOB, statements INTEGER);
CREATE TABLE class (number INTEGER PRIMARY KEY, name TEXT);
-- is_own: what its data set alone states; others are merged, and table own has what each data set states.
CREATE TABLE record (number INTEGER PRIMARY KEY, iri TEXT, class INTEGER, data_set INTEGER, is_own INTEGER, data TEXT);
CREATE TABLE own (data_set INTEGER, iri TEXT, class INTEGER, data TEXT, PRIMARY KEY (data_set, iri)) WITHOUT ROWID;
-- The key of a name is the hash of the normalized name: a record that is found by it may have another one.
CREATE TABLE name (key INTEGER, record INTEGER, PRIMARY KEY (key, record)) WITHOUT ROWID;
CREATE TABLE special (kind TEXT, record INTEGER, PRIMARY KEY (kind, record)) WITHOUT ROWID;
-- Parts whose names do not begin with that of their record and two hyphens.
CREATE TABLE part (iri TEXT PRIMARY KEY, record INTEGER) WITHOUT ROWID;
CREATE TABLE number (name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;
"""
#: The indexes, which are made when the rows are there.
INDEXES = ("CREATE UNIQUE INDEX record_iri ON record (iri)", "CREATE INDEX record_class ON record (class)")
#: How the file is written: it is checked as a whole, and lost where this process is killed.
FAST = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;"


def name_key(name: str) -> int:
    """Return the key of a normalized name.

    >>> name_key("nvidia") == name_key("nvidia") != name_key("android")
    True
    """
    return int.from_bytes(blake2b(name.encode(errors="backslashreplace"), digest_size=8).digest(), "big", signed=True)


def write_records(path: Path, data_sets: Sequence[DataSet], placed: Sequence[PlacedRecord]) -> None:
    """Write the records of data sets, and the records that these are together, into an empty file.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.executescript(FAST + SCHEMA)
            database.execute("BEGIN")
            writer, merged = TableWriter(database), _merged(data_sets)
            writer.data_sets(data_sets)
            writer.own(data_sets, merged)
            writer.records(data_sets, placed, merged)
            writer.specials(placed)
            for index in INDEXES:
                database.execute(index)
            database.execute("COMMIT")
    except sqlite3.Error as error:
        raise OSError(f"the table of records cannot be written: {error}") from None


class TableWriter:
    """Writer of the tables of one file."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._classes: dict[str, int] = {}
        self._parts = self._inferred = 0

    def data_sets(self, data_sets: Iterable[DataSet]) -> None:
        """Write the descriptions of data sets, and their triples of other vocabularies."""
        self._insert(
            "data_set",
            (
                (
                    number,
                    json.dumps(to_json(data_set.info)),
                    len(data_set.records),
                    *_content(data_set.extra),
                    *_content(data_set.stated),
                )
                for number, data_set in enumerate(data_sets)
            ),
        )

    def records(self, data_sets: Iterable[DataSet], placed: Sequence[PlacedRecord], merged: Collection[str]) -> None:
        """Write all records, in the order of their IRIs, and their names; ``merged`` are those that several data sets state."""
        numbers = {data_set.graph: number for number, data_set in enumerate(data_sets)}
        rows = (
            (number, record.id, self._class(record), numbers[graph], record.id not in merged, _to_text(record))
            for number, (record, graph) in enumerate(placed)
        )
        self._insert("record", rows)
        exceptions: list[tuple[str, int]] = []
        self._insert("name", self._names(placed, exceptions), ignore=True)
        self._insert("part", exceptions)
        self._insert("class", ((number, name) for name, number in self._classes.items()))
        counts = {"records": len(placed), "parts": self._parts, "inferred": self._inferred}
        self._insert("number", counts.items())

    def _names(self, placed: Iterable[PlacedRecord], exceptions: list[tuple[str, int]]) -> Iterator[tuple[int, int]]:
        """Yield the keys of all names, and add the parts that are not found by the name of their record."""
        for number, (record, _) in enumerate(placed):
            self._inferred += record.inferred
            yield from self._names_of(number, record, exceptions)

    def _names_of(self, number: int, record: Statement, exceptions: list[tuple[str, int]]) -> Iterator[tuple[int, int]]:
        keys = {normalize_name(name) for name in names_of(record)}
        for part in record.parts():
            self._parts += 1
            suffix = part.id[len(record.id) :]
            if not (part.id.startswith(f"{record.id}--") and part.name == record.name + suffix):
                exceptions.append((part.id, number))
                keys.add(normalize_name(part.name))
        yield from ((name_key(key), number) for key in keys)

    def own(self, data_sets: Iterable[DataSet], merged: Collection[str]) -> None:
        """Write what each data set states of the records (IRIs) that several state."""
        self._insert(
            "own",
            (
                (number, record.id, self._class(record), _to_text(record))
                for number, data_set in enumerate(data_sets)
                for record in (data_set.records if merged else ())
                if record.id in merged
            ),
        )

    def specials(self, placed: Sequence[PlacedRecord]) -> None:
        """Write which records questions look for by what they state."""
        places = {record.id: number for number, (record, _) in enumerate(placed)}
        kinds = self._special_kinds([record for record, _ in placed])
        self._insert("special", ((kind, places[iri]) for kind, iri in kinds))

    def _special_kinds(self, records: Sequence[Statement]) -> Iterator[tuple[str, str]]:
        """Yield the kinds of questions that look for records, each with the IRI of a record."""
        same = {record.id for record in telling(records)}
        for record in records:
            kinds = (
                (DATED, bool(dated([record]))),
                (SAME, record.id in same),
                (PART_OF, isinstance(record, Entity) and bool(record.part_of)),
            )
            yield from ((kind, record.id) for kind, applies in kinds if applies)

    def _class(self, record: Record) -> int:
        return self._class_number(record.rdf_class)

    def _class_number(self, name: str) -> int:
        return self._classes.setdefault(name, len(self._classes))

    def _insert(self, table: str, rows: Iterable[tuple[object, ...]], *, ignore: bool = False) -> None:
        columns = len(self._database.execute(f"PRAGMA table_info ({table})").fetchall())
        places = ", ".join("?" * columns)
        self._database.executemany(f"INSERT {'OR IGNORE ' if ignore else ''}INTO {table} VALUES ({places})", rows)  # noqa: S608


def _merged(data_sets: Sequence[DataSet]) -> set[str]:
    """Return the IRIs of the records that several data sets state."""
    once, several = set[str](), set[str]()
    for data_set in data_sets if len(data_sets) > 1 else ():
        for record in data_set.records:
            (several if record.id in once else once).add(record.id)
    return several


def _to_text(record: Statement) -> str:
    values = to_json(record)
    del values["id"]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _content(quads: Sequence[Quad]) -> tuple[bytes | None, int]:
    """Return quads as N-Quads, and their number."""
    return (pyoxigraph.serialize(quads, format=RdfFormat.N_QUADS) if quads else None), len(quads)


__all__ = ["DATED", "FAST", "INDEXES", "PART_OF", "SAME", "SCHEMA", "TableWriter", "name_key", "write_records"]
