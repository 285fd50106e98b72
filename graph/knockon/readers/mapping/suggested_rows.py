"""The rows of a file for which a mapping is drafted: the path to them, and the paths of the values in and around a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from knockon.readers.foreign_file import ForeignFile
from knockon.readers.mapping.object_lists import NO_STEPS, FoundList, KeyedObjects, all_lists, keyed_objects, object_in_file
from knockon.readers.mapping.paths import PARENT
from knockon.readers.mapping.row_paths import row_steps


def path_to_rows(file: ForeignFile) -> str | None:
    """Return the path to the most objects of a JSON file, in a list or under names; None if its only list is found without.

    Raises
    ------
    InvalidData
        A name on the path is one that a path cannot have.
    """
    value = object_in_file(file)
    lists = all_lists(value)
    found: list[FoundList | KeyedObjects] = [*lists, *keyed_objects(value)]
    longest = max(found, key=lambda found: len(found.items), default=None)
    if longest is None:
        return None
    path = longest.path if isinstance(longest, KeyedObjects) else longest.place.path
    if path is None and longest.place is not None and (len(found) > 1 or longest not in lists):
        message = f"has the most objects at {longest.place.shown}, and {NO_STEPS}"
        raise file.fail(None, message, "name them otherwise in the file, or draft from a file with these alone")
    is_only_list = len(found) == 1 and longest.place is not None and longest.place.around is None and longest in lists
    return None if is_only_list else path


def values_around(values: Mapping[str, Any], rows: str | None) -> Iterator[tuple[str, Any]]:
    """Yield the paths of a row and of the objects that it is part of, each by the shortest path, with a value of each.

    Lists beside the row are left out: what is in them is not about the row.
    """
    yield from _flat({name: value for name, value in values.items() if name != PARENT}, "")
    prefix, around = "", values.get(PARENT)
    for step in reversed(row_steps(rows) if rows else []):
        if not isinstance(around, dict):
            return
        prefix += f"{PARENT}."
        # What leads to the row is the row itself, and what is beside it.
        beside = {name: value for name, value in around.items() if name not in (PARENT, step.name)}
        yield from _flat(beside, prefix, with_lists=False)
        around = around.get(PARENT)


def _flat(values: Mapping[str, Any], prefix: str, *, with_lists: bool = True) -> Iterator[tuple[str, Any]]:
    """Yield the paths of an object of JSON, with a value of each; lists of objects in it only where they are asked for."""
    for name, value in values.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _flat(value, f"{path}.", with_lists=with_lists)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for item in value if with_lists else ():
                yield from _flat(item, f"{path}[].") if isinstance(item, dict) else ()
        elif isinstance(value, list):
            yield path, value[0] if value else None
        else:
            yield path, value


__all__ = ["path_to_rows", "values_around"]
