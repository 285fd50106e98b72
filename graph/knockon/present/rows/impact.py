"""The impacts of a shock as rows, and the notes beside their table."""

from __future__ import annotations

from typing import TypeAlias

from knockon.analysis.impact.coverage import affected
from knockon.analysis.impact.impact_report import Impact, ImpactReport
from knockon.analysis.methods import METHODS
from knockon.present.caveats import caveats_of, day, fallen, rests_on
from knockon.present.rows.words import capped, loss_cells, loss_range
from knockon.text import counted
from knockon.vocabulary import local_name

Row: TypeAlias = dict[str, object]

#: What a model says of each loss that tables leave to JSON.
UNSHOWN = frozenset({"noisy_or_upper_bound", "timed"})
#: The columns that a narrow screen does without, first the one that is missed least.
DROP = ("class", "label", "via", "step")
LOSSES = ("loss", "loss_low", "loss_high", "step")
#: The columns of an impact for programs (CSV, Parquet, Excel), before what the model says beside.
RECORD_COLUMNS = ("entity", "id", "label", "class", *LOSSES, "dependency", "provider")


def columns(report: ImpactReport) -> list[str]:
    """Return the columns of a table of impacts: with the days of a timeline, with the error of a chance.

    Days that nobody recorded make no column: the step says how many links away an entity is.
    """
    shown = [name for name in report.more if name not in UNSHOWN]
    if "timed" in report.more:
        shown = [name for name in shown if any(impact.more[name] for impact in report.impacts)]
    return ["step", "id", "label", "class", "loss", "range", *shown, "via", "rests_on"]


def rows(report: ImpactReport, min_loss: float) -> list[Row]:
    """Return the rows of a table; losses below ``min_loss`` are left out."""
    return [_row(impact) for impact in report.impacts if impact.loss >= min_loss]


def _row(impact: Impact) -> Row:
    via = local_name(impact.dependency) if impact.dependency else "hit"
    return {
        "step": impact.step,
        "id": impact.id,
        "label": impact.label,
        "class": impact.cls,
        **loss_cells(impact.loss, impact.loss_low, impact.loss_high),
        **impact.more,
        "via": via + (f" ({local_name(impact.provider)})" if impact.provider else ""),
        "rests_on": rests_on(impact.support),
    }


def record(impact: Impact, *, cited: bool = False) -> Row:
    """Return an impact as a row for programs, numbers unrounded; if ``cited``, with ``support`` and ``evidence``."""
    beside = ("support", "evidence") if cited else ()
    return {**impact.to_json_of(("entity", "id", "label", "cls", *LOSSES, "*more", *beside, "dependency", "provider"))}


def notes(report: ImpactReport) -> list[str]:
    """Return how the numbers came about, a line each."""
    total = len(report.impacts) + report.unaffected
    lines = [
        f"{affected(len(report.impacts), total)}; {report.model}, {counted(report.iterations, 'round')}, "
        f"residual {report.residual:.1g}, stopped by {report.stopped_by}; "
        f"{report.unknown_share:.0%} of links have an unknown weight",
        *_model_notes(report),
    ]
    for company in report.companies:
        if company.part_is_worse:
            own = loss_range(company.loss, company.loss_low, company.loss_high)
            part = loss_range(
                company.worst_part_loss or 0.0, company.worst_part_loss_low or 0.0, company.worst_part_loss_high or 0.0
            )
            lines.append(f"{company.label}: {own} itself, its worst part {local_name(company.worst_part or '')} {part}")
    lines += [*day(report.run, report.shock.name), *caveats_of(report), fallen(report.run)]
    lines += [capped(report.model)] if report.truncated else []
    return [line for line in lines if line]


def hidden_note(what: str, min_loss: float) -> str:
    """Return the note on the rows that a table leaves out.

    >>> hidden_note("2 rows", 0.05)
    '2 rows with a loss below 0.05 not shown; --min-loss 0 shows all'
    """
    return f"{what} with a loss below {min_loss} not shown; --min-loss 0 shows all"


def _model_notes(report: ImpactReport) -> list[str]:
    """Return what the parameters of the model mean for the numbers, and whether its times are days."""
    notes = [METHODS[report.model].note(report.parameters)]
    notes += [_days_known(report)] if "timed" in report.more else []
    return ["; ".join(filter(None, notes))]


def _days_known(report: ImpactReport) -> str:
    """Return what the days of a timeline are, and of how many entities nobody recorded any."""
    far = [impact for impact in report.impacts if impact.step and impact.more["timed"] is not None]
    unknown = sum(not impact.more["timed"] for impact in far)
    what = f"time to impact is when a loss reaches {report.run.number('threshold'):g}, in days; every link takes a step"
    if not unknown:
        return what
    why = "no buffer or delay is recorded on the way, so time to impact is not known (step counts links, not days)"
    if unknown == len(far):
        return why
    return f"{what}. Of {unknown} of {len(far)} {why}"


__all__ = ["DROP", "RECORD_COLUMNS", "UNSHOWN", "Row", "columns", "hidden_note", "notes", "record", "rows"]
