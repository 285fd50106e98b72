"""The values of another table by key, for the rows of a mapping that join it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from knockon.errors import Problem
from knockon.readers.foreign_file import ForeignFile
from knockon.readers.mapping.table_spec import TableSpec
from knockon.readers.record_drafts import Place


class Cited(NamedTuple):
    """A row of another table that a row took values from: its document and its place."""

    document: str
    place: Place


class JoinIndex:
    """The values of another table by key, for the rows that join it.

    >>> index = JoinIndex(("id",), {"aliases": "name"}, "collect")
    >>> for line, name in enumerate(["A", "B"], 2):
    ...     index.add({"id": "7", "name": name}, Cited("doc-alt", Place(f"row:{line}", line)))
    >>> index.find(("7",)), index.find(("8",))
    ({'aliases': ['A', 'B']}, {'aliases': None})
    >>> [cited.place.selector for cited in index.cited(("7",))]
    ['row:2', 'row:3']
    """

    def __init__(self, key: Sequence[str], take: Mapping[str, str], many: str) -> None:
        self.key, self.take, self.many = tuple(key), take, many
        self._rows: dict[tuple[str, ...], dict[str, Any]] = {}
        self._cited: dict[tuple[str, ...], list[Cited]] = {}
        self._nothing: dict[str, Any] = dict.fromkeys(take)

    def add(self, row: Mapping[str, Any], cited: Cited) -> None:
        """Add a row of the other table; one without a key is joined by none."""
        key = tuple(row.get(name) for name in self.key)
        if any(part is None for part in key):
            return
        found = self._rows.setdefault(key, {})  # type: ignore[arg-type] # no part is None here
        taken = False
        for name, column in self.take.items():
            value = row.get(column)
            if value is None:
                continue
            if self.many == "collect":
                items = found.setdefault(name, {})
                before = len(items)
                items.update((_key(item), item) for item in (value if isinstance(value, list) else [value]))
                taken = taken or len(items) > before
            elif self.many == "last" or name not in found:
                found[name] = value
                taken = True
        if taken:
            places = self._cited.setdefault(key, [])  # type: ignore[arg-type] # no part is None here
            if self.many == "last":
                places.clear()
            places.append(cited)

    def find(self, key: tuple[Any, ...]) -> dict[str, Any]:
        """Return the values for a key; None for those that no row states."""
        found = self._rows.get(key, {})
        return {
            **self._nothing,
            **({name: [*items.values()] for name, items in found.items()} if self.many == "collect" else found),
        }

    def cited(self, key: tuple[Any, ...]) -> Sequence[Cited]:
        """Return the rows that state the values for a key."""
        return self._cited.get(key, ())


def _key(item: Any) -> Any:
    """Return what equal values have in common, and can be looked up: objects of JSON by their text."""
    return item if item.__class__ is str else repr(item)


def additions_alone(tables: Mapping[str, TableSpec], files: Mapping[str, Sequence[ForeignFile]]) -> Iterator[Problem]:
    """Yield a problem with each file where all are tables that only add to the rows of others, which are missing.

    Parameters
    ----------
    tables
        The tables of a mapping.
    files
        The files of each.
    """
    if any(found and tables[name].records for name, found in files.items()):
        return
    for name, found in files.items():
        into = {key: table for key, table in tables.items() if name in [join.table for join in table.join]}
        wanted = " or ".join(f"{', '.join(table.file or table.required_columns)} (table {key})" for key, table in into.items())
        for file in found if into else ():
            message = f"is the table {name} of the mapping, whose rows only add to those of another file"
            yield Problem(file.name, None, message, f"name that file as well: {wanted}")


__all__ = ["Cited", "JoinIndex", "additions_alone"]
