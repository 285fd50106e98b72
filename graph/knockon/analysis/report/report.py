"""The content of a page on one shock: the losses, their causes, what would help, and the sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from knockon.analysis.explain.explain import explain
from knockon.analysis.explain.explanation import CausalLink, Origin
from knockon.analysis.impact.focus import Focus, choose_focus, severity_key
from knockon.analysis.impact.impact_report import Impact, ImpactReport
from knockon.analysis.impact.rows import count_at_least, each_loss, each_more
from knockon.analysis.impact.summarize_shock import summarize_shock
from knockon.analysis.portfolio.portfolio import Portfolio
from knockon.analysis.report.brief import brief_of
from knockon.analysis.report.brief_answer import Brief
from knockon.analysis.report.chokepoint_section import chokepoint_section
from knockon.analysis.report.citations import bibliography
from knockon.analysis.report.hit_groups import hit_groups
from knockon.analysis.report.holdings_section import holdings_section
from knockon.analysis.report.method_section import method_section
from knockon.analysis.report.remedy_section import remedy_section
from knockon.analysis.report.search_limits import MODEL
from knockon.analysis.report.shock_report import Figures, LossChain, ShockReport
from knockon.analysis.uncertainty.importance_on_the_way import ImportanceOnTheWay, importance_on_the_way

#: How many of those that lose most the page explains.
EXPLAINED = 3


def gather(report: ImpactReport, protect: str | None = None, portfolio: Portfolio | None = None) -> ShockReport:
    """Return the content of a page on a shock.

    Parameters
    ----------
    report
        The impacts of the shock.
    protect
        The entity whose choke points and remedies the page shows; None: the worst hit revenue, or where no revenue is hit the
        worst hit company, then product, service or contract, then group or market, then any entity.
    portfolio
        The entities of which the page has a section of its own.

    Raises
    ------
    NotFound
        No entity is called ``protect``.

    Examples
    --------
    >>> import knockon
    >>> page = gather(knockon.open().impact("entity-list-chips"))
    >>> page.focus.id, page.chokepoints.skipped, len(page.why)
    ('subscription-revenue', None, 2)
    """
    worst = sorted(report.impacts, key=severity_key)
    focus = choose_focus(report, worst, protect)
    brief = brief_of(report, focus)
    points, remedies = chokepoint_section(report, focus), remedy_section(report, focus)
    chains = _chains(report, worst, brief, focus)
    page = ShockReport(
        shock=summarize_shock(report),
        figures=figures(report),
        cascade=tuple(worst),
        brief=brief,
        groups=hit_groups(worst),
        why=chains,
        focus=focus,
        chokepoints=points,
        remedies=remedies,
        importance=_importance(report, chains),
        method=method_section(report),
        truncated=report.truncated or points.truncated or remedies.truncated,
        holdings=holdings_section(report, portfolio) if portfolio is not None else None,
    )
    return replace(page, sources=bibliography(report.cause.context, page))


def figures(report: ImpactReport) -> Figures:
    """Return the counts of a page."""
    impacts = report.impacts
    lost = {each.entity for each in each_loss(impacts)}
    steps = [step for step, _ in each_more(impacts)]
    short = dict.fromkeys(row.need for row in report.shortages if row.need not in lost) if report.model == MODEL else ()
    return Figures(
        affected=len(impacts),
        entities=len(impacts) + report.unaffected,
        half=count_at_least(impacts, 0.5),
        steps=max(steps, default=0),
        hit=steps.count(0),
        short=tuple(map(report.cause.context.named, short)),
    )


def _chains(report: ImpactReport, worst: Sequence[Impact], brief: Brief, focus: Focus | None) -> tuple[LossChain, ...]:
    """Return the chain of the focus, and of one of each kind that the finding names; those that the shock hits come last.

    Of those that lose equally much, the one that is nearest to what is hit has its chain shown.
    """
    leading = [set(part.group.entities) for part in brief.finding.leading] if brief.finding else []
    nearest = sorted(worst, key=lambda impact: (impact.step == 0, impact.step))
    firsts = [next(impact.entity for impact in nearest if impact.entity in names) for names in leading]
    chosen = [focus.entity] if focus and focus.loss > 0 else []
    chosen = list(dict.fromkeys([*chosen, *firsts]))[:EXPLAINED]
    chains: list[LossChain] = []
    for iri in chosen:
        explanation = explain(report, iri, 1)
        origin, links = explanation.origin, explanation.links[::-1]
        shared = max((_shared_links(origin, links, other) for other in chains), default=0)
        chains.append(LossChain(explanation.impact, origin, links, shared))
    return tuple(chains)


def _importance(report: ImpactReport, chains: Sequence[LossChain]) -> ImportanceOnTheWay | None:
    """Return how much those on the first chain matter for the failure at its end."""
    if not chains:
        return None
    impact, links = chains[0].impact, chains[0].links
    ends = [iri for link in reversed(links) for iri in (link.need, link.provider, link.source) if iri is not None]
    return importance_on_the_way(report, impact.entity, impact.label, [*ends, chains[0].origin.target])


def _shared_links(origin: Origin, links: Sequence[CausalLink], other: LossChain) -> int:
    """Return how many of the first links of a chain are the same as those of another chain."""
    if (origin.hit, origin.target) != (other.origin.hit, other.origin.target):
        return 0
    same = [a.dependency == b.dependency for a, b in zip(links, other.links, strict=False)]
    return same.index(False) if False in same else len(same)


__all__ = ["EXPLAINED", "figures", "gather"]
