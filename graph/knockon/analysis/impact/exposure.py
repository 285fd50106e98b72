"""The exposure of one entity: its loss under every shock, worst first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

import numpy as np

from knockon.analysis import models
from knockon.analysis.answer import Answer, JsonValue
from knockon.analysis.answer_parts import EntityReference
from knockon.analysis.context import Context
from knockon.analysis.impact.causal_trace import CausalTrace
from knockon.analysis.impact.entity_columns import EntityColumns
from knockon.analysis.impact.support import Support
from knockon.analysis.run_info import RunAnswer, RunInfo
from knockon.model import Shock
from knockon.propagation.result import Result
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


class ShockOutcome(NamedTuple):
    """What one shock does to some entities.

    Attributes
    ----------
    shock
        The shock.
    not_in_force
        Why it hits nothing on the day; empty where it does.
    run
        How the numbers were computed.
    known
        Those of the entities (IRIs) that the network has.
    more
        The names of the values that the model computes beside each loss; none before the first loss.
    rows
        The loss of each entity (IRI) that the shock reaches, or a part of which it reaches, in order.
    """

    shock: Shock
    not_in_force: str
    run: RunInfo
    known: Collection[str]
    more: tuple[str, ...]
    rows: Mapping[str, ShockExposure]


def each_outcome(context: Context, entities: Collection[str]) -> Iterator[ShockOutcome]:
    """Yield what every shock of a world does to some entities; causes are traced for these and their worst parts alone.

    Parameters
    ----------
    context
        The world.
    entities
        The entities (IRIs).
    """
    columns: EntityColumns | None = None
    more: tuple[str, ...] = ()
    for outcome in context.runs(context.shocks):
        result, network = outcome.result, outcome.network
        columns = columns or EntityColumns(context, network, entities)
        known = frozenset(columns.entities)
        parameters = {**context.options.parameters(), **models.reported_parameters(result)}
        for row, shock in enumerate(outcome.shocks):
            lost = np.flatnonzero(result.loss[row] > 0)
            more = more or (tuple(models.node_values(result, row, int(lost[0]))) if lost.size else ())
            run = RunInfo(
                model=result.model, parameters=parameters, network_hash=network.hash, stopped_by=result.stopped_by[row]
            )
            not_in_force = outcome.resolved[row].not_in_force
            rows = {} if not_in_force else _rows(CausalTrace(context, outcome, row), columns, more)
            yield ShockOutcome(shock, not_in_force, run, known, more, rows)


def _rows(cause: CausalTrace, columns: EntityColumns, more: tuple[str, ...]) -> dict[str, ShockExposure]:
    """Return the row of each entity that one shock reaches, from its own loss and from that of its worst part."""
    result, row, shock = cause.result, cause.row, cause.outcome.shocks[cause.row]
    lost, parts = columns.lost(result.loss[row]), columns.worst_parts(result.loss[row])
    stopped_by = result.stopped_by[row]
    rows: dict[str, ShockExposure] = {}
    for iri in sorted(lost.keys() | parts.keys()):
        node, part = lost.get(iri), parts.get(iri)
        own = (0.0, 0.0, 0.0) if node is None else _losses(result, row, node)
        of_part = (None, None, None) if part is None else _losses(result, row, part)
        rows[iri] = ShockExposure(
            shock=shock.id,
            label=shock.label,
            status=shock.status.value if shock.status else None,
            loss=own[0],
            loss_low=own[1],
            loss_high=own[2],
            step=None if node is None else int(result.step[row, node]),
            more=dict.fromkeys(more) if node is None else models.node_values(result, row, node),
            worst_part=None if part is None else cause.network.name(part),
            worst_part_loss=of_part[0],
            worst_part_loss_low=of_part[1],
            worst_part_loss_high=of_part[2],
            support=None if node is None else cause.support(node),
            worst_part_support=None if part is None else cause.support(part),
            stopped_by=stopped_by,
        )
    return rows


def _losses(result: Result, row: int, node: int) -> tuple[float, float, float]:
    """Return the loss of a node, and its low and high end."""
    return float(result.loss[row, node]), float(result.low[row, node]), float(result.high[row, node])


def by_severity(rows: Iterable[ShockExposure]) -> tuple[ShockExposure, ...]:
    """Return rows with the worst first: by the loss of the entity, then by that of its worst part, then by shock."""
    return tuple(sorted(rows, key=lambda row: (-row.loss, -(row.worst_part_loss or 0.0), row.shock)))


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
    entity = context.entity(name).id
    rows: list[ShockExposure] = []
    unaffected: list[str] = []
    cut_short: list[str] = []
    idle: dict[str, str] = {}
    runs, more = Runs(), tuple[str, ...]()
    for outcome in each_outcome(context, {entity}):
        shock = outcome.shock.id
        runs.add(outcome.run)
        more = more or outcome.more
        if outcome.not_in_force:
            idle[shock] = outcome.not_in_force
        elif entity in outcome.rows:
            rows.append(outcome.rows[entity])
        else:
            may_reach = outcome.run.truncated and entity in outcome.known
            (cut_short if may_reach else unaffected).append(shock)
    return Exposure(
        entity=entity,
        more=more,
        exposures=by_severity(rows),
        unaffected=tuple(unaffected),
        cut_short=tuple(cut_short),
        idle=idle,
        run=replace(runs.info(context), same_as=context.same_in([entity])),
    )


__all__ = ["Exposure", "Runs", "ShockExposure", "ShockOutcome", "by_severity", "each_outcome", "exposure"]
