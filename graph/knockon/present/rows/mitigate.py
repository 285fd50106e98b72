"""Changes that would reduce the loss of an entity, as people read them: tables, rows for programs, and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knockon.analysis.impact.coverage import some_names
from knockon.present.caveats import world_notes
from knockon.present.phrases import capped, loss_range, titled
from knockon.present.rows.table import Row, Table
from knockon.text import Fixed, Span, counted, days
from knockon.vocabulary import local_name

if TYPE_CHECKING:
    from knockon.analysis.mitigate.mitigation import Blockers, ChangePair, HalvingShare, Mitigation, SavedLoss, SingleChange


def mitigation_tables(answer: Mitigation) -> tuple[Table, Table, Table]:
    """Return the single changes that save loss or time, the best pairs, and the second sources that halve the loss."""
    columns = ["change", "dependency", "saves", "after", "range", "gains_time", "rests_on"]
    title = titled(f"{answer.label} when this strikes: {answer.shock_label}", truncated=answer.truncated)
    rows = [_change_row(change) for change in answer.changes if change.saved > 0 or (change.time_gained or 0) > 0]
    single = Table(rows, columns, title, ["range", "after", "rests_on", "gains_time"])
    pairs = [_pair_row(pair) for pair in answer.pairs]
    title = f"Two changes together, for {answer.label}"
    return (
        single,
        Table(pairs, ["changes", "saves", "after", "range", "rests_on"], title, ["range", "after"]),
        Table(
            [_halving_row(halving) for halving in answer.halving],
            ["share", "dependency", "after", "range"],
            f"Second sources that halve the loss of {answer.label}: the least share of the need that each must take over",
            ["range"],
        ),
    )


def _halving_row(halving: HalvingShare) -> Row:
    return {
        "share": Fixed(halving.share),
        "dependency": " and ".join(local_name(change.dependency) for change in halving.changes),
        "after": Fixed(halving.loss_after),
        "range": Span(Fixed(halving.loss_low_after), Fixed(halving.loss_high_after)),
    }


def _change_row(change: SingleChange) -> Row:
    marks = ["hypothetical" if change.hypothetical else "recorded alternative"]
    marks += ["recorded: no alternative"] if change.kind == "supplier" and "NoAlternative" in change.alternatives else []
    return {
        "change": change.change,
        "dependency": local_name(change.dependency),
        **_loss_columns(change),
        "gains_time": _time_gained(change),
        "rests_on": "; ".join(marks),
    }


def _pair_row(pair: ChangePair) -> Row:
    return {
        "changes": " and ".join(f"{change.change} of {local_name(change.dependency)}" for change in pair.changes),
        **_loss_columns(pair),
        "rests_on": "hypothetical" if pair.hypothetical else "recorded alternatives",
    }


def _loss_columns(row: SavedLoss) -> Row:
    return {
        "saves": Fixed(row.saved) if row.saved else "-",
        "after": Fixed(row.loss_after),
        "range": Span(Fixed(row.loss_low_after), Fixed(row.loss_high_after)),
    }


def _time_gained(change: SingleChange) -> str:
    if change.arrives == "never":
        return "for good"
    if change.time_gained is None:
        return ""
    return ("over " if change.arrives == "after the horizon" else "") + days(change.time_gained)


def mitigation_notes(answer: Mitigation) -> list[str]:
    """Return what to bear in mind of the changes, a line each."""
    before, threshold = answer.before, answer.run.number("impact_threshold")
    if before.loss <= 0:
        lines = [f"{answer.label} loses nothing: there is nothing to save"]
    else:
        time = ""
        if before.time_to_impact is not None:
            time = f"; {threshold:g} or more after {days(before.time_to_impact)}, at a day a link"
        if not before.timed and before.loss >= threshold:
            time = "; when is not known, as no buffer or delay is recorded on the way"
        lines = [f"{answer.label} loses {loss_range(before.loss, before.loss_low, before.loss_high)}{time}"]
        lines += _change_notes(answer)
    lines += world_notes(answer.run, answer.shock)
    return lines + ([capped(answer.model)] if answer.truncated else [])


def _change_notes(answer: Mitigation) -> list[str]:
    changes, dependencies = answer.changes, answer.dependencies_on_the_way
    time_only = sum(change.saved <= 0 < (change.time_gained or 0) for change in changes)
    worse = sum(change.saved < 0 for change in changes)
    useless = len(changes) - answer.helpful - time_only
    tried = counted(dependencies, "dependency", "dependencies")
    harm = f" ({worse} {'makes' if worse == 1 else 'make'} it worse)" if worse else ""
    lines = [
        f"{counted(len(changes), 'single change')} tried on {tried}; saving loss: {answer.helpful}, time alone: {time_only}, "
        f"nothing: {useless}{harm}; --format json has them all"
    ]
    if unnamed := answer.without_named_supplier:
        reason = "what is short there is the need itself, or a hit on the dependency, and no supplier mends that"
        lines.append(f"{unnamed} of {dependencies} {'names' if unnamed == 1 else 'name'} no supplier: {reason}")
    if time_only:
        lines.append("a stock changes no final loss: the shock lasts and every stock runs out; it gains time")
    if answer.why:
        lines += [*_blocker_notes(answer, answer.why), *_pair_notes(answer)]
    return lines


def _blocker_notes(answer: Mitigation, blockers: Blockers) -> list[str]:
    lines = [f"no single change saves {answer.label} anything"]
    if blockers.hit_itself:
        lines.append(f"{answer.label} is hit itself, as hard as it loses")
    if blockers.hit_dependencies:
        lines.append(f"hit itself, whoever supplies: {some_names(blockers.hit_dependencies, answer.run.named)}")
    named = answer.run.named
    for tie in blockers.ties:
        names = some_names([binding.dependency for binding in tie.dependencies], named)
        lines.append(f"{named(tie.entity)} loses {tie.loss:.2f} in {len(tie.dependencies)} equally bad ways: {names}")
    if all(change.kind == "buffer" for change in answer.changes):
        lines.append(
            "there is nothing to try but stocks: no criticality on the way can be lowered, no supplier added or replaced"
        )
    elif not blockers.hit_itself and not blockers.ties and not blockers.hit_dependencies:
        lines.append("each change leaves another way on which as much is lost")
    return lines


def _pair_notes(answer: Mitigation) -> list[str]:
    lines = []
    helpful, untried = answer.pairs_helpful, answer.pairs_untried
    if answer.pairs_tried:
        shown = f", the best {len(answer.pairs)} shown" if helpful > len(answer.pairs) else ""
        pairs = counted(answer.pairs_tried, "pair of changes", "pairs of changes")
        lines.append(f"{pairs} tried, {helpful} of which {'saves' if helpful == 1 else 'save'} loss{shown}")
    if untried:
        lines.append(f"{counted(untried, 'pair')} {'was' if untried == 1 else 'were'} not tried; raise --pairs")
    return lines


def mitigation_rows(answer: Mitigation) -> Table:
    """Return every single change with every key."""
    columns = [
        "kind", "change", "hypothetical", "provider", "replaces", "dependency", "dependant", "need", "loss_before", "saved",
        "loss_after", "loss_low_after", "loss_high_after", "arrives", "time_to_impact_after", "time_gained",
    ]  # fmt: skip
    return Table([change.to_dict() for change in answer.changes], columns)


__all__ = ["mitigation_notes", "mitigation_rows", "mitigation_tables"]
