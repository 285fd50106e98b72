"""report: one page on a shock, to pass on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from knockon.analysis.options import Options
from knockon.cli import completion, time_limit
from knockon.cli.messages import note, working
from knockon.cli.options import CAPPED, RUN, STOP, WORLD, Hits, Store, hit_options, open_graph, question_options
from knockon.cli.output import default_target, writer
from knockon.cli.streams import write_out_bytes
from knockon.errors import UsageError
from knockon.present.rows.words import capped

_EXPORTS = Path("exports")


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(report)


@hit_options
@question_options(*RUN, *WORLD, *STOP)
def report(
    shock: Annotated[str | None, typer.Argument(help="A shock of the graph.", autocompletion=completion.shocks)] = None,
    protect: Annotated[
        str | None,
        typer.Option(
            "--protect",
            metavar="ENTITY",
            autocompletion=completion.entities,
            help="Show choke points and remedies of this entity; default: the worst-hit revenue, else product, else company.",
        ),
    ] = None,
    store: Store = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="The file, .html or .pdf, - for HTML on standard output.  [default, without --pdf: exports/SHOCK-report.html]",
        ),
    ] = None,
    pdf: Annotated[Path | None, typer.Option("--pdf", help="Print the page to this file, too; needs Chromium.")] = None,
    *,
    hit: Hits,
    options: Options,
) -> int:
    """Write one page on a shock to pass on: who is hit, why, what would help, and the evidence; no scripts, prints on A4."""
    from knockon.analysis.report.report import gather
    from knockon.present.report.page import page
    from knockon.present.report.pdf import browser, printed
    from knockon.store.atomic_write import write_all
    from knockon.store.files import file_stem
    from knockon.store.output_paths import check_output_file

    if (shock is None) == (not hit):
        raise UsageError("name a shock, or give --hit: one of the two (`knockon impact` lists the shocks)")
    form = writer(("html", "pdf"), output=output)
    if form.form == "pdf":
        if pdf is not None:
            raise UsageError(
                f"--pdf {pdf} and --output {output} are both a PDF; name one of them, or an .html file as --output"
            )
        output, pdf = None, output
    if output is not None and pdf is not None and output.absolute() == pdf.absolute():
        raise UsageError(f"--output and --pdf are the same file, {output}")
    if pdf is not None:
        check_output_file(pdf)
        browser()
    graph = open_graph(store)
    with working("writing the report"):
        answer = graph.impact(shock, hit=hit, **options)
        gathered = gather(answer, protect)
        html = page(gathered)
        paper = printed(html) if pdf is not None else b""
    time_limit.lift()
    if str(output) == "-":
        write_out_bytes(html.encode())
        path = None
    else:
        path = output or (None if pdf else default_target(_EXPORTS / f"{file_stem([answer.shock.name])}-report.html"))
    written = {file: content for file, content in ((path, html.encode()), (pdf, paper)) if file is not None}
    write_all(written)
    for file, content in written.items():
        note(f"wrote {file} ({max(1, len(content) // 1000)} KB)")
    if gathered.truncated:
        note(capped(answer.model))
    return CAPPED if gathered.truncated else 0
