"""The parts of the answer to what a shock does: the loss of an entity with what determines it, shortages, owners."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from knockon.analysis.answer import Answer
from knockon.analysis.answer_parts import Citation, EntityAnswer
from knockon.analysis.context import Context
from knockon.analysis.impact.support import Support
from knockon.analysis.labels import label_of


@dataclass(frozen=True, slots=True)
class Binding(Answer):
    """The binding of a loss: the dependency through which it arrives.

    Attributes
    ----------
    dependency
        The dependency (IRI).
    provider
        The binding provider (IRI); None where the need itself is lost, or the dependency is hit.
    source
        The entity (IRI) that the loss comes from; None where the dependency or a supply of it is hit.
    """

    dependency: str
    provider: str | None
    source: str | None


@dataclass(frozen=True, slots=True)
class Impact(EntityAnswer):
    """The loss of one entity, and its cause.

    Attributes
    ----------
    loss, loss_low, loss_high
        What it loses (0..1), with exact bounds; under ``chance`` the probability that it fails.
    step
        How many links away from what is hit it is; 0 where it is hit itself.
    dependency, provider, source
        The binding dependency, provider and source (IRIs), see ``Binding``; None where it is hit itself.
    support
        What the loss rests on.
    evidence
        Where documents state the binding dependency, or the hit.
    more
        The values that the model computes beside the loss: ``time_to_impact`` and ``time_to_recover`` in days (None: not
        within the horizon, or not known, as ``timed`` shows), ``area`` in loss-days; the ``standard_error`` of a probability
        (0..1), and the ``noisy_or_upper_bound`` of it (0..1), which treats all causes as independent.
    same_as
        The other IRIs of the entity; None, and not in JSON, where it has none.
    """

    json_keys = (
        "entity", "id", "label", "cls", "loss", "loss_low", "loss_high", "step", "*more", "binding", "support", "evidence",
        "same_as?",
    )  # fmt: skip
    loss: float
    loss_low: float
    loss_high: float
    step: int
    dependency: str | None
    provider: str | None
    source: str | None
    support: Support
    evidence: tuple[Citation, ...]
    more: Mapping[str, float | bool | None] = field(default_factory=dict)
    same_as: tuple[str, ...] | None = None

    @property
    def binding(self) -> Binding | None:
        """The dependency that determines the loss; None where it is hit itself."""
        return Binding(self.dependency, self.provider, self.source) if self.dependency else None


@dataclass(frozen=True, slots=True)
class BriefImpact(EntityAnswer):
    """The loss of one entity without what it rests on, for rows that show neither support nor evidence.

    Attributes
    ----------
    loss, loss_low, loss_high, step, dependency, provider, more
        As those of ``Impact``.
    """

    loss: float
    loss_low: float
    loss_high: float
    step: int
    dependency: str | None
    provider: str | None
    more: Mapping[str, float | bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shortage(Answer):
    """A need that is not met.

    Attributes
    ----------
    dependency
        The dependency (IRI).
    dependant, need
        Who needs what (IRIs).
    shortage
        How much of it is missing (0..1).
    step
        How many links away from what is hit; 0 where the link itself is hit.
    """

    dependency: str
    dependant: str
    need: str
    shortage: float
    step: int


@dataclass(frozen=True, slots=True)
class OwnerHit(Answer):
    """An owner among the targets of a shock; no model passes a loss on along an Ownership.

    Attributes
    ----------
    owner
        The owner (IRI).
    label
        Its label.
    owned
        How many entities it owns.
    """

    owner: str
    label: str
    owned: int


def owners_among(context: Context, iris: Iterable[str]) -> tuple[OwnerHit, ...]:
    """Return those of some entities that own others, in the order of their IRIs."""
    owners = sorted(set(iris) & context.holdings.keys())
    return tuple(OwnerHit(iri, label_of(context.records, iri), len(context.holdings[iri])) for iri in owners)


__all__ = ["Binding", "BriefImpact", "Impact", "OwnerHit", "Shortage", "owners_among"]
