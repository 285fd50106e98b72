"""What the values of a column look like: numbers, shares, dates, lists or text."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from knockon.authoring.columns import normalize_column
from knockon.readers.mapping.dates import DateError, date_parser
from knockon.readers.mapping.number_forms import fitting_forms, form_of

_DATE_FORMATS = (
    "ISO", "YYYYMMDD", "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY", "D Mon YYYY", "D Month YYYY", "Month YYYY", "MM.YYYY",
    "MM/YYYY",
)  # fmt: skip
#: Words in the names of columns whose numbers of four digits are years.
_YEAR_WORDS = (
    "year", "date", "since", "from", "until", "start", "begin", "end", "founded", "established", "incorporated", "listed",
    "valid", "period", "expires", "season",
)  # fmt: skip
_YEAR = re.compile("1[5-9][0-9]{2}|20[0-9]{2}", re.ASCII)
_SEPARATORS = ("; ", ";", "|")


class Column(NamedTuple):
    """A column with what its values look like: ``number``, ``percent``, a format of dates, ``list`` or ``text``.

    ``detail`` is the format of dates, the separator of lists, or how numbers are written as fields of a mapping; ``doubt``
    is what else the values may be.
    """

    name: str
    looks: str
    detail: str
    example: str
    doubt: str = ""


def column_looks(name: str, values: Sequence[str], decimal: str) -> Column:
    """Return what the values of a column look like, and how they are written.

    Parameters
    ----------
    name, values
        The column, and those of its values that are not empty.
    decimal
        The decimal sign of the table.

    Examples
    --------
    >>> column_looks("Valid from", ["12.2019", "03.2021"], ".").detail
    'MM.YYYY'
    >>> column_looks("Sites", ["Kundl | Graz", "Linz"], ".").looks
    'list'
    """
    if not values:
        return Column(name, "text", "", "")
    if date := _date_column(name, values):
        return date
    if form := form_of(values, decimal):
        written = "".join(
            f", {field}: {json.dumps(sign)}"
            for field, sign, usual in (("decimal", form.decimal, "."), ("thousands", form.thousands, ""))
            if sign != usual
        )
        doubt = "or years: date: YYYY" if all(map(_YEAR.fullmatch, values)) else ""
        if len({other.decimal for other in fitting_forms(values)}) > 1 and any({".", ","} & {*value} for value in values):
            doubt = f"{form.decimal!r} taken as the decimal sign of the table"
        return Column(name, "percent" if any("%" in value for value in values) else "number", written, "", doubt)
    for separator in _SEPARATORS:
        if sum(separator in value for value in values) * 5 > len(values):
            return Column(name, "list", separator, "")
    return Column(name, "text", "", "")


def _date_column(name: str, values: Sequence[str]) -> Column | None:
    """Return a column of dates, or None: years alone are dates where the name of the column says so."""
    # ISO has years alone as well.
    forms = _DATE_FORMATS if any("-" in value for value in values) else _DATE_FORMATS[1:]
    fitting = [form for form in forms if _are(form, values)]
    if fitting:
        doubt = f"or {' or '.join(fitting[1:])}: no day is above 12" if len(fitting) > 1 else ""
        return Column(name, "date", fitting[0], "", doubt)
    key = normalize_column(name)
    if all(map(_YEAR.fullmatch, values)) and any(word in key for word in _YEAR_WORDS):
        return Column(name, "date", "YYYY", "")
    return None


def _are(form: str, values: Sequence[str]) -> bool:
    """Return whether all values are dates in a format."""
    parse = date_parser([form])
    return all(_is_date(parse, value) for value in values)


def _is_date(parse: Any, value: str) -> bool:
    try:
        parse(value)
    except DateError:
        return False
    return True
