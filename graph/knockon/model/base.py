"""Base classes of all records: names, evidence, judgements and dates.

A record is an immutable pydantic model. The alias of a field is its name in the
ontology (``partOf``), and the annotations in field_types.py state how its value
is written in RDF: the conversion (rdf/to_rdf.py), the SHACL shapes and the
JSON-LD context are all derived from them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable
from datetime import date
from functools import cache
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from knockon.model.field_types import (
    DIGITS,
    LONGEST_IRI,
    LONGEST_NAME,
    LONGEST_TEXT,
    UNKNOWN_NUMBER,
    DocumentRef,
    Duration,
    EntityRef,
    Iri,
    Label,
    License,
    LicenseMark,
    Literal,
    LongPlain,
    Many,
    Name,
    Number,
    Plain,
    Portion,
    Query,
    Ref,
    RefTo,
    Share,
    Term,
    Text,
    Vocab,
    as_set,
    days,
    decimal_text,
    word,
)
from knockon.model.places import GREATEST, PLACES, POINTER
from knockon.vocabulary import DCTERMS, KO, OA, SKOS, Stance, local_name, namespace


class Record(BaseModel):
    """Anything with a name in the graph."""

    # Validators are built on first use, since a command needs few of the classes.
    model_config = ConfigDict(
        frozen=True,
        defer_build=True,
        extra="forbid",
        # Each class asks again for the names of the fields that it inherits.
        alias_generator=cache(to_camel),
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
        # Set as an attribute, since a dictionary of the record would take memory.
        object.__setattr__(self, "id", iri)


#: The hexadecimal digits of a hash in names among few (40 bits), and among millions (80 bits): with these, two of a billion
#: have the same one with a probability of 4 in 10 million.
_SHORT, _LONG = 10, 20


def digest(*parts: object) -> str:
    """Return a hash of the parts as ten hexadecimal digits, for names among few that must not change between runs.

    Of a million, two have the same hash with a probability of a third: see ``long_digest``.

    >>> digest("a", 1) == digest("a", 1) != digest("a1")
    True
    """
    return _hashed(parts)[:_SHORT]


def long_digest(*parts: object) -> str:
    """Return a hash of the parts as twenty hexadecimal digits, for names among millions that must not change between runs.

    >>> long_digest("a", 1).startswith(digest("a", 1)), len(long_digest("a", 1))
    (True, 20)
    """
    return _hashed(parts)[:_LONG]


def _hashed(parts: tuple[object, ...]) -> str:
    # A copy of the empty hash is made faster than a new one.
    copied = _EMPTY.copy()
    copied.update("\x1f".join(map(str, parts)).encode("utf-8", "backslashreplace"))
    return copied.hexdigest()


_EMPTY = hashlib.sha256()


class DigestOf:
    """The first parts of a long digest, for many that begin with them: these are hashed once.

    >>> DigestOf("a", 1).and_more("b") == long_digest("a", 1, "b")
    True
    """

    __slots__ = ("_begun",)

    def __init__(self, *parts: object) -> None:
        self._begun = hashlib.sha256("".join(f"{part}\x1f" for part in parts).encode("utf-8", "backslashreplace"))

    def and_more(self, *parts: str) -> str:
        """Return the long digest of the first parts and some more."""
        copied = self._begun.copy()
        copied.update("\x1f".join(parts).encode("utf-8", "backslashreplace"))
        return copied.hexdigest()[:_LONG]


#: The longest span of an Evidence, in code points.
SPAN_LIMIT = 600


def _check_pointer(value: str) -> str:
    if not re.fullmatch(POINTER, value):
        raise ValueError(f"{value[:100]!r} is not a JSON pointer; write /a/3, with ~1 for / and ~0 for ~ in a name")
    return value


class Evidence(Record):
    """A place in a document that supports a record, and what the document does with the statement.

    The place is a span of its text (code points ``start`` to ``end``, exclusive), a ``row`` of a table (from 1, the header
    included; in a workbook of a ``sheet``) or the row with a ``key``, a JSON ``pointer``, a ``line``, or a ``page``; without
    any of these it is the whole document. ``confidence`` is that of the source, and part of no computed number.

    >>> e = Evidence(document="https://w3id.org/knockon/id/doc-news-brief", start=10, end=50)
    >>> e.stance.value, e.name == Evidence(document=e.document, start=10, end=50).name
    ('Asserts', True)
    >>> Evidence(document=e.document, sheet="Parts", row=5).place
    'sheet:Parts row:5'
    """

    document: Annotated[DocumentRef, Term(OA + "hasSource")]
    start: Annotated[int, Field(ge=0)] | None = None
    end: Annotated[int, Field(ge=1)] | None = None
    row: Annotated[int, Field(ge=1, le=GREATEST)] | None = None
    sheet: Plain | None = None
    key: Plain | None = None
    pointer: Annotated[Plain, AfterValidator(_check_pointer)] | None = None
    line: Annotated[int, Field(ge=1, le=GREATEST)] | None = None
    page: Annotated[int, Field(ge=1, le=GREATEST)] | None = None
    stance: Annotated[Stance, BeforeValidator(lambda v: word(v, Stance))] = Stance.ASSERTS
    claimant: EntityRef | None = None
    confidence: Share | None = None

    @model_validator(mode="after")
    def _name(self) -> Evidence:
        self._check_place()
        place = (self.place,) if self.start is None else (self.start, self.end)
        confidence = () if self.confidence is None else (f"confidence {decimal_text(self.confidence)}",)
        key = long_digest(self.document, *place, self.stance, self.claimant or "", *confidence)
        self._rename(f"{namespace(self.document)}ev-{key}")
        return self

    def _check_place(self) -> None:
        if (self.start is None) != (self.end is None):
            raise ValueError(f"{'end' if self.start is None else 'start'} without {'start' if self.start is None else 'end'}")
        if self.start is not None and self.end is not None and not 0 < self.end - self.start <= SPAN_LIMIT:
            raise ValueError(f"span {self.start}-{self.end}: it must be 1 to {SPAN_LIMIT} code points long")
        stated = [kind.name for kind in PLACES if getattr(self, kind.name) is not None]
        stated += ["span"] if self.start is not None else []
        if len(stated) > 1:
            raise ValueError(f"evidence points at one place, not at {' and '.join(stated)}; write one entry for each")
        if self.sheet is not None and stated not in (["row"], ["key"]):
            raise ValueError("sheet without a row or key of it; write sheet:Name row:5")

    @property
    def kind(self) -> str:
        """The kind of its place: span, row, key, pointer, line or page; empty for the whole document."""
        if self.start is not None:
            return "span"
        return next((kind.name for kind in PLACES if getattr(self, kind.name) is not None), "")

    @property
    def place(self) -> str:
        """Its place as data files write it, without quotes: ``10-50``, ``sheet:Parts row:5``; empty for the whole document."""
        if self.start is not None:
            return f"{self.start}-{self.end}"
        names = (*(("sheet",) if self.sheet is not None else ()), *((self.kind,) if self.kind else ()))
        return " ".join(f"{name}:{getattr(self, name)}" for name in names)

    @property
    def selector_id(self) -> str:
        """The IRI of its selector, if it has one."""
        return self.id + ("-span" if self.start is not None else "-fragment")


C = TypeVar("C", bound=Callable[..., Any])


def concerns(*fields: str) -> Callable[[C], C]:
    """Mark a check of a whole record as one that does nothing unless one of these fields is stated: an import then skips it.

    >>> Statement._check_dates.concerns
    frozenset({'until'})
    """

    def mark(check: C) -> C:
        check.concerns = frozenset(fields)  # type: ignore[attr-defined]
        return check

    return mark


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
    @concerns("until")
    def _check_dates(self) -> Self:
        if self.from_ and self.until and self.from_ > self.until:
            raise ValueError(f"from {self.from_} is after until {self.until}")
        return self

    @model_validator(mode="after")
    @concerns("judged")
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
        >>> next(knockon.open("chips").records(knockon.Company)).parts()
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
        for part in self._parts_with_evidence():
            yield from part.evidence

    def _parts_with_evidence(self) -> Iterable[Statement]:
        """Return the statements inside it that have evidence of their own, with or without dates."""
        return self.parts()

    @property
    def stance(self) -> Stance | None:
        """The strongest stance of its evidence; None if it has no evidence."""
        order = list(Stance)
        return min((e.stance for e in self.all_evidence()), key=order.index, default=None)

    def rests_on(self, stances: Collection[Stance]) -> bool:
        """Return whether its own evidence has one of these stances, or it has none, which is an assumption of its author.

        Parameters
        ----------
        stances
            The stances that count.

        Returns
        -------
        bool
            False if it has evidence, all of it of other stances.

        Examples
        --------
        >>> from knockon.model import Company
        >>> passage = {"document": "urn:x:doc", "start": 0, "end": 9, "stance": "Asks"}
        >>> Company(id="urn:x:a", label="A", evidence=passage).rests_on([Stance.ASSERTS])
        False
        """
        return not self.evidence or any(evidence.stance in stances for evidence in self.evidence)


class Part(Statement):
    """A statement inside another one, named after it."""

    nested: ClassVar[bool] = True


__all__ = [
    "DCTERMS", "DIGITS", "KO", "LONGEST_IRI", "LONGEST_NAME", "LONGEST_TEXT", "OA", "SKOS", "SPAN_LIMIT",
    "UNKNOWN_NUMBER", "DigestOf", "DocumentRef", "Duration", "EntityRef", "Evidence", "Iri", "Label", "License", "LicenseMark",
    "Literal", "LongPlain", "Many", "Name", "Number", "Part", "Plain", "Portion", "Query", "Record", "Ref", "RefTo",
    "Share", "Statement", "Term", "Text", "Vocab", "as_set", "concerns", "days", "digest", "long_digest", "word",
]  # fmt: skip
