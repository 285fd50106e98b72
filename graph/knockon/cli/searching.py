"""search: records by words."""

from __future__ import annotations

from typing import Annotated

import typer

from knockon.cli.options import Format, Output, Store, emit_json, emit_rows, form_of, graph, note


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(search)


def search(
    text: Annotated[str, typer.Argument(help="Words, or parts of words; case and accents do not matter.")],
    cls: Annotated[
        str | None,
        typer.Option("--type", metavar="CLASS", help="Only records of this class or one below it: Company, Shock, ..."),
    ] = None,
    top: Annotated[int, typer.Option("--top", min=0, help="How many to show at most; 0 for all.")] = 20,
    store: Store = None,
    format_: Format = None,
    output: Output = None,
) -> None:
    """Records that every word of a text occurs in, best first: in labels, other names, ids, identifiers and comments."""
    form = form_of(format_)
    answer = graph(store).search(text, cls=cls, top=top)
    if form == "json":
        emit_json(answer.to_dict(), output)
    else:
        emit_rows(
            [match.to_dict() for match in answer.matches], ["id", "class", "title", "where", "text", "data_set"], form, output
        )
    if not answer.total:
        meant = f"; did you mean {', '.join(answer.nearest)}?" if answer.nearest else ""
        note(f"no record has {text!r} in a name, an id or a comment{meant}")
    elif answer.total > len(answer.matches):
        note(f"{len(answer.matches)} of {answer.total:,} shown; --top 0 shows all")
