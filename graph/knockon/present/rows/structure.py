"""Choke points, loops and concentration as people read them: tables, rows for programs, and notes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Protocol

from knockon.analysis.impact.coverage import NAMED, some_names
from knockon.analysis.methods import REGISTRY
from knockon.analysis.structure.chokepoints_answer import PATH_LINKS
from knockon.present.caveats import world_notes
from knockon.present.phrases import capped
from knockon.present.rows.table import Row, Table
from knockon.text import Fixed, Span, counted
from knockon.vocabulary import local_name

if TYPE_CHECKING:
    from knockon.analysis.structure.chokepoints_answer import Chokepoint, Chokepoints, FailureSet
    from knockon.analysis.structure.concentration_answer import Concentration, NeedConcentration, SlotConcentration
    from knockon.analysis.structure.loops_answer import Loop, Loops


class _Link(Protocol):
    """A link, and whether its records are inferred or judged."""

    @property
    def inferred(self) -> bool: ...
    @property
    def judged(self) -> tuple[str, ...]: ...


class _Loss(Protocol):
    """A loss with its bounds."""

    @property
    def loss_low(self) -> float: ...
    @property
    def loss_high(self) -> float: ...


def links_rest_on(links: Sequence[_Link]) -> str:
    """Return how many links are inferred, and how many have a judged property.

    >>> from types import SimpleNamespace as Link
    >>> links_rest_on([Link(inferred=True, judged=("criticality",)), Link(inferred=False, judged=())])
    '1 inferred, 1 judged'
    >>> links_rest_on([Link(inferred=False, judged=())])
    'what is stated'
    """
    counts = {"inferred": sum(link.inferred for link in links), "judged": sum(bool(link.judged) for link in links)}
    return ", ".join(f"{count} {what}" for what, count in counts.items() if count) or "what is stated"


# Choke points


def chokepoint_tables(answer: Chokepoints) -> tuple[Table, Table]:
    """Return the single points, and the sets of several that fail the target only together."""
    columns = ["id", "loss", "range", "step", "distance", "critical", "rests_on", "cited", "way"]
    title = f"What {answer.label} cannot do without"
    points = Table([_point_row(point) for point in answer.points], columns, title, ["step", "distance", "cited", "way"])
    # Sets of one are the single points above.
    sets = [_set_row(failure_set) for failure_set in answer.cut_sets if failure_set.size > 1]
    title = f"What {answer.label} loses only if all of a set fail"
    return points, Table(sets, ["size", "entities", "loss", "range"], title)


def _point_row(point: Chokepoint) -> Row:
    path = _way([point.id, *(local_name(link.dependant) for link in point.path)])
    marks = ["alone"] if point.single_point else []
    marks += ["on every path"] if point.dominator else []
    return {
        **point.to_dict(),
        "id": _with_supplier(point.id, point.sole_supplier),
        "loss": Fixed(point.loss),
        "range": _range(point),
        "critical": ", ".join(marks),
        "rests_on": links_rest_on(point.path) if point.path else "",
        "cited": len(point.evidence) if point.path or not point.loss else "",
        "way": path
        if point.path
        else f"{counted(point.step, 'link')}, not listed"
        if point.step
        else "costs nothing by itself",
    }


def _no_way(point: Chokepoint) -> str:
    """Return what a row has in place of a path."""
    return f"{counted(point.step, 'link')}, not listed" if point.step else "costs nothing by itself"


def _way(names: list[str]) -> str:
    """Return the names along a path; of a long one those at its ends, and how many are between.

    >>> _way(list("abc")), _way([str(number) for number in range(3_000)])
    ('a > b > c', '0 > 1 > 2 > 3 > 4 > 5 > 6 > 7 > (2,984 more) > 2992 > 2993 > 2994 > 2995 > 2996 > 2997 > 2998 > 2999')
    """
    if len(names) > 2 * NAMED:
        names = [*names[:NAMED], f"({len(names) - 2 * NAMED:,} more)", *names[-NAMED:]]
    return " > ".join(names)


def _set_row(failure_set: FailureSet) -> Row:
    pairs = zip(failure_set.ids, failure_set.entities, strict=True)
    names = [_with_supplier(name, failure_set.sole_suppliers.get(iri)) for name, iri in pairs]
    row: Row = {"size": failure_set.size, "entities": " + ".join(names)}
    return row | {"loss": Fixed(failure_set.loss), "range": _range(failure_set)}


def _with_supplier(name: str, supplier: str | None) -> str:
    """Return a need with its only supplier, whose failure does the same."""
    return f"{name} (or {local_name(supplier)})" if supplier else name


def _range(row: _Loss) -> Span:
    return Span(Fixed(row.loss_low), Fixed(row.loss_high))


def chokepoint_rows(answer: Chokepoints) -> Table:
    """Return points, cut sets and the narrowest passage in one list, in which each row has its kind."""
    rows: list[Row] = []
    rows += [{"kind": "point", "size": 1, "entities": [point.entity], **point.to_dict()} for point in answer.points]
    rows += [{"kind": "lesser point", "size": 1, "entities": [point.entity], **point.to_dict()} for point in answer.lesser]
    rows += [{"kind": "cut set", **failure_set.to_dict()} for failure_set in answer.cut_sets]
    if passage := list(answer.narrowest):
        rows.append({"kind": "narrowest passage", "size": len(passage), "entities": passage})
    columns = ["kind", "size", "entities", "loss", "loss_low", "loss_high", "step", "distance", "single_point", "dominator"]
    return Table(rows, columns)


def chokepoint_notes(answer: Chokepoints) -> list[str]:
    """Return what to bear in mind of choke points, a line each."""
    lines = _upstream_notes(answer) if answer.upstream else [f"{answer.label} needs nothing here: nothing else can fail it"]
    if answer.cut_sets:
        lines.append(REGISTRY["cut_sets"].sourced)
    if unstated := answer.unstated_combinations:
        needs = counted(len(unstated), "need")
        lines.append(
            f"judged at the point: of {needs} no source states how the suppliers combine, and they count for equal shares there"
        )
    if parts := answer.unstated_portions:
        lines.append(
            f"judged at the point: of {counted(len(parts), 'part')} no source states the portion, and they are equal there"
        )
    lines += world_notes(answer.run)
    if answer.untried:
        size, more = answer.complete + 1, "" if answer.leaves else ", or say --leaves"
        lines.append(f"STOPPED BY ITS LIMIT: up to {answer.untried} sets of {size} were not tried; raise --limit{more}")
    if answer.paths_left_out:
        paths = counted(answer.paths_left_out, "path")
        how = "`impact --hit NODE` and `explain` show one of them"
        lines.append(f"LEFT OUT: {paths}, those after the first {PATH_LINKS:,} links; {how}")
    if answer.undecided:
        names = some_names(sorted({iri for entities in answer.undecided for iri in entities}), answer.run.named)
        sets = f"{len(answer.undecided)} so near to {answer.threshold:g} that eps does not decide them"
        lines.append(f"UNDECIDED: {sets} ({names}); use a smaller --eps")
    if answer.stopped_by == "cap":
        lines.append(capped(answer.model))
    return lines


def _upstream_notes(answer: Chokepoints) -> list[str]:
    single = sum(point.single_point for point in answer.points)
    dominators = some_names([point.entity for point in answer.points if point.dominator], answer.run.named)
    lines = [
        f"{answer.label} rests on {counted(answer.upstream, 'entity', 'entities')}, {len(answer.sources)} of which "
        f"{'needs' if len(answer.sources) == 1 else 'need'} nothing; "
        f"alone, {single} {_costs(single)} it {answer.threshold:g} or more"
    ]
    if less := len(answer.lesser):
        lines.append(f"{less} more {_costs(less)} it less, alone; --threshold and --format json show them")
    if answer.not_closed:
        others = counted(answer.not_closed, "entity", "entities")
        lines.append(
            f"LEFT OUT: {others} that by the criticalities on the way cannot cost it {answer.threshold:g}, alone; in a network "
            "of this size what each of them costs is not computed (a lower --threshold closes more)"
        )
    lines.append(f"on every path to it: {dominators}" if dominators else "nothing lies on every path to it")
    narrowest = some_names(answer.narrowest, answer.run.named) or "none"
    lines.append(f"the narrowest passage has {len(answer.narrowest)}: {narrowest}")
    together = sum(failure_set.size > 1 for failure_set in answer.cut_sets)
    if answer.complete > 1:
        members = "ultimate sources" if answer.leaves else "entities"
        sets = counted(together, "set") + " of 2" + (" to 3" if answer.complete > 2 else "")
        lines.append(f"{sets} {members} {_costs(together)} it as much only together")
    return lines


def _costs(number: int) -> str:
    return "costs" if number == 1 else "cost"


# Loops


def loop_tables(answer: Loops) -> tuple[Table]:
    """Return the loops, a row each."""
    columns = ["strength", "range", "length", "loop", "weakest_link", "cited", "rests_on"]
    return (Table([_loop_row(loop) for loop in answer.loops], columns, drop=["cited", "weakest_link", "length"]),)


def _loop_row(loop: Loop) -> Row:
    weakest = min(loop.links, key=lambda link: link.passes.point)
    marks = [f"{loop.supposed} supposed"] if loop.supposed else []
    marks += ["a supplier that others make up for"] if loop.partial else []
    return {
        "strength": Fixed(loop.strength),
        "range": Span(Fixed(loop.strength_low), Fixed(loop.strength_high)),
        "length": loop.length,
        "loop": " needs ".join([*loop.ids, loop.ids[0]]),
        "weakest_link": local_name(weakest.dependency) if weakest.dependency else "supposed",
        "cited": len({citation for link in loop.links for citation in link.evidence}),
        "rests_on": ", ".join([links_rest_on(loop.links), *marks]),
    }


def loop_rows(answer: Loops) -> Table:
    """Return the loops with every key."""
    columns = ["strength", "strength_low", "strength_high", "length", "entities", "partial", "inferred", "supposed"]
    return Table([loop.to_dict() for loop in answer.loops], columns)


def loop_notes(answer: Loops) -> list[str]:
    """Return what to bear in mind of loops, a line each."""
    named = answer.run.named
    through = f" through {named(answer.through)}" if answer.through else ""
    if answer.loops:
        listed = f"{counted(len(answer.loops), 'loop')}{through} of at most {counted(answer.length, 'entity', 'entities')}"
        lines = [f"{listed}; {REGISTRY['strength'].equation}. {REGISTRY['strength'].caveat}"]
    else:
        lines = [f"no dependency comes back to where it started{through}" + (", within the length" if answer.longer else "")]
    for link in answer.supposing:
        if link.stated:
            lines.append(f"nothing to suppose: {named(link.dependant)} needs {named(link.need)} already")
    if answer.longer:
        lines.append(f"longer loops than {answer.length} may exist and were not looked for; raise --length")
    for statement in answer.statements:
        stances = ", ".join(statement.stances).lower() or "unsourced"
        lines.append(f"a statement about scale, not a dependency: {statement.text} ({stances}; {statement.id})")
    if answer.statements:
        lines.append("statements close no loop; --if DEPENDANT=NEED shows which loops one more link would close")
    lines += world_notes(answer.run)
    if answer.truncated:
        more = "there are more, maybe stronger ones; see --most, --length, --through"
        lines.append(f"STOPPED AT {answer.most} LOOPS: {more}")
    return lines


# Concentration


def concentration_tables(answer: Concentration, by: str) -> tuple[Table]:
    """Return the concentration of the suppliers of each need of each ``dependant``, or of each ``need`` over all."""
    if by == "need":
        columns = ["need", "hhi", "suppliers", "sole_source", "dependants", "others", "cited"]
        rows = [_need_row(row) for row in answer.needs]
    else:
        columns = ["dependant", "need", "hhi", "range", "suppliers", "sole_source", "criticality"]
        columns += ["alternatives", "switching_cost", "judged", "cited"]
        rows = [_slot_row(row) for row in answer.slots]
    return (Table(rows, columns, drop=["cited", "switching_cost", "others", "range", "sole_source"]),)


def _shared_columns(row: SlotConcentration | NeedConcentration) -> Row:
    names = [f"{supplier.id} {supplier.share:.0%}" for supplier in row.suppliers]
    names += [f"not named {row.unassigned:.0%}"] if row.unassigned else []
    return {
        "need": local_name(row.need),
        "hhi": Fixed(row.hhi, 0),
        "suppliers": ", ".join(names) + (" (split equally)" if row.split else ""),
        "sole_source": row.sole_source,
        "cited": len(row.evidence),
    }


def _need_row(row: NeedConcentration) -> Row:
    dependants = [local_name(iri) for iri in row.dependants]
    return _shared_columns(row) | {"dependants": dependants, "others": len(row.dependants_without_supplier)}


def _slot_row(row: SlotConcentration) -> Row:
    return _shared_columns(row) | {
        "dependant": local_name(row.dependant),
        "range": Span(Fixed(row.hhi_low, 0), Fixed(row.hhi_high, 0)),
        "criticality": Fixed(row.criticality.point),
        "alternatives": [_number_word(word) for word in row.alternatives],
        "switching_cost": [word.removeprefix("Switching").lower() for word in row.switching_cost],
        "judged": list(row.judged),
    }


def _number_word(alternatives: str) -> str:
    """Return how many alternatives there are in one word."""
    return alternatives.removesuffix("s").removesuffix("Alternative").replace("No", "none").lower()


def concentration_rows(answer: Concentration, by: str) -> Table:
    """Return the rows by ``dependant`` or by ``need`` with every key."""
    rows: Iterable[SlotConcentration | NeedConcentration] = answer.needs if by == "need" else answer.slots
    columns = ["hhi", "count", "sole_source", "split", "unassigned", "need"]
    columns += ["dependants"] if by == "need" else ["dependant", "alternatives", "switching_cost"]
    return Table([row.to_dict() for row in rows], columns)


def concentration_notes(answer: Concentration) -> list[str]:
    """Return what to bear in mind of concentration, a line each."""
    slots = answer.slots
    sole, split = sum(row.sole_source for row in slots), sum(row.split for row in slots)
    lines = [
        f"suppliers are named for {counted(len(slots), 'need')}, for {sole} of them one alone, "
        f"and for {counted(len(answer.unnamed), 'other')} none: how concentrated those are is not known"
    ]
    if slots:
        lines.append(REGISTRY["hhi"].sourced)
    if split:
        rest = "what is left is split equally, and the range shows what else it could be"
        lines.append(f"of {split} not every share is stated: {rest}")
    return lines + world_notes(answer.run)


__all__ = [
    "chokepoint_notes",
    "chokepoint_rows",
    "chokepoint_tables",
    "concentration_notes",
    "concentration_rows",
    "concentration_tables",
    "links_rest_on",
    "loop_notes",
    "loop_rows",
    "loop_tables",
]
