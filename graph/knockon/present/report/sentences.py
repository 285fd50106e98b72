"""Sentences of the report whose words depend on numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from knockon.analysis.mitigate.mitigation import SingleChange
from knockon.analysis.report.remedy_section import Remedy


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


__all__ = ["remedies_duration", "stock_duration"]
