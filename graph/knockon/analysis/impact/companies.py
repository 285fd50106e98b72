"""The losses of companies: what each loses itself, and what its worst part loses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from knockon.analysis.answer_parts import EntityReference
from knockon.analysis.context import Context
from knockon.analysis.labels import label_of
from knockon.model import Company, Entity
from knockon.propagation.traversal import steps_from


class EntityLoss(Protocol):
    """The loss (0..1) of one entity, with its bounds."""

    @property
    def entity(self) -> str:
        """The IRI of the entity."""

    @property
    def loss(self) -> float:
        """The loss at the point."""

    @property
    def loss_low(self) -> float:
        """The loss at the low end."""

    @property
    def loss_high(self) -> float:
        """The loss at the high end."""


@dataclass(frozen=True, slots=True)
class CompanyLoss(EntityReference):
    """The loss of a company itself and, separately, of its worst part; the two are never averaged.

    Attributes
    ----------
    entity
        The company (IRI).
    label
        Its label.
    loss, loss_low, loss_high
        Its own loss (0..1) with exact bounds; 0 where only a part of it loses something.
    worst_part
        The part (IRI) that loses most; None where none loses anything.
    worst_part_loss, worst_part_loss_low, worst_part_loss_high
        The loss (0..1) of that part with exact bounds.
    """

    json_keys = (
        "entity", "id", "label", "loss", "loss_low", "loss_high",
        "worst_part", "worst_part_loss", "worst_part_loss_low", "worst_part_loss_high",
    )  # fmt: skip
    label: str
    loss: float
    loss_low: float
    loss_high: float
    worst_part: str | None
    worst_part_loss: float | None
    worst_part_loss_low: float | None
    worst_part_loss_high: float | None

    @property
    def part_is_worse(self) -> bool:
        """Whether a part loses more than the company itself."""
        return self.worst_part_loss is not None and self.worst_part_loss > self.loss


def companies(context: Context, losses: Iterable[EntityLoss]) -> tuple[CompanyLoss, ...]:
    """Return the losses of the companies that are among some entities or have one of them as a part, in the order of IRIs."""
    own = {loss.entity: loss for loss in losses}
    worst = _worst_parts(context, own)
    iris = sorted({*worst, *(record.id for record in context.statements.of_class(Company) if record.id in own)})
    return tuple(_company_loss(context, iri, own.get(iri), worst.get(iri)) for iri in iris)


def companies_below_a_part(context: Context, losses: Iterable[EntityLoss]) -> tuple[CompanyLoss, ...]:
    """Return those of ``companies`` that lose less than a part; no other company is read."""
    own = {loss.entity: loss for loss in losses}
    below = (_company_loss(context, iri, own.get(iri), part) for iri, part in sorted(_worst_parts(context, own).items()))
    return tuple(company for company in below if company.part_is_worse)


def _worst_parts(context: Context, own: Mapping[str, EntityLoss]) -> dict[str, EntityLoss]:
    """Return the part that loses most, of each company of which a part is among some losses by entity (IRI)."""
    worst: dict[str, EntityLoss] = {}
    # Of a million entities that lose something, only those that are parts are read.
    parts = {record.id for record in context.statements.parts_of_wholes}
    for loss in (own[iri] for iri in own if iri in parts):
        for company in companies_above(context, loss.entity):
            if company not in worst or (loss.loss, worst[company].entity) > (worst[company].loss, loss.entity):
                worst[company] = loss
    return worst


def _company_loss(context: Context, iri: str, own: EntityLoss | None, part: EntityLoss | None) -> CompanyLoss:
    """Return the loss of a company, from its own loss and from that of its worst part."""
    return CompanyLoss(
        entity=iri,
        label=label_of(context.records, iri),
        loss=own.loss if own else 0.0,
        loss_low=own.loss_low if own else 0.0,
        loss_high=own.loss_high if own else 0.0,
        worst_part=part.entity if part else None,
        worst_part_loss=part.loss if part else None,
        worst_part_loss_low=part.loss_low if part else None,
        worst_part_loss_high=part.loss_high if part else None,
    )


def companies_above(context: Context, iri: str) -> set[str]:
    """Return the companies that an entity is a part of, directly or through other parts."""

    def above(part: str) -> Sequence[str]:
        record = context.records.get(part)
        return record.part_of if isinstance(record, Entity) else ()

    return {whole for whole in steps_from([iri], above) if whole != iri and isinstance(context.records.get(whole), Company)}
