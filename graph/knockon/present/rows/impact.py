"""The impacts of a shock as rows, and the notes beside their table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from shlex import quote
from typing import overload

from knockon.analysis.impact.coverage import affected
from knockon.analysis.impact.impact_parts import BriefImpact, Impact
from knockon.analysis.impact.impact_report import ImpactReport
from knockon.analysis.impact.rows import brief_rows, count_at_least, each_at_least, each_more
from knockon.analysis.lists.undecided import undecided_parties
from knockon.analysis.methods import METHODS
from knockon.present.caveats import caveats_of, day, fallen, rests_on
from knockon.present.phrases import capped, loss_cells, loss_range, titled
from knockon.present.portfolio_phrases import outside_note, portfolio_loss_note
from knockon.present.rows.table import Row, Table
from knockon.suggested_command import suggested
from knockon.text import counted
from knockon.vocabulary import local_name

#: The values of a model beside each loss that only JSON has.
UNSHOWN = frozenset({"noisy_or_upper_bound", "timed"})
#: The columns that a narrow screen can do without, the least important first.
_DROP = ("class", "label", "via", "step")
LOSSES = ("loss", "loss_low", "loss_high", "step")
#: The columns of an impact for programs (CSV, Parquet, Excel), before the values of the model beside the loss.
RECORD_COLUMNS = ("entity", "id", "label", "class", *LOSSES, "dependency", "provider")


def impact_tables(report: ImpactReport, min_loss: float) -> tuple[Table]:
    """Return a row for each impact, for people; losses below ``min_loss`` are left out."""
    title = titled(report.shock.label, truncated=report.truncated)
    rows = [_row(impact) for impact in each_at_least(report.impacts, min_loss)]
    return (Table(rows, _columns(report), title, _DROP),)


def impact_rows(report: ImpactReport) -> Table:
    """Return a row for each impact, for programs (CSV, Parquet, Excel)."""
    return Table(ImpactRecords(report.impacts), [*RECORD_COLUMNS, *report.more])


class ImpactRecords(Sequence[Row]):
    """Impacts as rows for programs, each made when it is looked at: there may be a million.

    Parameters
    ----------
    impacts
        The impacts of a report.
    """

    def __init__(self, impacts: Sequence[Impact]) -> None:
        self._impacts = impacts

    def __len__(self) -> int:
        return len(self._impacts)

    def __iter__(self) -> Iterator[Row]:
        return map(record, brief_rows(self._impacts))

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Row]: ...
    def __getitem__(self, place: int | slice) -> Row | Sequence[Row]:
        return list(map(record, self._impacts[place])) if isinstance(place, slice) else record(self._impacts[place])


def _columns(report: ImpactReport) -> list[str]:
    """Return the columns for people, with the days of a timeline or the error of an estimate.

    There is no column of days if none are recorded: the step counts the links.
    """
    shown = [name for name in report.more if name not in UNSHOWN]
    if "timed" in report.more:
        shown = [name for name in shown if any(more[name] for _, more in each_more(report.impacts))]
    return ["step", "id", "label", "class", "loss", "range", *shown, "via", "rests_on"]


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


def record(impact: Impact | BriefImpact, *, cited: bool = False) -> Row:
    """Return an impact as a row for programs, numbers unrounded; if ``cited``, with ``support`` and ``evidence``."""
    citations = ("support", "evidence") if cited else ()
    return {**impact.to_json_of(("entity", "id", "label", "cls", *LOSSES, "*more", *citations, "dependency", "provider"))}


def impact_notes(report: ImpactReport, min_loss: float | None = None) -> list[str]:
    """Return what the table leaves out, how the numbers were computed, and their caveats, a line each.

    Parameters
    ----------
    report
        The answer.
    min_loss
        The smallest loss of the table; None if nothing is left out.
    """
    hidden = 0 if min_loss is None else len(report.impacts) - count_at_least(report.impacts, min_loss)
    total = len(report.impacts) + report.unaffected
    lines = [hidden_note(counted(hidden, "entity", "entities"), min_loss)] if hidden and min_loss is not None else []
    lines += [
        f"{affected(len(report.impacts), total)}; {report.model}, {counted(report.iterations, 'round')}, "
        f"residual {report.residual:.1g}, stopped by {report.stopped_by}; "
        f"{report.unknown_share:.0%} of links have an unknown weight",
        *_model_notes(report),
    ]
    if report.portfolio is not None:
        lines += [portfolio_loss_note(report.portfolio)]
        lines += [outside_note(report.portfolio.outside)] if report.portfolio.outside else []
    for company in report.companies_below_a_part:
        own_loss = loss_range(company.loss, company.loss_low, company.loss_high)
        part_loss = loss_range(
            company.worst_part_loss or 0.0, company.worst_part_loss_low or 0.0, company.worst_part_loss_high or 0.0
        )
        part = report.run.named(company.worst_part or "")
        lines.append(f"{company.label}: {own_loss} itself, its worst part {part} {part_loss}")
    lines += [*day(report.run, report.shock.label), *caveats_of(report), fallen(report.run), *_undecided_notes(report)]
    lines += [capped(report.model)] if report.truncated else []
    return [line for line in lines if line]


def _undecided_notes(report: ImpactReport) -> list[str]:
    """Return of how many parties it cannot be told whether a list that the shock goes by covers them."""
    return [
        f"of {counted(number, 'party', 'parties')} it cannot be told whether {report.run.named(measure)} covers them, and they "
        f"are not hit; see {suggested(f'covered {quote(local_name(measure))}')}"
        for measure, number in undecided_parties(report.cause.context, report.shock).items()
    ]


def hidden_note(rows: str, min_loss: float) -> str:
    """Return the note on the rows that a table leaves out.

    >>> hidden_note("2 rows", 0.05)
    '2 rows with a loss below 0.05 not shown; --min-loss 0 shows all'
    """
    return f"{rows} with a loss below {min_loss} not shown; --min-loss 0 shows all"


def _model_notes(report: ImpactReport) -> list[str]:
    """Return what the parameters of the model mean for the numbers, and whether its times are days."""
    notes = [METHODS[report.model].note(report.parameters)]
    notes += [_days_known(report)] if "timed" in report.more else []
    return ["; ".join(filter(None, notes))]


def _days_known(report: ImpactReport) -> str:
    """Return what the days of a timeline are, and how many entities have no recorded days."""
    timed = [more["timed"] for step, more in each_more(report.impacts) if step]
    reached = [known for known in timed if known is not None]
    unknown = sum(not known for known in reached)
    meaning = f"time to impact is when a loss reaches {report.run.number('threshold'):g}, in days; every link takes a step"
    if not unknown:
        return meaning
    reason = "no buffer or delay is recorded on the way, so time to impact is not known (step counts links, not days)"
    if unknown == len(reached):
        return reason
    return f"{meaning}. Of {unknown} of {len(reached)} {reason}"


__all__ = [
    "RECORD_COLUMNS", "UNSHOWN", "ImpactRecords", "hidden_note", "impact_notes", "impact_rows", "impact_tables", "record",
]  # fmt: skip
