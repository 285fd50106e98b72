"""propose: records that a document is proposed to state."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from knockon.cli.messages import note, note_lines, working
from knockon.cli.options import Store, open_graph
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer
from knockon.errors import NotFound, UsageError
from knockon.text import counted

if TYPE_CHECKING:
    from knockon.proposals.document_text import DocumentText

QUEUE = Path("proposals.jsonl")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(propose)


@writes(*ROWS)
def propose(
    document: Annotated[str, typer.Argument(help="A text (.txt, .md, .html) or a PDF.")],
    store: Store = None,
    proposals: Annotated[
        Path, typer.Option("--proposals", metavar="FILE", help="The queue that proposals are appended to.")
    ] = QUEUE,
    from_: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="SOURCE", help="Who proposes instead of the rules: - or a file of JSON lines, or module:function."
        ),
    ] = None,
    documents: Annotated[
        Path | None, typer.Option("--documents", metavar="DIR", help="Look for the document in this folder alone, by its name.")
    ] = None,
    proposer: Annotated[str, typer.Option("--proposer", metavar="NAME", help="What the proposer is called.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, and write nothing.")] = False,
    *,
    out: Writer,
) -> int:
    """Propose records that a document states, for `knockon review --proposals` to accept or reject; no graph is changed.

    The rules that ship look for names of the graph and for phrases of dependency. Any other proposer gives JSON lines, each
    with `class`, `fields` and `quote`. A quotation that is not in the document is refused: the queue has places and hashes, and
    no words of the document.
    """
    from knockon.present.rows.proposals import PROPOSAL_COLUMNS, proposals_table, report_notes

    out.check(PROPOSAL_COLUMNS)
    with open_graph(store) as graph, working("reading"):
        report = graph.propose(
            document,
            _proposals(from_),
            queue=None if dry_run else proposals,
            documents=documents,
            proposer=proposer or _name(from_),
        )
        unclassed = 0 if from_ else sum(record.rdf_class == "Entity" for record in graph.store.records)
    if out.form == "json":
        out.json(report.to_dict())
    else:
        out.tables(proposals_table(report.proposed))
    note_lines(report_notes(report))
    if unclassed:
        note(
            f"{counted(unclassed, 'entity', 'entities')} of the graph have no class but Entity: the rules propose stakes "
            "and other relations only where a class says what owns and what can be owned; give them one, e.g. Company"
        )
    if report.proposed and not dry_run:
        at_hand = quote(str(documents or document))
        note(f"wrote {proposals}; decide with: knockon review --proposals {quote(str(proposals))} --documents {at_hand}")
    return 4 if report.refused and not report.proposed and not report.known else 0


def _name(source: str | None) -> str:
    return "" if source is None else "standard input" if source == "-" else source


def _proposals(source: str | None) -> Iterable[object] | Callable[[DocumentText], Iterable[object]] | None:
    """Return the proposals of JSON lines, or the function that gives them; None for the rules."""
    if source is None:
        return None
    from knockon.proposals.propose import read_lines

    if source == "-":
        return list(read_lines(sys.stdin))
    if ":" in source and not Path(source).exists():
        return _function(source)
    path = Path(source)
    if not path.is_file():
        raise NotFound("file of proposals", source, hint="(or module:function, or - for standard input)")
    try:
        return list(read_lines(path.read_text("utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{source} cannot be read as UTF-8: {error}") from None


def _function(source: str) -> Callable[[DocumentText], Iterable[object]]:
    """Return the function that module:function names."""
    from importlib import import_module

    module, _, name = source.partition(":")
    try:
        function: Any = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(f"--from {source}: {error}") from None
    if not callable(function):
        raise UsageError(f"--from {source}: {name} is not a function")
    return function  # type: ignore[no-any-return]


__all__ = ["register"]
