"""What changed for a portfolio as rows, and the notes beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knockon.present.phrases import capped
from knockon.present.rows.table import Row, Table
from knockon.text import Fixed, counted
from knockon.vocabulary import local_name

if TYPE_CHECKING:
    from knockon.analysis.impact.loss_change import LossChange
    from knockon.analysis.portfolio.watch_answer import Changes, WatchReport

_COLUMNS = ("about", "change", "id", "label", "shock", "old", "new", "detail")
#: The columns of rows for programs.
_RECORD_COLUMNS = (
    "about", "change", "entity", "id", "label", "class", "shock", "shock_label", "difference", "loss_old", "loss_low_old",
    "loss_high_old", "loss_new", "loss_low_new", "loss_high_new", "part", "measure", "measure_label", "old", "new", "iri",
    "title", "entities", "date", "fields",
)  # fmt: skip


def watch_table(answer: WatchReport) -> Table:
    """Return a row for each change, for people."""
    return Table(_rows(answer.changes), _COLUMNS, drop=("label", "detail"))


def watch_rows(answer: WatchReport) -> Table:
    """Return a row for each change with all of its keys, numbers unrounded, for programs."""
    return Table(list(answer.changes.rows()), _RECORD_COLUMNS)


def _rows(changes: Changes) -> list[Row]:
    rows: list[Row] = [
        {"about": "holding", "change": h.kind.value, "id": h.id, "label": h.label, "old": h.old, "new": h.new}
        for h in changes.holdings
    ]
    rows += [_loss(change, "loss", "") for change in changes.losses]
    rows += [_loss(change, "part", local_name(change.part)) for change in changes.part_losses]
    rows += [
        {
            "about": "coverage",
            "change": covered.kind,
            "id": covered.id,
            "label": covered.label,
            "old": covered.old,
            "new": covered.kind,
            "detail": local_name(covered.measure),
        }
        for covered in changes.coverage
    ]
    for change in changes.records:
        fields = ", ".join(field.field for field in change.fields)
        rows.append(
            {
                "about": "designation" if change.cls == "Designation" else "record",
                "change": change.kind.value,
                "id": change.name,
                "label": change.title,
                "detail": fields or change.date or change.cls,
            }
        )
    return rows


def _loss(change: LossChange, about: str, detail: str) -> Row:
    return {
        "about": about,
        "change": change.kind.value,
        "id": change.id,
        "label": change.label,
        "shock": local_name(change.shock),
        "old": Fixed(change.loss_old),
        "new": Fixed(change.loss_new),
        "detail": detail,
    }


def watch_notes(answer: WatchReport, state: str, *, kept: bool) -> list[str]:
    """Return whether this is the first run, or how much changed since the last, and where the state is.

    Parameters
    ----------
    answer
        The answer.
    state
        The file of the state.
    kept
        Whether the state was left as it was.
    """
    watched = (
        f"{counted(answer.entities, 'entity', 'entities')}, {counted(answer.shocks, 'shock')} and "
        f"{counted(answer.records, 'record')}; {answer.model}, as of {answer.day_new}"
    )
    if answer.first:
        where = "not written" if kept else f"the state is in {state}, and the next run compares with it"
        lines = [f"first run: watching {watched}; {where}"]
    else:
        changes = counted(len(answer.changes), "change") if len(answer.changes) else "nothing changed"
        lines = [f"{changes} since {answer.day_old}: watching {watched}"]
    return lines + ([capped(answer.model)] if answer.truncated else [])


__all__ = ["watch_notes", "watch_rows", "watch_table"]
