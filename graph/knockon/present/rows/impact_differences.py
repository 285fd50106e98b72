"""The losses that differ between two versions of data as rows, and the notes beside their table."""

from __future__ import annotations

from knockon.analysis.impact.impact_differences import ImpactDifferences, ShockDifference
from knockon.analysis.impact.loss_change import LossChange, LossKind
from knockon.analysis.impact.thresholds import Losses
from knockon.present.phrases import capped
from knockon.present.rows.table import Row, Table
from knockon.text import Fixed, Span, counted
from knockon.vocabulary import local_name

_COLUMNS = ("change", "shock", "id", "label", "difference", "old", "new", "range_old", "range_new")
#: The columns that a narrow screen can do without, the least important first.
_DROP = ("label", "range_old", "range_new")
#: The columns of rows for programs.
RECORD_COLUMNS = (
    "change", "shock", "shock_label", "entity", "id", "label", "class", "difference", "loss_old", "loss_low_old",
    "loss_high_old", "loss_new", "loss_low_new", "loss_high_new",
)  # fmt: skip
#: The most shocks that a note describes; the rest are counted.
_MOST_DESCRIBED = 8


def impact_differences_table(answer: ImpactDifferences, least: float = 0.0) -> Table:
    """Return a row for each loss that differs by ``least`` or more, or whose range does, for people."""
    rows = [_row(change) for change in answer.changes if change.size >= least]
    return Table(rows, _COLUMNS, "Losses that differ", _DROP)


def impact_differences_rows(answer: ImpactDifferences) -> Table:
    """Return a row for each loss that differs, numbers unrounded, for programs."""
    return Table([change.to_dict() for change in answer.changes], RECORD_COLUMNS)


def _row(change: LossChange) -> Row:
    return {
        "change": change.kind.value,
        "shock": local_name(change.shock),
        "id": change.id,
        "label": change.label,
        "difference": Fixed(change.difference, sign=True),
        "old": _loss(change.old),
        "new": _loss(change.new),
        "range_old": _range(change.old),
        "range_new": _range(change.new),
    }


def _loss(losses: Losses) -> Fixed | str:
    return Fixed(losses[1]) if any(losses) else "-"


def _range(losses: Losses) -> Span | str:
    return Span(Fixed(losses[0]), Fixed(losses[2])) if any(losses) else "-"


def impact_differences_notes(answer: ImpactDifferences, least: float | None = None) -> list[str]:
    """Return what differs in one sentence, what the table leaves out, and which shocks are new, gone or in force on one day.

    Parameters
    ----------
    answer
        The answer.
    least
        The smallest difference of the table; None if nothing is left out.
    """
    lines = []
    hidden = 0 if least is None else sum(change.size < least for change in answer.changes)
    if hidden and least is not None:
        lines.append(f"{counted(hidden, 'difference')} below {least:g} not shown; --min-difference 0 shows all")
    counts = ", ".join(f"{answer.counts[kind]:,} {_WORDS[kind]}" for kind in LossKind if answer.counts[kind])
    losses = f"{counted(len(answer.changes), 'loss', 'losses')} {'differs' if len(answer.changes) == 1 else 'differ'}"
    days = [str(parameters.get("as_of")) for parameters in (answer.parameters_old, answer.parameters_new)]
    when = f"as of {days[0]}" if days[0] == days[1] else f"as of {days[0]} and {days[1]}"
    where = f"under {counted(answer.shocks_compared, 'shock')}" if answer.shocks_compared else "since there is no shock"
    lines.append(f"{losses} {where}{f': {counts}' if counts else ''}; {answer.model}, {when}")
    if answer.same_network:
        lines.append("both have one network, so only shocks that hit something else were computed")
    described = [sentence for shock in answer.shocks if (sentence := _sentence(shock))]
    lines += described[:_MOST_DESCRIBED]
    if len(described) > _MOST_DESCRIBED:
        lines.append(f"and {len(described) - _MOST_DESCRIBED} more shocks (all in --format json)")
    return lines + ([capped(answer.model)] if answer.truncated else [])


_WORDS = {
    LossKind.NEW: "new", LossKind.VANISHED: "vanished", LossKind.WORSE: "worse", LossKind.BETTER: "better",
    LossKind.RANGE: "in the range alone",
}  # fmt: skip


def _sentence(shock: ShockDifference) -> str:
    """Return whether a shock is in one version alone, or in force in one alone; empty where it is in both."""
    name = shock.label
    if shock.only_in:
        return f"{name} is in the {shock.only_in} version alone"
    reasons = (("old", shock.not_in_force_old), ("new", shock.not_in_force_new))
    sentences = [f"{name} hits nothing in the {version} version: {reason}" for version, reason in reasons if reason]
    return sentences[0] if len(sentences) == 1 else ""


__all__ = ["RECORD_COLUMNS", "impact_differences_notes", "impact_differences_rows", "impact_differences_table"]
