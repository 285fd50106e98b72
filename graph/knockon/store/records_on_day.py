"""The records of a store folder that hold on a day, each looked at when it is needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeVar, overload

from knockon.model import Entity, Record, Shock, Statement, is_a
from knockon.model.dates import Absence
from knockon.model.names import names_of
from knockon.model.records import Records
from knockon.store.kept_records import KeptRecords
from knockon.store.record_links import REFERENCE, SUBJECT
from knockon.store.validity import is_valid, named_iris, reduced_to_name, valid_parts

S = TypeVar("S", bound=Statement)


class RecordsOnDay(Records):
    """The records that hold on a day, without the parts that do not, and the names of entities that they name.

    They are those of ``store.worlds.world`` in memory, and take no time in proportion to those that nobody asks for.

    Parameters
    ----------
    records
        The records of all days.
    absent
        Why records and parts do not hold on the day, by IRI.
    every_shock
        Whether shocks are there as they are, whatever the day.
    """

    def __init__(self, records: KeptRecords, absent: Mapping[str, Absence], *, every_shock: bool = False) -> None:
        self._kept, self._absent, self._every_shock = records, absent, every_shock
        self._seen: dict[str, Statement | None] = {}

    def with_every_shock(self) -> RecordsOnDay:
        """Return the same records with all shocks as they are."""
        return RecordsOnDay(self._kept, self._absent, every_shock=True)

    def on_day(self, record: Statement) -> Statement | None:
        """Return what holds of a record, which may be its names alone; None where nothing does."""
        if self._every_shock and isinstance(record, Shock):
            return record
        if is_valid(record, self._absent):
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
                if is_valid(naming, self._absent):
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
        return _ByIri(self)

    def find(self, iri: str) -> Record | None:
        """Return the record or the part with an IRI; None if there is none on the day."""
        if (record := self._kept.find(iri)) is not None:
            return self.on_day(record)
        for whole in self._kept.wholes_of(iri):
            if (seen := self.on_day(whole)) is not None:
                for part in seen.parts():
                    if part.id == iri:
                        return part
        return None

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
        found = (self.find(statement.id) for statement in self._kept.named(name))
        return [statement for statement in found if isinstance(statement, Statement)]

    def linked(self, texts: Iterable[str], *kinds: int) -> Iterator[Statement]:
        """Yield the records with links of some kinds to IRIs or identifiers, and perhaps others."""
        return self._all_on_day(self._kept.linked(texts, *kinds))

    def names_in_use(self, *classes: str, parts: bool = False) -> set[str]:
        """See Records."""
        others = self._kept.having(self._absent)
        names = self._kept.names_in_use(*classes, parts=parts, without=self._absent)
        shown = [record for record in self._all_on_day(others) if any(is_a(record.rdf_class, name) for name in classes)]
        return names.union(*map(names_of, shown))

    @cached_property
    def dated(self) -> Sequence[Statement]:
        """See Records."""
        found = (self.find(statement.id) for statement in self._kept.dated)
        statements = (statement for statement in found if isinstance(statement, Statement))
        return [statement for statement in statements if statement.begins is not None or statement.ends is not None]

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


class _ByIri(Mapping[str, Record]):
    """The records and their parts by IRI; each is looked at when it is asked for."""

    def __init__(self, records: RecordsOnDay) -> None:
        self._records = records

    def __getitem__(self, iri: str) -> Record:
        if (found := self._records.find(iri)) is None:
            raise KeyError(iri)
        return found

    def __iter__(self) -> Iterator[str]:
        return (part.id for record in self._records for part in (record, *record.parts()))

    def __len__(self) -> int:
        return sum(1 + len(list(record.parts())) for record in self._records)


__all__ = ["RecordsOnDay"]
