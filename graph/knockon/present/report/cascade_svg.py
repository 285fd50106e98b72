"""The cascade of the report: a column for each step, a line from each cause to its effect.

The positions are computed here from the description that all drawings of a cascade share; ``templates/cascade.svg``
draws them. A column has at most ``ROWS`` boxes: if there are more, those with the smallest losses are folded into its
last box. The steps beyond the last column are folded into one column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from knockon.present import cascade_drawing
from knockon.present.cascade_drawing import CascadeDrawing
from knockon.present.report.text_width import lines, right_to_left

ROWS, COLUMNS = 7, 8
#: Of the drawing, in its own units: one is a little less than a CSS pixel on A4.
WIDTH = 720.0
_LETTERS, _LEADING, _PAD, _LABEL_LINES = 8.6, 10.4, 5.0, 3
_HEAD, _FOOT, _BETWEEN = 24.0, 24.0, 8.0
_GAP, _WIDEST_GAP, _WIDEST_BOX = 16.0, 64.0, 150.0
#: The order of the boxes in a column: the shock first, what is folded last.
_KINDS = {"shock": 0, "entity": 1, "fold": 2}


@dataclass(frozen=True, slots=True)
class Box:
    """A box with its position.

    Attributes
    ----------
    kind
        ``entity``, ``shock``, or ``fold`` for several entities that have no box of their own.
    label
        The full text of the box.
    entities
        The entities that it shows: one, none (the shock), or those that are folded.
    loss, low, high
        The loss and its range, 0..1; of a fold, its worst, its least and its worst loss.
    x, y
        Its upper left corner.
    lines
        The lines of the label.
    right_to_left
        Whether the label runs from right to left.
    """

    kind: str
    label: str
    entities: tuple[cascade_drawing.Box, ...]
    loss: float
    low: float
    high: float
    x: float = 0.0
    y: float = 0.0
    lines: tuple[str, ...] = ()
    right_to_left: bool = False

    @property
    def level(self) -> int:
        """The fifth of 0..1 that the loss is in, 1 to 5; the fill darkens with it."""
        return level(self.loss)


@dataclass(frozen=True, slots=True)
class Line:
    """A line from a cause to its effect: the path to draw, its level (1 to 5) and its width."""

    path: str
    level: int
    width: float


@dataclass(frozen=True, slots=True)
class CascadeSvg:
    """A drawing, ready for its template.

    Attributes
    ----------
    width, height, box_width, box_height
        Sizes, in units of the drawing.
    headings
        The middle and the name of each column.
    boxes
        The boxes, column by column, each from top to bottom.
    lines
        The lines, those of the smallest losses first, so that the others are drawn over them.
    folded
        How many entities have no box of their own.
    letters, leading
        The font size, and the distance between two lines of text.
    """

    width: float
    height: float
    box_width: float
    box_height: float
    headings: tuple[tuple[float, str], ...]
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    folded: int
    letters: float = field(default=_LETTERS)
    leading: float = field(default=_LEADING)


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    boxes: tuple[Box, ...]


def level(loss: float) -> int:
    """Return the fifth of 0..1 that a loss is in.

    >>> [level(loss) for loss in (0.05, 0.2, 0.75, 1.0)]
    [1, 2, 4, 5]
    """
    return min(5, int(loss * 5 + 1e-9) + 1)


def cascade_svg(
    drawing: CascadeDrawing, shock: str, label_of: Callable[[cascade_drawing.Box], str] = lambda box: box.label
) -> CascadeSvg:
    """Return the drawing of a cascade with all positions.

    Parameters
    ----------
    drawing
        The description of the drawing.
    shock
        The label of the shock; it has a box where it causes a loss beyond the first column.
    label_of
        Returns the text of the box of an entity.

    Examples
    --------
    >>> from knockon.present.cascade_drawing import EntityLoss, cascade_drawing
    >>> losses = [EntityLoss("a", "A", 1.0, 0.9, 1.0, 0), EntityLoss("b", "B", 0.5, 0.3, 0.6, 1, ("a",))]
    >>> svg = cascade_svg(cascade_drawing(losses), "A shock")
    >>> [box.label for box in svg.boxes], len(svg.lines), [name for _, name in svg.headings]
    (['A', 'B'], 1, ['Hit', 'Step 1'])
    """
    columns = _by_causes(_columns(drawing.boxes, shock), drawing.boxes)
    count = len(columns)
    box_width = min(_WIDEST_BOX, (WIDTH - _GAP * (count - 1)) / max(1, count))
    gap = min(_WIDEST_GAP, (WIDTH - box_width * count) / (count - 1)) if count > 1 else 0.0
    labelled = [[_labelled(box, box_width, label_of) for box in column.boxes] for column in columns]
    box_height = _box_height(labelled)
    row_count = max((len(boxes) for boxes in labelled), default=0)
    content_height = row_count * (box_height + _BETWEEN) - _BETWEEN if row_count else 0.0
    left = (WIDTH - box_width * count - gap * max(0, count - 1)) / 2
    placed: list[Box] = []
    for place, boxes in enumerate(labelled):
        x = round(left + place * (box_width + gap), 2)
        top = _HEAD + (content_height - len(boxes) * (box_height + _BETWEEN) + _BETWEEN) / 2
        placed += [replace(box, x=x, y=round(top + row * (box_height + _BETWEEN), 2)) for row, box in enumerate(boxes)]
    return CascadeSvg(
        width=WIDTH,
        height=round(_HEAD + content_height + _FOOT, 2),
        box_width=round(box_width, 2),
        box_height=box_height,
        headings=tuple(
            (round(left + place * (box_width + gap) + box_width / 2, 2), column.name) for place, column in enumerate(columns)
        ),
        boxes=tuple(placed),
        lines=_lines(placed, drawing.boxes, box_width, box_height),
        folded=sum(len(box.entities) for box in placed if box.kind == "fold"),
    )


def _columns(boxes: Sequence[cascade_drawing.Box], shock: str) -> list[_Column]:
    """Return the columns: what is hit, then each step, each with the worst loss first."""
    steps = sorted({box.column for box in boxes if box.column > 0})
    hit = [box for box in boxes if box.column == 0]
    first = _column(hit, ROWS)
    if any(box.from_shock and box.column > 0 for box in boxes):
        first = [Box("shock", shock, (), 1.0, 1.0, 1.0), *(first if len(first) < ROWS else _column(hit, ROWS - 1))]
    columns = [_Column("Hit" if hit else "Shock", tuple(first))] if first else []
    free = COLUMNS - len(columns)
    shown = steps if len(steps) <= free else steps[: free - 1]
    columns += [_Column(f"Step {step}", tuple(_column([box for box in boxes if box.column == step], ROWS))) for step in shown]
    if folded := [box for box in boxes if box.column in set(steps) - set(shown)]:
        columns.append(_Column(f"Step {steps[len(shown)]} on", tuple(_column(folded, ROWS))))
    return columns


def _column(boxes: Sequence[cascade_drawing.Box], room: int) -> list[Box]:
    """Return at most ``room`` boxes of a column; the last represents all that have no box of their own."""
    if len(boxes) <= room:
        return [_entity(box) for box in boxes]
    folded = tuple(boxes[room - 1 :])
    worst = folded[0].loss
    fold = Box("fold", f"and {len(folded):,} more", folded, worst, folded[-1].loss, worst)
    return [*(_entity(box) for box in boxes[: room - 1]), fold]


def _entity(box: cascade_drawing.Box) -> Box:
    return Box("entity", box.label, (box,), box.loss, box.low, box.high)


def _by_causes(columns: Sequence[_Column], boxes: Sequence[cascade_drawing.Box]) -> list[_Column]:
    """Sort each column by the heights of its causes, so that few lines cross; folded boxes stay last."""
    height: dict[str, float] = {}
    ordered: list[_Column] = []
    for column in columns:
        ranked = sorted(column.boxes, key=lambda box: (_KINDS[box.kind], _cause_height(box, boxes, height)))
        for place, box in enumerate(ranked):
            height.update({entity.entity: place / len(ranked) for entity in box.entities})
        ordered.append(_Column(column.name, tuple(ranked)))
    return ordered


def _cause_height(box: Box, boxes: Sequence[cascade_drawing.Box], height: Mapping[str, float]) -> float:
    cause = box.entities[0].cause if box.kind == "entity" else None
    return 0.0 if cause is None else height.get(boxes[cause].entity, 0.0)


def _labelled(box: Box, box_width: float, label_of: Callable[[cascade_drawing.Box], str]) -> Box:
    label = label_of(box.entities[0]) if box.kind == "entity" else box.label
    shown = tuple(lines(label, box_width - 2 * _PAD, _LETTERS, _LABEL_LINES))
    return replace(box, label=label, lines=shown, right_to_left=right_to_left(label))


def _box_height(columns: Sequence[Sequence[Box]]) -> float:
    line_count = max((len(box.lines) for boxes in columns for box in boxes), default=1)
    return round(2 * _PAD + (line_count + 1) * _LEADING + 1.0, 2)


def _lines(
    placed: Sequence[Box], boxes: Sequence[cascade_drawing.Box], box_width: float, box_height: float
) -> tuple[Line, ...]:
    """Return a line for each pair of boxes, with the greatest loss along it; the smallest losses first."""
    index = {entity.entity: number for number, box in enumerate(placed) for entity in box.entities}
    shock = next((place for place, box in enumerate(placed) if box.kind == "shock"), None)
    pairs: dict[tuple[int, int], float] = {}
    for place, box in enumerate(placed):
        for entity in box.entities:
            cause = shock if entity.from_shock and entity.column > 0 else None
            if entity.cause is not None:
                cause = index[boxes[entity.cause].entity]
            if cause is not None and placed[cause].x < box.x:
                pairs[cause, place] = max(pairs.get((cause, place), 0.0), entity.loss)
    ranked = sorted(pairs.items(), key=lambda pair: (pair[1], pair[0]))
    return tuple(
        Line(_curve(placed[cause], placed[effect], box_width, box_height), level(loss), round(0.6 + 1.2 * loss, 2))
        for (cause, effect), loss in ranked
    )


def _curve(cause: Box, effect: Box, box_width: float, box_height: float) -> str:
    start, end = (cause.x + box_width, cause.y + box_height / 2), (effect.x, effect.y + box_height / 2)
    bend = (end[0] - start[0]) / 2
    points = [(start[0] + bend, start[1]), (end[0] - bend, end[1]), end]
    return f"M{start[0]:.1f} {start[1]:.1f}C" + " ".join(f"{x:.1f} {y:.1f}" for x, y in points)


__all__ = ["COLUMNS", "ROWS", "Box", "CascadeSvg", "Line", "cascade_svg", "level"]
