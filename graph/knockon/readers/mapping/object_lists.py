"""The lists of objects in a value of JSON, of which one holds the rows of a file."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from typing import Any

from knockon.readers.foreign_file import ForeignFile
from knockon.readers.mapping.wrapped_objects import escaped
from knockon.readers.registry import Head
from knockon.text import plain

#: A name that a path of a mapping can have as a step.
_STEP = re.compile(r"[^.\[\]]+")
_LONGEST_SHOWN = 200


def all_lists(value: Any) -> dict[str, list[Any]]:
    """Return the lists of objects in an object and in the objects inside it, by their place, those of outer objects first.

    JSON that was converted from XML has lists far inside. Items of lists are not looked into: what they have belongs to them.

    >>> list(all_lists({"LEIData": {"LEIHeader": {}, "LEIRecords": {"LEIRecord": [{"LEI": "1"}]}}, "notes": [{"a": 1}]}))
    ['/notes', '/LEIData/LEIRecords/LEIRecord']
    """
    found: dict[str, list[Any]] = {}
    waiting = deque([("", value)])
    while waiting:
        place, item = waiting.popleft()
        for name, inner in item.items() if isinstance(item, dict) else ():
            if isinstance(inner, dict):
                waiting.append((f"{place}/{escaped(name)}", inner))
            elif isinstance(inner, list) and first_object(inner) is not None:
                found[f"{place}/{escaped(name)}"] = inner
    return found


def first_object(items: list[Any]) -> dict[str, Any] | None:
    """Return the first object of a list; None if there is none."""
    return next((item for item in items if isinstance(item, dict)), None)


def path_of(place: str) -> str | None:
    """Return the path by which a mapping has the rows at a place; None if a name in it cannot be a step of a path.

    >>> path_of("/data/list"), path_of("/x.y/list")
    ('data.list[]', None)
    """
    names = [name.replace("~1", "/").replace("~0", "~") for name in place.split("/")[1:]]
    return f"{'.'.join(names)}[]" if names and all(map(_STEP.fullmatch, names)) else None


def shown_place(place: str) -> str:
    """Return a place as messages name it: its path, or the JSON pointer of one that has none."""
    path = path_of(place)
    shown = plain(f"the JSON pointer {place}" if path is None else path.removesuffix("[]"))
    return f"{shown[:_LONGEST_SHOWN]}..." if len(shown) > _LONGEST_SHOWN else shown


def lists_in_file(file: ForeignFile) -> Mapping[str, list[Any]]:
    """Return the lists of objects in a JSON file that is one object, by their place; none of other files."""
    head = Head(file)
    is_object = file.ending == ".json" and head.text.lstrip("\ufeff \t\r\n").startswith("{")
    return all_lists(head.first_json) if is_object else {}


__all__ = ["all_lists", "first_object", "lists_in_file", "path_of", "shown_place"]
