"""search: records by words."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from knockon.cli.messages import note
from knockon.cli.options import Store, graph
from knockon.cli.output import ROWS, Writer, writes

#: So many matches are shown unless --top says how many.
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
    """Records that every word of a text occurs in, best first: in labels, other names, ids, identifiers and comments.

    The first 20 unless --top says how many.
    """
    answer = graph(store).search(text, cls=cls, top=_SHOWN if out.top is None else out.top)
    out = replace(out, top=None)
    if out.form == "json":
        out.json(answer.to_dict())
    else:
        columns = ["id", "class", "title", "where", "text", "data_set"]
        out.rows([match.to_dict() for match in answer.matches], columns, drop=["data_set", "where", "class"])
    if not answer.total:
        meant = f"; did you mean {', '.join(answer.nearest)}?" if answer.nearest else ""
        note(f"no record has {text!r} in a name, an id or a comment{meant}")
    elif answer.total > len(answer.matches):
        note(f"{len(answer.matches)} of {answer.total:,} shown; --top 0 shows all")
