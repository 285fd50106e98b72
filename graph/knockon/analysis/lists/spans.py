"""Spans of days: those that several have in common, and the widest."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

#: The first and the last day of something; None is open.
Span = tuple[date | None, date | None]


def common_span(spans: Iterable[Span]) -> Span:
    """Return the days that are in all of some spans; the first is after the last where there are none.

    >>> common_span([(date(2020, 1, 1), None), (date(2021, 1, 1), date(2022, 1, 1)), (None, None)])
    (datetime.date(2021, 1, 1), datetime.date(2022, 1, 1))
    """
    pairs = list(spans)
    begins = max((first for first, _ in pairs if first is not None), default=None)
    return begins, min((last for _, last in pairs if last is not None), default=None)


def widest_span(spans: Iterable[Span]) -> Span:
    """Return the span from the first beginning to the last end of some spans."""
    pairs = list(spans)
    begins = None if any(first is None for first, _ in pairs) else min((first for first, _ in pairs if first), default=None)
    ends = None if any(last is None for _, last in pairs) else max((last for _, last in pairs if last), default=None)
    return begins, ends


__all__ = ["Span", "common_span", "widest_span"]
