"""impact, exposure, explain, chains: the losses that shocks cause, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from knockon.analysis.options import DEFAULTS, Options
from knockon.cli import completion
from knockon.cli.messages import note, note_lines, working
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
from knockon.cli.output import ROWS, Writer, writes
from knockon.errors import UsageError
from knockon.present.rows.words import capped, titled
from knockon.text import counted

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
        _list(graph, out.limited_to(*ROWS))
        return 0
    report = graph.impact(shock, hit=hit, **options)
    _write(report, out, min_loss)
    return exit_code(rules, [("", losses_by_entity(report))], truncated=report.truncated, error=report.error)


def _list(graph: Graph, out: Writer) -> None:
    from knockon.model import Shock
    from knockon.present.rows.all_impacts import shocks_note, shocks_table

    table = shocks_table(graph.records(Shock))
    out.tables(table)
    note(shocks_note(len(table.rows)))


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
    from knockon.present.rows import impact as impact_rows

    if out.form == "ttl":
        from knockon.analysis.impact.to_rdf import turtle

        out.text(turtle(report))
        return
    if out.form == "json":
        out.json(report.to_dict())
    else:
        if out.for_people:
            rows, columns = impact_rows.rows(report, min_loss), impact_rows.columns(report)
        else:
            rows = [impact_rows.record(impact) for impact in report.impacts]
            columns = [*impact_rows.RECORD_COLUMNS, *report.more]
        title = titled(report.shock.label, truncated=report.truncated)
        out.rows(rows, columns, title=title, drop=impact_rows.DROP)
        if hidden := len(report.impacts) - len(rows):
            note(impact_rows.hidden_note(counted(hidden, "entity", "entities"), min_loss))
    note_lines(impact_rows.notes(report))


@writes(*ROWS)
@question_options(*RUN, *WORLD, *STOP)
def exposure(
    entity: Annotated[str, typer.Argument(help="An entity by id, label or IRI.", autocompletion=completion.entities)],
    store: Store = None,
    *,
    options: Options,
    out: Writer,
) -> int:
    """List the loss that every shock causes one entity, worst first."""
    from knockon.present.rows import exposure as exposure_rows

    answer = open_graph(store).exposure(entity, **options)
    code = CAPPED if answer.truncated else 0
    if out.form == "json":
        out.json(answer.to_dict())
        return code
    if out.for_people:
        rows, columns = exposure_rows.rows(answer), exposure_rows.columns(answer)
    else:
        rows, columns = exposure_rows.records(answer), exposure_rows.record_columns(answer)
    out.rows(rows, columns, drop=exposure_rows.DROP)
    note_lines((*exposure_rows.notes(answer), *([capped(answer.model)] if code else [])))
    return code


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
    from knockon.model.dates import as_of_text

    if hit is not None and entity is None:
        shock, entity = None, shock
    if entity is None or (shock is None) == (hit is None):
        ways = "`knockon explain SHOCK ENTITY` or `knockon explain ENTITY --hit NAME=SEVERITY`"
        raise UsageError(f"name a shock and an entity: {ways} (see `knockon explain --help`)")
    answer = open_graph(store).explain(shock, entity, hit=hit, paths=paths, **options)
    if out.form == "json":
        out.json(answer.to_dict())
    elif out.form == "md":
        out.text(answer.to_markdown())
    else:
        from knockon.present.text.explanation_text import tree

        out.text(tree(answer, out.width))
    note(as_of_text(answer.run.as_of, answer.not_holding))
    if answer.truncated:
        note(capped(answer.model))
    return CAPPED if answer.truncated else 0


@writes(*ROWS)
@question_options(*RUN, *STOP, "facts_only", "as_of", "according_to", "without")
def chains(
    store: Store = None,
    *,
    options: Options,
    out: Writer,
) -> int:
    """Compare each documented chain with the computed cascade."""
    from knockon.present.rows import chains as chain_rows

    answer = open_graph(store).chains(**options)
    code = CAPPED if any(chain.truncated for chain in answer) else 0
    if out.form == "json":
        out.rows([chain.to_dict() for chain in answer], [])
        return code
    out.rows([chain_rows.row(chain) for chain in answer], chain_rows.columns(answer), drop=chain_rows.DROP)
    note_lines((*chain_rows.notes(answer), *([capped(options.get("model", DEFAULTS["model"]))] if code else [])))
    return code
