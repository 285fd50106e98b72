"""Read the rows of a table of a mapping: from any format, with one value by column, and reshaped."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import dropwhile, islice
from typing import Any

from knockon.authoring.columns import normalize_column
from knockon.authoring.numbers import normalize_number
from knockon.authoring.options import ReadOptions
from knockon.errors import Notice
from knockon.model.validation_errors import did_you_mean
from knockon.readers.collector import RecordCollector
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.mapping.grids import GridRow, SheetRows, is_workbook, read_csv, read_sheets
from knockon.readers.mapping.model import MappingSpec, Matrix, TableSpec
from knockon.readers.mapping.objects import ObjectRow, read_json, read_json_lines, read_parquet, read_yaml
from knockon.readers.mapping.paths import PARENT
from knockon.readers.mapping.rejects_file import is_rejects_file, table_of_rejects
from knockon.readers.mapping.table_rows import (
    TableRow,
    cells_by_name,
    filled_right,
    is_unpivoted,
    joined_header,
    unpivoted,
    unread_notice,
    wrong_width,
)
from knockon.text import parse_cell

_FORMATS = {".jsonl": "jsonl", ".ndjson": "jsonl", ".ijson": "jsonl", ".json": "json", ".yaml": "yaml", ".yml": "yaml",
            ".parquet": "parquet", ".pq": "parquet"}  # fmt: skip


class TableReader:
    """Reader of the rows of one table of a mapping.

    Parameters
    ----------
    mapping, table
        The mapping and its table.
    options
        What the command line says of the files.
    needed
        The columns that values and records of the table use.
    collector
        Is told the columns and sheets that the files have.
    joined
        Whether the table is read for others that join it, and is read for its own records as well.
    """

    def __init__(
        self,
        mapping: MappingSpec,
        table: TableSpec,
        options: ReadOptions,
        needed: Iterable[str],
        collector: RecordCollector,
        *,
        joined: bool = False,
    ) -> None:
        self.mapping, self.table, self.options, self.collector = mapping, table, options, collector
        self.used = set(needed)
        self.notes_unread = bool(self.used) and not joined and not options.ignore_unknown
        self.needed = self.used - set(table.optional_columns)
        self.encoding = table.encoding or mapping.encoding or ""
        self.nulls = frozenset(word.strip() for word in (*mapping.nulls, *table.nulls))
        self.percent = {normalize_column(name) for name in options.percent}
        self.comma = options.decimal == ","
        self.renamed = {normalize_column(old): new for old, new in options.rename}
        # Capitals, spaces and punctuation of a column do not matter.
        listed = {name for names in (*table.columns, *table.optional) for name in names}
        known = self.needed | listed
        self._names: dict[str, str] = {}
        self._percent_names: set[str] = set()
        self.spelling = {normalize_column(name): name for name in sorted(known)}

    def rows(self, file: ForeignFile) -> Iterator[TableRow]:
        """Yield the rows of a file; cells with a null word are empty (None).

        Raises
        ------
        InvalidData
            The file cannot be read, or lacks a column.
        """
        if is_rejects_file(file):
            # They were reshaped, and their percentages read, when they were rejected.
            table, options = table_of_rejects(self.table), replace(self.options, percent=())
            reader = TableReader(self.mapping, table, options, self.used, self.collector, joined=True)
            yield from reader._grid_rows(file, "csv")
            return
        form = self.table.format or ("xlsx" if is_workbook(file) else _FORMATS.get(file.ending, "csv"))
        rows = self._grid_rows(file, form) if form in ("csv", "xlsx") else self._object_rows(file, form)
        if self.table.unpivot is not None:
            rows = unpivoted(rows, self.table.unpivot, file)
        yield from rows

    def _object_rows(self, file: ForeignFile, form: str) -> Iterator[TableRow]:
        path, other_names = self.table.rows, self.table.other_names
        objects: Iterator[ObjectRow]
        columns = frozenset(map(normalize_column, self.table.required_columns))
        if form == "jsonl":
            objects = read_json_lines(file, self.encoding, columns)
        elif form == "parquet":
            objects = read_parquet(file)
        else:
            objects = (read_json if form == "json" else read_yaml)(file, path, self.encoding, columns)
        for row in objects:
            values = self._cleaned(row.values)
            if self.percent:
                for name in values.keys() & self._percent_names:
                    values[name] = self._number(values[name], percent=True)
            for column, others in other_names.items():
                if values.get(column) is None:
                    values[column] = next((values[name] for name in others if values.get(name) is not None), None)
            if PARENT in row.values:
                values[PARENT] = row.values[PARENT]
            yield TableRow(row.selector, row.line, values, row.fault)

    def _grid_rows(self, file: ForeignFile, form: str) -> Iterator[TableRow]:
        table = self.table
        grids: list[Iterator[GridRow]] = []
        if form == "xlsx":
            grids += [iter(sheet.rows) for sheet in self._sheets(file)]
        else:
            written = {"delimiter": table.delimiter or "", "quote": table.quote}
            grids.append(read_csv(file, encoding=self.encoding, skip=table.skip, width=len(table.names), **written))
        for grid in grids:
            rows = self._without_skipped(grid)
            yield from self._named_rows(rows, file) if table.matrix is None else self._matrix_rows(rows, table.matrix, file)

    def _without_skipped(self, rows: Iterable[GridRow]) -> Iterator[GridRow]:
        # Lines are skipped, blank ones included, as somebody counts who looks at the file.
        return dropwhile(lambda row: row.line <= self.table.skip, rows)

    def _sheets(self, file: ForeignFile) -> list[SheetRows]:
        """Return the sheets of a workbook that are named, else the first that has the columns of the table."""
        named = self.options.sheets or ([self.table.sheet] if self.table.sheet else [])
        sheets = read_sheets(file, named)
        self.collector.sheets += [sheet.name for sheet in sheets]
        if named or len(sheets) == 1:
            return sheets
        chosen = next((sheet for sheet in sheets if self._has_columns(sheet)), None)
        names = ", ".join(sheet.name for sheet in sheets)
        if chosen is None:
            columns = ", ".join(map(repr, sorted(self.needed)[:10])) or "of the table"
            message = f"no sheet has the columns {columns}, which the mapping needs"
            raise file.fail(None, message, f"its sheets are {names}; --sheet NAME names one")
        hint = f"the first of {names} that has the columns; --sheet NAME reads another one"
        self.collector.notice(Notice(file.name, None, f"read the sheet {chosen.name}", hint))
        return [chosen]

    def _has_columns(self, sheet: SheetRows) -> bool:
        """Return whether the header of a sheet has the columns that the mapping needs."""
        rows = self._without_skipped(sheet.rows)
        if self.table.matrix is not None:
            return next(rows, None) is not None
        header = [row.cells for row in islice(rows, self.table.header)]
        if self.table.names:
            return bool(header) and len(header[0]) == len(self.table.names)
        return bool(header) and self.needed <= set(self._names_of(joined_header(header)))

    def _names_of(self, written: Sequence[str]) -> list[str]:
        """Return the names by which the mapping knows the columns of a header."""
        names = [self._renamed(name, set(written)) for name in written]
        for column, others in self.table.other_names.items():
            if column not in names and (other := next((name for name in others if name in names), None)):
                names[names.index(other)] = column
        return names

    def _header_names(self, rows: Iterator[GridRow], file: ForeignFile) -> list[str]:
        """Read the header, and return the names by which the mapping knows its columns."""
        header = list(islice(rows, self.table.header))
        if not header:
            raise file.fail(None, "is empty", "the first row names the columns")
        written = joined_header([row.cells for row in header])
        names, line = self._names_of(written), header[-1].line
        self.collector.has_columns(written)
        self._check_columns(names, file, line)
        if self.notes_unread:
            self._note_unread(written, names, file, line)
        return names

    def _note_unread(self, written: Sequence[str], names: Sequence[str], file: ForeignFile, line: int) -> None:
        read = {*self.used, *self.table.required_columns, *self.table.optional_columns}
        unpivoted = {name for name in names if self.table.unpivot and is_unpivoted(self.table.unpivot, name)}
        unread = [column for column, name in zip(written, names, strict=True) if name and name not in read | unpivoted]
        if unread:
            self.collector.notice(unread_notice(unread, file, line))

    def _named_rows(self, rows: Iterator[GridRow], file: ForeignFile) -> Iterator[TableRow]:
        names = list(self.table.names) or self._header_names(rows, file)
        self.collector.has_columns(names)
        width, percent = len(names), [normalize_column(name) in self.percent for name in names]
        # Most tables need nothing but null words replaced.
        special = any(percent) or self.comma
        verbatim = [place for place, name in enumerate(names) if name in self.table.verbatim]
        nulls = self.nulls
        for selector, line, written in rows:
            cells = written
            if len(written) != width:
                cells = written[:width]
                if len(written) < width or any(cell.strip() for cell in written[width:]):
                    yield TableRow(selector, line, cells_by_name(names, written), *wrong_width(written, width))
                    continue
            if "'" in [cell[:1] for cell in cells]:
                # An apostrophe marks text that a spreadsheet would take for a formula, as in the file of rejected rows.
                cells = list(map(parse_cell, cells))
            texts = [cell.strip() or None for cell in cells]
            if nulls:
                texts = [None if text in nulls else text for text in texts]
            if special:
                texts = [self._number(text, percent=is_percent) for text, is_percent in zip(texts, percent, strict=True)]
            for place in verbatim:
                texts[place] = cells[place] if texts[place] is not None else None
            yield TableRow(selector, line, dict(zip(names, texts, strict=True)))

    def _renamed(self, name: str, others: Collection[str] = ()) -> str:
        """Return the name by which the mapping knows a column; one that another column has exactly stays with that."""
        name = name.strip()
        key = normalize_column(name)
        known = self.renamed.get(key) or self.spelling.get(key, name)
        return name if known != name and known in others else known

    def _renamed_once(self, name: str) -> str:
        """Return the name of a field of JSON, which many objects have."""
        if name not in self._names:
            known = self._names[name] = self._renamed(name)
            self.collector.has_columns([name, known])
            if normalize_column(known) in self.percent:
                self._percent_names.add(known)
        return self._names[name]

    def _check_columns(self, names: Sequence[str], file: ForeignFile, line: int) -> None:
        named = [name for name in names if name]
        if twice := next((name for name in named if named.count(name) > 1 and name in self.needed), None):
            raise file.fail(line, f"duplicate column {twice[:100]!r}", "the mapping needs it, so name one of the two otherwise")
        missing = sorted(self.needed - set(names))
        if missing:
            hint = did_you_mean(missing[0], names, f"its columns are {', '.join(named[:30])}")
            columns = "column" if len(missing) == 1 else "columns"
            message = f"has no {columns} {', '.join(map(repr, missing[:10]))}, which the mapping needs"
            raise file.fail(line, message, f"{hint}; --rename OLD={missing[0]} reads another column as it")

    def _number(self, text: Any, *, percent: bool) -> Any:
        """Return a number of a column of percentages as a part of 1; what is no number is rejected where it is used."""
        if not isinstance(text, str) or not (percent or self.comma):
            return text
        try:
            return normalize_number(text, comma=self.comma and percent, percent=percent)
        except ValueError:
            return text

    def _cleaned(self, written: dict[str, Any]) -> dict[str, Any]:
        """Return the fields of an object of JSON by the names of the mapping, without null words."""
        names, nulls, values = self._names, self.nulls, dict[str, Any]()
        for name, item in written.items():
            if name != PARENT:
                known = names.get(name) or self._renamed_once(name)
                # Most are texts: every other check is slower.
                text = item.strip() if item.__class__ is str else None
                values[known] = self._clean(item) if text is None else None if not text or text in nulls else text
        return values

    def _clean(self, value: Any) -> Any:
        """Return a value of JSON without null words."""
        if isinstance(value, str):
            text = value.strip()
            return None if not text or text in self.nulls else text
        if isinstance(value, list):
            return [item for item in map(self._clean, value) if item is not None]
        if isinstance(value, dict):
            return {name: self._clean(item) for name, item in value.items()}
        return value

    def _matrix_rows(self, rows: Iterator[GridRow], matrix: Matrix, file: ForeignFile) -> Iterator[TableRow]:
        """Yield a row for each cell of a matrix that has a value."""
        left = len(matrix.index)
        header = [row for _, row in zip(range(len(matrix.header)), rows, strict=False)]
        if len(header) < len(matrix.header):
            raise file.fail(None, f"has {len(header)} rows, and the header of a matrix has {len(matrix.header)}")
        keys = [filled_right([cell.strip() for cell in row.cells[left:]]) for row in header]
        width = max((len(key) for key in keys), default=0)
        columns = [[key[at] if at < len(key) else None for key in keys] for at in range(width)]
        for selector, line, cells in rows:
            index = dict(zip(matrix.index, (cell.strip() or None for cell in cells[:left]), strict=False))
            if len(cells) < left or len(cells) > left + width:
                yield TableRow(selector, line, dict(index), *wrong_width(cells, left + width))
                continue
            for names, cell in zip(columns, cells[left:], strict=False):
                text = cell.strip()
                if not text or text in self.nulls or (not matrix.zeros and _is_zero(text)):
                    continue
                values = {**index, **dict(zip(matrix.header, names, strict=True)), matrix.value: text}
                yield TableRow(selector, line, values)


def _is_zero(text: str) -> bool:
    return not text.strip("0.,-+") and any(sign in text for sign in "0")


__all__ = ["TableReader"]
