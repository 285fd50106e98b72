"""The causal tree of one entity: back to the shock, every edge with its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from knockon.analysis.cause import Cause, Link
from knockon.analysis.impact import Impact, ImpactReport, spans
from knockon.errors import NotFound
from knockon.model import Dependency, Statement
from knockon.vocabulary import local_name


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why an entity loses what it loses: the links from it back to what was hit."""

    impact: Impact
    report: ImpactReport
    links: tuple[dict[str, Any], ...]
    origin: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """The tree as JSON: ``links`` lead from the entity back, ``origin`` is the hit they end at."""
        return {
            "shock": self.report.shock.id,
            "shock_label": self.report.shock.label,
            **self.impact.to_dict(),
            "links": [dict(link) for link in self.links],
            "origin": self.origin,
            "documents": sorted({e["document"] for part in (*self.links, self.origin) for e in part["evidence"]}),
        }

    def to_markdown(self) -> str:
        """A paragraph and a list that can be pasted into a note, every step with its source."""
        impact = self.impact
        lines = [
            f"**{impact.label}** loses {_range(impact)} when *{self.report.shock.label}* strikes, "
            f"{impact.step} step{'s' if impact.step != 1 else ''} from the shock.",
            "",
        ]
        for place, part in enumerate((self.origin, *reversed(self.links)), 1):
            lines.append(f"{place}. {part['text']} {_cited(part['evidence'])}".rstrip())
        return "\n".join(lines)

    def _repr_markdown_(self) -> str:
        return self.to_markdown()


def explain(report: ImpactReport, name: str) -> Explanation:
    """Why the entity called ``name`` (IRI, local name or label) is affected.

    Raises
    ------
    NotFound
        The shock does not reach it, or there is no such entity.
    """
    ground = report.cause.ground
    iri = ground.entity(name).id
    impact = next((i for i in report.impacts if i.entity == iri), None)
    if impact is None:
        hint = f"({report.shock.name} does not reach {local_name(iri)})"
        raise NotFound("loss", local_name(iri), [local_name(i.entity) for i in report.impacts], hint)
    links = tuple(_link(report.cause, link) for link in report.cause.path(report.cause.network.index[iri]))
    return Explanation(impact, report, links, _origin(report, iri))


def _link(cause: Cause, link: Link) -> dict[str, Any]:
    record = link.dependencies[0]
    name, need = _label(cause, cause.network.nodes[link.node]), _label(cause, record.need)
    source = cause.network.nodes[link.source] if link.source is not None else None
    loss = float(cause.result.loss[cause.row, link.node])
    short = float(cause.result.shortage[cause.row, link.slot])
    via = f" from {_label(cause, link.provider)}" if link.provider else ""
    return {
        "dependency": record.id,
        "dependant": record.dependant,
        "need": record.need,
        "provider": link.provider,
        "source": source,
        "mechanism": record.mechanism,
        "criticality": _criticality(record),
        "shortage": short,
        "loss": loss,
        "judged": list(record.judged),
        "inferred": record.inferred,
        "reason": record.reason,
        "others": [{"entity": iri, "loss": loss} for iri, loss in cause.others(link)],
        "evidence": [e for member in link.dependencies for e in spans(member.evidence)],
        "text": _sentence(name, need, via, short, loss, record),
    }


def _sentence(name: str, need: str, via: str, short: float, loss: float, record: Dependency) -> str:
    how = f" ({record.mechanism})" if record.mechanism else ""
    marks = [f"judged {', '.join(record.judged)}"] if record.judged else []
    marks += [f"inferred: {record.reason or 'no document states it'}"] if record.inferred else []
    tail = f" [{'; '.join(marks)}]" if marks else ""
    lost = f"{short:.0%} of it is missing, {name} loses {loss:.0%} (criticality {_criticality(record)})"
    return f"{name} needs {need}{via}{how}; {lost}{tail}."


def _criticality(record: Dependency) -> str:
    if record.criticality_value is not None:
        return str(record.criticality_value)
    return record.criticality.value if record.criticality else "not given"


def _origin(report: ImpactReport, iri: str) -> dict[str, Any]:
    cause = report.cause
    target = cause.origin(cause.network.index[iri])
    hit = cause.ground.records.get(target.hit)
    own = hit.evidence if isinstance(hit, Statement) else ()
    severity = target.interval
    return {
        "target": target.iri,
        "hit": target.hit,
        "severity": {"low": severity.low, "point": severity.point, "high": severity.high},
        "judged": list(getattr(hit, "judged", ())),
        "evidence": spans(own or report.shock.evidence),
        "text": f"{report.shock.label}: hits {_named(cause, target.iri)} by {severity.point:.0%}.",
    }


def _named(cause: Cause, iri: str) -> str:
    record = cause.ground.records.get(iri)
    if isinstance(record, Dependency):
        return f"the need of {_label(cause, record.dependant)} for {_label(cause, record.need)}"
    return _label(cause, iri)


def _label(cause: Cause, iri: str) -> str:
    return str(getattr(cause.ground.records.get(iri), "label", None) or local_name(iri))


def _range(impact: Impact) -> str:
    return f"{impact.loss:.0%} (between {impact.loss_low:.0%} and {impact.loss_high:.0%})"


def _cited(evidence: list[dict[str, Any]]) -> str:
    places = [f"{local_name(e['document'])} {e['start']}-{e['end']}" for e in evidence]
    return f"({'; '.join(places)})" if places else "(no source)"
