"""Write what differs between the records of two revisions, as changes of the file of records of the earlier one."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import NamedTuple

from knockon.model import DataSet, Statement
from knockon.rdf.merge import PlacedRecord
from knockon.store.kept_records import KeptRecords
from knockon.store.kept_rows import blocks, by_place, places
from knockon.store.record_table import TableWriter, writing

_SCHEMA = """
-- The records of the file of all records that are changed or removed; that file, by its checksum.
CREATE TABLE gone (number INTEGER PRIMARY KEY, iri TEXT UNIQUE);
CREATE TABLE base (checksum TEXT);
"""


class ChangedRecords(NamedTuple):
    """The records of a revision, as changes of those of the revision before it.

    Parameters
    ----------
    before
        The records of the revision before it.
    data_sets
        The data sets of the revision, in their order.
    iris
        The IRIs of all records that data sets state otherwise than before.
    placed
        The merged records with these IRIs.
    stated
        What each data set, by its place, states of them.
    """

    before: KeptRecords
    data_sets: Sequence[DataSet]
    iris: frozenset[str]
    placed: Sequence[PlacedRecord]
    stated: Sequence[tuple[int, Statement]]


def write_changed_records(path: Path, changed: ChangedRecords) -> None:
    """Write changes into an empty file, together with those that the earlier revision has already.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    rows = changed.before.rows
    if rows.base is not None:
        shutil.copyfile(rows.path, path)
    with writing(path, exists=rows.base is not None, more=_SCHEMA) as database:
        _Writer(database, changed).write()


def base_checksum(path: Path) -> str:
    """Return the checksum of the file of all records that a file of changes is about.

    Raises
    ------
    sqlite3.Error
        It is no such file.
    """
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
        return str(database.execute("SELECT checksum FROM base").fetchone()[0])


class _Writer(TableWriter):
    """Writer of the tables of changes."""

    def __init__(self, database: sqlite3.Connection, changed: ChangedRecords) -> None:
        rows = changed.before.rows
        super().__init__(database, {name: number for number, name in enumerate(rows.classes)})
        self._rows, self._changed = rows, changed

    def write(self) -> None:
        """Remove what changed from the tables, and write what it is now."""
        before, changed = self._rows.numbers, self._changed
        self._remove_changed()
        parts, inferred = self._counts_of_earlier()
        for table in ("data_set", "class", "number", "base"):
            self.database.execute(f"DELETE FROM {table}")  # noqa: S608 - names from here
        self.insert("base", [(self._rows.checksum,)])
        numbers = self._data_set_numbers()
        first = self._rows.next_number
        numbered = list(enumerate(changed.placed, first))
        places = {record.id: number for number, (record, _) in numbered}
        graphs = [data_set.graph for data_set in changed.data_sets]
        stated = Counter(record.id for _, record in changed.stated)
        merged = {iri for iri, count in stated.items() if count > 1}
        self.data_sets(changed.data_sets, numbers)
        self.records(numbered, numbers, merged)
        self.own([(numbers[graphs[place]], record) for place, record in changed.stated if record.id in merged], places)
        counts = {
            "records": before["records"] - len(self._earlier) + len(numbered),
            "parts": before["parts"] - parts + self.parts,
            "inferred": before["inferred"] - inferred + self.inferred,
        }
        self.finish(counts)

    @cached_property
    def _earlier(self) -> list[Statement]:
        """The merged records of the earlier revision that changed."""
        return self._changed.before.having(self._changed.iris)

    def _counts_of_earlier(self) -> tuple[int, int]:
        """Return how many parts the records had that changed, and how many of them were inferred."""
        return sum(1 for each in self._earlier for _ in each.parts()), sum(each.inferred for each in self._earlier)

    def _remove_changed(self) -> None:
        """Remove the records that changed again, and note those of the earlier file that changed."""
        for block in blocks(self._changed.iris):
            wanted = f"iri IN ({places(block)})"
            numbers = self.database.execute(f"SELECT number FROM record WHERE {wanted}", by_place(block)).fetchall()  # noqa: S608
            self.database.execute("CREATE TEMP TABLE old (number INTEGER PRIMARY KEY)")
            self.database.executemany("INSERT INTO old VALUES (?)", numbers)
            for table in ("name", "alike", "special", "part", "link"):
                self.database.execute(f"DELETE FROM {table} WHERE record IN (SELECT number FROM old)")  # noqa: S608
            self.database.execute("DROP TABLE old")
            for table in ("record", "own"):
                self.database.execute(f"DELETE FROM {table} WHERE {wanted}", by_place(block))  # noqa: S608 - made here
            self.insert("gone", self._rows.in_base(block), ignore=True)

    def _data_set_numbers(self) -> Mapping[str, int]:
        """Return a number for each data set: that which it has, or a new one."""
        known = self._changed.before.data_set_numbers
        new = count(max(known.values(), default=-1) + 1)
        return {
            data_set.graph: known[data_set.graph] if data_set.graph in known else next(new)
            for data_set in self._changed.data_sets
        }


__all__ = ["ChangedRecords", "base_checksum", "write_changed_records"]
