"""A comparison as people read it: its rows, and its notes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from knockon.cli.messages import note
from knockon.present.rows.words import capped
from knockon.text import Fixed, Span, counted


def comparison_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Two losses as people read them."""
    return {
        "id": row["id"],
        "difference": Fixed(row["difference"], sign=True, mark=" ?" if row["difference"] and row["ranges_overlap"] else ""),
        "range": Span(Fixed(row["difference_low"], sign=True), Fixed(row["difference_high"], sign=True), " to "),
        "first": _loss(row, "first"),
        "second": _loss(row, "second"),
        "steps": _both(row, "step"),
        "ranks": _both(row, "rank"),
    }


def _loss(row: Mapping[str, Any], side: str) -> Fixed | str:
    return Fixed(row[f"loss_{side}"]) if row["only_in"] in (None, side) else "-"


def _both(row: Mapping[str, Any], what: str) -> str:
    one, two = row[f"{what}_first"], row[f"{what}_second"]
    return f"{'-' if one is None else one} > {'-' if two is None else two}"


def comparison_notes(answer: Mapping[str, Any], least: float, table: bool) -> None:
    """What is told beside a comparison."""
    from knockon.analysis.impact.coverage import affected

    counts = answer["counts"]
    note(
        f"{affected(counts['either'])}: {counts['both']} in both, {counts['only_first']} in the first only, "
        f"{counts['only_second']} in the second only"
    )
    note(
        f"losing more in the second: {counts['more_in_second']}, less: {counts['less_in_second']}, the same: {counts['same']}; "
        "the difference is second less first"
    )
    if counts["maybe_nothing"]:
        note(f"? the two ranges of {counts['maybe_nothing']} overlap: the difference may be nothing")
    hidden = sum(0 < abs(row["difference"]) < least for row in answer["entities"])
    if table and hidden:
        note(f"{counted(hidden, 'difference')} below {least:g} not shown; --min-difference 0 shows all")
    first, second = _side_notes(answer["first"]), _side_notes(answer["second"])
    for line in first:
        note(line if line in second else f"first: {line}")
    for line in second:
        if line not in first:
            note(f"second: {line}")


def _side_notes(one: Mapping[str, Any]) -> list[str]:
    """What is told of one of two answers; what is the same of both is told once."""
    from knockon.analysis.impact.coverage import dependencies_left_out, not_hit
    from knockon.present.caveats import day, fallen, ungraded

    lines = [*day(one, one["shock_label"]), *not_hit(one["missing_targets"], one["shock"]), ungraded(one["ungraded_hits"])]
    lines += [fallen(one), dependencies_left_out(one["left_out"]), capped(one["model"]) if one["truncated"] else ""]
    return [line for line in lines if line]
