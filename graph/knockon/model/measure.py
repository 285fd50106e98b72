"""Measures (laws, listings, bans, controls, classifications) and the weaknesses a shock can use."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from knockon.model.base import EntityRef, Iri, Label, LongPlain, Many, Name, Plain, Ref, RefTo, Statement, Term, word
from knockon.vocabulary import RDFS, SKOS, MeasureKind, Status

MeasureRef = Annotated[Iri, RefTo(("Measure",))]


class Measure(Statement):
    """An act of an authority: whom it names (``appliesTo``) and what it restricts (``covers``)."""

    label: Annotated[Label, Term(RDFS + "label")]
    alt_label: Annotated[Many[Name], Term(SKOS + "altLabel"), Field(alias="altLabel")] = ()
    measure_kind: Annotated[MeasureKind, BeforeValidator(lambda v: word(v, MeasureKind))] | None = None
    status: Annotated[Status, BeforeValidator(lambda v: word(v, Status))] | None = None
    issuer: Many[Annotated[Iri, RefTo(("Organization",))]] = ()
    applies_to: Many[EntityRef] = ()
    covers: Many[EntityRef] = ()
    jurisdiction: Many[Annotated[Iri, RefTo(("Jurisdiction",))]] = ()
    legal_basis: Many[MeasureRef] = ()


class Designation(Statement):
    """One party on the list of a measure, with what the list says of it; an ``appliesTo`` triple is derived from it.

    ``list_entry`` is the id of the list itself, ``name_as_listed`` the name that
    stands there, ``license_policy`` how licences are decided.

    >>> ns = "https://w3id.org/knockon/id/"
    >>> Designation(id=ns + "d", measure=ns + "entity-list", designated=ns + "acme", list_entry="114").list_entry
    '114'
    """

    measure: MeasureRef
    designated: EntityRef
    list_entry: Plain | None = None
    name_as_listed: Plain | None = None
    license_policy: LongPlain | None = None


class Vulnerability(Statement):
    """A weakness ``of`` entities that a shock can exploit."""

    label: Annotated[Label, Term(RDFS + "label")]
    of: Annotated[Many[EntityRef], Field(min_length=1)]
    about: Many[Ref] = ()
