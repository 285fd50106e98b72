"""validate, load, evidence: data in, and what it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from knockon.cli.configuration import default_store
from knockon.cli.data_sets import CHANGES, Keep, verify_stores, write_changes
from knockon.cli.groups import Subcommands
from knockon.cli.messages import note, note_all, note_lines, working
from knockon.cli.options import Store, open_graph, reading_options
from knockon.cli.options.names import RecordName
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer
from knockon.errors import UsageError

if TYPE_CHECKING:
    from knockon.authoring.options import ReadOptions
    from knockon.errors import Notice
    from knockon.model import DataSet


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(validate)
    app.command()(load)
    evidence = Subcommands("Check and show the passages of documents behind records.")
    evidence.command("check")(evidence_check)
    evidence.command("show")(evidence_show)
    app.add_typer(evidence, name="evidence")


Sources = Annotated[
    list[str],
    typer.Argument(help="Bundled names, data set folders, tables, YAML, JSON Lines or RDF files, stores, - (see --from)."),
]
SourcesToCheck = Annotated[
    list[str] | None,
    typer.Argument(help="Data sets, tables, YAML, JSON Lines or RDF files, stores, - (see --from); default: sensetime."),
]
StoreFolder = Annotated[
    Path,
    typer.Option(
        "--store", "-s", envvar="KNOCKON_STORE", help="The store folder; created if it does not exist, but not its parents."
    ),
]
DataSetName = Annotated[
    str | None,
    typer.Option("--as", metavar="NAME", help="The name of the data set of the one source (default: the name of its file)."),
]
Replace = Annotated[bool, typer.Option("--replace", help="Let a data set replace one that was loaded from another file.")]


@writes(*ROWS)
@reading_options()
def validate(sources: SourcesToCheck = None, *, read: Any, out: Writer) -> int:
    """Check data against the model: every problem with file and line, exit 4 if there is one.

    Every file of a store, those of earlier revisions included, is compared with its checksum.
    """
    from dataclasses import asdict

    from knockon.authoring.rejects import Journal
    from knockon.bundled import DEFAULT_DATA_SET
    from knockon.present.rows.records import counts_table, validation_note
    from knockon.readers.import_hint import read_sources_or_hint
    from knockon.store.streamed_checks import check_streamed

    names = sources or [default_store(None) or DEFAULT_DATA_SET]
    verify_stores(names)
    journal = Journal(read)
    data_sets = read_sources_or_hint(names, read, journal=journal, by_columns=True)
    with working("checking the records") as show:
        check_streamed(data_sets, show)  # together they must be valid as well
    journal.write()
    counts = _counts(data_sets)
    table, notices = counts_table(counts), _notices(data_sets)
    rejected = sum(data_set.rejected for data_set in data_sets)
    if out.form == "json":
        out.json({"ok": not rejected, "problems": [], "notices": [asdict(notice) for notice in notices], "records": table.rows})
    else:
        out.tables(table)
    note_all(notices)
    note_lines(validation_note(counts))
    return rejects_code(rejected, read)


def _counts(data_sets: Iterable[DataSet]) -> Counter[tuple[str, str]]:
    """Return the number of records by data set and class."""
    from knockon.model.records import class_counts

    counts = Counter[tuple[str, str]]()
    for data in data_sets:
        counts.update({(data.info.short_name, name): count for name, count in class_counts(data.records).items()})
    return counts


def _notices(data_sets: Sequence[DataSet]) -> list[Notice]:
    """Return the notices of data sets, and those on all of them together."""
    from knockon.authoring.name_notices import look_alike_notice
    from knockon.model.share_notices import shares_across

    notices = [notice for data in data_sets for notice in data.notices]
    return [*notices, *look_alike_notice(data_sets), *shares_across(data_sets, {data.info.id for data in data_sets})]


@writes(*ROWS, optional=CHANGES)
@reading_options()
def load(
    sources: Sources,
    store: StoreFolder,
    name: DataSetName = None,
    replace: Replace = False,
    keep: Keep = None,
    *,
    read: Any,
    out: Writer,
) -> int:
    """Put data sets into a store on disk: all of them or none, each replacing an earlier one of its name.

    Prints how many records of each data set were added, changed, removed or left unchanged. `undo` takes a load back.
    Files of other formats are read by `knockon import`.
    """
    from knockon.graph import Graph
    from knockon.present.rows.changes import CHANGE_COLUMNS, load_note
    from knockon.store.folder import FolderStore

    out.check(CHANGE_COLUMNS)
    check_store(store)
    with Graph(FolderStore(store)) as graph:
        with working("loading"):
            report = graph.load(*sources, name=name or "", replace=replace, keep=keep, options=read)
        data_sets, can_undo = graph.store.data_sets, len(graph.history()) > 1
    write_changes(report, out)
    note_all(report.notices)
    note(load_note(report, str(store), data_sets, can_undo=can_undo))
    return rejects_code(report.rejected, read)


def rejects_code(rejected: int, read: ReadOptions) -> int:
    """Return the exit code of a command that left invalid rows out: 4, unless ``--allow-rejects`` is given."""
    return 4 if rejected and not read.allow_rejects else 0


def check_store(store: Path) -> None:
    """Check that data can be loaded into a folder.

    Raises
    ------
    UsageError
        It is a revision, standard input, an address or the name of bundled data, or it cannot be written.
    """
    from knockon.authoring.revisions import refuse_revision
    from knockon.bundled import data_set_names
    from knockon.store.addresses import is_address
    from knockon.store.output_paths import check_output_folder

    refuse_revision(str(store))
    if str(store) == "-":
        raise UsageError("--store -: standard input cannot be written; name a folder")
    if is_address(str(store).replace(":/", "://", 1)):  # a path has only one of the slashes
        raise UsageError(f"--store {store}: a graph behind an address is only read; name a folder")
    if str(store) in data_set_names() and not store.exists():
        raise UsageError(f"{store} is the name of a bundled data set; choose another folder")
    check_output_folder(store)


@writes(*ROWS)
def evidence_check(
    documents: Annotated[
        Path, typer.Option("--documents", help="A folder with the documents, which are recognised by their SHA-256.")
    ],
    inventory: Annotated[
        Path | None, typer.Option("--inventory", help="Facts to cover: JSON with rows of id and evidence.")
    ] = None,
    store: Store = None,
    *,
    out: Writer,
) -> int:
    """Check that every cited place is in its document, and that the document is the one that was read; else exit 4.

    Places are spans, rows, keys, JSON pointers, lines and pages. Documents that are not in the folder are listed as not
    checked.
    """
    from knockon.present.rows.records import evidence_notes, evidence_table

    check = open_graph(store).check_evidence(documents, inventory)
    if out.form == "json":
        out.json(check.to_dict())
    else:
        out.tables(evidence_table(check))
    note_lines(evidence_notes(check, documents))
    return 0 if check.ok else 4


@writes(*ROWS)
def evidence_show(
    name: RecordName,
    documents: Annotated[Path, typer.Option("--documents", help="A folder with the documents.")],
    store: Store = None,
    *,
    out: Writer,
) -> None:
    """Print the words, rows and values behind a record, for those who hold the documents."""
    from knockon.analysis.records.quotations import quotations
    from knockon.present.rows.records import quotations_notes, quotations_table

    words = quotations(open_graph(store).store, name, documents)
    out.tables(quotations_table(words))
    note_lines(quotations_notes(words, documents))
