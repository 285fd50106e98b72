"""The answer of a watch: what changed for the entities of a portfolio between two states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from knockon.analysis.answer import RECORD_NAMES, Answer, JsonObject, RecordAnswer
from knockon.analysis.answer_parts import EntityAnswer
from knockon.analysis.impact.change_rules import ANY
from knockon.analysis.impact.loss_change import LossChange
from knockon.analysis.portfolio.watch_state import Kept, WatchState
from knockon.analysis.records.differences import ChangeKind

#: The word of a rule about any change of a designation, of another record, and of the portfolio itself.
DESIGNATION, RECORD, HOLDING, COVERAGE = "designation", "record", "holding", "coverage"
#: The kinds of changes of a record that are watched: its evidence is not.
RECORD_CHANGES = tuple(kind for kind in ChangeKind if kind is not ChangeKind.EVIDENCE)


class HoldingKind(StrEnum):
    """The kind of a change of a portfolio."""

    ADDED = "added"
    REMOVED = "removed"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class HoldingChange(EntityAnswer):
    """An entity that came into the portfolio or left it, or whose amount changed.

    Attributes
    ----------
    kind
        ``added``, ``removed`` or ``amount``. In JSON: ``change``. Losses of what was added are compared from the next run on.
    old, new
        Its amount in each state; None where none is stated.
    """

    json_keys = ("kind", "entity", "id", "label", "cls", "old", "new")
    json_names: ClassVar[Mapping[str, str]] = {"kind": "change"}

    kind: HoldingKind
    old: float | None
    new: float | None


@dataclass(frozen=True, slots=True)
class PartLossChange(LossChange):
    """The loss of the part of a company that loses most, in two states between which it differs.

    Attributes
    ----------
    part
        That part (IRI), in the new state, or else in the old one.
    """

    json_keys = (*LossChange.json_keys, "part")

    part: str


@dataclass(frozen=True, slots=True)
class CoverageChange(EntityAnswer):
    """An entity on which a list has another verdict than before, by name or by who owns it.

    Attributes
    ----------
    kind
        The verdict now: ``covered``, ``not covered`` or ``cannot tell``, as of ``Graph.covered``. In JSON: ``change``.
    measure
        The measure whose list it is (IRI).
    measure_label
        Its label.
    old
        The verdict before.
    """

    json_keys = ("kind", "measure", "measure_label", "entity", "id", "label", "cls", "old")
    json_names: ClassVar[Mapping[str, str]] = {"kind": "change"}

    kind: str
    measure: str
    measure_label: str
    old: str


@dataclass(frozen=True, slots=True)
class WatchedField(Answer):
    """A field of a record that changed.

    Attributes
    ----------
    field
        Its name in data files.
    change
        ``added``, ``removed`` or ``changed``.
    old, new
        Its values, where they are numbers or dates; None for other values, of which a state keeps hashes alone.
    """

    field: str
    change: str
    old: Kept | None
    new: Kept | None


@dataclass(frozen=True, slots=True)
class WatchedChange(RecordAnswer):
    """A record that concerns the portfolio and changed.

    Attributes
    ----------
    kind
        ``added``, ``removed``, ``changed``, ``begins`` where it did not hold on the day of the earlier state and does now, or
        ``ends``. In JSON: ``change``.
    entities
        The entities of the portfolio (IRIs) that it concerns.
    part
        The part of it (IRI) that begins or ends; None where it is the whole record.
    date
        The day (2026-01-31) on which it begins, or the last day on which it holds; None where it is not known.
    fields
        The fields that changed.
    """

    json_keys = ("kind", "name", "id", "cls", "title", "entities", "part", "date", "fields")
    json_names: ClassVar[Mapping[str, str]] = {**RECORD_NAMES, "kind": "change"}

    kind: ChangeKind
    entities: tuple[str, ...]
    part: str | None = None
    date: str | None = None
    fields: tuple[WatchedField, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes(Answer):
    """What changed between two states of a watch.

    Attributes
    ----------
    holdings
        The entities that came into the portfolio or left it, and those with another amount.
    losses
        The losses that differ, by size of the difference: of entities that are in both states.
    part_losses
        The same of the worst part of each company.
    coverage
        The entities that a list covers now and did not, or the other way round.
    records
        The records that concern the portfolio and changed: designations first, then by IRI.
    """

    holdings: tuple[HoldingChange, ...] = ()
    losses: tuple[LossChange, ...] = ()
    part_losses: tuple[PartLossChange, ...] = ()
    coverage: tuple[CoverageChange, ...] = ()
    records: tuple[WatchedChange, ...] = ()

    def __len__(self) -> int:
        return len(self.holdings) + len(self.losses) + len(self.part_losses) + len(self.coverage) + len(self.records)

    def rows(self) -> Iterator[JsonObject]:
        """Yield a row for each change, with what it is ``about``: holding, loss, part, coverage, designation or record."""
        groups: tuple[tuple[str, Sequence[Answer]], ...]
        groups = ((HOLDING, self.holdings), ("loss", self.losses), ("part", self.part_losses), (COVERAGE, self.coverage))
        for about, group in groups:
            yield from ({"about": about, **change.to_dict()} for change in group)
        for change in self.records:
            yield {"about": DESIGNATION if change.cls == "Designation" else RECORD, **change.to_dict()}

    def counts(self) -> dict[str, int]:
        """Return how many changes there are of each kind, of designations, records and holdings, and of any."""
        designations = sum(change.cls == "Designation" for change in self.records)
        losses = (change.kind for change in (*self.losses, *self.part_losses))
        verdicts = (change.kind for change in self.coverage)
        kinds = Counter[str]([*losses, *verdicts, *(change.kind for change in self.records)])
        others = {
            DESIGNATION: designations,
            RECORD: len(self.records) - designations,
            HOLDING: len(self.holdings),
            COVERAGE: len(self.coverage),
        }
        return {**kinds, **others, ANY: len(self)}


@dataclass(frozen=True, slots=True)
class WatchReport(Answer):
    """What changed for a portfolio since the state of an earlier run.

    Attributes
    ----------
    file
        The file of the portfolio.
    first
        Whether there was no earlier state, so that nothing was compared.
    day_old, day_new
        The day of each state (2026-01-31), or ``all``; the old one is None in a first run.
    model
        The model that computed the losses.
    entities, shocks, records
        How many entities, shocks and records that concern the portfolio are watched.
    truncated
        Whether a cap stopped a run, so that losses may be too low.
    changes
        What changed.
    state
        The new state. Not in JSON.
    """

    json_keys = (
        "file", "first", "day_old", "day_new", "model", "entities", "shocks", "records", "truncated", "changes",
    )  # fmt: skip

    file: str
    first: bool
    day_old: str | None
    day_new: str
    model: str
    entities: int
    shocks: int
    records: int
    truncated: bool
    changes: Changes
    state: WatchState


__all__ = [
    "COVERAGE", "DESIGNATION", "HOLDING", "RECORD", "RECORD_CHANGES", "Changes", "CoverageChange", "HoldingChange",
    "HoldingKind", "PartLossChange", "WatchReport", "WatchedChange", "WatchedField",
]  # fmt: skip
