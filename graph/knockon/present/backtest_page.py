"""The page of backtests: failures first, and a drawing of what was predicted beside what was observed.

Self-contained, without scripts and loads; every text is untrusted and escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from knockon.present.page_style import page_style
from knockon.present.rows.backtest import MEANINGS, backtest_notes, backtest_tables
from knockon.present.template_environment import template_environment
from knockon.text import plain

if TYPE_CHECKING:
    from knockon.analysis.backtest.run import Backtest, Observation

#: The drawing, in its own units: the margin at both ends, the width of the scale from 0 to 1, and the height of a row. Labels
#: are above the lines, so that it fits a narrow screen.
_MARGIN, _SCALE, _ROW = 16.0, 420.0, 34.0
#: The most characters of a label of the drawing.
_MOST = 44


@dataclass(frozen=True)
class Mark:
    """A row of the drawing: a line for the predicted range, a bar for the loss, a diamond for what was observed."""

    label: str
    verdict: str
    y: float
    low: float
    high: float
    loss: float
    observed: float | None


def drawing(observations: Sequence[Observation]) -> tuple[Mark, ...]:
    """Return the rows of the drawing: outcomes that were hit or predicted to be, the failures first."""
    shown = [each for each in observations if each.verdict != "spared"]
    return tuple(_mark(each, 44 + _ROW * row) for row, each in enumerate(shown))


def _mark(each: Observation, y: float) -> Mark:
    label = f"{each.case}: {each.entity}"[:_MOST]
    seen = None if each.observed_low is None else (each.observed_low + (each.observed_high or each.observed_low)) / 2
    low, high, loss = _place(each.loss_low), _place(each.loss_high), _place(each.loss)
    return Mark(label, each.verdict, y, low, high, loss, None if seen is None else _place(seen))


def _place(share: float) -> float:
    return round(_MARGIN + _SCALE * share, 1)


def backtest_page(answer: Backtest) -> str:
    """Return the HTML of backtests."""
    style = page_style("Knock-on backtest", _STYLE)
    marks = drawing(answer.observations)
    observed, scores, *others = backtest_tables(answer)
    return template_environment(_visible).get_template("backtest.html").render(
        style=style.style,
        policy=style.policy,
        notes=[note[0].upper() + note[1:].replace("`", "") for note in backtest_notes(answer)],
        observed=observed, scores=scores, others=others, marks=marks, meanings=MEANINGS,
        height=40 + _ROW * len(marks), width=2 * _MARGIN + _SCALE,
        ticks=[(_place(part / 4), f"{part * 25}%") for part in range(5)],
        sources=[(each.case, each.entity, each.note, each.source) for each in answer.observations], cell=_cell,
    )  # fmt: skip


_STYLE = """
.backtest { width: 100%; max-width: 40rem; }
.backtest text { font-size: 9px; }
@media (max-width: 32rem) { .backtest text { font-size: 12px; } }
.backtest .soft { fill: var(--soft); }
.backtest .grid { stroke: var(--faint); }
.backtest .span { stroke: var(--l2); stroke-width: 6; }
.backtest .loss { stroke: var(--l5); stroke-width: 2.5; }
.backtest .seen { fill: var(--ink); }
td bdi { overflow-wrap: normal; }
td { overflow-wrap: normal; }
"""


def _cell(value: object) -> str:
    return "" if value is None else f"{value:.2f}" if isinstance(value, float) else str(value)


def _visible(value: Any) -> Any:
    return value if isinstance(value, Markup) else plain(value)


__all__ = ["Mark", "backtest_page", "drawing"]
