"""The records of a large store that refer to others, by the links between them: they are counted before any is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knockon.model import Record
from knockon.store.kept_records import KeptRecords
from knockon.store.kept_rows import RECORD
from knockon.store.record_links import REFERENCE, SUBJECT, link_key

Numbers = NDArray[np.int64]
#: The IRI, the class, the content and the number of a record.
NumberedRow = tuple[str, int, str, int]
_COLUMNS = f"{RECORD}, number"


class NamingNumbers(NamedTuple):
    """The numbers of the records that refer to some IRIs.

    Attributes
    ----------
    iris
        The IRIs, in their order.
    start
        Where the numbers of each begin, (n + 1,): those of IRI i are ``numbers[start[i]:start[i + 1]]``.
    numbers
        The numbers, ascending for each IRI.
    """

    iris: Sequence[str]
    start: Numbers
    numbers: Numbers

    @property
    def counts(self) -> Numbers:
        """How many records refer to each of the IRIs, (n,)."""
        return np.diff(self.start)

    def without(self, numbers: Numbers) -> NamingNumbers:
        """Return the same without some numbers."""
        stays = ~np.isin(self.numbers, numbers)
        before = np.concatenate([[0], np.cumsum(stays)])
        return NamingNumbers(self.iris, before[self.start], self.numbers[stays])


class LinkedRecords:
    """The records of a store folder by what they refer to.

    Parameters
    ----------
    records
        The records.
    """

    def __init__(self, records: KeptRecords) -> None:
        self.records, self._rows = records, records.rows

    def numbers_naming(self, iris: Iterable[str]) -> NamingNumbers:
        """Return the numbers of the records that refer to some IRIs, and perhaps to others; none is read."""
        ordered = sorted(iris)
        links = self._rows.links_to(ordered, SUBJECT, REFERENCE)
        keys, numbers = _distinct(*np.fromiter(chain.from_iterable(links), np.int64).reshape(-1, 2).T)
        wanted = np.fromiter(map(link_key, ordered), np.int64, len(ordered))
        first, last = (np.searchsorted(keys, wanted, side) for side in ("left", "right"))
        counts = last - first
        start = np.concatenate([[0], np.cumsum(counts)])
        return NamingNumbers(ordered, start, numbers[np.arange(start[-1]) + np.repeat(first - start[:-1], counts)])

    def counts_naming(self, iris: Collection[str]) -> Mapping[str, int]:
        """Return how many links records have to each of some IRIs, and perhaps to others; none is read."""
        counts = self._rows.link_counts(iris, SUBJECT, REFERENCE)
        return {iri: counts[link_key(iri)] for iri in iris}

    def classes_of(self, iris: Iterable[str]) -> Iterator[tuple[str, type[Record]]]:
        """Yield the IRI and the class of those of some records that there are; none is read."""
        classes = self.records.classes
        return ((iri, classes[number]) for iri, number in self._rows.with_iris(iris, "iri, class"))

    def having(self, iris: Iterable[str]) -> Iterator[NumberedRow]:
        """Yield the rows of the records with some IRIs."""
        return self._rows.with_iris(iris, _COLUMNS)

    def numbered(self, numbers: Numbers) -> Iterator[NumberedRow]:
        """Yield the rows of the records with some numbers."""
        return self._rows.numbered(numbers.tolist(), _COLUMNS)

    def naming(self, iris: Iterable[str], *kinds: type[Record]) -> Iterator[NumberedRow]:
        """Yield the rows of the records of some classes that refer to one of some IRIs, and perhaps of others; some twice."""
        if self.count_of(*kinds):
            of_kinds, refers = self.records.class_condition(kinds), f"kind IN ({SUBJECT}, {REFERENCE})"
            yield from self._rows.keyed("link", iris, also=refers, columns=_COLUMNS, condition=of_kinds)

    def count_of(self, *kinds: type[Record]) -> int:
        """Return how many records are of some classes."""
        return self.records.count_of(*kinds)


def _distinct(keys: Numbers, numbers: Numbers) -> tuple[Numbers, Numbers]:
    """Return pairs in their order, each once: a record may refer to an IRI in two ways."""
    order = np.lexsort((numbers, keys))
    keys, numbers = keys[order], numbers[order]
    first = np.ones(len(keys), bool)
    first[1:] = (keys[1:] != keys[:-1]) | (numbers[1:] != numbers[:-1])
    return keys[first], numbers[first]


__all__ = ["LinkedRecords", "NamingNumbers", "NumberedRow", "Numbers"]
