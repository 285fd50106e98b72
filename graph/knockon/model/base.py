"""Base classes and field types of all records: names, evidence, judgements, and how a field is written in RDF.

A record is an immutable pydantic model. Its fields carry the name they have in
the ontology as alias (``partOf``), and the annotations below state how a value
becomes a term of RDF: the conversion (rdf/to_rdf.py), the SHACL shapes and the
JSON-LD context are all derived from them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pyoxigraph import NamedNode

from knockon.vocabulary import DCTERMS, KO, OA, SKOS, Stance, local_name, namespace

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
    """The RDF literal of a string field: a language (``en``), or a datatype (local name in xsd:) and its ``pattern``."""

    language: str = ""
    datatype: str = ""
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Vocab:
    """A field whose strings are local names of ``ko:`` terms: properties of a record, or relation types."""

    of: str


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
        NamedNode(value)  # the store's own reading of RFC 3987
    except ValueError as error:
        raise ValueError(f"{value!r} is not an IRI: {error}") from None
    return value


def _check_characters(value: str) -> str:
    # XML and Turtle cannot carry these, and a lone surrogate has no UTF-8.
    if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", value):
        raise ValueError("contains a control character or a lone surrogate")
    return value


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
    return tuple(sorted(set(values), key=lambda v: v.id if isinstance(v, Record) else str(v)))


Iri = Annotated[str, AfterValidator(_check_iri)]


def _check_digits(value: Decimal) -> Decimal:
    # RDF writes decimals out: 1e999999999 would have a thousand million digits.
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and (value.adjusted() >= DIGITS or -exponent > DIGITS):
        raise ValueError(f"has more than {DIGITS} digits before or after the point")
    return value


Plain = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME), AfterValidator(_check_characters)]
LongPlain = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT), AfterValidator(_check_characters)]
Label = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_NAME), AfterValidator(_check_characters), Literal(language="en")
]
Text = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_TEXT), AfterValidator(_check_characters), Literal(language="en")
]
#: The length of a query is limited in rdf/integrity.py.
Query = Annotated[str, StringConstraints(min_length=1), AfterValidator(_check_characters), Literal()]
#: A finite number with a bounded number of digits.
Number = Annotated[Decimal, Field(allow_inf_nan=False), AfterValidator(_check_digits)]
#: A part of a whole.
Share = Annotated[Decimal, Field(ge=0, le=1, allow_inf_nan=False), AfterValidator(_check_digits)]
Many = Annotated[tuple[T, ...], BeforeValidator(lambda v: (v,) if isinstance(v, str | dict) else v), AfterValidator(as_set)]
#: How long something takes or lasts: 0 or more, at most 1,000 years.
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


class Record(BaseModel):
    """Anything with a name in the graph."""

    # Validators are built on first use, since a command needs few of the classes.
    model_config = ConfigDict(
        frozen=True,
        defer_build=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        str_strip_whitespace=False,
    )
    #: Local name of the class in the ontology.
    rdf_class: ClassVar[str]
    #: Whether records of this class are parts: written inside another record, named after it and stored in its graph.
    nested: ClassVar[bool] = True

    id: Iri = Field(default="urn:knockon:unnamed", exclude=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.rdf_class = cls.__dict__.get("rdf_class", cls.__name__)

    @classmethod
    def class_iri(cls) -> str:
        """Return the IRI of the class: in ``ko:`` unless another vocabulary defines it.

        Returns
        -------
        str
            The whole IRI.

        Examples
        --------
        >>> import knockon
        >>> knockon.Company.class_iri()
        'https://w3id.org/knockon/ns#Company'
        """
        return cls.rdf_class if ":" in cls.rdf_class else KO + cls.rdf_class

    @property
    def name(self) -> str:
        """The local name: ``nvidia`` of ``https://w3id.org/knockon/id/nvidia``."""
        return local_name(self.id)

    def _rename(self, iri: str) -> None:
        # Called only while the record is being built: afterwards it is frozen.
        self.__dict__["id"] = iri


def digest(*parts: object) -> str:
    """Return a hash of the parts as ten hexadecimal digits, for names that must not change between runs.

    >>> digest("a", 1) == digest("a", 1) != digest("a1")
    True
    """
    return hashlib.sha256("\x1f".join(map(str, parts)).encode(errors="backslashreplace")).hexdigest()[:10]


Ref = Annotated[Iri, RefTo(("Record",))]
EntityRef = Annotated[Iri, RefTo(("Entity",))]
DocumentRef = Annotated[Iri, RefTo(("Document",))]

SPAN_LIMIT = 600


class Evidence(Record):
    """A passage of a document that supports a record: code points ``start`` to ``end`` (exclusive), and its stance.

    >>> e = Evidence(document="https://w3id.org/knockon/id/doc-news-brief", start=10, end=50)
    >>> e.stance.value, e.name == Evidence(document=e.document, start=10, end=50).name
    ('Asserts', True)
    """

    document: Annotated[DocumentRef, Term(OA + "hasSource")]
    start: int = Field(ge=0)
    end: int = Field(ge=1)
    stance: Annotated[Stance, BeforeValidator(lambda v: word(v, Stance))] = Stance.ASSERTS
    claimant: EntityRef | None = None

    @model_validator(mode="after")
    def _name(self) -> Evidence:
        if not 0 < self.end - self.start <= SPAN_LIMIT:
            raise ValueError(f"span {self.start}-{self.end}: it must be 1 to {SPAN_LIMIT} code points long")
        key = digest(self.document, self.start, self.end, self.stance, self.claimant or "")
        self._rename(f"{namespace(self.document)}ev-{key}")
        return self

    @property
    def selector_id(self) -> str:
        """The IRI of the oa:TextPositionSelector."""
        return self.id + "-span"


class Statement(Record):
    """A record that has evidence, may be judged or inferred, and may be valid for a limited time."""

    nested: ClassVar[bool] = False
    #: Whether it is no longer valid after ``until``: what happened or was measured stays true.
    expires: ClassVar[bool] = True

    evidence: Many[Evidence] = ()
    judged: Many[Annotated[str, Vocab("property")]] = ()
    inferred: bool = False
    reason: Text | None = None
    comment: Annotated[Text, Term("http://www.w3.org/2000/01/rdf-schema#comment")] | None = None
    from_: Annotated[date | None, Field(alias="from")] = None
    until: date | None = None

    @model_validator(mode="after")
    def _check_dates(self) -> Self:
        if self.from_ and self.until and self.from_ > self.until:
            raise ValueError(f"from {self.from_} is after until {self.until}")
        return self

    @model_validator(mode="after")
    def _check_judged(self) -> Self:
        known = {field.alias for field in type(self).model_fields.values()} if self.judged else ()
        for name in self.judged:
            if name not in known:
                raise ValueError(f"judged names {name!r}, which is not a property of a {self.rdf_class}")
        return self

    @property
    def documents(self) -> tuple[str, ...]:
        """The documents that are its evidence, that of its parts included."""
        return as_set(evidence.document for evidence in self.all_evidence())

    @property
    def begins(self) -> date | None:
        """The first day on which it is valid; None if it is not stated."""
        return self.from_

    @property
    def ends(self) -> date | None:
        """The last day on which it is valid; None if it is not known to end."""
        return self.until if self.expires else None

    def parts(self) -> Iterable[Statement]:
        """Return the statements inside it that have evidence and dates of their own.

        Returns
        -------
        iterable of Statement
            The hits of a shock, the supplies of a dependency; none of other records.

        Examples
        --------
        >>> import knockon
        >>> next(knockon.open("example").records(knockon.Company)).parts()
        ()
        """
        return ()

    def all_evidence(self) -> Iterable[Evidence]:
        """Return its own evidence, then that of its parts.

        Yields
        ------
        Evidence
            The passages, in the order of the data.

        Examples
        --------
        >>> import knockon
        >>> company = next(knockon.open().records(knockon.Company))
        >>> len(list(company.all_evidence())) == len(company.evidence)
        True
        """
        yield from self.evidence

    @property
    def stance(self) -> Stance | None:
        """The strongest stance of its evidence; None if it has no evidence."""
        order = list(Stance)
        return min((e.stance for e in self.all_evidence()), key=order.index, default=None)


class Part(Statement):
    """A statement inside another one, named after it."""

    nested: ClassVar[bool] = True


__all__ = [
    "DCTERMS", "DIGITS", "KO", "LONGEST_IRI", "LONGEST_NAME", "LONGEST_TEXT", "OA", "SKOS", "SPAN_LIMIT", "DocumentRef",
    "Duration", "EntityRef", "Evidence", "Iri", "Label", "Literal", "LongPlain", "Many", "Number", "Part", "Plain", "Query",
    "Record", "Ref", "RefTo", "Share", "Statement", "Term", "Text", "Vocab", "as_set", "days", "digest", "word",
]  # fmt: skip
