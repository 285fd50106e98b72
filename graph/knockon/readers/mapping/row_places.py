"""Find the rows of a file of objects whose mapping does not say where they are: by the columns of its table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from knockon.errors import InvalidData
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.mapping.object_lists import NO_STEPS, FoundList, KeyedObjects, Place, all_lists, keyed_objects
from knockon.readers.mapping.row_paths import ROW_NAME, WHOLE
from knockon.readers.mapping.wrapped_objects import object_names
from knockon.text import counted

#: From which part of the columns that every row has on a second list is asked about.
_LEAST_PART = 0.5
#: What to do about places that no path leads to.
_NO_PATH = f"{NO_STEPS}: name them otherwise in the file, and say which with rows: in the mapping"
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
        The names on the paths into objects and lists of a row that the table uses.
    """

    required: Sequence[frozenset[str]] = ()
    known: frozenset[str] = frozenset()
    paths: Sequence[Sequence[str]] = ()

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

    def lead_into(self, place: Place) -> bool:
        """Return whether the table uses what is in the list at a place as a part of a row."""
        names = place.names if self.paths else []
        return any(len(path) > len(names) and list(path[: len(names)]) == names for path in self.paths)


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
    lists = [found for found in all_lists(value) if not columns.lead_into(found.place)]
    outer = [found for found in lists if found.place.around is None]
    if not columns.known:
        only = outer if len(outer) == 1 else lists
        return _placed(only[0]) if len(only) == 1 else None
    fitting = _with_columns(lists, columns)
    is_row = columns.part_in([value]) == 1
    if fitting:
        clear = _clear_list(fitting, columns, is_row=is_row)
        if clear is None and not (is_row and _are_slight(fitting, columns)):
            raise _ambiguous(file, fitting, is_row=is_row)
        return clear and _placed(clear)
    if is_row or columns.are_in(value):
        return None
    if keyed := next((found for found in keyed_objects(value) if _any_has(found.items, columns)), None):
        raise _by_name(file, keyed)
    if not lists:
        return None
    if len(lists) == len(outer) == 1:
        return _placed(outer[0])
    raise file.fail(None, f"has no column of the mapping in its lists of objects ({_named(lists)})", _hint(lists))


def _placed(found: FoundList) -> tuple[str, list[Any]]:
    return found.place.pointer, found.items


def _clear_list(fitting: Sequence[FoundList], columns: RowColumns, *, is_row: bool) -> FoundList | None:
    """Return the list that clearly holds the rows, of those that may; None if none does."""
    if is_row:
        return None
    if len(fitting) == 1:
        return fitting[0]
    first = max(fitting, key=lambda found: columns.part_in(found.items))
    others = [found for found in fitting if found is not first]
    return first if columns.part_in(first.items) == 1 and _are_slight(others, columns) else None


def _are_slight(lists: Iterable[FoundList], columns: RowColumns) -> bool:
    """Return whether lists have too few of the columns to be asked about."""
    return all(columns.part_in(found.items) < _LEAST_PART for found in lists)


def _with_columns(lists: Iterable[FoundList], columns: RowColumns) -> list[FoundList]:
    """Return the lists of which any object has a column."""
    return [found for found in lists if _any_has(found.items, columns)]


def _any_has(items: Iterable[Any], columns: RowColumns) -> bool:
    return any(isinstance(item, dict) and columns.are_in(item) for item in items)


def _check_items(file: ForeignFile, items: list[Any], columns: RowColumns) -> None:
    """Refuse a list whose objects have no column of the table, where lists inside them have."""
    if not columns.known or _any_has(items, columns):
        return
    for item in items:
        if fitting := _with_columns(all_lists(item), columns):
            message = f"is a list whose objects have no column of the mapping; in them, rows may be {_named(fitting)}"
            raise file.fail(None, message, _hint(fitting))


def _ambiguous(file: ForeignFile, lists: Sequence[FoundList], *, is_row: bool) -> InvalidData:
    itself = "the object that the file is, or " if is_row else ""
    hint = _hint(lists) + (f", or rows: {WHOLE} for the object itself" if is_row else "")
    return file.fail(None, f"rows may be {itself}{_named(lists)}", hint)


def _by_name(file: ForeignFile, found: KeyedObjects) -> InvalidData:
    """Return the error that rows may be the objects of an object, which a mapping must say."""
    where = "is an object" if found.place is None else f"has an object at {found.place.shown}"
    message = f"{where} of {counted(len(found.items), 'object')} that may be rows, each under a name"
    if found.path is None:
        return file.fail(None, message, _NO_PATH)
    return file.fail(None, message, f'say so with rows: "{found.path}" in the mapping; {ROW_NAME} is the column of the names')


def _named(lists: Sequence[FoundList]) -> str:
    """Return places in words, as many as a message holds."""
    shown = [f"at {found.place.shown}" for found in lists[:_MOST_NAMED]]
    if more := len(lists) - len(shown):
        shown.append(f"at {more:,} more places")
    return " and ".join(part for part in (", ".join(shown[:-1]), shown[-1]) if part)


def _hint(lists: Sequence[FoundList]) -> str:
    """Return how the mapping says which list holds the rows."""
    if example := next((found.place.shown for found in lists if found.place.path), None):
        return f"say which with rows: in the mapping, e.g. rows: {example}[]"
    return _NO_PATH


__all__ = ["RowColumns", "list_of_rows"]
