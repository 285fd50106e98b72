"""Rows as a workbook of Excel: numbers are numbers, and text is text, whatever it starts with."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from knockon.errors import UsageError
from knockon.text import number

_MOST_ROWS = 1_048_575
_MOST_COLUMNS = 16_384
_LONGEST = 32_767


def workbook(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> bytes:
    """Return rows as an .xlsx file with one sheet, its first row the names of the columns.

    Raises
    ------
    UsageError
        xlsxwriter is not installed, or a sheet of Excel cannot hold the rows.

    Examples
    --------
    >>> workbook([{"id": "=1+1", "loss": 0.1}], ["id", "loss"])[:2]
    b'PK'
    """
    try:
        import xlsxwriter
    except ImportError:
        raise UsageError("Excel files need xlsxwriter: pip install 'knockon[excel]'") from None
    if len(rows) > _MOST_ROWS or len(columns) > _MOST_COLUMNS:
        raise UsageError(f"a sheet of Excel holds {_MOST_ROWS:,} rows and {_MOST_COLUMNS:,} columns; use csv or parquet")
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    # A fixed day: the same rows give the same bytes.
    book.set_properties({"created": datetime(2000, 1, 1)})  # a label, not a time
    sheet = book.add_worksheet("Rows")
    bold = book.add_format({"bold": True})
    for column, name in enumerate(columns):
        sheet.write_string(0, column, name, bold)
    for line, row in enumerate(rows, 1):
        for column, name in enumerate(columns):
            _write(sheet, line, column, row.get(name))
    sheet.freeze_panes(1, 0)
    book.close()
    return file.getvalue()


def _write(sheet: Any, line: int, column: int, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(line, column, value)
    elif isinstance(value, int | float) and abs(value) < float("inf"):
        sheet.write_number(line, column, float(number(value)) if isinstance(value, float) else value)
    else:
        text = _text(value)
        if len(text) > _LONGEST:
            raise UsageError(f"row {line} has a text of more than {_LONGEST:,} characters, too long for Excel; use csv")
        sheet.write_string(line, column, text)


def _text(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
