"""The causal tree of one entity: back to the shock, every edge with its evidence, and the other ways it is harmed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from knockon.analysis.explain.paths import DEFINITION, Path, Step, most_harmful
from knockon.analysis.impact.causal_trace import CausalTrace, Link
from knockon.analysis.impact.coverage import dependencies_left_out, not_hit
from knockon.analysis.impact.impact import Impact, ImpactReport, spans
from knockon.errors import KnockonError, LimitReached, NotFound, nearest
from knockon.model import Dependency, Document, Statement, Supply
from knockon.model.dates import hits_nothing
from knockon.model.dependency import COMBINATION_UNSTATED
from knockon.network.network import NONE
from knockon.network.resolve import Target
from knockon.vocabulary import UNSTATED, local_name


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why an entity loses what it loses: the links from it back to what was hit, and the most harmful paths."""

    impact: Impact
    report: ImpactReport
    links: tuple[dict[str, Any], ...]
    origin: dict[str, Any]
    paths: tuple[dict[str, Any], ...] = ()
    complete: bool = True
    asked: int = 3

    def to_dict(self) -> dict[str, Any]:
        """The tree as JSON: ``links`` lead from the entity back, ``origin`` is the hit they end at.

        ``paths`` lead from a hit to the entity, the binding one first; see ``paths_definition``.
        """
        report = self.report
        parts = (*self.links, self.origin, *(part for path in self.paths for part in (path["origin"], *path["links"])))
        documents = sorted({e["document"] for part in parts for e in part["evidence"]})
        return {
            "shock": report.shock.id,
            "shock_label": report.shock.label,
            **self.impact.to_dict(),
            "links": [dict(link) for link in self.links],
            "origin": self.origin,
            "documents": documents,
            "document_titles": {iri: _title(report.cause, iri) for iri in documents},
            "owners_hit": report.owners_hit(),
            "paths": [dict(path) for path in self.paths],
            "paths_asked": self.asked,
            "paths_complete": self.complete,
            "paths_definition": DEFINITION,
            "model": report.model,
            "parameters": dict(report.parameters),
            "iterations": report.iterations,
            "residual": report.residual,
            "stopped_by": report.stopped_by,
            "truncated": report.truncated,
            "network_hash": report.network_hash,
            "not_holding": dict(report.not_holding),
        }


class Unreached(NotFound):
    """A shock that does not reach an entity; the message names the nearest of those that it reaches."""

    def __init__(self, shock: str, name: str, known: Iterable[str] = (), why: str = "") -> None:
        self.what, self.name = "loss", name
        self.nearest = nearest(name, known)
        meant = f"; did you mean {', '.join(self.nearest)}?" if self.nearest else ""
        # The message of NotFound would say that nothing has this name.
        KnockonError.__init__(self, f"{shock} does not reach {name}{meant}{f'; {why}' if why else ''}")


def _why_not(report: ImpactReport, iri: str) -> str:
    """Why a run does not reach an entity, as far as it is known: the day, what is not hit, or what was left out of its own."""
    if report.not_in_force:
        return hits_nothing("it", report.parameters["as_of"], report.not_in_force).removesuffix(".")
    if not report.impacts and report.missing:
        return "; ".join(line[0].lower() + line[1:] for line in not_hit(report.missing, report.shock.id))
    records = report.cause.context.records
    own = {name: why for name, why in report.left_out.items() if getattr(records.get(name), "dependant", None) == iri}
    return dependencies_left_out(own, "its")


def explain(report: ImpactReport, name: str, paths: int = 3) -> Explanation:
    """Why the entity called ``name`` (IRI, local name or label) is affected.

    ``paths`` is how many of the most harmful paths come along, the binding one
    first; how harm is measured is said in ``knockon.analysis.explain.paths``.

    Raises
    ------
    NotFound
        The shock does not reach it, or there is no such entity.
    LimitReached
        The run was stopped by its cap before it reached the entity.
    UsageError
        Fewer paths than 1.
    """
    context = report.cause.context
    iri = context.entity(name).id
    impact = next((i for i in report.impacts if i.entity == iri), None)
    if impact is None:
        if report.truncated and iri in report.cause.network.index:
            limit = "horizon" if report.model == "timeline" else "cap"
            said = f"the run of {report.shock.name} was stopped by its cap before it reached {local_name(iri)}"
            raise LimitReached(f"{said}, if it ever does; raise the {limit}")
        raise Unreached(
            report.shock.name, local_name(iri), [local_name(i.entity) for i in report.impacts], _why_not(report, iri)
        )
    cause, node = report.cause, report.cause.network.index[iri]
    links = tuple(_link(cause, link) for link in cause.path(node))
    found = most_harmful(cause, node, paths)
    told = tuple(_path(report, path, rank, impact.loss) for rank, path in enumerate(found.paths, 1))
    return Explanation(impact, report, links, _origin(report, cause.origin(node)), told, found.complete, paths)


def _link(cause: CausalTrace, link: Link) -> dict[str, Any]:
    record, network = link.dependencies[0], cause.network
    loss, short = float(cause.result.loss[cause.row, link.node]), float(cause.result.shortage[cause.row, link.slot])
    low, point, high = network.weights[:, link.slot].tolist()
    told = {
        **_edge(cause, link.slot, link.supply, link.source),
        "reason": record.reason,
        "criticality_range": {"low": low, "point": point, "high": high},
        "unknown": bool(network.unknown[link.slot]),
        "disputed": bool(network.disputed[link.slot]),
        "combination_unstated": bool(network.split[link.slot]),
        "combined": record.combined or (COMBINATION_UNSTATED if network.split[link.slot] else ""),
        "shortage": short,
        "loss": loss,
        "judged": list(record.judged),
        "others": [{"entity": iri, "label": _label(cause, iri), "loss": loss} for iri, loss in cause.others(link)],
    }
    return {**told, "text": _sentence(told, record, cause.result.model)}


def _edge(cause: CausalTrace, slot: int, supply: int, source: int | None) -> dict[str, Any]:
    """A link of a chain: who needs what, from whom, as which records say with which evidence."""
    network = cause.network
    records = [r for name in network.slot_records[slot] if isinstance(r := cause.context.records[name], Dependency)]
    record = records[0]
    supplies = [cause.context.records[name] for name in network.supply_records[supply]] if supply != NONE else []
    cited = (e for one in (*records, *supplies) if isinstance(one, Statement) for e in one.evidence)
    provider = network.nodes[network.supply_provider[supply]] if supply != NONE else None
    return {
        "dependency": record.id,
        "dependant": record.dependant,
        "dependant_label": _label(cause, record.dependant),
        "need": record.need,
        "need_label": _label(cause, record.need),
        "provider": provider,
        "provider_label": _label(cause, provider) if provider else None,
        "source": network.nodes[source] if source is not None else None,
        "mechanism": record.mechanism,
        "inferred": record.inferred,
        "criticality": _criticality(record),
        "evidence": spans(cited),
    }


def _sentence(link: dict[str, Any], record: Dependency, model: str) -> str:
    name, short, loss = link["dependant_label"], link["shortage"], link["loss"]
    via = f" from {link['provider_label']}" if link["provider"] else ""
    how = f" ({record.mechanism})" if record.mechanism else ""
    marks = [f"judged {', '.join(record.judged)}"] if record.judged else []
    marks += [f"inferred: {record.reason or 'no document states it'}"] if record.inferred else []
    marks += [link["combined"]] if link["combination_unstated"] and link["provider"] and model != "reach" else []
    tail = f" [{'; '.join(marks)}]" if marks else ""
    lost = {
        "leontief": f"{short:.0%} of it is missing, {name} loses {loss:.0%}",
        "timeline": f"at the worst {short:.0%} of it is missing, {name} loses {loss:.0%}",
        "chance": f"on average {short:.0%} of it is missing, {name} fails with a probability of {loss:.0%}",
        "reach": f"{name} is reached",
    }[model]
    return f"{name} needs {link['need_label']}{via}{how}; {lost} (criticality {link['criticality']}){tail}."


def _path(report: ImpactReport, path: Path, rank: int, loss: float) -> dict[str, Any]:
    cause = report.cause
    nodes = [step.owner for step in path.steps] or [cause.network.index[path.target.iri]]
    if path.steps and path.steps[0].source != NONE:
        nodes = [path.steps[0].source, *nodes]
    return {
        "rank": rank,
        "binding": path.binding,
        "harm": path.harm,
        "share": path.harm / loss,
        "steps": len(path.steps),
        "entities": [cause.network.nodes[node] for node in nodes],
        "labels": [_label(cause, cause.network.nodes[node]) for node in nodes],
        "origin": _origin(report, path.target),
        "links": [_on_path(cause, step) for step in path.steps],
    }


def _on_path(cause: CausalTrace, step: Step) -> dict[str, Any]:
    source = step.source if step.source != NONE else None
    return {**_edge(cause, step.slot, step.supply, source), "harm": step.harm}


def _criticality(record: Dependency) -> str:
    if record.criticality_value is not None:
        return str(record.criticality_value)
    return record.criticality.value if record.criticality else "not given"


def _origin(report: ImpactReport, target: Target) -> dict[str, Any]:
    cause = report.cause
    hit = cause.context.records.get(target.hit)
    own = hit.evidence if isinstance(hit, Statement) else ()
    severity, judged = target.interval, list(getattr(hit, "judged", ()))
    amount = UNSTATED if target.ungraded else f"{severity.point:.0%}"
    mark = f" [judged {', '.join(judged)}]" if judged else ""
    return {
        "target": target.iri,
        "target_label": _named(cause, target.iri),
        "hit": target.hit,
        "severity": {"low": severity.low, "point": severity.point, "high": severity.high},
        "unknown": target.ungraded,
        "judged": judged,
        "evidence": spans(own or report.shock.evidence),
        "text": f"{report.shock.label}: hits {_named(cause, target.iri)} by {amount}{mark}.",
    }


def _named(cause: CausalTrace, iri: str) -> str:
    record = cause.context.records.get(iri)
    if isinstance(record, Dependency):
        return f"the need of {_label(cause, record.dependant)} for {_label(cause, record.need)}"
    if isinstance(record, Supply):
        return f"the supply from {_label(cause, record.provider)}"
    return _label(cause, iri)


def _label(cause: CausalTrace, iri: str) -> str:
    return str(getattr(cause.context.records.get(iri), "label", None) or local_name(iri))


def _title(cause: CausalTrace, iri: str) -> str:
    record = cause.context.records.get(iri)
    return record.title if isinstance(record, Document) else local_name(iri)
