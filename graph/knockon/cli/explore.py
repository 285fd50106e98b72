"""demo and explore: the two cascades of the SenseTime data set, and the page of a graph."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from knockon.analysis.options import Options
from knockon.cli import completion
from knockon.cli.messages import note, working
from knockon.cli.options import CAPPED, WORLD, Hits, Store, hit_options, open_graph, question_options
from knockon.cli.output import Writer, default_target, writer
from knockon.errors import UsageError

_EXPORTS = Path("exports")
_DEMO = ("data-reclassification", "entity-list-chips")


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
    from knockon.analysis.impact.coverage import affected
    from knockon.analysis.impact.impact import MIN_LOSS
    from knockon.graph import open as open_bundled
    from knockon.present.rows import impact as impact_rows
    from knockon.present.rows.words import titled
    from knockon.store.atomic_write import write_bytes
    from knockon.text import json_text

    if str(output) == "-":
        raise UsageError("demo writes several files: name a folder with -o FOLDER")
    default_target(output / "sensetime.html")
    graph = open_bundled()
    written = [output / "sensetime.trig", output / "sensetime.html"]
    truncated = False
    for shock in _DEMO:
        report = graph.impact(shock)
        truncated = truncated or report.truncated
        title = titled(report.shock.label, truncated=report.truncated)
        screen = Writer(("table",))
        screen.rows(impact_rows.rows(report, MIN_LOSS), impact_rows.columns(report), title=title, drop=impact_rows.DROP)
        screen.text(f"{affected(len(report.impacts), len(report.impacts) + report.unaffected)}\n")
        written.append(output / f"{shock}.json")
        write_bytes(written[-1], json_text(report.to_dict(), indent=2).encode())
    graph.export(written[0])
    write_bytes(written[1], graph.explore(_DEMO[0]).encode())
    note("wrote " + ", ".join(map(str, written)))
    note(
        f"open {written[1]} in a browser; `knockon impact`, `knockon query --list`, `knockon profile sensetime` go on from here"
    )
    return CAPPED if truncated else 0


@hit_options
@question_options(*WORLD)
def explore(
    shock: Annotated[
        str | None, typer.Option("--shock", help="Show the cascade of this shock.", autocompletion=completion.shocks)
    ] = None,
    compare: Annotated[
        str | None,
        typer.Option("--compare", metavar="SHOCK", help="A second shock, side by side.", autocompletion=completion.shocks),
    ] = None,
    centre: Annotated[
        str | None,
        typer.Option(
            "--centre", metavar="ENTITY", help="Show the neighbourhood of this entity.", autocompletion=completion.entities
        ),
    ] = None,
    depth: Annotated[int | None, typer.Option("--depth", min=0, help="Steps from the --centre.  [default: 2]")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Entities on the page, at most.")] = 5_000,
    store: Store = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="The HTML file, - for standard output.  [default: exports/NAME.html]"),
    ] = None,
    *,
    hit: Hits,
    options: Options,
) -> None:
    """Write the graph as one self-contained HTML page that needs no network.

    If the graph has more entities than --limit, the page shows those with the greatest loss under --shock or --hit, or the
    neighbourhood of --centre; it says what it leaves out.
    """
    from knockon.cli.layout_process import arranged
    from knockon.store.files import file_stem

    if shock is not None and hit:
        raise UsageError("name a --shock, or give --hit: one of the two")
    if depth is not None and centre is None:
        raise UsageError("--depth counts steps from a --centre: name one")
    out = writer(("html",), output=output)
    graph = open_graph(store)
    with working("drawing"):
        steps = 2 if depth is None else depth
        page = graph.explore(
            shock, hit=hit, compare=compare, centre=centre, depth=steps, limit=limit, arrange=arranged, **options
        )
    if output is None:
        stem = file_stem(d.info.short_name for d in graph.store.data_sets)
        out = replace(out, path=default_target(_EXPORTS / f"{stem}.html"))
    if not graph.store.records:
        note("the graph is empty: there is nothing to show")
    if page.left_out:
        note(page.left_out["why"])
    out.content(page.encode())
