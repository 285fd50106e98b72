"""Columns of the page's tables as they are written: in the shortest of three forms.

Most entities have no other names, most facts no dates: a column of a thousand rows that says so a thousand times is a tenth
of the page. It is written as the value that most rows have, and the rows that have another. Rows of strings that come in their
order are written as the differences between them, in whichever of these forms. ``web/src/model/sparse.js`` reads what is
written here.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import Any

#: The tables whose columns are written so.
TABLES = ("documents", "edges", "evidence", "facts", "nodes")


def sparse(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of a page with each column of its tables in the shortest form.

    >>> sparse({"nodes": {"since": [0] * 40 + [7], "x": [1, 2]}})
    {'nodes': {'since': {'most': 0, 'other': [[40, 7]], 'rows': 41}, 'x': [1, 2]}}
    >>> sparse({"nodes": {"label": list(range(100, 130))}})
    {'nodes': {'label': {'steps': {'most': 1, 'other': [[0, 100]], 'rows': 30}}}}
    """
    return {name: _columns(value, _shortest) if name in TABLES else value for name, value in data.items()}


def full(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data with a value for each row, from what ``sparse`` gave.

    >>> full({"nodes": {"since": {"most": 0, "other": [[1, 7]], "rows": 3}, "label": {"steps": [5, 1, 1]}, "x": [1, 2, 3]}})
    {'nodes': {'since': [0, 7, 0], 'label': [5, 6, 7], 'x': [1, 2, 3]}}
    """
    return {name: _columns(value, _listed) if name in TABLES else value for name, value in data.items()}


def _columns(table: Mapping[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    return {name: change(column) for name, column in table.items()}


def _shortest(column: Sequence[Any]) -> Any:
    forms: list[Any] = [column, _mostly(column)]
    if column and all(type(value) is int for value in column):
        steps = [column[0], *(after - before for before, after in pairwise(column))]
        forms += [{"steps": steps}, {"steps": _mostly(steps)}]
    # Of equally long ones the first.
    return min(forms, key=lambda form: len(json.dumps(form)))


def _mostly(column: Sequence[Any]) -> dict[str, Any]:
    """Return the value that most rows have, and the others by row."""
    texts = [json.dumps(value, sort_keys=True) for value in column]
    most = Counter(texts).most_common(1)[0][0] if texts else "null"
    other = [[row, value] for row, value in enumerate(column) if texts[row] != most]
    return {"most": json.loads(most), "other": other, "rows": len(column)}


def _listed(column: Any) -> list[Any]:
    if isinstance(column, list):
        return column
    if "steps" in column:
        return list(accumulate(_listed(column["steps"])))
    values = [column["most"]] * column["rows"]
    for row, value in column["other"]:
        values[row] = value
    return values


__all__ = ["full", "sparse"]
