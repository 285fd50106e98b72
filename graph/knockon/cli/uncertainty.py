"""uncertainty: how certain the losses of a shock are, and on which assumptions they depend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from knockon.analysis.options import RunOptions
from knockon.cli import completion
from knockon.cli.messages import note_lines, working
from knockon.cli.options import CAPPED, STOP, WORLD, Hits, MinLoss, Store, hit_options, open_graph, question_options
from knockon.cli.output import ROWS, Writer, writes
from knockon.errors import UsageError

if TYPE_CHECKING:
    from knockon.analysis.uncertainty.uncertainty_report import UncertaintyReport


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(uncertainty)


@writes(*ROWS)
@hit_options
@question_options(*WORLD, *STOP)
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
        float, typer.Option("--threshold", help="Give the probability of a loss of at least this (0..1; 0: any loss).")
    ] = 0.5,
    worst: Annotated[
        int, typer.Option("--worst", min=1, help="Give the probability of being among this many worst losses.")
    ] = 5,
    store: Store = None,
    model: Annotated[str, typer.Option("--model", help="Only leontief can be drawn.")] = "leontief",
    min_loss: MinLoss = 0.05,
    *,
    hit: Hits,
    options: RunOptions,
    out: Writer,
) -> int:
    """Compute how certain the losses of a shock are: draws of the values that words may mean, and the exact bounds."""
    if shock is not None and hit:
        raise UsageError("name a shock, or give --hit: one of the two")
    settings: dict[str, Any] = {
        "draws": draws, "draws_per": draws_per, "sampling": sampling, "shape": shape, "seed": seed,
        "threshold": threshold, "top": worst,
    }  # fmt: skip
    graph = open_graph(store)
    with working("drawing"):
        report = graph.uncertainty(shock, hit=hit, **settings, **cast("RunOptions", {**options, "model": model}))
    _write(report, out, min_loss)
    return CAPPED if report.truncated else 0


def _write(report: UncertaintyReport, out: Writer, min_loss: float) -> None:
    from knockon.present.rows.uncertainty import hidden_note, spread_table, uncertainty_notes, uncertainty_tables

    if out.form == "json":
        out.json(report.to_dict())
    elif out.for_people:
        out.tables(*uncertainty_tables(report, min_loss))
        note_lines(hidden_note(report, min_loss))
    else:
        out.tables(spread_table(report))
    note_lines(uncertainty_notes(report))
