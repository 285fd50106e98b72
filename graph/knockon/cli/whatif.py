"""mitigate, compare: what a change, another shock or other data would make different."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated, cast

import typer

from knockon.analysis.options import Options, RunOptions
from knockon.cli import completion
from knockon.cli.configuration import default_store
from knockon.cli.messages import note_lines, working
from knockon.cli.options import (
    RUN,
    STOP,
    WORLD,
    FailOn,
    Hits,
    Store,
    exit_code,
    hit_options,
    open_graph,
    parse_rules,
    question_options,
    resolve_rules,
)
from knockon.cli.output import ROWS, Writer, writes
from knockon.errors import UsageError
from knockon.present.rows.words import titled

if TYPE_CHECKING:
    from knockon.analysis.impact.compare import Comparison
    from knockon.analysis.mitigate.mitigation import Mitigation
    from knockon.analysis.options import Options, RunOptions


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(mitigate)
    app.command()(compare)


@writes(*ROWS)
@hit_options
@question_options(*WORLD, *STOP)
def mitigate(
    protect: Annotated[
        str,
        typer.Option(
            "--protect",
            metavar="ENTITY",
            help="The entity to protect: an id, a label or an IRI.",
            autocompletion=completion.entities,
        ),
    ],
    shock: Annotated[str | None, typer.Argument(help="A shock of the graph.", autocompletion=completion.shocks)] = None,
    buffer_days: Annotated[float, typer.Option("--buffer-days", help="The stock to try on each dependency, in days.")] = 30.0,
    criticality_step: Annotated[
        float, typer.Option("--criticality-step", help="By how much to lower a criticality that is a number.")
    ] = 0.25,
    horizon: Annotated[
        int, typer.Option("--horizon", min=1, help="The days ahead for which the gain of a stock is computed.")
    ] = 365,
    pairs: Annotated[
        int, typer.Option("--pairs", min=0, help="If no single change helps, try at most this many pairs.")
    ] = 5_000,
    fail_on: FailOn = None,
    store: Store = None,
    *,
    hit: Hits,
    options: RunOptions,
    out: Writer,
) -> int:
    """Find what would soften a shock for one entity: every single change on the way to it, by the loss that it saves."""
    from knockon.present.rows.mitigate import mitigation_notes, mitigation_rows, mitigation_tables

    parsed = parse_rules(fail_on)
    if (shock is None) == (not hit):
        raise UsageError("name a shock, or give --hit: one of the two")
    graph = open_graph(store)
    rules = resolve_rules(graph, parsed, **options)
    with working("trying every change"):
        answer = graph.mitigate(
            shock, protect, hit=hit, buffer_days=buffer_days,
            criticality_step=criticality_step, horizon=horizon, pairs=pairs, **options,
        )  # fmt: skip
    if wrong := [rule.rule.text for rule in rules if rule.entity != answer.entity]:
        raise UsageError(f"--fail-on {wrong[0]!r}: mitigate computes the loss of {answer.id} alone")
    out.answer(answer, mitigation_tables, mitigation_rows)
    note_lines(mitigation_notes(answer))
    return exit_code(rules, [("with the best single change, ", _least_loss(answer))], truncated=answer.truncated)


def _least_loss(answer: Mitigation) -> dict[str, tuple[float, float, float]]:
    """Return the loss of the entity with the change that saves most, or its loss now if no change saves anything."""
    before = answer.before
    losses = before.loss_low, before.loss, before.loss_high
    if answer.helpful:
        best = answer.changes[0]
        losses = best.loss_low_after, best.loss_after, best.loss_high_after
    return {answer.entity: losses}


@writes(*ROWS)
@hit_options
@question_options(*RUN, *WORLD, *STOP)
def compare(
    shock: Annotated[str | None, typer.Argument(help="A shock of the graph.", autocompletion=completion.shocks)] = None,
    other: Annotated[
        str | None,
        typer.Argument(
            help="Another shock, or --hit; without one, give the options of the second run.",
            autocompletion=completion.shocks,
        ),
    ] = None,
    min_difference: Annotated[
        float, typer.Option("--min-difference", min=0, max=1, help="Tables leave out smaller differences, and count them.")
    ] = 0.05,
    before: Annotated[
        str | None,
        typer.Option(
            "--before", metavar="STORE", help="One shock on this store, file or earlier revision (st@2) first, then on --store."
        ),
    ] = None,
    fail_on: FailOn = None,
    store: Store = None,
    *,
    hit: Hits,
    options: Options,
    out: Writer,
) -> int:
    """Compare two shocks, or one shock on the whole graph and with --without, --according-to or --facts-only.

    With --before, compare one shock on earlier data and on those of today: `knockon compare SHOCK --before st@2 --store st`.
    """
    parsed = parse_rules(fail_on)
    against = cast(
        "Options", {name: options.get(name) for name in ("facts_only", "according_to", "without") if options.get(name)}
    )
    count = (shock is not None) + (other is not None) + (hit is not None)
    if count not in (1, 2):
        raise UsageError("name two shocks (--hit can be the second), or one shock and the options of the second run")
    if before is not None and count != 1:
        raise UsageError("--before compares one shock on two stores: name one, or give --hit")
    if count == 1 and not against and before is None:
        ways = "--hit, --before STORE, --without DOC, --according-to DOC or --facts-only"
        raise UsageError(f"name a second shock, or give {ways}")
    if count == 1 and before is None:
        # One shock is computed on the whole graph first, and then with these options.
        options = cast("Options", {name: value for name, value in options.items() if name not in against})
    else:
        against = {}
    graph = open_graph(store)
    rules = resolve_rules(graph, parsed, **options)
    with working("asking twice"):
        earlier = open_graph(before) if before is not None else None
        answer = graph.compare(shock, other, hit=hit, against=against, before=earlier, **options)
    if before is not None:
        answer = _in_stores(answer, before, default_store(store))
    _write_comparison(answer, out, min_difference)
    answers = [("first: ", answer.losses_first), ("second: ", answer.losses_second)]
    return exit_code(rules, answers, truncated=answer.truncated)


def _in_stores(answer: Comparison, before: str, after: str | None) -> Comparison:
    """Return a comparison that names the stores of its two answers."""
    first = dataclasses.replace(answer.first, location={"store": before})
    return dataclasses.replace(answer, first=first, second=dataclasses.replace(answer.second, location={"store": after}))


def _write_comparison(answer: Comparison, out: Writer, min_difference: float) -> None:
    from knockon.present.rows import comparison

    if out.form == "json":
        out.json(answer.to_dict())
    elif out.for_people:
        title = titled(comparison.title(answer), truncated=answer.truncated)
        out.rows(comparison.rows(answer, min_difference), list(comparison.COLUMNS), title=title, drop=comparison.DROP)
    else:
        rows = [row.to_dict() for row in answer.entities]
        out.rows(rows, list(rows[0]) if rows else ["entity"])
    note_lines(comparison.notes(answer, min_difference if out.for_people else None))
