"""covered: whom lists cover, by name and by ownership."""

from __future__ import annotations

from typing import Annotated

import typer

from knockon.analysis.options import WorldOptions
from knockon.cli import completion
from knockon.cli.messages import note_lines
from knockon.cli.options import BROKEN, Store, open_graph, question_options
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer
from knockon.errors import UsageError

#: The name that stands for every list.
EVERY_LIST = "all"
_FAIL_ON = ("covered", "cannot-tell")
_WORLD = ("facts_only", "stance", "as_of", "according_to", "without", "min_confidence")


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(covered)


@writes(*ROWS)
@question_options(*_WORLD)
def covered(
    measure: Annotated[
        str | None,
        typer.Argument(
            metavar="[LIST]",
            help="The measure whose list is asked about; all, or none, for every list.",
            autocompletion=completion.measures,
        ),
    ] = None,
    entity: Annotated[
        str | None, typer.Argument(help="Only this entity, and on what the answer rests.", autocompletion=completion.entities)
    ] = None,
    rule: Annotated[
        str | None,
        typer.Option(
            "--rule", metavar="SHARE", help="Suppose a rule from this share (0.5 or 50%) on, in place of recorded ones."
        ),
    ] = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Take nothing for granted that no record states: directness, other owners, owners of owners."
        ),
    ] = False,
    every: Annotated[
        bool, typer.Option("--all", help="List also those of whom too little is recorded and to whom nothing leads.")
    ] = False,
    fail_on: Annotated[
        str | None,
        typer.Option("--fail-on", metavar="VERDICT", help="Exit 6 if the entity is covered; cannot-tell: or if that is open."),
    ] = None,
    store: Store = None,
    *,
    options: WorldOptions,
    out: Writer,
) -> int:
    """List whom a list covers, by name and by who owns whom; of one entity the verdict and its proof.

    Of one entity the lists that cover it come first, then those of which that cannot be told, then the others; of each those
    in force before hypothetical ones, in the order of their ids. The parties of a list: those that it names, then by the
    steps of ownership to them, then those of which it cannot be told.
    """
    from knockon.present.rows.covered import covered_notes, covered_rows, covered_tables

    if fail_on is not None and fail_on not in _FAIL_ON:
        raise UsageError(f"--fail-on {fail_on!r}: use {' or '.join(_FAIL_ON)}")
    if fail_on is not None and entity is None:
        raise UsageError("--fail-on needs an entity: knockon covered LIST ENTITY, or knockon covered all ENTITY")
    named = None if measure == EVERY_LIST else measure
    answer = open_graph(store).covered(named, entity, rule=rule, strict=strict, every=every, **options)
    out.answer(answer, covered_tables, covered_rows)
    note_lines(covered_notes(answer))
    fails = {"covered"} | ({"cannot tell"} if fail_on == "cannot-tell" else set())
    return BROKEN if fail_on is not None and answer.verdict in fails else 0


__all__ = ["covered", "register"]
