"""Rows for people and programs: table, Markdown, CSV, JSON lines; text from data is never run by what shows it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

FORMS = ("table", "json", "jsonl", "csv", "md")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")

Row = Mapping[str, Any]


def render(rows: Sequence[Row], columns: Sequence[str], form: str, *, title: str = "", width: int | None = None) -> str:
    """Rows in one form; ``columns`` are the ones that tables show, JSON has every key.

    >>> print(render([{"a": 1, "b": "=1+1"}], ["a", "b"], "csv"), end="")
    a,b
    1,'=1+1
    """
    if form == "json":
        return json.dumps(list(map(dict, rows)), ensure_ascii=False, indent=2) + "\n"
    if form == "jsonl":
        return "".join(json.dumps(dict(row), ensure_ascii=False) + "\n" for row in rows)
    if form == "csv":
        return _csv(rows, columns)
    if form == "md":
        return _markdown(rows, columns)
    return _table(rows, columns, title, width)


def plain(value: Any) -> str:
    r"""A value as one line of text, control characters shown instead of sent.

    >>> plain("a\x1b[31m"), plain(0.5), plain(None), plain(["x", "y"])
    ('a\\x1b[31m', '0.5', '', 'x, y')
    """
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(plain, value))
    return _CONTROL.sub(lambda m: f"\\x{ord(m.group()):02x}", str(value).replace("\n", " ").replace("\t", " "))


def cell(value: Any) -> str:
    """A value for CSV: text that a spreadsheet would run as a formula gets an apostrophe in front.

    >>> cell("=HYPERLINK(1)"), cell("-3.5"), cell(-3.5)
    ("'=HYPERLINK(1)", '-3.5', '-3.5')
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(value)
    text = "" if value is None else "; ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    if text[:1] in ("=", "+", "-", "@", "\t", "\r") and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def _csv(rows: Iterable[Row], columns: Sequence[str]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(row.get(column)) for column in columns])
    return out.getvalue()


def _markdown(rows: Iterable[Row], columns: Sequence[str]) -> str:
    def safe(value: Any) -> str:
        return re.sub(r"([\\|<>`*_\[\]])", r"\\\1", plain(value))

    lines = ["| " + " | ".join(map(safe, columns)) + " |", "|" + " --- |" * len(columns)]
    lines += ["| " + " | ".join(safe(row.get(column)) for column in columns) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _table(rows: Sequence[Row], columns: Sequence[str], title: str, width: int | None) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, title=Text(title) if title else None, title_justify="left", pad_edge=False)
    for column in columns:
        numeric = any(isinstance(row.get(column), int | float) for row in rows) and not any(
            isinstance(row.get(column), str) for row in rows
        )
        table.add_column(
            Text(column.replace("_", " ")), justify="right" if numeric else "left", overflow="fold", no_wrap=numeric
        )
    for row in rows:
        table.add_row(*(Text(plain(row.get(column))) for column in columns))
    out = io.StringIO()
    Console(file=out, width=width or 120, force_terminal=False, color_system=None).print(table)
    return re.sub(r"[ ]+$", "", out.getvalue(), flags=re.MULTILINE)
