"""The types of the fields of records: annotations for their form in RDF, and checks of their values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, TypeVar
from typing import Literal as OneOf

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)
from pydantic_core import CoreSchema, core_schema
from pyoxigraph import NamedNode

from knockon.model.language import LanguageString, keep_language, keep_stated_language
from knockon.model.licenses import license_name

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Term:
    """The IRI of the RDF property of a field, where it is not ``ko:`` and the alias of the field."""

    iri: str


@dataclass(frozen=True, slots=True)
class RefTo:
    """A field that refers to other records, each of which has at least one of these classes."""

    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Literal:
    """The RDF literal of a string field: a text with a language, or a datatype (local name in xsd:) and its ``pattern``.

    ``language`` is ``text`` for texts, whose likely language is used where none is stated, and ``name`` for names as written,
    which have a language only if one is stated.
    """

    language: str = ""
    datatype: str = ""
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Vocab:
    """A field whose strings are local names of ``ko:`` terms: properties of a record, or relation types."""

    of: str


@dataclass(frozen=True, slots=True)
class LicenseMark:
    """A string field that names a licence: in RDF the IRI of the licence where it has one."""


#: The longest names (labels, titles, identifiers), the longest texts (comments, mechanisms) and the longest IRIs, in
#: characters. Every answer about a record repeats its name, and every quad its IRI. Ids of parts consist of several names.
LONGEST_NAME, LONGEST_TEXT, LONGEST_IRI = 100_000, 5_000_000, 8_000
#: The most digits before and after the point of a decimal number.
DIGITS = 100

_IRI = re.compile(r"""[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|\\^`]+""")


def _check_iri(value: str) -> str:
    if len(value) > LONGEST_IRI:
        raise ValueError(f"an IRI of {len(value):,} characters; use at most {LONGEST_IRI:,}")
    if not _IRI.fullmatch(value):
        raise ValueError(f"{value!r} is not an absolute IRI")
    try:
        NamedNode(value)  # the parser of the store checks RFC 3987
    except ValueError as error:
        raise ValueError(f"{value!r} is not an IRI: {error}") from None
    return value


#: XML and Turtle cannot represent these, and a lone surrogate has no UTF-8.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def check_characters(value: str) -> str:
    """Return a text that RDF and JSON can write.

    Raises
    ------
    ValueError
        It has a control character or a lone surrogate.
    """
    if not is_writable(value):
        raise ValueError("contains a control character or a lone surrogate")
    return value


def is_writable(value: str) -> bool:
    """Return whether RDF and JSON can write a text: it has no control character and no lone surrogate."""
    return _UNWRITABLE.search(value) is None


_DURATION = re.compile(r"-?P(?=[0-9T])([0-9]+Y)?([0-9]+M)?([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?")


def _check_duration(value: str) -> str:
    if not _DURATION.fullmatch(value):
        raise ValueError(f"{value!r} is not a duration; write P30D for thirty days, P6M for six months")
    if value.startswith("-"):
        raise ValueError(f"{value!r} is negative; a duration is 0 or more, such as P30D for thirty days")
    if days(value) > LONGEST:
        raise ValueError(f"{value!r} is longer than 1,000 years; write P30D for thirty days, P6M for six months")
    return value


#: The mean length of a month and a year in days, over the 400-year cycle of the calendar.
_MONTH, _YEAR = 30.436875, 365.2425
#: The longest duration, in days: 1,000 years.
LONGEST = 1000 * _YEAR


def days(duration: str) -> float:
    """Convert a duration to days.

    >>> days("P30D"), days("P1DT12H"), days("P6M"), days("-PT6H")
    (30.0, 1.5, 182.62125, -0.25)
    """
    date, _, time = duration.partition("T")
    sizes = ((date, {"Y": _YEAR, "M": _MONTH, "D": 1.0}), (time, {"H": 1 / 24, "M": 1 / 1440, "S": 1 / 86400}))
    parts = [float(number) * size[unit] for text, size in sizes for number, unit in re.findall(r"([\d.]+)([A-Z])", text)]
    return sum(parts) * (-1 if duration.startswith("-") else 1)


def as_set(values: Iterable[T]) -> tuple[T, ...]:
    """Return the values without duplicates in a fixed order, since RDF keeps neither order nor duplicates."""
    values = tuple(values)
    if len(values) < 2:
        return values
    return tuple(sorted(set(values), key=lambda value: (getattr(value, "id", None) or str(value), language_tag(value))))


def language_tag(value: object) -> str:
    """Return the language of a text that has one; empty for all other values."""
    return value.language if isinstance(value, LanguageString) else ""


Iri = Annotated[str, AfterValidator(_check_iri)]


def decimal_text(value: Decimal) -> str:
    """Write a number without an exponent and without zeros at its end: equal numbers have the same text.

    >>> [decimal_text(Decimal(text)) for text in ("0.70", "1E+2", "-0.0")]
    ['0.7', '100', '0']
    """
    # Decimal.normalize would round to 28 digits.
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def _plain_number(value: Decimal) -> Decimal:
    # RDF writes decimals out: 1e999999999 would have a thousand million digits.
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and (value.adjusted() >= DIGITS or -exponent > DIGITS):
        raise ValueError(f"has more than {DIGITS} digits before or after the point")
    # RDF has no zeros at the end: a file, and what was written from it, are to be read alike.
    text = decimal_text(value)
    return value if str(value) == text else Decimal(text)


Plain = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME), AfterValidator(check_characters)]
LongPlain = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT), AfterValidator(check_characters)]
License = Annotated[
    str,
    BeforeValidator(lambda value: license_name(value) if isinstance(value, str) else value),
    StringConstraints(min_length=1, max_length=LONGEST_NAME),
    AfterValidator(check_characters),
    LicenseMark(),
]
Name = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_NAME),
    AfterValidator(check_characters),
    WrapValidator(keep_stated_language),
    Literal(language="name"),
]
Label = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_NAME),
    AfterValidator(check_characters),
    WrapValidator(keep_language),
    Literal(language="text"),
]
Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_TEXT),
    AfterValidator(check_characters),
    WrapValidator(keep_language),
    Literal(language="text"),
]
#: The length of a query is limited in rdf/integrity.py.
Query = Annotated[str, StringConstraints(min_length=1), AfterValidator(check_characters), Literal()]
#: A finite number with a bounded number of digits.
Number = Annotated[Decimal, Field(allow_inf_nan=False), AfterValidator(_plain_number)]
#: A part of a whole.
Share = Annotated[Decimal, Field(ge=0, le=1, allow_inf_nan=False), AfterValidator(_plain_number)]
#: What stands for a number that exists but is not known.
UNKNOWN_NUMBER = "unknown"


@dataclass(frozen=True, slots=True)
class OrUnknown:
    """A field with a share or the word ``unknown``, for which RDF has a property of its own: ``iri``, with the value true."""

    iri: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema of a share, to which the word is not passed. A union would name its members in each error."""
        share = handler.generate_schema(Share)
        # Written as what it is: the writer of a decimal would warn of the word.
        written = core_schema.simple_ser_schema("any")
        return core_schema.no_info_wrap_validator_function(_share_or_unknown, share, serialization=written)


def _share_or_unknown(value: Any, parse_share: ValidatorFunctionWrapHandler) -> Any:
    if isinstance(value, str) and value.strip().lower() == UNKNOWN_NUMBER:
        return UNKNOWN_NUMBER
    return parse_share(value)


#: A part of a whole, or ``"unknown"``.
Portion = Annotated[Decimal | OneOf["unknown"], Field(ge=0, le=1), OrUnknown("https://w3id.org/knockon/ns#portionUnknown")]
Many = Annotated[tuple[T, ...], BeforeValidator(lambda v: (v,) if isinstance(v, str | dict) else v), AfterValidator(as_set)]
#: A length of time: 0 or more, at most 1,000 years.
Duration = Annotated[str, AfterValidator(_check_duration), Literal(datatype="duration", pattern="^P")]


def word(value: Any, members: type[StrEnum], prefix: str = "") -> Any:
    """Return the member of an enumeration that a text names, in any case, with or without its prefix (``high`` for
    ``SwitchingHigh``); other values are returned unchanged.
    """
    if isinstance(value, str):
        lowered = value.strip().lower()
        for member in members:
            if lowered in (member.lower(), member.lower().removeprefix(prefix.lower())):
                return member
    return value


#: References to records of any class, to entities, and to documents.
Ref = Annotated[Iri, RefTo(("Record",))]
EntityRef = Annotated[Iri, RefTo(("Entity",))]
DocumentRef = Annotated[Iri, RefTo(("Document",))]
