"""neighbours, paths: what an entity is linked with, and the chains between two."""

from __future__ import annotations

from typing import Annotated

import typer

from knockon.analysis.options import Options
from knockon.cli import completion
from knockon.cli.messages import note_lines
from knockon.cli.options import CAPPED, WORLD, Store, open_graph, question_options
from knockon.cli.options.names import EntityName
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(neighbours)
    app.command()(paths)


@writes(*ROWS)
@question_options(*WORLD)
def neighbours(
    entity: EntityName,
    store: Store = None,
    *,
    options: Options,
    out: Writer,
) -> None:
    """List what an entity needs, what needs it, and its stakes and other relations."""
    from knockon.present.rows.links import neighbour_notes, neighbour_rows

    answer = open_graph(store).neighbours(entity, **options)
    out.answer(answer, lambda each: (neighbour_rows(each),), neighbour_rows)
    note_lines(neighbour_notes(answer))


@writes(*ROWS)
@question_options(*WORLD)
def paths(
    entity: EntityName,
    source: Annotated[str, typer.Argument(help="The entity on which it may rest.", autocompletion=completion.entities)],
    length: Annotated[int, typer.Option("--length", min=1, help="The most links of a chain.")] = 8,
    most: Annotated[int, typer.Option("--most", min=1, help="List at most this many chains; exits 5 if there are more.")] = 100,
    store: Store = None,
    *,
    options: Options,
    out: Writer,
) -> int:
    """List the chains of dependencies by which an entity rests on another one, the shortest first."""
    from knockon.present.rows.links import path_notes, path_rows

    answer = open_graph(store).paths(entity, source, length=length, most=most, **options)
    out.answer(answer, lambda each: (path_rows(each),), path_rows)
    note_lines(path_notes(answer))
    return CAPPED if answer.truncated else 0
