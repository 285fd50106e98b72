"""mitigate, compare: what a change, another shock or other data would make different."""

from __future__ import annotations

import dataclasses
from functools import partial
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
from knockon.cli.options.hit import WhatIf, check_one_shock, parse_what_ifs
from knockon.cli.options.names import Shock
from knockon.cli.output import writes
from knockon.cli.output_file import ROWS
from knockon.cli.writer import Writer
from knockon.errors import UsageError

if TYPE_CHECKING:
    from knockon.analysis.impact.compare import Comparison
    from knockon.analysis.mitigate.mitigation import Mitigation


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(mitigate)
    app.command()(compare)


Protect = Annotated[
    str,
    typer.Option(
        "--protect", metavar="ENTITY", help="The entity to protect: an id, a label or an IRI.",
        autocompletion=completion.entities,
    ),
]  # fmt: skip
BufferDays = Annotated[float, typer.Option("--buffer-days", help="The stock to try on each dependency, in days.")]
CriticalityStep = Annotated[
    float, typer.Option("--criticality-step", help="By how much to lower a criticality that is a number.")
]
Horizon = Annotated[int, typer.Option("--horizon", min=1, help="The days ahead for which the gain of a stock is computed.")]
Pairs = Annotated[int, typer.Option("--pairs", min=0, help="If no single change helps, try at most this many pairs.")]
SecondSource = Annotated[
    float | None,
    typer.Option("--second-source", metavar="SHARE", help="Try a second source that takes over this share of a need (0..1)."),
]
OtherShock = Annotated[
    str | None,
    typer.Argument(
        help="Another shock, or --hit; without one, give the options of the second run.", autocompletion=completion.shocks
    ),
]
MinDifference = Annotated[
    float, typer.Option("--min-difference", min=0, max=1, help="Tables leave out smaller differences, and count them.")
]
Before = Annotated[
    str | None,
    typer.Option(
        "--before", metavar="STORE", help="One shock on this store, file or earlier revision (st@2) first, then on --store."
    ),
]


@writes(*ROWS)
@hit_options
@question_options(*WORLD, *STOP)
def mitigate(
    protect: Protect,
    shock: Shock = None,
    buffer_days: BufferDays = 30.0,
    criticality_step: CriticalityStep = 0.25,
    horizon: Horizon = 365,
    pairs: Pairs = 5_000,
    second_source: SecondSource = None,
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
    check_one_shock(shock, hit)
    graph = open_graph(store)
    rules = resolve_rules(graph, parsed, **options)
    with working("trying every change"):
        answer = graph.mitigate(
            shock, protect, hit=hit, buffer_days=buffer_days,
            criticality_step=criticality_step, horizon=horizon, pairs=pairs,
            second_source=second_source, **options,
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
    shock: Shock = None,
    other: OtherShock = None,
    min_difference: MinDifference = 0.05,
    before: Before = None,
    what_if: WhatIf = None,
    fail_on: FailOn = None,
    store: Store = None,
    *,
    hit: Hits,
    options: Options,
    out: Writer,
) -> int:
    """Compare two shocks, or one shock on the whole graph and with --without, --according-to, --min-confidence or --facts-only.

    With --before, compare one shock on earlier data and on those of today: `knockon compare SHOCK --before st@2 --store st`.
    """
    from knockon.present.rows.comparison import comparison_notes, comparison_rows, comparison_tables

    parsed = parse_rules(fail_on)
    count = (shock is not None) + (other is not None) + (hit is not None)
    changes = parse_what_ifs(what_if or ())
    options, against = _two_runs(count, before, options, changed=changes is not None)
    graph = open_graph(store)
    rules = resolve_rules(graph, parsed, **options)
    with working("computing both answers"):
        earlier = open_graph(before) if before is not None else None
        answer = graph.compare(shock, other, hit=hit, against=against, what_if=changes, before=earlier, **options)
    if before is not None:
        answer = _in_stores(answer, before, default_store(store))
    out.answer(answer, partial(comparison_tables, least=min_difference), comparison_rows)
    note_lines(comparison_notes(answer, min_difference if out.for_people else None))
    answers = [("first: ", answer.losses_first), ("second: ", answer.losses_second)]
    return exit_code(rules, answers, truncated=answer.truncated)


def _two_runs(count: int, before: str | None, options: Options, *, changed: bool) -> tuple[Options, Options]:
    """Return the options of the first run, and those in which the second run differs from it.

    Raises
    ------
    UsageError
        The ``count`` of shocks and the options do not make two runs.
    """
    if count not in (1, 2):
        raise UsageError("name two shocks (--hit can be the second), or one shock and the options of the second run")
    if before is not None and count != 1:
        raise UsageError("--before compares one shock on two stores: name one, or give --hit")
    if count == 2 or before is not None:
        return options, {}
    against = {
        name: options.get(name) for name in ("facts_only", "according_to", "without", "min_confidence") if options.get(name)
    }
    if not against and not changed:
        choices = (
            "--hit, --before STORE, --what-if CHANGE, --without DOC, --according-to DOC, --min-confidence X or --facts-only"
        )
        raise UsageError(f"name a second shock, or give {choices}")
    # One shock is computed on the whole graph first, and then with these options.
    first = {name: value for name, value in options.items() if name not in against}
    return cast("Options", first), cast("Options", against)


def _in_stores(answer: Comparison, before: str, after: str | None) -> Comparison:
    """Return a comparison that names the stores of its two answers."""
    first = dataclasses.replace(answer.first, location={"store": before})
    return dataclasses.replace(answer, first=first, second=dataclasses.replace(answer.second, location={"store": after}))
