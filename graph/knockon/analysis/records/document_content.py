"""The content of a document at hand, and what stands at a place in it: a span, a row, a value of JSON, a line, a page."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import PurePath
from typing import Any, NamedTuple

from knockon.analysis.records.pdf_pages import count_pages
from knockon.authoring.csv_form import detect_delimiter
from knockon.authoring.options import ReadOptions
from knockon.authoring.source import Source
from knockon.authoring.workbooks import read_workbook
from knockon.errors import UsageError
from knockon.model import Evidence
from knockon.proposals.document_text import decode

_WORKBOOKS = {".xlsx", ".xlsm"}
_LINE_END = re.compile(r"\r\n|\n|\r")
_DELIMITER_LINE = re.compile(r'"?sep=.+"?\r?\n', re.IGNORECASE)
_NOT_TEXT = "it is not text in UTF-8"
#: The most characters of a quotation that is not a span.
_LONGEST = 2_000


class Finding(NamedTuple):
    """What stands at a place.

    Parameters
    ----------
    text
        The words, the row, the value; None where a place exists but has no text, or cannot be looked up.
    fault
        Why there is no such place; empty if there is one.
    line
        The line of the file that the fault is about; None if it is about none.
    unchecked
        Why the place could not be looked up; empty if it could.
    """

    text: str | None = None
    fault: str = ""
    line: int | None = None
    unchecked: str = ""


class _Table(NamedTuple):
    """The rows of a table by number, from 1; ``lines`` are the lines on which they begin, ``fault`` why it cannot be read."""

    rows: Mapping[int, Sequence[str]]
    lines: Mapping[int, int]
    fault: str = ""

    @property
    def first(self) -> int:
        """The row with the names of the columns: in a workbook the rows above it may be empty."""
        return min(self.rows, default=0)

    @property
    def last(self) -> int:
        return max(self.rows, default=0)


@dataclass(frozen=True)
class DocumentContent:
    r"""A file with the bytes of a document.

    >>> content = DocumentContent("list.csv", b"id,name\n7,Acme\n")
    >>> content.find(Evidence(document="urn:x:list", row=2)).text
    'id: 7; name: Acme'
    >>> content.find(Evidence(document="urn:x:list", row=9)).fault
    'row 9 does not exist; the last row is 2'
    """

    name: str
    data: bytes

    @cached_property
    def text(self) -> str | None:
        """The text with newlines unchanged; None if it is not UTF-8, nor what a byte order mark says."""
        return decode(self.data)

    def find(self, evidence: Evidence, key_column: str | None = None) -> Finding:
        """Return what stands at the place of an evidence; ``key_column`` is that of the record of the document."""
        if evidence.page is not None:
            return self._find_page(evidence.page)
        if evidence.row is not None or evidence.key is not None:
            return self._find_in_table(evidence, key_column)
        if self._is_workbook and (place := evidence.line and f"line {evidence.line} does not exist"):
            return Finding(fault=f"{place}: the file is a workbook")
        if self._is_workbook and evidence.pointer is not None:
            return Finding(fault=f"{evidence.pointer} cannot be looked up: the file is a workbook")
        if evidence.kind and self.text is None:
            return Finding(unchecked=_NOT_TEXT)
        if evidence.start is not None and evidence.end is not None:
            return self._find_span(evidence.start, evidence.end)
        if evidence.line is not None:
            return self._find_line(evidence.line)
        return Finding() if evidence.pointer is None else self._find_pointer(evidence.pointer)

    def _find_in_table(self, evidence: Evidence, key_column: str | None) -> Finding:
        if not self._is_workbook and self.text is None:
            return Finding(unchecked=_NOT_TEXT)
        if not self._is_workbook and evidence.sheet is not None:
            return Finding(fault=f"sheet {evidence.sheet} does not exist: the file is not a workbook")
        if evidence.row is not None:
            return self._find_row(evidence.row, evidence.sheet)
        return self._find_key(evidence.key or "", key_column, evidence.sheet)

    @property
    def _is_workbook(self) -> bool:
        return PurePath(self.name).suffix.lower() in _WORKBOOKS

    def _find_span(self, start: int, end: int) -> Finding:
        text = self.text or ""
        if not 0 <= start < end <= len(text):
            return Finding(fault=f"{start}-{end} is not inside its text of {len(text):,} characters")
        return Finding(text[start:end])

    def _find_row(self, row: int, sheet: str | None) -> Finding:
        table = self._table(sheet)
        if isinstance(table, Finding):
            return table
        if row not in table.rows:
            where = f" of sheet {sheet}" if sheet else ""
            what = "is empty" if row <= table.last else f"does not exist; the last row is {table.last:,}"
            return Finding(fault=f"row {row}{where} {what}", line=table.lines.get(table.last, table.last or None))
        return Finding(_row_text(table, row))

    def _find_key(self, key: str, column: str | None, sheet: str | None) -> Finding:
        if column is None:
            return Finding(fault=f"key {key} cannot be looked up: the document states no keyColumn")
        table = self._table(sheet)
        if isinstance(table, Finding):
            return table
        header = [cell.strip() for cell in table.rows.get(table.first, ())]
        if column not in header:
            listed = ", ".join(header[:10])
            return Finding(
                fault=f"key {key} cannot be looked up: there is no column {column!r}; it has {listed}",
                line=table.lines.get(table.first, 1),
            )
        place = header.index(column)
        rows = [
            row for row, cells in table.rows.items() if row > table.first and len(cells) > place and cells[place].strip() == key
        ]
        if len(rows) != 1:
            what = f"stands in {len(rows)} rows, {rows[0]} and {rows[1]} among them" if rows else "does not exist"
            return Finding(
                fault=f"key {key} {what} (column {column})", line=table.lines.get(rows[1] if rows else table.first, 1)
            )
        return Finding(_row_text(table, rows[0]))

    def _find_line(self, line: int) -> Finding:
        lines = self._lines
        if line > len(lines):
            return Finding(fault=f"line {line} does not exist; the last line is {len(lines):,}", line=len(lines) or None)
        return Finding(lines[line - 1][:_LONGEST])

    def _find_pointer(self, pointer: str) -> Finding:
        value, fault = self._json
        if fault:
            return Finding(fault=f"{pointer} cannot be looked up: the file {fault}")
        for position, token in enumerate(pointer.split("/")[1:], 1):
            name = token.replace("~1", "/").replace("~0", "~")
            if isinstance(value, dict) and name in value:
                value = value[name]
            elif isinstance(value, list) and re.fullmatch("0|[1-9][0-9]{0,8}", name) and int(name) < len(value):
                value = value[int(name)]
            else:
                missing = "/".join(pointer.split("/")[: position + 1])
                return Finding(fault=f"pointer {missing} does not exist")
        return Finding(json.dumps(value, ensure_ascii=False)[:_LONGEST])

    def _find_page(self, page: int) -> Finding:
        if not self.data.startswith(b"%PDF-"):
            return Finding(fault=f"page {page} does not exist: the file is not a PDF")
        if self._page_count is None:
            return Finding(unchecked="its pages cannot be counted")
        if page > self._page_count:
            return Finding(fault=f"page {page} does not exist; the last page is {self._page_count:,}")
        return Finding()

    @cached_property
    def _lines(self) -> list[str]:
        lines = _LINE_END.split(self.text or "")
        # An end of line at the end does not begin another one.
        return lines[:-1] if lines[-1] == "" else lines

    @cached_property
    def _json(self) -> tuple[Any, str]:
        try:
            return json.loads((self.text or "").removeprefix("\ufeff")), ""
        except RecursionError:
            return None, "is JSON with too many levels"
        except ValueError as error:
            return None, f"is not JSON: {error}"

    @cached_property
    def _tables(self) -> dict[str | None, _Table | Finding]:
        return {}

    def _table(self, sheet: str | None) -> _Table | Finding:
        if sheet not in self._tables:
            self._tables[sheet] = self._workbook_table(sheet) if self._is_workbook else self._text_table()
        return self._tables[sheet]

    def _text_table(self) -> _Table | Finding:
        text = (self.text or "").removeprefix("\ufeff")
        before = 0
        if declaration := _DELIMITER_LINE.match(text):
            text, before = text[declaration.end() :], 1
        rows, lines, start = {}, {}, before + 1
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=detect_delimiter(text))
        try:
            for number, cells in enumerate(reader, 1):
                rows[number], lines[number] = cells, start
                start = before + reader.line_num + 1
        except csv.Error as error:
            return Finding(fault=f"the table cannot be read: {error}", line=start)
        return _Table(rows, lines)

    def _workbook_table(self, sheet: str | None) -> _Table | Finding:
        source = Source(self.name, PurePath(self.name).stem, PurePath(self.name).suffix.lower(), content=self.data)
        try:
            forms, sheets = read_workbook(source, ReadOptions(sheets=(sheet,) if sheet else ()))
        except UsageError:
            if find_spec("python_calamine") is None:
                return Finding(unchecked="Excel files need python-calamine: pip install 'knockon[excel]'")
            return Finding(fault=f"sheet {sheet} does not exist")
        if not forms:
            problems = [problem.message for summary in sheets for problem in summary.problems]
            return Finding(fault=f"the table cannot be read: {'; '.join(problems)}")
        rows = {forms[0].line: forms[0].header, **forms[0].written}
        return _Table(rows, {row: row for row in rows})

    @cached_property
    def _page_count(self) -> int | None:
        return count_pages(self.data)


def _row_text(table: _Table, row: int) -> str:
    """Return the cells of a row with the names of their columns."""
    cells, header = table.rows[row], table.rows[table.first]
    if row == table.first:
        return "; ".join(cells)[:_LONGEST]
    names = [*header, *[""] * (len(cells) - len(header))]
    named = (f"{name}: {cell}" if name else cell for name, cell in zip(names, cells, strict=False) if cell)
    return "; ".join(named)[:_LONGEST]


__all__ = ["DocumentContent", "Finding"]
