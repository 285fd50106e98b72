"""Dates of records: parse periods, find the days on which records are valid, and determine the current day."""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal, get_args

from knockon.errors import UsageError

if TYPE_CHECKING:
    from knockon.model.base import Statement

#: Why a record is not valid on a day.
Absence = Literal["ended", "not begun"]
#: The value of ``as_of`` that includes every record, whatever its dates.
ALL = "all"
#: The environment variable that sets the current time: seconds since 1970, as reproducible builds define it.
PINNED = "SOURCE_DATE_EPOCH"

_PERIOD = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?", re.ASCII)
_HINT = "write 2025-07-01"


def period(text: str) -> tuple[date, date]:
    """Return the first and the last day of a day, a month or a year.

    Parameters
    ----------
    text
        ``2022-03-15``, ``2022-03`` or ``2022``.

    Raises
    ------
    ValueError
        The text has another form, or there is no such month or day.

    Examples
    --------
    >>> first, last = period("2024-02")
    >>> print(first, last)
    2024-02-01 2024-02-29
    >>> print(*period("2022"))
    2022-01-01 2022-12-31
    """
    match = _PERIOD.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a day, month or year")
    year, month, day = (int(part) if part else None for part in match.groups())
    first = date(year or 0, 1 if month is None else month, 1 if day is None else day)
    if day is not None:
        return first, first
    last_month = 12 if month is None else month
    return first, date(first.year, last_month, monthrange(first.year, last_month)[1])


_PART_OF_YEAR = re.compile(r"([0-9]{4})-(?:Q([1-4])|H([12]))", re.ASCII)


def covered_days(text: str) -> tuple[date, date]:
    """Return the first and the last day of the period that a figure is for.

    Parameters
    ----------
    text
        A year, month or day, a quarter (``2024-Q3``), a half year (``2024-H1``), or the first and the last of those
        (``2024-07/2025-06``).

    Raises
    ------
    ValueError
        The text has another form, or the period ends before it begins.

    Examples
    --------
    >>> for text in ("2024-Q3", "2024-07/2025-06"):
    ...     print(*covered_days(text))
    2024-07-01 2024-09-30
    2024-07-01 2025-06-30
    """
    begin, slash, end = text.strip().partition("/")
    try:
        first, last = _year_or_part(begin)
        if slash:
            last = _year_or_part(end)[1]
    except ValueError:
        forms = "write 2025, 2025-06, 2025-Q2, 2025-H1 or 2024-07/2025-06"
        raise ValueError(f"{text[:100]!r} is not a period; {forms}") from None
    if first > last:
        raise ValueError(f"the period {text[:100]!r} ends before it begins; exchange the two")
    return first, last


def _year_or_part(text: str) -> tuple[date, date]:
    if match := _PART_OF_YEAR.fullmatch(text):
        year, quarter, half = match.groups()
        length = 3 if quarter else 6
        last_month = int(quarter or half) * length
        return period(f"{year}-{last_month - length + 1:02}")[0], period(f"{year}-{last_month:02}")[1]
    return period(text)


#: How ``from`` and ``until`` read a period: as its first and its last day.
BOUNDS: dict[str, Callable[[str], date]] = {"from": lambda text: period(text)[0], "until": lambda text: period(text)[1]}


def absence(record: Statement, day: date | None) -> Absence | None:
    """Return why a record is not valid on a day; None if it is valid.

    ``from`` is the first and ``until`` the last day on which it is valid; a record without dates is always valid, and so
    is every record where ``day`` is None. What happened or was measured (``Statement.expires``) does not end.

    >>> from knockon.model import Company
    >>> firm = Company(id="urn:x:a", label="A", from_="2020-01-01", until="2020-12-31")
    >>> [absence(firm, date(year, 12, 31)) for year in (2019, 2020, 2021)]
    ['not begun', None, 'ended']
    """
    if day is None:
        return None
    if (begins := record.begins) is not None and day < begins:
        return "not begun"
    if (ends := record.ends) is not None and day > ends:
        return "ended"
    return None


def dated(records: Iterable[Statement]) -> list[Statement]:
    """Return the records and parts that begin or end on a day."""
    statements = (statement for record in records for statement in (record, *record.parts()))
    return [s for s in statements if s.begins is not None or s.ends is not None]


@dataclass(frozen=True)
class Calendar:
    """The records that have dates, with the first and the last day on which each is valid.

    >>> from knockon.model import Company
    >>> calendar = Calendar.of([Company(id="urn:x:a", label="A", from_="2020-01-01", until="2020-12-31")])
    >>> [day.isoformat() for day in calendar.turns], calendar.absent(date(2021, 6, 1))
    (['2020-01-01', '2021-01-01'], {'urn:x:a': 'ended'})

    ``others`` are further days on which something changes.
    """

    dated: tuple[Statement, ...]
    others: frozenset[date] = frozenset()

    @classmethod
    def of(cls, records: Iterable[Statement]) -> Calendar:
        """Create the calendar of records and their parts."""
        return cls(tuple(dated(records)))

    @cached_property
    def turns(self) -> tuple[date, ...]:
        """The days on which a record becomes valid or is no longer valid, and others; between two of them nothing changes."""
        starts = {statement.begins for statement in self.dated if statement.begins}
        days_after = {statement.ends + timedelta(1) for statement in self.dated if statement.ends and statement.ends < date.max}
        return tuple(sorted(starts | days_after | self.others))

    def interval(self, day: date | None) -> date | None:
        """Return the first day of the interval around ``day`` in which the same records are valid; None for None.

        >>> print(Calendar(()).interval(date(2020, 6, 1)))
        0001-01-01
        """
        if day is None:
            return None
        place = bisect_right(self.turns, day)
        return self.turns[place - 1] if place else date.min

    def absent(self, day: date | None) -> dict[str, Absence]:
        """Return why records and parts are not valid on a day, by IRI; empty if ``day`` is None."""
        reasons = ((statement.id, absence(statement, day)) for statement in self.dated)
        return {iri: reason for iri, reason in reasons if reason}


def counted(absent: Mapping[str, Absence]) -> dict[str, int]:
    """Count the records that are not valid by reason, in a fixed order.

    >>> counted({"urn:x:a": "ended", "urn:x:b": "ended"})
    {'ended': 2, 'not begun': 0}
    """
    reasons = list(absent.values())
    return {reason: reasons.count(reason) for reason in get_args(Absence)}


def absence_text(record: Statement, day: date) -> str:
    """Return why a record is not valid on a day, with the date; empty if it is valid.

    >>> from knockon.model import Company
    >>> absence_text(Company(id="urn:x:a", label="A", until="2020-12-31"), date(2024, 1, 1))
    'it ended on 2020-12-31'
    """
    reason = absence(record, day)
    return "" if reason is None else f"it ended on {record.ends}" if reason == "ended" else f"it begins on {record.begins}"


def hits_nothing(shock: str, as_of: str, reason: str) -> str:
    """Return the sentence that states that a shock hits nothing on a day.

    >>> hits_nothing("The shock", "2020-01-01", "it begins on 2021-01-01")
    'The shock hits nothing as of 2020-01-01: it begins on 2021-01-01.'
    """
    return f"{shock} hits nothing as of {as_of}: {reason}."


def as_of_text(as_of: str, not_holding: Mapping[str, int]) -> str:
    """Return the sentence that states the day of an answer, and how many records are left out because of it.

    >>> as_of_text("2024-01-01", {"ended": 2, "not begun": 1})
    'As of 2024-01-01, records without dates taken to hold: left out 2 records that have ended and 1 record that has not begun.'
    >>> as_of_text("2024-01-01", {"ended": 0, "not begun": 0})
    'As of 2024-01-01, records without dates taken to hold.'
    """
    if as_of == ALL:
        return "Dates are ignored: what has ended and what has not begun count too."
    ended, later = not_holding.get("ended", 0), not_holding.get("not begun", 0)
    parts = [_count_records(ended, "ended")] if ended else []
    parts += [_count_records(later, "not begun")] if later else []
    left_out = f": left out {' and '.join(parts)}" if parts else ""
    return f"As of {as_of}, records without dates taken to hold{left_out}."


def _count_records(number: int, what: str) -> str:
    return f"1 record that has {what}" if number == 1 else f"{number:,} records that have {what}"


def today() -> date:
    """Return the current day in UTC, or the day set by the environment variable ``SOURCE_DATE_EPOCH``.

    Raises
    ------
    UsageError
        The variable is not a whole number of seconds since 1970, or is out of range.
    """
    return now().date()


def now() -> datetime:
    """Return the current time in UTC, or the time set by the environment variable ``SOURCE_DATE_EPOCH``.

    Raises
    ------
    UsageError
        The variable is not a whole number of seconds since 1970, or is out of range.
    """
    pinned = os.environ.get(PINNED, "").strip()
    if not pinned:
        return datetime.now(UTC)
    try:
        if not re.fullmatch(r"[0-9]{1,12}", pinned):
            raise ValueError(pinned)
        return datetime.fromtimestamp(int(pinned), UTC)
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"{PINNED} is {pinned[:40]!r}, not whole seconds since 1970; unset it or write 1767225600") from None


def day_of(as_of: date | str | None) -> date | None:
    """Parse the day that an answer is as of; None means that dates are ignored.

    Parameters
    ----------
    as_of
        A date, ``"2024-01-01"``, ``"all"`` (ignore dates), or None for today.

    Raises
    ------
    UsageError
        The value is anything else.

    Examples
    --------
    >>> day_of("2024-01-01"), day_of("all")
    (datetime.date(2024, 1, 1), None)
    """
    if as_of is None:
        return today()
    if isinstance(as_of, datetime):
        return as_of.date()
    if isinstance(as_of, date):
        return as_of
    if isinstance(as_of, str):
        text = as_of.strip()
        if text.lower() == ALL:
            return None
        try:
            first, last = period(text)
        except ValueError:
            first, last = date.min, date.max
        if first == last:
            return first
    raise UsageError(f"as of {str(as_of)[:40]!r}: this is not a day; {_HINT}, or all to ignore dates")


def written(day: date | None) -> str:
    """Format a day as results state it: ``2024-01-01``, or ``all`` where dates are ignored.

    >>> written(date(2024, 1, 1)), written(None)
    ('2024-01-01', 'all')
    """
    return ALL if day is None else day.isoformat()
