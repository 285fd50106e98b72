"""The cascade as a still drawing: a column for each step, a line from each cause to its effect.

The places are computed here, ``templates/still.svg`` draws them. A column
holds ``ROWS`` boxes at most; the least losses of a fuller one are folded into
its last box, and the steps beyond the last column into one more column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from knockon.present.report.text_width import lines, right_to_left

ROWS, COLUMNS = 7, 8
#: Of the drawing, in its own units: one is a little less than a CSS pixel on A4.
WIDTH = 720.0
_LETTERS, _LEADING, _PAD, _LABEL_LINES = 8.6, 10.4, 5.0, 3
_HEAD, _FOOT, _BETWEEN = 24.0, 24.0, 8.0
_GAP, _WIDEST_GAP, _WIDEST_BOX = 16.0, 64.0, 150.0

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Box:
    """One entity, the shock, or the entities that are folded (``rows``: those it stands for)."""

    kind: str
    label: str
    rows: tuple[Row, ...]
    loss: float
    low: float
    high: float
    x: float = 0.0
    y: float = 0.0
    lines: tuple[str, ...] = ()
    backwards: bool = False

    @property
    def level(self) -> int:
        """How grave it is, 1 to 5, by which its fill darkens."""
        return level(self.loss)


@dataclass(frozen=True, slots=True)
class Line:
    """From a cause to its effect."""

    path: str
    level: int
    width: float


@dataclass(frozen=True, slots=True)
class Still:
    """A drawing, ready for its template."""

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


def level(loss: float) -> int:
    """The fifth of 0..1 that a loss is in.

    >>> [level(loss) for loss in (0.05, 0.2, 0.75, 1.0)]
    [1, 2, 4, 5]
    """
    return min(5, int(loss * 5 + 1e-9) + 1)


def still(rows: Sequence[Row], shock: str) -> Still:
    """The drawing of a cascade; each row has entity, label, loss, low, high, step and source (None: the shock).

    >>> rows = [dict(entity="a", label="A", loss=1.0, low=0.9, high=1.0, step=0, source=None),
    ...         dict(entity="b", label="B", loss=0.5, low=0.3, high=0.6, step=1, source="a")]
    >>> drawing = still(rows, "A shock")
    >>> [box.label for box in drawing.boxes], len(drawing.lines), [name for _, name in drawing.headings]
    (['A', 'B'], 1, ['Hit', 'Step 1'])
    """
    columns = _ordered(_columns(rows, shock))
    count = len(columns)
    wide = min(_WIDEST_BOX, (WIDTH - _GAP * (count - 1)) / max(1, count))
    gap = min(_WIDEST_GAP, (WIDTH - wide * count) / (count - 1)) if count > 1 else 0.0
    told = [[_told(box, wide) for box in boxes] for _, boxes in columns]
    tall = _height(told)
    most = max((len(boxes) for boxes in told), default=0)
    whole = most * (tall + _BETWEEN) - _BETWEEN if most else 0.0
    left = (WIDTH - wide * count - gap * max(0, count - 1)) / 2
    placed: list[Box] = []
    for place, boxes in enumerate(told):
        top = _HEAD + (whole - len(boxes) * (tall + _BETWEEN) + _BETWEEN) / 2
        placed += [_at(box, left + place * (wide + gap), top + row * (tall + _BETWEEN)) for row, box in enumerate(boxes)]
    headings = tuple((round(left + place * (wide + gap) + wide / 2, 2), name) for place, (name, _) in enumerate(columns))
    folded = sum(len(box.rows) for box in placed if box.kind == "fold")
    height = _HEAD + whole + _FOOT
    return Still(WIDTH, round(height, 2), round(wide, 2), tall, headings, tuple(placed), _lines(placed, wide, tall), folded)


def _columns(rows: Sequence[Row], shock: str) -> list[tuple[str, list[Box]]]:
    """The boxes of each column: what is hit, then each step; worst first."""
    steps = sorted({int(row["step"]) for row in rows if row["step"] > 0})
    hit = [row for row in rows if row["step"] == 0]
    first = [_one(row) for row in hit[:ROWS]] if len(hit) <= ROWS else _folded(hit, ROWS)
    if any(row["source"] is None and row["step"] > 0 for row in rows):
        first = [Box("shock", shock, (), 1.0, 1.0, 1.0), *(first if len(first) < ROWS else _folded(hit, ROWS - 1))]
    found = [("Hit" if hit else "Shock", first)] if first else []
    room = COLUMNS - len(found)
    near = steps if len(steps) <= room else steps[: room - 1]
    for step in near:
        there = [row for row in rows if row["step"] == step]
        found.append((f"Step {step}", [_one(row) for row in there] if len(there) <= ROWS else _folded(there, ROWS)))
    if far := [row for row in rows if row["step"] in set(steps) - set(near)]:
        found.append((f"Step {steps[len(near)]} on", _folded(far, ROWS)))
    return found


def _folded(rows: Sequence[Row], room: int) -> list[Box]:
    if len(rows) <= room:
        return [_one(row) for row in rows]
    rest = tuple(rows[room - 1 :])
    worst = rest[0]["loss"]
    fold = Box("fold", f"and {len(rest):,} more", rest, worst, rest[-1]["loss"], worst)
    return [*(_one(row) for row in rows[: room - 1]), fold]


def _one(row: Row) -> Box:
    return Box("entity", str(row["label"]), (row,), row["loss"], row["low"], row["high"])


def _ordered(columns: list[tuple[str, list[Box]]]) -> list[tuple[str, list[Box]]]:
    """Each column in the order of its causes, so that few lines cross; what is folded stands last."""
    height: dict[str, float] = {}
    done = []
    for name, boxes in columns:
        ranked = sorted((_group(box), _cause(box, height), place) for place, box in enumerate(boxes))
        ordered = [boxes[place] for _, _, place in ranked]
        height.update({row["entity"]: place / len(ordered) for place, box in enumerate(ordered) for row in box.rows})
        done.append((name, ordered))
    return done


def _group(box: Box) -> int:
    return {"shock": 0, "entity": 1, "fold": 2}[box.kind]


def _cause(box: Box, height: Mapping[str, float]) -> float:
    return height.get(str(box.rows[0]["source"]), 0.0) if box.kind == "entity" else 0.0


def _told(box: Box, wide: float) -> Box:
    room = wide - 2 * _PAD
    shown = tuple(lines(box.label, room, _LETTERS, _LABEL_LINES))
    return Box(box.kind, box.label, box.rows, box.loss, box.low, box.high, lines=shown, backwards=right_to_left(box.label))


def _height(columns: Sequence[Sequence[Box]]) -> float:
    most = max((len(box.lines) for boxes in columns for box in boxes), default=1)
    return round(2 * _PAD + (most + 1) * _LEADING + 1.0, 2)


def _at(box: Box, x: float, y: float) -> Box:
    return Box(box.kind, box.label, box.rows, box.loss, box.low, box.high, round(x, 2), round(y, 2), box.lines, box.backwards)


def _lines(boxes: Sequence[Box], wide: float, tall: float) -> tuple[Line, ...]:
    """One for each pair of boxes, as grave as the gravest loss that runs along it; the light ones first, to lie below."""
    home = {row["entity"]: place for place, box in enumerate(boxes) for row in box.rows}
    shock = next((place for place, box in enumerate(boxes) if box.kind == "shock"), None)
    pairs: dict[tuple[int, int], float] = {}
    for place, box in enumerate(boxes):
        for row in box.rows:
            cause = home.get(row["source"]) if row["source"] is not None else (shock if row["step"] > 0 else None)
            if cause is not None and boxes[cause].x < box.x:
                pairs[cause, place] = max(pairs.get((cause, place), 0.0), row["loss"])
    ranked = sorted(pairs.items(), key=lambda pair: (pair[1], pair[0]))
    return tuple(
        Line(_curve(boxes[a], boxes[b], wide, tall), level(loss), round(0.6 + 1.2 * loss, 2)) for (a, b), loss in ranked
    )


def _curve(cause: Box, effect: Box, wide: float, tall: float) -> str:
    start, end = (cause.x + wide, cause.y + tall / 2), (effect.x, effect.y + tall / 2)
    bend = (end[0] - start[0]) / 2
    points = [start, (start[0] + bend, start[1]), (end[0] - bend, end[1]), end]
    x, rest = points[0], points[1:]
    return f"M{x[0]:.1f} {x[1]:.1f}C" + " ".join(f"{a:.1f} {b:.1f}" for a, b in rest)


__all__ = ["COLUMNS", "ROWS", "Box", "Line", "Still", "level", "still"]
