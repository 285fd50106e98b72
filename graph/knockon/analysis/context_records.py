"""The records that a question is answered from: a world of a store, by the options of the question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from decimal import Decimal
from functools import cached_property
from typing import Self

from knockon.analysis.labels import label_of, name_of
from knockon.analysis.resolved_options import ResolvedOptions
from knockon.errors import InvalidData, Problem
from knockon.model import Dependency, Entity, Organization, Ownership, Provision, Record, Shock, Statement, Supply
from knockon.model.dates import Calendar, counted
from knockon.model.labels import stated_label
from knockon.model.lists import LIST_RECORDS, Lists
from knockon.model.names import normalize_name
from knockon.model.records import ListedRecords, Records
from knockon.query.names import find, whole_iri
from knockon.rdf.covered import data_sets_of_ownerships
from knockon.rdf.fold import fold
from knockon.rdf.sameness import Sameness
from knockon.store.base import Store
from knockon.store.worlds import World, world
from knockon.vocabulary import local_name, prefixed

#: What is computed of a context without regard to the IRIs by which entities are shown.
_WITHOUT_NAMES = {"_target_store"}


class ContextRecords:
    """One world of a store under the options of a question, and its records.

    Attributes
    ----------
    options
        The options of the question.
    whole
        The store, with the records of all worlds and days.
    world
        The records of the chosen world that hold on the chosen day.

    Every collection of records has the same entities as one, by the IRI that the question names, else by the least; the
    stores have each record as it is.
    """

    def __init__(self, store: Store, options: ResolvedOptions | None = None, calendar: Calendar | None = None) -> None:
        self.options = options or ResolvedOptions()
        self.whole = store
        self.calendar = calendar
        self.world: World = world(
            store,
            according_to=self.options.according_to,
            without=self.options.without,
            min_confidence=_decimal(self.options.min_confidence),
            as_of=self.options.record_filter.as_of,
            calendar=calendar,
            stances=self.options.record_filter.stances,
            facts_only=self.options.record_filter.facts_only,
        )

    def with_options(self, options: ResolvedOptions) -> Self:
        """Return the same context for options that differ only by a day on which the same records hold."""
        context = copy(self)
        context.options = options
        context.__dict__.pop("_compiled", None)
        return context

    def naming(self, *names: str | None) -> Self:
        """Return the same context for a question that names some entities, which are shown by those IRIs.

        Parameters
        ----------
        names
            The names as typed; those that are no IRI, prefixed or local name of one of several same entities change nothing.
        """
        if not self.same or not any(names):
            return self
        members = [iri for group in self.same.groups for iri in group]
        typed = [str(name) for name in names if name]
        named = [iri for name in typed for iri in members if iri == whole_iri(name) or local_name(iri) == name]
        return self._renamed(tuple(dict.fromkeys(named)))

    def _renamed(self, named: tuple[str, ...]) -> Self:
        """Return the same context in which some IRIs of same entities are shown; those of earlier questions are kept."""
        same = self.same.naming(named)
        if all(same.shown(group[0]) == self.same.shown(group[0]) for group in same.groups):
            return self
        if named not in self._contexts_by_name:
            context = copy(self)
            for part in type(self).__mro__:
                for name, attribute in vars(part).items():
                    if isinstance(attribute, cached_property) and name not in _WITHOUT_NAMES:
                        context.__dict__.pop(name, None)
            context.__dict__["same"] = same
            self._contexts_by_name[named] = context
        return self._contexts_by_name[named]

    @cached_property
    def _contexts_by_name(self) -> dict[tuple[str, ...], Self]:
        return {}

    @property
    def store(self) -> Store:
        """The store that holds this world."""
        return self.world.store

    @cached_property
    def same(self) -> Sameness:
        """Which entities are the same in this world on the day.

        Raises
        ------
        InvalidData
            Judgements contradict each other in this world.
        """
        record_filter = self.options.record_filter
        same = Sameness.of(self.store.records, lambda record: not record_filter.admits(record))
        if same.conflicts:
            problems = [Problem(local_name(conflict.judgement), None, conflict.message) for conflict in same.conflicts]
            raise InvalidData(problems, "nothing was computed")
        return same

    @cached_property
    def held(self) -> Records:
        """The records of this world that hold on the day, in the order of their IRIs."""
        return self._supposed(fold(self.store.records, self.same))

    @cached_property
    def base_statements(self) -> Records:
        """The records of this world on any day, in the order of their IRIs."""
        return self._supposed(fold(self.world.by_evidence.records, self.same)) if self.world.absent else self.held

    def _supposed(self, records: Records) -> Records:
        """Return records with the changes to dependencies that the question supposes."""
        if not self.options.what_if:
            return records
        changed = self._changed_records
        if not isinstance(records, ListedRecords):
            from knockon.store.lazy_records import LazyRecords
            from knockon.store.replaced_records import ReplacedRecords

            assert isinstance(records, LazyRecords)  # noqa: S101 - for types: there are no others
            return ReplacedRecords(records, changed, refer_to_more=changed)
        return ListedRecords(changed.get(record.id, record) for record in records)

    @cached_property
    def _changed_records(self) -> Mapping[str, Dependency]:
        from knockon.analysis.what_if import changed_records

        records = fold(self.world.by_evidence.records, self.same)
        return changed_records(
            self.options.what_if, records, lambda name: find(records, self._shown_name(name, records), "Entity", "Measure").id
        )

    @cached_property
    def statements(self) -> Records:
        """The records of this world that hold on the day, and all its shocks, in the order of their IRIs."""
        if not self.world.absent:
            return self.held
        if not isinstance(self.held, ListedRecords):
            from knockon.store.lazy_records import LazyRecords

            assert isinstance(self.held, LazyRecords)  # noqa: S101 - for types: there are no others
            return self.held.with_every_shock()
        others = (record for record in self.held if not isinstance(record, Shock))
        return ListedRecords(sorted((*others, *self.shocks), key=lambda record: record.id))

    @cached_property
    def records(self) -> Mapping[str, Record]:
        """The ``statements`` and their parts, by IRI."""
        return self.statements.by_iri

    @property
    def base_records(self) -> Mapping[str, Record]:
        """The records of this world on any day and their parts, by IRI."""
        return self.base_statements.by_iri if self.world.absent else self.records

    @cached_property
    def holdings(self) -> Mapping[str, frozenset[str]]:
        """The possessions of each owner according to the Ownership records of this world, by IRI."""
        owned: dict[str, set[str]] = {}
        for record in self.held.of_class(Ownership):
            if record.owned != record.owner:
                owned.setdefault(record.owner, set()).add(record.owned)
        return {owner: frozenset(names) for owner, names in owned.items()}

    @cached_property
    def lists(self) -> Lists:
        """The lists of the measures of this world that hold on the day, with the rules that extend them."""
        return self.read_lists()

    def read_lists(self, *, strict: bool = False) -> Lists:
        """Return the lists of measures; with ``strict``, nothing is taken for granted that no record states."""
        admits = self.options.record_filter.admits
        classes = (*LIST_RECORDS, Organization) if strict else LIST_RECORDS
        return Lists.of(
            (record for record in self.held.of_class(*classes) if record.id not in self.world.absent),
            data_sets_of_ownerships(self.store.data_sets),
            lambda record: not admits(record),
            strict=strict,
        )

    @cached_property
    def shocks(self) -> tuple[Shock, ...]:
        """The shocks of this world; those that do not hold on the day are included and hit nothing."""
        return tuple(self.base_statements.of_class(Shock))

    @property
    def not_holding(self) -> dict[str, int]:
        """The number of records and parts of this world that are left out on the day, by reason."""
        return counted(self.world.absent)

    @property
    def confidence(self) -> dict[str, int] | None:
        """The number of places of evidence by whether they state the least confidence; None without one."""
        return None if self.world.confidence is None else self.world.confidence._asdict()

    def _shown_name(self, name: str, records: Records | None = None) -> str:
        """Return the IRI by which an entity is shown that a name means by another IRI or local name; else the name.

        A name of one of ``records``, by default the ``statements``, means that one.
        """
        hidden = self.same.hidden
        shown = hidden.get(whole_iri(name))
        if shown is None and hidden:
            statements = self.statements if records is None else records
            visible = any(record.name == name for record in statements.named(name) if not record.nested)
            matching = {shown for iri, shown in hidden.items() if local_name(iri) == name}
            shown = matching.pop() if len(matching) == 1 and not visible else None
        return name if shown is None else shown

    def named(self, iri: str) -> str:
        """Return how sentences name a record of any world: by its label, or else by its local name.

        Where another record of this kind has the same label, its prefixed name follows in brackets. A dependency, a
        supply or a provision is named by its entities, and its local name follows.
        """
        records = self.base_records if iri in self.base_records else self.whole.records.by_iri
        record = records.get(iri)
        if isinstance(record, Dependency | Provision | Supply):
            return f"{name_of(records, iri, self.named)} ({record.name})"
        label = label_of(records, iri)
        return f"{label} ({prefixed(iri)})" if isinstance(record, Statement) and self._is_shared(record) else label

    def _is_shared(self, record: Statement) -> bool:
        """Return whether another record of the same kind has the label of a record."""
        label = normalize_name(stated_label(record))
        others = self.statements.named(label) if label else ()
        return any(
            other.id != record.id
            and normalize_name(stated_label(other)) == label
            and ((isinstance(other, Entity) and isinstance(record, Entity)) or type(other) is type(record))
            for other in others
        )

    def same_in(self, iris: Iterable[str]) -> dict[str, tuple[str, ...]] | None:
        """Return the other IRIs of those entities that have some, by the IRI by which they are shown."""
        if not self.same:
            return None
        return {iri: others for iri in sorted(iris) if (others := self.same.others(iri))} or None


def _decimal(number: float | None) -> Decimal | None:
    """Return a number as it is written, so that evidence of 0.8 states at least 0.8."""
    return None if number is None else Decimal(str(number))


__all__ = ["ContextRecords"]
