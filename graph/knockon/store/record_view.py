"""The records of a large store as a question sees them: as they hold on a day, or with others in place of some."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeVar

from knockon.model import Record, Statement
from knockon.store.lazy_records import ByIri, LazyRecords

S = TypeVar("S", bound=Statement)


class RecordView(LazyRecords):
    """Records of which each is seen as it is, as another of the same IRI and class, or not at all.

    They take no time in proportion to those that nobody asks for.

    Parameters
    ----------
    records
        The records as they are.
    """

    def __init__(self, records: LazyRecords) -> None:
        self.before = records

    @abstractmethod
    def seen(self, record: Statement) -> Statement | None:
        """Return what is seen of a record; None where nothing is."""

    def _each_seen(self, records: Iterable[Statement]) -> Iterator[Statement]:
        """Yield what is seen of some records."""
        return (seen for record in records if (seen := self.seen(record)) is not None)

    def _found(self, iris: Iterable[str]) -> Iterator[Statement]:
        """Yield the records and parts with some IRIs that are seen."""
        return (found for iri in iris if isinstance(found := self.by_iri.get(iri), Statement))

    def __len__(self) -> int:
        return len(self._all)

    @cached_property
    def _all(self) -> tuple[Statement, ...]:
        """All records, for questions that go through them."""
        return tuple(self._each_seen(self.before))

    @cached_property
    def by_iri(self) -> Mapping[str, Record]:
        """See Records."""
        return ByIri(self)

    def find(self, iri: str) -> Statement | None:
        """See LazyRecords."""
        record = self.before.find(iri)
        return None if record is None else self.seen(record)

    def wholes_of(self, iri: str) -> Sequence[Statement]:
        """See LazyRecords."""
        return [*self._each_seen(self.before.wholes_of(iri))]

    def of_class(self, *kinds: type[S]) -> Sequence[S]:
        """See Records."""
        return [record for record in self._each_seen(self.before.of_class(*kinds)) if isinstance(record, kinds)]

    def read_ahead(self, iris: Iterable[str]) -> None:
        """See Records."""
        self.before.read_ahead(iris)

    def having(self, iris: Iterable[str]) -> Sequence[Statement]:
        """See Classified."""
        return [*self._each_seen(self.before.having(iris))]

    def named(self, name: str) -> Sequence[Statement]:
        """See Records."""
        return [*self._found(statement.id for statement in self.before.named(name))]

    def linked(self, texts: Iterable[str], *kinds: int) -> Iterator[Statement]:
        """See LazyRecords."""
        return self._each_seen(self.before.linked(texts, *kinds))

    @cached_property
    def dated(self) -> Sequence[Statement]:
        """See Records."""
        found = self._found(statement.id for statement in self.before.dated)
        return [statement for statement in found if statement.begins is not None or statement.ends is not None]

    @property
    def telling_same(self) -> Sequence[Statement]:
        """See Records."""
        return [*self._each_seen(self.before.telling_same)]

    @property
    def parts_of_wholes(self) -> Sequence[Statement]:
        """See Records."""
        return [*self._each_seen(self.before.parts_of_wholes)]

    @property
    def some_inferred(self) -> bool:
        """See Records."""
        return self.before.some_inferred and any(record.inferred for record in self)


__all__ = ["RecordView"]
