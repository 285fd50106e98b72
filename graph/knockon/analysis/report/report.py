"""The content of a page on one shock: the losses, their causes, what would help, and the sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from knockon.analysis.explain.explain import explain
from knockon.analysis.explain.explanation import CausalLink, Origin
from knockon.analysis.impact.focus import Focus, choose_focus, count_equal_losses, severity_key
from knockon.analysis.impact.impact_report import Impact, ImpactReport
from knockon.analysis.impact.summarize_shock import summarize_shock
from knockon.analysis.labels import label_of, name_of
from knockon.analysis.report.chokepoint_section import chokepoint_section
from knockon.analysis.report.citations import bibliography
from knockon.analysis.report.method_section import method_section
from knockon.analysis.report.remedy_section import remedy_section
from knockon.analysis.report.search_limits import MODEL
from knockon.analysis.report.shock_report import Figures, LossChain, ShockReport, WorstHit

#: How many of the worst hit entities the page lists, and how many of them it explains.
TOP, EXPLAINED = 10, 3


def gather(report: ImpactReport, protect: str | None = None) -> ShockReport:
    """Return the content of a page on a shock.

    Parameters
    ----------
    report
        The impacts of the shock.
    protect
        The entity whose choke points and remedies the page shows; None: the worst hit revenue, or where no revenue is hit the
        worst hit product, service or contract, then company, then group or market, then any entity.

    Raises
    ------
    NotFound
        No entity is called ``protect``.

    Examples
    --------
    >>> import knockon
    >>> page = gather(knockon.open().impact("entity-list-chips"))
    >>> page.focus.id, page.chokepoints.skipped, len(page.why)
    ('subscription-revenue', None, 4)
    """
    worst = sorted(report.impacts, key=severity_key)
    focus = choose_focus(report, worst, protect)
    points, remedies = chokepoint_section(report, focus), remedy_section(report, focus)
    page = ShockReport(
        shock=summarize_shock(report),
        figures=_figures(report, worst),
        cascade=tuple(worst),
        worst=tuple(_worst_hit(report, impact) for impact in worst[:TOP]),
        why=_chains(report, worst, focus),
        focus=focus,
        chokepoints=points,
        remedies=remedies,
        method=method_section(report),
        truncated=report.truncated or points.truncated or remedies.truncated,
    )
    return replace(page, sources=bibliography(report.cause.context, page))


def _worst_hit(report: ImpactReport, impact: Impact) -> WorstHit:
    context = report.cause.context
    hit = impact.dependency if impact.source is None else None
    return WorstHit(
        impact=impact,
        source_label=label_of(context.records, impact.source) if impact.source else None,
        hit_label=name_of(context.records, hit) if hit else None,
    )


def _figures(report: ImpactReport, worst: Sequence[Impact]) -> Figures:
    """Return the counts of a page; ``worst`` are all impacts, the worst first."""
    shown, rest = worst[:TOP], worst[TOP:]
    equal = count_equal_losses(rest, shown[-1]) if rest else 0
    lost = {impact.entity for impact in worst}
    short = dict.fromkeys(row.need for row in report.shortages if row.need not in lost) if report.model == MODEL else ()
    return Figures(
        affected=len(worst),
        entities=len(worst) + report.unaffected,
        half=sum(impact.loss >= 0.5 for impact in worst),
        steps=max((impact.step for impact in worst), default=0),
        worst=count_equal_losses(worst, worst[0]) if worst else 0,
        inferred=sum(bool(impact.support.inferred) for impact in shown),
        judged=sum(bool(impact.support.judged) for impact in shown),
        unknown=sum(bool(impact.support.unknown) for impact in shown),
        unsourced=sum(impact.support.stance is None for impact in shown),
        shown=len(shown),
        equal=equal,
        less=len(rest) - equal,
        short=tuple(label_of(report.cause.context.records, iri) for iri in short),
    )


def _chains(report: ImpactReport, worst: Sequence[Impact], focus: Focus | None) -> tuple[LossChain, ...]:
    """Return the chains of the worst hit entities; those that the shock hits directly are passed over.

    The chain of the focus is the last one, unless it is among these.
    """
    chosen = [impact.entity for impact in worst if impact.step > 0][:EXPLAINED]
    chosen = chosen or [impact.entity for impact in worst[:EXPLAINED]]
    if focus and focus.loss > 0 and focus.entity not in chosen:
        chosen.append(focus.entity)
    chains: list[LossChain] = []
    for iri in chosen:
        explanation = explain(report, iri, 1)
        origin, links = explanation.origin, explanation.links[::-1]
        shared = max((_shared_links(origin, links, other) for other in chains), default=0)
        chains.append(LossChain(explanation.impact, origin, links, shared))
    return tuple(chains)


def _shared_links(origin: Origin, links: Sequence[CausalLink], other: LossChain) -> int:
    """Return how many of the first links of a chain are the same as those of another chain."""
    if (origin.hit, origin.target) != (other.origin.hit, other.origin.target):
        return 0
    same = [a.dependency == b.dependency for a, b in zip(links, other.links, strict=False)]
    return same.index(False) if False in same else len(same)


__all__ = ["EXPLAINED", "TOP", "gather"]
