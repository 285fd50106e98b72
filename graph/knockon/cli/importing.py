"""import, mapping: files of other formats in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from knockon.cli.data import Replace, check_store, rejects_code
from knockon.cli.data_sets import Keep
from knockon.cli.groups import Subcommands
from knockon.cli.messages import note, note_all, note_lines, working
from knockon.cli.options import reading_options
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer
from knockon.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command("import")(import_)
    mapping = Subcommands("List the mappings that import files of other formats, and draft new ones.")
    mapping.command("ls")(mapping_ls)
    mapping.command("suggest")(mapping_suggest)
    app.add_typer(mapping, name="mapping")


Files = Annotated[list[str], typer.Argument(help="Files of other formats, folders of them, zip archives.")]
FileToDraft = Annotated[str, typer.Argument(help="A file to draft a mapping for.")]
MappingName = Annotated[
    str | None,
    typer.Option(
        "--mapping", "-m", metavar="NAME", help="A mapping or reader of `knockon mapping ls`, or a mapping of your own (.yaml)."
    ),
]
ImportStore = Annotated[
    Path | None,
    typer.Option(
        "--store", "-s", envvar="KNOCKON_STORE", help="The store folder; created if it does not exist, but not its parents."
    ),
]
ImportName = Annotated[str | None, typer.Option("--as", metavar="NAME", help="The name of the data set.")]
Base = Annotated[
    str | None, typer.Option("--base", metavar="IRI", help="The base of the ids of its records, which ends in / or #.")
]
Url = Annotated[str | None, typer.Option("--url", metavar="ADDRESS", help="Where the files are from; its documents have it.")]
Retrieved = Annotated[str | None, typer.Option("--retrieved", metavar="DATE", help="The day on which they were read there.")]
License = Annotated[str | None, typer.Option("--license", metavar="NAME", help="The licence of the files, e.g. CC-BY-4.0.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read and check everything, say what it gives, and write nothing.")]
#: The options of reading that an import has; the others are said by its mapping.
_READING = (
    "encoding", "decimal", "percent", "rename", "ignore_unknown", "sheet", "rejects", "allow_rejects", "exact_names",
    "language", "array_delimiter",
)  # fmt: skip


@writes(*ROWS)
@reading_options(*_READING)
def import_(
    files: Files,
    mapping: MappingName = None,
    store: ImportStore = None,
    name: ImportName = None,
    base: Base = None,
    url: Url = None,
    retrieved: Retrieved = None,
    license: License = None,  # noqa: A002 - the name of the option
    replace: Replace = False,
    keep: Keep = None,
    dry_run: DryRun = False,
    *,
    read: Any,
    out: Writer,
) -> int:
    """Read files of another format as one data set of a store: by a mapping, or by the reader of the format.

    Prints how many rows were read, and how many records they made, merged, implied, left out and rejected. One invalid row
    means that nothing is loaded, unless --rejects names a file for invalid rows. `undo` takes an import back.
    """
    from knockon.graph import Graph
    from knockon.present.rows.imports import IMPORT_COLUMNS, import_notes, import_table
    from knockon.store.folder import FolderStore
    from knockon.store.oxigraph import MemoryStore

    out.check(IMPORT_COLUMNS)
    if store is None and not dry_run:
        raise UsageError("name the store: --store FOLDER; or --dry-run, to see what an import gives")
    if store is not None:
        check_store(store)
    exists = store is not None and (not dry_run or store.exists())
    with Graph(FolderStore(store) if store is not None and exists else MemoryStore()) as graph:
        with working("importing") as show:
            report = graph.import_files(
                *files,
                mapping=mapping,
                name=name or "",
                base=base or "",
                url=url or "",
                retrieved=retrieved or "",
                license=license or "",
                replace=replace,
                keep=keep,
                dry_run=dry_run,
                options=read,
                progress=lambda rows: show(rows, 0),
            )
        # A trial has no history.
        can_undo = report.changes is not None and len(graph.history()) > 1
        data_sets = graph.store.data_sets
    if out.form == "json":
        out.json(report.to_dict())
    else:
        out.tables(import_table(report))
    note_all(report.notices)
    note_lines(import_notes(report, read, str(store or "")))
    if report.changes is not None:
        from knockon.present.rows.changes import load_note

        note(load_note(report.changes, str(store), data_sets, can_undo=can_undo))
    return rejects_code(len(report.rejected), read)


@writes(*ROWS)
def mapping_ls(*, out: Writer) -> None:
    """List the mappings and readers that `import --mapping` can name: title, licence of the data, how each is recognised."""
    from knockon.present.rows.imports import MAPPING_COLUMNS, mappings_table
    from knockon.readers.mapping.catalogue import importables

    out.check(MAPPING_COLUMNS)
    out.tables(mappings_table(importables()))


@writes("yaml", rows=False)
@reading_options("encoding", "sheet")
def mapping_suggest(file: FileToDraft, *, read: Any, out: Writer) -> None:
    """Draft a mapping from the columns of a file, as YAML in which each guess is marked: to check, and to import with."""
    from knockon.readers.input_files import foreign_files
    from knockon.readers.mapping.suggest import suggest_mapping

    files = foreign_files(Path(file), read.encoding)
    if len(files) != 1:
        raise UsageError(f"{file} holds {len(files)} files; name one of them")
    out.text(suggest_mapping(files[0], read))
