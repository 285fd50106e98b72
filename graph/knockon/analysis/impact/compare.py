"""Two answers side by side: two shocks, or one shock in two worlds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from knockon.analysis.answer import Answer
from knockon.analysis.answer_parts import EntityAnswer
from knockon.analysis.impact.impact_parts import BriefImpact
from knockon.analysis.impact.impact_report import ImpactReport
from knockon.analysis.impact.rows import brief_rows
from knockon.analysis.run_info import RunAnswer
from knockon.errors import UsageError

#: Losses that differ by no more are the same.
SAME = 1e-9


@dataclass(frozen=True)
class ComparedAnswer(RunAnswer):
    """One of two answers that are compared: the shock, and how its run went.

    Attributes
    ----------
    shock
        The shock (IRI).
    shock_label
        Its label.
    affected, unaffected
        How many entities lose something, and how many lose nothing.
    location
        ``store`` is the store of this answer (None: the bundled data set); empty where both answers are from one store.
    """

    json_keys = (
        "shock", "shock_label", "model", "parameters", "iterations", "residual", "stopped_by", "truncated", "network_hash",
        "affected", "unaffected", "unknown_share", "missing_targets", "ungraded_hits", "left_out", "fallen", "not_holding",
        "confidence?", "same_as?",
        "not_in_force", "*location",
    )  # fmt: skip
    shock: str
    shock_label: str
    affected: int
    unaffected: int
    location: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EntityDifference(EntityAnswer):
    """The losses of one entity in two answers.

    Attributes
    ----------
    loss_first, loss_low_first, loss_high_first
        Its loss (0..1) in the first answer, with exact bounds; 0 where it loses nothing there.
    loss_second, loss_low_second, loss_high_second
        The same in the second answer (0..1).
    step_first, step_second
        How many links away from what is hit it is; None where it loses nothing.
    rank_first, rank_second
        1 for the greatest loss of the answer, equal losses share a rank; None where it loses nothing.
    """

    json_keys = (
        "entity", "id", "label", "cls", "difference", "difference_low", "difference_high", "ranges_overlap",
        "loss_first", "loss_low_first", "loss_high_first", "loss_second", "loss_low_second", "loss_high_second",
        "step_first", "step_second", "rank_first", "rank_second", "rank_change", "only_in",
    )  # fmt: skip
    loss_first: float
    loss_low_first: float
    loss_high_first: float
    loss_second: float
    loss_low_second: float
    loss_high_second: float
    step_first: int | None
    step_second: int | None
    rank_first: int | None
    rank_second: int | None

    @property
    def difference(self) -> float:
        """The second loss minus the first (-1..1); 0 where they agree to 1e-9."""
        difference = self.loss_second - self.loss_first
        return difference if abs(difference) > SAME else 0.0

    @property
    def difference_low(self) -> float:
        """The low end of the second loss minus the high end of the first (-1..1)."""
        return self.loss_low_second - self.loss_high_first

    @property
    def difference_high(self) -> float:
        """The high end of the second loss minus the low end of the first (-1..1)."""
        return self.loss_high_second - self.loss_low_first

    @property
    def ranges_overlap(self) -> bool:
        """Whether the ranges of the two losses overlap, so that the difference may be zero."""
        return self.loss_low_second <= self.loss_high_first and self.loss_low_first <= self.loss_high_second

    @property
    def bounds_differ(self) -> bool:
        """Whether a bound of the loss differs between the two answers, by more than 1e-9."""
        low = abs(self.loss_low_second - self.loss_low_first)
        high = abs(self.loss_high_second - self.loss_high_first)
        return max(low, high) > SAME

    @property
    def rank_change(self) -> int | None:
        """The number of ranks by which it rises from the first answer to the second; None where only one of them has it."""
        if self.rank_first is None or self.rank_second is None:
            return None
        return self.rank_first - self.rank_second

    @property
    def only_in(self) -> Literal["first", "second"] | None:
        """The only answer in which it loses something; None where it does in both."""
        if self.step_first is not None and self.step_second is not None:
            return None
        return "second" if self.step_first is None else "first"


@dataclass(frozen=True, slots=True)
class ComparisonCounts(Answer):
    """Counts of entities by how their losses in two answers differ.

    Attributes
    ----------
    either, both, only_first, only_second
        How many entities lose something in either answer, in both, or in one of them alone.
    more_in_second, less_in_second, same
        How many lose more in the second answer, less, or the same.
    maybe_nothing
        How many of those whose losses differ have ranges that overlap, so that the difference may be zero.
    """

    either: int
    both: int
    only_first: int
    only_second: int
    more_in_second: int
    less_in_second: int
    same: int
    maybe_nothing: int


@dataclass(frozen=True, eq=False)
class Comparison(Answer):
    """Two answers side by side.

    Attributes
    ----------
    first, second
        The two answers: the shock, and how each run went.
    same_network
        Whether both ran on the same network.
    entities
        Each entity that loses something in either answer: by size of the difference, then by the greater loss, then by IRI.
    """

    json_keys = ("first", "second", "same_network", "same_losses", "entities", "counts", "truncated")
    first: ComparedAnswer
    second: ComparedAnswer
    same_network: bool
    entities: tuple[EntityDifference, ...]

    @property
    def counts(self) -> ComparisonCounts:
        """Counts of entities by how their losses differ."""
        rows = self.entities
        differing = [row for row in rows if row.difference]
        return ComparisonCounts(
            either=len(rows),
            both=sum(row.only_in is None for row in rows),
            only_first=sum(row.only_in == "first" for row in rows),
            only_second=sum(row.only_in == "second" for row in rows),
            more_in_second=sum(row.difference > 0 for row in rows),
            less_in_second=sum(row.difference < 0 for row in rows),
            same=len(rows) - len(differing),
            maybe_nothing=sum(row.ranges_overlap for row in differing),
        )

    @property
    def same_losses(self) -> bool:
        """Whether some entity loses something, and each loses the same in both answers, with the same bounds."""
        return bool(self.entities) and not any(row.difference or row.bounds_differ for row in self.entities)

    @property
    def losses_first(self) -> dict[str, tuple[float, float, float]]:
        """The low end, the point and the high end of the loss of each entity (IRI) in the first answer."""
        return {row.entity: (row.loss_low_first, row.loss_first, row.loss_high_first) for row in self.entities}

    @property
    def losses_second(self) -> dict[str, tuple[float, float, float]]:
        """The low end, the point and the high end of the loss of each entity (IRI) in the second answer."""
        return {row.entity: (row.loss_low_second, row.loss_second, row.loss_high_second) for row in self.entities}

    @property
    def truncated(self) -> bool:
        """Whether the cap stopped either run, so that losses may be too low."""
        return self.first.truncated or self.second.truncated


def compare(first: ImpactReport, second: ImpactReport) -> Comparison:
    """Return which entities lose more, and which lose less, in the second answer than in the first.

    The difference is the second loss minus the first. Its range goes from the low
    end of the second minus the high end of the first to the high end of the second
    minus the low end of the first. It is never too narrow, but wider than necessary
    where both answers rest on the same words. Where the ranges overlap the difference may be zero.

    Raises
    ------
    UsageError
        The answers are of different models, whose losses have different meanings.
    """
    if first.model != second.model:
        raise UsageError(f"{first.model} and {second.model} measure different things; compare answers of one model")
    before, after = ({impact.entity: impact for impact in brief_rows(report.impacts)} for report in (first, second))
    ranks_before, ranks_after = _ranks(before.values()), _ranks(after.values())
    rows = [
        _difference(iri, before.get(iri), after.get(iri), ranks_before.get(iri), ranks_after.get(iri))
        for iri in sorted({*before, *after})
    ]
    rows.sort(key=lambda row: (-abs(row.difference), -max(row.loss_first, row.loss_second), row.entity))
    return Comparison(_compared(first), _compared(second), first.network_hash == second.network_hash, tuple(rows))


def _ranks(impacts: Iterable[BriefImpact]) -> dict[str, int]:
    """Return the rank of each entity: 1 for the greatest loss; equal losses share a rank."""
    ranks: dict[str, int] = {}
    rank, last = 0, float("inf")
    for position, impact in enumerate(sorted(impacts, key=lambda impact: (-impact.loss, impact.entity)), 1):
        if last - impact.loss > SAME:
            rank, last = position, impact.loss
        ranks[impact.entity] = rank
    return ranks


def _difference(
    iri: str, before: BriefImpact | None, after: BriefImpact | None, rank_before: int | None, rank_after: int | None
) -> EntityDifference:
    """Return the losses of an entity in both answers; None: it loses nothing in that answer."""
    known = before or after
    assert known is not None  # noqa: S101 - each entity is of one answer at least
    return EntityDifference(
        entity=iri,
        label=known.label,
        cls=known.cls,
        loss_first=before.loss if before else 0.0,
        loss_low_first=before.loss_low if before else 0.0,
        loss_high_first=before.loss_high if before else 0.0,
        loss_second=after.loss if after else 0.0,
        loss_low_second=after.loss_low if after else 0.0,
        loss_high_second=after.loss_high if after else 0.0,
        step_first=before.step if before else None,
        step_second=after.step if after else None,
        rank_first=rank_before,
        rank_second=rank_after,
    )


def _compared(report: ImpactReport) -> ComparedAnswer:
    return ComparedAnswer(report.shock.id, report.shock.label, report.affected, report.unaffected, run=report.run)


__all__ = ["SAME", "ComparedAnswer", "Comparison", "ComparisonCounts", "EntityDifference", "compare"]
