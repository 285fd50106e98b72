"""Companies in a cascade: what each loses itself, and its worst part."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from knockon.analysis.context import Context
from knockon.model import Company, Entity
from knockon.propagation.traversal import steps_from
from knockon.vocabulary import local_name


class EntityLoss(Protocol):
    """What one entity loses: 0..1, with its bounds."""

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


def companies(context: Context, found: Iterable[EntityLoss]) -> tuple[Mapping[str, Any], ...]:
    """Each company with its own loss and, apart, that of its worst part: never an average of them."""
    own = {impact.entity: impact for impact in found}
    worst: dict[str, EntityLoss] = {}
    for impact in own.values():
        for company in _wholes(context, impact.entity):
            if company not in worst or (impact.loss, worst[company].entity) > (worst[company].loss, impact.entity):
                worst[company] = impact
    rows = []
    for iri in sorted({*worst, *(i for i in own if isinstance(context.records.get(i), Company))}):
        part = worst.get(iri)
        rows.append(
            {
                "entity": iri,
                "id": local_name(iri),
                "label": getattr(context.records[iri], "label", local_name(iri)),
                "loss": own[iri].loss if iri in own else 0.0,
                "loss_low": own[iri].loss_low if iri in own else 0.0,
                "loss_high": own[iri].loss_high if iri in own else 0.0,
                "worst_part": part.entity if part else None,
                "worst_part_loss": part.loss if part else None,
                "worst_part_loss_low": part.loss_low if part else None,
                "worst_part_loss_high": part.loss_high if part else None,
            }
        )
    return tuple(rows)


def _wholes(context: Context, iri: str) -> set[str]:
    """The companies something is part of, at any depth."""

    def above(part: str) -> Sequence[str]:
        record = context.records.get(part)
        return record.part_of if isinstance(record, Entity) else ()

    return {whole for whole in steps_from([iri], above) if whole != iri and isinstance(context.records.get(whole), Company)}
