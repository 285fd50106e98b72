"""The names in objects of JSON, and objects that have nothing but another one, as in JSON that was converted from XML."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from knockon.authoring.columns import normalize_column

#: The most names of an object that are looked at, and of objects around a row that have nothing but it.
_MAX_NAMES, _MAX_WRAPPERS = 10_000, 5
#: The most characters of a path that can be that of a column.
_LONGEST_PATH = 1_000


def text_of_element(values: dict[str, Any]) -> str | None:
    """Return the text of an element of XML that was converted to JSON (BadgerFish); None if an object is no such element."""
    text = values.get("$")
    return text if isinstance(text, str) and all(name == "$" or name.startswith("@") for name in values) else None


def object_names(value: Any) -> frozenset[str]:
    """Return the normalized names in an object, those of objects inside it by their path.

    What is inside an object that has nothing but it counts as an object itself, too.

    >>> sorted(object_names({"LEI": {"$": "1"}, "Entity": {"Legal Name": "A", "Status": {"$": "x"}}}))
    ['entity', 'entity.legalname', 'entity.status', 'lei']
    >>> sorted(object_names({"record": {"a": 1}}))
    ['a', 'record', 'record.a']
    """
    return frozenset().union(*(_own_names(item) for _, item in _wrapped("", value)))


def _own_names(value: Any) -> frozenset[str]:
    names: set[str] = set()
    waiting = [("", value)]
    while waiting and len(names) < _MAX_NAMES:
        prefix, item = waiting.pop()
        for name, inner in item.items() if isinstance(item, dict) else ():
            if len(prefix) + len(name) > _LONGEST_PATH:
                continue
            names.add(normalize_column(prefix + name))
            if isinstance(inner, dict) and text_of_element(inner) is None:
                waiting.append((f"{prefix}{name}.", inner))
    return frozenset(names)


def unwrapped(pointer: str, item: Any, columns: Collection[str]) -> tuple[str, Any]:
    """Return the object that has the columns, of one and those inside it that are all that it has.

    JSON that was converted from XML has such objects around its rows. Where no object has any column, it is the one inside.
    """
    levels = list(_wrapped(pointer, item))
    if len(levels) == 1:
        return levels[0]
    found = [len(_own_names(inner) & frozenset(columns)) for _, inner in levels]
    return levels[found.index(max(found)) if any(found) else 1]


def _wrapped(pointer: str, item: Any) -> Iterator[tuple[str, Any]]:
    """Yield an object, the one inside it if it has nothing else, and so on; each with its place."""
    yield pointer, item
    for _ in range(_MAX_WRAPPERS):
        if not isinstance(item, dict) or len(item) != 1:
            return
        ((name, item),) = item.items()
        if not isinstance(item, dict) or text_of_element(item) is not None:
            return
        pointer = f"{pointer}/{escaped(name)}"
        yield pointer, item


def escaped(name: str) -> str:
    """Return a name as a step of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


__all__ = ["escaped", "object_names", "text_of_element", "unwrapped"]
