"""The lists of objects in a value of JSON, of which one holds the rows of a file."""

from __future__ import annotations

import re
from collections import deque
from typing import Any, NamedTuple, cast

from knockon.readers.foreign_file import ForeignFile
from knockon.readers.mapping.wrapped_objects import escaped
from knockon.readers.registry import Head
from knockon.text import plain

#: A name that a path of a mapping can have as a step.
_STEP = re.compile(r"[^.\[\]{}]+")
_LONGEST_SHOWN = 200
#: Why no path leads to a place.
NO_STEPS = "names with . [ ] { or } are no steps of a path"


class Place(NamedTuple):
    """A place in a value of JSON: its name, and the place of the object around it, so that long names are held once."""

    around: Place | None
    name: str

    @property
    def names(self) -> list[str]:
        """The names that lead to it."""
        names, place = list[str](), cast("Place | None", self)
        while place is not None:
            names.append(place.name)
            place = place.around
        return names[::-1]

    @property
    def pointer(self) -> str:
        """Its JSON pointer."""
        return "".join(f"/{escaped(name)}" for name in self.names)

    @property
    def path(self) -> str | None:
        """The path by which a mapping has the rows at it; None if a name cannot be a step of a path.

        >>> Place(Place(None, "data"), "list").path, Place(Place(None, "x.y"), "list").path
        ('data.list[]', None)
        """
        names = self.names
        return f"{'.'.join(names)}[]" if all(map(_STEP.fullmatch, names)) else None

    @property
    def shown(self) -> str:
        """What messages call it: its path, or the JSON pointer where it has none."""
        path = self.path
        shown = plain(f"the JSON pointer {self.pointer}" if path is None else path.removesuffix("[]"))
        return f"{shown[:_LONGEST_SHOWN]}..." if len(shown) > _LONGEST_SHOWN else shown


class FoundList(NamedTuple):
    """A list of objects, and where it is."""

    place: Place
    items: list[Any]


class KeyedObjects(NamedTuple):
    """Objects that are under a name each in one object, and where that is: None for the value as a whole."""

    place: Place | None
    items: list[Any]

    @property
    def path(self) -> str | None:
        """The path by which a mapping has them as rows; None if a name cannot be a step of a path."""
        if self.place is None:
            return "{}"
        path = self.place.path
        return path and path.removesuffix("[]") + "{}"


def all_lists(value: Any) -> list[FoundList]:
    """Return the lists of objects in an object and in the objects inside it, those of outer objects first.

    JSON that was converted from XML has lists far inside. Items of lists are not looked into: what they have belongs to them.

    >>> lists = all_lists({"LEIData": {"LEIHeader": {}, "LEIRecords": {"LEIRecord": [{"LEI": "1"}]}}, "notes": [{"a": 1}]})
    >>> [found.place.pointer for found in lists]
    ['/notes', '/LEIData/LEIRecords/LEIRecord']
    """
    found: list[FoundList] = []
    waiting = deque[tuple[Place | None, Any]]([(None, value)])
    while waiting:
        place, item = waiting.popleft()
        for name, inner in item.items() if isinstance(item, dict) else ():
            if isinstance(inner, dict):
                waiting.append((Place(place, name), inner))
            elif isinstance(inner, list) and first_object(inner) is not None:
                found.append(FoundList(Place(place, name), inner))
    return found


def keyed_objects(value: Any) -> list[KeyedObjects]:
    """Return the objects whose values are objects of one kind, each under a name of its own; outer ones first.

    Objects are of one kind if at least half of the names in any of them are in all. ``place`` is None for the value itself.

    >>> [(found.place, len(found.items)) for found in keyed_objects({"Acme": {"city": "Rome"}, "Beta": {"city": "Oslo"}})]
    [(None, 2)]
    """
    found: list[KeyedObjects] = []
    waiting = deque[tuple[Place | None, dict[str, Any]]]([(None, value)] if isinstance(value, dict) else [])
    while waiting:
        place, item = waiting.popleft()
        inner = [(name, child) for name, child in item.items() if isinstance(child, dict)]
        if len(inner) == len(item) > 1 and _are_alike([child for _, child in inner]):
            found.append(KeyedObjects(place, [child for _, child in inner]))
        else:
            waiting.extend((Place(place, name), child) for name, child in inner)
    return found


def _are_alike(objects: list[dict[str, Any]]) -> bool:
    names = [frozenset(item) for item in objects]
    in_all = frozenset.intersection(*names)
    return bool(in_all) and 2 * len(in_all) >= len(frozenset.union(*names))


def first_object(items: list[Any]) -> dict[str, Any] | None:
    """Return the first object of a list; None if there is none."""
    return next((item for item in items if isinstance(item, dict)), None)


def object_in_file(file: ForeignFile) -> Any:
    """Return the beginning of a JSON file that is one object; None of other files."""
    head = Head(file)
    is_object = file.ending == ".json" and head.text.lstrip("\ufeff \t\r\n").startswith("{")
    return head.first_json if is_object else None


__all__ = ["NO_STEPS", "FoundList", "KeyedObjects", "Place", "all_lists", "first_object", "keyed_objects", "object_in_file"]
