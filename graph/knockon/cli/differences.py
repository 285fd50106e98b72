"""diff: the differences between two versions of data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from knockon.cli.data_sets import store_folder
from knockon.cli.messages import note
from knockon.cli.options import Store, open_graph, reading_options
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer
from knockon.errors import UsageError

if TYPE_CHECKING:
    from knockon.analysis.records.differences import Differences
    from knockon.authoring.options import ReadOptions


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(diff)


@writes(*ROWS)
@reading_options("encoding", "decimal", "percent", "days", "rename", "ignore_unknown", "sheet", "from_", "uses", "exact_names")
def diff(
    old: Annotated[
        str | None,
        typer.Argument(help="A store, a revision of it (st@2), a folder or file; with --store a revision by number."),
    ] = None,
    new: Annotated[str | None, typer.Argument(help="The same; with --store the default is the current revision.")] = None,
    store: Store = None,
    *,
    read: Any,
    out: Writer,
) -> None:
    """List the differences between two versions, by record and field; two files are two versions of one data set.

    `knockon diff st` shows what the last change of a store did, `knockon diff 3 --store st` what changed since revision 3,
    `knockon diff list.csv --store st` what loading the file would change. Exits 0 whether or not anything differs.
    """
    from knockon.present.rows.differences import differences_note, differences_table

    answer = _differences(old, new, store, read)
    if out.form == "json":
        out.json(answer.to_dict())
    else:
        out.tables(differences_table(answer))
    note(differences_note(answer))


def _differences(old: str | None, new: str | None, store: str | None, read: ReadOptions) -> Differences:
    if store is not None:
        graph = open_graph(store)
        first, second = _number(old), _number(new)
        if isinstance(first, str) and second is None:
            first, second = store, first
        return graph.diff(first, second, options=read)
    if old is None:
        raise UsageError("name two versions, or one store: knockon diff OLD NEW, or knockon diff STORE")
    if new is None:
        return store_folder(old, f"diff {old} NEW").diff()
    from knockon.graph import Graph
    from knockon.store.oxigraph import MemoryStore

    return Graph(MemoryStore()).diff(old, new, options=read)


def _number(text: str | None) -> str | int | None:
    return int(text) if text is not None and text.isdecimal() else text
