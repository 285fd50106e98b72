"""impact, exposure, explain, chains: the losses that shocks cause, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from knockon.analysis.engine_choice import EngineChoice
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
    engine_options,
    exit_code,
    hit_options,
    losses_by_entity,
    open_graph,
    parse_rules,
    question_options,
    resolve_rules,
)
from knockon.cli.options.hit import Given, WhatIf, parse_what_ifs
from knockon.cli.options.portfolio import PortfolioSource, portfolio_options
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.table_impacts import impact_of_tables, is_table_source
from knockon.cli.writer import Writer
from knockon.errors import UsageError
from knockon.suggested_command import suggested
from knockon.text import counted

if TYPE_CHECKING:
    from knockon.analysis.impact.impact import ImpactReport
    from knockon.analysis.impact.thresholds import EntityRule, Losses
    from knockon.analysis.portfolio.portfolio import Portfolio
    from knockon.graph import Graph


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(impact)
    app.command()(exposure)
    app.command()(explain)
    app.command()(chains)


@writes(*ROWS, "ttl")
@portfolio_options
@hit_options
@engine_options
@question_options(*RUN, *WORLD, *STOP)
def impact(
    shock: Annotated[
        str | None,
        typer.Argument(help="A shock of the graph; without one all shocks are listed.", autocompletion=completion.shocks),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every shock on every entity.")] = False,
    what_if: WhatIf = None,
    given: Given = None,
    fail_on: FailOn = None,
    store: Store = None,
    min_loss: MinLoss = 0.05,
    page: Annotated[
        Path | None,
        typer.Option("--page", metavar="FILE", help="On money flows: also write a page (.html); of a graph `report` does."),
    ] = None,
    *,
    hit: Hits,
    portfolio: PortfolioSource | None,
    options: Options,
    engine: EngineChoice,
    out: Writer,
) -> int:
    """Compute the losses that a shock causes; --all writes csv unless --format names another, ttl is the run as RDF.

    With --portfolio the rows and counts are those of its entities, and a note has the sum of amounts times losses.
    """
    if (shock is not None) + bool(hit) + every > 1:
        raise UsageError(f"name a shock, or give --hit or --all: one of the three{_taken_for_shock(shock)}")
    parsed = parse_rules(fail_on)
    if what_if and shock is None and not hit:
        raise UsageError("--what-if needs a shock: name one, or give --hit")
    if given and shock is None and not hit:
        raise UsageError("--given needs a shock: name one, or give --hit")
    if parsed and shock is None and not hit and not every:
        raise UsageError("--fail-on needs a shock: name one, or give --hit or --all")
    if store is not None and is_table_source(store):
        needing = {"a shock's name": shock is not None, "--all": every, "--what-if": bool(what_if), "--given": bool(given)}
        refused = {**needing, "--fail-on": bool(fail_on), "--portfolio": portfolio is not None}
        return impact_of_tables(store, hit, options, engine, out, refused, page)
    if page is not None:
        raise UsageError("--page is for money flows and networks as tables; of a graph: knockon report SHOCK -o FILE.html")
    graph = open_graph(store)
    rules = resolve_rules(graph, parsed, **options)
    held = portfolio.of(graph) if portfolio else None
    if not engine.is_memory and (every or (shock is None and not hit)):
        raise UsageError(f"--engine {engine.name} runs one shock: name it, or give --hit")
    if every:
        return _all(graph, options, out.limited_to("csv", *ROWS), min_loss, rules, held)
    if shock is None and not hit:
        return _list(graph, options, out.limited_to(*ROWS), held)
    # Rules may be about entities that are not in the portfolio.
    changes = parse_what_ifs(what_if or ())
    report = graph.impact(shock, hit=hit, what_if=changes, given=given or (), **engine.options(), **options)
    _write(_restricted(report, held), out, min_loss)
    losses = [("", losses_by_entity(report))] if rules else []
    return exit_code(rules, losses, truncated=report.truncated, error=report.error)


def _taken_for_shock(name: str | None) -> str:
    """Return what is said of a file that was given as the shock; nothing of any other name."""
    from knockon.cli.store_hint import file_hint

    hint = file_hint(name) if name else ""
    return f"; {name!r} is taken for a shock {hint}" if hint else ""


def _restricted(report: ImpactReport, portfolio: Portfolio | None) -> ImpactReport:
    if portfolio is None:
        return report
    from knockon.analysis.portfolio.portfolio_loss import of_portfolio

    return of_portfolio(report, portfolio)


def _list(graph: Graph, options: Options, out: Writer, portfolio: Portfolio | None) -> int:
    from knockon.present.rows.all_impacts import shocks_notes, shocks_table

    with working("every shock"):
        reaches = graph.shocks(portfolio=portfolio, **options)
    out.tables(shocks_table(reaches))
    note_lines(shocks_notes(reaches))
    if portfolio is not None:
        entities = counted(len(portfolio), "entity", "entities")
        command = suggested(f"exposure --portfolio {quote(str(portfolio.file))}")
        note(f"counts are of the {entities} of {portfolio.file}; {command} has their losses")
    return CAPPED if any(reach.truncated for reach in reaches) else 0


def _all(
    graph: Graph,
    options: Options,
    out: Writer,
    min_loss: float,
    rules: Sequence[EntityRule],
    portfolio: Portfolio | None,
) -> int:
    from knockon.cli.row_stream import write_rows
    from knockon.present.rows.all_impacts import DROP, AllImpacts

    losses: list[tuple[str, dict[str, Losses]]] = []
    reports = _record_losses(graph.each_impact(**options), {rule.entity for rule in rules}, losses)
    impacts = AllImpacts((_restricted(report, portfolio) for report in reports), min_loss if out.for_people else None)
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
@portfolio_options
@question_options(*RUN, *WORLD, *STOP)
def exposure(
    entity: Annotated[
        str | None,
        typer.Argument(help="An entity by id, label or IRI; not with --portfolio.", autocompletion=completion.entities),
    ] = None,
    store: Store = None,
    *,
    portfolio: PortfolioSource | None,
    options: Options,
    out: Writer,
) -> int:
    """List the loss that every shock causes one entity, worst first, or each entity of a portfolio.

    With --portfolio there is a row for each entity with its worst shock, and one for each shock with what it does to all of
    them together; csv, jsonl, parquet and xlsx have a row for each entity and shock that reaches it.
    """
    if (entity is None) == (portfolio is None):
        raise UsageError("name an entity, or give --portfolio FILE: one of the two")
    if portfolio is not None:
        return _portfolio_exposure(open_graph(store), portfolio, options, out)
    assert entity is not None  # noqa: S101 - checked above
    from knockon.present.rows.exposure import exposure_notes, exposure_rows, exposure_tables

    answer = open_graph(store).exposure(entity, **options)
    out.answer(answer, exposure_tables, exposure_rows)
    if out.form != "json":
        note_lines(exposure_notes(answer))
    return CAPPED if answer.truncated else 0


def _portfolio_exposure(graph: Graph, source: PortfolioSource, options: Options, out: Writer) -> int:
    from knockon.present.rows.portfolio import (
        portfolio_exposure_notes,
        portfolio_exposure_rows,
        portfolio_exposure_tables,
    )

    held = source.of(graph)
    with working("every shock"):
        answer = graph.portfolio_exposure(held, **options)
    out.answer(answer, portfolio_exposure_tables, portfolio_exposure_rows)
    note_lines(portfolio_exposure_notes(answer))
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
    what_if: WhatIf = None,
    given: Given = None,
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
    changes = parse_what_ifs(what_if or ())
    answer = open_graph(store).explain(shock, entity, hit=hit, what_if=changes, given=given or (), paths=paths, **options)
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
