"""Impacts and chains as people read them: rows of a table, and notes beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from knockon.cli.messages import note
from knockon.present.rows.words import capped, days, loss_range

if TYPE_CHECKING:
    from knockon.analysis.impact.impact import ImpactReport


#: What a model says of each loss that tables leave to JSON.
UNSHOWN = frozenset({"noisy_or_upper_bound", "timed"})
#: The columns that a narrow screen does without, first the one that is missed least.
IMPACT_DROP = ("class", "label", "via", "step")
#: What is said where shocks are asked for and there are none.
NO_SHOCKS = "there are no shocks in this graph; `knockon impact --hit NAME=high` makes one"


def impact_columns(report: ImpactReport) -> list[str]:
    """The columns of a table of impacts: with the days of a timeline, with the error of a chance.

    Days that nobody recorded make no column: the step says how many links away an entity is.
    """
    shown = [name for name in report.more if name not in UNSHOWN]
    if report.model == "timeline":
        shown = [name for name in shown if any(one.more[name] for one in report.impacts)]
    return ["step", "id", "label", "class", "loss", "range", *shown, "via", "rests_on"]


def impact_rows(report: ImpactReport, min_loss: float) -> list[dict[str, Any]]:
    """The rows of a report as people read them; smaller losses than ``min_loss`` are left out."""
    from knockon.analysis.impact.impact import support_dict
    from knockon.present.caveats import rests_on
    from knockon.text import Fixed, Span
    from knockon.vocabulary import local_name

    rows = []
    for one in report.impacts:
        if one.loss >= min_loss:
            via = local_name(one.dependency) if one.dependency else "hit"
            rows.append(
                {
                    "step": one.step,
                    "id": local_name(one.entity),
                    "label": one.label,
                    "class": one.cls,
                    "loss": Fixed(one.loss),
                    "range": Span(Fixed(one.loss_low), Fixed(one.loss_high)),
                    **one.more,
                    "via": via + (f" ({local_name(one.provider)})" if one.provider else ""),
                    "rests_on": rests_on(support_dict(one.support)),
                }
            )
    return rows


def impact_notes(report: ImpactReport) -> None:
    """How the numbers came about, beside the table."""
    from knockon.analysis.impact.coverage import affected
    from knockon.present.caveats import caveats, day, fallen
    from knockon.text import counted
    from knockon.vocabulary import local_name

    total = len(report.impacts) + report.unaffected
    note(
        f"{affected(len(report.impacts), total)}; {report.model}, {counted(report.iterations, 'round')}, "
        f"residual {report.residual:.1g}, stopped by {report.stopped_by}; "
        f"{report.unknown_share:.0%} of links have an unknown weight"
    )
    used = report.parameters
    if report.model == "timeline":
        lasts = days(used["duration"]) if used["duration"] is not None else "to the end"
        clock = f"horizon {counted(used['horizon'], 'step')}, {days(used['step'])} each; the shock lasts {lasts}"
        note(f"{clock}; {_days_known(report)}")
    if report.model == "chance":
        how = "all outcomes counted" if used["exact"] else f"{used['draws']} draws, seed {used['seed']}"
        note(f"losses are probabilities of failure: {how}")
    worse = [c for c in report.companies if c["worst_part"] and c["worst_part_loss"] > c["loss"]]
    for company in worse:
        part = f"its worst part {local_name(company['worst_part'])} {of_range(company, 'worst_part_loss')}"
        note(f"{company['label']}: {of_range(company, 'loss')} itself, {part}")
    told = {
        "shock": report.shock.id,
        "model": report.model,
        "missing_targets": report.missing,
        "ungraded_hits": report.ungraded,
        "owners_hit": report.owners_hit(),
        "unstated_combinations": report.unstated_combinations,
        "scaled_shares": report.scaled_shares,
        "completed_shares": report.completed_shares,
        "fallen": report.fallen,
        "left_out": report.left_out,
        "parameters": used,
        "not_holding": report.not_holding,
        "not_in_force": report.not_in_force,
    }
    for line in (*day(told, report.shock.name), *caveats(told), fallen(told)):
        if line:
            note(line)
    if report.truncated:
        note(capped(report.model))


def of_range(row: Mapping[str, Any], name: str) -> str:
    """A loss of a row with its range: ``0.45 (0.05-1.00)``."""
    return loss_range(row[name], row[f"{name}_low"], row[f"{name}_high"])


def _days_known(report: ImpactReport) -> str:
    """What the days of a timeline are, and of how many entities nobody recorded any."""
    far = [one for one in report.impacts if one.step and one.more["timed"] is not None]
    unknown = sum(not one.more["timed"] for one in far)
    what = f"time to impact is when a loss reaches {report.parameters['threshold']:g}, in days; every link takes a step"
    if not unknown:
        return what
    why = "no buffer or delay is recorded on the way, so time to impact is not known (step counts links, not days)"
    if unknown == len(far):
        return why
    return f"{what}. Of {unknown} of {len(far)} {why}"


def short_column(rows: Sequence[dict[str, Any]], column: str) -> list[dict[str, Any]]:
    """Rows with the IRIs of one column as local names."""
    from knockon.vocabulary import local_name

    return [{**row, column: local_name(row[column]) if row[column] else None} for row in rows]


def chain_row(chain: dict[str, Any]) -> dict[str, Any]:
    """A chain as people read it: how many of its tested steps are reached in full, and what of the others is not."""
    if not chain["testable"]:
        # The kind says of all but cascades why they cannot be tested.
        reached = chain["why"] if chain["kind"] == "Cascade" else "not testable"
        return {**chain, "reached": reached, "in_order": None, "missed": None}
    steps = chain["steps"]
    missed = [
        f"step {step['order']}: {', '.join(step['not_reached']) or 'names nothing'}"
        for step in steps
        if step["order"] in chain["missed"]
    ]
    return {**chain, "steps": len(steps), "reached": f"{chain['reached']} of {chain['tested']}", "missed": missed}
