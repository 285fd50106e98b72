"""Many records by what questions look for: IRIs, names, classes, dates.

A store in memory has all of its records at hand (``ListedRecords``); a store in a folder reads each of them when it is
needed (store/kept_records.py). A question that goes through all records works on both; one that uses these methods takes as
long as what it looks for, however many records there are.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import TypeVar

from knockon.model import is_a
from knockon.model.base import Record, Statement
from knockon.model.dates import dated
from knockon.model.entity import Entity
from knockon.model.names import names_of, normalize_name
from knockon.vocabulary import Stance, whole_iri

S = TypeVar("S", bound=Statement)


class Classified(Sequence[Statement]):
    """Records in the order of their IRIs, each once, of which those of some classes are found."""

    @abstractmethod
    def of_class(self, *kinds: type[S]) -> Sequence[S]:
        """Return the records of some classes, those of classes below them included."""

    @abstractmethod
    def having(self, iris: Iterable[str]) -> Sequence[Statement]:
        """Return the records with some IRIs, in the order of these."""


class Streamed(Sequence[Statement]):
    """Records of one data set, each of which is made when it is needed."""

    @abstractmethod
    def each(self, *kinds: type[S]) -> Iterator[S]:
        """Yield the records of some classes, and of those below them, in their order; none of them stays in memory."""

    @abstractmethod
    def class_counts(self) -> Mapping[str, int]:
        """Return how many records there are of each class, by the names of the classes."""


class Linked(Classified, Streamed):
    """Records of one data set, of which those that are about some entities are found."""

    @abstractmethod
    def about(self, iris: Iterable[str]) -> Sequence[Statement]:
        """Return the records whose quads are about some IRIs, in the order of their own, and perhaps others."""


class Records(Classified):
    """Records by what questions look for."""

    #: Whether they are the rows that a store keeps beside its database (``store/kept_records.py``).
    are_kept = False

    @property
    @abstractmethod
    def by_iri(self) -> Mapping[str, Record]:
        """The records and their parts, by IRI, in the order of the records."""

    @abstractmethod
    def named(self, name: str) -> Sequence[Statement]:
        """Return the records and parts that may have a name as typed, in their order: all that have it, perhaps others."""

    def iris(self) -> Iterator[str]:
        """Yield the IRIs of the records."""
        return (record.id for record in self)

    def read_ahead(self, iris: Iterable[str]) -> None:
        """Read the records with some IRIs together, so that ``by_iri`` looks for none of them by itself."""

    def count_of(self, *kinds: type[Record]) -> int:
        """Return the number of the records of some classes, those of classes below them included."""
        return sum(isinstance(record, kinds) for record in self)

    def citing_as(self, stance: Stance, *kinds: type[S]) -> Iterable[S]:  # noqa: ARG002 - what others may look for
        """Return the records of some classes with evidence of a stance, and perhaps others."""
        return self.of_class(*kinds)

    def stating(self, field: str, *kinds: type[S]) -> Iterable[S]:  # noqa: ARG002 - what others may look for
        """Return the records of some classes that state a field (by its name in data files), and perhaps others."""
        return self.of_class(*kinds)

    def names_in_use(self, *classes: str, parts: bool = False) -> set[str]:
        """Return the names of the records of some classes and of those below them, and of parts of these classes."""
        known = (part for record in self for part in (record, *(record.parts() if parts else ())))
        return {name for each in known if any(is_a(each.rdf_class, cls) for cls in classes) for name in names_of(each)}

    @property
    @abstractmethod
    def dated(self) -> Sequence[Statement]:
        """The records and parts that begin or end on a day."""

    @property
    @abstractmethod
    def telling_same(self) -> Sequence[Statement]:
        """The records that tell which entities are the same, and perhaps others: judgements, and those of one identifier."""

    @property
    @abstractmethod
    def parts_of_wholes(self) -> Sequence[Statement]:
        """The entities that are part of others."""

    @property
    @abstractmethod
    def some_inferred(self) -> bool:
        """Whether any record is inferred."""


class ListedRecords(tuple[Statement, ...], Records):
    """Records in memory.

    Examples
    --------
    >>> from knockon.model import Company, Entity
    >>> records = ListedRecords([Company(id="urn:x:acme", label="Acme")])
    >>> records.by_iri["urn:x:acme"] is records.named("ACME")[0] is records.of_class(Entity)[0]
    True
    """

    @cached_property
    def by_iri(self) -> Mapping[str, Record]:
        """See Records."""
        return {part.id: part for record in self for part in (record, *record.parts())}

    def of_class(self, *kinds: type[S]) -> Sequence[S]:
        """See Records."""
        if kinds not in self._by_class:
            self._by_class[kinds] = [record for record in self if isinstance(record, kinds)]
        return self._by_class[kinds]  # type: ignore[return-value] # kept by what was asked for

    def having(self, iris: Iterable[str]) -> Sequence[Statement]:
        """See Classified."""
        return having(tuple(self), iris)

    @cached_property
    def _by_class(self) -> dict[tuple[type[Statement], ...], list[Statement]]:
        return {}

    def named(self, name: str) -> Sequence[Statement]:
        """See Records."""
        places = self._places
        found = {*places.get(normalize_name(name), ()), *places.get(whole_iri(name), ())}
        return [self._statements[place] for place in sorted(found)]

    @cached_property
    def _statements(self) -> list[Statement]:
        return [statement for record in self for statement in (record, *record.parts())]

    @cached_property
    def _places(self) -> Mapping[str, Sequence[int]]:
        """The places of records and parts by their IRIs and by their names, normalized."""
        places: dict[str, list[int]] = {}
        for place, statement in enumerate(self._statements):
            for key in (statement.id, *map(normalize_name, names_of(statement))):
                places.setdefault(key, []).append(place)
        return places

    @cached_property
    def dated(self) -> Sequence[Statement]:
        """See Records."""
        return dated(self)

    @property
    def telling_same(self) -> Sequence[Statement]:
        """See Records."""
        return self

    @cached_property
    def parts_of_wholes(self) -> Sequence[Statement]:
        """See Records."""
        return [record for record in self.of_class(Entity) if record.part_of]

    @cached_property
    def some_inferred(self) -> bool:
        """See Records."""
        return any(record.inferred for record in self)


def of_class(records: Iterable[Statement], *kinds: type[S]) -> Iterable[S]:
    """Return the records of some classes; of those that are read when they are needed, no others are read.

    >>> from knockon.model import Company, Shock
    >>> len(list(of_class([Company(id="urn:x:a", label="A")], Shock)))
    0
    """
    if isinstance(records, Classified):
        return records.of_class(*kinds)
    return (record for record in records if isinstance(record, kinds))


def each(records: Iterable[Statement], *kinds: type[S]) -> Iterator[S]:
    """Yield the records of some classes; of those that are read when they are needed, none stays in memory.

    >>> len(list(each([Entity(id="urn:x:a", label="A")], Entity)))
    1
    """
    if isinstance(records, Streamed):
        return records.each(*kinds)
    return (record for record in records if isinstance(record, kinds))


def class_counts(records: Iterable[Statement]) -> Mapping[str, int]:
    """Return how many records there are of each class; those that are read when they are needed are not read for it.

    >>> class_counts([Entity(id="urn:x:a", label="A")])
    Counter({'Entity': 1})
    """
    return records.class_counts() if isinstance(records, Streamed) else Counter(record.rdf_class for record in records)


def having(records: Iterable[Statement], iris: Iterable[str]) -> Sequence[Statement]:
    """Return the records with some IRIs, in the order of these; of those that are read when needed, no others are read.

    >>> [record.id for record in having([Entity(id="urn:x:b", label="B"), Entity(id="urn:x:a", label="A")], {"urn:x:a"})]
    ['urn:x:a']
    """
    if isinstance(records, Classified):
        return records.having(iris)
    wanted = frozenset(iris)
    return sorted((record for record in records if record.id in wanted), key=attrgetter("id"))


def about(records: Iterable[Statement], iris: Iterable[str]) -> Iterable[Statement]:
    """Return the records whose quads are about some IRIs, and perhaps others; of those that are read when needed, no more.

    >>> [record.id for record in about([Entity(id="urn:x:a", label="A")], {"urn:x:a"})]
    ['urn:x:a']
    """
    return records.about(iris) if isinstance(records, Linked) else records


def listed(records: Iterable[Statement]) -> Records:
    """Return records by what questions look for; those that are so already as they are."""
    return records if isinstance(records, Records) else ListedRecords(records)


__all__ = [
    "Classified",
    "Linked",
    "ListedRecords",
    "Records",
    "Streamed",
    "about",
    "class_counts",
    "each",
    "having",
    "listed",
    "of_class",
]
