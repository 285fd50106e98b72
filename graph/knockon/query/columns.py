"""Convert columns of an answer to Python types: one type for each column, text if its values have several types."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from typing import Literal as OneOf

from pyoxigraph import Literal

from knockon.query.terms import term_text, term_value
from knockon.vocabulary import XSD

Value = str | int | float | bool | datetime.date | None
Kind = OneOf["bool", "int", "float", "date", "text"]

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBERS = frozenset({XSD + "decimal", XSD + "double", XSD + "float"})
_PANDAS: dict[Kind, tuple[str, str]] = {
    # Without gaps, with gaps.
    "bool": ("bool", "boolean"),
    "int": ("int64", "Int64"),
    "float": ("float64", "float64"),
    "date": ("datetime64[s]", "datetime64[s]"),
    "text": ("object", "object"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, the type of its values, and the values (None for unbound)."""

    name: str
    kind: Kind
    values: list[Any]

    @property
    def pandas_type(self) -> str:
        """The pandas dtype of the column."""
        return _PANDAS[self.kind][any(value is None for value in self.values)]


def column_of(name: str, terms: Sequence[Any]) -> Column:
    """Convert RDF terms to a column.

    A column of whole numbers is int, one of any numbers float, one of xsd:date
    date, one of xsd:boolean bool. Anything else, and a mixture, is text.

    >>> column_of("n", [Literal(1), None, Literal(0.5)])
    Column(name='n', kind='float', values=[1.0, None, 0.5])
    >>> column_of("x", [Literal(1), Literal("one")]).values
    ['1', 'one']
    """
    bound_terms = [term for term in terms if term is not None]
    for kind, read in _READERS:
        values = [read(term) for term in bound_terms]
        if bound_terms and all(value is not None for value in values):
            remaining = iter(values)
            return Column(name, kind, [None if term is None else next(remaining) for term in terms])
    return Column(name, "text", [None if term is None else term_text(term) for term in terms])


def _boolean(term: Any) -> bool | None:
    value = term_value(term)
    return value if isinstance(value, bool) else None


def _integer(term: Any) -> int | None:
    value = term_value(term)
    fits = isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63
    return value if fits else None


def _number(term: Any) -> float | None:
    if isinstance(term, Literal) and term.datatype.value in _NUMBERS:
        try:
            return float(term.value)  # "INF" and "NaN" as well
        except ValueError:
            return None
    value = _integer(term)
    return None if value is None else float(value)


def _date(term: Any) -> datetime.date | None:
    if isinstance(term, Literal) and term.datatype.value == XSD + "date" and _DATE.fullmatch(term.value):
        try:
            return datetime.date.fromisoformat(term.value)
        except ValueError:
            return None
    return None


_READERS: tuple[tuple[Kind, Callable[[Any], Any]], ...] = (
    ("bool", _boolean),
    ("int", _integer),
    ("float", _number),
    ("date", _date),
)
