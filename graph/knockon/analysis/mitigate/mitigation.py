"""The answer to what would help an entity under a shock, and its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from knockon.analysis.answer import Answer
from knockon.analysis.answer_parts import DependencySummary, EntityAnswer
from knockon.analysis.run_info import RunAnswer

#: A smaller difference of losses is rounding.
ROUNDING = 1e-9


@dataclass(frozen=True, kw_only=True)
class LossBefore(Answer):
    """The loss of the entity without any change.

    Attributes
    ----------
    loss, loss_low, loss_high
        The loss (0..1) and its exact bounds.
    time_to_impact
        The days until the loss reaches the impact threshold; None where it does not within the horizon, or is not known.
    timed
        Whether the days are known: a buffer or delay is recorded on the path.
    """

    loss: float
    loss_low: float
    loss_high: float
    time_to_impact: float | None
    timed: bool


@dataclass(frozen=True, kw_only=True)
class SavedLoss(Answer):
    """The loss of the entity before and after some changes.

    Attributes
    ----------
    loss_before
        The loss (0..1) without any change.
    saved
        By how much the loss is smaller after the change (-1..1); below 0 where it is greater.
    loss_after, loss_low_after, loss_high_after
        The loss (0..1) after the change and its exact bounds.
    """

    loss_before: float
    loss_after: float
    loss_low_after: float
    loss_high_after: float

    @property
    def saved(self) -> float:
        """By how much the loss is smaller after the change."""
        difference = self.loss_before - self.loss_after
        return difference if abs(difference) > ROUNDING else 0.0


@dataclass(frozen=True, kw_only=True)
class TriedChange(DependencySummary):
    """A change to one dependency, and what is recorded of that dependency.

    Attributes
    ----------
    kind
        ``supplier`` (a further one), ``criticality`` (a lower one), ``provider`` (in place of one), ``combination`` (fewer
        suppliers must work), ``buffer`` (a stock) or ``source`` (a second source for a share of the need).
    change
        The change in words.
    hypothetical
        Whether no record speaks of it; False for an alternative that is recorded by name.
    provider
        The recorded alternative (IRI) that would supply; None for other changes.
    replaces
        The supplier (IRI) that it would replace; None for other changes.
    dependency
        The first record of the dependency (IRI).
    alternatives
        How many alternatives the records state (NoAlternative, FewAlternatives, ...).
    switching_cost
        How costly the records say that it is to switch (SwitchingLow, SwitchingMedium, ...).
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "kind", "change", "hypothetical", "provider", "replaces", "dependency", "dependencies", "dependant", "need",
        "alternatives", "switching_cost", "judged", "inferred", "evidence",
    )  # fmt: skip

    kind: str
    change: str
    hypothetical: bool
    provider: str | None
    replaces: str | None
    alternatives: tuple[str, ...]
    switching_cost: tuple[str, ...]

    @property
    def dependency(self) -> str:
        """The first record of the dependency."""
        return self.dependencies[0]


_SAVED_KEYS = ("loss_before", "saved", "loss_after", "loss_low_after", "loss_high_after")


@dataclass(frozen=True, kw_only=True)
class SingleChange(TriedChange, SavedLoss):
    """A single change with the loss and the time that it saves.

    Attributes
    ----------
    arrives
        When the loss reaches the impact threshold: ``within the horizon`` or ``after the horizon`` with a stock, ``never``
        where the change keeps the loss below it; None where the change does not affect the time.
    time_to_impact_after
        The days until then with a stock; None where that is not within the horizon, and for other changes.
    time_gained
        The days by which a stock delays the impact, counted up to the horizon; None for other changes.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        *TriedChange.json_keys, *_SAVED_KEYS, "arrives", "time_to_impact_after", "time_gained",
    )  # fmt: skip

    arrives: str | None
    time_to_impact_after: float | None
    time_gained: float | None


@dataclass(frozen=True, kw_only=True)
class ChangePair(SavedLoss):
    """Two changes together with the loss that they save.

    Attributes
    ----------
    changes
        The two changes.
    hypothetical
        Whether no record speaks of one of them.
    """

    json_keys: ClassVar[tuple[str, ...]] = ("changes", "hypothetical", *_SAVED_KEYS)

    changes: tuple[TriedChange, TriedChange]

    @property
    def hypothetical(self) -> bool:
        """Whether no record speaks of one of the changes."""
        return any(change.hypothetical for change in self.changes)


@dataclass(frozen=True, kw_only=True)
class HalvingShare(SavedLoss):
    """The least share of a need that a second source must take over so that the loss halves; or of two needs each.

    Attributes
    ----------
    share
        The share (0..1) of the need, in whole percent.
    changes
        The second source of each dependency: one, or two where one alone does not halve the loss.
    """

    json_keys: ClassVar[tuple[str, ...]] = ("share", "changes", *_SAVED_KEYS)

    share: float
    changes: tuple[TriedChange, ...]


@dataclass(frozen=True)
class BindingDependency(Answer):
    """One of several dependencies that cost an entity equally much.

    Attributes
    ----------
    dependency
        The record (IRI).
    need
        What is needed (IRI).
    shortage
        The part of the need (0..1) that is missing.
    """

    dependency: str
    need: str | None
    shortage: float


@dataclass(frozen=True)
class Tie(Answer):
    """An entity that loses equally much by two dependencies or more, so that no change to one of them helps.

    Attributes
    ----------
    entity
        The entity (IRI).
    loss
        What it loses (0..1).
    dependencies
        All dependencies that cost it that much. The key in JSON is ``ways``.
    """

    json_names: ClassVar[Mapping[str, str]] = {"dependencies": "ways"}

    entity: str
    loss: float
    dependencies: tuple[BindingDependency, ...]


@dataclass(frozen=True, kw_only=True)
class Blockers(Answer):
    """The reasons why no single change helps, along the path of the loss from the protected entity back to the shock.

    Attributes
    ----------
    hit_itself
        Whether the shock hits the protected entity itself as hard as it loses.
    hit
        The entities on the path (IRIs) that the shock hits themselves as hard as they lose; the protected one first.
    hit_dependencies
        The dependencies on the path (IRIs) that are short because the shock hits them.
    ties
        The entities on the path that lose equally much by several dependencies.
    """

    hit_itself: bool
    hit: tuple[str, ...]
    hit_dependencies: tuple[str, ...]
    ties: tuple[Tie, ...]


@dataclass(frozen=True, kw_only=True)
class Mitigation(RunAnswer, EntityAnswer):
    """The changes that would reduce the loss of an entity under a shock.

    Attributes
    ----------
    shock
        The shock (IRI).
    shock_label
        Its label.
    entity
        The entity to protect (IRI).
    before
        What it loses without any change.
    changes
        Every single change; by loss saved, then by time gained, then by kind and dependency.
    helpful
        The number of changes that save loss.
    dependencies_on_the_way
        The number of dependencies through which the loss may reach the entity: all of them are changed.
    without_named_supplier
        The number of those that have no named supplier.
    why
        Why no single change saves loss; None where one does, or where nothing is lost.
    pairs
        The best pairs of changes; tried only where no single change saves loss.
    pairs_helpful
        The number of pairs that save loss.
    pairs_tried
        The number of pairs that were tried.
    pairs_untried
        The number of pairs that were not.
    halving
        The dependencies of which a second source halves the loss, with the least share that it must take over; the smallest
        first. Where none alone does, the pairs of which two do.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "shock", "shock_label", "entity", "id", "label", "cls", "before", "model", "parameters", "network_hash",
        "missing_targets", "ungraded_hits", "left_out", "fallen", "not_holding",
        "confidence?", "same_as?", "not_in_force", "changes", "helpful",
        "dependencies_on_the_way", "without_named_supplier", "why", "pairs", "pairs_helpful", "pairs_tried", "pairs_untried",
        "halving", "stopped_by", "truncated",
    )  # fmt: skip

    shock: str
    shock_label: str
    before: LossBefore
    changes: tuple[SingleChange, ...]
    dependencies_on_the_way: int
    without_named_supplier: int
    why: Blockers | None
    pairs: tuple[ChangePair, ...] = ()
    pairs_helpful: int = 0
    pairs_tried: int = 0
    pairs_untried: int = 0
    halving: tuple[HalvingShare, ...] = ()

    @property
    def helpful(self) -> int:
        """The number of changes that save loss."""
        return sum(change.saved > 0 for change in self.changes)


__all__ = [
    "ROUNDING",
    "BindingDependency",
    "Blockers",
    "ChangePair",
    "HalvingShare",
    "LossBefore",
    "Mitigation",
    "SavedLoss",
    "SingleChange",
    "Tie",
    "TriedChange",
]
