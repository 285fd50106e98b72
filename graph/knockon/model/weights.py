"""Sums of weights that belong together, such as the shares of the suppliers of one need, over time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Context, Decimal
from heapq import heappop, heappush
from typing import NamedTuple, Protocol

#: A sum this close to 1 is 1: numbers written in decimals are rounded.
EXACT = Decimal("0.000001")
#: The largest sum that rounding of single percentages explains; such weights are scaled to 1.
ROUNDED = Decimal("1.01")
#: After the last day of the calendar, as an ordinal.
_NEVER = date.max.toordinal() + 1
#: Sums with more digits than records have, so that adding and later subtracting a weight is exact.
EXACT_CONTEXT = Context(prec=400)


class Weighted(Protocol):
    """A record with a share of a whole and the days on which it is valid, such as a supply or an ownership."""

    @property
    def share(self) -> Decimal | None:
        """The share (0..1), None if not stated."""

    @property
    def from_(self) -> date | None:
        """The first day on which it is valid, None if open."""

    @property
    def until(self) -> date | None:
        """The last day on which it is valid, None if open."""


def greatest_total(records: Iterable[Weighted]) -> Decimal:
    """Return the greatest sum of the stated shares on any one day; 0 if none is stated.

    A sum rises only when a record begins, so only those days are considered, and the time before all of them.

    >>> from knockon.model import Supply
    >>> acme, bolt, cord = "urn:x:acme", "urn:x:bolt", "urn:x:cord"
    >>> first = Supply(provider=acme, share="0.6", until="2023-12-31")
    >>> second = Supply(provider=bolt, share="0.6", from_="2024-01-01")
    >>> greatest_total([first, second, Supply(provider=cord, share="0.4")])
    Decimal('1.0')
    """
    stated = [record for record in records if record.share is not None]
    if all(record.from_ is None and record.until is None for record in stated):
        return sum((record.share for record in stated if record.share is not None), Decimal(0))
    spans = (Span(r.share or Decimal(0), r.from_ or date.min, _day_after(r.until)) for r in stated)
    peak_day = max(((total, day) for day, total in totals_by_day(spans)), key=lambda pair: pair[0])[1]
    # Added in the order of the records, so that the sum has their digits.
    return sum((r.share for r in stated if r.share is not None and _is_valid_on(r, peak_day)), Decimal(0))


class Span(NamedTuple):
    """A weight, the first day on which it counts, and the first on which it no longer does (None if it does not end)."""

    weight: Decimal
    begins: date
    ends: date | None = None


def totals_by_day(spans: Iterable[Span]) -> Iterator[tuple[date, Decimal]]:
    """Yield the sum of weights on each day on which one of them begins, in the order of the days.

    The time is proportional to the number of weights, not to its square.

    >>> spans = [Span(Decimal("0.6"), date(2020, 1, 1), date(2024, 1, 1)), Span(Decimal("0.5"), date(2024, 1, 1))]
    >>> [f"{day} {total}" for day, total in totals_by_day(spans)]
    ['2020-01-01 0.6', '2024-01-01 0.5']
    """
    changes: dict[date, Decimal] = defaultdict(Decimal)
    start_days: set[date] = set()
    for weight, begins, ends in spans:
        if ends is None or begins < ends:
            start_days.add(begins)
            changes[begins] = EXACT_CONTEXT.add(changes[begins], weight)
            if ends is not None:
                changes[ends] = EXACT_CONTEXT.subtract(changes[ends], weight)
    total = Decimal(0)
    for day in sorted(changes):
        total = EXACT_CONTEXT.add(total, changes[day])
        if day in start_days:
            yield day, total


class PartyWeight(NamedTuple):
    """A weight of one party in a whole, such as one of several records of a provider, and the days on which it counts.

    ``ends`` is the first day on which it no longer counts; None if it does not end.
    """

    party: str
    weight: Decimal
    begins: date
    ends: date | None = None

    @classmethod
    def of(cls, party: str, weight: Decimal, from_: date | None, until: date | None) -> PartyWeight:
        """Create the weight of a record that is valid from the first to the last of two days, both included."""
        return cls(party, weight, from_ or date.min, _day_after(until))


def first_excess(weights: Iterable[PartyWeight]) -> tuple[date, Decimal] | None:
    """Return the first day on which the weights of a whole add up to more than rounding explains, and the sum; None if none.

    >>> print(*first_excess([PartyWeight(name, Decimal("0.6"), date(2022, 1, 1)) for name in "ab"]))
    2022-01-01 1.2
    """
    return next(((day, total) for day, total in joint_totals(weights) if total > ROUNDED), None)


def joint_totals(weights: Iterable[PartyWeight]) -> Iterator[tuple[date, Decimal]]:
    """Yield the sum of the weights of a whole on each day on which one of them begins or ends, in the order of the days.

    A party counts once on a day, with the greatest of its weights. The time is proportional to n log n.

    >>> halves = [PartyWeight(name, Decimal("0.6"), date(year, 1, 1)) for name, year in (("a", 2020), ("a", 2021), ("b", 2022))]
    >>> [f"{day} {total}" for day, total in joint_totals(halves)]
    ['2020-01-01 0.6', '2021-01-01 0.6', '2022-01-01 1.2']
    """
    begins: dict[date, list[PartyWeight]] = defaultdict(list)
    ends: dict[date, set[str]] = defaultdict(set)
    for weight in weights:
        if weight.ends is None or weight.begins < weight.ends:
            begins[weight.begins].append(weight)
            if weight.ends is not None:
                ends[weight.ends].add(weight.party)
    # Each heap has the greatest weight of a party first; weights that have ended are removed when they come first.
    heaps: dict[str, list[tuple[Decimal, int]]] = defaultdict(list)
    greatest: dict[str, Decimal] = {}
    total = Decimal(0)
    for day in sorted({*begins, *ends}):
        changed = set(ends.get(day, ()))
        for weight in begins.get(day, ()):
            heappush(heaps[weight.party], (-weight.weight, _NEVER if weight.ends is None else weight.ends.toordinal()))
            changed.add(weight.party)
        for party in changed:
            heap = heaps[party]
            while heap and heap[0][1] <= day.toordinal():
                heappop(heap)
            now = -heap[0][0] if heap else Decimal(0)
            difference = EXACT_CONTEXT.subtract(now, greatest.get(party, Decimal(0)))
            total = EXACT_CONTEXT.add(total, difference)
            greatest[party] = now
        yield day, total


def _day_after(day: date | None) -> date | None:
    return None if day is None or day == date.max else day + timedelta(1)


def _is_valid_on(record: Weighted, day: date) -> bool:
    return (record.from_ or date.min) <= day and (record.until is None or day <= record.until)
