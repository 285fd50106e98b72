"""Paths into JSON: ``interests[].share.exact``, as the name of a column."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
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
        # A column of a table may have a point in its name; it may also be in a file of rejected rows beside the object.
        value = row.get(name)
        return follow(row, steps) if value is None else value

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


def part_along(value: Any, paths: Collection[list[tuple[str, bool]]]) -> Any:
    """Return the part of a value that steps lead to, in which ``follow`` finds the same; None if there is nothing.

    >>> value = {"meta": {"n": 2, "note": "long"}, "rows": [{"id": 1, "x": 7}, {"id": 2}, 3]}
    >>> part_along(value, [path_steps("meta.n"), path_steps("rows[].id"), path_steps("rows.y")])
    {'meta': {'n': 2}, 'rows': [{'id': 1}, {'id': 2}]}
    """
    if not all(paths):  # one of them ends here
        return {name: item for name, item in value.items() if name != PARENT} if isinstance(value, dict) else value
    if isinstance(value, list):
        return [part for item in value if (part := part_along(item, paths)) is not None] or None
    if not isinstance(value, dict):
        return None
    parts = {}
    for name in dict.fromkeys(path[0][0] for path in paths):
        part = part_along(value.get(name), [path[1:] for path in paths if path[0][0] == name])
        if part is not None:
            parts[name] = part
    return parts or None


def _flatten(values: Any) -> list[Any]:
    flat: list[Any] = []
    for value in values:
        if isinstance(value, list):
            flat += value
        elif value is not None:
            flat.append(value)
    return flat


def path_steps(path: str) -> list[tuple[str, bool]]:
    """Return the steps of a path, or of the name of a column, which is one step.

    >>> path_steps("at.name"), path_steps("a]b")
    ([('at', False), ('name', False)], [('a]b', False)])
    """
    return _steps(path) or [(path, False)]


__all__ = ["PARENT", "Getter", "follow", "getter", "part_along", "path_steps"]
