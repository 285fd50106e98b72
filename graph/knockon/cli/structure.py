"""chokepoints, loops, concentration: what the shape of the dependencies says, without a shock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from knockon.cli import completion
from knockon.cli.gating import CAPPED
from knockon.cli.messages import note, working
from knockon.cli.options import Store, graph
from knockon.cli.output import ROWS, Writer, writes
from knockon.cli.structure_rows import (
    chokepoint_rows,
    concentration_row,
    loop_row,
    point_row,
    set_row,
    some_names,
    world_notes,
)
from knockon.cli.worlds import STOP, WORLD, Given, world_options
from knockon.errors import UsageError
from knockon.present.rows.table import Table
from knockon.text import counted


def register(app: typer.Typer) -> None:
    """Add the commands of this family."""
    app.command()(chokepoints)
    app.command()(loops)
    app.command()(concentration)


@writes(*ROWS)
@world_options(*WORLD, *STOP)
def chokepoints(
    target: Annotated[str, typer.Argument(help="An entity by id, label or IRI.", autocompletion=completion.entities)],
    threshold: Annotated[
        float, typer.Option("--threshold", help="It has failed from this loss on (above 0, at most 1).")
    ] = 0.5,
    order: Annotated[int, typer.Option("--order", min=1, max=3, help="The most entities that fail together, 1 to 3.")] = 3,
    leaves: Annotated[bool, typer.Option("--leaves", help="Only what needs nothing itself may fail together.")] = False,
    limit: Annotated[
        int, typer.Option("--limit", min=1, help="Try so many sets of a size; exits 5 if there are more.")
    ] = 20_000,
    store: Store = None,
    *,
    given: Given,
    out: Writer,
) -> int:
    """What must fail for an entity to fail: single points of failure, smallest sets, where everything has to pass."""
    opened = graph(store)
    with working("closing what it rests on"):
        answer = opened.chokepoints(target, threshold=threshold, order=order, leaves=leaves, limit=limit, **given)
    if out.form == "json":
        out.json(answer)
    elif out.for_people:
        _two_tables(answer, out)
    else:
        columns = ["kind", "size", "entities", "loss", "loss_low", "loss_high", "step", "distance", "single_point", "dominator"]
        out.rows(chokepoint_rows(answer), columns)
    _chokepoint_notes(answer)
    return CAPPED if answer["truncated"] else 0


def _two_tables(answer: Mapping[str, Any], out: Writer) -> None:
    points = [point_row(point) for point in answer["points"]]
    columns = ["id", "loss", "range", "step", "distance", "critical", "rests_on", "cited", "way"]
    singles = Table(points, columns, f"What {answer['label']} cannot do without", ["step", "distance", "cited", "way"])
    # Sets of one are the single points above.
    sets = [set_row(one) for one in answer["cut_sets"] if one["size"] > 1]
    title = f"What {answer['label']} loses only if all of a set fail"
    out.tables(singles, Table(sets, ["size", "entities", "loss", "range"], title))


def _chokepoint_notes(answer: Mapping[str, Any]) -> None:
    label, threshold = answer["label"], answer["threshold"]
    if not answer["upstream"]:
        note(f"{label} needs nothing here: nothing else can fail it")
    else:
        single = [point for point in answer["points"] if point["single_point"]]
        passed = [point["id"] for point in answer["points"] if point["dominator"]]
        note(
            f"{label} rests on {counted(answer['upstream'], 'entity', 'entities')}, {len(answer['sources'])} of which "
            f"{'needs' if len(answer['sources']) == 1 else 'need'} nothing; "
            f"alone, {len(single)} {'costs' if len(single) == 1 else 'cost'} it {threshold:g} or more"
        )
        if less := len(answer["lesser"]):
            note(f"{less} more {'costs' if less == 1 else 'cost'} it less, alone; --threshold and --format json show them")
        note(f"on every path to it: {', '.join(passed)}" if passed else "nothing lies on every path to it")
        note(f"the narrowest passage has {len(answer['narrowest'])}: {some_names(answer['narrowest'])}")
        together = sum(one["size"] > 1 for one in answer["cut_sets"])
        who = "ultimate sources" if answer["leaves"] else "entities"
        if answer["complete"] > 1:
            some = counted(together, "set") + " of 2" + (" to 3" if answer["complete"] > 2 else "")
            note(f"{some} {who} {'costs' if together == 1 else 'cost'} it as much only together")
    if unstated := answer["unstated_combinations"]:
        needs = counted(len(unstated), "need")
        note(f"judged at the point: of {needs} nobody states how the suppliers combine, and they count for equal shares there")
    world_notes(answer)
    if answer["untried"]:
        size, more = answer["complete"] + 1, "" if answer["leaves"] else ", or say --leaves"
        note(f"STOPPED BY ITS LIMIT: up to {answer['untried']} sets of {size} were not tried; raise --limit{more}")
    if open_ := answer["undecided"]:
        names = some_names(sorted({iri for one in open_ for iri in one}))
        note(f"UNDECIDED: {len(open_)} so near to {threshold:g} that eps does not decide them ({names}); use a smaller --eps")
    if answer["stopped_by"] == "cap":
        note("STOPPED BY ITS CAP: losses may be too low; raise --cap")


@writes(*ROWS)
@world_options(*WORLD)
def loops(
    through: Annotated[
        str | None,
        typer.Option("--through", metavar="ENTITY", help="Only loops through this entity.", autocompletion=completion.entities),
    ] = None,
    length: Annotated[int, typer.Option("--length", min=1, help="The most entities in a loop.")] = 8,
    supposed: Annotated[
        list[str] | None,
        typer.Option(
            "--if", metavar="DEPENDANT=NEED", help="Suppose a link that nobody states (repeatable): what would it close?"
        ),
    ] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="List so many loops; exits 5 if there are more.")] = 10_000,
    store: Store = None,
    *,
    given: Given,
    out: Writer,
) -> int:
    """Loops of dependencies, strongest first: a loss that runs around one feeds itself."""
    pairs = [_pair(one) for one in supposed or ()]
    opened = graph(store)
    with working("looking for loops"):
        answer = opened.loops(through=through, length=length, supposing=pairs, most=most, **given)
    if out.form == "json":
        out.json(answer)
    elif out.for_people:
        rows = [loop_row(loop) for loop in answer["loops"]]
        columns = ["strength", "range", "length", "loop", "weakest_link", "cited", "rests_on"]
        out.rows(rows, columns, drop=["cited", "weakest_link", "length"])
    else:
        columns = ["strength", "strength_low", "strength_high", "length", "entities", "partial", "inferred", "supposed"]
        out.rows(answer["loops"], columns)
    _loop_notes(answer)
    return CAPPED if answer["truncated"] else 0


def _pair(text: str) -> tuple[str, str]:
    dependant, equals, need = text.partition("=")
    if not equals or not dependant.strip() or not need.strip():
        raise UsageError(f"--if {text!r}: write DEPENDANT=NEED, e.g. --if training-datasets=platform-deployment")
    return dependant.strip(), need.strip()


def _loop_notes(answer: Mapping[str, Any]) -> None:
    from knockon.vocabulary import local_name

    where = f" through {local_name(answer['through'])}" if answer["through"] else ""
    count = len(answer["loops"])
    if not count:
        note(f"no dependency comes back to where it started{where}" + (", within the length" if answer["longer"] else ""))
    else:
        found = f"{counted(count, 'loop')}{where} of at most {counted(answer['length'], 'entity', 'entities')}"
        note(f"{found}; strength: what is left of a loss after one round (at most, where other suppliers stand beside it)")
    for pair in answer["supposing"]:
        if pair["stated"]:
            note(f"nothing to suppose: {local_name(pair['dependant'])} needs {local_name(pair['need'])} already")
    if answer["longer"]:
        note(f"longer loops than {answer['length']} may exist and were not looked for; raise --length")
    for one in answer["said"]:
        stances = ", ".join(one["stances"]).lower() or "unsourced"
        note(f"a statement about scale, not a dependency: {one['text']} ({stances}; {one['id']})")
    if answer["said"]:
        note("statements close no loop; --if DEPENDANT=NEED shows which loops one more link would close")
    world_notes(answer)
    if answer["truncated"]:
        note(f"STOPPED AT {answer['most']} LOOPS: there are more, maybe stronger ones; see --most, --length, --through")


@writes(*ROWS)
@world_options(*WORLD)
def concentration(
    entity: Annotated[
        str | None,
        typer.Argument(help="Only what this entity needs, or what is needed of it.", autocompletion=completion.entities),
    ] = None,
    by: Annotated[
        str, typer.Option("--by", help="dependant (each need of each), or need (over all dependants).")
    ] = "dependant",
    store: Store = None,
    *,
    given: Given,
    out: Writer,
) -> None:
    """On how few suppliers each need rests: HHI of 0 to 10000 (divide by 10000 for the scale of 0 to 1)."""
    if by not in {"dependant", "need"}:
        raise UsageError(f"--by {by!r}: known are dependant, need")
    answer = graph(store).concentration(entity, **given)
    if out.form == "json":
        out.json(answer)
    elif out.for_people:
        rows = [concentration_row(row) for row in answer["slots" if by == "dependant" else "needs"]]
        columns = ["dependant", "need", "hhi", "range", "suppliers", "sole_source", "criticality"]
        columns += ["alternatives", "switching_cost", "judged", "cited"]
        if by == "need":
            columns = ["need", "hhi", "suppliers", "sole_source", "dependants", "others", "cited"]
        out.rows(rows, columns, drop=["cited", "switching_cost", "others", "range", "sole_source"])
    else:
        columns = ["hhi", "count", "sole_source", "split", "unassigned", "need"]
        columns += ["dependant", "alternatives", "switching_cost"] if by == "dependant" else ["dependants"]
        out.rows(answer["slots" if by == "dependant" else "needs"], columns)
    _concentration_notes(answer)


def _concentration_notes(answer: Mapping[str, Any]) -> None:
    slots = answer["slots"]
    sole, split = sum(row["sole_source"] for row in slots), sum(row["split"] for row in slots)
    note(
        f"suppliers are named for {counted(len(slots), 'need')}, for {sole} of them one alone, "
        f"and for {counted(len(answer['unnamed']), 'other')} none: how concentrated those are is not known"
    )
    if split:
        note(f"of {split} not every share is stated: what is left is split equally, and the range shows what else it could be")
    world_notes(answer)
