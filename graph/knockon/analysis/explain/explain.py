"""The causes of the loss of one entity: the links back to the shock with their evidence, and the most harmful other paths."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from knockon.analysis.answer_parts import Range, cite
from knockon.analysis.custom_shock import shock_name
from knockon.analysis.explain.explanation import (
    CausalLink,
    Edge,
    ExplainedPath,
    Explanation,
    Origin,
    OtherSupplier,
    PathLink,
    cited_documents,
    named_ends,
)
from knockon.analysis.explain.paths import Path, Step, most_harmful
from knockon.analysis.explain.sums import parts_of_whole, shares_of_need
from knockon.analysis.impact.causal_trace import CausalTrace, Link
from knockon.analysis.impact.coverage import dependencies_left_out, not_hit
from knockon.analysis.impact.impact_report import Impact, ImpactReport
from knockon.analysis.impact.rows import row_of
from knockon.analysis.impact.substitution import substitutions
from knockon.analysis.labels import label_of, name_of
from knockon.analysis.lists.reasons import coverage_reasons
from knockon.analysis.methods import METHODS, GraphModel
from knockon.analysis.uncertainty.importance_on_the_way import importance_on_the_way
from knockon.errors import KnockonError, LimitReached, NotFound, nearest
from knockon.model import Dependency, Provision, Statement
from knockon.model.dates import hits_nothing
from knockon.model.dependency import COMBINATION_UNSTATED
from knockon.network.network import NONE
from knockon.network.resolve import Target
from knockon.vocabulary import UNSTATED

#: The numbers of the slot, the supply and the source of a link.
EdgeKey = tuple[int, int, int | None]


class Unreached(NotFound):
    """The error that a shock does not reach an entity; the message has the most similar names of entities that it reaches."""

    def __init__(self, shock: str, name: str, known: Iterable[str] = (), why: str = "") -> None:
        self.what, self.name = "loss", name
        self.nearest = nearest(name, known)
        hint = f"; did you mean {', '.join(self.nearest)}?" if self.nearest else ""
        # The message of NotFound would say that nothing has this name.
        KnockonError.__init__(self, f"{shock} does not reach {name}{hint}{f'; {why}' if why else ''}")


def explain(report: ImpactReport, name: str, paths: int = 3, *, importance: bool = False) -> Explanation:
    """Return why an entity loses what it loses.

    Parameters
    ----------
    report
        The impacts of the shock.
    name
        The entity by IRI, local name or label.
    paths
        How many of the most harmful paths to return, the binding one first; ``knockon.analysis.explain.paths`` defines harm.

    importance
        Whether to measure how much those on the way matter for the failure, where the model has such measures.

    Raises
    ------
    NotFound
        The shock does not reach the entity, or no entity has this name.
    LimitReached
        The cap stopped the run before it reached the entity.
    UsageError
        ``paths`` is below 1.
    """
    cause = report.cause
    iri = cause.context.entity(name).id
    impact: Impact | None = row_of(report.impacts, iri)
    if impact is None:
        raise _not_reached(report, iri)
    node = cause.network.index[iri]
    links = tuple(_link(cause, link) for link in cause.path(node))
    origin = _origin(report, cause.origin(node))
    search = most_harmful(cause, node, paths)
    _read_ahead(cause, search.paths)
    edges: dict[EdgeKey, Edge] = {}
    explained = tuple(_path(report, path, rank, impact.loss, edges) for rank, path in enumerate(search.paths, 1))
    documents = cited_documents(links, origin, explained)
    way = [iri for path in explained for iri in reversed(path.entities)] if importance else []
    return Explanation(
        shock=report.shock.id,
        shock_label=report.shock.label,
        impact=impact,
        links=links,
        origin=origin,
        document_titles={document: label_of(cause.context.records, document) for document in documents},
        owners_hit=report.owners_hit,
        paths=explained,
        paths_asked=paths,
        paths_complete=search.complete,
        importance=importance_on_the_way(report, iri, impact.label, way) if importance else None,
        run=report.run,
    )


def _read_ahead(cause: CausalTrace, paths: Sequence[Path]) -> None:
    """Read together what paths are made of: their records and entities, then the entities and documents that these name."""
    network, records = cause.network, cause.context.statements
    steps = {(step.slot, step.supply, step.owner, step.source) for path in paths for step in path.steps}
    names = {network.name(node) for *_, owner, source in steps for node in (owner, source) if node != NONE}
    for slot, supply, *_ in steps:
        own = network.slot_records[slot]
        names.update(own if own or supply == NONE else network.supply_records[supply])
    records.read_ahead(names)
    more: set[str] = set()
    for record in map(cause.context.records.get, names):
        if isinstance(record, Dependency | Provision):
            more.update(evidence.document for evidence in record.all_evidence())
        if isinstance(record, Dependency):
            more.update((record.dependant, record.need, *(supply.provider for supply in record.supply)))
    records.read_ahead(more - names)


def _not_reached(report: ImpactReport, iri: str) -> LimitReached | Unreached:
    """Return the error for an entity that the shock does not reach, or that the run did not reach before its cap."""
    if report.truncated and iri in report.cause.network.index:
        limit = METHODS[report.model].limit
        stopped = f"the run of {shock_name(report.shock)} was stopped by its cap before it reached {report.run.named(iri)}"
        return LimitReached(f"{stopped}, if it ever does; raise {limit}=")
    reached = [impact.id for impact in report.impacts]
    return Unreached(shock_name(report.shock), report.run.named(iri), reached, _why_not(report, iri))


def _why_not(report: ImpactReport, iri: str) -> str:
    """Return a reason why a run does not reach an entity; may be empty.

    It is the day, missing targets, alternatives that take over, or dependencies that are left out.
    """
    if report.not_in_force:
        return hits_nothing("it", report.run.as_of, report.not_in_force).removesuffix(".")
    if not report.impacts and report.missing_targets:
        return "; ".join(
            line[0].lower() + line[1:] for line in not_hit(report.missing_targets, report.shock.id, report.run.named)
        )
    if taken_over := [one for one in report.substitutions or () if one.dependant == iri]:
        return "; ".join(one.text[0].lower() + one.text[1:] for one in taken_over)
    records = report.cause.context.records
    left_out = {name: why for name, why in report.left_out.items() if getattr(records.get(name), "dependant", None) == iri}
    return dependencies_left_out(left_out, "its", report.run.named)


def _edge(cause: CausalTrace, slot: int, supply: int, source: int | None) -> Edge:
    """Return a link of the network with the labels and the evidence of its records."""
    network, records = cause.network, cause.context.records
    dependencies = [record for name in network.slot_records[slot] if isinstance(record := records[name], Dependency)]
    # Most supplies are parts of these: to look for a part takes looking for its record first.
    parts = {part.id: part for record in dependencies for part in record.supply}
    names = network.supply_records[supply] if supply != NONE else ()
    supplies = [parts.get(name) or records[name] for name in names]
    record = next(record for record in (*dependencies, *supplies) if isinstance(record, Dependency | Provision))
    # A provision is a link from what it provides to its provider, without a need of its own.
    dependant, need = (record.dependant, record.need) if isinstance(record, Dependency) else (record.provided, record.provided)
    statements = [record for record in (*dependencies, *supplies) if isinstance(record, Statement)]
    provider = network.name(network.supply_provider[supply]) if supply != NONE else None
    return Edge(
        dependency=record.id,
        dependant=dependant,
        dependant_label=label_of(records, dependant),
        need=need,
        need_label=label_of(records, need),
        provider=provider,
        provider_label=label_of(records, provider) if provider else None,
        source=network.name(source) if source is not None else None,
        mechanism=record.mechanism if isinstance(record, Dependency) else None,
        inferred=record.inferred,
        criticality=_criticality(record),
        evidence=cite((evidence for statement in statements for evidence in statement.evidence), records),
    )


def _link(cause: CausalTrace, link: Link) -> CausalLink:
    """Return a link of the binding path, with the losses of the run."""
    record, network = link.records[0], cause.network
    edge = _edge(cause, link.slot, link.supply, link.source)
    short = float(cause.result.shortage[cause.row, link.slot])
    loss = float(cause.result.all_nodes.loss[cause.row, link.node])
    unstated = bool(network.split[link.slot])
    combined = (record.combined if isinstance(record, Dependency) else "") or (COMBINATION_UNSTATED if unstated else "")
    records = cause.context.records
    parts, taken_over = parts_of_whole(cause, link), substitutions(cause, link.slot)
    return CausalLink(
        **vars(edge),
        reason=record.reason,
        criticality_range=Range(*link.weight),
        unknown=bool(network.unknown[link.slot]),
        disputed=bool(network.disputed[link.slot]),
        combination_unstated=unstated,
        combined=combined,
        shortage=short,
        loss=loss,
        judged=tuple(record.judged),
        others=tuple(OtherSupplier(iri, label_of(records, iri), lost) for iri, lost in cause.other_suppliers(link)),
        text=_sentence(
            named_ends(edge, cause.context.named),
            record,
            METHODS[cause.result.model],
            short,
            loss,
            [*([combined] if unstated and edge.provider else []), *(one.short_text for one in taken_over)],
            is_part=bool(parts),
        ),
        provision=isinstance(record, Provision),
        parts=parts,
        shares=shares_of_need(cause, link),
        substitutions=taken_over or None,
    )


def _sentence(
    edge: Edge,
    record: Dependency | Provision,
    method: GraphModel,
    short: float,
    loss: float,
    remarks: Sequence[str],
    *,
    is_part: bool,
) -> str:
    name = edge.dependant_label
    marks = [f"judged {', '.join(record.judged)}"] if record.judged else []
    marks += [f"inferred: {record.reason or 'no document states it'}"] if record.inferred else []
    marks += remarks if method.graded else []
    tail = f" [{'; '.join(marks)}]" if marks else ""
    consequence = method.consequence.format(name=name, short=short, loss=loss)
    if isinstance(record, Provision):
        return f"{name} is provided by {edge.provider_label}; {consequence}{tail}."
    via = f" from {edge.provider_label}" if edge.provider else ""
    how = f" ({record.mechanism})" if record.mechanism else ""
    if is_part and method.graded:
        return f"{name} needs {edge.need_label}{via}{how} for a part of it; {consequence}, the sum of its parts{tail}."
    return f"{name} needs {edge.need_label}{via}{how}; {consequence} ({_weight_text(edge)}){tail}."


def _weight_text(edge: Edge) -> str:
    return edge.criticality if edge.criticality.startswith("portion") else f"criticality {edge.criticality}"


def _path(report: ImpactReport, path: Path, rank: int, loss: float, edges: dict[EdgeKey, Edge]) -> ExplainedPath:
    """Return a path with labels; ``loss`` is that of the entity at its end, ``edges`` are those that other paths have, too."""
    cause = report.cause
    nodes = [step.owner for step in path.steps] or [cause.network.index[path.target.iri]]
    if path.steps and path.steps[0].source != NONE:
        nodes = [path.steps[0].source, *nodes]
    entities = tuple(cause.network.name(node) for node in nodes)
    return ExplainedPath(
        rank=rank,
        binding=path.binding,
        harm=path.harm,
        share=path.harm / loss,
        steps=len(path.steps),
        entities=entities,
        labels=tuple(label_of(cause.context.records, iri) for iri in entities),
        origin=_origin(report, path.target),
        links=tuple(_on_path(cause, step, edges) for step in path.steps),
    )


def _on_path(cause: CausalTrace, step: Step, edges: dict[EdgeKey, Edge]) -> PathLink:
    source = step.source if step.source != NONE else None
    key = step.slot, step.supply, source
    if (edge := edges.get(key)) is None:
        edge = edges[key] = _edge(cause, *key)
    return PathLink(**vars(edge), harm=step.harm)


def _criticality(record: Dependency | Provision) -> str:
    if isinstance(record, Provision):
        return "provision"
    if record.portion is not None:
        return f"portion {record.portion}"
    if record.criticality_value is not None:
        return str(record.criticality_value)
    if record.criticality_low is not None and record.criticality_high is not None:
        return f"{record.criticality_low} to {record.criticality_high}"
    return record.criticality.value if record.criticality else "not given"


def _origin(report: ImpactReport, target: Target) -> Origin:
    """Return the hit at the start of a path, in numbers and as a sentence."""
    records = report.cause.context.records
    hit = records.get(target.hit)
    own = hit.evidence if isinstance(hit, Statement) else ()
    judged: tuple[str, ...] = tuple(getattr(hit, "judged", ()))
    name = name_of(records, target.iri)
    amount = UNSTATED if target.ungraded else f"{target.interval.point:.0%}"
    mark = f" [judged {', '.join(judged)}]" if judged else ""
    return Origin(
        target=target.iri,
        target_label=name,
        hit=target.hit,
        severity=Range(*target.interval),
        unknown=target.ungraded,
        judged=judged,
        evidence=cite(own or report.shock.evidence, records),
        text=f"{report.shock.label}: hits {name_of(records, target.iri, report.run.named)} by {amount}{mark}.",
        covered=coverage_reasons(report.cause.context, report.shock, target) or None,
    )


__all__ = ["Explanation", "Unreached", "explain"]
