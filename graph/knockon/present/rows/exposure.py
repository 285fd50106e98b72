"""The loss that each shock causes one entity as rows, and the notes beside their table."""

from __future__ import annotations

from collections.abc import Sequence

from knockon.analysis.impact.coverage import Naming
from knockon.analysis.impact.exposure import Exposure, ShockExposure
from knockon.model.dates import as_of_text, hits_nothing
from knockon.present.caveats import confidence, no_shocks, rests_on
from knockon.present.phrases import capped, loss_cells, loss_range
from knockon.present.rows.impact import UNSHOWN
from knockon.present.rows.table import Row, Table
from knockon.text import counted
from knockon.vocabulary import UNSTATED, local_name

#: The columns that a narrow screen can do without, the least important first.
_DROP = ("status", "label", "step")


def exposure_tables(answer: Exposure) -> tuple[Table]:
    """Return a row for each shock, for people, with what its loss rests on: that of the entity, or of its worst part."""
    return (Table([_row(row) for row in answer.exposures], _columns(answer), drop=_DROP),)


def exposure_rows(answer: Exposure) -> Table:
    """Return a row for each shock with numbers unrounded, for programs (CSV, Parquet, Excel)."""
    return Table([exposure_record(row) for row in answer.exposures], _record_columns(answer), drop=_DROP)


def _columns(answer: Exposure) -> list[str]:
    """Return the columns for people: the worst part if a shock reaches one, what stopped a run if one was stopped."""
    more = [name for name in answer.more if name not in UNSHOWN]
    part = ["worst_part"] if any(row.worst_part for row in answer.exposures) else []
    stopped = ["stopped_by"] if answer.truncated else []
    return ["id", "label", "status", "loss", "range", "step", *more, *part, "rests_on", *stopped]


def _row(row: ShockExposure) -> Row:
    losses = (row.worst_part_loss or 0.0, row.worst_part_loss_low or 0.0, row.worst_part_loss_high or 0.0)
    return {
        **exposure_record(row),
        **loss_cells(row.loss, row.loss_low, row.loss_high),
        "worst_part": f"{local_name(row.worst_part)} {loss_range(*losses)}" if row.worst_part else None,
        "rests_on": ("" if row.support else "its part: ") + _rests_on(row),
    }


def _record_columns(answer: Exposure) -> list[str]:
    part = ["worst_part", "worst_part_loss", "worst_part_loss_low", "worst_part_loss_high"]
    names = ["id", "label", "status", "loss", "loss_low", "loss_high", "step", *answer.more, *part, "rests_on"]
    return [*names, "stopped_by"] if answer.truncated else names


def exposure_record(row: ShockExposure) -> Row:
    """Return the loss under one shock as a row for programs, numbers unrounded."""
    return {
        "shock": row.shock,
        "id": row.id,
        "label": row.label,
        "status": row.status,
        "loss": row.loss,
        "loss_low": row.loss_low,
        "loss_high": row.loss_high,
        "step": row.step,
        **row.more,
        "worst_part": local_name(row.worst_part) if row.worst_part else None,
        "worst_part_loss": row.worst_part_loss,
        "worst_part_loss_low": row.worst_part_loss_low,
        "worst_part_loss_high": row.worst_part_loss_high,
        "rests_on": _rests_on(row),
        "stopped_by": row.stopped_by,
    }


def _rests_on(row: ShockExposure) -> str:
    support = row.support or row.worst_part_support
    return rests_on(support) if support else ""


def exposure_notes(answer: Exposure) -> list[str]:
    """Return which shocks do not reach an entity, which might if no cap stopped them, and which hit nothing on the day."""
    as_of, reached, unaffected = answer.run.as_of, answer.exposures, len(answer.unaffected)
    lines = [as_of_text(as_of, answer.not_holding), *confidence(answer.parameters, answer.confidence)]
    lines += [hits_nothing(answer.run.named(iri), as_of, reason) for iri, reason in answer.idle.items()]
    name = answer.run.named(answer.entity)
    total = len(reached) + unaffected + len(answer.cut_short) + len(answer.idle)
    if not total:
        return [*lines, no_shocks()]
    if unaffected:
        verb = "does" if unaffected == 1 else "do"
        lines.append(f"{unaffected} of {counted(total, 'shock')} {verb} not reach {name}")
    if of_part := sum(row.support is None for row in reached):
        verb = "reaches" if of_part == 1 else "reach"
        lines.append(f"{of_part} of {counted(total, 'shock')} {verb} only a part of {name}, which loses nothing itself")
    supports = [row.support or row.worst_part_support for row in reached]
    if ungraded := sum(support is not None and support.ungraded_hit for support in supports):
        subject = "1 row rests" if ungraded == 1 else f"{ungraded} rows rest"
        lines.append(f"{subject} on a hit that is ungraded: it is by {UNSTATED}")
    if stopped := answer.cut_short:
        verb = "was" if len(stopped) == 1 else "were"
        names = _first_names(stopped, answer.run.named)
        lines.append(f"{len(stopped)} {verb} stopped by the cap before reaching it, and may reach it yet: {names}")
    return lines + ([capped(answer.model)] if answer.truncated else [])


def _first_names(iris: Sequence[str], named: Naming, most: int = 8) -> str:
    names = ", ".join(named(iri) for iri in iris[:most])
    return names + (f" and {len(iris) - most} more (all in --format json)" if len(iris) > most else "")


__all__ = ["exposure_notes", "exposure_record", "exposure_rows", "exposure_tables"]
