"""The entities that a shock hits in groups: by class, and by what they lose. Those that lose equally much are not ranked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from knockon.analysis.answer import Answer
from knockon.analysis.impact.impact_report import Impact
from knockon.vocabulary import Stance

#: The classes of money, and those of who may be a customer: a brief names these first.
MONEY = ("RevenueStream", "Contract", "Funding")
CUSTOMERS = ("Company", "BusinessUnit", "Institution", "GovernmentBody", "Organization", "Group", "Market")
_ORDER = (*MONEY, *CUSTOMERS, "Product", "Service")
#: Losses that agree to this many digits are equal: a smaller difference is rounding.
_DIGITS = 6
#: From the strongest to the weakest; what has no source is weaker than all.
_STANCES = list(Stance)


@dataclass(frozen=True, slots=True)
class HitGroup(Answer):
    """Entities of one class that lose equally much.

    Attributes
    ----------
    cls
        Their class.
    loss
        What each of them loses (0..1).
    loss_low, loss_high
        The least of the lower bounds, and the greatest of the upper ones (0..1).
    entities
        Their IRIs, in the order of ``labels``.
    labels
        Their labels, in the order of the alphabet.
    first_step, last_step
        How many links away from what is hit the nearest and the farthest is; 0 where the shock hits them itself.
    stance
        The weakest stance of the sources on the way to one of them; None where a link has no source.
    inferred, judged, unknown, disputed
        How many of them rest on an inferred link, on a judged value, on a number that no record states, and on a link that
        several records describe.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "cls", "loss", "loss_low", "loss_high", "entities", "labels", "first_step", "last_step", "stance", "inferred",
        "judged", "unknown", "disputed",
    )  # fmt: skip

    cls: str
    loss: float
    loss_low: float
    loss_high: float
    entities: tuple[str, ...]
    labels: tuple[str, ...]
    first_step: int
    last_step: int
    stance: Stance | None
    inferred: int
    judged: int
    unknown: int
    disputed: int

    @property
    def is_hit(self) -> bool:
        """Whether the shock hits them itself."""
        return self.last_step == 0

    def __len__(self) -> int:
        return len(self.entities)


def hit_groups(impacts: Iterable[Impact]) -> tuple[HitGroup, ...]:
    """Return impacts in groups by class and loss: the greatest loss first, then money, customers, what is sold, the rest.

    What the shock hits itself is apart from what it reaches.

    Examples
    --------
    >>> import knockon
    >>> groups = hit_groups(knockon.open().impact("data-reclassification"))
    >>> groups[0].cls, len(groups[0]), groups[0].loss
    ('RevenueStream', 3, 1.0)
    """
    grouped: dict[tuple[float, str, bool], list[Impact]] = {}
    for impact in impacts:
        grouped.setdefault((round(impact.loss, _DIGITS), impact.cls, impact.step == 0), []).append(impact)
    ranked = sorted(grouped.items(), key=lambda item: (-item[0][0], class_rank(item[0][1]), item[0][1], item[0][2]))
    return tuple(group_of(members) for _, members in ranked)


def group_of(members: Sequence[Impact]) -> HitGroup:
    """Return a group of impacts, which have one loss; its class is that of the first."""
    named = sorted(members, key=lambda impact: (impact.label, impact.entity))
    supports = [impact.support for impact in members]
    stances = [support.stance for support in supports]
    return HitGroup(
        cls=members[0].cls,
        loss=members[0].loss,
        loss_low=min(impact.loss_low for impact in members),
        loss_high=max(impact.loss_high for impact in members),
        entities=tuple(impact.entity for impact in named),
        labels=tuple(impact.label for impact in named),
        first_step=min(impact.step for impact in members),
        last_step=max(impact.step for impact in members),
        stance=None if None in stances else max((s for s in stances if s is not None), key=_STANCES.index),
        inferred=sum(bool(support.inferred) for support in supports),
        judged=sum(bool(support.judged) for support in supports),
        unknown=sum(bool(support.unknown) for support in supports),
        disputed=sum(bool(support.disputed) for support in supports),
    )


def class_rank(cls: str) -> int:
    """Return the place of a class in the order of groups of one loss."""
    return _ORDER.index(cls) if cls in _ORDER else len(_ORDER)


__all__ = ["CUSTOMERS", "MONEY", "HitGroup", "class_rank", "group_of", "hit_groups"]
