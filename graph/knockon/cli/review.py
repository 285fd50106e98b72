"""review: the place to decide which entities are one, and which proposals become records."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from knockon.cli.identity import Between, Least, Most
from knockon.cli.options import Store
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer
from knockon.errors import UsageError

#: The file of judgements of a review that names none.
JUDGEMENTS = Path("judgements.yaml")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(review)


@writes(*ROWS, optional="With --list, --show and decisions by name")
def review(
    file: Annotated[
        Path, typer.Argument(help="With --identity the YAML file of judgements; it is written after each decision.")
    ] = JUDGEMENTS,
    identity: Annotated[bool, typer.Option("--identity", help="Judge whether entities are one.")] = False,
    proposals: Annotated[
        Path | None, typer.Option("--proposals", metavar="FILE", help="Decide on the proposals of this queue (`propose`).")
    ] = None,
    documents: Annotated[
        Path | None,
        typer.Option("--documents", metavar="PATH", help="The document, or a folder with it, known by its SHA-256."),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the proposals, with what was decided, and end.")] = False,
    show: Annotated[
        str | None, typer.Option("--show", metavar="ID", help="Show one proposal as JSON has it: quote, facts, impacts.")
    ] = None,
    accept: Annotated[
        list[str] | None, typer.Option("--accept", metavar="ID", help="Accept this proposal (repeatable).")
    ] = None,
    reject: Annotated[
        list[str] | None, typer.Option("--reject", metavar="ID", help="Reject this proposal (repeatable).")
    ] = None,
    reopen: Annotated[
        list[str] | None, typer.Option("--reopen", metavar="ID", help="Take the decision on it back (repeatable).")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="FIELD=VALUE", help="Amend a field of what is accepted; an empty value takes it away."),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the file of decisions.")] = "",
    data: Annotated[
        Path | None,
        typer.Option(
            "--data", metavar="FILE", help="The YAML file of accepted records (default: reviewed.yaml beside the queue)."
        ),
    ] = None,
    no_impacts: Annotated[
        bool, typer.Option("--no-impacts", help="Do not compute whose loss acceptance would change.")
    ] = False,
    store: Store = None,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who decides (default: the name of the user).")] = "",
    least: Least = 0.65,
    most: Most = 10,
    between: Between = False,
    *,
    out: Writer,
) -> None:
    """Decide with one key each whether two entities are one (--identity), or whether a proposal becomes a record (--proposals).

    Of entities: s same, d different, u unsure, k skip, z undo, q quit. With a store, the pairs are its candidates, and the
    judgements are loaded into it at the end; without one, the pairs are those that the file has as Unsure.

    Of proposals: a accept, e amend a field and accept, r reject, k skip, z undo, q quit. Each is shown with its words in the
    document, the records that agree or contradict it, and the losses that acceptance would change. What was decided, by whom
    and when is kept beside the queue, and is not asked again. Accepted records are a YAML file, which is loaded into a store
    folder at the end; `undo` takes that back.
    """
    if identity == (proposals is not None):
        raise UsageError("say what to review: knockon review --identity, or knockon review --proposals FILE")
    if proposals is None:
        from knockon.cli.identity_review import review_identity

        if list_ or show or accept or reject or reopen or set_ or documents or data:
            raise UsageError("--list, --show, --accept, --reject, --reopen, --set, --documents and --data go with --proposals")
        review_identity(file, store, by, least, most, between=between)
        return
    from knockon.cli.proposal_review import Call, review_proposals

    names = {"accept": accept or [], "reject": reject or [], "reopen": reopen or []}
    call = Call(proposals, documents, data, store, by, reason, names, set_ or [], show, listed=list_, impacts=not no_impacts)
    review_proposals(call, out)


__all__ = ["JUDGEMENTS", "register"]
