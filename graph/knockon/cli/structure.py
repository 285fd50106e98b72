"""chokepoints, loops, concentration: properties of the dependencies, without a shock."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from knockon.analysis.options import Options, RunOptions
from knockon.cli import completion
from knockon.cli.messages import note_lines, working
from knockon.cli.options import CAPPED, STOP, WORLD, Store, open_graph, question_options
from knockon.cli.options.names import EntityName
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer
from knockon.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(chokepoints)
    app.command()(loops)
    app.command()(concentration)


@writes(*ROWS)
@question_options(*WORLD, *STOP)
def chokepoints(
    target: EntityName,
    threshold: Annotated[
        float, typer.Option("--threshold", help="The loss from which the entity counts as failed (above 0, at most 1).")
    ] = 0.5,
    order: Annotated[int, typer.Option("--order", min=1, max=3, help="The most entities that fail together, 1 to 3.")] = 3,
    leaves: Annotated[
        bool, typer.Option("--leaves", help="Only entities that need nothing themselves may fail together.")
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", min=1, help="Try at most this many sets of a size; exits 5 if there are more.")
    ] = 20_000,
    store: Store = None,
    *,
    options: RunOptions,
    out: Writer,
) -> int:
    """Find what must fail for an entity to fail: single points of failure, smallest sets, and entities on every path."""
    from knockon.present.rows.structure import chokepoint_notes, chokepoint_rows, chokepoint_tables

    graph = open_graph(store)
    with working("closing what it depends on"):
        answer = graph.chokepoints(target, threshold=threshold, order=order, leaves=leaves, limit=limit, **options)
    out.answer(answer, chokepoint_tables, chokepoint_rows)
    note_lines(chokepoint_notes(answer))
    return CAPPED if answer.truncated else 0


@writes(*ROWS)
@question_options(*WORLD)
def loops(
    through: Annotated[
        str | None,
        typer.Option("--through", metavar="ENTITY", help="Only loops through this entity.", autocompletion=completion.entities),
    ] = None,
    length: Annotated[int, typer.Option("--length", min=1, help="The most entities in a loop.")] = 8,
    supposed: Annotated[
        list[str] | None,
        typer.Option(
            "--if",
            metavar="DEPENDANT=NEED",
            help="Suppose a link that no record states (repeatable), and list the loops that it would close.",
        ),
    ] = None,
    most: Annotated[
        int, typer.Option("--most", min=1, help="List at most this many loops; exits 5 if there are more.")
    ] = 10_000,
    ownership: Annotated[bool, typer.Option("--ownership", help="List instead who owns itself through others.")] = False,
    store: Store = None,
    *,
    options: Options,
    out: Writer,
) -> int:
    """List loops of dependencies, strongest first: a loss that runs around a loop amplifies itself."""
    from knockon.present.rows.structure import loop_notes, loop_rows, loop_tables

    if ownership:
        if supposed:
            raise UsageError("--if supposes dependencies, and --ownership lists circles of ownership; give one of the two")
        return _ownership_loops(through, length, most, store, options, out)
    pairs = [_pair(text) for text in supposed or ()]
    graph = open_graph(store)
    with working("looking for loops"):
        answer = graph.loops(through=through, length=length, supposing=pairs, most=most, **options)
    out.answer(answer, loop_tables, loop_rows)
    note_lines(loop_notes(answer))
    return CAPPED if answer.truncated else 0


def _ownership_loops(through: str | None, length: int, most: int, store: str | None, options: Options, out: Writer) -> int:
    from knockon.present.rows.ownership_loops import ownership_loop_notes, ownership_loop_rows, ownership_loop_tables

    graph = open_graph(store)
    with working("looking for circles of ownership"):
        answer = graph.ownership_loops(through=through, length=length, most=most, **options)
    out.answer(answer, ownership_loop_tables, ownership_loop_rows)
    note_lines(ownership_loop_notes(answer))
    return CAPPED if answer.truncated else 0


def _pair(text: str) -> tuple[str, str]:
    dependant, equals, need = text.partition("=")
    if not equals or not dependant.strip() or not need.strip():
        raise UsageError(f"--if {text!r}: write DEPENDANT=NEED, e.g. --if training-datasets=platform-deployment")
    return dependant.strip(), need.strip()


@writes(*ROWS)
@question_options(*WORLD)
def concentration(
    entity: Annotated[
        str | None,
        typer.Argument(help="Only the needs of this entity, or the needs that it meets.", autocompletion=completion.entities),
    ] = None,
    by: Annotated[
        str, typer.Option("--by", help="dependant (each need of each), or need (over all dependants).")
    ] = "dependant",
    store: Store = None,
    *,
    options: Options,
    out: Writer,
) -> None:
    """Measure how few suppliers each need has: HHI of 0 to 10000 (divide by 10000 for the scale of 0 to 1)."""
    from knockon.present.rows.structure import concentration_notes, concentration_rows, concentration_tables

    if by not in {"dependant", "need"}:
        raise UsageError(f"--by {by!r}: use dependant or need")
    answer = open_graph(store).concentration(entity, **options)
    out.answer(answer, partial(concentration_tables, by=by), partial(concentration_rows, by=by))
    note_lines(concentration_notes(answer))
