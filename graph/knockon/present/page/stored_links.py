"""The links between the entities of a large store, of which each step reads a limited number of records."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain

import numpy as np

from knockon.model import Document, Entity, Measure, Record, Statement
from knockon.present.page.excerpt import FAR, NEEDS
from knockon.present.page.facts import ABOUT_RECORDS, LINKING_RECORDS, LinkReader, link_ends
from knockon.store.linked_records import LinkedRecords, NamingNumbers, NumberedRow, Numbers
from knockon.store.validity import named_iris

#: The classes that are drawn.
_DRAWN: tuple[type[Record], ...] = (Entity, Measure)
#: What is about a record may be about an entity through that record and one more.
_BETWEEN = 2
#: Kind, start and end of a link.
Link = tuple[str, str, str]


class StoredLinks:
    """The links between the entities of a large store, as an excerpt is chosen by.

    Parameters
    ----------
    stored
        The records.
    most
        The most records of a step, beside the entities that they name.
    """

    def __init__(self, stored: LinkedRecords, most: int) -> None:
        self.stored, self._most = stored, most

    def __contains__(self, iri: object) -> bool:
        return bool(self._drawn([str(iri)]))

    def _drawn(self, iris: Iterable[str]) -> frozenset[str]:
        """Return those of some IRIs that are entities or measures."""
        return frozenset(iri for iri, cls in self.stored.classes_of(iris) if issubclass(cls, _DRAWN))

    def around(self, entities: Iterable[str], *, far: bool = False) -> set[str]:
        """See Links."""
        centres = frozenset(entities)
        pairs = (pair for kind, *pair in self._pairs(centres) if far or kind not in FAR)
        return {end for pair in pairs if not centres.isdisjoint(pair) for end in pair}

    def ranked(self, entities: Iterable[str]) -> list[str]:
        """See Links: those that most records name come first."""
        counts = self.stored.counts_naming(list(entities))
        return sorted(counts, key=lambda iri: (-counts[iri], iri))

    def needs_of_each(self, entities: Sequence[str]) -> Iterator[set[str]]:
        """See Links."""
        for group in self._groups(entities):
            needs: dict[str, set[str]] = {entity: set() for entity in group}
            for kind, start, end in self._pairs(group):
                if kind in NEEDS and start in needs:
                    needs[start].add(end)
            yield from map(needs.__getitem__, group)

    def _groups(self, entities: Sequence[str]) -> Iterator[list[str]]:
        """Yield entities in groups of which one step reads all records, or of one."""
        counts = self.stored.counts_naming(entities)
        group, room = list[str](), self._most
        for entity in entities:
            if group and counts[entity] > room:
                yield group
                group, room = [], self._most
            group.append(entity)
            room -= counts[entity]
        if group:
            yield group

    def _pairs(self, entities: Collection[str]) -> list[Link]:
        """Return the links of some entities, as far as one step reads them."""
        naming = self.stored.numbers_naming(entities)
        rows = chain(self.stored.numbered(fair_share(naming, self._most)), self.stored.having(entities))
        read = [self._record(row) for row in rows if issubclass(self.stored.records.classes[row[1]], LINKING_RECORDS)]
        drawn = self._drawn({iri for record in read for iri in link_ends(record)}.union(entities))
        return [(fact.kind, fact.ends[0], fact.ends[1]) for fact in LinkReader({}, drawn).links(read)]

    def _record(self, row: NumberedRow) -> Statement:
        iri, cls, data, _ = row
        return self.stored.records.read_row(iri, cls, data)

    def read(self, kept: frozenset[str]) -> ReadRecords:
        """Return the records about some entities that are drawn, as far as there is room, and what these name."""
        naming = self.stored.numbers_naming(kept)
        numbers, times = np.unique(naming.numbers, return_counts=True)
        # What links two that are drawn is read in any case; of what names one of them, as much as there is room for.
        between = numbers[times > 1]
        room = max(self._most - len(between), self._most // 2)
        chosen = np.union1d(between, fair_share(naming.without(between), room))
        read = ReadRecords(self.stored)
        read.add(chain(self.stored.having(kept), self.stored.numbered(chosen)))
        about = list(read.records)
        for _ in range(_BETWEEN):
            about = [record.id for record in read.add(self.stored.naming(about, *ABOUT_RECORDS))]
        read.add_named()
        read.unread = len(np.setdiff1d(numbers, read.numbers))
        return read


class ReadRecords:
    """The records of a large store that a page is made of.

    Parameters
    ----------
    stored
        The records of the store.

    Attributes
    ----------
    records
        Those that were read, by IRI.
    numbers
        Their numbers.
    unread
        How many others may name an entity that is drawn.
    """

    def __init__(self, stored: LinkedRecords) -> None:
        self._stored = stored
        self.records: dict[str, Statement] = {}
        self.numbers: list[int] = []
        self.unread = 0

    def add(self, rows: Iterable[NumberedRow]) -> list[Statement]:
        """Add the records of some rows, and return those that are new."""
        added = []
        for iri, cls, data, number in rows:
            if iri not in self.records:
                record = self.records[iri] = self._stored.records.read_row(iri, cls, data)
                self.numbers.append(number)
                added.append(record)
        return added

    def add_named(self) -> None:
        """Add all that the records name, and what entities and documents among these name."""
        naming: Sequence[Statement] = list(self.records.values())
        while naming:
            named = dict.fromkeys(iri for record in naming for iri in named_iris(record) if iri not in self.records)
            naming = [record for record in self.add(self._stored.having(named)) if isinstance(record, Entity | Document)]

    def ordered(self) -> list[Statement]:
        """Return the records in the order of their IRIs."""
        return [self.records[iri] for iri in sorted(self.records)]


def fair_share(naming: NamingNumbers, most: int) -> Numbers:
    """Return at most ``most`` numbers, ascending: all of IRIs that few records name, of the others as many each, the first.

    >>> naming = NamingNumbers(["a", "b", "c"], np.array([0, 1, 5, 8]), np.array([1, 2, 3, 4, 5, 6, 7, 8]))
    >>> fair_share(naming, 5).tolist()
    [1, 2, 3, 6, 7]
    """
    counts = naming.counts
    shares, room, waiting = [0] * len(counts), most, len(counts)
    # The IRIs are in order: of equal counts the first.
    for place in np.argsort(counts, kind="stable").tolist():
        shares[place] = min(int(counts[place]), room // waiting)
        room, waiting = room - shares[place], waiting - 1
    places = np.arange(len(naming.numbers)) - np.repeat(naming.start[:-1], counts)
    return np.unique(naming.numbers[places < np.repeat(np.array(shares, np.int64), counts)])


__all__ = ["ReadRecords", "StoredLinks", "fair_share"]
