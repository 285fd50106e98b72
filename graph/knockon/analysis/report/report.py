"""Everything that a page on one shock says: who is hit, why, where it could be stopped, and on what that rests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from knockon.analysis.context import Context
from knockon.analysis.explain.explain import explain
from knockon.analysis.impact.focus import alike, concern, place, rank
from knockon.analysis.impact.impact import MIN_LOSS, Impact, ImpactReport
from knockon.analysis.impact.shock_summary import shock_summary
from knockon.analysis.labels import label_of, name_of
from knockon.analysis.mitigate.mitigate import Limits, mitigate
from knockon.analysis.mitigate.mitigation import Blockers, TriedChange
from knockon.analysis.report.citations import bibliography
from knockon.analysis.structure.chokepoints import chokepoints
from knockon.analysis.structure.chokepoints_answer import Chokepoint
from knockon.model.dates import as_of_text
from knockon.network.network import NONE, Bools, Network
from knockon.propagation.reach import reach

#: So many of the worst hit are listed, and for so many of them it is said why.
TOP, EXPLAINED = 10, 3
#: Beyond these sizes the searches would take longer than a page should (some two seconds each); they are then left out,
#: and said to be. The first counts entities upstream, the second dependencies on the way times all that there are.
MOST_UPSTREAM, MOST_CHANGED = 600, 60_000
#: For the page pairs are enough; the commands of their own go further.
_ORDER, _SETS, _PAIRS = 2, 5_000, 500


def gather(report: ImpactReport, protect: str | None = None) -> dict[str, Any]:
    """What a page on this report says, as plain values.

    Choke points and remedies are those of one entity: ``protect``, or else
    the worst-hit revenue; where none is hit the worst-hit product, service or
    contract, then company, then group or market, then whatever is hit worst.

    Raises
    ------
    NotFound
        There is no entity called ``protect``.

    >>> import knockon
    >>> told = gather(knockon.open().impact("entity-list-chips"))
    >>> told["focus"]["id"], told["chokepoints"]["skipped"], len(told["why"])
    ('per-device-fees', None, 4)
    """
    worst = sorted(report.impacts, key=rank)
    focus = concern(report, worst, protect)
    stops, helps = _chokepoints(report, focus), _remedies(report, focus)
    told = {
        "shock": shock_summary(report),
        "figures": _figures(report, worst),
        "cascade": [place(one) for one in worst],
        "worst": [_row(report, one) for one in worst[:TOP]],
        "why": _why(report, worst, focus),
        "focus": focus,
        "chokepoints": stops,
        "remedies": helps,
        "method": _method(report),
        "truncated": report.truncated or any(one.get("truncated", False) for one in (stops, helps)),
    }
    return {**told, "sources": bibliography(report.cause.context, told)}


def _row(report: ImpactReport, one: Impact) -> dict[str, Any]:
    told, records = one.to_dict(), report.cause.context.records
    hit = one.dependency if one.source is None else None
    return {
        **told,
        "low": one.loss_low,
        "high": one.loss_high,
        "source_label": label_of(records, one.source) if one.source else None,
        "hit_label": name_of(report.cause.context.records, hit) if hit else None,
    }


def _figures(report: ImpactReport, worst: Sequence[Impact]) -> dict[str, Any]:
    shown, rest = worst[:TOP], worst[TOP:]
    equal = alike(rest, shown[-1]) if rest else 0
    lost = {one.entity for one in worst}
    short = list(dict.fromkeys(one.need for one in report.shortages if one.need not in lost))
    return {
        "affected": len(worst),
        "entities": len(worst) + report.unaffected,
        "half": sum(one.loss >= 0.5 for one in worst),
        "steps": max((one.step for one in worst), default=0),
        "worst": alike(worst, worst[0]) if worst else 0,
        "inferred": sum(bool(one.support.inferred) for one in shown),
        "judged": sum(bool(one.support.judged) for one in shown),
        "unknown": sum(bool(one.support.unknown) for one in shown),
        "unsourced": sum(one.support.stance is None for one in shown),
        "shown": len(shown),
        # Of those that are not shown: as hard as the last that is, and less.
        "equal": equal,
        "less": len(rest) - equal,
        # Needed and missing, without losing anything themselves.
        "short": [label_of(report.cause.context.records, iri) for iri in short],
    }


def _why(report: ImpactReport, worst: Sequence[Impact], focus: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The chains of the worst hit; what the shock hits itself has none to tell, and gives way to the next."""
    chosen = [one.entity for one in worst if one.step > 0][:EXPLAINED] or [one.entity for one in worst[:EXPLAINED]]
    if focus and focus["loss"] > 0 and focus["entity"] not in chosen:
        chosen.append(focus["entity"])
    told: list[dict[str, Any]] = [explain(report, iri, 1).to_dict() for iri in chosen]
    keys = ("entity", "id", "label", "class", "loss", "loss_low", "loss_high", "step", "support")
    found: list[dict[str, Any]] = []
    for one in told:
        links = one["links"][::-1]
        known = max((_shared(one["origin"], links, other) for other in found), default=0)
        found.append({**{key: one[key] for key in keys}, "origin": one["origin"], "links": links, "known": known})
    return found


def _shared(origin: dict[str, Any], links: Sequence[dict[str, Any]], other: dict[str, Any]) -> int:
    """How many links a chain begins with that another one begins with, too."""
    if origin["hit"] != other["origin"]["hit"] or origin["target"] != other["origin"]["target"]:
        return 0
    same = [a["dependency"] == b["dependency"] for a, b in zip(links, other["links"], strict=False)]
    return same.index(False) if False in same else len(same)


def _chokepoints(report: ImpactReport, focus: dict[str, Any] | None) -> dict[str, Any]:
    context, network = report.cause.context, report.cause.network
    if focus is None or report.model != "leontief":
        return _unasked(report)
    behind = _behind(network, focus["entity"])
    if (size := int(behind.sum()) - 1) > MOST_UPSTREAM:
        return {"skipped": f"it rests on {size:,} entities, and to close each would take too long for a page"}
    answer = chokepoints(context, focus["entity"], order=_ORDER, limit=_SETS)
    lost = {one.entity: one.loss for one in report.impacts}
    points = [
        {**_without_path(point), "here": lost.get(point.entity, 0.0)} | _supplied(report, point.entity, behind)
        for point in answer.points
    ]
    pairs = [
        {**cut.to_dict(), "labels": [_either(context, iri, cut.sole_suppliers) for iri in cut.entities]}
        for cut in answer.cut_sets
        if cut.size > 1
    ]
    return {
        "skipped": None,
        "threshold": answer.threshold,
        "upstream": answer.upstream,
        "sources": list(answer.sources),
        "lesser": [point.to_dict() for point in answer.lesser],
        "complete": answer.complete,
        "untried": answer.untried,
        "limit": answer.limit,
        "points": points,
        "pairs": pairs,
        "narrowest": [label_of(context.records, iri) for iri in answer.narrowest],
        "truncated": answer.stopped_by == "cap",
    }


def _without_path(point: Chokepoint) -> dict[str, Any]:
    return {key: value for key, value in point.to_dict().items() if key != "path"}


def _either(context: Context, need: str, suppliers: Mapping[str, str]) -> str:
    """A member of a set by its label, and its only supplier where that fails the same others."""
    also = f" (or {label_of(context.records, suppliers[need])})" if need in suppliers else ""
    return f"{label_of(context.records, need)}{also}"


def _supplied(report: ImpactReport, entity: str, behind: Bools) -> dict[str, Any]:
    """What the run knows of an entity as a need on the way: how much of it is missing, from whom it comes, what is hit."""
    network, records, row = report.cause.network, report.cause.context.records, report.cause.row
    slots = np.flatnonzero((network.slot_need == network.index[entity]) & behind[network.slot_owner])
    loss, shortage = report.cause.result.loss[row], report.cause.result.shortage[row]
    makers = np.unique(network.supply_provider[np.isin(network.supply_slot, slots)]).tolist()
    aimed = {target.iri for target in report.cause.outcome.resolved[row].targets}
    return {
        "short": float(shortage[slots].max(initial=0.0)),
        "suppliers": [label_of(records, network.nodes[node]) for node in makers],
        "suppliers_lost": [label_of(records, network.nodes[node]) for node in makers if loss[node] > 0],
        "link_hit": any(iri in aimed for slot in slots.tolist() for iri in network.slot_records[slot]),
    }


def _behind(network: Network, entity: str) -> Bools:
    """For each node whether an entity rests on it; itself does."""
    node = network.index.get(entity)
    if node is None:
        return np.zeros(network.size, bool)
    found: Bools = reach(network, [node], upstream=True).step[0] != NONE
    return found


def _unasked(report: ImpactReport) -> dict[str, Any]:
    if report.model == "leontief":
        return {"skipped": "nothing is hit"}
    return {"skipped": f"they are found with the model leontief, and this page was asked of {report.model}"}


def _remedies(report: ImpactReport, focus: dict[str, Any] | None) -> dict[str, Any]:
    context, network = report.cause.context, report.cause.network
    if focus is None or report.model != "leontief":
        return _unasked(report)
    short = report.cause.result.shortage[report.cause.row] > 0
    way = int((_behind(network, focus["entity"])[network.slot_owner] & short).sum())
    if way * network.slots > MOST_CHANGED:
        return {"skipped": f"{way:,} dependencies lie on the way to it, and to change each would take too long for a page"}
    answer = mitigate(context, report.shock, focus["entity"], Limits(pairs=_PAIRS))
    return {
        "skipped": None,
        "felt": MIN_LOSS,
        "before": answer.before.to_dict(),
        "parameters": dict(answer.parameters),
        "helpful": answer.helpful,
        "dependencies_on_the_way": answer.dependencies_on_the_way,
        "without_named_supplier": answer.without_named_supplier,
        "pairs_helpful": answer.pairs_helpful,
        "pairs_tried": answer.pairs_tried,
        "pairs_untried": answer.pairs_untried,
        "truncated": answer.truncated,
        "changes": [_named(report, change) for change in answer.changes],
        "pairs": [{**pair.to_dict(), "changes": [_named(report, change) for change in pair.changes]} for pair in answer.pairs],
        "why": _why_stuck(context, answer.why) if answer.why else None,
    }


def _why_stuck(context: Context, why: Blockers) -> dict[str, Any]:
    return {
        "hit_itself": why.hit_itself,
        "hit": [name_of(context.records, iri) for iri in why.hit_dependencies],
        "ties": [{**tie.to_dict(), "label": label_of(context.records, tie.entity)} for tie in why.ties],
    }


def _named(report: ImpactReport, change: TriedChange) -> dict[str, Any]:
    """Return a change with the labels of what it names, and how much of the need is missing."""
    records = report.cause.context.records
    names = {"provider": change.provider, "replaces": change.replaces, "dependant": change.dependant, "need": change.need}
    labels = {f"{key}_label": label_of(records, iri) if iri else None for key, iri in names.items()}
    short = max((row.shortage for row in report.shortages if row.dependency in change.dependencies), default=0.0)
    return {**change.to_dict(), **labels, "short": short}


def _method(report: ImpactReport) -> dict[str, Any]:
    context = report.cause.context
    infos = [data_set.info for data_set in context.whole.data_sets]
    return {
        "model": report.model,
        "parameters": dict(report.parameters),
        "iterations": report.iterations,
        "residual": report.residual,
        "stopped_by": report.stopped_by,
        "unknown_share": report.unknown_share,
        "ungraded_hits": list(report.ungraded_hits),
        "owners_hit": [owner.to_dict() for owner in report.owners_hit],
        "network_hash": report.network_hash,
        "revision": context.world.base.revision,
        "data_sets": [
            {"id": one.short_name, "title": one.title, "description": one.description, "license": one.license} for one in infos
        ],
        "left_out": dict(sorted(Counter(report.left_out.values()).items())),
        "fallen": len(report.fallen),
        "as_of": as_of_text(report.run.as_of, report.not_holding),
        "version": _version(),
    }


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("knockon")
    except PackageNotFoundError:
        return "(version not known)"


__all__ = ["EXPLAINED", "MOST_CHANGED", "MOST_UPSTREAM", "TOP", "gather"]
