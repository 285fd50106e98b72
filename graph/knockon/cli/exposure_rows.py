"""Exposures as people read them, rows of a table and notes beside it, and as rows for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from knockon.cli.impact_rows import NO_SHOCKS, UNSHOWN, of_range, short_column
from knockon.cli.messages import note

#: The columns that a narrow screen does without, first the one that is missed least.
EXPOSURE_DROP = ("status", "label", "step")


def exposure_columns(answer: Mapping[str, Any]) -> list[str]:
    """The columns of a table: the worst part where a shock reaches one, what stopped each run where one was cut short."""
    more = [name for name in answer["more"] if name not in UNSHOWN]
    part = ["worst_part"] if any(row["worst_part"] for row in answer["exposures"]) else []
    stopped = ["stopped_by"] if answer["truncated"] else []
    return ["id", "label", "status", "loss", "range", "step", *more, *part, "rests_on", *stopped]


def exposure_rows(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a table, each with what its loss rests on: that of the entity, or else of its worst part."""
    from knockon.text import Fixed, Span
    from knockon.vocabulary import local_name

    rows = []
    for row in answer["exposures"]:
        part = f"{local_name(row['worst_part'])} {of_range(row, 'worst_part_loss')}" if row["worst_part"] else None
        shown = {
            "loss": Fixed(row["loss"]),
            "range": Span(Fixed(row["loss_low"]), Fixed(row["loss_high"])),
            "worst_part": part,
            "rests_on": ("" if row["support"] else "its part: ") + _rests_on(row),
        }
        rows.append({**row, **shown})
    return rows


def exposure_record_columns(answer: Mapping[str, Any]) -> list[str]:
    """The columns of exposures for programs (CSV, Parquet, Excel)."""
    part = ["worst_part", "worst_part_loss", "worst_part_loss_low", "worst_part_loss_high"]
    columns = ["id", "label", "status", "loss", "loss_low", "loss_high", "step", *answer["more"], *part, "rests_on"]
    return [*columns, "stopped_by"] if answer["truncated"] else columns


def exposure_records(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of exposures for programs, numbers unrounded."""
    return short_column([{**row, "rests_on": _rests_on(row)} for row in answer["exposures"]], "worst_part")


def _rests_on(row: Mapping[str, Any]) -> str:
    from knockon.present.caveats import rests_on

    return rests_on(row["support"] or row["worst_part_support"])


def exposure_notes(answer: Mapping[str, Any]) -> None:
    """Which shocks do not reach an entity, which may reach it yet, and which hit nothing on the day."""
    from knockon.model.dates import as_of_text, hits_nothing
    from knockon.text import counted
    from knockon.vocabulary import UNSTATED, local_name

    as_of = answer["parameters"]["as_of"]
    note(as_of_text(as_of, answer["not_holding"]))
    for iri, reason in answer["not_in_force"].items():
        note(hits_nothing(local_name(iri), as_of, reason))
    reached, spared = answer["exposures"], len(answer["unaffected"])
    total = len(reached) + spared + len(answer["cut_short"]) + len(answer["not_in_force"])
    if not total:
        note(NO_SHOCKS)
        return
    if spared:
        verb = "does" if spared == 1 else "do"
        note(f"{spared} of {counted(total, 'shock')} {verb} not reach {answer['id']}")
    if of_part := sum(row["support"] is None for row in reached):
        verb = "reaches" if of_part == 1 else "reach"
        note(f"{of_part} of {counted(total, 'shock')} {verb} only a part of {answer['id']}, which loses nothing itself")
    if ungraded := sum(bool((row["support"] or row["worst_part_support"])["ungraded_hit"]) for row in reached):
        rest = "1 row rests" if ungraded == 1 else f"{ungraded} rows rest"
        note(f"{rest} on a hit that is ungraded: it is by {UNSTATED}")
    if short := answer["cut_short"]:
        verb = "was" if len(short) == 1 else "were"
        note(f"{len(short)} {verb} stopped by the cap before reaching it, and may reach it yet: {_some(short)}")


def _some(iris: Sequence[str], most: int = 8) -> str:
    from knockon.vocabulary import local_name

    names = ", ".join(local_name(iri) for iri in iris[:most])
    return names + (f" and {len(iris) - most} more (all in --format json)" if len(iris) > most else "")
