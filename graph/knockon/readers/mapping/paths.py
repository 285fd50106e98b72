"""Paths into JSON: ``interests[].share.exact``, as the name of a column."""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import methodcaller
from typing import Any

#: Return the value of a column or path in a row.
Getter = Callable[[dict[str, Any]], Any]
_STEP = re.compile(r"([^.\[\]]+)((?:\[\])*)")
#: The row that a row is part of, where ``rows`` leads into a list.
PARENT = "^"


def getter(name: str) -> Getter:
    """Return the function that gets a column, or what a path leads to; of several values a list.

    >>> get = getter("interests[].share.exact")
    >>> get({"interests": [{"share": {"exact": 25}}, {"share": {}}, {"share": {"exact": 5}}]})
    [25, 5]
    >>> getter("a.b")({"a.b": 1}), getter("a.b")({"a": {"b": 2}}), getter("x")({})
    (1, 2, None)
    """
    steps = _steps(name)
    if steps is None or (len(steps) == 1 and not steps[0][1]):
        return methodcaller("get", name)

    def get(row: dict[str, Any]) -> Any:
        # A column of a table may have a point in its name.
        return row[name] if name in row else follow(row, steps)

    return get


def _steps(path: str) -> list[tuple[str, bool]] | None:
    """Return the names of a path, each with whether a list follows; None if it is not a path."""
    steps = []
    for part in path.split("."):
        match = _STEP.fullmatch(part)
        if match is None:
            return None
        steps += [(match[1], bool(match[2]))]
    return steps


def follow(value: Any, steps: list[tuple[str, bool]]) -> Any:
    """Return what steps lead to from a value: None if nothing is there, a list if a step is one."""
    if not steps:
        return value
    (name, many), *rest = steps
    value = value.get(name) if isinstance(value, dict) else None
    if value is None:
        return None
    if not many:
        # A list in place of an object is followed as well.
        if isinstance(value, list) and rest:
            return _flatten(follow(item, rest) for item in value)
        return follow(value, rest)
    return _flatten(follow(item, rest) for item in (value if isinstance(value, list) else [value]))


def _flatten(values: Any) -> list[Any]:
    flat: list[Any] = []
    for value in values:
        if isinstance(value, list):
            flat += value
        elif value is not None:
            flat.append(value)
    return flat


def row_steps(path: str) -> list[tuple[str, bool]]:
    """Return the steps of the path to the rows of a file.

    Raises
    ------
    ValueError
        It is not a path.
    """
    steps = _steps(path)
    if steps is None:
        raise ValueError(f"{path[:100]!r} is not a path; write e.g. data.items[] or statements[].interests[]")
    return steps


__all__ = ["PARENT", "Getter", "follow", "getter", "row_steps"]
