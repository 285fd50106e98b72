"""Shocks: what is hit, how severely, on which legal basis."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from knockon.model.base import (
    Iri,
    Label,
    Many,
    Name,
    Part,
    Query,
    RefTo,
    Share,
    Statement,
    Term,
    as_set,
    digest,
    word,
)
from knockon.model.dependency import Words
from knockon.model.measure import MeasureRef
from knockon.vocabulary import RDFS, SKOS, Interval, Status, agrees, interval, local_name


class Hit(Part):
    """A target of a shock (entity, Dependency, Supply or Provision), or the targets that a query returns.

    The query is a SELECT of ``?target``, with an optional ``?severity``.
    """

    target: Annotated[Iri, RefTo(("Entity", "Measure", "Dependency", "Supply", "Provision"))] | None = None
    target_query: Query | None = None
    severity: Words | None = None
    severity_value: Share | None = None
    severity_low: Share | None = None
    severity_high: Share | None = None

    @model_validator(mode="after")
    def _one_target(self) -> Hit:
        if (self.target is None) == (self.target_query is None):
            raise ValueError("a hit has either a target or a targetQuery")
        return self

    @model_validator(mode="after")
    def _severity_fits(self) -> Hit:
        agrees("severity", self.severity, self.severity_value, self.severity_low, self.severity_high)
        return self

    @property
    def interval(self) -> Interval:
        """The low, point and high initial loss of the target."""
        return interval(self.severity, self.severity_value, self.severity_low, self.severity_high)

    @property
    def ungraded(self) -> bool:
        """Whether no severity is stated, so that the interval is a placeholder."""
        return self.severity is None and self.severity_value is None and self.severity_low is None


class Shock(Statement):
    """An event that makes targets lose part of their output.

    >>> ns = "https://w3id.org/knockon/id/"
    >>> s = Shock(id=ns + "fire", label="Fire", hit=[{"target": ns + "plant", "severity": "Essential"}])
    >>> s.hit[0].name, s.hit[0].interval.low
    ('fire--plant', 0.9)
    """

    label: Annotated[Label, Term(RDFS + "label")]
    alt_label: Annotated[Many[Name], Term(SKOS + "altLabel"), Field(alias="altLabel")] = ()
    status: Annotated[Status, BeforeValidator(lambda v: word(v, Status))] | None = None
    legal_basis: Many[MeasureRef] = ()
    exploits: Many[Annotated[Iri, RefTo(("Vulnerability",))]] = ()
    hit: Annotated[Many[Hit], Field(min_length=1)]

    @model_validator(mode="after")
    def _name_hits(self) -> Shock:
        for hit in self.hit:
            key = local_name(hit.target) if hit.target else digest(hit.target_query)
            hit._rename(f"{self.id}--{key}")
        self.__dict__["hit"] = as_set(self.hit)
        if len({hit.id for hit in self.hit}) < len(self.hit):
            raise ValueError("the same target is hit twice")
        return self

    def parts(self) -> Iterable[Statement]:
        """Return its hits, which have evidence and dates of their own.

        Returns
        -------
        tuple of Hit
            In the order of the data.
        """
        return self.hit
