"""The records of a store folder, each read when it is needed, from a table that is kept beside the database."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar, overload

import pyoxigraph
from pyoxigraph import Quad, RdfFormat

from knockon.lazy_sequence import LazySequence
from knockon.model import CLASSES, DataSet, DataSetInfo, Record, Statement
from knockon.model.dates import dated
from knockon.model.names import names_of, normalize_name
from knockon.model.records import Classified, Records
from knockon.rdf.merge import PlacedRecord, merge
from knockon.rdf.plain_records import PlainRecords
from knockon.rdf.record_json import from_json
from knockon.store.invalid_store import InvalidStore
from knockon.store.kept import KeptFiles, program_digest
from knockon.store.plain_record_table import write_plain_records
from knockon.store.pointer import Revision, StoredDataSet
from knockon.store.record_table import DATED, PART_OF, SAME, name_key, write_records
from knockon.vocabulary import whole_iri

S = TypeVar("S", bound=Statement)
T = TypeVar("T")

_NAME = "records"
#: The parts of the package that determine how records are read and written.
_PROGRAM = ("model", "rdf", "store")
#: The most records that are kept in memory when single ones are asked for.
_MOST_READ = 100_000
#: How many rows are fetched at once, and the most values that one statement has.
_BLOCK = 500


def open_kept_records(files: KeptFiles, revision: Revision) -> KeptRecords | None:
    """Return the records of a revision as they were kept; None where they were not."""
    key = _key(revision.data_sets)
    path = files.find(_NAME, key) if key else None
    if path is None:
        return None
    try:
        return KeptRecords(path)
    except sqlite3.Error:
        return None


def keep_records(
    files: KeptFiles | None, revision: Revision, data_sets: Sequence[DataSet], placed: Sequence[PlacedRecord] | None = None
) -> None:
    """Keep the records of a revision, so that the next process need not read its sources; where it cannot, do nothing.

    Parameters
    ----------
    files
        The kept files of the revision; None where it has none.
    revision
        The revision.
    data_sets
        Its data sets, in the order in which it has them.
    placed
        The records that they are together; None: they are merged here.
    """
    key = _key(revision.data_sets)
    if key and files is not None:
        with suppress(OSError):
            if len(data_sets) == 1 and isinstance(plain := data_sets[0].records, PlainRecords):
                files.write(_NAME, key, partial(write_plain_records, data_set=data_sets[0], records=plain))
                return
            merged = merge(data_sets) if placed is None else placed
            files.write(_NAME, key, partial(write_records, data_sets=data_sets, placed=merged))


def _key(stored: Iterable[StoredDataSet]) -> str | None:
    """Return what the kept records of some data sets depend on; None if nothing can be kept."""
    digest = program_digest(*_PROGRAM)
    if digest is None:
        return None
    return hashlib.sha256("\n".join([digest, *(f"{each.id} {each.source}" for each in stored)]).encode()).hexdigest()


class KeptRecords(Records):
    """The merged records of a revision, from the file that ``write_records`` wrote.

    Parameters
    ----------
    path
        The file, which has its checksum.

    Raises
    ------
    sqlite3.Error
        It is no file of SQLite.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        # The file is never changed, and each statement runs under the lock, whatever thread asks.
        self._database = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False, isolation_level=None
        )
        # Closed with the last reference to the records, wherever that is.
        weakref.finalize(self, self._database.close)
        self._database.executescript("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;")
        self._lock = threading.Lock()
        self._classes: list[type[Record]] = [CLASSES[name] for (name,) in self._rows("SELECT name FROM class ORDER BY number")]
        self._numbers: dict[str, int] = dict(self._rows("SELECT name, value FROM number"))
        self._read: dict[str, Statement] = {}
        self._by_class: dict[tuple[type[Statement], ...], Sequence[Any]] = {}

    def _rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        """Return the rows that a statement selects."""
        try:
            with self._lock:
                return self._database.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise self._damaged(error) from None

    def _damaged(self, error: Exception) -> InvalidStore:
        return InvalidStore(self._path, f"was damaged while it was open ({error})", "ask again: it is written anew")

    def _each_row(self, statement: str, values: Sequence[object] = ()) -> Iterator[Any]:
        """Yield the rows that a statement selects, without holding all of them."""
        try:
            with self._lock:
                cursor = self._database.execute(statement, values)
            while True:
                with self._lock:
                    rows = cursor.fetchmany(_BLOCK)
                if not rows:
                    return
                yield from rows
        except sqlite3.Error as error:
            raise self._damaged(error) from None

    def _record(self, iri: str, number: int, data: str) -> Statement:
        """Return the record of a row; one that was read before is the same object."""
        record = self._read.get(iri)
        if record is None:
            record = self._new(iri, number, data)
            if len(self._read) >= _MOST_READ and not self._has_all:
                self._read.clear()
            self._read[iri] = record
        return record

    def _new(self, iri: str, number: int, data: str) -> Any:
        try:
            return from_json(self._classes[number], {"id": iri, **json.loads(data)})
        except (ValueError, LookupError, TypeError) as error:
            raise self._damaged(error) from None

    def __len__(self) -> int:
        return self._numbers["records"]

    def __iter__(self) -> Iterator[Statement]:
        return iter(self._all)

    @overload
    def __getitem__(self, place: int) -> Statement: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Statement]: ...
    def __getitem__(self, place: int | slice) -> Statement | Sequence[Statement]:
        return self._all[place]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(mine == its for mine, its in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment] # as of a list

    @cached_property
    def _all(self) -> tuple[Statement, ...]:
        """All records, for questions that go through them."""
        read = self._read
        rows = self._each_row("SELECT iri, class, data FROM record ORDER BY iri")
        records = tuple([read.get(iri) or self._new(iri, number, data) for iri, number, data in rows])
        self._read = {record.id: record for record in records}
        return records

    @property
    def _has_all(self) -> bool:
        return "_all" in self.__dict__

    @cached_property
    def by_iri(self) -> Mapping[str, Record]:
        """See Records."""
        return _ByIri(self)

    def find(self, iri: str) -> Statement | None:
        """Return the record with an IRI; None if there is none. Parts are found by ``by_iri``."""
        if (known := self._read.get(iri)) is not None or self._has_all:
            return known
        rows = self._rows("SELECT iri, class, data FROM record WHERE iri = ?", (iri,))
        return self._record(*rows[0]) if rows else None

    def find_part(self, iri: str) -> Statement | None:
        """Return the part of a record with an IRI; None if there is none."""
        owners = [self.find(owner) for owner in _owners(iri)]
        rows = self._rows("SELECT record.iri, class, data FROM part JOIN record ON number = record WHERE part.iri = ?", (iri,))
        for record in filter(None, [*owners, *(self._record(*row) for row in rows)]):
            for part in record.parts():
                if part.id == iri:
                    return part
        return None

    def of_class(self, *kinds: type[S]) -> Sequence[S]:
        """See Records."""
        if kinds not in self._by_class:
            if self._has_all:
                found: Sequence[Any] = [record for record in self if isinstance(record, kinds)]
            else:
                numbers = [number for number, cls in enumerate(self._classes) if issubclass(cls, kinds)]
                found = self._where(f"class IN ({', '.join(map(str, numbers))})")
            self._by_class[kinds] = found
        return self._by_class[kinds]

    def _where(self, condition: str, values: Sequence[object] = ()) -> list[Statement]:
        statement = f"SELECT iri, class, data FROM record WHERE {condition} ORDER BY iri"  # noqa: S608 - made here
        return [self._record(*row) for row in self._each_row(statement, values)]

    def named(self, name: str) -> Sequence[Statement]:
        """See Records."""
        normalized = normalize_name(name)
        found = {record.id: record for record in self._with_names([normalized])}
        if (record := self.find(whole_iri(name))) is not None:
            found[record.id] = record
        owners = {record.id: record for record in self._with_names(_owners(normalized))} | found
        parts = [part for record in owners.values() for part in record.parts()]
        named = {part.id: part for part in parts if normalized in map(normalize_name, names_of(part))}
        if (one := self.by_iri.get(whole_iri(name))) is not None and isinstance(one, Statement):
            named[one.id] = one
        return [statement for _, statement in sorted((named | found).items())]

    def _with_names(self, names: Sequence[str]) -> list[Statement]:
        """Return the records that have one of some normalized names, and perhaps others."""
        keys = [name_key(name) for name in names]
        blocks = [keys[first : first + _BLOCK] for first in range(0, len(keys), _BLOCK)]
        chosen = "number IN (SELECT record FROM name WHERE key IN ({}))"
        return [record for block in blocks for record in self._where(chosen.format(", ".join("?" * len(block))), block)]

    @cached_property
    def dated(self) -> Sequence[Statement]:
        """See Records."""
        return dated(self._special(DATED))

    @cached_property
    def telling_same(self) -> Sequence[Statement]:
        """See Records."""
        return self._special(SAME)

    @cached_property
    def parts_of_wholes(self) -> Sequence[Statement]:
        """See Records."""
        return self._special(PART_OF)

    def _special(self, kind: str) -> list[Statement]:
        return self._where("number IN (SELECT record FROM special WHERE kind = ?)", (kind,))

    @property
    def some_inferred(self) -> bool:
        """See Records."""
        return self._numbers["inferred"] > 0

    @property
    def parts_count(self) -> int:
        """How many parts the records have."""
        return self._numbers["parts"]

    def placed(self) -> list[PlacedRecord]:
        """Return each record with the graph of the first data set that states it."""
        rows = self._each_row("SELECT info FROM data_set ORDER BY number")
        graphs = [json.loads(info)["id"] for (info,) in rows]
        places = self._each_row("SELECT data_set FROM record ORDER BY iri")
        return [(record, graphs[number]) for record, (number,) in zip(self, places, strict=True)]

    def data_sets(self, stored: Iterable[StoredDataSet]) -> tuple[DataSet, ...]:
        """Return the data sets that the records were merged from, whose records and triples are read when they are needed.

        Parameters
        ----------
        stored
            Their descriptions in the pointer file, in the same order.
        """
        rows = self._rows("SELECT number, info, records, extras, statements FROM data_set ORDER BY number")
        return tuple(
            DataSet(
                from_json(DataSetInfo, json.loads(info)),
                _RecordsOf(self, number, records),
                LazySequence(partial(self._quads_of, number, "extra"), extras) if extras else (),
                origin=description.origin,
                loaded=description.loaded,
                stated=tuple(self._quads_of(number, "stated")) if statements else (),
            )
            for (number, info, records, extras, statements), description in zip(rows, stored, strict=True)
        )

    def records_of(self, number: int, *kinds: type[S]) -> Sequence[Any]:
        """Return the records of a data set, of some classes or of all, those that others state as well as it states them."""
        chosen = ["data_set = ?"]
        if kinds:
            numbers = [str(place) for place, cls in enumerate(self._classes) if issubclass(cls, kinds)]
            chosen.append(f"class IN ({', '.join(numbers)})")
        where = " AND ".join(chosen)
        statement = (
            f"SELECT iri, class, data, 1 FROM record WHERE {where} AND is_own"  # noqa: S608 - made here
            f" UNION ALL SELECT iri, class, data, 0 FROM own WHERE {where} ORDER BY 1"
        )
        rows = self._each_row(statement, (number, number))
        return tuple([self._record(*row) if is_own else self._new(*row) for *row, is_own in rows])

    def _quads_of(self, number: int, column: str) -> Sequence[Quad]:
        ((content,),) = self._rows(f"SELECT {column} FROM data_set WHERE number = ?", (number,))  # noqa: S608 - a name
        return list(pyoxigraph.parse(content, RdfFormat.N_QUADS))


class _ByIri(Mapping[str, Record]):
    """The records and their parts by IRI; each is read when it is asked for."""

    def __init__(self, records: KeptRecords) -> None:
        self._records = records

    def __getitem__(self, iri: str) -> Record:
        if "_whole" in self.__dict__:
            return self._whole[iri]
        found = self._records.find(iri) or self._records.find_part(iri)
        if found is None:
            raise KeyError(iri)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole)

    def __len__(self) -> int:
        return len(self._records) + self._records.parts_count

    @cached_property
    def _whole(self) -> dict[str, Record]:
        return {part.id: part for record in self._records for part in (record, *record.parts())}


class _RecordsOf(LazySequence[Statement], Classified):
    """The records of one data set."""

    def __init__(self, records: KeptRecords, number: int, length: int) -> None:
        super().__init__(partial(records.records_of, number), length)
        self._records, self._number = records, number

    def of_class(self, *kinds: type[S]) -> Sequence[S]:
        """See Classified."""
        return self._records.records_of(self._number, *kinds)


def _owners(name: str) -> list[str]:
    """Return the names that a record may have whose part has a name: what is before two hyphens.

    >>> _owners("shop--hosting--acme")
    ['shop--hosting', 'shop']
    """
    owners, place = [], name.rfind("--")
    while place > 0:
        owners.append(name[:place])
        place = name.rfind("--", 0, place + 1)
    return owners


__all__ = ["KeptRecords", "keep_records", "open_kept_records"]
