"""The names by which a mapping knows the columns of a table, and whether the columns that it needs are there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from knockon.authoring.columns import normalize_column
from knockon.authoring.options import ReadOptions
from knockon.model.validation_errors import did_you_mean
from knockon.readers.collector import RecordCollector
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.mapping.paths import path_steps
from knockon.readers.mapping.row_paths import ROW_NAME
from knockon.readers.mapping.row_places import RowColumns
from knockon.readers.mapping.table_rows import is_unpivoted, unread_notice
from knockon.readers.mapping.table_spec import TableSpec


class ColumnNames:
    """The names of the columns of a table as its mapping has them; capitals, spaces and punctuation do not matter.

    Parameters
    ----------
    table
        The table of the mapping.
    used
        The columns that values and records of the table use.
    options
        The columns that are renamed, and those that hold percentages.
    collector
        Is told the columns that the files have.
    notes_unread
        Whether columns that nothing reads are told.
    """

    def __init__(
        self, table: TableSpec, used: Iterable[str], options: ReadOptions, collector: RecordCollector, *, notes_unread: bool
    ) -> None:
        self.table, self.collector, self.notes_unread = table, collector, notes_unread
        self.used = set(used)
        self.needed = self.used - set(table.optional_columns)
        self.percent = {normalize_column(name) for name in options.percent}
        self._renamed = {normalize_column(old): new for old, new in options.rename}
        self._old_names = [old for old, _ in options.rename]
        listed = {name for names in (*table.columns, *table.optional) for name in names}
        self._spelling = {normalize_column(name): name for name in sorted(self.needed | listed)}
        #: The names of fields of JSON, which many objects have, and of those of them that hold percentages.
        self.fields: dict[str, str] = {}
        self.percent_fields: set[str] = set()

    def of(self, written: Sequence[str]) -> list[str]:
        """Return the names by which the mapping knows the columns of a header."""
        names = [self.name(name, set(written)) for name in written]
        for column, others in self.table.other_names.items():
            if column not in names and (other := next((name for name in others if name in names), None)):
                names[names.index(other)] = column
        return names

    def name(self, name: str, others: Collection[str] = ()) -> str:
        """Return the name by which the mapping knows a column; one that another column has exactly stays with that."""
        name = name.strip()
        if name == ROW_NAME:
            return name
        key = normalize_column(name)
        known = self._renamed.get(key) or self._spelling.get(key, name)
        return name if known != name and known in others else known

    def field(self, name: str) -> str:
        """Return the name of a field of JSON."""
        known = self.fields.get(name)
        if known is None:
            known = self.fields[name] = self.name(name)
            self.collector.has_columns([name, known])
            if self.is_percent(known):
                self.percent_fields.add(known)
        return known

    def of_rows(self) -> RowColumns:
        """Return the columns by which rows of JSON are known, each by every name that an object may have it by."""

        def spellings(names: Iterable[str]) -> frozenset[str]:
            keys = frozenset(map(normalize_column, names))
            return keys | {old for old, new in self._renamed.items() if normalize_column(new) in keys}

        columns = [spellings(names) for names in self.table.columns]
        # What a path leads to is inside a row, and so is not what tells rows from what is in them.
        used = {name for name in self.used if "[" not in name and name != ROW_NAME}
        required = columns or [spellings([name]) for name in sorted(self.needed & used)]
        known = spellings([*used, *(name for names in self.table.optional for name in names)]).union(*columns)
        paths = [[name for name, _ in path_steps(path)] for path in sorted(self.used)]
        return RowColumns(required, known, [names for names in paths if len(names) > 1])

    def is_percent(self, name: str) -> bool:
        """Return whether the plain numbers of a column are percentages."""
        return normalize_column(name) in self.percent

    @property
    def filled_in(self) -> list[str]:
        """The columns and paths that somebody fills in who writes a row of JSON into a table."""
        unpivot = self.table.unpivot
        return sorted(self.used) + ([unpivot.name, unpivot.value] if unpivot else [])

    def are_header(self, written: Sequence[str]) -> bool:
        """Return whether the cells of a row name all columns that the mapping needs."""
        return self.needed <= set(self.of(written))

    def read_header(self, written: Sequence[str], file: ForeignFile, line: int) -> list[str]:
        """Return the names of the columns of a header.

        Raises
        ------
        InvalidData
            A column that the mapping needs is not there, or is there twice.
        """
        names = self.of(written)
        self.collector.has_columns(written)
        self._check(names, file, line)
        if self.notes_unread:
            self._note_unread(written, names, file, line)
        return names

    def read_rejects_header(self, written: Sequence[str], file: ForeignFile, line: int) -> list[str]:
        """Return the names of the columns of a file of rejected rows, which has them as the mapping knows them.

        Objects do not have every field, so that of those that the mapping needs some may be missing.
        """
        names = self.of(written)
        self.collector.has_columns([*written, *self._old_names])
        if names and not {*self.needed, *(path_steps(name)[0][0] for name in self.needed)} & set(names):
            self._check(names, file, line)
        return names

    def _note_unread(self, written: Sequence[str], names: Sequence[str], file: ForeignFile, line: int) -> None:
        read = {*self.used, *self.table.required_columns, *self.table.optional_columns}
        unpivoted = {name for name in names if self.table.unpivot and is_unpivoted(self.table.unpivot, name)}
        unread = [column for column, name in zip(written, names, strict=True) if name and name not in read | unpivoted]
        if unread:
            self.collector.notice(unread_notice(unread, file, line))

    def _check(self, names: Sequence[str], file: ForeignFile, line: int) -> None:
        named = [name for name in names if name]
        if twice := next((name for name in named if named.count(name) > 1 and name in self.needed), None):
            raise file.fail(line, f"duplicate column {twice[:100]!r}", "the mapping needs it, so name one of the two otherwise")
        missing = sorted(self.needed - set(names))
        if missing:
            hint = did_you_mean(missing[0], names, f"its columns are {', '.join(named[:30])}")
            columns = "column" if len(missing) == 1 else "columns"
            message = f"has no {columns} {', '.join(map(repr, missing[:10]))}, which the mapping needs"
            raise file.fail(line, message, f"{hint}; --rename OLD={missing[0]} reads another column as it")


__all__ = ["ColumnNames"]
