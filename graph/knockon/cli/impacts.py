"""impact, exposure, explain, chains: the losses that shocks cause, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from knockon.analysis.options import DEFAULTS, Options
from knockon.cli import completion
from knockon.cli.messages import note_lines, working
from knockon.cli.options import (
    CAPPED,
    RUN,
    STOP,
    WORLD,
    FailOn,
    Hits,
    MinLoss,
    Store,
    exit_code,
    hit_options,
    losses_by_entity,
    open_graph,
    parse_rules,
    question_options,
    resolve_rules,
)
from knockon.cli.options.names import EntityName
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer
from knockon.errors import UsageError

if TYPE_CHECKING:
    from knockon.analysis.impact.impact import ImpactReport
    from knockon.analysis.impact.thresholds import EntityRule, Losses
    from knockon.graph import Graph


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(impact)
    app.command()(exposure)
    app.command()(explain)
    app.command()(chains)


@writes(*ROWS, "ttl")
@hit_options
@question_options(*RUN, *WORLD, *STOP)
def impact(
    shock: Annotated[
        str | None,
        typer.Argument(help="A shock of the graph; without one all shocks are listed.", autocompletion=completion.shocks),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every shock on every entity.")] = False,
    fail_on: FailOn = None,
    store: Store = None,
    min_loss: MinLoss = 0.05,
    *,
    hit: Hits,
    options: Options,
    out: Writer,
) -> int:
    """Compute the losses that a shock causes; --all writes csv unless --format names another, ttl is the run as RDF."""
    if (shock is not None) + bool(hit) + every > 1:
        raise UsageError("name a shock, or give --hit or --all: one of the three")
    parsed = parse_rules(fail_on)
    if parsed and shock is None and not hit and not every:
        raise UsageError("--fail-on needs a shock: name one, or give --hit or --all")
    graph = open_graph(store)
    rules = resolve_rules(graph, parsed, **options)
    if every:
        return _all(graph, options, out.limited_to("csv", *ROWS), min_loss, rules)
    if shock is None and not hit:
        return _list(graph, options, out.limited_to(*ROWS))
    report = graph.impact(shock, hit=hit, **options)
    _write(report, out, min_loss)
    return exit_code(rules, [("", losses_by_entity(report))], truncated=report.truncated, error=report.error)


def _list(graph: Graph, options: Options, out: Writer) -> int:
    from knockon.present.rows.all_impacts import shocks_notes, shocks_table

    with working("every shock"):
        reaches = graph.shocks(**options)
    out.tables(shocks_table(reaches))
    note_lines(shocks_notes(reaches))
    return CAPPED if any(reach.truncated for reach in reaches) else 0


def _all(graph: Graph, options: Options, out: Writer, min_loss: float, rules: Sequence[EntityRule]) -> int:
    from knockon.cli.row_stream import write_rows
    from knockon.present.rows.all_impacts import DROP, AllImpacts

    losses: list[tuple[str, dict[str, Losses]]] = []
    reports = _record_losses(graph.each_impact(**options), {rule.entity for rule in rules}, losses)
    impacts = AllImpacts(reports, min_loss if out.for_people else None)
    rows = impacts.rows()
    with working("every shock"):
        first = next(rows, None)
    if rules and impacts.is_empty:
        raise UsageError("--fail-on: the graph has no shocks to which its rules could apply")
    columns = impacts.columns(for_people=out.for_people)
    write_rows(out, rows if first is None else chain([first], rows), columns, drop=DROP, doing="every shock")
    note_lines(impacts.notes())
    return exit_code(rules, losses, truncated=impacts.truncated, error=impacts.error)


def _record_losses(
    reports: Iterator[ImpactReport], entities: Collection[str], losses: list[tuple[str, dict[str, Losses]]]
) -> Iterator[ImpactReport]:
    """Return the reports as they come, and append to ``losses`` those of the entities that rules name."""
    for report in reports:
        if entities:
            named = {iri: loss for iri, loss in losses_by_entity(report).items() if iri in entities}
            losses.append((f"{report.shock.name}: ", named))
        yield report


def _write(report: ImpactReport, out: Writer, min_loss: float) -> None:
    from knockon.present.rows.impact import impact_notes, impact_rows, impact_tables

    if out.form == "ttl":
        from knockon.analysis.impact.to_rdf import turtle

        out.text(turtle(report))
        return
    out.answer(report, partial(impact_tables, min_loss=min_loss), impact_rows)
    note_lines(impact_notes(report, min_loss if out.for_people else None))


@writes(*ROWS)
@question_options(*RUN, *WORLD, *STOP)
def exposure(
    entity: EntityName,
    store: Store = None,
    *,
    options: Options,
    out: Writer,
) -> int:
    """List the loss that every shock causes one entity, worst first."""
    from knockon.present.rows.exposure import exposure_notes, exposure_rows, exposure_tables

    answer = open_graph(store).exposure(entity, **options)
    out.answer(answer, exposure_tables, exposure_rows)
    if out.form != "json":
        note_lines(exposure_notes(answer))
    return CAPPED if answer.truncated else 0


@writes("table", "json", "md", rows=False)
@hit_options
@question_options(*RUN, *WORLD, *STOP)
def explain(
    shock: Annotated[
        str | None, typer.Argument(help="A shock of the graph; not with --hit.", autocompletion=completion.shocks)
    ] = None,
    entity: Annotated[str | None, typer.Argument(help="An entity that it reaches.", autocompletion=completion.entities)] = None,
    paths: Annotated[int, typer.Option("--paths", metavar="K", min=1, help="Show the K most harmful paths.")] = 3,
    store: Store = None,
    *,
    hit: Hits,
    options: Options,
    out: Writer,
) -> int:
    """Explain why a shock reaches an entity: the causal tree, each edge with its evidence."""
    from knockon.present.text.explanation_text import explanation_notes, tree

    if hit is not None and entity is None:
        shock, entity = None, shock
    if entity is None or (shock is None) == (hit is None):
        calls = "`knockon explain SHOCK ENTITY` or `knockon explain ENTITY --hit NAME=SEVERITY`"
        raise UsageError(f"name a shock and an entity: {calls} (see `knockon explain --help`)")
    answer = open_graph(store).explain(shock, entity, hit=hit, paths=paths, **options)
    if out.form == "json":
        out.json(answer.to_dict())
    else:
        out.text(answer.to_markdown() if out.form == "md" else tree(answer, out.width))
    note_lines(explanation_notes(answer))
    return CAPPED if answer.truncated else 0


@writes(*ROWS)
@question_options(*RUN, *STOP, "facts_only", "as_of", "according_to", "without", "min_confidence")
def chains(
    store: Store = None,
    *,
    options: Options,
    out: Writer,
) -> int:
    """Compare each documented chain with the computed cascade."""
    from knockon.present.rows.chains import chain_documents, chain_notes, chain_table

    answer = open_graph(store).chains(**options)
    if out.form == "json":
        out.tables(chain_documents(answer))
    else:
        out.tables(chain_table(answer))
        note_lines(chain_notes(answer, options.get("model", DEFAULTS["model"])))
    return CAPPED if any(chain.truncated for chain in answer) else 0
