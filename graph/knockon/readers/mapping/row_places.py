"""Find the rows of a file of objects whose mapping does not say where they are: by the columns of its table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from knockon.errors import InvalidData
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.mapping.object_lists import all_lists, path_of, shown_place
from knockon.readers.mapping.paths import WHOLE
from knockon.readers.mapping.wrapped_objects import object_names

#: From which part of the columns that every row has on a second list is asked about.
_LEAST_PART = 0.5
#: How many places a message names.
_MOST_NAMED = 5


class RowColumns(NamedTuple):
    """The columns by which rows are known, normalized.

    Attributes
    ----------
    required
        The names of each column that every row has.
    known
        The names of all columns that the table lists or uses; empty if nothing says what a row is.
    paths
        The paths into objects and lists of a row that the table uses, as the mapping has them.
    """

    required: Sequence[frozenset[str]] = ()
    known: frozenset[str] = frozenset()
    paths: Sequence[str] = ()

    def are_in(self, value: Any) -> bool:
        """Return whether an object has at least one of the columns."""
        return not self.known.isdisjoint(object_names(value))

    def part_in(self, items: Iterable[Any]) -> float:
        """Return which part of the columns that every row has the objects have, of that with the most of them."""
        most = 0
        for names in map(object_names, items):
            most = max(most, sum(not column.isdisjoint(names) for column in self.required))
            if most == len(self.required):
                break
        return most / len(self.required) if self.required else 0

    def lead_into(self, place: str) -> bool:
        """Return whether the table uses what is in the list at a place as a part of a row."""
        path = (path_of(place) or "").removesuffix("[]")
        return bool(path) and any(name.startswith((f"{path}.", f"{path}[")) for name in self.paths)


def list_of_rows(file: ForeignFile, value: Any, columns: RowColumns) -> tuple[str, list[Any]] | None:
    """Return the list that holds the rows of a file, with its place; None if its value is the only row.

    It is the only list of objects of which one has a column of the table; or the only one of which one has all columns that
    every row has, where those of the others have less than half of them, as in a list of sources beside the rows. The value
    is a row itself where it has all of them.

    Raises
    ------
    InvalidData
        Several lists may hold the rows, or the value itself and a list; or there are lists, and none has a column.
    """
    if isinstance(value, list):
        _check_items(file, value, columns)
        return "", value
    lists = {place: items for place, items in all_lists(value).items() if not columns.lead_into(place)}
    if not columns.known:
        outer = [place for place in lists if place.count("/") == 1]
        places = outer if len(outer) == 1 else list(lists)
        return (places[0], lists[places[0]]) if len(places) == 1 else None
    fitting = _with_columns(lists, columns)
    is_row = columns.part_in([value]) == 1
    if fitting:
        candidates = {"": [value], **fitting} if is_row else fitting
        place = _clear_place(candidates, columns)
        if place is None:
            raise _ambiguous(file, list(fitting), is_row=is_row)
        return (place, lists[place]) if place else None
    if is_row or not lists or columns.are_in(value):
        return None
    if len(lists) == 1 and next(iter(lists)).count("/") == 1:
        return next(iter(lists.items()))
    raise file.fail(None, f"has no column of the mapping in its lists of objects ({_named(list(lists))})", _hint(list(lists)))


def _clear_place(candidates: Mapping[str, list[Any]], columns: RowColumns) -> str | None:
    """Return the place that clearly holds the rows, of those that may; None if none does."""
    if len(candidates) == 1:
        return next(iter(candidates))
    first, second, *_ = sorted(((columns.part_in(items), place) for place, items in candidates.items()), reverse=True)
    return first[1] if first[0] == 1 and second[0] < _LEAST_PART else None


def _with_columns(lists: Mapping[str, list[Any]], columns: RowColumns) -> dict[str, list[Any]]:
    """Return the lists of which any object has a column."""
    return {place: items for place, items in lists.items() if any(isinstance(i, dict) and columns.are_in(i) for i in items)}


def _check_items(file: ForeignFile, items: list[Any], columns: RowColumns) -> None:
    """Refuse a list whose objects have no column of the table, where lists inside them have."""
    if not columns.known or _with_columns({"": items}, columns):
        return
    for item in items:
        if fitting := list(_with_columns(all_lists(item), columns)):
            message = f"is a list whose objects have no column of the mapping; in them, rows may be {_named(fitting)}"
            raise file.fail(None, message, _hint(fitting))


def _ambiguous(file: ForeignFile, places: Sequence[str], *, is_row: bool) -> InvalidData:
    itself = "the object that the file is, or " if is_row else ""
    hint = _hint(places) + (f", or rows: {WHOLE} for the object itself" if is_row else "")
    return file.fail(None, f"rows may be {itself}{_named(places)}", hint)


def _named(places: Sequence[str]) -> str:
    """Return places in words, as many as a message holds."""
    shown = [f"at {shown_place(place)}" for place in places[:_MOST_NAMED]]
    if more := len(places) - len(shown):
        shown.append(f"at {more:,} more places")
    return " and ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part)


def _hint(places: Sequence[str]) -> str:
    """Return how the mapping says which list holds the rows."""
    if any(path_of(place) for place in places):
        example = next(shown_place(place) for place in places if path_of(place))
        return f"say which with rows: in the mapping, e.g. rows: {example}[]"
    return (
        "names with . [ or ] are no steps of a path: name them otherwise in the file, and say which with rows: in the mapping"
    )


__all__ = ["RowColumns", "list_of_rows"]
