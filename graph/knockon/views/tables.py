"""Rows for people and programs: table, Markdown, CSV, JSON lines; text from data is never run by what shows it."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from knockon.text import cell, csv_lines, markdown, plain

FORMS = ("table", "json", "jsonl", "csv", "md")
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
        return csv_lines([columns, *([cell(row.get(column)) for column in columns] for row in rows)])
    if form == "md":
        return _markdown(rows, columns)
    return _table(rows, columns, title, width)


def _markdown(rows: Iterable[Row], columns: Sequence[str]) -> str:
    lines = ["| " + " | ".join(map(markdown, columns)) + " |", "|" + " --- |" * len(columns)]
    lines += ["| " + " | ".join(markdown(row.get(column)) for column in columns) + " |" for row in rows]
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
