"""Workbooks (.xlsx): each sheet a table, named by the sheet."""

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

from knockon.authoring.archives import CELLS, fault_of_archive, too_large
from knockon.authoring.csv_form import Form, form_of
from knockon.authoring.files import CONTROL
from knockon.authoring.options import ReadOptions
from knockon.authoring.raw import Sheet
from knockon.authoring.source import Source
from knockon.errors import Notice, Problem, UsageError
from knockon.model.faults import did_you_mean

_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_CELL = re.compile(r"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.DOTALL)


def read_workbook(source: Source, options: ReadOptions) -> tuple[list[Form], list[Sheet]]:
    """The tables in the sheets of a workbook, and a sheet that says what was read or why nothing can be.

    Sheets that are empty or hidden are passed over, unless ``options`` name them.
    A cell has the value that was worked out when the workbook was saved; cells
    merged downwards have one value in each row.

    Raises
    ------
    UsageError
        The reader of workbooks is not installed, or a sheet that is named is not there.
    """
    about = Sheet()
    forms = []
    try:
        book = _opened(source)
        for name in _chosen(book, source, options):
            form = _form(book, name, source, options, about.notices)
            if form.columns or name in options.sheets or any(problem.line for problem in form.problems):
                forms.append(form)
    except _Unreadable as error:
        about.problems.append(error.problem)
        about.whole = False
        return [], [about]
    if not forms:
        about.problems.append(Problem(source.name, None, "is empty: no visible sheet has a cell with a value"))
        about.whole = False
    names = [form.stem for form in forms]
    if len(forms) > 1:
        about.notices.append(Notice(source.name, None, f"read the sheets {', '.join(names)}", "--sheet NAME reads one alone"))
    hidden = [sheet.name for sheet in book.sheets_metadata if not _visible(sheet) and sheet.name not in names]
    if hidden:
        about.notices.append(Notice(source.name, None, f"hidden sheets passed over: {', '.join(hidden)}"))
    return forms, [about]


class _Unreadable(Exception):
    """A workbook that cannot be read at all, and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@contextmanager
def _reading(source: Source) -> Iterator[None]:
    """Turn what a damaged archive or sheet raises into a problem with the file."""
    from python_calamine import CalamineError

    try:
        yield
    except (CalamineError, zipfile.BadZipFile, zlib.error, ValueError, OSError, RuntimeError, EOFError, LookupError) as error:
        why = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        hint = "save it as .xlsx, without a password, or as CSV UTF-8"
        raise _Unreadable(Problem(source.name, None, f"is no Excel workbook: {why}", hint)) from None


def _opened(source: Source) -> Any:
    """A workbook, once it is known that what is in it may be laid out in memory."""
    try:
        from python_calamine import CalamineWorkbook
    except ImportError:
        raise UsageError(f"{source.name}: Excel files need python-calamine: pip install 'knockon[excel]'") from None
    content = source.data
    if isinstance(content, Problem):
        raise _Unreadable(content)
    with _reading(source):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if fault := fault_of_archive(archive):
                raise _Unreadable(Problem(source.name, None, fault, "delete what is not data, or split it"))
        return CalamineWorkbook.from_filelike(io.BytesIO(content))


def _form(book: Any, name: str, source: Source, options: ReadOptions, notices: list[Notice]) -> Form:
    """The table in a sheet."""
    file = f"{source.name}!{name}"
    hint = "mend the formula, save the workbook in a spreadsheet, and read it again"
    # Values that come again and again are held once.
    same: dict[str, str] = {}
    with _reading(source):
        blanks = _blanks(source, name)
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height * sheet.total_width > CELLS:
            raise _Unreadable(Problem(source.name, None, too_large(name), "delete what is not data, or split it"))
        first = sheet.start[0] if sheet.start else 0
        rows: list[list[str]] = [[] for _ in range(first)]
        left = [""] * (sheet.start[1] if sheet.start else 0)
        for row in sheet.iter_rows():
            texts = map(_text, row)
            rows.append([*left, *(same.setdefault(text, text) for text in texts)])
        merged = list(sheet.merged_cell_ranges or ())
    problems = [Problem(file, row, message, hint) for row, message in blanks]
    _unmerge(merged, rows, file, problems, notices)
    lines = _lines(rows, file, problems)
    return form_of(lines, file, name, options, problems)


def _visible(sheet: Any) -> bool:
    return str(sheet.visible).endswith(".Visible") and str(sheet.typ).endswith(".WorkSheet")


def _chosen(book: Any, source: Source, options: ReadOptions) -> list[str]:
    if not options.sheets:
        return [sheet.name for sheet in book.sheets_metadata if _visible(sheet)]
    for name in options.sheets:
        if name not in book.sheet_names:
            hint = did_you_mean(name, book.sheet_names, f"it has {', '.join(book.sheet_names)}")
            raise UsageError(f"--sheet {name}: {source.name} has no such sheet; {hint}")
    return list(options.sheets)


def _blanks(source: Source, sheet: str) -> list[tuple[int, str]]:
    """The row of each cell of a sheet that has an error or a formula without value: it would be read as blank."""
    content = source.data
    with zipfile.ZipFile(io.BytesIO(content if isinstance(content, bytes) else b"")) as archive:
        xml = _sheet(archive, sheet)
    cells = (found.groups("") for found in _CELL.finditer(xml))
    return [found for attributes, inner in cells if (found := _fault_of_cell(attributes, inner))]


def _sheet(archive: zipfile.ZipFile, sheet: str) -> str:
    """The XML of a sheet; empty where the workbook does not say where it is."""
    there, targets = set(archive.namelist()), {}

    def part(name: str) -> str:
        return archive.read(name).decode("utf-8", "replace") if name in there else ""

    for relation in re.findall(r"<Relationship\s[^>]*>", part(_RELATIONS)):
        targets[_attribute(relation, "Id")] = "xl/" + _attribute(relation, "Target").removeprefix("/xl/")
    for tag in re.findall(r"<sheet\s[^>]*>", part(_BOOK)):
        if html.unescape(_attribute(tag, "name")) == sheet:
            return part(targets.get(_attribute(tag, "r:id"), ""))
    return ""


def _fault_of_cell(attributes: str, inner: str) -> tuple[int, str] | None:
    """The row of a cell without a value that it should have, and what it is."""
    place = _attribute(attributes, "r")
    row = int(re.sub("[^0-9]", "", place) or 0)
    if _attribute(attributes, "t") == "e":
        word = re.search("<v>([^<]*)</v>", inner)
        return row, f"{place} is {html.unescape(word.group(1))[:20] if word else 'an error'}, not a value"
    # A text that came to nothing is written <v></v>.
    if re.search(r"<f\b", inner) and not re.search(r"<v\b", inner):
        return row, f"{place} is a formula without a value"
    return None


def _attribute(tag: str, name: str) -> str:
    match = re.search(rf"\s{name}=[\"']([^\"']*)[\"']", tag)
    return match.group(1) if match else ""


def _lines(rows: list[list[str]], file: str, problems: list[Problem]) -> list[tuple[int, list[str]]]:
    """The rows that are not blank, each with its number."""
    lines = []
    for at, row in enumerate(rows, 1):
        if control := next((found for value in row if (found := CONTROL.search(value))), None):
            problems.append(Problem(file, at, f"holds the control character U+{ord(control.group()):04X}", "take it out"))
        if any(row):
            lines.append((at, row))
    # Columns that are blank throughout come of formats, not of data.
    width = max((place + 1 for _, row in lines for place, value in enumerate(row) if value), default=0)
    return [(at, row[:width]) for at, row in lines]


def _unmerge(merged: list[Any], rows: list[list[str]], file: str, problems: list[Problem], notices: list[Notice]) -> None:
    """Give each row of cells merged downwards their value; cells merged across have no one column."""
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


def _text(value: Any) -> str:
    """A cell as the text that a table would have."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        # Excel has no whole numbers: 1.0 was written as 1.
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        midnight = value.time() == datetime.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value).strip()
