"""Source documents, and discrepancies between them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from knockon.model.addresses import Address
from knockon.model.base import DCTERMS, EntityRef, Label, License, Many, Part, Plain, Ref, Statement, Term, Text, word
from knockon.model.event import Precision
from knockon.vocabulary import PREFIXES, RDFS, DiscrepancyKind


class Document(Statement):
    """A source: a text, a table, a file of JSON, a page of the web.

    ``sha256`` is the hash of its bytes; offsets count code points of its UTF-8 text with newlines unchanged. ``url`` is where
    it is published, and ``retrieved`` the day on which it was read there. ``key_column`` is the column of a table by which
    evidence names its rows.
    """

    expires: ClassVar[bool] = False

    title: Annotated[Label, Term(DCTERMS + "title")]
    publisher: Annotated[Many[EntityRef], Term(DCTERMS + "publisher")] = ()
    creator: Annotated[Many[EntityRef], Term(DCTERMS + "creator")] = ()
    issued: Annotated[datetime.date | None, Term(DCTERMS + "issued")] = None
    date_precision: Precision | None = None
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")] | None = None
    url: Annotated[Address, Term(PREFIXES["schema"] + "url")] | None = None
    retrieved: datetime.date | None = None
    license: Annotated[License, Term(DCTERMS + "license")] | None = None
    key_column: Plain | None = None

    @property
    def begins(self) -> datetime.date | None:
        """See Statement: a source is valid on every day."""
        return None


class Reading(Part):
    """One side of a discrepancy, in our words."""

    order: Annotated[int, Field(ge=1)]
    label: Annotated[Label, Term(RDFS + "label")]


class Discrepancy(Statement):
    """A disagreement ``between`` sources, or an error of one: what it is about, and how it is handled."""

    label: Annotated[Label, Term(RDFS + "label")]
    between: Annotated[Many[Ref], Field(min_length=1)]
    discrepancy_kind: Annotated[DiscrepancyKind, BeforeValidator(lambda v: word(v, DiscrepancyKind))]
    about: Many[Ref] = ()
    reading: Many[Reading] = ()
    handling: Text

    @model_validator(mode="after")
    def _name_readings(self) -> Discrepancy:
        readings = sorted(self.reading, key=lambda r: r.order)
        if [r.order for r in readings] != list(range(1, len(readings) + 1)):
            raise ValueError("the readings must be numbered from 1")
        for reading in readings:
            reading._rename(f"{self.id}--{reading.order}")
        self.__dict__["reading"] = tuple(readings)
        return self

    def _parts_with_evidence(self) -> Iterable[Statement]:
        return self.reading
