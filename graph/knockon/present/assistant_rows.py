"""What tools say of an answer of Graph: rows of plain values, with short ids, numbers as exact as known, and no prose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from knockon.analysis.answer import Answer, JsonObject, JsonValue, as_json
from knockon.analysis.answer_parts import Citation, Range
from knockon.analysis.explain.explanation import Explanation
from knockon.analysis.impact.impact_report import Impact, ImpactReport
from knockon.analysis.impact.shock_reach import ShockReach
from knockon.analysis.impact.support import Support
from knockon.analysis.records.record import RecordDetails
from knockon.analysis.run_info import RunAnswer
from knockon.analysis.structure.chokepoints_answer import Chokepoint, Chokepoints, FailureSet
from knockon.analysis.structure.dependency_paths import DependencyPath, DependencyPaths
from knockon.analysis.structure.links import DependencyLink
from knockon.analysis.structure.neighbours import Neighbours, RecordedLink
from knockon.vocabulary import ID

#: The value of a number that no source states.
UNKNOWN = "unknown"


def short(value: JsonValue) -> JsonValue:
    """Return a value with the ids of our namespace in place of whole IRIs.

    >>> short({"entity": "https://w3id.org/knockon/id/nvidia", "other": "urn:x:a"})
    {'entity': 'nvidia', 'other': 'urn:x:a'}
    """
    if isinstance(value, str):
        return value.removeprefix(ID)
    if isinstance(value, list):
        return [short(item) for item in value]
    if isinstance(value, dict):
        return {key.removeprefix(ID): short(item) for key, item in value.items()}
    return value


def record_head(record: RecordDetails) -> JsonObject:
    """Return a record: its fields and its evidence."""
    return {
        "id": short(record.id), "iri": record.id, "class": record.cls, "label": record.title,
        "fields": short(as_json(record.values)), "evidence": [short(_without_nulls(each)) for each in record.evidence],
        "labels": short(as_json(record.labels)), "same_as": short(list(record.same_as or ())),
    }  # fmt: skip


def record_rows(record: RecordDetails) -> list[JsonObject]:
    """Return the fields of other records that name a record."""
    return [
        {"record": short(mention.record), "class": mention.cls, "property": mention.property, "title": mention.title}
        for mention in record.named_by
    ]


def _run(answer: RunAnswer) -> JsonObject:
    """Return how an answer was computed, and what it leaves out."""
    given = {name: value for name, value in answer.parameters.items() if name not in ("eps", "cap")}
    parameters = {name: as_json(value) for name, value in given.items() if value not in (None, False, (), [])}
    return {
        "model": answer.model,
        "parameters": short(parameters),
        "targets_not_in_network": short(list(answer.missing_targets)),
        "targets_hit_by_unknown_amount": short(list(answer.ungraded_hits)),
        "hits_nothing_because": answer.not_in_force,
        "stopped_by": answer.stopped_by,
    }


def impact_row(impact: Impact) -> JsonObject:
    """Return the loss of an entity and the record through which it arrives."""
    via = short({"dependency": impact.dependency, "provider": impact.provider, "source": impact.source})
    row: JsonObject = {
        "id": short(impact.entity), "label": impact.label, "class": impact.cls, **_loss(impact), "step": impact.step,
        "via": via if impact.dependency else "hit itself", "rests_on": _support(impact.support),
        "documents": _documents(impact.evidence),
    }  # fmt: skip
    return row | {name: UNKNOWN if value is None else as_json(value) for name, value in impact.more.items()}


def impact_head(report: ImpactReport) -> JsonObject:
    """Return the shock and how far it reaches."""
    shock = report.shock
    return {
        "shock": {"id": short(shock.id), "label": shock.label, "status": shock.status.value if shock.status else UNKNOWN},
        "stance_of_sources": report.shock_stance.value if report.shock_stance else UNKNOWN,
        "affected": report.affected,
        "not_reached": report.unaffected,
        "share_of_links_with_unknown_criticality": _number(report.unknown_share),
        **_run(report),
    }


def explanation_head(answer: Explanation) -> JsonObject:
    """Return the loss that is explained, and the paths to it."""
    impact, origin = answer.impact, answer.origin
    return {
        "shock": {"id": short(answer.shock), "label": answer.shock_label},
        "entity": {"id": short(impact.entity), "label": impact.label, **_loss(impact), "rests_on": _support(impact.support)},
        "begins_with": {
            "target": short(origin.target), "label": origin.target_label,
            "severity": UNKNOWN if origin.unknown else _range(origin.severity), "documents": _documents(origin.evidence),
        },
        "paths": [
            {"path": path.rank, "binding": path.binding, "harm": _number(path.harm), "share": _number(path.share)}
            for path in answer.paths
        ],
        "paths_complete": answer.paths_complete,
        "documents": {str(short(iri)): title for iri, title in answer.document_titles.items()},
        **_run(answer),
    }  # fmt: skip


def explanation_rows(answer: Explanation) -> list[JsonValue]:
    """Return the links of each path, from the hit to the entity."""
    return [
        {
            "path": path.rank, "dependant": short(link.dependant), "label": link.dependant_label, "need": short(link.need),
            "need_label": link.need_label, "provider": short(link.provider), "record": short(link.dependency),
            "criticality": link.criticality, "loss_behind_it": _number(link.harm), "mechanism": link.mechanism,
            "inferred": link.inferred, "documents": _documents(link.evidence),
        }
        for path in answer.paths
        for link in path.links
    ]  # fmt: skip


def neighbour_head(answer: Neighbours) -> JsonObject:
    """Return the entity whose links are listed."""
    return {"entity": {"id": short(answer.entity), "label": answer.label, "class": answer.cls}}


def neighbour_rows(answer: Neighbours) -> list[JsonObject]:
    """Return the links of an entity: what it needs, what needs it, and others."""
    labels = answer.labels
    return [
        *({"direction": "needs", **_link(link, labels)} for link in answer.needs),
        *({"direction": "needed_by", **_link(link, labels)} for link in answer.needed_by),
        *({"direction": "other", **_recorded(link, labels)} for link in answer.others),
    ]


def path_head(answer: DependencyPaths) -> JsonObject:
    """Return the ends of the chains, and what was not looked for."""
    return {
        "dependant": _named(answer.dependant, answer.labels),
        "source": _named(answer.source, answer.labels),
        "longer_may_exist": answer.longer,
        "source_rests_on_dependant_instead": answer.reverse,
    }


def path_row(path: DependencyPath, labels: Mapping[str, str]) -> JsonObject:
    """Return a chain with its links."""
    strength = {"low": _number(path.strength_low), "point": _number(path.strength), "high": _number(path.strength_high)}
    return {
        "entities": [_named(iri, labels) for iri in path.entities],
        "passes_on": as_json(strength),
        "replaceable_supplier_on_it": path.partial,
        "links": [
            {"record": short(link.dependency), "need": short(link.need), "criticality": _criticality(link),
             "inferred": link.inferred, "documents": _documents(link.evidence)}
            for link in path.links
        ],
    }  # fmt: skip


def shock_row(shock: ShockReach) -> JsonObject:
    """Return how far a shock reaches."""
    return {
        "id": short(shock.iri), "label": shock.label, "status": shock.status or UNKNOWN, "affected": shock.affected,
        "beyond_the_hit": shock.reached, "hits_nothing_because": shock.not_in_force or None,
        "legal_basis": short(list(shock.legal_basis)), "same_losses_as": short(list(shock.same_losses)),
    }  # fmt: skip


def chokepoint_head(answer: Chokepoints) -> JsonObject:
    """Return what was searched, and how far."""
    return {
        "entity": {"id": short(answer.entity), "label": answer.label},
        "threshold": answer.threshold,
        "upstream": answer.upstream,
        "sources": short(list(answer.sources)),
        "sets_complete_up_to_size": answer.complete,
        "sets_not_tried": answer.untried,
        "sets_too_near_to_the_threshold": len(answer.undecided),
        **_run(answer),
    }


def chokepoint_rows(answer: Chokepoints) -> list[JsonValue]:
    """Return the single points of failure and other points on every path, then the smallest sets of failures."""
    points: list[JsonValue] = [
        {
            "kind": "point", "id": short(point.entity), "label": point.label, "class": point.cls, **_loss(point),
            "single_point": point.single_point, "on_every_path": point.dominator, "needs_nothing_recorded": point.source,
            "distance": point.distance, "sole_supplier": short(point.sole_supplier), "documents": _documents(point.evidence),
        }
        for point in answer.points
    ]  # fmt: skip
    # A set of one is a single point.
    sets = (group for group in answer.cut_sets if group.size > 1)
    return points + [{"kind": "set", "ids": short(list(group.entities)), **_loss(group)} for group in sets]


def _without_nulls(answer: Answer) -> JsonObject:
    return {key: value for key, value in answer.to_dict().items() if value is not None}


def _link(link: DependencyLink, labels: Mapping[str, str]) -> JsonObject:
    return {
        "dependant": _named(link.dependant, labels), "need": _named(link.need, labels),
        "provider": _named(link.provider, labels) if link.provider else None, "criticality": _criticality(link),
        "share": link.share, "replaceable": link.partial, "inferred": link.inferred, "judged": list(link.judged),
        "record": short(link.dependency), "documents": _documents(link.evidence),
    }  # fmt: skip


def _recorded(link: RecordedLink, labels: Mapping[str, str]) -> JsonObject:
    row: JsonObject = {"kind": link.kind, "subject": _named(link.subject, labels), "object": _named(link.object, labels)}
    if link.kind == "owns":
        row["share"] = UNKNOWN if link.share is None else link.share
    row |= {"stance": link.stance or UNKNOWN, "inferred": link.inferred, "record": short(link.record)}
    return row | {"documents": _documents(link.evidence)}


def _criticality(link: DependencyLink) -> JsonValue:
    return UNKNOWN if link.unknown else _range(link.criticality)


def _named(iri: str, labels: Mapping[str, str]) -> JsonObject:
    return {"id": short(iri), "label": labels.get(iri)}


def _support(support: Support) -> JsonObject:
    return {
        "stance": support.stance.value if support.stance else UNKNOWN,
        "inferred": len(support.inferred),
        "judged": len(support.judged),
        "unknown": support.unknown,
        "disputed": support.disputed,
    }


def _loss(answer: Impact | Chokepoint | FailureSet) -> JsonObject:
    return {"loss": _number(answer.loss), "loss_low": _number(answer.loss_low), "loss_high": _number(answer.loss_high)}


def _range(numbers: Range) -> JsonObject:
    return {"low": _number(numbers.low), "point": _number(numbers.point), "high": _number(numbers.high)}


def _number(value: float) -> float:
    """Return a computed number without the digits that arithmetic leaves."""
    return round(float(value), 6)


def _documents(evidence: Iterable[Citation]) -> JsonValue:
    return short(list(dict.fromkeys(citation.document for citation in evidence)))


__all__ = [
    "UNKNOWN", "chokepoint_head", "chokepoint_rows", "explanation_head", "explanation_rows", "impact_head", "impact_row",
    "neighbour_head", "neighbour_rows", "path_head", "path_row", "record_head", "record_rows", "shock_row", "short",
]  # fmt: skip
