"""Measures (laws, listings, bans, controls, classifications) and the weaknesses a shock can use."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator

from knockon.model.base import EntityRef, Iri, Label, LongPlain, Many, Name, Plain, Ref, RefTo, Share, Statement, Term, word
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


class OwnershipRule(Statement):
    """A rule by which lists extend to organizations that their parties own: from which share (0..1) on, and from when to when.

    A list is covered by the rule if the rule ``extends`` it. Parties of all these lists count together. A share equal to the
    ``threshold`` is enough, unless the rule asks for more than it (``above_threshold``). Several records with different dates
    describe a rule that was suspended and came back.

    >>> ns = "https://w3id.org/knockon/id/"
    >>> rule = OwnershipRule(id=ns + "half", label="50 percent rule", extends=[ns + "list"], threshold="0.5")
    >>> rule.is_reached_by(Decimal("0.5")), rule.is_reached_by(Decimal("0.49"))
    (True, False)
    """

    label: Annotated[Label, Term(RDFS + "label")]
    extends: Annotated[Many[MeasureRef], Field(min_length=1)]
    threshold: Share
    above_threshold: bool = False

    @field_validator("threshold")
    @classmethod
    def _not_zero(cls, value: Decimal) -> Decimal:
        if not value:
            raise ValueError("a threshold of 0 would cover everybody; write the share from which the rule applies, such as 0.5")
        return value

    def is_reached_by(self, share: Decimal) -> bool:
        """Return whether a share (0..1) that listed parties hold together is enough.

        Parameters
        ----------
        share
            The sum of their shares.

        Returns
        -------
        bool
            True for the threshold itself, unless more than it is needed.

        Examples
        --------
        >>> ns = "https://w3id.org/knockon/id/"
        >>> rule = OwnershipRule(id=ns + "r", label="R", extends=[ns + "l"], threshold="0.5", above_threshold=True)
        >>> rule.is_reached_by(Decimal("0.5"))
        False
        """
        return share > self.threshold if self.above_threshold else share >= self.threshold


class Vulnerability(Statement):
    """A weakness ``of`` entities that a shock can exploit."""

    label: Annotated[Label, Term(RDFS + "label")]
    of: Annotated[Many[EntityRef], Field(min_length=1)]
    about: Many[Ref] = ()
