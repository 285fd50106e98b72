"""Impacts, exposures and chains as people read them: rows of a table, and notes beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from knockon.cli.messages import note

if TYPE_CHECKING:
    from knockon.analysis.impact import ImpactReport


#: What a model says of each loss that tables leave to JSON.
_UNSHOWN = frozenset({"noisy_or_upper_bound", "timed"})
#: The columns that a narrow screen does without, first the one that is missed least.
IMPACT_DROP = ("class", "label", "via", "step")


def impact_columns(report: ImpactReport) -> list[str]:
    """The columns of a table of impacts: with the days of a timeline, with the error of a chance.

    Days that nobody recorded make no column: the step says how many links away an entity is.
    """
    shown = [name for name in report.more if name not in _UNSHOWN]
    if report.model == "timeline":
        shown = [name for name in shown if any(one.more[name] for one in report.impacts)]
    return ["step", "id", "label", "class", "loss", "range", *shown, "via", "rests_on"]


def impact_rows(report: ImpactReport, min_loss: float) -> list[dict[str, Any]]:
    """The rows of a report as people read them; smaller losses than ``min_loss`` are left out."""
    from knockon.analysis.impact import support_dict
    from knockon.text import Fixed, Span
    from knockon.views.caveats import rests_on
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
    from knockon.views.caveats import caveats, day, fallen
    from knockon.vocabulary import local_name

    total = len(report.impacts) + report.unaffected
    note(
        f"{len(report.impacts)} of {total} entities lose something; {report.model}, {report.iterations} rounds, "
        f"residual {report.residual:.1g}, stopped by {report.stopped_by}; "
        f"{report.unknown_share:.0%} of links have an unknown weight"
    )
    used = report.parameters
    if report.model == "timeline":
        lasts = f"{used['duration']:g} days" if used["duration"] is not None else "to the end"
        clock = f"horizon {used['horizon']} steps, {used['step']:g} days each; the shock lasts {lasts}"
        note(f"{clock}; {_days_known(report)}")
    if report.model == "chance":
        how = "all outcomes counted" if used["exact"] else f"{used['draws']} draws, seed {used['seed']}"
        note(f"losses are probabilities of failure: {how}")
    worse = [c for c in report.companies if c["worst_part"] and c["worst_part_loss"] > c["loss"]]
    for company in worse:
        part = f"its worst part {local_name(company['worst_part'])} {company['worst_part_loss']:.2f}"
        note(f"{company['label']}: {company['loss']:.2f} itself, {part}")
    told = {
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


def exposure_columns(answer: Mapping[str, Any]) -> list[str]:
    """The columns of a table of exposures; what stopped each run where one was cut short."""
    columns = ["id", "label", "status", "loss", "loss_low", "loss_high", "step"]
    columns += [*(name for name in answer["more"] if name not in _UNSHOWN), "worst_part", "worst_part_loss", "rests_on"]
    return [*columns, "stopped_by"] if answer["truncated"] else columns


def exposure_rows(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a table of exposures, each with what its loss rests on: that of the entity, or else of its worst part."""
    from knockon.text import Fixed
    from knockon.views.caveats import rests_on

    losses = ("loss", "loss_low", "loss_high", "worst_part_loss")
    rows = [
        {
            **row,
            **{name: Fixed(row[name]) for name in losses if row[name] is not None},
            "rests_on": rests_on(row["support"] or row["worst_part_support"]),
        }
        for row in answer["exposures"]
    ]
    return short_column(rows, "worst_part")


def exposure_notes(answer: Mapping[str, Any]) -> None:
    """Which shocks do not reach an entity, which may reach it yet, and which hit nothing on the day."""
    from knockon.model.dates import as_of_text, hits_nothing
    from knockon.vocabulary import local_name

    as_of = answer["parameters"]["as_of"]
    note(as_of_text(as_of, answer["not_holding"]))
    for iri, reason in answer["not_in_force"].items():
        note(hits_nothing(local_name(iri), as_of, reason))
    reached, spared = len(answer["exposures"]), len(answer["unaffected"])
    others = len(answer["cut_short"]) + len(answer["not_in_force"])
    if not (reached or spared or others):
        note("there are no shocks in this graph; `knockon impact --hit NAME=high` makes one")
    elif spared:
        note(f"{spared} of {reached + spared + others} shocks do not reach {answer['id']}")
    if short := answer["cut_short"]:
        note(f"{len(short)} were stopped by their cap before they reached it, and may reach it yet: {_some(short)}")


def capped(model: str) -> str:
    """What is said of a run that was cut short."""
    if model == "timeline":
        moving = "losses still moved, or were on their way, when the horizon ended"
        return f"STOPPED BY ITS CAP: {moving}, and may be too low; raise --set horizon=STEPS"
    return "STOPPED BY ITS CAP: losses may be too low; raise --cap"


def titled(label: str, *, truncated: bool) -> str:
    """A title that says of a table whether it was cut short."""
    return f"{label} (stopped by its cap: losses may be too low)" if truncated else label


def _some(iris: Sequence[str], most: int = 8) -> str:
    from knockon.vocabulary import local_name

    names = ", ".join(local_name(iri) for iri in iris[:most])
    return names + (f" and {len(iris) - most} more (all in --format json)" if len(iris) > most else "")


def short_column(rows: Sequence[dict[str, Any]], column: str) -> list[dict[str, Any]]:
    """Rows with the IRIs of one column as local names."""
    from knockon.vocabulary import local_name

    return [{**row, column: local_name(row[column]) if row[column] else None} for row in rows]


def chain_row(chain: dict[str, Any]) -> dict[str, Any]:
    """A chain as people read it: how many of its tested steps are reached in full, and what of the others is not."""
    if not chain["testable"]:
        return {**chain, "reached": chain["why"], "in_order": None, "missed": None}
    steps = chain["steps"]
    missed = [
        f"step {step['order']}: {', '.join(step['not_reached']) or 'names nothing'}"
        for step in steps
        if step["order"] in chain["missed"]
    ]
    return {**chain, "steps": len(steps), "reached": f"{chain['reached']} of {chain['tested']}", "missed": missed}
