"""Read the rows of a table of a mapping: from any format, with one value by column, and reshaped."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain, dropwhile, islice
from typing import Any

from knockon.authoring.numbers import normalize_number
from knockon.authoring.options import ReadOptions
from knockon.authoring.rejects_file import UNREADABLE, RejectedTable, cells_by_column, column_in_file, still_missing
from knockon.errors import Notice
from knockon.readers.collector import RecordCollector
from knockon.readers.foreign_file import ZERO_CHARACTER, ForeignFile
from knockon.readers.mapping.column_names import ColumnNames
from knockon.readers.mapping.grids import MOST_BEFORE_HEADER, GridRow, SheetRows, is_workbook, read_csv, read_sheets
from knockon.readers.mapping.model import MappingSpec
from knockon.readers.mapping.objects import ObjectRow, read_json, read_json_lines, read_yaml
from knockon.readers.mapping.parquet_rows import read_parquet
from knockon.readers.mapping.paths import PARENT
from knockon.readers.mapping.rejects_file import decoded_row, is_rejects_sheet, read_rejects
from knockon.readers.mapping.table_rows import (
    TableRow,
    broken_row,
    is_as_wide,
    joined_header,
    matrix_rows,
    unpivoted,
    without_headers,
    without_null_words,
)
from knockon.readers.mapping.table_spec import TableSpec
from knockon.readers.repeated_cells import NamedCells
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
        used = set(needed)
        notes_unread = bool(used) and not joined and not options.ignore_unknown
        self.names = ColumnNames(table, used, options, collector, notes_unread=notes_unread)
        self.encoding = table.encoding or mapping.encoding or ""
        self.nulls = frozenset(word.strip() for word in (*mapping.nulls, *table.nulls))
        self.comma = options.decimal == ","
        #: Whether what is left out is counted: where a table is read twice, it is once.
        self._counts = not joined

    def rows(self, file: ForeignFile, only: Collection[str] | None = None) -> Iterator[TableRow]:
        """Yield the rows of a file; cells with a null word are empty (None).

        Parameters
        ----------
        file
            The file, or a file of rejected rows.
        only
            The files, as the file of rejected rows names them, of which the rows are those of this table; None for all.

        Raises
        ------
        InvalidData
            The file cannot be read, or lacks a column.
        """
        rejects = None if is_workbook(file) else read_rejects(file)
        form = self.table.format or ("xlsx" if is_workbook(file) else _FORMATS.get(file.ending, "csv"))
        if rejects is not None:
            rows = self._rejected_rows(rejects, file, only)
        elif form == "xlsx":
            sheets = self._read_sheets(file)
            kept = [sheet for sheet in sheets if is_rejects_sheet(sheet.rows)]
            parts = [self._rejected_rows(iter(sheet.rows), file, only) for sheet in kept]
            parts = parts or [self._grid_rows(sheet.rows, file) for sheet in self._chosen(sheets, file)]
            rows = chain.from_iterable(parts)
        elif form == "csv":
            table = self.table
            written = {"delimiter": table.delimiter or "", "quote": table.quote, "encoding": self.encoding}
            is_header = None if table.names or table.matrix or table.header > 1 else self.names.are_header
            grid = read_csv(file, skip=table.skip, width=len(table.names), is_header=is_header, **written)
            rows = self._grid_rows(grid, file)
        else:
            rows = self._object_rows(file, form)
        yield from rows if self.table.unpivot is None else unpivoted(rows, self.table.unpivot, file)

    def _object_rows(self, file: ForeignFile, form: str) -> Iterator[TableRow]:
        path, other_names = self.table.rows, self.table.other_names
        objects: Iterator[ObjectRow]
        columns = self.names.of_rows()
        if form == "jsonl":
            objects = read_json_lines(file, self.encoding, columns.known)
        elif form == "parquet":
            objects = read_parquet(file)
        else:
            objects = (read_json if form == "json" else read_yaml)(file, path, self.encoding, columns)
        for row in objects:
            values, written = self._cleaned(row.values), None
            if self.names.percent_fields and (names := values.keys() & self.names.percent_fields):
                written = dict(values)
                for name in names:
                    values[name] = self._number(values[name], percent=True)
            for column, others in other_names.items():
                if values.get(column) is None:
                    values[column] = next((values[name] for name in others if values.get(name) is not None), None)
            if PARENT in row.values:
                values[PARENT] = row.values[PARENT]
            if row.fault:
                written = dict.fromkeys(map(column_in_file, self.names.filled_in), "") | {UNREADABLE: row.text}
            yield TableRow(row.selector, row.line, values, row.fault, written=written)

    def _grid_rows(self, grid: Iterable[GridRow], file: ForeignFile) -> Iterator[TableRow]:
        rows, table = self._without_skipped(grid), self.table
        if table.matrix is not None:
            yield from matrix_rows(rows, table.matrix, self.nulls, file)
            return
        if table.names:
            yield from self._named_rows(rows, list(table.names))
            return
        header, names = self._read_header(rows, file)
        yield from self._named_rows(without_headers(rows, header, self._leave_out), names)

    def _leave_out(self, reason: str) -> None:
        if self._counts:
            self.collector.progress()
            self.collector.leave_out(reason)

    def _rejected_rows(self, grid: Iterator[GridRow], file: ForeignFile, only: Collection[str] | None) -> Iterator[TableRow]:
        """Yield the rows of a file of rejected rows, however those of the table itself are written."""
        header = next(grid)
        table = RejectedTable(header.cells)
        names = self.names.read_rejects_header(table.columns, file, header.line)
        named = NamedCells()
        for row in grid:
            kept = table.row(row.cells)
            kept = kept._replace(cells=named.whole(kept.cells))
            if only is not None and kept.file not in only:
                continue
            origin = (kept.file, kept.line)
            if kept.unreadable:
                fault, hint = kept.problem or "could not be read", ""
                if not kept.problem or any(cell.strip() for cell in kept.cells):
                    fault = "still has text that could not be read"
                    hint = f"write its values into their columns, and empty the column {UNREADABLE}"
                read = decoded_row(TableRow(row.selector, row.line, cells_by_column(names, kept.cells), fault, hint), origin)
                yield read._replace(values={}, written=read.values | {UNREADABLE: kept.unreadable})
                continue
            fault, hint = still_missing(names, kept.cells)
            if fault:
                yield decoded_row(TableRow(row.selector, row.line, cells_by_column(names, kept.cells), fault, hint), origin)
                continue
            for read in self._named_rows(iter([row._replace(cells=kept.cells)]), names, is_marked=False):
                yield decoded_row(read, origin)

    def _without_skipped(self, rows: Iterable[GridRow]) -> Iterator[GridRow]:
        # Lines are skipped, blank ones included, as somebody counts who looks at the file.
        return dropwhile(lambda row: row.line <= self.table.skip, rows)

    def _read_sheets(self, file: ForeignFile) -> list[SheetRows]:
        """Return the sheets of a workbook that are named, else all."""
        sheets = read_sheets(file, self._named_sheets)
        self.collector.sheets += [sheet.name for sheet in sheets]
        return sheets

    @property
    def _named_sheets(self) -> Sequence[str]:
        return self.options.sheets or ([self.table.sheet] if self.table.sheet else [])

    def _chosen(self, sheets: list[SheetRows], file: ForeignFile) -> list[SheetRows]:
        """Return the sheets that are named, else the first that has the columns of the table."""
        if self._named_sheets or len(sheets) == 1:
            return sheets
        chosen = next((sheet for sheet in sheets if self._has_columns(sheet)), None)
        names = ", ".join(sheet.name for sheet in sheets)
        if chosen is None:
            columns = ", ".join(map(repr, sorted(self.names.needed)[:10])) or "of the table"
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
        if self.table.header == 1 and any(self.names.are_header(row.cells) for row in islice(rows, MOST_BEFORE_HEADER)):
            return True
        return bool(header) and self.names.are_header(joined_header(header))

    def _read_header(self, rows: Iterator[GridRow], file: ForeignFile) -> tuple[list[list[str]], list[str]]:
        """Read the header, and return its rows, and the names by which the mapping knows its columns."""
        header = list(islice(rows, self.table.header))
        if not header:
            raise file.fail(None, "is empty", "the first row names the columns")
        names = joined_header([row.cells for row in header])
        line = header[-1].line
        if self.table.header == 1 and not self.names.are_header(names):
            # Exports have a title, or when and how they were made, before their header.
            before = list(header)
            for row in islice(rows, MOST_BEFORE_HEADER):
                if self.names.are_header(row.cells):
                    self._note_before(before, row, file)
                    header, names, line = [row], joined_header([row.cells]), row.line
                    break
                before.append(row)
        return [row.cells for row in header], self.names.read_header(names, file, line)

    def _note_before(self, before: Sequence[GridRow], header: GridRow, file: ForeignFile) -> None:
        """Say that lines before a header are not read; those with as many cells as it may be rows, and are counted."""
        self.collector.notice(Notice(file.name, header.line, "the header is here", "the lines before it are not read"))
        for _ in filter(partial(is_as_wide, header.cells), (row.cells for row in before)):
            self._leave_out("before the header, with as many cells")

    def _named_rows(self, rows: Iterator[GridRow], names: Sequence[str], *, is_marked: bool = True) -> Iterator[TableRow]:
        """Yield rows with their cells by name; ``is_marked`` states that an apostrophe may mark a cell as text."""
        self.collector.has_columns(names)
        width, percent = len(names), [self.names.is_percent(name) for name in names]
        # Most tables need nothing but null words replaced.
        special = any(percent) or self.comma
        verbatim = [place for place, name in enumerate(names) if name in self.table.verbatim]
        nulls = self.nulls
        for selector, line, given in rows:
            # Most rows have neither apostrophe nor zero byte: every other look is slower.
            text = "".join(given)
            # An apostrophe marks text that a spreadsheet would take for a formula.
            cells = list(map(parse_cell, given)) if is_marked and "'" in text else given
            has_wrong_width = len(cells) != width and (len(cells) < width or any(cell.strip() for cell in cells[width:]))
            if has_wrong_width or ZERO_CHARACTER in text:
                yield TableRow(selector, line, cells_by_column(names, cells), *broken_row(cells, width))
                continue
            texts = [cell.strip() or None for cell in cells[:width]]
            if not nulls.isdisjoint(texts):
                texts = [None if text in nulls else text for text in texts]
            for place in verbatim:
                texts[place] = cells[place] if texts[place] is not None else None
            written = None
            if special:
                written = dict(zip(names, texts, strict=True))
                texts = [self._number(text, percent=is_percent) for text, is_percent in zip(texts, percent, strict=True)]
            yield TableRow(selector, line, dict(zip(names, texts, strict=True)), written=written)

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
        names, nulls, values = self.names.fields, self.nulls, dict[str, Any]()
        for name, item in written.items():
            if name != PARENT:
                known = names.get(name) or self.names.field(name)
                # Most are texts: every other check is slower.
                text = item.strip() if item.__class__ is str else None
                values[known] = without_null_words(item, nulls) if text is None else None if not text or text in nulls else text
        return values


__all__ = ["TableReader"]
