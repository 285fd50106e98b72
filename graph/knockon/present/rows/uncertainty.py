"""How certain the losses of a shock are, as people read it: two tables, rows for programs, and notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from knockon.analysis.impact.coverage import affected
from knockon.analysis.methods import REGISTRY
from knockon.present.caveats import world_notes
from knockon.present.phrases import capped, titled
from knockon.present.rows.table import Table
from knockon.text import Fixed, counted
from knockon.vocabulary import local_name

if TYPE_CHECKING:
    from knockon.analysis.uncertainty.uncertainty_report import Spread, UncertaintyReport, Weight

_SAMPLINGS = {"lhs": "Latin hypercube", "sobol": "scrambled Sobol' points"}
#: The columns of a spread: its exact bounds, and the quantiles between them.
_SPREAD = {"low": "loss_low", "5%": "loss_q05", "50%": "loss_median", "95%": "loss_q95", "high": "loss_high"}
_PER = {"word": "one number for each word, shared by all its uses", "link": "a number for each link and hit"}
#: The columns for programs: all that JSON has but the drivers.
_COLUMNS = (
    "entity", "id", "label", "class", "step", "loss", "loss_low", "loss_high", "loss_q05", "loss_median", "loss_q95",
    "loss_mean", "loss_sd", "threshold_probability", "threshold_standard_error", "rank", "rank_mean", "rank_sd",
    "top_probability", "hangs_on", "swing",
)  # fmt: skip


def spread_table(report: UncertaintyReport) -> Table:
    """Return a row for each entity that can lose anything, for programs."""
    return Table([spread.to_dict() for spread in report], _COLUMNS)


def uncertainty_tables(report: UncertaintyReport, min_loss: float = 0.0) -> tuple[Table, Table]:
    """Return the spreads of the losses, and the assumptions that they hang on.

    Parameters
    ----------
    report
        The answer.
    min_loss
        Leave out entities whose loss and whose 95 % quantile are below this (0..1).
    """
    drawing = report.drawing
    passes, among = f">= {drawing.threshold:g}" if drawing.threshold else "any", f"top {drawing.top}"
    rows = [_spread_row(spread, passes, among) for spread in report if _is_shown(spread, min_loss)]
    title = titled(report.shock.label, truncated=report.truncated)
    losses = Table(rows, ["id", "loss", *_SPREAD, passes, among, "hangs_on"], title, ["hangs_on", among, passes])
    weights = [_weight_row(weight) for weight in report.weights]
    columns = ["assumption", "low", "point", "high", "uses", "mean_swing", "moves", "most", "on"]
    title = "What the losses hang on: each assumption alone from its low to its high"
    return losses, Table(weights, columns, title, ["uses", "moves", "mean_swing"])


def _hidden_note(report: UncertaintyReport, min_loss: float) -> Iterator[str]:
    if hidden := sum(not _is_shown(spread, min_loss) for spread in report):
        entities = counted(hidden, "entity", "entities")
        yield f"{entities} with a loss and a 95 % quantile below {min_loss} not shown; --min-loss 0 shows all"


def _is_shown(spread: Spread, min_loss: float) -> bool:
    return max(spread.loss, spread.loss_q95) >= min_loss


def _spread_row(spread: Spread, passes: str, among: str) -> dict[str, object]:
    driver = spread.hangs_on
    return {
        "id": spread.id,
        "loss": Fixed(spread.loss),
        **{column: Fixed(getattr(spread, name)) for column, name in _SPREAD.items()},
        passes: Fixed(spread.threshold_probability),
        among: Fixed(spread.top_probability),
        "hangs_on": f"{driver.assumption.name} {driver.swing:.2f}" if driver else "stated numbers",
    }


def _weight_row(weight: Weight) -> dict[str, object]:
    assumption = weight.assumption
    return {
        "assumption": assumption.name,
        "low": Fixed(assumption.low),
        "point": Fixed(assumption.point),
        "high": Fixed(assumption.high),
        "uses": assumption.uses,
        "mean_swing": Fixed(weight.swing_mean, 3),
        "moves": weight.moves,
        "most": Fixed(weight.swing_most),
        "on": local_name(weight.most_on) if weight.most_on else None,
    }


def uncertainty_notes(report: UncertaintyReport, min_loss: float | None = None) -> Iterator[str]:
    """Return the sampling, the assumptions that matter most, how to read the numbers, and what the answer leaves out.

    Parameters
    ----------
    report
        The answer.
    min_loss
        The smallest loss of the table; None if nothing is left out.
    """
    if min_loss is not None:
        yield from _hidden_note(report, min_loss)
    drawing = report.drawing
    sampling = f"{counted(drawing.draws, 'draw')} ({_SAMPLINGS[drawing.sampling]}, {drawing.shape}, seed {drawing.seed})"
    yield f"{sampling}; {_PER[drawing.draws_per]}: {counted(len(report.weights), 'assumption')}"
    yield _hangs_on(report)
    if report.spreads:
        error = max(spread.threshold_standard_error for spread in report)
        yield (
            "low and high are exact bounds, whatever is drawn; quantiles and probabilities are of these draws "
            f"(a probability to within {error:.2g}, one standard error)"
        )
        yield (
            f"top {drawing.top}: the share of draws in which it is one of the {drawing.top} that lose most; "
            "where several lose alike they share the places that are left"
        )
        yield REGISTRY["uncertainty"].equation
        outside = sum(not spread.loss_q05 - 1e-9 <= spread.loss <= spread.loss_q95 + 1e-9 for spread in report)
        if outside:
            losses = "1 loss at the points is" if outside == 1 else f"{outside} losses at the points are"
            yield f"{losses} outside 5 to 95 %: the point of Essential is the top of its interval"
    reached = affected(report.affected, report.affected + report.unaffected, possibly=True)
    yield f"{reached}; {report.model}, stopped by {report.stopped_by}"
    yield from world_notes(report.run, report.shock.id)
    if report.truncated:
        yield capped(report.model)


def _hangs_on(report: UncertaintyReport) -> str:
    """Return a sentence on the assumptions that the losses depend on most."""
    if not report.spreads:
        return "no entity can lose anything: every loss is 0 in every draw"
    if not report.weights or not report.weights[0].most_on:
        return "everything that decides these losses is stated as a number: all draws are alike"
    first = report.weights[0]
    sentence = (
        f"most hangs on {first.assumption.name}, which alone moves {first.moves} of "
        f"{counted(len(report), 'entity', 'entities')}, {report.run.named(str(first.most_on))} by {first.swing_most:.2f}"
    )
    others = [weight.assumption.name for weight in report.weights[1:3] if weight.moves]
    return sentence + (f"; then on {', then '.join(others)}" if others else "")


__all__ = ["spread_table", "uncertainty_notes", "uncertainty_tables"]
