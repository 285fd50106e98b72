"""Read workbooks (.xlsx): each sheet is a table, named like the sheet."""

from __future__ import annotations

import datetime
import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from knockon.authoring.archives import MAX_CELLS, archive_fault, too_many_cells
from knockon.authoring.csv_form import Form, build_form
from knockon.authoring.files import CONTROL
from knockon.authoring.options import ReadOptions
from knockon.authoring.raw import Sheet
from knockon.authoring.source import Source
from knockon.errors import Notice, Problem, UsageError
from knockon.model.validation_errors import did_you_mean

_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
#: How what Excel saved before 2007 begins, and what it saves with a password; and how the parts of a workbook are named.
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARTS = ("xl/", "content.xml")
_CELL = re.compile(r"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)


def read_workbook(source: Source, options: ReadOptions) -> tuple[list[Form], list[Sheet]]:
    """Read the tables of a workbook, and a sheet with the notices and problems of the whole workbook.

    Empty and hidden sheets are skipped, unless ``options`` name them.
    A cell has the value that was computed when the workbook was saved; cells
    merged downwards have the same value in each row.

    Raises
    ------
    UsageError
        The reader of workbooks is not installed, or a named sheet does not exist.
    """
    summary = Sheet()
    forms = []
    try:
        book = _open_workbook(source)
        for name in _sheet_names(book, source, options):
            form = _read_sheet(book, name, source, options, summary.notices)
            if form.columns or name in options.sheets or any(problem.line for problem in form.problems):
                forms.append(form)
    except _Unreadable as error:
        summary.problems.append(error.problem)
        summary.whole = False
        return [], [summary]
    if not forms:
        summary.problems.append(Problem(source.name, None, "is empty: no visible sheet has a cell with a value"))
        summary.whole = False
    names = [form.stem for form in forms]
    if len(forms) > 1:
        summary.notices.append(Notice(source.name, None, f"read the sheets {', '.join(names)}", "--sheet NAME reads one alone"))
    hidden = [sheet.name for sheet in book.sheets_metadata if not _visible(sheet) and sheet.name not in names]
    if hidden:
        summary.notices.append(Notice(source.name, None, f"hidden sheets skipped: {', '.join(hidden)}"))
    return forms, [summary]


class _Unreadable(Exception):
    """A workbook that cannot be read at all, with the problem."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@contextmanager
def _read_errors(source: Source) -> Iterator[None]:
    """Turn the exceptions of a damaged archive or sheet into a problem with the file."""
    from python_calamine import CalamineError

    try:
        yield
    except (CalamineError, zipfile.BadZipFile, zlib.error, ValueError, OSError, RuntimeError, EOFError, LookupError) as error:
        raise _unreadable(source, str(error).splitlines()[0][:200] if str(error) else type(error).__name__) from None


def _open_workbook(source: Source) -> Any:
    """Open a workbook after checking that its content fits into memory."""
    content = source.data
    if isinstance(content, Problem):
        raise _Unreadable(content)
    # First of all: what is no workbook is none with its reader installed.
    _check_archive(source, content)
    try:
        from python_calamine import CalamineWorkbook
    except ImportError:
        raise UsageError(f"{source.name}: Excel files need python-calamine: pip install 'knockon[excel]'") from None
    with _read_errors(source):
        return CalamineWorkbook.from_filelike(io.BytesIO(content))


def _check_archive(source: Source, content: bytes) -> None:
    """Check that a file is the archive that a workbook is, and fits into memory."""
    if content.startswith(_OLE):
        raise _unreadable(source, "it is one of Excel before 2007, or has a password")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names, fault = archive.namelist(), archive_fault(archive)
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, RuntimeError, LookupError) as error:
        raise _unreadable(source, str(error) or type(error).__name__) from None
    if not any(name.startswith(_PARTS) for name in names):
        raise _unreadable(source, "it is another zip archive")
    if fault:
        raise _Unreadable(Problem(source.name, None, fault, "delete what is not data, or split it"))


def _unreadable(source: Source, why: str) -> _Unreadable:
    hint = "save it as .xlsx, without a password, or as CSV UTF-8"
    return _Unreadable(Problem(source.name, None, f"cannot be read as an Excel workbook: {why}", hint))


def _read_sheet(book: Any, name: str, source: Source, options: ReadOptions, notices: list[Notice]) -> Form:
    """Read the table of a sheet."""
    file = f"{source.name}!{name}"
    hint = "correct the formula, save the workbook in a spreadsheet, and read it again"
    # Repeated values share one string, to save memory.
    shared: dict[str, str] = {}
    with _read_errors(source):
        faulty_cells = _faulty_cells(source, name)
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height * sheet.total_width > MAX_CELLS:
            raise _Unreadable(Problem(source.name, None, too_many_cells(name), "delete what is not data, or split it"))
        # Rows and columns before the first cell may be there or not; the last cell has a number in any case.
        height, width = (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)
        rows: list[list[str]] = []
        for row in sheet.iter_rows():
            texts = map(_cell_text, row)
            rows.append([*[""] * (width - len(row)), *(shared.setdefault(text, text) for text in texts)])
        rows[:0] = [[] for _ in range(height - len(rows))]
        merged = list(sheet.merged_cell_ranges or ())
    problems = [Problem(file, row, message, hint) for row, message in faulty_cells]
    _unmerge(merged, rows, file, problems, notices)
    lines = _numbered_rows(rows, file, problems)
    return build_form(lines, file, name, options, problems)


def _visible(sheet: Any) -> bool:
    return str(sheet.visible).endswith(".Visible") and str(sheet.typ).endswith(".WorkSheet")


def _sheet_names(book: Any, source: Source, options: ReadOptions) -> list[str]:
    if not options.sheets:
        return [sheet.name for sheet in book.sheets_metadata if _visible(sheet)]
    for name in options.sheets:
        if name not in book.sheet_names:
            hint = did_you_mean(name, book.sheet_names, f"it has {', '.join(book.sheet_names)}")
            raise UsageError(f"--sheet {name}: {source.name} has no such sheet; {hint}")
    return list(options.sheets)


def _faulty_cells(source: Source, sheet: str) -> list[tuple[int, str]]:
    """Return row and message for each cell with an error or a formula without value, which would be read as blank."""
    content = source.data
    with zipfile.ZipFile(io.BytesIO(content if isinstance(content, bytes) else b"")) as archive:
        xml = _sheet_xml(archive, sheet)
    cells = (match.groups("") for match in _CELL.finditer(xml))
    return [fault for attributes, inner in cells if (fault := _cell_fault(attributes, inner))]


def _sheet_xml(archive: zipfile.ZipFile, sheet: str) -> str:
    """Return the XML of a sheet; empty if the workbook does not state its location."""
    parts, targets = set(archive.namelist()), {}

    def part(name: str) -> str:
        return archive.read(name).decode("utf-8", "replace") if name in parts else ""

    for relation in re.findall(r"<Relationship\s[^>]*>", part(_RELATIONS)):
        targets[_attribute(relation, "Id")] = "xl/" + _attribute(relation, "Target").removeprefix("/xl/")
    for tag in re.findall(r"<sheet\s[^>]*>", part(_BOOK)):
        if html.unescape(_attribute(tag, "name")) == sheet:
            return part(targets.get(_attribute(tag, "r:id"), ""))
    return ""


def _cell_fault(attributes: str, inner: str) -> tuple[int, str] | None:
    """Return row and message for a cell that lacks its value; None if the cell is valid."""
    place = _attribute(attributes, "r")
    row = int(re.sub("[^0-9]", "", place) or 0)
    if _attribute(attributes, "t") == "e":
        word = re.search("<v>([^<]*)</v>", inner)
        return row, f"{place} is {html.unescape(word.group(1))[:20] if word else 'an error'}, not a value"
    # An empty text is written <v></v>.
    if re.search(r"<f\b", inner) and not re.search(r"<v\b", inner):
        return row, f"{place} is a formula without a value"
    return None


def _attribute(tag: str, name: str) -> str:
    match = re.search(rf"\s{name}=[\"']([^\"']*)[\"']", tag)
    return match.group(1) if match else ""


def _numbered_rows(rows: list[list[str]], file: str, problems: list[Problem]) -> list[tuple[int, list[str]]]:
    """Return the rows that are not blank, each with its number."""
    lines = []
    for number, row in enumerate(rows, 1):
        if control := next((match for value in row if (match := CONTROL.search(value))), None):
            problems.append(Problem(file, number, f"contains the control character U+{ord(control.group()):04X}", "remove it"))
        if any(row):
            lines.append((number, row))
    # Columns without any value come from formatting, not from data.
    width = max((place + 1 for _, row in lines for place, value in enumerate(row) if value), default=0)
    return [(number, row[:width]) for number, row in lines]


def _unmerge(merged: list[Any], rows: list[list[str]], file: str, problems: list[Problem], notices: list[Notice]) -> None:
    """Copy the value of cells merged downwards to each row; report cells merged across columns."""
    filled, most = 0, sum(map(len, rows))
    for (top, left), (bottom, right) in merged:
        if top >= len(rows) or left >= len(rows[top]) or not rows[top][left]:
            continue
        if right > left:
            hint = "unmerge them, and write the value into the column it belongs to"
            problems.append(Problem(file, top + 1, "has cells merged across columns", hint))
        for below in range(top + 1, min(bottom + 1, len(rows))):
            rows[below][left] = rows[top][left]
            filled += 1
        if filled > most:
            problems.append(Problem(file, top + 1, "has merged cells that overlap", "unmerge them"))
            return
    if filled:
        cells = "cell" if filled == 1 else "cells"
        notices.append(Notice(file, None, f"{filled} {cells} below merged ones read as the same value"))


def _cell_text(value: Any) -> str:
    """Format a cell as the text that a CSV table would have."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # Excel stores whole numbers as floats: 1.0 was written as 1.
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value).strip()
