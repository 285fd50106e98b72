"""mitigate, compare: what would be different if."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from knockon.cli import completion
from knockon.cli.configuration import default_store
from knockon.cli.gating import FailOn, aims_of, exit_code, rules_of
from knockon.cli.hitting import Hits, hits
from knockon.cli.messages import note_lines, working
from knockon.cli.options import Store, graph
from knockon.cli.output import ROWS, Writer, writes
from knockon.cli.whatif_rows import comparison_notes, comparison_row
from knockon.cli.worlds import RUN, STOP, WORLD, Given, world_options
from knockon.errors import UsageError
from knockon.present.rows.words import titled

if TYPE_CHECKING:
    from knockon.analysis.mitigate.mitigation import Mitigation
    from knockon.analysis.options import Options


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(mitigate)
    app.command()(compare)


@writes(*ROWS)
@hits
@world_options(*WORLD, *STOP)
def mitigate(
    protect: Annotated[
        str,
        typer.Option(
            "--protect", metavar="ENTITY", help="Whom to protect: an id, a label or an IRI.", autocompletion=completion.entities
        ),
    ],
    shock: Annotated[str | None, typer.Argument(help="A shock of the graph.", autocompletion=completion.shocks)] = None,
    buffer_days: Annotated[float, typer.Option("--buffer-days", help="The stock to try on each dependency, in days.")] = 30.0,
    criticality_step: Annotated[
        float, typer.Option("--criticality-step", help="By how much to lower a criticality that is a number.")
    ] = 0.25,
    horizon: Annotated[
        int, typer.Option("--horizon", min=1, help="So many days are looked ahead for what a stock gains.")
    ] = 365,
    pairs: Annotated[int, typer.Option("--pairs", min=0, help="Try so many pairs where no single change helps.")] = 5_000,
    fail_on: FailOn = None,
    store: Store = None,
    *,
    hit: Hits,
    given: Given,
    out: Writer,
) -> int:
    """What would soften a shock for one entity: every single change on the way to it, by the loss it saves."""
    from knockon.present.rows.mitigate import mitigation_notes, mitigation_rows, mitigation_tables

    rules = rules_of(fail_on)
    if (shock is None) == (not hit):
        raise UsageError("name a shock, or give --hit: one of the two")
    opened = graph(store)
    aims = aims_of(opened, rules, given)
    with working("trying every change"):
        answer = opened.mitigate(
            shock, protect, hit=hit, buffer_days=buffer_days,
            criticality_step=criticality_step, horizon=horizon, pairs=pairs, **given,
        )  # fmt: skip
    if wrong := [aim.rule.text for aim in aims if aim.entity != answer.entity]:
        raise UsageError(f"--fail-on {wrong[0]!r}: mitigate computes the loss of {answer.id} alone")
    out.answer(answer, mitigation_tables, mitigation_rows)
    note_lines(mitigation_notes(answer))
    return exit_code(aims, [("with the best single change, ", _least_loss(answer))], truncated=answer.truncated)


def _least_loss(answer: Mitigation) -> dict[str, tuple[float, float, float]]:
    """Return what the entity loses with the change that saves most; as it is where none saves anything."""
    before = answer.before
    losses = before.loss_low, before.loss, before.loss_high
    if answer.helpful:
        best = answer.changes[0]
        losses = best.loss_low_after, best.loss_after, best.loss_high_after
    return {answer.entity: losses}


@writes(*ROWS)
@hits
@world_options(*RUN, *WORLD, *STOP)
def compare(
    shock: Annotated[str | None, typer.Argument(help="A shock of the graph.", autocompletion=completion.shocks)] = None,
    other: Annotated[
        str | None,
        typer.Argument(
            help="Another shock, or --hit; without one, say what is different the second time.",
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
    given: Given,
    out: Writer,
) -> int:
    """Two shocks side by side, or one shock on the whole graph and --without, --according-to or --facts-only.

    With --before, one shock on the data of last month and on those of today: `knockon compare SHOCK --before st@2 --store st`.
    """
    rules = rules_of(fail_on)
    against = cast("Options", {name: given[name] for name in ("facts_only", "according_to", "without") if given[name]})
    count = (shock is not None) + (other is not None) + (hit is not None)
    if count not in (1, 2):
        raise UsageError("name two shocks, of which --hit can be the second, or one and what is different the second time")
    if before is not None and count != 1:
        raise UsageError("--before compares one shock on two stores: name one, or say --hit")
    if count == 1 and not against and before is None:
        ways = "--hit, --before STORE, --without DOC, --according-to DOC or --facts-only"
        raise UsageError(f"name a second shock, or say {ways}")
    if count == 1 and before is None:
        # One shock is asked of the whole graph first, and then of this world.
        given = {name: value for name, value in given.items() if name not in against}
    else:
        against = {}
    opened = graph(store)
    aims = aims_of(opened, rules, given)
    with working("asking twice"):
        earlier = graph(before) if before is not None else None
        answer = opened.compare(shock, other, hit=hit, against=against, before=earlier, **given)
    if before is not None:
        answer["first"]["store"], answer["second"]["store"] = before, default_store(store)
    if out.form == "json":
        out.json(answer)
    elif out.for_people:
        rows = [comparison_row(row) for row in answer["entities"] if _shown(row, min_difference)]
        columns = ["id", "difference", "range", "first", "second", "steps", "ranks"]
        title = titled(_sides(answer), truncated=answer["truncated"])
        out.rows(rows, columns, title=title, drop=["ranks", "steps", "range"])
    else:
        out.rows(answer["entities"], list(answer["entities"][0]) if answer["entities"] else ["entity"])
    comparison_notes(answer, min_difference, out.for_people)
    sides = [(f"{side}: ", _side_losses(answer, side)) for side in ("first", "second")]
    return exit_code(aims, sides, truncated=answer["truncated"])


def _shown(row: Mapping[str, Any], least: float) -> bool:
    return abs(row["difference"]) >= least and (row["difference"] != 0 or least == 0)


def _sides(answer: Mapping[str, Any]) -> str:
    """What is first and what second, as a heading."""
    first, second = answer["first"], answer["second"]
    if first["shock"] == second["shock"]:
        return f"{first['shock_label']}: first {_world(first)}, second {_world(second)}"
    return f"First: {first['shock_label']}. Second: {second['shock_label']}. Both {_world(first)}."


def _world(side: Mapping[str, Any]) -> str:
    given = side["parameters"]
    if "store" in side:
        return f"on {side['store'] or 'sensetime'}"
    world = [f"according to {given['according_to']}"] if given["according_to"] else []
    world += [f"without {given['without']}"] if given["without"] else []
    world += ["by facts only"] if given["facts_only"] else []
    return " and ".join(world) or "by the whole graph"


def _side_losses(answer: Mapping[str, Any], side: str) -> dict[str, tuple[float, float, float]]:
    keys = [f"{name}_{side}" for name in ("loss_low", "loss", "loss_high")]
    return {row["entity"]: (row[keys[0]], row[keys[1]], row[keys[2]]) for row in answer["entities"]}
