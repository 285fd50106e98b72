"""The exposure of one entity: its loss under every shock, worst first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from knockon.analysis.answer import Answer, JsonValue
from knockon.analysis.answer_parts import EntityReference
from knockon.analysis.context import Context
from knockon.analysis.impact.companies import CompanyLoss
from knockon.analysis.impact.impact import each_impact
from knockon.analysis.impact.impact_report import Impact, ImpactReport
from knockon.analysis.impact.support import Support
from knockon.analysis.run_info import RunAnswer, RunInfo
from knockon.vocabulary import local_name


@dataclass(frozen=True, slots=True)
class ShockExposure(Answer):
    """The loss of an entity under one shock.

    Attributes
    ----------
    shock
        The shock (IRI).
    label
        Its label.
    status
        Whether it has happened, such as ``Hypothetical``; None where no record states it.
    loss, loss_low, loss_high
        What the entity loses itself (0..1), with exact bounds; 0 where only a part of it loses something.
    step
        How many links away from what is hit it is; None where it loses nothing itself.
    more
        The values that the model computes beside the loss, as in ``Impact``: ``time_to_impact`` and ``time_to_recover`` in
        days, ``timed``, ``area`` in loss-days, ``standard_error`` and ``noisy_or_upper_bound`` (0..1).
    worst_part
        The part of a company (IRI) that loses most; None where there is none.
    worst_part_loss, worst_part_loss_low, worst_part_loss_high
        The loss (0..1) of that part, with exact bounds.
    support, worst_part_support
        What the loss of the entity rests on, and that of its worst part; None where there is no such loss.
    stopped_by
        ``tolerance`` or ``cap``.
    """

    json_keys = (
        "shock", "id", "label", "status", "loss", "loss_low", "loss_high", "step", "*more", "worst_part", "worst_part_loss",
        "support", "worst_part_loss_low", "worst_part_loss_high", "worst_part_support", "stopped_by",
    )  # fmt: skip
    shock: str
    label: str
    status: str | None
    loss: float
    loss_low: float
    loss_high: float
    step: int | None
    more: Mapping[str, float | bool | None]
    worst_part: str | None
    worst_part_loss: float | None
    worst_part_loss_low: float | None
    worst_part_loss_high: float | None
    support: Support | None
    worst_part_support: Support | None
    stopped_by: str

    @property
    def id(self) -> str:
        """The local name of the shock."""
        return local_name(self.shock)


@dataclass(frozen=True, eq=False)
class Exposure(RunAnswer, EntityReference):
    """The losses of one entity under every shock of the graph.

    Attributes
    ----------
    more
        The names of the values that the model computes beside each loss.
    exposures
        The shocks that reach it, worst first.
    unaffected
        The shocks (IRIs) that do not reach it.
    cut_short
        The shocks (IRIs) whose run was stopped by its cap before it reached the entity, which they may still reach.
    idle
        The shocks (IRIs) that hit nothing on the day, each with the reason.
    run
        How the numbers were computed; ``stopped_by`` is ``cap`` where the cap stopped the run of any shock.
    """

    json_keys = (
        "entity", "id", "model", "parameters", "more", "truncated", "exposures", "unaffected", "cut_short",
        "idle", "not_holding", "confidence?", "same_as?",
    )  # fmt: skip
    json_names: ClassVar[Mapping[str, str]] = {"idle": "not_in_force"}
    more: tuple[str, ...]
    exposures: tuple[ShockExposure, ...]
    unaffected: tuple[str, ...]
    cut_short: tuple[str, ...]
    idle: Mapping[str, str]


@dataclass
class Runs:
    """How the numbers of several runs were computed, of which the one with the longest horizon is kept."""

    longest: RunInfo | None = None
    truncated: bool = False

    def add(self, run: RunInfo) -> None:
        """Add a run."""
        # Without a given horizon, each shock has its own.
        if self.longest is None or _horizon(run) > _horizon(self.longest):
            self.longest = run
        self.truncated |= run.truncated

    def info(self, context: Context) -> RunInfo:
        """Return the parameters of the longest run, and whether a cap stopped any."""
        longest = self.longest
        return RunInfo(
            model=context.options.model,
            parameters=_parameters(longest) if longest else context.options.parameters(),
            network_hash=longest.network_hash if longest else "",
            stopped_by="cap" if self.truncated else "tolerance",
            not_holding=context.not_holding,
            confidence=context.confidence,
        )


@dataclass
class _Collected:
    """The losses of one entity in the reports of shocks that have been added."""

    entity: str
    rows: list[ShockExposure] = field(default_factory=list)
    unaffected: list[str] = field(default_factory=list)
    cut_short: list[str] = field(default_factory=list)
    idle: dict[str, str] = field(default_factory=dict)
    more: tuple[str, ...] = ()
    runs: Runs = field(default_factory=Runs)

    def add(self, report: ImpactReport) -> None:
        """Add the loss of the entity in one report."""
        self.more = self.more or report.more
        self.runs.add(report.run)
        if report.not_in_force:
            self.idle[report.shock.id] = report.not_in_force
            return
        rows = [row for _, row in exposures_of(report, {self.entity}, self.more)]
        if not rows:
            may_reach = report.truncated and self.entity in report.cause.network.index
            (self.cut_short if may_reach else self.unaffected).append(report.shock.id)
        self.rows += rows


def _horizon(run: RunInfo) -> float:
    return run.number("horizon") if "horizon" in run.parameters else 0.0


def _parameters(longest: RunInfo) -> Mapping[str, JsonValue]:
    """Return the parameters of the run with the longest horizon, and that the horizons of the others may be shorter."""
    reason = "the longest: each shock has its own"
    return {name: reason if name == "horizon_reason" else value for name, value in longest.parameters.items()}


def exposure(context: Context, name: str) -> Exposure:
    """Return the losses of one entity under every shock of the store.

    Raises
    ------
    NotFound
        No entity has this name.
    """
    collected = _Collected(context.entity(name).id)
    for report in each_impact(context, context.shocks):
        collected.add(report)
    return Exposure(
        entity=collected.entity,
        more=collected.more,
        exposures=tuple(sorted(collected.rows, key=lambda row: (-row.loss, -(row.worst_part_loss or 0.0), row.shock))),
        unaffected=tuple(collected.unaffected),
        cut_short=tuple(collected.cut_short),
        idle=collected.idle,
        run=replace(collected.runs.info(context), same_as=context.same_in([collected.entity])),
    )


def exposures_of(report: ImpactReport, entities: Collection[str], more: tuple[str, ...]) -> Iterator[tuple[str, ShockExposure]]:
    """Yield the rows of one shock, each with its entity: of those that the shock reaches, or a part of which it reaches.

    Parameters
    ----------
    report
        The report of the shock.
    entities
        The entities (IRIs).
    more
        The names of the values that the model computes beside each loss.
    """
    own = {impact.entity: impact for impact in report.impacts if impact.entity in entities}
    in_part = {c.entity: c for c in report.companies if c.entity in entities and (c.entity in own or c.worst_part)}
    for iri in sorted(own.keys() | in_part.keys()):
        yield iri, _exposure(report, own.get(iri), in_part.get(iri), more)


def _exposure(report: ImpactReport, own: Impact | None, company: CompanyLoss | None, more: tuple[str, ...]) -> ShockExposure:
    """Return the row of one shock, from the loss of the entity itself and from that of its worst part."""
    part = company.worst_part if company else None
    of_part = next((impact for impact in report.impacts if impact.entity == part), None)
    return ShockExposure(
        shock=report.shock.id,
        label=report.shock.label,
        status=report.shock.status.value if report.shock.status else None,
        loss=own.loss if own else 0.0,
        loss_low=own.loss_low if own else 0.0,
        loss_high=own.loss_high if own else 0.0,
        step=own.step if own else None,
        more=own.more if own else dict.fromkeys(more),
        worst_part=part,
        worst_part_loss=company.worst_part_loss if company else None,
        worst_part_loss_low=of_part.loss_low if of_part else None,
        worst_part_loss_high=of_part.loss_high if of_part else None,
        support=own.support if own else None,
        worst_part_support=of_part.support if of_part else None,
        stopped_by=report.stopped_by,
    )


__all__ = ["Exposure", "Runs", "ShockExposure", "exposure", "exposures_of"]
