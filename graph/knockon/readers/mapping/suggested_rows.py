"""The rows of a file for which a mapping is drafted: the path to them, and the paths of the values in and around a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from knockon.readers.foreign_file import ForeignFile
from knockon.readers.mapping.object_lists import lists_in_file
from knockon.readers.mapping.paths import PARENT, row_steps


def path_to_rows(file: ForeignFile) -> str | None:
    """Return the path to the longest list of a JSON file; None if the file has one list, which is found without a path.

    Raises
    ------
    InvalidData
        There are several lists, and the longest has a name that a path cannot have.
    """
    lists = lists_in_file(file)
    longest = max(lists, key=lambda found: len(found.items), default=None)
    if longest is None:
        return None
    path = longest.place.path
    if len(lists) > 1 and path is None:
        message = f"has its longest list of objects at {longest.place.shown}, and names with . [ or ] are no steps of a path"
        raise file.fail(None, message, "name them otherwise in the file, or draft from a file with that list alone")
    return path if len(lists) > 1 or longest.place.around is not None else None


def values_around(values: Mapping[str, Any], rows: str | None) -> Iterator[tuple[str, Any]]:
    """Yield the paths of a row and of the objects that it is part of, each by the shortest path, with a value of each."""
    yield from _flat({name: value for name, value in values.items() if name != PARENT}, "")
    prefix, around = "", values.get(PARENT)
    for step, _ in reversed(row_steps(rows) if rows else []):
        if not isinstance(around, dict):
            return
        prefix += f"{PARENT}."
        # What leads to the row is the row itself, and what is beside it.
        yield from _flat({name: value for name, value in around.items() if name not in (PARENT, step)}, prefix)
        around = around.get(PARENT)


def _flat(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """Yield the paths of an object of JSON, with a value of each."""
    for name, value in values.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict):
            yield from _flat(value, f"{path}.")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for item in value:
                yield from _flat(item, f"{path}[].") if isinstance(item, dict) else ()
        elif isinstance(value, list):
            yield path, value[0] if value else None
        else:
            yield path, value


__all__ = ["path_to_rows", "values_around"]
