"""Base classes of all records: names, evidence, judgements and dates.

A record is an immutable pydantic model. The alias of a field is its name in the
ontology (``partOf``), and the annotations in field_types.py state how its value
is written in RDF: the conversion (rdf/to_rdf.py), the SHACL shapes and the
JSON-LD context are all derived from them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import date
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
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
    word,
)
from knockon.vocabulary import DCTERMS, KO, OA, SKOS, Stance, local_name, namespace


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


#: The longest span of an Evidence, in code points.
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
    "UNKNOWN_NUMBER", "DocumentRef", "Duration", "EntityRef", "Evidence", "Iri", "Label", "License", "LicenseMark",
    "Literal", "LongPlain", "Many", "Name", "Number", "Part", "Plain", "Portion", "Query", "Record", "Ref", "RefTo",
    "Share", "Statement", "Term", "Text", "Vocab", "as_set", "days", "digest", "word",
]  # fmt: skip
