"""importance: how much each cause matters for the failure of an entity."""

from __future__ import annotations

from typing import Annotated

import typer

from knockon.analysis.methods import IMPORTANCE
from knockon.analysis.options import WorldOptions
from knockon.cli import completion
from knockon.cli.messages import note_lines, working
from knockon.cli.options import WORLD, Hits, Store, hit_options, open_graph, question_options
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer
from knockon.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog="\n\n".join(measure.guide for measure in IMPORTANCE.values()))(importance)


@writes(*ROWS)
@hit_options
@question_options(*WORLD)
def importance(
    shock: Annotated[
        str | None, typer.Argument(help="A shock of the graph; not with --hit.", autocompletion=completion.shocks)
    ] = None,
    entity: Annotated[
        str | None, typer.Argument(help="The entity whose failure counts.", autocompletion=completion.entities)
    ] = None,
    store: Store = None,
    draws: Annotated[int, typer.Option("--draws", min=1, help="How many outcomes are drawn.")] = 10_000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The seed of the draws.")] = 0,
    exact: Annotated[bool, typer.Option("--exact", help="Compute the probabilities exactly instead of drawing.")] = False,
    *,
    hit: Hits,
    options: WorldOptions,
    out: Writer,
) -> int:
    """Rank the causes of a failure: Birnbaum, Fussell-Vesely, risk achievement and reduction worth, by the model chance."""
    from knockon.present.rows.importance import importance_notes, importance_rows, importance_table

    if hit is not None and entity is None:
        shock, entity = None, shock
    if entity is None or (shock is None) == (hit is None):
        calls = "`knockon importance SHOCK ENTITY` or `knockon importance ENTITY --hit NAME=SEVERITY`"
        raise UsageError(f"name a shock and an entity: {calls} (see `knockon importance --help`)")
    graph = open_graph(store)
    with working("drawing outcomes"):
        report = graph.importance(shock, entity, hit=hit, draws=draws, seed=seed, exact=exact, **options)
    out.answer(report, importance_table, importance_rows)
    note_lines(importance_notes(report))
    return 0
