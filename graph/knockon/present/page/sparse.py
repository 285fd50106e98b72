"""Columns of the page's tables that mostly hold one value, as they are written: that value, and the rows that have another.

Most entities have no other names, most facts no dates: a column of a thousand rows that says so a thousand times is a tenth
of the page. ``web/src/model/sparse.js`` reads what is written here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

#: The tables whose columns are written so.
TABLES = ("documents", "evidence", "facts", "nodes")


def sparse(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of a page with each column of its tables in the shorter of two forms.

    >>> sparse({"nodes": {"since": [0] * 30 + [7], "x": [1, 2]}})
    {'nodes': {'since': {'most': 0, 'other': [[30, 7]], 'rows': 31}, 'x': [1, 2]}}
    """
    return {name: _columns(value, _shorter) if name in TABLES else value for name, value in data.items()}


def full(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data with a value for each row, from what ``sparse`` gave.

    >>> full({"nodes": {"since": {"most": 0, "other": [[1, 7]], "rows": 3}, "x": [1, 2, 3]}})
    {'nodes': {'since': [0, 7, 0], 'x': [1, 2, 3]}}
    """
    return {name: _columns(value, _listed) if name in TABLES else value for name, value in data.items()}


def _columns(table: Mapping[str, Any], change: Any) -> dict[str, Any]:
    return {name: change(column) for name, column in table.items()}


def _shorter(column: Sequence[Any]) -> Any:
    texts = [json.dumps(value, sort_keys=True) for value in column]
    [(text, _)] = Counter(texts).most_common(1) or [("", 0)]
    other = [[row, value] for row, value in enumerate(column) if texts[row] != text]
    written = {"most": json.loads(text or "null"), "other": other, "rows": len(column)}
    return written if len(json.dumps(written)) < len(json.dumps(column)) else column


def _listed(column: Any) -> list[Any]:
    if isinstance(column, list):
        return column
    values = [column["most"]] * column["rows"]
    for row, value in column["other"]:
        values[row] = value
    return values


__all__ = ["full", "sparse"]
