"""report: one page on a shock, to pass on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from knockon.analysis.options import Options
from knockon.cli import completion, time_limit
from knockon.cli.messages import note, note_written, working
from knockon.cli.options import CAPPED, RUN, STOP, WORLD, Hits, Store, hit_options, open_graph, question_options
from knockon.cli.options.hit import check_one_shock
from knockon.cli.options.names import Shock
from knockon.cli.output import writer
from knockon.cli.output_file import default_target
from knockon.cli.streams import write_out_bytes
from knockon.errors import UsageError

_EXPORTS = Path("exports")


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(report)


Focus = Annotated[
    str | None,
    typer.Option(
        "--protect", metavar="ENTITY", autocompletion=completion.entities,
        help="Show choke points and remedies of this entity; default: the worst-hit revenue, else product, else company.",
    ),
]  # fmt: skip
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o",
        help="The file, .html or .pdf, - for HTML on standard output.  [default, without --pdf: exports/SHOCK-report.html]",
    ),
]  # fmt: skip
Pdf = Annotated[Path | None, typer.Option("--pdf", help="Print the page to this file, too; needs Chromium.")]


@hit_options
@question_options(*RUN, *WORLD, *STOP)
def report(
    shock: Shock = None,
    protect: Focus = None,
    store: Store = None,
    output: Output = None,
    pdf: Pdf = None,
    *,
    hit: Hits,
    options: Options,
) -> int:
    """Write one page on a shock to pass on: who is hit, why, what would help, and the evidence; no scripts, prints on A4."""
    from knockon.analysis.report.report import gather
    from knockon.present.phrases import capped
    from knockon.present.report.page import page
    from knockon.present.report.pdf import printed

    check_one_shock(shock, hit)
    html_path, pdf_path = _check_files(output, pdf)
    graph = open_graph(store)
    with working("writing the report"):
        answer = gather(graph.impact(shock, hit=hit, **options), protect)
        html = page(answer)
        pdf_content = printed(html) if pdf_path is not None else b""
    _write(html.encode(), html_path, pdf_content, pdf_path, answer.shock.id)
    if answer.truncated:
        note(capped(answer.method.model))
    return CAPPED if answer.truncated else 0


def _check_files(output: Path | None, pdf: Path | None) -> tuple[Path | None, Path | None]:
    """Return the HTML file and the PDF file of the options; for a PDF, after checking that it can be printed.

    Raises
    ------
    UsageError
        A file cannot be written, or both options name the same file or a PDF.
    NotFound
        A PDF is asked for, and there is no Chromium.
    """
    from knockon.present.report.pdf import browser
    from knockon.store.output_paths import check_output_file

    is_pdf = writer(("html", "pdf"), output=output).form == "pdf"
    if is_pdf and pdf is not None:
        raise UsageError(f"--pdf {pdf} and --output {output} are both a PDF; name one of them, or an .html file as --output")
    if is_pdf:
        output, pdf = None, output
    if output is not None and pdf is not None and output.absolute() == pdf.absolute():
        raise UsageError(f"--output and --pdf are the same file, {output}")
    if pdf is not None:
        check_output_file(pdf)
        browser()
    return output, pdf


def _write(html: bytes, html_path: Path | None, pdf: bytes, pdf_path: Path | None, shock: str) -> None:
    """Write the page, the PDF if there is one, and which files were written."""
    from knockon.store.atomic_write import write_all
    from knockon.store.files import file_stem

    time_limit.lift()
    if str(html_path) == "-":
        write_out_bytes(html)
        html_path = None
    elif html_path is None and pdf_path is None:
        html_path = default_target(_EXPORTS / f"{file_stem([shock])}-report.html")
    files = {path: content for path, content in ((html_path, html), (pdf_path, pdf)) if path is not None}
    write_all(files)
    for path, content in files.items():
        note_written(path, len(content))
