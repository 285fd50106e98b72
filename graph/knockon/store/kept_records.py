"""The records of a store folder, each read when it is needed, from a table that is kept beside the database."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from operator import attrgetter
from typing import Any, TypeVar

import pyoxigraph
from pyoxigraph import Quad, RdfFormat

from knockon.lazy_sequence import LazySequence
from knockon.model import CLASSES, DataSet, DataSetInfo, Document, Record, Statement, is_a
from knockon.model.dates import dated
from knockon.model.names import names_of, normalize_name
from knockon.model.records import Linked
from knockon.rdf.fields import fields
from knockon.rdf.merge import PlacedRecord
from knockon.rdf.record_json import from_json
from knockon.store.kept_labels import Labelled, labelled
from knockon.store.kept_rows import RECORD, KeptRows, blocks, places
from knockon.store.lazy_records import ByIri, LazyRecords
from knockon.store.pointer import StoredDataSet
from knockon.store.record_links import PART, REFERENCE, SUBJECT, owners
from knockon.store.record_table import DATED, PART_OF, SAME
from knockon.vocabulary import ID, MY, Stance, whole_iri

S = TypeVar("S", bound=Statement)

#: The most records that are kept in memory when single ones are asked for.
_MOST_READ = 100_000


class KeptRecords(LazyRecords):
    """The merged records of a revision, from the file that ``write_records`` wrote.

    Parameters
    ----------
    rows
        The rows of that file, and of changes of it.
    """

    are_kept = True

    def __init__(self, rows: KeptRows) -> None:
        self.rows = rows
        self._classes: list[type[Record]] = [CLASSES[name] for name in rows.classes]
        self._read: dict[str, Statement] = {}
        self._by_class: dict[tuple[type[Statement], ...], Sequence[Any]] = {}

    def _record(self, iri: str, number: int, data: str) -> Statement:
        """Return the record of a row; one that was read before is the same object."""
        if (record := self._known.get(iri)) is not None:
            return record
        read = self._read
        if len(read) >= _MOST_READ:
            # A new table, not an emptied one: other threads may be reading that.
            read = self._read = {}
        return read.setdefault(iri, self._new(iri, number, data))

    def _new(self, iri: str, number: int, data: str) -> Any:
        try:
            return from_json(self._classes[number], {"id": iri, **json.loads(data)})
        except (ValueError, LookupError, TypeError) as error:
            raise self.rows.damaged(error) from None

    @property
    def classes(self) -> Sequence[type[Record]]:
        """The classes of records by their numbers."""
        return self._classes

    def rows_of(
        self, kinds: tuple[type[Record], ...], *, among: bool = True, also: str = "1", values: Sequence[object] = ()
    ) -> Iterator[tuple[str, int, str]]:
        """Yield the IRI, the number of the class, and the JSON of the records of some classes, or of all but these.

        They are in no order, and none is kept in memory: for what looks through texts. ``also`` is a condition on the rows,
        with its values.
        """
        condition = self.class_condition(kinds)
        where = f"{condition if among else f'NOT ({condition})'} AND {also}"
        return self.rows.each_row(self.rows.arms("record", where, RECORD), values)

    def numbered_rows_of(self, *kinds: type[Record]) -> Iterator[tuple[str, int, str, int]]:
        """Yield the rows of the records of some classes, each with its number, in no order."""
        return self.rows.each_row(self.rows.arms("record", self.class_condition(kinds), f"{RECORD}, number"))

    def classes_of(self, kinds: tuple[type[Record], ...], *, among: bool = True) -> Iterator[tuple[str, int]]:
        """Yield the IRI and the number of the class of the records of some classes, or of all but these, in no order."""
        condition = self.class_condition(kinds)
        return self.rows.each_row(self.rows.arms("record", condition if among else f"NOT ({condition})", "iri, class"))

    def count_of(self, *kinds: type[Record]) -> int:
        """See Records."""
        return sum(count for (count,) in self.rows.rows(self.rows.arms("record", self.class_condition(kinds), "count(*)")))

    def citing_as(self, stance: Stance, *kinds: type[S]) -> Iterator[Any]:
        """See Records; the word for the stance is looked for in the rows."""
        rows = self.rows_of(kinds, also="instr(data, ?1)", values=[json.dumps(stance.value)])
        return (self.read_row(*row) for row in rows)

    def stating(self, field: str, *kinds: type[S]) -> Iterator[Any]:
        """See Records; the name of the field is looked for in the rows."""
        rows = self.rows_of(kinds, also="instr(data, ?1)", values=[json.dumps(field)])
        return (self.read_row(*row) for row in rows)

    def rows_naming(self, iris: Iterable[str], columns: str = RECORD) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of the records that refer to one of some IRIs, and perhaps of others; some may come twice."""
        return self.rows.keyed("link", iris, also=f"kind IN ({SUBJECT}, {REFERENCE})", columns=columns)

    def read_row(self, iri: str, number: int, data: str, without: Collection[str] = ()) -> Statement:
        """Return the record of a row, without some of its fields (by their names in data files)."""
        if not without:
            return self._record(iri, number, data)
        try:
            values = {name: value for name, value in json.loads(data).items() if name not in without}
            record: Any = from_json(self._classes[number], {"id": iri, **values})
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            raise self.rows.damaged(error) from None
        return record  # type: ignore[no-any-return] # of a class of statements

    def iris(self) -> Iterator[str]:
        """See Records."""
        return (iri for (iri,) in self.rows.each_row(self.rows.arms("record", "1", "iri")))

    def names_in_use(self, *classes: str, parts: bool = False, without: Collection[str] = ()) -> set[str]:
        """See LazyRecords; only records that have parts of these classes are made."""
        wanted = {cls for cls in self.rows.classes if any(is_a(cls, name) for name in classes)}
        labels = (each for each in self.labels(Statement) if each.cls in wanted and each.iri not in without)
        names = {name for each in labels for name in each.names}
        with_parts = tuple(cls for cls in self._classes if parts and _has_parts(cls, classes))
        for row in self.rows_of(with_parts) if with_parts else ():
            for part in self.read_row(*row, without=("evidence",)).parts() if row[0] not in without else ():
                if any(is_a(part.rdf_class, name) for name in classes) and part.id not in without:
                    names.update(names_of(part))
        return names

    def labels(self, *kinds: type[S]) -> Iterator[Labelled]:
        """Yield the names of the records of some classes, without the rest of them, in no order."""
        return labelled(self.rows_of(kinds), self.rows.classes)

    def iris_alike(self, keys: Iterable[str]) -> set[str]:
        """Return the IRIs of the entities that have one of some keys of ``look_alike_keys``, and perhaps of others."""
        return {iri for (iri,) in self.rows.keyed("alike", keys, columns="iri")}

    def iris_sharing_keys(self) -> set[str]:
        """Return the IRIs of the entities that share a key of ``look_alike_keys`` with another one, and perhaps of others."""
        keys = self.rows.arms("alike", "1", "key, record")
        shared = f"SELECT key FROM ({keys}) GROUP BY key HAVING count(DISTINCT record) > 1"  # noqa: S608 - made here
        among = f"number IN (SELECT record FROM {{layer}}.alike WHERE key IN ({shared}))"  # noqa: S608 - made here
        return {iri for (iri,) in self.rows.each_row(self.rows.arms("record", among, "iri"))}

    def graph_of(self, iri: str) -> str:
        """Return the graph of the first data set that states a record."""
        ((_, number),) = self.rows.with_iris([iri], "iri, data_set")
        return self._graphs[number]

    def __len__(self) -> int:
        return self.rows.numbers["records"]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(mine == its for mine, its in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment] # as of a list

    @cached_property
    def _whole(self) -> Mapping[str, Statement]:
        """All records by their IRIs, for questions that go through them.

        It is never forgotten or changed: other threads look into it, and what is not there does not exist.
        """
        read = self._read
        rows = self.rows.records()
        return {iri: read.get(iri) or self._new(iri, number, data) for iri, number, data in rows}

    @cached_property
    def _all(self) -> tuple[Statement, ...]:
        """All records in their order."""
        return tuple(self._whole.values())

    @property
    def _has_all(self) -> bool:
        return "_whole" in self.__dict__

    @property
    def _known(self) -> Mapping[str, Statement]:
        """The records that are in memory: all, or those that were asked for."""
        return self._whole if self._has_all else self._read

    @cached_property
    def by_iri(self) -> Mapping[str, Record]:
        """See Records."""
        return _ByIri(self)

    def find(self, iri: str) -> Statement | None:
        """See LazyRecords."""
        if self._has_all:
            return self._whole.get(iri)
        if (known := self._read.get(iri)) is not None:
            return known
        return next((self._record(*row) for row in self.rows.with_iris([iri])), None)

    def read_ahead(self, iris: Iterable[str]) -> None:
        """See Records."""
        wanted = dict.fromkeys(iris)
        known = self._known
        if self._has_all or known.keys() >= wanted.keys():
            return
        if len(known) + len(wanted) > _MOST_READ:
            known = self._read = {}
        for row in self.rows.with_iris([iri for iri in wanted if iri not in known]):
            self._record(*row)

    def having(self, iris: Iterable[str]) -> list[Statement]:
        """See Classified."""
        return sorted((self._record(*row) for row in self.rows.with_iris(iris)), key=attrgetter("id"))

    def wholes_of(self, iri: str) -> Sequence[Statement]:
        """See LazyRecords."""
        others = self._where("number IN (SELECT record FROM {layer}.part WHERE iri = ?1)", (iri,))
        return [*filter(None, map(self.find, owners(iri))), *others]

    def of_class(self, *kinds: type[S]) -> Sequence[S]:
        """See Records."""
        if kinds not in self._by_class:
            if self._has_all:
                found: Sequence[Any] = [record for record in self if isinstance(record, kinds)]
            else:
                found = self._where(self.class_condition(kinds))
            self._by_class[kinds] = found
        return self._by_class[kinds]

    def _where(self, condition: str, values: Sequence[object] = ()) -> list[Statement]:
        return [self._record(*row) for row in self.rows.records(condition, values)]

    def named(self, name: str) -> Sequence[Statement]:
        """See Records."""
        normalized = normalize_name(name)
        found = {record.id: record for record in self._with_names([normalized])}
        if (record := self.find(whole_iri(name))) is not None:
            found[record.id] = record
        wholes = {record.id: record for record in self._with_names(owners(normalized))} | found
        parts = [part for record in wholes.values() for part in record.parts()]
        named = {part.id: part for part in parts if normalized in map(normalize_name, names_of(part))}
        if (one := self.by_iri.get(whole_iri(name))) is not None and isinstance(one, Statement):
            named[one.id] = one
        return [statement for _, statement in sorted((named | found).items())]

    def _with_names(self, names: Sequence[str]) -> list[Statement]:
        """Return the records that have one of some normalized names, and perhaps others."""
        return [self._record(*row) for row in self.rows.keyed("name", names)]

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
        return self._where("number IN (SELECT record FROM {layer}.special WHERE kind = ?1)", (kind,))

    @property
    def some_inferred(self) -> bool:
        """See Records."""
        return self.rows.numbers["inferred"] > 0

    @property
    def parts_count(self) -> int:
        """How many parts the records have."""
        return self.rows.numbers["parts"]

    @cached_property
    def _graphs(self) -> Mapping[int, str]:
        """The graphs of the data sets by their numbers, in the order of the data sets."""
        rows = self.rows.rows("SELECT number, info FROM main.data_set ORDER BY place")
        return {number: json.loads(info)["id"] for number, info in rows}

    @property
    def data_set_numbers(self) -> Mapping[str, int]:
        """The numbers of the data sets by their graphs."""
        return {graph: number for number, graph in self._graphs.items()}

    def placed(self) -> list[PlacedRecord]:
        """Return each record with the graph of the first data set that states it."""
        places = self.rows.records(columns="iri, data_set")
        return [(record, self._graphs[number]) for record, (_, number) in zip(self, places, strict=True)]

    def each_placed(self) -> Iterator[PlacedRecord]:
        """Yield what ``placed`` returns; none of the records is kept in memory."""
        for *row, number in self.rows.records(columns=f"{RECORD}, data_set"):
            yield self._new(*row), self._graphs[number]

    def about(self, iris: Iterable[str]) -> Iterator[PlacedRecord]:
        """Yield the records that have quads about some IRIs, their own among them, and perhaps others; some may come twice."""
        wanted = list(dict.fromkeys(iris))
        columns = f"{RECORD}, data_set"
        for *row, number in self.rows.with_iris(wanted, columns):
            yield self._record(*row), self._graphs[number]
        for *row, number in self.rows.keyed("link", wanted, also=f"kind = {SUBJECT}", columns=columns):
            yield self._record(*row), self._graphs[number]

    def statements_with(self, iri: str) -> Iterator[tuple[int, Statement]]:
        """Yield what each data set (by its number) states of records that may have an IRI, or a part or evidence with it."""
        columns = f"{RECORD}, data_set, is_own"
        rows = [*self.rows.with_iris([iri, *owners(iri)], columns)]
        rows += self.rows.keyed("link", [iri], also=f"kind IN ({SUBJECT}, {PART})", columns=columns)
        return self._as_stated(rows)

    def statements_named(self, name: str) -> Iterator[tuple[int, Statement]]:
        """Yield what each data set (by its number) states of the records that may have a normalized name."""
        return self._as_stated(self.rows.keyed("name", [name], columns=f"{RECORD}, data_set, is_own"))

    def _as_stated(self, rows: Iterable[Any]) -> Iterator[tuple[int, Statement]]:
        for iri, *content, number, is_own in rows:
            if is_own:
                yield number, self._record(iri, *content)
            else:
                statement = self.rows.arms("own", "iri = ?1", f"data_set, {RECORD}")
                yield from ((place, self._new(*row)) for place, *row in self.rows.rows(statement, (iri,)))

    def naming(self, iri: str) -> Sequence[Statement]:
        """Return the records that may name an IRI, as a reference or as that of a part or evidence, in their order."""
        found = {record.id: record for record in self.linked([iri], SUBJECT, REFERENCE, PART)}
        found |= {record.id: record for record in self.having(owners(iri))}
        if not iri.startswith((ID, MY)):
            # The web addresses of documents are not among the links.
            found |= {record.id: record for record in self.of_class(Document) if record.url == iri}
        return [record for _, record in sorted(found.items())]

    def linked(self, texts: Iterable[str], *kinds: int) -> Iterator[Statement]:
        """See LazyRecords."""
        for row in self.rows.keyed("link", texts, also=f"kind IN ({', '.join(map(str, kinds))})"):
            yield self._record(*row)

    def data_sets(self, stored: Iterable[StoredDataSet]) -> tuple[DataSet, ...]:
        """Return the data sets that the records were merged from, whose records and triples are read when they are needed.

        Parameters
        ----------
        stored
            Their descriptions in the pointer file, in the same order.
        """
        columns = "number, info, records, extras, statements"
        rows = self.rows.rows(f"SELECT {columns} FROM main.data_set ORDER BY place")  # noqa: S608 - made here
        return tuple(
            DataSet(
                from_json(DataSetInfo, json.loads(info)),
                KeptDataSet(self, number, records),
                LazySequence(partial(self._quads_of, number, "extra"), extras) if extras else (),
                origin=description.origin,
                loaded=description.loaded,
                stated=tuple(self._quads_of(number, "stated")) if statements else (),
            )
            for (number, info, records, extras, statements), description in zip(rows, stored, strict=True)
        )

    def stated(self, number: int, condition: str, values: Sequence[object] = ()) -> Sequence[Any]:
        """Return the records of a data set that meet a condition, those that others state as well as it states them.

        ``?1`` in the condition is the number of the data set, and ``values`` follow it.
        """
        rows = self.rows.stated(number, condition, values, ", 1", ", 0")
        return tuple([self._record(*row) if is_own else self._new(*row) for *row, is_own in rows])

    def each_stated(self, number: int, condition: str) -> Iterator[Any]:
        """Yield the records of ``stated`` in the order of their IRIs; none of them is kept in memory."""
        return (self._new(*row) for row in self.rows.stated(number, condition))

    def class_condition(self, kinds: tuple[type[Record], ...]) -> str:
        """Return the condition that a record is of one of some classes."""
        return f"class IN ({', '.join(str(number) for number, cls in enumerate(self._classes) if issubclass(cls, kinds))})"

    def _quads_of(self, number: int, column: str) -> Sequence[Quad]:
        ((content,),) = self.rows.rows(f"SELECT {column} FROM main.data_set WHERE number = ?1", (number,))  # noqa: S608
        return list(pyoxigraph.parse(content, RdfFormat.N_QUADS))


class _ByIri(ByIri):
    """The same of kept records; where all are looked at, they stay in memory."""

    _records: KeptRecords

    def __getitem__(self, iri: str) -> Record:
        return self._whole[iri] if "_whole" in self.__dict__ else super().__getitem__(iri)

    def __iter__(self) -> Iterator[str]:
        return iter(self._whole)

    def __len__(self) -> int:
        return len(self._records) + self._records.parts_count

    @cached_property
    def _whole(self) -> dict[str, Record]:
        return {part.id: part for record in self._records for part in (record, *record.parts())}


class KeptDataSet(LazySequence[Statement], Linked):
    """The records of one data set, as it states them.

    Parameters
    ----------
    records
        The records of all data sets.
    number
        The number of the data set.
    length
        How many records it has.
    """

    def __init__(self, records: KeptRecords, number: int, length: int) -> None:
        super().__init__(partial(records.stated, number, "1"), length)
        self.store, self.number = records, number

    def of_class(self, *kinds: type[S]) -> Sequence[S]:
        """See Classified."""
        return self.store.stated(self.number, self.store.class_condition(kinds))

    def having(self, iris: Iterable[str]) -> Sequence[Statement]:
        """See Classified."""
        found = [
            record
            for block in blocks(dict.fromkeys(iris))
            for record in self.store.stated(self.number, f"iri IN ({places(block, 2)})", block)
        ]
        return sorted(found, key=attrgetter("id"))

    def about(self, iris: Iterable[str]) -> Sequence[Statement]:
        """See Linked."""
        wanted = list(dict.fromkeys(iris))
        linked = self.store.rows.keyed("link", wanted, also=f"kind = {SUBJECT}", columns="iri")
        return self.having([*wanted, *(iri for (iri,) in linked)])

    def each(self, *kinds: type[S]) -> Iterator[S]:
        """See Streamed."""
        return self.store.each_stated(self.number, self.store.class_condition(kinds))

    def class_counts(self) -> Counter[str]:
        """See Streamed."""
        rows = self.store.rows.stated(self.number, "1", columns="iri, class")
        return Counter(self.store.rows.classes[number] for _, number in rows)

    @property
    def telling_same(self) -> Sequence[Statement]:
        """The records that tell which entities are the same, and perhaps others."""
        return self.having(record.id for record in self.store.telling_same)

    def labels(self, *kinds: type[S]) -> Iterator[Labelled]:
        """Yield the names of the records of some classes, without the rest of them."""
        return labelled(self.store.rows.stated(self.number, self.store.class_condition(kinds)), self.store.rows.classes)

    def labels_of(self, iris: Iterable[str], *kinds: type[S]) -> Iterator[Labelled]:
        """Yield the names of those of some records that are of some classes, without the rest of them."""
        # The sign keeps SQLite from going through all records of the classes by their index.
        condition = f"+{self.store.class_condition(kinds)}"
        for block in blocks(dict.fromkeys(iris)):
            rows = self.store.rows.stated(self.number, f"{condition} AND iri IN ({places(block, 2)})", block)
            yield from labelled(rows, self.store.rows.classes)


def _has_parts(cls: type[Record], classes: Iterable[str]) -> bool:
    """Return whether records of a class may have parts of some classes."""
    parts = [field.nested.rdf_class for field in fields(cls) if field.nested is not None]
    return any(is_a(part, name) for part in parts for name in classes)


__all__ = ["KeptDataSet", "KeptRecords"]
