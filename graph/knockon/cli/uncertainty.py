"""uncertainty: how certain the losses of a shock are, and on which assumptions they depend."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, cast

import typer

from knockon.analysis.options import RunOptions
from knockon.cli.messages import note_lines, working
from knockon.cli.options import CAPPED, STOP, WORLD, Hits, MinLoss, Store, hit_options, open_graph, question_options
from knockon.cli.options.hit import check_one_shock
from knockon.cli.options.names import Shock
from knockon.cli.options.sampling import sampling_options
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(uncertainty)


@writes(*ROWS)
@hit_options
@question_options(*WORLD, *STOP)
@sampling_options
def uncertainty(
    shock: Shock = None,
    store: Store = None,
    model: Annotated[str, typer.Option("--model", help="Only leontief can be drawn.")] = "leontief",
    min_loss: MinLoss = 0.05,
    *,
    settings: Mapping[str, Any],
    hit: Hits,
    options: RunOptions,
    out: Writer,
) -> int:
    """Compute how certain the losses of a shock are: draws of the values that words may mean, and the exact bounds."""
    from knockon.present.rows.uncertainty import spread_table, uncertainty_notes, uncertainty_tables

    check_one_shock(shock, hit)
    graph = open_graph(store)
    with working("drawing samples"):
        report = graph.uncertainty(shock, hit=hit, **settings, **cast("RunOptions", {**options, "model": model}))
    out.answer(report, partial(uncertainty_tables, min_loss=min_loss), spread_table)
    note_lines(uncertainty_notes(report, min_loss if out.for_people else None))
    return CAPPED if report.truncated else 0
