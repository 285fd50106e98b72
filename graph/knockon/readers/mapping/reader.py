"""Read files by a mapping: each file is one of its tables, and each row becomes records."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from knockon.authoring.options import DEFAULTS, ReadOptions
from knockon.errors import InvalidData, Notice, Problem
from knockon.readers.collector import RecordCollector
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.mapping.file_names import has_name
from knockon.readers.mapping.grids import GridRow
from knockon.readers.mapping.joins import Cited, JoinIndex, additions_alone
from knockon.readers.mapping.model import MappingSpec
from knockon.readers.mapping.recognise import fitness, read_head
from knockon.readers.mapping.records import CITED, RecordMaker
from knockon.readers.mapping.rejects_file import read_rejects, rejected_files, table_of_rejects, written_cells
from knockon.readers.mapping.table_rows import TableRow
from knockon.readers.mapping.table_spec import TableSpec
from knockon.readers.mapping.tables import TableReader
from knockon.readers.mapping.values import ComputedValue, Filter, RowError, names_in_values
from knockon.readers.record_drafts import Place
from knockon.readers.registry import Head

#: The names under which each row has the stem of its file and the name of the data set.
FILE, DATA_SET = "_file", "_data_set"
_OWN = (FILE, DATA_SET, CITED)
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
        #: Of each table, and each file of rejected rows, the files that the rows of the table are from.
        self._rejected: dict[tuple[str, str], set[str]] = {}

    def read(self, files: Sequence[ForeignFile], collector: RecordCollector) -> None:
        """Read files, and add their records to the collector.

        Raises
        ------
        InvalidData
            A file fits no table of the mapping, or cannot be read.
        """
        self._rejected = {}
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
            rejects = read_rejects(file) if len(tables) > 1 else None
            if rejects is not None:
                unknown += self._assign_rejects(file, rejects, assigned)
                continue
            name = table_of(self.mapping, file, collector.options)
            if name is not None:
                assigned[name].append(file)
            else:
                unknown += self._not_assigned(file, collector, is_meant=file.named or len(files) == 1)
        if unknown or (unknown := list(additions_alone(tables, assigned))):
            raise InvalidData(unknown)
        joined = {join.table for name, table in tables.items() if assigned[name] for join in table.join}
        for name in sorted(joined):
            if not assigned[name]:
                known = ", ".join(tables[name].file or tables[name].required_columns)
                message = f"no file is the table {name} ({known}), which others join"
                collector.notice(Notice(collector.name, None, message, "what it adds to them is missing"))
        return assigned

    def _not_assigned(self, file: ForeignFile, collector: RecordCollector, *, is_meant: bool) -> Iterator[Problem]:
        """Yield why a file is no table of the mapping; one that nobody meant is passed over."""
        head, tables = Head(file), self.mapping.tables
        if head.is_empty:
            yield Problem(file.name, None, "is empty")
        elif is_meant and head.json_fault:
            yield Problem(file.name, None, head.json_fault, "correct the file")
        elif is_meant:
            known = "; ".join(f"{key} ({', '.join(table.file or table.required_columns)})" for key, table in tables.items())
            hint = f"its tables are {known}"
            if all(table.file and not table.columns for table in tables.values()):
                hint += "; rename the file to one of these names"
            yield Problem(file.name, None, "fits no table of the mapping", hint)
        else:
            collector.pass_over(file, "it fits no table of the mapping")

    def _assign_rejects(
        self, file: ForeignFile, rows: Iterator[GridRow], assigned: dict[str, list[ForeignFile]]
    ) -> Iterator[Problem]:
        """Assign a file of rejected rows to the tables that its rows are from; yield a problem for those of none."""
        for name, columns in rejected_files(rows).items():
            table = table_of_rejects(self.mapping, name, columns)
            if table is None:
                hint = f"its tables are {', '.join(self.mapping.tables)}: is it the mapping of the file that they are from?"
                yield Problem(file.name, None, f"the rows from {name[:200]} fit no table of the mapping", hint)
                continue
            files = self._rejected.setdefault((table, file.name), set())
            if not files:
                assigned[table].append(file)
            files.add(name)

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
                only = self._rejected.get((join.table, file.name))
                for place, values, _ in other.rows(file, document, collector, counted=not other.spec.records, only=only):
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
        only = self._rejected.get((name, file.name))
        for place, values, written in table.rows(file, document, collector, joins, only=only):
            try:
                made = sum([maker.make(values, document, place) for maker in makers])
            except RowError as error:
                collector.reject(document, place, error.message, error.hint, table.cells(written))
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
        only: Collection[str] | None = None,
    ) -> Iterator[tuple[Place, dict[str, Any], dict[str, Any]]]:
        """Yield the rows that the table keeps, with their values, and as they are written.

        Faulty ones are rejected, and others counted.
        """
        stem, completes = file.stem, bool(joins or self.values)
        for place, row in self._places(file, only, document, collector, counted=counted):
            values, written = row.values, row.written
            if written is None:
                written = dict(values) if completes else values
            if row.fault:
                collector.reject(document, place, row.fault, row.hint, self.cells(written))
                continue
            if collector.skips(document, place):
                collector.keep_row(document, place, self.cells(written))
                continue
            values[FILE], values[DATA_SET], values[CITED] = stem, collector.name, {}
            if completes:
                try:
                    self._complete(values, joins)
                except RowError as error:
                    collector.reject(document, place, error.message, error.hint, self.cells(written))
                    continue
            if not self.spec.where or self.filter.holds(values):
                yield place, values, written
            elif counted:
                collector.leave_out(self.spec.left_out or f"{', '.join(sorted(self.filter.names))} not as the mapping asks")

    def _places(
        self, file: ForeignFile, only: Collection[str] | None, document: str, collector: RecordCollector, *, counted: bool
    ) -> Iterator[tuple[Place, TableRow]]:
        """Yield the rows of a file with their places, counted."""
        seen: set[str] = set()
        last: str | None = None  # the only row of a file has no selector
        for row in self.reader.rows(file, only):
            # The cells of a matrix are one row.
            if counted and row.selector != last:
                collector.progress()
            last, place = row.selector, self._place(row, seen)
            if row.origin is not None:
                collector.has_origin(document, place, row.origin)
            yield place, row

    def cells(self, written: dict[str, Any]) -> dict[str, str]:
        """Return the values of a row, as they are written, as the file of rejected rows has them."""
        return written_cells(written, _OWN, self.reader.names.used)

    def _place(self, row: TableRow, seen: set[str]) -> Place:
        """Return the place of a row: by its key, unless an earlier row has the same one, or it is from several tables."""
        if self.spec.key is None or row.origin is not None:
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
    named = [name for name, table in mapping.tables.items() if has_name(file.file_name, table.file)]
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


__all__ = ["MappingReader", "table_of"]
