"""How the answers of cli/whatif.py read: their rows for people, and what is told beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from knockon.cli.impact_rows import capped
from knockon.cli.messages import note
from knockon.cli.structure_rows import some_names, world_notes
from knockon.text import Fixed, Span


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
    return ("over " if one["arrives"] == "after the horizon" else "") + _days(one["time_gained"])


def _days(days: float) -> str:
    return f"{days:g} day" + ("" if days == 1 else "s")


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
        days = before["time_to_impact"]
        least = f"{parameters['impact_threshold']:g}"
        when = f"; {least} or more after {_days(days)}, at a day a link" if days is not None else ""
        if not before["timed"] and before["loss"] >= parameters["impact_threshold"]:
            when = "; when is not known, as no buffer or delay is recorded on the way"
        note(f"{label} loses {before['loss']:.2f} ({before['loss_low']:.2f}-{before['loss_high']:.2f}){when}")
        _change_notes(answer)
    for missing in answer["missing_targets"]:
        note(f"not hit: {some_names([missing])} is not there")
    world_notes(answer)
    if answer["truncated"]:
        note(capped(answer["model"]))


def _change_notes(answer: Mapping[str, Any]) -> None:
    rows, way, unnamed = answer["changes"], answer["dependencies_on_the_way"], answer["without_named_supplier"]
    time = sum(row["saved"] <= 0 < (row["time_gained"] or 0) for row in rows)
    worse = sum(row["saved"] < 0 for row in rows)
    idle = len(rows) - answer["helpful"] - time
    where = f"{way} dependenc{'y' if way == 1 else 'ies'}"
    harm = f" ({worse} make it worse)" if worse else ""
    note(
        f"{len(rows)} single changes tried on {where}: {answer['helpful']} save loss, {time} time alone, {idle} nothing{harm}; "
        "--format json has them all"
    )
    if unnamed:
        reason = "what is short there is the need itself, or a hit on the dependency, and no supplier mends that"
        note(f"{unnamed} of {way} name no supplier: {reason}")
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
        note(f"{tried} pairs of changes tried, {helpful} save loss{shown}")
    if answer["pairs_untried"]:
        note(f"{answer['pairs_untried']} pairs were not tried; raise --pairs")


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
    from knockon.model.dates import as_of_text, hits_nothing

    counts = answer["counts"]
    note(
        f"{counts['either']} entities lose something: {counts['both']} in both, {counts['only_first']} in the first only, "
        f"{counts['only_second']} in the second only"
    )
    note(
        f"in the second {counts['more_in_second']} lose more, {counts['less_in_second']} less, {counts['same']} the same; "
        "the difference is second less first"
    )
    if counts["maybe_nothing"]:
        note(f"? the ranges of {counts['maybe_nothing']} overlap: the difference may be nothing")
    hidden = sum(0 < abs(row["difference"]) < least for row in answer["entities"])
    if table and hidden:
        note(f"{hidden} differences below {least:g} not shown; --min-difference 0 shows all")
    for side in ("first", "second"):
        one = answer[side]
        note(f"{side}: {as_of_text(one['parameters']['as_of'], one['not_holding'])}")
        if one["not_in_force"]:
            note(f"{side}: {hits_nothing(one['shock_label'], one['parameters']['as_of'], one['not_in_force'])}")
        for missing in one["missing_targets"]:
            note(f"{side}: not hit: {some_names([missing])} is not there")
        if one["fallen"]:
            note(f"{side}: {len(one['fallen'])} records fell away with the world asked for: {some_names(one['fallen'])}")
        if one["truncated"]:
            note(f"{side}: {capped(one['model'])}")
    if answer["first"]["left_out"] != answer["second"]["left_out"]:
        sizes = [len(answer[side]["left_out"]) for side in ("first", "second")]
        note(f"dependencies left out: {sizes[0]} in the first, {sizes[1]} in the second; --format json names them")
