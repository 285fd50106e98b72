"""How the numbers of a table are written: their decimal sign, and the mark between thousands, told from the numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import NamedTuple


class NumberForm(NamedTuple):
    """How a number is written: its decimal sign, and what stands between thousands (empty: nothing)."""

    decimal: str
    thousands: str

    def fits(self, text: str) -> bool:
        """Return whether a text is a number in this form, perhaps a percentage.

        >>> NumberForm(",", ".").fits("1.200.000,00"), NumberForm(".", "").fits("1.200.000,00")
        (True, False)
        """
        return _pattern(self).fullmatch(text.replace("\u00a0", " ").replace("\u202f", " ")) is not None


@cache
def _pattern(form: NumberForm) -> re.Pattern[str]:
    decimal, thousands = re.escape(form.decimal), re.escape(form.thousands)
    grouped = f"[0-9]{{1,3}}(?:{thousands}[0-9]{{3}})+|" if thousands else ""
    return re.compile(rf"[+-]?(?:{grouped}[0-9]+)(?:{decimal}[0-9]+)?\s?%?", re.ASCII)


#: The forms that are known, the plainest first.
FORMS = tuple(NumberForm(decimal, mark) for mark in ("", ",", ".", " ", "'") for decimal in ".," if decimal != mark)


def fitting_forms(texts: Collection[str]) -> list[NumberForm]:
    """Return the forms in which all texts are numbers, the plainest first.

    >>> fitting_forms(["1,5", "2,25"]), fitting_forms(["1,234"])
    ([NumberForm(decimal=',', thousands='')], [NumberForm(decimal=',', thousands=''), NumberForm(decimal='.', thousands=',')])
    """
    fitting = [form for form in FORMS if all(form.fits(text) for text in texts)]
    # A mark between thousands that occurs nowhere says nothing.
    return [form for form in fitting if not form.thousands or any(_has_mark(text, form.thousands) for text in texts)]


def _has_mark(text: str, mark: str) -> bool:
    return re.search(rf"[0-9]{re.escape(mark)}[0-9]", text.replace("\u00a0", " ").replace("\u202f", " ")) is not None


def decimal_sign(columns: Iterable[Collection[str]], usual: str = ".") -> str:
    """Return the decimal sign of a table, by those of its columns that have numbers in one form alone.

    Parameters
    ----------
    columns
        The texts of each column.
    usual
        The sign if they do not decide.

    Examples
    --------
    >>> decimal_sign([["1.200,50"], ["1,234"], ["name"]]), decimal_sign([["1,234"]])
    (',', '.')
    """
    votes: Counter[str] = Counter()
    for texts in columns:
        forms = fitting_forms(texts) if texts else []
        signs = {form.decimal for form in forms}
        if len(signs) == 1 and any(_has_mark(text, mark) for text in texts for mark in ".,"):
            votes[signs.pop()] += 1
    return max(votes, key=lambda sign: (votes[sign], sign == usual)) if votes else usual


def form_of(texts: Collection[str], decimal: str) -> NumberForm | None:
    """Return the form of the numbers of a column in a table with a decimal sign; None if they are no numbers.

    >>> form_of(["1,234"], "."), form_of(["1,234"], ","), form_of(["a"], ".")
    (NumberForm(decimal='.', thousands=','), NumberForm(decimal=',', thousands=''), None)
    """
    forms: Sequence[NumberForm] = fitting_forms(texts)
    return next((form for form in forms if form.decimal == decimal), forms[0] if forms else None)


__all__ = ["FORMS", "NumberForm", "decimal_sign", "fitting_forms", "form_of"]
