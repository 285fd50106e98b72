"""backup: copy a store folder while it is in use."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from knockon.cli.configuration import written_store
from knockon.cli.data_sets import store_folder
from knockon.cli.messages import note_lines, working
from knockon.cli.options import Store
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(backup)


@writes(*ROWS, optional="Also write what was copied")
def backup(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the copy is made: a folder that does not exist.")],
    store: Store = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace a store that is there; it stays complete until then.")
    ] = False,
    *,
    out: Writer,
) -> None:
    """Copy a store while others read and change it: one revision, with the earlier ones, each file compared.

    The copy is a store: name it with --store, or back it up to where the lost one was.
    """
    from knockon.present.rows.changes import BACKUP_COLUMNS, backup_note, backup_table

    out.check(BACKUP_COLUMNS)
    store = written_store(store)
    with store_folder(store, f"backup {quote(str(folder))}", "needs no backup of its own") as graph, working("copying") as show:
        report = graph.back_up(folder, replace=replace, progress=lambda done, every: show(done >> 20, every >> 20))
    if out.explicit and out.form == "json":
        out.json(report.to_dict())
    elif out.explicit:
        out.tables(backup_table(report))
    note_lines([backup_note(report)])
