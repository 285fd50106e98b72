"""Dates as tables write them: 20230821, 02.12.2019, 17 Dec 2020, a month, a year; with the precision that they have."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Sequence
from functools import lru_cache

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
#: The parts of a date format, the longest first, and what they match.
_PARTS = {"YYYY": "(?P<y>[0-9]{4})", "Month": "(?P<m>[A-Za-z]{3,9})", "Mon": "(?P<m>[A-Za-z]{3})", "MM": "(?P<m>[0-9]{2})",
          "DD": "(?P<d>[0-9]{2})", "M": "(?P<m>[0-9]{1,2})", "D": "(?P<d>[0-9]{1,2})", "YY": "(?P<s>[0-9]{2})"}  # fmt: skip
_TOKEN = re.compile("YYYY|YY|Month|Mon|MM|M|DD|D")
#: What ``ISO`` stands for: a day (with a time after it, which is left out), a month, a year.
_ISO = re.compile(
    r"(?P<y>[0-9]{4})(?:-(?P<m>[0-9]{2})(?:-(?P<d>[0-9]{2})(?:[T ][0-9:.]+(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?)?)?", re.ASCII
)
ISO = "ISO"


class DateError(ValueError):
    """A text that is not a date in any of the formats, or a format that is not known."""


def date_parser(formats: Sequence[str]) -> Callable[[str], str]:
    """Return a function that converts a date in one of some formats to ISO 8601, with the precision that it has.

    Parameters
    ----------
    formats
        ``ISO``, or a text with the parts ``YYYY``, ``YY``, ``MM``, ``M``, ``Mon``, ``Month``, ``DD`` and ``D``: ``DD.MM.YYYY``.
        The first that fits counts. Two digits of a year stand for 1969 to 2068.

    Raises
    ------
    DateError
        A format has no year, or a part of a day without a month.

    Examples
    --------
    >>> parse = date_parser(["ISO", "YYYYMMDD", "DD.MM.YYYY", "D Mon YYYY", "Mon YYYY"])
    >>> [parse(text) for text in ("2020-01-05T10:00:00Z", "20230821", "02.12.2019", "3 Jun 2021", "Jun 2021", "1999")]
    ['2020-01-05', '2023-08-21', '2019-12-02', '2021-06-03', '2021-06', '1999']
    >>> [date_parser(["DD/MM/YY"])(text) for text in ("01/02/98", "01/02/24")]
    ['1998-02-01', '2024-02-01']
    >>> parse("31.02.2019")
    Traceback (most recent call last):
    ...
    knockon.readers.mapping.dates.DateError: '31.02.2019' is not a day of the calendar
    """
    patterns = [_pattern(text) for text in formats]
    expected = ", ".join(formats)

    @lru_cache(maxsize=20_000)
    def parse(text: str) -> str:
        for pattern in patterns:
            if match := pattern.fullmatch(text):
                return _to_iso(text, match.groupdict())
        raise DateError(f"{text[:100]!r} is not a date in the form {expected}")

    return parse


def _pattern(text: str) -> re.Pattern[str]:
    if text == ISO:
        return _ISO
    parts, position = [], 0
    for token in _TOKEN.finditer(text):
        parts += [re.escape(text[position : token.start()]), _PARTS[token.group()]]
        position = token.end()
    parts.append(re.escape(text[position:]))
    names = re.findall(r"\?P<(.)>", "".join(parts))
    if len(set(names)) < len(names) or not {"y", "s"} & {*names} or ("d" in names and "m" not in names):
        raise DateError(f"{text[:100]!r} is not a format of dates; write ISO, YYYYMMDD, DD.MM.YYYY, D Mon YYYY, YYYY-MM")
    return re.compile("".join(parts), re.ASCII)


def _to_iso(text: str, parts: dict[str, str | None]) -> str:
    year = int(parts.get("y") or _full_year(int(parts.get("s") or 0)))
    month, day = _month(text, parts.get("m")), int(parts.get("d") or 0)
    if not year >= 1 or month > 12 or (parts.get("m") and month < 1):
        raise DateError(f"{text[:100]!r} is not a day of the calendar")
    if parts.get("d") and not 1 <= day <= monthrange(year, month)[1]:
        raise DateError(f"{text[:100]!r} is not a day of the calendar")
    return f"{year:04}" + (f"-{month:02}" if month else "") + (f"-{day:02}" if day else "")


def _full_year(digits: int) -> int:
    """Return the year that two digits stand for, as POSIX has it: 1969 to 2068."""
    return digits + (2000 if digits < 69 else 1900)


def _month(text: str, written: str | None) -> int:
    if not written or written.isdigit():
        return int(written or 0)
    name = written.lower()
    for months in (_MONTHS, _LONG_MONTHS):
        if name in months:
            return months.index(name) + 1
    raise DateError(f"{text[:100]!r} has no English name of a month")


__all__ = ["DateError", "date_parser"]
