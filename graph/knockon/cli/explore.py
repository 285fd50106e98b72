"""demo and explore: the two cascades of the SenseTime data set, and the page of a graph."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from knockon.analysis.options import Options
from knockon.cli import completion
from knockon.cli.messages import note_lines, working
from knockon.cli.options import CAPPED, RUN, WORLD, Hits, Store, hit_options, open_graph, question_options
from knockon.cli.options.hit import Given
from knockon.cli.options.portfolio import PortfolioSource, portfolio_options
from knockon.cli.output import writer
from knockon.cli.output_file import default_target
from knockon.cli.writer import Writer
from knockon.errors import UsageError

if TYPE_CHECKING:
    from knockon.analysis.impact.impact_report import ImpactReport

_EXPORTS = Path("exports")
_DEMO = ("data-reclassification", "entity-list-chips")

ShownShock = Annotated[
    str | None, typer.Option("--shock", help="Show the cascade of this shock.", autocompletion=completion.shocks)
]
SecondShock = Annotated[
    str | None,
    typer.Option("--compare", metavar="SHOCK", help="A second shock, side by side.", autocompletion=completion.shocks),
]
Centre = Annotated[
    str | None,
    typer.Option(
        "--centre", metavar="ENTITY", help="Show the neighbourhood of this entity.", autocompletion=completion.entities
    ),
]
Depth = Annotated[int | None, typer.Option("--depth", min=0, help="Steps from the --centre.  [default: 2]")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="Entities on the page, at most.")]
Title = Annotated[str | None, typer.Option("--title", help="The title of the page.  [default: those of the data sets]")]
Documents = Annotated[
    Path | None,
    typer.Option(
        "--documents", metavar="DIR",
        help="A folder with the cited documents, known by their SHA-256: the words behind each citation are shown.",
    ),
]  # fmt: skip
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="The HTML file, - for standard output.  [default: exports/NAME.html]"),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(demo)
    app.command()(explore)


def demo(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The folder to write to; created if it does not exist, but not its parents.")
    ] = _EXPORTS,
) -> int:
    """Print the two cascades of the SenseTime data set, and write the graph, the page and both reports."""
    from knockon.graph import open as open_bundled
    from knockon.present.rows.explorer import demo_notes
    from knockon.store.atomic_write import write_bytes

    if str(output) == "-":
        raise UsageError("demo writes several files: name a folder with -o FOLDER")
    default_target(output / "sensetime.html")
    graph = open_bundled()
    page = output / "sensetime.html"
    reports = {output / f"{shock}.json": graph.impact(shock) for shock in _DEMO}
    for path, report in reports.items():
        _write_cascade(report, path)
    graph.export(output / "sensetime.trig")
    write_bytes(page, graph.explore(_DEMO[0]).encode())
    note_lines(demo_notes([output / "sensetime.trig", page, *reports], page))
    return CAPPED if any(report.truncated for report in reports.values()) else 0


def _write_cascade(report: ImpactReport, path: Path) -> None:
    """Print the table of a report, and write the report as JSON."""
    from knockon.analysis.impact.coverage import affected
    from knockon.analysis.impact.impact import MIN_LOSS
    from knockon.present.rows.impact import impact_tables
    from knockon.store.atomic_write import write_bytes
    from knockon.text import json_text

    screen = Writer(("table",))
    screen.tables(*impact_tables(report, MIN_LOSS))
    screen.text(f"{affected(len(report.impacts), len(report.impacts) + report.unaffected)}\n")
    write_bytes(path, json_text(report.to_dict(), indent=2).encode())


@portfolio_options
@hit_options
@question_options(*RUN, *WORLD)
def explore(
    shock: ShownShock = None,
    compare: SecondShock = None,
    given: Given = None,
    centre: Centre = None,
    depth: Depth = None,
    limit: Limit = 5_000,
    title: Title = None,
    documents: Documents = None,
    store: Store = None,
    output: Output = None,
    *,
    hit: Hits,
    portfolio: PortfolioSource | None,
    options: Options,
) -> None:
    """Write the graph as one self-contained HTML page that needs no network; with --portfolio it opens with that list.

    If the graph has more entities than --limit, the page shows those with the greatest loss under --shock or --hit, or the
    neighbourhood of --centre or of the entities of --portfolio; it says what it leaves out. The page computes leontief itself;
    the run of another --model is shown as it was computed.
    """
    from knockon.cli.layout_process import layouts
    from knockon.present.rows.explorer import explorer_notes
    from knockon.store.files import file_stem

    if shock is not None and hit:
        raise UsageError("name a --shock, or give --hit: one of the two")
    if given and shock is None and not hit:
        raise UsageError("--given needs a shock: name one with --shock, or give --hit")
    if depth is not None and centre is None and portfolio is None:
        raise UsageError("--depth counts steps from a --centre or a --portfolio: name one")
    out = writer(("html",), output=output)
    graph = open_graph(store)
    held = portfolio.of(graph) if portfolio else None
    with layouts() as arrange, working("drawing"):
        steps = 2 if depth is None else depth
        page = graph.explore(
            shock, hit=hit, given=given or (), compare=compare, centre=centre, depth=steps, limit=limit, arrange=arrange,
            title=title, documents=documents, portfolio=held, **options,
        )  # fmt: skip
    if output is None:
        stem = file_stem(data_set.info.short_name for data_set in graph.store.data_sets)
        out = replace(out, path=default_target(_EXPORTS / f"{stem}.html"))
    note_lines(explorer_notes(page, is_empty=not graph.store.records))
    out.content(page.encode())
