"""Numbers as people write them in tables: decimal commas, percent signs, columns declared as percent."""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal

from knockon.authoring.names import Refused

_PLAIN = re.compile(r"[+-]?([0-9]{1,40}(\.[0-9]{0,40})?|\.[0-9]{1,40})")
_PERCENT = re.compile(r"([+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40}))\s?%")
_COMMA = re.compile(r"[+-]?([0-9]+,[0-9]*|,[0-9]+)\s?%?")


def number(text: str, *, part: bool = False) -> str:
    """The digits of a number; ``part`` says that it is a part of a whole, which may be written as 45%.

    Raises
    ------
    Refused
        It is not a number, with what would make it one.

    >>> number("45%", part=True), number("0.45")
    ('0.45', '0.45')
    >>> number("0,45")
    Traceback (most recent call last):
    ...
    knockon.authoring.names.Refused: '0,45' is not a number
    """
    text = text.strip()
    if _PLAIN.fullmatch(text):
        return text
    if part and (match := _PERCENT.fullmatch(text)):
        return hundredth(match.group(1))
    hint = "write digits and a point, e.g. 0.5"
    if _COMMA.fullmatch(text):
        hint += "; a table with decimal commas is read with --decimal ,"
    raise Refused(f"{text[:100]!r} is not a number", hint)


def hundredth(digits: str) -> str:
    """A hundredth of a number, exactly.

    >>> hundredth("45"), hundredth("12.5"), hundredth("100")
    ('0.45', '0.125', '1')
    """
    value = Decimal(digits).scaleb(-2)
    return format(value.normalize() if value else Decimal(0), "f")


def unified(text: str, *, comma: bool, percent: bool) -> str:
    """A cell of a column of numbers with a decimal point, and with a percent sign where its column is declared as percent.

    What is not such a number stays as it is: whoever reads it says why.

    >>> unified("0,45", comma=True, percent=False), unified("45", comma=False, percent=True)
    ('0.45', '45%')
    >>> unified("1.234", comma=True, percent=False)
    Traceback (most recent call last):
    ...
    knockon.authoring.names.Refused: '1.234' has a point, in a table with decimal commas
    """
    if comma and "." in text and re.fullmatch(r"[+-]?[0-9.,]+\s?%?", text):
        raise Refused(f"{text[:100]!r} has a point, in a table with decimal commas", "write it without a mark for thousands")
    if comma and _COMMA.fullmatch(text):
        text = text.replace(",", ".")
    return text + "%" if percent and _PLAIN.fullmatch(text) else text


def declared(columns: Collection[str]) -> str:
    """How a column is declared as percent on the command line.

    >>> declared(["share"])
    '--percent share'
    """
    return f"--percent {','.join(columns)}"
