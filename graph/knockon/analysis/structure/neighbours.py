"""The neighbours of an entity: what it needs, what needs it, and what else records link it with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from knockon.analysis.answer import Answer
from knockon.analysis.answer_parts import Citation, EntityAnswer, cite
from knockon.analysis.context import Context
from knockon.analysis.labels import label_of
from knockon.analysis.run_info import RunAnswer
from knockon.analysis.structure.links import DependencyLink, dependency_link
from knockon.model import Ownership, Relation
from knockon.network.network import Network


@dataclass(frozen=True)
class RecordedLink(Answer):
    """A stake or another relation that a record states; no loss passes along it.

    Attributes
    ----------
    kind
        ``owns``, or the type of the relation.
    subject, object
        Its ends (IRIs).
    share
        The part (0..1) of the object that the subject holds; None where it is unknown, or the link is no stake.
    record
        The record (IRI).
    stance
        What the sources do with it; None where it has no evidence.
    inferred
        Whether the record is inferred.
    evidence
        Where sources state it.
    """

    kind: str
    subject: str
    object: str
    share: float | None
    record: str
    stance: str | None
    inferred: bool
    evidence: tuple[Citation, ...]


@dataclass(frozen=True, kw_only=True)
class Neighbours(RunAnswer, EntityAnswer):
    """The links of an entity.

    Attributes
    ----------
    entity
        The entity (IRI).
    needs
        Its dependencies, the greatest part of a loss that a link passes on first.
    needed_by
        The dependencies of others on it, in the same order.
    others
        Stakes and other relations, by kind.
    labels
        The labels of the entities that are named, by IRI.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "entity", "id", "label", "cls", "needs", "needed_by", "others", "labels", "parameters", "network_hash", "left_out",
        "fallen", "not_holding", "confidence?", "same_as?",
    )  # fmt: skip

    needs: tuple[DependencyLink, ...]
    needed_by: tuple[DependencyLink, ...]
    others: tuple[RecordedLink, ...]
    labels: Mapping[str, str]


def neighbours(context: Context, name: str) -> Neighbours:
    """Return the links of an entity in the network, and the stakes and relations that records state.

    Raises
    ------
    NotFound
        No entity has this name.
    """
    entity = context.entity(name)
    compiled = context.compiled()
    links = sorted(_links(context, compiled.network, entity.id), key=_order)
    others = sorted(_recorded(context, entity.id), key=lambda link: (link.kind, link.subject, link.object, link.record))
    ends = {iri for link in links for iri in (link.dependant, link.need, link.provider) if iri}
    ends |= {iri for other in others for iri in (other.subject, other.object)}
    return Neighbours(
        run=context.run_info(compiled),
        entity=entity.id,
        label=label_of(context.records, entity.id),
        cls=entity.rdf_class,
        needs=tuple(link for link in links if link.dependant == entity.id),
        needed_by=tuple(link for link in links if link.dependant != entity.id),
        others=tuple(others),
        labels={iri: label_of(context.records, iri) for iri in sorted(ends)},
    )


def _order(link: DependencyLink) -> tuple[float, str, str, str]:
    return -link.passes.point, link.dependant, link.need, link.provider or ""


def _links(context: Context, network: Network, iri: str) -> Iterator[DependencyLink]:
    """Yield the links that begin or end at an entity; of equal ends and need the strongest."""
    edges = network.edges
    own = [row for row in range(network.size) if network.name(row) == iri]
    near = np.flatnonzero(np.isin(edges.owner, own) | np.isin(edges.source, own))
    columns = (edges.owner, edges.source, edges.slot, edges.supply)
    rows = zip(*(column[near].tolist() for column in columns), strict=True)
    strongest: dict[tuple[str, str, str | None], DependencyLink] = {}
    for owner, source, slot, supply in rows:
        ends = network.name(owner), network.name(source)
        # Parts and records of an entity are the entity itself.
        if ends[0] != ends[1]:
            link = dependency_link(context, network, ends, slot, supply)
            key = link.dependant, link.need, link.provider
            known = strongest.get(key)
            if known is None or (link.passes.point, not link.partial) > (known.passes.point, not known.partial):
                strongest[key] = link
    yield from strongest.values()


def _recorded(context: Context, iri: str) -> Iterator[RecordedLink]:
    for record in context.held.of_class(Ownership, Relation):
        if isinstance(record, Ownership):
            kind, subject, object_, share = "owns", record.owner, record.owned, record.share
        elif isinstance(record, Relation):
            kind, subject, object_, share = record.relation_type, record.subject, record.object, None
        else:
            continue
        if iri in (subject, object_):
            yield RecordedLink(
                kind=kind,
                subject=subject,
                object=object_,
                share=None if share is None else float(share),
                record=record.id,
                stance=record.stance.value if record.stance else None,
                inferred=record.inferred,
                evidence=cite(record.evidence, context.records),
            )


__all__ = ["Neighbours", "RecordedLink", "neighbours"]
