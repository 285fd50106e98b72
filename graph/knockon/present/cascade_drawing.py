"""A drawing of a cascade: a box for each entity in its column and row, and the lines between the boxes.

The report, the board of the explorer page and the SVG that it saves are drawn from this description: they choose sizes
and which boxes to fold, and nothing else. The page has it as columns
(``present/page/cascade.py``), from which ``web/src/model/cascade-drawing.js`` takes the steps that are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from knockon.analysis.impact.impact_report import Impact

#: Losses that are equal to this many digits are equal: the difference is rounding.
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class EntityLoss:
    """The loss of an entity, as a drawing needs it.

    Attributes
    ----------
    entity, label
        Its IRI and its label.
    loss, low, high
        Its loss and the range of that: 0..1.
    step
        Its number of steps from what is hit.
    causes
        IRIs of the entities that may have caused it, the likeliest first; empty where the shock itself did.
    """

    entity: str
    label: str
    loss: float
    low: float
    high: float
    step: int
    causes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Box:
    """A box with an entity.

    Attributes
    ----------
    entity, label
        Its IRI and its label.
    loss, low, high
        Its loss and the range of that: 0..1.
    column, row
        Its step, and its rank among the boxes of that step: both from 0, the worst loss first.
    cause
        The index of the box that caused the loss, in an earlier column; None if no box did.
    from_shock
        Whether the shock itself caused the loss.
    """

    entity: str
    label: str
    loss: float
    low: float
    high: float
    column: int
    row: int
    cause: int | None
    from_shock: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line from a cause to its effect.

    Attributes
    ----------
    cause, effect
        The indexes of two boxes.
    size
        The loss of the effect if the line is binding, otherwise the missing share of the need; 0..1.
    binding
        Whether this cause is the one that determines the loss of the effect.
    back
        Whether the line leads to the same column or to an earlier one.
    """

    cause: int
    effect: int
    size: float
    binding: bool
    back: bool


@dataclass(frozen=True, slots=True)
class CascadeDrawing:
    """The boxes by column and row, and the lines by cause and effect: first the binding ones, then the other shortages."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def entity_loss(impact: Impact) -> EntityLoss:
    """Return what a drawing needs of an impact: its cause is the source that the run names, else the provider."""
    binding = impact.binding
    return EntityLoss(
        entity=impact.entity,
        label=impact.label or impact.entity,
        loss=impact.loss,
        low=impact.loss_low,
        high=impact.loss_high,
        step=impact.step,
        causes=tuple(cause for cause in (binding.source, binding.provider) if cause) if binding else (),
    )


def order(loss: EntityLoss) -> tuple[int, float, float, float, str]:
    """Return the sort key of a loss: by step, then as ``analysis.impact.focus.severity_key`` orders."""
    return loss.step, -round(loss.loss, _DIGITS), -round(loss.low, _DIGITS), -round(loss.high, _DIGITS), loss.entity


def cascade_drawing(losses: Iterable[EntityLoss], shortages: Mapping[tuple[str, str], float] | None = None) -> CascadeDrawing:
    """Return the drawing of a cascade.

    Parameters
    ----------
    losses
        What each entity loses, in any order.
    shortages
        By need and dependant (IRIs), the part of the need that is missing, 0..1.

    Examples
    --------
    >>> losses = [EntityLoss("a", "A", 1.0, 0.9, 1.0, 0), EntityLoss("b", "B", 0.5, 0.3, 0.6, 1, ("a",))]
    >>> drawing = cascade_drawing(losses, {("a", "b"): 0.7, ("b", "a"): 0.2})
    >>> [(box.label, box.column, box.row, box.cause) for box in drawing.boxes]
    [('A', 0, 0, None), ('B', 1, 0, 0)]
    >>> [(line.cause, line.effect, line.size, line.binding, line.back) for line in drawing.lines]
    [(0, 1, 0.5, True, False), (0, 1, 0.7, False, False), (1, 0, 0.2, False, True)]
    """
    ranked = sorted(losses, key=order)
    index = {loss.entity: position for position, loss in enumerate(ranked)}
    rows: dict[int, int] = {}
    boxes: list[Box] = []
    for loss in ranked:
        row = rows.get(loss.step, 0)
        rows[loss.step] = row + 1
        cause = _cause(loss, ranked, index)
        boxes.append(Box(loss.entity, loss.label, loss.loss, loss.low, loss.high, loss.step, row, cause, not loss.causes))
    binding = sorted((box.cause, effect, box.loss) for effect, box in enumerate(boxes) if box.cause is not None)
    missing = sorted(
        (index[need], index[dependant], size)
        for (need, dependant), size in (shortages or {}).items()
        if need in index and dependant in index and need != dependant
    )
    lines = [Line(cause, effect, size, True, False) for cause, effect, size in binding]
    lines += [Line(cause, effect, size, False, boxes[cause].column >= boxes[effect].column) for cause, effect, size in missing]
    return CascadeDrawing(tuple(boxes), tuple(lines))


def _cause(loss: EntityLoss, ranked: Sequence[EntityLoss], index: Mapping[str, int]) -> int | None:
    """Return the box of the first cause that is drawn in an earlier column: only such a line leads from the shock onwards."""
    drawn = (index[cause] for cause in loss.causes if cause in index)
    return next((box for box in drawn if ranked[box].step < loss.step), None)


__all__ = ["Box", "CascadeDrawing", "EntityLoss", "Line", "cascade_drawing", "entity_loss", "order"]
