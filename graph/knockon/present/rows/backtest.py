"""Backtests as people read them: the failures first, then the scores beside those of simple rules, then the cases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from knockon.analysis.backtest.outcomes import SHARES
from knockon.present.rows.table import Row, Table
from knockon.text import Fixed, counted

if TYPE_CHECKING:
    from knockon.analysis.backtest.run import Backtest, Observation
    from knockon.analysis.backtest.scores import Score

#: The columns for programs: those of JSON.
COLUMNS = (
    "case", "entity", "verdict", "in_network", "loss", "loss_low", "loss_high", "measure", "observed_low", "observed_high",
    "predicted_day", "day", "counted", "note", "source", "is_target", "similar",
)  # fmt: skip
_SHOWN = ("verdict", "case", "entity", "loss", "range", "observed", "measure", "predicted day", "day", "counts")
_SCORED = (
    "case", "method", "n", "hit", "predicted", "precision", "by chance", "recall", "p hit", "order n", "tau", "p order",
    "range n", "inside", "inside by chance", "days n", "days off",
)  # fmt: skip
#: What each verdict means, the failures first.
MEANINGS = {
    "missed": "hit, and not predicted",
    "falsely hit": "predicted to be hit, and not hit",
    "outside": "hit as predicted, with a loss outside of the range",
    "inside": "hit as predicted, with a loss inside of the range",
    "hit": "hit as predicted; no share of output, deliveries or customers was measured",
    "spared": "not hit, as predicted",
}


def observation_rows(answer: Backtest) -> Table:
    """Return a row for each prediction with what happened, for programs."""
    return Table([each.to_dict() for each in answer.observations], COLUMNS)


def backtest_tables(answer: Backtest) -> tuple[Table, ...]:
    """Return predictions with what happened, the failures first; the scores; the cases; and the words of the scale."""
    observed = Table(
        list(map(_observation, answer.observations)),
        _SHOWN,
        "What was predicted and what happened",
        ["measure", "counts", "predicted day", "day"],
    )
    drop = ["days off", "days n", "inside by chance", "p order", "p hit", "by chance", "order n", "range n"]
    scores = Table(list(map(_score, answer.scores)), _SCORED, "Scores, beside those of simple rules", drop)
    cases: list[Row] = [
        {
            "case": case.name, "day": case.day, "model": case.model, "known before": case.before,
            "later accounts": case.later_accounts, "inferred": case.inferred, "outcomes": case.outcomes,
            "another cause": case.confounded or None,
        }
        for case in answer.cases
    ]  # fmt: skip
    columns = ("case", "day", "model", "known before", "later accounts", "inferred", "outcomes", "another cause")
    words: list[Row] = [
        {"published": Fixed(each.low), "words": ", ".join(each.words) or "none", "of what": each.what, "source": each.source}
        for each in answer.transmissions
    ]
    return (
        observed,
        scores,
        Table(cases, columns, "The cases", ["another cause", "inferred"]),
        Table(
            words,
            ("published", "words", "of what", "source"),
            "Published transmission, and the words that contain it",
            ["source"],
        ),
    )


def _observation(each: Observation) -> Row:
    observed = None if each.observed_low is None else _span(each.observed_low, each.observed_high or each.observed_low)
    return {
        "verdict": each.verdict,
        "case": each.case,
        "entity": each.entity if each.in_network else f"{each.entity} (not in the network)",
        "loss": Fixed(each.loss),
        "range": _span(each.loss_low, each.loss_high),
        "observed": observed,
        "measure": each.measure or None,
        "predicted day": _day(each.predicted_day),
        "day": _day(each.day),
        "counts": "yes" if each.counted else "no: the shock itself" if each.is_target else "no: another cause",
    }


def _day(day: float | None) -> int | Fixed | None:
    return None if day is None else int(day) if day.is_integer() else Fixed(day)


def _span(low: float, high: float) -> str:
    least, most = f"{low:.2f}", f"{high:.2f}"
    return least if least == most else f"{least}-{most}"


def _score(each: Score) -> Row:
    def number(value: float | None) -> Fixed | None:
        return None if value is None else Fixed(value)

    return {
        "case": each.case, "method": each.method, "n": each.n, "hit": each.hit, "predicted": each.predicted,
        "precision": number(each.precision), "by chance": number(each.precision_chance), "recall": number(each.recall),
        "p hit": number(each.p_hit), "order n": each.order_n, "tau": number(each.tau), "p order": number(each.p_order),
        "range n": each.inside_n, "inside": number(each.inside), "inside by chance": number(each.inside_chance),
        "days n": each.days_n, "days off": number(each.days_off),
    }  # fmt: skip


def backtest_notes(answer: Backtest) -> Iterator[str]:
    """Return what the scores say in words, and what a reader must know about them."""
    shown = [each for each in answer.observations if each.counted]
    failures = sum(each.verdict in {"missed", "falsely hit", "outside"} for each in shown)
    of = f"{counted(failures, 'failure')} in {counted(len(shown), 'outcome')}"
    yield f"{of}; no parameter was fitted: the model is that of `knockon impact`"
    yield from _comparisons(answer)
    yield "under p is the probability of as good a score by chance; tau: Kendall's tau-b of orders within cases (0 by chance)"
    yield "inside: the middle of what was measured is in the predicted range; shares of output, deliveries, customers alone"
    if excluded := sum(not each.counted and not each.is_target for each in answer.observations):
        yield f"not counted in all, since another cause was at work: {counted(excluded, 'outcome')}"
    yield from _doubts(answer)
    for case in answer.cases:
        yield from (f"changed after the outcomes of {case.name} had been read: {change.rstrip('.')}" for change in case.changes)
    if all(case.before == 0 for case in answer.cases):
        yield "every record rests on an account of a later day, which tells what was so before: no foresight is proved"


def _doubts(answer: Backtest) -> Iterator[str]:
    """Yield what may be a slip in the outcomes."""
    if targets := sum(each.is_target for each in answer.observations):
        yield f"not counted, since the shock itself hits it: {counted(targets, 'outcome')}"
    for each in answer.observations:
        if each.similar:
            yield f"{each.case}: {each.entity} is not in the network, which has {' and '.join(each.similar)}"
        if each.measure in SHARES and each.observed_high is not None and 0 < each.observed_high < 0.01:
            most = f"{each.observed_high:.2%}"
            yield f"{each.case}: {each.entity} lost {most} at most: low and high are percent (60, and not 0.6)"


def _comparisons(answer: Backtest) -> Iterator[str]:
    """Yield where a simple rule does as well as the model."""
    model, *rules = [score for score in answer.scores if score.case == answer.scores[0].case]
    as_good = [rule.method for rule in rules if rule.right >= model.right and rule.predicted <= model.predicted]
    if as_good:
        yield f"who is hit is told as well or better by {', '.join(as_good)}"
    inside = [each for each in answer.observations if each.counted and each.in_network]
    if len(inside) > 1 and all(each.loss > 0 for each in inside):
        happened = sum(each.verdict != "falsely hit" for each in inside)
        known = f"all {len(inside)} that the networks have were predicted to be hit; hit were {happened}"
        yield f"{known}: who is hit tells only whom a network has"
    elif spared := [each for each in inside if each.verdict in {"falsely hit", "spared"}]:
        false = sum(each.verdict == "falsely hit" for each in spared)
        yield f"spared were {len(spared)} that the networks have; predicted to be hit of these: {false}"
    if model.inside is not None and model.inside_chance is not None and model.inside <= model.inside_chance + 0.05:
        contained = f"the ranges contain {model.inside:.0%} of what was measured"
        yield f"{contained}, by chance {model.inside_chance:.0%}: little skill in amounts"


__all__ = ["COLUMNS", "MEANINGS", "backtest_notes", "backtest_tables", "observation_rows"]
