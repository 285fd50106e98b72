"""The rows of a table of records, or of one with a later table of changes over it, as one table.

A change of a large store keeps the file of its records as it is, and writes what differs into a file beside it
(changed_records.py). Both are read here as if they were one: rows of the earlier file whose records changed are left out.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from knockon.store.invalid_store import InvalidStore
from knockon.store.record_links import link_key

#: How many rows are fetched at once, and the most values that one statement has.
BLOCK = 500
#: The name of the file of changes where there is one, or of the only file; and of the earlier file below it.
_TOP, _BASE = "main", "base"
#: The columns of a record.
RECORD = "iri, class, data"
#: The tables that say of which record a row is: by which column, and what that has in the table of records that are gone.
_GONE = {"record": ("number", "number"), "own": ("iri", "iri"), "alike": ("record", "number")}


class KeptRows:
    """The rows of one or two files, which are never changed.

    Parameters
    ----------
    path
        The file of records; the file of changes where there is a ``base``.
    base
        The file of all records that the changes are about.
    checksum
        The checksum of the file of all records.

    Raises
    ------
    sqlite3.Error
        One of them is no file of SQLite.
    """

    def __init__(self, path: Path, base: Path | None = None, checksum: str = "") -> None:
        self.path, self.base, self.checksum = path, base, checksum
        # The files are never changed, and each statement runs under the lock, whatever thread asks.
        self._database = sqlite3.connect(_address(path), uri=True, check_same_thread=False, isolation_level=None)
        # Closed with the last reference to the rows, wherever that is.
        weakref.finalize(self, self._database.close)
        self._database.executescript("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;")
        self._layers = (_TOP,) if base is None else (_TOP, _BASE)
        if base is not None:
            self._database.execute(f"ATTACH ? AS {_BASE}", (_address(base),))
        self._lock = threading.Lock()
        self.classes: list[str] = [name for (name,) in self.rows("SELECT name FROM main.class ORDER BY number")]
        self.numbers: Mapping[str, int] = dict(self.rows("SELECT name, value FROM main.number"))

    def rows(self, statement: str, values: Sequence[object] = ()) -> list[Any]:
        """Return the rows that a statement selects."""
        try:
            with self._lock:
                return self._database.execute(statement, by_place(values)).fetchall()
        except sqlite3.Error as error:
            raise self.damaged(error) from None

    def each_row(self, statement: str, values: Sequence[object] = ()) -> Iterator[Any]:
        """Yield the rows that a statement selects, without holding all of them."""
        try:
            with self._lock:
                cursor = self._database.execute(statement, by_place(values))
            while True:
                with self._lock:
                    rows = cursor.fetchmany(BLOCK)
                if not rows:
                    return
                yield from rows
        except sqlite3.Error as error:
            raise self.damaged(error) from None

    @property
    def changed(self) -> int:
        """How many records differ from the file of all records."""
        if self.base is None:
            return 0
        return int(self.rows("SELECT (SELECT count(*) FROM main.gone) + (SELECT count(*) FROM main.record)")[0][0])

    @property
    def next_number(self) -> int:
        """A number that no record has."""
        numbers = [self.rows(f"SELECT max(number) FROM {layer}.record")[0][0] for layer in self._layers]  # noqa: S608
        return max((number for number in numbers if number is not None), default=-1) + 1

    def of_base(self) -> KeptRows:
        """Return the rows of the file of all records alone, as they were before any change."""
        return self if self.base is None else KeptRows(self.base, checksum=self.checksum)

    def before_changes(self, columns: str = RECORD) -> Iterator[Any]:
        """Yield the rows of the records that are changed or gone, as the file of all records has them."""
        if self.base is not None:
            changed = "number IN (SELECT number FROM main.gone)"
            yield from self.each_row(f"SELECT {columns} FROM {_BASE}.record WHERE {changed}")  # noqa: S608 - made here

    def after_changes(self, columns: str = RECORD) -> Iterator[Any]:
        """Yield the rows of the records that are changed or new, as they are now."""
        if self.base is not None:
            yield from self.each_row(f"SELECT {columns} FROM {_TOP}.record")  # noqa: S608 - made here

    def place_in_base(self, iri: str) -> int:
        """Return the number of the last record of the file of all records whose IRI is not after another; -1 for none.

        The numbers there are in the order of the IRIs.
        """
        found = self.rows(f"SELECT number FROM {self._layers[-1]}.record WHERE iri <= ?1 ORDER BY iri DESC LIMIT 1", [iri])  # noqa: S608
        return int(found[0][0]) if found else -1

    def in_base(self, iris: Sequence[str]) -> list[tuple[int, str]]:
        """Return the numbers and IRIs of those of some records that are in the file of all records."""
        return self.rows(f"SELECT number, iri FROM {self._layers[-1]}.record WHERE iri IN ({places(iris)})", iris)  # noqa: S608

    def damaged(self, error: Exception) -> InvalidStore:
        """Return the error of a file that cannot be read although its checksum was right."""
        return InvalidStore(self.path, f"was damaged while it was open ({error})", "ask again: it is written anew")

    def records(self, condition: str = "1", values: Sequence[object] = (), columns: str = RECORD) -> Iterator[Any]:
        """Yield the rows of the records that meet a condition, in the order of their IRIs.

        Parameters
        ----------
        condition
            A condition of SQL, in which ``{layer}`` stands before the names of other tables.
        values
            The values of ``?1``, ``?2``, ... in it.
        columns
            What is selected, an IRI first.
        """
        return self.each_row(f"{self.arms('record', condition, columns)} ORDER BY 1", values)

    def arms(self, table: str, condition: str, columns: str, layers: Sequence[str] | None = None) -> str:
        """Return a SELECT of the rows of records, or of other tables of them, without those of records that changed."""
        column, gone = _GONE[table]
        known = f"{column} NOT IN (SELECT {gone} FROM main.gone)"  # noqa: S608 - made here
        selects = []
        for layer in self._layers if layers is None else layers:
            where = condition.format(layer=layer) + (f" AND {known}" if layer == _BASE else "")
            selects.append(f"SELECT {columns} FROM {layer}.{table} WHERE {where}")  # noqa: S608 - made here
        return " UNION ALL ".join(selects)

    @cached_property
    def _data_sets_of_base(self) -> frozenset[int]:
        """The numbers of the data sets in the file of all records."""
        return frozenset(number for (number,) in self.rows(f"SELECT number FROM {self._layers[-1]}.data_set"))  # noqa: S608

    def stated(
        self,
        number: int,
        condition: str,
        values: Sequence[object] = (),
        own: str = "",
        other: str = "",
        *,
        columns: str = RECORD,
    ) -> Iterator[Any]:
        """Yield the rows of the records of a data set, as it states them, in the order of their IRIs.

        Parameters
        ----------
        number
            The number of the data set, ``?1`` in the condition.
        condition
            A condition of SQL.
        values
            The values of ``?2``, ... in it.
        own, other
            More columns, of what it states alone and of what others state too.
        columns
            The columns before these, an IRI first.
        """
        # A data set that came later has no rows in the file of all records, which would be looked through for them.
        layers = self._layers if number in self._data_sets_of_base else (_TOP,)
        first = self.arms("record", f"data_set = ?1 AND is_own AND {condition}", columns + own, layers)
        second = self.arms("own", f"data_set = ?1 AND {condition}", columns + other, layers)
        return self.each_row(f"{first} UNION ALL {second} ORDER BY 1", (number, *values))

    def keyed(
        self, table: str, texts: Iterable[str], *, also: str = "1", columns: str = RECORD, condition: str = "1"
    ) -> Iterator[Any]:
        """Yield the rows of records that have the key of one of some texts in a table, and perhaps of others.

        Parameters
        ----------
        table
            ``name`` or ``link``.
        texts
            Normalized names, IRIs, identifiers.
        also
            What else must be so of the row of that table.
        columns
            What is selected of the record, its IRI first.
        condition
            What else must be so of the record.
        """
        for block in blocks(_keys(texts)):
            keyed = f"SELECT record FROM {{layer}}.{table} WHERE key IN ({places(block)}) AND {also}"  # noqa: S608 - made here
            # The sign keeps SQLite from going through all records that meet the condition by an index.
            yield from self.records(f"number IN ({keyed}) AND +({condition})", block, columns)

    def links_to(self, iris: Iterable[str], *kinds: int) -> Iterator[tuple[int, int]]:
        """Yield the key (``link_key``) and the number of a record for each link of some kinds to one of some IRIs.

        No record is read for it; another IRI may have the same key.
        """
        for block in blocks(_keys(iris)):
            yield from self.each_row(self._linked("key, record", block, kinds), block)

    def link_counts(self, iris: Iterable[str], *kinds: int) -> Counter[int]:
        """Return how many links of some kinds records have to each of some IRIs, by its key, and perhaps to others."""
        counts = Counter[int]()
        for block in blocks(_keys(iris)):
            for key, count in self.rows(self._linked("key, count(*)", block, kinds, " GROUP BY key"), block):
                counts[key] += count
        return counts

    def _linked(self, columns: str, keys: Sequence[int], kinds: Iterable[int], grouped: str = "") -> str:
        """Return a SELECT of the links with some keys of records that did not change since."""
        selects = []
        for layer in self._layers:
            known = " AND record NOT IN (SELECT number FROM main.gone)" if layer == _BASE else ""
            where = f"key IN ({places(keys)}) AND kind IN ({', '.join(map(str, kinds))}){known}{grouped}"
            selects.append(f"SELECT {columns} FROM {layer}.link WHERE {where}")  # noqa: S608 - made here
        return " UNION ALL ".join(selects)

    def numbered(self, numbers: Iterable[int], columns: str = RECORD) -> Iterator[Any]:
        """Yield the rows of records with some numbers."""
        for block in blocks(numbers):
            yield from self.records(f"number IN ({places(block)})", block, columns)

    def with_iris(self, iris: Iterable[str], columns: str = RECORD) -> Iterator[Any]:
        """Yield the rows of records with some IRIs."""
        for block in blocks(dict.fromkeys(iris)):
            yield from self.records(f"iri IN ({places(block)})", block, columns)


def _keys(texts: Iterable[str]) -> list[int]:
    """Return the distinct keys of some texts."""
    return list(dict.fromkeys(map(link_key, texts)))


def blocks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield values in blocks that fit in one statement."""
    remaining = list(values)
    for first in range(0, len(remaining), BLOCK):
        yield remaining[first : first + BLOCK]


def places(values: Sequence[object], first: int = 1) -> str:
    """Return the places of values in a statement.

    >>> places(["a", "b"])
    '?1, ?2'
    """
    return ", ".join(f"?{number}" for number in range(first, first + len(values)))


def by_place(values: Sequence[object]) -> dict[str, object]:
    """Return values by the numbers of their places: Python 3.12 warns of a sequence for numbered places, and 3.14 refuses it.

    >>> by_place(["a", "b"])
    {'1': 'a', '2': 'b'}
    """
    return {str(number): value for number, value in enumerate(values, 1)}


def _address(path: Path) -> str:
    return f"{path.absolute().as_uri()}?mode=ro&immutable=1"


__all__ = ["RECORD", "KeptRows", "blocks", "by_place", "places"]
