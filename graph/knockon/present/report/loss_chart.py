"""The chart of the worst losses: a dot for each loss and a line for its range.

The positions are computed here, ``templates/loss_chart.svg`` draws them. Colours
come from the classes, so that they follow light, dark and print.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from knockon.present.report.cascade_svg import level
from knockon.present.report.text_width import clipped, right_to_left

#: In units of the drawing, as those of the cascade beside it.
WIDTH = 720.0
_LABELS, _FIGURES, _ROW, _HEAD, _FOOT = 232.0, 112.0, 21.0, 8.0, 30.0
_LETTERS, _LABEL_GAP, _FIGURE_GAP, _AXIS_GAP = 10.5, 12.0, 14.0, 16.0
#: From the middle of a line of text to its baseline, in parts of the size of its letters.
_BASELINE = 0.35


@dataclass(frozen=True, slots=True)
class Loss:
    """A row of the chart before its position is computed.

    Attributes
    ----------
    label
        The label of the entity; any text.
    loss, low, high
        The loss and its range, 0..1.
    figure
        The loss and its range as text, shown beside the row.
    """

    label: str
    loss: float
    low: float
    high: float
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the chart with its position.

    Attributes
    ----------
    label
        The label, cut to its width.
    figure
        The loss and its range as text.
    y, baseline
        The height of the dot, and of the text beside it.
    x, low, high
        The horizontal position of the dot, and those of the ends of the line of its range.
    level
        The fifth of 0..1 that the loss is in, 1 to 5, by which the colour darkens.
    right_to_left
        Whether the label runs from right to left.
    """

    label: str
    figure: str
    y: float
    baseline: float
    x: float
    low: float
    high: float
    level: int
    right_to_left: bool


@dataclass(frozen=True, slots=True)
class LossChart:
    """A chart, ready for its template.

    Attributes
    ----------
    title
        The text alternative.
    name
        What every id in it begins with.
    width, height
        Its size, in units of the drawing.
    top, bottom
        The vertical positions of the ends of the grid.
    axis_baseline
        The height of the text below the grid.
    label_x, figure_x
        The horizontal positions at which labels end and figures begin.
    ticks
        Each line of the grid: its position and the text below it.
    rows
        The rows, in the order given.
    """

    title: str
    name: str
    width: float
    height: float
    top: float
    bottom: float
    axis_baseline: float
    label_x: float
    figure_x: float
    ticks: tuple[tuple[float, str], ...]
    rows: tuple[Row, ...]


def loss_chart(losses: Sequence[Loss], *, title: str, name: str) -> LossChart:
    """Return the chart of some losses.

    Parameters
    ----------
    losses
        The rows, from above.
    title
        The text alternative of the chart.
    name
        What every id in it begins with: two charts of one page need two names.

    Examples
    --------
    >>> chart = loss_chart([Loss("Acme", 0.5, 0.25, 1.0)], title="One loss", name="worst")
    >>> row = chart.rows[0]
    >>> row.low, row.x, row.high, row.level
    (326.0, 420.0, 608.0, 3)
    >>> chart.ticks[0], chart.ticks[-1], chart.height
    ((232.0, '0%'), (608.0, '100%'), 59.0)
    """
    bottom = _HEAD + _ROW * max(1, len(losses))
    return LossChart(
        title=title,
        name=name,
        width=WIDTH,
        height=bottom + _FOOT,
        top=_HEAD,
        bottom=bottom,
        axis_baseline=_rounded(bottom + _AXIS_GAP),
        label_x=_LABELS - _LABEL_GAP,
        figure_x=WIDTH - _FIGURES + _FIGURE_GAP,
        ticks=tuple((_x(part / 4), f"{part * 25}%") for part in range(5)),
        rows=tuple(_row(loss, _HEAD + _ROW * (index + 0.5)) for index, loss in enumerate(losses)),
    )


def _row(loss: Loss, y: float) -> Row:
    return Row(
        label=clipped(loss.label, _LABELS - _LABEL_GAP - 4, _LETTERS),
        figure=loss.figure,
        y=_rounded(y),
        baseline=_rounded(y + _LETTERS * _BASELINE),
        x=_x(loss.loss),
        low=_x(loss.low),
        high=_x(loss.high),
        level=level(loss.loss),
        right_to_left=right_to_left(loss.label),
    )


def _x(loss: float) -> float:
    """Return the horizontal position of a loss."""
    return _rounded(_LABELS + (WIDTH - _LABELS - _FIGURES) * loss)


def _rounded(value: float) -> float:
    return round(value, 2)


__all__ = ["WIDTH", "Loss", "LossChart", "Row", "loss_chart"]
