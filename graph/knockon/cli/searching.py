"""search: find records by words."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from knockon.cli.messages import note_lines
from knockon.cli.options import Store, open_graph
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer

#: The number of matches without --top.
_SHOWN = 20


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(search)


@writes(*ROWS)
def search(
    text: Annotated[str, typer.Argument(help="Words, or parts of words; case and accents do not matter.")],
    cls: Annotated[
        str | None,
        typer.Option("--type", metavar="CLASS", help="Only records of this class or one below it: Company, Shock, ..."),
    ] = None,
    store: Store = None,
    *,
    out: Writer,
) -> None:
    """Find records that contain every word of a text, best first: in labels, other names, ids, identifiers and comments.

    Prints the first 20, or as many as --top.
    """
    from knockon.present.rows.records import search_notes, search_table

    answer = open_graph(store).search(text, cls=cls, top=_SHOWN if out.top is None else out.top)
    out = replace(out, top=None)
    if out.form == "json":
        out.json(answer.to_dict())
    else:
        out.tables(search_table(answer))
    note_lines(search_notes(answer))
