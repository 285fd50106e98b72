"""Two answers side by side as rows, and the notes beside their table."""

from __future__ import annotations

from typing import Literal

from knockon.analysis.impact.compare import ComparedAnswer, Comparison, EntityDifference
from knockon.analysis.impact.coverage import affected, dependencies_left_out, not_hit
from knockon.present.caveats import day, fallen, ungraded
from knockon.present.parameters import selection_phrases
from knockon.present.phrases import capped, titled
from knockon.present.rows.table import Row, Table
from knockon.text import Fixed, Span, counted

_COLUMNS = ("id", "difference", "range", "first", "second", "steps", "ranks")
#: The columns that a narrow screen can do without, the least important first.
_DROP = ("ranks", "steps", "range")


def comparison_tables(answer: Comparison, least: float) -> tuple[Table]:
    """Return a row for each difference of ``least`` or more, for people; entities without a difference if that is 0."""
    rows = [_row(row) for row in answer.entities if abs(row.difference) >= least and (row.difference != 0 or least == 0)]
    return (Table(rows, _COLUMNS, titled(_title(answer), truncated=answer.truncated), _DROP),)


def comparison_rows(answer: Comparison) -> Table:
    """Return a row for each entity, for programs."""
    rows = [row.to_dict() for row in answer.entities]
    return Table(rows, list(rows[0]) if rows else ["entity"])


def _row(row: EntityDifference) -> Row:
    uncertain = " ?" if row.difference and row.ranges_overlap else ""
    return {
        "id": row.id,
        "difference": Fixed(row.difference, sign=True, mark=uncertain),
        "range": Span(Fixed(row.difference_low, sign=True), Fixed(row.difference_high, sign=True), " to "),
        "first": _loss(row, "first"),
        "second": _loss(row, "second"),
        "steps": _both(row.step_first, row.step_second),
        "ranks": _both(row.rank_first, row.rank_second),
    }


def _loss(row: EntityDifference, which: Literal["first", "second"]) -> Fixed | str:
    loss = row.loss_first if which == "first" else row.loss_second
    return Fixed(loss) if row.only_in in (None, which) else "-"


def _both(first: int | None, second: int | None) -> str:
    return f"{'-' if first is None else first} > {'-' if second is None else second}"


def _title(answer: Comparison) -> str:
    """Return a heading that names the first and the second answer."""
    first, second = answer.first, answer.second
    if first.shock == second.shock:
        return f"{first.shock_label}: first {_world(first)}, second {_world(second)}"
    return f"First: {first.shock_label}. Second: {second.shock_label}. Both {_world(first)}."


def _world(side: ComparedAnswer) -> str:
    if side.location:
        return f"on {side.location['store'] or 'sensetime'}"
    # The options in which the two answers may differ.
    parameters = {
        name: side.parameters[name]
        for name in ("according_to", "without", "facts_only", "min_confidence", "what_if")
        if name in side.parameters
    }
    return " and ".join(map(str, selection_phrases(parameters))) or "by the whole graph"


def comparison_notes(answer: Comparison, least: float | None) -> list[str]:
    """Return the counts and the caveats of a comparison, a line each.

    Parameters
    ----------
    answer
        The answer.
    least
        The smallest difference of the table; None if nothing is left out.
    """
    counts = answer.counts
    lines = [
        f"{affected(counts.either)}: {counts.both} in both, {counts.only_first} in the first only, "
        f"{counts.only_second} in the second only",
        f"losing more in the second: {counts.more_in_second}, less: {counts.less_in_second}, the same: {counts.same}; "
        "the difference is second less first",
    ]
    if answer.same_losses:
        lines.append("the two have the same losses: every entity loses the same in both, with the same range")
    if counts.maybe_nothing:
        lines.append(f"? the two ranges of {counts.maybe_nothing} overlap: the difference may be nothing")
    hidden = sum(0 < abs(row.difference) < least for row in answer.entities) if least is not None else 0
    if hidden:
        lines.append(f"{counted(hidden, 'difference')} below {least:g} not shown; --min-difference 0 shows all")
    first, second = _side_notes(answer.first), _side_notes(answer.second)
    lines += [line if line in second else f"first: {line}" for line in first]
    return [*lines, *(f"second: {line}" for line in second if line not in first)]


def _side_notes(side: ComparedAnswer) -> list[str]:
    """Return the caveats of one of two answers, a line each."""
    named = side.run.named
    lines = [*day(side.run, side.shock_label), *not_hit(side.missing_targets, side.shock, named)]
    lines += [
        ungraded(side.ungraded_hits, named),
        fallen(side.run),
        dependencies_left_out(side.left_out, named=named),
        capped(side.model) if side.truncated else "",
    ]
    return [line for line in lines if line]


__all__ = ["comparison_notes", "comparison_rows", "comparison_tables"]
