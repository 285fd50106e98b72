"""How the answers of cli/whatif.py read: their rows for people, and what is told beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from knockon.cli.impact_rows import capped, days, of_range
from knockon.cli.messages import note
from knockon.cli.structure_rows import some_names, world_notes
from knockon.text import Fixed, Span, counted


def mitigation_row(one: Mapping[str, Any]) -> dict[str, Any]:
    """A change as people read it."""
    return {
        "change": one["change"],
        "dependency": _dependency(one),
        **_saves(one),
        "gains_time": _gained(one),
        "rests_on": _rests_on(one),
    }


def pair_row(pair: Mapping[str, Any]) -> dict[str, Any]:
    """Two changes as people read them."""
    return {
        "changes": " and ".join(f"{one['change']} of {_dependency(one)}" for one in pair["changes"]),
        **_saves(pair),
        "rests_on": "hypothetical" if pair["hypothetical"] else "recorded alternatives",
    }


def _dependency(one: Mapping[str, Any]) -> str:
    from knockon.vocabulary import local_name

    return local_name(one["dependency"])


def _saves(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "saves": Fixed(one["saved"]) if one["saved"] else "-",
        "after": Fixed(one["loss_after"]),
        "range": Span(Fixed(one["loss_low_after"]), Fixed(one["loss_high_after"])),
    }


def _gained(one: Mapping[str, Any]) -> str:
    if one["arrives"] == "never":
        return "for good"
    if one["time_gained"] is None:
        return ""
    return ("over " if one["arrives"] == "after the horizon" else "") + days(one["time_gained"])


def _rests_on(one: Mapping[str, Any]) -> str:
    marks = ["hypothetical" if one["hypothetical"] else "recorded alternative"]
    marks += ["recorded: no alternative"] if one["kind"] == "supplier" and "NoAlternative" in one["alternatives"] else []
    return "; ".join(marks)


def mitigation_notes(answer: Mapping[str, Any]) -> None:
    """What is told beside the changes."""
    label, before, parameters = answer["label"], answer["before"], answer["parameters"]
    if before["loss"] <= 0:
        note(f"{label} loses nothing: there is nothing to save")
    else:
        after = before["time_to_impact"]
        least = f"{parameters['impact_threshold']:g}"
        when = f"; {least} or more after {days(after)}, at a day a link" if after is not None else ""
        if not before["timed"] and before["loss"] >= parameters["impact_threshold"]:
            when = "; when is not known, as no buffer or delay is recorded on the way"
        note(f"{label} loses {of_range(before, 'loss')}{when}")
        _change_notes(answer)
    world_notes(answer)
    if answer["truncated"]:
        note(capped(answer["model"]))


def _change_notes(answer: Mapping[str, Any]) -> None:
    rows, way, unnamed = answer["changes"], answer["dependencies_on_the_way"], answer["without_named_supplier"]
    time = sum(row["saved"] <= 0 < (row["time_gained"] or 0) for row in rows)
    worse = sum(row["saved"] < 0 for row in rows)
    idle = len(rows) - answer["helpful"] - time
    where = counted(way, "dependency", "dependencies")
    harm = f" ({worse} {'makes' if worse == 1 else 'make'} it worse)" if worse else ""
    note(
        f"{counted(len(rows), 'single change')} tried on {where}; saving loss: {answer['helpful']}, time alone: {time}, "
        f"nothing: {idle}{harm}; --format json has them all"
    )
    if unnamed:
        reason = "what is short there is the need itself, or a hit on the dependency, and no supplier mends that"
        note(f"{unnamed} of {way} {'names' if unnamed == 1 else 'name'} no supplier: {reason}")
    if time:
        note("a stock changes no final loss: the shock lasts and every stock runs out; it gains time")
    if answer["why"]:
        _why_notes(answer)


def _why_notes(answer: Mapping[str, Any]) -> None:
    from knockon.vocabulary import local_name

    why = answer["why"]
    note(f"no single change saves {answer['label']} anything")
    if why["hit_itself"]:
        note(f"{answer['label']} is hit itself, as hard as it loses")
    if why["hit_dependencies"]:
        note(f"hit itself, whoever supplies: {some_names(why['hit_dependencies'])}")
    for one in why["ties"]:
        names = some_names([way["dependency"] for way in one["ways"]])
        note(f"{local_name(one['entity'])} loses {one['loss']:.2f} in {len(one['ways'])} equally bad ways: {names}")
    if all(row["kind"] == "buffer" for row in answer["changes"]):
        note("there is nothing to try but stocks: no criticality on the way can be lowered, no supplier added or replaced")
    elif not why["hit_itself"] and not why["ties"] and not why["hit_dependencies"]:
        note("each change leaves another way on which as much is lost")
    tried, helpful = answer["pairs_tried"], answer["pairs_helpful"]
    if tried:
        shown = f", the best {len(answer['pairs'])} shown" if helpful > len(answer["pairs"]) else ""
        pairs = counted(tried, "pair of changes", "pairs of changes")
        note(f"{pairs} tried, {helpful} of which {'saves' if helpful == 1 else 'save'} loss{shown}")
    if answer["pairs_untried"]:
        untried = answer["pairs_untried"]
        note(f"{counted(untried, 'pair')} {'was' if untried == 1 else 'were'} not tried; raise --pairs")


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
