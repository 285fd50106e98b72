"""The records of a store folder that hold on a day, each looked at when it is needed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeVar, overload

from knockon.model import Entity, Record, Shock, Statement, is_a
from knockon.model.dates import Absence
from knockon.model.names import names_of
from knockon.store.lazy_records import ByIri, LazyRecords
from knockon.store.record_links import REFERENCE, SUBJECT
from knockon.store.validity import is_valid, named_iris, reduced_to_name, valid_parts

S = TypeVar("S", bound=Statement)


class RecordsOnDay(LazyRecords):
    """The records that hold on a day, without the parts that do not, and the names of entities that they name.

    They are those of ``store.worlds.world`` in memory, and take no time in proportion to those that nobody asks for.

    Parameters
    ----------
    records
        The records of all days.
    absent
        Why records and parts do not hold on the day, by IRI.
    names
        The IRIs of records that are names alone, and are there only where a record that holds names them.
    every_shock
        Whether shocks are there as they are, whatever the day.
    """

    def __init__(
        self,
        records: LazyRecords,
        absent: Mapping[str, Absence],
        names: Collection[str] = frozenset(),
        *,
        every_shock: bool = False,
    ) -> None:
        self._kept, self._absent, self._names, self._every_shock = records, absent, names, every_shock
        self._seen: dict[str, Statement | None] = {}

    def with_every_shock(self) -> RecordsOnDay:
        """See LazyRecords."""
        return RecordsOnDay(self._kept, self._absent, self._names, every_shock=True)

    def _holds(self, record: Statement) -> bool:
        return record.id not in self._names and is_valid(record, self._absent)

    def on_day(self, record: Statement) -> Statement | None:
        """Return what holds of a record, which may be its names alone; None where nothing does."""
        if self._every_shock and isinstance(record, Shock):
            return record
        if self._holds(record):
            if not any(part.id in self._absent for part in record.parts()):
                return record
            if record.id not in self._seen:
                self._seen[record.id] = valid_parts(record, self._absent)
        elif record.id not in self._seen:
            name = reduced_to_name(record)
            self._seen[record.id] = name if name is not None and self._is_named(record) else None
        return self._seen[record.id]

    def _is_named(self, record: Statement) -> bool:
        """Return whether a record that holds names one that does not, or another such one that is part of it and is named."""
        seen, queue = {record.id}, [record]
        while queue:
            for naming in self._kept.linked([queue.pop().id], SUBJECT, REFERENCE):
                if naming.id in seen or isinstance(naming, Shock):
                    continue
                if self._holds(naming):
                    if not seen.isdisjoint(named_iris(valid_parts(naming, self._absent))):
                        return True
                elif isinstance(naming, Entity) and not seen.isdisjoint(naming.part_of):
                    seen.add(naming.id)
                    queue.append(naming)
        return False

    def _all_on_day(self, records: Iterable[Statement]) -> Iterator[Statement]:
        return (seen for record in records if (seen := self.on_day(record)) is not None)

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Statement]:
        return iter(self._all)

    @overload
    def __getitem__(self, place: int) -> Statement: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Statement]: ...
    def __getitem__(self, place: int | slice) -> Statement | Sequence[Statement]:
        return self._all[place]

    @cached_property
    def _all(self) -> tuple[Statement, ...]:
        """All records, for questions that go through them."""
        return tuple(self._all_on_day(self._kept))

    @cached_property
    def by_iri(self) -> Mapping[str, Record]:
        """See Records."""
        return ByIri(self)

    def find(self, iri: str) -> Statement | None:
        """See LazyRecords."""
        record = self._kept.find(iri)
        return None if record is None else self.on_day(record)

    def wholes_of(self, iri: str) -> Sequence[Statement]:
        """See LazyRecords."""
        return [*self._all_on_day(self._kept.wholes_of(iri))]

    def of_class(self, *kinds: type[S]) -> Sequence[S]:
        """See Records."""
        return [record for record in self._all_on_day(self._kept.of_class(*kinds)) if isinstance(record, kinds)]

    def read_ahead(self, iris: Iterable[str]) -> None:
        """See Records."""
        self._kept.read_ahead(iris)

    def having(self, iris: Iterable[str]) -> Sequence[Statement]:
        """See Classified."""
        return [*self._all_on_day(self._kept.having(iris))]

    def named(self, name: str) -> Sequence[Statement]:
        """See Records."""
        return self._on_day_of(self._kept.named(name))

    def _on_day_of(self, statements: Iterable[Statement]) -> list[Statement]:
        """Return what holds of some records and parts."""
        found = (self.by_iri.get(statement.id) for statement in statements)
        return [statement for statement in found if isinstance(statement, Statement)]

    def linked(self, texts: Iterable[str], *kinds: int) -> Iterator[Statement]:
        """See LazyRecords."""
        return self._all_on_day(self._kept.linked(texts, *kinds))

    def names_in_use(self, *classes: str, parts: bool = False, without: Collection[str] = ()) -> set[str]:
        """See LazyRecords."""
        special = {*self._absent, *self._names}
        others = self._kept.having(special.difference(without))
        names = self._kept.names_in_use(*classes, parts=parts, without=special.union(without))
        shown = [record for record in self._all_on_day(others) if any(is_a(record.rdf_class, name) for name in classes)]
        return names.union(*map(names_of, shown))

    @cached_property
    def dated(self) -> Sequence[Statement]:
        """See Records."""
        found = self._on_day_of(self._kept.dated)
        return [statement for statement in found if statement.begins is not None or statement.ends is not None]

    @property
    def telling_same(self) -> Sequence[Statement]:
        """See Records."""
        return [*self._all_on_day(self._kept.telling_same)]

    @property
    def parts_of_wholes(self) -> Sequence[Statement]:
        """See Records."""
        return [*self._all_on_day(self._kept.parts_of_wholes)]

    @property
    def some_inferred(self) -> bool:
        """See Records."""
        return self._kept.some_inferred and any(record.inferred for record in self)


__all__ = ["RecordsOnDay"]
