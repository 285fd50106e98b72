"""uncertainty: how sure the losses of a shock are, and on which word they hang."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from knockon.cli import completion
from knockon.cli.gating import CAPPED
from knockon.cli.hitting import Hits, hits
from knockon.cli.messages import note, note_lines, working
from knockon.cli.options import MinLoss, Store, graph
from knockon.cli.output import ROWS, Writer, writes
from knockon.cli.worlds import STOP, WORLD, Given, world_options
from knockon.errors import UsageError
from knockon.present.rows.table import Table
from knockon.present.rows.words import titled
from knockon.text import Fixed, counted

if TYPE_CHECKING:
    from knockon.analysis.uncertainty.uncertainty_report import Spread, UncertaintyReport, Weight

_SAMPLINGS = {"lhs": "Latin hypercube", "sobol": "scrambled Sobol' points"}
#: The columns of a spread: its exact bounds, and the quantiles between them.
_SPREAD = {"low": "loss_low", "5%": "loss_q05", "50%": "loss_median", "95%": "loss_q95", "high": "loss_high"}
_PER = {"word": "one number for each word, shared by all its uses", "link": "a number for each link and hit"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(uncertainty)


@writes(*ROWS)
@hits
@world_options(*WORLD, *STOP)
def uncertainty(
    shock: Annotated[str | None, typer.Argument(help="A shock of the graph.", autocompletion=completion.shocks)] = None,
    draws: Annotated[int, typer.Option("--draws", help="How many draws (2 or more; a power of two for sobol).")] = 1024,
    draws_per: Annotated[
        str,
        typer.Option("--draws-per", help="word (all links of a word share a number in a draw) or link (each has its own)."),
    ] = "word",
    sampling: Annotated[str, typer.Option("--sampling", help="lhs (Latin hypercube) or sobol.")] = "lhs",
    shape: Annotated[
        str, typer.Option("--shape", help="triangular (its peak at the point of the interval) or uniform.")
    ] = "triangular",
    seed: Annotated[int, typer.Option("--seed", help="The same seed draws the same numbers.")] = 0,
    threshold: Annotated[
        float, typer.Option("--threshold", help="How probable is a loss of so much or more (0..1; 0: any loss)?")
    ] = 0.5,
    worst: Annotated[int, typer.Option("--worst", min=1, help="How probable is it to be among so many worst?")] = 5,
    store: Store = None,
    model: Annotated[str, typer.Option("--model", help="leontief: no other model can be drawn.")] = "leontief",
    min_loss: MinLoss = 0.05,
    *,
    hit: Hits,
    given: Given,
    out: Writer,
) -> int:
    """How sure the losses of a shock are: draws of what its words may mean, beside the exact bounds."""
    if shock is not None and hit:
        raise UsageError("name a shock, or give --hit: one of the two")
    drawn: dict[str, Any] = {
        "draws": draws, "draws_per": draws_per, "sampling": sampling, "shape": shape, "seed": seed,
        "threshold": threshold, "top": worst,
    }  # fmt: skip
    opened = graph(store)
    with working("drawing"):
        report = opened.uncertainty(shock, hit=hit, **drawn, **{**given, "model": model})
    _write(report, out, min_loss)
    _notes(report)
    return CAPPED if report.truncated else 0


def _write(report: UncertaintyReport, out: Writer, min_loss: float) -> None:
    if out.form == "json":
        out.json(report.to_dict())
    elif out.for_people:
        shown = [one for one in report if max(one.loss, one.loss_q95) >= min_loss]
        _two_tables(report, shown, out)
        if hidden := len(report) - len(shown):
            who = counted(hidden, "entity", "entities")
            note(f"{who} with a loss and a 95 % quantile below {min_loss} not shown; --min-loss 0 shows all")
    else:
        rows = [one.to_dict() for one in report]
        columns = [
            "entity", "id", "label", "class", "step", "loss", "loss_low", "loss_high", "loss_q05", "loss_median", "loss_q95",
            "loss_mean", "loss_sd", "threshold_probability", "threshold_standard_error", "rank", "rank_mean", "rank_sd",
            "top_probability", "hangs_on", "swing",
        ]  # fmt: skip
        out.rows(rows, columns)


def _two_tables(report: UncertaintyReport, shown: list[Spread], out: Writer) -> None:
    drawing = report.drawing
    passes, among = f">= {drawing.threshold:g}" if drawing.threshold else "any", f"top {drawing.top}"
    rows = [_row(one, passes, among) for one in shown]
    title = titled(report.shock.label, truncated=report.truncated)
    losses = Table(rows, ["id", "loss", *_SPREAD, passes, among, "hangs_on"], title, ["hangs_on", among, passes])
    weights = [_weight_row(weight) for weight in report.weights]
    columns = ["assumption", "low", "point", "high", "uses", "mean_swing", "moves", "most", "on"]
    title = "What the losses hang on: each assumption alone from its low to its high"
    out.tables(losses, Table(weights, columns, title, ["uses", "moves", "mean_swing"]))


def _row(one: Spread, passes: str, among: str) -> dict[str, Any]:
    from knockon.vocabulary import local_name

    most = one.hangs_on
    return {
        "id": local_name(one.entity),
        "loss": Fixed(one.loss),
        **{column: Fixed(getattr(one, name)) for column, name in _SPREAD.items()},
        passes: Fixed(one.threshold_probability),
        among: Fixed(one.top_probability),
        "hangs_on": f"{most.assumption.name} {most.swing:.2f}" if most else "stated numbers",
    }


def _weight_row(weight: Weight) -> dict[str, Any]:
    from knockon.vocabulary import local_name

    interval = weight.assumption.interval
    return {
        "assumption": weight.assumption.name,
        **{end: Fixed(getattr(interval, end)) for end in ("low", "point", "high")},
        "uses": weight.assumption.uses,
        "mean_swing": Fixed(weight.swing_mean, 3),
        "moves": weight.moves,
        "most": Fixed(weight.swing_most),
        "on": local_name(weight.most_on) if weight.most_on else None,
    }


def _notes(report: UncertaintyReport) -> None:
    from knockon.analysis.impact.coverage import affected
    from knockon.present.caveats import report_notes

    drawing = report.drawing
    how = f"{counted(drawing.draws, 'draw')} ({_SAMPLINGS[drawing.sampling]}, {drawing.shape}, seed {drawing.seed})"
    note(f"{how}; {_PER[drawing.draws_per]}: {counted(len(report.weights), 'assumption')}")
    note(_hangs(report))
    if report.spreads:
        error = max(one.threshold_standard_error for one in report)
        note(
            "low and high are exact bounds, whatever is drawn; quantiles and probabilities are of these draws "
            f"(a probability to within {error:.2g}, one standard error)"
        )
        note(
            f"top {drawing.top}: the share of draws in which it is one of the {drawing.top} that lose most; "
            "where several lose alike they share the places that are left"
        )
        outside = sum(not one.loss_q05 - 1e-9 <= one.loss <= one.loss_q95 + 1e-9 for one in report)
        if outside:
            who = "1 loss at the points is" if outside == 1 else f"{outside} losses at the points are"
            note(f"{who} outside 5 to 95 %: the point of Essential is the top of its interval")
    reached = affected(len(report), len(report) + report.unaffected, possibly=True)
    note(f"{reached}; {report.model}, stopped by {report.stopped_by}")
    report_lines: Mapping[str, Any] = {
        "shock": report.shock.id, "missing_targets": report.missing, "ungraded_hits": report.ungraded,
        "fallen": report.fallen, "left_out": dict(sorted(report.left_out.items())), "parameters": report.parameters,
        "not_holding": report.not_holding, "not_in_force": report.not_in_force,
    }  # fmt: skip
    note_lines(report_notes(report_lines))
    if report.truncated:
        note("STOPPED BY ITS CAP: losses may be too low; raise --cap")


def _hangs(report: UncertaintyReport) -> str:
    """What hangs on what, in a sentence."""
    from knockon.vocabulary import local_name

    if not report.spreads:
        return "nobody can lose anything: every loss is 0 in every draw"
    if not report.weights or not report.weights[0].most_on:
        return "everything that decides these losses is stated as a number: all draws are alike"
    first = report.weights[0]
    said = (
        f"most hangs on {first.assumption.name}, which alone moves {first.moves} of "
        f"{counted(len(report), 'entity', 'entities')}, {local_name(str(first.most_on))} by {first.swing_most:.2f}"
    )
    rest = [weight.assumption.name for weight in report.weights[1:3] if weight.moves]
    return said + (f"; then on {', then '.join(rest)}" if rest else "")
