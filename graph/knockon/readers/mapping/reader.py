"""Read files by a mapping: each file is one of its tables, and each row becomes records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from typing import Any

from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.errors import InvalidData, Notice, Problem
from knockon.readers.collector import RecordCollector
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.mapping.joins import Cited, JoinIndex
from knockon.readers.mapping.model import MappingSpec, TableSpec
from knockon.readers.mapping.paths import PARENT
from knockon.readers.mapping.recognise import fitness, read_head
from knockon.readers.mapping.records import CITED, RecordMaker
from knockon.readers.mapping.table_rows import TableRow
from knockon.readers.mapping.tables import TableReader
from knockon.readers.mapping.values import ComputedValue, Filter, RowError, names_in_values
from knockon.readers.record_drafts import Place

#: The names under which each row has the stem of its file and the name of the data set.
FILE, DATA_SET = "_file", "_data_set"
_OWN = (FILE, DATA_SET, CITED, PARENT)
#: The reason for rows that no record of the mapping is made of.
_NO_RECORD = "no record of the mapping applies to them"


class MappingReader:
    """Reader of files by a mapping.

    Parameters
    ----------
    mapping
        The mapping.
    """

    def __init__(self, mapping: MappingSpec) -> None:
        self.mapping = mapping

    def read(self, files: Sequence[ForeignFile], collector: RecordCollector) -> None:
        """Read files, and add their records to the collector.

        Raises
        ------
        InvalidData
            A file fits no table of the mapping, or cannot be read.
        """
        by_table = self._assign(files, collector)
        joins = {name: self._join_indexes(table, by_table, collector) for name, table in self.mapping.tables.items()}
        for name, table in self.mapping.tables.items():
            for file in by_table[name] if table.records else ():
                self._read_table(name, file, joins[name], collector)

    def _assign(self, files: Sequence[ForeignFile], collector: RecordCollector) -> dict[str, list[ForeignFile]]:
        """Return the files of each table: by their name, else by their columns, else the only table."""
        tables = self.mapping.tables
        assigned: dict[str, list[ForeignFile]] = {name: [] for name in tables}
        unknown: list[Problem] = []
        for file in files:
            name = table_of(self.mapping, file, collector.options)
            if name is not None:
                assigned[name].append(file)
            elif file.named or len(files) == 1:
                known = "; ".join(f"{key} ({', '.join(table.file or table.required_columns)})" for key, table in tables.items())
                unknown.append(Problem(file.name, None, "fits no table of the mapping", f"its tables are {known}"))
            else:
                collector.notice(Notice(file.name, None, "not read: it fits no table of the mapping"))
        if unknown:
            raise InvalidData(unknown)
        joined = {join.table for name, table in tables.items() if assigned[name] for join in table.join}
        for name in sorted(joined):
            if not assigned[name]:
                known = ", ".join(tables[name].file or tables[name].required_columns)
                message = f"no file is the table {name} ({known}), which others join"
                collector.notice(Notice(collector.name, None, message, "what it adds to them is missing"))
        return assigned

    def _join_indexes(
        self, table: TableSpec, files: dict[str, list[ForeignFile]], collector: RecordCollector
    ) -> list[tuple[tuple[str, ...], JoinIndex]]:
        """Read the tables that a table joins, by key."""
        indexes = []
        for join in table.join:
            index = JoinIndex(list(join.on.values()), join.take, join.many)
            spec = self.mapping.tables[join.table]
            columns = [*join.on.values(), *join.take.values()]
            other = _Table(self.mapping, spec, columns, collector, joined=bool(spec.records))
            for file in files[join.table]:
                document = other.document(file, collector)
                # A table with records of its own is read, and counted, once more for these.
                for place, values in other.rows(file, document, collector, counted=not other.spec.records):
                    index.add(values, Cited(document, place))
            indexes.append((tuple(join.on), index))
        return indexes

    def _read_table(
        self, name: str, file: ForeignFile, joins: list[tuple[tuple[str, ...], JoinIndex]], collector: RecordCollector
    ) -> None:
        spec = self.mapping.tables[name]
        makers = [RecordMaker(record, collector) for record in spec.records]
        constants = [RecordMaker(record, collector) for record in self.mapping.constants]
        joined = {column for _, index in joins for column in index.take}
        needed = {used for maker in makers for used in maker.names} | {column for keys, _ in joins for column in keys}
        table = _Table(self.mapping, spec, needed - joined, collector)
        document = table.document(file, collector)
        for maker in constants:
            maker.make({}, document, Place(""))
        for place, values in table.rows(file, document, collector, joins):
            try:
                made = sum([maker.make(values, document, place) for maker in makers])
            except RowError as error:
                collector.reject(document, place, error.message, error.hint, _flat(values))
                continue
            if not made:
                collector.leave_out(spec.left_out or _NO_RECORD)


class _Table:
    """A table of a mapping with its values compiled."""

    def __init__(
        self,
        mapping: MappingSpec,
        spec: TableSpec,
        needed: Sequence[str] | set[str],
        collector: RecordCollector,
        *,
        joined: bool = False,
    ) -> None:
        self.mapping, self.spec = mapping, spec
        options = collector.options
        decimal = options.decimal if options.decimal != "." else spec.decimal or mapping.decimal or "."
        thousands = spec.thousands or mapping.thousands or ""
        self.values = {
            name: ComputedValue(name, value, decimal=decimal, thousands=thousands) for name, value in spec.values.items()
        }
        self.filter = Filter(spec.where)
        reshaped = {*_matrix_names(spec), *_unpivot_names(spec)}
        columns = ({*needed, *self.filter.names} - self.values.keys()) | names_in_values(self.values)
        taken = {name for join in spec.join for name in join.take}
        keys = {spec.key} if spec.key else set()
        used = (columns | keys) - reshaped - taken - {FILE, DATA_SET}
        self.reader = TableReader(mapping, spec, options, used, collector, joined=joined)

    def document(self, file: ForeignFile, collector: RecordCollector) -> str:
        """Declare the document of a file."""
        stated = {"license": self.mapping.license, "url": self.mapping.url, "keyColumn": self.spec.key}
        own = self.spec.document.model_dump(exclude_none=True)
        return collector.document(file, **{name: value for name, value in stated.items() if value} | own)

    def rows(
        self,
        file: ForeignFile,
        document: str,
        collector: RecordCollector,
        joins: Sequence[tuple[tuple[str, ...], JoinIndex]] = (),
        *,
        counted: bool = True,
    ) -> Iterator[tuple[Place, dict[str, Any]]]:
        """Yield the rows with their values that the table keeps; faulty ones are rejected, and others counted."""
        seen: set[str] = set()
        last = ""
        stem = file.stem
        for row in self.reader.rows(file):
            # The cells of a matrix are one row.
            if counted and row.selector != last:
                collector.progress()
            last, values = row.selector, row.values
            place = self._place(row, seen)
            if row.fault:
                collector.reject(document, place, row.fault, row.hint, _flat(values))
                continue
            if collector.skips(document, place, values):
                continue
            values[FILE], values[DATA_SET], values[CITED] = stem, collector.name, {}
            if joins or self.values:
                try:
                    self._complete(values, joins)
                except RowError as error:
                    collector.reject(document, place, error.message, error.hint, _flat(values))
                    continue
            if not self.spec.where or self.filter.holds(values):
                yield place, values
            elif counted:
                collector.leave_out(self.spec.left_out or f"{', '.join(sorted(self.filter.names))} not as the mapping asks")

    def _place(self, row: TableRow, seen: set[str]) -> Place:
        """Return the place of a row: by its key, unless an earlier row has the same one."""
        if self.spec.key is None:
            return Place(row.selector, row.line)
        value = row.values.get(self.spec.key)
        if value is None or row.fault or value in seen:
            return Place(row.selector, row.line)
        seen.add(value)
        return Place(f"key:{value}", row.line)

    def _complete(self, values: dict[str, Any], joins: Sequence[tuple[tuple[str, ...], JoinIndex]]) -> None:
        """Add what a row takes from other tables, then its computed values."""
        for keys, index in joins:
            key = tuple(values.get(column) for column in keys)
            values.update(index.find(key))
            if cited := index.cited(key):
                for name in index.take:
                    values[CITED].setdefault(name, cited)
        for name, computed in self.values.items():
            values[name] = computed.compute(values)
            if values[CITED] and values[name] is not None:
                # What a value is made of is stated by the same rows.
                used = [cited for part in computed.template.names for cited in values[CITED].get(part, ())]
                values[CITED][name] = [*values[CITED].get(name, ()), *used]


def table_of(mapping: MappingSpec, file: ForeignFile, options: ReadOptions = DEFAULTS) -> str | None:
    """Return the table of a mapping that a file is; None if it is none of them."""
    named = [
        name
        for name, table in mapping.tables.items()
        if any(fnmatch(file.file_name.lower(), pattern.lower()) for pattern in table.file)
    ]
    if len(named) == 1:
        return named[0]
    if len(mapping.tables) == 1 and file.named:
        return next(iter(mapping.tables))
    head = read_head(file, options)
    scores = {name: fitness(mapping.tables[name], head) for name in named or mapping.tables}
    best = max(scores.values())
    fitting = [name for name, score in scores.items() if score == best]
    return fitting[0] if best and len(fitting) == 1 else None


def _matrix_names(spec: TableSpec) -> set[str]:
    return {*spec.matrix.index, *spec.matrix.header, spec.matrix.value} if spec.matrix else set()


def _unpivot_names(spec: TableSpec) -> set[str]:
    return {spec.unpivot.name, spec.unpivot.value} if spec.unpivot else set()


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a row as a line of the file of rejected rows has them."""
    own = {name: value for name, value in values.items() if name not in _OWN}
    return {name: "; ".join(map(str, value)) if isinstance(value, list) else value for name, value in own.items()}


__all__ = ["MappingReader", "table_of"]
