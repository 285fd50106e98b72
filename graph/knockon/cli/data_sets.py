"""ls, history, undo, remove: the data sets of a store folder and their changes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from knockon.cli.configuration import default_store, written_store
from knockon.cli.messages import note, note_lines, working
from knockon.cli.options import Store, open_graph, open_store_folder
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer
from knockon.errors import UsageError

if TYPE_CHECKING:
    from knockon.graph import Graph
    from knockon.store.changes import ChangeReport, UndoReport

Keep = Annotated[
    int | None,
    typer.Option(
        "--keep", min=0, max=10, help="How many earlier revisions the store keeps from now on, for undo (10 at first)."
    ),
]
#: What a format is for, in commands that change a store.
CHANGES = "Also write what changed"


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(ls)
    app.command()(history)
    app.command()(undo)
    app.command()(remove)


def write_changes(report: ChangeReport, out: Writer) -> None:
    """Write the changes of each data set: messages for people, and rows if a format is named."""
    from knockon.present.rows.changes import change_notes, changes_table

    if out.explicit and out.form == "json":
        out.json(report.to_dict())
    elif out.explicit:
        out.tables(changes_table(report))
    note_lines(change_notes(report))


def store_folder(store: str | None, command: str, lacks: str = "has no history") -> Graph:
    """Open the graph of a store folder; ``lacks`` says of other data what they lack.

    Raises
    ------
    UsageError
        None is named, or it is something else; the message has the command to type first.
    """
    if store is None:
        raise UsageError(f"name the store: knockon {command} --store FOLDER (`knockon load DATA --store FOLDER` makes one)")
    from knockon.authoring.revisions import refuse_revision

    refuse_revision(store)
    return open_store_folder(store, lacks)


def verify_stores(sources: Sequence[str]) -> None:
    """Compare every file of the stores among some sources with its checksum.

    Raises
    ------
    InvalidStore
        Files are damaged; all of them are named.
    """
    from pathlib import Path

    from knockon.authoring.revisions import parse_revision
    from knockon.bundled import data_set_names
    from knockon.present.rows.changes import verification_notes
    from knockon.store.invalid_store import InvalidStore
    from knockon.store.markers import is_store
    from knockon.store.verification import verify_folder

    paths = dict.fromkeys(revision[0] if (revision := parse_revision(source)) else Path(source) for source in sources)
    stores = [path for path in paths if str(path) not in data_set_names() and path.is_dir() and is_store(path)]
    with working("comparing files with their checksums") as show:
        verified = {store: verify_folder(store, show) for store in stores}
    if damaged := [error for verification in verified.values() for error in verification.damaged]:
        raise InvalidStore.together(damaged)
    note_lines(verification_notes(verified))


@writes(*ROWS)
def ls(store: Store = None, *, out: Writer) -> None:
    """List the data sets of a store, a file or bundled data: counts, title, origin and the day of loading."""
    from knockon.bundled import data_set_names
    from knockon.present.rows.changes import data_sets_notes
    from knockon.present.rows.records import data_sets_table

    store = default_store(store)
    data_sets = open_graph(store).data_sets()
    out.tables(data_sets_table(data_sets, for_people=out.for_people))
    note_lines(data_sets_notes(store, len(data_sets), data_set_names()))


@writes(*ROWS)
def history(store: Store = None, *, out: Writer) -> None:
    """List the changes of a store, newest first: the current revision, and the earlier ones that `undo --to` can restore."""
    from knockon.present.rows.changes import history_note
    from knockon.present.rows.records import revisions_table

    store = written_store(store)
    revisions = store_folder(store, "history").history()
    out.tables(revisions_table(revisions, nested=out.form == "json"))
    if not revisions:
        note(history_note(store))


@writes(*ROWS, optional=CHANGES)
def undo(
    store: Store = None,
    to: Annotated[
        int | None,
        typer.Option("--to", min=0, metavar="REVISION", help="Go back to this revision of `history`; 0: the empty store."),
    ] = None,
    keep: Keep = None,
    *,
    out: Writer,
) -> None:
    """Take back the last change of a store: a load, a removal or an undo.

    An undo is a change as well: a second undo restores what the first took back. To go further back, name a revision of
    `knockon history` with --to.
    """
    from knockon.present.rows.changes import CHANGE_COLUMNS, undo_notes

    out.check(CHANGE_COLUMNS)
    store = written_store(store)
    with store_folder(store, "undo") as graph:
        with working("restoring the revision"):
            report = graph.undo(to, keep=keep)
        can_undo = len(graph.history()) > 1
    write_changes(report, out)
    note_lines(undo_notes(report, store or "", can_undo=can_undo))
    note_lines(_decisions_that_stay(report))


def _decisions_that_stay(report: UndoReport) -> Iterator[str]:
    """Yield which files of accepted proposals an undo leaves as they are."""
    from knockon.proposals.accepted_records import is_accepted_file

    for change in report.data_sets:
        for origin in sorted({change.origin, change.replaced_origin} - {""}):
            if change.removed and is_accepted_file(Path(origin)):
                yield (
                    f"{origin} and the decisions beside it stay as they are, so the next decision or load brings their records "
                    "back; `knockon review --proposals` takes a decision back"
                )


@writes(*ROWS, optional=CHANGES)
def remove(
    data_sets: Annotated[list[str], typer.Argument(help="Data sets of the store, by name or IRI.")],
    store: Store = None,
    keep: Keep = None,
    *,
    out: Writer,
) -> None:
    """Remove data sets from a store; refused, with a list, if other data sets refer to their records.

    `undo` restores them.
    """
    from knockon.present.rows.changes import CHANGE_COLUMNS, remove_notes

    out.check(CHANGE_COLUMNS)
    store = written_store(store)
    with store_folder(store, f"remove {' '.join(map(quote, data_sets))}") as graph:
        with working("removing"):
            report = graph.remove(*data_sets, keep=keep)
        data_sets_left, can_undo = graph.store.data_sets, len(graph.history()) > 1
    write_changes(report, out)
    note_lines(remove_notes(report, store or "", data_sets_left, can_undo=can_undo))
