"""The summary of a shock: its targets, its legal basis, and the weaknesses that it exploits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from knockon.analysis.answer_parts import Citation, Range, cite
from knockon.analysis.context import Context
from knockon.analysis.custom_shock import GIVEN
from knockon.analysis.impact.impact_report import ImpactReport
from knockon.analysis.impact.shock_summary import (
    HitSummary,
    LabelList,
    MeasureDetails,
    MeasureSummary,
    ShockSummary,
    WeaknessSummary,
)
from knockon.analysis.labels import label_of, name_of
from knockon.model import Dependency, Measure, Shock, Statement, Supply, Vulnerability
from knockon.model.dates import hits_nothing
from knockon.network.resolve import Target

#: The most entries in a list of a summary; the rest is counted.
LISTED = 8


class _StatementFields(TypedDict):
    """The fields of ``StatementSummary``."""

    from_: str | None
    until: str | None
    comment: str | None
    inferred: bool
    reason: str | None
    judged: tuple[str, ...]
    evidence: tuple[Citation, ...]


def summarize_shock(report: ImpactReport) -> ShockSummary:
    """Return the summary of the shock of a report.

    >>> import knockon
    >>> summary = summarize_shock(knockon.open().impact("entity-list-chips"))
    >>> [measure.details.jurisdiction.labels for measure in summary.measures]
    [('United States',)]
    """
    context, shock = report.cause.context, report.shock
    reason = report.not_in_force
    targets = sorted(report.cause.outcome.resolved[report.cause.row].targets, key=lambda t: (-t.interval.point, t.iri))
    return ShockSummary(
        id=shock.name,
        iri=shock.id,
        label=shock.label,
        given=shock.id.startswith(GIVEN),
        status=shock.status.value if shock.status else None,
        not_in_force=hits_nothing("The shock", report.run.as_of, reason) if reason else None,
        **_statement_fields(context, shock),
        hits=tuple(_hit_summary(context, target) for target in targets[:LISTED]),
        hits_more=max(0, len(targets) - LISTED),
        missing=tuple(_missing_name(context, shock, iri) for iri in report.missing_targets),
        measures=tuple(_measure_summary(context, iri) for iri in shock.legal_basis[:LISTED]),
        measures_more=max(0, len(shock.legal_basis) - LISTED),
        exploits=tuple(_weakness_summary(context, iri) for iri in shock.exploits[:LISTED]),
        exploits_more=max(0, len(shock.exploits) - LISTED),
    )


def _missing_name(context: Context, shock: Shock, iri: str) -> str:
    # A query that finds nothing is listed by the hit that it belongs to.
    is_query = any(hit.id == iri for hit in shock.hit)
    return "what a query of the shock looks for" if is_query else name_of(context.records, iri, context.named)


def _hit_summary(context: Context, target: Target) -> HitSummary:
    record, hit = context.records.get(target.iri), context.records.get(target.hit)
    return HitSummary(
        target=target.iri,
        label=name_of(context.records, target.iri),
        is_link=isinstance(record, Dependency | Supply),
        severity=Range(*target.interval),
        unknown=target.ungraded,
        judged=tuple(getattr(hit, "judged", ())),
        evidence=cite(hit.evidence if isinstance(hit, Statement) else (), context.records),
    )


def _measure_summary(context: Context, iri: str) -> MeasureSummary:
    record = context.base_records.get(iri)
    details = _measure_details(context, record) if isinstance(record, Measure) else None
    return MeasureSummary(iri, label_of(context.base_records, iri), details)


def _measure_details(context: Context, measure: Measure) -> MeasureDetails:
    return MeasureDetails(
        kind=measure.measure_kind.value if measure.measure_kind else None,
        status=measure.status.value if measure.status else None,
        issuer=_labels(context, measure.issuer),
        jurisdiction=_labels(context, measure.jurisdiction),
        applies_to=_labels(context, measure.applies_to),
        covers=_labels(context, measure.covers),
        rests_on=_labels(context, measure.legal_basis),
        **_statement_fields(context, measure),
    )


def _weakness_summary(context: Context, iri: str) -> WeaknessSummary:
    record = context.records.get(iri)
    return WeaknessSummary(
        label=context.named(iri),
        of=_labels(context, record.of if isinstance(record, Vulnerability) else ()),
        evidence=cite(record.evidence if isinstance(record, Statement) else (), context.records),
        known=isinstance(record, Vulnerability),
    )


def _labels(context: Context, iris: Iterable[str]) -> LabelList:
    """Return the labels of the first records of a list."""
    names = list(iris)
    return LabelList(tuple(map(context.named, names[:LISTED])), max(0, len(names) - LISTED))


def _statement_fields(context: Context, record: Statement) -> _StatementFields:
    return {
        "from_": record.from_.isoformat() if record.from_ else None,
        "until": record.until.isoformat() if record.until else None,
        "comment": record.comment,
        "inferred": record.inferred,
        "reason": record.reason,
        "judged": tuple(record.judged),
        "evidence": cite(record.evidence, context.records),
    }


__all__ = ["LISTED", "summarize_shock"]
