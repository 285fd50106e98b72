"""The records of a store folder that hold on a day, each looked at when it is needed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from knockon.model import Entity, Shock, Statement, is_a
from knockon.model.dates import Absence
from knockon.model.names import names_of
from knockon.store.lazy_records import LazyRecords
from knockon.store.record_links import REFERENCE, SUBJECT
from knockon.store.record_view import RecordView
from knockon.store.validity import is_valid, named_iris, reduced_to_name, valid_parts


class RecordsOnDay(RecordView):
    """The records that hold on a day, without the parts that do not, and the names of entities that they name.

    They are those of ``store.worlds.world`` in memory.

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
        super().__init__(records)
        self._absent, self._names, self._every_shock = absent, names, every_shock
        self._seen: dict[str, Statement | None] = {}

    def with_every_shock(self) -> RecordsOnDay:
        """See LazyRecords."""
        return RecordsOnDay(self.before, self._absent, self._names, every_shock=True)

    def _holds(self, record: Statement) -> bool:
        return record.id not in self._names and is_valid(record, self._absent)

    def seen(self, record: Statement) -> Statement | None:
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
            for naming in self.before.linked([queue.pop().id], SUBJECT, REFERENCE):
                if naming.id in seen or isinstance(naming, Shock):
                    continue
                if self._holds(naming):
                    if not seen.isdisjoint(named_iris(valid_parts(naming, self._absent))):
                        return True
                elif isinstance(naming, Entity) and not seen.isdisjoint(naming.part_of):
                    seen.add(naming.id)
                    queue.append(naming)
        return False

    def names_in_use(self, *classes: str, parts: bool = False, without: Collection[str] = ()) -> set[str]:
        """See LazyRecords."""
        special = {*self._absent, *self._names}
        others = self.before.having(special.difference(without))
        names = self.before.names_in_use(*classes, parts=parts, without=special.union(without))
        shown = [record for record in self._each_seen(others) if any(is_a(record.rdf_class, name) for name in classes)]
        return names.union(*map(names_of, shown))


__all__ = ["RecordsOnDay"]
