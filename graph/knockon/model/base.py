"""What all records share: names, evidence, judgement, and how a field is said in RDF.

A record is an immutable pydantic model. Its fields carry the name they have in
the ontology as alias (``partOf``), and the marks below say how a value becomes
a term of RDF: the plan that does it (rdf/to_rdf.py), the SHACL shapes and the
JSON-LD context are all compiled from them.
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
    """The IRI of the property that a field becomes, where it is not ``ko:`` and its alias."""

    iri: str


@dataclass(frozen=True, slots=True)
class RefTo:
    """The field names other records: at least one of these classes each."""

    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Literal:
    """The literal that a string field becomes: a language (``en``), or a datatype (local name in xsd:) and its ``pattern``."""

    language: str = ""
    datatype: str = ""
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Vocab:
    """The strings of the field are local names of ``ko:`` terms: properties of a record, or relation types."""

    of: str


#: The longest names (labels, titles, identifiers), the longest texts (comments, mechanisms) and the longest IRIs, in
#: characters. A name stands in every answer about a record, an IRI in every quad. Ids of parts are made of several names.
LONGEST_NAME, LONGEST_TEXT, LONGEST_IRI = 100_000, 5_000_000, 8_000
#: The most digits before and after the point of a decimal number.
DIGITS = 100

_IRI = re.compile(r"""[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|\\^`]+""")


def _iri(value: str) -> str:
    if len(value) > LONGEST_IRI:
        raise ValueError(f"an IRI of {len(value):,} characters; use at most {LONGEST_IRI:,}")
    if not _IRI.fullmatch(value):
        raise ValueError(f"{value!r} is not an absolute IRI")
    try:
        NamedNode(value)  # the store's own reading of RFC 3987
    except ValueError as error:
        raise ValueError(f"{value!r} is not an IRI: {error}") from None
    return value


def _clean(value: str) -> str:
    # XML and Turtle cannot carry these, and a lone surrogate has no UTF-8.
    if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", value):
        raise ValueError("holds a control character or a broken surrogate")
    return value


_DURATION = re.compile(r"-?P(?=[0-9T])([0-9]+Y)?([0-9]+M)?([0-9]+D)?(T(?=[0-9])([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?")


def _duration(value: str) -> str:
    if not _DURATION.fullmatch(value):
        raise ValueError(f"{value!r} is not a duration; write P30D for thirty days, P6M for six months")
    if value.startswith("-"):
        raise ValueError(f"{value!r} is negative; a duration here is 0 or more, such as P30D for thirty days")
    if days(value) > LONGEST:
        raise ValueError(f"{value!r} is longer than 1,000 years; write P30D for thirty days, P6M for six months")
    return value


#: What a month and a year are in days, on average over the calendar's four centuries.
_MONTH, _YEAR = 30.436875, 365.2425
#: The longest duration, in days: 1,000 years.
LONGEST = 1000 * _YEAR


def days(duration: str) -> float:
    """A duration in days.

    >>> days("P30D"), days("P1DT12H"), days("P6M"), days("-PT6H")
    (30.0, 1.5, 182.62125, -0.25)
    """
    date, _, time = duration.partition("T")
    sizes = ((date, {"Y": _YEAR, "M": _MONTH, "D": 1.0}), (time, {"H": 1 / 24, "M": 1 / 1440, "S": 1 / 86400}))
    parts = [float(number) * size[unit] for text, size in sizes for number, unit in re.findall(r"([\d.]+)([A-Z])", text)]
    return sum(parts) * (-1 if duration.startswith("-") else 1)


def as_set(values: Iterable[T]) -> tuple[T, ...]:
    """The values without repeats, in one fixed order: RDF keeps neither order nor repeats."""
    return tuple(sorted(set(values), key=lambda v: v.id if isinstance(v, Record) else str(v)))


Iri = Annotated[str, AfterValidator(_iri)]


def _few_digits(value: Decimal) -> Decimal:
    # Written out, as in RDF, 1e999999999 has a thousand million digits.
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and (value.adjusted() >= DIGITS or -exponent > DIGITS):
        raise ValueError(f"has more than {DIGITS} digits before or after the point")
    return value


Plain = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME), AfterValidator(_clean)]
LongPlain = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT), AfterValidator(_clean)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME), AfterValidator(_clean), Literal(language="en")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT), AfterValidator(_clean), Literal(language="en")]
#: A query has a longest form of its own: see rdf/integrity.py.
Query = Annotated[str, StringConstraints(min_length=1), AfterValidator(_clean), Literal()]
#: A finite number with a bounded number of digits.
Number = Annotated[Decimal, Field(allow_inf_nan=False), AfterValidator(_few_digits)]
#: A part of a whole.
Share = Annotated[Decimal, Field(ge=0, le=1, allow_inf_nan=False), AfterValidator(_few_digits)]
Many = Annotated[tuple[T, ...], BeforeValidator(lambda v: (v,) if isinstance(v, str | dict) else v), AfterValidator(as_set)]
#: How long something takes or lasts: 0 or more, at most 1,000 years.
Duration = Annotated[str, AfterValidator(_duration), Literal(datatype="duration", pattern="^P")]


def word(value: Any, words: type[StrEnum], prefix: str = "") -> Any:
    """A word of a list, however it is capitalised, with or without its prefix (``high`` for ``SwitchingHigh``)."""
    if isinstance(value, str):
        asked = value.strip().lower()
        for known in words:
            if asked in (known.lower(), known.lower().removeprefix(prefix.lower())):
                return known
    return value


class Record(BaseModel):
    """Anything with a name in the graph."""

    # Classes are made ready when first used: a command needs few of them.
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
    #: A part of another record: it stands inside it, gets its name from it and goes to its graph.
    nested: ClassVar[bool] = True

    id: Iri = Field(default="urn:knockon:unnamed", exclude=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.rdf_class = cls.__dict__.get("rdf_class", cls.__name__)

    @classmethod
    def class_iri(cls) -> str:
        """The IRI of its class: in ``ko:`` unless another vocabulary has the right one."""
        return cls.rdf_class if ":" in cls.rdf_class else KO + cls.rdf_class

    @property
    def name(self) -> str:
        """The local name: ``nvidia`` of ``https://w3id.org/knockon/id/nvidia``."""
        return local_name(self.id)

    def _rename(self, iri: str) -> None:
        # Only while the record is being built: afterwards it is frozen.
        self.__dict__["id"] = iri


def digest(*parts: object) -> str:
    """Ten hexadecimal digits of what the parts say, for names that must not change between runs.

    >>> digest("a", 1) == digest("a", 1) != digest("a1")
    True
    """
    return hashlib.sha256("\x1f".join(map(str, parts)).encode(errors="backslashreplace")).hexdigest()[:10]


Ref = Annotated[Iri, RefTo(("Record",))]
EntityRef = Annotated[Iri, RefTo(("Entity",))]
DocumentRef = Annotated[Iri, RefTo(("Document",))]

SPAN_LIMIT = 600


class Evidence(Record):
    """Where a document says it: code points ``start`` to ``end`` (exclusive) of its text, and in which way.

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
        """The name of the oa:TextPositionSelector."""
        return self.id + "-span"


class Statement(Record):
    """A record of its own: it has evidence, may be judged or inferred, and may hold for a time only."""

    nested: ClassVar[bool] = False
    #: Whether it may end: what happened or was measured stays true after its last day.
    expires: ClassVar[bool] = True

    evidence: Many[Evidence] = ()
    judged: Many[Annotated[str, Vocab("property")]] = ()
    inferred: bool = False
    reason: Text | None = None
    comment: Annotated[Text, Term("http://www.w3.org/2000/01/rdf-schema#comment")] | None = None
    from_: Annotated[date | None, Field(alias="from")] = None
    until: date | None = None

    @model_validator(mode="after")
    def _in_time(self) -> Self:
        if self.from_ and self.until and self.from_ > self.until:
            raise ValueError(f"from {self.from_} is after until {self.until}")
        return self

    @model_validator(mode="after")
    def _judges_itself(self) -> Self:
        known = {field.alias for field in type(self).model_fields.values()} if self.judged else ()
        for name in self.judged:
            if name not in known:
                raise ValueError(f"judged names {name!r}, which is no property of a {self.rdf_class}")
        return self

    @property
    def documents(self) -> tuple[str, ...]:
        """The documents it rests on, its parts included."""
        return as_set(evidence.document for evidence in self.all_evidence())

    @property
    def begins(self) -> date | None:
        """The first day on which it holds; None where nothing says so."""
        return self.from_

    @property
    def ends(self) -> date | None:
        """The last day on which it holds; None where it is not known to end."""
        return self.until if self.expires else None

    def parts(self) -> Iterable[Statement]:
        """The statements inside it that have evidence and dates of their own."""
        return ()

    def all_evidence(self) -> Iterable[Evidence]:
        """Its own evidence, then that of its parts."""
        yield from self.evidence

    @property
    def stance(self) -> Stance | None:
        """The strongest stance among its evidence; None where it has none."""
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
