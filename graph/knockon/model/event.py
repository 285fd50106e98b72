"""What happened, and what was measured."""

from __future__ import annotations

import datetime
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, model_validator

from knockon.model.base import Label, Many, Number, Plain, Ref, Statement, Term, word
from knockon.vocabulary import RDFS, DatePrecision

Precision = Annotated[DatePrecision, BeforeValidator(lambda v: word(v, DatePrecision))]


class Event(Statement):
    """Something that happened, from ``date`` (if imprecise, the first possible day) to ``until`` (if it took several days)."""

    expires: ClassVar[bool] = False

    label: Annotated[Label, Term(RDFS + "label")]
    date: datetime.date | None = None
    date_precision: Precision | None = None
    participant: Many[Ref] = ()

    @property
    def begins(self) -> datetime.date | None:
        """See Statement: the day of the event, unless ``from`` says another."""
        return self.from_ or self.date

    @model_validator(mode="after")
    def _date_fits(self) -> Event:
        if self.date_precision and not self.date:
            raise ValueError("datePrecision requires a date")
        if self.date and self.until and self.date > self.until:
            raise ValueError(f"date {self.date} is after until {self.until}")
        return self


class Observation(Statement):
    """A measured figure: a value, a range, or only the text of the source (``asWritten``).

    ``from`` and ``until`` bound the period that was measured; the figure stays true afterwards.
    """

    expires: ClassVar[bool] = False

    about: Ref
    metric: Plain
    value: Number | None = None
    value_low: Number | None = None
    value_high: Number | None = None
    unit: Plain | None = None
    period: Plain | None = None
    as_written: Plain | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Observation:
        numbers = [n for n in (self.value_low, self.value, self.value_high) if n is not None]
        if not numbers and self.as_written is None:
            raise ValueError("an observation needs value, valueLow, valueHigh or asWritten")
        if numbers != sorted(numbers):
            raise ValueError("valueLow, value and valueHigh must be in ascending order")
        return self

    @property
    def figure(self) -> str:
        """The measured figure as the source states it: its own words if they are recorded, then the number.

        A number or unit that is our judgement is not presented as the source's.

        >>> Observation(about="urn:x:a", metric="revenue", value_low=1, value_high=2, unit="USD").figure
        '1 to 2 USD'
        >>> Observation(about="urn:x:a", metric="loss", value=34, unit="USD", as_written="about $34").figure
        'about $34 (34 USD)'
        >>> Observation(about="urn:x:a", metric="loss", value=34, unit="CNY", as_written="$34", judged=["unit"]).figure
        '$34'
        """
        low, high, value = self.value_low, self.value_high, self.value
        number = "" if value is None else f"{value}"
        if not number and low is not None:
            number = f"at least {low}" if high is None else f"{low} to {high}"
        elif not number and high is not None:
            number = f"at most {high}"
        unit = self.unit or ""
        if not self.as_written:
            return f"{number} (read as {unit})" if unit and "unit" in self.judged else f"{number} {unit}".strip()
        ours = {"value", "valueLow", "valueHigh", "unit"} & {*self.judged}
        return self.as_written if ours or not number else f"{self.as_written} ({f'{number} {unit}'.strip()})"
