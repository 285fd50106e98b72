"""Parse numbers as people write them in tables: decimal commas, percent signs, columns declared as percent."""

from __future__ import annotations

import re
from decimal import Decimal

from knockon.authoring.names import InvalidName

_PLAIN = re.compile(r"[+-]?([0-9]{1,40}(\.[0-9]{0,40})?|\.[0-9]{1,40})")
_PERCENT = re.compile(r"([+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40}))\s?%")
_COMMA = re.compile(r"[+-]?([0-9]+,[0-9]*|,[0-9]+)\s?%?")


def parse_number(text: str, *, part: bool = False) -> str:
    """Check and return the digits of a number; with ``part`` it is a fraction, which may be written as 45%.

    Raises
    ------
    InvalidName
        The text is not a number.

    Examples
    --------
    >>> parse_number("45%", part=True), parse_number("0.45")
    ('0.45', '0.45')
    >>> parse_number("0,45")
    Traceback (most recent call last):
    ...
    knockon.authoring.names.InvalidName: '0,45' is not a number
    """
    text = text.strip()
    if _PLAIN.fullmatch(text):
        return text
    if part and (match := _PERCENT.fullmatch(text)):
        return divide_by_100(match.group(1))
    hint = "write digits and a point, e.g. 0.5"
    if _COMMA.fullmatch(text):
        hint += "; a table with decimal commas is read with --decimal ,"
    raise InvalidName(f"{text[:100]!r} is not a number", hint)


def divide_by_100(digits: str) -> str:
    """Divide a number by 100 exactly.

    >>> divide_by_100("45"), divide_by_100("12.5"), divide_by_100("100")
    ('0.45', '0.125', '1')
    """
    value = Decimal(digits).scaleb(-2)
    return format(value.normalize() if value else Decimal(0), "f")


def normalize_number(text: str, *, comma: bool, percent: bool) -> str:
    """Normalize a cell of numbers: a decimal point instead of a comma, a percent sign if its column is declared as percent.

    A cell that is not such a number is returned unchanged; the error is reported when it is parsed.

    >>> normalize_number("0,45", comma=True, percent=False), normalize_number("45", comma=False, percent=True)
    ('0.45', '45%')
    >>> normalize_number("1.234", comma=True, percent=False)
    Traceback (most recent call last):
    ...
    knockon.authoring.names.InvalidName: '1.234' has a point, in a table with decimal commas
    """
    if comma and "." in text and re.fullmatch(r"[+-]?[0-9.,]+\s?%?", text):
        raise InvalidName(
            f"{text[:100]!r} has a point, in a table with decimal commas", "write it without a mark for thousands"
        )
    if comma and _COMMA.fullmatch(text):
        text = text.replace(",", ".")
    return text + "%" if percent and _PLAIN.fullmatch(text) else text
