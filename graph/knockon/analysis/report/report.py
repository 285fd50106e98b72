"""Everything that a page on one shock says: who is hit, why, where it could be stopped, and on what that rests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from knockon.analysis.context import Context
from knockon.analysis.explain.explain import explain
from knockon.analysis.explain.explanation import CausalLink, Origin
from knockon.analysis.impact.focus import Focus, choose_focus, count_equal_losses, severity_key
from knockon.analysis.impact.impact import MIN_LOSS, Impact, ImpactReport
from knockon.analysis.impact.summarize_shock import summarize_shock
from knockon.analysis.labels import label_of, name_of
from knockon.analysis.mitigate.mitigate import Limits, mitigate
from knockon.analysis.mitigate.mitigation import Blockers, TriedChange
from knockon.analysis.report.citations import bibliography
from knockon.analysis.report.shock_report import (
    ChokepointSection,
    DataSetOrigin,
    EqualWays,
    Figures,
    LossChain,
    Method,
    Obstacles,
    PointOfFailure,
    Remedy,
    RemedyPair,
    RemedySection,
    ShockReport,
    WorstHit,
)
from knockon.analysis.structure.chokepoints import chokepoints
from knockon.analysis.structure.chokepoints_answer import Chokepoint
from knockon.model.dates import as_of_text
from knockon.network.network import NONE, Bools, Network
from knockon.propagation.reach import reach

#: How many of the worst hit are listed, and how many of them are explained.
TOP, EXPLAINED = 10, 3
#: Beyond these sizes the searches would take longer than a page should (some two seconds each); they are then left out,
#: and said to be. The first counts entities upstream, the second dependencies on the way times all that there are.
MOST_UPSTREAM, MOST_CHANGED = 600, 60_000
#: For the page pairs are enough; the commands of their own go further.
_ORDER, _SETS, _PAIRS = 2, 5_000, 500
#: The model of choke points and remedies; shortages without a loss are shown for it alone.
_MODEL = "leontief"


def gather(report: ImpactReport, protect: str | None = None) -> ShockReport:
    """Return what a page on an impact report says.

    Parameters
    ----------
    report
        What the shock does.
    protect
        Whose choke points and remedies are looked for; None: those of the worst-hit revenue, or else, where none is hit,
        of the worst-hit product, service or contract, then company, then group or market, then whatever is hit worst.

    Raises
    ------
    NotFound
        There is no entity called ``protect``.

    Examples
    --------
    >>> import knockon
    >>> page = gather(knockon.open().impact("entity-list-chips"))
    >>> page.focus.id, page.chokepoints.skipped, len(page.why)
    ('per-device-fees', None, 4)
    """
    worst = sorted(report.impacts, key=severity_key)
    focus = choose_focus(report, worst, protect)
    points, remedies = _chokepoints(report, focus), _remedies(report, focus)
    page = ShockReport(
        shock=summarize_shock(report),
        figures=_figures(report, worst),
        cascade=tuple(worst),
        worst=tuple(_worst_hit(report, impact) for impact in worst[:TOP]),
        why=_chains(report, worst, focus),
        focus=focus,
        chokepoints=points,
        remedies=remedies,
        method=_method(report),
        truncated=report.truncated or points.truncated or remedies.truncated,
    )
    return replace(page, sources=bibliography(report.cause.context, page.to_dict()))


def _worst_hit(report: ImpactReport, impact: Impact) -> WorstHit:
    context = report.cause.context
    hit = impact.dependency if impact.source is None else None
    return WorstHit(
        impact=impact,
        source_label=label_of(context.records, impact.source) if impact.source else None,
        hit_label=name_of(context.records, hit) if hit else None,
    )


def _figures(report: ImpactReport, worst: Sequence[Impact]) -> Figures:
    shown, rest = worst[:TOP], worst[TOP:]
    equal = count_equal_losses(rest, shown[-1]) if rest else 0
    lost = {impact.entity for impact in worst}
    short = dict.fromkeys(row.need for row in report.shortages if row.need not in lost) if report.model == _MODEL else ()
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
    """Return the chains of the worst hit; what the shock hits itself has no chain, and gives way to the next."""
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
    """Return how many links a chain begins with that another one begins with, too."""
    if (origin.hit, origin.target) != (other.origin.hit, other.origin.target):
        return 0
    same = [a.dependency == b.dependency for a, b in zip(links, other.links, strict=False)]
    return same.index(False) if False in same else len(same)


def _chokepoints(report: ImpactReport, focus: Focus | None) -> ChokepointSection:
    context, network = report.cause.context, report.cause.network
    if focus is None or report.model != _MODEL:
        return ChokepointSection(_not_looked_for(report))
    behind = _behind(network, focus.entity)
    if (size := int(behind.sum()) - 1) > MOST_UPSTREAM:
        return ChokepointSection(f"it rests on {size:,} entities, and to close each would take too long for a page")
    answer = chokepoints(context, focus.entity, order=_ORDER, limit=_SETS)
    return ChokepointSection(
        skipped=None,
        threshold=answer.threshold,
        upstream=answer.upstream,
        lesser=answer.lesser,
        complete=answer.complete,
        untried=answer.untried,
        points=tuple(_point(report, point, behind) for point in answer.points),
        pairs=tuple(
            tuple(_either(context, iri, cut.sole_suppliers) for iri in cut.entities) for cut in answer.cut_sets if cut.size > 1
        ),
        narrowest=tuple(label_of(context.records, iri) for iri in answer.narrowest),
        truncated=answer.stopped_by == "cap",
    )


def _either(context: Context, need: str, suppliers: Mapping[str, str]) -> str:
    """A member of a set by its label, and its only supplier where that fails the same others."""
    also = f" (or {label_of(context.records, suppliers[need])})" if need in suppliers else ""
    return f"{label_of(context.records, need)}{also}"


def _point(report: ImpactReport, point: Chokepoint, behind: Bools) -> PointOfFailure:
    """Return a choke point with how much of it is missing as a need on the way, from whom it comes, and what is hit."""
    network, records, row = report.cause.network, report.cause.context.records, report.cause.row
    slots = np.flatnonzero((network.slot_need == network.index[point.entity]) & behind[network.slot_owner])
    loss, shortage = report.cause.result.loss[row], report.cause.result.shortage[row]
    makers = np.unique(network.supply_provider[np.isin(network.supply_slot, slots)]).tolist()
    targets = {target.iri for target in report.cause.outcome.resolved[row].targets}
    return PointOfFailure(
        point=point,
        lost=next((impact.loss for impact in report.impacts if impact.entity == point.entity), 0.0),
        short=float(shortage[slots].max(initial=0.0)),
        suppliers=tuple(label_of(records, network.nodes[node]) for node in makers),
        suppliers_lost=tuple(label_of(records, network.nodes[node]) for node in makers if loss[node] > 0),
        link_hit=any(iri in targets for slot in slots.tolist() for iri in network.slot_records[slot]),
    )


def _behind(network: Network, entity: str) -> Bools:
    """For each node whether an entity rests on it; itself does."""
    node = network.index.get(entity)
    if node is None:
        return np.zeros(network.size, bool)
    found: Bools = reach(network, [node], upstream=True).step[0] != NONE
    return found


def _not_looked_for(report: ImpactReport) -> str:
    if report.model == _MODEL:
        return "nothing is hit"
    return f"they are found with the model {_MODEL}, and this page was asked of {report.model}"


def _remedies(report: ImpactReport, focus: Focus | None) -> RemedySection:
    context, network = report.cause.context, report.cause.network
    if focus is None or report.model != _MODEL:
        return RemedySection(_not_looked_for(report))
    short = report.cause.result.shortage[report.cause.row] > 0
    way = int((_behind(network, focus.entity)[network.slot_owner] & short).sum())
    if way * network.slots > MOST_CHANGED:
        too_many = f"{way:,} dependencies lie on the way to it, and to change each would take too long for a page"
        return RemedySection(too_many)
    answer = mitigate(context, report.shock, focus.entity, Limits(pairs=_PAIRS))
    return RemedySection(
        skipped=None,
        felt=MIN_LOSS,
        before=answer.before,
        buffer_days=answer.run.number("buffer_days"),
        helpful=answer.helpful,
        dependencies_on_the_way=answer.dependencies_on_the_way,
        without_named_supplier=answer.without_named_supplier,
        pairs_helpful=answer.pairs_helpful,
        pairs_tried=answer.pairs_tried,
        pairs_untried=answer.pairs_untried,
        truncated=answer.truncated,
        changes=tuple(_remedy(report, change) for change in answer.changes),
        pairs=tuple(RemedyPair(pair, tuple(_remedy(report, change) for change in pair.changes)) for pair in answer.pairs),
        obstacles=_obstacles(context, answer.why) if answer.why else None,
    )


def _obstacles(context: Context, why: Blockers) -> Obstacles:
    return Obstacles(
        hit_itself=why.hit_itself,
        hit=tuple(name_of(context.records, iri) for iri in why.hit_dependencies),
        ties=tuple(EqualWays(label_of(context.records, tie.entity), tie.loss, len(tie.dependencies)) for tie in why.ties),
    )


def _remedy(report: ImpactReport, change: TriedChange) -> Remedy:
    """Return a change with the labels of what it names, and how much of the need is missing."""
    records = report.cause.context.records
    return Remedy(
        tried=change,
        provider_label=label_of(records, change.provider) if change.provider else None,
        replaces_label=label_of(records, change.replaces) if change.replaces else None,
        dependant_label=label_of(records, change.dependant),
        need_label=label_of(records, change.need),
        short=max((row.shortage for row in report.shortages if row.dependency in change.dependencies), default=0.0),
    )


def _method(report: ImpactReport) -> Method:
    context = report.cause.context
    infos = [data_set.info for data_set in context.whole.data_sets]
    return Method(
        model=report.model,
        parameters=dict(report.parameters),
        iterations=report.iterations,
        residual=report.residual,
        stopped_by=report.stopped_by,
        unknown_share=report.unknown_share,
        ungraded_hits=report.ungraded_hits,
        owners_hit=report.owners_hit,
        network_hash=report.network_hash,
        revision=context.world.base.revision,
        data_sets=tuple(DataSetOrigin(info.short_name, info.title, info.description, info.license) for info in infos),
        left_out=dict(sorted(Counter(report.left_out.values()).items())),
        fallen=len(report.fallen),
        as_of=as_of_text(report.run.as_of, report.not_holding),
        version=_version(),
    )


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("knockon")
    except PackageNotFoundError:
        return "(version not known)"


__all__ = ["EXPLAINED", "MOST_CHANGED", "MOST_UPSTREAM", "TOP", "gather"]
