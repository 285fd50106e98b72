"""The lists of objects in a value of JSON, of which one holds the rows of a file."""

from __future__ import annotations

from itertools import islice
from typing import Any

from knockon.readers.foreign_file import ForeignFile
from knockon.readers.mapping.wrapped_objects import escaped
from knockon.readers.registry import Head

#: How deep, and in how many objects of one level, lists of objects are looked for.
_MAX_LEVELS, _MAX_INSIDE = 5, 100


def inner_lists(value: Any) -> dict[str, list[Any]]:
    """Return the lists of objects in the objects inside an object, by their place: JSON that was converted from XML has such.

    >>> list(inner_lists({"LEIData": {"LEIHeader": {}, "LEIRecords": {"LEIRecord": [{"LEI": "1"}]}}}))
    ['/LEIData/LEIRecords/LEIRecord']
    """
    found: dict[str, list[Any]] = {}
    level = {"": value} if isinstance(value, dict) else {}
    for _ in range(_MAX_LEVELS):
        level = {
            f"{place}/{escaped(name)}": inner
            for place, item in level.items()
            for name, inner in islice(item.items(), _MAX_INSIDE)
            if isinstance(inner, dict)
        }
        for place, item in level.items():
            found |= {f"{place}/{escaped(name)}": items for name, items in lists_of_objects(item).items()}
        if not level or len(level) > _MAX_INSIDE:
            break
    return found


def lists_of_objects(value: Any) -> dict[str, list[Any]]:
    """Return the lists of objects in an object, by name."""
    found = value.items() if isinstance(value, dict) else ()
    return {name: items for name, items in found if isinstance(items, list) and first_object(items) is not None}


def first_object(items: list[Any]) -> dict[str, Any] | None:
    """Return the first object of a list; None if there is none."""
    return next((item for item in items if isinstance(item, dict)), None)


def path_to_rows(file: ForeignFile) -> str | None:
    """Return the path to the rows of a JSON file whose lists are all inside objects: to the longest; else None."""
    if file.ending != ".json":
        return None
    value = Head(file).first_json
    inner = {} if lists_of_objects(value) else inner_lists(value)
    paths = {place.strip("/").replace("/", "."): items for place, items in inner.items() if not set(".[]~") & set(place)}
    longest = max(paths, key=lambda path: len(paths[path]), default=None)
    return f"{longest}[]" if longest else None


__all__ = ["first_object", "inner_lists", "lists_of_objects", "path_to_rows"]
