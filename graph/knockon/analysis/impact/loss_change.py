"""The change of one loss between two versions of data: what kind of change it is, and how great."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from knockon.analysis.answer import Answer
from knockon.analysis.impact.compare import SAME
from knockon.analysis.impact.thresholds import Losses
from knockon.vocabulary import local_name

#: The losses of what loses nothing.
NOTHING: Losses = (0.0, 0.0, 0.0)


class LossKind(StrEnum):
    """The kind of a change of a loss."""

    NEW = "new"
    VANISHED = "vanished"
    WORSE = "worse"
    BETTER = "better"
    RANGE = "range"


#: The kind of each change on the way back.
OPPOSITE = {
    LossKind.NEW: LossKind.VANISHED, LossKind.VANISHED: LossKind.NEW, LossKind.WORSE: LossKind.BETTER,
    LossKind.BETTER: LossKind.WORSE, LossKind.RANGE: LossKind.RANGE,
}  # fmt: skip


def loss_kind(old: Losses, new: Losses) -> LossKind | None:
    """Return the kind of the change from one loss to another; None where no number differs by more than 1e-9.

    Parameters
    ----------
    old, new
        The low end, the point and the high end of each loss (0..1).

    Examples
    --------
    >>> loss_kind((0.0, 0.0, 0.0), (0.1, 0.2, 0.3)).value, loss_kind((0.1, 0.2, 0.3), (0.1, 0.1, 0.3)).value
    ('new', 'better')
    >>> loss_kind((0.1, 0.2, 0.3), (0.1, 0.2, 0.4)).value, loss_kind((0.1, 0.2, 0.3), (0.1, 0.2, 0.3))
    ('range', None)
    """
    if max(abs(after - before) for before, after in zip(old, new, strict=True)) <= SAME:
        return None
    rise = new[1] - old[1]
    if abs(rise) <= SAME:
        return LossKind.RANGE
    if rise > 0:
        return LossKind.WORSE if old[1] > 0 else LossKind.NEW
    return LossKind.BETTER if new[1] > 0 else LossKind.VANISHED


@dataclass(frozen=True, slots=True)
class LossChange(Answer):
    """The loss of one entity under one shock, in two versions of data between which it differs.

    Attributes
    ----------
    kind
        ``new`` where it lost nothing before, ``vanished`` where it loses nothing now, ``worse``, ``better``, or ``range``
        where the loss is the same and its low or high end differs. In JSON: ``change``.
    shock, entity
        The shock and the entity (IRIs).
    shock_label, label
        Their labels.
    cls
        The class of the entity, such as ``Company``.
    old, new
        The low end, the point and the high end of the loss (0..1) in each version; zeros where nothing is lost.
    """

    json_keys: ClassVar[tuple[str, ...]] = (
        "kind", "shock", "shock_label", "entity", "id", "label", "cls", "difference", "loss_old", "loss_low_old",
        "loss_high_old", "loss_new", "loss_low_new", "loss_high_new",
    )  # fmt: skip
    json_names: ClassVar[Mapping[str, str]] = {"kind": "change"}

    kind: LossKind
    shock: str
    shock_label: str
    entity: str
    label: str
    cls: str
    old: Losses
    new: Losses

    @property
    def id(self) -> str:
        """The local name of the entity."""
        return local_name(self.entity)

    @property
    def difference(self) -> float:
        """The new loss minus the old one (-1..1); 0 where they agree to 1e-9."""
        difference = self.new[1] - self.old[1]
        return difference if abs(difference) > SAME else 0.0

    @property
    def loss_old(self) -> float:
        """The old loss (0..1)."""
        return self.old[1]

    @property
    def loss_low_old(self) -> float:
        """The low end of the old loss (0..1)."""
        return self.old[0]

    @property
    def loss_high_old(self) -> float:
        """The high end of the old loss (0..1)."""
        return self.old[2]

    @property
    def loss_new(self) -> float:
        """The new loss (0..1)."""
        return self.new[1]

    @property
    def loss_low_new(self) -> float:
        """The low end of the new loss (0..1)."""
        return self.new[0]

    @property
    def loss_high_new(self) -> float:
        """The high end of the new loss (0..1)."""
        return self.new[2]

    @property
    def size(self) -> float:
        """The greatest difference between the two (0..1), of the loss or of one of its ends."""
        return max(abs(after - before) for before, after in zip(self.old, self.new, strict=True))

    @property
    def order(self) -> tuple[float, float, str, str]:
        """The key that sorts changes: by size of the difference, then by that of the range, then by shock and entity."""
        return (-abs(self.difference), -self.size, self.shock, self.entity)


__all__ = ["NOTHING", "OPPOSITE", "LossChange", "LossKind", "loss_kind"]
