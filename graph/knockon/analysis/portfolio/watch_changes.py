"""What changed between two states of a watch; the answer depends on nothing else, so that equal states have no changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from knockon.analysis.impact.loss_change import NOTHING, LossChange, loss_kind
from knockon.analysis.impact.thresholds import Losses
from knockon.analysis.labels import label_of
from knockon.analysis.lists.covered_answer import NOT_COVERED
from knockon.analysis.portfolio.concerned_records import known
from knockon.analysis.portfolio.watch_answer import (
    Changes,
    CoverageChange,
    HoldingChange,
    HoldingKind,
    PartLossChange,
    WatchedChange,
    WatchedField,
)
from knockon.analysis.portfolio.watch_state import HOLDS, WatchedRecord, WatchState
from knockon.analysis.records.differences import ChangeKind
from knockon.analysis.records.titles import Titles
from knockon.model import Record, Statement
from knockon.vocabulary import local_name


def changes(old: WatchState, new: WatchState, records: Iterable[Statement] = ()) -> Changes:
    """Return what changed between two states.

    Parameters
    ----------
    old, new
        The states, of one model and the same options.
    records
        Records, for labels, titles and dates; what none of them describes has its local name.
    """
    names = _Names(records)
    both = old.holdings.keys() & new.holdings.keys()
    return Changes(
        holdings=tuple(_holdings(old, new, names)),
        losses=tuple(sorted(_losses(old, new, both, names), key=lambda change: change.order)),
        part_losses=tuple(sorted(_part_losses(old, new, both, names), key=lambda change: change.order)),
        coverage=tuple(_coverage(old, new, both, names)),
        records=tuple(sorted(_records(old, new, names), key=_record_order)),
    )


class _Names:
    """Labels, titles, classes and dates of records."""

    def __init__(self, records: Iterable[Statement]) -> None:
        self._statements = tuple(records)

    @cached_property
    def _by_iri(self) -> dict[str, Record]:
        return {part.id: part for record in self._statements for part in (record, *record.parts())}

    @cached_property
    def _titles(self) -> Titles:
        return Titles(self._statements)

    def label(self, iri: str) -> str:
        return label_of(self._by_iri, iri)

    def cls(self, iri: str) -> str:
        record = self._by_iri.get(iri)
        return record.rdf_class if record is not None else "Entity"

    def title(self, iri: str) -> str:
        record = self._by_iri.get(iri)
        return self._titles.of(record) if record is not None else local_name(iri)

    def date(self, iri: str, kind: ChangeKind) -> str | None:
        record = self._by_iri.get(iri)
        day = None
        if isinstance(record, Statement):
            day = record.begins if kind == ChangeKind.BEGINS else record.ends
        return None if day is None else day.isoformat()


def _holdings(old: WatchState, new: WatchState, names: _Names) -> Iterator[HoldingChange]:
    for iri in sorted(old.holdings.keys() | new.holdings.keys()):
        amounts = old.holdings.get(iri), new.holdings.get(iri)
        kind = HoldingKind.ADDED if iri not in old.holdings else HoldingKind.REMOVED if iri not in new.holdings else None
        if kind is None and amounts[0] != amounts[1]:
            kind = HoldingKind.AMOUNT
        if kind is not None:
            yield HoldingChange(iri, names.label(iri), names.cls(iri), kind, *amounts)


def _losses(old: WatchState, new: WatchState, entities: Iterable[str], names: _Names) -> Iterator[LossChange]:
    watched_entities = frozenset(entities)
    for shock in sorted(old.shocks.keys() | new.shocks.keys()):
        before, after = (state.shocks[shock].losses if shock in state.shocks else {} for state in (old, new))
        for entity in sorted(watched_entities & _differing(before, after)):
            losses: tuple[Losses, Losses] = before.get(entity, NOTHING), after.get(entity, NOTHING)
            if (kind := loss_kind(*losses)) is not None:
                yield LossChange(kind, shock, names.label(shock), entity, names.label(entity), names.cls(entity), *losses)


def _differing(before: Mapping[str, object], after: Mapping[str, object]) -> set[str]:
    """Return the keys whose values differ, or that one of the two has alone."""
    if before == after:
        return set()
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def _part_losses(old: WatchState, new: WatchState, entities: Iterable[str], names: _Names) -> Iterator[PartLossChange]:
    watched_entities = frozenset(entities)
    nothing = (*NOTHING, "")
    for shock in sorted(old.shocks.keys() | new.shocks.keys()):
        before, after = (state.shocks[shock].parts if shock in state.shocks else {} for state in (old, new))
        for entity in sorted(watched_entities & _differing(before, after)):
            one, two = before.get(entity, nothing), after.get(entity, nothing)
            if (kind := loss_kind(one[:3], two[:3])) is not None:
                labels = names.label(shock), entity, names.label(entity), names.cls(entity)
                yield PartLossChange(kind, shock, *labels, one[:3], two[:3], two[3] or one[3])


def _coverage(old: WatchState, new: WatchState, entities: Iterable[str], names: _Names) -> Iterator[CoverageChange]:
    watched_entities = frozenset(entities)
    for measure in sorted(old.coverage.keys() | new.coverage.keys()):
        before, after = old.coverage.get(measure, {}), new.coverage.get(measure, {})
        for entity in sorted(watched_entities & _differing(before, after)):
            verdicts = before.get(entity, NOT_COVERED), after.get(entity, NOT_COVERED)
            of_entity = entity, names.label(entity), names.cls(entity)
            yield CoverageChange(*of_entity, verdicts[1], measure, names.label(measure), verdicts[0])


def _records(old: WatchState, new: WatchState, names: _Names) -> Iterator[WatchedChange]:
    for iri in sorted(old.records.keys() | new.records.keys()):
        before, after = old.records.get(iri), new.records.get(iri)
        if before is None or after is None:
            record = after or before
            assert record is not None  # noqa: S101 - one of the two is there
            kind = ChangeKind.ADDED if before is None else ChangeKind.REMOVED
            yield WatchedChange(local_name(iri), iri, record.cls, names.title(iri), kind, record.entities)
        else:
            yield from _record_changes(iri, before, after, names)


def _record_changes(iri: str, before: WatchedRecord, after: WatchedRecord, names: _Names) -> Iterator[WatchedChange]:
    """Yield what of a record begins or ends, and the fields of it that changed."""
    about = tuple(sorted({*before.entities, *after.entities}))

    def change(
        kind: ChangeKind, part: str | None = None, date: str | None = None, fields: tuple[WatchedField, ...] = ()
    ) -> WatchedChange:
        return WatchedChange(local_name(iri), iri, after.cls, names.title(iri), kind, about, part, date, fields)

    for part in sorted(before.holds.keys() & after.holds.keys()):
        # What began and ended between two runs has ended.
        if before.holds[part] != after.holds[part]:
            kind = ChangeKind.BEGINS if after.holds[part] == HOLDS else ChangeKind.ENDS
            yield change(kind, None if part == iri else part, names.date(part, kind))
    fields = tuple(_fields(before, after))
    if fields or before.cls != after.cls:
        yield change(ChangeKind.CHANGED, fields=fields)


def _fields(before: WatchedRecord, after: WatchedRecord) -> Iterator[WatchedField]:
    for name in sorted(before.values.keys() | after.values.keys()):
        old, new = before.values.get(name), after.values.get(name)
        if old != new:
            change = "added" if old is None else "removed" if new is None else "changed"
            yield WatchedField(name, change, known(old), known(new))


def _record_order(change: WatchedChange) -> tuple[bool, str, str, str]:
    return (change.cls != "Designation", change.id, change.kind, change.part or "")


__all__ = ["changes"]
