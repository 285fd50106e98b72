"""The records of a large store that refer to others, by the links between them: they are counted before any is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from knockon.model import Record, Statement
from knockon.store.kept_records import KeptRecords
from knockon.store.record_links import REFERENCE, SUBJECT


class LinkedRecords:
    """The records of a store folder by what they refer to.

    Parameters
    ----------
    records
        The records.
    """

    def __init__(self, records: KeptRecords) -> None:
        self.records, self._rows = records, records.rows

    def numbers_naming(self, iri: str) -> list[int]:
        """Return the numbers of the records that refer to an IRI, and perhaps to others, ascending; none is read."""
        return self._rows.linked_numbers(iri, SUBJECT, REFERENCE)

    def count_naming(self, iri: str) -> int:
        """Return how many records refer to an IRI, and perhaps to others; none is read."""
        return self._rows.linked_count(iri, SUBJECT, REFERENCE)

    def numbers_of(self, iris: Iterable[str]) -> set[int]:
        """Return the numbers of the records with some IRIs; none is read."""
        return {number for _, number in self._rows.with_iris(iris, "iri, number")}

    def numbered(self, numbers: Iterable[int]) -> Iterator[Statement]:
        """Yield the records with some numbers."""
        return (self.records.read_row(*row) for row in self._rows.numbered(numbers))

    def naming(self, iris: Iterable[str], *kinds: type[Record]) -> Iterator[Statement]:
        """Yield the records of some classes that refer to one of some IRIs, and perhaps to others; some may come twice."""
        if self.count_of(*kinds):
            for row in self.records.rows_naming(iris):
                if issubclass(self.records.classes[row[1]], kinds):
                    yield self.records.read_row(*row)

    def count_of(self, *kinds: type[Record]) -> int:
        """Return how many records are of some classes."""
        counts = self._rows.rows(self._rows.arms("record", self.records.class_condition(kinds), "count(*)"))
        return sum(count for (count,) in counts)


__all__ = ["LinkedRecords"]
