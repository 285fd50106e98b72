"""The impact of shocks: how much each entity loses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from knockon.analysis import models
from knockon.analysis.answer import JsonValue
from knockon.analysis.answer_parts import cite
from knockon.analysis.context import Context
from knockon.analysis.engine_choice import IN_MEMORY, EngineChoice
from knockon.analysis.impact.causal_trace import CausalTrace
from knockon.analysis.impact.companies import companies
from knockon.analysis.impact.impact_parts import BriefImpact
from knockon.analysis.impact.impact_report import Impact, ImpactReport, Shortage
from knockon.analysis.impact.rows import LossRows, each_loss
from knockon.analysis.impact.shortage_rows import ShortageRows
from knockon.analysis.outcome import Outcome, numbers_per_shock
from knockon.analysis.run_info import RunInfo
from knockon.errors import LimitReached
from knockon.lazy_sequence import LazySequence
from knockon.model import Shock
from knockon.model.labels import stated_label
from knockon.vocabulary import local_name

#: Below this loss a row is left out of tables (and counted); JSON has them all.
MIN_LOSS = 0.05
#: The most numbers in the reports that ``impacts`` returns together: 1 GB.
KEPT = 2**27


def impacts(context: Context, shocks: Sequence[Shock], engine: EngineChoice = IN_MEMORY) -> list[ImpactReport]:
    """Return the reports of several shocks, whose losses an engine computes.

    Raises
    ------
    LimitReached
        The reports do not fit into memory together; ``each_impact`` yields one after another.
    """
    reports: list[ImpactReport] = []
    for report in each_impact(context, shocks, engine):
        numbers = len(shocks) * numbers_per_shock(report.cause.network)
        if not reports and numbers > KEPT:
            what = f"the reports of {len(shocks):,} shocks on {report.cause.network.entities:,} entities do not fit into memory"
            raise LimitReached(f"{what} all at once; Graph.each_impact() gives one after another")
        reports.append(report)
    return reports


def each_impact(context: Context, shocks: Sequence[Shock], engine: EngineChoice = IN_MEMORY) -> Iterator[ImpactReport]:
    """Yield the reports of several shocks, the same as ``impacts`` returns, in bounded memory."""
    not_holding = context.not_holding
    for outcome in context.runs(shocks, engine):
        for row in range(len(outcome.shocks)):
            yield _report(context, outcome, row, not_holding, None if engine.is_memory else engine.name)


def _given(context: Context, result: Any, row: int) -> dict[str, JsonValue]:
    """Return what is given to have failed, with the probability of that under the shock; a usual answer has no such keys."""
    if not context.options.given:
        return {}
    names: list[JsonValue] = [context.entity(name).id for name in context.options.given]
    return {"given": names, "given_probability": float(result.given_probability[row])}


def _report(context: Context, outcome: Outcome, row: int, not_holding: Mapping[str, int], engine: str | None) -> ImpactReport:
    """Return the report of the shock in one row of an outcome."""
    cause = CausalTrace(context, outcome, row)
    result, network = outcome.result, outcome.network
    impacts: LossRows[Impact] = LossRows(network, result, row, partial(_impacts, cause), partial(_brief_impacts, cause))
    resolved = outcome.resolved[row]
    run = RunInfo(
        model=result.model,
        parameters={**context.options.parameters(), **models.reported_parameters(result), **_given(context, result, row)},
        iterations=int(result.iterations[row]),
        residual=float(result.residual[row]),
        error=0.0 if result.error is None else float(result.error[row]),
        stopped_by=result.stopped_by[row],
        network_hash=network.hash,
        unknown_share=network.unknown_share,
        missing_targets=(*resolved.missing, *outcome.outside[row]),
        ungraded_hits=resolved.ungraded,
        left_out=dict(sorted({**outcome.left_out, **resolved.left_out}.items())),
        fallen=context.world.fallen,
        not_holding=not_holding,
        not_in_force=resolved.not_in_force or None,
        confidence=context.confidence,
        same_as=context.same_in({*network.nodes, *(target.iri for target in resolved.targets)}) if context.same else None,
        named=context.named,
        engine=engine,
    )
    return ImpactReport(
        shock=outcome.shocks[row],
        impacts=impacts,
        shortages=ShortageRows(outcome, row),
        companies=LazySequence(lambda: companies(context, each_loss(impacts))),
        unaffected=network.entities - len(impacts),
        cause=cause,
        run=run,
    )


def _impacts(cause: CausalTrace, nodes: Sequence[int]) -> list[Impact]:
    """Return the rows of some nodes."""
    cause.read_ahead(nodes)
    return [_impact(cause, node) for node in nodes]


def _impact(cause: CausalTrace, node: int) -> Impact:
    iri, result, row = cause.network.nodes[node], cause.result, cause.row
    label, cls = _label_and_class(cause, iri)
    link = cause.link(node)
    return Impact(
        entity=iri,
        label=label,
        cls=cls,
        loss=float(result.loss[row, node]),
        loss_low=float(result.low[row, node]),
        loss_high=float(result.high[row, node]),
        step=int(result.step[row, node]),
        dependency=link.records[0].id if link else None,
        provider=link.provider if link else None,
        source=cause.network.name(link.source) if link and link.source is not None else None,
        support=cause.support(node),
        evidence=cite(cause.evidence(node), cause.context.records),
        more=models.node_values(result, row, node),
        same_as=cause.context.same.others(iri) or None,
    )


def _brief_impacts(cause: CausalTrace, nodes: Sequence[int]) -> list[BriefImpact]:
    """Return the rows of some nodes without what they rest on."""
    cause.read_ahead_brief(nodes)
    return [_brief_impact(cause, node) for node in nodes]


def _brief_impact(cause: CausalTrace, node: int) -> BriefImpact:
    iri, result, row = cause.network.nodes[node], cause.result, cause.row
    label, cls = _label_and_class(cause, iri)
    dependency, provider = cause.binding(node)
    return BriefImpact(
        entity=iri,
        label=label,
        cls=cls,
        loss=float(result.loss[row, node]),
        loss_low=float(result.low[row, node]),
        loss_high=float(result.high[row, node]),
        step=int(result.step[row, node]),
        dependency=dependency,
        provider=provider,
        more=models.node_values(result, row, node),
    )


def _label_and_class(cause: CausalTrace, iri: str) -> tuple[str, str]:
    record = cause.context.records.get(iri)
    return stated_label(record) or local_name(iri), record.rdf_class if record is not None else "Entity"


__all__ = ["MIN_LOSS", "Impact", "ImpactReport", "Shortage", "each_impact", "impacts"]
