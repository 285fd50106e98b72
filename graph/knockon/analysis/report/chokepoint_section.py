"""The section of a page on a shock about the choke points of one entity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from knockon.analysis.answer import Answer
from knockon.analysis.context import Context
from knockon.analysis.impact.focus import Focus
from knockon.analysis.impact.impact_report import ImpactReport
from knockon.analysis.impact.rows import losses_of
from knockon.analysis.report import search_limits
from knockon.analysis.structure.chokepoints import chokepoints
from knockon.analysis.structure.chokepoints_answer import Chokepoint, LesserPoint
from knockon.network.network import NONE, Bools

#: A page shows pairs; the command goes further.
_ORDER, _SETS = 2, 5_000


@dataclass(frozen=True, slots=True)
class PointOfFailure(Answer):
    """A choke point, and its state under the shock.

    Attributes
    ----------
    point
        The choke point.
    lost
        What it loses itself in this shock (0..1).
    short
        How much of it is missing to those that need it (0..1).
    suppliers
        The labels of its suppliers.
    suppliers_lost
        The labels of those suppliers that lose something in this shock.
    link_hit
        Whether the shock hits the need for it.
    """

    point: Chokepoint
    lost: float
    short: float
    suppliers: tuple[str, ...]
    suppliers_lost: tuple[str, ...]
    link_hit: bool


@dataclass(frozen=True, slots=True)
class ChokepointSection(Answer):
    """The choke points of the entity on which a page concentrates.

    Attributes
    ----------
    skipped
        Why they were not searched for; None where they were.
    threshold
        The loss (0..1) from which on the entity has failed.
    upstream
        How many entities it depends on, directly or not.
    lesser
        Those entities of which each alone costs it less than the threshold.
    complete
        The number of members up to which all sets are known.
    untried
        How many sets of the next size were not tried.
    points
        The choke points, worst first.
    pairs
        The labels of the members of each set whose members fail it only together; the label of a member that has only one
        supplier names the supplier as well.
    narrowest
        The labels of the smallest set of entities that every path to it passes through.
    truncated
        Whether the cap stopped a run.
    """

    skipped: str | None
    threshold: float = 0.0
    upstream: int = 0
    lesser: tuple[LesserPoint, ...] = ()
    complete: int = 0
    untried: int = 0
    points: tuple[PointOfFailure, ...] = ()
    pairs: tuple[tuple[str, ...], ...] = ()
    narrowest: tuple[str, ...] = ()
    truncated: bool = False


def chokepoint_section(report: ImpactReport, focus: Focus | None) -> ChokepointSection:
    """Return the choke points of the focus of a page, or why they were not searched for."""
    context, network = report.cause.context, report.cause.network
    if focus is None or report.model != search_limits.MODEL:
        return ChokepointSection(search_limits.reason_without_focus(report))
    upstream = search_limits.upstream_of(network, focus.entity)
    if (size := int(upstream.sum()) - 1) > search_limits.MOST_UPSTREAM:
        return ChokepointSection(f"it rests on {size:,} entities, and to close each would take too long for a page")
    answer = chokepoints(context, focus.entity, order=_ORDER, limit=_SETS)
    return ChokepointSection(
        skipped=None,
        threshold=answer.threshold,
        upstream=answer.upstream,
        lesser=answer.lesser,
        complete=answer.complete,
        untried=answer.untried,
        points=tuple(_point(report, point, upstream) for point in answer.points),
        pairs=tuple(
            tuple(_member_label(context, iri, cut.sole_suppliers) for iri in cut.entities)
            for cut in answer.cut_sets
            if cut.size > 1
        ),
        narrowest=tuple(map(context.named, answer.narrowest)),
        truncated=answer.stopped_by == "cap",
    )


def _point(report: ImpactReport, point: Chokepoint, upstream: Bools) -> PointOfFailure:
    """Return a choke point with its loss, its shortage as a need of the nodes ``upstream`` (nodes,), and its suppliers."""
    network, named, row = report.cause.network, report.cause.context.named, report.cause.row
    needed = (network.slot_need != NONE) & (network.entity[network.slot_need] == network.index[point.entity])
    slots = np.flatnonzero(needed & upstream[network.slot_owner] & ~network.inner_slots)
    loss, shortage = report.cause.result.all_nodes.loss[row], report.cause.result.shortage[row]
    suppliers = np.unique(network.supply_provider[np.isin(network.supply_slot, slots)]).tolist()
    targets = {target.iri for target in report.cause.outcome.resolved[row].targets}
    return PointOfFailure(
        point=point,
        lost=next((each.loss for each in losses_of(report.impacts, {point.entity: None})), 0.0),
        short=float(shortage[slots].max(initial=0.0)),
        suppliers=tuple(named(network.name(node)) for node in suppliers),
        suppliers_lost=tuple(named(network.name(node)) for node in suppliers if loss[node] > 0),
        link_hit=any(iri in targets for slot in slots.tolist() for iri in network.slot_records[slot]),
    )


def _member_label(context: Context, need: str, suppliers: Mapping[str, str]) -> str:
    """Return the label of a member of a set, with that of its only supplier, whose failure does the same."""
    supplier = f" (or {context.named(suppliers[need])})" if need in suppliers else ""
    return f"{context.named(need)}{supplier}"


__all__ = ["ChokepointSection", "PointOfFailure", "chokepoint_section"]
