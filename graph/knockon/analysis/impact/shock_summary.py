"""What a shock rests on: what it hits, the measures behind it, the weaknesses it uses, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from knockon.analysis.context import Context
from knockon.analysis.impact.impact import spans
from knockon.analysis.impact.impact_report import ImpactReport
from knockon.analysis.labels import label_of, name_of
from knockon.model import Dependency, Hit, Measure, Statement, Supply, Vulnerability
from knockon.model.dates import hits_nothing
from knockon.network.resolve import Target

#: Of every list so many are told; the rest is counted.
LISTED = 8


def shock_summary(report: ImpactReport) -> dict[str, Any]:
    """The shock of a report as a reader wants to know it before its effects.

    ``hits`` is what it hits, ``measures`` its legal basis, ``exploits`` the
    weaknesses it uses: the first ``LISTED`` of each, and beside it how many
    more there are.

    >>> import knockon
    >>> told = shock_summary(knockon.open().impact("entity-list-chips"))
    >>> [measure["jurisdiction"]["labels"] for measure in told["measures"]]
    [['United States']]
    """
    context, shock = report.cause.context, report.shock
    as_of, idle = report.run.as_of, report.not_in_force
    targets = sorted(report.cause.outcome.resolved[report.cause.row].targets, key=lambda t: (-t.interval.point, t.iri))
    return {
        "id": shock.name,
        "iri": shock.id,
        "label": shock.label,
        "given": shock.id.startswith("urn:knockon:shock:"),
        "status": shock.status.value if shock.status else None,
        "not_in_force": hits_nothing("The shock", as_of, idle) if idle else None,
        **_said(shock),
        "evidence": spans(shock.evidence),
        "hits": [_hit(context, target) for target in targets[:LISTED]],
        "hits_more": max(0, len(targets) - LISTED),
        "missing": [_absent(context, iri) for iri in report.missing_targets],
        "measures": [_measure(context, iri) for iri in shock.legal_basis[:LISTED]],
        "measures_more": max(0, len(shock.legal_basis) - LISTED),
        "exploits": [_weakness(context, iri) for iri in shock.exploits[:LISTED]],
        "exploits_more": max(0, len(shock.exploits) - LISTED),
    }


def _absent(context: Context, iri: str) -> str:
    # Where a query finds nothing, the hit itself is what is missing.
    found = isinstance(context.records.get(iri), Hit)
    return "what a query of the shock looks for" if found else name_of(context.records, iri)


def _hit(context: Context, target: Target) -> dict[str, Any]:
    record, hit = context.records.get(target.iri), context.records.get(target.hit)
    return {
        "target": target.iri,
        "label": name_of(context.records, target.iri),
        "link": isinstance(record, Dependency | Supply),
        "severity": target.interval._asdict(),
        "unknown": target.ungraded,
        "judged": list(getattr(hit, "judged", ())),
        "evidence": spans(hit.evidence if isinstance(hit, Statement) else ()),
    }


def _measure(context: Context, iri: str) -> dict[str, Any]:
    record = context.base_records.get(iri)
    head = {"iri": iri, "label": label_of(context.base_records, iri), "known": isinstance(record, Measure)}
    if not isinstance(record, Measure):
        return head
    return {
        **head,
        "kind": record.measure_kind.value if record.measure_kind else None,
        "status": record.status.value if record.status else None,
        "issuer": _labels(context, record.issuer),
        "jurisdiction": _labels(context, record.jurisdiction),
        "applies_to": _labels(context, record.applies_to),
        "covers": _labels(context, record.covers),
        "rests_on": _labels(context, record.legal_basis),
        **_said(record),
        "evidence": spans(record.evidence),
    }


def _weakness(context: Context, iri: str) -> dict[str, Any]:
    record = context.records.get(iri)
    known = isinstance(record, Vulnerability)
    return {
        "label": label_of(context.records, iri),
        "of": _labels(context, record.of if isinstance(record, Vulnerability) else ()),
        "evidence": spans(record.evidence if isinstance(record, Statement) else ()),
        "known": known,
    }


def _labels(context: Context, iris: Iterable[str]) -> dict[str, Any]:
    """The first labels of a list, and how many there are beside."""
    found = list(iris)
    return {"labels": [label_of(context.records, iri) for iri in found[:LISTED]], "more": max(0, len(found) - LISTED)}


def _said(record: Statement) -> dict[str, Any]:
    """What any statement may say of itself."""
    return {
        "from": record.from_.isoformat() if record.from_ else None,
        "until": record.until.isoformat() if record.until else None,
        "comment": record.comment,
        "inferred": record.inferred,
        "reason": record.reason,
        "judged": list(record.judged),
    }


__all__ = ["LISTED", "shock_summary"]
