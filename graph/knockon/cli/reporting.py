"""report: one page on a shock, to pass on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from knockon.analysis.options import Options
from knockon.cli import completion, time_limit
from knockon.cli.messages import note, note_lines, note_written, working
from knockon.cli.options import CAPPED, RUN, STOP, WORLD, Hits, Store, hit_options, open_graph, question_options
from knockon.cli.options.hit import Given, check_one_shock
from knockon.cli.options.names import Shock
from knockon.cli.options.portfolio import PortfolioSource, portfolio_options
from knockon.cli.output_file import default_target, output_path, requested_form
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
        help="Show choke points and remedies of this entity; default: the worst-hit revenue, else company, else product.",
    ),
]  # fmt: skip
Format = Annotated[
    str | None, typer.Option("--format", "-f", help="html, md or pdf.  [default: by the ending of -o, else html]")
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o",
        help="The file, .html, .md or .pdf, - for standard output.  [default, without --pdf: exports/SHOCK-report.html]",
    ),
]  # fmt: skip
Pdf = Annotated[Path | None, typer.Option("--pdf", help="Print the page to this file, too; needs Chromium.")]
Title = Annotated[str | None, typer.Option("--title", help="The title.  [default: the label of the shock]")]
Author = Annotated[str | None, typer.Option("--author", help="Who hands it on.")]
Date = Annotated[str | None, typer.Option("--date", metavar="DAY", help="Its date, such as 2026-11-30.")]
Classification = Annotated[
    str | None, typer.Option("--classification", help="Who may read it, such as Internal; on every printed page.")
]
Documents = Annotated[
    Path | None,
    typer.Option(
        "--documents", metavar="DIR",
        help="A folder with the cited documents, known by their SHA-256: the words behind each citation are quoted.",
    ),
]  # fmt: skip


@portfolio_options
@hit_options
@question_options(*RUN, *WORLD, *STOP)
def report(
    shock: Shock = None,
    given: Given = None,
    protect: Focus = None,
    title: Title = None,
    author: Author = None,
    date: Date = None,
    classification: Classification = None,
    documents: Documents = None,
    store: Store = None,
    format_: Format = None,
    output: Output = None,
    pdf: Pdf = None,
    *,
    hit: Hits,
    portfolio: PortfolioSource | None,
    options: Options,
) -> int:
    """Write a report on a shock to pass on: a brief of one page, then who is hit, why, and the evidence; prints on A4.

    With --portfolio it has a section on the entities of the portfolio.
    """
    from knockon.analysis.records.document_folder import read_document_folder
    from knockon.analysis.report.report import gather
    from knockon.present.citations import folder_notes
    from knockon.present.phrases import capped
    from knockon.present.report.cover import cover_of
    from knockon.present.report.markdown_report import markdown
    from knockon.present.report.page import page
    from knockon.present.report.pdf import printed

    check_one_shock(shock, hit)
    cover = cover_of(title, author, date, classification)
    target = _target(format_, output, pdf)
    graph = open_graph(store)
    folder = read_document_folder(documents, graph.store.records) if documents is not None else None
    held = portfolio.of(graph) if portfolio else None
    with working("writing the report"):
        answer = gather(graph.impact(shock, hit=hit, given=given or (), **options), protect, held)
        html = page(answer, cover, folder) if target.form != "md" or target.pdf is not None else ""
        text = markdown(answer, cover, folder) if target.form == "md" else html
        pdf_content = printed(html) if target.pdf is not None else b""
    _write(text.encode(), target, pdf_content, answer.shock.id)
    note_lines(folder_notes(folder) if folder else ())
    if answer.truncated:
        note(capped(answer.method.model))
    return CAPPED if answer.truncated else 0


class _Target(NamedTuple):
    """The form and the file of the report, and the file of the PDF; None where there is none."""

    form: str
    path: Path | None
    pdf: Path | None


def _target(form: str | None, output: Path | None, pdf: Path | None) -> _Target:
    """Return the files of the options; for a PDF, after checking that it can be printed.

    Raises
    ------
    UsageError
        A file cannot be written, or both options name a PDF.
    NotFound
        A PDF is asked for, and there is no Chromium.
    """
    from knockon.present.report.pdf import browser
    from knockon.store.output_paths import check_output_file

    chosen = requested_form(form, output_path(output), ("html", "md", "pdf")) or "html"
    if chosen == "pdf" and pdf is not None:
        raise UsageError(f"--pdf {pdf} and --output {output} are both a PDF; name one of them, or an .html file as --output")
    if chosen == "pdf" and (output is None or str(output) == "-"):
        raise UsageError("a PDF goes to a file: name it with -o FILE.pdf")
    if chosen == "pdf":
        output, pdf = None, output
    if pdf is not None:
        check_output_file(pdf)
        browser()
    return _Target(chosen, output, pdf)


def _write(text: bytes, target: _Target, pdf: bytes, shock: str) -> None:
    """Write the report, the PDF if there is one, and which files were written."""
    from knockon.store.atomic_write import write_all
    from knockon.store.files import file_stem

    time_limit.lift()
    path = target.path
    if str(path) == "-":
        write_out_bytes(text)
        path = None
    elif path is None and target.pdf is None:
        path = default_target(_EXPORTS / f"{file_stem([shock])}-report.{target.form}")
    files = {file: content for file, content in ((path, text), (target.pdf, pdf)) if file is not None}
    write_all(files)
    for file, content in files.items():
        note_written(file, len(content))
