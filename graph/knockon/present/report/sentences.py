"""Sentences of the report whose words depend on numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from knockon.analysis.methods import METHODS
from knockon.analysis.mitigate.mitigation import SingleChange
from knockon.analysis.report.remedy_section import Remedy
from knockon.present.phrases import capitalized, listed, number_word


def resting(*, shown: int, inferred: int, judged: int, unknown: int) -> str:
    """Return how many entities of a table depend on links and values that no source states.

    Parameters
    ----------
    shown
        How many entities the table has.
    inferred, judged, unknown
        How many of them depend on an inferred link, on a judged value, and on a value that is not known.

    Examples
    --------
    >>> resting(shown=10, inferred=1, judged=10, unknown=0)
    'Of the ten in the table, one rests on a link that is inferred and all on a value that the authors of the data judged.'
    >>> resting(shown=1, inferred=0, judged=0, unknown=1)
    'The one in the table rests on a severity or criticality that no source gives.'
    """
    kinds = [
        (inferred, "on a link that is inferred"),
        (judged, "on a value that the authors of the data judged"),
        (unknown, "on a severity or criticality that no source gives"),
    ]
    counts = [(number, phrase) for number, phrase in kinds if number]
    if not counts:
        return ""
    if shown == 1:
        return f"The one in the table rests {listed([phrase for _, phrase in counts])}."
    subjects = ["all" if number == shown else number_word(number) for number, _ in counts]
    subjects[0] += " rests" if counts[0][0] == 1 else " rest"
    parts = [f"{subject} {phrase}" for subject, (_, phrase) in zip(subjects, counts, strict=True)]
    return f"Of the {number_word(shown)} in the table, {listed(parts)}."


def remainder(equal: int, less: int, model: str) -> str:
    """Return how hard those entities are hit that the table has no room for.

    Parameters
    ----------
    equal, less
        How many lose as much as the last entity of the table, and how many less.
    model
        The model that computed the losses.

    Examples
    --------
    >>> remainder(11, 6, "leontief")
    '11 more lose as much as the last of these, six less.'
    >>> remainder(1, 0, "leontief"), remainder(0, 2, "chance")
    ('One more loses as much as the last of these.', 'Two more fail less probably.')
    """
    if not equal + less:
        return ""
    method = METHODS[model]
    if not method.graded:
        return f"{capitalized(number_word(equal + less))} more {method.affected.of(equal + less)}."
    comparison = method.comparison
    verb = comparison.verb.of(equal or less)
    if not equal:
        return f"{capitalized(number_word(less))} more {verb} {comparison.less_hard}."
    others = f", {number_word(less)} {comparison.less_hard}" if less else ""
    return f"{capitalized(number_word(equal))} more {verb} {comparison.as_hard} as the last of these{others}."


def stock_duration(stocks: Iterable[tuple[float, float]], days: float) -> str:
    """Return the calculation for the first stock that lasts longer than its size; empty if none does.

    Parameters
    ----------
    stocks
        For each stock the share of the need that is missing (0..1), and the days that it gains.
    days
        The size of a stock, in days of the whole need.

    Examples
    --------
    >>> stock_duration([(1.0, 30.0), (0.75, 40.0)], 30.0)
    '30 days ÷ 75% missing = 40 days'
    >>> stock_duration([(1.0, 30.0)], 30.0)
    ''
    """
    for shortage, gained in stocks:
        # A delay elsewhere, or rounding to whole days, may give another number: then this calculation does not explain it.
        if 0 < shortage < 1 and gained > days and abs(days / shortage - gained) <= 0.05:
            return f"{days:g} days ÷ {100 * shortage:.4g}% missing = {gained:.4g} days"
    return ""


def remedies_duration(remedies: Sequence[Remedy], days: float) -> str:
    """Return ``stock_duration`` of the stocks among some remedies."""
    changes = [(remedy.short, remedy.tried) for remedy in remedies]
    return stock_duration(
        ((short, change.time_gained) for short, change in changes if isinstance(change, SingleChange) and change.time_gained),
        days,
    )


__all__ = ["remainder", "remedies_duration", "resting", "stock_duration"]
