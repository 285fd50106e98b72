"""Write the records of a revision into a file of SQLite in which single ones are found: by IRI, name, class and dates.

A record is a row with its fields as JSON (rdf/record_json.py). What several data sets state of one record is merged, as in
every store, and kept beside what each of them states.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pyoxigraph
from pyoxigraph import Quad, RdfFormat

from knockon.model import DataSet, Entity, Record, Statement
from knockon.model.dates import dated
from knockon.model.look_alike_keys import look_alike_keys
from knockon.model.names import names_of, normalize_name
from knockon.rdf.merge import PlacedRecord
from knockon.rdf.record_json import to_json
from knockon.rdf.sameness import claims
from knockon.store.record_links import Link, is_named_after, link_key, links

#: Kinds of records that questions look for.
DATED, SAME, PART_OF = "dated", "same", "part of"
#: The tables of the file.
_SCHEMA = """
CREATE TABLE data_set (number INTEGER PRIMARY KEY, place INTEGER, info TEXT, records INTEGER, extra BLOB, extras INTEGER,
                       stated BLOB, statements INTEGER);
CREATE TABLE class (number INTEGER PRIMARY KEY, name TEXT);
-- is_own: what its data set alone states; others are merged, and table own has what each data set states.
CREATE TABLE record (number INTEGER PRIMARY KEY, iri TEXT, class INTEGER, data_set INTEGER, is_own INTEGER, data TEXT);
CREATE TABLE own (data_set INTEGER, iri TEXT, class INTEGER, data TEXT, PRIMARY KEY (data_set, iri)) WITHOUT ROWID;
-- The key of a name is the hash of the normalized name: a record that is found by it may have another one.
CREATE TABLE name (key INTEGER, record INTEGER, PRIMARY KEY (key, record)) WITHOUT ROWID;
-- The keys by which names of entities are compared that may look alike (model/look_alike_keys.py), hashed.
CREATE TABLE alike (key INTEGER, record INTEGER, PRIMARY KEY (key, record)) WITHOUT ROWID;
CREATE TABLE special (kind TEXT, record INTEGER, PRIMARY KEY (kind, record)) WITHOUT ROWID;
-- Parts whose names do not begin with that of their record and two hyphens.
CREATE TABLE part (iri TEXT PRIMARY KEY, record INTEGER) WITHOUT ROWID;
-- What a record has to do with others (record_links.py), by the hash of the other's IRI.
CREATE TABLE link (key INTEGER, kind INTEGER, record INTEGER, PRIMARY KEY (key, kind, record)) WITHOUT ROWID;
CREATE TABLE number (name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;
"""
#: What is written into the tables when all records are known; claim: the keys of identifiers (null for judgements) of entities.
_TEMPORARY = (
    "CREATE TEMP TABLE unsorted_link (key INTEGER, kind INTEGER, record INTEGER)",
    "CREATE TEMP TABLE unsorted_name (key INTEGER, record INTEGER)",
    "CREATE TEMP TABLE unsorted_alike (key INTEGER, record INTEGER)",
    "CREATE TEMP TABLE claim (key INTEGER, entity INTEGER, record INTEGER)",
)
#: How many records are written at once.
_BATCH = 5_000
#: The indexes, which are made when the rows are there.
_INDEXES = ("CREATE UNIQUE INDEX record_iri ON record (iri)", "CREATE INDEX record_class ON record (class)")
#: How the file is written: it is checked as a whole, and lost where this process is killed.
_FAST = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;"


def write_records(path: Path, data_sets: Sequence[DataSet], placed: Sequence[PlacedRecord]) -> None:
    """Write the records of data sets, and the records that these are together, into an empty file.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    with writing(path) as database:
        writer, merged = TableWriter(database), _merged(data_sets)
        numbers = {data_set.graph: number for number, data_set in enumerate(data_sets)}
        stated = ((numbers[each.graph], record) for each in data_sets for record in (each.records if merged else ()))
        writer.data_sets(data_sets, numbers)
        writer.records(list(enumerate(placed)), numbers, merged)
        places = {record.id: number for number, (record, _) in enumerate(placed)} if merged else {}
        writer.own([(number, record) for number, record in stated if record.id in merged], places)
        writer.finish({"records": len(placed), "parts": writer.parts, "inferred": writer.inferred})


class PlacedStatements(NamedTuple):
    """A merged record, the graph of the first data set that states it, and what each data set states where several do."""

    record: Statement
    graph: str
    stated: Sequence[tuple[int, Statement]] = ()


def write_merged_records(
    path: Path,
    graphs: Sequence[str],
    records: Iterable[PlacedStatements],
    data_sets: Callable[[], Sequence[DataSet]],
) -> None:
    """Write records into an empty file as ``write_records`` does, without holding all of them.

    Parameters
    ----------
    path
        The file.
    graphs
        The graphs of the data sets, in their order.
    records
        The merged records, in the order of their IRIs.
    data_sets
        Returns the data sets; it is called when all records were written.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    numbers = {graph: number for number, graph in enumerate(graphs)}
    with writing(path) as database:
        writer, count, remaining = TableWriter(database), 0, iter(records)
        while batch := list(islice(remaining, _BATCH)):
            numbered = [(number, (each.record, each.graph)) for number, each in enumerate(batch, count)]
            writer.records(numbered, numbers, {each.record.id for each in batch if each.stated})
            places = {each.record.id: number for number, each in enumerate(batch, count)}
            writer.own([stated for each in batch for stated in each.stated], places)
            count += len(batch)
        writer.data_sets(data_sets(), numbers)
        writer.finish({"records": count, "parts": writer.parts, "inferred": writer.inferred})


@contextmanager
def writing(path: Path, *, exists: bool = False, more: str = "") -> Iterator[sqlite3.Connection]:
    """A context in which a file of records is open in one transaction; the indexes of a new one are made at the end.

    Parameters
    ----------
    path
        The file: an empty one, or (``exists``) one with all tables.
    exists
        Whether it has its tables already.
    more
        More tables that a new file gets.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.executescript(_FAST if exists else _FAST + _SCHEMA + more)
            database.execute("BEGIN")
            yield database
            for index in () if exists else _INDEXES:
                database.execute(index)
            database.execute("COMMIT")
    except sqlite3.Error as error:
        raise OSError(f"the table of records cannot be written: {error}") from None


class TableWriter:
    """Writer of the tables of one file.

    Parameters
    ----------
    database
        The file.
    classes
        The numbers of classes that are given already.
    """

    def __init__(self, database: sqlite3.Connection, classes: Mapping[str, int] | None = None) -> None:
        self.database = database
        self.classes = dict(classes or {})
        for statement in _TEMPORARY:
            database.execute(statement)
        self.parts = self.inferred = 0

    def data_sets(self, data_sets: Iterable[DataSet], numbers: Mapping[str, int]) -> None:
        """Write the descriptions of data sets in their order, by their numbers, and their triples of other vocabularies."""
        self.insert(
            "data_set",
            (
                (
                    numbers[data_set.graph],
                    place,
                    json.dumps(to_json(data_set.info)),
                    len(data_set.records),
                    *_content(data_set.extra),
                    *_content(data_set.stated),
                )
                for place, data_set in enumerate(data_sets)
            ),
        )

    def records(
        self, numbered: Sequence[tuple[int, PlacedRecord]], numbers: Mapping[str, int], merged: Collection[str]
    ) -> None:
        """Write records by their numbers, with what they are found by; ``merged`` are those that several data sets state."""
        rows = (
            (number, record.id, self.class_of(record), numbers[graph], record.id not in merged, to_text(record))
            for number, (record, graph) in numbered
        )
        self.insert("record", rows)
        exceptions: list[tuple[str, int]] = []
        self.insert_names(self._names(numbered, exceptions))
        self.insert("part", exceptions)
        self.insert_alike((number, name) for number, (record, _) in numbered for name in _names_of_entity(record))
        self.insert_links((number, link) for number, (record, _) in numbered for link in links(record))
        self.specials(numbered)

    def _names(
        self, numbered: Iterable[tuple[int, PlacedRecord]], exceptions: list[tuple[str, int]]
    ) -> Iterator[tuple[int, int]]:
        """Yield the keys of all names, and add the parts that are not found by the name of their record."""
        for number, (record, _) in numbered:
            self.inferred += record.inferred
            yield from self.names_of(number, record, exceptions)

    def names_of(self, number: int, record: Statement, exceptions: list[tuple[str, int]]) -> Iterator[tuple[int, int]]:
        """Yield the keys of the names of one record."""
        keys = {normalize_name(name) for name in names_of(record)}
        for part in record.parts():
            self.parts += 1
            suffix = part.id[len(record.id) :]
            if not (is_named_after(part, record) and part.name == record.name + suffix):
                exceptions.append((part.id, number))
                keys.add(normalize_name(part.name))
        yield from ((link_key(key), number) for key in keys)

    def insert_links(self, links: Iterable[tuple[int, Link]]) -> None:
        """Write links, each with the number of its record."""
        self.insert_keyed_links((link_key(end), kind, number) for number, (kind, end) in links)

    def insert_keyed_links(self, links: Iterable[tuple[int, int, int]]) -> None:
        """Write links by their keys and kinds, each with the number of its record."""
        self.database.executemany("INSERT INTO unsorted_link VALUES (?, ?, ?)", links)

    def insert_names(self, keys: Iterable[tuple[int, int]]) -> None:
        """Write keys of names, each with the number of its record."""
        self.database.executemany("INSERT INTO unsorted_name VALUES (?, ?)", keys)

    def insert_alike(self, names: Iterable[tuple[int, str]]) -> None:
        """Write the keys of names of entities that may look alike, each with the number of its record."""
        rows = ((link_key(key), number) for number, name in names for key in look_alike_keys(name))
        self.database.executemany("INSERT INTO unsorted_alike VALUES (?, ?)", rows)

    def own(self, stated: Sequence[tuple[int, Statement]], places: Mapping[str, int]) -> None:
        """Write what data sets, by their numbers, state of the records that several state; ``places`` are the records'."""
        self.insert("own", ((number, record.id, self.class_of(record), to_text(record)) for number, record in stated))
        names = ((link_key(normalize_name(name)), places[record.id]) for _, record in stated for name in names_of(record))
        self.insert_names(names)
        self.insert_alike((places[record.id], name) for _, record in stated for name in _names_of_entity(record))

    def specials(self, numbered: Iterable[tuple[int, PlacedRecord]]) -> None:
        """Write which records questions look for by what they state."""
        for number, (record, _) in numbered:
            kinds = (DATED, bool(dated([record]))), (PART_OF, isinstance(record, Entity) and bool(record.part_of))
            self.insert("special", ((kind, number) for kind, applies in kinds if applies))
            for claim in claims([record]):
                key = None if claim.identifier is None else link_key(str(claim.identifier))
                self.insert("claim", [(key, link_key(claim.entities[0]), number)])

    def finish(self, counts: Mapping[str, int]) -> None:
        """Write the classes, the numbers of records and parts, and what is sorted or compared when all records are known."""
        # Sorted first, so that the tables grow at their ends.
        for table, columns in (("link", "key, kind, record"), ("name", "key, record"), ("alike", "key, record")):
            self.database.execute(f"INSERT OR IGNORE INTO {table} SELECT * FROM unsorted_{table} ORDER BY {columns}")  # noqa: S608
        several = "SELECT key FROM claim GROUP BY key HAVING count(DISTINCT entity) > 1"
        tells = f"SELECT ?, record FROM claim WHERE key IS NULL OR key IN ({several})"  # noqa: S608 - made here
        self.database.execute(f"INSERT OR IGNORE INTO special {tells}", (SAME,))
        self.insert("class", ((number, name) for name, number in self.classes.items()))
        self.insert("number", counts.items())

    def class_of(self, record: Record) -> int:
        """Return the number of the class of a record."""
        return self.class_number(record.rdf_class)

    def class_number(self, name: str) -> int:
        """Return the number of a class."""
        return self.classes.setdefault(name, len(self.classes))

    def insert(self, table: str, rows: Iterable[tuple[object, ...]], *, ignore: bool = False) -> None:
        """Insert rows into a table."""
        columns = len(self.database.execute(f"PRAGMA table_info ({table})").fetchall())
        places = ", ".join("?" * columns)
        self.database.executemany(f"INSERT {'OR IGNORE ' if ignore else ''}INTO {table} VALUES ({places})", rows)  # noqa: S608


def _merged(data_sets: Sequence[DataSet]) -> set[str]:
    """Return the IRIs of the records that several data sets state."""
    once, several = set[str](), set[str]()
    for data_set in data_sets if len(data_sets) > 1 else ():
        for record in data_set.records:
            (several if record.id in once else once).add(record.id)
    return several


def _names_of_entity(record: Statement) -> tuple[str, ...]:
    """Return the names of an entity; nothing of another record."""
    return (record.label, *record.alt_label) if isinstance(record, Entity) else ()


def to_text(record: Statement) -> str:
    """Return the fields of a record as its row has them."""
    values = to_json(record)
    del values["id"]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _content(quads: Sequence[Quad]) -> tuple[bytes | None, int]:
    """Return quads as N-Quads, and their number."""
    return (pyoxigraph.serialize(quads, format=RdfFormat.N_QUADS) if quads else None), len(quads)


__all__ = [
    "DATED",
    "PART_OF",
    "SAME",
    "PlacedStatements",
    "TableWriter",
    "to_text",
    "write_merged_records",
    "write_records",
    "writing",
]
