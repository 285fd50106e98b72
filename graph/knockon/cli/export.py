"""export: the whole graph as a file, or as sorted N-Quads in several files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from knockon.cli.messages import note_lines, working
from knockon.cli.options import Store, open_graph
from knockon.cli.output import writes
from knockon.cli.sizes import bytes_of
from knockon.cli.writer import Writer
from knockon.errors import UsageError

Parts = Annotated[
    Path | None,
    typer.Option(
        "--parts", metavar="FOLDER", help="Write sorted N-Quads in several files of this folder, with a manifest, in any size."
    ),
]
PartQuads = Annotated[
    int | None, typer.Option("--part-quads", min=1, help="With --parts: the most quads of a file (5,000,000).")
]
PartSize = Annotated[
    str | None, typer.Option("--part-size", metavar="SIZE", help="With --parts: the most bytes of the text of a file (1G).")
]
Gzip = Annotated[bool, typer.Option("--gzip", help="With --parts: compress each file.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(export)


@writes("trig", "ttl", "nt", "nq", "jsonld", "rdf", "graphml", "ftm", "bods", "opengraph", "csv", "parquet", rows=False)
def export(
    store: Store = None,
    parts: Parts = None,
    part_quads: PartQuads = None,
    part_size: PartSize = None,
    gzip: Gzip = False,
    *,
    out: Writer,
) -> None:
    """Write the whole graph: as RDF, sorted, or in a format of other programs; the same bytes for the same content.

    ftm is FollowTheMoney, bods the Beneficial Ownership Data Standard, opengraph that of BloodHound, csv and parquet a table of
    nodes and links. What a format has no words for is left out, and counted on standard error.

    --parts is for graphs of any size and for the bulk loaders of other stores; `load` takes such a folder.
    """
    if parts is not None:
        _export_parts(store, parts, part_quads, part_size, gzip=gzip, out=out)
        return
    if part_quads is not None or part_size is not None or gzip:
        raise UsageError("--part-quads, --part-size and --gzip belong to --parts FOLDER")
    from knockon.present.exports.export import FORMS as OTHERS
    from knockon.store.files import FORMATS, to_bytes

    source = open_graph(store).store
    if out.form not in OTHERS:
        from knockon.store.sorted_export import is_sorted_outside, sorted_text

        if is_sorted_outside(source):
            out.parts(sorted_text(source, FORMATS[out.form]), "exporting")
        else:
            out.text(to_bytes(source.quads(), FORMATS[out.form]).decode())
        return
    from knockon.present.exports.export import export as write
    from knockon.present.rows.exports import export_notes

    exported = write(source.records, out.form)
    if out.form == "parquet":
        out.content(exported.content)
    else:
        out.text(exported.content.decode())
    note_lines(export_notes(exported.report))


def _export_parts(store: str | None, folder: Path, quads: int | None, size: str | None, *, gzip: bool, out: Writer) -> None:
    """Write the folder of a bulk export, and what it has on standard error."""
    from knockon.present.rows.exports import parts_notes
    from knockon.store.quad_parts import PART_BYTES, PART_QUADS

    if out.path is not None or out.to_stdout or (out.explicit and out.form != "nq"):
        raise UsageError("--parts writes N-Quads into a folder of its own; leave --output and --format out")
    most_bytes = bytes_of("--part-size", size) if size is not None else PART_BYTES
    if most_bytes < 1:
        raise UsageError("--part-size must be at least 1 byte, e.g. 512M")
    with working("exporting") as show:
        manifest = open_graph(store).export_parts(
            folder,
            most_quads=quads or PART_QUADS,
            most_bytes=most_bytes,
            compress=gzip,
            progress=lambda _what, done, every: show(done, every),
        )
    note_lines(parts_notes(manifest, str(folder)))
